// The steps of one round of training: scalar ones, as the engine goes, and the same grouped by unit or by layer.
//
// A scalar step is {phase, kind, ...}:
//   forward: "given", the leaves; "result", of `node`
//   backward: "seed", the output's own gradient; "hand", `node` hands its `k`-th parent, `parent`, a contribution: the
//     only one (`alone`), or the `last` of several
//   update: "line" `line` of the rule, for the parameter `node`; `writes` is 0 for theta, k for what is remembered
// A group is {phase, kind, steps, units}: what a class takes at once. Its kind is that of its step; or "unit" (forward),
// "delta" (the gradients of a unit's output and net input), "products" (those of its weights and bias), "inputs",
// "update". Within a grain the groups' steps, one after the other, are all scalar steps in an order that can be
// computed.

const GRAINS = ["layer", "unit", "scalar"];

function scalarSteps({nodes, optimizer}, t) {
  const steps = [{phase: "forward", kind: "given"}];
  const last = nodes.length - 1;
  nodes.forEach(({row}, node) => row && steps.push({phase: "forward", kind: "result", node}));
  steps.push({phase: "backward", kind: "seed", node: last});
  const toCome = nodes.map(() => 0);
  for (const {parents = []} of nodes) for (const parent of parents) toCome[parent] += 1;
  const alone = toCome.map((count) => count === 1);
  for (let node = last; node >= 0; node--) {
    (nodes[node].parents ?? []).forEach((parent, k) => {
      toCome[parent] -= 1;
      if (nodes[parent].kind === "constant") return;
      const hand = {node, k, parent, alone: alone[parent], last: toCome[parent] === 0};
      steps.push({phase: "backward", kind: "hand", ...hand});
    });
  }
  for (const node of optimizer?.parameters ?? []) {
    ruleLook(optimizer, t).lines.forEach(({writes}, line) =>
      steps.push({phase: "update", kind: "line", node, line, writes}));
  }
  return steps;
}

// The groups of each grain, by its name.
function grouped(lesson, steps) {
  const byUnit = unitGroups(lesson, steps, (unit) => [unit.node]);
  const byLayer = unitGroups(lesson, steps, (unit) => [unit.column]);
  const scalar = steps.map((step) => ({...step, steps: [step], units: []}));
  return {layer: byLayer, unit: byUnit, scalar};
}

// Groups by unit, those of units with the same key together. Units come in the order of the program, and a layer has no
// unit that another of its units depends on.
function unitGroups({nodes, units}, steps, key) {
  const home = new Map(units.flatMap((unit) => unit.members.map((node) => [node, unit])));
  const own = ({node, parent}) => home.get(node) === home.get(parent);
  const isLeaf = (node) => !nodes[node].row;
  const together = (chosen) => {
    const sets = new Map();
    for (const unit of chosen) {
      const name = String(key(unit));
      sets.set(name, [...(sets.get(name) ?? []), unit]);
    }
    return [...sets.values()];
  };
  const made = units.filter(({members}) => members.some((node) => !isLeaf(node)));
  const ordered = together([...made].sort((a, b) => key(a)[0] - key(b)[0]));
  const of = (kind) => steps.filter((step) => step.kind === kind);
  const [results, hands] = [of("result"), of("hand")];
  const groups = [{phase: "forward", kind: "given", steps: of("given"), units: []}];
  const add = (phase, kind, group, members) => group.length && groups.push({phase, kind, steps: group, units: members});
  for (const members of ordered) add("forward", "unit", results.filter(({node}) => members.includes(home.get(node))), members);
  let waiting = of("seed");
  for (const members of [...ordered].reverse()) {
    const within = (step) => members.includes(home.get(step.parent)) && !isLeaf(step.parent);
    const deltas = [...hands.filter((step) => within(step) && !own(step)), ...hands.filter((step) => within(step) && own(step))];
    if (deltas.length) {
      add("backward", "delta", [...waiting, ...deltas], members);
      waiting = [];
    }
    const learns = (step) => members.includes(home.get(step.node)) && nodes[step.parent].kind === "parameter";
    const products = hands.filter(learns);
    if (products.length) {
      add("backward", "products", [...waiting, ...products], members);
      waiting = [];
    }
  }
  const inputs = hands.filter(({parent}) => isLeaf(parent) && nodes[parent].kind !== "parameter");
  add("backward", "inputs", [...waiting, ...inputs], []);
  add("update", "update", of("line"), []);
  return groups;
}

