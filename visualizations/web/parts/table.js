/** A list as a table that the server sorts and pages: keyboard, screen reader and copying work as in any table. */

import { html } from "../vendor/runtime.js";
import { MOST } from "../lib/paper.js";
import { count, word } from "../lib/words.js";

/**
 * @typedef {{key: string, title: string, show?: (row: any) => unknown, number?: boolean, sort?: boolean}} Column
 * @param {{caption: string, columns: Column[], rows: any[], sort?: string, onSort?: (sort: string) => void,
 *   chosen?: Set<string>, onChoose?: (id: string, on: boolean) => void, current?: string, name?: (row: any) => string}} given
 */
export function Table({ caption, columns, rows, sort = "", onSort, chosen, onChoose, current, name = (row) => row.name ?? row.id }) {
  const down = sort.startsWith("-");
  const by = sort.replace(/^-/, "");
  /** @param {Column} column */
  const order = (column) => (by !== column.key ? "none" : down ? "descending" : "ascending");
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class="unseen">${caption}</caption>
      <thead><tr>
        ${chosen && html`<th scope="col"><span class="unseen">${word("table.choose")}</span></th>`}
        ${columns.map((column) => html`<th scope="col" key=${column.key} class=${classOf(column)} aria-sort=${column.sort && onSort ? order(column) : null}>
          ${column.sort && onSort
            ? html`<button type="button" onClick=${() => onSort(by === column.key && !down ? `-${column.key}` : column.key)}>
                ${column.title} <span aria-hidden="true" class=${order(column) === "none" ? "noprint" : null}>${{ none: "↕", ascending: "↑", descending: "↓" }[order(column)]}</span>
              </button>`
            : column.title}
        </th>`)}
      </tr></thead>
      <tbody>
        ${rows.map((row) => html`<tr key=${row.identity ?? row.id} data-id=${row.id} aria-selected=${current === undefined ? null : String(current === row.id)}>
          ${chosen && html`<td><input type="checkbox" aria-label=${word("table.choose.one", { name: name(row) })} checked=${chosen.has(row.id)} onChange=${(/** @type {any} */ event) => onChoose?.(row.id, event.target.checked)} /></td>`}
          ${columns.map((column) => html`<td key=${column.key} class=${classOf(column)}>${column.show ? column.show(row) : (row[column.key] ?? "–")}</td>`)}
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}

/** Numbers stand right; a name stays in sight when a table is scrolled sideways. @param {Column} column */
const classOf = (column) => (column.number ? "number" : column.key === "name" ? "name" : null);

/**
 * Where in a list one stands, and the way on. Cursors lead forward only, so the way back is the browser's.
 * @param {{shown: number, total: number, next: string | null, first: boolean, onNext: (cursor: string) => void, onFirst: () => void, paper?: string}} given
 *   `paper` the word that says, on paper, how the rest is got
 */
export function Pager({ shown, total, next, first, onNext, onFirst, paper }) {
  return html`<nav class="row" aria-label=${word("pages")}>
    <span class="muted" role="status">${word("pages.shown", { shown: count(shown), total: count(total) })}</span>
    ${paper && shown < total && html`<span class="onpaper">${word(paper, { most: count(MOST) })}</span>`}
    ${!first && html`<button type="button" onClick=${onFirst}>${word("pages.first")}</button>`}
    ${next && html`<button type="button" onClick=${() => onNext(next)}>${word("pages.next")}</button>`}
  </nav>`;
}
