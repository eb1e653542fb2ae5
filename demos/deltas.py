"""Deltas: every weight's gradient is its input times its unit's delta.

The gradient of the cost at a unit's net input is its delta. Deltas are passed back from layer to layer, and each weight
needs its own unit's alone: dJ/dw_ij = x_i δ_j. Only the last layer's deltas depend on the cost function.

Source: HKU, "A simple BP example", "Key equations for backpropagation", "For the special case of output layer",
"Output Layer - Multi Classification" and "BP Summary"; WAT, "The recursive relationship".

Rows: 2.10, 2.11, 2.12.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import autograd
import nn
import optim
from autograd import Parameter, Program, Value
from demos.gallery import Board, style

# %% A simple chain: one unit a layer, x(0) -> s(1) -> x(1) -> s(2) -> x(2), so that L = 2.


def chain(board: Board) -> None:
    """J = 1/2 (x(L) - y)^2, from its end to its first weight."""
    board.heading("A simple chain")
    board.say(
        "One unit a layer, and L = 2: s(l) = w(l) x(l-1) + b(l), x(l) = g(s(l)), here with g the sigmoid. The slide "
        "gives x(L) = 0.6 and y = 1. Its weights are not given; here are some that lead to 0.6."
    )
    x0, w1, b1 = Value(0.8, "x(0)"), Parameter(0.5, "w(1)"), Parameter(-0.1, "b(1)")
    w2, b2, y = Parameter(-0.7, "w(2)"), Parameter(0.0, "b(2)"), Value(1.0, "y")
    b2.data = math.log(0.6 / 0.4) + 0.7 / (1 + math.exp(-0.3))

    s1 = autograd.affine([w1], [x0], b1)
    x1 = autograd.sigmoid(s1)
    s2 = autograd.affine([w2], [x1], b2)
    x2 = autograd.sigmoid(s2)
    J = autograd.half_squared_error(x2, y)
    s1.name, x1.name, s2.name, x2.name, J.name = "s(1)", "x(1)", "s(2)", "x(2)", "J"
    J.backward()

    def dg(s: Value) -> float:
        """The slope of the sigmoid: g'(s) = (1 - g(s)) g(s)."""
        g = 1 / (1 + math.exp(-s.data))
        return (1 - g) * g

    delta2 = dg(s2) * (x2.data - y.data)
    delta1 = dg(s1) * w2.data * delta2
    board.number("x(L)", x2, slide="0.6")
    board.number("J = 1/2 (0.6 - 1)²", J)
    board.claim("J is half of 0.4².", math.isclose(J.data, 0.4**2 / 2, rel_tol=1e-12))
    rows = [
        ("δ(L) = g'(s(L)) (x(L) - y)", delta2, s2.grad),
        ("dJ/dw(L) = x(L-1) δ(L)", x1.data * delta2, w2.grad),
        ("δ(L-1) = g'(s(L-1)) w(L) δ(L)", delta1, s1.grad),
        ("dJ/dw(L-1) = x(L-2) δ(L-1)", x0.data * delta1, w1.grad),
    ]
    board.table(["the slide's formula", "by hand", "the engine"], rows, "Backward along the chain", digits=6)
    board.claim(
        "Each of them is what the engine finds, to 1e-12.", all(abs(hand - engine) < 1e-12 for _, hand, engine in rows)
    )
    board.derivation(autograd.explain(J, ["w(2)", "w(1)", "b(1)"]))
    board.graph(J, "chain", "The chain after the backward pass: δ(2) and δ(1) are the grads of s(2) and s(1).")
    sgd = optim.SGD([w1, b1, w2, b2], lr=1)
    board.walkthrough(J, "The slide's chain", optimizer=sgd)
    sgd.step()
    x1_new = 1 / (1 + math.exp(-(w1.data * x0.data + b1.data)))
    x2_new = 1 / (1 + math.exp(-(w2.data * x1_new + b2.data)))
    board.number("x(L) after w := w - α x δ, with α = 1", x2_new)
    board.claim("The step leads x(L) nearer to y.", 0.6 < x2_new < 1)


# %% The recursion: delta_i(l) = g'(s_i(l)) sum_j w_ij(l+1) delta_j(l+1), and dJ/dw_ij(l) = x_i(l-1) delta_j(l).

DG = {  # g'(s), as the slide has it
    "sigmoid": lambda s: (1 - 1 / (1 + np.exp(-s))) / (1 + np.exp(-s)),
    "tanh": lambda s: 1 - np.tanh(s) ** 2,
    "relu": lambda s: (s > 0).astype(float),
}


