// Keys, buttons, the timeline and the address.

const KEYS = {
  ArrowRight: forwards, PageDown: forwards, " ": (event) => (event.shiftKey ? backwards() : forwards()),
  ArrowLeft: backwards, PageUp: backwards,
  Enter: forwards,
  Home: () => go(0), End: () => go(scenes().length - 1, true),
  b: () => goToPhase("backward"), u: () => goToPhase("update"), w: () => goToPhase("forward"),
  "[": () => changeGrain(-1), "]": () => changeGrain(1),
  "<": () => goToRound(state.round - 1), ">": () => goToRound(state.round + 1),
  n: toggleView, r: toggleRounding, t: () => toggle("table"), e: explain, i: toggleInputs, q: () => quiz.toggle(),
  j: () => toNumber(1), J: () => toNumber(-1),
  f: toggleFullScreen, p: togglePlaying, "?": () => byId("keys").showModal(),
};

function changeGrain(by) {
  setGrain(GRAINS[Math.max(0, Math.min(GRAINS.length - 1, GRAINS.indexOf(state.grain) + by))]);
}

function toggleView() {
  const views = Object.keys(pictures);
  state.view = views[(views.indexOf(state.view) + 1) % views.length];
  show();
}

function toggleRounding() {
  if (!lesson.decimals) return;
  state.mode = state.mode === "exact" ? "slide" : "exact";
  show();
}

function toggle(id) {
  byId(id).hidden = !byId(id).hidden;
  byId(`toggle-${id}`).ariaPressed = String(!byId(id).hidden);
  show();
}

// Gradients of inputs; the place stays, where it can.
function toggleInputs() {
  const {all, end} = scene();
  state.inputs = !state.inputs;
  const at = scenes().findIndex((one) => one.all === all && one.end >= end);
  state.at = at < 0 ? scenes().findIndex((one) => one.end >= end) : at;
  show();
}

// Explains the number that has the focus; or the step's own.
function explain() {
  const focused = document.activeElement.closest?.("[data-node]");
  const node = focused ? Number(focused.dataset.node) : null;
  const isOther = !byId("explanation").hidden && node !== null && node !== chosenToExplain;
  chosenToExplain = byId("explanation").hidden || isOther ? node : null;
  if (isOther) show();
  else toggle("explanation");
}

// From number to number of the picture, in the program's order; from elsewhere to the first.
function toNumber(by) {
  const rows = [...pictures[state.view].svg.querySelectorAll("[data-node]")];
  const next = rows[rows.indexOf(document.activeElement.closest("[data-node]")) + by];
  if (!next) return;
  follow(pictures[state.view], {result: [`data ${next.dataset.node}`], upstream: [], local: []});
  next.focus({preventScroll: true});
}

