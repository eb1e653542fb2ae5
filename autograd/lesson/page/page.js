"use strict";

// The page replays a recorded lesson, frame by frame. It computes no number of its own: whatever it shows
// was written by Python, once exactly and once rounded as it goes ("slide").

const byId = (id) => document.getElementById(id);
const lesson = JSON.parse(byId("data").textContent);
const {frames, nodes, network} = lesson;
const UNKNOWN = "·";
const PHASES = {forward: "Forward pass", backward: "Backward pass", update: "Update"};
const QUANTITY = {forward: "data", backward: "grad", update: "new"}; // what each phase finds out

let now = 0; // the index of the current frame
let mode = "exact"; // or "slide"
let quizzing = false;
const guesses = new Map(); // frame index -> {tries, first: right at the first try, open: the number may be seen}

// ---- Where things are: looked up once, since a program may have thousands of nodes -------------------------------

const firstFrame = new Map(); // "1 backward" -> the first frame of that phase; "1 grad 9" -> of that quantity
frames.forEach(({round, phase, writes}, k) => {
  const keys = writes ? [`${round} ${phase}`, `${round} ${writes[1]} ${writes[0]}`] : [`${round} ${phase}`];
  for (const key of keys) if (!firstFrame.has(key)) firstFrame.set(key, k);
});
const opening = (round) => firstFrame.get(`${round} forward`);

const boxes = nodes.map((node, i) => {
  const group = byId(`n${i}`);
  if (!group) return null;
  prepare(group, node.label);
  group.dataset.node = i;
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "link"); // Enter follows it, and Space stays free for the next step
  const [data, grad] = [...group.querySelectorAll("text")].slice(-2);
  return node.kind === "constant" ? {group} : {group, data, grad};
});

const edges = Object.keys(lesson.rounds[0].exact.locals).flatMap((id) => {
  const group = byId(id);
  if (!group) return [];
  const [child, parent] = id.slice(1).split("-").map(Number);
  prepare(group, `d ${nodes[child].label} / d ${nodes[parent].label}`);
  return [{id, child, text: group.querySelector("text")}];
});

const lines = Object.entries(network?.texts ?? {}).flatMap(([id, shown]) => {
  const group = byId(id);
  if (!group) return [];
  centre(group);
  const texts = group.querySelectorAll("text");
  return shown.flatMap(([quantity, node, prefix], k) =>
    quantity === "fixed" || !texts[k] ? [] : [{quantity, node, prefix, text: texts[k]}]);
});

const rows = new Map(nodes.flatMap((node, i) => (node.kind === "parameter" ? [[i, addRow(i, node.label)]] : [])));

// Replaces graphviz's tooltips: they tell the final numbers, which may not be known yet.
function prepare(group, label) {
  const title = group.querySelector("title");
  if (title) title.textContent = label;
  for (const link of group.querySelectorAll("a")) link.removeAttribute("xlink:title");
  if (group.classList.contains("node")) group.setAttribute("aria-label", label);
}

// Graphviz places each text by its left end, for the text that it had; a changed text has to be centred anew.
function centre(group) {
  const shape = group.querySelector("ellipse, polygon, path").getBBox();
  for (const text of group.querySelectorAll("text")) {
    text.setAttribute("x", shape.x + shape.width / 2);
    text.setAttribute("text-anchor", "middle");
  }
}

function addRow(node, label) {
  const row = byId("parameters").tBodies[0].insertRow();
  row.dataset.node = node;
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = label;
  row.append(name);
  const cells = ["value", "grad", "new"].map((quantity) => {
    const cell = row.insertCell();
    cell.className = quantity;
    return cell;
  });
  return {row, data: cells[0], grad: cells[1], new: cells[2]};
}

// ---- What is known at a step -------------------------------------------------------------------------------------

const secret = (step) => quizzing && guessable(step) && !guesses.get(step)?.open;
// Of a number that there is nothing to compute for, such as dE/dE = 1, the formula is the answer.
const guessable = (step) => frames[step][mode].numbers !== "" && Number.isFinite(frames[step][mode].value);

