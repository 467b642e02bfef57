/** What stands for a node, a cover or a severity? The shapes and colours of the model, as the server tells them. */

import { get } from "../lib/api.js";
import { say } from "../lib/words.js";
import { html, signal } from "../vendor/runtime.js";

/** @typedef {{path: string, mark: string, colour: string, hollow: boolean, size: number, title: import("../lib/words.js").Text}} Glyph */
/** @typedef {{colour: string, width: number, dash: number[], arrow: boolean}} Line */

/** @type {import("../vendor/runtime.js").Signal<{looks: Record<string, Glyph>, severities: Record<string, Glyph>, edges: Record<string, Line>, planned: Line, ramp: string[], lanes: Record<string, import("../lib/words.js").Text>} | null>} */
const legend = signal(null);

/** Fetch the legend; done once, before anything is drawn. */
export async function loadLegend() {
  legend.value = await get("/legend");
}

/** The legend: `looks` of node types and covers, `severities`, `edges`, `planned`, the `ramp` of matrices, the titles of `lanes`. */
export function looks() {
  if (legend.value === null) throw new Error("the legend is not there yet");
  return legend.value;
}

/**
 * A glyph with its word for screen readers, or without where the word stands beside it.
 * @param {{look: string, kind?: "looks" | "severities", named?: boolean}} given
 */
export function Mark({ look, kind = "looks", named = false }) {
  const glyph = looks()[kind][look];
  if (!glyph) return null;
  return html`<svg class="glyph" viewBox="-1.15 -1.15 2.3 2.3" role=${named ? "img" : "presentation"} aria-label=${named ? say(glyph.title) : null} aria-hidden=${named ? null : "true"}>
    <${Shape} glyph=${glyph} />
  </svg>`;
}

/** The paths of a glyph, to be placed by whoever draws. @param {{glyph: Glyph}} given */
export function Shape({ glyph }) {
  return html`<path d=${glyph.path} fill=${glyph.hollow ? "none" : glyph.colour} stroke=${glyph.hollow ? glyph.colour : "none"} stroke-width=${glyph.hollow ? 0.36 : 0} />
    ${glyph.mark && html`<path d=${glyph.mark} fill="#fff" />`}`;
}
