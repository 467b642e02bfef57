/** The network: the tier board, a neighbourhood, the list as a table, and the path between two nodes. */

import { actSaid } from "../lib/acts.js";
import { fileAt, may, session } from "../lib/api.js";
import { bind } from "../lib/keys.js";
import { useGet } from "../lib/load.js";
import { grouped, nodeType, nodeTypes, questionOf, titleOf, valueOf } from "../lib/model.js";
import { useNames } from "../lib/names.js";
import { useOpenOnPaper } from "../lib/paper.js";
import { change, go, href } from "../lib/url.js";
import { count, say, word } from "../lib/words.js";
import { Board } from "../parts/board.js";
import { FILED_BAR } from "../parts/board-layers.js";
import { Mark, Shape, looks } from "../parts/glyph.js";
import { Neighbourhood } from "../parts/neighbourhood.js";
import { Search } from "../parts/search.js";
import { Empty, Show } from "../parts/states.js";
import { planSaid } from "../parts/proposal.js";
import { Pager, Table } from "../parts/table.js";
import { Uncounted } from "../parts/uncounted.js";
import { Fields, Proposed, Relations } from "./organization.js";
import { html, useEffect, useMemo, useRef } from "../vendor/runtime.js";

/** Bodies by which gaps are listed, and the filter that names one. @type {Record<string, string>} */
const WITH_GAPS = { Street: "street", Authority: "authority" };
const VIEWS = ["board", "neighbours", "table"];
const THIN = 1; // a line of a relation that the legend does not name
const PAGE = 50;
const ROOMY = "(min-height: 50rem)"; // a window in which the legend takes no room from the board

/** @param {{query: Record<string, string>}} given */
export function Page({ query }) {
  const view = query.view ?? "board";
  const hidden = useMemo(() => new Set((query.hide ?? "").split(",").filter(Boolean)), [query.hide]);
  useEffect(
    () =>
      bind([
        { keys: "t", word: "view.table", act: () => change({ view: view === "table" ? null : "table" }) },
        { keys: "e", word: "view.neighbours", act: () => change({ view: view === "neighbours" ? null : "neighbours" }) },
        { keys: "p", word: "path", act: () => { change({ path: query.path ?? "" , paths: "on" }); setTimeout(() => document.getElementById("path-start")?.focus(), 50); } },
      ]),
    [view, query.path],
  );
  const scope = { street: query.street, authority: query.authority, question: query.question, group: query.group, of: query.of, revision: query.revision };
  const would = query.after ? { plan: query.after } : query.suppose ? { suppose: query.suppose } : null;
  return html`<div class="row spread"><h1>${word("page.network")}</h1>
      <div class="row" role="group" aria-label=${word("view")}>${VIEWS.map((each) => html`<button type="button" key=${each} aria-pressed=${String(view === each)} onClick=${() => change({ view: each === "board" ? null : each })}>${word(`view.${each}`)}</button>`)}
        <button type="button" aria-pressed=${String(query.paths === "on")} onClick=${() => change({ paths: query.paths === "on" ? null : "on" })}>${word("path")} <kbd>P</kbd></button></div></div>
    <${Chips} query=${query} />
    ${query.paths === "on" && html`<${Paths} query=${query} />`}
    <${Legend} hidden=${hidden} />
    <div class=${query.near ? "board-page beside" : "board-page"}>
      <section class="card" aria-label=${word("board")}>
        ${view === "board" && html`<div class="row spread"><p class="muted noprint">${word("network.choose")}</p><${Sides} query=${query} /></div>`}
        ${view === "board" && html`<${Scene} scope=${scope} would=${would} hidden=${hidden} near=${query.near ?? null} />`}
        ${view === "board" && !would && html`<${Revisions} at=${query.revision} />`}
        ${view === "neighbours" && (query.near ? html`<${Neighbourhood} of=${query.near} />` : html`<${Empty}>${word("network.choose")}<//>`)}
        ${view === "table" && html`<${Nodes} query=${query} />`}
      </section>
      ${query.near && html`<aside class="card" aria-label=${word("details")}><${Details} near=${query.near} revision=${query.revision} /></aside>`}
    </div>`;
}

/** The board as it is, or as it would be, with what looks otherwise ringed. @param {{scope: Record<string, string>, would: Record<string, string> | null, hidden: Set<string>, near: string | null}} given */
function Scene({ scope, would, hidden, near }) {
  const now = useGet("/scenes", scope);
  const then = useGet(would ? "/scenes" : null, { ...scope, ...would });
  const about = useGet(near && !would && may("change") ? "/proposals" : null, { about: near });
  const shown = would ? then : now;
  return html`<${Show} of=${shown}>${(/** @type {any} */ found) => html`<${Board} scene=${found} before=${would ? now.data : null} proposals=${about.data?.items} hidden=${hidden} selected=${near}
    onSelect=${(/** @type {string | null} */ chosen) => change({ near: chosen }, false)} onOpen=${open} onBand=${(/** @type {string} */ street) => change({ street })} />
    ${may("export") && !session.value?.body && !would && html`<p class="row noprint"><a class="button" href=${fileAt("/exports/network.html", scope)} download data-view>${word("export.page")}</a></p>`}`}<//>`;
}

