/** What the tier board is drawn of: shapes, lane heads, street bands, glyphs, lines, and what is lit above them. */

import { edgeType, titleOf } from "../lib/model.js";
import { count, half, language, say, word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";
import { Shape, looks } from "./glyph.js";

const UNIT = 5.6; // pixels from the middle of a glyph to its rim
/** What is under the glyph of a filed organisation. */
export const FILED_BAR = "M-.8 1.2H.8V1.5H-.8z";
const RIM = { "paint-order": "stroke", stroke: "#fff", "stroke-width": 4, "stroke-linejoin": "round" }; // of a text that lines pass under
const LABELLED = ["GoverningBody", "Authority", "GuidanceStation"];

/** @typedef {{type: string, id: string, name: string | null, look: string, filed: boolean, lane: string, x: number, y: number, count: number}} Spot */
/** @typedef {{type: string, source: number, target: number, tie: "actual" | "planned" | "missing" | "proposed", title?: import("../lib/words.js").Text}} Tie */
/** @typedef {{width: number, height: number, per_glyph: number, drawn: number, total: number, truncated: boolean, lanes: {lane: string, x: number, width: number}[], bands: {id: string | null, name: string, y: number, height: number, total: number, gaps: number, ended: boolean}[], glyphs: Spot[], edges: Tie[]}} Scene */

/** @param {{type: string, id: string}} spot */
export const addressOf = (spot) => `${spot.type}/${spot.id}`;

/** What a glyph is called. @param {Spot} spot */
export function nameOf(spot) {
  const look = say(looks().looks[spot.look].title);
  if (spot.count > 1) return word("board.group", { n: count(spot.count), what: look });
  return `${titleOf(spot.type)} ${spot.name ?? spot.id} ${spot.type === "Organization" ? look : ""}`;
}

/** @param {string} look @param {boolean} filed */
const shapeOf = (look, filed) => `shape-${look}${filed ? "-filed" : ""}`;

/** Every shape once; glyphs use them. */
export function Shapes() {
  return html`<defs>${Object.entries(looks().looks).flatMap(([look, glyph]) => [false, true].map((filed) => html`<g id=${shapeOf(look, filed)} key=${shapeOf(look, filed)}>
    <rect x="-7.5" y="-7.5" width="15" height="15" fill="transparent" />
    <g transform=${`scale(${UNIT * glyph.size})`}><${Shape} glyph=${glyph} />${filed && html`<path d=${FILED_BAR} fill=${glyph.colour} />`}</g></g>`))}</defs>`;
}

/** The titles of lanes, each cut where the next lane begins. @param {{scene: Scene}} given */
export function Heads({ scene }) {
  const wide = language.value === "zh" ? 15.5 : 8.3; // pixels a letter takes
  return scene.lanes.map((lane, place) => {
    const [title, until] = [say(looks().lanes[lane.lane]), scene.lanes[place + 1]?.x ?? scene.width];
    const room = Math.max(2, Math.floor((until - lane.x - 6) / wide));
    return html`<text key=${lane.lane} x=${lane.x} y="26" font-size="15" font-weight="700" fill="#1C2733">${title.length > room ? `${title.slice(0, room - 1)}…` : title}<title>${title}</title></text>`;
  });
}

/** The stripes on which streets stand. @param {{scene: Scene}} given */
export function Stripes({ scene }) {
  return scene.bands.map((band, place) => html`<rect key=${band.id} x="0" y=${band.y} width=${scene.width} height=${band.height} fill=${place % 2 ? "#fff" : "#F6F8FA"} />`);
}

/** Streets with how many are uncovered, above the lines; of one that is no more that is said. A press leaves one alone. @param {{scene: Scene}} given */
export function Streets({ scene }) {
  const x = (scene.lanes.find((lane) => lane.lane === "streets")?.x ?? 0) + 29;
  return scene.bands.map((band) => html`<text key=${band.id} data-band=${band.id ?? ""} style="cursor:pointer" x=${x} y=${band.y + band.height / 2 + 5} font-size="14" fill=${band.ended ? "#55616E" : "#1C2733"} ...${RIM}>${half(band.name)}${band.ended && word("board.ended")} ${(band.total > 0 || !band.ended) && html`<tspan fill=${band.gaps > 0 ? "#B84300" : "#55616E"} font-weight=${band.gaps > 0 ? 700 : 400}>${count(band.gaps)}</tspan>/${count(band.total)}`}</text>`);
}

/** @param {{spots: Spot[], seen: boolean[], moved: boolean[], names: string[]}} given */
export function Glyphs({ spots, seen, moved, names }) {
  return spots.map((spot, place) => seen[place] && html`<g key=${place} transform=${`translate(${spot.x} ${spot.y})`} data-id=${addressOf(spot)} data-place=${place} style="cursor:pointer" role="img">
    <title>${names[place]}</title>${moved[place] && html`<circle class="moved" r="8" fill="none" stroke="#1C2733" stroke-width="1.5" />`}<use href=${`#${shapeOf(spot.look, spot.filed)}`} /></g>`);
}

/** Those that a selection is about, above all others that are dimmed. @param {{spots: Spot[], places: number[]}} given */
export function Lit({ spots, places }) {
  return html`<g aria-hidden="true" style="pointer-events:none">${places.map((place) => html`<g key=${place} transform=${`translate(${spots[place].x} ${spots[place].y})`}><use href=${`#${shapeOf(spots[place].look, spots[place].filed)}`} /></g>`)}</g>`;
}

/** Where one stands, and what is selected. @param {{spot: Spot, chosen: boolean}} given */
export function Ring({ spot, chosen }) {
  return html`<circle class=${chosen ? "chosen" : "here"} cx=${spot.x} cy=${spot.y} r="10.5" fill="none" stroke="#0B5CAD" stroke-width=${chosen ? 3 : 1.5} stroke-dasharray=${chosen ? null : "3 2"} style="pointer-events:none" />`;
}

/** @param {{ties: Tie[], spots: Spot[]}} given */
export function Lines({ ties, spots }) {
  return ties.map((edge, place) => {
    const [one, other] = [spots[edge.source], spots[edge.target]];
    const look = edge.tie === "actual" ? looks().edges[edge.type] : looks().planned;
    const dash = edge.tie === "missing" ? "2 6" : look.dash.join(" ");
    const middle = (one.x + other.x) / 2;
    return html`<path key=${place} d=${`M${one.x} ${one.y}C${middle} ${one.y} ${middle} ${other.y} ${other.x} ${other.y}`} fill="none" stroke=${edge.tie === "missing" ? "#B84300" : look.colour} stroke-width=${look.width} stroke-dasharray=${dash}><title>${say(edge.title ?? edgeType(edge.type)?.title)}</title></path>`;
  });
}

/** The names of the few bodies that stand for themselves, above all lines and on a rim that keeps these off. @param {{spots: Spot[], seen: boolean[], bright: (place: number) => boolean}} given */
export function Labels({ spots, seen, bright }) {
  return spots.map((spot, place) => {
    if (!seen[place] || !LABELLED.includes(spot.type)) return null;
    const name = spot.name ?? spot.id;
    return html`<text key=${place} data-place=${place} aria-hidden="true" style="cursor:pointer" x=${spot.x + 11} y=${spot.y + 5} font-size="14" fill=${bright(place) ? "#1C2733" : "#55616E"} ...${RIM}>${name.length > 11 ? `${name.slice(0, 10)}…` : name}</text>`;
  });
}
