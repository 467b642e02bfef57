/** How coverage rises with every action on the way to the targets, from what it is before the first. */

import { percent, word } from "../lib/words.js";
import { html, useRef } from "../vendor/runtime.js";
import { Pictures } from "./pictures.js";

const [WIDE, HIGH, LEFT, UNDER] = [640, 170, 52, 24];

/** @typedef {{gain: number, own: number, coverage: number, standalone: number}} Step the rates are those after it */

/** The rates before the first step; what one organisation weighs is told by the steps after it. @param {Step[]} steps */
function before([first, ...more]) {
  const gained = more.reduce((sum, step) => sum + step.gain + step.own, 0);
  if (gained === 0) return [];
  const last = more[more.length - 1];
  const one = (last.coverage + last.standalone - first.coverage - first.standalone) / gained;
  return [{ coverage: first.coverage - first.gain * one, standalone: first.standalone - first.own * one }];
}

/** @param {{steps: Step[]}} given */
export function Curve({ steps }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  if (steps.length === 0) return null;
  const points = [...before(steps), ...steps];
  const rates = /** @type {const} */ ([["coverage", "#3d85c6", ""], ["standalone", "#0b3c6f", "6 3"]]);
  const x = (/** @type {number} */ place) => LEFT + ((WIDE - LEFT - 8) * place) / Math.max(1, points.length - 1);
  const y = (/** @type {number} */ rate) => 8 + (HIGH - UNDER - 8) * (1 - rate);
  const last = steps[steps.length - 1];
  const said = word("curve.said", { n: steps.length, coverage: percent(last.coverage), standalone: percent(last.standalone) });
  return html`<figure style="margin:0" ref=${box}><svg viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${said} style="width:100%;max-width:46rem">
    ${[0, 0.5, 1].map((rate) => html`<g key=${rate}><line x1=${LEFT} x2=${WIDE} y1=${y(rate)} y2=${y(rate)} stroke="#c9d1d9" /><text x=${LEFT - 6} y=${y(rate) + 4} text-anchor="end" font-size="12" fill="#55616e">${percent(rate)}</text></g>`)}
    ${rates.map(([name, colour, dash]) => html`<polyline key=${name} fill="none" stroke=${colour} stroke-width="2.5" stroke-dasharray=${dash} points=${points.map((step, place) => `${x(place)},${y(step[name])}`).join(" ")} />
      <text x=${x(0) + 6} y=${y(points[0][name]) + (name === "coverage" ? 16 : -8)} font-size="12" fill="#1c2733">${word(`rate.${name}`)} ${percent(points[0][name])} → ${percent(last[name])}</text>`)}
    <text x=${WIDE - 4} y=${HIGH - 6} text-anchor="end" font-size="12" fill="#55616e">${word("curve.actions", { n: steps.length })}</text>
  </svg><figcaption class="muted">${said}</figcaption><${Pictures} of=${box} name=${word("curve.name")} /></figure>`;
}
