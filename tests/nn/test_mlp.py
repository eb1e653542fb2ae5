"""The multilayer perceptron, with the slide's names."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest

import autograd
import nn
from autograd import Program, Value


def test_units_are_numbered_through_as_on_the_slide() -> None:
    model = nn.MLP(3, [2, 1])
    assert [p.name for p in model.parameters()] == "w14 w24 w34 b4 w15 w25 w35 b5 w46 w56 b6".split()
    output = model([1.0, 0.0, 1.0])
    names = [node.name for node in Program.of(output) if node.kind in ("input", "interior", "output")]
    assert names == "x1 x2 x3 i4 o4 i5 o5 o6".split()


def test_long_numbers_are_kept_apart() -> None:
    assert nn.MLP(11, [2]).parameters()[0].name == "w1,12"


def test_named_parameters_are_paths() -> None:
    model = nn.MLP(2, [2, 1])
    names = [name for name, _ in model.named_parameters()]
    assert names[:3] == ["layers.0.neurons.0.weights.0", "layers.0.neurons.0.weights.1", "layers.0.neurons.0.bias"]
    assert names[-1] == "layers.1.neurons.0.bias"
    assert [p for _, p in model.named_parameters()] == model.parameters()


def test_it_computes_the_layers_formula() -> None:
    model = nn.MLP(3, [4, 2], rng=5)
    x = [0.3, -1.2, 0.5]
    signal = np.array(x)
    for layer, g in zip(model.layers, (np.tanh, np.positive)):
        w = np.array([[p.data for p in neuron.weights] for neuron in layer.neurons])
        b = np.array([neuron.bias.data for neuron in layer.neurons])
        signal = g(w @ signal + b)
    np.testing.assert_allclose([float(o) for o in model(x)], signal, rtol=1e-14)


def test_one_output_is_a_value_and_several_are_a_list() -> None:
    assert isinstance(nn.MLP(2, [1])([1.0, 2.0]), Value)
    assert len(nn.MLP(2, [3])([1.0, 2.0])) == 3


def test_inputs_may_be_values_numbers_or_a_row_of_an_array() -> None:
    model = nn.MLP(2, [2, 1])
    x = Value(0.5, "mine")
    output = model([x, 2])
    output.backward()
    assert x.grad != 0.0
    assert model(np.array([0.5, 2.0])).data == output.data


def test_zero_grad_covers_every_parameter() -> None:
    model = nn.MLP(2, [2, 1])
    model([1.0, 1.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_the_seed_decides_the_weights_and_biases_start_at_zero() -> None:
    def data(rng: np.random.Generator | int) -> list[float]:
        return [p.data for p in nn.MLP(3, [4, 1], rng=rng).parameters()]

    assert data(1) == data(1) == data(np.random.default_rng(1))
    assert data(1) != data(2)
    weights = [p for p in nn.MLP(4, [200], rng=3).parameters() if str(p.name).startswith("w")]
    assert all(abs(p.data) <= 0.5 for p in weights)  # 1 / sqrt(4)
    assert max(p.data for p in weights) > 0.45
    assert all(p.data == 0.0 for p in nn.MLP(4, [3, 2]).parameters() if str(p.name).startswith("b"))


@pytest.mark.parametrize("name", sorted(nn.ACTIVATIONS))
def test_activations_by_name(name: str) -> None:
    net = float(nn.MLP(1, [1], output="linear", rng=2)([-3.0]))
    expected = net if name == "linear" else getattr(autograd, name)(net)
    assert float(nn.MLP(1, [1], output=name, rng=2)([-3.0])) == expected


def test_an_activation_may_be_a_function() -> None:
    model = nn.MLP(1, [1, 1], activation=lambda v: autograd.leaky_relu(v, 0.5), rng=2)
    assert model([-3.0]).parents


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="the model takes 3 inputs, got 2"):
        nn.MLP(3, [1])([1.0, 2.0])
    with pytest.raises(ValueError, match=r"no activation is called 'sigmoidd'; there are linear, .*sigmoid, .*softmax"):
        nn.MLP(3, [1], output="sigmoidd")
    with pytest.raises(ValueError, match="nouts is empty: an MLP needs at least one layer"):
        nn.MLP(3, [])
    with pytest.raises(ValueError, match="nin must be a whole number from 1 up, got 0"):
        nn.MLP(0, [1])
    with pytest.raises(ValueError, match=r"nouts\[1\] must be a whole number from 1 up, got 0"):
        nn.MLP(1, [2, 0])
    with pytest.raises(TypeError, match=r"nouts lists the size of each layer, such as \[2\], got 2"):
        nn.MLP(3, 2)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a Value holds one number"):
        nn.MLP(1, [1])(["a"])


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_gradients_are_pytorchs() -> None:
    import torch

    model = nn.MLP(3, [5, 4, 2], activation="sigmoid", rng=8)
    x = [0.3, -0.7, 1.1]
    loss = autograd.sum([o * o for o in model(x)])
    loss.backward()
    signal = torch.tensor(x, dtype=torch.float64)
    tensors = []
    for k, layer in enumerate(model.layers):
        rows = [[*[p.data for p in n.weights], n.bias.data] for n in layer.neurons]
        tensors.append(torch.tensor(rows, dtype=torch.float64, requires_grad=True))
        signal = tensors[-1][:, :-1] @ signal + tensors[-1][:, -1]
        if k < 2:
            signal = torch.sigmoid(signal)
    expected = (signal**2).sum()
    expected.backward()
    assert math.isclose(loss.data, float(expected.detach()), rel_tol=1e-13)
    gradients = torch.cat([tensor.grad.flatten() for tensor in tensors]).numpy()
    np.testing.assert_allclose([p.grad for p in model.parameters()], gradients, rtol=1e-12)