/** Before and after a plan or a what-if, on the same board. @param {{query: Record<string, string>}} given */
function Sides({ query }) {
  const plans = useGet(may("change") ? "/plans" : null);
  const plan = query.after ?? plans.data?.items.at(-1)?.plan;
  const known = plans.data?.items.find((/** @type {any} */ each) => each.plan === plan);
  if (!plan && !query.suppose && !query.supposed) return null;
  /** @param {string} text @param {boolean} on @param {Record<string, string | null>} to */
  const side = (text, on, to) => html`<button type="button" aria-pressed=${String(on)} onClick=${() => change(to)}>${text}</button>`;
  return html`<div class="row" role="group" aria-label=${word("board.compare")}>
    ${side(word("board.now"), !query.after && !query.suppose, { after: null, suppose: null, supposed: query.suppose ?? query.supposed ?? null })}
    ${plan && side(word("board.after", { plan: known ? planSaid(known, plans.data.items) : plan }), Boolean(query.after), { after: plan, revision: null, suppose: null, supposed: query.suppose ?? query.supposed ?? null })}
    ${(query.suppose ?? query.supposed) && side(word("board.supposed"), Boolean(query.suppose), { after: null, revision: null, suppose: query.suppose ?? query.supposed, supposed: null })}</div>`;
}

const LOG = 1000; // revisions that are named beside the slider

/** Back and forth in time, one revision a step. @param {{at?: string}} given */
function Revisions({ at }) {
  const log = useGet("/revisions", { limit: LOG });
  const acts = log.data?.items ?? [];
  const head = Math.max(0, ...acts.map((/** @type {any} */ act) => act.revision));
  if (head < 2) return null;
  const here = Number(at) || head;
  const act = acts.find((/** @type {any} */ each) => each.revision === here);
  const told = act ? actSaid(act) : word("history.revision", { n: here });
  return html`<label class="row noprint"><span>${word("board.slider")}</span>
    <input type="range" min="1" max=${head} value=${here} aria-valuetext=${told} onChange=${(/** @type {any} */ event) => change({ revision: Number(event.target.value) === head ? null : event.target.value }, false)} /><output>${told}</output></label>`;
}

/** @param {any} spot */
function open(spot) {
  if (spot.count > 1) change({ group: `${spot.type}/${spot.id}`, of: spot.count, near: null });
  else if (spot.type === "Organization") go("organization", spot.id);
  else change({ near: `${spot.type}/${spot.id}`, view: "neighbours" });
}

/** @param {{query: Record<string, string>}} given */
function Chips({ query }) {
  const street = useGet(query.street ? `/nodes/Street/${query.street}` : null);
  const authority = useGet(query.authority ? `/nodes/Authority/${encodeURIComponent(query.authority)}` : null);
  const known = query.view === "table" ? (nodeType(query.type ?? "Organization")?.places ?? []) : null; // a table is not cut by more
  /** @type {[string, string][]} */
  const chips = [];
  if (query.street) chips.push(["street", street.data?.name ?? query.street]);
  if (query.authority) chips.push(["authority", authority.data?.name ?? query.authority]);
  if (query.question) chips.push(["question", say(questionOf(query.question)?.term)]);
  if (query.group) chips.push(["group", word("board.group", { n: query.of ?? "1", what: titleOf(query.group.split("/")[0]) })]);
  if (query.revision) chips.push(["revision", word("history.revision", { n: query.revision })]);
  const shown = chips.filter(([name]) => known === null || name === "revision" || known.includes(name));
  return shown.length > 0 && html`<ul class="chips">${shown.map(([name, text]) => html`<li key=${name}><button type="button" aria-label=${word("filters.remove", { what: text })} onClick=${() => change({ [name]: null, ...(name === "group" ? { of: null } : {}) })}>${text} ✕</button></li>`)}</ul>`;
}

