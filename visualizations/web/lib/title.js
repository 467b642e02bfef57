/** What is a window called? By what its page is about, where it is about one thing, before the page. */

import { signal, useEffect } from "../vendor/runtime.js";

/** What the page in hand is about; empty where it is about no one thing. */
export const titled = signal("");

/** Call the window so while a part of a page stands. @param {string} name */
export function useTitle(name) {
  useEffect(() => {
    titled.value = name;
    return () => { titled.value = ""; };
  }, [name]);
}
