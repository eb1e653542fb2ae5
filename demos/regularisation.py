"""Regularisation: L1 drives weights to zero, L2 shrinks them; dropout.

Large weights fit the noise: overfitting. So the size of the weights is added to the loss, or units are left out at
random while the network learns, so that it cannot rely on any one of them.

Source: HKU, "Problem of Overfitting", "Solution 1: Weight Regularization", "Solution 2: Dropout".

Rows: 2.17, 2.18.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import Lasso
from sklearn.model_selection import train_test_split

import autograd
import nn
import optim
from autograd import Parameter, Value
from demos.gallery import Board, style

Array = NDArray[np.float64]
TRUE = np.array([3.0, -2.0, 1.5, -1.0, *[0.0] * 16])  # four features matter, sixteen do not


# %% How hard the two pull at a weight: lambda |w| by lambda, however small w is; lambda w^2 by 2 lambda w.


def the_pull(board: Board) -> None:
    """The penalties of three weights, as graphs."""
    board.heading("How the penalties pull")
    board.say(
        "The derivative of λ|w| is λ or -λ, however small w is: the pull does not weaken on the way to 0. That of λw² "
        "is 2λw: it fades as the weight shrinks, and never gets it quite to 0."
    )
    rows = []
    for name, penalty in (("L1", nn.l1), ("L2", nn.l2)):
        w = [Parameter(x, f"w{i}") for i, x in enumerate([2.0, 0.1, -0.5], 1)]
        R = penalty(w, 0.3)
        R.name = name
        R.backward()
        rows.append((name, R.data, *[p.grad for p in w]))
        by_hand = [0.3 * np.sign(p.data) if name == "L1" else 0.3 * 2 * p.data for p in w]
        board.claim(
            f"{name} is {'λ Σ|w|' if name == 'L1' else 'λ Σw²'}.",
            np.isclose(R.data, 0.3 * sum(abs(p.data) if name == "L1" else p.data**2 for p in w), rtol=1e-12),
        )
        board.claim(
            f"{name}'s pull is {'λ sign(w)' if name == 'L1' else '2λw'}.",
            np.allclose([p.grad for p in w], by_hand, rtol=1e-12),
        )
        board.graph(R, name, f"{name} of three weights with λ = 0.3: the gradients are how hard each is pulled.")
        board.walkthrough(
            R, f"{name} of three weights, then a step down it", f"{name}_walkthrough", optimizer=optim.SGD(w, lr=0.3)
        )
    board.table(["penalty", "its value", "pull at w1 = 2", "at w2 = 0.1", "at w3 = -0.5"], rows, "λ = 0.3")


# %% The slide's two problems: min 1/M sum_i J + lambda sum_j |theta_j|, and + lambda sum_j theta_j^2.


def trained(X: Array, y: Array, penalty: Callable[[list[Value], float], Value] | None, strength: float) -> Array:
    """The weights of a linear unit that minimize the mean squared error and the penalty."""
    model = nn.MLP(X.shape[1], [1], init=nn.initialisers.constant(0.0), bias=False)
    nn.fit(
        model, X, y,
        loss=nn.squared_error,
        optimizer=optim.SGD(model.parameters(), lr=0.05),
        regulariser=None if penalty is None else lambda: penalty(model.parameters(), strength),
        epochs=1500,
        schedule=optim.schedules.cosine(0.05, 1500, 1e-5),  # as under L1 the steps hop to and fro across 0
        progress=False,
    )  # fmt: skip
    return autograd.pack(model.parameters())


def penalties(board: Board, seed: int, small: bool) -> None:
    """Paths of the weights as the penalty grows, and the errors on other examples."""
    board.heading("L1 and L2 regularization")
    board.say(
        "Forty examples of twenty features; y depends on four of them, with noise. A linear unit is trained with the "
        "squared error plus λ Σ|w| (lasso), or plus λ Σw² (ridge)."
    )
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(540, 20))
    y = X @ TRUE + rng.normal(0, 2, 540)
    X, X_test, y, y_test = X[:40], X[40:], y[:40], y[40:]
    strengths = np.geomspace(0.01, 3, 4 if small else 8).tolist()
    l1 = np.array([trained(X, y, nn.l1, strength) for strength in strengths])
    l2 = np.array([trained(X, y, nn.l2, strength) for strength in strengths])

    def zeros(w: Array) -> int:
        return int(np.sum(np.abs(w) < 1e-3))

    def error(w: Array) -> float:
        return float(np.mean((X_test @ w - y_test) ** 2))

    free = trained(X, y, None, 0)
    rows = [("0", zeros(free), error(free), zeros(free), error(free))]
    rows += [(f"{s:.2g}", zeros(a), error(a), zeros(b), error(b)) for s, a, b in zip(strengths, l1, l2)]
    board.table(
        ["λ", "L1: weights at 0", "L1: test MSE", "L2: weights at 0", "L2: test MSE"], rows,
        "Weights below 0.001 of twenty, and errors on 500 other examples", digits=3,
    )  # fmt: skip
    board.claim("L1 drives weights to zero: with the largest λ, at least 15 of 20.", zeros(l1[-1]) >= 15)
    board.claim(
        "L2 only shrinks them: their length falls with every step of λ, and at most one is ever at 0.",
        bool(np.all(np.diff(np.linalg.norm(l2, axis=1)) < 0)) and max(map(zeros, l2)) <= 1,
    )
    board.claim("With a suitable λ, L1 errs less than no penalty on other examples.", min(map(error, l1)) < error(free))
    board.claim("So does L2.", min(map(error, l2)) < error(free))
    ridge = [np.linalg.solve(X.T @ X / 40 + s * np.eye(20), X.T @ y / 40) for s in strengths]
    board.claim(
        "L2 has an analytical solution, (XᵀX/M + λI)⁻¹ Xᵀy/M, and training finds it.", np.allclose(l2, ridge, atol=5e-3)
    )
    lasso = np.array([Lasso(alpha=s / 2, fit_intercept=False, max_iter=100_000).fit(X, y).coef_ for s in strengths])
    board.claim("L1's weights are those of scikit-learn's Lasso, to 0.02.", np.allclose(l1, lasso, atol=0.02))

    fig, axes = style.figure(1, 2, size=(14, 6.2), sharey=True)
    for axis, weights, title in zip(axes, (l1, l2), ("L1: one by one they reach 0", "L2: they shrink, none is 0")):
        axis.semilogx(strengths, weights[:, 4:], linestyle="-", linewidth=1.2, color="0.6")
        for j in range(4):
            axis.semilogx(strengths, weights[:, j], label=f"w{j + 1}, truly {TRUE[j]:g}")
        axis.axhline(0, color=style.BLACK, linewidth=1)
        axis.set(title=title, xlabel="λ")
    axes[0].set_ylabel("weight")
    style.label_lines(axes[1])
    board.figure(
        fig, "paths", "Twenty weights as λ grows; the grey ones belong to features that do not matter.", cover=True
    )


# %% Dropout: half the units while training, none when predicting; the expectation is kept.


def dropout(board: Board, seed: int) -> None:
    """What the layer does to its units, and to the unit that they feed."""
    board.heading("Dropout: half the units while training")
    board.say(
        "Each unit is dropped with probability 1/2 while the model learns. Those kept are doubled, so that what the "
        "next layer receives is the same on average; when the model predicts, nothing is left to correct."
    )
    layer = nn.Dropout(0.5, rng=seed)
    units = [1.0] * 10_000
    outputs = np.array([float(x) for x in layer([Value(x) for x in units])])
    board.number("share of 10 000 units dropped while training", float(np.mean(outputs == 0)))
    board.claim("Half of them, within four standard deviations.", abs(np.mean(outputs == 0) - 0.5) < 4 * 0.5 / 100)
    board.claim("A unit that is kept is doubled.", set(outputs.tolist()) == {0.0, 2.0})
    layer.eval()
    predicting = [float(x) for x in layer(units)]
    board.claim("None is dropped when predicting: the units are as they were.", predicting == units)

    hidden = nn.Layer(2, 4, "sigmoid", rng=seed)
    model = nn.Sequential(hidden, nn.Dropout(0.5, rng=seed + 3), nn.Layer(4, 1, first=3, rng=seed + 2))
    E = nn.half_squared_error(model([1.0, -1.0]), 1.0)
    E.name = "E"
    E.backward()
    board.graph(E, "dropout", "One draw: a unit whose mask is 0 passes nothing on, and its gradient is 0.")
    inside = {node.name: node for node in autograd.Program.of(E) if node.name}
    masks = [node for node in autograd.Program.of(E) if node.name == "mask"]
    handed_on = [inside[f"o{j}"].data * mask.data for j, mask in zip((3, 4, 5, 6), masks)]
    board.claim(
        "dE/dw of the output unit is its δ, o - t, times what the mask has left of the hidden unit.",
        np.allclose(
            [w.grad for w in model.layers[2].neurons[0].weights], (inside["o7"].data - 1.0) * np.array(handed_on)
        ),
    )
    board.claim(
        "A unit has a gradient just where it is kept.",
        all((inside[f"o{j}"].grad != 0) == (mask.data != 0) for j, mask in zip((3, 4, 5, 6), masks)),
    )

    draws = np.array([model([1.0, -1.0]).data for _ in range(4000)])
    predicted = model.eval()([1.0, -1.0]).data
    board.number("mean of the linear output over 4000 draws", draws.mean())
    board.number("the output when predicting", predicted)
    board.claim(
        "The expectation is kept, within four standard errors.",
        abs(draws.mean() - predicted) < 4 * draws.std() / np.sqrt(len(draws)),
    )
    fig, axes = style.figure()
    count = np.arange(1, len(draws) + 1)
    axes.plot(count, draws, ".", markersize=3, color=style.SKY)
    axes.plot(count, np.full(len(draws), predicted), "-", color=style.VERMILLION, label="predicting")
    axes.plot(count, np.cumsum(draws) / count, linestyle="--", color=style.BLUE)
    axes.annotate(
        "mean so far",
        (1, draws[0]),
        xytext=(10, 0),
        textcoords="offset points",
        va="center",
        color=style.dark(style.BLUE),
    )
    axes.set(xlabel="draws of the mask", ylabel="output of the network", xscale="log")
    style.label_lines(axes)
    board.figure(fig, "expectation", "Outputs with half the units dropped: their mean becomes the prediction.")


# %% "Prevents reliance on any one neuron": take hidden units away from a trained network, and see what is lost.


def reliance(board: Board, seed: int) -> None:
    """Two networks for handwritten digits, with and without dropout, that lose hidden units."""
    board.heading("Dropout prevents reliance on any one neuron")
    board.say(
        "A network with 32 hidden units learns scikit-learn's digits from 200 examples, with and without dropout. Then "
        "hidden units are taken away, in 20 random orders, and the accuracy on 800 other digits is measured."
    )
    digits = load_digits()
    X, X_test, y, y_test = train_test_split(
        digits.data / 16, digits.target, train_size=200, test_size=800, random_state=seed, stratify=digits.target
    )
    rng = np.random.default_rng(seed)
    ranks = [rng.permutation(32) for _ in range(20)]  # the units of rank 0 .. k - 1 are taken away
    removed = list(range(0, 25, 4))
    curves = {}
    for name, p in (("no dropout", 0.0), ("dropout, p = 0.5", 0.5)):
        output = nn.Layer(32, 10, rng=seed + 1)
        model = nn.Sequential(nn.Layer(64, 32, "relu", rng=seed), nn.Dropout(p, rng=seed), output)
        adam = optim.Adam(model.parameters(), lr=0.01)
        nn.fit(model, X, y, loss=nn.cross_entropy, optimizer=adam, epochs=100, batch_size=20, rng=seed, progress=False)
        hidden, predict = autograd.compile(model.layers[0])(X_test), autograd.compile(output)
        curves[name] = [
            100 * np.mean([nn.accuracy(predict(hidden * (rank >= k)), y_test) for rank in ranks]) for k in removed
        ]
    board.table(
        ["hidden units taken away", *curves],
        list(zip(removed, *curves.values())),
        "Accuracy on other digits, %",
        digits=3,
    )
    lost = {name: curve[0] - curve[2] for name, curve in curves.items()}
    board.claim(
        "Without 8 of its 32 units, the network that learned with dropout loses less than half as much.",
        lost["dropout, p = 0.5"] < lost["no dropout"] / 2,
    )
    whole = [curve[0] for curve in curves.values()]
    board.claim("With all of its units it is as good as the other, within 4 points.", abs(whole[0] - whole[1]) < 4)
    fig, axes = style.figure(size=(11, 6))
    for (name, curve), marker in zip(curves.items(), "so"):
        axes.plot(removed, curve, marker=marker, label=name)
    axes.set(xlabel="hidden units taken away, of 32", ylabel="accuracy, %", ylim=(0, 100), xticks=removed)
    style.label_lines(axes)
    board.figure(fig, "reliance", "Accuracy as hidden units are taken away: with dropout each matters less.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0, small: bool = False) -> Board:
    """Write the example on a board.

    Args:
        out: where the pictures go.
        seed: of the data, the weights and the dropped units.
        small: fewer strengths of the penalties.
    """
    board = Board(out)
    the_pull(board)
    penalties(board, seed, small)
    dropout(board, seed)
    reliance(board, seed)
    return board
