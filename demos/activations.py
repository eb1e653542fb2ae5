"""Activations: nine of them with their slopes, and what can go wrong.

Learning multiplies by the slope of the activation, g'. So one wants a function whose gradient is large enough to learn
by: the step has none, sigmoid and tanh lose theirs far out, and a ReLU can die.

Source: IITI, "Activation Functions with Gradients: Nonlinear Activation Functions" and "Activation Functions with
Gradients: Revisiting Perceptron"; HKU, "g: Common Activation Functions", "Gradient with Sigmoid", "ReLU (Rectified
Linear Unit)", "ReLu-like Activation Functions", 'Maxout "Neuron"', "Not Zero-centered" and "Zig-Zag Path for Gradient
Descent".

Rows: 2.6, 2.8, 2.9.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]
Function = Callable[[Any], Any]

# %% Nine activations: the engine's function, and g and g' as the slides write them.


def maxout(s: Any) -> Any:
    """A unit with two linear pieces, max(w1 s + b1, w2 s + b2)."""
    return autograd.maximum([-0.5 * s - 1, 1.0 * s])


ACTIVATIONS: dict[str, tuple[Function, str, Function, Function]] = {
    "step": (autograd.step, "1 if s ≥ 0, else 0", lambda s: 1.0 * (s >= 0), lambda s: 0 * s),
    "sigmoid": (
        autograd.sigmoid, "1 / (1 + e⁻ˢ)",
        lambda s: 1 / (1 + np.exp(-s)), lambda s: np.exp(-s) / (1 + np.exp(-s)) ** 2,
    ),
    "tanh": (
        autograd.tanh, "(eˢ - e⁻ˢ) / (eˢ + e⁻ˢ)",
        lambda s: (np.exp(s) - np.exp(-s)) / (np.exp(s) + np.exp(-s)), lambda s: 1 - np.tanh(s) ** 2,
    ),
    "ReLU": (autograd.relu, "max(0, s)", lambda s: np.maximum(0, s), lambda s: 1.0 * (s > 0)),
    "leaky ReLU": (
        autograd.leaky_relu, "max(0.01 s, s)",
        lambda s: np.maximum(0.01 * s, s), lambda s: np.where(s > 0, 1, 0.01),
    ),
    "parametric ReLU": (
        nn.PReLU(0.25), "max(a s, s), here a = 0.25",
        lambda s: np.maximum(0.25 * s, s), lambda s: np.where(s > 0, 1, 0.25),
    ),
    "ReLU6": (
        autograd.relu6, "min(max(s, 0), 6)",
        lambda s: np.minimum(np.maximum(s, 0), 6), lambda s: 1.0 * ((s > 0) & (s < 6)),
    ),
    "ELU": (
        autograd.elu, "s if s > 0, else α (eˢ - 1); α = 1",
        lambda s: np.where(s > 0, s, np.exp(s) - 1), lambda s: np.where(s > 0, 1, np.exp(s)),
    ),
    "maxout": (
        maxout, "max(w₁s + b₁, w₂s + b₂)",
        lambda s: np.maximum(-0.5 * s - 1, s), lambda s: np.where(s > -2 / 3, 1, -0.5),
    ),
}  # fmt: skip


def all_together(board: Board) -> None:
    """Each with its derivative, by the engine and by hand."""
    board.heading("Nine activations and their slopes")
    board.say("g(s), and g'(s) as backpropagation finds it. Where g' is 0 or nearly so, little or nothing is learned.")
    s = np.linspace(-8, 8, 400)  # which leaves out 0 and the other corners
    fig, grid = style.figure(3, 3, size=(13, 8.5), sharex=True)
    rows, agree, slopes = [], [], {}
    for (name, (g, formula, by_hand, slope_by_hand)), axes in zip(ACTIVATIONS.items(), grid.flat):
        of = autograd.value_and_grad(g)
        values, slopes[name] = np.array([list(map(float, of(x))) for x in s]).T
        agree.append(np.allclose(values, by_hand(s), rtol=1e-12, atol=1e-12))
        agree.append(np.allclose(slopes[name], slope_by_hand(s), rtol=1e-12, atol=1e-12))
        rows.append((name, formula, *[float(number) for at in (-3.0, -0.5, 0.5, 7.0) for number in of(at)]))
        (of_g,) = axes.plot(s, without_jumps(values), "-", color=style.BLUE)
        (of_slope,) = axes.plot(s, without_jumps(slopes[name]), linestyle=(0, (3, 1.2)), color=style.VERMILLION)
        axes.set(title=name, xticks=[-6, -3, 0, 3, 6])
    for axes in grid[-1]:
        axes.set_xlabel("s")
    fig.legend([of_g, of_slope], ["g(s)", "its slope g'(s)"], loc="outside upper center", ncols=2, frameon=False)
    board.table(
        ["g", "formula", "g(-3)", "g'(-3)", "g(-½)", "g'(-½)", "g(½)", "g'(½)", "g(7)", "g'(7)"],
        rows, "Value and slope, by the engine", digits=3,
    )  # fmt: skip
    board.claim("Every g and g' is that of the formula worked by hand, at 400 points from -8 to 8.", all(agree))
    board.figure(fig, "activations", "g (solid) and its slope g' (dashed) of nine activations.", cover=True)

    slope = autograd.grad(autograd.sigmoid)
    board.number("the greatest slope of sigmoid, at s = 0", slope(0.0), slide="0.25")
    board.claim("For sigmoid g'(s) ≤ 0.25 everywhere.", slopes["sigmoid"].max() <= 0.25)
    board.claim(
        "Sigmoid and tanh hardly learn far out: at s = -8 and 8 both slopes are below 0.001.",
        max(slopes[name][k] for name in ("sigmoid", "tanh") for k in (0, -1)) < 0.001,
    )
    elu = autograd.grad(autograd.elu)
    board.claim(
        "ELU is differentiable at 0 when α = 1: the slopes to either side of 0 meet.",
        abs(elu(-1e-9) - elu(1e-9)) < 1e-8,
    )
    like_relu = [autograd.maximum([0.0, x]) for x in s], [float(autograd.relu(x)) for x in s]
    like_leaky = [autograd.maximum([0.01 * x, x]) for x in s], [float(autograd.leaky_relu(x)) for x in s]
    board.claim(
        "Maxout generalizes ReLU and leaky ReLU: its pieces may be 0 and s, or 0.01 s and s.",
        like_relu[0] == like_relu[1] and like_leaky[0] == like_leaky[1],
    )
    board.claim(
        "Maxout doubles the number of parameters per neuron.",
        len(nn.Maxout(5, 3, rng=0).parameters()) == 2 * len(nn.Layer(5, 3, rng=0).parameters()),
    )
    unit = nn.Maxout(2, 1, rng=0)
    w1, w2, b, w3, w4, c = autograd.pack(unit.parameters())
    board.claim(
        "A maxout unit is the greater of its two linear pieces.",
        all(
            np.isclose(float(unit([u, v])[0]), max(w1 * u + w2 * v + b, w3 * u + w4 * v + c))
            for u, v in [(1.0, -1.0), (-1.0, 1.0), (2.0, 1.0), (-2.0, -1.0)]
        ),
    )
    board.say(
        "At a corner the engine chooses as PyTorch does, and as HKU's slide on ReLU: gradient = 0 at 0. HKU's table of "
        "activations has 1 there."
    )
    board.number("ReLU'(0)", autograd.grad(autograd.relu)(0.0), slide="0")
    x, a = Value(-2.0, "s"), nn.PReLU(0.25)
    y = a(x)
    y.name = "o"
    y.backward()
    board.claim("Its slope a learns by do/da = s, as s is negative here.", a.slope.grad == -2.0 and x.grad == 0.25)
    board.graph(y, "prelu", "Parametric ReLU has two slopes: by s, and by a, through which a is learned.")


def without_jumps(y: Array) -> Array:
    """For plotting: a gap where y leaps."""
    return np.where(np.abs(np.diff(y, append=y[-1])) > 0.4, np.nan, y)


# %% The perceptron's step: no gradient.


def step_learns_nothing(board: Board, seed: int) -> None:
    """One unit, the logical AND, and gradient descent: by a step and by a sigmoid."""
    board.heading("Revisiting the perceptron: no gradient, no learning")
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    rows, moved, losses = [], {}, {}
    for name in ("step", "sigmoid"):
        unit = nn.Neuron(2, name, rng=seed)
        before = autograd.pack(unit.parameters())
        history = nn.fit(unit, X, y, loss=nn.squared_error, optimizer=optim.SGD(unit.parameters(), lr=1.0), epochs=500)
        moved[name] = float(np.abs(autograd.pack(unit.parameters()) - before).max())
        losses[name] = history["loss"]
        rows.append((name, losses[name][0], losses[name][-1], moved[name]))
    board.table(
        ["activation", "loss before", "after 500 epochs", "furthest that a weight moved"],
        rows, "One unit learns the logical AND",
    )  # fmt: skip
    board.say(
        "The step is flat on both sides of 0, so every gradient is exactly 0: no gradient means that the parameters do "
        "not change with gradient descent. Learning has stopped before it began. The sigmoid is a step made smooth, "
        "and learns."
    )
    board.claim("With the step no weight moved at all in 500 epochs.", moved["step"] == 0)
    board.claim("With the sigmoid the loss fell to below a fifth.", losses["sigmoid"][-1] < losses["sigmoid"][0] / 5)


# %% The dying ReLU.


def dying_relu(board: Board) -> None:
    """One step too far, and a ReLU is dead; the same weights with a leaky ReLU come back."""
    board.heading("The dying ReLU, and its revival")
    board.say(
        "A unit learns t = x from five examples, from w = 2 and b = 0. Its first step is taken with a learning rate of "
        "8, which is far too large; all further ones with 0.5. That first step throws it to where i = w x + b is "
        "negative for every example. A ReLU is flat there: its gradient is 0, nothing changes, i stays negative."
    )
    xs = [0.2, 0.4, 0.6, 0.8, 1.0]
    fig, axes = style.figure()
    gradients: dict[str, Array] = {}
    nets: dict[str, Array] = {}
    for name, colour, dashes in (("relu", style.VERMILLION, "-"), ("leaky_relu", style.BLUE, style.DASHES[1])):
        unit = nn.Neuron(1, name, init=nn.initialisers.constant(2.0))
        optimizer = optim.SGD(unit.parameters(), lr=8)
        seen, net = [], []
        for _ in range(1500):
            optimizer.zero_grad()
            E = autograd.sum([nn.half_squared_error(unit([x]), x) for x in xs]) / len(xs)
            E.backward()
            seen.append([parameter.grad for parameter in optimizer.parameters])
            net.append(max(float(unit.net([Value(x)])) for x in xs))
            optimizer.step()
            optimizer.lr = 0.5
        gradients[name], nets[name] = np.array(seen), np.array(net)
        axes.plot(nets[name], color=colour, linestyle=dashes, label="ReLU" if name == "relu" else "leaky ReLU")
        if name == "relu":
            diagnosis = nn.diagnose(unit, [[x] for x in xs], xs, nn.half_squared_error)
    axes.axhline(0, color=style.BLACK, linewidth=1)
    axes.set(xlabel="step", ylabel="greatest net input of the five")
    style.label_lines(axes)
    board.claim("After the first step every net input is negative, for both.", max(n[1] for n in nets.values()) < 0)
    board.claim("From then on the ReLU's gradient is exactly 0.", not gradients["relu"][1:].any())
    board.claim(
        "So it never moves again: its net inputs are the same 1499 steps later.", len(set(nets["relu"][1:])) == 1
    )
    board.claim("The leaky ReLU's gradient is never 0: a hundredth comes through.", bool(gradients["leaky_relu"].all()))
    board.claim(
        "It revives: in the end its greatest net input is 1, as it should be.", abs(nets["leaky_relu"][-1] - 1) < 0.01
    )
    board.code(str(diagnosis), "What nn.diagnose says of the ReLU")
    board.claim("nn.diagnose finds the unit dead.", diagnosis.layers[0].dead == ("o2",))
    board.figure(fig, "dying_relu", "After one step too far the ReLU stays where it is; the leaky ReLU climbs back.")


# %% Not zero-centered: the zig-zag.


def zig_zag(board: Board, seed: int) -> None:
    """dJ/dw_i = x_i delta: where all x are positive, all have the sign of delta."""
    board.heading("Not zero-centered: the zig-zag")
    board.say(
        "dJ/dw_i = x_i δ, with the same δ for all weights of a unit. If all inputs are positive, as sigmoid's outputs "
        "are, all these derivatives have the sign of δ: the weights can only increase together or decrease together."
    )
    rng = np.random.default_rng(seed)
    one_sign = {"sigmoid": 0, "tanh": 0}
    for s in rng.normal(size=(500, 5)):
        for name in one_sign:
            unit = nn.Neuron(5, "tanh", rng=rng)
            nn.half_squared_error(unit([float(getattr(autograd, name)(x)) for x in s]), 1.0).backward()
            signs = {np.sign(w.grad) for w in unit.weights}
            one_sign[name] += len(signs) == 1
    board.table(
        ["inputs are outputs of", "units", "all five gradients of one sign"],
        [(name, 500, count) for name, count in one_sign.items()],
        "Random units with five inputs, one example each",
    )
    board.claim(
        "All-positive inputs force all gradients of a unit to one sign, every time.", one_sign["sigmoid"] == 500
    )
    board.claim("Zero-centred ones do not: fewer than one in five are of one sign.", one_sign["tanh"] < 100)

    w = nn.Neuron(2, init=nn.initialisers.constant([0.4, -0.2]), bias=False)
    J = nn.half_squared_error(w([0.7, 0.6]), Value(-0.5, "t"))
    J.name = "J"
    J.backward()
    board.graph(J, "one_sign", "Both inputs are positive, so both weights' gradients have the sign of δ = dJ/do3.")
    board.walkthrough(J, "A unit with two positive inputs")

    board.say(
        "Two weights, to be moved from (0, 0) to (1, -1): one has to increase, the other to decrease. Stochastic "
        "gradient descent, 40 updates with a learning rate of 1, on the same examples: as σ(s), which is positive, "
        "and as 2σ(s) - 1 = tanh(s/2), which is zero-centred."
    )
    best = np.array([1.0, -1.0])
    examples = rng.normal(size=(40, 2))
    fig, panels = style.figure(1, 2, size=(13, 6.2), sharex=True, sharey=True)
    paths = {}
    inputs = {
        "all-positive inputs, σ(s)": 1 / (1 + np.exp(-examples)),
        "zero-centred inputs, tanh(s/2)": np.tanh(examples / 2),
    }
    for (name, X), axes, colour in zip(inputs.items(), panels, (style.VERMILLION, style.BLUE)):
        unit = nn.Neuron(2, init=nn.initialisers.constant(0.0), bias=False)
        optimizer = optim.SGD(unit.parameters(), lr=1.0)
        path = [autograd.pack(unit.weights)]
        for x in X:
            optimizer.zero_grad()
            nn.half_squared_error(unit(x.tolist()), float(best @ x)).backward()
            optimizer.step()
            path.append(autograd.pack(unit.weights))
        paths[name] = np.array(path)

        def height(w: Any, X: Array = X) -> Array:
            squares: Array = ((np.stack(w, axis=-1) - best) @ X.T) ** 2
            return np.asarray(squares.mean(axis=-1) / 2)

        style.contours(axes, height, (-0.5, 1.5), (-1.5, 0.5), np.geomspace(0.005, 1.5, 10))
        axes.plot(*paths[name].T, "-", marker="o", markersize=5, linewidth=1.5, color=colour)
        axes.plot(*best, "*", markersize=20, color=style.BLACK)
        axes.set(
            title=name, xlabel="w₁", aspect="equal", xticks=np.arange(-0.5, 2, 0.5), yticks=np.arange(-1.5, 1, 0.5)
        )
    panels[0].set_ylabel("w₂")
    positive, centred = paths.values()
    ups = np.sign(np.diff(positive, axis=0))
    board.claim(
        "All-positive: at each update both weights increase or both decrease.", bool(np.all(ups[:, 0] == ups[:, 1]))
    )
    left = [float(np.linalg.norm(path[-1] - best)) for path in (positive, centred)]
    board.number("distance left, all-positive inputs", left[0])
    board.number("distance left, zero-centred inputs", left[1])
    board.claim("After the same 40 examples zero-centred inputs have come nearer.", left[1] < left[0])
    board.figure(fig, "zig_zag", "The way to the best weights (★): a zig-zag on the left, hardly any on the right.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    all_together(board)
    step_learns_nothing(board, seed)
    dying_relu(board)
    zig_zag(board, seed)
    return board
