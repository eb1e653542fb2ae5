// The program on numbers: forward, backward and update, to the same numbers as Python's. It knows of no page.

// A lesson as Python wrote it, with infinity and NaN, which JSON has not.
const readLesson = (json) => JSON.parse(json, (key, x) => (typeof x?.float === "string" ? Number(x.float) : x));

const same = (x) => x;

// The program, forward and backward, from the data of its leaves: what `Program.replay` gives.
function replay(nodes, leaves, roundData = same, roundGrad = same) {
  const data = [];
  const slopes = [];
  nodes.forEach(({row, parents = []}, i) => {
    const inputs = parents.map((parent) => data[parent]);
    data.push(row ? roundData(rows[row].forward(inputs)) : leaves[i]);
    const partials = row ? rows[row].partials(data[i], inputs) : [];
    slopes.push(partials.map((slope, k) => (nodes[parents[k]].kind === "constant" ? 0 : slope)));
  });
  return {data, slopes, grad: gradients(nodes, slopes, roundGrad)};
}

// Backpropagation: `Program.gradients`. What a choice has discarded hands nothing on, not even 0 times infinity.
function gradients(nodes, slopes, roundGrad = same) {
  const grad = nodes.map(() => 0);
  grad[nodes.length - 1] = 1;
  for (let i = nodes.length - 1; i >= 0; i--) {
    grad[i] = roundGrad(grad[i]);
    if (grad[i] === 0 && nodes[i].discarded) continue;
    slopes[i].forEach((slope, k) => (grad[nodes[i].parents[k]] += slope * grad[i]));
  }
  return grad;
}

// Steps of training, one after the other, each computed when it is first asked for.
//
// `leaves` are the numbers of the leaves, by node; `decimals` those of values and of gradients where it is worked as on
// a slide, or null; `changed` numbers that leaves are given before a round, by its number and the node; `remembered` and
// `t` are what the optimizer begins with. A round is {data, slopes, grad} of the program; `t`, the step's number; `memory`, what the
// optimizer remembers of each parameter before it, and `after` it; and `next`, the new number of each parameter.
class Training {
  constructor({nodes, optimizer}, leaves, decimals, {changed = {}, remembered = optimizer?.remembered, t = optimizer?.t} = {}) {
    Object.assign(this, {nodes, optimizer, leaves, changed, remembered, t});
    this.rounding = (decimals ?? [null, null]).map((d) => (d === null ? same : (x) => round(x, d)));
    this.rounds = [];
  }

  round(k) {
    while (this.rounds.length < k) this.rounds.push(this.step(this.rounds.at(-1)));
    return this.rounds[k - 1];
  }

  step(before) {
    const leaves = [...(before?.leaves ?? this.leaves)];
    for (const numbers of [before?.next ?? {}, this.changed[this.rounds.length + 1] ?? {}]) Object.assign(leaves, numbers);
    const run = replay(this.nodes, leaves, ...this.rounding);
    const taken = {...run, leaves, next: {}, memory: {}, after: {}, t: 0};
    if (!this.optimizer) return taken;
    const {parameters, hyperparameters} = this.optimizer;
    taken.t = (before ?? this).t + 1;
    for (const i of parameters) {
      const memory = before?.after[i] ?? this.remembered[i];
      const [next, after] = rule.step(run.data[i], run.grad[i], memory, taken.t, hyperparameters);
      Object.assign(taken.memory, {[i]: memory});
      Object.assign(taken.after, {[i]: after}); // a slide's few decimals may leave nothing of a mean of squares
      Object.assign(taken.next, {[i]: this.rounding[0](next)});
    }
    return taken;
  }
}

// How the optimizer's rule is told at a step, and the numbers that its templates take for a parameter.
function ruleLook(optimizer, t) {
  return rule.looks.find(({when}) => when(ruleNumbers(optimizer, null, null, t)));
}

function ruleNumbers({memory, hyperparameters}, parameter, taken, t = taken.t) {
  const none = memory.map(() => NaN);
  const [theta, gradient] = taken ? [taken.data[parameter], taken.grad[parameter]] : [NaN, NaN];
  const [old, after] = taken ? [taken.memory[parameter], taken.after[parameter]] : [none, none];
  return [theta, gradient, ...old, ...after, t, ...Object.values(hyperparameters).flat()];
}
