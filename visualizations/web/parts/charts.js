/** Pictures: the trend of the rates, and how authorities' organisations are covered. Each is saved as PNG or SVG. */

import { dayOf, half, language, percent, say, word } from "../lib/words.js";
import { html, useEffect, useRef } from "../vendor/runtime.js";
import { looks } from "./glyph.js";
import { Pictures } from "./pictures.js";

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** @param {{option: object, label: string, height?: number}} given */
function Chart({ option, label, height = 300 }) {
  const place = useRef(/** @type {HTMLDivElement | null} */ (null));
  const drawn = useRef(/** @type {any} */ (null));
  useEffect(() => {
    let gone = false;
    import("../vendor/charts.js").then(({ init }) => {
      if (gone || !place.current) return;
      drawn.current = init(place.current, null, { renderer: "svg" });
      drawn.current.setOption({ textStyle: { fontFamily: FONT, color: "#1C2733" }, animation: false, aria: { enabled: true, label: { description: label } }, ...option });
    });
    const fit = () => drawn.current?.resize();
    addEventListener("resize", fit);
    return () => {
      gone = true;
      removeEventListener("resize", fit);
      drawn.current?.dispose();
    };
  }, [JSON.stringify(option), language.value]);
  return html`<div ref=${place} role="img" aria-label=${label} style=${`height:${height}px`}></div>
    <p class="row noprint"><${Pictures} of=${place} name=${label} /></p>`;
}

/**
 * Coverage, standalone and work coverage over revisions, with the target as a line.
 * @param {{rows: {as_of: string, revision: number, coverage: number | null, standalone: number | null, work: number | null}[], target: number | null}} given
 */
export function Trend({ rows, target }) {
  const lines = /** @type {const} */ ([["coverage", looks().looks.joint.colour, "circle", "solid"], ["standalone", looks().looks.standalone.colour, "diamond", "dashed"], ["work", looks().looks["work-only"].colour, "triangle", "dotted"]]);
  const option = {
    grid: { left: 44, right: 44, top: 34, bottom: 40 },
    legend: { top: 0 },
    tooltip: { trigger: "axis", valueFormatter: (/** @type {number} */ value) => percent(value) },
    xAxis: { type: "category", data: rows.map((row) => word("stamp.short", { day: dayOf(row.as_of), revision: row.revision })) },
    yAxis: { type: "value", min: 0, max: 1, axisLabel: { formatter: (/** @type {number} */ value) => `${Math.round(100 * value)} %` } },
    series: lines.map(([key, colour, symbol, type], place) => ({
      name: word(`rate.${key}`), type: "line", symbol, symbolSize: 8, color: colour, lineStyle: { type, width: 2 }, data: rows.map((row) => row[key]),
      ...(place === 0 && target !== null ? { markLine: { silent: true, symbol: "none", lineStyle: { color: "#B84300", type: "dashed" }, label: { formatter: `${Math.round(100 * target)} %` }, data: [{ yAxis: target }] } } : {}),
    })),
  };
  return html`<${Chart} option=${option} label=${word("chart.trend")} />`;
}

/**
 * Authority → form of cover, in organisations.
 * @param {{rows: {authority: string, look: string, count: number}[]}} given
 */
export function CoverFlow({ rows }) {
  const covers = [...new Set(rows.map((row) => row.look))];
  const authorities = [...new Set(rows.map((row) => half(row.authority)))];
  const option = {
    tooltip: {},
    series: [{
      type: "sankey", left: 4, right: language.value === "zh" ? 110 : 160, nodeGap: 10, emphasis: { focus: "adjacency" }, label: { fontSize: 11 },
      data: [...authorities.map((name) => ({ name, itemStyle: { color: looks().looks.Authority.colour } })), ...covers.map((cover) => ({ name: say(looks().looks[cover].title), itemStyle: { color: looks().looks[cover].colour } }))],
      links: rows.map((row) => ({ source: half(row.authority), target: say(looks().looks[row.look].title), value: row.count })),
      lineStyle: { color: "target", opacity: 0.35 },
    }],
  };
  return html`<${Chart} option=${option} label=${word("chart.flow")} height=${Math.max(300, 22 * authorities.length)} />`;
}
