"""W2: one training step of the slide's 3-2-1 network on one example: of sigmoid units, and of micrograd's ReLU."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import micrograd.nn

import autograd
import nn
import optim
from autograd import Value, half_squared_error
from benchmarks import peers
from benchmarks.race import Contestant

INPUTS, TARGET, LR = [1.0, 0.0, 1.0], 1.0, 0.9
WEIGHTS = [0.2, 0.4, -0.5, -0.4, -0.3, 0.1, 0.2, 0.2, -0.3, -0.2, 0.1]


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    yield as_written("chalkgrad", nn.MLP(3, [2, 1], activation="relu", rng=0))
    yield as_written("micrograd", micrograd.nn.MLP(3, [2, 1]))
    yield chalkgrad()
    yield chalkgrad_python()
    yield straight_line()
    with contextlib.suppress(ImportError):
        yield pytorch()


def as_written(name: str, net: Any) -> Contestant:
    """A step as micrograd's users write it, on a net of micrograd's ReLU units."""
    for parameter, data in zip(net.parameters(), WEIGHTS):
        parameter.data = data

    def step() -> float:
        loss = (net(INPUTS) - TARGET) ** 2
        net.zero_grad()
        loss.backward()
        for p in net.parameters():
            p.data -= 0.1 * p.grad
        return float(loss.data)

    task = "ReLU, `(net(x) - 1.0) ** 2`"
    return Contestant(name, step, lambda: [p.grad for p in net.parameters()], form="as written", task=task)


def chalkgrad() -> Contestant:
    """`nn.MLP` and `optim.SGD`, as in the demo."""
    model = nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid", rng=0)
    parameters = model.parameters()
    for parameter, data in zip(parameters, WEIGHTS):
        parameter.data = data
    optimizer = optim.SGD(parameters, lr=LR)

    def step() -> float:
        optimizer.zero_grad()
        loss = half_squared_error(model(INPUTS), Value(TARGET))
        loss.backward()
        optimizer.step()
        return float(loss)

    return Contestant("chalkgrad, eager", step, lambda: [p.grad for p in parameters])


def chalkgrad_python() -> Contestant:
    """The same loss and the same update rule, both compiled to straight lines on lists of floats."""
    model = nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid", rng=0)

    def loss(x: Any, t: Any) -> Value:
        return half_squared_error(model(x), t)  # type: ignore[no-any-return]

    def sgd(w: Any, g: Any) -> list[Any]:
        return [optim.rules.sgd(autograd.VALUES, wk, gk, 0.0, t=1, lr=LR)[0] for wk, gk in zip(w, g)]

    compiled = autograd.compile(loss, model.parameters(), target="python")
    update = autograd.compile(sgd, target="python")
    theta, gradient = list(WEIGHTS), [0.0] * 11

    def step() -> float:
        nonlocal theta, gradient
        value, gradient = compiled.value_and_grad([INPUTS], [TARGET], theta=theta)
        (theta,) = update([theta], [gradient])
        return value

    return Contestant('chalkgrad, target="python"', step, lambda: gradient)


def straight_line() -> Contestant:
    """Python floats: what a student computes by hand."""
    theta, gradient = list(WEIGHTS), [0.0] * 11

    def step() -> float:
        w14, w24, w34, b4, w15, w25, w35, b5, w46, w56, b6 = theta
        x1, x2, x3 = INPUTS
        o4 = 1 / (1 + math.exp(-(w14 * x1 + w24 * x2 + w34 * x3 + b4)))
        o5 = 1 / (1 + math.exp(-(w15 * x1 + w25 * x2 + w35 * x3 + b5)))
        o6 = 1 / (1 + math.exp(-(w46 * o4 + w56 * o5 + b6)))
        d6 = (o6 - TARGET) * o6 * (1 - o6)
        d5 = o5 * (1 - o5) * d6 * w56
        d4 = o4 * (1 - o4) * d6 * w46
        gradient[:] = d4 * x1, d4 * x2, d4 * x3, d4, d5 * x1, d5 * x2, d5 * x3, d5, d6 * o4, d6 * o5, d6
        theta[:] = [p - LR * g for p, g in zip(theta, gradient)]
        return 0.5 * (TARGET - o6) ** 2

    return Contestant("straight-line floats", step, lambda: gradient)


def pytorch() -> Contestant:
    """PyTorch eager, float64, one thread."""
    torch = peers.pytorch()
    x, t = torch.tensor(INPUTS, dtype=torch.float64), torch.tensor([TARGET], dtype=torch.float64)
    start = torch.tensor(WEIGHTS, dtype=torch.float64)
    shapes = (((0, 1, 2), (4, 5, 6)), (3, 7), ((8, 9),), (10,))  # where w and b of each layer stand in WEIGHTS
    tensors = [start[torch.tensor(places)].requires_grad_() for places in shapes]
    w1, b1, w2, b2 = tensors
    optimizer = torch.optim.SGD(tensors, lr=LR)

    def step() -> float:
        optimizer.zero_grad()
        hidden = torch.sigmoid(torch.nn.functional.linear(x, w1, b1))
        loss = 0.5 * ((t - torch.sigmoid(torch.nn.functional.linear(hidden, w2, b2))) ** 2).sum()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    def gradient() -> list[float]:
        flat = [0.0] * 11
        for tensor, places in zip(tensors, shapes):
            for place, g in zip(torch.tensor(places).flatten().tolist(), tensor.grad.flatten().tolist()):
                flat[place] = g
        return flat

    return Contestant("PyTorch, eager", step, gradient)
