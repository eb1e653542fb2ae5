// The picture: boxes at their places, and the numbers in them. It is drawn once; steps change numbers and marks only.
//
// Each number is a text with a place (see steps.js): "data 7", "grad 7", "new 7", "slope 7 0". A place may be drawn in
// several boxes, as a weight that two units share.

const SVG = "http://www.w3.org/2000/svg";
const PAD = 8;
const LINE = 28;
const VALUE = 84; // the room for a value; that for gradients differs by box
const SLOPE = 74; // that for a local derivative on an edge
const BASE = 20; // from the top of a line to where its text stands
const HEADING = LINE + 4;
const WIDEST = 12; // of digits, in bold: a text that may be too wide is measured
const UNKNOWN = "";

function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

class Picture {
  // Draws a view of the lesson, {width, height, boxes, edges}, into an svg element.
  constructor(svg, view, {nodes}) {
    Object.assign(this, {svg, view, nodes, output: nodes.length - 1});
    this.numbers = new Map(); // of each place, its texts
    this.edges = new Map(); // by what they stand for, "7 0"
    this.curves = [];
    this.homes = new Map(); // of each node, its rows
    this.groups = new Map(); // of each box, by its id
    this.live = new Set();
    this.framed = []; // each frame with its box
    this.used = []; // the rectangles of marks
    this.written = new Map(); // of each place, what stands there
    this.labels = new Map(); // of each node, what is said of it
    this.edgeLayer = element("g", {class: "edges"});
    this.boxLayer = element("g", {class: "boxes"});
    this.markLayer = element("g", {class: "marks", "aria-hidden": "true"});
    this.sheet = element("g", {}, this.edgeLayer, this.boxLayer, this.markLayer);
    svg.append(this.arrows(), this.sheet);
    view.edges.forEach((edge) => this.drawEdge(edge));
    const first = ({rows: [{node, slope}]}) => node ?? Number(slope.split(" ")[0]);
    for (const box of [...view.boxes].sort((a, b) => first(a) - first(b))) this.drawBox(box);
    this.look({x: -PAD, y: -PAD, width: view.width + 2 * PAD, height: view.height + 2 * PAD});
    this.whole = this.box;
  }

  arrows() {
    const tip = element("path", {d: "M0,0L10,5L0,10z", fill: "context-stroke"});
    const kinds = {"arrow-back": "auto-start-reverse", arrow: "auto"};
    const size = {viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 5, markerHeight: 5};
    return element("defs", {}, ...Object.entries(kinds).map(([id, orient]) =>
      element("marker", {id: `${this.svg.id}-${id}`, orient, ...size}, tip.cloneNode())));
  }

  drawEdge({along, path, slope, label}) {
    const line = element("path", {d: path, class: "edge"});
    this.edgeLayer.append(line);
    for (const one of along) this.edges.set(one, [...(this.edges.get(one) ?? []), line]);
    if (slope) this.number(`slope ${slope}`, this.boxLayer, label[0], label[1] + BASE - LINE / 2, SLOPE, "slope middle");
  }

  drawBox({id, kind, rows, title, symbol, headings, line, gradient, x, y, width, height}) {
    const group = element("g", {class: `box ${kind}`, id: `${this.svg.id}-${id}`, transform: `translate(${x} ${y})`});
    this.boxLayer.append(group);
    this.groups.set(id, group);
    group.append(element("rect", {width, height, rx: kind === "unit" ? 8 : 6}));
    let top = PAD / 4;
    const inner = {width, line, gradient, two: ["input", "weight", "constant"].includes(kind)};
    if (title || symbol || headings) {
      const heading = title?.text ?? symbol;
      this.text(group, PAD, top + BASE + 3, heading, "title");
      if (title && symbol && kind !== "unit") this.plate(group, width, symbol);
      const isOperation = !title && symbol !== "";
      if (headings || isOperation) this.headings(group, inner, top + BASE + 3, isOperation);
      top += HEADING;
    }
    for (const row of rows) {
      const tall = row.curve && line === LINE ? LINE + 8 : line;
      const place = element("g", {class: "row", transform: `translate(0 ${top})`});
      group.append(place);
      place.append(element("rect", {class: "hit", width, height: inner.two ? height : tall}));
      this.drawRow(place, row, inner, tall);
      top += tall;
    }
  }

