"""What an optimizer refuses: parameters that are none, and the state of another optimizer or of no optimizer at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Value, arguments

MOST_STEPS = 2**53  # up to here each whole number is a float, and a rule takes a power of a float


def distinct(parameters: Iterable[Value]) -> list[Value]:
    """The parameters, each once; TypeError or ValueError where they are not some Values."""
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"parameters must be Values, such as model.parameters() or [w, b], got {type(parameters).__name__}"
        )
    given = list(parameters)
    if not given:
        raise ValueError("parameters is empty: there is nothing to optimize")
    for parameter in given:
        if not isinstance(parameter, Value):
            raise TypeError(_no_value(parameter))
    return list(dict.fromkeys(given))


def _no_value(given: Any) -> str:
    """What to write in place of what is no Value: PyTorch takes some of it, and some is a slip of the pen."""
    if isinstance(given, Mapping):
        return (
            "parameters must be Values, got a dict, which in PyTorch is a group of parameters: write "
            "SGD(model.parameters(), lr=0.1), and an optimizer for each group that is to be treated differently"
        )
    got = f"{type(given).__name__} {arguments.shown(given)}"
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str):
        return f"parameters must be Values, got {got}: write model.parameters()"
    if isinstance(given, list | tuple | np.ndarray):
        return f"parameters must be one flat list of Values, got {got} in it: write [*first, *second]"
    return f"parameters must be Values, got {got}"


def told(name: Any) -> str:
    """A name from a file, for an error."""
    return arguments.short(name) if isinstance(name, str) else arguments.shown(name)


def check_names(what: str, given: Any, needed: list[str]) -> None:
    """Raise ValueError unless ``given`` is a mapping with exactly the names ``needed``."""
    if not isinstance(given, Mapping):
        got = f"{type(given).__name__} {arguments.shown(given)}"
        raise ValueError(f"{what} must be a mapping with {', '.join(needed)}, got {got}")
    for fault, names in (
        ("is missing", [name for name in needed if name not in given]),
        ("is surplus", [name for name in given if name not in needed]),
    ):
        if names:
            more = f" and {len(names) - 10} more" if len(names) > 10 else ""
            listed = ", ".join(map(told, names[:10]))
            raise ValueError(f"{what} must have exactly {', '.join(needed)}; {listed}{more} {fault}")


def steps(t: Any) -> int:
    """How many steps a state says were taken."""
    taken = arguments.whole_number("t", t, least=0)
    if taken > MOST_STEPS:
        raise ValueError(f"t must be at most {MOST_STEPS}, got {arguments.shown(taken)}")
    return taken


def numbers(name: str, given: Any, count: int, squares: bool) -> NDArray[np.float64]:
    """A list of a state's memory as an array.

    Args:
        name: what the rule calls it.
        given: what must be finite numbers, one for each of ``count`` parameters.
        squares: whether they are of squared gradients, of which none is negative.
    """
    needed = f"memory {name!r} must be a list of {count} numbers, one for each parameter"
    if not isinstance(given, list) or len(given) != count:
        got = f"{len(given)} entries" if isinstance(given, list) else type(given).__name__
        raise ValueError(f"{needed}, got {got}")
    check = arguments.not_negative if squares else arguments.number
    return np.array([check(f"{needed}; entry {i}", x) for i, x in enumerate(given)], dtype=np.float64)