// The numbers known after a step, by node; a quantity that is not yet known in this round is undefined.
function numbersAt(step, hide) {
  const {round} = frames[step];
  const given = lesson.rounds[round - 1][mode].data;
  const numbers = {data: nodes.map((_, i) => given[i] || undefined), grad: [], memory: [], new: []};
  for (let k = opening(round); k <= step; k++) {
    const {writes, [mode]: told} = frames[k];
    if (writes) numbers[writes[1]][writes[0]] = told.shown;
  }
  if (hide) {
    const [node, quantity] = frames[step].writes;
    numbers[quantity][node] = "?";
  }
  return numbers;
}

// What a gradient has been handed before a share is added to it.
function sumSoFar(step) {
  const {phase, writes: [node]} = frames[step];
  const sum = phase === "backward" ? numbersAt(step - 1).grad[node] : undefined;
  return sum === undefined ? "" : `${sum} + `;
}

function negated(number) {
  if (number === undefined || number === "?" || Number(number) === 0) return number;
  return number.startsWith("−") ? number.slice(1) : `−${number}`;
}

// ---- Showing a step ----------------------------------------------------------------------------------------------

const live = new Set(); // the elements that bear a mark of the current step

function mark(element, name) {
  if (!element) return;
  element.classList.add(name);
  live.add(element);
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function writeMath(element, markup) {
  const template = document.createElement("template");
  template.innerHTML = markup; // made by walkthrough.py, with every label escaped
  element.replaceChildren(template.content);
}

// The two pictures and the table, as they stand after a step.
function paint(step, hide = secret(step)) {
  const numbers = numbersAt(step, hide);
  const latest = (i) => numbers.new[i] ?? numbers.data[i] ?? UNKNOWN;
  boxes.forEach((box, i) => {
    write(box?.data, `data ${latest(i)}`);
    write(box?.grad, `grad ${numbers.grad[i] ?? UNKNOWN}`);
  });
  const {round, phase, reads} = frames[step];
  const {locals} = lesson.rounds[round - 1][mode];
  // The output hands on its local derivatives as they are: they are the answers.
  const asked = hide && phase === "backward" ? reads.find((i) => i === nodes.length - 1) : undefined;
  for (const {id, child, text} of edges) {
    const known = (numbers.data[child] ?? "?") !== "?" && child !== asked;
    write(text, known ? locals[id] : "");
  }
  for (const {quantity, node, prefix, text} of lines) {
    const grad = quantity === "err" ? negated(numbers.grad[node]) : numbers.grad[node];
    write(text, prefix + (quantity === "data" ? latest(node) : grad ?? UNKNOWN));
  }
  for (const [i, cells] of rows) {
    for (const quantity of ["data", "grad", "new"]) write(cells[quantity], numbers[quantity][i] ?? UNKNOWN);
  }
}

// Marks what a step writes, what it reads, and the edges that it multiplies along.
function highlight({writes, reads, edges: along}) {
  for (const element of live) element.classList.remove("written", "reading", "along", "current");
  live.clear();
  for (const id of along) mark(byId(id), "along");
  if (!writes) return;
  const [node, quantity] = writes;
  const seen = quantity === "new" ? "data" : quantity; // a picture shows a new value in the old one's place
  const homes = (i) => [boxes[i]?.group, network && byId(network.home[i])];
  for (const element of homes(node)) mark(element, "written");
  for (const element of reads.flatMap(homes)) if (!live.has(element)) mark(element, "reading");
  mark(boxes[node]?.[seen], "current");
  for (const line of lines) {
    if (line.node === node && (line.quantity === seen || (line.quantity === "err" && seen === "grad"))) {
      mark(line.text, "current");
    }
  }
  mark(rows.get(node)?.row, "current");
  mark(rows.get(node)?.[quantity], "current");
}

function describe(step) {
  const frame = frames[step];
  const told = frame[mode];
  const hide = secret(step);
  const counter = `Step ${step + 1} of ${frames.length}`;
  byId("phase").textContent = PHASES[frame.phase];
  byId("panel-title").textContent = frame.title;
  byId("counter").textContent = counter;
  byId("mode").textContent = mode === "slide" ? `rounded as it goes: ${lesson.decimals}` : "";
  writeMath(byId("symbols"), frame.symbols);
  writeMath(byId("local"), frame.local);
  writeMath(byId("numbers"), hide ? frame.given || `${sumSoFar(step)}?` : told.numbers);
  writeMath(byId("note"), hide ? "" : told.note);
  byId("result").textContent = hide ? "?" : told.shown;
  byId("full").textContent = !hide && mode === "exact" && told.full !== told.shown ? told.full : "";
  byId("live").textContent = hide ? `${frame.title}. What is the result?` : told.speech;
  byId("slider").value = step + 1;
  byId("slider").setAttribute("aria-valuetext", `${counter}: ${frame.title}`);
  byId("previous").disabled = step === 0;
  byId("next").disabled = step === frames.length - 1;
  byId("round").value = frame.round;
  for (const phase of Object.keys(PHASES)) {
    const button = byId(`phase-${phase}`);
    button.disabled = !firstFrame.has(`${frame.round} ${phase}`);
    button.ariaCurrent = phase === frame.phase ? "step" : null;
  }
  describeQuiz(step);
  settle();
}

const SMALLEST = 16; // pixels: a formula shrinks to fit, but no further

// Makes the formulas fit the panel, and keeps the panel from shrinking: it would move the picture.
function settle() {
  const panel = byId("panel");
  const layout = [innerWidth, innerHeight, quizzing].join();
  if (panel.dataset.layout !== layout) panel.style.minHeight = "";
  panel.dataset.layout = layout;
  for (const formula of byId("formulas").children) {
    formula.classList.remove("long");
    formula.style.fontSize = "";
    const tooLong = () => formula.scrollWidth > formula.clientWidth;
    let size = parseFloat(getComputedStyle(formula).fontSize);
    while (tooLong() && size > SMALLEST) formula.style.fontSize = `${--size}px`;
    formula.classList.toggle("long", tooLong());
  }
  panel.style.minHeight = `${panel.offsetHeight}px`;
}

function show(step) {
  if (step !== now) {
    byId("answer").value = "";
    byId("verdict").textContent = "";
  }
  now = step;
  describe(now);
  paint(now);
  highlight(frames[now]);
  keepInSight();
  rememberStep();
  if (secret(now) && document.activeElement === document.body) byId("answer").focus();
}

// Every jump of the reader's own; it takes over from the player.
function go(step) {
  stop();
  show(Math.max(0, Math.min(frames.length - 1, step)));
}

function goToPhase(phase) {
  const step = firstFrame.get(`${frames[now].round} ${phase}`);
  if (step !== undefined) go(step);
}

function goToRound(round) {
  if (round >= 1 && round <= lesson.rounds.length) go(opening(round));
}

// The step that computes a node. A leaf's data is computed by none: the round's opening frame gives it.
function goToNode(node) {
  const {round, phase} = frames[now];
  const step = firstFrame.get(`${round} ${QUANTITY[phase]} ${node}`) ?? firstFrame.get(`${round} data ${node}`);
  go(step ?? opening(round));
}

// ---- The address: #step=12 ---------------------------------------------------------------------------------------

let remembering = 0;
let remembered = -Infinity;

// Browsers refuse an address that changes too often, as it would while an arrow key is held down.
function rememberStep() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    remembered = performance.now();
    try {
      history.replaceState(null, "", `#step=${now + 1}`);
    } catch {
      // A notebook's frame has no address to change.
    }
  }, Math.max(0, remembered + 250 - performance.now()));
}

