// The board: which scene of which round is shown, with which numbers, and what follows from that.

const byId = (id) => document.getElementById(id);
const lesson = readLesson(byId("data").textContent);
const {nodes} = lesson;
const output = nodes.length - 1;
const MODES = lesson.decimals ? {exact: null, slide: lesson.decimals} : {exact: null};
const plain = (shown) => notations.text.digits(shown);

const formulas = Object.fromEntries(Object.entries(MODES).map(([mode, decimals]) => [mode, new Formulas(lesson, decimals)]));
const given = nodes.map(({data}) => data); // of the leaves
let beginning = {leaves: given}; // what the first round begins with, and what was changed: see changes.js
let trainings = begin();
const pictures = Object.fromEntries(Object.entries(lesson.views).map(([view, places]) => [view, new Picture(byId(view), places, lesson)]));

const state = {round: 1, grain: lesson.grain, at: 0, shown: true, mode: "exact", view: Object.keys(pictures)[0], inputs: false};

function begin() {
  return Object.fromEntries(Object.entries(MODES).map(([mode, decimals]) => [mode, new Training(lesson, beginning.leaves, decimals, beginning)]));
}

// ---- Where we are --------------------------------------------------------------------------------------------------

const cachedScenes = new Map(); // by how the rule is told

function scenes() {
  const {t} = taken();
  const key = lesson.optimizer ? rule.looks.indexOf(ruleLook(lesson.optimizer, t)) : 0;
  if (!cachedScenes.has(key)) {
    const all = scenesOf(lesson, scalarSteps(lesson, t));
    cachedScenes.set(key, {all, told: withoutInputs(all)});
  }
  return cachedScenes.get(key)[showsInputs() ? "all" : "told"][state.grain];
}

const withoutInputs = (all) => Object.fromEntries(Object.entries(all).map(([grain, list]) => [grain, list.filter(({kind}) => kind !== "inputs")]));

const taken = () => trainings[state.mode].round(state.round);
const scene = () => scenes()[state.at];
const asks = (one) => one.ask !== "" || (quiz.on && !["given", "seed"].includes(one.kind));

// What is known when a scene begins and when it is over.
function knownIn({all, begin, end}, mode = state.mode) {
  const training = trainings[mode];
  const run = training.round(state.round);
  return [begin, end].map((count) => knownAfter(nodes, run, all.slice(0, count), training.rounding[1]));
}

// ---- Moving --------------------------------------------------------------------------------------------------------

// To a scene of the grain, by its place from 0; before the first and after the last there are other rounds.
function go(at, shown = null) {
  state.at = Math.max(0, Math.min(scenes().length - 1, at));
  state.shown = shown ?? !asks(scene());
  show();
}

function forwards() {
  if (!state.shown) [state.shown] = [true];
  else if (state.at < scenes().length - 1) return go(state.at + 1);
  else if (lesson.optimizer) return goToRound(state.round + 1);
  show();
}

function backwards() {
  if (state.shown && asks(scene())) return go(state.at, false);
  if (state.at > 0) return go(state.at - 1, true);
  if (state.round > 1) {
    state.round -= 1;
    go(Infinity, true);
  }
}

function goToRound(k) {
  if (k < 1 || (k > 1 && !lesson.optimizer)) return;
  state.round = k;
  go(0);
}

function goToPhase(phase) {
  const at = scenes().findIndex((one) => one.phase === phase);
  if (at >= 0) go(at);
}

// The same place in another grain: the scene that has the step just taken.
function setGrain(grain) {
  if (grain === state.grain || !GRAINS.includes(grain)) return;
  const {all, end} = scene();
  const step = all[end - 1];
  state.grain = grain;
  const at = scenes().findIndex((one) => one.steps.includes(step));
  go(at < 0 ? scenes().findIndex((one) => one.end >= end) : at, true);
}

// The scene that determines a number of a node, the one of the present phase if there is one.
function goToNode(node) {
  const {phase} = scene();
  const places = {forward: ["data"], backward: ["grad", "data"], update: ["new", "grad", "data"]}[phase];
  for (const quantity of places) {
    const at = scenes().findLastIndex((one) => one.steps.some((step) => writesPlace(step) === `${quantity} ${node}`));
    if (at >= 0) return go(at, true);
  }
  go(0);
}

const writesPlace = ({kind, node, parent, writes}) =>
  ({result: `data ${node}`, seed: `grad ${node}`, hand: `grad ${parent}`, line: writes ? "" : `new ${node}`})[kind];

// ---- Showing -------------------------------------------------------------------------------------------------------

const listeners = []; // each is called with all that is shown
let latest = null; // that

function show() {
  const one = scene();
  const [before, after] = knownIn(one);
  const visible = state.shown ? after : before;
  const rows = formulas[state.mode].rows(one, taken(), before, after);
  const marks = marksOf(nodes, one.steps);
  const texts = textsOf(visible, one);
  if (!state.shown) {
    marks.read = []; // what is used is part of the answer
    if (one.blank !== "factor") [marks.upstream, marks.local] = [[], []];
    for (const place of marks.result) texts.set(place, "?");
  }
  latest = {scene: one, rows, marks, texts, visible, before, after, taken: taken(), ...state};
  for (const listen of listeners) listen(latest);
}

// The rows of the present scene, worked in another mode; none where there is no such mode.
function formulasOf(mode) {
  if (!(mode in MODES)) return [];
  const round = trainings[mode].round(state.round);
  return formulas[mode].rows(scene(), round, ...knownIn(scene(), mode));
}

// The gradients of inputs, which nothing learns from, are shown if they are asked for, and step by scalar step.
const showsInputs = () => state.inputs || state.grain === "scalar";
const isTold = (i) => nodes[i].kind !== "input" || showsInputs();
const uses = nodes.map(() => []); // of each node, what it is handed a contribution by
nodes.forEach(({parents = []}, i) => parents.forEach((parent) => uses[parent].push(i)));

// Inputs whose gradients can be told, in a story, which has no step for them: for those of all that is computed from them are known.
function inputsDue(complete) {
  return nodes.flatMap(({kind}, i) => (kind === "input" && state.grain !== "scalar" && uses[i].every((child) => complete[child]) ? [i] : []));
}

// What is written at each place of a picture.
function textsOf({data, grad, complete, new: next, memory}, {phase}) {
  const {show: figures} = formulas[state.mode];
  const texts = new Map();
  const put = (place, x, show = figures, [before, after] = ["", ""]) => x !== undefined && texts.set(place, before + plain(show(x)) + after);
  data.forEach((x, i) => put(`data ${i}`, x));
  grad.forEach((x, i) => isTold(i) && put(`grad ${i}`, x, figures, complete[i] ? ["", ""] : ["", " …"])); // a sum so far
  if (state.inputs && lesson.story.length) for (const i of inputsDue(complete)) put(`grad ${i}`, taken().grad[i]);
  next.forEach((x, i) => put(`new ${i}`, x, figures, ["→ ", ""]));
  memory.forEach((xs, i) => xs.forEach((x, k) => put(`memory ${i} ${k}`, x, fourDigits)));
  if (phase !== "forward") {
    taken().slopes.forEach((slopes, i) => slopes.forEach((slope, k) => put(`slope ${i} ${k}`, slope, fourDigits)));
  }
  return texts;
}
