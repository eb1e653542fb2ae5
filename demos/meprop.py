"""Minimal effort backpropagation: 5% of the updates, and fewer units.

Of a layer's gradient only the top k entries are passed back, the rest is zero: each example changes k rows of the
weight matrix. The units that are often among the k are the active ones; inactive units are pruned.

Source: HKU, "Minimal Effort Back Propagation Method".

Rows: 2.19.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import autograd
import nn
import optim
from demos.gallery import Board, style

Array = NDArray[np.float64]


# %% Top k: one example in a network with four hidden units, of which two pass their gradients back.


def top_k(board: Board, seed: int) -> None:
    """The gradients at the hidden units' net inputs, all and sparse."""
    board.heading("Top k")
    board.say("Four hidden units see one example. In full backpropagation all have a gradient; with k = 2 two.")

    def gradients(k: int) -> tuple[autograd.Value, Array, Array]:
        model = nn.MLP(2, [4, 1], activation=[nn.MeProp(k, "tanh")], rng=seed)
        E = nn.half_squared_error(model([1.0, -0.5]), 1.0)
        E.name = "E"
        nn.meprop.backward(E, model)
        at_nets = [node.grad for node in autograd.Program.of(E) if node.name in {f"i{j}" for j in range(3, 7)}]
        at_weights = [[p.grad for p in neuron.parameters()] for neuron in model.layers[0].neurons]
        return E, np.array(at_nets), np.array(at_weights)

    (_, full, at_all), (E, _, at_two) = gradients(4), gradients(2)
    all_rows, rows = (at_all != 0).any(axis=1), (at_two != 0).any(axis=1)
    largest = set(np.argsort(-np.abs(full))[:2].tolist())
    board.table(
        ["unit", "dE/di", "its weights are updated: full", "k = 2"],
        [(f"o{j + 3}", full[j], all_rows[j], rows[j]) for j in range(4)], "The gradient of the hidden layer",
    )  # fmt: skip
    board.claim(
        "Full backpropagation updates the weights of all four units, by dE/di times (x1, x2, 1).",
        all(all_rows) and np.allclose(at_all, np.outer(full, [1.0, -0.5, 1.0]), rtol=1e-12),
    )
    board.claim("With k = 2, those of the two with the largest gradients.", {j for j in range(4) if rows[j]} == largest)
    board.claim(
        "Their gradients are those of full backpropagation.",
        np.allclose(at_two[sorted(largest)], at_all[sorted(largest)], rtol=1e-12),
    )
    board.network(
        E,
        "top_k",
        "Two of the four units pass their gradient on to their weights; those of the other two have grad 0.",
        weight_gradients=True,
    )


# %% Digits: full backpropagation, and 2 of 40 units an example.


def accuracy(model: nn.MLP, X: Array, y: Array) -> float:
    """The accuracy in percent."""
    return 100 * nn.accuracy(autograd.compile(model.eval())(X), y)


def train(model: nn.MLP, X: Array, y: Array, epochs: int, schedule: Callable[[int], float]) -> list[float]:
    """Stochastic gradient descent with meProp in place of backpropagation. For each step, the share of the hidden
    layer's rows that it has updated."""
    sgd = optim.SGD(model.parameters(), lr=schedule(0))
    neurons = model.train().layers[0].neurons
    updated = []
    for epoch in range(epochs):
        sgd.lr = schedule(epoch)
        for example, target in zip(X.tolist(), y.tolist()):
            sgd.zero_grad()
            nn.meprop.backward(nn.cross_entropy(model(example), target), model)
            sgd.step()
            updated.append(sum(neuron.bias.grad != 0 for neuron in neurons) / len(neurons))
    model.eval()
    return updated


