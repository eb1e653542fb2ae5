"""Output units: which activation, how many units, which loss.

The good choice depends on the task: a linear unit with the square loss for a quantity, a sigmoid with the cross-entropy
for two classes, softmax with the cross-entropy for many.

Source: UCSD, "Output Units", "Setting 1: Regression", "Setting 2: Binary Classification", "Binary Classification Loss"
and "The Cross-Entropy and the Sigmoid".

Rows: 2.34.
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

# %% Setting 1: regression. One linear unit, the mean squared error.


def regression(board: Board, seed: int) -> None:
    """A linear output unit over one hidden layer, and over none."""
    board.heading("Setting 1: regression")
    board.say(
        "The output can be any real number, so the output unit is linear; its prediction should be neither too high "
        "nor too low, so the loss is the square loss. With a hidden layer before it the output is still linear, but "
        "in features that are learned, and not linear in x."
    )
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, 60)
    y = 3 * np.sin(1.5 * x) + x + rng.normal(0, 0.4, 60)
    xs = np.linspace(-2, 2, 200)
    fig, axes = style.figure()
    axes.plot(x, y, "o", color=style.BLACK, alpha=0.5)
    risk = []
    for sizes, label, dashes, colour in [
        ([1], "no hidden\nlayer", "--", style.VERMILLION),
        ([8, 1], "8 hidden\nunits", "-", style.BLUE),
    ]:
        net = nn.MLP(1, sizes, activation="tanh", output="linear", rng=seed)
        adam = optim.Adam(net.parameters(), lr=0.03)
        nn.fit(net, x[:, None], y, loss=nn.squared_error, optimizer=adam, epochs=1500, progress=False)
        predict = autograd.compile(net)
        risk.append(float(np.mean((predict(x[:, None]) - y) ** 2)))
        axes.plot(xs, predict(xs[:, None]), dashes, color=colour, label=label)
    board.number("mean squared error without a hidden layer", risk[0])
    board.number("mean squared error with 8 hidden units", risk[1])
    board.claim("Learned features leave less than a fifth of the error.", risk[1] < risk[0] / 5)
    axes.set(xlabel="x", ylabel="y")
    style.label_lines(axes)
    board.figure(
        fig, "regression", "Two nets with a linear output unit and the square loss, without and with a hidden layer."
    )


# %% Setting 2: binary classification. Why not the square loss? Each as a function of the net input s, where y = 1.

PAIRS = {
    "linear unit, square loss": lambda s: nn.squared_error(s, 1.0),
    "sigmoid, square loss": lambda s: nn.squared_error(autograd.sigmoid(s), 1.0),
    "sigmoid, cross-entropy": lambda s: nn.binary_cross_entropy_with_logits(s, 1.0),
}


def losses(board: Board) -> None:
    """Three pairs of output unit and loss, and how hard each pushes."""
    board.heading("Setting 2: two classes. Which loss?")
    board.say(
        "One could use the square loss. There are two reasons not to. 1) With a linear unit it penalises predictions "
        "that are too correct. 2) With a sigmoid it saturates: far on the wrong side its slope is almost 0. The "
        "cross-entropy undoes the exponential in the sigmoid: -log σ(s) = log(1 + e^-s), a straight line there."
    )
    push = {name: autograd.value_and_grad(loss) for name, loss in PAIRS.items()}
    table = [(name, *[f(s)[k] for k in (0, 1) for s in (-6.0, 0.0, 6.0)]) for name, f in push.items()]
    board.table(
        ["y = 1", "L(-6)", "L(0)", "L(6)", "L'(-6)", "L'(0)", "L'(6)"],
        table,
        "Loss and slope where the net input s is very wrong, undecided, very right",
    )
    linear, sigmoid, cross = push.values()
    board.claim(
        "Linear and square: s = 6, on the right side, costs more than s = 0, on the wrong side of 1/2.",
        linear(6.0)[0] > linear(0.0)[0],
    )
    board.claim(
        "Sigmoid and square: at s = -6 it is wrong by more than 0.99, and the slope, 2 (σ - 1) σ (1 - σ), is less than "
        "0.01.",
        1 - autograd.sigmoid(-6.0) > 0.99
        and abs(sigmoid(-6.0)[1]) < 0.01
        and np.isclose(sigmoid(-6.0)[1], -2 * np.exp(-6) / (1 + np.exp(-6)) ** 3, rtol=1e-12),
    )
    points = np.linspace(-30, 30, 121).tolist()
    board.claim(
        "Sigmoid and cross-entropy: the slope is the error, σ(s) - y, everywhere.",
        np.allclose([cross(s)[1] for s in points], [autograd.sigmoid(s) - 1 for s in points], rtol=1e-12, atol=1e-15),
    )
    falls = np.diff([cross(s)[0] for s in points])
    board.claim("And the more correct, the less it costs: the loss only falls.", bool(np.all(falls < 0)))

    fig, (left, right) = style.figure(1, 2, size=(13, 5.6))
    xs = np.linspace(-6, 6, 161)
    looks = [(style.ORANGE, (0, (2, 1.5))), (style.VERMILLION, (0, (6, 2))), (style.BLUE, "-")]
    for f, (colour, dashes) in zip(push.values(), looks):
        values, slopes = np.array([f(s) for s in xs.tolist()]).T
        left.plot(xs, values, color=colour, linestyle=dashes)
        right.plot(xs, slopes, color=colour, linestyle=dashes)
    left.set(xlabel="net input s", ylabel="loss L, where y = 1", ylim=(-0.3, 8))
    right.set(xlabel="net input s", ylabel="slope dL/ds", ylim=(-2.2, 2.2))
    for axes, place, label, (colour, _) in [
        (left, (0, 3.6), "linear,\nsquare:\ntoo\ncorrect", looks[0]),
        (left, (-5.9, 1.2), "sigmoid, square:\nsaturated", looks[1]),
        (left, (-5.2, 5.6), "sigmoid,\ncross-entropy", looks[2]),
        (right, (2.1, 1.5), "linear, square:\npulls back", looks[0]),
        (right, (-5.9, 0.35), "sigmoid, square: no push", looks[1]),
        (right, (-5.9, -1.5), "sigmoid, cross-\nentropy: pushes", looks[2]),
    ]:
        axes.annotate(label, place, va="center" if axes is right else "bottom", color=style.dark(colour))
    unit = nn.MLP(1, [1], output="sigmoid", init=nn.initialisers.constant(-3.0))
    for name, loss in (("square loss", nn.squared_error), ("cross-entropy", nn.binary_cross_entropy)):
        L = loss(unit([2.0]), Value(1.0, "y"))
        L.name = "L"
        L.backward()
        board.graph(L, name.replace(" ", "_"), f"Sure and wrong, s = -6, with the {name}: see the grad of i2.")
    board.walkthrough(L, "One sigmoid unit with the cross-entropy", optimizer=optim.SGD(unit.parameters(), lr=1.0))
    board.figure(fig, "losses", "Only the cross-entropy pushes where s is wrong, and lets go where it is right.", True)


# %% 1) "Too correct": students who are sure to pass move the boundary of the square loss.


def students(seed: int) -> tuple[Array, Array]:
    """Hours of study, and whether the exam was passed: more likely than not from 5 hours on."""
    rng = np.random.default_rng(seed)
    hours = rng.uniform(0, 8, 60)
    return hours, (rng.uniform(size=60) < 1 / (1 + np.exp(-2.5 * (hours - 5)))).astype(float)


def trained(hours: Array, passed: Array, loss: Any) -> tuple[float, float]:
    """Weight and bias, by hours, of one unit s = w hours + b that is trained with this loss of s."""
    mean, std = hours.mean(), hours.std()
    unit = nn.MLP(1, [1], init=nn.initialisers.constant(0.0))
    sgd = optim.SGD(unit.parameters(), lr=0.5, momentum=0.9)
    X = (hours[:, None] - mean) / std
    nn.fit(unit, X, passed, loss=loss, optimizer=sgd, epochs=3000, progress=False)
    w, b = autograd.pack(unit.parameters())
    return w / std, b - w * mean / std


def too_correct(board: Board, seed: int) -> None:
    """The same two units, with and without ten students who studied all night."""
    board.heading("Too correct")
    board.say(
        "Who passes the exam, by hours of study? A linear unit is read at 1/2, a sigmoid likewise, where its net input "
        "is 0. Now ten students come who study for 25 to 30 hours, and pass. Nothing new: both units had that right. "
        "But the square loss wants exactly 1 for them, and the line tilts."
    )
    hours, passed = students(seed)
    more, too = np.append(hours, np.linspace(25, 30, 10)), np.append(passed, np.ones(10))
    fig, columns = style.figure(1, 2, size=(13, 5.6), sharey=True)
    boundary = {}
    for axes, (h, p), title in zip(columns, [(hours, passed), (more, too)], ["60 students", "and ten more"]):
        lw, lb = trained(h, p, nn.squared_error)
        sw, sb = trained(h, p, nn.binary_cross_entropy_with_logits)
        boundary[title] = (0.5 - lb) / lw, -sb / sw
        xs = np.linspace(0, h.max() + 1, 300)
        axes.plot(h, p, "o", color=style.BLACK, alpha=0.35)
        axes.plot(xs, lw * xs + lb, "--", color=style.VERMILLION)
        axes.plot(xs, 1 / (1 + np.exp(-(sw * xs + sb))), "-", color=style.BLUE)
        for x, colour, marker in zip(boundary[title], (style.VERMILLION, style.BLUE), "sD"):
            axes.plot(x, 0.5, marker, markersize=11, color=colour, markeredgecolor="white")
        axes.set(title=title, xlabel="hours of study", ylim=(-0.35, 1.5))
    columns[0].set_ylabel("passed")
    first, second = boundary.values()
    columns[1].annotate("sigmoid,\ncross-entropy", (7, 1.07), va="bottom", color=style.dark(style.BLUE))
    columns[1].annotate("linear unit,\nsquare loss", (16, 0.45), va="center", color=style.dark(style.VERMILLION))
    board.table(
        ["unit and loss", "boundary, hours", "with ten more"],
        [("linear, square loss", first[0], second[0]), ("sigmoid, cross-entropy", first[1], second[1])],
        "From how many hours on each says 'passes'",
    )
    board.claim("Both had the ten right before: they are on the right side of both boundaries.", max(first) < 25)
    board.claim("The square loss's boundary moves by more than an hour.", abs(second[0] - first[0]) > 1)
    board.claim("The cross-entropy's moves by less than 5 minutes.", abs(second[1] - first[1]) < 5 / 60)
    board.figure(
        fig, "too_correct", "Ten students whom both had right tilt the line, and leave the sigmoid where it is."
    )


# %% 2) Saturation: both losses start from a unit that is sure and wrong.


def saturation(board: Board, seed: int) -> None:
    """Training from the wrong side with either loss."""
    board.heading("Saturation")
    board.say(
        "A sigmoid unit starts with its weight on the wrong side, sure of the opposite: w = -12. Both losses take the "
        "same steps downhill, with learning rate 1. Where the sigmoid is level the square loss hardly moves."
    )
    hours, passed = students(seed)
    X = (hours[:, None] - hours.mean()) / hours.std()
    curves = {}
    for name, loss in (("square loss", nn.squared_error), ("cross-entropy", nn.binary_cross_entropy)):
        unit = nn.MLP(1, [1], output="sigmoid", init=nn.initialisers.constant(-12.0))
        sgd = optim.SGD(unit.parameters(), lr=1.0)
        options: dict[str, Any] = {"metrics": {"accuracy": nn.accuracy}, "epochs": 200, "progress": False}
        curves[name] = nn.fit(unit, X, passed, loss=loss, optimizer=sgd, **options)["accuracy"]
    right = {name: next((k for k, a in enumerate(curve, 1) if a > 0.5), None) for name, curve in curves.items()}
    board.table(
        ["loss", "after 10 epochs", "after 200", "above 0.5 from"],
        [(name, c[9], c[-1], f"epoch {right[name]}" if right[name] else "never") for name, c in curves.items()],
        "Accuracy on the students",
    )
    cross, square = curves["cross-entropy"], curves["square loss"]
    board.claim("With the cross-entropy at least 4 of 5 are classified correctly after 50 epochs.", cross[49] >= 0.8)
    board.claim("With the square loss at most 1 of 5 is, by then.", square[49] <= 0.2)

    fig, axes = style.figure(size=(10, 5.2))
    for (name, curve), colour, dashes in zip(curves.items(), (style.VERMILLION, style.BLUE), ((0, (6, 2)), "-")):
        axes.plot(range(1, 201), curve, color=colour, linestyle=dashes, label=name)
    axes.set(xlabel="epoch", ylabel="accuracy", ylim=(-0.03, 1.03))
    style.label_lines(axes)
    board.figure(
        fig, "saturation", "From the wrong side: the cross-entropy turns the unit round, the square loss waits."
    )


# %% Many classes: a unit for each, softmax, cross-entropy.


def pinwheel(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """n points on three arms that turn about the middle, and the arm of each."""
    arm, r = rng.integers(0, 3, n), rng.uniform(0.25, 1.6, n)
    turn = 2 * np.pi * arm / 3 + 1.8 * r + rng.normal(0, 0.2, n)
    return np.column_stack([r * np.cos(turn), r * np.sin(turn)]), arm.astype(float)


def many_classes(board: Board, seed: int) -> None:
    """Three classes, three output units whose activation is softmax."""
    board.heading("Many classes")
    board.say(
        "A unit for each class; softmax makes probabilities of their net inputs, and the loss is the cross-entropy. "
        "Three classes, two inputs, one hidden layer of 12 ReLU units."
    )
    rng = np.random.default_rng(seed)
    X, y = pinwheel(rng, 240)
    model = nn.MLP(2, [12, 3], activation="relu", rng=seed, init="he_uniform")
    adam = optim.Adam(model.parameters(), lr=0.03)
    nn.fit(model, X, y, loss=nn.cross_entropy, optimizer=adam, epochs=150, batch_size=32, rng=seed, progress=False)
    probabilities = autograd.compile(lambda x: autograd.softmax(model(x)))
    new, truth = pinwheel(rng, 600)
    p = probabilities(new)
    board.claim("The outputs are probabilities: none negative, their sum 1.", p.min() >= 0 and np.allclose(p.sum(1), 1))
    board.number("accuracy on 600 new points", nn.accuracy(p, truth), digits=3)
    board.claim("At least 95% of the new points are classified correctly.", nn.accuracy(p, truth) >= 0.95)

    fig, axes = style.figure(size=(8.5, 7))
    style.classes(axes, lambda x: probabilities(x).argmax(axis=1), X, y, (-1.8, 1.8), (-1.8, 1.8))
    axes.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    board.figure(fig, "many_classes", "The class that softmax gives the greatest probability, and the training points.")


# %% Summary. In each setting the slope at the output unit's net input is the error.


def summary(board: Board, seed: int) -> None:
    """The three settings in a table, and what they have in common."""
    board.heading("Summary")
    board.table(
        ["task", "output units", "activation", "loss", "dL/ds"],
        [
            ("regression", "1", "linear", "square loss", "2 (o - y)"),
            ("two classes", "1", "sigmoid", "cross-entropy", "o - y"),
            ("K classes", "K", "softmax", "cross-entropy", "o - y"),
        ],
        "o: output, y: target, s: net input of the output unit",
    )
    rng = np.random.default_rng(seed)
    s, S = rng.normal(0, 3, 50), rng.normal(0, 3, (50, 4))
    slopes = autograd.grad(lambda s: nn.squared_error(s, 0.7))
    board.claim("Regression, y = 0.7: dL/ds = 2 (o - y).", np.allclose([slopes(x) for x in s], 2 * (s - 0.7)))
    slopes = autograd.grad(lambda s: nn.binary_cross_entropy(autograd.sigmoid(s), 1.0))
    board.claim("Two classes, y = 1: dL/ds = o - y.", np.allclose([slopes(x) for x in s], 1 / (1 + np.exp(-s)) - 1))
    slopes = autograd.grad(lambda s: nn.cross_entropy_on_probabilities(autograd.softmax(s), 2))
    o = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    board.claim("Class 3 of 4, y = (0, 0, 1, 0): dL/ds = o - y.", np.allclose([slopes(x) for x in S], o - np.eye(4)[2]))


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    regression(board, seed)
    losses(board)
    too_correct(board, seed)
    saturation(board, seed)
    many_classes(board, seed)
    summary(board, seed)
    return board
