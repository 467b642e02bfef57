/** Search first: anything by a part of its name, another name, a code, pinyin or initials, and straight to it. */

import { get } from "../lib/api.js";
import { go } from "../lib/url.js";
import { say, word } from "../lib/words.js";
import { questions, titleOf } from "../lib/model.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";
import { Mark } from "./glyph.js";

const PAUSE = 120; // milliseconds without a key before it is asked
const [FIRST, MOST] = [12, 200]; // hits that are shown at first, and once more are asked for
const MORE = { type: "more", id: "more", name: null };

/** @typedef {{type: string, id: string, name: string | null, street?: string | null, kind?: import("../lib/words.js").Text | null}} Found */

/** Questions whose term or text holds the text. @param {string} text @returns {Found[]} */
function questionsFor(text) {
  const wanted = text.trim().toLowerCase();
  /** @param {import("../lib/model.js").Question} each */
  const called = (each) => [each.id, each.term.zh, each.term.en].some((name) => name.toLowerCase() === wanted);
  return questions()
    .filter((each) => [each.id, each.term.zh, each.term.en].some((name) => name.toLowerCase().includes(wanted)))
    .sort((one, other) => Number(called(other)) - Number(called(one)))
    .slice(0, 4)
    .map((each) => ({ type: "question", id: each.id, name: say(each.term) }));
}

/** What tells something found from others of that name: its type or kind, and its street. @param {Found} found */
const apart = (found) => (found.type === "question" ? word("question") : [found.type === "Organization" && found.kind ? null : titleOf(found.type), say(found.kind), found.street].filter(Boolean).join(" · "));

/** Look at something found: keys act on the page it stands on. @param {Found} found */
export function show(found) {
  document.getElementById("main")?.focus();
  if (found.type === "question") return go("gaps", found.id);
  return found.type === "Organization" ? go("organization", found.id) : go("network", "", { near: `${found.type}/${found.id}` });
}

/**
 * A search box with its list (combobox pattern of WAI-ARIA).
 * @param {{id: string, label: string, types?: string[], withQuestions?: boolean, onPick: (found: Found) => void}} given
 */
export function Search({ id, label, types = [], withQuestions = false, onPick }) {
  const [text, setText] = useState("");
  const [hits, setHits] = useState(/** @type {Found[] | null} */ (null));
  const [at, setAt] = useState(0);
  const [limit, setLimit] = useState(FIRST);
  const [cut, setCut] = useState(false);
  const [left, setLeft] = useState(false); // for another part of the page: the list is closed until the box is come back to
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));

  useEffect(() => {
    if (!text.trim()) return setHits(null);
    const wider = limit > FIRST;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await get("/search", { q: text, type: types, limit }, abort.signal);
        setHits([...(withQuestions ? questionsFor(text) : []), ...found.items, ...(found.more && !wider ? [MORE] : [])]);
        setCut(found.more && wider);
        if (!wider) setAt(0);
      } catch {
        if (!abort.signal.aborted) setHits([]);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, limit]);
  useEffect(() => {
    const leave = () => type("");
    addEventListener("hashchange", leave);
    return () => removeEventListener("hashchange", leave);
  }, []);
  useEffect(() => document.getElementById(`${id}-hit-${at}`)?.scrollIntoView({ block: "nearest" }), [at]);

  /** @param {string} typed */
  const type = (typed) => {
    setText(typed);
    setLimit(FIRST);
  };
  /** @param {Found} found */
  const pick = (found) => {
    if (found === MORE) return setLimit(MOST);
    type("");
    setHits(null);
    onPick(found);
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.isComposing) return;
    const number = hits?.length ?? 0;
    if (event.key === "ArrowDown") setAt((before) => (before + 1) % Math.max(number, 1));
    else if (event.key === "ArrowUp") setAt((before) => (before - 1 + number) % Math.max(number, 1));
    else if (event.key === "Enter" && hits?.[at]) pick(hits[at]);
    else if (event.key === "Escape") text ? type("") : box.current?.blur();
    else return;
    event.preventDefault();
  };
  return html`<div class="search">
    <input id=${id} ref=${box} type="search" autocomplete="off" spellcheck=${false} style="width:100%" role="combobox" aria-label=${label} placeholder=${label}
      aria-expanded=${String(hits !== null && !left)} aria-controls=${`${id}-hits`} aria-autocomplete="list" aria-activedescendant=${hits?.length ? `${id}-hit-${at}` : null}
      value=${text} onInput=${(/** @type {any} */ event) => type(event.target.value)} onKeyDown=${onKey} onBlur=${() => setLeft(true)} onFocus=${() => setLeft(false)} />
    <ul id=${`${id}-hits`} role="listbox" aria-label=${label} class="hits" hidden=${hits === null || left}>
      ${hits?.map((found, place) => html`<li id=${`${id}-hit-${place}`} key=${`${found.type}/${found.id}`} role="option" aria-selected=${String(place === at)}
        onPointerDown=${(/** @type {Event} */ event) => { event.preventDefault(); pick(found); }}>
        ${found === MORE ? html`<span>${word("search.first", { n: FIRST })}</span>` : html`<${Mark} look=${found.type} /> <span>${found.name ?? found.id}</span> <small>${apart(found)}</small>`}
      </li>`)}
      ${hits !== null && cut && html`<li role="option" aria-disabled="true" aria-selected="false">${word("search.cut", { n: MOST })}</li>`}
      ${hits?.length === 0 && html`<li role="option" aria-disabled="true" aria-selected="false">${word("search.none")}</li>`}
    </ul>
  </div>`;
}
