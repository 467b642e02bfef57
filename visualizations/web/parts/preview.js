/** What would an import change, and what is wrong in it? Columns, errors, difference, then the decision. */

import { fileAt } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { edgeType, nodeType, titleOf, valueOf } from "../lib/model.js";
import { count, say, word } from "../lib/words.js";
import { Empty, Show } from "./states.js";
import { html, useState } from "../vendor/runtime.js";

const FIRST = "no-directory"; // why thousands of names are not known
const OLDER = "older-data"; // whose hint names an option of the command
const DATED = [OLDER, "behind-stored"]; // remarks on the day that the data speaks of, from which terms are counted
const UNMATCHED = "unmatched-column";

/** @param {string} type @param {string} name */
const fieldOf = (type, name) => (nodeType(type) ?? edgeType(type))?.fields.find((each) => each.name === name);

/** @param {{of: any, job: string, busy: boolean, store: (how: {accept_valid: boolean, remove_gone: boolean}) => void, match: (columns: Record<string, string>) => void, drop: () => void}} given */
export function Preview({ of, job, busy, store, match, drop }) {
  const [valid, setValid] = useState(false);
  const [gone, setGone] = useState(false);
  const kinds = /** @type {[string, number][]} */ (Object.entries(of.error_counts)).sort((one, other) => one[1] - other[1]); // a few are mistakes, many have one cause
  const errors = kinds.reduce((sum, [, n]) => sum + n, 0);
  const lost = Object.values(of.gone).reduce((/** @type {number} */ sum, /** @type {any} */ n) => sum + n, 0);
  const changes = of.difference.some((/** @type {any} */ row) => row.added || row.changed || row.removed) || (gone && lost > 0);
  const others = of.notices.filter((/** @type {any} */ each) => !DATED.includes(each.code));
  return html`<section class="card" aria-labelledby="checked-title"><h2 id="checked-title">${word("import.checked")}</h2>
      <p><strong>${word("import.rows", { read: count(of.read), accepted: count(of.accepted), rejected: count(of.rejected) })}</strong></p>
      ${errors > 0 && html`<p class="row"><span class="down">${word("import.errors", { n: count(errors) })}</span> <a class="button" href=${fileAt(`/imports/${job}/marked`)} download>${word("import.marked")}</a></p>`}
      ${of.notices.filter((/** @type {any} */ each) => each.code === FIRST).map((/** @type {any} */ each) => html`<div class="problem" key=${each.message.en}><strong>${say(each.message)}</strong><p>${word("import.directory-first")}</p>
        <p><a class="button" href=${fileAt("/exports/template.xlsx", { ledger: false })} download>${word("import.template.others")}</a></p></div>`)}
      ${kinds.length > 1 && html`<h3>${word("import.errors.kinds")}</h3><ul>${kinds.map(([code, n]) => html`<li key=${code}><strong>${count(n)}</strong> · ${say(of.errors.find((/** @type {any} */ each) => each.code === code)?.message) || code}</li>`)}</ul>`}
      ${errors > of.errors.length && html`<p role="status">${word("import.errors.some", { shown: count(of.errors.length), n: count(errors) })}</p>`}
      <${Remarks} of=${[...of.errors].sort((one, other) => of.error_counts[one.code] - of.error_counts[other.code])} caption=${word("import.errors.list")} /></section>
    <${Unmatched} of=${of.columns.filter((/** @type {any} */ each) => each.why === UNMATCHED)} notices=${of.notices} busy=${busy} match=${match} />
    <details class="card"><summary>${word("import.columns", { n: of.columns.length })}</summary><${Columns} of=${of.columns} /></details>
    <details class="card"><summary>${word("import.notices", { n: others.length })}</summary><${Remarks} of=${others} caption=${word("import.notices", { n: others.length })} /></details>
    <section class="card" aria-labelledby="import-difference"><h2 id="import-difference">${word("import.difference")}</h2><${Counts} of=${of.difference} />
      ${of.conflict_count > 0 && html`<details><summary>${word("import.conflicts", { n: of.conflict_count })}</summary><${Conflicts} of=${of.conflicts} /></details>`}
      ${of.moved_count > 0 && html`<details open><summary>${word("import.moved", { n: count(of.moved_count) })}</summary>
        <ul>${of.moved.map((/** @type {any} */ each) => html`<li key=${`${each.type} ${each.id}`}>${titleOf(each.type)} · <bdi>${each.name ?? each.id}</bdi>${word("mark.colon")}<bdi>${each.old_name ?? each.old}</bdi> → <bdi>${each.new_name ?? each.new}</bdi></li>`)}</ul></details>`}
      ${of.renamed_count > 0 && html`<details open><summary>${word("import.renamed", { n: of.renamed_count })}</summary>
        <ul>${of.renamed.map((/** @type {any} */ each) => html`<li key=${each.old}><bdi>${each.old_name}</bdi> → <bdi>${each.new_name}</bdi> <small class="muted">${each.old}</small></li>`)}</ul><p>${say(of.renamed_hint)}</p></details>`}
      ${lost > 0 && html`<p>${word("import.gone", { what: Object.entries(of.gone).map(([type, n]) => `${titleOf(type)} ${count(/** @type {number} */ (n))}`).join(word("mark.apart")) })}</p>
        <label><input type="checkbox" checked=${gone} onChange=${(/** @type {any} */ event) => setGone(event.target.checked)} />${word("import.remove-gone")}</label>`}
      ${of.unjudged.length > 0 && lost > 0 && html`<p class="muted">${word("import.unjudged", { what: of.unjudged.map(titleOf).join("、") })}</p>`}
      ${of.rejected > 0 && html`<p><label><input type="checkbox" checked=${valid} onChange=${(/** @type {any} */ event) => setValid(event.target.checked)} />${word("import.accept-valid", { n: count(of.accepted) })}</label></p>`}
      ${!changes && html`<${Empty}>${word("import.nothing")}<//>`}
      ${of.notices.filter((/** @type {any} */ each) => DATED.includes(each.code)).map((/** @type {any} */ each) => html`<div class="problem" key=${each.code}><strong>${say(each.message)}</strong><p>${each.code === OLDER ? word("import.dated") : say(each.hint)}</p></div>`)}
      <p class="row foot"><button type="button" class="main" disabled=${busy || !changes || (of.rejected > 0 && !valid)} onClick=${() => store({ accept_valid: valid, remove_gone: gone })}>${word("import.confirm")}</button>
        <button type="button" disabled=${busy} onClick=${drop}>${word("import.drop")}</button></p></section>`;
}

/** Remarks of the checker, one a place. @param {{of: any[], caption: string}} given */
function Remarks({ of, caption }) {
  if (of.length === 0) return null;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><caption class="unseen">${caption}</caption>
    <thead><tr>${["file", "sheet", "cell", "column", "value", "problem"].map((each) => html`<th scope="col" key=${each}>${word(`import.${each}`)}</th>`)}</tr></thead>
    <tbody>${of.map((each, place) => html`<tr key=${place}><td dir="auto">${each.file}</td><td dir="auto">${each.sheet ?? "–"}</td><td>${each.cell ?? each.row ?? "–"}</td><td dir="auto">${each.column ?? "–"}</td><td dir="auto">${each.value ?? "–"}</td>
      <td>${say(each.message)} <span class="muted">${say(each.hint)}</span></td></tr>`)}</tbody></table></div>`;
}

