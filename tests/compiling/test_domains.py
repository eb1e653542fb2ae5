"""Outside a row's domain, where the scalar engine raises, code comes to NaN or an infinity, or raises too."""

from __future__ import annotations

import functools
import importlib.util
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import PRIMITIVES, Compiled, DomainError, Parameter, Primitive, Program, Value
from autograd.compiling.compile import TARGETS
from autograd.compiling.javascript import program_javascript, row_javascript
from autograd.domains import NOT_EMPTY
from tests.node import JavaScript

ROWS = [name for name, row in PRIMITIVES.items() if row.domain and row.domain is not NOT_EMPTY]  # that is any numbers
CORNERS = [0.0, -0.0, 1.0, -1.0, 0.5, 7.0, -0.5, 1 + 2**-52, 1 - 2**-53, -1 - 2**-52, 3.0, 1e300, -1e300]


def test_these_rows_have_a_domain() -> None:
    assert ROWS == ["div", "pow", "log", "log1p", "sqrt", "binary_cross_entropy", "cross_entropy"]


@st.composite
def outside(draw: st.DrawFn, name: str) -> list[float]:
    """Inputs of a row, laid out flat, that the scalar engine refuses. (XLA takes subnormal numbers for 0.)"""
    numbers = st.sampled_from(CORNERS) | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    row = PRIMITIVES[name]
    count = 3 * sum(row.sequences) + row.sequences.count(False)
    x = draw(st.lists(numbers, min_size=count, max_size=count))
    if name == "div":
        x[1] = draw(st.sampled_from([0.0, -0.0]))
    if name == "pow":
        # No larger and no smaller b: where b - 1 rounds to a whole number, y is NaN, and its derivative by a is not.
        power = draw(st.integers(-20, 20)) + draw(st.sampled_from([0.25, 0.5, 0.75]))
        x = [-abs(x[0]), power] if x[0] else [x[0], -abs(draw(st.sampled_from([power, 1.0, 2.0, 3.0])))]
    assume(row.domain and not row.domain.contains(*row.unflatten(x)))
    return x


@functools.cache
def compiled(name: str, target: Any, derivative: bool = False) -> Compiled:
    """A row of inputs that are learned, each beside a number of the data; or its derivative by the first of them."""
    row = PRIMITIVES[name]
    w = [Parameter(0.0, f"w{k}") for k in range(3 * sum(row.sequences) + row.sequences.count(False))]

    def f(x: list[Value]) -> Any:
        return row(*row.unflatten([wk + xk for wk, xk in zip(w, x)]))

    def slope(x: list[Value]) -> Any:
        return autograd.grad(lambda first: f([first, *x[1:]]))(x[0])

    return autograd.compile(slope if derivative else f, w, target=target)


def tells(numbers: Sequence[float]) -> bool:
    return not np.isfinite(numbers).any()


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("target", TARGETS)
@given(st.data())
def test_neither_value_nor_derivative_looks_finite(target: str, name: str, data: st.DataObject) -> None:
    if target == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    x = data.draw(outside(name))
    f = compiled(name, target)
    if target == "python":
        with pytest.raises(DomainError):
            f.value_and_grad([x])
        with pytest.raises(DomainError):
            f.value_and_grad([x], theta=[0.0] * len(x))  # taken as it is, now that the code is there
        with pytest.raises(DomainError):
            f([x])
        return
    value, gradient = f.value_and_grad([x])
    assert tells([value, f([x])])
    assert tells(gradient)


@pytest.mark.parametrize("name", ROWS)
@given(st.data())
def test_nor_does_a_derivative_that_is_compiled(name: str, data: st.DataObject) -> None:
    x = data.draw(outside(name))
    assert tells(compiled(name, "numpy", derivative=True)([x]))


@pytest.mark.parametrize("name", ROWS)
@given(st.data())
def test_nor_in_arrays(name: str, data: st.DataObject) -> None:
    x = data.draw(outside(name))
    row = PRIMITIVES[name]
    with np.errstate(all="ignore"):
        assert tells(row(*row.unflatten([np.array([xk]) for xk in x])))


@pytest.mark.parametrize("name", ROWS)
@given(st.data())
def test_nor_in_javascript(javascript: JavaScript, name: str, data: st.DataObject) -> None:
    x = data.draw(outside(name))
    row: Primitive = PRIMITIVES[name]
    code = f"({row_javascript(row, len(x))})"
    y, slopes = javascript(f"{{const x = {json.dumps(x)}, y = {code}.forward(x); [y, {code}.partials(y, x)]}}")
    assert tells([y, *slopes])
    inside = [Value(0.5) for _ in x]
    program = Program.of(row(*row.unflatten(inside)))
    value, gradient = javascript(f"({program_javascript(program)})({json.dumps(x)})")
    assert tells([value, *gradient])


def test_an_example_outside_leaves_the_others_as_they_are() -> None:
    f = autograd.compile(lambda p, y: autograd.binary_cross_entropy(p, y))
    np.testing.assert_array_equal(np.isnan(f([0.5, 1.5, 0.5, 0.5], [1.0, 1.0, 7.0, 0.0])), [False, True, True, False])
    (value,) = autograd.compile(lambda p, y: autograd.binary_cross_entropy(p, y), target="python")([0.5], [1.0])
    assert value == pytest.approx(math.log(2))


def test_predictions_on_floats_are_told_too() -> None:
    f = autograd.compile(lambda p: [p, autograd.cross_entropy([p, 0.1], [1, 0])], target="python")
    assert f([0.5]) == [[0.5, pytest.approx(math.log(2))]]
    for data in ([3.0], [0.5, 3.0]):
        with pytest.raises(DomainError, match=r"cross_entropy.* needs at least one class, each 0 <= p <= 1"):
            f(data)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_without_jax_its_target_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    autograd.compile(lambda x: x, target="jax")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "jax" else find(name, *rest))
    with pytest.raises(ModuleNotFoundError, match="target='jax' needs JAX, which is not installed: pip install jax"):
        autograd.compile(lambda x: x, target="jax")
    autograd.compile(lambda x: x)
