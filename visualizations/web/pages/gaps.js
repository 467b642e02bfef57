/** From a number to its list: what one question finds, filtered, sorted, exported, and on to what can be done. */

import { change as send, fileAt, may } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { usePaper } from "../lib/paper.js";
import { isField, nodeField, nodeType, questionOf, titleOf, valueOf } from "../lib/model.js";
import { APART, change, go, href } from "../lib/url.js";
import { count, dayOf, percent, say, word } from "../lib/words.js";
import { Chooser } from "../parts/chooser.js";
import { Clauses } from "../parts/clauses.js";
import { Severity, judged } from "../parts/severity.js";
import { Empty, Fault, Show } from "../parts/states.js";
import { Pager, Table } from "../parts/table.js";
import { Uncounted } from "../parts/uncounted.js";
import { html, useEffect, useState } from "../vendor/runtime.js";

const PAGE = 50;
const UNCOVERED = "uncovered"; // whose list differs from what the rate lacks
const FILTERS = ["street", "authority", "verdict", "reason"];

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const id = at || UNCOVERED;
  const question = questionOf(id);
  return !question || question.kind === "table"
    ? html`<h1>${word("page.gaps")}</h1><div class="card"><${Questions} chosen=${id} /></div><${Empty}>${word("gaps.no-question")}<//>`
    : html`<${Gaps} id=${id} question=${question} query=${query} />`;
}

/** @param {{id: string, question: import("../lib/model.js").Question, query: Record<string, string>}} given */
function Gaps({ id, question, query }) {
  const { street, authority, verdict, reason, sort, cursor, revision } = query;
  const asked = { street, authority, verdict, reason, sort, revision };
  const answer = useGet(`/questions/${id}/answer`, { revision });
  const list = useGet(`/questions/${id}/findings`, { ...asked, cursor, limit: PAGE });
  const paper = usePaper(`/questions/${id}/findings`, asked);
  return html`<h1>${word("page.gaps")}</h1>
    <section class="card" aria-label=${say(question.term)}>
      <div class="row spread"><${Questions} chosen=${id} /><span class="row"><${Severity} of=${question.severity} /> </span></div>
      <p>${say(question.text)}</p><p class="muted">${word("remedy")}${word("mark.colon")}${say(question.remedy)}</p>
      ${question.clauses.length > 0 && html`<p class="muted">${word("policy.clauses")}${word("mark.colon")}<${Clauses} of=${question.clauses} named=${true} /></p>`}
      <${Show} of=${answer}>${(/** @type {any} */ found) =>
        found.no_data
          ? html`<p>${word("no-data.lacking", { what: found.lacking.map((/** @type {any} */ each) => say(each.title)).join(word("mark.list")) })}</p>${may("change") && html`<p><a class="button" href=${href("import")}>${word("welcome.import")}</a></p>`}`
          : html`<p><span class="big">${count(found.gaps)}</span> / ${count(found.total)} <span class="muted">${found.total ? percent(found.gaps / found.total) : ""}　${word("gaps.cannot-tell", { n: count(found.cannot_tell) })}　${word("gaps.basis", { day: dayOf(found.today), revision: found.revision, policy: say(found.policy_title) })}</span></p>${id === UNCOVERED && html`<${Uncounted} revision=${revision} />`}`}
      <//>
    </section>
    <section class="card" aria-label=${word("gaps.list")}>
      <div class="row spread">
        <${Filters} question=${question} query=${query} />
        <span class="row">
          ${list.data && html`<strong role="status">${word("gaps.counted", { n: count(list.data.total) })}</strong>`}
          <a class="button" href=${href("network", "", { question: id, street, authority })}>${word("gaps.network")}</a>
          ${may("export") && html`<a class="button" href=${exportAddress(id, "xlsx", asked)} download data-view>${word("export.excel")}</a><a class="button" href=${exportAddress(id, "csv", asked)} download>${word("export.csv")}</a>`}
          <button type="button" disabled=${paper.busy} onClick=${paper.print}>${word("print")}</button>
        </span>
      </div>
      ${id === UNCOVERED && !street !== !authority && !reason && html`<${Uncounted} id=${street ?? authority} revision=${revision} />`}
      ${paper.fault && html`<${Fault} fault=${paper.fault} />`}
      <${Show} of=${list}>${(/** @type {any} */ found) => html`<${List} question=${question} found=${paper.whole ?? found} query=${query} />`}<//>
    </section>`;
}

