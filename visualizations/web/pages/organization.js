/** One organisation: its fields, how it is covered, every relation, what was found and why, and what would be done. */

import { sourceSaid } from "../lib/acts.js";
import { may, ofDistrict, oversees } from "../lib/api.js";
import { bind } from "../lib/keys.js";
import { useGet } from "../lib/load.js";
import { grouped, nodeType, questionOf, titleOf, valueOf } from "../lib/model.js";
import { useTitle } from "../lib/title.js";
import { go, href } from "../lib/url.js";
import { dayOf, say, word } from "../lib/words.js";
import { Clauses } from "../parts/clauses.js";
import { useLooks } from "../parts/covers.js";
import { Mark } from "../parts/glyph.js";
import { Neighbourhood } from "../parts/neighbourhood.js";
import { ProposalCard } from "../parts/proposal.js";
import { Severity } from "../parts/severity.js";
import { Empty, Show } from "../parts/states.js";
import { urgency } from "./cases.js";
import { html, useEffect, useState } from "../vendor/runtime.js";

const AROUND = 30;

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const node = useGet(`/nodes/Organization/${encodeURIComponent(at)}`, { revision: query.revision });
  useTitle(node.data?.name ?? at);
  return html`<${Show} of=${node}>${(/** @type {any} */ found) => html`
    <div class="row spread"><h1>${found.name ?? found.id}</h1><${Ways} id=${found.id} query=${query} /></div>
    <div class="two">
      <${Fields} node=${found} />
      <div>${oversees() && !query.revision && html`<${Followed} id=${found.id} />`}${may("change") && !query.revision && html`<${Proposed} about=${`Organization/${found.id}`} />`}<${Findings} id=${found.id} revision=${query.revision} /></div>
    </div>
    <div class="two wide">
      <${Relations} node=${found} revision=${query.revision} />
      <section class="card" aria-label=${word("organization.around")}><h2>${word("organization.around")}</h2><${Neighbourhood} of=${`Organization/${found.id}`} most=${AROUND} /></section>
    </div>
    <${Origins} id=${found.id} />`}
  <//>`;
}

/** The list one came from: back to it, and on to the next. @param {{id: string, query: Record<string, string>}} given */
function Ways({ id, query }) {
  const { from, street, authority, verdict, reason } = query;
  const filters = { street, authority, verdict, reason };
  const list = useGet(from ? `/questions/${from}/findings` : null, { ...filters, limit: 1000 });
  const ids = (list.data?.items ?? []).map((/** @type {any} */ row) => row.id);
  const place = ids.indexOf(id);
  /** @param {number} step */
  const move = (step) => ids[place + step] !== undefined && go("organization", ids[place + step], { from, ...filters });
  useEffect(() => bind([{ keys: "j", word: "next", act: () => move(1) }, { keys: "k", word: "before", act: () => move(-1) }]), [id, ids.length, place]);
  const [copied, setCopied] = useState(false);
  return html`<span class="row">
    ${from && html`<a class="button" href=${href("gaps", from, filters)}>← ${say(questionOf(from)?.term)}</a>`}
    ${place >= 0 && html`<button type="button" disabled=${place === 0} onClick=${() => move(-1)}>${word("before")} <kbd>K</kbd></button><button type="button" disabled=${place === ids.length - 1} onClick=${() => move(1)}>${word("next")} <kbd>J</kbd></button>`}
    <button type="button" onClick=${() => navigator.clipboard.writeText(location.href).then(() => setCopied(true))}>${word(copied ? "copied" : "copy-link")}</button>
    <a class="button" href=${href("network", "", { near: `Organization/${id}` })}>${word("organization.network")}</a>
    ${may("change") && html`<a class="button" href=${href("record", `Organization/${id}`)}>${word("organization.edit")}</a>`}
  </span>`;
}

/** @param {{node: any}} given */
export function Fields({ node }) {
  const fields = nodeType(node.type)?.fields ?? [];
  const [known, unknown] = [true, false].map((is) => fields.filter((each) => each.name in node.fields && (node.fields[each.name] !== null) === is));
  return html`<section class="card" aria-labelledby="fields-title"><h2 id="fields-title"><${Mark} look=${node.type} /> ${titleOf(node.type)}</h2>
    <dl class="facts"><dt>${word("id")}</dt><dd>${node.id}</dd>
      ${known.map((field) => html`<dt key=${field.name}>${say(field.title)}</dt><dd>${valueOf(field, node.fields[field.name], word)}</dd>`)}</dl>
    ${unknown.length > 0 && html`<details><summary>${word("fields.unknown", { n: unknown.length })}</summary><p class="muted">${unknown.map((field) => say(field.title)).join(word("mark.list"))}</p></details>`}
  </section>`;
}

/** @param {{id: string, revision?: string}} given */
function Findings({ id, revision }) {
  return html`<section class="card" aria-labelledby="found-title"><h2 id="found-title">${word("organization.findings")}</h2>
    <${Show} of=${useGet(`/findings/Organization/${encodeURIComponent(id)}`, { revision })}>${(/** @type {any} */ found) => html`
      <p><${Mark} look=${found.cover} named=${true} /> ${say(found.cover_title)}　<span class="muted">${found.responsible ? `${word("organization.responsible")}${word("mark.colon")}${found.responsible.name ?? found.responsible.id}` : word(ofDistrict() ? "organization.responsible.unknown" : "organization.responsible.unseen")}</span></p>
      ${found.items.length === 0 && html`<p class="up">${word("organization.no-findings")}</p>`}
      ${found.items.map((/** @type {any} */ each) => {
        const question = questionOf(each.question);
        return question && html`<article key=${each.question} class="problem" style=${each.verdict === "gap" ? "" : "border-left-style:dotted;border-color:var(--muted)"}>
          <strong><a href=${href("gaps", each.question)}>${say(question.term)}</a></strong> <${Severity} of=${question.severity} /> ${each.verdict === "cannot-tell" && html`<em>${word("cannot-tell")}</em>`} <span class="muted"><${Clauses} of=${question.clauses} /></span>
          <p>${each.reasons.map((/** @type {string} */ code) => say(question.reasons[code])).join(word("mark.apart"))}</p><${Beside} question=${question} values=${each.beside} /><p class="muted">${word("remedy")}${word("mark.colon")}${say(question.remedy)}</p></article>`;
      })}`}
    <//></section>`;
}

