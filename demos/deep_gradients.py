"""Deep gradients: vanishing through sigmoids, exploding, and held by clipping.

On its way back through a net the gradient is multiplied, layer by layer, by the slope g' of the activation and by a
weight. Many small factors shrink it to nothing, many large ones make it enormous.

Source: HKU, "Vanishing Gradient Problem" and "Gradient with Sigmoid"; IIMA, "Vanishing and Exploding Gradients"; UCSD,
"Difficulty of Training (Deep) NNs" and "Vanishing Gradients".

Rows: 2.7.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Program, Value
from demos.gallery import Board, style

Array = NDArray[np.float64]

# %% One unit a layer: delta = g'() ... g'() ... g'() ...


def chain(board: Board) -> None:
    """Three sigmoid units in a row, each with the weight 1: nothing but slopes is multiplied."""
    board.heading("Why: δ = g'() ... g'() ... g'() ...")
    board.say(
        "Three sigmoid units in a row, with weights of 1 so that nothing but the slopes is left: going back, δ = dJ/ds "
        "is multiplied by g' at each unit, and g' is at most 0.25."
    )
    model = nn.MLP(1, [1, 1, 1], "sigmoid", "sigmoid", init=nn.initialisers.constant(1.0))
    J = nn.half_squared_error(model([1.0]), Value(0.0, "y"))
    J.name = "J"
    J.backward()
    node = {node.name: node for node in Program.of(J)}
    slopes = {unit: node[f"o{unit}"].data * (1 - node[f"o{unit}"].data) for unit in (2, 3, 4)}
    by_hand, delta = {}, node["o4"].data - 0.0
    for unit in (4, 3, 2):
        delta = slopes[unit] * delta  # the weight to the next unit is 1
        by_hand[unit] = delta
    board.table(
        ["unit", "g'(s)", "δ by hand", "δ by the engine"],
        [(unit, slopes[unit], by_hand[unit], node[f"i{unit}"].grad) for unit in by_hand], "From the output back",
    )  # fmt: skip
    board.claim(
        "The engine's δ are the products of the slopes.",
        all(math.isclose(node[f"i{unit}"].grad, by_hand[unit], rel_tol=1e-12) for unit in by_hand),
    )
    found = {unit: node[f"i{unit}"].grad for unit in by_hand}
    board.claim("Each is at most a quarter of the next.", all(0 < found[k] <= 0.25 * found[k + 1] for k in (2, 3)))
    board.network(
        J, "chain", "Three sigmoid units in a row: going back, δ, the grad in each unit, falls fast.", digits=2
    )
    board.walkthrough(J, "Three sigmoid units in a row")


# %% A deep net: the gradient by layer, for several activations.

G: dict[str, tuple[Callable[[Array], Any], Callable[[Array], Any]]] = {  # g and g', of the net inputs
    "linear": (lambda s: s, np.ones_like),
    "relu": (lambda s: np.maximum(s, 0), lambda s: 1.0 * (s > 0)),
    "tanh": (np.tanh, lambda s: 1 - np.tanh(s) ** 2),
    "sigmoid": (lambda s: 1 / (1 + np.exp(-s)), lambda s: np.exp(-s) / (1 + np.exp(-s)) ** 2),
}


def mean_deltas(model: nn.MLP, activation: str, X: Array, y: Array) -> list[float]:
    """The mean of |delta| in each layer, of a net with one linear output and the loss 1/2 (o - y)^2, by NumPy alone."""
    g, slope = G[activation]
    nets, x = [], X
    for layer in model.layers:
        W = np.array([[w.data for w in unit.weights] for unit in layer.neurons])
        nets.append((W, x @ W.T + np.array([unit.bias.data for unit in layer.neurons])))
        x = g(nets[-1][1])
    s, means = nets[-1][1], []
    delta = s - y[:, np.newaxis]
    for before, (_, s) in zip([W for W, _ in nets[:0:-1]], nets[-2::-1]):
        means.append(float(np.mean(np.abs(delta))))
        delta = slope(s) * (delta @ before)
    return [*means, float(np.mean(np.abs(delta)))][::-1]


def by_layer(board: Board, seed: int) -> None:
    """Ten layers with the same weights and different activations."""
    board.heading("Ten layers: who vanishes?")
    board.say(
        "A net of nine hidden layers of twelve units and a linear output, on twelve random examples. All three start "
        "from the same weights, of standard deviation √(2/12), and differ in the activation alone; the linear net has "
        "larger weights, of standard deviation 1. nn.diagnose runs each forward and backward and takes the mean of |δ| "
        "in each layer."
    )
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, 12)).tolist(), rng.normal(size=12).tolist()
    settings: dict[str, tuple[str, Any, str, str]] = {
        "linear, large weights": ("linear", nn.initialisers.normal(1.0), style.BLACK, "D"),
        "ReLU": ("relu", "he_normal", style.BLUE, "o"),
        "tanh": ("tanh", "he_normal", style.GREEN, "^"),
        "sigmoid": ("sigmoid", "he_normal", style.VERMILLION, "s"),
    }
    fig, axes = style.figure()
    deltas, diagnoses, right = {}, {}, []
    for (name, (activation, init, colour, marker)), dashes in zip(settings.items(), style.DASHES):
        model = nn.MLP(12, [12] * 9 + [1], activation=activation, rng=seed, init=init)
        diagnoses[name] = nn.diagnose(model, X, y, nn.half_squared_error)
        layers = diagnoses[name].layers
        deltas[name] = np.array([layer.delta for layer in layers])
        right.append(np.allclose(deltas[name], mean_deltas(model, activation, np.array(X), np.array(y)), rtol=1e-9))
        axes.semilogy(
            [layer.layer for layer in layers], deltas[name],
            color=colour, linestyle=dashes, marker=marker, label=name,
        )  # fmt: skip
    axes.set(xlabel="layer (1 is next to the inputs, 10 the output)", ylabel="mean |δ|", xticks=range(1, 11))
    style.label_lines(axes)
    for name in ("sigmoid", "ReLU"):
        board.code(str(diagnoses[name]), f"nn.diagnose of the net with {name}")
    board.figure(fig, "by_layer", "The mean of |δ| by layer, on a scale of powers of ten.", cover=True)

    board.claim("In each layer of each net that is δ = g'(s) ∘ (δ Wᵀ), worked back with NumPy.", all(right))
    verdicts = {name: diagnosis.layers[0].verdict for name, diagnosis in diagnoses.items()}
    board.claim(
        "Sigmoid: δ gets smaller and smaller as you go back, in every layer.",
        bool(np.all(np.diff(deltas["sigmoid"]) > 0)),
    )
    gradients = [layer.gradient for layer in diagnoses["sigmoid"].layers]
    board.number("sigmoid: how many times smaller dE/dw is in layer 1 than in layer 10", gradients[-1] / gradients[0])
    board.claim(
        "So the first layer takes steps more than a thousand times smaller than the last.",
        gradients[-1] > 1e3 * gradients[0],
    )
    board.claim("Sigmoid's gradient vanishes, says nn.diagnose.", verdicts["sigmoid"] == "vanishing")
    board.claim("ReLU's does not, from the same weights.", verdicts["ReLU"] == "fine")
    board.claim("That of the linear net with large weights explodes.", verdicts["linear, large weights"] == "exploding")


# %% Clipping: a gradient that is too long is cut to size.


def clipping(board: Board) -> None:
    """One gradient, clipped by value and by norm."""
    board.heading("Clipping, by value and by norm")
    board.say(
        "By value: each entry is clamped to [-c, c], which may change the direction. By norm: the whole vector "
        "is shortened to a length, and keeps its direction."
    )
    g = np.array([6.0, 1.5])
    by_value, by_norm = optim.clip_by_value(g, 2.0), optim.clip_by_norm(g, 2.0)
    board.table(
        ["", "g1", "g2", "length"],
        [(name, *v, np.linalg.norm(v)) for name, v in (("g", g), ("by value", by_value), ("by norm", by_norm))],
        "A gradient clipped to 2",
    )
    board.claim("By value no entry is larger than 2.", np.abs(by_value).max() <= 2)
    board.claim("By norm the length is 2 at most.", np.linalg.norm(by_norm) <= 2)
    board.claim(
        "By norm the direction stays; by value it changes.", abs(cross(g, by_norm)) < 1e-12 < abs(cross(g, by_value))
    )
    fig, axes = style.figure(size=(10, 5.6))
    square, angle = np.array([[-2, -2, 2, 2, -2], [-2, 2, 2, -2, -2]]), np.linspace(0, 2 * np.pi, 200)
    axes.plot(*square, color=style.VERMILLION, linewidth=1.5, linestyle=style.DASHES[1])
    axes.plot(2 * np.cos(angle), 2 * np.sin(angle), color=style.BLUE, linewidth=1.5, linestyle="-")
    for v, name, colour, offset in (
        (g, "gradient g", style.BLACK, (0, 10)),
        (by_value, "by value", style.VERMILLION, (6, 6)),
        (by_norm, "by norm", style.BLUE, (14, -22)),
    ):
        axes.annotate(
            "", v, (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 3, "shrinkA": 0, "shrinkB": 0}
        )
        axes.annotate(name, v, xytext=offset, textcoords="offset points", color=style.dark(colour))
    axes.set(xlabel="g₁", ylabel="g₂", aspect="equal", xlim=(-2.5, 7.6), ylim=(-2.4, 2.8))
    board.figure(fig, "clipping", "A gradient clipped by value (into the square) and by norm (into the circle).")


def cross(a: Array, b: Array) -> float:
    """The cross product of two vectors in the plane: 0 where they have the same direction."""
    return float(a[0] * b[1] - a[1] * b[0])


# %% It keeps an exploding net in check.


def clipping_holds(board: Board, seed: int) -> None:
    """A deep linear net with large weights, trained with and without clipping."""
    board.heading("Clipping keeps an exploding net in check")
    board.say(
        "A linear net of eight layers of four units, with weights of standard deviation 1, learns a linear function "
        "with a learning rate of 0.01. Unclipped, one step of its enormous gradient throws the weights so far that the "
        "next gradient is more enormous still. Clipped, no step can be long. (In nn.fit it is the argument clip.)"
    )
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(16, 4))
    y = X @ [1.0, -1.0, 0.5, 2.0]
    clips: dict[str, tuple[Callable[[Array], Array], str]] = {
        "no clipping": (lambda g: g, style.VERMILLION),
        "by value, 0.1": (lambda g: optim.clip_by_value(g, 0.1), style.GREEN),
        "by norm, 1": (lambda g: optim.clip_by_norm(g, 1.0), style.BLUE),
    }
    fig, axes = style.figure()
    losses: dict[str, list[float]] = {}
    rows = []
    for (name, (clip, colour)), marker in zip(clips.items(), "s^o"):
        model = nn.MLP(4, [4] * 7 + [1], "linear", rng=seed, init=nn.initialisers.normal(1.0), bias=False)

        def example_loss(x: list[Value], t: Value, model: nn.MLP = model) -> Value:
            return nn.half_squared_error(model(x), t)

        loss = autograd.compile(example_loss, model.parameters())
        optimizer = optim.SGD(model.parameters(), lr=0.01)
        theta = autograd.pack(model.parameters())
        losses[name], first = [], 0.0
        for _ in range(800):
            E, gradient = loss.value_and_grad(X, y, theta=theta)
            losses[name].append(E)
            first = first or float(np.linalg.norm(gradient))
            if not E < 1e12:
                break
            optimizer.update(theta, clip(gradient))
        rows.append((name, first, len(losses[name]) - 1, losses[name][0], losses[name][-1]))
        axes.semilogy(losses[name], "-", color=colour, marker=marker, markevery=25, linewidth=1.5, label=name)
    board.table(["clipping", "length of the first gradient", "updates", "loss before", "loss after"], rows, "")
    axes.set(xlabel="update", ylabel="loss", xlim=(-5, 300), ylim=(None, 10 * losses["by norm, 1"][0]))
    style.label_lines(axes)
    held = [losses[name] for name in clips if name != "no clipping"]
    board.claim("Without clipping the loss exceeds 10¹² within ten updates.", len(losses["no clipping"]) <= 11)
    board.claim("Clipped, the loss never exceeds what it was at first.", all(max(E) <= E[0] for E in held))
    board.claim("It falls to below a tenth of that.", all(E[-1] < E[0] / 10 for E in held))
    board.figure(
        fig,
        "clipping_holds",
        "Unclipped, the loss leaves the picture at once. Clipped it falls, then steps to and fro across a valley.",
    )


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    chain(board)
    by_layer(board, seed)
    clipping(board)
    clipping_holds(board, seed)
    return board
