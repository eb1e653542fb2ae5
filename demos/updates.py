"""How often to update: all examples, one, or some at a time.

The gradient of the risk is the mean of the examples' gradients. A mean can be estimated from a few: that is stochastic
gradient descent. The fewer the examples of an update, the cheaper it is and the noisier.

Source: IITI, "Gradient Descent: How Often to Update?"; HKU, "Stochastic Gradient Descent (SGD)" and "Mini-batches in
SGD"; WAT, "How do we update the weights based on the data points?"; UCSD, "Backprop Revisited", "Observation",
"Stochastic Gradient" and "Batch Size".

Rows: 2.4, 2.31, 2.33.
"""

from __future__ import annotations

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

# %% The risk R = 1/n sum (H(x_i) - y_i)^2, and its gradient 2/n sum (H(x_i) - y_i) grad H(x_i): error times blame.


def risk(model: nn.MLP, X: Any, y: Any) -> Value:
    """R(w), the mean loss of the examples, by the scalar engine."""
    R: Value = autograd.sum([nn.squared_error(model(x), t) for x, t in zip(X, y)]) / len(X)
    R.name = "R"
    return R


def gradient_of(output: Value, model: nn.MLP) -> Array:
    """The gradient of a Value at the model's parameters, by backpropagation."""
    model.zero_grad()
    output.backward()
    return np.array([parameter.grad for parameter in model.parameters()])


def error_times_blame(board: Board, rng: np.random.Generator) -> None:
    """The three forms of the risk's gradient agree on a net with hidden units."""
    board.heading("The gradient of the risk: error times blame")
    board.say(
        "With the square loss, ∇R = 2/n Σ (H(xᵢ) - yᵢ) ∇H(xᵢ): the error of an example, times the blame of a weight "
        "for the prediction. Here H is a 2-3-1 net of tanh units, with 13 weights and biases, on five examples."
    )
    X, y = rng.normal(size=(5, 2)).tolist(), rng.normal(size=5).tolist()
    model = nn.MLP(2, [3, 1], rng=rng)
    whole = gradient_of(risk(model, X, y), model)
    of_each = [gradient_of(nn.squared_error(model(x), t), model) for x, t in zip(X, y)]
    errors = [model(x).data - t for x, t in zip(X, y)]
    blame = [gradient_of(model(x), model) for x in X]
    names = [str(parameter.name) for parameter in model.parameters()]
    rows = [(i, errors[i], blame[i][0], 2 * errors[i] * blame[i][0], of_each[i][0]) for i in range(5)]
    board.table(
        ["i", "error H - y", f"blame dH/d{names[0]}", "2 × error × blame", "dloss/dw by the engine"],
        [*rows, ("mean", "", "", np.mean([row[3] for row in rows]), whole[0])],
        f"The derivative of the risk by {names[0]}",
    )
    n = len(X)
    board.claim(
        "The gradient of the risk is the mean of the examples' gradients, at all 13 parameters.",
        np.allclose(whole, np.mean(of_each, axis=0), rtol=1e-12, atol=1e-15),
    )
    board.claim(
        "It is 2/n Σ (H(xᵢ) - yᵢ) ∇H(xᵢ).",
        np.allclose(whole, 2 / n * sum(e * b for e, b in zip(errors, blame)), rtol=1e-12, atol=1e-15),
    )

    line = nn.MLP(1, [1], init=nn.initialisers.constant(0.5))
    losses = []
    for i, (x, t) in enumerate([(1.0, 1.0), (2.0, 3.0)], start=1):
        H = line([Value(x, f"x{i}")])
        H.name = f"H{i}"
        losses.append(nn.squared_error(H, Value(t, f"y{i}")))
        losses[-1].name = f"loss{i}"
    total = autograd.sum(losses)
    total.name = "total"
    R = total / 2
    R.name = "R"
    R.backward()
    board.graph(R, "risk", "The risk of a line on two examples: each has its path to the weight w12, and they add up.")
    w = line.parameters()[0]
    board.derivation(autograd.explain(R, w))
    board.walkthrough(R, "The gradient of the risk, example by example")


# %% One problem for all that follows: a line through n = 128 points, H(x) = w x + b.


class Tracked(optim.SGD):
    """Gradient descent that remembers where it was after each update."""

    path: list[Array]

    def update(self, theta: Array, gradient: Array) -> None:
        """Take the step, and note where it leads."""
        super().update(theta, gradient)
        self.path.append(theta.copy())


START = np.array([-1.0, -1.5])  # w, b
EPOCHS, LEARNING_RATE = 40, 0.08
# The IITI deck's words and WAT's; the arguments of nn.fit.
WAYS: dict[str, dict[str, Any]] = {
    "batch": {"batch_size": None},
    "mini-batch": {"batch_size": 32},
    "stochastic": {"batch_size": 1, "order": "random"},
    "incremental": {"batch_size": 1, "order": "in order"},
}


