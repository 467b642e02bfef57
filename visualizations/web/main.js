/** The pages begin here: words, then who is signed in, then the model, then the page that the address names. */

import { get, ofDistrict, session, underway, whoAmI, written } from "./lib/api.js";
import { keepFocus, toContent } from "./lib/focus.js";
import { loadModel } from "./lib/model.js";
import { place } from "./lib/url.js";
import { language, loadWords, word } from "./lib/words.js";
import { loadLegend } from "./parts/glyph.js";
import { Empty, Fault, Welcome } from "./parts/states.js";
import { PAGES, Shell } from "./shell.js";
import { effect, html, render, useEffect, useRef, useState } from "./vendor/runtime.js";

const BEYOND = ["organization", "record", "sign-in"]; // pages that are reached from others
const QUIET = 400; // milliseconds without a request after which a page has what it asks
const WITHOUT_DATA = ["import", "users"]; // pages that say something of an empty workspace

/** @param {string} name */
const known = (name) => [...PAGES.map((each) => each.name), ...BEYOND].includes(name);

/** The module of a page; a browser may keep that it could not be fetched, so that each `round` asks by an address of its own. @param {string} name @param {number} [round] */
const fetched = (name, round = 0) => import(`./pages/${name}.js${round ? `?again=${round}` : ""}`);
/** The page that the address names, else the one that says that there is none such. */
const named = () => (known(place.value.page) ? place.value.page : "unknown");
/** Ask after each write, once the page in hand has what it asks: a server that still reads the new revision answers others with the one before. @param {() => void} ask */
function whenWritten(ask) {
  let [seen, timer] = [written.value, 0];
  return effect(() => {
    const [now, quiet] = [written.value, underway.value === 0];
    clearTimeout(timer);
    if (quiet && now > seen) timer = setTimeout(() => { seen = now; ask(); }, QUIET);
  });
}
/** What every page is made of. */
const learn = () => Promise.all([loadModel(), loadLegend()]);

/** A page, fetched when it is first seen. @param {{name: string}} given */
function Page({ name }) {
  const [found, setFound] = useState(/** @type {{name: string, Page: any} | null} */ (null));
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  useEffect(() => {
    setFault(null);
    fetched(name, round).then((module) => setFound({ name, Page: module.Page }), setFault);
  }, [name, round]);
  const before = useRef(/** @type {string | null} */ (null));
  useEffect(() => {
    if (before.current && found && before.current !== found.name) toContent();
    before.current = found?.name ?? before.current;
  }, [found?.name]);
  if (fault) return html`<${Fault} fault=${fault} again=${() => setRound(round + 1)} />`;
  return found?.name === name ? html`<${found.Page} at=${place.value.at} query=${place.value.query} />` : null;
}

/** @param {{learned: boolean}} given whether what pages are made of is there already */
function App({ learned }) {
  const [ready, setReady] = useState(learned);
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [shown, setShown] = useState(/** @type {any} */ (null)); // null until the server said what it has
  const account = session.value?.account;
  useEffect(() => {
    if (account && !ready) learn().then(() => setReady(true), setFault);
  }, [account]);
  useEffect(() => {
    if (account) get("/status").then(setShown, () => {});
  }, [account, place.value.page, language.value]);
  useEffect(() => (account ? whenWritten(() => get("/status").then(setShown, () => {})) : undefined), [account]);
  if (fault) return html`<main id="main"><${Fault} fault=${fault} again=${() => location.reload()} /></main>`;
  if (!account) return html`<${Page} name="sign-in" />`;
  if (!ready) return null;
  const empty = shown !== null && shown.stamp === null && !WITHOUT_DATA.includes(named());
  const others = PAGES.find((each) => each.name === named())?.seen?.() === false;
  return html`<${Shell} page=${named()} stamp=${null} badges=${{}} ...${shown}>${empty ? html`<${Welcome} />` : others ? html`<h1>${word(`page.${named()}`)}</h1><${Empty}>${word(ofDistrict() ? "page.members" : "page.others")}<//>` : html`<${Page} name=${named()} />`}<//>`;
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
try {
  fetched(named()).catch(() => {}); // what fails is told where the page is shown
  await Promise.all([loadWords(), whoAmI().then(() => session.value && learn())]);
  root.replaceChildren();
  keepFocus();
  render(html`<${App} learned=${session.value !== null} />`, root);
} catch (fault) {
  root.textContent = `无法打开 · cannot open: ${fault}`;
}
