"""Faults of the engine: formulas and partial derivatives of rows, and the backward pass."""

from __future__ import annotations

from autograd import Program, Value, primitives
from autograd.compiling import array_functions
from tests.breaks.patching import Break, line, row, scaled

right_leaky, right_elu, right_bce = (
    primitives.PRIMITIVES[name].partials for name in ("leaky_relu", "elu", "binary_cross_entropy")
)

# What each does and how it is derived. m: the reading, y: the output; as in the table.
DERIVATIVES = [
    Break(
        "sigmoid' negated", [scaled("sigmoid", -1.0)], "toy_network activations deltas two_layers exercise output_units"
    ),
    Break(
        "sigmoid' is y",
        [row("sigmoid", partials=lambda m, y, x: (y,))],
        "toy_network activations deep_gradients deltas two_layers exercise output_units",
    ),
    Break("tanh' is 1 - y", [row("tanh", partials=lambda m, y, x: (1 - y,))], "activations deltas matrix_form"),
    Break(
        "relu' is 0.1 below 0",
        [row("relu", partials=lambda m, y, x: (m.where(m.greater(x, 0), 1.0, 0.1),))],
        "activations deltas deep_gradients bugs",
    ),
    Break(
        "leaky relu: a slope of 0",
        [
            row(
                "leaky_relu",
                lambda m, x, slope: m.where(m.greater(x, 0), x, 0.0 * x),
                lambda m, y, x, slope: (m.where(m.greater(x, 0), 1.0, 0.0), 0.0 * x),
            )
        ],
        "activations bugs",
    ),
    Break(
        "PReLU: the slope's gradient negated",
        [row("leaky_relu", partials=lambda m, y, x, a: (right_leaky(m, y, x, a)[0], -1 * right_leaky(m, y, x, a)[1]))],
        "activations",
    ),
    Break("squared error' without its 2", [scaled("squared_error", 0.5)], "toy_network objectives dollars exercise"),
    Break("squared error' negated", [scaled("squared_error", -1.0)], "objectives dollars exercise spam output_units"),
    Break("half squared error' doubled", [scaled("half_squared_error", 2.0)], "toy_network deltas deep_gradients"),
    Break(
        "binary cross-entropy' has 2y/p",
        [row("binary_cross_entropy", partials=lambda m, e, p, y: (right_bce(m, e, p, y)[0] - y / p, 0.0))],
        "deltas",
    ),
    Break(
        "cross-entropy' halved",
        [scaled("cross_entropy", 0.5), scaled("softmax_cross_entropy", 0.5)],
        "objectives deltas",
    ),
    Break("softmax' times 0.9", [scaled("softmax", 0.9)], "objectives deltas"),
    Break(
        "softmax': the sum held constant",
        [row("softmax", partials=lambda m, p, x, z: (p, [0.0 * other for other in z]))],
        "objectives deltas",
    ),
    Break("logsumexp' times 0.8", [scaled("logsumexp", 0.8)], "objectives"),
    Break(
        "affine: no gradient at the bias",
        [row("affine", partials=lambda m, y, w, x, b: (x, w, 0.0))],
        "toy_network deltas matrix_form dollars",
    ),
    Break(
        "affine: partials swapped",
        [row("affine", partials=lambda m, y, w, x, b: (w, x, 1.0))],
        "all",
    ),
    Break("mul: partials swapped", [row("mul", partials=lambda m, y, a, b: (a, b))], "bugs dollars"),
    Break("abs' is 1", [row("abs", partials=lambda m, y, x: (1.0,))], "regularisation"),
    Break("exp' doubled", [scaled("exp", 2.0)], "objectives gradient_descent"),
    Break(
        "elu' halved below 0",
        [
            row(
                "elu",
                partials=lambda m, y, x, a: (
                    m.where(m.greater(x, 0), 1.0, 0.5 * right_elu(m, y, x, a)[0]),
                    right_elu(m, y, x, a)[1],
                ),
            )
        ],
        "activations",
    ),
    Break(
        "relu6 without its upper bend",
        [
            row(
                "relu6",
                lambda m, x: m.maximum((x, 0.0)),
                lambda m, y, x: (m.where(m.greater(x, 0), 1.0, 0.0),),
            )
        ],
        "activations",
    ),
    Break("step' is 1", [row("step", partials=lambda m, y, x: (1.0,))], "activations"),
    Break("maximum is minimum", [row("maximum", lambda m, x: m.minimum(x))], "activations"),
    Break(
        "relu' is 1 at 0",
        [row("relu", partials=lambda m, y, x: (m.where(m.greater(0, x), 0.0, 1.0),))],
        "activations",
    ),
    Break(
        "dot: partials swapped",
        [row("dot", partials=lambda m, y, a, b: (a, b))],
        "two_layers exercise convolution",
    ),
    Break("sin' is sin", [row("sin", partials=lambda m, y, x: (y,))], "hessian"),
    Break("div' negated", [scaled("div", -1.0)]),
    Break("pow' tripled", [scaled("pow", 3.0)], "gradient_descent hessian"),
    Break("log' doubled", [scaled("log", 2.0)], "objectives"),
    Break("pow' halved", [scaled("pow", 0.5)], "gradient_descent hessian"),
    Break("softplus' halved", [scaled("softplus", 0.5)], "output_units"),
    Break("dot' halved", [scaled("dot", 0.5)], "gradient_descent regularisation"),
    Break("sum' halved", [scaled("sum", 0.5)], "exercise two_layers"),
]

