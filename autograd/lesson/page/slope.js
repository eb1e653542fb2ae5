// The slope: the output as a function of one leaf, with the tangent there, which is the gradient just computed, and the
// optimizer's step; or of two leaves, as contours with the gradient and the direction in which nothing changes.

const CURVE = 61; // points
const GRID = 27;
const PLOT = [244, 232];

const slopes = {
  nodes: [], // one, or two
  middle: [], // of the plot, which stays while a point moves
  reach: 2,
  plot: null,

  choose(first, second = null) {
    this.nodes = second === null || second === first ? [first] : [first, second];
    this.reach = Math.max(2, ...this.nodes.map((node) => 1.5 * Math.abs(taken().leaves[node]) || 0));
    this.centre();
  },

  centre() {
    this.middle = this.nodes.map((node) => taken().leaves[node]);
  },

  zoom(by) {
    this.reach *= by;
    this.centre();
    show();
  },
};

const slopeNames = nodes.flatMap(({label}, i) => (isGiven(i) ? [[i, label]] : []));
const [slopeFirst, slopeSecond] = ["of", "and"].map((words, k) => {
  const select = make("select", {ariaLabel: k ? "Second number" : "Number"});
  if (k) select.add(new Option("–", ""));
  for (const [i, label] of slopeNames) select.add(new Option(label, i));
  select.addEventListener("change", () => {
    slopes.choose(Number(slopeFirst.value), slopeSecond.value === "" ? null : Number(slopeSecond.value));
    show();
  });
  return select;
});
const slopeSvg = plotSvg("");
slopeSvg.setAttribute("tabindex", "0");
slopeSvg.setAttribute("role", "application");
const slopeWords = make("div", {className: "readings"});
const slopePart = make("div", {},
  make("div", {}, make("label", {}, `${nodes[output].label} of `, slopeFirst), make("label", {}, " and ", slopeSecond)),
  slopeSvg,
  make("div", {}, labButton("closer", () => slopes.zoom(1 / 2)), " ", labButton("wider", () => slopes.zoom(2))),
  slopeWords);
slopePart.dataset.about = "E as a function of one given number, or of two";
lab.add("slope", "Slope", "s", slopePart, showSlope);

// The key takes the number that has the focus.
KEYS.s = () => {
  const node = Number(document.activeElement?.closest?.("[data-node]")?.dataset.node ?? NaN);
  if (isGiven(node) && (lab.open !== "slope" || slopes.nodes[0] !== node)) {
    slopes.choose(node);
    lab.show("slope");
  } else lab.toggle("slope");
};

function showSlope() {
  if (!slopes.nodes.length) slopes.choose(slopeAtFirst());
  const run = taken();
  if (slopes.nodes.some((node, k) => Math.abs(run.leaves[node] - slopes.middle[k]) > slopes.reach)) slopes.centre();
  const [first, second] = slopes.nodes;
  slopeFirst.value = first;
  slopeSecond.value = second ?? "";
  const words = slopes.nodes.map((node) => {
    const [x, g, next] = [run.data[node], run.grad[node], run.next[node]];
    const {show: figures} = formulas[state.mode];
    const step = next === undefined ? "" : `; step ${plain(figures(x))} → ${plain(figures(next))}`;
    return make("p", {textContent: `${nodes[node].label} = ${plain(figures(x))}, slope ${plain(figures(g))}${step}`});
  });
  slopeWords.replaceChildren(...words, ...(second === undefined ? curveOf(first, run) : contoursOf(first, second, run)));
  slopeSvg.setAttribute("aria-label", words.map(({textContent}) => textContent).join("; "));
}

// The number that the step is about, or the first weight of the last unit.
function slopeAtFirst() {
  const about = explained(latest);
  if (isGiven(about)) return about;
  const weights = lesson.units.flatMap(({sources}) => sources.flatMap(([, weight]) => (weight === null ? [] : [weight])));
  return Math.max(...weights, slopeNames[0][0]);
}

const rangeOf = (k) => [slopes.middle[k] - slopes.reach, slopes.middle[k] + slopes.reach];

function leavesWith(run, pairs) {
  const leaves = [...run.leaves];
  for (const [node, x] of pairs) leaves[node] = x;
  return leaves;
}

