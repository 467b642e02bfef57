/** What does a part of a page show before it has anything, and when it has not? */

import { Problem, offline } from "../lib/api.js";
import { word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/** @param {{fault: unknown, again?: () => void}} given */
export function Fault({ fault, again }) {
  const told = fault instanceof Problem ? fault.told : { title: word(offline.value ? "offline" : "failed"), detail: offline.value ? word("offline.detail") : String(fault) };
  return html`<div class="problem" role="alert">
    <strong>${told.title}</strong>
    <p>${told.detail}</p>
    ${"hint" in told && told.hint && html`<p class="muted">${told.hint}</p>`}
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
