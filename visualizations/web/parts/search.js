/** Search first: anything by a part of its name, another name, a code, pinyin or initials, and straight to it. */

import { get } from "../lib/api.js";
import { go } from "../lib/url.js";
import { say, word } from "../lib/words.js";
import { questions, titleOf } from "../lib/model.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";
import { Mark } from "./glyph.js";

const PAUSE = 120; // milliseconds without a key before it is asked
const MOST = 12;

/** @typedef {{type: string, id: string, name: string | null}} Found */

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

/** Where something found is looked at. @param {Found} found */
export function show(found) {
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
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));

  useEffect(() => {
    if (!text.trim()) return setHits(null);
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await get("/search", { q: text, type: types, limit: MOST }, abort.signal);
        setHits([...(withQuestions ? questionsFor(text) : []), ...found.items]);
        setAt(0);
      } catch {
        if (!abort.signal.aborted) setHits([]);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);

  /** @param {Found} found */
  const pick = (found) => {
    setText("");
    setHits(null);
    box.current?.blur();
    onPick(found);
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.isComposing) return;
    const number = hits?.length ?? 0;
    if (event.key === "ArrowDown") setAt((before) => (before + 1) % Math.max(number, 1));
    else if (event.key === "ArrowUp") setAt((before) => (before - 1 + number) % Math.max(number, 1));
    else if (event.key === "Enter" && hits?.[at]) pick(hits[at]);
    else if (event.key === "Escape") text ? setText("") : box.current?.blur();
    else return;
    event.preventDefault();
  };
  return html`<div class="search">
    <input id=${id} ref=${box} type="search" autocomplete="off" spellcheck=${false} style="width:100%" role="combobox" aria-label=${label} placeholder=${label}
      aria-expanded=${String(hits !== null)} aria-controls=${`${id}-hits`} aria-autocomplete="list" aria-activedescendant=${hits?.length ? `${id}-hit-${at}` : null}
      value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} onKeyDown=${onKey} />
    <ul id=${`${id}-hits`} role="listbox" aria-label=${label} class="hits" hidden=${hits === null}>
      ${hits?.map((found, place) => html`<li id=${`${id}-hit-${place}`} key=${`${found.type}/${found.id}`} role="option" aria-selected=${String(place === at)}
        onPointerDown=${(/** @type {Event} */ event) => { event.preventDefault(); pick(found); }}>
        <${Mark} look=${found.type} /> <span>${found.name ?? found.id}</span> <small>${found.type === "question" ? word("question") : titleOf(found.type)}</small>
      </li>`)}
      ${hits?.length === 0 && html`<li role="option" aria-disabled="true" aria-selected="false">${word("search.none")}</li>`}
    </ul>
  </div>`;
}
