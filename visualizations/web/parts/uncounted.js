/** Why are more not counted as covered than are uncovered? Those with a Party organisation that the policy does not count (J11, N13). */

import { ofDistrict } from "../lib/api.js";
import { useGet } from "../lib/load.js";
import { count, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

const MANY = 1000; // lines of the table that are fetched: of the whole, of streets and of authorities

/** How many such there are, told beside a rate or a list of the uncovered; to accounts of the district, which see the table; nothing where there are none. @param {{dimension?: "whole" | "street" | "authority", id?: string, revision?: string}} given */
export function Uncounted({ dimension = "whole", id, revision }) {
  const table = useGet(ofDistrict() ? "/tables/coverage-rates" : null, { revision, limit: MANY });
  if (!table.data || table.data.parameters.functional_counts) return null;
  const line = table.data.items.find((/** @type {any} */ row) => row.track !== "filed" && row.dimension === dimension && (dimension === "whole" || row.key === id));
  return line?.functional > 0 ? html`<p class="muted">${word("uncounted", { n: count(line.functional) })}</p>` : null;
}
