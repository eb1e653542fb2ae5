"""The peers' packages, set up as their guides say: float64, one thread."""

from __future__ import annotations

import math
from typing import Any

from micrograd.engine import Value


def micrograd() -> Any:
    """micrograd's Value, and on it the tanh and exp that its author writes in his lecture."""

    def tanh(self: Any) -> Any:
        x = self.data
        t = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
        out = Value(t, (self,), "tanh")

        def _backward() -> None:
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def exp(self: Any) -> Any:
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    Value.tanh, Value.exp = tanh, exp
    return Value


def pytorch() -> Any:
    """The package torch. Raises ImportError where it is not installed."""
    import torch

    torch.set_num_threads(1)
    return torch


def jax() -> Any:
    """The package jax; its one thread is set in the environment. Raises ImportError where it is not installed.

    As its users have it: steps are handed to another thread. With ``jax_cpu_enable_async_dispatch`` off, an option that
    its benchmarking guide does not name, steps of microseconds take about half the time.
    """
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax
