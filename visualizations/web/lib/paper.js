/** How does what the screen shows in part get onto paper? A list as a whole, up to a bound; what is folded, open. */

import { useEffect, useState } from "../vendor/runtime.js";
import { get } from "./api.js";
import { useAct } from "./load.js";

export const MOST = 1000; // rows that are printed at once

/** Something folded is open on paper, and afterwards as it was. @param {{current: HTMLDetailsElement | null}} box */
export function useOpenOnPaper(box) {
  useEffect(() => {
    let before = false;
    const unfold = () => { if (box.current) [before, box.current.open] = [box.current.open, true]; };
    const fold = () => { if (box.current) box.current.open = before; };
    addEventListener("beforeprint", unfold);
    addEventListener("afterprint", fold);
    return () => {
      removeEventListener("beforeprint", unfold);
      removeEventListener("afterprint", fold);
    };
  }, []);
}

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
