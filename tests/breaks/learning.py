"""Faults of `optim` and `nn`: lines of their functions."""

from __future__ import annotations

import optim
from nn import dropout, initialisers, maxout, meprop, metrics, regularisers, training
from nn.convolution import Conv2d
from nn.diagnosis import _verdict
from nn.layers import Layer, Neuron
from optim import SGD, Optimizer, clipping, descent, rules, stopping
from tests.breaks.patching import Break, Patch, line

assert isinstance(SGD._plain, property)
assert SGD._plain.fget is not None
BY_RULE = line(SGD._plain.fget, "return not", "return False and not")  # also where it is written out for speed


def updates(old: str, new: str) -> list[Patch]:
    """Of every optimizer."""
    return [BY_RULE, line(Optimizer.update, old, new)]


OPTIMIZERS: list[Break] = [
    Break(
        "sgd: no momentum",
        [line(rules.sgd, "momentum * b + _if_on(math, damp", "_if_on(math, damp")],
        "optimizers two_forms",
    ),
    Break(
        "Sutskever's form: no memory",
        [line(rules.sutskever, "v = momentum * v - lr * g\n", "v = -lr * g\n")],
        "two_forms",
    ),
    Break("sgd: Nesterov off", [line(rules.sgd, "g + momentum * b if nesterov else b", "b")], "two_forms"),
    Break(
        "Sutskever's form: Nesterov off",
        [line(rules.sutskever, "theta + momentum * v - lr * g if nesterov else theta + v", "theta + v")],
        "optimizers two_forms",
    ),
    Break("AdaGrad without its sum", [line(rules.adagrad, "G = G + g * g", "G = g * g")], "optimizers"),
    Break(
        "RMSProp as a sum",
        [line(rules.rmsprop, "v = alpha * v + (1 - alpha) * (g * g)", "v = v + g * g")],
        "optimizers",
    ),
    Break("Adam without bias correction", [line(rules.adam, "if bias_correction:", "if False:")], "two_forms"),
    Break("Adam with bias correction always", [line(rules.adam, "if bias_correction:", "if True:")], "two_forms"),
    Break(
        "Adam without m",
        [line(rules.adam, "m = beta1 * m + (1 - beta1) * g", "m = (1 - beta1) * g")],
        "optimizers two_forms",
    ),
    Break(
        "Adam without v",
        [line(rules.adam, "v = beta2 * v + (1 - beta2) * (g * g)", "v = 0 * v + 1.0")],
        "optimizers two_forms",
    ),
    Break("amsgrad off", [line(rules.adam, "math.maximum([v_max, v])", "v")], "two_forms"),
    Break(
        "weight decay off",
        [line(rules._objective, "_if_on(math, weight_decay, g + weight_decay * theta, g)", "g")],
        "two_forms",
    ),
    Break("maximize off", [line(rules._objective, "-gradient if maximize else gradient", "gradient")], "two_forms"),
    Break("dampening off", [line(rules.sgd, "(1 - dampening) * g", "g")], "two_forms"),
    Break(
        "uphill",
        updates("theta, gradient, *self", "theta, -gradient, *self"),
        "dollars deltas optimizers two_forms updates",
    ),
    Break(
        "double step",
        updates("theta, gradient, *self", "theta, 2 * gradient, *self"),
        "toy_network dollars two_forms matrix_form",
    ),
    Break(
        "the first parameter is not updated",
        [
            BY_RULE,
            line(Optimizer.update, "t = self.t + 1", "t, first = self.t + 1, theta[0]"),
            line(Optimizer.update, "self.t, self.memory = t,", "theta[0] = first; self.t, self.memory = t,"),
        ],
        "toy_network two_forms updates",
    ),
    Break("t stands still", updates("t = self.t + 1", "t = 1"), "two_forms"),
    Break("clipping by norm off", [line(clipping.clip_by_norm, "gradient * min", "gradient * max")], "deep_gradients"),
    Break(
        "clipping by value off",
        [line(clipping.clip_by_value, "return np.clip(gradient, -clip_value, clip_value)", "return gradient")],
        "deep_gradients",
    ),
    Break("cosine schedule: constant", [line(optim.schedules.cosine, "math.cos(math.pi * epoch / epochs)", "1")]),
]