function curveOf(node, run) {
  const [from, to] = rangeOf(0);
  const points = Array.from({length: CURVE}, (_, k) => from + ((to - from) * k) / (CURVE - 1))
    .map((x) => [x, valueAt(leavesWith(run, [[node, x]]))]);
  const ys = points.map(([, y]) => y).filter(Number.isFinite);
  const [x, y, g, next] = [run.data[node], run.data[output], run.grad[node], run.next[node]];
  const [low, high] = [Math.min(...ys, y), Math.max(...ys, y)];
  const room = 0.06 * (high - low || 1);
  const plot = (slopes.plot = new Plot(slopeSvg, PLOT, [[from, to], [low - room, high + room]], [nodes[node].label, nodes[output].label]));
  plot.curve(points, "curve-line");
  const most = Math.abs(g) > 0 ? Math.min(to - from, (high - low + 2 * room) / Math.abs(g)) : to - from;
  const clip = (t) => Math.max(from, Math.min(to, t));
  const [left, right] = [clip(x - most / 2), clip(x + most / 2)];
  plot.line([left, y + g * (left - x)], [right, y + g * (right - x)], "tangent-line");
  plot.point(x, y, "here");
  if (next === undefined) return [];
  const after = valueAt(leavesWith(run, [[node, next]]));
  if (next >= from && next <= to) {
    plot.line([x, y], [next, after], "step-line");
    plot.point(next, after, "next", 5);
  }
  const show = (z) => plain(number(z, 4));
  return [make("p", {textContent: `this step alone: ${nodes[output].label} ${show(y)} → ${show(after)}`})];
}

function contoursOf(first, second, run) {
  const ranges = [rangeOf(0), rangeOf(1)];
  const [xs, ys] = ranges.map(([from, to]) => Array.from({length: GRID}, (_, k) => from + ((to - from) * k) / (GRID - 1)));
  const values = xs.map((x) => ys.map((y) => valueAt(leavesWith(run, [[first, x], [second, y]]))));
  const all = values.flat().filter(Number.isFinite).sort((a, b) => a - b);
  const levels = Array.from({length: 9}, (_, k) => all[Math.floor(((k + 0.5) * all.length) / 9)]);
  const plot = (slopes.plot = new Plot(slopeSvg, [PLOT[0], PLOT[0] + 34], ranges, [nodes[first].label, nodes[second].label]));
  plot.contours(values, GRID, levels);
  const [x, y] = [run.data[first], run.data[second]];
  const [gx, gy] = [run.grad[first], run.grad[second]];
  const size = Math.hypot(gx, gy);
  if (size > 0) {
    const [ux, uy] = [gx, gy].map((one) => (0.45 * slopes.reach * one) / size);
    plot.line([x - uy, y + ux], [x + uy, y - ux], "level-line");
    const arrow = plot.line([x, y], [x + ux, y + uy], "gradient-line");
    arrow.setAttribute("marker-end", "url(#plot-arrow)");
  }
  const tip = {id: "plot-arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 5, markerHeight: 5, orient: "auto"};
  plot.add("defs", {}).append(element("marker", tip, element("path", {d: "M0,0L10,5L0,10z", class: "gradient-tip"})));
  plot.curve(pathSoFar(first, second), "path-line");
  const next = [first, second].map((node) => run.next[node] ?? run.data[node]);
  plot.line([x, y], next, "step-line");
  plot.point(x, y, "here");
  return [make("p", {textContent: "Arrow: gradient, uphill. Dashed across it: no change. Dotted: the path so far, and the step."})];
}

// Where two numbers have been: in the training on examples, and the rounds of the board.
function pathSoFar(first, second) {
  const rounds = Array.from({length: state.round}, (_, k) => trainings[state.mode].round(k + 1).leaves);
  return [...(trainer ? trainer.path(first, second) : []), ...rounds.map((leaves) => [leaves[first], leaves[second]])];
}

// ---- The point, dragged along or moved by the arrows ----------------------------------------------------------------

let along = null;

function movePoint(event) {
  const tidy = (x) => round(x, Math.max(0, 2 - Math.floor(Math.log10(slopes.reach))));
  const to = slopes.plot.from(event).map(tidy);
  sayRefusal(changes.setAll(slopes.nodes.map((node, k) => [node, to[k]]), along));
}

slopeSvg.addEventListener("pointerdown", (event) => {
  along = {};
  slopeSvg.setPointerCapture(event.pointerId);
  movePoint(event);
});
slopeSvg.addEventListener("pointermove", (event) => along && movePoint(event));
for (const end of ["pointerup", "pointercancel"]) slopeSvg.addEventListener(end, () => ([along, changes.gesture] = [null, null]));
slopeSvg.addEventListener("keydown", (event) => {
  const by = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 1], ArrowDown: [1, -1]}[event.key];
  const node = by && slopes.nodes[by[0]];
  if (node === undefined) return;
  const step = event.shiftKey ? 0.01 : 0.1;
  sayRefusal(changes.set(node, round(taken().leaves[node] + by[1] * step, 10)));
  event.preventDefault();
  event.stopPropagation();
});
