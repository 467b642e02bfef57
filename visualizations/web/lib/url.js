/** Where are we? The page and all its state stand in the address, so that a link shows a colleague the same view. */

import { computed, signal } from "../vendor/runtime.js";

export const APART = "|"; // between several values of one name

/** @typedef {{page: string, at: string, query: Record<string, string>}} Place */

const here = signal(parse(location.hash));
let shown = location.hash;
/** What the address says holds at once, not when the browser tells of it: the next press may come before that. */
function stand() {
  if (location.hash === shown) return;
  shown = location.hash;
  here.value = parse(shown);
}
addEventListener("hashchange", stand);

/** The place in hand: `#/gaps/uncovered?street=…` is page "gaps" at "uncovered". */
export const place = computed(() => here.value);

/** @param {string} hash @returns {Place} */
export function parse(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [page, ...rest] = path.split("/");
  return {
    page: page || "overview",
    at: decode(rest.join("/")),
    query: Object.fromEntries(new URLSearchParams(query ?? "")),
  };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The address of a page; what is empty is left out.
 * @param {string} page
 * @param {string} [at]
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function href(page, at = "", query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const asked = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  const path = at ? `${page}/${at.split("/").map(encodeURIComponent).join("/")}` : page;
  return `#/${path}${asked ? `?${asked}` : ""}`;
}

/**
 * Go to a page; the back button comes back.
 * @param {string} page
 * @param {string} [at]
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function go(page, at = "", query = {}) {
  location.hash = href(page, at, query);
  stand();
}

/**
 * Change part of the state of the page in hand; null takes a part away.
 * @param {Record<string, string | number | null>} changes
 * @param {boolean} [remember] whether the back button undoes it
 */
export function change(changes, remember = true) {
  const { page, at, query } = here.value;
  const next = href(page, at, { ...query, ...changes });
  if (remember) location.hash = next;
  else history.replaceState(null, "", next);
  stand();
}
