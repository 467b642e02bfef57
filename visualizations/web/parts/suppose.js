/** What if? What is supposed stands in the address, so that a link shows a colleague the same; nothing is stored. */

import { change as send, may } from "../lib/api.js";
import { useAct, useGet } from "../lib/load.js";
import { parameterInWords, questionOf, titleOf } from "../lib/model.js";
import { change, href } from "../lib/url.js";
import { count, percent, say, word } from "../lib/words.js";
import { Touched } from "./difference.js";
import { Search } from "./search.js";
import { Additions, batchSaid, kindSaid, useNamesOf } from "./suppose-additions.js";
import { Empty, Fault } from "./states.js";
import { html, useEffect, useState } from "../vendor/runtime.js";

/**
 * @typedef {{number: number, like: Record<string, string>}} Batch
 * @typedef {{kind: string, street: string, capacity: number | null}} Station
 * @typedef {{values: Record<string, string>, newcomers: Batch[], stations: Station[], posts: Record<string, number>, without: string[], redistrict: string | null, planned: boolean, with_plan: boolean}} Supposed
 */

/** What the address supposes. @param {Record<string, string>} query @returns {Supposed} */
export function supposed(query) {
  const nothing = { values: {}, newcomers: [], stations: [], posts: {}, without: [], redistrict: null, planned: false, with_plan: false };
  try {
    return { ...nothing, ...JSON.parse(query.suppose ?? "{}") };
  } catch {
    return nothing;
  }
}

/** What a value that stands in the address means. @param {any} parameter @param {string} value */
const meant = ({ kind }, value) => (kind === "flag" ? value === "true" : ["integer", "number"].includes(kind) ? Number(value) : value);

/** @param {{query: Record<string, string>, parameters: any[]}} given */
export function Suppose({ query, parameters }) {
  const wish = supposed(query);
  const [found, setFound] = useState(/** @type {any} */ (null));
  const asking = useAct(async () => setFound(await send("POST", "/what-if", wish)));
  useEffect(() => {
    setFound(null);
    asking.clear();
    if (query.asked) asking.run();
  }, [query.suppose, query.asked]);
  /** @param {Partial<Supposed>} more */
  const put = (more) => change({ suppose: JSON.stringify({ ...wish, ...more }), asked: null });
  const nothing = JSON.stringify({ ...wish, with_plan: false }) === JSON.stringify(supposed({}));
  const names = useNamesOf(wish);
  return html`<section class="card" aria-labelledby="suppose-title"><h2 id="suppose-title">${word("suppose")}</h2><p class="muted">${word("suppose.text")}</p>
    <${Additions} wish=${wish} put=${put} />
    <div class="row">
      <label><input type="checkbox" checked=${wish.redistrict === "2019"} onChange=${(/** @type {any} */ event) => put({ redistrict: event.target.checked ? "2019" : null })} />${word("suppose.redistrict")}</label>
      <label><input type="checkbox" checked=${wish.planned} onChange=${(/** @type {any} */ event) => put({ planned: event.target.checked })} />${word("suppose.planned")}</label>
      <label><input type="checkbox" checked=${wish.with_plan} onChange=${(/** @type {any} */ event) => put({ with_plan: event.target.checked })} />${word("suppose.with-plan")}</label>
    </div>
    <div class="row"><span>${word("suppose.without")}</span><${Search} id="suppose-without" label=${word("suppose.without.find")} onPick=${(/** @type {any} */ one) => put({ without: [...wish.without, `${one.type}/${one.id}`] })} /></div>
    <ul class="chips">
      ${Object.entries(wish.values).map(([name, value]) => { const one = parameters.find((each) => each.name === name); return html`<li key=${name}><${Chip} text=${`${one ? say(one.title) : name} = ${one ? parameterInWords(one, meant(one, value)) : value}`} drop=${() => { const { [name]: _, ...values } = wish.values; put({ values }); }} /></li>`; })}
      ${wish.newcomers.map((batch, place) => html`<li key=${`batch${place}`}><${Chip} text=${word("suppose.batch", { n: batch.number, what: batchSaid(batch, names) })} drop=${() => put({ newcomers: wish.newcomers.filter((_, at) => at !== place) })} /></li>`)}
      ${wish.stations.map((station, place) => html`<li key=${`station${place}`}><${Chip} text=${`+ ${names(station.street)} ${kindSaid(station.kind)}`} drop=${() => put({ stations: wish.stations.filter((_, at) => at !== place) })} /></li>`)}
      ${Object.entries(wish.posts).map(([station, n]) => html`<li key=${station}><${Chip} text=${`${names(station)} +${n}`} drop=${() => { const { [station]: _, ...posts } = wish.posts; put({ posts }); }} /></li>`)}
      ${wish.without.map((node) => html`<li key=${node}><${Gone} node=${node} drop=${() => put({ without: wish.without.filter((each) => each !== node) })} /></li>`)}
    </ul>
    <p class="row"><button type="button" class="main" disabled=${nothing || asking.busy || !may("change")} onClick=${() => change({ asked: "1" })}>${word("suppose.ask")}</button>
      ${!nothing && may("change") && html`<a class="button" href=${href("network", "", { suppose: JSON.stringify({ ...wish, with_plan: false }) })}>${word("suppose.board")}</a>`}
      ${!nothing && html`<button type="button" onClick=${() => change({ suppose: null, asked: null })}>${word("suppose.clear")}</button>`}
      ${asking.busy && html`<span role="status">${word("suppose.asking")}</span>`}</p>
    ${asking.fault && html`<${Fault} fault=${asking.fault} />`}
    ${found && html`<${Answer} found=${found} parameters=${parameters} />`}</section>`;
}