ENDS: list[Break] = [
    Break(
        "early stopping: the best weights are not given back",
        [line(stopping.EarlyStopping.finish, "self._best_weights is not None", "False")],
        "early_stopping",
    ),
    Break(
        "early stopping: the latest weights count as best",
        [
            line(
                stopping.EarlyStopping.__call__,
                "self._waited += 1",
                "self._waited += 1; self._best_weights = pack(parameters)",
            )
        ],
        "early_stopping",
    ),
    Break(
        "early stopping: less is always better",
        [line(stopping.EarlyStopping._improves, 'self.mode == "min"', "True")],
        "early_stopping",
    ),
    Break(
        "early stopping: patience off by one",
        [line(stopping.EarlyStopping.__call__, "self._waited < self.patience", "self._waited < self.patience - 1")],
        "early_stopping",
    ),
    Break(
        "early stopping: patience one more",
        [line(stopping.EarlyStopping.__call__, "self._waited < self.patience", "self._waited <= self.patience")],
        "early_stopping",
    ),
    Break(
        "weight change: threshold times 3",
        [line(stopping.WeightChange.__call__, "change < self.threshold", "change < 3 * self.threshold")],
        "stopping",
    ),
    Break(
        "weight change: since the beginning",
        [
            line(
                stopping.WeightChange.__call__,
                "self._before = theta = pack(parameters)",
                "theta = pack(parameters); self._before = theta if before is None else before",
            )
        ],
        "stopping",
    ),
    Break(
        "misclassification: threshold times 2",
        [line(stopping.Misclassification.__call__, "wrong < self.threshold", "wrong < 2 * self.threshold")],
        "stopping",
    ),
    Break(
        "loss: threshold times 1.5",
        [line(stopping.Loss.__call__, "loss < self.threshold", "loss < 1.5 * self.threshold")],
        "stopping",
    ),
    Break("epochs: one more", [line(stopping.Epochs.__call__, ">= self.n", "> self.n")], "stopping"),
    Break(
        "gradient_descent returns the next x",
        [line(descent.gradient_descent, "            return x\n", "            return x_new\n")],
        "gradient_descent",
    ),
    Break(
        "gradient_descent: steps of 0.9",
        [line(descent.gradient_descent, "x - learning_rate * _like", "x - 0.9 * learning_rate * _like")],
        "gradient_descent",
    ),
    Break(
        "Newton: steps of 0.9",
        [
            line(
                descent.newton,
                "(np.linalg.solve(H, g) if np.ndim(x) else g / H)",
                "0.9 * (np.linalg.solve(H, g) if np.ndim(x) else g / H)",
            )
        ],
        "hessian",
    ),
    Break(
        "Newton: a step along the gradient",
        [line(descent.newton, "(np.linalg.solve(H, g) if np.ndim(x) else g / H)", "0.1 * g")],
        "hessian",
    ),
]

