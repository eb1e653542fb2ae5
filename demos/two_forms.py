"""Two forms: momentum and Adam as the slides write them, and as PyTorch does.

The deck contrasts its own rules with the torch.optim pages that it quotes. Momentum is the same in both until the
learning rate changes; Adam without bias correction begins with steps several times as long.

Source: HKU, "Momentum", "Momentum vs. Nesterov Momemtum" (sic), "RMSProp vs. Adam"; the torch.optim.SGD and Adam pages
it quotes.

Rows: 2.16.
"""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np

import autograd
import optim
from autograd import Parameter, Value
from demos.gallery import Board, style
from demos.optimizers import RACERS, START, STEPS, Array, J, contours, walk

# %% The two forms of momentum that the deck contrasts.


def two_forms(board: Board) -> None:
    """v = mu v + g, p -= lr v, and v = mu v - lr g, p += v: the same until the learning rate changes."""
    board.heading("Momentum in two forms")
    board.say(
        "The quoted torch.optim page: v ← μv + g, p ← p - lr·v. The deck's slide, and Sutskever et al.: v ← μv - lr·g, "
        "p ← p + v, with v₁ = -lr·g. In the slide's form the learning rate is part of the velocity."
    )
    after, slopes = [], []
    for form, at in (("page", -0.8), ("slide", 0.04 * 0.8)):
        p, velocity, g, mu, lr = map(Value, (1.0, at, 2.0, 0.9, 0.04), ("p", "v", "g", "μ", "lr"))
        step = p - lr * (mu * velocity + g) if form == "page" else p + (mu * velocity - lr * g)
        step.name = "p new"
        step.backward()
        board.graph(step, f"{form}_step", f"One step in the {form}'s form, from p = 1 and v = {at}.")
        after.append(step.data)
        walked = Parameter(1.0, "p")
        walked.grad = 2.0
        sgd = optim.SGD([walked], lr=0.04, momentum=0.9, form="pytorch" if form == "page" else "sutskever")
        sgd.memory["b" if form == "page" else "v"][:] = at
        sgd.step()
        after.append(walked.data)
        slopes.append(lr.grad)
    board.claim(
        "Both lead to the same p, 1 - 0.04 (0.9 × (-0.8) + 2) = 0.9488, and so do the optimizer's two forms.",
        np.allclose(after, 0.9488, rtol=1e-12),
    )
    board.claim(
        "But dp/dlr is -(μv + g) = -1.28 on the page, and -g = -2 on the slide, where lr does not reach the velocity.",
        np.allclose(slopes, [-1.28, -2.0]),
    )
    forms = [partial(optim.SGD, lr=0.04, momentum=0.9, form=form) for form in ("pytorch", "sutskever")]
    (page, page_v), (slide, slide_v) = [walk(form, watch=name, steps=40) for form, name in zip(forms, ("b", "v"))]
    rows = [(t, page_v[t - 1, 0], page[t, 0], slide_v[t - 1, 0], slide[t, 0]) for t in (1, 2, 3, 4, 40)]
    board.table(["step", "page's form: v", "w1", "slide's form: v", "w1"], rows, "Both forms, lr = 0.04", digits=6)
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
        ["t", "page's form: step / α", "slide's form: step / α"],
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

    damped = walk(partial(optim.SGD, lr=0.04, momentum=0.9, dampening=0.5), steps=10)[0]
    gradient, w, v = autograd.grad(J), np.array(START), np.zeros(2)
    by_hand = [w]
    for t in range(10):
        v = gradient(w) if t == 0 else 0.9 * v + (1 - 0.5) * gradient(w)
        w = w - 0.04 * v
        by_hand.append(w)
    board.claim(
        "Dampening τ: v ← μv + (1 - τ)g, but for the first v, which is g.", np.allclose(damped, by_hand, rtol=1e-12)
    )

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
        "Beware of the quoted SGD page: there λθ is added before the last line goes uphill, so that under maximize the "
        "decay would become growth. PyTorch's code, and optim, change the gradient's sign first."
    )
    after, _ = walk(partial(optim.SGD, lr=1.0, weight_decay=0.1, maximize=True), lambda w: 0 * w[0], (1.0,), steps=1)
    board.number("θ = 1 after a step under maximize with lr = 1, λ = 0.1 and gradient 0", after[1, 0])
    board.number("the same, by the page's last lines: θ + lr (g + λθ)", 1 + 1.0 * (0 + 0.1 * 1))


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; nothing in it is random."""
    board = Board(out)
    two_forms(board)
    two_adams(board)
    options(board)
    return board
