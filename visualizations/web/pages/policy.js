/** By which rules is judged: every parameter with its clause; and what would be otherwise (nothing is stored). */

import { useGet } from "../lib/load.js";
import { parameterInWords } from "../lib/model.js";
import { change, href } from "../lib/url.js";
import { dayOf, say, word } from "../lib/words.js";
import { AllClauses, Clauses } from "../parts/clauses.js";
import { Newcomer } from "../parts/newcomer.js";
import { Show } from "../parts/states.js";
import { Suppose, supposed } from "../parts/suppose.js";
import { html, useState } from "../vendor/runtime.js";

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const views = { "": "policy.parameters", newcomer: "policy.newcomer", clauses: "policy.clauses.all" };
  return html`<div class="row spread"><h1>${word("page.policy")}</h1><div class="row" role="group" aria-label=${word("view")}>
      ${Object.entries(views).map(([view, name]) => html`<a class="button" key=${view} aria-current=${at === view ? "page" : null} href=${href("policy", view)}>${word(name)}</a>`)}</div></div>
    ${at === "newcomer" ? html`<${Newcomer} />` : at === "clauses" ? html`<${AllClauses} at=${query.at} />` : html`<${Parameters} query=${query} />`}`;
}

/** @param {{query: Record<string, string>}} given */
function Parameters({ query }) {
  const policy = useGet("/policy", { day: query.day });
  const [part, setPart] = useState("");
  return html`<${Show} of=${policy}>${(/** @type {any} */ found) => {
    const values = supposed(query).values;
    const shown = found.parameters.filter((/** @type {any} */ each) => [each.name, each.title.zh, each.title.en, ...each.clauses].some((text) => text.toLowerCase().includes(part.trim().toLowerCase())));
    return html`<${Suppose} query=${query} parameters=${found.parameters} />
      <section class="card" aria-labelledby="parameters-title"><h2 id="parameters-title">${say(found.title)}</h2>
        <div class="row"><label class="field"><span>${word("policy.day")}</span><input type="date" value=${found.day} onChange=${(/** @type {any} */ event) => change({ day: event.target.value || null })} /></label>
          <label class="field"><span>${word("policy.find")}</span><input type="search" value=${part} onInput=${(/** @type {any} */ event) => setPart(event.target.value)} /></label></div>
        <p class="muted"><span title=${word("policy.digest", { digest: found.digest.slice(0, 16) })}>${word("policy.in-force.on", { day: dayOf(found.day) })}</span>　${word("policy.keys")}</p>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="parameters-title"><table>
          <thead><tr>${["parameter", "value", "suppose", "clauses", "in-force"].map((each) => html`<th scope="col" key=${each}>${word(`policy.${each}`)}</th>`)}</tr></thead>
          <tbody>${shown.map((/** @type {any} */ each) => html`<tr key=${each.name}><th scope="row">${say(each.title)} <small><code class="muted">${each.name}</code></small></th>
            <td>${parameterInWords(each, each.value)}</td><td><${Wish} of=${each} value=${values[each.name] ?? ""} query=${query} /></td>
            <td><${Clauses} of=${each.clauses} /></td><td>${each.begins || each.ends ? `${dayOf(each.begins)} – ${each.ends ? dayOf(each.ends) : word("policy.open-end")}` : word("policy.always")}</td></tr>`)}</tbody></table></div></section>`;
  }}<//>`;
}

/** Another value for one parameter; it is supposed from the first letter on, so that what is pressed next knows of it. @param {{of: any, value: string, query: Record<string, string>}} given */
function Wish({ of, value, query }) {
  const [entered, setEntered] = useState(/** @type {string | null} */ (null)); // as it is typed, until the field is left
  const percents = of.unit?.en === "share"; // shares are typed as they are read
  const shown = (/** @type {any} */ share) => (percents && share !== "" ? Number((100 * share).toFixed(4)) : share);
  const now = shown(of.kind === "table" ? Object.entries(of.value).map((pair) => pair.join("=")).join(",") : of.value);
  /** @param {string} given @param {boolean} [remember] */
  const set = (given, remember) => {
    const { [of.name]: _, ...others } = supposed(query).values;
    const values = given === "" || given === String(now) ? others : { ...others, [of.name]: percents ? String(Number((Number(given) / 100).toFixed(6))) : given };
    change({ suppose: JSON.stringify({ ...supposed(query), values }), asked: null }, remember);
  };
  const label = word("policy.suppose.one", { name: say(of.title) });
  if (of.kind === "flag" || of.kind === "choice") {
    const choices = of.choices ?? ["true", "false"].map((each) => ({ value: each, title: null }));
    return html`<select aria-label=${label} onChange=${(/** @type {any} */ event) => set(event.target.value)}><option value="">–</option>${choices.map((/** @type {any} */ each) => html`<option key=${each.value} value=${each.value} selected=${each.value === value}>${each.title ? say(each.title) : word(each.value === "true" ? "yes" : "no")}</option>`)}</select>`;
  }
  const type = { integer: "number", number: "number", date: "date" }[/** @type {string} */ (of.kind)] ?? "text";
  const typed = (/** @type {any} */ event) => { setEntered(event.target.value); set(event.target.value, entered === null); };
  return html`<input aria-label=${label} type=${type} step=${of.kind === "number" ? "any" : null} placeholder=${now} value=${entered ?? shown(value)} style="width:9rem" onInput=${typed} onBlur=${() => setEntered(null)} />${percents && " %"}`;
}
