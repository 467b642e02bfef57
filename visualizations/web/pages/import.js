/** Files in, in steps: choose, what went where, errors cell by cell, the difference, confirm; and everything out. */

import { Problem, change as send, fileAt, get, may } from "../lib/api.js";
import { follow } from "../lib/job.js";
import { useAct, useGet } from "../lib/load.js";
import { change, go, href } from "../lib/url.js";
import { count, half, today, word } from "../lib/words.js";
import { Fault, Show } from "../parts/states.js";
import { Preview, Unknown } from "../parts/preview.js";
import { html, useEffect, useState } from "../vendor/runtime.js";

const UNKNOWN = ["no-known-table", "no-ledger"]; // why a file is refused whose columns can be matched by hand
const LOG = 1000; // revisions whose sources are offered
const FORMATS = ["xlsx", "csv", "json", "graphml", "gexf"];

/** @param {{at: string, query: Record<string, string>}} given */
export function Page({ at, query }) {
  const status = useGet("/status");
  return html`<h1>${word("page.import")}</h1>
    ${may("change") ? html`<${Show} of=${status}>${(/** @type {any} */ found) => html`<${Steps} example=${at === "example"} job=${query.job ?? null} head=${found.stamp?.revision ?? 0} again=${status.again} />`}<//>` : null}
    ${may("export") && html`<${Out} />`}`;
}

/** @param {{example: boolean, job: string | null, head: number, again: () => void}} given */
function Steps({ example, job, head, again }) {
  const [stage, setStage] = useState(/** @type {any} */ (null)); // the job under way as it was last told
  const [result, setResult] = useState(/** @type {any} */ (null));
  const [stored, setStored] = useState(/** @type {number | null | undefined} */ (undefined));
  const sending = useAct(async (/** @type {FormData} */ files) => go("import", "", { job: (await send("POST", "/imports", files)).id }));
  const trying = useAct(async () => go("import", "", { job: (await send("POST", "/imports/example")).id }));
  const looking = useAct(async () => {
    setResult(null);
    setStored(undefined);
    await follow(/** @type {string} */ (job), setStage).finally(() => setStage(null));
    setResult(await get(`/jobs/${job}/result`));
  });
  const storing = useAct(async (/** @type {{accept_valid: boolean, remove_gone: boolean}} */ how) => {
    const begun = await send("POST", `/imports/${job}/confirm`, how, { "If-Match": `"${result.base}"`, "Idempotency-Key": `import-${job}` });
    await follow(begun.id, setStage).finally(() => setStage(null));
    setStored((await get(`/jobs/${begun.id}/result`)).revision);
    again();
  });
  const matching = useAct(async (/** @type {Record<string, string>} */ columns) => {
    const begun = await send("POST", `/imports/${job}/columns`, { columns });
    await follow(begun.id, setStage).finally(() => setStage(null)); // where it is refused, what was chosen still stands
    go("import", "", { job: begun.id });
  });
  const dropping = useAct(async () => {
    await send("DELETE", `/imports/${job}`);
    setResult(null);
    looking.clear();
    matching.clear();
    change({ job: null });
  });
  useEffect(() => {
    if (job) looking.run();
    else setResult(null);
  }, [job]);
  useEffect(() => {
    if (example && head === 0) trying.run();
  }, [example]);
  const faults = [sending, trying, looking, storing, matching, dropping].map((each) => each.fault).filter(Boolean);
  const unknown = looking.fault instanceof Problem && UNKNOWN.includes(looking.fault.code);
  return html`${job === null && html`<${Choose} head=${head} send=${sending.run} busy=${sending.busy || trying.busy} example=${trying.run} />`}
    ${stage && html`<section class="card" role="status"><progress max=${stage.of || 1} value=${stage.done} aria-label=${half(stage.what || word("loading"))}></progress> ${half(stage.what || word("loading"))}
      <button type="button" onClick=${() => send("DELETE", `/jobs/${stage.id}`).catch(() => {})}>${word("import.cancel-job")}</button></section>`}
    ${faults.map((fault, place) => html`<${Fault} key=${place} fault=${fault} />`)}
    ${job && unknown && html`<${Unknown} key=${job} job=${job} busy=${matching.busy} match=${matching.run} />`}
    ${job && looking.fault && html`<p class="row"><button type="button" onClick=${dropping.run}>${word("import.other")}</button></p>`}
    ${stored !== undefined
      ? html`<section class="card" role="status"><h2>${word(stored === null ? "import.nothing" : "import.stored", { n: stored ?? "" })}</h2>
          <p class="row"><a class="button main" href=${href("overview")}>${word("import.overview")}</a>${stored !== null && stored > 1 && html` <a class="button" href=${href("history", "", { a: stored - 1, b: stored })}>${word("import.history")}</a>`} <a class="button" href=${href("import")}>${word("import.again")}</a></p></section>`
      : result && html`<${Preview} key=${job} of=${result} job=${/** @type {string} */ (job)} busy=${storing.busy || matching.busy} store=${storing.run} match=${matching.run} drop=${dropping.run} />`}`;
}

/** @param {{head: number, send: (files: FormData) => void, busy: boolean, example: () => void}} given */
function Choose({ head, send: bring, busy, example }) {
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [source, setSource] = useState("");
  const [day, setDay] = useState(today);
  const log = useGet(head > 0 ? "/revisions" : null, { limit: LOG });
  const sources = [...new Set((log.data?.items ?? []).filter((/** @type {any} */ act) => act.kind === "import").map((/** @type {any} */ act) => act.source))];
  const take = (/** @type {Iterable<File>} */ given) => {
    const list = [...given];
    setFiles(list);
    if (!source && list[0]) setSource(list[0].name.replace(/\.[^.]*$/, "").slice(0, 100));
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const told = new FormData(/** @type {HTMLFormElement} */ (event.target));
    told.delete("chosen");
    for (const file of files) told.append("files", file);
    bring(told);
  };
  return html`<form class="card" aria-labelledby="choose-title" onSubmit=${submit} onDragOver=${(/** @type {Event} */ event) => event.preventDefault()} onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); take(event.dataTransfer?.files ?? []); }}>
    <h2 id="choose-title">${word("import.choose")}</h2><p class="muted">${word("import.choose.text")}</p>
    <div class="row"><div class="field"><span class="muted">${word("import.files")}</span><label class="button file">${word("import.pick")}<input name="chosen" type="file" multiple accept=".xlsx,.xls,.csv,.json,.graphml,.gexf" onChange=${(/** @type {any} */ event) => take(event.target.files)} /></label></div>
      <label class="field"><span>${word("import.source")}</span><input name="source" required maxlength="100" value=${source} onInput=${(/** @type {any} */ event) => setSource(event.target.value)} /></label>
      <label class="field"><span>${word("log.as-of.day")}</span><input name="as_of" type="date" required value=${day} onInput=${(/** @type {any} */ event) => setDay(event.target.value)} /></label>
      <label class="field"><span>${word("log.note")}</span><input name="note" maxlength="1000" /></label></div>
    ${sources.length > 0 && html`<p class="row"><span class="muted">${word("import.sources.known")}</span>${sources.map((each) => html`<button type="button" key=${each} aria-pressed=${String(each === source)} onClick=${() => setSource(each)}><bdi>${each}</bdi></button>`)}</p>`}
    <ul>${files.map((file) => html`<li key=${file.name} dir="auto">${file.name} <small>${count(Math.ceil(file.size / 1024))} kB</small></li>`)}</ul>
    <p class="row"><button class="main" disabled=${busy || files.length === 0}>${word("import.check")}</button>
      <a class="button" href=${fileAt("/exports/template.xlsx")} download>${word("import.template")}</a>
      <a class="button" href=${fileAt("/exports/template.xlsx", { ledger: false })} download>${word("import.template.others")}</a>
      ${head === 0 && html`<button type="button" disabled=${busy} onClick=${example}>${word("welcome.example")}</button>`}</p></form>`;
}

function Out() {
  return html`<section class="card" aria-labelledby="out-title"><h2 id="out-title">${word("export")}</h2><p class="muted">${word("export.text")}</p>
    <p class="row">${FORMATS.map((each) => html`<a class="button" key=${each} href=${fileAt(`/exports/network/${each}`)} download>${word("export.network", { format: each })}</a>`)}
      <a class="button" href=${fileAt("/exports/report.xlsx")} download>${word("export.report")}</a></p></section>`;
}
