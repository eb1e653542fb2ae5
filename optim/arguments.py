"""What arguments may be: each function gives back its argument, or raises a ValueError that names it and its range."""

from __future__ import annotations

import sys
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any


def number(name: str, x: Any, told: str = "a number", contains: Callable[[Any], bool] = lambda x: True) -> float:
    """A finite number, and one for which ``contains`` holds; ``told`` says so in words."""
    finite = isinstance(x, Real) and abs(x) <= sys.float_info.max  # type: ignore[operator]
    if not finite or isinstance(x, bool) or not contains(x):
        raise ValueError(f"{name} must be {told}, got {x!r}")
    return float(x)


def positive(name: str, x: Any) -> float:
    return number(name, x, "a positive number", lambda x: x > 0)


def not_negative(name: str, x: Any) -> float:
    return number(name, x, "a number that is not negative", lambda x: x >= 0)


def share(name: str, x: Any) -> float:
    return number(name, x, "a share from 0 to 1", lambda x: 0 <= x <= 1)


def betas(name: str, pair: Any) -> tuple[float, float]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{name} must be two numbers, got {pair!r}")
    beta1, beta2 = [number(name, x, "two numbers, each at least 0 and below 1", lambda x: 0 <= x < 1) for x in pair]
    return beta1, beta2


def flag(name: str, x: Any) -> bool:
    if not isinstance(x, bool):
        raise ValueError(f"{name} must be True or False, got {x!r}")
    return x


def count(name: str, n: Any) -> int:
    if not isinstance(n, Integral) or isinstance(n, bool) or n < 1:
        raise ValueError(f"{name} must be a positive whole number, got {n!r}")
    return int(n)


def choice(name: str, x: Any, *choices: str) -> Any:
    if x not in choices:
        raise ValueError(f"{name} must be {' or '.join(map(repr, choices))}, got {x!r}")
    return x
