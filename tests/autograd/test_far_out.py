"""Far out, where an exponential overflows or is gone: second derivatives of every row of the table, against sympy."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import sympy

import autograd
from autograd import Primitive, Value
from tests.autograd.test_primitives import SYMPY, arity, exact, rows

FAR = [sympy.Rational(n, 10) for n in (-100000, -8000, -7452, -7098, 7098, 7452, 8000, 100000)]
NEAR = [sympy.Rational(n, 4) for n in (6, 2, 5, 3, 1)]  # where the other inputs are, without ties


def as_float(x: Any) -> float:
    return math.inf if x > 10**308 else float(x)


@rows
def test_second_derivatives_are_sympys(row: Primitive) -> None:
    symbols = list(sympy.symbols(f"x:{arity(row)}", real=True))
    output = exact(row.forward(SYMPY, *row.unflatten(symbols)))
    for (i, far), j in itertools.product(enumerate(symbols), range(len(symbols))):
        fixed = {x: at for k, (x, at) in enumerate(zip(symbols, NEAR)) if k not in (i, j)}
        curvature = sympy.diff(output.subs(fixed), far, symbols[j])
        for x in FAR:
            point = [x if k == i else at for k, at in enumerate(NEAR[: len(symbols)])]
            if row.domain is not None and not row.domain.contains(*row.unflatten(point)):
                continue
            numbers = list(map(float, point))
            ours = float(autograd.hessian(lambda z: row(*row.unflatten(z)))(numbers)[i][j])
            if row.name == "pow" and math.isinf(row(*numbers)):
                continue  # NaN, as PyTorch's
            at_point = dict(zip(symbols, point))
            expected = as_float(sympy.N(curvature.subs(at_point).doit(), 30, maxn=10000))  # e^-10000 beside 1
            assert ours == pytest.approx(expected, rel=1e-12, abs=1e-300), (i, j, point)


@pytest.mark.parametrize("base", [5e-324, 1e-310, -5e-324, 0.0])
def test_the_slope_of_a_power_to_the_zero_is_0_however_small_the_base(base: float) -> None:
    a = Value(base)
    (a**0).backward()
    assert a.grad == 0.0
    a, b = Value(base), Value(0.0)
    (a**b).backward()
    assert a.grad == 0.0
    compiled = autograd.compile(lambda x: a**b * x, [a])
    assert compiled.value_and_grad(np.ones(1))[1] == [0.0]
