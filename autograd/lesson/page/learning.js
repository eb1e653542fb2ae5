// The part of the lab that trains: controls, how the loss falls, where it stops, and what the network has learned.

const learning = {
  timer: 0,
  stops: {epochs: 500, wrong: 5, moved: 0}, // epochs; misclassified in percent; the largest change of a weight in an epoch

  step() {
    trainTo(state.trained + 1);
  },

  epoch() {
    trainTo(trainer.beginOf(Math.max(0, trainer.placeOf(state.trained).epoch) + 1));
  },

  back() {
    trainTo(state.trained - 1);
  },

  backEpoch() {
    const {epoch, k} = trainer.placeOf(state.trained);
    trainTo(trainer.beginOf(k ? epoch : epoch - 1));
  },

  // Why training is over, or "".
  over() {
    const {epoch: epochs} = trainer.placeOf(state.trained);
    const {epochs: most, wrong, moved} = this.stops;
    const last = trainer.told[epochs - 1];
    if (!last) return "";
    if (last.wrong !== undefined && 100 * last.wrong < wrong) return `fewer than ${wrong} % are misclassified`;
    if (last.moved < moved) return `no weight moved by ${moved}`;
    return epochs >= most ? `${most} epochs are over` : "";
  },

  // Epoch by epoch, until a criterion holds; from there at least one epoch on.
  play() {
    if (this.timer) return this.pause();
    this.timer = setInterval(() => {
      this.epoch();
      if (this.over()) this.pause();
    }, 200);
    learningPlay.textContent = "Pause";
  },

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    learningPlay.textContent = "Play";
  },
};

const learningWhere = make("p", {className: "where"});
learningWhere.setAttribute("role", "status");
const lossSvg = plotSvg("The mean loss of each epoch");
const regionSvg = plotSvg("Where the network says 1, and the examples");
const learningPlay = labButton("Play", () => learning.play(), {title: "epoch by epoch, until it stops"});
const learningButtons = [
  labButton("|◀", () => trainTo(0), {ariaLabel: "To the beginning"}),
  labButton("◀◀", () => learning.backEpoch(), {ariaLabel: "An epoch back"}),
  labButton("◀", () => learning.back(), {ariaLabel: "A step back"}),
  labButton("▶", () => learning.step(), {ariaLabel: "One step"}),
  labButton("▶▶", () => learning.epoch(), {ariaLabel: "One epoch"}),
  learningPlay,
];
const batchInput = numberInput("batch size", (x) => {
  if (!Number.isInteger(x) || x < 1 || x > trainer.count) return `batch size must be a whole number from 1 to ${trainer.count}`;
  if (x === trainer.batch) return "";
  trainer.setBatch(x);
  trainTo(0);
  return "";
});
const rateInput = numberInput("lr", (x) => outOfRange("lr", x) || changes.set("lr", x, rateInput.input));
const stopInputs = [["epochs", "epochs"], ["wrong", "% wrong"], ["moved", "change"]].map(([key, words]) => {
  const made = numberInput(words, (x) => (x < 0 ? `${words} must not be negative` : ((learning.stops[key] = x), "")));
  return {key, words, ...made};
});
const labelled = (words, {input}) => make("label", {}, make("span", {textContent: words}), input);

if (trainer) {
  const part = make("div", {}, learningWhere,
    make("div", {className: "buttons"}, ...learningButtons),
    labelled("batch", batchInput), ...("lr" in hyperGiven ? [labelled("lr", rateInput), rateInput.refused] : []), batchInput.refused,
    lossSvg, regionSvg,
    make("details", {}, make("summary", {textContent: "Stop when"}), ...stopInputs.flatMap((one) => [labelled(one.words, one), one.refused])));
  part.dataset.about = "train on, with the examples";
  lab.add("train", "Train", "l", part, showLearning);
  const keys = {",": () => learning.back(), ".": () => learning.step(), ";": () => learning.backEpoch(), ":": () => learning.epoch()};
  for (const [key, action] of Object.entries(keys)) KEYS[key] = () => lab.open === "train" && action(); // "." is on remotes, too
  explainKey([".", ","], "while Train is open: one step on an example, and back");
  explainKey([":", ";"], "while Train is open: one epoch, and back");
}

