"""What is no number in `Value.data`, which anyone may set; and arrays where sequences of numbers are wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value

OPERATIONS: dict[str, Callable[[Value, Value], Any]] = {
    "p + 1": lambda p, v: p + 1.0,
    "1 + p": lambda p, v: 1.0 + p,
    "p + v": lambda p, v: p + v,
    "v - p": lambda p, v: v - p,
    "p - 1": lambda p, v: p - 1,
    "1 - p": lambda p, v: 1 - p,
    "p * v": lambda p, v: p * v,
    "v * p": lambda p, v: v * p,
    "2 * p": lambda p, v: 2.5 * p,
    "p / 2": lambda p, v: p / 2,
    "2 / p": lambda p, v: 2 / p,
    "p ** 2": lambda p, v: p**2,
    "p ** v": lambda p, v: p**v,
    "-p": lambda p, v: -p,
    "|p|": lambda p, v: abs(p),
    "tanh": lambda p, v: p.tanh(),
    "exp": lambda p, v: autograd.exp(p),
    "sigmoid": lambda p, v: autograd.sigmoid(p),
    "relu": lambda p, v: autograd.relu(p),
    "log": lambda p, v: autograd.log(p),
    "weights": lambda p, v: autograd.affine([v, p], [v, v], v),
    "inputs": lambda p, v: autograd.affine([v, v], [v, p], v),
    "bias": lambda p, v: autograd.affine([v], [v], p),
    "numbers in": lambda p, v: autograd.affine([p], [0.5], 0.0),
    "unit": lambda p, v: autograd.linear([v], [([p], v)]),
    "unit's bias": lambda p, v: autograd.linear([v], [([v], p)]),
    "numbers into a unit": lambda p, v: autograd.linear([0.5], [([p], v)]),
    "dot": lambda p, v: autograd.dot([p], [v]),
    "sum": lambda p, v: autograd.sum([v, p]),
    "maximum": lambda p, v: autograd.maximum([v, p]),
    "loss": lambda p, v: nn.squared_error(p, 1.0),
}


@pytest.mark.parametrize("wrong", ["0.3", None])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))
def test_text_as_data_is_named_where_it_is_computed_with(operation: Callable[[Value, Value], Any], wrong: Any) -> None:
    p = Parameter(0.5, "w46")
    p.data = wrong
    with pytest.raises(
        TypeError, match=rf"the data of w46 must be a float, got {type(wrong).__name__} .*: set it to fl"
    ):
        operation(p, Value(0.5))


def test_what_computing_accepts_is_refused_at_the_next_backward_pass() -> None:
    p = Parameter(0.5, "w46")
    p.data = "0.3"  # type: ignore[assignment]
    y = p * 2  # which is "0.30.3"
    with pytest.raises(TypeError, match=r"the data of w46 must be a float, got str '0\.3'"):
        y.backward()


def test_a_whole_number_as_data_is_a_float() -> None:
    p = Parameter(0.5, "w46")
    p.data = 3
    assert autograd.pack([p]).tolist() == [3.0]
    (p * 2.0).backward()
    assert type(p.data) is float


@pytest.mark.parametrize("wrong", ["0.3", b"1", None, 1j, [1.0], Value(0.5), np.float32(0.3), 10**400])
def test_nothing_but_numbers_is_packed(wrong: Any) -> None:
    p = Parameter(0.5, "w46")
    p.data = wrong
    with pytest.raises(TypeError, match=f"the data of w46 must be a float, got {type(wrong).__name__} "):
        autograd.pack(iter([Value(1.0), p]))


MATRIX = np.arange(9.0).reshape(3, 3)
VALUES = [[Value(x) for x in row] for row in MATRIX]
MATRICES = {
    "array": MATRIX,
    "nested list": MATRIX.tolist(),
    "array of Values": np.array(VALUES),
    "lists of Values": VALUES,
    "of another size": np.ones((2, 3)),
    "three axes": np.ones((3, 1, 1)),
    "no axis": np.array(1.0),
}
VECTORS: dict[str, Any] = {"array": np.ones(3), "list": [1.0, 2.0, 3.0], "Values": [Value(1.0)] * 3}
ROW_BY_ROW = {
    "dot": "write [autograd.dot(w, x) for w in W]",
    "affine": "write autograd.linear(x, zip(W, b)), or [autograd.affine(w, x, b) for w, b in zip(W, b)]",
}


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=list(MATRICES))
@pytest.mark.parametrize("vector", [*VECTORS.values(), MATRIX], ids=[*VECTORS, "matrix"])
def test_a_matrix_is_refused_with_what_to_write(matrix: Any, vector: Any) -> None:
    for call, name in (
        (lambda: autograd.dot(matrix, vector), "dot"),
        (lambda: autograd.dot(vector, matrix), "dot"),
        (lambda: autograd.affine(matrix, vector, 0.5), "affine"),
        (lambda: autograd.affine(vector, matrix, Value(0.5)), "affine"),
    ):
        with pytest.raises(TypeError, match=re.escape(ROW_BY_ROW[name])):
            call()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("target", ["numpy", "python"])
@pytest.mark.parametrize("matrix", [MATRICES["array"], MATRICES["nested list"]])
def test_a_matrix_is_refused_in_a_traced_function(target: Any, matrix: Any) -> None:
    for call, name in (
        (lambda x: autograd.dot(matrix, x), "dot"),
        (lambda x: autograd.affine(matrix, x, 0.5), "affine"),
        (lambda x: autograd.dot([x, x, x], x), "dot"),
    ):
        with pytest.raises(TypeError, match=re.escape(ROW_BY_ROW[name])):
            autograd.compile(call, target=target)(np.ones((4, 3)))


def test_what_is_to_be_written_gives_the_matrix_times_the_vector() -> None:
    x, b = [1.0, -2.0, 0.5], [0.1, 0.2, 0.3]
    assert [autograd.dot(w, x) for w in MATRIX] == pytest.approx(MATRIX @ x)
    for rows in (
        autograd.linear([Value(xi) for xi in x], zip(VALUES, [Value(bi) for bi in b])),
        [autograd.affine(w, x, b) for w, b in zip(VALUES, b)],
    ):
        assert [row.data for row in rows] == pytest.approx(MATRIX @ x + b)


def test_a_list_where_one_number_is_wanted_is_refused_with_what_to_write() -> None:
    with pytest.raises(
        TypeError, match=re.escape("relu takes numbers and Values, got a list; write [autograd.relu(x)")
    ):
        autograd.relu([Value(1.0), Value(-1.0)])
    assert [x.data for x in autograd.relu(np.array([Value(1.0), Value(-1.0)]))] == [1.0, 0.0]
