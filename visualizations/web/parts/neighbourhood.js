/** Who stands around a node? A picture on one ring, each with its name, which the list of relations says in words. */

import { useGet } from "../lib/load.js";
import { grouped, titleOf } from "../lib/model.js";
import { useNames } from "../lib/names.js";
import { go, href } from "../lib/url.js";
import { say, word } from "../lib/words.js";
import { html, useRef } from "../vendor/runtime.js";
import { useLooks } from "./covers.js";
import { Shape, looks } from "./glyph.js";
import { Pictures } from "./pictures.js";
import { Show } from "./states.js";

const [WIDE, ROUND, LINE, LEAST] = [620, 130, 17, 240]; // the picture, half of its ring, a name's height, the least height
const APART = 4; // pixels between two relations to one node
const LONGEST = 14; // letters of a name beside its mark

/**
 * @param {{of: string, most?: number}} given `of` is a node's address, type/id
 */
export function Neighbourhood({ of, most = 80 }) {
  const [type, ...rest] = of.split("/");
  const id = rest.join("/");
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const name = useNames([{ type, id }])({ type, id });
  const list = useGet(`/neighbours/${type}/${encodeURIComponent(id)}`, { limit: most });
  const lookOf = useLooks([{ type, id }, ...(list.data?.items ?? [])]);
  return html`<${Show} of=${list}>${(/** @type {any} */ found) => {
    const items = grouped(found.items, (/** @type {any} */ each) => `${each.type}/${each.id}`);
    const right = Math.ceil(items.length / 2);
    const high = Math.max(LEAST, LINE * (right + 1));
    const [middle, centre] = [WIDE / 2, high / 2];
    /** Down the right side, up the left one: each on a line of its own, so that names do not meet. @param {number} place */
    const at = (place) => {
      const [side, line, lines] = place < right ? [1, place, right] : [-1, items.length - 1 - place, items.length - right];
      const down = (2 * (line + 0.5)) / lines - 1;
      return { side, x: middle + side * ROUND * Math.sqrt(1 - down * down), y: centre + (down * (high - LINE)) / 2 };
    };
    return html`<div ref=${box}><svg viewBox=${`0 0 ${WIDE} ${high}`} role="group" aria-label=${word("neighbourhood", { n: found.total })} style="width:100%;max-width:64rem">
      ${items.map((ties, place) => {
        const { x, y } = at(place);
        const lines = grouped(ties, (each) => `${each.edge} ${each.state}`);
        return lines.map(([each], nth) => {
          const line = each.state === "planned" ? looks().planned : looks().edges[each.edge];
          const aside = APART * (nth - (lines.length - 1) / 2);
          return html`<line key=${`line${place} ${nth}`} x1=${middle} y1=${centre + aside} x2=${x} y2=${y + aside} stroke=${line.colour} stroke-width=${line.width} stroke-dasharray=${line.dash.join(" ")} />`;
        });
      })}
      ${items.map((ties, place) => {
        const [each] = ties;
        /** @param {(tie: any) => string} said */
        const all = (said) => [...new Set(ties.map(said))].join(word("mark.list"));
        const { side, x, y } = at(place);
        const name = each.name ?? each.id;
        const to = each.type === "Organization" ? href("organization", each.id) : href("network", "", { near: `${each.type}/${each.id}` });
        return html`<a key=${place} href=${to} aria-label=${`${all((tie) => say(tie.label))} ${titleOf(each.type)} ${name}`} data-id=${`${each.type}/${each.id}`}>
          <circle cx=${x} cy=${y} r="12" fill="transparent" /><g transform=${`translate(${x} ${y}) scale(6.5)`}><${Shape} glyph=${looks().looks[lookOf(each)]} /></g>
          <text x=${x + 13 * side} y=${y + 4} text-anchor=${side > 0 ? "start" : "end"} font-size="11" fill="#1C2733">${name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name}</text>
          <title>${`${all((tie) => titleOf(tie.edge))} · ${name} · ${say(looks().looks[lookOf(each)].title)}`}</title></a>`;
      })}
      <g transform=${`translate(${middle} ${centre}) scale(13)`} role="img" aria-label=${`${titleOf(type)} ${name}`}><${Shape} glyph=${looks().looks[lookOf({ type, id })]} /><title>${`${titleOf(type)} ${name}`}</title></g>
      <text x=${middle} y=${centre + 28} text-anchor="middle" font-size="12" font-weight="600" fill="#1C2733" paint-order="stroke" stroke="#fff" stroke-width="4" stroke-linejoin="round" style="pointer-events:none">${name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name}</text>
    </svg></div><p class="row"><${Pictures} of=${box} name=${`${name} ${word("view.neighbours")}`} /></p>
    ${found.total > found.items.length && html`<p class="muted">${word("more", { n: found.total - found.items.length })} <button type="button" onClick=${() => go("network", "", { near: of, view: "table" })}>${word("view.table")}</button></p>`}`;
  }}<//>`;
}
