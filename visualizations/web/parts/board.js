/**
 * The tier board: every glyph an element that keys, screen readers and tests reach. Relations are drawn on selection;
 * beyond forty the nodes at their other ends are lit instead, since a fan of lines hides the rows.
 */

import { bind } from "../lib/keys.js";
import { edgeType, titleOf } from "../lib/model.js";
import { count, half, language, say, word } from "../lib/words.js";
import { html, useEffect, useMemo, useRef, useState } from "../vendor/runtime.js";
import { Shape, looks } from "./glyph.js";

const UNIT = 5.6; // pixels from the middle of a glyph to its rim
const MOST_LINES = 40;
const FILED_BAR = "M-.8 1.2H.8V1.5H-.8z";
const STEP = 1.25; // one press of + or −

/** @typedef {{type: string, id: string, name: string | null, look: string, filed: boolean, lane: string, x: number, y: number, count: number}} Spot */
/** @typedef {{type: string, source: number, target: number, tie: "actual" | "planned" | "missing" | "proposed", title?: import("../lib/words.js").Text}} Tie */
/** @typedef {{width: number, height: number, per_glyph: number, drawn: number, total: number, truncated: boolean, lanes: {lane: string, x: number, width: number}[], bands: {id: string | null, name: string, y: number, height: number, total: number, gaps: number}[], glyphs: Spot[], edges: Tie[]}} Scene */

/**
 * What differs from `before` (looks by address, where the scene is of what would be) is ringed; `proposals` of the node
 * selected are drawn as ghosts beside what is missing.
 * @param {{scene: Scene, before?: Map<string, string> | null, proposals?: any[], hidden: Set<string>, selected: string | null, onSelect: (address: string | null) => void, onOpen: (spot: Spot) => void, onBand: (id: string) => void}} given
 */