function stepInAddress() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  return found ? Math.max(1, Math.min(frames.length, Number(found[1]))) - 1 : null;
}

// ---- Playing -----------------------------------------------------------------------------------------------------

let playing = 0;

function play() {
  if (playing) return stop();
  if (now === frames.length - 1) show(0);
  byId("play").textContent = "Pause";
  schedule();
}

function schedule() {
  playing = setTimeout(() => {
    show(now + 1);
    if (now < frames.length - 1) schedule();
    else stop();
  }, Number(byId("speed").value));
}

function stop() {
  clearTimeout(playing);
  playing = 0;
  byId("play").textContent = "Play";
}

// ---- The quiz ----------------------------------------------------------------------------------------------------

// The rule, which the help tells: three digits are right, of the number itself (exact, or rounded as on a slide) or of
// what the rounded numbers on display come to. The sign has to be right, too, so that 0 is right for nothing but 0.
function isRight(answer, {exact, slide, [mode]: told}) {
  const near = (x) => Math.abs(answer - x) <= 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(x))) - 2) * (1 + 1e-9);
  return Math.sign(answer) === Math.sign(told.value)
    && [exact.value, slide?.value ?? null, told.worked].some((x) => x !== null && near(x));
}

function check() {
  if (!secret(now)) return;
  const typed = byId("answer").value.trim().replace(/[−–]/g, "-").replace(",", ".");
  const answer = Number(typed);
  if (typed === "" || !Number.isFinite(answer)) {
    byId("verdict").textContent = "Type a number.";
    return;
  }
  const off = answer - frames[now][mode].value;
  const right = isRight(answer, frames[now]);
  const {tries = 0, first = false} = guesses.get(now) ?? {};
  guesses.set(now, {tries: tries + 1, first: first || (right && tries === 0), open: right});
  if (right) show(now);
  else describeQuiz(now);
  const amount = Number(Math.abs(off).toPrecision(2));
  const wrong = isRight(-answer, frames[now]) ? "the sign is wrong" : `off by ${amount}, too ${off > 0 ? "large" : "small"}`;
  byId("verdict").textContent = right ? "Right" : `Not quite: ${wrong}`;
  byId("answer").select(); // what is typed next replaces it
}

