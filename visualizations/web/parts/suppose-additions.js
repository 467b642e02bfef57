/** What may be added in a what-if: a batch of organisations registered anew, a station, instructor posts. */

import { nodeField, titleOf, valueOf } from "../lib/model.js";
import { useNames } from "../lib/names.js";
import { say, word } from "../lib/words.js";
import { Chooser } from "./chooser.js";
import { html, useState } from "../vendor/runtime.js";

/** @typedef {import("./suppose.js").Supposed} Supposed */

const LIKE = ["track", "legal_form", "industry", "full_members"]; // what a batch is told by, beside authority and street
const MOST = 200; // organisations of a batch, as the server takes them

/** What the streets, authorities and stations of a supposition are called. @param {Supposed} wish @returns {(id: string) => string} */
export function useNamesOf({ newcomers, stations, posts }) {
  const likes = newcomers.map(({ like }) => like);
  const nodes = [
    ...[...stations, ...likes].map(({ street }) => ({ type: "Street", id: street })),
    ...likes.map(({ authority }) => ({ type: "Authority", id: authority })),
    ...Object.keys(posts).map((id) => ({ type: "GuidanceStation", id })),
  ].filter(({ id }) => id);
  const name = useNames(nodes);
  return (id) => name(nodes.find((each) => each.id === id) ?? { type: "", id });
}

/** @param {string} kind */
export const kindSaid = (kind) => valueOf(nodeField("GuidanceStation", "kind"), kind, word);

/** What a batch is like, in words. @param {import("./suppose.js").Batch} batch @param {(id: string) => string} names */
export function batchSaid({ like }, names) {
  return Object.entries(like).map(([name, value]) => (["street", "authority"].includes(name) ? names(value) : valueOf(nodeField("Organization", name), value, word))).join(" · ");
}

/** @param {{wish: Supposed, put: (more: Partial<Supposed>) => void}} given */
export function Additions({ wish, put }) {
  const kind = nodeField("GuidanceStation", "kind");
  /** A form whose filled-in fields are added. @param {(told: Record<string, string>) => Partial<Supposed>} add */
  const adding = (add) => (/** @type {any} */ event) => {
    event.preventDefault();
    put(add(/** @type {Record<string, string>} */ (Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== "")))));
  };
  const batch = adding(({ number, ...like }) => ({ newcomers: [...wish.newcomers, { number: Number(number), like }] }));
  const station = adding((told) => ({ stations: [...wish.stations, { kind: told.kind, street: told.street, capacity: told.capacity ? Number(told.capacity) : null }] }));
  const posts = adding((told) => ({ posts: { ...wish.posts, [told.station]: Number(told.posts) } }));
  const [chosen, setChosen] = useState(/** @type {Record<string, string | null>} */ ({}));
  /** @param {string} form @param {string} name @param {string} type @param {boolean} [required] */
  const one = (form, name, type, required = false) => html`<${Chooser} type=${type} title=${word(name)} none=${required ? null : word("unknown")} name=${name.split(".").at(-1)} chosen=${chosen[`${form} ${name}`] ?? undefined} onChoose=${(/** @type {string | null} */ id) => setChosen({ ...chosen, [`${form} ${name}`]: id })} />`;
  /** @param {string} name @param {number | null} [value] @param {number} [most] */
  const number = (name, value = null, most = 1000) => html`<label class="field"><span>${word(name)}</span><input name=${name.split(".").at(-1)} type="number" min="1" max=${most} defaultValue=${value} required=${value !== null} style="width:6rem" /></label>`;
  return html`<details open=${wish.newcomers.length + wish.stations.length > 0}><summary>${word("suppose.additions")}</summary>
    <form class="row" aria-label=${word("suppose.newcomers")} onSubmit=${batch}>${number("suppose.number", 30, MOST)}
      ${LIKE.map((name) => { const field = nodeField("Organization", name); return field && html`<${Named} key=${name} field=${field} first=${name === "track" ? "registered" : ""} />`; })}
      ${one("batch", "authority", "Authority")}${one("batch", "street", "Street")}<button>${word("suppose.newcomers")}</button></form>
    <form class="row" aria-label=${word("suppose.station.new")} onSubmit=${station}>
      <label class="field"><span>${titleOf("GuidanceStation")}</span><select name="kind" required>${(kind?.choices ?? []).map((each) => html`<option key=${each.value} value=${each.value}>${say(each.title)}</option>`)}</select></label>
      ${one("station", "street", "Street", true)}${number("suppose.capacity")}<button>${word("suppose.station.new")}</button></form>
    <form class="row" aria-label=${word("suppose.add")} onSubmit=${posts}>${one("posts", "suppose.station", "GuidanceStation", true)}${number("suppose.posts", 1)}<button>${word("suppose.add")}</button></form></details>`;
}

/** A field of the schema in a form that is read when it is sent. @param {{field: import("../lib/model.js").Field, first: string}} given */
function Named({ field, first }) {
  if (!field.choices) return html`<label class="field"><span>${say(field.title)}</span><input name=${field.name} type=${field.kind === "integer" ? "number" : "text"} min=${field.ge} style="width:8rem" /></label>`;
  return html`<label class="field"><span>${say(field.title)}</span><select name=${field.name}><option value="">${word("unknown")}</option>${field.choices.map((each) => html`<option key=${each.value} value=${each.value} selected=${each.value === first}>${say(each.title)}</option>`)}</select></label>`;
}
