// The pictures on the page: numbers, marks, tallies; which part is seen; and the overview of a large one.

const LEGIBLE = 16; // pixels: what is followed is no smaller
const SMALL = 12; // in an embedded page, and on a phone

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
    picture.svg.dataset.inputs = showsInputs();
    follow(picture, marks);
    picture.cutFrames();
    placeTable(picture);
    const told = one.kind === "update" ? chosen(rows) : rows;
    for (const row of told) if (shown) addTally(picture, row, run);
  }
});

// Keeps what a step is about in sight, where the whole picture would be too small to read.
function follow(picture, marks) {
  const {width, height} = picture.svg.getBoundingClientRect();
  const fits = Math.min(width / picture.whole.width, height / picture.whole.height);
  const isSmall = document.body.classList.contains("embed") || innerWidth <= 700;
  const least = (isSmall ? SMALL : LEGIBLE) / 20;
  if (fits >= least) picture.look(picture.whole);
  if (fits >= least) return overview(picture, false);
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
  return overview(picture, true);
}

// The table goes to the side where it covers less of what the step uses.
function placeTable({used, box, scale}) {
  const table = byId("table");
  if (table.hidden) return;
  const [width, height] = [table.offsetWidth / scale, table.offsetHeight / scale];
  const cost = (x) => used.reduce((sum, one) => sum + shared({x, y: box.y, width, height}, one), 0);
  table.classList.toggle("left", cost(box.x) < cost(box.x + box.width - width));
}

// Where a large picture stands, in the corner in which it covers least, and nothing that the step uses.
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
  const {scale} = picture;
  const [width, height] = [map.clientWidth / scale, map.clientHeight / scale];
  const corners = ["bottom right", "bottom left", "top right", "top left"].map((corner) => {
    const spot = {x: corner.includes("right") ? box.x + box.width - width : box.x, y: corner.includes("bottom") ? box.y + box.height - height : box.y, width, height};
    const sum = (places) => places.reduce((total, one) => total + shared(spot, one), 0);
    return {corner, cost: 100 * sum(picture.used) + sum(picture.view.boxes)};
  });
  map.setAttribute("class", corners.reduce((a, b) => (b.cost < a.cost ? b : a)).corner);
}

addEventListener("resize", () => {
  fitFrame();
  show();
});
