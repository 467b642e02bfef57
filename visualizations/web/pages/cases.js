/** Cases (整改台账): the overdue first, then those due soon; each assigned, moved, kept and noted over the version that was seen. */

import { Problem, change as send, may } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { questionOf } from "../lib/model.js";
import { usePaper } from "../lib/paper.js";
import { change, href } from "../lib/url.js";
import { count, dayOf, say, word } from "../lib/words.js";
import { Chooser } from "../parts/chooser.js";
import { NodeLink } from "../parts/proposal.js";
import { Search } from "../parts/search.js";
import { judged } from "../parts/severity.js";
import { Empty, Fault, Show } from "../parts/states.js";
import { Pager, Table } from "../parts/table.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";

const PAGE = 50;
const STATES = ["overdue", "due-soon", "open", "to-do", "under-way", "to-verify", "kept", "closed"];
const OPEN = ["to-do", "under-way", "to-verify"];
const BODIES = ["Street", "Authority", "GoverningBody", "PartyOrganization", "Hub", "Community"];
const FILTERS = ["state", "question", "street", "body"];

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const { state, question, street, body, cursor } = query;
  const asked = { state, question, street, body };
  const list = useGet("/cases", { ...asked, cursor, limit: PAGE });
  const paper = usePaper("/cases", asked);
  /** @param {string} name @param {{value: string, text: string}[]} choices */
  const choice = (name, choices) => html`<label class="field"><span>${word(`case.${name}`)}</span><select value=${query[name] ?? ""} onChange=${(/** @type {any} */ event) => change({ [name]: event.target.value || null, cursor: null })}>
    <option value="">${word("all")}</option>${choices.map((each) => html`<option key=${each.value} value=${each.value} selected=${query[name] === each.value}>${each.text}</option>`)}</select></label>`;
  return html`<div class="row spread"><h1>${word("cases.title")}</h1><button type="button" disabled=${paper.busy} onClick=${paper.print}>${word("print")}</button></div>
    <div class="card row">
      ${choice("state", STATES.map((value) => ({ value, text: word(`case.state.${value}`) })))}
      ${choice("question", judged().map((each) => ({ value: each.id, text: say(each.term) })))}
      <${Chooser} type="Street" title=${word("case.street")} chosen=${query.street} onChoose=${(/** @type {string | null} */ picked) => change({ street: picked, cursor: null })} />
      <div class="field"><span>${word("case.body")}</span><${Search} id="case-body" label=${word("case.body")} types=${BODIES} onPick=${(/** @type {any} */ found) => change({ body: `${found.type}/${found.id}`, cursor: null })} /></div>
      ${FILTERS.some((name) => query[name]) && html`<button type="button" onClick=${() => change(Object.fromEntries([...FILTERS, "cursor"].map((name) => [name, null])))}>${word("filters.clear")}</button>`}
    </div>
    ${paper.fault && html`<${Fault} fault=${paper.fault} />`}
    <${Show} of=${list}>${(/** @type {any} */ found) => html`
      <p>${word("cases.counted", { overdue: count(found.overdue), soon: count(found.due_soon), total: count(found.total), day: dayOf(found.today) })}</p>
      <div class=${query.case ? "review" : ""}>
        <section class="card" aria-label=${word("cases.title")}><${Cases} found=${paper.whole ?? found} query=${query} /></section>
        ${query.case && html`<section class="card" aria-label=${word("details")}><${One} key=${query.case} at=${query.case} onChanged=${list.again} /></section>`}
      </div>`}
    <//>`;
}

/** How pressing a case is, in red or not at all. */
export const urgency = (/** @type {any} */ row) => (row.overdue ? html`<strong class="down">⚠ ${word("case.state.overdue")}</strong>` : row.due_soon ? html`<strong>◷ ${word("case.state.due-soon")}</strong>` : "");

/** @param {{found: any, query: Record<string, string>}} given */
function Cases({ found, query }) {
  if (found.items.length === 0) return html`<${Empty}>${word("cases.none")}<//>`;
  const columns = [
    ...(found.items.some(urgency) ? [{ key: "urgency", title: word("case.urgency"), show: urgency }] : []),
    { key: "name", title: word("name"), show: (/** @type {any} */ row) => html`<a href=${href("cases", "", { ...query, case: `${row.question}/${row.subject}` })}>${row.name}</a>` },
    ...(query.case ? [] : [{ key: "question", title: word("question"), show: (/** @type {any} */ row) => say(questionOf(row.question)?.term) },
    { key: "street", title: word("street"), show: (/** @type {any} */ row) => row.street ?? "–" },
    { key: "body", title: word("responsible"), show: (/** @type {any} */ row) => row.body?.name ?? "–" }]),
    { key: "deadline", title: word("deadline"), show: (/** @type {any} */ row) => html`${dayOf(row.deadline)}${row.days_left !== null && html` <small>${row.days_left < 0 ? word("case.days.over", { n: -row.days_left }) : word("case.days", { n: row.days_left })}</small>`}` },
    { key: "state", title: word("case.state"), show: (/** @type {any} */ row) => say(row.state.title) },
  ];
  const rows = found.items.map((/** @type {any} */ each) => ({ ...each, id: each.identity }));
  return html`<${Table} caption=${word("cases.title")} columns=${columns} rows=${rows} />
    <${Pager} shown=${rows.length} total=${found.total} next=${found.next} first=${!query.cursor} onNext=${(/** @type {string} */ cursor) => change({ cursor })} onFirst=${() => change({ cursor: null })} paper="paper.cases" />`;
}

