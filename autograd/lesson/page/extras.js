// What a story shows beside the program's own steps: a nudge, its check, a layer as matrices, the fall of E.

// Of a scene, further lines for the band.
function extras(one, shown) {
  const make = {nudge, check: checkNudge, matrix, fall}[one.kind];
  return make ? make(one, shown) : [];
}

const NUDGE = 0.01;
const nodeOf = (label) => nodes.findIndex((one) => one.label === label);

// E where one leaf is another number.
function outputAt(changes) {
  const changed = [...taken().leaves];
  for (const [node, x] of changes) changed[node] = x;
  return replay(nodes, changed).data[output];
}

// {E} was, is, and by how much it changed, where a leaf is nudged.
function nudged(label) {
  const node = nodeOf(label);
  const by = NUDGE;
  const [from, to] = [outputAt([]), outputAt([[node, taken().leaves[node] + by]])];
  return {node, by, from, to, change: to - from, slope: (to - from) / by};
}

const five = (x) => number(x, 5);
const text = (words) => ({math: tag("mtext", words)});
const digits = (x, show = five) => ({math: figure(show(x))});
const named = (i) => ({math: nodes[i].names.mathml});

function line(pieces, result, role, shown) {
  const row = document.createElement("div");
  row.className = "formula";
  row.append(mathElement(pieces), mathElement([{math: sign("=")}]), resultElement(shown ? plain(result) : "?", role));
  return row;
}

function nudge({of}, shown) {
  const {node, by, from, to, change} = nudged(of);
  const x = taken().leaves[node];
  const show = formulas[state.mode].show;
  const move = mathElement([named(node), {math: sign(":")}, digits(x, show), {math: sign("→")}, {...digits(x + by, show), role: "local"}]);
  const row = line(
    [text("change of "), named(output), ...(shown ? [{math: sign("=")}, digits(to), {math: sign("−")}, digits(from)] : [])],
    number(change, 3), "result", shown,
  );
  row.prepend(move);
  return [row];
}

function checkNudge({of}, shown) {
  const {node, by, change, slope} = nudged(of);
  return [
    line([text("nudge: "), digits(change, (x) => number(x, 3)), {math: sign("/")}, digits(by)], number(slope, DIGITS), "local", shown),
    line([text("backpropagation: "), {math: formulas[state.mode].derivative(output, node, false)}], number(taken().grad[node], DIGITS), "result", shown),
  ];
}

// The deltas of a layer from those of the next: (Wᵀ δ) ∘ σ′, number by number.
function matrix({of, since}, shown) {
  const unitOf = (label) => lesson.units.find(({node}) => nodes[node].label === label);
  const [to, next] = [of.split(" "), since.split(" ")].map((labels) => labels.map(unitOf));
  const inner = ({net, node}) => net ?? node;
  const run = taken();
  const weight = (unit, later) => later.sources.find(([source]) => source === unit.node)?.[1];
  const show = (x) => figure(number(x, DIGITS));
  const table = (lines) => tag("mrow", sign("["), tag("mtable", ...lines.map((cells) => tag("mtr", ...cells.map((cell) => tag("mtd", cell))))), sign("]"));
  const column = (xs) => table(xs.map((x) => [x]));
  const slope = ({node, net}) => run.slopes[node][nodes[node].parents.indexOf(net)];
  const pieces = [
    {math: column(to.map((unit) => formulas.exact.derivative(output, inner(unit), false))), role: "result"},
    {math: sign("=")},
    {math: table(to.map((unit) => next.map((later) => show(run.data[weight(unit, later)]))))},
    {math: column(next.map((unit) => show(run.grad[inner(unit)]))), role: "upstream"},
    {math: sign("∘")},
    {math: column(to.map((unit) => show(slope(unit)))), role: "local"},
    {math: sign("=")},
    {math: shown ? column(to.map((unit) => show(run.grad[inner(unit)]))) : tag("mtext", "?"), role: "result"},
  ];
  const row = document.createElement("div");
  row.className = "formula matrix";
  row.append(mathElement(pieces));
  return [row];
}

// How far E should fall, by its gradient, and how far it does.
function fall(one, shown) {
  const {parameters, hyperparameters: {lr}} = lesson.optimizer;
  const run = taken();
  const changes = parameters.map((node) => [node, run.next[node]]);
  const predicted = parameters.reduce((sum, node) => sum + run.grad[node] * (run.next[node] - run.data[node]), 0);
  const actual = outputAt(changes) - run.data[output];
  void lr;
  return [
    line([text("predicted: "), {math: sign("∑")}, text(" gradient × step")], number(predicted, 3), "local", true),
    line([text("actual: "), ...(shown ? [digits(run.data[output] + actual, (x) => number(x, DIGITS)), {math: sign("−")}, digits(run.data[output], (x) => number(x, DIGITS))] : [named(output)])], number(actual, 3), "result", shown),
  ];
}
