"""Initialisers: their distributions, and PyTorch's."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

import numpy as np
import pytest

import nn
from nn import initialisers
from nn.initialisers import INITIALISERS, Initialiser, constant, normal, uniform

SHAPES = [(400, 300), (40, 30, 10, 10)]
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")


@needs_torch
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", sorted(INITIALISERS))
def test_distributions_are_pytorchs(name: str, shape: tuple[int, ...]) -> None:
    import torch

    stats = pytest.importorskip("scipy.stats")
    theirs: Any = {
        "normal": lambda t: torch.nn.init.normal_(t, std=0.01),
        "uniform": lambda t: torch.nn.init.kaiming_uniform_(t, a=5**0.5),  # what torch.nn.Linear and Conv2d do
        "xavier_uniform": torch.nn.init.xavier_uniform_,
        "xavier_normal": torch.nn.init.xavier_normal_,
        "he_uniform": torch.nn.init.kaiming_uniform_,
        "he_normal": torch.nn.init.kaiming_normal_,
    }[name]
    torch.manual_seed(3)
    expected = theirs(torch.empty(shape, dtype=torch.float64)).numpy().ravel()
    ours = INITIALISERS[name](np.random.default_rng(3), shape).ravel()
    assert stats.ks_2samp(ours, expected).pvalue > 0.01
    np.testing.assert_allclose(ours.std(), expected.std(), rtol=0.01)
    if "uniform" in name or name == "uniform":
        np.testing.assert_allclose([ours.min(), ours.max()], [expected.min(), expected.max()], rtol=1e-3)


def test_names_cover_the_weights_of_every_kind_of_layer() -> None:
    for name in INITIALISERS:
        for model in (nn.Neuron(3, init=name), nn.Layer(3, 2, init=name), nn.Maxout(3, 2, init=name)):
            assert any(p.data for p in model.parameters())
            assert all(p.data == 0.0 for p in model.parameters() if str(p.name).startswith("b"))
        assert all(p.data == 0.0 for p in nn.Conv2d(2, 2, 3, init=name).parameters() if str(p.name).startswith("b"))


def test_a_layer_knows_its_fan_out() -> None:
    bound = math.sqrt(6 / (2 + 1000))
    weights = [p.data for neuron in nn.Layer(2, 1000, init="xavier_uniform").neurons for p in neuron.weights]
    assert 0.99 * bound < max(map(abs, weights)) <= bound


def test_constant_is_a_number_or_the_weights_of_a_slide() -> None:
    assert {w.data for w in nn.Neuron(3, init=constant(0.5)).weights} == {0.5}
    layer = nn.Layer(3, 2, init=constant([[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]]))
    assert [[w.data for w in n.weights] for n in layer.neurons] == [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]]
    with pytest.raises(ValueError, match=r"value must be one number or an array of shape \(2, 3\), got shape \(3,\)"):
        nn.Layer(3, 2, init=constant([1.0, 2.0, 3.0]))


def test_the_seed_decides() -> None:
    def weights(init: str | Initialiser, rng: np.random.Generator | int) -> list[float]:
        return [p.data for p in nn.MLP(3, [4, 1], rng=rng, init=init).parameters()]

    for init in INITIALISERS:
        assert weights(init, 1) == weights(init, 1) == weights(init, np.random.default_rng(1))
        assert weights(init, 1) != weights(init, 2)


def test_mistakes_are_named() -> None:
    with pytest.raises(
        ValueError, match="no initialiser is called 'xavier'; there are normal, uniform, xavier_uniform"
    ):
        nn.Layer(2, 2, init="xavier")
    with pytest.raises(ValueError, match="std must be a positive number, got -1"):
        normal(-1)
    with pytest.raises(ValueError, match="bound must be a positive number, got inf"):
        uniform(math.inf)
    with pytest.raises(ValueError, match="value must be finite, got nan"):
        constant(math.nan)
    with pytest.raises(ValueError, match=r"init must give finite weights of shape \(2, 3\)"):
        nn.Layer(3, 2, init=lambda rng, shape: np.zeros(shape[::-1]))
    assert initialisers.uniform(0.1)(np.random.default_rng(0), (50,)).max() <= 0.1


# WORKED_EXAMPLES 2.14 and 2.15: HKU, "Issue with Symmetry"; IITI, "Basic model parameter initialization".


def trained(init: str | Initialiser, steps: int) -> nn.MLP:
    """A small network after some steps of gradient descent on exclusive or."""
    import optim
    from autograd import half_squared_error

    model = nn.MLP(2, [3, 3, 1], activation="sigmoid", rng=5, init=init)
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    for k in range(steps):
        x = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)][k % 4]
        optimizer.zero_grad()
        half_squared_error(model(x), float(x[0] != x[1])).backward()
        optimizer.step()
    return model


@pytest.mark.parametrize("value", [0.0, 0.3])
def test_equal_weights_leave_the_units_of_a_layer_equal_for_ever(value: float) -> None:
    model = trained(constant(value), 40)
    assert model.parameters()[-1].data != 0.0  # it has learned something
    for layer in model.layers:
        assert len({tuple([p.data for p in neuron.parameters()]) for neuron in layer.neurons}) == 1


def test_small_random_weights_break_the_symmetry() -> None:
    for init in ("normal", "uniform"):
        for layer in trained(init, 40).layers[:2]:
            units = [[p.data for p in neuron.parameters()] for neuron in layer.neurons]
            assert len({tuple(unit) for unit in units}) == 3
    initial = [w.data for neuron in nn.Layer(50, 50, init="normal").neurons for w in neuron.weights]
    assert abs(np.mean(initial)) < 0.001
    assert 0.0095 < np.std(initial) < 0.0105