def walk(X: Array, y: Array, rng: np.random.Generator, **how: Any) -> Array:
    """Fit the line from START; returns (w, b) at the start and after each update."""
    model = nn.MLP(1, [1], rng=0)
    autograd.unpack(START, model.parameters())
    sgd = Tracked(model.parameters(), lr=LEARNING_RATE)
    sgd.path = [START]
    nn.fit(model, X, y, loss=nn.squared_error, optimizer=sgd, epochs=EPOCHS, rng=rng, progress=False, **how)
    return np.array(sgd.path)


def how_often(board: Board, X: Array, y: Array, rng: np.random.Generator) -> None:
    """Batch, mini-batch, stochastic and incremental gradient descent, side by side."""
    n = len(X)
    board.heading("Batch, mini-batch, stochastic, incremental")
    board.say(
        f"A line is fitted to {n} points, from one start and with one learning rate, {LEARNING_RATE}. Batch gradient "
        "descent updates once per pass over the data; mini-batch, after 32 examples; stochastic, after one example, "
        "picked at random; incremental (WAT), after each example in its turn."
    )
    # The mean of a quadratic is one: R(theta) = R* + the mean square of what the two lines differ by.
    A = np.column_stack([X[:, 0], np.ones(n)])
    best, (least, *_), *_ = np.linalg.lstsq(A, y, rcond=None)
    R_best = float(least) / n

    def excess(path: Array) -> Array:
        """R(theta) - R*, along a path."""
        difference: Array = A @ (path - best).T
        return np.asarray((difference**2).mean(axis=0))

    paths = {name: walk(X, y, rng, **how) for name, how in WAYS.items()}
    rises = {name: float(np.diff(excess(path)).max()) for name, path in paths.items()}
    rows = []
    for name, path in paths.items():
        per_epoch = (len(path) - 1) // EPOCHS
        rows.append(
            (name, n // per_epoch, len(path) - 1, excess(path)[per_epoch], excess(path)[-1], max(rises[name], 0))
        )
    board.table(
        ["", "examples an update", "updates", "R - R* after 1 epoch", f"after {EPOCHS}", "largest rise by one update"],
        rows,
        f"{EPOCHS} epochs cost each of them {EPOCHS * n} examples' gradients; R* = {R_best:.3f} is the least risk",
    )
    after_one = [row[3] for row in rows[:3]]
    board.claim("After one epoch, the more updates it had, the lower the risk.", after_one == sorted(after_one)[::-1])
    board.claim("Batch gradient descent never raises the risk.", rises["batch"] <= 0)
    board.claim(
        "The smaller the batch, the more a single update may raise it: it bounces.",
        rises["batch"] < rises["mini-batch"] < rises["stochastic"],
    )
    at_the_end = {name: float(np.mean(excess(path)[-len(path) // 4 :])) for name, path in paths.items()}
    board.claim(
        "In the last quarter of the epochs, the mean risk of stochastic gradient descent is above the larger batches'.",
        max(at_the_end["batch"], at_the_end["mini-batch"]) < at_the_end["stochastic"],
    )
    board.claim(
        f"After {EPOCHS} epochs all are near R*: the larger batches within 0.001, those of one, which bounce, in 0.1.",
        max(row[4] for row in rows[:2]) < 0.001 and max(row[4] for row in rows) < 0.1,
    )
    lap = paths["incremental"][-2 * n :].reshape(2, n, 2)
    lap_at_random = paths["stochastic"][-2 * n :].reshape(2, n, 2)
    lap_of_batches = paths["mini-batch"][-2 * n // 32 :].reshape(2, n // 32, 2)
    board.claim(
        "Incremental gradient descent ends up walking one closed loop, epoch by epoch; stochastic does not, and "
        "mini-batches, shuffled anew in each epoch, don't either.",
        np.ptp(lap, axis=0).max() < 1e-6 < 1e-3 < np.ptp(lap_of_batches, axis=0).max()
        and np.ptp(lap_at_random, axis=0).max() > 1e-2,
    )

    fig, panels = style.figure(1, 2, size=(14, 6.5))
    for axes, first, last in [(panels[0], 0, 2), (panels[1], EPOCHS - 2, EPOCHS)]:
        for (name, path), colour, dashes, marker in zip(paths.items(), style.COLOURS, style.DASHES, ("o", "s", "", "")):
            per_epoch = (len(path) - 1) // EPOCHS
            shown = slice(first * per_epoch, last * per_epoch + 1)
            axes.plot(
                np.arange(len(path))[shown] / per_epoch, R_best + excess(path)[shown], color=colour, label=name,
                linestyle="-" if marker else dashes, linewidth=3 if marker else 1.5, marker=marker,
            )  # fmt: skip
        axes.set(title=f"epochs {first + 1} and {last}", xlabel="passes over the data", xlim=(first, last))
        axes.set_xticks(np.arange(first, last + 1))
    panels[0].set(ylabel="risk R of all examples", yscale="log")
    panels[1].axhline(R_best, color=style.BLACK, linewidth=1, linestyle=style.DASHES[2])
    for axes in panels:
        style.label_lines(axes)
    board.figure(
        fig,
        "losses",
        "The risk after every update, at first and at last: with smaller batches it falls sooner, and bounces.",
    )

    fig, grid = style.figure(2, 2, size=(13, 9), sharex=True, sharey=True)

    def height(theta: Any) -> Array:
        return excess(np.stack(theta, axis=-1).reshape(-1, 2)).reshape(theta[0].shape)

    for axes, (name, path), colour in zip(grid.flat, paths.items(), style.COLOURS):
        style.contours(axes, height, (-1.6, 3.6), (-1.9, 2.4), np.geomspace(0.03, 20, 10))
        axes.plot(*path.T, "-", color=colour, linewidth=1, marker="o" if len(path) <= 200 else "", markersize=5)
        axes.plot(*best, "*", color=style.BLACK, markersize=16)
        axes.set(title=f"{name}: {len(path) - 1} updates")
    for axes in grid[1]:
        axes.set_xlabel("w")
    for axes in grid[:, 0]:
        axes.set_ylabel("b")
    board.figure(
        fig,
        "paths",
        f"{EPOCHS} epochs on the contours of the risk, from one start; the star is the minimum.",
        cover=True,
    )


# %% The batch size m: the noise of the stochastic gradient against its cost.


def batch_size(board: Board, X: Array, y: Array, rng: np.random.Generator) -> None:
    """Draw many mini-batches of each size at one point, and see how far their gradients are off."""
    n = len(X)
    sizes = [1, 8, 32, n]
    board.heading("Batch size: noise against cost")
    board.say(
        "At the start, draw 2000 random batches of each size m, and compare their gradients with that of the risk. "
        "g = 1/m Σ ∇loss is right on average, and its noise falls as 1/√m where m is far below n, while its cost, m "
        "examples' gradients, rises as m: a quarter of the noise costs sixteen times as much."
    )
    model = nn.MLP(1, [1], rng=0)
    loss = autograd.compile(lambda x, t: nn.squared_error(model(x), t), model.parameters())

    def gradient(B: NDArray[np.intp]) -> Array:
        g: Array = loss.value_and_grad(X[B], y[B], theta=START)[1].copy()
        return g

    error = START[0] * X[:, 0] + START[1] - y
    full = 2 / n * np.array([error @ X[:, 0], error.sum()])  # 2/n sum (H - y) grad H
    singles = np.array([gradient(np.array([i])) for i in range(n)])
    board.claim(
        "The expected gradient of one random example is the gradient of the risk, 2/n Σ (H(xᵢ) - yᵢ) (xᵢ, 1).",
        np.allclose(singles.mean(axis=0), full, rtol=1e-12) and np.allclose(gradient(np.arange(n)), full, rtol=1e-12),
    )
    sigma = np.sqrt(np.mean(np.sum((singles - full) ** 2, axis=1))) / np.linalg.norm(full)
    noise, theory = [], []
    for m in sizes:
        off = [np.sum((gradient(rng.choice(n, m, replace=False)) - full) ** 2) for _ in range(2000 if m < n else 1)]
        noise.append(float(np.sqrt(np.mean(off)) / np.linalg.norm(full)))
        theory.append(float(sigma * np.sqrt((n - m) / (n - 1) / m)))
    board.table(
        [
            "batch size m",
            "cost: gradients an update",
            "updates an epoch",
            "noise |g - ∇R| / |∇R|",
            "σ/√m √((n-m)/(n-1))",
        ],
        [(m, m, n // m, round(a, 12), b) for m, a, b in zip(sizes, noise, theory)],
        "The noise is a root mean square; the last column is that of sampling without replacement",
    )
    board.claim("The larger m, the less noise, and none at m = n.", noise == sorted(noise)[::-1] and noise[-1] < 1e-12)
    board.claim("It is as the theory of sampling says, within 10%.", np.allclose(noise, theory, rtol=0.1, atol=1e-12))

    fig, axes = style.figure()
    ms = np.geomspace(1, n, 200)
    axes.plot(ms, sigma * np.sqrt((n - ms) / (n - 1) / ms), color=style.BLACK)
    axes.plot(sizes, noise, "o", color=style.VERMILLION, markersize=11)
    for mi, a in zip(sizes, noise):
        axes.annotate(
            f"m = {mi}", (mi, a), xytext=(10, 10), textcoords="offset points", color=style.dark(style.VERMILLION)
        )
    axes.set(xlabel="cost of an update: examples' gradients", ylabel="noise |g - ∇R| / |∇R|", xscale="log")
    axes.set_xticks(sizes, [str(m) for m in sizes])
    axes.minorticks_off()
    board.figure(
        fig, "noise", "The noise of a stochastic gradient against its cost, for four batch sizes, and in theory."
    )


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; the seed draws the examples and the batches."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    error_times_blame(board, rng)
    X = rng.uniform(-1, 2, (128, 1))
    y = 2 * X[:, 0] + 0.5 + rng.normal(0, 0.4, len(X))
    how_often(board, X, y, rng)
    batch_size(board, X, y, rng)
    return board
