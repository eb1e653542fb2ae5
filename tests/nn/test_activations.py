"""Activations: their values and slopes, alone and in layers; what the decks say of them."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
import optim
from autograd import Parameter, Value, half_squared_error
from nn.initialisers import constant

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
NETS = st.floats(-20, 20)


def value_and_slope(activation: Callable[[Value], Value], x: float) -> tuple[float, float]:
    net = Value(x)
    output = activation(net)
    output.backward()
    return output.data, net.grad


@needs_torch
@given(x=NETS)
def test_values_and_slopes_are_pytorchs(x: float) -> None:
    import torch

    modules = {"linear": "Identity", "leaky_relu": "LeakyReLU", "relu": "ReLU", "relu6": "ReLU6", "elu": "ELU"}
    modules |= {"softplus": "Softplus", "sigmoid": "Sigmoid", "tanh": "Tanh"}
    theirs = {name: getattr(torch.nn, module)() for name, module in modules.items()}
    theirs["gelu"] = lambda net: net * torch.sigmoid(1.702 * net)  # PyTorch's own is another approximation, or exact
    for name in nn.ACTIVATIONS:
        theirs.setdefault(name, getattr(torch, name, None) or getattr(torch.nn.functional, name, None))
        if theirs[name] is None:  # as of a step
            continue
        net = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        expected = theirs[name](net)
        expected.backward()
        value, slope = value_and_slope(nn.ACTIVATIONS[name], x)
        assert math.isclose(value, float(expected.detach()), rel_tol=1e-9, abs_tol=1e-12), name
        assert math.isclose(slope, float(net.grad), rel_tol=1e-9, abs_tol=1e-12), name


@given(x=NETS)
def test_the_sigmoids_slope_is_at_most_a_quarter(x: float) -> None:
    assert 0 <= value_and_slope(autograd.sigmoid, x)[1] <= 0.25
    assert value_and_slope(autograd.sigmoid, 0.0) == (0.5, 0.25)


@given(x=NETS)
def test_a_step_has_no_slope_so_nothing_before_it_learns(x: float) -> None:
    assert value_and_slope(autograd.step, x) == (float(x >= 0), 0.0)
    model = nn.MLP(1, [2, 1], activation="step", rng=1)
    model([x]).backward()
    assert all(p.grad == 0.0 for p in model.layers[0].parameters())
    assert model.layers[1].neurons[0].bias.grad == 1.0


@needs_torch
@given(nets=st.lists(NETS, min_size=1, max_size=5), slope=st.floats(0.01, 2))
def test_a_parametric_relu_learns_its_slope_as_pytorchs_does(nets: list[float], slope: float) -> None:
    import torch

    theirs = torch.nn.PReLU(init=slope, dtype=torch.float64)
    x = torch.tensor(nets, dtype=torch.float64, requires_grad=True)
    (theirs(x) ** 2).sum().backward()
    ours, values = nn.PReLU(slope), [Value(net) for net in nets]
    autograd.sum([y * y for y in ours(values)]).backward()
    np.testing.assert_allclose([v.grad for v in values], x.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(ours.slope.grad, float(theirs.weight.grad), rtol=1e-12)
    assert nn.PReLU().slope.data == float(torch.nn.PReLU().weight.detach()) == 0.25


def test_prelu_by_name_is_a_fresh_one_for_each_layer() -> None:
    model = nn.MLP(2, [3, 2, 1], activation="prelu")
    names = [name for name, _ in model.named_parameters()]
    assert [name for name in names if "slope" in name] == ["layers.0.activation.slope", "layers.1.activation.slope"]
    assert names.index("layers.0.activation.slope") == 3 * 3  # after the weights and biases of its layer
    assert isinstance(nn.Neuron(2, "prelu").activation, nn.PReLU)
    shared = nn.MLP(2, [3, 2, 1], activation=nn.PReLU())
    assert len(shared.parameters()) == len(model.parameters()) - 1


def test_prelu_keeps_the_slides_names() -> None:
    model = nn.MLP(1, [2, 1], activation="prelu", output="prelu")
    names = [node.name for node in autograd.Program.of(model([1.0])) if node.op is not None]
    assert names == ["i2", "o2", "i3", "o3", "i4", "o4"]


@given(nets=st.lists(NETS, min_size=2, max_size=6))
def test_softmax_acts_on_the_whole_layer(nets: list[float]) -> None:
    weights = constant([[net] for net in nets])
    for activation in ("softmax", autograd.softmax, nn.Softmax()):
        outputs = nn.Layer(1, len(nets), activation, init=weights)([1.0])
        exponentials = np.exp(np.array(nets) - max(nets))
        np.testing.assert_allclose([o.data for o in outputs], exponentials / exponentials.sum(), rtol=1e-12)
        assert [o.name for o in outputs] == [f"o{k + 2}" for k in range(len(nets))]
    # HKU, "Output Layer - Multi Classification": dp_i/ds_j = p_i (1 if i = j else 0 - p_j)
    layer = nn.Layer(1, len(nets), "softmax", init=weights)
    p = layer([1.0])
    p[0].backward()
    expected = [p[0].data * ((j == 0) - p[j].data) for j in range(len(nets))]
    gradients = [neuron.weights[0].grad for neuron in layer.neurons]  # dp_0/ds_j times an input of 1
    np.testing.assert_allclose(gradients, expected, rtol=1e-9, atol=1e-12)


def test_one_unit_alone_has_no_softmax() -> None:
    with pytest.raises(TypeError, match="softmax takes the list of a layer's units"):
        nn.Neuron(2, "softmax")([1.0, 2.0])


def test_functions_act_on_each_unit_and_modules_on_the_layer() -> None:
    class Centred(nn.Module):
        def __call__(self, nets: list[Value]) -> list[Value]:
            mean = autograd.sum(nets) / len(nets)
            return [net - mean for net in nets]

    layer = nn.Layer(1, 3, Centred(), init=constant([[1.0], [2.0], [6.0]]))
    assert [o.data for o in layer([1.0])] == [-2.0, -1.0, 3.0]
    doubled = nn.Layer(1, 2, lambda net: 2 * net, init=constant([[1.0], [2.0]]))
    assert [o.data for o in doubled([1.0])] == [2.0, 4.0]


# WORKED_EXAMPLES 2.8: HKU, "ReLu-like Activation Functions", dying ReLU.


def after_training(activation: Any) -> tuple[list[float], list[float]]:
    """The parameters of a unit whose net input is negative on all data, before and after some training."""
    unit = nn.Neuron(2, activation, init=constant([0.5, 0.5]))
    assert unit.bias is not None
    unit.bias.data = -4.0
    before = [p.data for p in unit.parameters()]
    optimizer = optim.SGD(unit.parameters(), lr=0.5)
    for _ in range(200):
        for x in ((1.0, 0.5), (0.2, 1.0), (0.7, 0.7)):
            optimizer.zero_grad()
            half_squared_error(unit(x), 1.0).backward()
            if activation == "relu":
                assert all(p.grad == 0.0 for p in unit.parameters())
            optimizer.step()
    return before, [p.data for p in unit.parameters()]


def test_a_relu_that_is_negative_on_all_data_never_moves_and_a_leaky_one_comes_back() -> None:
    before, after = after_training("relu")
    assert after == before
    for activation in ("leaky_relu", "elu"):
        before, after = after_training(activation)
        w1, w2, b = after
        assert w1 * 0.7 + w2 * 0.7 + b > 0


# WORKED_EXAMPLES 2.9: HKU, "Not Zero-centered" and "Zig-Zag Path for Gradient Descent".


@given(
    x=st.lists(st.floats(0.01, 5), min_size=2, max_size=6),
    target=st.floats(-3, 3),
    seed=st.integers(0, 100),
)
def test_positive_inputs_give_all_weights_of_a_unit_gradients_of_one_sign(
    x: list[float], target: float, seed: int
) -> None:
    unit = nn.Neuron(len(x), "tanh", rng=seed)
    half_squared_error(unit(x), target).backward()
    signs = {math.copysign(1, w.grad) for w in unit.weights if w.grad}
    assert len(signs) <= 1


def test_zero_centred_inputs_do_not() -> None:
    unit = nn.Neuron(2, "tanh", rng=0)
    half_squared_error(unit([1.0, -1.0]), 0.9).backward()
    first, second = [w.grad for w in unit.weights]
    assert first * second < 0


def test_a_slope_is_a_parameter() -> None:
    assert isinstance(nn.PReLU(0.1).slope, Parameter)
    with pytest.raises(ValueError, match=r"there are linear, .*softplus, .*prelu, softmax"):
        nn.Layer(1, 1, "parametric relu")


@pytest.mark.parametrize("name", ["tanh", "exp", "sqrt"])
def test_a_function_of_math_is_refused_and_ours_is_named(name: str) -> None:
    function = getattr(math, name)
    told = f"activation {name} must give a Value, but gives a float, .*; write autograd.{name}"
    for build in (
        lambda: nn.Neuron(2, function),
        lambda: nn.Layer(2, 2, function),
        lambda: nn.MLP(2, [2, 1], function),
        lambda: nn.Sequential(nn.Layer(2, 2), function),
    ):
        with pytest.raises(TypeError, match=told):
            build()


@pytest.mark.parametrize(
    "model",
    [
        nn.Neuron(2, lambda v: math.tanh(v), rng=0),
        nn.Layer(2, 2, lambda v: v.data, rng=0),
        nn.Sequential(nn.Layer(2, 2, rng=0), lambda v: float(v), nn.Layer(2, 1, rng=0)),
    ],
)
def test_an_activation_that_gives_no_value_is_named(model: Any) -> None:
    with pytest.raises(
        TypeError, match=r"activation <lambda> must give a Value, but gives -?\d\.\d+; write autograd's"
    ):
        model([1.0, 2.0])


def test_an_attribute_error_in_an_activation_is_its_own() -> None:
    with pytest.raises(AttributeError, match="no attribute 'tahn'"):
        nn.Layer(2, 2, lambda v: v.tahn(), rng=0)([1.0, 2.0])


def test_a_module_that_gives_floats_as_an_activation_is_named() -> None:
    class Floats(nn.Module):
        def __call__(self, nets: list[Value]) -> list[float]:
            return [float(net) for net in nets]

    with pytest.raises(TypeError, match=r"activation <Floats of 0 parameters> must give a Value, but gives"):
        nn.Layer(2, 2, Floats(), rng=0)([1.0, 2.0])


def test_numpys_functions_are_activations() -> None:
    layer = nn.Layer(2, 3, np.tanh, rng=0)
    assert [o.data for o in layer([1.0, 2.0])] == [o.data for o in nn.Layer(2, 3, "tanh", rng=0)([1.0, 2.0])]
