// Tallies: small tables beside a number, of the terms of a sum, or of an update.

// The terms of a sum that has several, and an update's old number and step, beside where it stands.
function addTally(picture, {place, value, soFar}, run) {
  const [quantity, parent] = [place.split(" ")[0], Number(place.split(" ")[1])];
  const show = formulas[state.mode].show;
  if (quantity === "grad" && handsTo(nodes, parent) > 1) {
    const handed = scene().all.slice(0, scene().end).filter((step) => step.kind === "hand" && step.parent === parent);
    if (handed.length < 2) return;
    const terms = handed.map(({node, k}) => {
      const x = plain(show(contribution(nodes, run, node, k)));
      return {words: `${nodes[node].label}: ${x.startsWith("−") ? x : `+${x}`}`, edge: `${node} ${k}`};
    });
    tally(picture, place, [...terms, {words: `= ${plain(show(value))}${soFar ? " so far" : ""}`, role: "result"}]);
  } else if (quantity === "new") {
    const old = run.data[parent];
    const step = plain(number(value - old, DIGITS));
    tally(picture, place, [
      {words: `old ${plain(show(old))}`},
      ...remembered(run.t).map(([letter, k]) => ({words: `${letter} ${plain(number(run.after[parent][k], DIGITS))}`})),
      {words: step.startsWith("−") ? `step ${step}` : `step +${step}`, role: "upstream"},
      {words: `new ${plain(show(value))}`, role: "result"},
    ]);
  }
}

// What the optimizer remembers, where its rule makes use of it: [letter, place].
function remembered(t) {
  const written = new Set(ruleLook(lesson.optimizer, t).lines.map(({writes}) => writes));
  return lesson.optimizer.memory.flatMap(({text: letter}, k) => (written.has(k + 1) ? [[letter, k]] : []));
}

// A small table: the terms of a sum, or an update. It stands near its number, where it covers no number that is used,
// and as little else as can be; a line leads to it. Each term, {words, role, edge}, and its edge have a dash pattern.
function tally(picture, place, lines) {
  const [text] = picture.numbers.get(place) ?? [];
  if (!text) return;
  const near = picture.placeOf(text);
  const sample = lines.some(({edge}) => edge) ? 40 : 0;
  const group = element("g", {class: "tally"});
  const frame = element("rect", {rx: 6});
  group.append(frame);
  picture.markLayer.append(group);
  const written = lines.map(({words, role}, k) => picture.text(group, 0, 24 + 26 * k, words, `end ${role ?? ""}`));
  const width = Math.max(...written.map((one) => one.getComputedTextLength())) + 2 * PAD + sample;
  const height = lines.length * 26 + PAD;
  const spot = freePlace(picture, near, width, height);
  for (const [key, x] of Object.entries({width, height})) frame.setAttribute(key, x);
  group.setAttribute("transform", `translate(${spot.x} ${spot.y})`);
  lines.forEach(({edge}, k) => {
    written[k].setAttribute("x", width - PAD);
    if (!edge) return;
    const path = PATHS[k % PATHS.length];
    group.append(element("line", {class: `sample ${path}`, x1: PAD, x2: PAD + 30, y1: 18 + 26 * k, y2: 18 + 26 * k}));
    for (const line of picture.edges.get(edge) ?? []) {
      line.classList.add(path);
      picture.live.add(line);
    }
  });
  picture.markLayer.prepend(leader(near, spot));
  picture.used.push(spot);
}

// The best place for something of this size.
function freePlace(picture, near, width, height) {
  const {box, whole} = picture;
  const [left, top] = [Math.max(box.x, whole.x), Math.max(box.y, whole.y)];
  const right = Math.min(box.x + box.width, whole.x + whole.width) - width;
  const bottom = Math.min(box.y + box.height, whole.y + whole.height) - height;
  const seen = picture.view.boxes.filter((one) => shared(one, box) > 0);
  const labels = picture.view.edges.flatMap(({label}) => (label ? [{x: label[0] - SLOPE / 2, y: label[1] - LINE / 2, width: SLOPE, height: LINE}] : []));
  const cost = (spot) => {
    const sum = (places) => places.reduce((total, one) => total + shared(spot, one), 0);
    const [dx, dy] = [spot.x + width / 2 - near.x - near.width / 2, spot.y + height / 2 - near.y - near.height / 2];
    return 100 * sum(picture.used) + 2 * sum(seen) + 4 * sum(labels) + 12 * Math.hypot(dx, dy);
  };
  let best = {x: left, y: top, width, height, cost: Infinity};
  for (let x = left; x <= right; x += 16) {
    for (let y = top; y <= bottom; y += 12) {
      const spot = {x, y, width, height};
      const worth = cost(spot);
      if (worth < best.cost) best = {...spot, cost: worth};
    }
  }
  return best;
}

// The area that two rectangles share.
function shared(a, b) {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, wide) * Math.max(0, high);
}

// A line between two rectangles, where they are nearest.
function leader(a, b) {
  const nearest = (x, from, size) => Math.max(from, Math.min(x, from + size));
  const [x1, y1] = [nearest(b.x + b.width / 2, a.x, a.width), nearest(b.y + b.height / 2, a.y, a.height)];
  return element("line", {class: "leader", x1, y1, x2: nearest(x1, b.x, b.width), y2: nearest(y1, b.y, b.height)});
}