def digits(board: Board, seed: int, small: bool) -> None:
    """Train, count, prune, train on."""
    board.heading("Digits with 5% of the updates")
    data = load_digits(n_class=5 if small else 10)
    X, X_test, y, y_test = train_test_split(
        data.data / 16,
        data.target,
        train_size=150 if small else 300,
        test_size=500,
        random_state=seed,
        stratify=data.target,
    )
    classes = len(np.unique(y))
    board.say(
        f"A network of 64 inputs, 40 hidden tanh units and {classes} outputs learns scikit-learn's digits from "
        f"{len(X)} examples, one at a time, three times over. Then the same with meProp, k = 2: two of the forty rows "
        "of the hidden layer's weights learn from each example. (What is saved here is updates, not time: this engine "
        "still visits the whole graph.)"
    )
    schedule = optim.schedules.exponential(0.15, gamma=0.3)
    full = nn.MLP(64, [40, classes], "tanh", rng=seed)
    nn.fit(
        full, X, y,
        loss=nn.cross_entropy, optimizer=optim.SGD(full.parameters(), lr=0.15), batch_size=1, order="in order",
        epochs=3, schedule=schedule, progress=False,
    )  # fmt: skip
    sparse = nn.MLP(64, [40, classes], [nn.MeProp(2, "tanh")], rng=seed)
    updated = train(sparse, X, y, 3, schedule)
    scores: list[tuple[str, int, object, float]] = [
        ("full backpropagation", 40, 100, accuracy(full, X_test, y_test)),
        ("meProp, k = 2", 40, 100 * np.mean(updated), accuracy(sparse, X_test, y_test)),
    ]

    counts = sparse.layers[0].activation
    share = np.array(counts.activeness) / counts.examples
    board.claim("Every step updates 5% of the hidden layer's rows.", set(updated) == {0.05})
    # Over twenty seeds it was 2.6 points lower on average, and 4.6 at the most.
    board.claim("Its accuracy is within 6 points of full backpropagation's.", scores[1][3] > scores[0][3] - 6)

    removed = nn.meprop.prune(sparse.layers[0], sparse.layers[1], threshold=0.02)
    kept = 40 - len(removed)
    scores.append((f"without its {len(removed)} inactive units", kept, "", accuracy(sparse, X_test, y_test)))
    again = train(sparse, X, y, 1, lambda epoch: 0.05)
    scores.append(("... trained once more", kept, 100 * np.mean(again), accuracy(sparse, X_test, y_test)))
    board.table(
        ["network", "hidden units", "rows updated a step, %", "accuracy on 500 other digits, %"], scores, "", digits=3
    )
    board.claim(
        "At least a quarter of the units are inactive, and pruned: among the top 2 in less than 1 of 50 examples.",
        len(removed) >= 10 and removed == np.flatnonzero(share < 0.02).tolist(),
    )
    board.claim("Without them, and trained once more, it is within 6 points as well.", scores[3][3] > scores[0][3] - 6)
    board.say(
        "The slide reports networks that became up to 9 times smaller, with an accuracy that improved rather than "
        "degraded. This one is small already, and learns from few digits."
    )

    fig, axes = style.figure(size=(11, 6))
    order = np.argsort(-share)
    colours = np.where(np.isin(order, removed), style.VERMILLION, style.BLUE)
    hatches = ["//" if j in removed else "" for j in order]
    axes.bar(range(1, 41), 100 * share[order], color=colours.tolist(), hatch=hatches, edgecolor="white")
    axes.axhline(2, color=style.BLACK, linewidth=1.5, linestyle="--")
    axes.text(40.5, 2.4, "pruned below 2%", ha="right")
    axes.set(xlabel="hidden units, the most active first", ylabel="examples in which it is among the top 2, %")
    board.figure(fig, "activeness", "How active each hidden unit was; the hatched ones are pruned.", cover=True)


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0, small: bool = False) -> Board:
    """Write the example on a board.

    Args:
        out: where the pictures go.
        seed: of the split and the weights.
        small: five digits and fewer examples.
    """
    board = Board(out)
    top_k(board, seed)
    digits(board, seed, small)
    return board
