/** What is it called? Every word of the pages in the language in hand; words of the model come from the API. */

import { computed, signal } from "../vendor/runtime.js";

/** @typedef {"zh" | "en"} Language */
/** @typedef {{zh: string, en: string}} Text */

const KEPT = "partygraph.language";
/** @type {Partial<Record<Language, Record<string, string>>>} */
const words = {};

/** @type {import("../vendor/runtime.js").Signal<Language>} */
const chosen = signal(localStorage.getItem(KEPT) === "en" ? "en" : "zh");

/** The language in hand. */
export const language = computed(() => chosen.value);

/** Fetch the words of a language, once; done for the one in hand before anything is drawn. @param {Language} [of] */
export async function loadWords(of = chosen.value) {
  words[of] ??= await (await fetch(new URL(`../words/${of}.json`, import.meta.url))).json();
  document.documentElement.lang = of;
}

/** @param {Language} to */
export async function speak(to) {
  await loadWords(to);
  localStorage.setItem(KEPT, to);
  chosen.value = to;
}

/**
 * A word of the pages; `{name}` in it is filled in, `{name|error|errors}` by the word for one or that for any other number.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function word(key, values = {}) {
  const text = words[chosen.value]?.[key];
  if (text === undefined) throw new Error(`no word for ${key}`);
  return text
    .replace(/\{(\w+)\|([^|}]*)\|([^}]*)\}/g, (_, name, one, many) => (String(values[name]) === "1" ? one : many))
    .replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The half of a text of the API that is read now.
 * @param {Text | null | undefined} text
 */
export function say(text) {
  return text ? text[chosen.value] : "";
}

/** What a number is counted in: of one, the singular. @param {number} number @param {Text} unit */
export function unitOf(number, unit) {
  return language.value === "en" && number === 1 ? unit.en.replace(/^people$/, "person").replace(/s$/, "") : say(unit);
}

/**
 * The half that is read now of a name that the server wrote in both languages, as 中文 / English.
 * @param {string} text
 */
export function half(text) {
  const [zh, en] = text.split(" / ");
  return language.value === "en" && en ? en : zh;
}

/** @param {number | null | undefined} number */
export function count(number) {
  return number === null || number === undefined ? "–" : number.toLocaleString(chosen.value);
}

/** A share that misses its target is rounded down, never up to it. @param {number | null | undefined} share @param {number | null} [target] */
export function percent(share, target) {
  if (share && target && share < target && Math.round(1000 * share) / 1000 >= target) share = Math.floor(1000 * share) / 1000;
  return share === null || share === undefined
    ? "–"
    : share.toLocaleString(chosen.value, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/**
 * A day as people write it.
 * @param {string | null | undefined} day ISO 8601
 */
export function dayOf(day) {
  if (!day) return "–";
  const date = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  return date.toLocaleDateString(chosen.value, { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" });
}

/** Today where the reader is, as ISO 8601. */
export function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