/** @param {string} id @param {"csv" | "xlsx"} format @param {Record<string, string | undefined>} asked */
function exportAddress(id, format, asked) {
  return fileAt(`/exports/findings/${id}.${format}`, { ...asked, sort: null });
}

/** @param {{chosen: string}} given */
function Questions({ chosen }) {
  return html`<label class="row"><span>${word("question")}</span>
    <select class="question" value=${chosen} onChange=${(/** @type {any} */ event) => go("gaps", event.target.value)}>
      ${judged().map((each) => html`<option key=${each.id} value=${each.id} selected=${each.id === chosen}>${say(each.severity?.title)} · ${say(each.term)}</option>`)}
    </select></label>`;
}

/** @param {{question: import("../lib/model.js").Question, query: Record<string, string>}} given */
function Filters({ question, query }) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => change({ [name]: event.target.value || null, cursor: null });
  /** @param {string} name @param {{value: string, text: string}[]} choices */
  const choose = (name, choices) => html`<label class="field"><span>${word(name)}</span><select value=${query[name] ?? ""} onChange=${set(name)}>
    <option value="">${word("all")}</option>${choices.map((each) => html`<option key=${each.value} value=${each.value} selected=${query[name] === each.value}>${each.text}</option>`)}</select></label>`;
  const active = FILTERS.filter((name) => query[name]);
  return html`<div class="row">
    ${question.places.includes("street") && html`<${Chooser} type="Street" title=${word("street")} chosen=${query.street} onChoose=${(/** @type {string | null} */ street) => change({ street, cursor: null })} />`}
    ${question.places.includes("authority") && html`<${Chooser} type="Authority" title=${word("authority")} sort="name" chosen=${query.authority} onChoose=${(/** @type {string | null} */ authority) => change({ authority, cursor: null })} />`}
    ${choose("verdict", [{ value: "gap", text: word("gap") }, { value: "cannot-tell", text: word("cannot-tell") }])}
    ${choose("reason", Object.entries(question.reasons).map(([value, text]) => ({ value, text: say(text) })))}
    ${active.length > 0 && html`<button type="button" onClick=${() => change(Object.fromEntries([...FILTERS, "cursor"].map((name) => [name, null])))}>${word("filters.clear")}</button>`}
  </div>`;
}