  // Over the columns; the derivatives' is out of sight while there are none.
  headings(group, {width, gradient}, y, isOperation) {
    if (!isOperation) this.text(group, width - 2 * PAD - gradient, y, "value", "heading end");
    this.text(group, width - PAD, y, `∂${this.nodes[this.output].label}/∂`, "heading end derivative");
  }

  plate(group, width, symbol) {
    const label = this.text(group, 0, BASE + 2, symbol, "symbol middle");
    const wide = Math.max(24, label.getComputedTextLength() + 10);
    group.append(element("rect", {class: "plate", x: width - wide - 4, y: 4, width: wide, height: 24, rx: 4}), label);
    label.setAttribute("x", width - wide / 2 - 4);
  }

  drawRow(place, {node, name, slope, curve, by, value}, inner, tall) {
    const {width, two, line, gradient} = inner;
    if (slope !== undefined) return this.drawSlope(place, slope, curve, by, inner, tall);
    this.prepare(place, node, width, two ? 2 * line : line);
    const right = width - PAD;
    if (value === true) this.number(`data ${node}`, place, right, BASE, gradient, "end");
    else if (value === false) this.gradient(place, node, right, BASE, gradient);
    else if (this.nodes[node].kind === "constant") this.number(`data ${node}`, place, right, BASE, VALUE, "end");
    else {
      const until = two ? right : right - gradient - PAD;
      this.fit(this.text(place, PAD, BASE, name, "name"), until - VALUE - PAD - 2);
      this.number(`data ${node}`, place, until, BASE, VALUE, "end");
      if (!two) this.gradient(place, node, right, BASE, gradient, false);
      else this.gradient(place, node, right, BASE + line, gradient);
    }
  }

  // A gradient, and the new number that takes its place after the update.
  gradient(place, node, x, y, room, labelled = true) {
    if (labelled) this.text(place, PAD, y, "∂", `heading derivative${this.nodes[node].kind === "input" ? " of-input" : ""}`);
    this.number(`grad ${node}`, place, x, y, room, "end grad");
    if (this.nodes[node].kind === "parameter") this.number(`new ${node}`, place, x, y, room, "end new");
  }

  drawSlope(place, slope, curve, by, {width, gradient}, tall) {
    const [node] = slope.split(" ").map(Number);
    const y = BASE + (tall > LINE ? (tall - LINE) / 2 : 0);
    place.append(element("rect", {class: curve ? "band" : "band derivative", x: 1, width: width - 2, height: tall}));
    if (curve) this.drawCurve(place, node, Number(slope.split(" ")[1]), tall);
    const words = curve ? `${this.nodes[node].op}′` : `∂/∂${this.nodes[by].label}`;
    const label = this.text(place, curve ? width - 2 * PAD - gradient : PAD, y, words, `heading derivative${curve ? " end" : ""}`);
    this.fit(label, curve ? 60 : width - 3 * PAD - gradient);
    this.number(`slope ${slope}`, place, width - PAD, y, gradient, "end slope");
  }

  // The activation from −6 to 6, the point at which it is worked, and the tangent there.
  drawCurve(place, node, k, tall) {
    const [left, wide] = [PAD, 92];
    const high = tall - 8;
    const clip = `${this.svg.id}-clip-${node}`;
    const group = element("g", {class: "curve", "clip-path": `url(#${clip})`});
    place.append(
      element("clipPath", {id: clip}, element("rect", {x: left, y: 2, width: wide, height: tall - 4})),
      group,
    );
    const point = element("circle", {r: 5, class: "point"});
    const tangent = element("line", {class: "tangent"});
    const line = element("path", {class: "function"});
    group.append(line, tangent, point);
    this.curves.push({node, k, left, wide, high, line, tangent, point});
  }

