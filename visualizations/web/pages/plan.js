/** Plan review: what is proposed and why, accepted or rejected by keyboard alone, then applied as a whole and confirmed. */

import { may } from "../lib/api.js";
import { bind } from "../lib/keys.js";
import { useGet } from "../lib/load.js";
import { questionOf } from "../lib/model.js";
import { canRedo, canUndo, choose, conflicts, counts, current, decide, hold, looked, move, proposals, redo, refused, undo, unsent } from "../lib/review.js";
import { APART, change, go } from "../lib/url.js";
import { count, dayOf, say, word } from "../lib/words.js";
import { Chooser } from "../parts/chooser.js";
import { Curve } from "../parts/curve.js";
import { Act, ApplyDialog, ConfirmDialog, Receipt, Workbook, solve } from "../parts/plan-acts.js";
import { MARKS, NodeLink, ProposalCard, Standing, planSaid } from "../parts/proposal.js";
import { Empty, Fault, Show } from "../parts/states.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";

const PAGE = 200;
const LIST = "proposals"; // which has the focus again when a form beside it is done
const STAY = 400; // milliseconds on a proposal after which the address names it
const STATES = ["open", "accepted", "rejected", "pinned"];
const REASONS = ["elsewhere", "unwilling", "data", "unready", "other"];
const FILTERS = ["kind", "state", "street", "question", "about"];

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const plans = useGet("/plans");
  const made = async (/** @type {string | null} */ after) => {
    const name = await solve(after);
    plans.again();
    go("plan", name, after ? {} : query);
  };
  const heading = html`<div class="row spread"><h1>${word("page.plan")}</h1><p class="muted noprint"><kbd>J</kbd> <kbd>K</kbd> ↓↑ · <kbd>A</kbd> ${word("decide.accept")} · <kbd>R</kbd> ${word("decide.reject")} · <kbd>U</kbd> ${word("decide.undo")}</p></div>`;
  return html`${heading}<${Show} of=${plans}>${(/** @type {any} */ found) => {
    const newest = found.items.at(-1);
    if (!newest) return html`<${Empty}>${word("plan.none")}<//>${may("change") && html`<p class="row" style="justify-content:center"><${Act} word="plan.make" main=${true} act=${() => made(null)} /></p>`}`;
    const name = at || newest.plan;
    return html`<${Review} key=${name} name=${name} plans=${found.items} query=${query} made=${made} />`;
  }}<//>`;
}

/** @param {{name: string, plans: any[], query: Record<string, string>, made: (after: string) => Promise<void>}} given */
function Review({ name, plans, query, made }) {
  const { kind, state, street, question, first } = query;
  const asked = { kind, state, street, question, about: query.about?.split(APART) };
  const list = useGet(`/plans/${name}`, { ...asked, first, limit: PAGE });
  const [open, setOpen] = useState(/** @type {"apply" | "confirm" | null} */ (null));
  const [receipt, setReceipt] = useState(/** @type {any} */ (null));
  const plan = list.data;
  useEffect(() => {
    if (plan) hold(plan);
  }, [plan]);
  const named = useRef(/** @type {string | undefined} */ (undefined)); // what the address was given here: by then another may be in hand
  useEffect(() => {
    if (query.at && query.at !== named.current) choose(query.at);
  }, [query.at]);
  const here = current.value?.id;
  useEffect(() => {
    const told = setTimeout(() => {
      if (!plan || !current.value || current.value.id === query.at) return;
      named.current = current.value.id;
      change({ at: current.value.id }, false);
    }, STAY);
    return () => clearTimeout(told);
  }, [here, plan]);
  const closed = (/** @type {"applied" | "confirmed"} */ what) => (/** @type {number | null} */ revision, /** @type {number} */ n) => {
    setOpen(null);
    if (revision !== null) setReceipt({ revision, n, what });
    list.again();
  };
  return html`
    <div class="row spread card"><${Filters} plan=${plan} query=${query} />
      <span class="row">
        <label class="field"><span>${word("plan.which")}</span><select value=${name} onChange=${(/** @type {any} */ event) => go("plan", event.target.value)}>
          ${[...plans].reverse().map((each) => html`<option key=${each.plan} value=${each.plan} selected=${each.plan === name}>${planSaid(each, plans)}</option>`)}</select></label>
        ${may("change") && html`<${Act} word="plan.again" act=${() => made(name)} />`}
      </span></div>
    ${receipt && html`<${Receipt} of=${receipt} onUndone=${() => { setReceipt(null); list.again(); }} />`}
    <${Show} of=${list}>${(/** @type {any} */ found) => html`
      ${found.newest > found.revision && html`<p class="banner" role="status">${found.changed > 0 ? "⚠ " : ""}${word(found.changed > 0 ? "plan.stale" : "plan.older", { made: found.revision, now: found.newest, n: found.changed })}</p>`}
      <div class="review">
        <section class="card" aria-label=${word("plan.proposals")}><${List} found=${found} query=${query} /></section>
        <section class="card" aria-label=${word("details")}><${Detail} /></section>
      </div>
      <${Foot} found=${found} asked=${asked} onOpen=${setOpen} onTaken=${list.again} />
      <${Solution} of=${found} />`}
    <//>
    ${open === "apply" && html`<${ApplyDialog} plan=${name} onClose=${() => setOpen(null)} onDone=${closed("applied")} />`}
    ${open === "confirm" && html`<${ConfirmDialog} plan=${name} onClose=${() => setOpen(null)} onDone=${closed("confirmed")} />`}`;
}

