"""A layer's outputs: a list on which arithmetic is refused, for Python would join or repeat it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Outputs, Value

X = [1.0, -2.0]
LAYERS = [
    nn.Layer(2, 2, rng=0),
    nn.Layer(2, 2, "tanh", rng=0),
    nn.Layer(2, 2, "softmax", rng=0),
    nn.Layer(2, 2, nn.PReLU(), rng=0),
    nn.Layer(2, 2, nn.MeProp(1, "relu"), rng=0),
    nn.Layer(2, 2, bias=False, rng=0),
    nn.Maxout(2, 2, rng=0),
    nn.MLP(2, [3, 2], rng=0),
    nn.Sequential(nn.Layer(2, 2, rng=0), "relu"),
    nn.Dropout(rng=0),
    nn.Flatten(),
    autograd.softmax,
]


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_skip_connection_written_as_for_arrays_says_what_to_write(layer: Callable[[Any], Any]) -> None:
    x = [Value(each) for each in X]
    with pytest.raises(TypeError, match=r"write \[a \+ b for a, b in zip\(x, layer\(x\)\)\]"):
        x + layer(x)
    assert len([a + b for a, b in zip(x, layer(x))]) == 2


def test_images_are_lists_of_rows_of_outputs() -> None:
    (maps,) = nn.Conv2d(1, 1, 1, rng=0)([[1.0, 2.0]])
    for outputs in (maps, maps[0]):
        with pytest.raises(TypeError, match="a layer's outputs are lists"):
            outputs + outputs


def test_a_slice_is_of_outputs_too() -> None:
    outputs = Outputs([Value(3.0), Value(4.0)])
    assert type(outputs[:1]) is type(outputs[::-1]) is Outputs
    assert [v.data for v in outputs[::-1]] == [4.0, 3.0]
    assert outputs[-1] is outputs[1]


def in_place(x: list[Any], y: list[Any]) -> None:
    x += y


@pytest.mark.parametrize(
    ("arithmetic", "told"),
    [
        (lambda x, y: y + x, r"have no \+; write \[a \+ b .*, or \[\*x, \*layer\(x\)\] to join them"),
        (lambda x, y: y + y, r"have no \+"),
        (lambda x, y: tuple(x) + y, r"have no \+"),
        (lambda x, y: x - y, r"have no -; write \[a - b for a, b in"),
        (lambda x, y: x * y, r"have no \*; write \[a \* b for a, b in"),
        (lambda x, y: 2 * y, r"have no \*; write \[a \* c for a in x\]"),
        (lambda x, y: y * 0.5, r"have no \*"),
        (lambda x, y: y * np.float64(2), r"have no \*"),
        (lambda x, y: y / 2, r"have no /"),
        (lambda x, y: y**2, r"have no \*\*"),
        (lambda x, y: Value(1.0) + y, r"have no \+; write \[a \+ c for"),
        (in_place, r"have no \+"),
        (lambda x, y: in_place(y, x), r"have no \+"),
    ],
)
def test_no_arithmetic_joins_or_repeats(arithmetic: Callable[[list[Any], Any], Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        arithmetic([1.0, 2.0], Outputs([Value(3.0), Value(4.0)]))


def test_beside_an_array_arithmetic_is_numpys() -> None:
    outputs = Outputs([Value(3.0), Value(4.0)])
    for result in (outputs + np.array(X), np.array(X) + outputs, np.array(outputs) + outputs - np.array([2.0, 6.0])):
        assert isinstance(result, np.ndarray)
        assert [v.data for v in result] == [4.0, 2.0]
    assert [v.data for v in np.int64(2) * outputs] == [6.0, 8.0]


def test_otherwise_it_is_a_list() -> None:
    outputs = nn.Layer(2, 3, rng=0)(X)
    assert isinstance(outputs, list)
    assert float(sum(outputs)) == autograd.sum(outputs).data
    assert [*outputs, *outputs] == list(outputs) * 2
    for twin in (copy.deepcopy(outputs), pickle.loads(pickle.dumps(outputs))):
        assert type(twin) is Outputs
        assert [v.data for v in twin] == [v.data for v in outputs]
