/** How does a list of which the screen shows a page get onto paper? As a whole, up to a bound. */

import { useEffect, useState } from "../vendor/runtime.js";
import { get } from "./api.js";
import { useAct } from "./load.js";

export const MOST = 1000; // rows that are printed at once

/**
 * `whole` is the list while it is printed, null on the screen; `print` fetches it and prints.
 * @param {string} path
 * @param {Record<string, unknown>} query of the whole list, without a cursor
 */
export function usePaper(path, query) {
  const [whole, setWhole] = useState(/** @type {any} */ (null));
  const fetching = useAct(async () => setWhole(await get(path, { ...query, limit: MOST })));
  useEffect(() => {
    if (!whole) return;
    addEventListener("afterprint", () => setWhole(null), { once: true });
    print();
  }, [whole]);
  return { whole, print: fetching.run, busy: fetching.busy, fault: fetching.fault };
}