export function Board({ scene, before = null, proposals = [], hidden, selected, onSelect, onOpen, onBand }) {
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [view, setView] = useState({ x: 0, y: 0, zoom: 1 });
  const [at, setAt] = useState(-1);
  const now = useRef({ at, view });
  now.current = { at, view }; // fast repeated keys act on what is, not on what was drawn last
  const spots = scene.glyphs;
  const seen = useMemo(() => spots.map((spot) => !hidden.has(spot.look) && !hidden.has(spot.type)), [spots, hidden]);
  const chosen = useMemo(() => spots.findIndex((spot) => addressOf(spot) === selected), [spots, selected]);
  const ghosts = useMemo(() => proposals.flatMap((each) => proposed(each, spots)), [proposals, spots]);
  const ties = useMemo(() => (chosen < 0 ? [] : [...scene.edges.filter((edge) => (edge.source === chosen || edge.target === chosen) && !hidden.has(edge.type)), ...ghosts]), [scene, chosen, hidden, ghosts]);
  const moved = useMemo(() => spots.map((spot) => spot.count === 1 && before !== null && before.get(addressOf(spot)) !== spot.look), [spots, before]);
  const lit = useMemo(() => new Set(ties.flatMap((edge) => [edge.source, edge.target])), [ties]);

  const fit = () => setView({ x: 0, y: 0, zoom: 1 });
  /** @param {number} by */
  const zoom = (by) => setView((before) => ({ ...before, zoom: Math.min(8, Math.max(1, before.zoom * by)) }));
  /** @param {number} dx @param {number} dy */
  const pan = (dx, dy) => setView((before) => ({ ...before, x: before.x + dx / before.zoom, y: before.y + dy / before.zoom }));
  useEffect(
    () =>
      bind([
        { keys: "f", word: "board.fit", act: fit },
        { keys: "+", word: "board.in", act: () => zoom(STEP) },
        { keys: "-", word: "board.out", act: () => zoom(1 / STEP) },
      ]),
    [],
  );

  /** The next glyph that is seen in a direction, the nearest by distance and by how far off the line it lies. @param {number} dx @param {number} dy */
  const move = (dx, dy) => {
    const from = now.current.at;
    if (from < 0) return setAt(seen.indexOf(true));
    const here = spots[from];
    let best = from;
    let least = Infinity;
    spots.forEach((spot, place) => {
      if (!seen[place] || place === from) return;
      const along = (spot.x - here.x) * dx + (spot.y - here.y) * dy;
      const off = Math.abs((spot.x - here.x) * dy) + Math.abs((spot.y - here.y) * dx);
      if (along > 0.5 && along + 3 * off < least) [best, least] = [place, along + 3 * off];
    });
    setAt(best);
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const directions = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
    const direction = directions[event.key];
    if (direction) event.shiftKey ? pan(60 * direction[0], 60 * direction[1]) : move(...direction);
    else if (event.key === "Enter" && now.current.at >= 0) choose(now.current.at);
    else if (event.key === "Escape") onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** @param {number} place */
  const choose = (place) => {
    const spot = spots[place];
    setAt(place);
    if (spot.count > 1) return onOpen(spot);
    const address = addressOf(spot);
    address === selected ? onOpen(spot) : onSelect(address);
  };
  /** @param {Spot} spot */
  const named = (spot) => `${plainly(spot)}${before !== null && moved[spots.indexOf(spot)] ? ` · ${was(before.get(addressOf(spot)))}` : ""}`;
  /** @param {Spot} spot */
  const plainly = (spot) => (spot.count > 1 ? word("board.group", { n: count(spot.count), what: say(looks().looks[spot.look].title) }) : `${titleOf(spot.type)} ${spot.name ?? spot.id} ${spot.type === "Organization" ? say(looks().looks[spot.look].title) : ""}`);
  const [width, height] = [scene.width / view.zoom, scene.height / view.zoom];
  return html`
    <div class="row noprint">
      <button type="button" onClick=${fit}>${word("board.fit")}</button><button type="button" aria-label=${word("board.in")} onClick=${() => zoom(STEP)}>+</button><button type="button" aria-label=${word("board.out")} onClick=${() => zoom(1 / STEP)}>−</button>
      ${/** @type {const} */ ([["←", -120, 0], ["→", 120, 0], ["↑", 0, -120], ["↓", 0, 120]]).map(([sign, dx, dy]) => html`<button type="button" key=${sign} aria-label=${word("board.pan", { sign })} onClick=${() => pan(dx, dy)}>${sign}</button>`)}
      <span class="muted">${word("board.drawn", { drawn: count(scene.drawn), total: count(scene.total) })}${scene.per_glyph > 1 ? ` · ${word("board.per-glyph", { k: count(scene.per_glyph) })}` : ""}${scene.truncated ? ` · ${word("board.truncated")}` : ""}</span>
      ${before !== null && html`<strong role="status">${word("board.changed", { n: count(moved.filter(Boolean).length) })}</strong>`}
    </div>
    <svg ref=${svg} class="board" tabindex="0" role="application" aria-label=${word("board")} viewBox=${`${view.x} ${view.y} ${width} ${height}`} style=${`aspect-ratio:${scene.width}/${scene.height}`} onKeyDown=${onKey}>
      ${scene.lanes.map((lane, place) => html`<${Head} key=${lane.lane} lane=${lane} until=${scene.lanes[place + 1]?.x ?? scene.width} />`)}
      ${scene.bands.map((band, place) => html`<rect key=${band.id} x="0" y=${band.y} width=${scene.width} height=${band.height} fill=${place % 2 ? "#fff" : "#F6F8FA"} />`)}
      ${ties.length <= MOST_LINES && ties.map((edge, place) => html`<${Line} key=${place} edge=${edge} spots=${spots} />`)}
      ${spots.map((spot, place) => seen[place] && html`<${Glyph} key=${place} spot=${spot} place=${place} dim=${chosen >= 0 && place !== chosen && !lit.has(place)} on=${place === chosen} moved=${moved[place]} at=${place === at} name=${named(spot)} />`)}
      ${scene.bands.map((band) => html`<g key=${`label${band.id}`} data-band=${band.id ?? ""} style="cursor:pointer" onClick=${() => band.id && onBand(band.id)}><text x=${bandX(scene) + 24} y=${band.y + band.height / 2 + 4} font-size="12" fill="#1C2733">${half(band.name)} <tspan fill="#B84300" font-weight="700">${count(band.gaps)}</tspan>/${count(band.total)}</text></g>`)}
    </svg>
    <div class="unseen" aria-live="polite">${at >= 0 && spots[at] ? named(spots[at]) : ""}</div>
    ${ties.length > MOST_LINES && html`<p class="muted" role="status">${word("board.many", { n: ties.length })}</p>`}`;

  /** @param {{spot: Spot, place: number, dim: boolean, on: boolean, moved: boolean, at: boolean, name: string}} given */
  function Glyph({ spot, place, dim, on, moved: other, at: here, name }) {
    const glyph = looks().looks[spot.look];
    const size = UNIT * glyph.size;
    const labelled = ["GoverningBody", "Authority", "GuidanceStation"].includes(spot.type);
    return html`<g transform=${`translate(${spot.x} ${spot.y})`} opacity=${dim ? 0.22 : 1} data-id=${addressOf(spot)} style="cursor:pointer" onClick=${() => choose(place)} role="img" aria-label=${name}>
      <title>${name}</title><rect x="-7.5" y="-7.5" width="15" height="15" fill="transparent" />
      ${other && html`<circle class="moved" r="8" fill="none" stroke="#1C2733" stroke-width="1.5" />`}
      ${(on || here) && html`<circle r="10.5" fill="none" stroke="#0B5CAD" stroke-width=${on ? 3 : 1.5} stroke-dasharray=${on ? null : "3 2"} />`}
      <g transform=${`scale(${size})`}><${Shape} glyph=${glyph} />${spot.filed && html`<path d=${FILED_BAR} fill=${glyph.colour} />`}</g>
      ${labelled && html`<text x="11" y="4" font-size="11" fill="#1C2733">${short(spot.name ?? spot.id)}</text>`}
    </g>`;
  }
}

/** @param {{type: string, id: string}} spot */
export const addressOf = (spot) => `${spot.type}/${spot.id}`;

/** @param {string | undefined} look */
const was = (look) => (look ? word("board.was", { what: say(looks().looks[look].title) }) : word("board.new"));

/** What a proposal would bring: its subjects to its target, or to the first of them where the target is still to be founded. @param {any} one @param {Spot[]} spots @returns {Tie[]} */
function proposed(one, spots) {
  const places = new Map(spots.map((spot, place) => [addressOf(spot), spot.count === 1 ? place : -1]));
  const find = (/** @type {any} */ node) => (node ? (places.get(addressOf(node)) ?? -1) : -1);
  const subjects = one.subjects.map(find).filter((/** @type {number} */ place) => place >= 0);
  const end = find(one.target) >= 0 ? find(one.target) : subjects.shift();
  return end === undefined ? [] : subjects.map((/** @type {number} */ source) => ({ type: "", source, target: end, tie: "proposed", title: one.title }));
}

/** The title of a lane, cut where the next lane begins. @param {{lane: {lane: string, x: number}, until: number}} given */
function Head({ lane, until }) {
  const title = say(looks().lanes[lane.lane]);
  const wide = language.value === "zh" ? 13.5 : 7.2; // pixels a letter takes
  const room = Math.max(2, Math.floor((until - lane.x - 6) / wide));
  return html`<text x=${lane.x} y="26" font-size="13" font-weight="700" fill="#1C2733">${title.length > room ? `${title.slice(0, room - 1)}…` : title}<title>${title}</title></text>`;
}

/** @param {string} name */
const short = (name) => (name.length > 11 ? `${name.slice(0, 10)}…` : name);

/** @param {Scene} scene */
const bandX = (scene) => scene.lanes.find((lane) => lane.lane === "streets")?.x ?? 0;

/** @param {{edge: Tie, spots: Spot[]}} given */
function Line({ edge, spots }) {
  const [one, other] = [spots[edge.source], spots[edge.target]];
  const look = edge.tie === "actual" ? looks().edges[edge.type] : looks().planned;
  const dash = edge.tie === "missing" ? "2 6" : look.dash.join(" ");
  const middle = (one.x + other.x) / 2;
  return html`<path d=${`M${one.x} ${one.y}C${middle} ${one.y} ${middle} ${other.y} ${other.x} ${other.y}`} fill="none" stroke=${edge.tie === "missing" ? "#B84300" : look.colour} stroke-width=${look.width} stroke-dasharray=${dash}><title>${say(edge.title ?? edgeType(edge.type)?.title)}</title></path>`;
}
