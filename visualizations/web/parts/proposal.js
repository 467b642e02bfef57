/** What is proposed, and why: rule by rule with its clause, hard ones kept, soft ones in their order, and the runner-up. */

import { say, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/** @typedef {{rule: string, text: import("../lib/words.js").Text, clause: string | null, hard: boolean, cost: number, rank: number | null}} Reason */

/** Reasons as bars: full where the rule costs nothing, shorter the more it costs; the words say the figure. @param {{of: Reason[]}} given */
export function Reasons({ of }) {
  const soft = of.filter((each) => !each.hard).sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0));
  const most = Math.max(1, ...soft.map((each) => each.cost));
  return html`
    <ul class="reasons">${of.filter((each) => each.hard).map((each) => html`<li key=${each.rule}><span class="up" aria-hidden="true">✓</span> <span class="unseen">${word("rule.kept")}</span> ${say(each.text)} <small>${each.clause ?? word("rule.ours")}</small></li>`)}</ul>
    ${soft.length > 0 && html`<table><caption>${word("rule.soft")}</caption><tbody>${soft.map((each, place) => html`<tr key=${each.rule}>
      <td class="number">${place + 1}</td><td>${say(each.text)} <small>${each.clause ?? word("rule.ours")}</small></td>
      <td style="width:9rem"><svg viewBox="0 0 100 8" preserveAspectRatio="none" style="width:100%;height:.7rem" role="img" aria-label=${word("rule.cost", { cost: each.cost })}><rect width="100" height="8" fill="#f6f8fa" stroke="#7a8794" stroke-width=".6"/><rect width=${100 * (1 - each.cost / (most + 1))} height="8" fill="#0b5cad"/></svg></td>
      <td class="number">${word("rule.cost", { cost: each.cost })}</td></tr>`)}</tbody></table>`}`;
}

/** @param {{of: any, short?: boolean}} given */
export function ProposalCard({ of, short = false }) {
  return html`<article class="proposal">
    <h3>${say(of.title)}</h3>
    <p class="muted">${say(of.kind.title)}${of.decision ? ` · ${say(of.decision.title)}` : ""}${of.rank ? ` · ${word("proposal.rank", { n: of.rank })}` : ""}</p>
    <${Reasons} of=${short ? of.reasons.slice(0, 4) : of.reasons} />
    ${of.runner_up && html`<p>${word("proposal.runner-up")}：${of.runner_up.name ?? of.runner_up.target} <span class="muted">${say(of.runner_up.text)}</span></p>`}
    ${!short && of.evidence.length > 0 && html`<details><summary>${word("proposal.evidence")}</summary><ul>${of.evidence.map((/** @type {any} */ each) => html`<li key=${each.en}>${say(each)}</li>`)}</ul></details>`}
    ${!short && of.needs.length > 0 && html`<p class="muted">${word("proposal.needs")}：${of.needs.join("、")}</p>`}
  </article>`;
}
