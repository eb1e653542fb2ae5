// The steps of one round of training: scalar ones, as the engine goes, and the same grouped by unit or by layer.
//
// A scalar step is {phase, kind, ...}:
//   forward: "given", the leaves; "result", of `node`
//   backward: "seed", the output's own gradient; "hand", `node` hands its `k`-th parent, `parent`, a contribution
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
  for (let node = last; node >= 0; node--) {
    (nodes[node].parents ?? []).forEach((parent, k) =>
      nodes[parent].kind !== "constant" && steps.push({phase: "backward", kind: "hand", node, k, parent}));
  }
  for (const node of optimizer?.parameters ?? []) {
    ruleLook(optimizer, t).lines.forEach(({writes}, line) =>
      steps.push({phase: "update", kind: "line", node, line, writes}));
  }
  return steps;
}

// The groups of each grain, by its name.
function grouped(lesson, steps) {
  const home = homesOf(lesson);
  const level = levelsOf(lesson, home);
  const byUnit = unitGroups(lesson, home, steps, ({node}) => node);
  const byLayer = unitGroups(lesson, home, steps, (unit) => level.get(unit));
  const scalar = steps.map((step) => ({...step, steps: [step], units: []}));
  return {layer: byLayer, unit: byUnit, scalar};
}

// Of each node that is computed, the unit that it belongs to; what belongs to none, as a weight that is computed, is as
// a unit of its own.
function homesOf({nodes, units}) {
  const home = new Map(units.flatMap((unit) => unit.members.map((node) => [node, unit])));
  return new Map(nodes.flatMap(({row, label}, node) =>
    row ? [[node, home.get(node) ?? {title: label, node, net: null, members: [node]}]] : []));
}

// How many units stand one behind the other before each.
function levelsOf({nodes}, home) {
  const level = new Map();
  for (const [node, unit] of home) {
    const before = nodes[node].parents.map((parent) => home.get(parent)).filter((one) => one && one !== unit);
    level.set(unit, Math.max(level.get(unit) ?? 0, ...before.map((one) => level.get(one) + 1)));
  }
  return level;
}

// Groups by unit, those of units with the same key together, which is not less than that of the units before them.
function unitGroups({nodes}, home, steps, key) {
  const sets = [];
  const setOf = new Map();
  for (const unit of [...new Set(home.values())].sort((a, b) => key(a) - key(b) || a.node - b.node)) {
    if (sets.at(-1)?.key !== key(unit)) sets.push({key: key(unit), units: [], results: [], deltas: [], own: [], products: []});
    sets.at(-1).units.push(unit);
    setOf.set(unit, sets.at(-1));
  }
  const others = {given: [], seed: [], inputs: [], line: []};
  for (const step of steps) {
    const {kind, node, parent} = step;
    const set = setOf.get(home.get(node));
    const into = setOf.get(home.get(parent));
    if (kind === "result") set.results.push(step);
    else if (kind !== "hand") others[kind].push(step);
    else if (into) (home.get(node) === home.get(parent) ? into.own : into.deltas).push(step);
    else (nodes[parent].kind === "parameter" ? set.products : others.inputs).push(step);
  }
  const groups = [{phase: "forward", kind: "given", steps: others.given, units: []}];
  const add = (phase, kind, group, units) => group.length && groups.push({phase, kind, steps: group, units});
  for (const {units, results} of sets) add("forward", "unit", results, units);
  let waiting = others.seed; // goes with the first that follows
  for (const {units, deltas, own, products} of sets.reverse()) {
    for (const [kind, group] of [["delta", [...deltas, ...own]], ["products", products]]) {
      if (group.length) waiting = add("backward", kind, [...waiting, ...group], units) && [];
    }
  }
  add("backward", "inputs", [...waiting, ...others.inputs], []);
  add("update", "update", others.line, []);
  return groups;
}

// What is known once these steps are taken, in a round of training: the data and new data of nodes, what is remembered
// of them, and gradients with what they have been handed so far. A number that is not yet known is undefined.
function knownAfter(nodes, taken, steps, roundGrad = same) {
  const known = {data: [], grad: [], complete: [], new: [], memory: []};
  const handed = nodes.map(() => 0); // how many contributions
  nodes.forEach(({row}, i) => !row && (known.data[i] = taken.leaves[i] ?? taken.data[i]));
  for (const step of steps) {
    const {kind, node} = step;
    if (kind === "result") known.data[node] = taken.data[node];
    else if (kind === "seed") [known.grad[node], known.complete[node]] = [taken.grad[node], true];
    else if (kind === "hand") {
      const {k, parent} = step;
      known.grad[parent] = (known.grad[parent] ?? 0) + contribution(nodes, taken, node, k);
      known.complete[parent] = (handed[parent] += 1) === handsTo(nodes, parent);
    }
    else if (kind === "line" && step.writes) (known.memory[node] ??= [])[step.writes - 1] = taken.after[node][step.writes - 1];
    else if (kind === "line") known.new[node] = taken.next[node];
  }
  known.grad.forEach((sum, i) => { // a whole one to the last bit, in whichever order it came together
    known.grad[i] = known.complete[i] ? taken.grad[i] : roundGrad(sum);
  });
  return known;
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
