/**
 * The tier board: every glyph an element that keys, screen readers and tests reach. Relations are drawn on selection;
 * beyond forty the nodes at their other ends are lit instead, since a fan of lines hides the rows.
 */

import { bind } from "../lib/keys.js";
import { count, language, say, word } from "../lib/words.js";
import { html, useEffect, useMemo, useRef, useState } from "../vendor/runtime.js";
import { Glyphs, Heads, Labels, Lines, Lit, Ring, Shapes, Streets, Stripes, addressOf, nameOf } from "./board-layers.js";
import { looks } from "./glyph.js";
import { Pictures } from "./pictures.js";

const MOST_LINES = 40;
const STEP = 1.25; // one press of + or −
const [WIDE, SMALLEST] = [1110, 0.62]; // the least width of a board on the screen: in pixels, and of its own

/** @typedef {import("./board-layers.js").Scene} Scene */
/** @typedef {import("./board-layers.js").Spot} Spot */
/** @typedef {import("./board-layers.js").Tie} Tie */

/**
 * What looks otherwise than in the scene `before`, or is not in it, is ringed, and told in numbers below; `proposals` of the
 * node selected are drawn as ghosts beside what is missing. What stays the same from key to key is drawn once.
 * @param {{scene: Scene, before?: Scene | null, proposals?: any[], hidden: Set<string>, selected: string | null, onSelect: (address: string | null) => void, onOpen: (spot: Spot) => void, onBand: (id: string) => void}} given
 */
