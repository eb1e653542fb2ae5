"""diagnose: dead and saturated units, vanishing and exploding gradients."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value

X = np.random.default_rng(0).normal(size=(12, 4))


def deep(activation: str, scale: float, depth: int = 8) -> nn.MLP:
    """A deep network whose weights are normal, ``scale`` times He's standard deviation."""
    model = nn.MLP(4, [16] * depth + [1], activation=activation)
    rng = np.random.default_rng(3)
    for parameter in model.parameters():
        if str(parameter.name).startswith("w"):
            parameter.data = rng.normal() * scale * (2 / 16) ** 0.5
    return model


def test_a_deep_sigmoid_networks_gradient_falls_layer_by_layer_and_relus_does_not() -> None:
    sigmoid = nn.diagnose(deep("sigmoid", 1.0), X).layers  # row 2.7 of the worked examples
    assert [layer.layer for layer in sigmoid] == list(range(1, 10))
    for earlier, later in pairwise(sigmoid):
        assert earlier.gradient < later.gradient
        assert earlier.delta < 0.5 * later.delta  # g' <= 0.25
    assert sigmoid[0].delta < sigmoid[-1].delta * 0.25**7
    assert sigmoid[0].verdict == "vanishing"
    assert sigmoid[-1].verdict == "fine"
    relu = nn.diagnose(deep("relu", 1.0), X).layers
    assert all(layer.verdict == "fine" for layer in relu)
    assert relu[0].delta > relu[-1].delta / 20


def test_a_deep_linear_network_with_large_weights_explodes() -> None:
    layers = nn.diagnose(deep("linear", 10.0), X).layers
    assert layers[0].activations == ()
    assert all(earlier.delta > 5 * later.delta for earlier, later in pairwise(layers[:-1]))
    assert layers[0].verdict == layers[1].verdict == "exploding"
    assert layers[-1].verdict == "fine"


def test_a_unit_whose_net_input_stays_negative_is_dead() -> None:
    model = deep("relu", 1.0, depth=2)  # row 2.8 of the worked examples
    before = nn.diagnose(model, X).layers[1].dead
    unit = model.layers[1].neurons[3]
    unit.bias.data = -1e3
    layers = nn.diagnose(model, X).layers
    assert set(layers[1].dead) == {unit.output_name, *before} > set(before)
    assert layers[1].activations == ("relu",) * 16
    autograd.sum([model(x) for x in X]).backward()
    assert all(parameter.grad == 0.0 for parameter in unit.parameters())
    unit.activation = autograd.leaky_relu  # which revives it
    assert nn.diagnose(model, X).layers[1].dead == before
    assert "relu, leaky_relu" in str(nn.diagnose(model, X))


def test_a_unit_is_dead_only_if_no_example_wakes_it() -> None:
    model = nn.MLP(1, [2, 1], activation="relu")
    for neuron, w in zip(model.layers[0].neurons, (1.0, -1.0)):
        neuron.weights[0].data = w
    assert nn.diagnose(model, [[1.0], [2.0]]).layers[0].dead == ("o3",)
    assert nn.diagnose(model, [[1.0], [-2.0]]).layers[0].dead == ()


@pytest.mark.parametrize(("activation", "small", "large"), [("sigmoid", 4.5, 4.7), ("tanh", 2.9, 3.1)])
def test_a_saturated_unit_has_a_small_slope_for_most_examples(activation: str, small: float, large: float) -> None:
    model = nn.MLP(1, [1, 1], activation=activation)  # o2 = g(x)
    model.layers[0].neurons[0].weights[0].data = 1.0

    def saturated(*x: float) -> tuple[str, ...]:
        return nn.diagnose(model, [[xi] for xi in x]).layers[0].saturated

    assert saturated(large, -large, small) == ("o2",)
    assert saturated(large, small) == ()  # half are not most
    assert nn.diagnose(model, [[small]], threshold=0.02).layers[0].saturated == ("o2",)


