/** Why are more not counted as covered than are uncovered? Those with a Party organisation that the policy does not count (J11, N13). */

import { ofDistrict } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { count, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

/**
 * How many such there are, told to accounts of the district, which see the table; nothing where there are none.
 * `rate` says that it stands beside a rate, whose denominator the policy may widen, and not beside the list, which is of registered ones.
 * @param {{id?: string, rate?: boolean, revision?: string}} given `id` of a street or authority, else the whole district
 */
export function Uncounted({ id = "all", rate = false, revision }) {
  const table = useGet(ofDistrict() ? "/tables/coverage-rates" : null, { revision, key: id });
  if (!table.data || table.data.parameters.functional_counts) return null;
  const line = table.data.items.find((/** @type {any} */ row) => (rate ? row.track !== "filed" : row.track === "registered"));
  return line?.functional > 0 ? html`<p class="muted">${word("uncounted", { n: count(line.functional) })}</p>` : null;
}
