/** Who may do what: units' accounts, one's own tokens, and who did what; each part for whom it is for. */

import { change as send, may, session, written } from "../lib/api.js";
import { useAct, useGet } from "../lib/load.js";
import { titleOf } from "../lib/model.js";
import { useNames } from "../lib/names.js";
import { change } from "../lib/url.js";
import { language, say, word } from "../lib/words.js";
import { Chooser } from "../parts/chooser.js";
import { Confirm } from "../parts/confirm.js";
import { NodeLink } from "../parts/proposal.js";
import { Empty, Fault, Show } from "../parts/states.js";
import { Pager } from "../parts/table.js";
import { html, useEffect, useRef, useState } from "../vendor/runtime.js";

const PAGE = 50;

/** @param {{query: Record<string, string>}} given */
export function Page({ query }) {
  return html`<h1>${word("page.users")}</h1>
    ${may("administer") && html`<${Accounts} />`}
    <${Tokens} />
    ${may("audit") && html`<${Audit} cursor=${query.cursor} />`}`;
}

/** @param {string} at */
const moment = (at) => new Date(at).toLocaleString(language.value);

/** @param {SubmitEvent} event */
const given = (event) => Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));

function Accounts() {
  const list = useGet("/accounts");
  /** The node that an account is limited to. @param {any} each @returns {any} */
  const bodyOf = (each) => (each.body ? { type: list.data.roles.find((/** @type {any} */ role) => role.value === each.role)?.body, id: each.body } : null);
  const nameOf = useNames((list.data?.items ?? []).map(bodyOf).filter(Boolean));
  return html`<section class="card" aria-labelledby="accounts-title"><h2 id="accounts-title">${word("users.accounts")}</h2><p class="muted">${word("users.units")}</p>
    <${Show} of=${list}>${(/** @type {any} */ found) => html`
      ${found.items.length === 0 ? html`<${Empty}>${word("users.none")}<//>` : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="accounts-title"><table>
        <thead><tr><th scope="col">${word("users.name")}</th><th scope="col">${word("users.role")}</th><th scope="col">${word("users.body")}</th><th scope="col"><span class="unseen">${word("log.acts")}</span></th></tr></thead>
        <tbody>${found.items.map((/** @type {any} */ each) => html`<tr key=${each.name}><th scope="row">${each.name}</th><td>${say(found.roles.find((/** @type {any} */ role) => role.value === each.role)?.title)}</td><td>${bodyOf(each) ? html`<${NodeLink} of=${{ ...bodyOf(each), name: nameOf(bodyOf(each)) }} />` : "–"}</td>
          <td><div class="row"><${Renew} name=${each.name} />
          <${Confirm} label=${word("users.remove")} title=${word("users.remove.title", { name: each.name })} danger=${true} act=${async () => { await send("DELETE", `/accounts/${each.name}`); list.again(); }}><p>${word("users.remove.text")}</p><//></div></td></tr>`)}</tbody></table></div>`}
      <${Add} roles=${found.roles} added=${list.again} />`}<//></section>`;
}

/** @param {{name: string}} given */
function Renew({ name }) {
  const [password, setPassword] = useState("");
  return html`<${Confirm} label=${word("users.password.new")} title=${word("users.password.title", { name })} act=${async () => { await send("PUT", `/accounts/${name}/password`, { password }); setPassword(""); }}>
    <label class="field"><span>${word("sign-in.password")}</span><input type="password" autocomplete="new-password" required minlength="10" maxlength="200" value=${password} onInput=${(/** @type {any} */ event) => setPassword(event.target.value)} /></label>
    <p class="muted">${word("users.password.text")}</p><//>`;
}

/** @param {{roles: any[], added: () => void}} given */
function Add({ roles, added }) {
  const [role, setRole] = useState(roles[0].value);
  const body = roles.find((each) => each.value === role)?.body;
  const [of, setOf] = useState(/** @type {string | null} */ (null));
  const adding = useAct(async (/** @type {SubmitEvent} */ event) => {
    const { name, password } = given(event);
    await send("POST", "/accounts", { name, password, role, body: of || null });
    /** @type {HTMLFormElement} */ (event.target).reset();
    added();
  });
  return html`<h3>${word("users.add")}</h3><form onSubmit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); adding.run(event); }}><div class="row">
      <label class="field"><span>${word("users.name")}</span><input name="name" required maxlength="40" pattern="[a-z0-9][a-z0-9._\\-]+" autocomplete="off" title=${word("users.name.form")} /></label>
      <label class="field"><span>${word("users.role")}</span><select onChange=${(/** @type {any} */ event) => { setRole(event.target.value); setOf(null); }}>${roles.map((each) => html`<option key=${each.value} value=${each.value} selected=${each.value === role}>${say(each.title)}</option>`)}</select></label>
      ${body && html`<${Chooser} type=${body} title=${titleOf(body)} none=${null} name="of" chosen=${of ?? undefined} onChoose=${setOf} />`}
      <label class="field"><span>${word("sign-in.password")}</span><input name="password" type="password" required minlength="10" maxlength="200" autocomplete="new-password" /></label>
      <button class="main" disabled=${adding.busy}>${word("users.add")}</button></div>
    <p class="muted">${word("users.name.form")}</p>${adding.fault && html`<${Fault} fault=${adding.fault} />`}</form>`;
}

