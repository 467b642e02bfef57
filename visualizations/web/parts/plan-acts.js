/** What is done with a plan as a whole: solved, previewed and applied, confirmed as founded, sent out for approval and taken in again. */

import { change, fileAt, get } from "../lib/api.js";
import { follow } from "../lib/job.js";
import { titleOf } from "../lib/model.js";
import { href } from "../lib/url.js";
import { count, say, word } from "../lib/words.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";
import { settled } from "../lib/review.js";
import { Fault } from "./states.js";

/** The newest revision, on which writes rest. */
const head = async () => (await get("/status")).stamp?.revision ?? 0;
/** @param {number} revision */
const rests = (revision) => ({ "If-Match": `"${revision}"` });

/**
 * A button that does something long or risky once, and says how it went.
 * @param {{word: string, act: () => Promise<void>, main?: boolean, disabled?: boolean, values?: Record<string, string | number>}} given
 */
export function Act({ word: name, act, main = false, disabled = false, values = {} }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const run = async () => {
    setBusy(true);
    setFault(null);
    try {
      await act();
    } catch (refused) {
      setFault(refused);
    }
    setBusy(false);
  };
  return html`<button type="button" class=${main ? "main" : null} disabled=${busy || disabled} onClick=${run}>${busy ? word("loading") : word(name, values)}</button>${fault && html`<${Fault} fault=${fault} />`}`;
}

/** Solve a plan, or the rest of one anew; gives its name. @param {string | null} after */
export async function solve(after) {
  const job = await change("POST", "/plans", { after }, rests(await head()));
  await follow(job.id, () => {});
  return /** @type {string} */ ((await get(`/jobs/${job.id}/result`)).plan);
}

/** Close the dialog that a button stands in. @param {any} event */
const closing = (event) => event.target.closest("dialog").close();

/** @param {{title: string, onClose: () => void, children: unknown}} given */
function Dialog({ title, onClose, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => box.current?.showModal(), []);
  return html`<dialog ref=${box} aria-label=${title} onClose=${onClose}><h2 tabindex="-1" autofocus>${title}</h2>${children}</dialog>`;
}

/** What applying would write, and the button that does. @param {{plan: string, onClose: () => void, onDone: (revision: number | null, n: number) => void}} given */
export function ApplyDialog({ plan, onClose, onDone }) {
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [how, setHow] = useState({ note: "", body: "", deadline: "" });
  useEffect(() => {
    settled().then(() => get(`/plans/${plan}/preview`)).then(setShown, setFault);
  }, []);
  const set = (/** @type {"note" | "body" | "deadline"} */ name) => (/** @type {any} */ event) => setHow({ ...how, [name]: event.target.value });
  const apply = async () => {
    const given = { note: how.note, body: how.body || null, deadline: how.deadline || null };
    const done = await change("POST", `/plans/${plan}/apply`, given, rests(shown.revision));
    onDone(done.revision, done.written);
  };
  return html`<${Dialog} title=${word("apply.title")} onClose=${onClose}>
    ${fault && html`<${Fault} fault=${fault} />`}
    ${!shown && !fault && html`<p role="status">${word("loading")}</p>`}
    ${shown && html`
      <p>${word("apply.what", { n: shown.proposals.length, there: shown.in_place, revision: shown.revision })}</p>
      ${shown.verified && html`<p class="muted">${say(shown.verified)}</p>`}
      <ul>${Object.entries(shown.counts).map(([type, rows]) => html`<li key=${type}>${titleOf(type)}${word("mark.colon")}${["added", "changed"].filter((each) => rows[each]).map((each) => word(`apply.${each}.rows`, { n: count(rows[each]) })).join(word("mark.list"))}</li>`)}</ul>
      <div class="scroll" style="max-height:14rem" tabindex="0" role="region" aria-label=${word("apply.title")}><ul>${shown.proposals.map((/** @type {any} */ each) => html`<li key=${each.id}>${say(each.title)}${each.changed.length > 0 && html`<br /><em class="down">${word("apply.changed", { names: each.changed.map((/** @type {any} */ node) => node.name ?? node.id).join(word("mark.list")) })}</em>`}</li>`)}</ul></div>
      <div class="grid">
        <label class="field"><span>${word("responsible")}</span><input value=${how.body} onInput=${set("body")} maxlength="200" /></label>
        <label class="field"><span>${word("deadline")}</span><input type="date" value=${how.deadline} onInput=${set("deadline")} /></label>
        <label class="field"><span>${word("note")}</span><input value=${how.note} onInput=${set("note")} maxlength="1000" /></label>
      </div>
      <p class="row"><${Act} word="apply.do" values=${{ n: shown.proposals.length }} main=${true} disabled=${shown.proposals.length === 0} act=${apply} /> <button type="button" onClick=${closing}>${word("close")}</button></p>`}
    ${!shown && html`<p><button type="button" onClick=${closing}>${word("close")}</button></p>`}
  <//>`;
}

