/** On which clauses does it rest? Each by its code, which tells document and subject, and leads to the list of all. */

import { clauseOf, clauses, questions } from "../lib/model.js";
import { href } from "../lib/url.js";
import { say, word } from "../lib/words.js";
import { html, useEffect, useRef } from "../vendor/runtime.js";

/**
 * Some clauses; `named` says beside each what it is about. One that is none of the list stands as it is.
 * @param {{of: string[], named?: boolean}} given
 */
export function Clauses({ of, named = false }) {
  return of.map((id, place) => {
    const clause = clauseOf(id);
    const told = clause && `${id} ${say(clause.title)}${word("mark.colon")}${clause.document}`;
    return html`${place > 0 && word("mark.list")}${clause ? html`<a class="clause" key=${id} href=${href("policy", "clauses", { at: id })} title=${told} aria-label=${told}>${id}${named && ` ${say(clause.title)}`}</a>` : id}`;
  });
}

/** All clauses, with the questions that rest on each; the one at hand has the focus. @param {{at?: string}} given */
export function AllClauses({ at }) {
  const here = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    here.current?.scrollIntoView({ block: "center" });
    here.current?.focus();
  }, [at]);
  return html`<section class="card" aria-labelledby="clauses-title"><h2 id="clauses-title">${word("policy.clauses.all")}</h2><p class="muted">${word("policy.clauses.note")}</p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="clauses-title"><table>
      <thead><tr>${["clause", "about", "document", "questions"].map((each) => html`<th scope="col" key=${each}>${word(`policy.clauses.${each}`)}</th>`)}</tr></thead>
      <tbody>${clauses().map((each) => html`<tr key=${each.id} class=${each.id === at ? "here" : null}><th scope="row" tabindex="-1" ref=${each.id === at ? here : null}>${each.id}</th><td>${say(each.title)}</td><td lang="zh">${each.document}</td>
        <td>${questions().filter((one) => one.clauses.includes(each.id)).map((one, place) => html`${place > 0 && word("mark.list")}${one.kind === "table" ? say(one.term) : html`<a key=${one.id} href=${href("gaps", one.id)}>${say(one.term)}</a>`}`)}</td></tr>`)}</tbody></table></div></section>`;
}
