/** A picture to take along: what an SVG shows under its name, day and revision, saved as it is or as PNG, with no address in it. */

import { word } from "../lib/words.js";
import { html } from "../vendor/runtime.js";

const SHARP = 2; // pixels of a PNG to one on the screen
const HEAD = 46; // of the picture's height, for what it is and of when
const MARGIN = 8; // at either side, so that no mark is cut
const SVG = "http://www.w3.org/2000/svg";
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Two buttons that save the SVG within an element. @param {{of: {current: Element | null}, name: string}} given */
export function Pictures({ of, name }) {
  return html`<span class="row noprint" role="group" aria-label=${word("picture.save")}>
    <button type="button" onClick=${() => save(new Blob([textOf(of.current, name)], { type: "image/svg+xml" }), `${name}.svg`)}>SVG</button>
    <button type="button" data-view onClick=${() => savePng(of.current, name)}>PNG</button></span>`;
}

/** @param {Element | null} place @returns {SVGSVGElement} */
const drawn = (place) => /** @type {SVGSVGElement} */ (place?.querySelector("svg"));

/** The SVG as a file of its own: measured, on white, in the fonts of the page, under what it is called and what is printed of the data. @param {Element | null} place @param {string} name */
function textOf(place, name) {
  const svg = drawn(place);
  const { width, height } = svg.getBoundingClientRect();
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  if (!copy.getAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.removeAttribute("class");
  copy.style.overflow = "visible";
  const whole = made("svg", { viewBox: `${-MARGIN} 0 ${width + 2 * MARGIN} ${height + HEAD}`, width: width + 2 * MARGIN, height: height + HEAD, "font-family": FONT });
  /** @type {SVGSVGElement} */ (whole).style.background = "#fff"; // as an attribute the page's policy refuses it
  whole.append(
    made("text", { x: 0, y: 19, "font-size": 15, "font-weight": 700, fill: "#1C2733" }, name),
    made("text", { x: 0, y: 38, "font-size": 12, fill: "#525C66" }, document.querySelector("main > .stamped")?.textContent ?? ""),
    copy,
  );
  for (const [key, value] of Object.entries({ x: 0, y: HEAD, width, height })) copy.setAttribute(key, String(value));
  return new XMLSerializer().serializeToString(whole);
}

/** An element of an SVG. @param {string} kind @param {Record<string, unknown>} having @param {string} [text] */
function made(kind, having, text = "") {
  const element = document.createElementNS(SVG, kind);
  for (const [key, value] of Object.entries(having)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

/** @param {Blob} blob @param {string} name what is no character of a file's name is left to the browser */
function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @param {Element | null} place @param {string} name */
function savePng(place, name) {
  const { width, height } = drawn(place).getBoundingClientRect();
  const image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: (width + 2 * MARGIN) * SHARP, height: (height + HEAD) * SHARP });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && save(blob, `${name}.png`));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(place, name))}`;
}
