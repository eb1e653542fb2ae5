// The editor of one given number, over where it stands; and numbers nudged and dragged without it.

const editor = {node: null, before: null, row: null};
const editorInput = numberInput("number", (x) => changes.set(editor.node, x, editor), {id: "number"});
const editorName = make("strong");
const editorReset = labButton("", () => (changes.reset(editor.node), closeEditor()));
const editorSlope = labButton("Slope", () => (slopes.choose(editor.node), closeEditor(), lab.show("slope")));
const editorForm = make("div", {id: "editor", hidden: true, role: "group", ariaLabel: "Change a number"},
  make("div", {}, editorName, " = ", editorInput.input), editorInput.refused, make("div", {}, editorSlope, " ", editorReset));
byId("picture").append(editorForm);

// What a key or a click on a node does: a given number is changed; to a computed one the steps go.
function openNode(node, row, target = row) {
  const isOfSteps = /^(grad|new)/.test(target.dataset?.place ?? "");
  if (!isGiven(node) || isOfSteps) return goToNode(node);
  Object.assign(editor, {node, row, before: changes.now});
  editorName.textContent = nodes[node].label;
  editorInput.input.ariaLabel = nodes[node].label;
  editorInput.input.value = minus(String(taken().leaves[node]));
  editorInput.refused.hidden = true;
  editorReset.textContent = `Given: ${minus(String(given[node]))}`;
  editorReset.hidden = !changes.changed().includes(node);
  editorForm.hidden = false;
  const [inner, frame] = [row, byId("picture")].map((one) => one.getBoundingClientRect());
  const keep = (x, size, most) => Math.max(4, Math.min(x, most - size - 4));
  editorForm.style.left = `${keep(inner.left - frame.left, editorForm.offsetWidth, frame.width)}px`;
  editorForm.style.top = `${keep(inner.bottom - frame.top + 2, editorForm.offsetHeight, frame.height)}px`;
  editorInput.input.focus();
  editorInput.input.select();
}

function closeEditor() {
  if (editorForm.hidden) return;
  editorForm.hidden = true;
  changes.gesture = null;
  editor.row?.focus({preventScroll: true});
}

editorForm.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (changes.now !== editor.before) changes.undo();
    closeEditor();
  } else if (event.key === "Enter" && event.target === editorInput.input) {
    if (editorInput.input.getAttribute("aria-invalid") !== "true") closeEditor();
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
editorForm.addEventListener("focusout", ({relatedTarget}) => {
  if (!editorForm.contains(relatedTarget) && document.hasFocus()) editorForm.hidden = true;
});

// ---- Nudged: arrows up and down on the number that has the focus -----------------------------------------------------

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("#picture [data-node], #parameters [data-node]");
  if (!row || !["ArrowUp", "ArrowDown"].includes(event.key) || !isGiven(Number(row.dataset.node))) return;
  const node = Number(row.dataset.node);
  sayRefusal(changes.set(node, nudgedBy(taken().leaves[node], event)));
  event.preventDefault();
});

const refusalNote = make("p", {id: "refusal", hidden: true});
refusalNote.setAttribute("role", "alert");
byId("picture").append(refusalNote);
listeners.push(() => (refusalNote.hidden = true));

function sayRefusal(why) {
  refusalNote.textContent = why;
  refusalNote.hidden = !why;
}

// ---- Dragged: up and down ------------------------------------------------------------------------------------------

const PER_PIXEL = 0.01;
let drag = null; // {node, x, y, moved}

byId("picture").addEventListener("pointerdown", (event) => {
  const row = event.target.closest("[data-node]");
  if (!row || event.button || !isGiven(Number(row.dataset.node))) return;
  const node = Number(row.dataset.node);
  drag = {node, x: taken().leaves[node], y: event.clientY, moved: false, pointer: event.pointerId};
});

addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  const up = drag.y - event.clientY;
  drag.moved ||= Math.abs(up) > 5;
  if (!drag.moved) return;
  byId("picture").setPointerCapture(event.pointerId);
  sayRefusal(changes.set(drag.node, round(drag.x + up * PER_PIXEL * (event.shiftKey ? 0.1 : 1), 10), drag));
});

for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    if (drag?.moved) addEventListener("click", (event) => event.stopPropagation(), {capture: true, once: true});
    drag = null;
    changes.gesture = null;
  });
}

// ---- The part of the lab that shows them all -------------------------------------------------------------------------

const hyperRows = Object.keys(hyperGiven).map((key, k) => {
  const letter = make("span", {innerHTML: `<math>${lesson.optimizer.letters[k].mathml}</math>`}); // escaped by Python
  const {input, refused, write} = numberInput(key, (x) => outOfRange(key, x) || changes.set(key, x, input));
  input.addEventListener("change", () => (changes.gesture = null));
  const row = make("label", {}, letter, make("span", {textContent: key.replace(".", " ")}), input);
  return {key, row, refused, write};
});

// Why an optimizer would refuse it.
function outOfRange(key, x) {
  const {least, most, below, words} = lesson.optimizer.ranges[key] ?? {};
  return x < least || x > most || x >= below ? `${words}, got ${asPython(x)}` : "";
}

const changedList = make("ul", {className: "changed-numbers"});
const numbersNote = make("p", {className: "refused"});
const numbersPart = make("div", {},
  make("p", {textContent: "Click a given number in the picture, or Enter on it, and type; ↑ ↓ or drag it."}),
  ...hyperRows.flatMap(({row, refused}) => [row, refused]),
  make("div", {}, labButton("New numbers", () => drawNumbers(), {title: "key d"})),
  numbersNote, changedList);
numbersPart.dataset.about = "what is changed; the learning rate and the like";
lab.add("numbers", "Numbers", "h", numbersPart, () => {
  for (const {key, write} of hyperRows) write(hyperNow(key));
  changedList.replaceChildren(...changes.changed().map((what) => {
    const [label, was, is] = typeof what === "number" ? [nodes[what].label, given[what], taken().leaves[what]] : [what, hyperGiven[what], hyperNow(what)];
    const show = (x) => minus(number(x, 6));
    return make("li", {}, `◤ ${label}: ${show(was)} → ${show(is)} `, labButton("⟲", () => changes.reset(what), {ariaLabel: `Reset ${label}`}));
  }));
});

function drawNumbers() {
  numbersNote.textContent = newNumbers();
}

KEYS.d = drawNumbers;
explainKey(["d"], "new numbers, that saturate no unit");
explainKey(["↑", "↓"], "on a given number: a tenth more or less; with Shift a hundredth, with Control 1");
explainKey(["Enter"], "or a click on a given number: type another; drag it up or down");
explainKey(["Ctrl+Z", "Ctrl+Y"], "undo, redo");
