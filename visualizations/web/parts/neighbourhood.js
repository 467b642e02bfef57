/** Who stands around a node? A small picture on one ring, which the list of relations says in words. */

import { useGet } from "../lib/load.js";
import { edgeType, titleOf } from "../lib/model.js";
import { go, href } from "../lib/url.js";
import { say, word } from "../lib/words.js";
import { html, useRef } from "../vendor/runtime.js";
import { useLooks } from "./covers.js";
import { Shape, looks } from "./glyph.js";
import { Pictures } from "./pictures.js";
import { Show } from "./states.js";

const SIZE = 420;
const RADIUS = 150;

/**
 * @param {{of: string, most?: number}} given `of` is a node's address, type/id
 */
export function Neighbourhood({ of, most = 80 }) {
  const [type, ...rest] = of.split("/");
  const id = rest.join("/");
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const list = useGet(`/neighbours/${type}/${encodeURIComponent(id)}`, { limit: most });
  const lookOf = useLooks([{ type, id }, ...(list.data?.items ?? [])]);
  return html`<${Show} of=${list}>${(/** @type {any} */ found) => {
    /** @type {any[]} */
    const items = found.items;
    /** @param {number} place */
    const at = (place) => {
      const angle = (2 * Math.PI * place) / Math.max(items.length, 1) - Math.PI / 2;
      return [SIZE / 2 + RADIUS * Math.cos(angle) * 1.15, SIZE / 2 + RADIUS * Math.sin(angle)];
    };
    return html`<div ref=${box}><svg viewBox=${`0 0 ${SIZE} ${SIZE}`} role="group" aria-label=${word("neighbourhood", { n: found.total })} style="width:100%;max-height:30rem">
      ${items.map((each, place) => {
        const [x, y] = at(place);
        const line = each.state === "planned" ? looks().planned : looks().edges[each.edge];
        return html`<line key=${`line${place}`} x1=${SIZE / 2} y1=${SIZE / 2} x2=${x} y2=${y} stroke=${line.colour} stroke-width=${line.width} stroke-dasharray=${line.dash.join(" ")} />`;
      })}
      ${items.map((each, place) => {
        const [x, y] = at(place);
        const name = each.name ?? each.id;
        const to = each.type === "Organization" ? href("organization", each.id) : href("network", "", { near: `${each.type}/${each.id}` });
        return html`<a key=${place} href=${to} aria-label=${`${say(each.label)} ${titleOf(each.type)} ${name}`} data-id=${`${each.type}/${each.id}`}>
          <circle cx=${x} cy=${y} r="13" fill="transparent" /><g transform=${`translate(${x} ${y}) scale(8)`}><${Shape} glyph=${looks().looks[lookOf(each)]} /></g>
          ${items.length <= 24 && html`<text x=${x} y=${y + 20} text-anchor="middle" font-size="9.5" fill="#1C2733">${name.length > 12 ? `${name.slice(0, 11)}…` : name}</text>`}
          <title>${`${say(edgeType(each.edge)?.title)} · ${name} · ${say(looks().looks[lookOf(each)].title)}`}</title></a>`;
      })}
      <g transform=${`translate(${SIZE / 2} ${SIZE / 2}) scale(13)`}><${Shape} glyph=${looks().looks[lookOf({ type, id })]} /></g>
    </svg></div><p class="row"><${Pictures} of=${box} name="neighbours" /></p>
    ${found.total > items.length && html`<p class="muted">${word("more", { n: found.total - items.length })} <button type="button" onClick=${() => go("network", "", { near: of, view: "table" })}>${word("view.table")}</button></p>`}`;
  }}<//>`;
}
