/** Shall it be done? A button whose act is told of first, with a reason where the log wants one. */

import { useAct } from "../lib/load.js";
import { word } from "../lib/words.js";
import { html, useRef, useState } from "../vendor/runtime.js";
import { Fault } from "./states.js";

/**
 * @param {{label: string, title: string, children?: unknown, reason?: boolean, danger?: boolean, disabled?: boolean, act: (reason: string) => Promise<any>}} given
 */
export function Confirm({ label, title, children, reason = false, danger = false, disabled = false, act }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [why, setWhy] = useState("");
  const doing = useAct(act);
  const yes = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await doing.run(why.trim())) {
      setWhy("");
      box.current?.close();
    }
  };
  return html`<button type="button" class=${danger ? "danger" : null} disabled=${disabled} onClick=${() => { doing.clear(); box.current?.showModal(); }}>${label}</button>
    <dialog ref=${box} aria-label=${title}><form onSubmit=${yes}>
      <h2>${title}</h2>${children}
      ${reason && html`<label class="field"><span>${word("confirm.reason")}</span><textarea rows="3" maxlength="1000" required value=${why} onInput=${(/** @type {any} */ event) => setWhy(event.target.value)}></textarea></label>`}
      ${doing.fault && html`<${Fault} fault=${doing.fault} />`}
      <p class="row"><button class=${danger ? "danger" : "main"} disabled=${doing.busy}>${word("confirm.yes")}</button> <button type="button" onClick=${() => box.current?.close()}>${word("confirm.no")}</button></p>
    </form></dialog>`;
}
