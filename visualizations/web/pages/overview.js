/** The first page: how far from the targets, where the gaps are, and what to do about them first. */

import { may, oversees } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { questionOf } from "../lib/model.js";
import { change, href } from "../lib/url.js";
import { count, percent, say, word } from "../lib/words.js";
import { CoverFlow, Trend } from "../parts/charts.js";
import { GapMatrix } from "../parts/matrix.js";
import { Severity, judged } from "../parts/severity.js";
import { Show } from "../parts/states.js";
import { html } from "../vendor/runtime.js";

const SHOWN = /** @type {const} */ (["gaps", "share", "totals"]);

/** @param {{query: Record<string, string>}} given */
export function Page({ query }) {
  const overview = useGet("/overview");
  const question = query.question ?? "uncovered";
  return html`<h1>${word("page.overview")}</h1>
    <${Show} of=${overview}>${(/** @type {any} */ found) => html`
      ${found.figures.every((/** @type {any} */ figure) => figure.whole === 0) && html`<${Nobody} />`}
      <div class="grid">${found.figures.map((/** @type {any} */ figure) => html`<${Figure} key=${figure.title.en} of=${figure} />`)}</div>
      <${First} />
      <div class="two wide">
        <section class="card" aria-labelledby="gaps-title">
          <h2 id="gaps-title">${word("overview.gaps")} <small class="muted">${word("overview.gaps.all", { n: judged().length })}<span class="noprint">${word("overview.gaps.scroll")}</span></small></h2>
          <${AllCounts} chosen=${question} />
        </section>
        <section class="card" aria-labelledby="matrix-title">
          <div class="row spread">
            <h2 id="matrix-title">${word("overview.matrix", { question: say(questionOf(question)?.term) })}</h2>
            <div class="row" role="group" aria-label=${word("matrix.show")}>${SHOWN.map((each) => html`<button type="button" key=${each}
              aria-pressed=${String((query.show ?? "gaps") === each)} onClick=${() => change({ show: each === "gaps" ? null : each })}>${word(`matrix.${each}`)}</button>`)}</div>
          </div>
          <${Where} question=${question} show=${query.show ?? "gaps"} />
        </section>
      </div>
      <div class="two">
        <section class="card" aria-labelledby="flow-title"><h2 id="flow-title">${word("chart.flow")}</h2><${CoverFlow} rows=${found.flow} /></section>
        <section class="card" aria-labelledby="trend-title"><h2 id="trend-title">${word("chart.trend")}</h2><${Rates} target=${found.figures[0].target} /></section>
      </div>
      <ul class="muted">${found.rests_on.map((/** @type {any} */ line) => html`<li key=${line.en}>${say(line)}</li>`)}</ul>`}
    <//>`;
}

const FIRST = ["uncovered", "branch-required", "three-none"]; // what is asked about first on a Monday

/** What to do first: who is uncovered, cases that wait, the plan's proposals that nobody decided. */
function First() {
  const figures = useGet("/figures");
  const cases = useGet(oversees() ? "/cases" : null, { limit: 1 });
  const plan = useGet(oversees() && may("change") ? "/plans" : null);
  const newest = plan.data?.items.at(-1);
  const open = useGet(newest ? `/plans/${newest.plan}` : null, { limit: 1 }).data?.counts.open;
  return html`<section class="card row" aria-labelledby="first-title"><h2 id="first-title" style="margin:0">${word("overview.first")}</h2>
    <ul class="first">
      ${FIRST.map((id) => { const one = figures.data?.items.find((/** @type {any} */ each) => each.question === id); return one && one.gaps > 0 && html`<li key=${id}><a href=${href("gaps", id, { verdict: "gap" })}>${say(questionOf(id)?.term)} <strong>${count(one.gaps)}</strong></a></li>`; })}
      ${cases.data && html`<li><a href=${href("cases", "", { state: cases.data.overdue ? "overdue" : null })}>${word("overview.overdue")} <strong>${count(cases.data.overdue)}</strong></a></li>`}
      ${may("change") && plan.data && html`<li><a href=${href("plan", "", newest ? { state: "open" } : {})}>${newest ? word("overview.proposals") : word("plan.make")} ${open !== undefined && html`<strong>${count(open)}</strong>`}</a></li>`}
    </ul></section>`;
}