/** @param {{node: string, drop: () => void}} given */
function Gone({ node, drop }) {
  const [type, ...rest] = node.split("/");
  const found = useGet(`/nodes/${type}/${encodeURIComponent(rest.join("/"))}`);
  return html`<${Chip} text=${`− ${found.data?.name ?? node}`} drop=${drop} />`;
}

/** @param {{text: string, drop: () => void}} given */
function Chip({ text, drop }) {
  return html`<button type="button" aria-label=${word("filters.remove", { what: text })} onClick=${drop}>${text} ✕</button>`;
}

/** @type {[string, (side: any) => string][]} */
const NEEDS = [
  ["plan.proposals", (side) => count(side.proposals)],
  ["suppose.unplaced", (side) => count(side.unplaced)],
  ["suppose.then", (side) => percent(side.rates.coverage.value)],
];
const RATES = /** @type {const} */ (["coverage", "standalone", "work"]);

/** @param {{found: any, parameters: any[]}} given */
function Answer({ found, parameters }) {
  return html`<div role="status"><h3>${word("suppose.answer")}</h3>
    ${found.supposed.map((/** @type {any} */ line, /** @type {number} */ place) => html`<p key=${place}>${say(line)}</p>`)}
    ${found.changed.map((/** @type {any} */ each) => { const one = parameters.find((other) => other.name === each.name); return html`<p key=${each.name}>${say(one?.title)}${word("mark.colon")}${parameterInWords(one, each.before)} → <strong>${parameterInWords(one, each.after)}</strong></p>`; })}
    ${Object.keys(found.counts).length > 0 && html`<p>${word("suppose.laid")} <${Touched} counts=${found.counts} /></p>`}
    ${found.boundaries && html`<${Boundaries} of=${found.boundaries} />`}
    <table><caption class="unseen">${word("history.figures")}</caption><thead><tr><th scope="col">${word("history.figure")}</th><th scope="col" class="number">${word("difference.before")}</th><th scope="col" class="number">${word("difference.after")}</th></tr></thead>
      <tbody>${RATES.map((rate) => html`<tr key=${rate}><th scope="row">${word(`rate.${rate}`)}</th><td class="number">${percent(found.before[rate].value)}</td><td class="number">${percent(found.after[rate].value)}</td></tr>`)}
        <tr><th scope="row">${word("suppose.denominator")}</th><td class="number">${count(found.before.total)}</td><td class="number">${count(found.after.total)}</td></tr>
        <tr><th scope="row">${word("suppose.short")}</th><td class="number">${count(found.before.coverage_short)} / ${count(found.before.standalone_short)}</td><td class="number">${count(found.after.coverage_short)} / ${count(found.after.standalone_short)}</td></tr></tbody></table>
    ${found.questions.length === 0 ? html`<${Empty}>${word("suppose.same")}<//>` : html`<h3>${word("suppose.questions")}</h3><table><caption class="unseen">${word("suppose.questions")}</caption>
      <thead><tr><th scope="col">${word("question")}</th>${["total", "gaps", "cannot-tell"].map((each) => html`<th scope="col" class="number" key=${each}>${word(`suppose.${each}`)}</th>`)}<th scope="col" class="number">${word("suppose.opened")}</th><th scope="col" class="number">${word("suppose.closed")}</th></tr></thead>
      <tbody>${found.questions.map((/** @type {any} */ each) => html`<tr key=${each.question}><th scope="row"><a href=${href("gaps", each.question)}>${say(questionOf(each.question)?.term)}</a>${why(each, found, parameters).map((line, place) => html`<br key=${place} /><small style="font-weight:normal">${line}</small>`)}</th>
        ${["total", "gaps", "cannot_tell"].map((name) => html`<td class="number" key=${name}>${arrow(each, name)}</td>`)}<td class="number">${count(each.opened)}</td><td class="number">${count(each.closed)}</td></tr>`)}</tbody></table>
      <p class="muted">${word("suppose.others", { n: found.same })}</p>`}
    ${found.plans && html`<h3>${word("suppose.plans")}</h3><table><caption class="unseen">${word("suppose.plans")}</caption><thead><tr><th scope="col">${word("plan.measure")}</th><th scope="col" class="number">${word("difference.before")}</th><th scope="col" class="number">${word("difference.after")}</th></tr></thead>
      <tbody>${NEEDS.map(([name, of]) => html`<tr key=${name}><th scope="row">${word(name)}</th>${found.plans.map((/** @type {any} */ side, /** @type {number} */ place) => html`<td key=${place} class="number">${of(side)}</td>`)}</tr>`)}
        <tr><th scope="row">${word("plan.shortages")}</th>${found.plans.map((/** @type {any} */ side, /** @type {number} */ place) => html`<td key=${place}>${side.shortages.map((/** @type {any} */ each) => `${say(each.what)} ${count(each.short)}`).join(word("mark.apart")) || "–"}</td>`)}</tr></tbody></table>`}
    ${found.moved.length > 0 && html`<details><summary>${word("suppose.moved", { n: found.moved_total })}</summary><ul>${found.moved.map((/** @type {any} */ each) => html`<li key=${each.identity} dir="auto">${word(`suppose.${each.change}`)} · ${say(questionOf(each.question)?.term)} · ${questionOf(each.question)?.anchor === "Organization" && each.there ? html`<a href=${href("organization", each.id)}>${each.name ?? each.id}</a>` : (each.name ?? each.id)}</li>`)}</ul></details>`}</div>`;
}

