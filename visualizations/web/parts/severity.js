/** How grave is it? Mark and word together. */

import { questions } from "../lib/model.js";
import { say } from "../lib/words.js";
import { html } from "../vendor/runtime.js";
import { Mark } from "./glyph.js";

/** @param {{of: {value: string, title: import("../lib/words.js").Text} | null}} given */
export function Severity({ of }) {
  return of && html`<span style="white-space:nowrap"><${Mark} look=${of.value} kind="severities" /> ${say(of.title)}</span>`;
}

const ORDER = ["high", "middle", "advice", "project-made"];

/** Questions that judge rows, the gravest first. */
export function judged() {
  /** @param {import("../lib/model.js").Question} each */
  const rank = (each) => ORDER.indexOf(each.severity?.value ?? "");
  return questions()
    .filter((each) => each.kind === "judged")
    .sort((one, other) => rank(one) - rank(other));
}