/** What stands beside a finding: who it is about, how many, how much. @param {{question: import("../lib/model.js").Question, values: Record<string, any>}} given */
function Beside({ question, values }) {
  const told = question.columns.filter((each) => (values[each.name] ?? null) !== null);
  return told.length > 0 && html`<dl class="facts">${told.map((each) => html`<dt key=${each.name}>${say(each.title)}</dt><dd>${valueOf(each, values[each.name], word)}</dd>`)}</dl>`;
}

/** @param {{node: any, revision?: string}} given */
export function Relations({ node, revision }) {
  const list = useGet(`/neighbours/${node.type}/${encodeURIComponent(node.id)}`, { revision, limit: 200 });
  const lookOf = useLooks(list.data?.items ?? [], revision);
  return html`<section class="card" aria-labelledby="relations-title"><h2 id="relations-title">${word("relations")}</h2>
    <${Show} of=${list}>${(/** @type {any} */ found) =>
      found.items.length === 0 ? html`<${Empty}>${word("relations.none")}<//>` : html`<ul>${grouped(found.items, (/** @type {any} */ each) => `${each.label.en} ${each.state} ${each.type}/${each.id}`).map(([each, ...more], place) => html`<li key=${place}>
        <span class="muted">${say(each.label)}</span> <${Mark} look=${lookOf(each)} named=${lookOf(each) !== each.type} /> <a href=${each.type === "Organization" ? href("organization", each.id) : href("network", "", { near: `${each.type}/${each.id}` })}>${each.name ?? each.id}</a>
        ${each.state === "planned" && html` <em>${word("planned")}</em>`}${howOften([each, ...more])}</li>`)}</ul>
        ${found.total > found.items.length && html`<p class="muted">${word("more", { n: found.total - found.items.length })}</p>`}`}
    <//></section>`;
}

/** Of relations of one kind to one node, the years of those that are of a year, else how many there are of several. @param {any[]} same */
function howOften(same) {
  const years = same.flatMap((each) => each.year ?? []).sort();
  if (years.length > 0) return html` <small>${word("relations.years", { years: years.join(word("mark.list")) })}</small>`;
  return same.length > 1 && html` <small>${word("relations.times", { n: same.length })}</small>`;
}

/** Which of its gaps are followed, how they stand and until when; nothing where none is. @param {{id: string}} given */
function Followed({ id }) {
  const cases = useGet("/cases", { subject: id, state: "open" });
  const own = (cases.data?.items ?? []).filter((/** @type {any} */ each) => each.anchor === "Organization");
  return own.length > 0 && html`<section class="card" aria-labelledby="followed-title"><h2 id="followed-title">${word("page.cases")}</h2>
    <ul>${own.map((/** @type {any} */ each) => html`<li key=${each.question}><a href=${href("cases", "", { case: `${each.question}/${each.subject}` })}>${say(questionOf(each.question)?.term)}</a>　${say(each.state.title)}　${each.deadline && `${word("deadline")}${word("mark.colon")}${dayOf(each.deadline)}`} ${urgency(each)}</li>`)}</ul></section>`;
}

/** What the newest plan would do about it. @param {{about: string}} given */
export function Proposed({ about }) {
  const [type, street] = about.split("/"), ofStreet = type === "Street";
  return html`<section class="card" aria-labelledby="proposed-title"><h2 id="proposed-title">${word("organization.proposals")}</h2>
    <${Show} of=${useGet("/proposals", { about })}>${(/** @type {any} */ found) => html`
      ${found.plan && ofStreet && html`<p><a href=${href("plan", found.plan, { street })}>${word("organization.proposals.street")}</a></p>`}
      ${found.items.length === 0 && !(found.plan && ofStreet) && html`<p class="muted">${word(found.plan ? "organization.proposals.none" : "organization.proposals.noplan")} ${!found.plan && html`<a href=${href("plan")}>${word("page.plan")}</a>`}</p>`}
      ${found.items.map((/** @type {any} */ each) => html`<${ProposalCard} key=${each.id} of=${each} /><p><a class="button" href=${href("plan", found.plan, { at: each.id })}>${word("page.plan")}</a></p>`)}`}
    <//></section>`;
}

/** Which rows of which files it came from. @param {{id: string}} given */
function Origins({ id }) {
  const [open, setOpen] = useState(false);
  const origins = useGet(open ? `/origins/Organization/${encodeURIComponent(id)}` : null);
  return html`<details class="card" onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}><summary>${word("origins")}</summary>
    ${open && html`<${Show} of=${origins}>${(/** @type {any} */ found) => html`<ul>${found.items.map((/** @type {any} */ each, /** @type {number} */ place) => html`<li key=${place}>${word("origin", { revision: each.revision, source: sourceSaid(each.source), file: each.file ?? "–", sheet: each.sheet ?? "–", row: each.row ?? "–" })}</li>`)}</ul>`}<//>`}
  </details>`;
}
