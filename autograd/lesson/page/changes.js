// Numbers that were changed by hand: which, to what, and where in the training; undone, redone, kept in the address.
//
// A change is {at, round, node, x} of a leaf or {at, round, key, x} of a hyperparameter ("lr", "betas.0"): after `at`
// steps of training on examples (see train.js), before the round `round` of the board. What is changed is always the
// whole list, so that the numbers follow from it alone.

const hyperGiven = Object.fromEntries(
  Object.entries(lesson.optimizer?.hyperparameters ?? {}).flatMap(([key, x]) =>
    Array.isArray(x) ? x.map((one, k) => [`${key}.${k}`, one]) : [[key, x]]));
const isGiven = (node) => nodes[node] !== undefined && !nodes[node].row && nodes[node].kind !== "constant";
state.trained = 0;

const changes = {
  now: {list: [], draws: 0},
  past: [],
  future: [],
  gesture: null, // changes of one gesture, as a drag, are undone together

  // Gives a leaf, or a hyperparameter, another number; returns why that is refused, or "".
  set(what, x, gesture = null) {
    return this.setAll([[what, x]], gesture);
  },

  setAll(pairs, gesture = null, draws = this.now.draws) {
    const here = {at: state.trained, round: state.round};
    const isNew = (one) => !pairs.some(([what]) => what === whatOf(one) && one.at === here.at && one.round === here.round);
    const made = pairs.map(([what, x]) => ({...here, ...(typeof what === "number" ? {node: what} : {key: what}), x}));
    return this.become({list: [...this.now.list.filter(isNew), ...made], draws}, gesture);
  },

  reset(what) {
    return this.become({...this.now, list: this.now.list.filter((one) => whatOf(one) !== what)});
  },

  resetAll() {
    return this.become({list: [], draws: 0});
  },

  become(next, gesture = null) {
    const before = this.now;
    const refused = this.take(next);
    if (refused) return refused;
    if (gesture === null || gesture !== this.gesture) this.past.push(before);
    this.gesture = gesture;
    this.future = [];
    show();
    return "";
  },

  // Works with these changes from now on, unless the program cannot take them.
  take(next) {
    const before = this.now;
    this.now = next;
    restart(before.list);
    const refused = outside(taken());
    if (!refused) return "";
    this.now = before;
    restart(next.list);
    return refused;
  },

  undo() {
    if (!this.past.length) return;
    this.future.push(this.now);
    this.take(this.past.pop());
    this.gesture = null;
    show();
  },

  redo() {
    if (!this.future.length) return;
    this.past.push(this.now);
    this.take(this.future.pop());
    this.gesture = null;
    show();
  },

  // The things that are other than given: nodes and keys.
  changed() {
    const isOther = ({at, round, node, key, x}) => at > 0 || round > 1 || x !== (given[node] ?? hyperGiven[key]);
    return [...new Set(this.now.list.filter(isOther).map(whatOf))];
  },
};

const whatOf = ({node, key}) => node ?? key;

// Begins anew with the changes as they are now; `before` is what they were.
function restart(before = changes.now.list) {
  const {list} = changes.now;
  const differing = [...before, ...list].filter((one) => !(before.includes(one) && list.includes(one)));
  trainer?.forget(Math.min(...differing.map(({at}) => at)));
  if (lesson.optimizer) Object.assign(lesson.optimizer.hyperparameters, hyperparametersAt(state.trained));
  beginning = {leaves: given, ...(state.trained ? trainer.begin(state.trained) : {}), changed: changedHere(state.trained)};
  trainings = begin();
}

// The leaves that are changed after `at` steps of training, by the board's round and the node.
function changedHere(at) {
  const changed = {};
  for (const one of changes.now.list) if (one.at === at && one.node !== undefined) (changed[one.round] ??= {})[one.node] = one.x;
  return changed;
}

// The hyperparameters as they are after `at` steps of training.
function hyperparametersAt(at) {
  const now = {...hyperGiven};
  for (const one of changes.now.list) if (one.key !== undefined && one.at <= at) now[one.key] = one.x;
  const whole = {};
  for (const [key, x] of Object.entries(now)) {
    const [name, k] = key.split(".");
    if (k === undefined) whole[name] = x;
    else (whole[name] ??= [])[Number(k)] = x;
  }
  return whole;
}