/** @param {{plan: any, query: Record<string, string>}} given */
function Filters({ plan, query }) {
  /** @param {string} name @param {{value: string, text: string}[]} choices */
  const choice = (name, choices) => html`<label class="field"><span>${word(`plan.${name}`)}</span><select value=${query[name] ?? ""} onChange=${(/** @type {any} */ event) => change({ [name]: event.target.value || null, first: null })}>
    <option value="">${word("all")}</option>${choices.map((each) => html`<option key=${each.value} value=${each.value} selected=${query[name] === each.value}>${each.text}</option>`)}</select></label>`;
  return html`<div class="row">
    ${choice("state", STATES.map((value) => ({ value, text: word(`decision.${value}`) })))}
    ${choice("kind", (plan?.kinds ?? []).map((/** @type {any} */ each) => ({ value: each.value, text: `${say(each.title)} (${each.count})` })))}
    <${Chooser} type="Street" title=${word("plan.street")} chosen=${query.street} onChoose=${(/** @type {string | null} */ street) => change({ street, first: null })} />
    ${query.about && html`<button type="button" aria-label=${word("filters.remove", { what: word("plan.about", { n: query.about.split(APART).length }) })} onClick=${() => change({ about: null, first: null })}>${word("plan.about", { n: query.about.split(APART).length })} ✕</button>`}
    ${query.question && html`<span class="chip">${say(questionOf(query.question)?.term)}</span>`}
    ${FILTERS.some((name) => query[name]) && html`<button type="button" onClick=${() => change(Object.fromEntries([...FILTERS, "first"].map((name) => [name, null])))}>${word("filters.clear")}</button>`}
  </div>`;
}

/** @param {{found: any, query: Record<string, string>}} given */
function List({ found, query }) {
  const items = proposals.value;
  const here = current.value?.id;
  const box = useRef(/** @type {HTMLUListElement | null} */ (null));
  const before = useRef(/** @type {string | undefined} */ (undefined));
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    const was = before.current, acts = document.querySelector(".decide")?.getBoundingClientRect();
    before.current = here;
    // where the list stands above what is decided on, both are to be in sight
    if (was && was !== here && acts && (acts.top < 0 || acts.bottom > innerHeight)) box.current?.scrollIntoView({ block: "start" });
  }, [here]);
  if (items.length === 0) return html`<${Empty}>${word("plan.nothing")}<//>`;
  return html`<p class="muted">${word("plan.order")}</p><ul id=${LIST} class="choices" role="listbox" tabindex="0" ref=${box} aria-label=${word("plan.proposals")} aria-activedescendant=${`proposal-${here}`}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step) { event.preventDefault(); move(step); }
      }}>
    ${items.map((each) => html`<li key=${each.id} id=${`proposal-${each.id}`} data-id=${each.id} role="option" aria-selected=${String(each.id === here)} onClick=${() => choose(each.id)}>
      <span class="row spread"><span>${each.number}. ${say(each.title)}</span><span><${Standing} of=${each} />${each.changed.length > 0 && html` <span class="chip conflict">⚠ ${word("plan.changed")}</span>`}${conflicts.value.has(each.id) && html` <span class="chip conflict">⚠ ${word("decide.conflict")}</span>`}</span></span>
      <small>${say(each.kind.title)}${each.rank ? ` · ${word("proposal.rank", { n: each.rank })}` : ""}</small></li>`)}
  </ul>
  <nav class="row" aria-label=${word("pages")}><span class="muted" role="status">${word("pages.shown", { shown: count(items.length), total: count(found.total) })}</span>
    ${query.first && html`<button type="button" onClick=${() => change({ first: null })}>${word("pages.first")}</button>`}
    ${found.next && html`<button type="button" onClick=${() => change({ first: found.next })}>${word("pages.next")}</button>`}</nav>`;
}

