/** Where are the gaps? Streets by authorities; every cell is a link to its list, its number always printed. */

import { href } from "../lib/url.js";
import { count, half, percent, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";
import { looks } from "./glyph.js";

/** @typedef {{id: string | null, name: string}} Line */
/** @typedef {{question: string, rows: Line[], columns: Line[], gaps: number[][], totals: number[][]}} Matrix */

const PALE = 3; // the darkest step of the ramp takes white text

/** The longest beginning that more than half of some names have, so that columns need not repeat it. @param {string[]} names */
function shared(names) {
  for (let length = 6; length > 1; length--) {
    for (const name of names) {
      const begins = name.slice(0, length);
      if (name.length > length && 2 * names.filter((each) => each.startsWith(begins)).length > names.length) return begins;
    }
  }
  return "";
}

/** The places of the lines that are shown: those with a gap where gaps are asked for, and the sums. @param {number[][]} gaps @param {boolean} all */
const shown = (gaps, all) => gaps.map((_, place) => place).filter((place) => all || place === gaps.length - 1 || gaps[place][gaps[place].length - 1] > 0);

/**
 * Streets by authorities; where gaps are counted, lines without one are told and not drawn.
 * @param {{of: Matrix, show: "gaps" | "share" | "totals"}} given
 */
export function GapMatrix({ of, show }) {
  const ramp = looks().ramp;
  const turned = of.columns.map((_, c) => of.gaps.map((line) => line[c]));
  const [rows, columns] = [shown(of.gaps, show !== "gaps"), shown(turned, show !== "gaps")];
  const sums = { row: of.rows.length - 1, column: of.columns.length - 1 };
  /** @param {number} gaps @param {number} total */
  const figure = (gaps, total) => (show === "totals" ? total : show === "share" ? (total ? gaps / total : 0) : gaps);
  const inner = of.gaps.slice(0, -1).map((line, r) => line.slice(0, -1).map((gaps, c) => figure(gaps, of.totals[r][c])));
  const most = Math.max(...inner.flat(), show === "share" ? 0.01 : 1);
  /** @param {number} value */
  const step = (value) => (value === 0 ? 0 : Math.min(ramp.length - 1, Math.ceil((value / most) * (ramp.length - 1))));
  /** @param {number} gaps @param {number} total */
  const text = (gaps, total) => (show === "share" ? percent(gaps / total) : count(figure(gaps, total)));
  const prefix = shared(of.columns.map((column) => half(column.name)));
  /** @param {number} r @param {number} c */
  const cell = (r, c) => {
    const [row, column, gaps, total] = [of.rows[r], of.columns[c], of.gaps[r][c], of.totals[r][c]];
    const sum = r === sums.row || c === sums.column;
    const at = sum ? 0 : step(figure(gaps, total));
    const name = word("matrix.cell", { row: half(row.name), column: half(column.name), gaps, total });
    const one = (row.id !== null || r === sums.row) && (column.id !== null || c === sums.column); // a list can be filtered by one body only
    return html`<td key=${c} class="cell number" style=${sum ? "font-weight:700" : `background:${ramp[at]};color:${at > PALE ? "#fff" : "var(--ink)"}`}>
      ${total === 0 ? null : one ? html`<a href=${href("gaps", of.question, { street: row.id, authority: column.id })} aria-label=${name} class=${gaps === 0 && show === "gaps" ? "zero" : null}>${text(gaps, total)}</a>` : html`<span title=${name}>${text(gaps, total)}</span>`}
    </td>`;
  };
  const left = { rows: of.rows.length - rows.length, columns: of.columns.length - columns.length };
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${word("matrix")}><table class="matrix">
    <caption class="unseen">${word("matrix")}</caption>
    <thead><tr><th scope="col">${word("street")}</th>${columns.map((c) => html`<th scope="col" class="slim" key=${c}><span title=${half(of.columns[c].name)}>${c === sums.column ? word("matrix.sum") : half(of.columns[c].name).replace(prefix, "")}</span></th>`)}</tr></thead>
    <tbody>${rows.map((r) => html`<tr key=${r}><th scope="row">${r === sums.row ? word("matrix.sum") : half(of.rows[r].name)}</th>${columns.map((c) => cell(r, c))}</tr>`)}</tbody>
  </table></div>
  ${left.rows + left.columns > 0 && html`<p class="muted">${word("matrix.left", left)}</p>`}`;
}
