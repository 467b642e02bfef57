/** What differs, cell by cell, in the words of the schema. */

import { edgeType, nodeType, titleOf, valueOf } from "../lib/model.js";
import { href } from "../lib/url.js";
import { count, say, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/** @typedef {{type: string, key: string, field: string, before: string | null, after: string | null}} Cell */

const WHOLE = "_row";
const FEW = 4; // types that are told in a line

/** @param {string} type @param {string} name */
const fieldOf = (type, name) => (nodeType(type) ?? edgeType(type))?.fields.find((each) => each.name === name);

/** A stored text in words. @param {Cell} cell @param {string | null} text */
function value(cell, text) {
  const field = fieldOf(cell.type, cell.field);
  if (cell.field === WHOLE) return text ?? "–";
  return valueOf(field, field?.kind === "flag" && text !== null ? text === "true" : text, word);
}

/** What a row is: a node by its id, an edge by its ends, their types in words. @param {Cell} cell */
function Row({ type, key }) {
  if (type === "Organization") return html`<a href=${href("organization", key)}>${key}</a>`;
  if (nodeType(type)) return html`<a href=${href("network", "", { near: `${type}/${key}` })}>${key}</a>`;
  return key.split(" → ").map((part) => (nodeType(part) ? titleOf(part) : part)).join(" → ");
}

/** @param {{cells: Cell[], caption: string}} given */
export function Cells({ cells, caption }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table>
    <caption class="unseen">${caption}</caption>
    <thead><tr><th scope="col">${word("type")}</th><th scope="col">${word("difference.row")}</th><th scope="col">${word("difference.field")}</th><th scope="col">${word("difference.before")}</th><th scope="col">${word("difference.after")}</th></tr></thead>
    <tbody>${cells.map((cell, place) => html`<tr key=${place}><td>${titleOf(cell.type)}</td><td dir="auto">${Row(cell)}</td>
      <td>${cell.field === WHOLE ? word("difference.whole") : say(fieldOf(cell.type, cell.field)?.title) || cell.field}</td>
      <td dir="auto">${value(cell, cell.before)}</td><td dir="auto"><strong>${value(cell, cell.after)}</strong></td></tr>`)}</tbody>
  </table></div>`;
}

/** Rows touched, by type. @param {{counts: Record<string, {added: number, removed: number, changed: number}>}} given */
export function Touched({ counts }) {
  const told = Object.entries(counts).map(([type, n]) => {
    const signs = [["+", n.added], ["−", n.removed], ["~", n.changed]].filter(([, many]) => many);
    return `${titleOf(type)} ${signs.map(([sign, many]) => `${sign}${count(/** @type {number} */ (many))}`).join(" ")}`;
  });
  const line = html`<span class="muted">${told.join(word("mark.apart"))}</span>`;
  return told.length > FEW ? html`<details><summary>${word("difference.types", { n: told.length })}</summary>${line}</details>` : line;
}
