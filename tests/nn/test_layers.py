"""Neurons, layers, Sequential, and the options of an MLP; tests/nn/test_mlp.py has the slide's network."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Program, Value
from nn.initialisers import constant


def names(output: Value) -> list[str]:
    return [node.name for node in Program.of(output)]


def test_a_neuron_is_numbered_on_from_what_feeds_it() -> None:
    assert [p.name for p in nn.Neuron(3).parameters()] == ["w14", "w24", "w34", "b4"]
    assert [p.name for p in nn.Neuron(2, first=4).parameters()] == ["w46", "w56", "b6"]
    assert [p.name for p in nn.Neuron(2, first=4, number=9).parameters()] == ["w49", "w59", "b9"]
    assert names(nn.Neuron(1, "sigmoid")([1.0])) == ["w12", "x1", "b2", "i2", "o2"]


def test_a_linear_unit_is_one_node_which_is_called_its_output() -> None:
    assert names(nn.Neuron(1)([1.0])) == ["w12", "x1", "b2", "o2"]
    (output,) = nn.Layer(1, 1)([1.0])
    assert output.name == "o2"


def test_a_layer_is_its_neurons() -> None:
    layer = nn.Layer(3, 4, "tanh", rng=2)
    x = [0.1, -0.7, 2.0]
    assert [o.data for o in layer(x)] == [neuron(x).data for neuron in layer.neurons]
    assert [o.name for o in layer(x)] == ["o4", "o5", "o6", "o7"]


@given(x=st.lists(st.floats(-5, 5), min_size=2, max_size=2))
def test_without_biases_a_net_input_is_a_dot_product(x: list[float]) -> None:
    model = nn.MLP(2, [2, 1], "sigmoid", rng=3, bias=False)
    assert [p.name for p in model.parameters()] == ["w13", "w23", "w14", "w24", "w35", "w45"]
    assert not any("bias" in name for name in model.state_dict())
    output = model(x)
    assert {node.op.name for node in Program.of(output) if node.op} == {"dot", "sigmoid"}
    first, second = [np.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in model.layers]
    expected = second @ (1 / (1 + np.exp(-first @ x)))
    assert math.isclose(output.data, expected[0], rel_tol=1e-12, abs_tol=1e-15)


def test_each_hidden_layer_may_have_an_activation_of_its_own() -> None:
    model = nn.MLP(1, [1, 1, 1], activation=["relu", autograd.tanh], output="sigmoid", init=constant(1.0))
    assert model([0.5]).data == autograd.sigmoid(autograd.tanh(0.5))
    with pytest.raises(ValueError, match="activation lists 1 for 2 hidden layers"):
        nn.MLP(1, [1, 1, 1], activation=["relu"])
    assert nn.MLP(2, [1], activation=[]).layers  # no hidden layer, no activation


def test_inputs_become_values_and_mistakes_in_them_are_named() -> None:
    assert nn.MLP(1, [1], rng=0)(0.5).data == nn.MLP(1, [1], rng=0)([0.5]).data
    with pytest.raises(ValueError, match="input x2 is nan; inputs must be finite numbers"):
        nn.MLP(2, [1])([1.0, math.nan])
    with pytest.raises(ValueError, match="input x1 is -inf"):
        nn.Neuron(2)([-math.inf, 0.0])
    with pytest.raises(ValueError, match="the model takes 2 inputs, got 0"):
        nn.Layer(2, 3)([])
    with pytest.raises(ValueError, match="the model takes 2 inputs, got 1"):
        nn.Neuron(2)(1.0)
    with pytest.raises(ValueError, match="the layer of inputs x4 to x6 takes 3 inputs, got 2"):
        nn.Sequential(nn.Layer(3, 2), nn.Layer(3, 1, first=4))([1.0, 2.0, 3.0])


@pytest.mark.parametrize("batch", [np.zeros((2, 2)), [[0.0, 1.0]] * 4, [(0.0, 1.0)]])
def test_a_batch_is_told_from_an_example(batch: Any) -> None:
    with pytest.raises(TypeError, match=rf"a model is called on one example.*list of {len(batch)} lists; .*compile"):
        nn.MLP(2, [1])(batch)


def test_a_model_shows_its_layers() -> None:
    model = nn.Sequential(nn.Layer(2, 3, "relu"), "tanh", nn.Dropout(0.5), nn.Layer(3, 2, "softmax"), np.sqrt)
    assert repr(model) == (
        "Sequential(Layer(2, 3, relu), tanh, <Dropout of 0 parameters>, Layer(3, 2, <Softmax of 0 parameters>), sqrt)"
    )
    assert repr(nn.MLP(2, [3, 1])) == "MLP(Layer(2, 3, tanh), Layer(3, 1, linear))"
    assert repr(nn.Neuron(2)) == "<Neuron of 3 parameters>"


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="nin must be a whole number from 1 up, got 0"):
        nn.Neuron(0)
    with pytest.raises(ValueError, match=r"nout must be a whole number from 1 up, got 2\.0"):
        nn.Layer(2, 2.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a Sequential needs at least one layer"):
        nn.Sequential()


def test_sequential_calls_its_layers_one_after_another() -> None:
    first, second = nn.Layer(2, 3, rng=1), nn.Layer(3, 1, first=3, rng=2)
    model = nn.Sequential(first, "relu", second)
    x = [1.0, -2.0]
    expected = second([autograd.relu(o) for o in first(x)])[0]
    assert model(x).data == expected.data  # one unit: the Value itself
    assert isinstance(nn.Sequential(first)(x), list)
    assert [p.name for p in model.parameters()][-4:] == ["w36", "w46", "w56", "b6"]
    inner = nn.Sequential(model, nn.Layer(1, 2, "softmax"))
    assert math.isclose(sum(o.data for o in inner(x)), 1.0)
    assert [o.data for o in nn.Sequential("relu", first)(np.array(x))] == [o.data for o in first([1.0, 0.0])]


def test_an_mlp_is_the_sequential_of_its_layers() -> None:
    mlp = nn.MLP(3, [4, 2], "sigmoid", "softmax", rng=np.random.default_rng(6))
    rng = np.random.default_rng(6)
    model = nn.Sequential(nn.Layer(3, 4, "sigmoid", rng=rng), nn.Layer(4, 2, "softmax", rng=rng, first=4))
    assert model.state_dict() == mlp.state_dict()
    assert [p.name for p in model.parameters()] == [p.name for p in mlp.parameters()]
    assert [o.data for o in model([1.0, 2.0, 3.0])] == [o.data for o in mlp([1.0, 2.0, 3.0])]
