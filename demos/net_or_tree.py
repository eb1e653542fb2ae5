"""A neural net or a decision tree?

Both learn a boundary between classes from examples. A net bends one smooth boundary in all its inputs at once; a tree
asks about one input at a time, and so cuts the plane into boxes. Two small data sets, one that suits each, and what a
change of units does to them.

Source: WAT, "Learning Goals": "Describe situations in which it is appropriate to use a neural network or a decision
tree".

Rows: 2.30.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, export_text

import autograd
import nn
import optim
from demos.gallery import Board, style

Array = NDArray[np.float64]
Data = tuple[Array, Array]
Classify = Callable[[Array], Array]

# %% Two data sets. In one both inputs count together; the other is made by rules on one input at a time.


def stops(rng: np.random.Generator, n: int) -> Data:
    """Does a car stop before an obstacle? It needs v t + v^2 / 2a, with t = 1 s and a = 7 m/s^2."""
    X = rng.uniform([20, 5], [130, 150], (n, 2))
    v = X[:, 0] / 3.6
    return X, (v * 1 + v**2 / (2 * 7) < X[:, 1]).astype(float)


def full_fare(rng: np.random.Generator, n: int) -> Data:
    """Does a passenger pay the full fare? From 16 years to 64, between 7 and 10 o'clock and between 16 and 19."""
    X = rng.uniform([5, 5], [24, 90], (n, 2))
    hour, age = X.T
    rush = ((hour >= 7) & (hour < 10)) | ((hour >= 16) & (hour < 19))
    return X, (rush & (age >= 16) & (age < 65)).astype(float)


CLASSES: dict[Any, dict[str, tuple[float, float]]] = {  # and where to write them on the plots
    stops: {"stops": (50, 110), "does not": (115, 40)},
    full_fare: {"full fare": (17.5, 45), "reduced": (13, 60)},
}
NAMES: dict[Any, list[str]] = {stops: ["speed, km/h", "distance, m"], full_fare: ["hour", "age"]}

# %% The two that learn. Each gives a function from the rows of an array to their classes.


def tree(X: Array, y: Array) -> DecisionTreeClassifier:
    """A tree grown until every leaf is of one class."""
    return DecisionTreeClassifier(random_state=0).fit(X, y)


def trained(X: Array, y: Array, seed: int, hidden: int = 8) -> nn.MLP:
    """A net of hidden tanh units and a sigmoid, trained with the cross-entropy; it gives the sigmoid's net input."""
    model = nn.MLP(2, [hidden, 1], activation="tanh", rng=seed)
    adam = optim.Adam(model.parameters(), lr=0.05)
    loss = nn.binary_cross_entropy_with_logits
    nn.fit(model, X, y, loss=loss, optimizer=adam, epochs=300, batch_size=40, rng=seed, progress=False)
    return model


def net(X: Array, y: Array, seed: int, scaled: bool = True) -> Classify:
    """A net trained on inputs scaled to mean 0 and standard deviation 1, or on those given."""
    scale = StandardScaler().fit(X).transform if scaled else np.asarray
    s = autograd.compile(trained(scale(X), y, seed))
    return lambda X: s(scale(X)) > 0


def accuracy(classify: Classify, data: Data) -> float:
    """The share that is classified correctly."""
    X, y = data
    return nn.accuracy(np.asarray(classify(X), dtype=float), y)


# %% Both on both.


def contest(board: Board, seed: int) -> None:
    """Both learners on both data sets: the boundaries over the points, and the accuracy on new points."""
    board.heading("Both learn from 200 examples")
    board.say(
        "Does a car stop in time? That depends on speed and distance together, and the boundary is a smooth curve. Who "
        "pays the full fare? The railway has rules: certain hours, certain ages. What a learner is worth shows on 2000 "
        "new examples. Five times 200 examples are drawn, as one sample may be lucky; the plots are of the first."
    )
    fig, axes = style.figure(2, 2, size=(13, 9))
    means = {}
    for row, draw in zip(axes, (stops, full_fare)):
        scores = []
        for sample in range(5):
            rng = np.random.default_rng([seed, sample])
            (X, y), new = draw(rng, 200), draw(rng, 2000)
            learners = net(X, y, seed), tree(X, y).predict
            scores.append([accuracy(classify, new) for classify in learners])
            if sample == 0:
                for panel, name, classify in zip(row, ("neural net", "decision tree"), learners):
                    style.classes(panel, classify, X, y, *zip(X.min(axis=0), X.max(axis=0)))
                    for label, place in CLASSES[draw].items():
                        panel.annotate(label, place, ha="center", va="center", bbox=style.WHITE_BOX)
                    panel.set(title=f"{name}: {accuracy(classify, new):.1%}", xlabel=NAMES[draw][0])
        row[0].set_ylabel(NAMES[draw][1])
        means[draw] = np.mean(scores, axis=0)
        rows = [(k, *both) for k, both in enumerate(scores, 1)]
        board.table(
            ["sample", "neural net", "decision tree"],
            [*rows, ("mean", *means[draw])],
            f"Accuracy: who {'stops in time' if draw is stops else 'pays the full fare'}?",
            digits=3,
        )
    lead = {draw: net_mean - tree_mean for draw, (net_mean, tree_mean) in means.items()}
    board.claim("Where both inputs count together the net is better, by 2% at least.", lead[stops] > 0.02)
    board.claim("Where rules on single inputs decide the tree is, by 2% at least.", lead[full_fare] < -0.02)
    board.figure(
        fig, "boundaries", "Above, the net bends where the tree takes stairs; below, the tree is at home.", cover=True
    )


