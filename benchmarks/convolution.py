"""One training step of eight 3x3 filters on 16 images of 28x28: half the squared error of their responses."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

import autograd
import nn
import optim
from benchmarks import peers
from benchmarks.layout import Floats
from benchmarks.race import Contestant

FILTERS, SIZE, LR = 8, 3, 1e-4
RNG = np.random.default_rng(0)
X = RNG.random((16, 28, 28))
T = RNG.normal(size=(16, FILTERS, 26, 26))


def contestants() -> Iterator[Contestant]:
    """Everyone who can be raced here, chalkgrad first."""
    yield chalkgrad()
    yield im2col()
    with contextlib.suppress(ImportError):
        yield pytorch()


def start() -> tuple[Floats, Floats]:
    """The weights that all start from, filter by filter, and the biases."""
    theta = autograd.pack(nn.Conv2d(1, FILTERS, SIZE, rng=0).parameters())
    return theta[:-FILTERS].reshape(FILTERS, SIZE * SIZE), theta[-FILTERS:]


def chalkgrad() -> Contestant:
    """`nn.Conv2d` on one image, compiled."""
    model = nn.Sequential(nn.Conv2d(1, FILTERS, SIZE, rng=0), nn.Flatten())
    parameters = model.parameters()
    flat = nn.Flatten()
    risk = autograd.compile(lambda x, t: nn.half_squared_error(model(x), flat(t)), parameters)
    optimizer = optim.SGD(parameters, lr=LR)
    theta = autograd.pack(parameters)
    gradient = np.empty_like(theta)

    def step() -> float:
        loss, _ = risk.value_and_grad(X, T, theta=theta, out=gradient)
        optimizer.update(theta, gradient)
        return loss

    return Contestant("chalkgrad, compiled", step, lambda: gradient)


def im2col() -> Contestant:
    """Every patch a row of a matrix, so that the convolution is one product."""
    W, b = (array.copy() for array in start())
    gradients: list[Floats] = []

    def step() -> float:
        windows = np.lib.stride_tricks.sliding_window_view(X, (SIZE, SIZE), axis=(1, 2))
        patches = windows.reshape(len(X), 26 * 26, SIZE * SIZE)
        responses = W @ patches.transpose(0, 2, 1) + b[:, None]
        error = responses - T.reshape(responses.shape)
        loss = np.vdot(error, error) / (2 * len(X))
        d = error / len(X)
        dW, db = (d @ patches).sum(0), d.sum((0, 2))
        W[:] -= LR * dW
        b[:] -= LR * db
        gradients[:] = dW, db
        return float(loss)

    return Contestant("NumPy by hand, im2col", step, lambda: np.concatenate([g.ravel() for g in gradients]))


def pytorch() -> Contestant:
    """PyTorch eager, float64, one thread."""
    torch = peers.pytorch()
    x, t = torch.tensor(X)[:, None], torch.tensor(T)
    layer = torch.nn.Conv2d(1, FILTERS, SIZE).double()
    with torch.no_grad():
        for parameter, array in zip((layer.weight, layer.bias), start()):
            parameter.copy_(torch.tensor(array).reshape(parameter.shape))
    optimizer = torch.optim.SGD(layer.parameters(), lr=LR, fused=True)

    def step() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(layer(x), t, reduction="sum") / (2 * len(x))
        loss.backward()
        optimizer.step()
        return float(loss.item())

    def gradient() -> Any:
        return torch.cat([layer.weight.grad.flatten(), layer.bias.grad])

    return Contestant("PyTorch, eager", step, gradient)
