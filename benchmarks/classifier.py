"""One training step of a classifier on a mini-batch: a ReLU layer, softmax and cross-entropy, gradient descent."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
import optim
from benchmarks import peers
from benchmarks.layout import Floats, pack, unpack
from benchmarks.race import Contestant


@dataclass(frozen=True)
class Classifier:
    """A workload: contestants start from the same weights and go through the same batches, over and over.

    Attributes:
        X: the examples, one a row.
        y: their classes, from 0.
        sizes: inputs, hidden units, classes.
        batch_size: how many examples a step is made of.
        lr: the learning rate.
    """

    X: Floats
    y: NDArray[np.intp]
    sizes: tuple[int, int, int]
    batch_size: int
    lr: float

    def contestants(self) -> Iterator[Contestant]:
        """Everyone who can be raced here, chalkgrad first."""
        yield self.chalkgrad()
        yield self.numpy_by_hand()
        with contextlib.suppress(ImportError):
            yield self.pytorch()
        with contextlib.suppress(ImportError):
            yield self.jax()

    @property
    def batches(self) -> NDArray[np.intp]:
        """The examples of each batch, drawn without replacement."""
        order = np.random.default_rng(0).permutation(len(self.X))
        return order[: len(order) // self.batch_size * self.batch_size].reshape(-1, self.batch_size)

    @property
    def one_hot(self) -> Floats:
        """The targets: a row of probabilities an example."""
        return np.eye(self.sizes[-1])[self.y]

    def model(self) -> nn.MLP:
        """The net with the weights that all start from."""
        nin, *nouts = self.sizes
        return nn.MLP(nin, nouts, activation="relu", rng=0)

    def start(self) -> list[tuple[Floats, Floats]]:
        """Those weights as matrices."""
        return unpack(autograd.pack(self.model().parameters()), self.sizes)

    def chalkgrad(self) -> Contestant:
        """A loss of one example, compiled."""
        X, T, model = self.X, self.one_hot, self.model()
        parameters = model.parameters()
        risk = autograd.compile(lambda x, t: nn.cross_entropy(model(x), t), parameters)
        optimizer = optim.SGD(parameters, lr=self.lr)
        theta = autograd.pack(parameters)
        gradient = np.empty_like(theta)
        batches = itertools.cycle(self.batches)

        def step() -> float:
            batch = next(batches)
            loss, _ = risk.value_and_grad(X[batch], T[batch], theta=theta, out=gradient)
            optimizer.update(theta, gradient)
            return loss

        return Contestant("chalkgrad, compiled", step, lambda: gradient)

    def numpy_by_hand(self) -> Contestant:
        """The matrix form, backpropagated by hand."""
        X, T = self.X, self.one_hot
        weights = [array for W, b in self.start() for array in (W.T.copy(), b.copy())]
        gradients: list[Floats] = []
        batches = itertools.cycle(self.batches)

        def step() -> float:
            batch = next(batches)
            loss, gradients[:] = numpy_step(weights, X[batch], T[batch], self.lr)
            return loss

        def gradient() -> Floats:
            dW1, db1, dW2, db2 = gradients
            return pack([(dW1.T, db1), (dW2.T, db2)])

        return Contestant("NumPy by hand", step, gradient)

    def pytorch(self) -> Contestant:
        """PyTorch eager, float64, one thread."""
        torch = peers.pytorch()
        nin, hidden, classes = self.sizes
        model = torch.nn.Sequential(torch.nn.Linear(nin, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, classes))
        model = model.double()
        with torch.no_grad():
            for layer, (W, b) in zip((model[0], model[2]), self.start()):
                layer.weight.copy_(torch.tensor(W))
                layer.bias.copy_(torch.tensor(b))
        X, y = torch.tensor(self.X), torch.tensor(self.y)
        optimizer = torch.optim.SGD(model.parameters(), lr=self.lr, fused=True)
        batches = itertools.cycle(torch.tensor(self.batches))

        def step() -> float:
            batch = next(batches)
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(X[batch]), y[batch])
            loss.backward()
            optimizer.step()
            return float(loss.item())

        def gradient() -> Floats:
            return pack((layer.weight.grad, layer.bias.grad) for layer in (model[0], model[2]))

        return Contestant("PyTorch, eager", step, gradient)

    def jax(self) -> Contestant:
        """JAX, the whole step jitted, float64, one thread."""
        jax = peers.jax()
        X, T, lr = self.X, self.one_hot, self.lr
        theta = [(jax.numpy.array(W.T), jax.numpy.array(b)) for W, b in self.start()]
        before = theta
        batches = itertools.cycle(self.batches)

        def risk(theta: Any, x: Any, t: Any) -> Any:
            (W1, b1), (W2, b2) = theta
            scores = jax.nn.relu(x @ W1 + b1) @ W2 + b2
            return -(t * jax.nn.log_softmax(scores)).sum(1).mean()

        def update(theta: Any, x: Any, t: Any) -> Any:
            loss, gradient = jax.value_and_grad(risk)(theta, x, t)
            return loss, jax.tree.map(lambda p, g: p - lr * g, theta, gradient)

        jitted = jax.jit(update)

        def step() -> float:
            nonlocal theta, before
            before = theta
            batch = next(batches)
            loss, theta = jitted(theta, X[batch], T[batch])
            return float(loss)

        def gradient() -> Floats:  # what the update took off, so that a step has no more to return than it needs
            return pack(((V - W).T / lr, (c - b) / lr) for (V, c), (W, b) in zip(before, theta))

        return Contestant("JAX, jit", step, gradient)


def numpy_step(weights: list[Floats], x: Floats, t: Floats, lr: float) -> tuple[float, list[Floats]]:
    """Forward pass, backward pass and update, of weights in place; the loss and the gradients."""
    W1, b1, W2, b2 = weights
    s1 = x @ W1 + b1
    x1 = np.maximum(s1, 0)
    s2 = x1 @ W2 + b2
    s2 -= s2.max(1, keepdims=True)
    e = np.exp(s2)
    total = e.sum(1, keepdims=True)
    loss = (np.log(total).sum() - np.vdot(t, s2)) / len(x)
    d2 = (e / total - t) / len(x)
    d1 = (d2 @ W2.T) * (s1 > 0)
    gradients = [x.T @ d1, d1.sum(0), x1.T @ d2, d2.sum(0)]
    for weight, gradient in zip(weights, gradients):
        weight -= lr * gradient
    return float(loss), gradients
