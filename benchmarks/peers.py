"""The peers' packages, set to be fastest at this: float64, one thread."""

from __future__ import annotations

from typing import Any


def pytorch() -> Any:
    """The package torch. Raises ImportError where it is not installed."""
    import torch

    torch.set_num_threads(1)
    return torch


def jax() -> Any:
    """The package jax; its one thread is set in the environment. Raises ImportError where it is not installed."""
    import jax

    jax.config.update("jax_enable_x64", True)
    # Steps of microseconds run inline: handing them to another thread and waiting for it costs more than they do. So a
    # step is over when its call returns, and there is nothing left for block_until_ready to wait for.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    return jax
