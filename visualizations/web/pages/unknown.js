/** An address that names no page. */

import { href, place } from "../lib/url.js";
import { word } from "../lib/words.js";
import { Empty } from "../parts/states.js";
import { html } from "../vendor/runtime.js";

export function Page() {
  return html`<h1>${word("page.unknown")}</h1><${Empty}>${word("page.unknown.text", { page: place.value.page })} <a href=${href("overview")}>${word("page.overview")}</a><//>`;
}
