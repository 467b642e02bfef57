/** How does each authority and street stand? The score cards (J18), sorted here, printed one by one or as a list. */

import { useGet } from "../lib/load.js";
import { change, href } from "../lib/url.js";
import { count, dayOf, percent, say, word } from "../lib/words.js";
import { Empty, Show } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { Uncounted } from "../parts/uncounted.js";
import { html } from "../vendor/runtime.js";

const SHARES = ["coverage_rate", "coverage_lowest", "coverage_highest"];
const ASIDE = ["kind", "id", "name", "denominator", "covered", ...SHARES];

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const cards = useGet("/score-cards", { since: query.since, limit: 1000 });
  const log = useGet("/revisions", { limit: 200 });
  return html`<div class="row spread"><h1>${word("page.scorecards")}</h1><button type="button" onClick=${() => print()}>${word("print")}</button></div>
    <${Show} of=${cards}>${(/** @type {any} */ found) => html`
      <p class="muted">${word("gaps.basis", { day: dayOf(found.today), revision: found.revision, policy: say(found.policy_title) })}　${word("scorecards.small", { n: found.parameters.scorecard_min_denominator })}</p>
      <div class="card row noprint"><label class="field"><span>${word("scorecards.since")}</span><select onChange=${(/** @type {any} */ event) => change({ since: event.target.value || null })}>
        <option value="">${word("scorecards.since.none")}</option>
        ${(log.data?.items ?? []).filter((/** @type {any} */ act) => act.revision < found.revision).map((/** @type {any} */ act) => html`<option key=${act.revision} value=${act.revision} selected=${String(act.revision) === query.since}>${word("stamp.earlier", { day: dayOf(act.as_of), revision: act.revision })}</option>`)}
      </select></label></div>
      ${at ? html`<${Card} found=${found} at=${at} query=${query} />` : html`<${Cards} found=${found} query=${query} />`}`}
    <//>`;
}

/** Of how many a rate is, and its range where something is unknown. @param {any} row */
function parts(row) {
  const open = row.coverage_lowest !== row.coverage_highest;
  return `${count(row.covered)} / ${count(row.denominator)}${open ? word("scorecards.range", { low: percent(row.coverage_lowest), high: percent(row.coverage_highest) }) : ""}`;
}

/** @param {any} row */
const rate = (row) => (row.coverage_rate === null ? "–" : html`${percent(row.coverage_rate)} <small class="muted">${parts(row)}</small>`);

/** Years and counts as they are; scores of one column all with a decimal, so that they can be compared down the page. @param {any} row @param {string} name */
const shown = (row, name) => (row[name] === null ? "–" : name.endsWith("_year") ? String(row[name]) : name.endsWith("_score") ? row[name].toFixed(1) : count(row[name]));

/** @param {{found: any, query: Record<string, string>}} given */
function Cards({ found, query }) {
  const kinds = found.columns.find((/** @type {any} */ each) => each.name === "kind").choices.filter((/** @type {any} */ each) => found.items.some((/** @type {any} */ row) => row.kind === each.value));
  const kind = query.kind ?? kinds[0]?.value;
  const [sort, down] = [(query.sort ?? "id").replace(/^-/, ""), (query.sort ?? "").startsWith("-")];
  const rows = found.items.filter((/** @type {any} */ row) => row.kind === kind).sort((/** @type {any} */ one, /** @type {any} */ other) => order(one[sort], other[sort], down));
  const title = (/** @type {string} */ name) => say(found.columns.find((/** @type {any} */ each) => each.name === name).title);
  const columns = [
    { key: "name", title: title("name"), sort: true, show: (/** @type {any} */ row) => html`<a href=${href("scorecards", `${row.kind}/${row.id}`, { since: query.since })}>${row.name ?? row.id}</a>` },
    { key: "coverage_rate", title: title("coverage_rate"), sort: true, number: true, show: rate },
    ...found.columns.filter((/** @type {any} */ each) => !ASIDE.includes(each.name)).map((/** @type {any} */ each) => ({ key: each.name, title: say(each.title), sort: true, number: true, show: (/** @type {any} */ row) => shown(row, each.name) })),
  ];
  return html`<div class="row noprint" role="group" aria-label=${title("kind")}>${kinds.map((/** @type {any} */ each) => html`<button type="button" key=${each.value} aria-pressed=${String(each.value === kind)} onClick=${() => change({ kind: each.value })}>${say(each.title)}</button>`)}</div>
    ${rows.length === 0 ? html`<${Empty} />` : html`<${Table} caption=${word("page.scorecards")} columns=${columns} rows=${rows} sort=${query.sort ?? ""} onSort=${(/** @type {string} */ by) => change({ sort: by })} />`}
    ${query.since === undefined && html`<p class="muted">${word("scorecards.since.hint")}</p>`}`;
}

/** What is unknown stands last, whichever way. @param {any} one @param {any} other @param {boolean} down */
function order(one, other, down) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const before = typeof one === "string" ? one.localeCompare(other, "zh") : one - other;
  return down ? -before : before;
}

/** One body's card, as it is handed out. @param {{found: any, at: string, query: Record<string, string>}} given */
function Card({ found, at, query }) {
  const row = found.items.find((/** @type {any} */ each) => `${each.kind}/${each.id}` === at);
  const back = html`<p class="noprint"><a class="button" href=${href("scorecards", "", { kind: at.split("/")[0], since: query.since })}>${word("scorecards.back")}</a></p>`;
  if (!row) return html`${back}<${Empty} />`;
  const told = found.columns.filter((/** @type {any} */ each) => !ASIDE.includes(each.name));
  const coverage = found.columns.find((/** @type {any} */ each) => each.name === "coverage_rate");
  return html`${back}<section class="card" aria-labelledby="card-title"><h2 id="card-title">${row.name ?? row.id}</h2>
    <p><span class="big">${percent(row.coverage_rate)}</span> ${say(coverage.title)}${row.coverage_rate !== null && `　${parts(row)}`}</p>
    <${Uncounted} id=${row.id} rate=${true} />
    <dl class="facts">${told.map((/** @type {any} */ each) => html`<dt key=${each.name}>${say(each.title)}</dt><dd>${each.name === "rank" && row.rank === null ? word("scorecards.unranked") : shown(row, each.name)}</dd>`)}</dl>
    <p class="noprint"><a href=${href("gaps", "uncovered", { [row.kind]: row.id })}>${word("scorecards.gaps")}</a></p></section>`;
}
