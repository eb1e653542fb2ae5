// Once everything is there: the page's numbers are compared with Python's, and the first scene is shown.

const close = (x, y) => Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y));

function differences() {
  const {data, grad, next} = trainings.exact.round(1);
  const right = {...lesson.expected, new: Object.fromEntries(lesson.expected.new)};
  return Object.entries({data, grad, new: next}).flatMap(([quantity, mine]) =>
    Object.keys(right[quantity]).flatMap((i) => (close(right[quantity][i], mine[i]) ? [] : [`${quantity} of ${nodes[i].label}`])));
}

const found = differences();
byId("differs").hidden = found.length === 0;
byId("differs").textContent = `This browser computes other numbers than Python did, in ${found.length === 1 ? "1 place" : `${found.length} places`}: ${found.slice(0, 3).join(", ")}.`;

// What a page that embeds this one may use; see `autograd.walkthrough`.
window.board = {
  step(n) {
    go(n - 1, true);
    return this.numbers();
  },
  numbers() {
    const {data, grad, next} = taken();
    return Object.fromEntries(nodes.map(({label}, i) => [label, {data: data[i], grad: grad[i], ...(i in next ? {new: next[i]} : {})}]));
  },
  // A number that is refused throws, and nothing is changed.
  set(label, x) {
    const node = nodeOf(label);
    if (!isGiven(node)) throw new RangeError(`no input or parameter is called ${label}`);
    if (typeof x !== "number" || !Number.isFinite(x)) throw new TypeError(`${label} needs a finite number, got ${x}`);
    const refused = changes.set(node, x);
    if (refused) throw new RangeError(refused);
  },
  reset() {
    changes.resetAll();
  },
};

for (const grain of GRAINS) {
  if (lesson.units.length || grain === "scalar") byId("grain").add(new Option(grain, grain));
}
byId("toggle-rounding").hidden = !lesson.decimals;
byId("toggle-view").hidden = Object.keys(pictures).length < 2;
readAddress();