const hyperNow = (key) => key.split(".").reduce((x, part) => x[part], lesson.optimizer.hyperparameters);

// ---- The address: #set=w46:0.5,x1:-2&trained=160 --------------------------------------------------------------------
//
// A change later than at the beginning is written 160.1@w46:0.5, one of a hyperparameter $lr:0.5.

function changesToAddress(words) {
  const coded = (text) => encodeURIComponent(encodeURIComponent(text)); // the name may have commas and colons of its own
  const set = changes.now.list.map(({at, round, node, key, x}) => {
    const where = at || round > 1 ? `${at}.${round}@` : "";
    return `${where}${key === undefined ? coded(nodes[node].label) : `$${coded(key)}`}:${encodeURIComponent(String(x))}`;
  });
  if (set.length) words.set = set.join(",");
  if (state.trained) words.trained = state.trained;
  if (state.trained && trainer.batch > 1) words.batch = trainer.batch;
}

function changesFromAddress(words) {
  const list = (words.get("set") ?? "").split(",").flatMap((item) => {
    const [, at = "0", round = "1", hyper, name, x] = /^(?:(\d+)\.(\d+)@)?(\$?)([^:]*):([^:]+)$/.exec(item) ?? [];
    if (name === undefined || !Number.isFinite(Number(x))) return [];
    const where = {at: Number(at), round: Number(round), x: Number(x)};
    const said = decoded(name);
    if (hyper) return said in hyperGiven ? [{...where, key: said}] : [];
    return isGiven(nodeOf(said)) ? [{...where, node: nodeOf(said)}] : [];
  });
  state.trained = trainer ? Math.min(1e6, Math.floor(Number(words.get("trained"))) || 0) : 0;
  if (trainer && words.has("batch")) trainer.setBatch(Math.floor(Number(words.get("batch"))) || 1);
  if (String(list.map(itemOf)) === String(changes.now.list.map(itemOf))) return restart();
  const before = changes.now;
  if (changes.take({list, draws: 0}) === "") changes.past.push(before);
}

const itemOf = ({at, round, node, key, x}) => `${at} ${round} ${node ?? key} ${x}`;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // somebody else's address
  }
}

// ---- In the band: how many are changed, and the way back ------------------------------------------------------------

const changesBar = document.createElement("span");
changesBar.id = "changes";
changesBar.hidden = true;
const [changesCount, undoButton, redoButton, resetButton] = ["span", "button", "button", "button"].map((name) => changesBar.appendChild(document.createElement(name)));
Object.assign(undoButton, {type: "button", textContent: "↶", ariaLabel: "Undo", onclick: () => changes.undo()});
Object.assign(redoButton, {type: "button", textContent: "↷", ariaLabel: "Redo", onclick: () => changes.redo()});
Object.assign(resetButton, {type: "button", textContent: "Reset", ariaLabel: "Reset all numbers", onclick: () => changes.resetAll()});
byId("counter").before(changesBar);

listeners.push(({view}) => {
  const changed = changes.changed();
  changesBar.hidden = !changed.length && !changes.future.length;
  changesCount.textContent = `◤ ${changed.length} changed`;
  undoButton.disabled = !changes.past.length;
  redoButton.disabled = !changes.future.length;
  resetButton.disabled = !changed.length;
  markChanged(pictures[view], changed);
});

// A corner at each number that is another than given, which is told in words, too.
function markChanged(picture, changed) {
  for (const [node, rows] of picture.homes) {
    const isChanged = changed.includes(node);
    for (const row of rows) {
      if (row.classList.contains("changed") === isChanged) continue;
      row.classList.toggle("changed", isChanged);
      if (isChanged) row.setAttribute("aria-description", `changed, given ${number(given[node], 12)}`);
      else row.removeAttribute("aria-description");
      if (isChanged) row.append(element("path", {class: "corner", d: "M2,2h11l-11,11z"}));
      else row.querySelector(".corner")?.remove();
    }
  }
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input, textarea")) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) changes.undo();
  else if (key === "y" || key === "z") changes.redo();
  else return;
  event.preventDefault();
});
