/** What is fetched for a part of a page, and how it stands: still loading, refused, or there. */

import { useEffect, useState } from "../vendor/runtime.js";
import { get } from "./api.js";
import { language } from "./words.js";

/** @typedef {{data: any, fault: unknown, loading: boolean, again: () => void}} Loaded */

/**
 * Fetch while a part of a page stands; what is asked anew shows the old answer until the new one is there.
 * @param {string | null} path null asks nothing
 * @param {Record<string, unknown>} [query]
 * @returns {Loaded}
 */
export function useGet(path, query = {}) {
  const [state, setState] = useState({ data: /** @type {any} */ (null), fault: /** @type {unknown} */ (null), loading: path !== null });
  const [round, setRound] = useState(0);
  const key = `${language.value} ${path} ${JSON.stringify(query)} ${round}`;
  useEffect(() => {
    if (path === null) return setState({ data: null, fault: null, loading: false });
    const abort = new AbortController();
    setState((before) => ({ ...before, fault: null, loading: true }));
    get(path, query, abort.signal)
      .then((data) => setState({ data, fault: null, loading: false }))
      .catch((fault) => {
        if (!abort.signal.aborted) setState({ data: null, fault, loading: false });
      });
    return () => abort.abort();
  }, [key]);
  return { ...state, again: () => setRound(round + 1) };
}

/** @typedef {{run: (...given: any[]) => Promise<any>, fault: unknown, busy: boolean, clear: () => void}} Acting */

/**
 * Something that a reader sets going: whether it is under way, and why it was refused. `run` gives undefined where it was.
 * @param {(...given: any[]) => Promise<any>} act
 * @returns {Acting}
 */
export function useAct(act) {
  const [state, setState] = useState({ fault: /** @type {unknown} */ (null), busy: false });
  const run = async (/** @type {any[]} */ ...given) => {
    setState({ fault: null, busy: true });
    try {
      const gave = await act(...given);
      setState({ fault: null, busy: false });
      return gave ?? true;
    } catch (fault) {
      setState({ fault, busy: false });
    }
  };
  return { ...state, run, clear: () => setState({ fault: null, busy: false }) };
}
