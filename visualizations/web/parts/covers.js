/** How are the organisations among some nodes covered? What decides their mark. */

import { useGet } from "../lib/load.js";

const MOST = 500; // organisations of which the server tells at once

/**
 * The look of each of these nodes: of an organisation its cover, once it is told; else the type.
 * @param {{type: string, id: string}[]} nodes
 * @param {string} [revision]
 * @returns {(node: {type: string, id: string}) => string}
 */
export function useLooks(nodes, revision) {
  const ids = [...new Set(nodes.filter((each) => each.type === "Organization").map((each) => each.id))].slice(0, MOST);
  const told = useGet(ids.length ? "/covers" : null, { id: ids, revision });
  return (node) => (node.type === "Organization" && told.data?.looks[node.id]) || node.type;
}
