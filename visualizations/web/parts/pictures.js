/** A picture to take along: what an SVG shows, saved as it is or as PNG, with no address in it. */

import { word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

const SHARP = 2; // pixels of a PNG to one on the screen
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Two buttons that save the SVG within an element. @param {{of: {current: Element | null}, name: string}} given */
export function Pictures({ of, name }) {
  return html`<span class="row noprint" role="group" aria-label=${word("picture.save")}>
    <button type="button" onClick=${() => save(new Blob([textOf(of.current)], { type: "image/svg+xml" }), `${name}.svg`)}>SVG</button>
    <button type="button" data-view onClick=${() => savePng(of.current, name)}>PNG</button></span>`;
}

/** @param {Element | null} place @returns {SVGSVGElement} */
const drawn = (place) => /** @type {SVGSVGElement} */ (place?.querySelector("svg"));

/** The SVG as a file of its own: measured, on white, in the fonts of the page. @param {Element | null} place */
function textOf(place) {
  const svg = drawn(place);
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const { width, height } = svg.getBoundingClientRect();
  if (!copy.getAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const [key, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, "font-family": FONT })) copy.setAttribute(key, String(value));
  copy.removeAttribute("class");
  copy.style.background = "#fff";
  return new XMLSerializer().serializeToString(copy);
}

/** @param {Blob} blob @param {string} name what is no character of a file's name is left to the browser */
function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @param {Element | null} place @param {string} name */
function savePng(place, name) {
  const box = drawn(place).getBoundingClientRect();
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: box.width * SHARP, height: box.height * SHARP });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && save(blob, `${name}.png`));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(place))}`;
}