  // Curves are drawn for the numbers that the operation's other inputs have.
  drawCurves(run, known, showTangent) {
    for (const {node, k, left, wide, high, line, tangent, point} of this.curves) {
      const {row, parents} = this.nodes[node];
      const inputs = parents.map((parent) => run.data[parent]);
      const isKnown = known.data[node] !== undefined && Number.isFinite(run.data[node]);
      for (const one of [point, tangent]) one.classList.toggle("unknown", !isKnown);
      tangent.classList.toggle("unknown", !isKnown || !showTangent);
      const drawn = `${inputs} ${run.data[node]} ${isKnown}`;
      if (line.dataset.drawn === drawn) continue;
      line.dataset.drawn = drawn;
      const reach = Math.max(6, 1.2 * Math.abs(inputs[k]) || 0);
      const f = (x) => rows[row].forward(inputs.with(k, x));
      const xs = Array.from({length: 49}, (_, step) => reach * (step / 24 - 1));
      const ys = xs.map(f).filter(Number.isFinite);
      const [low, top] = [Math.min(...ys), Math.max(...ys)];
      const at = (x, y) => [left + (wide * (x + reach)) / (2 * reach), 4 + high * (1 - (y - low) / (top - low || 1))];
      const points = xs.map((x) => at(x, f(x))).filter((pair) => pair.every(Number.isFinite));
      line.setAttribute("d", `M${points.map((pair) => pair.map((x) => x.toFixed(1)).join(",")).join("L")}`);
      if (!isKnown) continue;
      const [cx, cy] = at(inputs[k], run.data[node]);
      point.setAttribute("cx", cx);
      point.setAttribute("cy", cy);
      const [x1, y1] = at(inputs[k] - reach, run.data[node] - reach * run.slopes[node][k]);
      const [x2, y2] = at(inputs[k] + reach, run.data[node] + reach * run.slopes[node][k]);
      for (const [key, x] of Object.entries({x1, y1, x2, y2})) tangent.setAttribute(key, x);
    }
  }

  text(group, x, y, content, classes) {
    const text = element("text", {x, y, class: classes});
    text.textContent = content;
    group.append(text);
    return text;
  }

  // A number at its place; one that is longer than its room is squeezed.
  number(place, group, x, y, room, classes) {
    const text = this.text(group, x, y, UNKNOWN, `number ${classes}`);
    text.dataset.place = place;
    text.dataset.room = room;
    const [quantity, node] = place.split(" ");
    if (quantity === "slope" || this.nodes[node].row) text.classList.add("computed");
    this.numbers.set(place, [...(this.numbers.get(place) ?? []), text]);
  }

  // A row can be reached by key and pointer.
  prepare(place, node, width, height) {
    place.append(element("rect", {class: "touch", width, height}));
    place.dataset.node = node;
    place.setAttribute("tabindex", this.homes.size ? "-1" : "0");
    place.setAttribute("role", "button");
    this.homes.set(node, [...(this.homes.get(node) ?? []), place]);
  }

  // ---- What changes from step to step -----------------------------------------------------------------------------

  // `texts` gives what is written at each place; what is not in it is not known.
  write(texts) {
    const written = [];
    for (const [place, elements] of this.numbers) {
      const [quantity, node] = place.split(" ");
      // A new number takes the place of the gradient that led to it.
      const shown = quantity === "grad" && texts.has(`new ${node}`) ? UNKNOWN : texts.get(place) ?? UNKNOWN;
      if (this.written.get(place) === shown) continue;
      this.written.set(place, shown);
      for (const text of elements) {
        text.textContent = shown;
        written.push(text);
      }
    }
    this.squeeze(written);
    for (const [node, places] of this.homes) {
      const said = [["value", "data"], ["gradient", "grad"], ["new", "new"]]
        .flatMap(([word, quantity]) => (texts.get(`${quantity} ${node}`) ? [`${word} ${texts.get(`${quantity} ${node}`)}`] : []));
      const label = [this.nodes[node].label, ...said].join(", ");
      if (this.labels.get(node) === label) continue;
      this.labels.set(node, label);
      for (const place of places) place.setAttribute("aria-label", label);
    }
  }

  fit(text, room) {
    text.dataset.room = room;
    this.squeeze([text]);
  }

