"""W1: one training step of a 2-16-16-1 ReLU net on 100 points, hinge loss and L2; micrograd's own demo."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

import numpy as np

import nn
import optim
from autograd import relu
from autograd import sum as total
from benchmarks.race import Contestant

ALPHA, LR = 1e-4, 0.05
RNG = np.random.default_rng(1)
X = RNG.normal(size=(100, 2))
Y = np.where(X[:, 0] * X[:, 1] > 0, 1.0, -1.0)
ROWS, LABELS = X.tolist(), Y.tolist()
START = [p.data for p in nn.MLP(2, [16, 16, 1], activation="relu").parameters()]


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    yield chalkgrad()
    yield hand_written_numpy()
    yield micrograd("micrograd", collect=False)
    yield micrograd("micrograd, collector off", collect=True)
    with contextlib.suppress(ImportError):
        yield pytorch()


def chalkgrad() -> Contestant:
    """The eager engine: one node a neuron."""
    model = nn.MLP(2, [16, 16, 1], activation="relu")
    parameters = model.parameters()
    optimizer = optim.SGD(parameters, lr=LR)

    def step() -> float:
        optimizer.zero_grad()
        hinge = total([relu(1 - y * model(x)) for x, y in zip(ROWS, LABELS)]) / len(ROWS)
        loss = hinge + ALPHA * total([p * p for p in parameters])
        loss.backward()
        optimizer.step()
        return float(loss)

    return Contestant("chalkgrad, eager", step, lambda: [p.grad for p in parameters])


def micrograd(name: str, collect: bool) -> Contestant:
    """micrograd as its demo uses it; ``collect`` turns the collector off during the step and times one collection."""
    from micrograd.nn import MLP

    model = MLP(2, [16, 16, 1])
    parameters: list[Any] = model.parameters()
    for parameter, data in zip(parameters, START):
        parameter.data = data

    def step() -> float:
        if collect:
            gc.disable()
        model.zero_grad()
        hinge = sum((1 + -y * model(x)).relu() for x, y in zip(ROWS, LABELS)) * (1 / len(ROWS))
        loss = hinge + ALPHA * sum(p * p for p in parameters)
        loss.backward()
        for p in parameters:
            p.data -= LR * p.grad
        value = float(loss.data)
        if collect:
            del hinge, loss
            gc.collect()
            gc.enable()
        return value

    return Contestant(name, step, lambda: [p.grad for p in parameters])


def unpack(theta: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weight matrix and bias of each layer, as views of the flat parameters."""
    layers, start = [], 0
    for nin, nout in ((2, 16), (16, 16), (16, 1)):
        block = theta[start : start + nout * (nin + 1)].reshape(nout, nin + 1)
        layers.append((block[:, :-1], block[:, -1]))
        start += block.size
    return layers


def hand_written_numpy() -> Contestant:
    """The matrix form, backpropagated by hand: the floor on this stack."""
    theta, gradient = np.array(START), np.zeros(len(START))
    (w1, b1), (w2, b2), (w3, b3) = unpack(theta)
    (g1, h1), (g2, h2), (g3, h3) = unpack(gradient)

    def step() -> float:
        s1 = X @ w1.T + b1
        x1 = np.maximum(s1, 0)
        s2 = x1 @ w2.T + b2
        x2 = np.maximum(s2, 0)
        margin = 1 - Y * (x2 @ w3[0] + b3)
        loss = np.maximum(margin, 0).mean() + ALPHA * (theta @ theta)
        d3 = np.where(margin > 0, -Y / len(Y), 0.0)[:, None]
        g3[:], h3[:] = d3.T @ x2, d3.sum(0)
        d2 = (d3 @ w3) * (s2 > 0)
        g2[:], h2[:] = d2.T @ x1, d2.sum(0)
        d1 = (d2 @ w2) * (s1 > 0)
        g1[:], h1[:] = d1.T @ X, d1.sum(0)
        gradient[:] += 2 * ALPHA * theta
        theta[:] -= LR * gradient
        return float(loss)

    return Contestant("NumPy by hand", step, lambda: gradient.tolist())


def pytorch() -> Contestant:
    """PyTorch eager, float64, one thread."""
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(X), torch.tensor(Y)
    layers = [(torch.tensor(w.copy()), torch.tensor(b.copy())) for w, b in unpack(np.array(START))]
    tensors = [tensor.requires_grad_() for layer in layers for tensor in layer]
    optimizer = torch.optim.SGD(tensors, lr=LR)

    def step() -> float:
        optimizer.zero_grad()
        h = x
        for w, b in layers[:-1]:
            h = torch.relu(torch.nn.functional.linear(h, w, b))
        scores = torch.nn.functional.linear(h, *layers[-1])[:, 0]
        loss = torch.relu(1 - y * scores).mean() + ALPHA * sum((p * p).sum() for p in tensors)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    def gradient() -> list[float]:
        blocks = [torch.cat([w.grad, b.grad[:, None]], 1).flatten() for w, b in layers]
        return list(torch.cat(blocks))

    return Contestant("PyTorch, eager", step, gradient)