/** @param {{question: import("../lib/model.js").Question, found: any, query: Record<string, string>}} given */
function List({ question, found, query }) {
  const [chosen, setChosen] = useState(() => /** @type {Set<string>} */ (new Set()));
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [opened, setOpened] = useState(0);
  useEffect(() => setChosen(new Set()), [question.id, query.cursor, query.revision, ...FILTERS.map((name) => query[name])]); // what is not shown is not ticked
  if (found.items.length === 0) return html`<${Empty}>${word("gaps.none")}<//>`;
  const planned = chosen.size > 0 && nodeType(question.anchor ?? "") !== undefined; // proposals are about nodes
  const fields = question.columns;
  const columns = [
    { key: "name", title: word("name"), sort: true, show: (/** @type {any} */ row) => html`<a href=${address(question, row, query)}>${row.name ?? row.id}</a>` },
    ...(found.items.every((/** @type {any} */ row) => row.street === null) ? [] : [{ key: "street", title: word("street"), sort: true, show: (/** @type {any} */ row) => row.street ?? word("unknown") }]),
    ...(found.items.every((/** @type {any} */ row) => row.authority === null) ? [] : [{ key: "authority", title: word("authority"), sort: true, show: (/** @type {any} */ row) => row.authority ?? "–" }]),
    ...(found.items.every((/** @type {any} */ row) => row.verdict === "gap") && !query.verdict ? [] : [{ key: "verdict", title: word("verdict"), sort: true, show: (/** @type {any} */ row) => word(row.verdict) }]),
    { key: "reasons", title: word("reasons"), show: (/** @type {any} */ row) => html`${row.reasons.map((/** @type {string} */ code) => say(question.reasons[code])).join(word("mark.apart"))}${row.missing.length > 0 && html`<br /><small>${word("gaps.missing")}${word("mark.colon")}${row.missing.map((/** @type {string} */ name) => missing(question, name)).join(word("mark.list"))}</small>`}` },
    ...fields.map((field) => ({ key: field.name, title: say(field.title), sort: true, number: found.items.some((/** @type {any} */ row) => typeof row.values[field.name] === "number"), show: (/** @type {any} */ row) => row.values[field.name] === null && !isField(question.anchor, field.name) ? "–" : valueOf(field, row.values[field.name], word) })),
  ];
  const follow = async () => {
    try {
      const made = await send("POST", "/cases", { question: question.id, ids: [...chosen] });
      setOpened(made.items.length);
      setFault(null);
    } catch (refused) {
      setFault(refused);
    }
  };
  return html`
    <${Table} caption=${say(question.term)} columns=${columns} rows=${found.items} sort=${query.sort ?? ""} onSort=${(/** @type {string} */ sort) => change({ sort, cursor: null })}
      chosen=${may("change") ? chosen : undefined} onChoose=${(/** @type {string} */ id, /** @type {boolean} */ on) => setChosen((before) => { const after = new Set(before); on ? after.add(id) : after.delete(id); return after; })} />
    <div class="row spread">
      <${Pager} shown=${found.items.length} total=${found.total} next=${found.next} first=${!query.cursor} onNext=${(/** @type {string} */ cursor) => change({ cursor })} onFirst=${() => change({ cursor: null })} paper="paper.gaps" />
      ${may("change") && html`<span class="row">
        <button type="button" onClick=${() => setChosen(new Set(found.items.map((/** @type {any} */ row) => row.id)))}>${word("choose.page")}</button>
        <button type="button" disabled=${chosen.size === 0} onClick=${follow}>${word("gaps.follow", { n: chosen.size })}</button>
        <a class="button" href=${href("plan", "", { question: question.id, street: query.street, about: planned ? [...chosen].map((one) => `${question.anchor}/${one}`).join(APART) : null })}>${planned ? word("gaps.plan.chosen", { n: chosen.size }) : word("gaps.plan")}</a>
      </span>`}
    </div>
    ${opened > 0 && html`<p role="status">${word("gaps.followed", { n: opened })} <a href=${href("cases", "", { question: question.id })}>${word("page.cases")}</a></p>`}
    ${fault && html`<${Fault} fault=${fault} />`}`;
}

/** Where one row is looked at, with the list to come back to. @param {import("../lib/model.js").Question} question @param {any} row @param {Record<string, string>} query */
function address(question, row, query) {
  if (question.anchor === "Organization") return href("organization", row.id, { from: question.id, ...Object.fromEntries(FILTERS.map((name) => [name, query[name]])) });
  return href("network", "", { near: `${question.anchor}/${row.id}` });
}

/** @param {import("../lib/model.js").Question} question @param {string} name */
function missing(question, name) {
  const column = question.columns.find((each) => each.name === name);
  if (name === "earlier-revision") return word("gaps.earlier");
  return column ? say(column.title) : fieldTitle(question.anchor, name) || titleOf(name);
}

/** @param {string | null} type @param {string} name */
function fieldTitle(type, name) {
  return type ? say(nodeField(type, name)?.title) : "";
}
