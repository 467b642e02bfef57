/** Which keys do what? One list, from which the help is made. Single letters can be switched off (WCAG 2.1.4). */

import { signal } from "../vendor/runtime.js";

/** @typedef {{keys: string, word: string, act: (event: KeyboardEvent) => void, letter: boolean}} Shortcut */

const KEPT = "partygraph.letters";
/** Whether single letters are shortcuts. */
export const letters = signal(localStorage.getItem(KEPT) !== "off");
/** Every shortcut that works now. @type {import("../vendor/runtime.js").Signal<Shortcut[]>} */
export const shortcuts = signal(/** @type {Shortcut[]} */ ([]));
let before = "";
let beforeAt = 0;
const PAUSE = 1200; // milliseconds within which `g` and the next letter belong together

/** @param {boolean} on */
export function useLetters(on) {
  localStorage.setItem(KEPT, on ? "on" : "off");
  letters.value = on;
}

/**
 * Let some keys work until the returned function is called.
 * @param {Omit<Shortcut, "letter">[]} list keys as `KeyboardEvent.key` says them, two joined by a space; `Ctrl+z`, `Ctrl+Shift+z`
 * @returns {() => void}
 */
export function bind(list) {
  const added = list.map((each) => ({ ...each, letter: each.keys.split(" ").every((key) => key.length === 1) }));
  shortcuts.value = [...shortcuts.value, ...added];
  return () => {
    shortcuts.value = shortcuts.value.filter((each) => !added.includes(each));
  };
}

const PRESSED = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]; // inputs into which no letter goes

/** Whether letters go into it; in a list to choose from they choose. @param {EventTarget | null} target @returns {target is HTMLElement} */
function writes(target) {
  if (target instanceof HTMLInputElement) return !PRESSED.includes(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}

/** @param {KeyboardEvent} event */
function keyOf(event) {
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.shiftKey ? "Shift+" : ""}${event.key.toLowerCase()}` : event.key;
}

addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
  if (writes(event.target)) {
    if (event.key === "Escape" && !event.defaultPrevented) event.target.blur(); // letters are shortcuts again
    return;
  }
  const key = keyOf(event);
  const pair = event.timeStamp - beforeAt < PAUSE ? `${before} ${key}` : "";
  [before, beforeAt] = [key, event.timeStamp];
  const works = shortcuts.value.filter((each) => letters.value || !each.letter);
  // the page in hand bound its keys last, and goes before the shell
  const found = works.findLast((each) => each.keys === pair) ?? works.findLast((each) => each.keys === key);
  if (!found) return;
  event.preventDefault();
  before = "";
  found.act(event);
});