function showLearning() {
  const {length, count, batch} = trainer;
  const {epoch, k} = trainer.placeOf(state.trained);
  const next = trainer.batchAt(state.trained);
  const last = trainer.told[epoch - 1];
  const which = next.length === 1 ? `example ${next[0] + 1}` : `${next.length} examples`;
  const over = learning.over();
  const percent = (x) => `${number(100 * x, 3)} %`;
  learningWhere.replaceChildren(
    ...(epoch < 0
      ? [`The board's own example is next, and then ${count} others.`]
      : [make("strong", {textContent: `Epoch ${epoch + 1}, step ${k + 1} of ${length}`}), ` next: ${which} of ${count}`]),
    ...(last ? [make("br"), `epoch ${epoch}: mean loss ${number(last.loss, 4)}`, ...(last.wrong === undefined ? [] : [`, misclassified ${percent(last.wrong)}`])] : []),
    ...(over ? [make("br"), make("strong", {textContent: `Stop: ${over}.`})] : []));
  learningButtons.slice(0, 3).forEach((button) => (button.disabled = state.trained === 0));
  batchInput.write(batch);
  if ("lr" in hyperGiven) rateInput.write(hyperNow("lr"));
  for (const {key, write} of stopInputs) write(learning.stops[key]);
  drawLoss(Math.max(0, epoch));
  drawRegions();
}

// The mean loss of each epoch, as a line; the share that is misclassified, dashed.
function drawLoss(epochs) {
  const told = trainer.told.slice(0, epochs);
  const top = Math.max(...told.map(({loss}) => loss).filter(Number.isFinite), 0) || 1;
  const plot = new Plot(lossSvg, [244, 130], [[1, Math.max(2, epochs)], [0, 1.05 * top]], ["epoch", "mean loss"]);
  plot.curve(told.map(({loss}, k) => [k + 1, loss]), "curve-line");
  if (told.length) plot.point(told.length, told.at(-1).loss, "here", 4);
  if (!trainer.classes) return;
  plot.text(238, 16, "- - wrong", "end");
  plot.curve(told.map(({wrong}, k) => [k + 1, wrong * top]), "wrong-line");
}

const CELLS = 24;

// For two inputs: the class that the network gives each point of the plane, behind the examples.
function drawRegions() {
  regionSvg.toggleAttribute("hidden", !(trainer.classes && trainer.inputs.length === 2));
  if (regionSvg.hasAttribute("hidden")) return;
  const points = trainer.rows;
  const ranges = [0, 1].map((k) => {
    const xs = points.map((row) => row[k]);
    const [low, high] = [Math.min(...xs), Math.max(...xs)];
    const room = 0.1 * (high - low || 1);
    return [low - room, high + room];
  });
  const plot = new Plot(regionSvg, [244, 200], ranges, trainer.inputs.map((node) => nodes[node].label));
  const current = trainer.state(state.trained);
  const leaves = trainer.leaves(current, 0);
  const along = ([from, to], k) => from + ((to - from) * (k + 0.5)) / CELLS;
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const [x, y] = [along(ranges[0], i), along(ranges[1], j)];
      const here = [...leaves];
      [here[trainer.inputs[0]], here[trainer.inputs[1]]] = [x, y];
      const {data} = replay(nodes, here);
      const given = trainer.classOf(trainer.predictions.map((node) => data[node]));
      const [left, top] = plot.at(ranges[0][0] + ((ranges[0][1] - ranges[0][0]) * i) / CELLS, ranges[1][0] + ((ranges[1][1] - ranges[1][0]) * (j + 1)) / CELLS);
      plot.add("rect", {x: left, y: top, width: 232 / CELLS + 0.5, height: 154 / CELLS + 0.5, class: `region class-${given % 4}`});
    }
  }
  for (const [k, row] of points.entries()) {
    const own = trainer.classOf(row.slice(2));
    const [x, y] = plot.at(row[0], row[1]);
    const shapes = [`M${x - 4},${y - 4}h8v8h-8z`, `M${x},${y - 5}l5,9h-10z`, `M${x - 5},${y}l5,-5l5,5l-5,5z`, `M${x - 4},${y - 4}l8,8m0,-8l-8,8`];
    const isWrong = trainer.predicted(current, k) !== own;
    plot.add("path", {d: shapes[own % 4], class: `example class-${own % 4}${isWrong ? " wrong" : ""}`});
  }
}

// ---- Weights' widths, while the part is open -----------------------------------------------------------------------

listeners.push(({view}) => {
  const isOn = lab.open === "train";
  const {svg, edges} = pictures[view];
  if (!isOn && !svg.classList.contains("widths")) return;
  svg.classList.toggle("widths", isOn);
  const {data} = taken();
  const weights = nodes.flatMap(({row, parents = []}, i) => {
    const [name] = (row ?? "").split("/");
    const pairs = Math.floor(parents.length / 2);
    return ["affine", "dot"].includes(name) ? Array.from({length: pairs}, (_, k) => [i, k, data[parents[k]], pairs]) : [];
  });
  const most = Math.max(...weights.map(([, , x]) => Math.abs(x)), 1e-9);
  for (const [node, k, x, pairs] of weights) {
    for (const line of [...(edges.get(`${node} ${k}`) ?? []), ...(edges.get(`${node} ${pairs + k}`) ?? [])]) {
      line.style.setProperty("--width", 1 + 8 * Math.abs(x) / most);
      line.classList.toggle("negative", x < 0);
    }
  }
});