function Tokens() {
  const list = useGet("/tokens");
  const [made, setMade] = useState(/** @type {{token: string, expires: string} | null} */ (null));
  const making = useAct(async (/** @type {SubmitEvent} */ event) => {
    const { note, days } = given(event);
    setMade(await send("POST", "/tokens", { note, days: days ? Number(days) : null }));
    list.again();
  });
  return html`<section class="card" aria-labelledby="tokens-title"><h2 id="tokens-title">${word("users.tokens")}</h2><p class="muted">${word("users.tokens.text", { account: session.value?.account ?? "" })}</p>
    <${Show} of=${list}>${(/** @type {any} */ found) => html`<div class="scroll" tabindex="0" role="region" aria-labelledby="tokens-title"><table>
      <thead><tr><th scope="col">${word("token.kind")}</th><th scope="col">${word("token.note")}</th><th scope="col">${word("token.expires")}</th><th scope="col"><span class="unseen">${word("log.acts")}</span></th></tr></thead>
      <tbody>${found.items.map((/** @type {any} */ each) => html`<tr key=${each.digest}><td>${word(`token.${each.kind}`)}</td><td dir="auto">${each.note || "–"}</td><td>${moment(each.expires)}</td>
        <td>${each.kind === "api" && html`<${Confirm} label=${word("token.end")} title=${word("token.end.title")} danger=${true} act=${async () => { await send("DELETE", `/tokens/${each.digest}`); list.again(); }} />`}</td></tr>`)}</tbody></table></div>`}<//>
    ${made && html`<div class="banner" role="status"><p>${word("token.once")}</p><p><code style="overflow-wrap:anywhere">${made.token}</code> <button type="button" onClick=${() => navigator.clipboard.writeText(made.token)}>${word("copy")}</button> <button type="button" onClick=${() => setMade(null)}>${word("token.kept")}</button></p></div>`}
    <form class="row" onSubmit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); making.run(event); }}>
      <label class="field"><span>${word("token.note")}</span><input name="note" maxlength="200" /></label>
      <label class="field"><span>${word("token.days")}</span><input name="days" type="number" min="1" max="3660" /></label>
      <button disabled=${making.busy}>${word("token.make")}</button></form>
    ${making.fault && html`<${Fault} fault=${making.fault} />`}</section>`;
}

/** @param {{cursor?: string}} given */
function Audit({ cursor }) {
  const list = useGet("/audit", { cursor, limit: PAGE });
  const seen = useRef(written.value);
  useEffect(() => { // what was just done stands in it
    if (seen.current !== written.value) list.again();
    seen.current = written.value;
  }, [written.value]);
  return html`<section class="card" aria-labelledby="audit-title"><h2 id="audit-title">${word("users.audit")}</h2>
    <${Show} of=${list}>${(/** @type {any} */ found) =>
      found.total === 0
        ? html`<${Empty} />`
        : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="audit-title"><table>
        <thead><tr>${["at", "account", "act", "outcome", "code"].map((each) => html`<th scope="col" key=${each}>${word(`audit.${each}`)}</th>`)}</tr></thead>
        <tbody>${found.items.map((/** @type {any} */ each, /** @type {number} */ place) => html`<tr key=${place}><td>${moment(each.at)}</td><td>${each.account}</td><td>${each.subject ? word("audit.subject", { act: say(each.title), name: each.subject, role: say(each.role_title) }) : say(each.title)} ${each.act.includes("/") && html`<small><code>${each.act}</code></small>`}</td><td>${word(`outcome.${each.outcome}`)}</td><td>${each.code ?? "–"}</td></tr>`)}</tbody></table></div>
        <${Pager} shown=${found.items.length} total=${found.total} next=${found.next} first=${!cursor} onNext=${(/** @type {string} */ next) => change({ cursor: next })} onFirst=${() => change({ cursor: null })} />`}<//></section>`;
}
