/** One field of the schema as a form has it: choices as a list, flags with an unknown, dates, numbers in their range. */

import { say, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/** Texts of a flag; unknown is a choice of its own, as it is in the data. */
const FLAGS = [["true", "yes"], ["false", "no"]];
const LONG = 60; // characters from which a text has several lines

/**
 * @param {{field: import("../lib/model.js").Field, value: string, set: (value: string) => void, required?: boolean, mark?: unknown}} given
 *   `value` is text, empty for unknown; `mark` stands beside the title
 */
export function Input({ field, value, set, required = false, mark = null }) {
  const title = html`<span>${say(field.title)}${field.unit ? word("field.unit", { unit: say(field.unit) }) : ""} ${mark}</span>`;
  const on = (/** @type {any} */ event) => set(event.target.value);
  if (field.choices || field.kind === "flag") {
    const choices = field.choices?.map((each) => [each.value, say(each.title)]) ?? FLAGS.map(([each, name]) => [each, word(name)]);
    return html`<label class="field">${title}<select onChange=${on}><option value="" selected=${value === ""}>${word("unknown")}</option>${choices.map(([each, name]) => html`<option key=${each} value=${each} selected=${each === value}>${name}</option>`)}</select></label>`;
  }
  if (field.kind === "text" && value.length > LONG) return html`<label class="field">${title}<textarea rows="3" dir="auto" value=${value} required=${required} onInput=${on}></textarea></label>`;
  const type = { integer: "number", number: "number", date: "date" }[/** @type {string} */ (field.kind)] ?? "text";
  return html`<label class="field">${title}<input type=${type} dir="auto" value=${value} min=${field.ge} max=${field.le} step=${field.kind === "number" ? "any" : null} required=${required} onInput=${on} /></label>`;
}