NETWORKS: list[Break] = [
    Break(
        "meProp keeps the smallest", [line(meprop.MeProp.sparsify, "-abs(nets[j].grad)", "abs(nets[j].grad)")], "meprop"
    ),
    Break("meProp keeps all", [line(meprop.MeProp.sparsify, "for j in ranked[self.k :]:", "for j in []:")], "meprop"),
    Break(
        "meProp keeps one less",
        [line(meprop.MeProp.sparsify, "for j in ranked[self.k :]:", "for j in ranked[self.k - 1 :]:")],
        "meprop",
    ),
    Break(
        "meProp halves what it keeps",
        [
            line(
                meprop.MeProp.sparsify,
                "for j in ranked[: self.k]:",
                "for j in ranked[: self.k]:\n            nets[j].local_derivatives = "
                "tuple([0.5 * d for d in nets[j].local_derivatives])",
            )
        ],
        "meprop",
    ),
    Break("meProp prunes the active", [line(meprop.prune, "if count >= threshold", "if count < threshold")], "meprop"),
    Break("L1 is L2", [line(regularisers.l1, "[abs(theta) for theta", "[theta * theta for theta")], "regularisation"),
    Break(
        "L2 is L1",
        [line(regularisers.l2, "autograd.dot(theta, theta)", "autograd.sum([abs(t) for t in theta])")],
        "regularisation",
    ),
    Break("L2 halved", [line(regularisers.l2, "return strength", "return 0.5 * strength")], "regularisation"),
    Break(
        "the regulariser is left out",
        [line(training.fit, "(model, loss, parameters, regulariser)", "(model, loss, parameters, None)")],
        "regularisation",
    ),
    Break(
        "dropout: not rescaled",
        [line(dropout.Dropout.draw, ">= self.p) / (1 - self.p)", ">= self.p) / 1")],
        "regularisation",
    ),
    Break(
        "dropout: also when predicting", [line(dropout.Dropout.__call__, "not self.training or", "")], "regularisation"
    ),
    Break(
        "dropout: a fifth",
        [line(dropout.Dropout.draw, "(self.rng.random(shape) >= self.p)", "(self.rng.random(shape) >= 0.4 * self.p)")],
        "regularisation",
    ),
    Break(
        "convolution: filter flipped",
        [line(Conv2d.__call__, "map(list, map(flat, self.weights))", "[list(flat(w))[::-1] for w in self.weights]")],
        "convolution",
    ),
    Break(
        "convolution: filter mirrored",
        [
            line(
                Conv2d.__call__,
                "map(list, map(flat, self.weights))",
                "[[x for c in w for row in c for x in row[::-1]] for w in self.weights]",
            )
        ],
        "convolution",
    ),
    Break(
        "convolution: no padding below",
        [line(Conv2d._padded, "for row in channel], *[line] * above]", "for row in channel]]")],
        "convolution",
    ),
    Break("units have no bias", [line(Neuron.__init__, "if bias else None", "if False else None")], "digits"),
    Break(
        "weight change: an epoch late",
        [line(stopping.WeightChange.__call__, '_watched(record, "epoch") == 1', '_watched(record, "epoch") <= 2')],
        "stopping",
    ),
    Break(
        "sgd: the learning rate is in the velocity",
        [
            line(rules.sgd, "_if_on(math, dampening, damped, g)", "lr * _if_on(math, dampening, damped, g)"),
            line(rules.sgd, "theta - lr * _if_on", "theta - (1 if momentum else lr) * _if_on"),
        ],
        "two_forms",
    ),
    Break(
        "convolution: stride ignored",
        [line(Conv2d.__call__, "self.kernel_size, self.stride", "self.kernel_size, (1, 1)")],
        "convolution",
    ),
    Break("convolution: padding of ones", [line(Conv2d._padded, "Constant(0.0)", "Constant(1.0)")], "convolution"),
    Break(
        "convolution: one place less",
        [line(Conv2d.__call__, "range(0, width - columns + 1, right)", "range(0, max(width - columns, 1), right)")],
        "convolution",
    ),
    Break(
        "convolution: the first channel only",
        [line(Conv2d.__call__, "for channel in padded for row", "for channel in [padded[0]] * len(padded) for row")],
        "convolution",
    ),
    Break(
        "equal initial weights",
        [line(initialisers.initial_weights, "init(rng, shape)", "np.full(shape, np.ravel(init(rng, shape))[0])")],
        "initialisation",
    ),
    Break("He's weights are half as large", [line(initialisers.he_normal, "2 / fans", "0.5 / fans")]),
    Break(
        "units have no names",
        [
            line(Neuron.net, "net.name = self.net_name", "pass"),
            line(Layer.__call__, "net.name = neuron.net_name", "pass"),
        ],
        "toy_network exercise",
    ),
    Break(
        "maxout: a piece less",
        [line(maxout.Maxout.__init__, "in range(pieces)", "in range(pieces - 1)")],
        "activations",
    ),
    Break('order "random" ignored', [line(training._batches, 'order == "random"', "False")], "updates"),
    Break('order "in order" shuffled', [line(training._batches, 'order == "shuffled"', "True")], "updates"),
    Break('order "shuffled" ignored', [line(training._batches, 'order == "shuffled"', "False")], "updates"),
    Break(
        "batches ignored",
        [line(training.fit, "len(X) if batch_size is None else arg", "len(X) if True else arg")],
        "updates",
    ),
    Break("one epoch less", [line(training.fit, "_bar(epochs, progress", "_bar(max(epochs - 1, 1), progress")]),
    Break(
        "the gradient is a sum",
        [
            line(
                training.fit,
                "targets.take(batch, axis=0), theta)",
                "targets.take(batch, axis=0), theta); gradient = gradient * len(batch)",
            )
        ],
    ),
    Break(
        "validation on the training data",
        [line(training.fit, "risk(held_out[0], held_out[2])", "risk(X, targets)")],
        "early_stopping",
    ),
    Break(
        "accuracy times 0.9",
        [
            line(metrics.accuracy, "float(np.mean(outputs.argmax", "0.9 * float(np.mean(outputs.argmax"),
            line(metrics.accuracy, "float(np.mean(right if", "0.9 * float(np.mean(right if"),
        ],
        "metrics stopping",
    ),
    Break(
        "accuracy is 1",
        [
            line(metrics.accuracy, "float(np.mean(outputs.argmax", "max(1.0, np.mean(outputs.argmax"),
            line(metrics.accuracy, "float(np.mean(right if", "max(1.0, np.mean(right if"),
        ],
        "metrics stopping",
    ),
    Break(
        "maxout: its first piece",
        [line(maxout.Maxout.__call__, "for piece in pieces]", "for piece in pieces[:1]]")],
        "activations",
    ),
    Break(
        "diagnose: all is fine",
        [
            line(_verdict, "delta * factor < last", "False"),
        ],
        "deep_gradients",
    ),
]