/** @param {any} each @param {string} name */
function arrow(each, name) {
  const [was, is] = [each.before, each.after].map((side) => (side.no_data ? word("no-data") : count(side[name])));
  return was === is ? was : html`${was} → <strong>${is}</strong>`;
}

/** Streets merged, where communities go, and from what that is inferred. @param {{of: any}} given */
function Boundaries({ of }) {
  const list = (/** @type {string[]} */ names) => names.join(word("mark.list")) || "–";
  return html`<p>${word("suppose.streets", { before: of.streets_before, after: of.streets_after, ended: of.ended.length, old: list(of.ended), begun: of.begun.length, new: list(of.begun) })}</p>
    <p>${word("suppose.boundaries", { ...of.communities, merged: of.merged, branches: of.branches_crossing, posts: of.posts_crossing })}</p>
    ${of.inferred.length > 0 && html`<details><summary>${word("suppose.inferred", { n: of.communities.majority })}</summary><table><caption class="unseen">${word("suppose.inferred", { n: of.communities.majority })}</caption>
      <thead><tr><th scope="col">${word("suppose.inferred.street")}</th><th scope="col">${word("suppose.inferred.to")}</th><th scope="col" class="number">${word("suppose.inferred.there")}</th><th scope="col" class="number">${titleOf("Community")}</th></tr></thead>
      <tbody>${of.inferred.map((/** @type {any} */ each) => html`<tr key=${`${each.street} ${each.to_street}`}><th scope="row">${each.street}</th><td>${each.to_street}</td><td class="number">${count(each.there)} / ${count(each.named)}</td><td class="number">${count(each.communities)}</td></tr>`)}</tbody></table></details>`}
    <p class="muted">${word("suppose.streets.own")}</p>`;
}

/** Why a question moves, a line each. @param {any} each @param {any} found @param {any[]} parameters @returns {string[]} */
function why(each, found, parameters) {
  const reasons = questionOf(each.question)?.reasons ?? {};
  /** @param {"opens" | "closes"} side @param {any} turn */
  const turned = (side, turn) => turn.total === 0 ? [] : [word(`suppose.${side}`, { n: turn.total, reasons: Object.entries(turn.reasons).map(([code, n]) => `${say(reasons[code])} ${n}`).join(word("mark.list")) })
    + (turn.absent ? word(`suppose.${side}.absent`, { n: turn.absent }) : "") + (turn.unasked ? word(`suppose.${side}.unasked`, { n: turn.unasked }) : "")];
  const rests = [...each.types.map((/** @type {string} */ type) => `${titleOf(type)} ${touched(found.counts[type])}`), ...each.parameters.map((/** @type {string} */ name) => say(parameters.find((one) => one.name === name)?.title))];
  return [...turned("opens", each.opens), ...turned("closes", each.closes), ...(each.before.no_data && !each.after.no_data ? [word("suppose.first")] : []), ...(rests.length > 0 ? [word("suppose.rests", { what: rests.join(word("mark.list")) })] : [])];
}

/** Rows of a type that came, went or are otherwise. @param {{added: number, removed: number, changed: number}} counts */
function touched({ added, removed, changed }) {
  if (added === removed) return word("suppose.otherwise", { n: added + changed });
  return [added && `+${added}`, removed && `−${removed}`, changed && word("suppose.otherwise", { n: changed })].filter(Boolean).join(" ");
}
