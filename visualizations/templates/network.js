"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const KEYS = ["label", "x", "y", "type", "key", "look", "filed", "count", "fields", "letters"];
  const nodes = data.nodes.map((row, id) => Object.assign({ id, links: [], beyond: [], findings: [] }, Object.fromEntries(KEYS.map((k, i) => [k, row[i]]))));
  const edges = data.edges.map(([from, to, type, tie]) => ({ from, to, type, tie }));
  for (const e of edges) {
    nodes[e.from].links.push({ edge: e, other: e.to, forward: true });
    nodes[e.to].links.push({ edge: e, other: e.from, forward: false });
  }
  for (const [glyph, type, forward, other] of data.beyond.ties) nodes[glyph].beyond.push({ type, forward: !!forward, other });
  for (const [glyph, question, verdict, reasons] of data.findings) nodes[glyph].findings.push({ question, verdict, reasons });
  const MOST_EDGES = 40, MOST_LINKS = 40, MOST_HITS = 12, GLYPH = 5.4;
  const INK = "#1c2733", FOCUS = "#0b5cad";

  // --- language ---
  let language = data.language;
  const say = (pair) => pair ? pair[language === "zh" ? 0 : 1] : "";
  const t = (name) => say(data.texts[name]);
  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  // --- glyphs, the same on the board and in the legend ---
  const paths = new Map();
  for (const [look, glyph] of Object.entries(data.looks)) paths.set(look, { shape: new Path2D(glyph.path), mark: glyph.mark ? new Path2D(glyph.mark) : null, glyph });
  const bar = new Path2D("M-.8 1.2H.8V1.5H-.8z");
  function paint(context, node, x, y, scale, alpha) {
    const { shape, mark, glyph } = paths.get(node.look);
    const size = GLYPH * glyph.size * scale;
    context.save();
    context.globalAlpha = alpha;
    context.translate(x, y);
    context.scale(size, size);
    context.fillStyle = context.strokeStyle = glyph.colour;
    if (glyph.hollow) { context.lineWidth = 0.36; context.stroke(shape); } else context.fill(shape);
    if (mark) { context.fillStyle = "#fff"; context.fill(mark); }
    if (node.filed) { context.fillStyle = glyph.colour; context.fill(bar); }
    context.restore();
  }
  const SVG = "http://www.w3.org/2000/svg";
  function icon(glyph, filed) {
    const svg = document.createElementNS(SVG, "svg");
    for (const [k, v] of Object.entries({ width: 15, height: 15, viewBox: "-1.2 -1.2 2.4 2.8", "aria-hidden": "true" })) svg.setAttribute(k, v);
    const add = (d, fill, stroke) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d); path.setAttribute("fill", fill);
      if (stroke) { path.setAttribute("stroke", stroke); path.setAttribute("stroke-width", ".36"); }
      svg.append(path);
    };
    if (glyph.hollow) add(glyph.path, "none", glyph.colour); else add(glyph.path, glyph.colour);
    if (glyph.mark) add(glyph.mark, "#fff");
    if (filed) add("M-.8 1.2H.8V1.5H-.8z", glyph.colour);
    return svg;
  }
  function sample(line) {
    const svg = document.createElementNS(SVG, "svg");
    for (const [k, v] of Object.entries({ width: 26, height: 8, "aria-hidden": "true" })) svg.setAttribute(k, v);
    const path = document.createElementNS(SVG, "path");
    for (const [k, v] of Object.entries({ d: "M0 4H26", stroke: line.colour, "stroke-width": Math.max(line.width, 1.5), "stroke-dasharray": line.dash.join(" "), fill: "none" })) path.setAttribute(k, v);
    svg.append(path);
    return svg;
  }

  // --- what is hidden, what is lit ---
  const hidden = new Set(), tracksHidden = new Set(), linesHidden = new Set();
  const visible = (node) => !hidden.has(node.look) && !(node.type === "Organization" && tracksHidden.has(node.filed));
  const drawnLink = (link) => !linesHidden.has(link.edge.tie === "actual" ? link.edge.type : link.edge.tie) && visible(nodes[link.other]);
  let selected = null, cursor = null, lit = null;

  // --- the board ---
  const visNodes = new vis.DataSet(nodes.map((n) => ({ id: n.id, x: n.x, y: n.y, fixed: true, title: n.label, shape: "custom", size: 7,
    ctxRenderer: ({ ctx, x, y }) => ({
      drawNode() {
        const alpha = lit && !lit.has(n.id) ? 0.16 : 1;
        paint(ctx, n, x, y, 1, alpha);
        if (data.keyTypes.includes(n.type) && n.id !== selected) caption(ctx, n, x, y, alpha);
      },
      nodeDimensions: { width: 14, height: 14 },
    }) })));
  const visEdges = new vis.DataSet([]);
  const board = $("board");
  const network = new vis.Network(board, { nodes: visNodes, edges: visEdges }, {
    autoResize: true, physics: false, layout: { improvedLayout: false },
    interaction: { hover: true, dragNodes: false, selectConnectedEdges: false, tooltipDelay: 120, keyboard: false, zoomSpeed: 0.7 },
    edges: { smooth: { enabled: true, type: "cubicBezier", forceDirection: "horizontal", roundness: 0.4 }, chosen: false },
  });
  const FONT = 'px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
  const letters = () => Math.min(21, Math.max(11.5, 12.5 / network.getScale())); // readable when the whole board is seen
  function caption(ctx, node, x, y, alpha) {
    const band = node.type === "Street" ? data.bands.find((b) => b.id === node.key) : null;
    const chosen = node.id === selected, size = letters();
    ctx.save();
    ctx.globalAlpha = Math.max(alpha, 0.45);
    ctx.font = (chosen ? "600 " : "") + size + FONT;
    ctx.textBaseline = "middle"; ctx.textAlign = "left";
    const left = x + 12, next = data.lanes.find((lane) => lane.x > x), end = next ? next.x - 10 : data.size[0];
    const words = clip(ctx, node.label + (band && band.ended ? say(data.ended) : ""), chosen ? 400 : end - left - (band ? ctx.measureText(`${band.gaps}/${band.total}`).width + 7 : 0));
    const width = ctx.measureText(words).width;
    if (chosen) { ctx.fillStyle = "#ffffffe6"; ctx.fillRect(left - 2, y - size * 0.8, width + 4, size * 1.6); }
    ctx.fillStyle = INK; ctx.fillText(words, left, y);
    if (band) {
      ctx.font = "600 " + size + FONT; ctx.fillStyle = "#b84300"; ctx.fillText(String(band.gaps), left + width + 7, y);
      const gaps = ctx.measureText(String(band.gaps)).width;
      ctx.font = size + FONT; ctx.fillStyle = "#55616e"; ctx.fillText("/" + band.total, left + width + 7 + gaps, y);
    }
    ctx.restore();
  }
  network.on("afterDrawing", (ctx) => {
    for (const id of new Set([cursor, selected])) {
      if (id === null) continue;
      const node = nodes[id];
      ctx.save();
      ctx.strokeStyle = FOCUS; ctx.lineWidth = (id === selected ? 3 : 1.5) / Math.min(1, network.getScale());
      ctx.beginPath(); ctx.arc(node.x, node.y, GLYPH * data.looks[node.look].size + 5, 0, 2 * Math.PI); ctx.stroke();
      ctx.restore();
      if (id === selected) { paint(ctx, node, node.x, node.y, 1, 1); caption(ctx, node, node.x, node.y, 1); }
    }
  });
  function clip(ctx, text, room) {
    if (ctx.measureText(text).width <= room) return text;
    let cut = text.slice(0, 40);
    while (cut && ctx.measureText(cut + "…").width > room) cut = cut.slice(0, -1);
    return cut + "…";
  }
  network.on("beforeDrawing", (ctx) => {
    ctx.save();
    const right = data.size[0];
    data.bands.forEach((band, i) => {
      if (i % 2) return;
      ctx.fillStyle = "#f6f8fa"; ctx.fillRect(data.lanes[1].x - 10, band.y - 6, data.lanes[5].x + data.lanes[5].width + 20 - data.lanes[1].x, band.height + 12);
    });
    ctx.font = "600 " + Math.max(12.5, letters()) + FONT; ctx.fillStyle = INK; ctx.textBaseline = "middle";
    data.lanes.forEach((lane, i) => {
      const next = i + 1 < data.lanes.length ? data.lanes[i + 1].x : right;
      ctx.fillText(clip(ctx, say(lane.title), next - lane.x - 6), lane.x, 20);
    });
    const rest = data.bands.find((b) => b.id === null);
    if (rest) { ctx.font = letters() + FONT; ctx.fillStyle = "#55616e"; ctx.fillText(clip(ctx, rest.name.split(" / ")[language === "zh" ? 0 : 1] || rest.name, 190), data.lanes[1].x, rest.y + rest.height / 2); }
    ctx.restore();
  });
  const fit = () => {
    const scale = Math.min(1.6, board.clientWidth / (data.size[0] + 14), board.clientHeight / (data.size[1] + 10));
    network.moveTo({ position: { x: data.size[0] / 2 - 6, y: data.size[1] / 2 }, scale });
  };
  const zoom = (by) => network.moveTo({ scale: Math.min(4, Math.max(0.1, network.getScale() * by)) });

  // --- selection ---
  function select(id, { move = false, speak = true } = {}) {
    selected = id; cursor = id;
    lit = null;
    const shown = [];
    $("note").textContent = "";
    if (id !== null) {
      lit = new Set([id]);
      const links = nodes[id].links.filter(drawnLink);
      for (const link of links) lit.add(link.other);
      if (new Set(links.map((l) => l.other)).size <= MOST_EDGES) for (const link of links) shown.push(drawn(link.edge));
      else $("note").textContent = t("manyEdges");
      if (move) network.moveTo({ position: { x: nodes[id].x, y: nodes[id].y }, scale: Math.max(network.getScale(), 1) });
    }
    visEdges.clear(); visEdges.add(shown);
    network.redraw();
    details();
    if (speak && id !== null) announce(nodes[id]);
  }
  function drawn(edge) {
    const style = edge.tie === "actual" ? data.edgeTypes[edge.type] : data.planned;
    const dashes = edge.tie === "missing" ? [2, 6] : style.dash.length ? style.dash : false;
    return { from: edge.from, to: edge.to, color: { color: edge.tie === "missing" ? "#b84300" : style.colour, inherit: false }, width: style.width, dashes,
      arrows: data.edgeTypes[edge.type].arrow ? { to: { enabled: true, scaleFactor: 0.5 } } : undefined };
  }
  const announce = (node) => { $("live").textContent = [say(data.looks[node.look].title), node.label, node.findings.length ? t("findings") + " " + node.findings.length : ""].join("，"); };
  network.on("click", (event) => { board.focus({ preventScroll: true }); select(event.nodes.length ? event.nodes[0] : null); });

  // --- details ---
  function details() {
    const body = $("details-body");
    body.replaceChildren();
    if (selected === null) { body.append(element("p", t("choose"))); return; }
    const node = nodes[selected], type = data.types[node.type];
    const head = element("p", node.label, { class: "name" });
    body.append(head, element("p", kind(node), { class: "kind" }));
    if (node.count > 1) { body.append(element("p", `${node.count} ${t("group")}`)); return; }
    body.append(element("h3", t("findings")));
    if (!node.findings.length) body.append(element("p", t("none"), { class: "kind" }));
    for (const found of node.findings) body.append(finding(found));
    body.append(element("h3", t("fields")));
    const list = element("dl");
    list.append(element("dt", "ID"), element("dd", node.key));
    for (const [name, field] of Object.entries(type.fields)) {
      if (!(name in node.fields)) continue;
      list.append(element("dt", say(field.title)), element("dd", worded(node.fields[name], field)));
    }
    body.append(list, element("h3", t("links")));
    links(node, body);
  }
  const kind = (node) => [say(data.types[node.type].title), node.type === "Organization" ? [t(node.filed ? "filed" : "registered"), `${t("cover")}：${say(data.looks[node.look].title)}`].join(" · ") : ""].filter(Boolean).join(" · ");
  function worded(value, field) {
    if (field.words) return say(field.words[value]);
    if (typeof value === "boolean") return say(data.flags[value ? 1 : 0]);
    return field.unit && say(field.unit) !== "年" && say(field.unit) !== "year" ? `${value} ${say(field.unit)}` : String(value);
  }
  function finding(found) {
    const question = data.questions[found.question];
    const box = element("div", null, { class: "finding" + (found.verdict === "gap" ? "" : " doubt") });
    const title = element("p");
    title.append(icon(question.mark), element("b", " " + say(question.name)), element("span", " " + say(question.severity) + (found.verdict === "gap" ? "" : " · " + t("cannotTell"))));
    box.append(title, element("p", found.reasons.map((r) => say(question.reasons[r])).join("；")));
    box.append(element("p", `${t("remedy")}：${say(question.remedy)} (${question.clauses.join(", ")})`, { class: "small" }));
    return box;
  }
  function links(node, body) {
    const groups = new Map();
    const put = (type, forward, item) => {
      const title = say(forward ? data.edgeTypes[type].title : data.edgeTypes[type].reverse);
      if (!groups.has(title)) groups.set(title, []);
      groups.get(title).push(item);
    };
    for (const link of node.links) put(link.edge.type, link.forward, link);
    for (const tie of node.beyond) put(tie.type, tie.forward, { name: data.beyond.others[tie.other] });
    if (!groups.size) body.append(element("p", t("noLinks"), { class: "kind" }));
    for (const [title, items] of groups) {
      body.append(element("h3", `${title} ${items.length}`));
      const list = element("ul", null, { class: "links" });
      for (const item of items.slice(0, MOST_LINKS)) list.append(linked(item));
      if (items.length > MOST_LINKS) list.append(element("li", `+${items.length - MOST_LINKS} ${language === "zh" ? "项" : "more"}`));
      body.append(list);
    }
  }
  function linked(item) {
    const row = element("li");
    if (item.name) {
      row.append(element("span", item.name[1] + " "), element("em", say(data.otherTypes[item.name[0]])));
      return row;
    }
    const other = nodes[item.other], button = element("button", other.label, { type: "button" });
    button.addEventListener("click", () => { select(other.id, { move: true }); $("details").focus(); });
    row.append(icon(data.looks[other.look], other.filed), " ", button);
    if (item.edge.tie !== "actual") row.append(" ", element("em", say(data.ties[item.edge.tie])));
    return row;
  }

  // --- legend, which is the filter ---
  function legend() {
    const body = $("legend-body");
    body.replaceChildren();
    const counts = {}, tracks = [0, 0], tied = {};
    for (const node of nodes) { counts[node.look] = (counts[node.look] || 0) + node.count; if (node.type === "Organization") tracks[node.filed] += node.count; }
    for (const edge of edges) { const line = edge.tie === "actual" ? edge.type : edge.tie; tied[line] = (tied[line] || 0) + 1; }
    const group = (title, rows) => {
      if (!rows.length) return;
      const set = element("fieldset");
      set.append(element("legend", title), ...rows);
      body.append(set);
    };
    const row = (picture, words, count, set, key) => {
      const label = element("label"), box = element("input", null, { type: "checkbox", "data-key": key });
      box.checked = !set.has(key);
      box.addEventListener("change", () => { if (box.checked) set.delete(key); else set.add(key); refresh(); });
      label.append(box, picture, element("span", words), element("span", count, { class: "n" }));
      return label;
    };
    const looks = Object.keys(data.looks), covers = looks.filter((l) => !(l in data.types)), types = looks.filter((l) => l in data.types && l !== "Organization");
    group(t("organisations"), covers.map((l) => row(icon(data.looks[l]), say(data.looks[l].title), counts[l] || 0, hidden, l)));
    group(t("tracks"), [0, 1].map((f) => row(icon(data.looks.joint, f), t(f ? "filed" : "registered"), tracks[f], tracksHidden, f)));
    group(t("others"), types.filter((l) => counts[l]).map((l) => row(icon(data.looks[l]), say(data.looks[l].title), counts[l], hidden, l)));
    const lines = data.lines.filter((name) => tied[name]).map((name) => row(sample(data.edgeTypes[name]), say(data.edgeTypes[name].title), tied[name], linesHidden, name));
    if (tied.planned) lines.push(row(sample(data.planned), t("planned"), tied.planned, linesHidden, "planned"));
    if (tied.missing) lines.push(row(sample({ colour: "#b84300", width: 1.5, dash: [2, 6] }), t("missing"), tied.missing, linesHidden, "missing"));
    group(t("relations"), lines);
  }
  function refresh() {
    visNodes.update(nodes.map((n) => ({ id: n.id, hidden: !visible(n) })));
    if (selected !== null && !visible(nodes[selected])) select(null); else select(selected, { speak: false });
    tally();
  }
  function tally() {
    const shown = nodes.filter(visible).reduce((sum, n) => sum + n.count, 0);
    const grouped = data.perGlyph > 1 ? ` · ≤${data.perGlyph} ${t("group")}` : "";
    const cut = data.drawn < data.total ? ` · ${t("truncated")}` : "";
    $("counts").textContent = `${t("shown")} ${shown} / ${data.total}${grouped}${cut}`;
  }

  // --- search ---
  const input = $("search"), list = $("hits");
  let hits = [], at = -1;
  function search() {
    const wanted = input.value.trim().toLowerCase();
    hits = []; at = -1;
    if (wanted) {
      const rank = (n) => {
        const name = n.label.toLowerCase(), aliases = (n.fields.aliases || "").toLowerCase();
        if (name === wanted || n.key.toLowerCase() === wanted) return 0;
        if (name.startsWith(wanted)) return 1;
        if (name.includes(wanted) || aliases.includes(wanted)) return 2;
        if (n.letters.startsWith(wanted)) return 3;
        if (n.letters.includes(wanted)) return 4;
        return n.key.toLowerCase().includes(wanted) ? 5 : 9;
      };
      hits = nodes.filter((n) => n.count === 1).map((n) => [rank(n), n]).filter(([r]) => r < 9).sort((a, b) => a[0] - b[0] || a[1].label.length - b[1].label.length || a[1].id - b[1].id).slice(0, MOST_HITS).map(([, n]) => n);
      at = hits.length ? 0 : -1;
    }
    list.replaceChildren(...hits.map((n, i) => {
      const item = element("li", null, { role: "option", id: `hit-${i}`, "aria-selected": String(i === at) });
      item.append(icon(data.looks[n.look], n.filed), element("span", n.label), element("small", say(data.types[n.type].title)));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(i); });
      return item;
    }));
    if (wanted && !hits.length) list.append(element("li", t("noHit")));
    list.hidden = !wanted;
    input.parentElement.setAttribute("aria-expanded", String(!list.hidden));
    mark();
  }
  function mark() {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) { input.setAttribute("aria-activedescendant", `hit-${at}`); list.children[at].scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  }
  function choose(i) {
    const node = hits[i];
    close();
    if (!node) return;
    hidden.delete(node.look);
    if (node.type === "Organization") tracksHidden.delete(node.filed);
    legend(); refresh();
    select(node.id, { move: true });
    board.focus({ preventScroll: true });
  }
  function close() { list.hidden = true; input.parentElement.setAttribute("aria-expanded", "false"); }
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); if (hits.length) { at = (at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length; mark(); } }
    else if (event.key === "Enter") { event.preventDefault(); if (at >= 0) choose(at); }
    else if (event.key === "Escape") { input.value = ""; close(); board.focus({ preventScroll: true }); }
    event.stopPropagation();
  });

  // --- keys ---
  function step(dx, dy) {
    const from = cursor === null ? nodes.find(visible) : nodes[cursor];
    if (!from) return;
    if (cursor === null) { cursor = from.id; network.redraw(); announce(from); return; }
    let best = null, least = Infinity;
    for (const n of nodes) {
      if (n === from || !visible(n)) continue;
      const along = (n.x - from.x) * dx + (n.y - from.y) * dy, across = Math.abs((n.x - from.x) * dy) + Math.abs((n.y - from.y) * dx);
      if (along <= 0.5 || across > along * 2 + 8) continue;
      const far = along + across * 3;
      if (far < least) { least = far; best = n; }
    }
    if (!best) return;
    cursor = best.id;
    const seen = network.canvasToDOM({ x: best.x, y: best.y });
    if (seen.x < 20 || seen.y < 20 || seen.x > board.clientWidth - 20 || seen.y > board.clientHeight - 20) network.moveTo({ position: { x: best.x, y: best.y } });
    network.redraw();
    announce(best);
  }
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  board.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      event.preventDefault();
      const [dx, dy] = ARROWS[event.key];
      if (event.shiftKey) { const p = network.getViewPosition(), by = 80 / network.getScale(); network.moveTo({ position: { x: p.x + dx * by, y: p.y + dy * by } }); }
      else step(dx, dy);
    } else if (event.key === "Enter") { if (cursor !== null) select(cursor); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
    if (event.key === "Escape") { select(null); return; }
    if (!$("shortcuts").checked) return;
    if (event.key === "/") { event.preventDefault(); input.focus(); input.select(); }
    else if (event.key === "f") fit();
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
  });

  // --- buttons ---
  $("fit").addEventListener("click", fit);
  window.addEventListener("resize", () => requestAnimationFrame(fit));  // once vis-network has resized its canvas
  $("zoom-in").addEventListener("click", () => zoom(1.25));
  $("zoom-out").addEventListener("click", () => zoom(0.8));
  $("clear").addEventListener("click", () => select(null));
  $("all").addEventListener("click", () => { hidden.clear(); tracksHidden.clear(); linesHidden.clear(); legend(); refresh(); });
  $("png").addEventListener("click", () => {
    const source = board.querySelector("canvas"), copy = document.createElement("canvas");
    const strip = Math.round(26 * (source.width / board.clientWidth));
    copy.width = source.width; copy.height = source.height + strip;
    const ctx = copy.getContext("2d");
    ctx.fillStyle = "#fff"; ctx.fillRect(0, 0, copy.width, copy.height);
    ctx.drawImage(source, 0, strip);
    ctx.fillStyle = INK; ctx.font = strip / 2 + FONT; ctx.textBaseline = "middle";
    ctx.fillText([t("title"), `${t("asOf")} ${data.asOf}`, `${t("revision")} ${data.revision}`, say(data.label)].filter(Boolean).join("  ·  "), strip / 3, strip / 2);
    copy.toBlob((blob) => {
      const link = element("a", null, { href: URL.createObjectURL(blob), download: `network-${data.asOf}-r${data.revision}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  });
  $("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; speak(); });
  function speak() {
    document.documentElement.lang = language;
    document.title = t("title");
    for (const one of document.querySelectorAll("[data-text]")) one.textContent = t(one.dataset.text);
    for (const one of document.querySelectorAll("[data-title]")) { one.title = t(one.dataset.title); one.setAttribute("aria-label", t(one.dataset.title)); }
    for (const one of document.querySelectorAll("[data-placeholder]")) { one.placeholder = t(one.dataset.placeholder); one.setAttribute("aria-label", t(one.dataset.placeholder)); }
    for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", t(one.dataset.label));
    $("language").textContent = language === "zh" ? "English" : "中文";
    $("stamp").textContent = `${t("asOf")} ${data.asOf} · ${t("revision")} ${data.revision}`;
    $("label").textContent = say(data.label); $("label").hidden = !data.label;
    $("basis").replaceChildren(...data.basis.map((line) => element("p", say(line))));
    legend(); tally(); select(selected, { speak: false });
  }
  speak();
  fit();
  network.once("afterDrawing", () => { document.body.dataset.ready = "true"; });
  network.redraw();
})();
