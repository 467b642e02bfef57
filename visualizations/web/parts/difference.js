/** What differs, cell by cell, in the words of the schema. */

import { edgeType, nodeType, titleOf, valueOf } from "../lib/model.js";
import { useNames } from "../lib/names.js";
import { count, say, word } from "../lib/words.js";
import { NodeLink } from "./proposal.js";
import { html } from "../vendor/runtime.js";

/** @typedef {{type: string, key: string, field: string, before: string | null, after: string | null}} Cell */

const WHOLE = "_row";
const FEW = 4; // types that are told in a line

/** @param {string} type @param {string} name */
const fieldOf = (type, name) => (nodeType(type) ?? edgeType(type))?.fields.find((each) => each.name === name);

/** A stored text in words; what was not there had no value. @param {Cell} cell @param {string | null} text @param {boolean} there */
function value(cell, text, there = true) {
  const field = fieldOf(cell.type, cell.field);
  if (!there) return "–";
  return valueOf(field, field?.kind === "flag" && text !== null ? text === "true" : text, word);
}

/** The nodes that a row is about: itself, or the ends of an edge, whose key is `type → id → type → id …`. @param {Cell} cell */
function nodesOf({ type, key }) {
  if (nodeType(type)) return [{ type, id: key }];
  const parts = key.split(" → ");
  return [{ type: parts[0], id: parts[1] }, { type: parts[2], id: parts[3] }];
}

/** @param {{cells: Cell[], caption: string}} given */
export function Cells({ cells, caption }) {
  const name = useNames(cells.flatMap(nodesOf));
  const rowOf = (/** @type {Cell} */ cell) => `${cell.type} ${cell.key}`;
  const came = new Set(cells.filter((cell) => cell.field === WHOLE && cell.after !== null).map(rowOf));
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table>
    <caption class="unseen">${caption}</caption>
    <thead><tr><th scope="col">${word("type")}</th><th scope="col">${word("difference.row")}</th><th scope="col">${word("difference.field")}</th><th scope="col">${word("difference.before")}</th><th scope="col">${word("difference.after")}</th></tr></thead>
    <tbody>${cells.map((cell, place) => html`<tr key=${place}><td>${titleOf(cell.type)}</td><td dir="auto">${nodesOf(cell).map((node, nth) => html`${nth > 0 && " → "}<${NodeLink} of=${{ ...node, name: name(node) }} />`)}</td>
      <td>${cell.field === WHOLE ? word("difference.whole") : say(fieldOf(cell.type, cell.field)?.title) || cell.field}</td>
      ${cell.field === WHOLE ? html`<td>–</td><td><strong>${word(cell.after === null ? "difference.went" : "difference.came")}</strong></td>` : html`<td dir="auto">${value(cell, cell.before, !came.has(rowOf(cell)))}</td><td dir="auto"><strong>${value(cell, cell.after)}</strong></td>`}</tr>`)}</tbody>
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
