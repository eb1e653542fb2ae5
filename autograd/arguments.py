"""What arguments may be: each function gives back its argument, or raises a ValueError that names it, says what it may
be, and what it is.

    >>> from autograd import arguments
    >>> arguments.whole_number("epochs", 2.5)
    Traceback (most recent call last):
    ValueError: epochs must be a whole number from 1 up, got 2.5
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from numbers import Integral, Real
from typing import Any

from autograd.labels import short as short  # for errors elsewhere
from autograd.labels import shown as shown


def whole_number(name: str, x: Any, least: int = 1, most: int | None = None) -> int:
    """A whole number from ``least`` to ``most``, as an int. NumPy's integers are such numbers; True and 2.0 are not."""
    whole = isinstance(x, Integral) and not isinstance(x, bool)
    if not whole or x < least or (most is not None and x > most):
        end = "up" if most is None else f"to {most}"
        raise ValueError(f"{name} must be a whole number from {least} {end}, got {shown(x)}")
    return int(x)


def number(name: str, x: Any, kind: str = "a number", allowed: Callable[[Any], bool] = lambda x: True) -> float:
    """A finite number, as a float, and one that is ``allowed``; ``kind`` says in words which those are."""
    with suppress(OverflowError):  # a whole number may be larger than any float
        if isinstance(x, Real) and not isinstance(x, bool) and math.isfinite(x) and allowed(x):
            return float(x)
    raise ValueError(f"{name} must be {kind}, got {shown(x)}")


def positive(name: str, x: Any) -> float:
    """A finite number above 0."""
    return number(name, x, "a positive number", lambda x: x > 0)


def not_negative(name: str, x: Any) -> float:
    """A finite number from 0 up."""
    return number(name, x, "a number that is not negative", lambda x: x >= 0)


def share(name: str, x: Any) -> float:
    """A number from 0 to 1."""
    return number(name, x, "a share from 0 to 1", lambda x: 0 <= x <= 1)


def flag(name: str, x: Any) -> bool:
    """True or False, and not what merely counts as one of them."""
    if not isinstance(x, bool):
        raise ValueError(f"{name} must be True or False, got {shown(x)}")
    return x


def choice(name: str, x: Any, *choices: str) -> Any:
    """One of a few words."""
    if x not in choices:
        raise ValueError(f"{name} must be {' or '.join(map(repr, choices))}, got {shown(x)}")
    return x


def data(name: str | None, x: Any, attribute: str = "data") -> float:
    """What the data of a Value of this name was set to, as a float, where nothing is lost that computing has not lost:
    not a float32, whose results are float32, too.

    Raises:
        TypeError: it is no such number.
    """
    with suppress(OverflowError):  # a whole number may be larger than any float
        if isinstance(x, float | Integral):
            return float(x)
    value = short(name) if name else "a Value"
    raise TypeError(
        f"the {attribute} of {value} must be a float, got {type(x).__name__} {shown(x)}: set it to float(...)"
    )


def check_data(*values: Any) -> None:
    """Raise a TypeError that names the Value whose data, which anyone may set, is no number."""
    for value in values:
        data(value.name, value.data)
