// Training on examples: one after the other, or in batches, each with the program's numbers in its leaves.
//
// Where training has come to is told by how many steps were taken, `at`. The first is that of the board's own example,
// which the examples follow, epoch by epoch. Numbers follow from `at`, and from what was changed: nothing is recorded but
// what each epoch began with, so that going back is as easy as going on.

class Trainer {
  constructor({nodes, optimizer, examples}) {
    Object.assign(this, {nodes, optimizer, ...examples, batch: 1});
    this.forgetAll();
  }

  get count() {
    return this.rows.length;
  }

  // Of which epoch the next step is, from 0, and its place in it; before the first epoch, the board's own example.
  placeOf(at) {
    return at === 0 ? {epoch: -1, k: 0} : {epoch: Math.floor((at - 1) / this.length), k: (at - 1) % this.length};
  }

  beginOf(epoch) {
    return epoch < 0 ? 0 : 1 + epoch * this.length;
  }

  // Steps that an epoch takes.
  get length() {
    return Math.ceil(this.count / this.batch);
  }

  setBatch(batch) {
    this.batch = Math.max(1, Math.min(this.count, batch));
    this.forgetAll();
  }

  forgetAll() {
    this.starts = []; // of each epoch, the state that it begins with
    this.told = []; // of each epoch that was gone through, {loss, wrong, moved}
    this.latest = null; // the state that was asked for last
  }

  // Forgets all that a change after `at` steps makes otherwise.
  forget(at) {
    if (at === Infinity) return;
    const kept = at === 0 ? 0 : Math.ceil((at - 1) / this.length); // the epochs that begin before it
    this.starts.length = Math.min(this.starts.length, kept);
    this.told.length = Math.min(this.told.length, Math.max(0, kept - 1));
    this.latest = null;
  }

  // The order of the examples in an epoch: Python's, or one from a seed.
  order(epoch) {
    if (epoch < this.orders.length) return this.orders[epoch];
    const draw = generator(epoch + 1);
    const order = [...this.rows.keys()];
    for (let k = order.length - 1; k > 0; k--) {
      const other = Math.floor(draw() * (k + 1));
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order;
  }

  // The examples of the step that is taken after `at` others; null for the board's own.
  batchAt(at) {
    const {epoch, k} = this.placeOf(at);
    return epoch < 0 ? [null] : this.order(epoch).slice(k * this.batch, (k + 1) * this.batch);
  }

  // The state after `at` steps: {at, theta, memory, t, total}; `total` is the loss so far in the epoch.
  state(at) {
    const {epoch} = this.placeOf(at);
    if (epoch < 0) return this.first();
    let state = this.latest && this.latest.at <= at && this.latest.at >= this.beginOf(epoch) ? this.latest : this.start(epoch);
    while (state.at < at) state = this.step(state);
    this.latest = state;
    return state;
  }

  start(epoch) {
    while (this.starts.length <= epoch) {
      const before = this.starts.length - 1;
      this.starts.push(before < 0 ? {...this.step(this.first()), total: 0} : this.wholeEpoch(before));
    }
    return this.starts[epoch];
  }

  first() {
    const {parameters, remembered, t} = this.optimizer;
    const state = {at: 0, theta: parameters.map((node) => given[node]), memory: parameters.map((node) => remembered[node]), t, total: 0};
    return this.changedAt(state);
  }

  wholeEpoch(epoch) {
    let state = this.starts[epoch];
    const before = state;
    for (let k = 0; k < this.length; k++) state = this.step(state);
    const moved = Math.max(...state.theta.map((x, k) => Math.abs(x - before.theta[k])));
    this.told[epoch] = {loss: state.total / this.count, wrong: this.wrong(state), moved};
    return {...state, total: 0};
  }

  // One step: the mean of the batch's gradients, and the rule for each parameter.
  step(state) {
    const {parameters} = this.optimizer;
    const hyperparameters = hyperparametersAt(state.at);
    const batch = this.batchAt(state.at);
    const sums = parameters.map(() => 0);
    let total = state.total;
    for (const [place, example] of batch.entries()) {
      const leaves = this.leaves(state, example);
      if (place === 0) Object.assign(leaves, changedHere(state.at)[1]); // of the example that is on the board
      const {data, grad} = replay(this.nodes, leaves);
      parameters.forEach((node, k) => (sums[k] += grad[node]));
      total += data[output];
    }
    const t = state.t + 1;
    const stepped = parameters.map((_, k) => rule.step(state.theta[k], sums[k] / batch.length, state.memory[k], t, hyperparameters));
    return this.changedAt({at: state.at + 1, theta: stepped.map(([x]) => x), memory: stepped.map(([, memory]) => memory), t, total});
  }

  // With the parameters that were changed by hand at this place.
  changedAt(state) {
    const changed = changedHere(state.at)[1] ?? {};
    const theta = this.optimizer.parameters.map((node, k) => changed[node] ?? state.theta[k]);
    return {...state, theta};
  }

  // The numbers of the program's leaves, with an example in them.
  leaves({theta}, example) {
    const leaves = [...given];
    this.optimizer.parameters.forEach((node, k) => (leaves[node] = theta[k]));
    if (example !== null) [...this.inputs, ...this.targets].forEach((node, k) => (leaves[node] = this.rows[example][k]));
    return leaves;
  }

  // What the board begins with: the example of the next step, and what the optimizer remembers.
  begin(at) {
    const state = this.state(at);
    const {parameters} = this.optimizer;
    const remembered = Object.fromEntries(parameters.map((node, k) => [node, state.memory[k]]));
    return {leaves: this.leaves(state, this.batchAt(at)[0]), remembered, t: state.t};
  }

  // ---- How good it is -----------------------------------------------------------------------------------------------

  // Whether targets are classes: 0 or 1, one of them or one for each class.
  get classes() {
    this.areClasses ??= this.predictions.length > 0 && this.rows.every((row) => row.slice(this.inputs.length).every((x) => x === 0 || x === 1));
    return this.areClasses;
  }

  // The class of a list of outputs, or of targets.
  classOf(xs) {
    return xs.length === 1 ? Number(xs[0] > 0.5) : xs.indexOf(Math.max(...xs));
  }

  predicted(state, example) {
    const {data} = replay(this.nodes, this.leaves(state, example));
    return this.classOf(this.predictions.map((node) => data[node]));
  }

  // The share of all examples that is misclassified; undefined where there are no classes.
  wrong(state) {
    if (!this.classes) return undefined;
    const isWrong = (row, k) => this.predicted(state, k) !== this.classOf(row.slice(this.inputs.length));
    return this.rows.filter(isWrong).length / this.count;
  }

  // Where two numbers have been so far.
  path(first, second) {
    const {parameters} = this.optimizer;
    const [a, b] = [first, second].map((node) => parameters.indexOf(node));
    if (a < 0 || b < 0 || !state.trained) return [];
    const places = [this.first(), ...this.starts.slice(0, this.placeOf(state.trained).epoch + 1)];
    return [...places, this.state(state.trained)].map(({theta}) => [theta[a], theta[b]]);
  }
}

const trainer = lesson.examples && new Trainer(lesson);

function trainTo(at) {
  state.trained = Math.max(0, at);
  state.round = 1;
  state.at = Math.min(state.at, scenes().length - 1);
  restart();
  show();
}
