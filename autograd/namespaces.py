"""The number systems that a formula of the primitive table is evaluated on.

A row of the table is plain arithmetic over a namespace ``m``: ``1 / (1 + m.exp(-x))``. With `FLOATS`
it computes one number, with `ARRAYS` a NumPy array of them, and with `autograd.value.VALUES` a graph.

Both systems here follow IEEE 754 as NumPy and PyTorch do: an overflow is an infinity and an undefined result is a
NaN, so that a formula may mention a branch that `where` then discards. Whether an input is allowed at all is
the business of the row's domain, not of these functions.
"""

import functools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _expm1(x: float) -> float:
    try:
        return math.expm1(x)
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


def _dot(a: Iterable[Any], b: Iterable[Any]) -> Any:
    return sum(map(operator.mul, a, b))


FLOATS = SimpleNamespace(
    exp=_exp,
    expm1=_expm1,
    log=_log,
    log1p=math.log1p,
    sqrt=math.sqrt,
    sin=_nan_at_infinity(math.sin),
    cos=_nan_at_infinity(math.cos),
    tanh=math.tanh,
    abs=abs,
    pow=_pow,
    sum=sum,
    dot=_dot,
    maximum=_nan_if_any(max),
    minimum=_nan_if_any(min),
    greater=operator.gt,
    equal=operator.eq,
    where=lambda condition, a, b: a if condition else b,
)

ARRAYS = SimpleNamespace(
    exp=np.exp,
    expm1=np.expm1,
    log=np.log,
    log1p=np.log1p,
    sqrt=np.sqrt,
    sin=np.sin,
    cos=np.cos,
    tanh=np.tanh,
    abs=np.abs,
    pow=np.power,
    sum=sum,
    dot=_dot,
    maximum=functools.partial(functools.reduce, np.maximum),
    minimum=functools.partial(functools.reduce, np.minimum),
    greater=np.greater,
    equal=np.equal,
    where=np.where,
)
