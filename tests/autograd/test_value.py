"""Value: what a student writes is what is recorded."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Constant, Value


def test_parents_are_ordered_with_repeats() -> None:
    a, b = Value(2.0), Value(3.0)
    assert (a * a).parents == (a, a)
    assert (a - b).parents == (a, b)
    assert (b - a).parents == (b, a)
    assert autograd.sum([a, b, a]).parents == (a, b, a)
    assert (a * a).local_derivatives == (2.0, 2.0)


@pytest.mark.parametrize(
    ("node", "op", "data", "local_derivatives"),
    [
        (lambda a, b: a - b, "sub", 5.0, (1.0, -1.0)),
        (lambda a, b: a / b, "div", -1.5, (-0.5, -0.75)),
        (lambda a, b: -a, "neg", -3.0, (-1.0,)),
        (lambda a, b: a**b, "pow", 1 / 9, (-2 * 3.0**-3, math.log(3) / 9)),
        (lambda a, b: a**2, "pow", 9.0, (6.0, 0.0)),
        (lambda a, b: b**2, "pow", 4.0, (-4.0, 0.0)),
        (lambda a, b: 2**a, "pow", 8.0, (0.0, 8 * math.log(2))),
        (lambda a, b: 2 - a, "sub", -1.0, (0.0, -1.0)),
        (lambda a, b: 6 / a, "div", 2.0, (0.0, -6 / 9)),
        (lambda a, b: 2 * a, "mul", 6.0, (0.0, 2.0)),
        (lambda a, b: a * 2, "mul", 6.0, (2.0, 0.0)),
        (lambda a, b: 1 + a, "add", 4.0, (0.0, 1.0)),
        (lambda a, b: abs(b), "abs", 2.0, (-1.0,)),
    ],
)
def test_operations_are_kept_as_written(
    node: Callable[[Value, Value], Value], op: str, data: float, local_derivatives: tuple[float, ...]
) -> None:
    result = node(Value(3.0), Value(-2.0))
    assert result.op is autograd.PRIMITIVES[op]
    assert result.data == pytest.approx(data, rel=1e-15)
    assert result.local_derivatives == pytest.approx(local_derivatives, rel=1e-15)


def test_a_plus_sign_changes_nothing() -> None:
    a = Value(1.0)
    assert +a is a


def test_zero_to_the_zero_is_one() -> None:
    assert (Value(0.0) ** 0).data == 1.0
    assert (Value(0.0) ** 0.5).data == 0.0
    assert (0 ** Value(0.0)).data == 1.0


@pytest.mark.parametrize(
    "number", [2, 2.0, True + 1, Fraction(2), np.float64(2), np.float32(2), np.int64(2), np.array(2.0)]
)
def test_any_real_number_may_stand_on_either_side(number: Any) -> None:
    a = Value(3.0)
    assert [type(v) for v in (number * a, a * number)] == [Value, Value]
    for result, data in ((number * a, 6.0), (number - a, -1.0), (a / number, 1.5), (number**a, 8.0)):
        assert (type(result), result.data) == (Value, data)
        assert any(isinstance(parent, Constant) and parent.data == 2.0 for parent in result.parents)


def test_arrays_of_values_work_element_by_element_on_either_side() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    values = np.array([a, b])
    for result, data in (
        (values * c, [3.0, 6.0]),
        (c - values, [2.0, 1.0]),
        (values - np.array([1.0, 1.0]), [0.0, 1.0]),
        (np.array([1.0, 2.0]) / c, [1 / 3, 2 / 3]),
        (np.array([[1.0], [2.0]]) + a, [[2.0], [3.0]]),
        (np.float64(2) * values, [2.0, 4.0]),
    ):
        assert isinstance(result, np.ndarray)
        assert all(isinstance(v, Value) for v in result.flat)
        np.testing.assert_allclose(result.astype(float), data)
    assert (values @ np.array([c, c])).data == 9.0
    assert (values - c)[0].parents == (a, c)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh", "arctan", "abs", "negative", "square"])
def test_numpys_functions_of_a_value_are_ours(name: str) -> None:
    a = Value(0.7)
    y = getattr(np, name)(a)
    assert isinstance(y, Value)
    assert y.data == pytest.approx(getattr(np, name)(0.7), rel=1e-15)
    y.backward()
    assert a.grad != 0.0


def test_numpys_statistics_of_values_have_gradients() -> None:
    values = [Value(1.0), Value(2.0), Value(6.0)]
    deviation = np.std(values)  # type: ignore[arg-type]
    assert isinstance(deviation, Value)
    assert deviation.data == pytest.approx(np.std([1.0, 2.0, 6.0]))
    deviation.backward()
    expected = [(v.data - 3.0) / (3 * deviation.data) for v in values]
    assert [v.grad for v in values] == pytest.approx(expected)


def test_what_numpy_has_and_we_have_not_names_the_kind() -> None:
    with pytest.raises(TypeError, match="argument 0 of type Value which has no callable arcsin method"):
        np.arcsin(Value(0.5))


def test_functions_of_an_array_of_values_work_element_by_element() -> None:
    a, b = Value(-1.0), Value(2.0)
    result = autograd.relu(np.array([[a], [b]]))
    assert result.shape == (2, 1)
    assert [v.data for v in result.flat] == [0.0, 2.0]
    assert result[1, 0].parents == (b,)
    assert [v.data for v in autograd.leaky_relu(np.array([a, b]), 0.1)] == [-0.1, 2.0]
    assert [v.data for v in autograd.pow(np.array([a, b]), np.array([2.0, 3.0]))] == [1.0, 8.0]
    with pytest.raises(autograd.DomainError, match=r"log\(x\) needs x > 0; got x = -1\.0"):
        autograd.log(np.array([b, a]))


def test_float_format_and_repr() -> None:
    v = Value(1 / 3, "third")
    assert float(v) == 1 / 3
    assert f"{v:.3f}" == "0.333"
    assert f"{v}" == str(v) == repr(v) == "Value(data=0.3333333333333333, grad=0.0, name='third')"
    assert repr(Value(2)) == "Value(data=2.0, grad=0.0)"


def test_the_number_is_had_as_from_a_tensor() -> None:
    assert (Value(2.0) * 3).item() == 6.0
    assert type(Value(2).item()) is float


def test_equality_is_identity_and_values_can_be_keys() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a != b
    assert {a: 1, b: 2}[a] == 1
    assert a in [b, a]
    assert [b, a].index(a) == 1
    assert {a, b} - {a} == {b}
    assert hash(a) == object.__hash__(a)
    assert (np.array([a, b]) == a).tolist() == [True, False]
    assert [a == other for other in (None, "1", [1.0])] == [False] * 3


@pytest.mark.parametrize(
    "compare",
    [
        *[lambda a: a == 0, lambda a: operator.eq(0.0, a), lambda a: a != 0, lambda a: a in (0.0, 1.0)],
        *[lambda a: np.float64(0) == a, lambda a: a == np.float32(0), lambda a: np.zeros(2) == a],
        lambda a: a == 1j,
        lambda a: a == Decimal(0),
    ],
)
def test_a_value_equals_no_number_and_does_not_tell_so_in_silence(compare: Callable[[Value], Any]) -> None:
    with pytest.raises(TypeError, match=r"equals no number; compare its number: v\.data"):
        compare(Value(0.0))


@pytest.mark.parametrize(
    "compare", [lambda a: a < 1, lambda a: a >= a, lambda a: a <= 2, bool, lambda a: sorted([a, a])]
)
def test_order_and_truth_say_to_compare_data(compare: Callable[[Value], Any]) -> None:
    with pytest.raises(TypeError, match=r"compare its number: v\.data"):
        compare(Value(1.0))


@pytest.mark.parametrize("data", ["3", None, 1j, [1.0], np.array([1.0, 2.0]), Value(1.0)])
def test_a_value_holds_one_number(data: Any) -> None:
    with pytest.raises(TypeError, match="a Value holds one number, got"):
        Value(data)


def test_a_name_is_text() -> None:
    with pytest.raises(TypeError, match="a Value's name is text, got int 5"):
        Value(1.0, 5)  # type: ignore[arg-type]


def test_a_misspelt_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).grda = 0.0  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = autograd.no_such_function  # type: ignore[attr-defined]


def test_other_types_are_left_to_themselves() -> None:
    with pytest.raises(TypeError):
        Value(1.0) + "1"  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        [1] * Value(1.0)  # type: ignore[operator]


def test_graphs_can_be_copied_and_pickled() -> None:
    a = Value(2.0, "a")
    y = a * a + a.tanh()
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert (twin.data, twin.op) == (y.data, y.op)
        twin.backward()
        (leaf,) = set(twin.parents[0].parents)
        assert leaf.name == "a"
        assert leaf.grad != 0.0
    assert a.grad == 0.0
