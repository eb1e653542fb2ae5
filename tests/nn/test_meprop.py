"""Minimal effort backpropagation: WORKED_EXAMPLES 2.19; HKU, "Minimal Effort Back Propagation Method"."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value, half_squared_error, logsumexp

Array = NDArray[np.float64]


def arrays(layer: nn.Layer) -> tuple[Array, Array]:
    """The weights and biases of a layer."""
    w = np.array([[p.data for p in neuron.weights] for neuron in layer.neurons])
    return w, np.array([neuron.bias.data for neuron in layer.neurons if neuron.bias is not None])


def top(k: int, gradient: Array) -> Array:
    """The k entries largest in magnitude, the others 0."""
    kept = np.zeros_like(gradient)
    largest = np.argsort(-abs(gradient), kind="stable")[:k]
    kept[largest] = gradient[largest]
    return kept


def step_by_hand(model: nn.MLP, x: Array, target: float, ks: tuple[int, int]) -> tuple[list[float], Array]:
    """The meProp gradient of a network with two tanh layers: of the parameters, flat, and of the inputs."""
    (w1, b1), (w2, b2), (w3, b3) = map(arrays, model.layers)
    h1 = np.tanh(w1 @ x + b1)
    h2 = np.tanh(w2 @ h1 + b2)
    d3 = w3 @ h2 + b3 - target
    d2 = top(ks[1], (1 - h2**2) * (w3.T @ d3))
    d1 = top(ks[0], (1 - h1**2) * (w2.T @ d2))
    blocks = [np.column_stack([np.outer(d, signal), d]) for d, signal in ((d1, x), (d2, h1), (d3, h2))]
    return np.concatenate([block.ravel() for block in blocks]).tolist(), w1.T @ d1


def meprop_net(k1: int, k2: int, seed: int) -> nn.MLP:
    return nn.MLP(3, [6, 5, 1], activation=[nn.MeProp(k1, "tanh"), nn.MeProp(k2, "tanh")], rng=seed)


@given(k1=st.integers(1, 6), k2=st.integers(1, 5), seed=st.integers(0, 500))
def test_gradients_are_those_of_a_step_by_hand(k1: int, k2: int, seed: int) -> None:
    model = meprop_net(k1, k2, seed)
    rng = np.random.default_rng(seed)
    examples = [(rng.normal(size=3), float(rng.normal())) for _ in range(3)]
    inputs = [[Value(number) for number in x] for x, _ in examples]
    loss = autograd.sum([half_squared_error(model(values), t) for values, (_, t) in zip(inputs, examples)])
    nn.meprop.backward(loss, model)
    by_hand = [step_by_hand(model, x, t, (k1, k2)) for x, t in examples]
    expected = np.sum([of_parameters for of_parameters, _ in by_hand], axis=0)
    np.testing.assert_allclose([p.grad for p in model.parameters()], expected, rtol=1e-12, atol=1e-12)
    for values, (_, of_inputs) in zip(inputs, by_hand):
        np.testing.assert_allclose([v.grad for v in values], of_inputs, rtol=1e-12, atol=1e-12)


def test_with_every_unit_kept_it_is_backpropagation() -> None:
    model = meprop_net(6, 5, 1)
    x = [0.3, -0.2, 0.9]
    half_squared_error(model(x), 1.0).backward()
    expected = [p.grad for p in model.parameters()]
    model.zero_grad()
    for module in model.modules():
        if isinstance(module, nn.MeProp):
            module.pending = []
    nn.meprop.backward(half_squared_error(model(x), 1.0), model)
    assert [p.grad for p in model.parameters()] == expected


def test_gradients_add_up_over_calls() -> None:
    model = meprop_net(2, 2, 3)
    x = [0.3, -0.2, 0.9]
    nn.meprop.backward(half_squared_error(model(x), 1.0), model)
    once = [p.grad for p in model.parameters()]
    nn.meprop.backward(half_squared_error(model(x), 1.0), model)
    assert [p.grad for p in model.parameters()] == [g + g for g in once]


def test_a_drawing_shows_which_gradients_are_passed_back() -> None:
    model = meprop_net(2, 1, 0)
    loss = half_squared_error(model([0.3, -0.2, 0.9]), 1.0)
    nn.meprop.backward(loss, model)
    silent = [node.name for node in autograd.Program.of(loss) if node.op and not any(node.local_derivatives)]
    assert len([name for name in silent if name in "i4 i5 i6 i7 i8 i9".split()]) == 4
    assert len([name for name in silent if name in "i10 i11 i12 i13 i14".split()]) == 4
    assert len(silent) == 8


def test_activeness_counts_the_examples_in_which_a_units_gradient_was_kept() -> None:
    layer = nn.Layer(1, 3, nn.MeProp(1, "relu"), init=nn.initialisers.constant([[1.0], [2.0], [-1.0]]))
    output = nn.Layer(3, 1, first=2, init=nn.initialisers.constant([[1.0, 3.0, 2.0]]))
    model = nn.Sequential(layer, output)
    counts: Any = layer.activation
    # Gradients at the net inputs, with E = o: (1, 3, 0) for x > 0, (0, 0, 2) for x < 0; at 0 no unit has one.
    for x, activeness in ((1.0, [0, 1, 0]), (2.0, [0, 2, 0]), (-1.0, [0, 2, 1]), (0.0, [0, 2, 1])):
        nn.meprop.backward(model([x]), model)
        assert counts.activeness == activeness
    assert counts.examples == 4
    model.eval()
    model([1.0])
    assert counts.pending == []  # predictions are not counted


@given(seed=st.integers(0, 200), k=st.integers(1, 3))
def test_a_pruned_model_is_the_model_with_the_units_outgoing_weights_set_to_zero(seed: int, k: int) -> None:
    model = nn.MLP(2, [8, 4, 2], activation=[nn.MeProp(k, "tanh"), "tanh"], rng=seed)
    rng = np.random.default_rng(seed)
    for _ in range(5):
        nn.meprop.backward(autograd.sum([o * o for o in model(rng.normal(size=2))]), model)
    first, second = model.layers[:2]
    active = list(first.activation.activeness)
    assert sum(active) == 5 * k
    idle = [j for j, count in enumerate(active) if count < 0.3 * 5]
    for neuron in second.neurons:
        for j in idle:
            neuron.weights[j].data = 0.0
    model.eval()
    x = rng.normal(size=2)
    expected = [o.data for o in model(x)]
    if len(idle) == 8:
        with pytest.raises(ValueError, match=r"threshold 0\.3 leaves no unit; the most active one has a share of 0\.2"):
            nn.meprop.prune(first, second, 0.3)
        return
    assert nn.meprop.prune(first, second, 0.3) == idle
    assert len(first.neurons) == 8 - len(idle)
    np.testing.assert_allclose([o.data for o in model(x)], expected, rtol=1e-14, atol=1e-15)
    assert len(model.parameters()) == (8 - len(idle)) * (3 + 4) + 4 + 10
    assert first.activation.activeness == [0] * len(first.neurons)
    with pytest.raises(ValueError, match="must have been called"):
        nn.meprop.prune(first, second, 0.3)
    model.train()
    nn.meprop.backward(model(x)[0], model)  # it goes on learning


def test_mistakes_are_named() -> None:
    model = nn.MLP(2, [3, 1])
    with pytest.raises(ValueError, match="needs a MeProp of its own"):
        nn.meprop.backward(model([1.0, 2.0]), model)
    shared = nn.MLP(2, [3, 3, 1], activation=nn.MeProp(1))
    with pytest.raises(ValueError, match="needs a MeProp of its own"):
        nn.meprop.backward(shared([1.0, 2.0]), shared)
    with pytest.raises(ValueError, match="k must be a whole number from 1 up, got 0"):
        nn.MeProp(0)
    with pytest.raises(ValueError, match="layer must have a MeProp as its activation"):
        nn.meprop.prune(model.layers[0], model.layers[1], 0.1)
    sparse = meprop_net(1, 1, 0)
    nn.meprop.backward(sparse([1.0, 2.0, 3.0]), sparse)
    with pytest.raises(ValueError, match="following takes 5 inputs; layer has 6 units"):
        nn.meprop.prune(sparse.layers[0], sparse.layers[2], 0.1)


def blobs(rng: np.random.Generator, count: int) -> tuple[list[list[float]], list[int]]:
    """Points around four centres at the corners of a square, of which opposite ones are of one class."""
    corners = rng.integers(0, 2, (count, 2))
    points = 2.0 * corners - 1 + rng.normal(0, 0.3, (count, 2))
    return points.tolist(), (corners[:, 0] ^ corners[:, 1]).tolist()


def test_five_in_a_hundred_of_the_updates_learn_as_well_as_all_and_idle_units_can_go() -> None:
    rng = np.random.default_rng(1)
    (points, classes), (unseen, truth) = blobs(rng, 60), blobs(rng, 200)

    def trained(model: nn.MLP, epochs: int) -> float:
        """The accuracy after so many epochs more."""
        optimizer = optim.SGD(model.train().parameters(), lr=0.1)
        for _ in range(epochs):
            for x, t in zip(points, classes):
                optimizer.zero_grad()
                outputs = model(x)
                nn.meprop.backward(logsumexp(outputs) - outputs[t], model)
                optimizer.step()
        model.eval()
        predictions = [model(x) for x in unseen]
        return float(np.mean([(o[1].data > o[0].data) == bool(t) for o, t in zip(predictions, truth)]))

    full, sparse = [nn.MLP(2, [40, 2], activation=[nn.MeProp(k, "tanh")], rng=3) for k in (40, 2)]
    assert trained(full, 15) > 0.95
    assert trained(sparse, 15) > 0.95
    hidden, output = sparse.layers
    removed = nn.meprop.prune(hidden, output, threshold=0.01)
    assert len(removed) >= 10
    assert trained(sparse, 5) > 0.95
