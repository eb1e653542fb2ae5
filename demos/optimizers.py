"""Optimizers: from plain gradient descent to Adam, raced on one surface.

In a ravine the slope across is steep and the slope along is faint: a learning rate that is safe for the one is slow
for the other. Momentum remembers where it was heading; AdaGrad, RMSProp and Adam give each weight a learning rate of
its own.

Source: HKU, "Navigating a Complex Terrain", "Momentum", "Momentum vs. Nesterov Momemtum" (sic), "AdaGrad (separate
learning rate for each w)", "AdaGrad vs. RMSProp", "RMSProp vs. Adam".

Rows: 2.16.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import optim
from autograd import Parameter, Value
from demos.gallery import Board, style

Array = NDArray[np.float64]
START, MINIMUM = (0.0, 1.8), (4.0, 1.0)
STEPS = 100


# %% The surface: a ravine, a hundred times as steep across as along, and a walk on it with any optimizer.


def J(w: Any) -> Any:
    """The ravine: its floor is w2 = 1, its minimum (4, 1)."""
    return 0.1 * (w[0] - 4) ** 2 + 10 * (w[1] - 1) ** 2


def walk(
    optimizer: Callable[..., optim.Optimizer],
    objective: Callable[[Any], Value] = J,
    start: tuple[float, ...] = START,
    steps: int = STEPS,
    lr: Callable[[int], float] | None = None,
    watch: str = "",
) -> tuple[Array, Array]:
    """The places that an optimizer passes, and what it remembers under the name ``watch`` after each step."""
    w = [Parameter(x, f"w{i}") for i, x in enumerate(start, 1)]
    walker = optimizer(w)
    places, memory = [autograd.pack(w)], []
    for t in range(steps):
        if lr is not None:
            walker.lr = lr(t)
        walker.zero_grad()
        objective(w).backward()
        walker.step()
        places.append(autograd.pack(w))
        if watch:
            memory.append(walker.memory[watch])
    return np.array(places), np.array(memory)


def contours(axes: Any) -> None:
    """The ravine from above; neighbouring lines differ in J by a factor of 3."""
    style.contours(axes, J, (-0.4, 5.6), (0.1, 1.95), [0.003 * 3**k for k in range(8)])
    axes.plot(*MINIMUM, "*", color=style.BLACK, markersize=14)


# %% The race.

RACERS: dict[str, Callable[..., optim.Optimizer]] = {
    "SGD": partial(optim.SGD, lr=0.095),
    "momentum": partial(optim.SGD, lr=0.04, momentum=0.9, form="sutskever"),
    "Nesterov": partial(optim.SGD, lr=0.04, momentum=0.9, nesterov=True, form="sutskever"),
    "AdaGrad": partial(optim.Adagrad, lr=0.5, eps=1e-8, eps_inside=True),
    "RMSProp": partial(optim.RMSprop, lr=0.05, alpha=0.9, eps=1e-8, eps_inside=True),
    "Adam": partial(optim.Adam, lr=0.2),
}


def race(board: Board) -> None:
    """A hundred steps of each, from one start."""
    board.heading("The race")
    board.say(
        "J(w) = 0.1 (w1 - 4)² + 10 (w2 - 1)² is a ravine. Across it a step of plain gradient descent multiplies the "
        "distance from the floor by 1 - 20 lr, so that from lr = 0.1 on it diverges; with 0.095 it zigzags, and along "
        "the floor it keeps 1 - 0.2 lr = 0.981 of the way to go. Each optimizer has a learning rate that suits it."
    )
    paths = {name: walk(racer)[0] for name, racer in RACERS.items()}
    height = {name: J(path.T) for name, path in paths.items()}
    arrival = {name: int(np.argmax(h < 0.01)) or None for name, h in height.items()}
    across = {name: float(np.abs(np.diff(path[:, 1])).sum()) for name, path in paths.items()}
    overshoot = {name: max(0.0, path[:, 0].max() - 4) for name, path in paths.items()}
    rows = [
        (name, arrival[name] or f"after {STEPS}", height[name][-1], across[name], overshoot[name]) for name in RACERS
    ]
    board.table(
        ["optimizer", "step with J < 0.01", f"J after {STEPS}", "way across, in w2", "overshoot in w1"],
        rows, "A hundred steps from (0, 1.8)", digits=2,
    )  # fmt: skip
    sides = np.sign(paths["SGD"][:30, 1] - 1)
    board.claim("Plain SGD zigzags: each of its first steps crosses the floor.", bool(np.all(sides[1:] != sides[:-1])))
    board.claim(
        "Every other optimizer gets below 0.01 within the hundred steps; SGD does not.",
        [name for name in RACERS if arrival[name] is None] == ["SGD"],
    )
    board.claim(
        "Momentum gets to the minimum faster, but overshoots it.", overshoot["momentum"] > 0.1 > overshoot["SGD"]
    )
    board.claim(
        "Nesterov, whose gradient is taken at the place ahead, overshoots less, and zigzags a third as far.",
        overshoot["Nesterov"] < overshoot["momentum"] and 3 * across["Nesterov"] < across["momentum"],
    )

    fig, grid = style.figure(2, 3, size=(14.5, 7.6), sharex=True, sharey=True)
    for (name, path), axes in zip(paths.items(), grid.flat):
        contours(axes)
        axes.plot(*path.T, "-", marker="o", markersize=4.5, linewidth=1.6, color=style.VERMILLION)
        axes.set_title(f"{name}: J = {height[name][-1]:.1g}")
    for axes in grid[1]:
        axes.set_xlabel("w₁")
    for axes in grid[:, 0]:
        axes.set_ylabel("w₂")
    board.figure(
        fig, "race", "A hundred steps in the ravine, from the upper left to the star; a dot a step.", cover=True
    )

    fig, axes = style.figure(size=(11, 6))
    for name, h in height.items():
        axes.semilogy(h, label=name)
    axes.set(xlabel="step", ylabel="J(w)", ylim=(1e-5, 20))
    style.label_lines(axes)
    board.figure(fig, "heights", "How far above the minimum each optimizer is, step by step.")

    w = [Parameter(x, f"w{i}") for i, x in enumerate(START, 1)]
    height_at_start = J(w)
    height_at_start.name = "J"
    height_at_start.backward()
    board.graph(height_at_start, "graph", "J at the start: the gradient across the ravine is 20 times that along it.")
    momentum = RACERS["momentum"](w)
    board.walkthrough(height_at_start, "Three steps of momentum in the ravine", optimizer=momentum, steps=3)


# %% Momentum keeps moving in the direction it was heading: out of a local minimum.


def out_of_a_valley(board: Board) -> None:
    """Two walks from x = 2 on a curve with two valleys."""
    board.heading("Momentum: trapped in a local minimum?")
    board.say("f(x) = x⁴/4 - x² + x/4 has two valleys. Both walks start at x = 2, with a learning rate of 0.12.")

    def curve(x: Any) -> Any:
        return x[0] ** 4 / 4 - x[0] ** 2 + x[0] / 4

    plain, rolling = [
        walk(partial(optim.SGD, lr=0.12, momentum=mu), curve, start=(2.0,), steps=150)[0] for mu in (0.0, 0.9)
    ]
    board.number("x where plain gradient descent ends", plain[-1, 0])
    board.number("x where momentum (μ = 0.9) ends", rolling[-1, 0])
    board.claim(
        "Momentum carries over the hill into the deeper valley; without it the walk is trapped.",
        plain[-1, 0] > 1 and rolling[-1, 0] < -1 and curve(rolling[-1]) < curve(plain[-1]),
    )
    fig, axes = style.figure(1, 2, size=(13, 5.5), sharey=True)
    xs = np.linspace(-2.1, 2.1, 200)
    walks = [(plain, "SGD", style.BLUE, "s"), (rolling, "momentum", style.VERMILLION, "o")]
    for one, (path, name, colour, marker) in zip(axes, walks):
        one.plot(xs, curve([xs]), color=style.BLACK)
        one.plot(path, curve(path.T), linestyle="", marker=marker, color=colour)
        one.annotate("start", (2, 0.5), xytext=(-10, 0), textcoords="offset points", ha="right", va="center")
        one.set(title=name, xlabel="x", ylim=(-1.7, 1.2))
    axes[0].set_ylabel("x⁴/4 − x² + x/4")
    board.figure(fig, "valley", "From x = 2 at the right: plain descent stops in the first valley, momentum goes on.")


# %% A learning rate for each weight: AdaGrad's falls for ever, RMSProp's does not.


def own_learning_rates(board: Board) -> None:
    """The factor of the gradient, lr / sqrt(G + eps), by step."""
    board.heading("AdaGrad and RMSProp: a learning rate for each weight")
    board.say(
        "Both divide by the root of G. AdaGrad's G ← G + g² only grows. RMSProp's G ← βG + (1 - β)g² is a running "
        "mean, and the problem goes away. (The first AdaGrad slide has the G before the step in the root. Taken at its "
        "word, the first step is then lr / √ε times the gradient; the slide after it, and the optimizer, have the new "
        "G.)"
    )
    board.number("1 / √ε for ε = 1e-8, which the first slide's first step is multiplied by", 1 / math.sqrt(1e-8))
    rate = {}
    for name, memory, lr in (("AdaGrad", "G", 0.5), ("RMSProp", "v", 0.05)):
        rate[name] = lr / np.sqrt(walk(RACERS[name], watch=memory)[1] + 1e-8)
    first = {name: r[0] for name, r in rate.items()}
    board.claim(
        "The higher the gradients of a weight have been, the lower its learning rate.",
        all(along > across for along, across in first.values()),
    )
    board.claim("AdaGrad's learning rates never grow.", bool(np.all(np.diff(rate["AdaGrad"], axis=0) <= 0)))
    lowest = rate["RMSProp"].min(axis=0)
    board.claim(
        "RMSProp's come back: after 60 steps each is more than twice its lowest.",
        bool(np.all(rate["RMSProp"][59] > 2 * lowest)),
    )
    fig, axes = style.figure(size=(11, 6))
    for name, r in rate.items():
        for k, weight in enumerate(("w₁ (along)", "w₂ (across)")):
            axes.semilogy(np.arange(1, 61), r[:60, k], label=f"{name}, {weight}")
    axes.set(xlabel="step", ylabel="learning rate, α / √(G + ε)")
    style.label_lines(axes)
    board.figure(fig, "rates", "The learning rate of each weight: AdaGrad's only fall, RMSProp's come back.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; nothing in it is random."""
    board = Board(out)
    race(board)
    out_of_a_valley(board)
    own_learning_rates(board)
    return board