/** Files in which no table was known: what their headers are can be said here. @param {{job: string, busy: boolean, match: (columns: Record<string, string>) => void}} given */
export function Unknown({ job, busy, match }) {
  const seen = useGet(`/imports/${job}/headers`);
  return html`<${Show} of=${seen}>${(/** @type {any} */ found) => html`<${Unmatched} of=${found.items.flatMap((/** @type {any} */ each) => each.headers.map((/** @type {string} */ column) => ({ ...each, column })))} notices=${[]} busy=${busy} match=${match} />`}<//>`;
}

/** Columns of a ledger that nobody knows: what each is can be said here, and the files are checked anew. @param {{of: any[], notices: any[], busy: boolean, match: (columns: Record<string, string>) => void}} given */
function Unmatched({ of, notices, busy, match }) {
  const [said, setSaid] = useState(/** @type {Record<string, string>} */ ({}));
  const known = useGet(of.length > 0 ? "/imports/columns" : null);
  if (of.length === 0) return null;
  /** @param {any} each */
  const remark = (each) => notices.find((one) => one.code === UNMATCHED && one.file === each.file && one.sheet === each.sheet && one.column === each.column)?.message;
  /** @param {string} column */
  const choose = (column) => (/** @type {any} */ event) => {
    const { [column]: _, ...others } = said;
    setSaid(event.target.value ? { ...others, [column]: event.target.value } : others);
  };
  return html`<section class="card"><h2>${word("import.unmatched", { n: of.length })}</h2><p class="muted">${word("import.unmatched.text")}</p>
    <${Show} of=${known}>${(/** @type {any} */ found) => html`<div class="scroll" tabindex="0" role="region" aria-label=${word("import.unmatched", { n: of.length })}><table><caption class="unseen">${word("import.unmatched", { n: of.length })}</caption>
      <thead><tr>${["file", "sheet", "column", ...(notices.length > 0 ? ["problem"] : []), "read-as"].map((each) => html`<th scope="col" key=${each}>${word(`import.${each}`)}</th>`)}</tr></thead>
      <tbody>${of.map((each, place) => html`<tr key=${place}><td dir="auto">${each.file}</td><td dir="auto">${each.sheet}</td><td dir="auto">${each.column}</td>${notices.length > 0 && html`<td>${say(remark(each))}</td>`}
        <td><select aria-label=${word("import.match.one", { column: each.column })} onChange=${choose(each.column)}><option value="">${word("import.match.none")}</option>${found.items.map((/** @type {any} */ one) => html`<option key=${one.header} value=${one.header} selected=${said[each.column] === one.header}>${one.title.zh === say(one.title) || one.title.en === one.header ? one.header : `${say(one.title)} · ${one.header}`}</option>`)}</select></td></tr>`)}</tbody></table></div>`}<//>
    <p class="row"><button type="button" disabled=${busy || Object.keys(said).length === 0} onClick=${() => match(said)}>${word("import.match")}</button></p></section>`;
}