/** One case: what is known, what is done with it, and all that happened to it. @param {{at: string, onChanged: () => void}} given */
function One({ at, onChanged }) {
  const [question, ...rest] = at.split("/");
  const address = `/cases/${question}/${encodeURIComponent(rest.join("/"))}`;
  const read = useGet(address);
  const [told, setTold] = useState(/** @type {any} */ (null));
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  useEffect(() => setTold(read.data), [read.data]);
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { // in a narrow window it stands below the list
    if (title.current && title.current.getBoundingClientRect().top > innerHeight) title.current.focus();
  }, [Boolean(read.data)]);
  const write = async (/** @type {Record<string, unknown>} */ wanted) => {
    try {
      setTold(await send("PATCH", address, { version: told.version, ...wanted }));
      setFault(null);
      onChanged();
    } catch (refused) {
      setFault(refused);
      if (refused instanceof Problem && "case" in refused.told) setTold(refused.told.case);
    }
  };
  return html`<${Show} of=${{ ...read, data: told ?? read.data }}>${(/** @type {any} */ one) => html`
    <div class="row spread"><h2 tabindex="-1" ref=${title}>${one.name}</h2><button type="button" onClick=${() => change({ case: null })}>${word("close")}</button></div>
    <p><${NodeLink} of=${{ type: one.anchor, id: one.subject, name: one.name }} /> · ${say(questionOf(one.question)?.term)} · <strong>${say(one.state.title)}</strong>${one.closed_as && html` · ${say(one.closed_as.title)}`}${urgency(one) && html` · ${urgency(one)}`}</p>
    ${fault && html`<${Fault} fault=${fault} />`}
    ${one.warnings.map((/** @type {any} */ each) => html`<p role="status" class="banner" key=${each.en}>⚠ ${say(each)}</p>`)}
    <dl class="facts"><dt>${word("responsible")}</dt><dd>${one.body ? html`<${NodeLink} of=${one.body} />` : "–"}</dd><dt>${word("case.measure")}</dt><dd>${one.measure ?? "–"}</dd>
      <dt>${word("deadline")}</dt><dd>${dayOf(one.deadline)}</dd>${one.kept_until && html`<dt>${word("case.keep.until")}</dt><dd>${dayOf(one.kept_until)} · ${one.kept_reason}</dd>`}</dl>
    ${may("change") && one.state.value !== "closed" && html`<${Work} one=${one} write=${write} />`}
    <h3>${word("case.history")}</h3>
    <ol reversed>${[...one.history].reverse().map((each) => html`<li key=${each.version}><span class="muted">${dayOf(each.at)} · ${each.unit === "partygraph" ? word("case.automatic") : each.unit}</span> ${say(each.text).replace(/\b\d{4}-\d\d-\d\d\b/g, dayOf)}</li>`)}</ol>`}
  <//>`;
}

/** @param {{one: any, write: (wanted: Record<string, unknown>) => Promise<void>}} given */
function Work({ one, write }) {
  /** A form whose filled-in fields are written. @param {string} name @param {unknown} fields @param {(given: Record<string, string>) => Record<string, unknown>} wanted */
  const form = (name, fields, wanted) => html`<form class="row" aria-label=${word(name)} onSubmit=${(/** @type {any} */ event) => {
    event.preventDefault();
    const filled = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ""));
    write(wanted(/** @type {Record<string, string>} */ (filled))).then(() => event.target.reset());
  }}>${fields}<button>${word(name)}</button></form>`;
  const [body, setBody] = useState(/** @type {any} */ (null));
  return html`
    <p class="row">${OPEN.filter((state) => state !== one.state.value).map((state) => html`<button type="button" key=${state} onClick=${() => write({ state })}>→ ${word(`case.state.${state}`)}</button>`)}</p>
    <div class="row"><div class="field"><span>${word("responsible")}${body && `${word("mark.colon")}${body.name ?? body.id}`}</span><${Search} id="assign-body" label=${word("case.body")} types=${BODIES} onPick=${setBody} /></div></div>
    ${form("case.assign", html`
      <label class="field"><span>${word("case.measure")}</span><input name="measure" maxlength="500" /></label>
      <label class="field"><span>${word("deadline")}</span><input name="deadline" type="date" /></label>`, (given) => ({ ...given, ...(body ? { body: `${body.type}/${body.id}` } : {}) }))}
    ${form("case.note", html`<label class="field"><span>${word("case.comment")}</span><input name="comment" required maxlength="500" /></label>`, (given) => given)}
    ${form("case.keep", html`<label class="field"><span>${word("case.keep.until")}</span><input name="until" type="date" required /></label><label class="field"><span>${word("case.keep.reason")}</span><input name="reason" required maxlength="500" /></label>`, (keep) => ({ keep }))}`;
}