// What is known once these steps are taken, in a round of training: the data and new data of nodes, what is remembered
// of them, and gradients with what they have been handed so far. A number that is not yet known is undefined.
function knownAfter(nodes, taken, steps, roundGrad = same) {
  const known = {data: [], grad: [], complete: [], new: [], memory: []};
  nodes.forEach(({row}, i) => !row && (known.data[i] = taken.leaves[i] ?? taken.data[i]));
  for (const step of steps) {
    const {kind, node} = step;
    if (kind === "result") known.data[node] = taken.data[node];
    else if (kind === "seed") [known.grad[node], known.complete[node]] = [taken.grad[node], true];
    else if (kind === "hand") hand(nodes, known, taken, step, roundGrad);
    else if (kind === "line" && step.writes) (known.memory[node] ??= [])[step.writes - 1] = taken.after[node][step.writes - 1];
    else if (kind === "line") known.new[node] = taken.next[node];
  }
  for (const parent of known.grad.keys()) {
    if (known.complete[parent]) known.grad[parent] = taken.grad[parent]; // to the last bit, in any order
  }
  return known;
}

function hand(nodes, known, taken, {node, k, parent}, roundGrad) {
  known.grad[parent] = roundGrad((known.grad[parent] ?? 0) + contribution(nodes, taken, node, k));
  (known.handed ??= new Map()).set(parent, (known.handed.get(parent) ?? 0) + 1);
  known.complete[parent] = known.handed.get(parent) === handsTo(nodes, parent);
}

// What a node hands its k-th parent: nothing where a choice has discarded it.
function contribution(nodes, taken, node, k) {
  return taken.grad[node] === 0 && nodes[node].discarded ? 0 : taken.slopes[node][k] * taken.grad[node];
}

const counted = new WeakMap(); // of each program, how many contributions each node is handed

function handsTo(nodes, parent) {
  if (!counted.has(nodes)) {
    const counts = nodes.map(() => 0);
    for (const {parents = []} of nodes) for (const one of parents) counts[one] += 1;
    counted.set(nodes, counts);
  }
  return counted.get(nodes)[parent];
}

// ---- What a step reads and writes, as places in a picture ---------------------------------------------------------
//
// A place is "data 7", "grad 7", "slope 7 0" (the local derivative of node 7 by its first parent), "new 7" or
// "memory 7 0". `upstream` and `local` are the factors of a contribution, `read` what a result is computed from,
// `result` what is determined (and not handed on at once), `along` the edges, each "7 0": backward from node 7 to its first parent.

function marksOf(nodes, steps) {
  const marks = {upstream: [], local: [], read: [], result: [], along: []};
  for (const step of steps) {
    const {kind, node, k, parent} = step;
    if (kind === "result") {
      marks.read.push(...nodes[node].parents.map((one) => `data ${one}`));
      marks.result.push(`data ${node}`);
      marks.along.push(...nodes[node].parents.map((_, place) => `${node} ${place}`));
    } else if (kind === "seed") {
      marks.result.push(`grad ${node}`);
    } else if (kind === "hand") {
      if (node !== nodes.length - 1) marks.upstream.push(`grad ${node}`);
      marks.local.push(placeOfSlope(nodes, node, k));
      marks.result.push(`grad ${parent}`);
      marks.along.push(`${node} ${k}`);
    } else if (kind === "line") {
      marks.read.push(`data ${node}`);
      marks.upstream.push(`grad ${node}`);
      marks.result.push(step.writes ? `memory ${node} ${step.writes - 1}` : `new ${node}`);
    }
  }
  const handedOn = new Set(marks.upstream);
  const of = (places) => [...new Set(places)];
  return {...marks, upstream: of(marks.upstream), result: of(marks.result).filter((place) => !handedOn.has(place))};
}

// Where a local derivative stands: it may be another input's number, or the output's; it has a place of its own, too.
function placeOfSlope(nodes, node, k) {
  const [{text}, ...others] = forms[nodes[node].form].slopes[k];
  const isAnother = others.length === 0 && text.length === 1 && text[0].slot !== undefined;
  if (!isAnother) return `slope ${node} ${k}`;
  const {slot} = text[0];
  return `data ${slot < nodes[node].parents.length ? nodes[node].parents[slot] : node}`;
}