/** What is next where there is no organisation of which a rate could be told. */
function Nobody() {
  return html`<section class="card"><p>${word("overview.nobody")}</p>${may("change") && html`<p><a class="button main" href=${href("import")}>${word("welcome.import")}</a></p>`}</section>`;
}

/** @param {{chosen: string}} given */
function AllCounts({ chosen }) {
  return html`<${Show} of=${useGet("/figures")}>${(/** @type {any} */ found) => html`<${Counts} of=${found.items} chosen=${chosen} />`}<//>`;
}

/** @param {{target: number | null}} given */
function Rates({ target }) {
  return html`<${Show} of=${useGet("/trend")}>${(/** @type {any} */ found) => html`<${Trend} rows=${found.items} target=${target} />`}<//>`;
}

/** @param {{question: string, show: string}} given */
function Where({ question, show }) {
  return html`<${Show} of=${useGet("/matrix", { question })}>${(/** @type {any} */ found) => html`<${GapMatrix} of=${found} show=${show} />`}<//>`;
}

/** One rate: numerator and denominator, range, target, and what it will be after what is planned. @param {{of: any}} given */
function Figure({ of }) {
  const open = of.share.lowest !== of.share.highest;
  return html`<section class="card" aria-label=${say(of.title)}>
    <h2>${say(of.title)}</h2>
    <p><span class="big">${percent(of.share.value, of.target)}</span> <span class="number">${count(of.part)} / ${count(of.whole)}</span></p>
    <svg viewBox="0 0 100 5" preserveAspectRatio="none" style="width:100%;height:.7rem" aria-hidden="true">
      <rect width="100" height="5" fill="#fff" stroke="#7a8794" stroke-width=".5" />
      <rect width=${100 * (of.share.highest ?? 0)} height="5" fill="#c9d1d9" /><rect width=${100 * (of.share.lowest ?? 0)} height="5" fill="#1c2733" />
      ${of.target !== null && html`<rect x=${100 * of.target - 0.4} width=".8" height="5" fill="#b84300" />`}
    </svg>
    ${of.share.value === null ? html`<p class="muted">${word("figure.nothing")}</p>` : of.target !== null && html`<p class=${of.short ? "down" : "up"}>${of.short ? word("figure.short", { target: percent(of.target), short: count(of.short) }) : word("figure.reached", { target: percent(of.target) })}</p>`}
    <p class="muted">${say(of.note)}</p>
    ${open && html`<p class="muted">${word("figure.range", { low: percent(of.share.lowest), high: percent(of.share.highest) })}</p>`}
    <p class="muted">${word("figure.planned", { share: percent(of.planned.value, of.target) })}</p>
  </section>`;
}

/** @param {{of: {question: string, total: number, gaps: number, cannot_tell: number, no_data: boolean}[], chosen: string}} given */
function Counts({ of, chosen }) {
  return html`<div class="scroll" style="max-height:34rem" tabindex="0" role="region" aria-label=${word("overview.gaps")}><table>
    <thead><tr><th scope="col">${word("question")}</th><th scope="col">${word("severity")}</th><th scope="col" class="number">${word("gaps")}</th><th scope="col" class="number">${word("cannot-tell")}</th><th scope="col" class="noprint">${word("overview.on-matrix")}</th></tr></thead>
    <tbody>${of.map((each) => {
      const asked = questionOf(each.question);
      return asked && html`<tr key=${each.question}>
        <td><a href=${href("gaps", each.question)}>${say(asked.term)}</a></td><td><${Severity} of=${asked.severity} /></td>
        <td class="number">${each.no_data ? word("no-data") : html`<strong>${count(each.gaps)}</strong> / ${count(each.total)}`}</td>
        <td class="number">${each.no_data ? "" : count(each.cannot_tell)}</td>
        <td class="noprint">${asked.anchor === "Organization" && html`<button type="button" aria-pressed=${String(each.question === chosen)} aria-label=${word("overview.on-matrix.one", { question: say(asked.term) })} onClick=${() => change({ question: each.question })}>▦</button>`}</td>
      </tr>`;
    })}</tbody>
  </table></div>`;
}
