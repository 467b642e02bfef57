/** What are these nodes called? Asked at once for all that a part of a page names by their ids. */

import { useEffect, useState } from "../vendor/runtime.js";
import { send } from "./api.js";
import { grouped } from "./model.js";

/** @typedef {{type: string, id: string}} Node */

/** What nodes are called now; their id until that is known, and where they are gone. @param {Node[]} nodes @returns {(node: Node) => string} */
export function useNames(nodes) {
  const [names, setNames] = useState(() => /** @type {Map<string, string>} */ (new Map()));
  const wanted = grouped(nodes, ({ type }) => type).map((some) => ({ type: some[0].type, ids: [...new Set(some.map(({ id }) => id))] }));
  useEffect(() => {
    Promise.all(wanted.map(async ({ type, ids }) => (await send("POST", `/lookups/${type}`, { body: { ids } })).json()))
      .then((found) => setNames(new Map(found.flatMap(({ items }) => items.map((/** @type {any} */ each) => [`${each.type}/${each.id}`, each.name ?? each.id])))), () => {});
  }, [JSON.stringify(wanted)]);
  return ({ type, id }) => names.get(`${type}/${id}`) ?? id;
}
