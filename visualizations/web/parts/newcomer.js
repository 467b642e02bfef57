/** Who takes on an organisation that is not registered yet? Described in a form, answered with reasons; nothing is stored. */

import { change as send } from "../lib/api.js";
import { useAct } from "../lib/load.js";
import { nodeType, titleOf } from "../lib/model.js";
import { dayOf, say, word } from "../lib/words.js";
import { Chooser } from "./chooser.js";
import { Clauses } from "./clauses.js";
import { Input } from "./field.js";
import { Fault } from "./states.js";
import { html, useState } from "../vendor/runtime.js";

const FIELDS = ["name", "track", "category", "legal_form", "industry", "registration", "registered_on", "full_members", "probationary_members", "members_elsewhere", "staff"];
const ENDS = { authority: "Authority", street: "Street", community: "Community" };

export function Newcomer() {
  const [told, setTold] = useState(/** @type {Record<string, string>} */ ({}));
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const asking = useAct(async () => {
    const item = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ""));
    setAnswer((await send("POST", "/newcomers", { items: [item] })).items[0]);
  });
  const fields = (nodeType("Organization")?.fields ?? []).filter((each) => FIELDS.includes(each.name));
  return html`<form class="card" aria-labelledby="newcomer-title" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); asking.run(); }}>
      <h2 id="newcomer-title">${word("policy.newcomer")}</h2><p class="muted">${word("newcomer.text")}</p>
      <div class="grid">${fields.map((field) => html`<${Input} key=${field.name} field=${field} value=${told[field.name] ?? ""} required=${field.name === "name"} set=${(/** @type {string} */ value) => setTold({ ...told, [field.name]: value })} />`)}
        ${Object.entries(ENDS).map(([name, type]) => html`<${Chooser} key=${name} type=${type} title=${titleOf(type)} none=${word("unknown")} chosen=${told[name] || undefined} onChoose=${(/** @type {string | null} */ id) => setTold({ ...told, [name]: id ?? "" })} />`)}</div>
      <p><button class="main" disabled=${asking.busy}>${word("newcomer.ask")}</button></p>
      ${asking.fault && html`<${Fault} fault=${asking.fault} />`}</form>
    ${answer && html`<${Answer} of=${answer} />`}`;
}

/** @param {{of: any}} given */
function Answer({ of }) {
  return html`<section class="card" role="status" aria-labelledby="answer-title"><h2 id="answer-title" dir="auto">${of.name}</h2>
    <p class="muted">${word("newcomer.not-stored")}　${word("gaps.basis", { day: dayOf(of.today), revision: of.revision, policy: of.policy })}</p>
    ${of.advice.map((/** @type {any} */ each) => html`<article key=${each.topic} class="problem"><strong>${say(each.topic_title)}${word("mark.colon")}${say(each.title)}</strong> <span class="muted"><${Clauses} of=${each.clauses} /></span>
      <ul>${each.reasons.map((/** @type {any} */ reason) => html`<li key=${reason.rule}>${say(reason.text)} ${reason.clause && html`<small><${Clauses} of=${[reason.clause]} /></small>`}</li>`)}
        ${each.runner_up && html`<li>${word("proposal.runner-up")}${word("mark.colon")}${say(each.runner_up)}</li>`}
        ${each.cheapest && html`<li>${word("newcomer.way-out")}${word("mark.colon")}${say(each.cheapest)}</li>`}
        ${each.missing.length > 0 && html`<li>${word("gaps.missing")}${word("mark.colon")}${each.missing.map(say).join(word("mark.list"))}</li>`}</ul></article>`)}
    ${[["newcomer.due", of.due, "by"], ["newcomer.later", of.later, "from"]].map(([title, papers, day]) => papers.length > 0 && html`<h3 key=${title}>${word(title)}</h3><ul>${papers.map((/** @type {any} */ paper, /** @type {number} */ place) => html`<li key=${place}>${say(paper.what)} <small><${Clauses} of=${[paper.clause]} /></small> ${paper[day] && dayOf(paper[day])}</li>`)}</ul>`)}
    ${of.notices.map((/** @type {any} */ each, /** @type {number} */ place) => html`<p key=${place}>${say(each)}</p>`)}</section>`;
}
