/** Signing in with a unit's account; on the machine itself the link that the server showed does. */

import { change, session } from "../lib/api.js";
import { language, speak, word } from "../lib/words.js";
import { Fault } from "../parts/states.js";
import { html, useState } from "../vendor/runtime.js";

export function Page() {
  const [fault, setFault] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  /** @param {SubmitEvent} event */
  const enter = async (event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setBusy(true);
    try {
      session.value = await change("POST", "/session", { name: given.get("name"), password: given.get("password") });
    } catch (refused) {
      setFault(refused);
    } finally {
      setBusy(false);
    }
  };
  const other = language.value === "zh" ? "en" : "zh";
  return html`<main id="main" style="max-width:26rem;margin:8vh auto">
    <form class="card" onSubmit=${enter}>
      <div class="row spread"><h1>${word("title")}</h1>
        <button type="button" lang=${other} onClick=${() => speak(other)}>${other === "en" ? "English" : "中文"}</button></div>
      <p class="muted">${word("sign-in.link")}</p>
      <label class="field"><span>${word("sign-in.name")}</span><input name="name" required maxlength="40" autocomplete="username" autofocus /></label>
      <label class="field"><span>${word("sign-in.password")}</span><input name="password" type="password" required maxlength="200" autocomplete="current-password" /></label>
      ${fault && html`<${Fault} fault=${fault} />`}
      <p><button class="main" disabled=${busy}>${word("sign-in")}</button></p>
    </form>
  </main>`;
}