function reveal() {
  if (!secret(now)) return;
  guesses.set(now, {tries: 0, first: false, ...guesses.get(now), open: true});
  show(now);
}

function describeQuiz(step) {
  byId("guess").hidden = !quizzing;
  if (!secret(step) && byId("asking").contains(document.activeElement)) document.activeElement.blur();
  byId("asking").hidden = !secret(step);
  const tried = [...guesses.values()].filter(({tries}) => tries > 0);
  const first = tried.filter((guess) => guess.first).length;
  const total = frames.filter((_, k) => guessable(k)).length;
  const score = `${first} right at first try / ${tried.length} answered / ${total} in all`;
  byId("score").textContent = step === frames.length - 1 ? `The end. Your score: ${score}` : score;
}

// ---- Switches ----------------------------------------------------------------------------------------------------

function press(button, on) {
  byId(button).setAttribute("aria-pressed", String(on));
}

function toggleRounding() {
  if (byId("rounding").hidden) return;
  mode = mode === "exact" ? "slide" : "exact";
  press("rounding", mode === "slide");
  show(now);
}

function toggleQuiz() {
  quizzing = !quizzing;
  press("quiz", quizzing);
  byId("verdict").textContent = "";
  show(now);
  if (secret(now)) byId("answer").focus();
}

function toggleView() {
  if (!network) return;
  const toNetwork = byId("network").hidden;
  byId("network").hidden = !toNetwork;
  byId("graph").hidden = toNetwork;
  press("view", toNetwork);
  keepInSight();
}

function toggleTable() {
  if (rows.size === 0) return;
  byId("ledger").hidden = !byId("ledger").hidden;
  press("table", !byId("ledger").hidden);
  keepInSight();
}

// ---- Explanations ------------------------------------------------------------------------------------------------

// The equations of some nodes' gradients, each once, as they stand in the current step's round; a quiz keeps their
// numbers back.
function derivation(asked) {
  const told = lesson.explained.rounds[frames[now].round - 1];
  const equations = asked.flatMap((node) => told[node][quizzing ? "symbols" : mode]);
  const once = new Map(equations.map((equation) => [equation.flat().join(), equation]));
  return [...once.values()].map(([left, sides, rounded]) => {
    const equation = document.createElement("div");
    equation.className = "equation";
    sides.forEach((side, k) => {
      const [before, after] = [document.createElement("span"), document.createElement("span")];
      if (k === 0) writeMath(before, lesson.explained.texts[left]);
      writeMath(after, lesson.explained.texts[side]);
      equation.append(before, after);
    });
    if (!quizzing) equation.lastChild.className = rounded ? "outcome rounded" : "outcome";
    return equation;
  });
}

