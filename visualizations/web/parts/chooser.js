/** Which street, which authority? A list to choose from; where there are more than a list can hold, a search. Accounts of one body choose among those of which they see an organisation. */

import { ofDistrict } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { titleOf } from "../lib/model.js";
import { word } from "../lib/words.js";
import { Search } from "./search.js";
import { html, useState } from "../vendor/runtime.js";

const PLACES = ["Street", "Authority"]; // of which those without organisations can be left out
export const MOST = 500; // that a list holds
let choosers = 0; // so that each search has an id of its own

/**
 * @param {{type: string, title: string, chosen: string | undefined, onChoose: (id: string | null) => void, sort?: string, none?: string | null, name?: string}} given
 *   `none` what no choice is called, null where there must be one; `name` under which a form has it
 */
export function Chooser({ type, title, chosen, onChoose, sort, none = word("all"), name }) {
  const [nth] = useState(() => (choosers += 1));
  const list = useGet(`/nodes/${type}`, { fields: "name", sort, limit: MOST, populated: ofDistrict() || !PLACES.includes(type) ? null : true });
  const one = useGet(chosen && list.data && list.data.total > MOST ? `/nodes/${type}/${encodeURIComponent(chosen)}` : null);
  if (!list.data || list.data.total <= MOST) {
    return html`<label class="field"><span>${title}</span><select name=${name} required=${none === null} onChange=${(/** @type {any} */ event) => onChoose(event.target.value || null)}>
      <option value="">${none ?? word("choose.one")}</option>${(list.data?.items ?? []).map((/** @type {any} */ each) => html`<option key=${each.id} value=${each.id} selected=${each.id === chosen}>${each.name ?? each.id}</option>`)}</select></label>`;
  }
  return html`<div class="field"><span>${title}</span>${name && html`<input type="hidden" name=${name} value=${chosen ?? ""} />`}${chosen
    ? html`<button type="button" aria-label=${word("filters.remove", { what: one.data?.name ?? chosen })} onClick=${() => onChoose(null)}>${one.data?.name ?? chosen} ✕</button>`
    : html`<${Search} id=${`choose-${type}-${nth}`} label=${titleOf(type)} types=${[type]} onPick=${(/** @type {any} */ found) => onChoose(found.id)} />`}</div>`;
}