/** The proposal in hand, and what is decided about it. */
function Detail() {
  const one = current.value;
  const [rejecting, setRejecting] = useState(/** @type {string | null} */ (null));
  const allowed = may("change");
  useEffect(() => {
    if (!allowed) return;
    const once = (/** @type {() => void} */ act) => (/** @type {KeyboardEvent} */ event) => { if (!event.repeat) act(); };
    return bind([
      { keys: "j", word: "next", act: () => move(1) },
      { keys: "k", word: "before", act: () => move(-1) },
      { keys: "a", word: "decide.accept", act: once(() => decide("accepted")) },
      { keys: "r", word: "decide.reject", act: once(() => setRejecting(current.value?.id ?? null)) },
      { keys: "u", word: "decide.undo", act: once(undo) },
      { keys: "Ctrl+z", word: "decide.undo", act: undo },
      { keys: "Ctrl+Shift+z", word: "decide.redo", act: redo },
    ]);
  }, [allowed]);
  if (!one) return html`<${Empty} />`;
  const met = conflicts.value.has(one.id);
  return html`<${ProposalCard} of=${one} />
    ${one.decision.unit && html`<p class="muted">${word("decide.by", { unit: one.decision.unit, day: dayOf(one.decision.at), state: word(`decision.${one.decision.state}`) })}${one.decision.reason && ` · ${one.decision.reason}`}</p>`}
    ${met && html`<div class="problem" role="alert"><strong>⚠ ${word("decide.conflict")}</strong><p>${word("decide.conflict.text", { unit: one.decision.unit ?? "–", state: word(`decision.${one.decision.state}`) })}</p><button type="button" onClick=${() => looked(one.id)}>${word("decide.looked")}</button></div>`}
    ${refused.value && html`<${Fault} fault=${refused.value} />`}
    ${allowed && html`<p class="row decide">
      <button type="button" class="main" disabled=${met} onClick=${() => decide("accepted")}>✓ ${word("decide.accept")} <kbd>A</kbd></button>
      <button type="button" class="danger" disabled=${met} onClick=${() => setRejecting(one.id)}>✕ ${word("decide.reject")} <kbd>R</kbd></button>
      <button type="button" disabled=${met} onClick=${() => decide("pinned")}>⚲ ${word("decide.pin")}</button>
      <button type="button" disabled=${!canUndo.value} onClick=${undo}>↶ ${word("decide.undo")} <kbd>U</kbd></button>
      <button type="button" disabled=${!canRedo.value} onClick=${redo}>↷ ${word("decide.redo")}</button>
    </p>`}
    ${rejecting === one.id && !met && html`<${Rejecting} key=${one.id} onDone=${() => { setRejecting(null); document.getElementById(LIST)?.focus(); }} />`}`;
}

/** Why it is rejected: a choice, and a remark where one is wanted. @param {{onDone: () => void}} given */
function Rejecting({ onDone }) {
  const [why, setWhy] = useState(REASONS[0]);
  const [remark, setRemark] = useState("");
  const first = useRef(/** @type {HTMLSelectElement | null} */ (null));
  useEffect(() => first.current?.focus(), []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const said = [why === "other" ? "" : word(`reject.${why}`), remark.trim()].filter(Boolean).join("：");
    if (!said) return;
    decide("rejected", said);
    onDone();
  };
  return html`<form class="row" onSubmit=${submit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") onDone();
    if (event.key === "Enter" && event.target === first.current) submit(event);
  }}>
    <label class="field"><span>${word("reject.why")}</span><select ref=${first} value=${why} onChange=${(/** @type {any} */ event) => setWhy(event.target.value)}>${REASONS.map((each) => html`<option key=${each} value=${each}>${word(`reject.${each}`)}</option>`)}</select></label>
    <label class="field"><span>${word("reject.remark")}</span><input value=${remark} required=${why === "other"} maxlength="500" onInput=${(/** @type {any} */ event) => setRemark(event.target.value)} /></label>
    <button class="danger">${word("reject.do")}</button><button type="button" onClick=${onDone}>${word("cancel")}</button>
  </form>`;
}

