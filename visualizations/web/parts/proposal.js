/** What is proposed, and why: rule by rule with its clause, hard ones kept, soft ones in their order, and the runner-up. */

import { questionOf } from "../lib/model.js";
import { href } from "../lib/url.js";
import { dayOf, say, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";
import { Clauses } from "./clauses.js";
import { Mark } from "./glyph.js";

/** @typedef {{rule: string, text: import("../lib/words.js").Text, clause: string | null, hard: boolean, cost: number, rank: number | null}} Reason */

/** Reasons as bars: full where the rule costs nothing, shorter the more it costs; the words say the figure. @param {{of: Reason[]}} given */
export function Reasons({ of }) {
  const soft = of.filter((each) => !each.hard).sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0));
  const most = Math.max(1, ...soft.map((each) => each.cost));
  return html`
    <ul class="reasons">${of.filter((each) => each.hard).map((each) => html`<li key=${each.rule}><span class="up" aria-hidden="true">✓</span> <span class="unseen">${word("rule.kept")}</span> ${say(each.text)} <small>${each.clause ? html`<${Clauses} of=${[each.clause]} />` : word("rule.ours")}</small></li>`)}</ul>
    ${soft.length > 0 && html`<table><caption>${word("rule.soft")}</caption><tbody>${soft.map((each, place) => html`<tr key=${each.rule}>
      <td class="number">${place + 1}</td><td>${say(each.text)} <small>${each.clause ? html`<${Clauses} of=${[each.clause]} />` : word("rule.ours")}</small></td>
      <td class="gauge"><svg viewBox="0 0 100 8" preserveAspectRatio="none" style="width:100%;height:.7rem" role="img" aria-label=${word("rule.cost", { cost: each.cost })}><rect width="100" height="8" fill="#f6f8fa" stroke="#7a8794" stroke-width=".6"/><rect width=${100 * (1 - each.cost / (most + 1))} height="8" fill="#0b5cad"/></svg></td>
      <td class="number">${word("rule.cost", { cost: each.cost })}</td></tr>`)}</tbody></table>`}`;
}

/** Where a node is looked at. @param {{of: {type: string, id: string, name: string | null}}} given */
export function NodeLink({ of }) {
  const to = of.type === "Organization" ? href("organization", of.id) : href("network", "", { near: `${of.type}/${of.id}` });
  return html`<${Mark} look=${of.type} /> <a href=${to}>${of.name ?? of.id}</a>`;
}

/** What a plan is called: when it was made, and which of that day's it is where there are several. @param {any} plan @param {any[]} plans */
export function planSaid(plan, plans) {
  const same = plans.filter((each) => dayOf(each.made_at) === dayOf(plan.made_at));
  return word("plan.named", { day: dayOf(plan.made_at), place: same.length > 1 ? word("plan.place", { n: same.indexOf(plan) + 1 }) : "" });
}

/** How far a proposal has come, in a mark and a word. @param {{of: any}} given */
export function Standing({ of }) {
  const at = of.confirmed ? "confirmed" : of.applied ? "applied" : of.decision.state;
  return html`<span class=${`chip ${at}`}>${MARKS[at]} ${word(`decision.${at}`)}</span>`;
}
/** @type {Record<string, string>} */
export const MARKS = { open: "…", accepted: "✓", rejected: "✕", pinned: "⚲", applied: "✎", confirmed: "★" };

/** @param {{of: any, short?: boolean}} given */
export function ProposalCard({ of, short = false }) {
  return html`<article class="proposal">
    <h3>${say(of.title)}</h3>
    <p class="row"><${Standing} of=${of} /> <span class="muted">${say(of.kind.title)}${of.rank ? ` · ${word("proposal.rank", { n: of.rank })}` : ""}</span></p>
    <p>${of.subjects.slice(0, SHOWN).map((/** @type {any} */ each) => html`<span key=${each.id}><${NodeLink} of=${each} /> </span>`)}${of.subjects.length > SHOWN && word("more", { n: of.subjects.length - SHOWN })} ${of.target && html`→ <${NodeLink} of=${of.target} />`}</p>
    ${of.changed.length > 0 && html`<p><strong>⚠ ${word("apply.changed", { names: of.changed.map((/** @type {any} */ each) => each.name ?? each.id).join(word("mark.list")) })}</strong></p>`}
    <${Reasons} of=${short ? of.reasons.slice(0, 4) : of.reasons} />
    ${of.runner_up && html`<p>${word("proposal.runner-up")}${word("mark.colon")}<${NodeLink} of=${of.runner_up.target} /> <span class="muted">${say(of.runner_up.text)}</span></p>`}
    ${!short && of.evidence.length > 0 && html`<h4>${word("proposal.evidence")}</h4><ul>${of.evidence.map((/** @type {any} */ each) => html`<li key=${each.en}>${say(each)}</li>`)}</ul>`}
    ${!short && of.closes.length > 0 && html`<p class="muted">${word("proposal.closes", { n: of.closes.length })}${word("mark.colon")}${[...new Set(of.closes.map((/** @type {string} */ each) => say(questionOf(each.split("|")[0])?.term)))].join(word("mark.list"))}</p>`}
    ${!short && of.needs.length > 0 && html`<p class="muted">${word("proposal.needs")}${word("mark.colon")}${of.needs.map((/** @type {any} */ each) => say(each.title)).join(word("mark.apart"))}</p>`}
  </article>`;
}
const SHOWN = 6; // organisations of one proposal that are named
