/** The pages begin here: words, then who is signed in, then the model, then the page that the address names. */

import { get, session, whoAmI } from "./lib/api.js";
import { loadModel } from "./lib/model.js";
import { place } from "./lib/url.js";
import { language, loadWords } from "./lib/words.js";
import { loadLegend } from "./parts/glyph.js";
import { Fault } from "./parts/states.js";
import { PAGES, Shell } from "./shell.js";
import { html, render, useEffect, useState } from "./vendor/runtime.js";

const BEYOND = ["organization", "record", "sign-in"]; // pages that are reached from others

/** @param {string} name */
const known = (name) => [...PAGES.map((each) => each.name), ...BEYOND].includes(name);

/** The module of a page; a browser may keep that it could not be fetched, so that each `round` asks by an address of its own. @param {string} name @param {number} [round] */
const fetched = (name, round = 0) => import(`./pages/${name}.js${round ? `?again=${round}` : ""}`);
/** The page that the address names. */
const named = () => (known(place.value.page) ? place.value.page : "overview");
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
  if (fault) return html`<${Fault} fault=${fault} again=${() => setRound(round + 1)} />`;
  return found?.name === name ? html`<${found.Page} at=${place.value.at} query=${place.value.query} />` : null;
}

/** @param {{learned: boolean}} given whether what pages are made of is there already */
function App({ learned }) {
  const [ready, setReady] = useState(learned);
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [shown, setShown] = useState({ stamp: null, badges: {} });
  const account = session.value?.account;
  useEffect(() => {
    if (account && !ready) learn().then(() => setReady(true), setFault);
  }, [account]);
  useEffect(() => {
    if (account) get("/status").then(setShown, () => {});
  }, [account, place.value.page, language.value]);
  if (fault) return html`<main id="main"><${Fault} fault=${fault} again=${() => location.reload()} /></main>`;
  if (!account) return html`<${Page} name="sign-in" />`;
  if (!ready) return null;
  return html`<${Shell} ...${shown}><${Page} name=${named()} /><//>`;
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
try {
  fetched(named()).catch(() => {}); // what fails is told where the page is shown
  await Promise.all([loadWords(), whoAmI().then(() => session.value && learn())]);
  root.replaceChildren();
  render(html`<${App} learned=${session.value !== null} />`, root);
} catch (fault) {
  root.textContent = `无法打开 · cannot open: ${fault}`;
}
