"""W1: one training step of a 2-16-16-1 ReLU net on 100 points, hinge loss and L2; micrograd's own demo."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import micrograd.nn
import numpy as np

import autograd
import nn
import optim
from autograd import Value, relu
from autograd import sum as total
from benchmarks import peers
from benchmarks.layout import Floats, pack, unpack
from benchmarks.race import Contestant

ALPHA, LR = 1e-4, 0.05
RNG = np.random.default_rng(1)
X = RNG.normal(size=(100, 2))
Y = np.where(X[:, 0] * X[:, 1] > 0, 1.0, -1.0)
ROWS, LABELS = X.tolist(), Y.tolist()
SIZES = (2, 16, 16, 1)
START = autograd.pack(nn.MLP(2, [16, 16, 1], activation="relu", rng=0).parameters())


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    yield from as_written()
    yield compiled()
    yield eager()
    yield hand_written_numpy()
    with contextlib.suppress(ImportError):
        yield pytorch()
    with contextlib.suppress(ImportError):
        yield jax()


def as_written() -> Iterator[Contestant]:
    """micrograd's demo with our import and with its own, as installed and with one collection a step."""
    yield demo("chalkgrad", Value, nn.MLP(2, [16, 16, 1], activation="relu", rng=0))
    yield demo("micrograd", micrograd.engine.Value, micrograd.nn.MLP(2, [16, 16, 1]))
    off = demo("micrograd, collector off", micrograd.engine.Value, micrograd.nn.MLP(2, [16, 16, 1]))

    def step() -> float:
        loss = off.step()
        gc.collect()
        return loss

    yield replace(off, step=step, collector=False)


def demo(name: str, value: Callable[[float], Any], model: Any) -> Contestant:
    """A step as micrograd's demo notebook writes it, on anyone's Value and MLP."""
    for parameter, data in zip(model.parameters(), START.tolist()):
        parameter.data = data

    def loss() -> Any:
        inputs = [list(map(value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(Y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        reg_loss = ALPHA * sum(p * p for p in model.parameters())
        return data_loss + reg_loss

    def step() -> float:
        total_loss = loss()
        model.zero_grad()
        total_loss.backward()
        for p in model.parameters():
            p.data -= LR * p.grad
        return float(total_loss.data)

    return Contestant(name, step, lambda: [p.grad for p in model.parameters()], form="as written")


def compiled() -> Contestant:
    """The loss of one example, compiled."""
    model = nn.MLP(2, [16, 16, 1], activation="relu", rng=0)
    parameters = model.parameters()
    risk = autograd.compile(lambda x, y: nn.hinge(model(x), y) + nn.l2(parameters, ALPHA), parameters)
    optimizer = optim.SGD(parameters, lr=LR)
    theta = autograd.pack(parameters)
    gradient = np.empty_like(theta)

    def step() -> float:
        loss, _ = risk.value_and_grad(X, Y, theta=theta, out=gradient)
        optimizer.update(theta, gradient)
        return loss

    return Contestant("chalkgrad, compiled", step, lambda: gradient)


def eager() -> Contestant:
    """The eager engine: one node a neuron, and one a sum."""
    model = nn.MLP(2, [16, 16, 1], activation="relu", rng=0)
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


def hand_written_numpy() -> Contestant:
    """The matrix form, backpropagated by hand: the floor on this stack."""
    theta, gradient = START.copy(), np.zeros_like(START)
    (w1, b1), (w2, b2), (w3, b3) = unpack(theta, SIZES)
    (g1, h1), (g2, h2), (g3, h3) = unpack(gradient, SIZES)

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
    torch = peers.pytorch()
    x, y = torch.tensor(X), torch.tensor(Y)
    layers = [(torch.tensor(W), torch.tensor(b)) for W, b in unpack(START, SIZES)]
    tensors = [tensor.requires_grad_() for layer in layers for tensor in layer]
    optimizer = torch.optim.SGD(tensors, lr=LR, fused=True)

    def step() -> float:
        optimizer.zero_grad()
        h = x
        for W, b in layers[:-1]:
            h = torch.relu(torch.nn.functional.linear(h, W, b))
        scores = torch.nn.functional.linear(h, *layers[-1])[:, 0]
        theta = torch.nn.utils.parameters_to_vector(tensors)  # one product costs less than a sum of six
        loss = torch.relu(1 - y * scores).mean() + ALPHA * (theta @ theta)
        loss.backward()
        optimizer.step()
        return float(loss.item())

    return Contestant("PyTorch, eager", step, lambda: pack((W.grad, b.grad) for W, b in layers))


def jax() -> Contestant:
    """JAX, the whole step jitted, float64, one thread."""
    jax = peers.jax()
    x, y = jax.numpy.array(X), jax.numpy.array(Y)
    theta = [(jax.numpy.array(W.T), jax.numpy.array(b)) for W, b in unpack(START, SIZES)]
    before = theta

    def risk(theta: Any, x: Any, y: Any) -> Any:
        h = x
        for W, b in theta[:-1]:
            h = jax.nn.relu(h @ W + b)
        W, b = theta[-1]
        scores = (h @ W + b)[:, 0]
        return jax.nn.relu(1 - y * scores).mean() + ALPHA * sum((p * p).sum() for p in jax.tree.leaves(theta))

    def update(theta: Any, x: Any, y: Any) -> Any:
        loss, gradient = jax.value_and_grad(risk)(theta, x, y)
        return loss, jax.tree.map(lambda p, g: p - LR * g, theta, gradient)

    jitted = jax.jit(update)

    def step() -> float:
        nonlocal theta, before
        before = theta
        loss, theta = jitted(theta, x, y)
        return float(loss)

    def gradient() -> Floats:  # what the update took off, so that a step has no more to return than it needs
        return pack(((V - W).T / LR, (c - b) / LR) for (V, c), (W, b) in zip(before, theta))

    return Contestant("JAX, jit", step, gradient)