// Explains the node asked for, or that has the focus, or that the step is about, or the one explained last.
function explain(asked) {
  const candidates = [asked, document.activeElement.dataset.node, frames[now].writes?.[0], byId("by").value];
  const node = candidates.find((candidate) => lesson.explained.nodes.includes(Number(candidate ?? NaN)));
  if (node === undefined) return;
  stop();
  byId("by").value = node;
  byId("derivation").replaceChildren(...derivation([node]));
  if (!byId("explanation").open) byId("explanation").showModal();
  byId("derivation").scrollTop = byId("derivation").lastChild.offsetTop; // what was asked comes after the deltas
}

// ---- Zooming and panning -----------------------------------------------------------------------------------------

const views = ["graph", "network"].flatMap((id) => {
  const svg = byId(id).querySelector("svg");
  if (!svg) return [];
  svg.removeAttribute("width");
  svg.removeAttribute("height");
  const {x, y, width, height} = svg.viewBox.baseVal;
  const whole = {x, y, width, height};
  const drawing = svg.querySelector("g");
  return [{host: byId(id), svg, drawing, placed: drawing.getAttribute("transform"), whole, box: whole}];
});
const view = () => views.find(({host}) => !host.hidden);
const pixelsPerUnit = ({svg}) => svg.getScreenCTM().a;

// The viewBox zooms; the drawing's transform pans. (Any change of the viewBox makes browsers lay out all text anew,
// which takes a hundred times as long in a large graph.)
function look(at, box) {
  const {whole, svg, drawing, placed} = at;
  if (box.width !== at.box.width) svg.setAttribute("viewBox", `${whole.x} ${whole.y} ${box.width} ${box.height}`);
  drawing.setAttribute("transform", `translate(${whole.x - box.x} ${whole.y - box.y}) ${placed}`);
  at.box = box;
}

function fit() {
  look(view(), view().whole);
}

function pan(dx, dy) { // in pixels
  const at = view();
  const scale = pixelsPerUnit(at);
  look(at, {...at.box, x: at.box.x - dx / scale, y: at.box.y - dy / scale});
}

function zoom(factor, point) { // about a point of the screen, or the centre
  const at = view();
  const {x, y, width, height} = at.box;
  const size = Math.min(2 * at.whole.width, Math.max(40, width / factor)) / width;
  const fixed = {x: x + width / 2, y: y + height / 2};
  if (point) {
    const inView = new DOMPoint(point.clientX, point.clientY).matrixTransform(at.svg.getScreenCTM().inverse());
    fixed.x = x + inView.x - at.whole.x;
    fixed.y = y + inView.y - at.whole.y;
  }
  look(at, {
    x: fixed.x + (x - fixed.x) * size,
    y: fixed.y + (y - fixed.y) * size,
    width: width * size,
    height: height * size,
  });
}

// Pans to the node that the step writes, and scrolls the table to its row, if they are out of sight.
function keepInSight() {
  const {writes} = frames[now];
  if (!writes) return;
  const at = view();
  const target = at?.svg.querySelector(".written");
  if (target && at.box.width < at.whole.width) {
    const [node, port] = [target.getBoundingClientRect(), at.svg.getBoundingClientRect()];
    const outside = node.left < port.left || node.right > port.right || node.top < port.top || node.bottom > port.bottom;
    if (outside) {
      pan((port.left + port.right - node.left - node.right) / 2, (port.top + port.bottom - node.top - node.bottom) / 2);
    }
  }
  const row = rows.get(writes[0])?.row;
  const ledger = byId("ledger");
  if (row && (row.offsetTop < ledger.scrollTop + row.offsetHeight
      || row.offsetTop + row.offsetHeight > ledger.scrollTop + ledger.clientHeight)) {
    ledger.scrollTop = row.offsetTop - ledger.clientHeight / 2; // not scrollIntoView: it would scroll a notebook, too
  }
}