# %% What a tree learned can be read. What a net learned are weights.


def reading(board: Board, seed: int) -> None:
    """The tree's rules as text; the net as units and weights."""
    board.heading("What they learned, to read")
    X, y = full_fare(np.random.default_rng(seed), 200)
    grown = tree(X, y)
    board.say("The tree is a list of questions, which anyone can check against the railway's rules.")
    board.code(export_text(grown, feature_names=["hour", "age"], class_names=["reduced", "full"]), "The tree")
    asked = {k: grown.tree_.threshold[grown.tree_.feature == k] for k in (0, 1)}
    rules = [(0, 7), (0, 10), (0, 16), (0, 19), (1, 16), (1, 65)]
    found = [asked[k][abs(asked[k] - edge).argmin()] for k, edge in rules]
    board.table(
        ["input", "the railway's rule", "the tree's question"],
        [(NAMES[full_fare][k], edge, cut) for (k, edge), cut in zip(rules, found)],
        "Where the classes part",
    )
    away = [abs(cut - edge) for cut, (_, edge) in zip(found, rules)]
    board.claim(
        "Hours are found to half an hour, ages to 5 years.", max(away[:4]) < 0.5 and max(away[4:]) < 5,
        reason="the tree is scikit-learn's",
    )  # fmt: skip

    board.say("A net is weighted sums, of all inputs at once. Here is one of 3 hidden units, asked about a car.")
    X, y = stops(np.random.default_rng(seed), 200)
    scale = StandardScaler().fit(X).transform
    model = trained(scale(X), y, seed, hidden=3)
    answers, slopes = {}, []
    for metres in (65.0, 80.0, 100.0):
        s = model(scale([[100.0, metres]])[0])
        answers[metres] = autograd.sigmoid(s)
        s.name, answers[metres].name = "i6", "o6"
        answers[metres].backward()
        slopes.append(np.isclose(s.grad, answers[metres].data * (1 - answers[metres].data), rtol=1e-12))
    board.say("By the formula a car of 100 km/h needs 100 / 3.6 + (100 / 3.6)² / 14 = 82.9 m.")
    board.table(["metres", "p(stops)"], answers.items(), "The net on a car of 100 km/h")
    board.claim("By its net input, p has the slope p (1 - p).", all(slopes))
    board.claim("The net says no at 65 m and yes at 100 m.", float(answers[65.0]) < 0.5 < float(answers[100.0]))
    board.network(
        answers[80.0], "network", "The net's answer, the probability that a car of 100 km/h stops within 80 m."
    )
    board.walkthrough(answers[80.0], "The net on a car of 100 km/h and 80 m")


# %% Units.


def units(board: Board, seed: int) -> None:
    """Speeds in m/s in place of km/h, distances in mm in place of m."""
    board.heading("Units")
    board.say(
        "A tree asks whether an input is above a threshold; in other units the threshold is another number, and the "
        "answer is the same. A net adds its inputs up, so their sizes matter: it is trained on inputs scaled to mean "
        "0 and standard deviation 1."
    )
    rng = np.random.default_rng(seed)
    (X, y), (N, truth) = stops(rng, 200), stops(rng, 2000)
    to = np.array([1 / 4, 1024])  # powers of 2, near m/s and mm: not a digit is lost to rounding
    same = tree(X * to, y).predict(N * to) == tree(X, y).predict(N)
    board.claim(
        "In other units the tree gives every one of 2000 cars the same class.", bool(same.all()),
        reason="the tree is scikit-learn's",
    )  # fmt: skip
    scaled, raw = accuracy(net(X, y, seed), (N, truth)), accuracy(net(X * to, y, seed, scaled=False), (N * to, truth))
    board.number("accuracy of the net, inputs scaled", scaled, digits=3)
    board.number("accuracy of the net, inputs as they are", raw, digits=3)
    board.claim("Without scaling the net is worse, by 5% at least.", raw < scaled - 0.05)


# %% So which?


def summary(board: Board) -> None:
    """The situations side by side."""
    board.heading("So which?")
    board.table(
        ["", "neural net", "decision tree"],
        [
            ("the boundary", "smooth, in many inputs together", "steps, one input at a time"),
            ("inputs", "pixels, sounds, measurements: scaled", "a table of mixed quantities: as they are"),
            ("examples", "many", "a few will do"),
            ("to be explained", "hardly", "as rules"),
            ("learns by", "gradient descent", "a greedy search: its steps have no gradient"),
        ],
        "Situations that suit each",
    )
    board.say("On pictures of digits, 64 pixels that mean little one by one, see the demo 'digits'.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    contest(board, seed)
    reading(board, seed)
    units(board, seed)
    summary(board)
    return board