  // Long texts are made to fit their columns. All are measured before the first is changed, or each would be laid out
  // anew.
  squeeze(texts) {
    for (const text of texts) text.removeAttribute("textLength");
    const room = (text) => Number(text.dataset.room);
    const long = texts.filter((text) => text.textContent.length * WIDEST > room(text));
    for (const text of long.filter((one) => one.getComputedTextLength() > room(one))) {
      text.setAttribute("textLength", room(text));
      text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  }

  // Marks what a step reads and writes, each in its role, and the edges that it goes along: see `marksOf`.
  mark(marks, isBackward, phase) {
    for (const one of this.live) one.classList.remove(...ROLES, "back", "forth", "active", ...PATHS);
    this.live.clear();
    this.markLayer.replaceChildren();
    this.svg.dataset.phase = phase;
    const framed = new Map();
    for (const role of ROLES) {
      for (const place of marks[role] ?? []) {
        for (const text of this.numbers.get(place) ?? []) if (text.textContent && !framed.has(text)) framed.set(text, role);
      }
    }
    this.frame(framed);
    for (const along of marks.along) {
      for (const line of this.edges.get(along) ?? []) {
        line.classList.add(isBackward ? "back" : "forth");
        line.style.setProperty("--arrow", `url(#${this.svg.id}-arrow${isBackward ? "-back" : ""})`);
        this.live.add(line);
      }
    }
  }

  // A frame about each number, whose line differs by role.
  frame(roles) {
    for (const [text, role] of roles) {
      const box = text.closest(".box");
      text.classList.add(role);
      box?.classList.add("active");
      for (const one of [text, box]) if (one) this.live.add(one);
    }
    const places = [...roles].map(([text, role]) => [role, this.placeOf(text)]); // measured before any is drawn
    this.used = places.map(([, place]) => place);
    const frames = places.map(([role, {x, y, width, height}]) =>
      element("rect", {class: `frame ${role}`, x: x - 4, y: y - 1, width: width + 8, height: height + 2, rx: 5}));
    this.framed = [...roles.keys()].map((text, k) => [text.closest(".box"), frames[k]]);
    this.markLayer.append(...frames);
  }

  // Where an element stands, in the picture's own pixels.
  placeOf(text) {
    const {x, y, width, height} = text.getBBox();
    let [dx, dy] = [0, 0];
    for (let one = text; one !== this.sheet; one = one.parentNode) {
      const moved = one.transform.baseVal.consolidate()?.matrix;
      if (moved) [dx, dy] = [dx + moved.e, dy + moved.f];
    }
    return {x: x + dx, y: y + dy, width, height};
  }

  // ---- What part of it is seen ------------------------------------------------------------------------------------

  look(box) {
    if (this.box && Object.keys(box).every((key) => box[key] === this.box[key])) return;
    this.box = box;
    // The sheet is moved, and the viewBox is of its size alone: all text would be laid out anew for another viewBox.
    const words = `0 0 ${box.width} ${box.height}`;
    if (this.svg.getAttribute("viewBox") !== words) this.svg.setAttribute("viewBox", words);
    this.sheet.setAttribute("transform", `translate(${-box.x} ${-box.y})`);
    this.cut(box);
  }

  // A box that is not seen whole shows no numbers: half a number would be another one.
  cut(seen) {
    for (const {id, x, y, width, height} of this.view.boxes) {
      const isWhole = x >= seen.x && y >= seen.y && x + width <= seen.x + seen.width && y + height <= seen.y + seen.height;
      this.groups.get(id).classList.toggle("cut", !isWhole);
    }
  }

  // Nor is a number framed that is not shown.
  cutFrames() {
    for (const [box, frame] of this.framed) frame.classList.toggle("unknown", box?.classList.contains("cut") ?? false);
  }

  // Pixels of the screen for one of the picture.
  get scale() {
    const {width, height} = this.svg.getBoundingClientRect();
    return Math.min(width / this.box.width, height / this.box.height);
  }
}

const PATHS = ["path-0", "path-1", "path-2", "path-3"]; // dash patterns of contributions
const ROLES = ["upstream", "local", "result", "read"];
