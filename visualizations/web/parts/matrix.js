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

/**
 * @param {{of: Matrix, show: "gaps" | "share" | "totals"}} given
 */
export function GapMatrix({ of, show }) {
  const ramp = looks().ramp;
  /** @param {number} gaps @param {number} total */
  const figure = (gaps, total) => (show === "totals" ? total : show === "share" ? (total ? gaps / total : 0) : gaps);
  const inner = of.gaps.slice(0, -1).map((line, r) => line.slice(0, -1).map((gaps, c) => figure(gaps, of.totals[r][c])));
  const most = Math.max(...inner.flat(), show === "share" ? 0.01 : 1);
  /** @param {number} value */
  const step = (value) => (value === 0 ? 0 : Math.min(ramp.length - 1, Math.ceil((value / most) * (ramp.length - 1))));
  /** @param {number} gaps @param {number} total */
  const text = (gaps, total) => (total === 0 ? "" : show === "share" ? percent(gaps / total) : count(figure(gaps, total)));
  const last = of.columns.length - 1;
  const prefix = shared(of.columns.map((column) => half(column.name)));
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${word("matrix")}><table class="matrix">
    <caption class="unseen">${word("matrix")}</caption>
    <thead><tr><th scope="col">${word("street")}</th>${of.columns.map((column) => html`<th scope="col" class="slim" key=${column.id}><span title=${half(column.name)}>${half(column.name).replace(prefix, "")}</span></th>`)}</tr></thead>
    <tbody>${of.rows.map((row, r) => html`<tr key=${row.id}><th scope="row">${half(row.name)}</th>
      ${of.columns.map((column, c) => {
        const [gaps, total] = [of.gaps[r][c], of.totals[r][c]];
        const sum = r === of.rows.length - 1 || c === last;
        const at = sum ? 0 : step(figure(gaps, total));
        const label = word("matrix.cell", { row: half(row.name), column: half(column.name), gaps, total });
        return html`<td key=${column.id} class="cell number" style=${sum ? "font-weight:700" : `background:${ramp[at]};color:${at > PALE ? "#fff" : "var(--ink)"}`}>
          ${total === 0 ? null : html`<a href=${href("gaps", of.question, { street: row.id, authority: column.id })} aria-label=${label} class=${gaps === 0 && show === "gaps" ? "zero" : null}>${text(gaps, total)}</a>`}
        </td>`;
      })}
    </tr>`)}</tbody>
  </table></div>`;
}