let drag = null;

byId("picture").addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event);
}, {passive: false});
byId("picture").addEventListener("pointerdown", (event) => {
  if (event.button === 0) drag = {x: event.clientX, y: event.clientY, moved: false};
});
byId("picture").addEventListener("pointermove", (event) => {
  if (!drag || !(event.buttons & 1)) return;
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.moved && Math.hypot(dx, dy) < 4) return; // a click with an unsteady hand
  event.currentTarget.setPointerCapture(event.pointerId);
  drag = {x: event.clientX, y: event.clientY, moved: true};
  pan(dx, dy);
});
byId("picture").addEventListener("click", (event) => {
  const node = event.target.closest?.("[data-node]");
  if (node && !drag?.moved) goToNode(Number(node.dataset.node));
  drag = null;
});

// ---- The handout; in a quiz, a worksheet with a blank for each number --------------------------------------------

function handoutRow({phase, title, symbols, local, given, [mode]: told}, step) {
  const blank = quizzing && guessable(step);
  const row = document.createElement("li");
  const heading = document.createElement("h2");
  heading.textContent = `${PHASES[phase]}: ${title}`;
  const line = document.createElement("p");
  for (const markup of blank ? [symbols, local, given] : [symbols, local, told.numbers]) {
    const part = document.createElement("span");
    writeMath(part, markup);
    line.append(part);
  }
  const result = document.createElement("b");
  const said = line.textContent.endsWith(`=${told.shown}`); // as dE/dE = 1 does
  result.textContent = blank || said ? "" : told.shown;
  result.classList.toggle("blank", blank);
  const note = document.createElement("span");
  writeMath(note, blank ? null : told.note);
  line.append(result, note);
  row.append(heading, line);
  return row;
}

let boxOnScreen = null;

function beforePrint() {
  if (boxOnScreen) return;
  boxOnScreen = view().box;
  const kind = quizzing ? "worksheet" : mode;
  if (byId("handout").dataset.kind !== kind) {
    byId("handout").replaceChildren(...frames.map(handoutRow));
    byId("handout").dataset.kind = kind;
  }
  const heading = document.createElement("h2");
  heading.textContent = `The gradients of training step ${frames[now].round}, explained`;
  byId("derivations").replaceChildren(heading, ...derivation(lesson.explained.printed));
  // Of a worksheet all is to be found out. After an update, new weights would stand beside numbers that were computed
  // from the old ones.
  const round = quizzing ? 1 : frames[now].round;
  const update = firstFrame.get(`${round} update`);
  const when = quizzing ? "At the start" : "After the backward pass";
  byId("stage").textContent = when + (lesson.rounds.length > 1 ? ` of training step ${round}` : "")
    + (quizzing || !update ? "" : ", before the update");
  byId("stage").hidden = false;
  paint(quizzing ? 0 : (update ?? opening(round + 1) ?? frames.length) - 1, false);
  highlight({writes: null, reads: [], edges: []});
  fit();
}

function afterPrint() {
  if (!boxOnScreen) return;
  look(view(), boxOnScreen);
  boxOnScreen = null;
  byId("stage").hidden = true;
  show(now);
}

addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", afterPrint);
matchMedia("print").addEventListener("change", ({matches}) => (matches ? beforePrint() : afterPrint()));

// ---- Keys and buttons --------------------------------------------------------------------------------------------