def test_when_all_units_of_a_layer_are_dead_no_gradient_passes() -> None:
    model = deep("relu", 1.0, depth=3)
    for neuron in model.layers[1].neurons:
        neuron.bias.data = -1e3
    layers = nn.diagnose(model, X).layers
    assert [layer.verdict for layer in layers[:2]] == ["no gradient", "no gradient"]
    assert len(layers[1].dead) == 16


def test_gradients_are_those_of_the_loss() -> None:
    model = nn.MLP(2, [3, 2], rng=1)
    x, targets = [[0.5, -1.0], [1.0, 2.0]], [0, 1]

    def loss(output: list[Value], target: int) -> Any:
        return autograd.logsumexp(output) - output[target]

    layers = nn.diagnose(model, x, targets, loss).layers
    seen: dict[int, list[float]] = {0: [], 1: []}
    for example, target in zip(x, targets):
        model.zero_grad()
        loss(model(example), target).backward()
        for k, layer in enumerate(model.layers):
            seen[k] += [abs(parameter.grad) for parameter in layer.parameters()]
    for found, expected in zip(layers, seen.values()):
        assert found.gradient == pytest.approx(np.mean(expected), rel=1e-12)
    without_targets = nn.diagnose(model, x, loss=lambda output: loss(output, 0)).layers
    assert without_targets[0].gradient != layers[0].gradient


def test_the_model_stays_as_it_is() -> None:
    model = nn.MLP(4, [3, 1])
    for parameter in model.parameters():
        parameter.grad = 7.0
    before = [parameter.data for parameter in model.parameters()]
    nn.diagnose(model, X)
    assert [parameter.data for parameter in model.parameters()] == before
    assert all(parameter.grad == 7.0 for parameter in model.parameters())


def test_any_function_of_parameters_is_a_model_and_layers_may_share_them() -> None:
    w = Parameter(0.5, "w")

    def recurrent(x: list[float]) -> Value:
        h = Value(0.0)
        for xt in x:
            h = autograd.affine([w, 1.0], [h, xt], 0.0).tanh()
        return h

    layers = nn.diagnose(recurrent, [[0.1] * 30]).layers
    assert len(layers) == 30
    assert all(earlier.delta < later.delta for earlier, later in pairwise(layers))
    assert layers[1].verdict == "vanishing"


def test_it_prints_a_table() -> None:
    model = nn.MLP(1, [2, 1], activation="relu", output="tanh")
    for neuron, w in zip(model.layers[0].neurons, (1.0, -1.0)):
        neuron.weights[0].data = w
    model.layers[1].neurons[0].weights[0].data = 10.0
    model.layers[1].neurons[0].weights[1].data = 0.0
    lines = str(nn.diagnose(model, [[1.0], [2.0]])).splitlines()
    assert lines[0].split() == [
        "layer",
        "activation",
        "dead",
        "saturated",
        "mean",
        "|delta|",
        "mean",
        "|dE/dw|",
        "verdict",
    ]
    assert lines[1].split()[:6] == ["1", "relu", "1", "of", "2:", "o3"]
    assert lines[2].split()[:7] == ["2", "tanh", "-", "1", "of", "1:", "o4"]
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: nn.diagnose(nn.MLP(4, [1]), []), "X must hold at least one example"),
        (lambda: nn.diagnose(nn.MLP(4, [1]), X, np.ones(12)), "y must come with the loss"),
        (lambda: nn.diagnose(nn.MLP(4, [1]), X, [1.0], lambda o, t: o - t), "a target for each of 12 examples, got 1"),
        (lambda: nn.diagnose(nn.MLP(4, [1]), X, threshold=0), "threshold must be a positive number, got 0"),
        (lambda: nn.diagnose(nn.MLP(4, [1]), X, factor=1), "factor must be a number above 1, got 1"),
        (lambda: nn.diagnose(lambda x: Value(x[0]) * 2, X), "no parameter takes part"),
        (
            lambda: nn.diagnose(lambda x: Parameter(1.0) * x if x > 0 else Parameter(1.0) + x, [1.0, 2.0, -1.0]),
            "the graph of example 2 is not that of example 0; does the model branch on x",
        ),
    ],
)
def test_mistakes_are_named(call: Callable[[], Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()
