/** What may be added in a what-if: a batch of organisations registered anew, a station, instructor posts. */

import { useGet } from "../lib/load.js";
import { nodeField, titleOf, valueOf } from "../lib/model.js";
import { say, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/** @typedef {import("./suppose.js").Supposed} Supposed */

const LIKE = ["track", "legal_form", "industry", "full_members"]; // what a batch is told by, beside authority and street
const MOST = 200; // organisations of a batch, as the server takes them

/** Streets, authorities and stations by id. @param {string} type */
const useList = (type) => useGet(`/nodes/${type}`, { fields: "name", limit: 1000 }).data?.items ?? [];

/** What streets, authorities and stations are called. @returns {(id: string) => string} */
export function useNames() {
  const found = new Map(["Street", "Authority", "GuidanceStation"].flatMap(useList).map((/** @type {any} */ each) => [each.id, each.name]));
  return (id) => found.get(id) ?? id;
}

/** @param {string} kind */
export const kindSaid = (kind) => valueOf(nodeField("GuidanceStation", "kind"), kind, word);

/** What a batch is like, in words. @param {import("./suppose.js").Batch} batch @param {(id: string) => string} names */
export function batchSaid({ like }, names) {
  return Object.entries(like).map(([name, value]) => (["street", "authority"].includes(name) ? names(value) : valueOf(nodeField("Organization", name), value, word))).join(" · ");
}

/** @param {{wish: Supposed, put: (more: Partial<Supposed>) => void}} given */
export function Additions({ wish, put }) {
  const [streets, authorities, stations] = [useList("Street"), useList("Authority"), useList("GuidanceStation")];
  const kind = nodeField("GuidanceStation", "kind");
  /** A form whose filled-in fields are added. @param {(told: Record<string, string>) => Partial<Supposed>} add */
  const adding = (add) => (/** @type {any} */ event) => {
    event.preventDefault();
    put(add(/** @type {Record<string, string>} */ (Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== "")))));
  };
  const batch = adding(({ number, ...like }) => ({ newcomers: [...wish.newcomers, { number: Number(number), like }] }));
  const station = adding((told) => ({ stations: [...wish.stations, { kind: told.kind, street: told.street, capacity: told.capacity ? Number(told.capacity) : null }] }));
  const posts = adding((told) => ({ posts: { ...wish.posts, [told.station]: Number(told.posts) } }));
  /** @param {string} name @param {any[]} list @param {boolean} [required] */
  const one = (name, list, required = false) => html`<label class="field"><span>${word(name)}</span><select name=${name.split(".").at(-1)} required=${required}>${!required && html`<option value="">${word("unknown")}</option>`}${list.map((/** @type {any} */ each) => html`<option key=${each.id} value=${each.id}>${each.name ?? each.id}</option>`)}</select></label>`;
  /** @param {string} name @param {number | null} [value] @param {number} [most] */
  const number = (name, value = null, most = 1000) => html`<label class="field"><span>${word(name)}</span><input name=${name.split(".").at(-1)} type="number" min="1" max=${most} value=${value} required=${value !== null} style="width:6rem" /></label>`;
  return html`<details open=${wish.newcomers.length + wish.stations.length > 0}><summary>${word("suppose.additions")}</summary>
    <form class="row" aria-label=${word("suppose.newcomers")} onSubmit=${batch}>${number("suppose.number", 30, MOST)}
      ${LIKE.map((name) => { const field = nodeField("Organization", name); return field && html`<${Named} key=${name} field=${field} first=${name === "track" ? "registered" : ""} />`; })}
      ${one("authority", authorities)}${one("street", streets)}<button>${word("suppose.newcomers")}</button></form>
    <form class="row" aria-label=${word("suppose.station.new")} onSubmit=${station}>
      <label class="field"><span>${titleOf("GuidanceStation")}</span><select name="kind" required>${(kind?.choices ?? []).map((each) => html`<option key=${each.value} value=${each.value}>${say(each.title)}</option>`)}</select></label>
      ${one("street", streets, true)}${number("suppose.capacity")}<button>${word("suppose.station.new")}</button></form>
    <form class="row" aria-label=${word("suppose.add")} onSubmit=${posts}>${one("suppose.station", stations, true)}${number("suppose.posts", 1)}<button>${word("suppose.add")}</button></form></details>`;
}

/** A field of the schema in a form that is read when it is sent. @param {{field: import("../lib/model.js").Field, first: string}} given */
function Named({ field, first }) {
  if (!field.choices) return html`<label class="field"><span>${say(field.title)}</span><input name=${field.name} type=${field.kind === "integer" ? "number" : "text"} min=${field.ge} style="width:8rem" /></label>`;
  return html`<label class="field"><span>${say(field.title)}</span><select name=${field.name}><option value="">${word("unknown")}</option>${field.choices.map((each) => html`<option key=${each.value} value=${each.value} selected=${each.value === first}>${say(each.title)}</option>`)}</select></label>`;
}