/** Which applied proposals are founded in truth, since when. @param {{plan: string, onClose: () => void, onDone: (revision: number, n: number) => void}} given */
export function ConfirmDialog({ plan, onClose, onDone }) {
  const [waiting, setWaiting] = useState(/** @type {any[] | null} */ (null));
  const [chosen, setChosen] = useState(() => /** @type {Set<string>} */ (new Set()));
  const [told, setTold] = useState({ on: "", number: "" });
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    get(`/plans/${plan}`, { state: "accepted", limit: 1000 }).then((found) => setWaiting(found.proposals.filter((/** @type {any} */ each) => each.applied && !each.confirmed)), setFault);
  }, []);
  const confirm = async () => {
    const given = { what: [...chosen], on: told.on, number: told.number || null, plan };
    onDone((await change("POST", "/confirmations", given, rests(await head()))).revision, chosen.size);
  };
  const toggle = (/** @type {string} */ id) => (/** @type {any} */ event) => {
    const after = new Set(chosen);
    event.target.checked ? after.add(id) : after.delete(id);
    setChosen(after);
  };
  return html`<${Dialog} title=${word("confirm.title")} onClose=${onClose}>
    ${fault && html`<${Fault} fault=${fault} />`}
    <p>${word("confirm.text")}</p>
    ${waiting?.length === 0 && html`<p class="muted">${word("confirm.none")}</p>`}
    <div class="scroll" style="max-height:18rem" tabindex="0" role="region" aria-label=${word("confirm.title")}>
      ${(waiting ?? []).map((each) => html`<p key=${each.id}><label><input type="checkbox" checked=${chosen.has(each.id)} onChange=${toggle(each.id)} />${say(each.title)}</label></p>`)}
    </div>
    <div class="grid">
      <label class="field"><span>${word("confirm.on")}</span><input type="date" value=${told.on} onInput=${(/** @type {any} */ event) => setTold({ ...told, on: event.target.value })} /></label>
      <label class="field"><span>${word("confirm.number")}</span><input value=${told.number} maxlength="100" onInput=${(/** @type {any} */ event) => setTold({ ...told, number: event.target.value })} /></label>
    </div>
    <p class="row"><${Act} word="confirm.do" values=${{ n: chosen.size }} main=${true} disabled=${chosen.size === 0 || !told.on} act=${confirm} /> <button type="button" onClick=${closing}>${word("close")}</button></p>
  <//>`;
}

/** What was written, and the way back. @param {{of: {revision: number, n: number, what: "applied" | "confirmed"}, onUndone: () => void}} given */
export function Receipt({ of, onUndone }) {
  const undo = async () => {
    await change("POST", `/revisions/${of.revision}/undo`, { note: "" }, rests(await head()));
    onUndone();
  };
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => box.current?.focus(), [of]); // the dialog that it came of is gone
  return html`<div class="card" role="status" tabindex="-1" ref=${box}><p class="up">✓ ${word(`receipt.${of.what}`, { n: of.n, revision: of.revision })}</p>
    <p class="row"><a class="button" href=${href("overview")}>${word("page.overview")}</a><a class="button" href=${href("history")}>${word("page.history")}</a><${Act} word="receipt.undo" act=${undo} /></p></div>`;
}

/** The approval workbook, out and in. @param {{plan: string, query: Record<string, unknown>, onTaken: () => void}} given */
export function Workbook({ plan, query, onTaken }) {
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [taken, setTaken] = useState(/** @type {number | null} */ (null));
  const send = async (/** @type {any} */ event) => {
    const form = new FormData();
    form.append("file", event.target.files[0]);
    event.target.value = "";
    try {
      setTaken((await change("POST", `/plans/${plan}/workbook`, form)).items.length);
      setFault(null);
      onTaken();
    } catch (refused) {
      setFault(refused);
    }
  };
  return html`<span class="row"><a class="button" href=${fileAt(`/plans/${plan}/workbook.xlsx`, query)} download data-view>${word("workbook.out")}</a>
    <label class="button file">${word("workbook.in")}<input type="file" accept=".xlsx" onChange=${send} /></label>
    ${taken !== null && html`<span role="status">${word("workbook.taken", { n: taken })}</span>`}</span>${fault && html`<${Fault} fault=${fault} />`}`;
}
