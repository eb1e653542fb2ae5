"""The number systems that a formula of the primitive table is evaluated on.

A row of the table is plain arithmetic over a namespace ``m``: ``1 / (1 + m.exp(-x))``. With `FLOATS` it computes one
number, with `ARRAYS` a NumPy array of them, and with `autograd.derivatives.VALUES` a graph. Each such `Reading` defines
all of `FUNCTIONS`, and a row uses nothing else: to add an elementary function, add it to that list and to each reading.

The functions here follow IEEE 754 as NumPy and PyTorch do: an overflow is an infinity and an undefined result is a NaN,
so that a formula may mention a branch that `where` then discards. Python's own ``/`` does not: on floats 1 / 0 raises,
so where a divisor may be 0 a row writes ``m.pow(d, -1.0)``. Whether an input is allowed at all is for the row's domain.
"""

import functools
import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np


def _exp(x: float, exp: Callable[[float], float] = math.exp) -> float:
    try:
        return exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def _pow(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power, or a negative number to a fraction
        if a == 0:
            return math.copysign(math.inf, a) if b % 2 == 1 else math.inf
        return math.nan


def _nan_at_infinity(f: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: f(x) if math.isfinite(x) else math.nan


def _nan_if_any(choose: Callable[[Iterable[float]], float]) -> Callable[[Sequence[float]], float]:
    return lambda xs: math.nan if any(map(math.isnan, xs)) else choose(xs)


class _Zero(float):
    """A zero to start a sum from. As it is no plain float, Python 3.12 and later do not compensate for rounding."""


# The sum, added up from left to right: no number here is to depend on the version of Python. (+ 0.0: a plain float.)
total: Callable[..., Any] = sum if sys.version_info < (3, 12) else lambda numbers: sum(numbers, _Zero()) + 0.0


def dot(a: Iterable[Any], b: Iterable[Any]) -> Any:
    """The sum of the products."""
    return total(map(operator.mul, a, b))


def ascending_sum(numbers: Iterable[float]) -> float:
    return float(total(sorted(numbers)))


def softmax(z: Sequence[float]) -> list[float]:
    """e^zk / (e^z1 + ... + e^zn) for each k; nothing overflows, and the sum is the same in any order of the z."""
    top = max(z)
    powers = [math.exp(x - top) for x in z]
    whole = ascending_sum(powers)
    return [power / whole for power in powers]


FUNCTIONS = (
    "exp expm1 log log1p sqrt sin cos tanh arctan abs sigmoid softmax pow sum dot maximum minimum greater equal where"
).split()


class Reading(SimpleNamespace):
    """What a row's formulas are evaluated on: a namespace with each of `FUNCTIONS`."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"a row may use {', '.join(FUNCTIONS)}; not {name} (see autograd.numbers)")


FLOATS = Reading(
    exp=_exp,
    expm1=lambda x: _exp(x, math.expm1),
    log=_log,
    log1p=math.log1p,
    sqrt=lambda x: math.sqrt(x) if x >= 0 else math.nan,
    sin=_nan_at_infinity(math.sin),
    cos=_nan_at_infinity(math.cos),
    tanh=math.tanh,
    arctan=math.atan,
    abs=abs,
    sigmoid=lambda x: 1 / (1 + _exp(-x)),
    softmax=softmax,
    pow=_pow,
    sum=total,
    dot=dot,
    maximum=_nan_if_any(max),
    minimum=_nan_if_any(min),
    greater=operator.gt,
    equal=operator.eq,
    where=lambda condition, a, b: a if condition else b,
)


def _softmax_of_arrays(z: Sequence[Any]) -> list[Any]:
    top = functools.reduce(np.maximum, z)
    powers = [np.exp(x - top) for x in z]
    whole = total(powers)
    return [power / whole for power in powers]


ARRAYS = Reading(
    **{name: getattr(np, name) for name in "exp expm1 log log1p sqrt sin cos tanh arctan abs".split()},
    sigmoid=lambda x: 1 / (1 + np.exp(-x)),
    softmax=_softmax_of_arrays,
    pow=np.power,
    greater=np.greater,
    equal=np.equal,
    where=np.where,
    sum=total,
    dot=dot,
    maximum=functools.partial(functools.reduce, np.maximum),
    minimum=functools.partial(functools.reduce, np.minimum),
)
