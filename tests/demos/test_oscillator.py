"""The oscillator's net learns as PyTorch's does."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

import autograd
import nn
import optim
from demos.oscillator import TIMES, Oscillator, trained


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_its_losses_are_pytorchs_epoch_by_epoch() -> None:
    import torch

    hidden, epochs = 4, 12
    model = Oscillator(hidden, seed=0)
    flat = torch.tensor(autograd.pack(model.parameters()), requires_grad=True)
    adam = torch.optim.Adam([flat], lr=0.02)

    def u(t: torch.Tensor) -> torch.Tensor:
        w, b = flat[: 2 * hidden : 2], flat[1 : 2 * hidden : 2]
        return torch.tanh(t[:, None] * w + b) @ flat[2 * hidden : 3 * hidden] + flat[3 * hidden]

    def slope(y: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return torch.autograd.grad(y.sum(), t, create_graph=True)[0]

    theirs = []
    for _ in range(epochs):
        t, zero = torch.tensor(TIMES, requires_grad=True), torch.zeros(1, dtype=torch.float64, requires_grad=True)
        residual = slope(slope(u(t), t), t) + u(t)
        start = u(zero)[0] ** 2 + (slope(u(zero), zero)[0] - 1) ** 2
        loss = (residual**2).mean() + start
        theirs.append(float(loss.detach()))
        adam.zero_grad()
        loss.backward()
        adam.step()
    np.testing.assert_allclose(trained(model, epochs)["loss"], theirs, rtol=1e-9)
    np.testing.assert_allclose(autograd.pack(model.parameters()), flat.detach().numpy(), rtol=1e-9)


def test_its_scalar_engine_takes_the_same_steps() -> None:
    ways = []
    for compiled in (True, False):
        model = Oscillator(2, seed=0)
        history = nn.fit(
            model, TIMES[:4, np.newaxis], np.zeros(4), loss=nn.squared_error, regulariser=model.start, epochs=5,
            optimizer=optim.Adam(model.parameters(), lr=0.02), compiled=compiled, progress=False,
        )  # fmt: skip
        ways.append(history["loss"])
    np.testing.assert_allclose(ways[0], ways[1], rtol=1e-12)
