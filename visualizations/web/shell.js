/** What every page stands in: title, search, language, help, the way to all pages, and what is being fetched. */

import { Search, show } from "./parts/search.js";
import { change as send, may, ofDistrict, offline, oversees, session, underway } from "./lib/api.js";
import { bind, letters, shortcuts, useLetters } from "./lib/keys.js";
import { titled } from "./lib/title.js";
import { go, href, place } from "./lib/url.js";
import { dayOf, language, speak, word } from "./lib/words.js";
import { html, useEffect, useRef, useState } from "./vendor/runtime.js";

/** @typedef {{name: string, key: string, needs?: string, seen?: () => boolean}} Entry `seen` whether the account is shown it */

/** The pages in the order of a planner's work; `key` follows `g`. @type {Entry[]} */
export const PAGES = [
  { name: "overview", key: "o" },
  { name: "gaps", key: "g" },
  { name: "network", key: "n" },
  { name: "plan", key: "p", seen: oversees },
  { name: "cases", key: "c", seen: oversees },
  { name: "import", key: "i", needs: "change" },
  { name: "history", key: "h" },
  { name: "scorecards", key: "s", seen: ofDistrict },
  { name: "policy", key: "y" },
  { name: "users", key: "u" },
];

const SEARCH = "search-anything";

/** @param {{page: string, stamp: {revision: number, as_of: string, generated: boolean} | null, badges: Record<string, number>, children: unknown}} given */
export function Shell({ page, stamp, badges, children }) {
  const help = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [menu] = useState(() => PAGES.filter((each) => (!each.needs || may(each.needs)) && (each.seen?.() ?? true)));
  useEffect(
    () =>
      bind([
        { keys: "/", word: "key.search", act: () => document.getElementById(SEARCH)?.focus() },
        { keys: "?", word: "key.help", act: () => help.current?.showModal() },
        { keys: "x", word: "key.export", act: exportView },
        ...menu.map((each) => ({ keys: `g ${each.key}`, word: `page.${each.name}`, act: () => go(each.name) })),
      ]),
    [],
  );
  useEffect(() => {
    document.title = [titled.value, word(`page.${page}`), word("title")].filter(Boolean).join(" · ");
  }, [page, titled.value, language.value]);

  const earlier = place.value.query.revision; // that the page in hand shows
  const other = language.value === "zh" ? "en" : "zh";
  return html`
    <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>${word("skip")}</a>
    ${underway.value > 0 && html`<div class="bar" role="progressbar" aria-label=${word("loading")}></div>`}
    <header class="top">
      <a class="title" href=${href("overview")}>${word("title")}</a>
      <${Search} id=${SEARCH} label=${word("search")} withQuestions=${true} onPick=${show} />
      ${stamp && html`<a href=${href("history")} class="muted">${word("stamp", { day: dayOf(stamp.as_of), revision: stamp.revision })}</a>`}
      ${stamp?.generated && html`<span class="banner generated">${word("generated")}</span>`}
      <span style="flex:1"></span>
      <button type="button" lang=${other} onClick=${() => speak(other).catch(() => (offline.value = true))}>${other === "en" ? "English" : "中文"}</button>
      <button type="button" aria-label=${word("key.help")} onClick=${() => help.current?.showModal()}>?</button>
      ${session.value?.role !== "local" && html`<span class="muted">${session.value?.account}</span>`}
      ${session.value?.role !== "local" && html`<button type="button" onClick=${signOut}>${word("sign-out")}</button>`}
    </header>
    ${offline.value && html`<div class="banner" role="alert">${word("offline.detail")}</div>`}
    <div class="body">
      <nav class="side" aria-label=${word("pages.all")}><ul>
        ${menu.map((each) => html`<li key=${each.name}><a href=${href(each.name)} aria-current=${page === each.name ? "page" : null}>
          ${word(`page.${each.name}`)} ${badges[each.name] ? html`<span class="badge">${badges[each.name]}</span>` : null}
        </a></li>`)}
      </ul></nav>
      <main id="main" tabindex="-1">${stamp && html`<p class="stamped">${word("title")} · ${earlier && Number(earlier) !== stamp.revision ? word("history.revision", { n: earlier }) : word("stamp.earlier", { day: dayOf(stamp.as_of), revision: stamp.revision })}${stamp.generated && html` · <strong>${word("generated")}</strong>`}</p>`}${children}</main>
    </div>
    <dialog ref=${help} aria-labelledby="help-title">
      <h2 id="help-title">${word("key.help")}</h2>
      <dl class="facts">${shortcuts.value.map((each) => html`<dt key=${each.keys}>${each.keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${word(each.word)}</dd>`)}</dl>
      <p><label><input type="checkbox" checked=${letters.value} onChange=${(/** @type {any} */ event) => useLetters(event.target.checked)} />${word("key.letters")}</label></p>
      <form method="dialog"><button>${word("close")}</button></form>
    </dialog>`;
}

/** Let the view leave as the page in hand offers it first: as a file where it makes one, else as a picture. */
function exportView() {
  const way = document.querySelector("main a[data-view]") ?? document.querySelector("main [data-view]");
  if (way instanceof HTMLElement) way.click();
}

async function signOut() {
  await send("DELETE", "/session");
  session.value = null;
}
