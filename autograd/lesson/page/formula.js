// Formulas of a step: a row for each quantity that it determines.
//
// A row is {place, left, sign, symbols, numbers, value, result, role, notes, agrees, soFar}. Sides are lists of pieces
// {math, role}: MathML, and the role by which it is coloured, "upstream", "local" or "result", as the number at the same
// place of the picture is. `result` is the value as it is shown; it `agrees` with the numbers on display, or they are
// rounded.

const DIGITS = 4;
const tag = (name, ...inner) => `<${name}>${inner.join("")}</${name}>`;
const sign = (text) => tag("mo", text);
const figure = (shown) => notations.mathml.digits(shown);
const bracketed = (shown) => (shown.startsWith("-") ? notations.mathml.brackets(figure(shown)) : figure(shown));

// How numbers are shown: to four digits; but all of one that was rounded as it went, which a leaf, as it is given, may
// not be.
function shower(decimals) {
  const isRounded = (x) => decimals?.some((d) => x === round(x, d));
  return memoized((x) => number(x, isRounded(x) ? 12 : DIGITS));
}

const fourDigits = memoized((x) => number(x, DIGITS));

// A function of a number that keeps what it gave; from step to step most numbers on the board are the same.
function memoized(f) {
  const known = new Map();
  return (x) => {
    if (!known.has(x)) {
      if (known.size > 100_000) known.clear();
      known.set(x, f(x));
    }
    return known.get(x);
  };
}

class Formulas {
  // The formulas of a lesson where it is worked with these `decimals`, as in Training.
  constructor({nodes, optimizer}, decimals) {
    Object.assign(this, {nodes, optimizer, output: nodes.length - 1, show: shower(decimals)});
  }

  // The rows of a group of steps, given the round of training and what is known before and after them.
  rows({steps}, taken, before, after) {
    const {upstream} = marksOf(this.nodes, steps);
    const role = (place) => (upstream.includes(place) ? "upstream" : "result");
    const hands = new Map(); // of each parent, all that it is handed
    for (const step of steps) if (step.kind === "hand") hands.set(step.parent, [...(hands.get(step.parent) ?? []), step]);
    const rows = [];
    for (const step of steps) {
      const {kind, node, parent} = step;
      if (kind === "result") rows.push(this.result(node, taken));
      else if (kind === "seed" && steps.length === 1) rows.push(this.seed());
      else if (kind === "line") rows.push(this.line(step, taken));
      else if (kind === "hand" && hands.has(parent)) {
        rows.push(this.handed(hands.get(parent), taken, before, after, steps.length === 1));
        hands.delete(parent);
      }
    }
    return rows.map((row) => ({notes: [], agrees: true, soFar: false, ...row, role: role(row.place)}));
  }

  name(i) {
    return this.nodes[i].names.mathml;
  }

  // ∂a/∂b, as a fraction or on the line.
  derivative(a, b, stacked) {
    const [above, below] = [a, b].map((i) => tag("mrow", sign("∂"), this.name(i)));
    return stacked ? tag("mfrac", above, below) : tag("mrow", above, sign("/"), below);
  }

  // What a node's templates take: the numbers and names of its inputs, and its own.
  form(i, run) {
    const {form, parents} = this.nodes[i];
    const all = [...parents, i];
    return {...forms[form], n: all.map((one) => run.data[one]), names: (to) => all.map((one) => this.nodes[one].names[to])};
  }

  // o = σ(i) = 1 / (1 + e^−i)
  result(node, run) {
    const {result, name, n, names} = this.form(node, run);
    const formula = written(result, n, "mathml", names("mathml"));
    const [first] = this.nodes[node].parents;
    const called = name ? [{math: `${name.mathml}${notations.mathml.brackets(this.name(first))}`}] : [];
    const shown = this.show(run.data[node]);
    const worked = rows[this.nodes[node].row].forward(n.map((x) => Number(this.show(x))));
    return {
      place: `data ${node}`,
      left: this.name(node),
      sign: "=",
      symbols: [...called, {math: formula}],
      numbers: [{math: written(result, n, "mathml", null, this.show)}],
      value: run.data[node],
      result: shown,
      worked,
      agrees: this.show(worked) === shown,
    };
  }

  // The output's own gradient.
  seed() {
    const left = this.derivative(this.output, this.output, false);
    return {place: `grad ${this.output}`, left, sign: "=", symbols: [], numbers: [], value: 1, result: "1"};
  }

