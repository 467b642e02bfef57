/** What does a part of a page show before it has anything, and when it has not? */

import { Problem, may, offline } from "../lib/api.js";
import { href } from "../lib/url.js";
import { word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/** The first visit: nothing is here yet. */
export function Welcome() {
  return html`<section class="card"><h1>${word("welcome")}</h1><p>${word("welcome.text")}</p>
    ${may("change") ? html`<p class="row"><a class="button main" href=${href("import")}>${word("welcome.import")}</a> <a class="button" href=${href("import", "example")}>${word("welcome.example")}</a></p>` : html`<p>${word("welcome.ask")}</p>`}
  </section>`;
}

/** @param {{fault: unknown, again?: () => void}} given */
export function Fault({ fault, again }) {
  const told = fault instanceof Problem ? fault.told : { title: word(offline.value ? "offline" : "failed"), detail: offline.value ? word("offline.detail") : fault instanceof Error ? fault.message : String(fault) };
  return html`<div class="problem" role="alert">
    <strong>${told.title}</strong>
    <p>${told.detail}</p>
    ${"hint" in told && told.hint && html`<p class="muted">${"status" in told && told.status === 404 ? word("fault.find") : told.hint}</p>`}
    ${again && html`<button type="button" onClick=${again}>${word("again")}</button>`}
  </div>`;
}

/**
 * A part of a page made of what was fetched: shown once it is there, kept while it is fetched anew.
 * @param {{of: import("../lib/load.js").Loaded, children: (data: any) => unknown}} given
 */
export function Show({ of, children }) {
  if (of.fault) return html`<${Fault} fault=${of.fault} again=${of.again} />`;
  if (of.data === null) return html`<p class="waiting" role="status">${word(of.loading ? "loading" : "nothing")}</p>`;
  return children(of.data);
}

/** @param {{children?: unknown}} given */
export function Empty({ children }) {
  return html`<p class="empty">${children ?? word("nothing")}</p>`;
}
