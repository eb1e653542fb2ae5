// The pictures on the page: numbers, marks, tallies; which part is seen; and the overview of a large one.

const LEGIBLE = 16; // pixels: what is followed is no smaller
const SMALL = 12; // in an embedded page

listeners.push(({scene: one, texts, marks, visible, taken: run, rows, shown, view}) => {
  const isBackward = one.phase === "backward";
  for (const [id, picture] of Object.entries(pictures)) {
    byId(id).toggleAttribute("hidden", id !== view);
    if (id !== view) continue;
    picture.write(texts);
    picture.drawCurves(run, visible, isBackward && (texts.size > 0));
    picture.mark(marks, isBackward, one.phase);
    const isStale = one.phase === "update" && visible.new.length > 0;
    picture.svg.dataset.stale = isStale;
    byId("stale").hidden = !isStale;
    const told = one.kind === "update" ? chosen(rows) : rows;
    for (const row of told) if (shown) addTally(picture, row, run);
    follow(picture, marks);
  }
});

// The terms of a sum that has several, and an update's old number and step, beside where it stands.
function addTally(picture, {place, value, soFar}, run) {
  const [quantity, parent] = [place.split(" ")[0], Number(place.split(" ")[1])];
  const show = formulas[state.mode].show;
  if (quantity === "grad" && handsTo(nodes, parent) > 1) {
    const handed = scene().all.slice(0, scene().end).filter((step) => step.kind === "hand" && step.parent === parent);
    if (handed.length < 2) return;
    const terms = handed.map(({node, k}) => {
      const x = plain(show(contribution(nodes, run, node, k)));
      return {words: `${nodes[node].label}: ${x.startsWith("−") ? x : `+${x}`}`};
    });
    picture.tally(place, [...terms, {words: `= ${plain(show(value))}${soFar ? " so far" : ""}`, role: "result"}]);
  } else if (quantity === "new") {
    const old = run.data[parent];
    const step = plain(number(value - old, DIGITS));
    picture.tally(place, [
      {words: `old ${plain(show(old))}`},
      ...(lesson.optimizer.memory.map(({text: letter}, k) => ({words: `${letter} ${plain(number(run.after[parent][k], DIGITS))}`}))),
      {words: step.startsWith("−") ? `step ${step}` : `step +${step}`, role: "upstream"},
      {words: `new ${plain(show(value))}`, role: "result"},
    ]);
  }
}

// Keeps what a step is about in sight, where the whole picture would be too small to read.
function follow(picture, marks) {
  const {width, height} = picture.svg.getBoundingClientRect();
  const fits = Math.min(width / picture.whole.width, height / picture.whole.height);
  const least = (document.body.classList.contains("embed") ? SMALL : LEGIBLE) / 20;
  overview(picture, fits < least);
  if (fits >= least) {
    return picture.look(picture.whole);
  }
  const places = [...marks.result, ...marks.upstream, ...marks.local].flatMap((place) => picture.numbers.get(place) ?? []);
  const seen = {width: width / least, height: height / least};
  const boxes = places.map((text) => picture.placeOf(text));
  if (!boxes.length) boxes.push({x: 0, y: picture.whole.height / 2, width: 1, height: 1});
  const left = Math.min(...boxes.map(({x}) => x));
  const right = Math.max(...boxes.map(({x, width: wide}) => x + wide));
  const top = Math.min(...boxes.map(({y}) => y));
  const bottom = Math.max(...boxes.map(({y, height: high}) => y + high));
  const along = (from, to, size, first, most) =>
    size >= most ? first - (size - most) / 2 : Math.max(first, Math.min((from + to - size) / 2, first + most - size));
  picture.look({
    x: along(left, right, seen.width, picture.whole.x, picture.whole.width),
    y: along(top, bottom, seen.height, picture.whole.y, picture.whole.height),
    ...seen,
  });
  overview(picture, true);
}

function overview(picture, isShown) {
  const map = byId("overview");
  map.toggleAttribute("hidden", !isShown);
  if (!isShown) return;
  const {whole, box} = picture;
  map.setAttribute("viewBox", [whole.x, whole.y, whole.width, whole.height].join(" "));
  if (map.dataset.of !== picture.svg.id) {
    map.dataset.of = picture.svg.id;
    map.replaceChildren(...picture.view.boxes.map(({x, y, width, height}) => element("rect", {x, y, width, height})), element("rect", {class: "seen"}));
  }
  for (const [key, x] of Object.entries(box)) map.lastChild.setAttribute(key, x);
}

addEventListener("resize", () => show());