  // ∂E/∂w = ∂E/∂i × ∂i/∂w, a term for each step; added to what there is where others came before.
  handed(steps, taken, before, after, stacked) {
    const [{parent}] = steps;
    const symbols = [];
    const numbers = [];
    const notes = [];
    const so = before.grad[parent];
    let worked = 0;
    if (so !== undefined) {
      numbers.push({math: figure(this.show(so))});
      worked += Number(this.show(so));
    }
    for (const [k, step] of steps.entries()) {
      const term = this.term(step, taken, stacked);
      if (k) symbols.push({math: sign("+")});
      if (numbers.length) numbers.push({math: sign("+")});
      symbols.push(...term.symbols);
      numbers.push(...term.numbers);
      notes.push(...term.notes);
      worked += term.worked;
    }
    const value = after.grad[parent];
    const result = this.show(value);
    return {
      place: `grad ${parent}`,
      left: this.derivative(this.output, parent, stacked),
      sign: so === undefined && after.complete[parent] ? "=" : "+=",
      symbols,
      numbers,
      notes,
      value,
      result,
      worked,
      agrees: this.show(worked) === result,
      soFar: !after.complete[parent],
    };
  }

  // What a node hands a parent. The output hands on the local derivative itself, for its own gradient is 1.
  term({node, k, parent}, taken, stacked) {
    const {slopes, n, names} = this.form(node, taken);
    const look = written(slopes[k], n, "mathml", names("mathml"));
    const factor = number(taken.slopes[node][k], DIGITS);
    if (node === this.output) {
      const numbers = written(slopes[k], n, "mathml", null, this.show);
      return {symbols: [{math: look, role: "local"}], numbers: [{math: numbers, role: "local"}], notes: [], worked: Number(factor)};
    }
    const upstream = this.show(taken.grad[node]);
    const tight = isSum(written(slopes[k], n, "text", names("text"))) ? notations.mathml.brackets(look) : look;
    const local = stacked ? this.derivative(node, parent, true) : tight;
    const times = {math: sign("×")};
    return {
      symbols: [{math: this.derivative(this.output, node, stacked), role: "upstream"}, times, {math: local, role: "local"}],
      numbers: [{math: figure(upstream), role: "upstream"}, times, {math: bracketed(factor), role: "local"}],
      notes: stacked ? [{math: `${this.derivative(node, parent, false)}${sign("=")}${look}`, role: "local"}] : [],
      worked: Number(upstream) * Number(factor),
    };
  }

  // A line of the optimizer's rule, for a parameter.
  line({node, line, writes}, taken) {
    const {optimizer} = this;
    const {template} = ruleLook(optimizer, taken.t).lines[line];
    const letters = optimizer.memory.map(({mathml}) => mathml);
    const quantities = [this.name(node), this.derivative(this.output, node, false), ...letters, ...letters];
    const names = [...quantities, figure(String(taken.t)), ...optimizer.letters.map(({mathml}) => mathml)];
    const n = ruleNumbers(optimizer, node, taken);
    const show = (x, slot) => (slot < 2 ? this.show(x) : number(x, slot < quantities.length ? DIGITS : 12));
    const value = writes ? taken.after[node][writes - 1] : taken.next[node];
    const result = writes ? number(value, DIGITS) : this.show(value);
    const [theta, gradient, ...memory] = n.slice(0, 2 + letters.length).map((x, slot) => Number(show(x, slot)));
    const [next, after] = rule.step(theta, gradient, memory, taken.t, optimizer.hyperparameters);
    const worked = writes ? after[writes - 1] : next;
    return {
      place: writes ? `memory ${node} ${writes - 1}` : `new ${node}`,
      left: writes ? letters[writes - 1] : this.name(node),
      sign: "←",
      symbols: [{math: written(template, n, "mathml", names)}],
      numbers: [{math: written(template, n, "mathml", null, show)}],
      value,
      result,
      worked,
      agrees: (writes ? number(worked, DIGITS) : this.show(worked)) === result,
    };
  }
}

// Whether a formula needs brackets beside a cross.
function isSum(text) {
  let outside = text;
  for (let inner = null; inner !== outside; ) [inner, outside] = [outside, outside.replace(/\([^()]*\)/g, "")];
  return /^−| [+−] /.test(outside);
}