/** The legend is the filter. @param {{hidden: Set<string>}} given */
function Legend({ hidden }) {
  const covers = ["none", "work-only", "functional", "joint", "standalone", "cannot-tell"];
  const types = ["GoverningBody", "Authority", "Street", "PartyOrganization", "Hub", "GuidanceStation", "InstructorPost"];
  /** @param {string} look */
  const toggle = (look) => change({ hide: (hidden.has(look) ? [...hidden].filter((each) => each !== look) : [...hidden, look]).join(",") || null }, false);
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const byNumber = (event) => {
      const look = types[Number(event.key) - 1];
      if (event.altKey && look) {
        event.preventDefault();
        toggle(look);
      }
    };
    addEventListener("keydown", byNumber);
    return () => removeEventListener("keydown", byNumber);
  }, [hidden]);
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useOpenOnPaper(box);
  /** @param {string} look @param {string} [key] */
  const line = (look, key) => html`<li key=${look}><label><input type="checkbox" checked=${!hidden.has(look)} onChange=${() => toggle(look)} /><${Mark} look=${look} /> ${say(looks().looks[look].title)} ${key && html`<kbd>Alt+${key}</kbd>`}</label></li>`;
  return html`<details class="card legend" ref=${box} open=${useMemo(() => matchMedia(ROOMY).matches, [])}><summary><h2>${word("legend")}</h2></summary><div>
    <h3>${word("legend.covers")}</h3><ul>${covers.map((each) => line(each))}<li><svg class="glyph" viewBox="-1.15 -1 2.3 2.6" aria-hidden="true"><${Shape} glyph=${looks().looks.joint} /><path d=${FILED_BAR} fill=${looks().looks.joint.colour} /></svg> ${word("legend.filed")}</li></ul>
    <h3>${word("legend.nodes")}</h3><ul>${types.map((each, place) => line(each, String(place + 1)))}</ul>
    <h3>${word("legend.ties")}</h3><ul>
      <li><svg width="34" height="8" aria-hidden="true"><path d="M0 4H34" stroke="#7A8794" stroke-width="2"/></svg> ${word("tie.actual")}</li>
      <li><svg width="34" height="8" aria-hidden="true"><path d="M0 4H34" stroke="#0B5CAD" stroke-width="2" stroke-dasharray="10 4"/></svg> ${word("tie.planned")}</li>
      <li><svg width="34" height="8" aria-hidden="true"><path d="M0 4H34" stroke="#B84300" stroke-width="2" stroke-dasharray="2 6"/></svg> ${word("tie.missing")}</li>
      ${grouped(Object.entries(looks().edges).filter(([, one]) => one.width > THIN), ([, one]) => `${one.colour} ${one.width} ${one.dash}`).map((same) => { const [[name, one]] = same; return html`<li key=${name}><svg width="34" height="8" aria-hidden="true"><path d="M0 4H34" stroke=${one.colour} stroke-width=${one.width} stroke-dasharray=${one.dash.join(" ")}/></svg> ${same.map(([each]) => titleOf(each)).join(word("mark.list"))}</li>`; })}</ul></div></details>`;
}

/** @param {{near: string, revision?: string}} given */
function Details({ near, revision }) {
  const [type, ...rest] = near.split("/");
  const node = useGet(`/nodes/${type}/${encodeURIComponent(rest.join("/"))}`, { revision });
  return html`<${Show} of=${node}>${(/** @type {any} */ found) => html`<h2>${found.name ?? found.id}</h2>
    <p class="row">${found.type === "Organization" && html`<a class="button" href=${href("organization", found.id)}>${word("organization.open")}</a>`}
      ${found.type in WITH_GAPS && html`<button type="button" onClick=${() => change({ [WITH_GAPS[found.type]]: found.id, view: null })}>${word("network.only")}</button>
        ${["uncovered", "no-work-coverage"].map((id) => html`<a class="button" key=${id} href=${href("gaps", id, { [WITH_GAPS[found.type]]: found.id, verdict: "gap" })}>${say(questionOf(id)?.term)}</a>`)}`}</p>
    ${found.type in WITH_GAPS && html`<${Uncounted} id=${found.id} revision=${revision} />`}
    ${may("change") && !revision && html`<${Proposed} about=${near} />`}<${Relations} node=${found} revision=${revision} /><${Fields} node=${found} />`}<//>`;
}