/** @param {{found: any, asked: Record<string, unknown>, onOpen: (which: "apply" | "confirm") => void, onTaken: () => void}} given */
function Foot({ found, asked, onOpen, onTaken }) {
  const ready = (counts.value.accepted ?? 0) - found.applied;
  return html`<div class="card row spread foot">
    <span role="status">${STATES.map((state) => `${MARKS[state]} ${word(`decision.${state}`)} ${count(counts.value[state] ?? 0)}`).join(" · ")} · <span class="muted">${word("plan.applied", { applied: count(found.applied), confirmed: count(found.confirmed) })}</span>${unsent.value > 0 && html` <em class="saving">${word("plan.saving", { n: unsent.value })}</em>`}</span>
    ${may("change") && html`<span class="row"><${Workbook} plan=${found.plan} query=${asked} onTaken=${onTaken} />
      <button type="button" disabled=${found.applied === found.confirmed} onClick=${() => onOpen("confirm")}>${word("confirm.open")}</button>
      <button type="button" class="main" disabled=${ready <= 0} onClick=${() => onOpen("apply")}>${word("apply.open", { n: Math.max(0, ready) })}</button></span>`}
  </div>`;
}

/** How well it was solved, the way to the targets, what is short, and who has no proposal. @param {{of: any}} given */
function Solution({ of }) {
  return html`<section class="card" aria-labelledby="solved-title"><h2 id="solved-title">${word("plan.solution")}</h2>
    <p>${of.sound ? "✓" : "⚠"} ${say(of.verified)} <span class="muted" title=${word("policy.digest", { digest: of.policy.slice(0, 16) })}>${word("plan.basis", { day: dayOf(of.day), revision: of.revision })}</span></p>
    ${of.reckoning.map((/** @type {any} */ line) => html`<p key=${line.en}>${say(line)}</p>`)}
    <div class="two"><div><${Curve} steps=${of.steps} /></div>
      <div class="scroll" tabindex="0" role="region" aria-label=${word("plan.solved")}><table><caption>${word("plan.solved")}</caption><thead><tr><th scope="col">${word("plan.measure")}</th><th scope="col" class="number">${word("plan.reached")}</th><th scope="col" class="number">${word("plan.bound")}</th><th scope="col">${word("plan.proof")}</th></tr></thead>
        <tbody>${of.solved.map((/** @type {any} */ each) => html`<tr key=${each.part}><td>${say(each.measure)}</td><td class="number">${count(each.value)}</td><td class="number">${count(each.bound)}</td><td>${each.gap === 0 ? word("plan.optimal") : word("plan.gap", { gap: (100 * each.gap).toFixed(1) })}</td></tr>`)}</tbody></table></div></div>
    ${of.solved.filter((/** @type {any} */ each) => each.unproven).map((/** @type {any} */ each) => html`<p key=${each.part} class="muted">${say(each.unproven)}</p>`)}
    ${of.shortages.length > 0 && html`<h3>${word("plan.shortages")}</h3><ul>${of.shortages.map((/** @type {any} */ each) => html`<li key=${each.what.en}>${say(each.what)}${word("mark.colon")}<strong>${count(each.short)}</strong></li>`)}</ul>`}
    ${of.unplaced.length > 0 && html`<details open><summary>${word("plan.unplaced", { n: of.unplaced.length })}</summary><div class="scroll" tabindex="0" role="region" aria-label=${word("plan.unplaced", { n: of.unplaced.length })}><table><thead><tr><th scope="col">${word("name")}</th><th scope="col">${word("gap")}</th><th scope="col">${word("reason")}</th><th scope="col">${word("plan.cheapest")}</th></tr></thead>
      <tbody>${of.unplaced.map((/** @type {any} */ each) => html`<tr key=${each.kind.value + each.finding}><td><${NodeLink} of=${each.subject} /></td><td>${say(questionOf(each.finding.split("|")[0])?.term)}</td><td>${say(each.why)}</td><td>${say(each.cheapest)}</td></tr>`)}</tbody></table></div></details>`}
  </section>`;
}