def recursion(model: nn.MLP, g: str, x: np.ndarray, y: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The deltas of each layer, and x_i delta_j in the order of the model's parameters, weights then bias."""
    W = [np.array([[w.data for w in unit.weights] for unit in layer.neurons]).T for layer in model.layers]
    b = [np.array([unit.bias.data for unit in layer.neurons]) for layer in model.layers]
    xs, ss = [x], []
    for W_l, b_l in zip(W, b):  # forward: compute all x_j(l)
        ss.append(xs[-1] @ W_l + b_l)
        xs.append(np.array([float(nn.ACTIVATIONS[g](Value(s))) for s in ss[-1]]))
    deltas = [DG[g](ss[-1]) * (xs[-1] - y)]
    for W_l, s in zip(W[:0:-1], ss[-2::-1]):  # backward: compute all delta_j(l)
        deltas.insert(0, DG[g](s) * (W_l @ deltas[0]))
    gradient = [
        [x_i * delta_j for x_i in [*x_l, 1.0]]  # a bias is the weight of an input 1
        for x_l, delta_l in zip(xs, deltas)
        for delta_j in delta_l
    ]
    return deltas, [np.array(unit) for unit in gradient]


def every_weight(board: Board, rng: np.random.Generator) -> None:
    """Random multi-layer nets: the engine's gradient against the recursion."""
    board.heading("The delta recursion, at every weight")
    board.say(
        "δ_i(l) = g'(s_i(l)) Σ_j w_ij(l+1) δ_j(l+1), from the last layer to the first, and then dJ/dw_ij(l) = x_i(l-1) "
        "δ_j(l). Random nets of random sizes are worked by the recursion and by the engine."
    )
    rows, worst = [], 0.0
    for g in DG:
        for _ in range(4):
            nin, *nouts = rng.integers(2, 7, size=rng.integers(3, 6)).tolist()
            model = nn.MLP(nin, nouts, activation=g, output=g, rng=rng)
            x, y = rng.normal(size=nin), rng.normal(size=nouts[-1])
            nn.half_squared_error(model(x), y).backward()
            by_recursion = np.concatenate(recursion(model, g, x, y)[1])
            by_engine = np.array([parameter.grad for parameter in model.parameters()])
            difference = float(np.max(np.abs(by_engine - by_recursion)))
            worst = max(worst, difference)
            rows.append((g, "-".join(map(str, [nin, *nouts])), len(by_engine), f"{difference:.0e}"))
    board.table(["g", "net", "weights and biases", "largest difference"], rows, "Engine against recursion")
    board.claim("dJ/dw_ij = x_i δ_j at every weight of every net, to 1e-12.", worst < 1e-12)

    model = nn.MLP(2, [3, 2], activation="tanh", output="tanh", rng=rng)
    x, y = np.array([1.0, -0.5]), np.array([0.5, -0.5])
    J = nn.half_squared_error(model(x), y)
    J.name = "J"
    for unit, part in zip((6, 7), J.parents):
        part.name = f"J{unit}"
    J.backward()
    deltas, _ = recursion(model, "tanh", x, y)
    nodes = {node.name: node for node in Program.of(J)}
    named = dict(zip([f"i{unit}" for unit in range(3, 8)], np.concatenate(deltas)))
    board.table(
        ["unit", "δ by the recursion", "the grad of its net input"],
        [(name[1:], delta, nodes[name].grad) for name, delta in named.items()],
        "The units of a 2-3-2 net",
        digits=6,
    )
    board.claim(
        "A unit's delta is the gradient of J at its net input.",
        all(abs(delta - nodes[name].grad) < 1e-12 for name, delta in named.items()),
    )
    board.network(J, "network", "The 2-3-2 net: the grad in a unit is its δ.")


# %% The output layer: its delta depends on the cost J and on g, delta = g'(s) dJ/dh.


def output_layer(board: Board, rng: np.random.Generator) -> None:
    """The slide's table, row by row."""
    board.heading("The deltas of the output layer")
    board.say(
        "δ(L) = g'(s) dJ/dh depends on the cost and on the last activation. Mean square error has g'(s) (h - y) with "
        "any g. Where cross-entropy meets its own activation, g' cancels, and δ is just h - y."
    )
    worst = dict.fromkeys(["MSE", "BCE", "CE"], 0.0)
    for s_k, y in zip(rng.uniform(-4, 4, 50), rng.uniform(0, 1, 50)):
        for name, g in nn.ACTIVATIONS.items():
            s = Value(s_k, "s")
            h = g(s)
            nn.half_squared_error(h, y).backward()
            dg = DG[name](s_k) if name in DG else autograd.grad(g)(s_k)
            worst["MSE"] = max(worst["MSE"], abs(s.grad - dg * (h.data - y)))
        s = Value(s_k, "s")
        h = autograd.sigmoid(s)
        nn.binary_cross_entropy(h, y).backward()
        worst["BCE"] = max(worst["BCE"], abs(s.grad - (h.data - y)))
    for scores, label in zip(rng.uniform(-4, 4, (50, 4)), rng.integers(0, 4, 50)):
        outputs = [Value(score, f"s{k}") for k, score in enumerate(scores, start=1)]
        p = autograd.softmax(outputs)
        nn.cross_entropy_on_probabilities(p, int(label)).backward()
        for k in range(4):
            worst["CE"] = max(worst["CE"], abs(outputs[k].grad - (p[k].data - (k == label))))
    rows = [
        ("regression", "mean square error", f"any g ({len(nn.ACTIVATIONS)} of them)", "g'(s) (h - y)", worst["MSE"]),
        ("binary", "binary cross-entropy", "sigmoid", "h - y", worst["BCE"]),
        ("many classes", "cross-entropy", "softmax", "h - y", worst["CE"]),
    ]
    shown = [(*row[:-1], f"{row[-1]:.0e}") for row in rows]
    board.table(["task", "J", "g", "δ(L)", "largest difference"], shown, "Engine against formula, at 50 points each")
    board.claim("Each of the three is what the engine finds, to 1e-12.", max(worst.values()) < 1e-12)

    fig, axes = style.figure()
    net = np.linspace(-6, 6, 241)
    sigma = 1 / (1 + np.exp(-net))
    axes.plot(net, DG["sigmoid"](net) * (sigma - 1), label="MSE, sigmoid:\ng'(s)(h − y)")
    axes.plot(net, DG["tanh"](net) * (np.tanh(net) - 1), label="MSE, tanh:\ng'(s)(h − y)")
    axes.plot(net, sigma - 1, label="BCE, sigmoid:\nh − y")
    axes.set(xlabel="net input s of the output unit", ylabel="δ = dJ/ds, where y = 1", ylim=(-1.35, 0.1))
    for line, place in zip(axes.get_lines(), [(-5.9, -0.17), (0.95, -0.95), (-5.9, -0.93)]):
        axes.text(*place, str(line.get_label()), color=style.dark(line.get_color()))
    board.figure(
        fig,
        "output_deltas",
        "A wrong and saturated output, on the left, has almost no delta with the square error; with cross-entropy it "
        "has its full one.",
        cover=True,
    )


# %% Softmax: dp_i/ds_j = p_i (1 if i = j, else 0) - p_i p_j, a matrix, for each output depends on each s.


def softmax_jacobian(board: Board) -> None:
    """g' of softmax, and why it leads to h - y."""
    board.heading("The Jacobian of softmax")
    board.say(
        "g'(s) is a matrix here: dp_i/ds_j = p_i (1 - p_i) where i = j, and -p_i p_j elsewhere. Times dJ/dp_i = "
        "-y_i / p_i it gives p - y, for the y sum to 1."
    )
    s, y = [1.0, 2.0, 0.5], np.array([0.0, 1.0, 0.0])
    p = np.array([float(pk) for pk in autograd.softmax(s)])
    jacobian = np.array(autograd.jacobian(autograd.softmax)(s))
    rows = [(f"p{i + 1} = {p[i]:.4f}", *jacobian[i]) for i in range(3)]
    board.table(["", "d/ds1", "d/ds2", "d/ds3"], rows, "dp_i/ds_j at s = (1, 2, 0.5), by the engine")
    by_hand = [[p[i] * ((i == j) - p[j]) for j in range(3)] for i in range(3)]
    board.claim("dp_i/ds_j = p_i (δ_ij - p_j), to 1e-12.", np.allclose(jacobian, by_hand, rtol=0, atol=1e-12))
    board.claim("The Jacobian times -y/p is p - y.", np.allclose(jacobian @ (-y / p), p - y, rtol=0, atol=1e-12))
    board.claim("Its columns sum to 0, for the p always sum to 1.", np.allclose(jacobian.sum(axis=0), 0, atol=1e-12))


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    chain(board)
    every_weight(board, rng)
    output_layer(board, rng)
    softmax_jacobian(board)
    return board