/** @param {{query: Record<string, string>}} given */
function Nodes({ query }) {
  const type = query.type ?? "Organization";
  const { sort, cursor, revision } = query;
  const { fields: all = [], places = [] } = nodeType(type) ?? {};
  const fields = all.filter((each) => !["name", "aliases"].includes(each.name)).slice(0, 6);
  const list = useGet(`/nodes/${type}`, { ...Object.fromEntries(places.map((name) => [name, query[name]])), sort, cursor, revision, limit: PAGE });
  const columns = [
    { key: "name", title: word("name"), sort: true, show: (/** @type {any} */ row) => html`<a href=${type === "Organization" ? href("organization", row.id) : href("network", "", { ...query, near: `${type}/${row.id}` })}>${row.name ?? row.id}</a>` },
    ...fields.map((field) => ({ key: field.name, title: say(field.title), sort: true, number: field.kind === "integer" || field.kind === "number", show: (/** @type {any} */ row) => valueOf(field, row.fields[field.name], word) })),
  ];
  return html`<label class="row"><span>${word("type")}</span><select value=${type} onChange=${(/** @type {any} */ event) => change({ type: event.target.value, sort: null, cursor: null })}>${nodeTypes().map((each) => html`<option key=${each.name} value=${each.name} selected=${each.name === type}>${say(each.title)}</option>`)}</select></label>
    <${Show} of=${list}>${(/** @type {any} */ found) => html`
      <${Table} caption=${titleOf(type)} columns=${columns} rows=${found.items} sort=${sort ?? ""} onSort=${(/** @type {string} */ by) => change({ sort: by, cursor: null })} />
      <${Pager} shown=${found.items.length} total=${found.total} next=${found.next} first=${!cursor} onNext=${(/** @type {string} */ next) => change({ cursor: next })} onFirst=${() => change({ cursor: null })} />`}<//>
    ${may("export") && html`<p><a class="button" href=${fileAt("/exports/network/xlsx")} download>${word("export.whole")}</a></p>`}`;
}

/** The shortest way between two nodes. @param {{query: Record<string, string>}} given */
function Paths({ query }) {
  const both = query.start && query.end;
  const ends = [query.start, query.end].map((address) => (address ? { type: address.split("/")[0], id: address.split("/").slice(1).join("/") } : null));
  const nameOf = useNames(ends.filter((end) => end !== null));
  const steps = useRef(/** @type {HTMLElement | null} */ (null));
  const found = useGet(both ? "/paths" : null, { start: query.start, end: query.end, revision: query.revision });
  /** @param {"start" | "end"} name @param {() => void} next */
  const end = (name, next) => {
    const chosen = ends[name === "start" ? 0 : 1];
    return html`<div class="field"><span>${word(`path.${name}`)}${chosen && html`${word("mark.colon")}<strong>${nameOf(chosen)}</strong>`}</span>
      <${Search} id=${`path-${name}`} label=${word(`path.${name}`)} onPick=${(/** @type {any} */ one) => { change({ [name]: `${one.type}/${one.id}` }); next(); }} /></div>`;
  };
  return html`<section class="card" aria-label=${word("path")} tabindex="-1" ref=${steps}><div class="row">
      ${end("start", () => document.getElementById("path-end")?.focus())} ${end("end", () => steps.current?.focus())}</div>
    ${both && html`<${Show} of=${found}>${(/** @type {any} */ path) =>
      path.steps === null ? html`<p>${word("path.none")}</p>` : html`<ol>${path.steps.map((/** @type {any} */ step) => html`<li key=${`${step.type}/${step.id}`}>${step.relations.length > 0 && html`<small>${step.ties.map((/** @type {any} */ tie, /** @type {number} */ nth) => html`${nth > 0 && word("mark.list")}${say(tie.label)}${tie.state === "planned" && html` <em>${word("planned")}</em>`}`)} → </small>`}<${Mark} look=${step.type} /> <a href=${href("network", "", { near: `${step.type}/${step.id}` })}>${step.name ?? step.id}</a></li>`)}</ol>`}<//>`}
  </section>`;
}
