/** What was done, and what came of it: the log, two revisions side by side, undo, and the network as it was. */

import { actSaid, noteOf, planOf, sourceSaid } from "../lib/acts.js";
import { change as send, may, ofDistrict } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { questionOf } from "../lib/model.js";
import { change, href } from "../lib/url.js";
import { count, dayOf, percent, say, word } from "../lib/words.js";
import { Confirm } from "../parts/confirm.js";
import { Cells, Touched } from "../parts/difference.js";
import { Empty, Show } from "../parts/states.js";
import { Pager } from "../parts/table.js";
import { html } from "../vendor/runtime.js";

const [PAGE, LOG] = [50, 200];
const BEFORE = 3; // revisions before A in which a gap may have stood that is open again

/** @param {{query: Record<string, string>}} given */
export function Page({ query }) {
  const log = useGet("/revisions", { limit: LOG, cursor: query.log });
  const newest = useGet("/status");
  return html`<h1>${word("page.history")}</h1>
    <${Show} of=${newest}>${(/** @type {any} */ status) => {
      const head = status.stamp?.revision ?? 0;
      if (head === 0) return html`<${Empty}>${word("history.none")}<//>`;
      const [a, b] = [Number(query.a) || Math.max(1, head - 1), Number(query.b) || head];
      return html`<${Show} of=${log}>${(/** @type {any} */ found) => html`
        <${Compared} a=${a} b=${b} head=${head} acts=${found.items} query=${query} />
        <${Slider} head=${head} at=${Number(query.at) || head} acts=${found.items} />
        <${Log} found=${found} head=${head} query=${query} again=${() => { log.again(); newest.again(); }} />`}<//>`;
    }}<//>`;
}

/** @param {{a: number, b: number, head: number, acts: any[], query: Record<string, string>}} given */
function Compared({ a, b, head, acts, query }) {
  /** @param {"a" | "b"} name @param {number} value */
  const choose = (name, value) => html`<label class="field"><span>${word(`history.${name}`)}</span>
    <select onChange=${(/** @type {any} */ event) => change({ [name]: event.target.value, cursor: null })}>
      ${acts.some((act) => act.revision === value) ? null : html`<option value=${value} selected>${value}</option>`}
      ${acts.map((act) => html`<option key=${act.revision} value=${act.revision} selected=${act.revision === value}>${actSaid(act)}</option>`)}
    </select></label>`;
  return html`<section class="card" aria-labelledby="compare-title"><h2 id="compare-title">${word("history.compare")}</h2>
      <div class="row">${choose("a", a)} <button type="button" aria-label=${word("history.swap")} onClick=${() => change({ a: b, b: a, cursor: null })}>⇄</button> ${choose("b", b)}</div>
      ${a === b ? html`<${Empty}>${word(head === 1 ? "history.one" : "history.same")}<//>` : html`<${Figures} a=${a} b=${b} />`}
    </section>
    ${a !== b && html`${ofDistrict() && html`<${Changes} a=${a} b=${b} />`}<${Differing} a=${a} b=${b} cursor=${query.cursor} />`}`;
}

/** @param {{a: number, b: number}} given */
function Figures({ a, b }) {
  const [was, is] = [useGet("/overview", { revision: a }), useGet("/overview", { revision: b })];
  return html`<${Show} of=${was}>${(/** @type {any} */ before) => html`<${Show} of=${is}>${(/** @type {any} */ after) => html`
    <table><caption class="unseen">${word("history.figures")}</caption>
      <thead><tr><th scope="col">${word("history.figure")}</th><th scope="col" class="number">${word("history.revision", { n: a })}</th><th scope="col" class="number">${word("history.revision", { n: b })}</th><th scope="col" class="number">${word("history.change")}</th></tr></thead>
      <tbody>${after.figures.map((/** @type {any} */ one, /** @type {number} */ place) => {
        const other = before.figures[place];
        const moved = one.share.value === null || other.share.value === null ? null : 100 * (one.share.value - other.share.value);
        return html`<tr key=${one.title.en}><th scope="row">${say(one.title)}</th>
          ${[other, one].map((side, at) => html`<td key=${at} class="number">${percent(side.share.value, side.target)} <small>${count(side.part)} / ${count(side.whole)}</small></td>`)}
          <td class=${`number ${moved && moved > 0 ? "up" : moved && moved < 0 ? "down" : ""}`}>${moved === null ? "–" : `${moved > 0.049 ? "▲" : moved < -0.049 ? "▼" : ""} ${word("history.points", { n: Math.abs(moved).toFixed(1) })}`}</td></tr>`;
      })}</tbody></table>`}<//>`}<//>`;
}

