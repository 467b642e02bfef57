/** How is an act of the log told? Its number, day, kind, and who asserts it where that is not the product itself. */

import { dayOf, half, word } from "./words.js";

const OF_PLAN = "plan:";
const OWN = ["edit", "confirmation"]; // sources of what is written here
const OF_ITSELF = /^应用方案.* \/ \d+ proposals of |^示例数据.* \/ Example data/; // what the server notes where nobody noted anything

/** The plan that an act carries out, or null. @param {string} source */
export const planOf = (source) => (source.startsWith(OF_PLAN) ? source.slice(OF_PLAN.length) : null);

/** Who asserts it: the source that was given at an import, else in words what here it came of. @param {string} source */
export function sourceSaid(source) {
  if (planOf(source) !== null) return word("source.plan");
  return OWN.includes(source) ? word(`source.${source}`) : source;
}

/** What was noted of an act. @param {{note: string}} act */
export const noteOf = ({ note }) => (OF_ITSELF.test(note) ? half(note) : note);

/** An act in a line. @param {{revision: number, as_of: string, kind: string, source: string}} act */
export function actSaid(act) {
  const said = word("history.act", { revision: act.revision, day: dayOf(act.as_of), kind: word(`act.${act.kind}`) });
  return sourceSaid(act.source) === act.source ? `${said} · ${act.source}` : said; // what here it came of, its kind says
}
