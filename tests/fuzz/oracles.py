"""The table's rows in PyTorch and in JAX, whose own differentiation is the oracle."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from autograd import PRIMITIVES, Reading
from autograd.numbers import FUNCTIONS


def _rows(reading: Reading, own: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The rows' forward formulas, and the library's own function where a derivative jumps."""
    formulas = {name: lambda *x, row=row: row.forward(reading, *x) for name, row in PRIMITIVES.items()}
    return formulas | dict(own)


@cache
def pytorch() -> dict[str, Callable[..., Any]] | None:
    """The rows on tensors of floats, of which each is a scalar or has one number an example; None without PyTorch."""
    if importlib.util.find_spec("torch") is None:
        return None
    torch: Any = importlib.import_module("torch")

    def tensor(x: Any) -> Any:
        return x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64)

    def stack(xs: Any) -> Any:
        return torch.stack(torch.broadcast_tensors(*map(tensor, xs)))

    def on_tensors(f: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *x: f(*map(tensor, x))

    renamed = {"greater": "gt", "equal": "eq"}
    reading = Reading(
        **{name: on_tensors(getattr(torch, renamed.get(name, name))) for name in FUNCTIONS if name != "dot"}
        | {"softmax": lambda z: list(torch.softmax(stack(z), 0))}
        | {"sum": lambda xs: stack(xs).sum(0), "dot": lambda a, b: stack([x * y for x, y in zip(a, b)]).sum(0)}
        | {"maximum": lambda xs: stack(xs).amax(0), "minimum": lambda xs: stack(xs).amin(0)}
    )
    return _rows(
        reading,
        {
            "relu": on_tensors(torch.relu),
            "relu6": on_tensors(torch.nn.functional.relu6),
            "softplus": lambda x: torch.logaddexp(tensor(x), tensor(0.0)),
            "logsumexp": lambda xs: torch.logsumexp(stack(xs), 0),
            "greater": lambda a, b: (tensor(a) > tensor(b)).double(),
            "equal": lambda a, b: (tensor(a) == tensor(b)).double(),
            "step": lambda x: (tensor(x) >= 0).double(),
        },
    )


@cache
def jax() -> dict[str, Callable[..., Any]] | None:
    """The rows on JAX's scalars; None where JAX is not installed."""
    if importlib.util.find_spec("jax") is None:
        return None
    library: Any = importlib.import_module("jax")
    library.config.update("jax_enable_x64", True)
    jnp: Any = library.numpy

    def stack(xs: Any) -> Any:
        return jnp.stack([jnp.asarray(x, dtype=float) for x in xs])

    own = {"softmax": lambda z: list(library.nn.softmax(stack(z))), "sigmoid": library.nn.sigmoid}
    own |= {"pow": lambda a, b: jnp.power(jnp.asarray(a, dtype=float), b)}
    reading = Reading(
        **{name: own.get(name) or getattr(jnp, name) for name in FUNCTIONS}
        | {"sum": lambda xs: stack(xs).sum(), "dot": lambda a, b: stack([x * y for x, y in zip(a, b)]).sum()}
        | {"maximum": lambda xs: stack(xs).max(), "minimum": lambda xs: stack(xs).min()}
    )
    return _rows(
        reading,
        {
            "relu": library.nn.relu,
            "softplus": lambda x: jnp.logaddexp(x, 0.0),
            "logsumexp": lambda xs: library.nn.logsumexp(stack(xs)),
        },
    )