export function Board({ scene, before = null, proposals = [], hidden, selected, onSelect, onOpen, onBand }) {
  const [view, setView] = useState({ x: 0, y: 0, zoom: 1 });
  const [at, setAt] = useState(-1);
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const now = useRef({ at, selected });
  now.current = { at, selected }; // fast repeated keys act on what is, not on what was drawn last
  const spots = scene.glyphs;
  const places = useMemo(() => new Map(spots.map((spot, place) => [addressOf(spot), spot.count === 1 ? place : -1])), [spots]);
  const seen = useMemo(() => spots.map((spot) => !hidden.has(spot.look) && !hidden.has(spot.type)), [spots, hidden]);
  const chosen = selected === null ? -1 : (places.get(selected) ?? -1);
  const ghosts = useMemo(() => proposals.flatMap((each) => proposed(each, places)), [proposals, places]);
  const ties = useMemo(() => (chosen < 0 ? [] : [...scene.edges.filter((edge) => (edge.source === chosen || edge.target === chosen) && !hidden.has(edge.type)), ...ghosts]), [scene, chosen, hidden, ghosts]);
  const looked = useMemo(() => before && new Map(before.glyphs.filter((spot) => spot.count === 1).map((spot) => [addressOf(spot), spot.look])), [before]);
  const moved = useMemo(() => spots.map((spot) => {
    if (!before || !looked || spot.count > 1) return false;
    const look = looked.get(addressOf(spot));
    return look === undefined ? before.per_glyph === 1 : look !== spot.look; // in a group before: nobody knows how it looked
  }), [spots, before, looked]);
  const ended = useMemo(() => new Set(scene.bands.filter((band) => band.ended).map((band) => band.id)), [scene]);
  const names = useMemo(() => spots.map((spot, place) => `${nameOf(spot)}${spot.type === "Street" && ended.has(spot.id) ? word("board.ended") : ""}${moved[place] ? ` · ${was(looked?.get(addressOf(spot)))}` : ""}`), [spots, moved, ended, language.value]);
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

  /** Go to a glyph. @param {number} place */
  const stand = (place) => {
    now.current.at = place;
    setAt(place);
  };
  /** @param {number} place */
  const choose = (place) => {
    const spot = spots[place];
    stand(place);
    if (spot.count > 1 || addressOf(spot) === now.current.selected) onOpen(spot);
    else onSelect(addressOf(spot));
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const direction = DIRECTIONS[event.key];
    if (direction) event.shiftKey ? pan(60 * direction[0], 60 * direction[1]) : stand(nearest(spots, seen, now.current.at, ...direction));
    else if (event.key === "Enter" && now.current.at >= 0) choose(now.current.at);
    else if (event.key === "Escape") onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (/** @type {any} */ event) => {
    const [glyph, band] = ["place", "band"].map((name) => event.target.closest(`[data-${name}]`));
    if (glyph) choose(Number(glyph.dataset.place));
    else if (band?.dataset.band) onBand(band.dataset.band);
  };
  useEffect(() => {
    const [ring, frame] = [(box.current?.querySelector(".here") ?? box.current?.querySelector(".chosen"))?.getBoundingClientRect(), box.current?.getBoundingClientRect()];
    if (ring && frame) box.current?.scrollBy({ left: beyond(ring.left, ring.right, frame.left, frame.right), top: beyond(ring.top, ring.bottom, frame.top, frame.bottom) });
  }, [at, chosen]);
  const still = useMemo(() => html`<g opacity=${chosen >= 0 ? 0.22 : 1}><${Glyphs} spots=${spots} seen=${seen} moved=${moved} names=${names} /></g>`, [spots, seen, moved, names, chosen >= 0]);
  const ground = useMemo(() => html`<${Shapes} /><${Heads} scene=${scene} /><${Stripes} scene=${scene} />`, [scene, language.value]);
  const drawn = useMemo(() => html`${ties.length <= MOST_LINES && html`<${Lines} ties=${ties} spots=${spots} />`}`, [ties, spots]);
  const streets = useMemo(() => html`<${Streets} scene=${scene} />`, [scene, language.value]);
  const labels = useMemo(() => html`<${Labels} spots=${spots} seen=${seen} bright=${(/** @type {number} */ place) => chosen < 0 || place === chosen || lit.has(place)} />`, [spots, seen, chosen, lit]);
  const over = useMemo(() => chosen >= 0 && html`<${Lit} spots=${spots} places=${[chosen, ...lit].filter((place) => seen[place])} />`, [spots, chosen, lit, seen]);
  return html`
    <div class="row noprint">
      <button type="button" onClick=${fit}>${word("board.fit")}</button><button type="button" aria-label=${word("board.in")} onClick=${() => zoom(STEP)}>+</button><button type="button" aria-label=${word("board.out")} onClick=${() => zoom(1 / STEP)}>−</button>
      ${/** @type {const} */ ([["←", -120, 0], ["→", 120, 0], ["↑", 0, -120], ["↓", 0, 120]]).map(([sign, dx, dy]) => html`<button type="button" key=${sign} aria-label=${word("board.pan", { sign })} onClick=${() => pan(dx, dy)}>${sign}</button>`)}
      <span class="muted">${word("board.drawn", { drawn: count(scene.drawn), total: count(scene.total) })}${scene.per_glyph > 1 ? ` · ${word("board.per-glyph", { k: count(scene.per_glyph) })}` : ""}${scene.truncated ? ` · ${word("board.truncated")}` : ""}</span>
      <${Pictures} of=${box} name=${word("board")} />
    </div>
    ${before && looked && html`<${Moves} scene=${scene} before=${before} looked=${looked} moved=${moved} />`}
    <div class="scroll" ref=${box}><svg class="board" tabindex="0" role="application" aria-label=${word("board")} viewBox=${`${view.x} ${view.y} ${scene.width / view.zoom} ${scene.height / view.zoom}`} style=${`aspect-ratio:${scene.width}/${scene.height};min-width:${Math.round(Math.min(WIDE, SMALLEST * scene.width))}px`} onKeyDown=${onKey} onClick=${onClick}>
      ${ground}${drawn}${still}${over}${labels}${streets}
      ${chosen >= 0 && html`<${Ring} spot=${spots[chosen]} chosen=${true} />`}${spots[at] && html`<${Ring} spot=${spots[at]} chosen=${false} />`}
    </svg></div>
    <div class="unseen" aria-live="polite">${names[at] ?? ""}</div>
    ${ties.length > MOST_LINES && html`<p class="muted" role="status">${word("board.many", { n: ties.length })}</p>`}`;
}

/** How far what lies beyond a frame is from its middle; 0 for what lies in it. @param {number} low @param {number} high @param {number} from @param {number} to */
const beyond = (low, high, from, to) => (low < from || high > to ? low - (from + to) / 2 : 0);

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The place of the next glyph that is seen in a direction: the nearest by distance and by how far off the line it lies.
 * @param {Spot[]} spots @param {boolean[]} seen @param {number} from @param {number} dx @param {number} dy
 */
function nearest(spots, seen, from, dx, dy) {
  if (from < 0) return seen.indexOf(true);
  const here = spots[from];
  let [best, least] = [from, Infinity];
  spots.forEach((spot, place) => {
    if (!seen[place] || place === from) return;
    const along = (spot.x - here.x) * dx + (spot.y - here.y) * dy;
    const off = Math.abs((spot.x - here.x) * dy) + Math.abs((spot.y - here.y) * dx);
    if (along > 0.5 && along + 3 * off < least) [best, least] = [place, along + 3 * off];
  });
  return best;
}

/**
 * What is otherwise, in numbers: from which look to which, and streets' uncovered before and after where glyphs stand for several.
 * @param {{scene: Scene, before: Scene, looked: Map<string, string>, moved: boolean[]}} given
 */
function Moves({ scene, before, looked, moved }) {
  /** @type {Map<string, number>} */
  const ways = new Map();
  scene.glyphs.forEach((spot, place) => {
    if (!moved[place]) return;
    const [was, is] = [looked.get(addressOf(spot)), spot.look].map((look) => (look ? say(looks().looks[look].title) : word("board.new")));
    ways.set(`${was} → ${is}`, (ways.get(`${was} → ${is}`) ?? 0) + 1);
  });
  const there = new Set(scene.glyphs.map(addressOf));
  const gone = scene.per_glyph > 1 || before.per_glyph > 1 ? 0 : before.glyphs.filter((spot) => !there.has(addressOf(spot))).length;
  const [gaps, short] = [scene, before].map((one) => one.bands.reduce((sum, band) => sum + band.gaps, 0));
  return html`<p role="status"><strong>${word("board.changed", { n: count(moved.filter(Boolean).length) })}</strong>
    ${[...ways].sort((one, other) => other[1] - one[1]).map(([way, n]) => html` <span class="chip" key=${way}>${way} ${count(n)}</span>`)}${gone > 0 && html` <span class="chip">${word("board.gone", { n: count(gone) })}</span>`}
    <span class="muted"> ${word("board.gaps", { before: count(short), after: count(gaps) })}</span></p>`;
}

/** @param {string | undefined} look */
const was = (look) => (look ? word("board.was", { what: say(looks().looks[look].title) }) : word("board.new"));

/** What a proposal would bring: its subjects to its target, or to the first of them where the target is still to be founded. @param {any} one @param {Map<string, number>} places @returns {Tie[]} */
function proposed(one, places) {
  const find = (/** @type {any} */ node) => (node ? (places.get(addressOf(node)) ?? -1) : -1);
  const subjects = one.subjects.map(find).filter((/** @type {number} */ place) => place >= 0);
  const end = find(one.target) >= 0 ? find(one.target) : subjects.shift();
  return end === undefined ? [] : subjects.map((/** @type {number} */ source) => ({ type: "", source, target: end, tie: "proposed", title: one.title }));
}
