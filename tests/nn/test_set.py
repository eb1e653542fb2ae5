"""`Module.set`: parameters by the names that drawings show."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter


def net() -> nn.MLP:
    return nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid", rng=0)


def numbers(model: nn.Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def test_parameters_are_set_by_the_names_that_drawings_show() -> None:
    model = net()
    assert model.set(w14=0.15, b4=1) is model
    drawn = {node.name: node.data for node in autograd.Program.of(model([1.0, 0.0, 1.0]))}
    assert (drawn["w14"], drawn["b4"]) == (0.15, 1.0)
    assert type(model.parameters()[3].data) is float
    before = numbers(net())
    assert [k for k, (x, y) in enumerate(zip(numbers(model), before)) if x != y] == [0, 3]


def test_names_that_are_no_identifiers_are_set_by_a_mapping() -> None:
    class Slide(nn.Module):
        def __init__(self) -> None:
            self.w = [Parameter(0.0, "w_{11}(0,1)"), Parameter(0.0, "w9,12"), Parameter(0.0)]

    given: dict[str, Any] = {"w_{11}(0,1)": 0.15, "w9,12": np.float32(0.5), "w.2": 3}
    model = Slide().set(given)
    assert numbers(model) == [0.15, 0.5, 3.0]
    assert numbers(model.set({"w.0": 1.0}, **{"w9,12": 2.0})) == [1.0, 2.0, 3.0]


def test_layers_that_number_from_1_each_are_told_apart_by_path() -> None:
    model = nn.Sequential(nn.Layer(2, 2), nn.Layer(2, 1))
    before = numbers(model)
    told = r"2 parameters are called w13; say which, in a dict: layers\.0\.neurons\.0\.weights\.0, layers\.1\.neurons\."
    with pytest.raises(ValueError, match=told):
        model.set(w13=1.0)
    assert numbers(model) == before
    model.set({"layers.1.neurons.0.weights.0": 1.0})
    assert numbers(model)[6] == 1.0
    with pytest.raises(ValueError, match=r"there are layers\.0\.neurons\.0\.weights\.0, .* w14, w24, b4, layers\.1"):
        model.set(w99=1.0)


def test_a_parameter_that_is_shared_is_one() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.first = Parameter(0.0, "w")
            self.second = self.first

    assert numbers(Tied().set(w=2.0)) == [2.0]
    assert numbers(Tied().set(second=3.0)) == [3.0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"w14": 0.5, "w99": 1.0, "o4": 1.0}, r"^no parameter is called w99, o4; there are w14, w24, w34, b4, .*, b6$"),
        ({"w14": 0.5, "b4": math.nan}, "^b4 must be a finite number, got nan$"),
        ({"w14": 0.5, "b4": "0.1"}, "^b4 must be a finite number, got '0.1'$"),
        ({"w14": 0.5, "b4": True}, "^b4 must be a finite number, got True$"),
        ({"w14": 0.5, "b4": [0.1]}, r"^b4 must be a finite number, got \[0.1\]$"),
        ({"w14": 0.5, "layers.0.neurons.0.weights.0": 0.5}, r"^layers\.0\..* is given two numbers$"),
        ({"w14": 0.5, "b4": math.inf, "w99": 1.0}, r"^b4 must .*\n  no parameter is called w99"),
        ({"w14": 0.5, "w\x1b[2J": 1.0}, r"^no parameter is called w\\x1b\[2J; there"),
        ({"w14": 0.5, 14: 1.0}, "^no parameter is called 14; there are"),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_is_half_set(given: dict[str, Any], told: str) -> None:
    model = net()
    before = numbers(model)
    with pytest.raises(ValueError, match=told):
        model.set(given)
    assert numbers(model) == before


def test_of_many_names_some_are_listed() -> None:
    with pytest.raises(ValueError, match=r"there are w1,11, .* and 81 more$") as caught:
        nn.MLP(10, [10, 1]).set(w0=1.0)
    assert len(str(caught.value)) < 500
    with pytest.raises(ValueError, match="no parameter is called w; there are none"):
        nn.Module().set(w=1.0)


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(TypeError, match=r"numbers must be a dict, such as {'w14': 0.15}, got \[0.1\]"):
        net().set([0.1])  # type: ignore[arg-type]
