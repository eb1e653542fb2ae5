"""Optimizers: from plain gradient descent to Adam, raced on one surface.

In a ravine the slope across is steep and the slope along is faint: a learning rate that is safe for the one is slow
for the other. Momentum remembers where it was heading; AdaGrad, RMSProp and Adam give each weight a learning rate of
its own.

Source: HKU, "Navigating a Complex Terrain", "Momentum", "Momentum vs. Nesterov Momemtum" (sic), "AdaGrad (separate
learning rate for each w)", "AdaGrad vs. RMSProp", "RMSProp vs. Adam"; the torch.optim.SGD and Adam pages it quotes.

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
    """The places that an optimizer comes by, and what it remembers under the name ``watch`` after each step."""
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
    "Nesterov": partial(optim.SGD, lr=0.04, momentum=0.9, nesterov=True),
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
        "Nesterov, whose gradient is that of the place ahead, overshoots less, and zigzags a third as far.",
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


# %% The two forms of momentum that the deck contrasts.


def two_forms(board: Board) -> None:
    """v = mu v + g, p -= lr v, and v = mu v - lr g, p += v: the same until the learning rate changes."""
    board.heading("Momentum in two forms")
    board.say(
        "The quoted torch.optim page: v ← μv + g, p ← p - lr·v. The deck's slide, and Sutskever et al.: v ← μv - lr·g, "
        "p ← p + v, with v₁ = -lr·g. In the slide's form the learning rate is part of the velocity."
    )
    forms = [partial(optim.SGD, lr=0.04, momentum=0.9, form=form) for form in ("pytorch", "sutskever")]
    (page, page_v), (slide, slide_v) = [walk(form, watch=name, steps=40) for form, name in zip(forms, ("b", "v"))]
    rows = [(t, page_v[t - 1, 0], page[t, 0], slide_v[t - 1, 0], slide[t, 0]) for t in (1, 2, 3, 4, 40)]
    board.table(["step", "page's v", "page's w1", "slide's v", "slide's w1"], rows, "Both forms, lr = 0.04", digits=6)
    board.claim("The paths are the same.", np.allclose(page, slide, rtol=0, atol=1e-12))
    board.claim("The slide's v is -lr times the page's.", np.allclose(slide_v, -0.04 * page_v, rtol=0, atol=1e-12))

    def falling(t: int) -> float:
        return 0.04 if t < 10 else 0.004

    board.say(
        "They differ as soon as the learning rate changes. Let it fall from 0.04 to 0.004 after step 10: the page's "
        "step 11 is a tenth of what it would have been; the slide's velocity still has the old rate in it, and coasts."
    )
    steady = np.linalg.norm(page[11] - page[10])
    page, slide = [walk(form, lr=falling, steps=40)[0] for form in forms]
    strides = [np.linalg.norm(path[11] - path[10]) for path in (page, slide)]
    board.table(
        ["lr after step 10", "page's form", "slide's form"],
        [("unchanged", steady, steady), ("a tenth", *strides)],
        "Length of step 11",
    )
    board.claim("The page's step 11 is a tenth as long.", math.isclose(strides[0], steady / 10, rel_tol=1e-9))
    board.claim("The slide's is four times that.", strides[1] > 4 * strides[0])
    fig, axes = style.figure(size=(11, 5.6))
    for path, name in ((page, "page: p ← p − lr·v"), (slide, "slide: p ← p + v")):
        axes.plot(path[:, 0], label=name)
    axes.axvline(10, color=style.GREY, linewidth=1)
    axes.annotate("lr falls to a tenth", (10, 0.2), xytext=(8, 0), textcoords="offset points")
    axes.set(xlabel="step", ylabel="w₁")
    style.label_lines(axes)
    board.figure(fig, "forms", "The two forms of momentum part where the learning rate changes.")

    board.say(
        "Nesterov's momentum takes the gradient where momentum leads: v ← μv - lr ∇J(w + μv), w ← w + v. The "
        "optimizer's parameters are that place, w + μv; the slide's w goes behind them."
    )
    gradient = autograd.grad(J)
    w, v, ahead = np.array(START), np.zeros(2), []
    for _ in range(40):
        v = 0.9 * v - 0.04 * gradient(w + 0.9 * v)
        w = w + v
        ahead.append(w + 0.9 * v)
    places = [walk(partial(form, nesterov=True), steps=40)[0][1:] for form in forms]
    board.claim(
        "The slide's Nesterov, written out, is the optimizer's in either form.", np.allclose(places, [ahead, ahead])
    )


# %% A learning rate for each weight: AdaGrad's falls for ever, RMSProp's does not.


def own_learning_rates(board: Board) -> None:
    """The factor of the gradient, lr / sqrt(G + eps), by step."""
    board.heading("AdaGrad and RMSProp: a learning rate for each weight")
    board.say(
        "Both divide by the root of G. AdaGrad's G ← G + g² only grows. RMSProp's G ← βG + (1 - β)g² is a running "
        "mean, and the problem goes away. (The first AdaGrad slide has the G before the step in the root. Taken by its "
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


# %% Adam as the deck writes it, and as the quoted page does.


def two_adams(board: Board) -> None:
    """Without and with bias correction."""
    board.heading("Adam in two forms")
    board.say(
        "The slide: v ← βv + (1 - β)g², m ← γm + (1 - γ)g, w ← w - α m / (√v + ε), with β = 0.999 and γ = 0.9. The "
        "quoted page first divides m by 1 - γᵗ and v by 1 - βᵗ, for both means start at 0. Under a gradient that is "
        "always 1 the page's steps are α; the slide's are α (1 - γᵗ) / √(1 - βᵗ): at first more than three times as "
        "long, then more than six times."
    )
    steps = 3000
    page, slide = [
        -np.diff(walk(partial(optim.Adam, lr=0.001, bias_correction=corrected), lambda w: w[0], (0.0,), steps)[0][:, 0])
        for corrected in (True, False)
    ]
    t = np.arange(1, steps + 1)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    picked = (1, 2, 10, int(np.argmax(slide)) + 1, 100, 1000, 3000)
    board.table(
        ["t", "page: step / α", "slide: step / α"],
        [(k, page[k - 1] / 0.001, slide[k - 1] / 0.001) for k in sorted(picked)], "Under a gradient of 1",
    )  # fmt: skip
    board.claim("The page's steps are α.", np.allclose(page, 0.001, rtol=1e-6))
    board.claim("The slide's are α (1 - γᵗ) / √(1 - βᵗ).", np.allclose(slide, 0.001 * ratio, rtol=1e-6))
    fig, axes = style.figure(1, 2, size=(14, 5.6), width_ratios=(1, 1.15))
    for lengths, name in ((page, "page"), (slide, "slide")):
        axes[0].semilogx(t, lengths / 0.001, label=name)
    axes[0].set(xlabel="step t", ylabel="length of a step / α", ylim=(0, 7.5), title="under a gradient of 1")
    style.label_lines(axes[0])
    contours(axes[1])
    paths = [walk(partial(optim.Adam, lr=0.05, bias_correction=corrected))[0] for corrected in (True, False)]
    for path, colour, marker in zip(paths, (style.BLUE, style.VERMILLION), "so"):
        axes[1].plot(*path.T, "-", marker=marker, markersize=4.5, linewidth=1.6, color=colour)
    for name, (x, y), colour in (("page", (1.3, 1.12), style.BLUE), ("slide", (1.1, 0.42), style.VERMILLION)):
        axes[1].text(x, y, name, color=style.dark(colour))
    axes[1].set(xlabel="w₁", ylabel="w₂", title="in the ravine, α = 0.05")
    board.figure(fig, "adams", "Without bias correction Adam's first steps are several times as long.")


# %% The options of the quoted pages.


def quoted_adam(amsgrad: bool, steps: int = STEPS) -> Array:
    """The torch.optim.Adam page, line by line, from the race's start."""
    gradient, (beta1, beta2), lr = autograd.grad(J), (0.9, 0.999), 0.2
    theta, m, v, v_hat_max = np.array(START), np.zeros(2), np.zeros(2), np.zeros(2)
    path = [theta]
    for t in range(1, steps + 1):
        g = gradient(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        if amsgrad:
            v_hat = v_hat_max = np.maximum(v_hat_max, v_hat)
        theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        path.append(theta)
    return np.array(path)


def options(board: Board) -> None:
    """amsgrad, weight decay and maximize, of SGD and of Adam."""
    board.heading("amsgrad, weight decay, maximize")
    sgd, adam = RACERS["Nesterov"], RACERS["Adam"]
    board.claim("optim.Adam is the quoted page, line by line.", np.allclose(walk(adam)[0], quoted_adam(amsgrad=False)))
    board.say(
        "amsgrad: divide by the root of the largest v so far, so that a rare steep gradient is not forgotten. The page "
        "takes the maximum after the division by 1 - βᵗ, PyTorch's code before it, and so does optim; the paths differ."
    )
    forgetful = partial(optim.Adam, lr=0.2, betas=(0.9, 0.9), amsgrad=True)
    v, v_max = [walk(forgetful, watch=name)[1] for name in ("v", "v_max")]
    board.claim(
        "v falls, the largest v so far does not.",
        bool(np.any(np.diff(v, axis=0) < 0) and np.all(np.diff(v_max, axis=0) >= 0)),
    )
    code = walk(partial(adam, amsgrad=True))[0]
    apart = np.linalg.norm(code - quoted_adam(amsgrad=True), axis=1).max()
    board.number("largest distance of the two amsgrads' paths", apart)

    decay = 0.05
    board.say(
        f"Weight decay λ adds λw to the gradient: that of a penalty λ/2 |w|². With λ = {decay} the minimum moves "
        "towards 0, to 0.8 / (0.2 + λ) in w1. Maximize goes uphill: to maximize -J is to minimize J."
    )
    rows = []
    for name, optimizer in (("SGD, Nesterov", sgd), ("Adam", adam)):
        decayed = walk(partial(optimizer, weight_decay=decay), steps=1000)[0]
        penalised = walk(optimizer, lambda w: J(w) + decay / 2 * autograd.dot(w, w), steps=1000)[0]
        uphill = walk(partial(optimizer, maximize=True), lambda w: -J(w), steps=1000)[0]
        downhill = walk(optimizer, steps=1000)[0]
        board.claim(f"{name}: weight decay is the penalty λ/2 |w|².", np.allclose(decayed, penalised, atol=1e-9))
        board.claim(f"{name}: to maximize -J is to minimize J.", bool(np.array_equal(uphill, downhill)))
        rows.append((name, *downhill[-1], *decayed[-1], 0.8 / (0.2 + decay), 20 / (20 + decay)))
    board.table(
        ["optimizer", "w1", "w2", "w1 decayed", "w2 decayed", "by hand: w1", "by hand: w2"], rows, "After 1000 steps"
    )
    board.claim("The decayed minimum is where it should be.", all(np.allclose(r[3:5], r[5:7], atol=1e-3) for r in rows))
    board.say(
        "Mind the quoted SGD page: there λθ is added before the last line goes uphill, so that under maximize the "
        "decay would become growth. PyTorch's code, and optim, turn the gradient's sign first."
    )
    after, _ = walk(partial(optim.SGD, lr=1.0, weight_decay=0.1, maximize=True), lambda w: 0 * w[0], (1.0,), steps=1)
    board.number("θ = 1 after a step under maximize with lr = 1, λ = 0.1 and gradient 0", after[1, 0])
    board.number("the same, by the page's last lines: θ + lr (g + λθ)", 1 + 1.0 * (0 + 0.1 * 1))


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; nothing in it is random."""
    board = Board(out)
    race(board)
    out_of_a_valley(board)
    two_forms(board)
    own_learning_rates(board)
    two_adams(board)
    options(board)
    return board
