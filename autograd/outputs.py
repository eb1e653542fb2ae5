"""Outputs: what a layer hands on, and what it is given for an example, which is a list and no vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Outputs(list[Any]):
    """The Values of a layer's units, or of an example that a compiled function is given; or lists of such lists.

    Python joins lists where ``x + layer(x)`` means to add them, and repeats one where ``2 * layer(x)`` means to scale
    it. Here either raises a TypeError that says what to write. With a NumPy array, arithmetic is NumPy's. A slice is of
    this kind too.
    """

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return Outputs(found) if type(place) is slice else found


def _refused(sign: str) -> Callable[[Outputs, Any], Any]:
    def operator(self: Outputs, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented  # Python goes on to ask the array
        write = f"[a {sign} c for a in x]"
        if isinstance(other, list | tuple):
            write = f"[a {sign} b for a, b in zip(x, layer(x))], or [*x, *layer(x)] to join them"
        raise TypeError(f"an example and a layer's outputs are lists, which have no {sign}; write {write}")

    return operator


for _name, _sign in {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}.items():
    for _place in ("", "r", "i"):  # on the left, on the right, and in place
        setattr(Outputs, f"__{_place}{_name}__", _refused(_sign))