const KEYS = {
  ArrowRight: () => go(now + 1),
  ArrowLeft: () => go(now - 1),
  " ": (event) => go(now + (event.shiftKey ? -1 : 1)),
  Home: () => go(0),
  End: () => go(frames.length - 1),
  f: () => goToPhase("forward"),
  b: () => goToPhase("backward"),
  u: () => goToPhase("update"),
  "[": () => goToRound(frames[now].round - 1),
  "]": () => goToRound(frames[now].round + 1),
  p: play,
  n: toggleView,
  t: toggleTable,
  r: toggleRounding,
  q: toggleQuiz,
  e: () => explain(),
  "+": () => zoom(1.25),
  "=": () => zoom(1.25), // the same key as +, on many keyboards
  "-": () => zoom(0.8),
  0: fit,
  "?": () => byId("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  const {target, key} = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) { // the key that opened it closes it; all others are its own
    if (key !== {keys: "?", explanation: "e"}[dialog.id]) return;
    event.preventDefault();
    return dialog.close();
  }
  const used = target.matches("select") || (key === " " && target.matches("button"));
  if (used && !target.closest("dialog")) return; // a dialog just closed may have the focus still
  // The answer's field takes what a number is written with. All other keys keep their meaning, and so do the arrows
  // while nothing is typed, or all of it would be replaced.
  const writes = /^([0-9eE.,+\u2212-]|Backspace|Delete|Home|End|Enter|Escape|Tab)$/.test(key);
  const typing = target.selectionEnd - target.selectionStart < target.value?.length;
  if (target === byId("answer") && (writes || (key.startsWith("Arrow") && typing))) return;
  if (key === "Enter" && target.dataset.node) goToNode(Number(target.dataset.node));
  else if (key === "Enter" && target === document.body && quizzing && !secret(now)) go(now + 1);
  else if (Object.hasOwn(KEYS, key)) KEYS[key](event);
  else return;
  event.preventDefault();
});

// A dialog leaves the focus on a button, which would swallow the next Space; or on the node where it was.
for (const id of ["keys", "explanation"]) {
  byId(id).addEventListener("close", () => {
    if (!document.activeElement.dataset.node) document.activeElement.blur();
  });
}

byId("answer").addEventListener("keydown", ({key}) => {
  if (key === "Enter") check();
  if (key === "Escape") byId("answer").blur(); // back to the keys of the page
});

const CLICKS = {
  previous: KEYS.ArrowLeft, next: KEYS.ArrowRight, play, fit, check, reveal,
  "phase-forward": KEYS.f, "phase-backward": KEYS.b, "phase-update": KEYS.u,
  view: toggleView, table: toggleTable, rounding: toggleRounding, quiz: toggleQuiz,
  "zoom-in": KEYS["+"], "zoom-out": KEYS["-"], help: KEYS["?"], close: () => byId("keys").close(),
  explain: () => explain(), "close-explanation": () => byId("explanation").close(),
};
for (const [id, action] of Object.entries(CLICKS)) byId(id).addEventListener("click", action);
byId("slider").addEventListener("input", ({target}) => go(target.valueAsNumber - 1));
byId("round").addEventListener("change", ({target}) => goToRound(Number(target.value)));
byId("by").addEventListener("change", ({target}) => explain(target.value));
byId("parameters").tBodies[0].addEventListener("click", ({target}) => explain(target.closest("tr").dataset.node));
addEventListener("resize", settle);
addEventListener("hashchange", () => {
  const step = stepInAddress();
  if (step !== null) go(step);
});

// ---- Start -------------------------------------------------------------------------------------------------------

byId("slider").max = frames.length;
byId("rounds").hidden = lesson.rounds.length < 2;
lesson.rounds.forEach((_, k) => byId("round").add(new Option(String(k + 1))));
byId("ledger").hidden = byId("table").hidden = rows.size === 0;
byId("explain").hidden = byId("derivations").hidden = lesson.explained.nodes.length === 0;
byId("by").labels[0].textContent = `The derivative of ${nodes.at(-1).label} by`;
for (const node of lesson.explained.nodes) {
  byId("by").add(new Option(nodes[node].label, node));
  rows.get(node)?.row.classList.add("explained");
}
byId("view").hidden = !network;
byId("network").hidden = true; // only now: nothing hidden can be measured
byId("rounding").hidden = !lesson.rounds[0].slide;
byId("rounding").title = lesson.decimals;
byId("answer").title = byId("rule").textContent;
if (view() && pixelsPerUnit(view()) < 0.5) zoom(0.8 / pixelsPerUnit(view())); // too small to read as a whole
show(stepInAddress() ?? 0);
