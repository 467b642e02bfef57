/** Any record, field by field: changed by hand, shown as a difference, stored as one act that can be undone. */

import { Problem, change as send, get, may, session } from "../lib/api.js";
import { useAct, useGet } from "../lib/load.js";
import { edgeType, nodeType, titleOf, valueOf } from "../lib/model.js";
import { href } from "../lib/url.js";
import { word } from "../lib/words.js";
import { Confirm } from "../parts/confirm.js";
import { MOST } from "../parts/chooser.js";
import { Cells } from "../parts/difference.js";
import { Input } from "../parts/field.js";
import { Search } from "../parts/search.js";
import { Empty, Fault, Show } from "../parts/states.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";

const PLACES = ["Street", "Community"];
const CODES = ["credit_code", "registration_number"]; // by which ledgers know a registered organisation again; before 2016 there were numbers only (N14)

/** @param {{at: string}} given */
export function Page({ at }) {
  const [type, ...rest] = at.split("/");
  const id = rest.join("/");
  const known = nodeType(type) && id;
  const [revision, setRevision] = useState(/** @type {number | null} */ (null));
  const node = useGet(known ? `/nodes/${type}/${encodeURIComponent(id)}` : null, { revision });
  const around = useGet(known ? `/neighbours/${type}/${encodeURIComponent(id)}` : null, { limit: 200, revision });
  if (!known) return html`<h1>${word("page.record")}</h1><${Empty}>${word("record.which")}<//>`;
  if (!may("change")) return html`<h1>${word("page.record")}</h1><${Empty}>${word("record.not-allowed")}<//>`;
  return html`<${Show} of=${node}>${(/** @type {any} */ found) => html`<${Show} of=${around}>${(/** @type {any} */ ties) => html`
    <${Form} key=${at} node=${found} place=${ties.items.find((/** @type {any} */ each) => each.edge === "LOCATED_IN" && each.outward) ?? null} again=${async () => setRevision(await newest())} />`}<//>`}<//>`;
}

/** The newest revision by its number: a server that still reads it would answer with the one before to who asks for none. */
async function newest() {
  return Math.max(...(await get("/revisions", { limit: 1 })).items.map((/** @type {any} */ act) => act.revision));
}

/** A stored value as the form has it: text, empty for unknown. @param {any} value */
const text = (value) => (value === null || value === undefined ? "" : String(value));

/** What was entered and not saved, by account and node: who goes elsewhere and comes back finds it. @type {Map<string, any>} */
const drafts = new Map();

/** @param {{node: any, place: any, again: () => void}} given */
function Form({ node, place, again }) {
  const type = /** @type {import("../lib/model.js").NodeType} */ (nodeType(node.type));
  /** @param {string} name */
  const stored = (name) => (name === "name" ? text(node.name) : text(node.fields[name]));
  const here = `${session.value?.account} ${node.type}/${node.id}`;
  const draft = drafts.get(here) ?? { entered: {}, base: {}, target: "", note: "" };
  const [entered, setEntered] = useState(/** @type {Record<string, string>} */ (draft.entered));
  const [base, setBase] = useState(/** @type {Record<string, string>} */ (draft.base)); // what each touched field was when it was touched
  const [target, setTarget] = useState(draft.target);
  const [note, setNote] = useState(draft.note);
  useEffect(() => void drafts.set(here, { entered, base, target, note }), [here, entered, base, target, note]);
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [done, setDone] = useState(/** @type {any} */ (null));
  const now = (/** @type {string} */ name) => entered[name] ?? stored(name);
  const touched = Object.keys(entered).filter((name) => entered[name] !== stored(name));
  const conflicts = touched.filter((name) => base[name] !== stored(name));
  const edit = { type: node.type, id: node.id, fields: Object.fromEntries(touched.map((name) => [name, entered[name] || null])), place: target || null, note };
  const changes = JSON.stringify([edit.fields, target]);
  const newest = useRef(changes);
  newest.current = changes;
  const previewing = useAct(async () => {
    const found = await send("POST", "/edits/preview", edit);
    if (newest.current === changes) setShown(found); // else it is of what was entered before, and would be saved as that
  });
  const saving = useAct(async () => {
    setDone(await send("POST", "/edits", edit, { "If-Match": `"${node.revision}"` }));
    [setEntered, setBase].forEach((set) => set({}));
    setTarget("");
    setNote("");
    setShown(null);
    again();
  });
  const [asked, setAsked] = useState(0); // how often an act was pressed that is shown at once
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => setShown(null), [changes]);
  useEffect(() => void (asked > 0 && previewing.run()), [asked]);
  useEffect(() => title.current?.focus(), [shown]);
  /** @param {Record<string, string>} values */
  const enter = (values) => {
    setBase((before) => ({ ...Object.fromEntries(Object.keys(values).map((name) => [name, stored(name)])), ...before }));
    setEntered((before) => ({ ...before, ...values }));
    setDone(null);
  };
  const late = saving.fault instanceof Problem && saving.fault.status === 409;
  const organization = node.type === "Organization";
  const codeless = organization && now("track") === "registered" && !CODES.some(now);
  /** What is to be seen beside a field's title. @param {import("../lib/model.js").Field} field */
  const markOf = (field) => {
    if (conflicts.includes(field.name)) return html`<strong>⚠ ${word("record.conflict", { value: valueOf(field, field.name === "name" ? node.name : node.fields[field.name], word) })}</strong>`;
    if (codeless && CODES.includes(field.name)) return html`<strong>⚠ ${word("record.codeless")}</strong>`;
    return touched.includes(field.name) && html`<strong>✎ ${word("record.touched")}</strong>`;
  };
  return html`<div class="row spread"><h1 dir="auto">${word("record.title", { what: node.name ?? node.id })}</h1>
      ${organization && html`<a class="button" href=${href("organization", node.id)}>${word("organization.open")}</a>`}</div>
    <p class="muted">${titleOf(node.type)} · ${node.id} · ${word("history.revision", { n: node.revision })}</p>
    ${done && html`<div class="banner row" role="status">${word("record.saved", { n: done.revision })}
      <${Confirm} label=${word("history.undo")} title=${word("history.undo.title", { n: done.revision })} reason=${true} act=${async (/** @type {string} */ why) => { await send("POST", `/revisions/${done.revision}/undo`, { note: why }, { "If-Match": `"${done.revision}"` }); setDone(null); again(); }} /></div>`}
    <form class="card" aria-label=${word("page.record")} onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); previewing.run(); }}>
      <div class="grid">${type.fields.filter((field) => field.name in node.fields || field.name === "name").map((field) => html`<${Input} key=${field.name} field=${field} value=${now(field.name)} required=${field.name === "name"}
        mark=${markOf(field)}
        set=${(/** @type {string} */ value) => enter({ [field.name]: value })} />`)}
        <${Place} place=${place} type=${node.type} value=${target} set=${setTarget} /></div>
      <label class="field"><span>${word("record.note")}</span><input maxlength="1000" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>
      <p class="row"><button class="main" disabled=${previewing.busy || (touched.length === 0 && !target)}>${word("record.preview")}</button>
        ${(touched.length > 0 || target) && html`<button type="button" onClick=${() => { setEntered({}); setBase({}); setTarget(""); previewing.clear(); saving.clear(); }}>${word("record.reset")}</button>`}</p>
      ${previewing.fault && html`<${Fault} fault=${previewing.fault} />`}
    </form>
    ${saving.fault && html`<${Fault} fault=${saving.fault} />`}
    ${late && html`<p><button type="button" onClick=${() => { saving.clear(); again(); }}>${word("record.newest")}</button></p>`}
    ${organization && html`<div class="card row" role="group" aria-label=${word("record.acts")}>
      ${node.fields.status !== "deregistered" && html`<button type="button" onClick=${() => { enter({ status: "deregistered" }); setAsked(asked + 1); }}>${word("record.deregister")}</button>`}
      ${node.fields.track === "filed" && html`<button type="button" onClick=${() => enter({ track: "registered" })}>${word("record.register")}</button> <span class="muted">${word("record.register.text")}</span>`}</div>`}
    ${shown && html`<section class="card" aria-labelledby="preview-title"><h2 id="preview-title" tabindex="-1" ref=${title}>${word("record.difference")}</h2><${Cells} cells=${shown.items} caption=${word("record.difference")} />
      ${codeless && html`<p><strong>⚠ ${word("record.codeless.text")}</strong></p>`}
      <p><button type="button" class="main" disabled=${saving.busy || shown.revision !== node.revision} onClick=${saving.run}>${word("record.save")}</button>
      ${shown.revision !== node.revision && html` <button type="button" onClick=${again}>${word("record.newest")}</button>`}</p></section>`}`;
}

/** Where it is: the community or street that it moves to, chosen from a list, or searched for among more than one holds. @param {{place: any, type: string, value: string, set: (value: string) => void}} given */
function Place({ place, type, value, set }) {
  const lists = PLACES.map((each) => useGet(`/nodes/${each}`, { fields: "name", limit: MOST }));
  const [found, setFound] = useState(/** @type {any} */ (null));
  if (!edgeType("LOCATED_IN")?.pairs.some(([source]) => source === type)) return null;
  const [street, community] = lists;
  if (lists.some((list) => list.data && list.data.total > MOST)) {
    const take = (/** @type {any} */ one) => { setFound(one); set(one ? `${one.type}/${one.id}` : ""); };
    return html`<div class="field"><span>${word("record.place")}</span><span class="muted">${place ? word("record.place.now", { name: place.name ?? place.id }) : word("unknown")}</span>${value && found
      ? html`<button type="button" aria-label=${word("filters.remove", { what: found.name ?? found.id })} onClick=${() => take(null)}>→ ${found.name ?? found.id} ✕</button>`
      : html`<${Search} id="record-place" label=${PLACES.map((each) => titleOf(each)).join(word("mark.list"))} types=${PLACES} onPick=${take} />`}</div>`;
  }
  return html`<label class="field"><span>${word("record.place")}</span><select onChange=${(/** @type {any} */ event) => set(event.target.value)}>
    <option value="" selected=${value === ""}>${place ? word("record.place.now", { name: place.name ?? place.id }) : word("unknown")}</option>
    ${[street, community].map((list, at) => html`<optgroup key=${at} label=${titleOf(at ? "Community" : "Street")}>${(list.data?.items ?? []).map((/** @type {any} */ each) => html`<option key=${each.id} value=${`${each.type}/${each.id}`} selected=${value === `${each.type}/${each.id}`}>${each.name ?? each.id}</option>`)}</optgroup>`)}
  </select></label>`;
}
