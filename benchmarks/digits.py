"""A whole training: scikit-learn's digits, 64-32-10, by `nn.fit`, which compiles first, and by a loop in NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import autograd
import nn
import optim
from benchmarks.classifier import Classifier, numpy_step
from benchmarks.layout import Floats, pack, unpack
from benchmarks.race import Contestant

EPOCHS = 100
DIGITS = load_digits()
X, TEST_X, y, TEST_y = train_test_split(DIGITS.data / 16, DIGITS.target, test_size=0.25, random_state=0)
NET = Classifier(X, y, (64, 32, 10), batch_size=32, lr=0.1)


def contestants(epochs: int = EPOCHS) -> Iterator[Contestant]:
    """chalkgrad and the loop; a step is a training from the start, and the loss that of its last epoch."""
    yield chalkgrad(epochs)
    yield numpy_by_hand(epochs)


def chalkgrad(epochs: int) -> Contestant:
    """`nn.fit`, with all that it does around a step."""
    theta = np.empty(0)

    def train() -> float:
        nonlocal theta
        model = NET.model()
        sgd = optim.SGD(model.parameters(), lr=NET.lr)
        history = nn.fit(
            model, X, y, loss=nn.cross_entropy, optimizer=sgd, epochs=epochs, batch_size=NET.batch_size, progress=False
        )
        theta = autograd.pack(sgd.parameters)
        return history["loss"][-1]

    return Contestant("chalkgrad, nn.fit", train, lambda: theta)


def numpy_by_hand(epochs: int) -> Contestant:
    """The loop over epochs and shuffled mini-batches, with the matrix form backpropagated by hand."""
    weights: list[Floats] = []

    def train() -> float:
        weights[:] = [array for W, b in NET.start() for array in (W.T.copy(), b.copy())]
        T, rng, size = NET.one_hot, np.random.default_rng(0), NET.batch_size
        for _ in range(epochs):
            total, order = 0.0, rng.permutation(len(X))
            for start in range(0, len(X), size):
                batch = order[start : start + size]
                loss, _ = numpy_step(weights, X[batch], T[batch], NET.lr)
                total += loss * len(batch)
        return total / len(X)

    def arrived_at() -> Floats:
        W1, b1, W2, b2 = weights
        return pack([(W1.T, b1), (W2.T, b2)])

    return Contestant("NumPy by hand", train, arrived_at)


def test_accuracy(theta: Floats) -> float:
    """The share of the test set that a net of these parameters tells right."""
    (W1, b1), (W2, b2) = unpack(theta, NET.sizes)
    return nn.accuracy(np.maximum(TEST_X @ W1.T + b1, 0) @ W2.T + b2, TEST_y)
