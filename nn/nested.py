"""Nested lists of Values: what layers hand on, a list of units or an image of channels, rows and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import Outputs


def each(function: Callable[[Any], Any], x: Any) -> Any:
    """``function`` of one Value, or of each in a nested list."""
    return Outputs([each(function, item) for item in x]) if isinstance(x, list) else function(x)


def flat(x: Any) -> Iterator[Any]:
    """What is in lists and tuples, however deeply nested, from first to last."""
    if isinstance(x, list | tuple):
        for item in x:
            yield from flat(item)
    else:
        yield x


def lists(x: Any) -> Any:
    """Nested lists of what may also be given as tuples and arrays."""
    if isinstance(x, np.ndarray):
        return x.tolist()
    return [lists(item) for item in x] if isinstance(x, list | tuple) else x


def depth(x: Any) -> int:
    """How deep a list is nested: 1 for a plain one, 0 for what is no list."""
    return 1 + depth(x[0] if x else None) if isinstance(x, list) else 0
