"""The peers' packages, set up as their guides say: float64, one thread."""

from __future__ import annotations

from typing import Any


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
