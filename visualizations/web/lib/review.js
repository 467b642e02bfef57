/** What was decided of the proposals in hand, by whom, and what is undone: decisions are sent one after the other, each over the version that was seen. */

import { Problem, change } from "./api.js";
import { batch, computed, signal } from "../vendor/runtime.js";

/** @typedef {{proposal: string, state: string, reason: string | null, unit: string | null, at: string | null, version: number}} Decision */
/** @typedef {{id: string, state: string, reason: string | null}} Said */

/** The proposals in hand, in the order of the list. @type {import("../vendor/runtime.js").Signal<any[]>} */
export const proposals = signal(/** @type {any[]} */ ([]));
/** How many proposals of the plan are in each state. */
export const counts = signal(/** @type {Record<string, number>} */ ({}));
const chosen = signal(/** @type {string | null} */ (null));
/** The proposals that somebody else decided meanwhile, until that was looked at. */
export const conflicts = signal(/** @type {Set<string>} */ (new Set()));
/** How many decisions have not reached the server yet. */
export const unsent = signal(0);
/** Why the last decision was not taken, other than for a conflict. */
export const refused = signal(/** @type {unknown} */ (null));
const done = signal(/** @type {{before: Said, after: Said}[]} */ ([]));
const undone = signal(/** @type {{before: Said, after: Said}[]} */ ([]));

/** The proposal in hand: what keys act on, read when a key is pressed. */
export const current = computed(() => proposals.value.find((each) => each.id === chosen.value) ?? proposals.value[0] ?? null);
export const canUndo = computed(() => done.value.length > 0);
export const canRedo = computed(() => undone.value.length > 0);

let plan = "";
/** @type {Promise<void>} */
let sending = Promise.resolve();

/** Take a plan's page into hand. @param {any} told as `GET /plans/{name}` gives it */
export function hold(told) {
  batch(() => {
    if (plan !== told.plan) [done.value, undone.value, conflicts.value] = [[], [], new Set()];
    plan = told.plan;
    proposals.value = told.proposals;
    counts.value = told.counts;
    refused.value = null;
  });
}

/** @param {string | null} id */
export const choose = (id) => (chosen.value = id);

/** Go up or down the list. @param {number} step */
export function move(step) {
  const place = proposals.value.findIndex((each) => each.id === current.value?.id);
  const next = proposals.value[place + step];
  if (next) chosen.value = next.id;
}

/** Decide the proposal in hand. @param {string} state @param {string | null} [reason] */
export function decide(state, reason = null) {
  const one = current.value;
  if (!one || conflicts.value.has(one.id) || (one.decision.state === state && one.decision.reason === reason)) return;
  const before = { id: one.id, state: one.decision.state, reason: one.decision.reason };
  const after = { id: one.id, state, reason };
  done.value = [...done.value, { before, after }];
  undone.value = [];
  say(after);
}

/** Take the last decision of this sitting back. */
export function undo() {
  const last = done.value.at(-1);
  if (!last) return;
  [done.value, undone.value] = [done.value.slice(0, -1), [...undone.value, last]];
  chosen.value = last.before.id;
  say(last.before);
}

/** Do again what was taken back. */
export function redo() {
  const last = undone.value.at(-1);
  if (!last) return;
  [undone.value, done.value] = [undone.value.slice(0, -1), [...done.value, last]];
  chosen.value = last.after.id;
  say(last.after);
}

/** What somebody else decided was looked at: it may be decided anew. @param {string} id */
export function looked(id) {
  conflicts.value = new Set([...conflicts.value].filter((each) => each !== id));
}

/** Once everything that was decided has reached the server. */
export const settled = () => sending;

/** Show a decision at once, and send it after those before it. @param {Said} wish */
function say({ id, state, reason }) {
  refused.value = null;
  show(id, { state, reason });
  unsent.value += 1;
  sending = sending.then(() => send({ id, state, reason })).finally(() => (unsent.value -= 1));
}

/** @param {Said} wish */
async function send({ id, state, reason }) {
  const now = find(id)?.decision;
  if (!now) return;
  try {
    const told = await change("POST", `/plans/${plan}/decisions`, { items: [{ proposal: id, state, reason, seen: now.version }] });
    for (const each of told.items) show(id, { version: each.version, unit: each.unit, at: each.at });
  } catch (fault) {
    if (fault instanceof Problem && fault.code === "decision-moved") return meet(id, /** @type {any} */ (fault.told).decisions);
    refused.value = fault;
    show(id, { state: "open", reason: null });
  }
}

/** Somebody else was first: theirs stands, and is shown. @param {string} id @param {Decision[]} theirs */
function meet(id, theirs) {
  batch(() => {
    for (const each of theirs) show(each.proposal, each);
    conflicts.value = new Set([...conflicts.value, id]);
    done.value = done.value.filter((each) => each.after.id !== id);
    undone.value = undone.value.filter((each) => each.after.id !== id);
  });
}

/** @param {string} id */
const find = (id) => proposals.value.find((each) => each.id === id);

/** @param {string} id @param {Partial<Decision>} decision */
function show(id, decision) {
  const before = find(id)?.decision.state;
  batch(() => {
    if (before && decision.state && decision.state !== before) {
      counts.value = { ...counts.value, [before]: counts.value[before] - 1, [decision.state]: (counts.value[decision.state] ?? 0) + 1 };
    }
    proposals.value = proposals.value.map((each) => (each.id === id ? { ...each, decision: { ...each.decision, ...decision } } : each));
  });
}