/** @param {{of: any[]}} given */
function Columns({ of }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${word("import.matched")}><table><caption class="unseen">${word("import.matched")}</caption>
    <thead><tr>${["file", "sheet", "column", "read-as"].map((each) => html`<th scope="col" key=${each}>${word(`import.${each}`)}</th>`)}</tr></thead>
    <tbody>${of.map((each, place) => html`<tr key=${place}><td dir="auto">${each.file}</td><td dir="auto">${each.sheet}</td><td dir="auto">${each.column}</td>
      <td>${each.why ? html`<em>${word(`import.${each.why}`)}</em>` : `→ ${titleOf(each.type)} · ${say(fieldOf(each.type, each.field)?.title) || word(`end.${each.field}`)}`}</td></tr>`)}</tbody></table></div>`;
}

const MOVES = ["added", "changed", "removed", "unchanged", "gone"];

/** How many rows of each type change, and of how many types none does. @param {{of: any[]}} given */
function Counts({ of }) {
  const touched = of.filter((row) => MOVES.some((each) => each !== "unchanged" && row[each] > 0));
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="import-difference"><table>
    <thead><tr><th scope="col">${word("type")}</th>${MOVES.map((each) => html`<th scope="col" class="number" key=${each}>${word(`import.${each === "gone" ? "gone-rows" : each}`)}</th>`)}</tr></thead>
    <tbody>${touched.map((row) => html`<tr key=${row.type}><th scope="row">${titleOf(row.type)}</th>${MOVES.map((each) => html`<td class="number" key=${each}>${count(row[each])}</td>`)}</tr>`)}</tbody></table></div>
    ${touched.length < of.length && html`<p class="muted">${word("import.untouched", { n: of.length - touched.length })}</p>`}`;
}

/** @param {{of: any[]}} given */
function Conflicts({ of }) {
  return html`<table><caption class="unseen">${word("import.conflicts", { n: of.length })}</caption>
    <thead><tr><th scope="col">${word("type")}</th><th scope="col">${word("difference.row")}</th><th scope="col">${word("difference.field")}</th><th scope="col">${word("difference.before")}</th><th scope="col">${word("difference.after")}</th><th scope="col">${word("import.sources")}</th></tr></thead>
    <tbody>${of.map((each, place) => { const field = fieldOf(each.type, each.field); return html`<tr key=${place}><td>${titleOf(each.type)}</td><td dir="auto">${each.key}</td><td>${say(field?.title) || each.field}</td><td dir="auto">${valueOf(field, each.old, word)}</td><td dir="auto">${valueOf(field, each.new, word)}</td><td dir="auto">${each.sources}</td></tr>`; })}</tbody></table>`;
}
