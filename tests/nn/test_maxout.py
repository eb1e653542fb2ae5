"""Maxout: HKU, "Maxout Neuron"."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Program, Value


@given(x=st.lists(st.floats(-5, 5), min_size=3, max_size=3), pieces=st.integers(2, 4), seed=st.integers(0, 99))
def test_it_is_the_largest_of_its_pieces(x: list[float], pieces: int, seed: int) -> None:
    layer = nn.Maxout(3, 2, pieces, rng=seed)
    w = np.array([[[p.data for p in piece.weights] for piece in unit] for unit in layer.units])
    inputs = [Value(number) for number in x]
    outputs = layer(inputs)
    nets = w @ x
    np.testing.assert_allclose([o.data for o in outputs], nets.max(axis=1), rtol=1e-12, atol=1e-14)
    outputs[0].backward()
    if len(set(nets[0])) == pieces:  # the gradient goes to the largest piece alone
        np.testing.assert_allclose([v.grad for v in inputs], w[0, nets[0].argmax()], rtol=1e-15)


@given(x=st.floats(-5, 5))
def test_relu_and_leaky_relu_are_among_what_it_can_learn(x: float) -> None:
    for low, like in ((0.0, autograd.relu), (0.01, autograd.leaky_relu)):
        layer = nn.Maxout(1, 1)
        for piece, weight in zip(layer.units[0], (1.0, low)):
            piece.weights[0].data = weight
        assert layer([x])[0].data == like(x)


def test_names_tell_the_pieces_apart() -> None:
    layer = nn.Maxout(1, 2, first=3)
    assert [p.name for p in layer.parameters()] == "w3,4a b4a w3,4b b4b w3,5a b5a w3,5b b5b".split()
    nodes = [node.name for node in Program.of(layer([1.0])[0]) if node.op is not None]
    assert nodes == ["i4a", "i4b", "o4"]
    picture = autograd.draw_network(layer([1.0])[0]).source
    assert ">4a<" in picture
    assert ">4b<" in picture
    assert len(nn.Maxout(3, 2, bias=False).parameters()) == 2 * 2 * 3
    with pytest.raises(ValueError, match="pieces must be a whole number from 2 to 26, got 1"):
        nn.Maxout(1, 1, pieces=1)