FORMULAS = [
    Break("sigmoid is that of 2x", [row("sigmoid", lambda m, x: m.sigmoid(2 * x))], "toy_network activations"),
    Break("tanh is the sigmoid", [row("tanh", lambda m, x: m.sigmoid(x))], "activations"),
    Break("relu is the identity", [row("relu", lambda m, x: 1.0 * x)], "activations"),
    Break("step is that of -x", [row("step", lambda m, x: m.where(m.greater(x, 0), 0.0, 1.0))], "activations"),
    Break("affine without its bias", [row("affine", lambda m, w, x, b: m.dot(w, x))], "toy_network"),
    Break("affine adds 1", [row("affine", lambda m, w, x, b: m.dot(w, x) + b + 1)], "toy_network"),
    Break("dot is negated", [row("dot", lambda m, a, b: -m.dot(a, b))], "convolution"),
    Break("squared error negated", [row("squared_error", lambda m, o, t: -(t - o) * (t - o))], "objectives"),
    Break("squared error of t = 0", [row("squared_error", lambda m, o, t: o * o + 0 * t)], "objectives"),
    Break(
        "half squared error without its half",
        [row("half_squared_error", lambda m, o, t: (t - o) * (t - o))],
        "toy_network deltas",
    ),
    Break(
        "cross-entropy of base 2",
        [
            row(name, lambda m, *of, f=primitives.PRIMITIVES[name].forward: 1.4427 * f(m, *of))
            for name in ("cross_entropy", "softmax_cross_entropy", "binary_cross_entropy", "softplus")
        ],
        "objectives output_units",
    ),
    Break(
        "cross-entropy less 1",
        [
            row(name, lambda m, *of, f=primitives.PRIMITIVES[name].forward: f(m, *of) - 1)
            for name in ("cross_entropy", "softmax_cross_entropy", "binary_cross_entropy")
        ],
        "objectives",
    ),
    Break(
        "cross-entropy negated",
        [
            row(name, lambda m, *of, f=primitives.PRIMITIVES[name].forward: -f(m, *of))
            for name in ("cross_entropy", "softmax_cross_entropy", "binary_cross_entropy")
        ],
        "objectives",
    ),
    Break(
        "softmax is that of -z",
        [row("softmax", lambda m, x, z: m.softmax((-1 * x, *[-1 * other for other in z]))[0])],
        "objectives deltas",
    ),
    Break("softmax is e^z", [row("softmax", lambda m, x, z: m.exp(x))], "objectives deltas"),
    Break("exp is 1 + x", [row("exp", lambda m, x: 1 + x)], "gradient_descent"),
    Break("abs is the identity", [row("abs", lambda m, x: 1.0 * x)], "regularisation"),
]

PASS = [
    Break(
        "backward: = for +=",
        [
            line(Value.backward, "parent.grad += local_derivative", "parent.grad = local_derivative"),
            line(Program.gradients, "gradients[parent] += derivative", "gradients[parent] = derivative"),
        ],
        "bugs exercise hessian two_layers",
    ),
    Break("backward: each edge times 0.9", [scaled(name, 0.9) for name in primitives.PRIMITIVES], "all"),
    Break(
        "compiled code: a sum in place of the mean", [line(array_functions._loss, '" / m" if batched', '"" if batched')]
    ),
]