// One of a picture's numbers is reached by Tab, the others from it.
byId("picture").addEventListener("focusin", ({target}) => {
  const view = target.closest("#picture > .view");
  if (!view || !target.matches("[data-node]")) return;
  for (const other of view.querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
  target.setAttribute("tabindex", "0");
});

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

let playing = 0;

function togglePlaying() {
  clearInterval(playing);
  playing = playing ? 0 : setInterval(forwards, 2500);
  byId("play").textContent = playing ? "Pause" : "Play";
}

document.addEventListener("keydown", (event) => {
  const {target, key} = event;
  if (target === byId("answer") && key === "Enter") return quiz.check();
  if (target === byId("answer") && key === "Escape") return target.blur();
  if (target === byId("answer") && /^(ArrowRight|ArrowLeft|PageUp|PageDown)$/.test(key) && !target.value) return KEYS[key]();
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (target.matches("input, select, textarea")) return;
  if ((key === "Enter" || key === " ") && target.matches("button, summary")) return;
  const row = target.closest?.("[data-node]");
  if (target === byId("timeline") && ["ArrowUp", "ArrowDown"].includes(key)) (key === "ArrowUp" ? backwards : forwards)();
  else if (key === "Enter" && row) openNode(Number(row.dataset.node), row);
  else if (Object.hasOwn(KEYS, key)) KEYS[key](event);
  else return;
  event.preventDefault();
});

const CLICKS = {
  previous: backwards, next: forwards, play: togglePlaying, help: KEYS["?"], full: toggleFullScreen,
  "toggle-view": toggleView, "toggle-rounding": toggleRounding, "toggle-table": KEYS.t, "toggle-explanation": KEYS.e,
  "toggle-quiz": KEYS.q, "close-keys": () => byId("keys").close(),
  check: () => quiz.check(), reveal: forwards,
};
for (const [id, action] of Object.entries(CLICKS)) byId(id)?.addEventListener("click", action);
byId("grain").addEventListener("change", ({target}) => setGrain(target.value));
byId("picture").addEventListener("click", ({target}) => {
  const row = target.closest("[data-node]");
  if (row) openNode(Number(row.dataset.node), row, target);
});

// A finger that wipes over the page.
let touched = null;
addEventListener("touchstart", ({touches}) => (touched = touches.length === 1 ? touches[0] : null), {passive: true});
addEventListener("touchend", ({changedTouches: [end]}) => {
  if (!touched) return;
  const [dx, dy] = [end.clientX - touched.clientX, end.clientY - touched.clientY];
  if (Math.abs(dx) > 60 && Math.abs(dx) > 2 * Math.abs(dy)) (dx < 0 ? forwards : backwards)();
});

// ---- The timeline: a mark for each scene, as wide as the others ----------------------------------------------------

listeners.push(({scene: one}) => {
  byId("next").disabled = state.shown && state.at === scenes().length - 1 && !lesson.optimizer;
  byId("previous").disabled = state.at === 0 && state.round === 1;
  const bar = byId("timeline");
  const key = `${state.grain} ${scenes().length}`;
  if (bar.dataset.key !== key) {
    bar.dataset.key = key;
    bar.replaceChildren(...Object.entries(PHASES).flatMap(([phase, words]) => {
      const own = scenes().flatMap((other, at) => (other.phase === phase ? [at] : []));
      if (!own.length) return [];
      const part = document.createElement("div");
      part.className = "part";
      part.style.flexGrow = own.length;
      const track = document.createElement("div");
      track.className = "track";
      track.append(...(own.length > 200 ? [] : own.map(tick)));
      part.append(Object.assign(document.createElement("span"), {textContent: words}), track);
      part.dataset.phase = phase;
      return [part];
    }));
  }
  byId("grain").value = state.grain;
  byId("toggle-view").textContent = state.view === "graph" ? "Network" : "Graph";
  bar.ariaValueNow = state.at + 1;
  bar.ariaValueMax = scenes().length;
  bar.ariaValueText = `Step ${state.at + 1} of ${scenes().length}: ${one.title}`;
  for (const part of bar.children) part.classList.toggle("now", part.dataset.phase === one.phase);
  for (const mark of bar.querySelectorAll(".tick")) {
    mark.classList.toggle("done", Number(mark.dataset.at) < state.at);
    mark.classList.toggle("now", Number(mark.dataset.at) === state.at);
  }
});

function tick(at) {
  const mark = document.createElement("i");
  mark.className = "tick";
  mark.dataset.at = at;
  return mark;
}

byId("timeline").addEventListener("click", ({clientX, currentTarget, target}) => {
  if (target.dataset.at) return go(Number(target.dataset.at));
  const {left, width} = currentTarget.getBoundingClientRect();
  go(Math.floor(((clientX - left) / width) * scenes().length));
});

// ---- The address: #step=12&grain=unit&view=graph -------------------------------------------------------------------

let remembering = 0;

listeners.push(() => {
  clearTimeout(remembering); // browsers refuse an address that changes too often, as while a key is held down
  remembering = setTimeout(() => {
    try {
      history.replaceState(null, "", addressNow());
    } catch {
      // A notebook's frame has no address to change.
    }
  }, 250);
});

function addressNow() {
  const words = {step: state.at + 1, grain: state.grain, view: state.view};
  if (state.round > 1) words.round = state.round;
  if (state.mode !== "exact") words.rounding = state.mode;
  if (!byId("table").hidden) words.table = "";
  if (state.inputs) words.inputs = "";
  if (isEmbedded) words.embed = "";
  changesToAddress(words);
  const fragment = Object.entries(words).map(([key, x]) => (x === "" ? key : `${key}=${x}`)).join("&");
  return `${location.href.split("#")[0]}#${fragment}`;
}

let isEmbedded = false;

// In a small frame, and where it is asked for, the page is its picture and little else.
function fitFrame() {
  document.body.classList.toggle("embed", isEmbedded || (innerWidth <= 900 && innerHeight <= 500));
}

function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  const one = (key, among, otherwise) => (among.includes(words.get(key)) ? words.get(key) : otherwise);
  state.grain = one("grain", GRAINS, state.grain);
  state.view = one("view", Object.keys(pictures), state.view);
  state.mode = one("rounding", Object.keys(MODES), state.mode);
  state.round = Math.max(1, Math.min(1000, Math.floor(Number(words.get("round"))) || 1));
  if (!lesson.optimizer) state.round = 1;
  state.inputs = words.has("inputs");
  byId("table").hidden = !words.has("table");
  byId("toggle-table").ariaPressed = String(words.has("table"));
  changesFromAddress(words);
  isEmbedded = words.has("embed");
  fitFrame();
  go((Math.floor(Number(words.get("step"))) || 1) - 1);
}

addEventListener("hashchange", readAddress);
