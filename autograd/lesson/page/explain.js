// The explanation, docked beside the picture: the chain rule of one gradient, from the output down to it, and along each
// path.

const MOST_LINES = 24;
const MOST_PATHS = 4;

// The node whose gradient the present step is about; of several the last.
function explained({rows, scene: one}) {
  const grads = rows.map(({place}) => place.split(" ")).filter(([quantity]) => ["grad", "new"].includes(quantity));
  if (grads.length) return Number(grads.at(-1)[1]);
  return one.of ? nodeOf(one.of.split(" ")[0]) : (lesson.optimizer?.parameters[0] ?? 0);
}

// The nodes on the way from the output to a node, from the output on.
function between(node) {
  const reaches = nodes.map((_, i) => i === node);
  nodes.forEach(({parents = []}, i) => (reaches[i] ||= parents.some((parent) => reaches[parent])));
  const onTheWay = nodes.map((_, i) => i === output);
  for (let i = output; i >= 0; i--) if (onTheWay[i]) for (const parent of nodes[i].parents ?? []) onTheWay[parent] ||= reaches[parent];
  return [...nodes.keys()].filter((i) => onTheWay[i] && reaches[i]).reverse();
}

// The paths from the output to a node, each a list of [child, place]; at most some.
function pathsTo(node, most) {
  const inside = new Set(between(node));
  const waiting = [[output, []]];
  const paths = [];
  while (waiting.length && paths.length <= most) {
    const [at, path] = waiting.pop();
    if (at === node) paths.push(path);
    else (nodes[at].parents ?? []).forEach((parent, k) => inside.has(parent) && waiting.push([parent, [...path, [at, k]]]));
  }
  return paths;
}

function gradientRow(node) {
  const steps = nodes.flatMap(({parents = []}, i) => parents.flatMap((parent, k) => (parent === node ? [{node: i, k, parent}] : []))).reverse();
  const all = {grad: taken().grad, complete: nodes.map(() => true)};
  return {...formulas[state.mode].handed(steps, taken(), {grad: []}, all, false), role: "result"};
}

// A path as a product of its local derivatives.
function pathElement(path, k) {
  const {show} = formulas[state.mode];
  const factor = ([child, place], inNumbers) => {
    const {slopes, n, names} = formulas[state.mode].form(child, taken());
    if (inNumbers) return bracketed(number(taken().slopes[child][place], DIGITS));
    const look = written(slopes[place], n, "mathml", names("mathml"));
    return isSum(written(slopes[place], n, "text", names("text"))) ? notations.mathml.brackets(look) : look;
  };
  const tied = (step, inNumbers) => `<mrow tabindex="0" data-edge="${step.join(" ")}">${factor(step, inNumbers)}</mrow>`; // see paths.js
  const side = (inNumbers) => ({math: path.map((step) => tied(step, inNumbers)).join(sign("×")), role: "local"});
  const value = path.reduce((product, [child, place]) => product * taken().slopes[child][place], 1);
  const row = document.createElement("div");
  row.className = `formula way-${k % 4}`;
  row.append(mathElement([side(false)]), mathElement([{math: sign("=")}, side(true)]), mathElement([{math: sign("=")}]), resultElement(plain(show(value)), "local"));
  return row;
}

let chosenToExplain = null;

listeners.push((shown) => {
  const panel = byId("explanation");
  if (panel.hidden) return;
  const node = chosenToExplain ?? explained(shown);
  const heading = Object.assign(document.createElement("h2"), {textContent: `How ${nodes[output].label} changes with ${nodes[node].label}`});
  if (!shown.shown) return panel.replaceChildren(heading, remark("after the answer"));
  const way = between(node).filter((i) => i !== output);
  const rows = way.slice(-MOST_LINES).map((i) => rowElement({notes: [], ...gradientRow(i)}, true, ""));
  const ways = [];
  const paths = pathsTo(node, MOST_PATHS);
  if (paths.length <= MOST_PATHS && paths.every((path) => path.length <= 12)) {
    const words = paths.length > 1 ? `Along each of ${paths.length} paths, to be added:` : "In one product:";
    ways.push(Object.assign(document.createElement("p"), {textContent: words}), ...paths.map(pathElement));
  }
  const isChosen = chosenToExplain !== null; // its paths are what is looked at
  const parts = [heading, ...(isChosen ? ways : []), ...rows, ...(isChosen ? [] : ways)];
  panel.replaceChildren(...parts);
});