/** Gaps that are new, open again, still open, closed: by question and by street. @param {{a: number, b: number}} given */
function Changes({ a, b }) {
  const since = Array.from({ length: BEFORE + 1 }, (_, back) => a - back).filter((each) => each > 0);
  const table = useGet("/tables/changes", { revision: b, since, limit: 1000 });
  return html`<section class="card" aria-labelledby="changes-title"><h2 id="changes-title">${word("history.gaps")}</h2><p class="muted">${word("history.gaps.note")}</p>
    <${Show} of=${table}>${(/** @type {any} */ found) => {
      const moved = found.items.filter((/** @type {any} */ row) => row.new || row.reopened || row.closed);
      const columns = found.columns.filter((/** @type {any} */ each) => ["new", "reopened", "open", "closed"].includes(each.name));
      return moved.length === 0
        ? html`<${Empty}>${word("history.gaps.none")}<//>`
        : html`<div class="two">${["question", "street"].map((by) => html`<div key=${by}><h3>${word(by)}</h3><table>
          <caption class="unseen">${word(by)}</caption>
          <thead><tr><th scope="col">${word("name")}</th>${columns.map((/** @type {any} */ each) => html`<th scope="col" class="number" key=${each.name}>${say(each.title)}</th>`)}</tr></thead>
          <tbody>${moved.filter((/** @type {any} */ row) => row.by === by).map((/** @type {any} */ row) => html`<tr key=${row.key}>
            <th scope="row">${by === "question" ? html`<a href=${href("gaps", row.key, { revision: b })}>${say(questionOf(row.key)?.term)}</a>` : (row.name ?? word("unknown"))}</th>
            ${columns.map((/** @type {any} */ each) => html`<td class="number" key=${each.name}>${count(row[each.name])}</td>`)}</tr>`)}</tbody></table></div>`)}</div>`;
    }}<//></section>`;
}

/** @param {{a: number, b: number, cursor?: string}} given */
function Differing({ a, b, cursor }) {
  const list = useGet("/differences", { old: a, new: b, cursor, limit: PAGE });
  return html`<section class="card" aria-labelledby="cells-title"><h2 id="cells-title">${word("history.cells")}</h2>
    <${Show} of=${list}>${(/** @type {any} */ found) =>
      found.total === 0
        ? html`<${Empty}>${word("history.equal")}<//>`
        : html`<p><${Touched} counts=${found.counts} /></p><${Cells} cells=${found.items} caption=${word("history.cells")} />
          <${Pager} shown=${found.items.length} total=${found.total} next=${found.next} first=${!cursor} onNext=${(/** @type {string} */ next) => change({ cursor: next })} onFirst=${() => change({ cursor: null })} />`}<//>
  </section>`;
}

/** @param {{head: number, at: number, acts: any[]}} given */
function Slider({ head, at, acts }) {
  const act = acts.find((each) => each.revision === at);
  return html`<section class="card noprint" aria-labelledby="slider-title"><h2 id="slider-title">${word("history.slider")}</h2>
    <div class="row"><input type="range" min="1" max=${head} value=${at} aria-labelledby="slider-title" aria-valuetext=${act ? actSaid(act) : String(at)} onInput=${(/** @type {any} */ event) => change({ at: event.target.value }, false)} />
      <output>${act ? actSaid(act) : at}</output>
      <a class="button" href=${href("network", "", { revision: at })}>${word("history.open-network", { n: at })}</a></div></section>`;
}

/** @param {{found: any, head: number, query: Record<string, string>, again: () => void}} given */
function Log({ found, head, query, again }) {
  /** @param {any} act */
  const undo = (act) => async (/** @type {string} */ note) => {
    const done = await send("POST", `/revisions/${act.revision}/undo`, { note }, { "If-Match": `"${head}"` });
    change({ a: act.revision, b: done.revision, cursor: null });
    again();
  };
  return html`<section class="card" aria-labelledby="log-title"><h2 id="log-title">${word("history.log")}</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="log-title"><table>
      <thead><tr>${["revision", "when", "kind", "account", "as-of", "note", "counts"].map((each) => html`<th scope="col" key=${each}>${word(`log.${each}`)}</th>`)}<th scope="col"><span class="unseen">${word("log.acts")}</span></th></tr></thead>
      <tbody>${found.items.map((/** @type {any} */ act) => html`<tr key=${act.revision}>
        <td class="number">${act.revision}</td><td>${new Date(act.recorded_at).toLocaleString(document.documentElement.lang)}</td>
        <td>${act.undoes ? word("history.undoes", { n: act.undoes }) : word(`act.${act.kind}`)}</td><td>${act.account}</td><td>${dayOf(act.as_of)} <small dir="auto">${planOf(act.source) === null ? sourceSaid(act.source) : html`<a href=${href("plan", planOf(act.source) ?? "")}>${sourceSaid(act.source)}</a>`}</small></td><td dir="auto">${noteOf(act) || "–"}</td>
        <td><${Touched} counts=${act.counts} /></td>
        <td><div class="row" style="flex-wrap:nowrap">${act.revision > 1 && html`<a class="button" href=${href("history", "", { a: act.revision - 1, b: act.revision })}>${word("history.look")}</a>`}
          ${may("change") && html`<${Confirm} label=${word("history.undo")} title=${word("history.undo.title", { n: act.revision })} reason=${true} danger=${true} act=${undo(act)}><p>${word("history.undo.text")}</p><p><${Touched} counts=${act.counts} /></p><//>`}</div></td></tr>`)}</tbody></table></div>
    <${Pager} shown=${found.items.length} total=${found.total} next=${found.next} first=${!query.log} onNext=${(/** @type {string} */ log) => change({ log })} onFirst=${() => change({ log: null })} />
  </section>`;
}
