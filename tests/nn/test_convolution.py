"""Convolution and flattening; UCSD, "Convolutions"."""

from __future__ import annotations

import importlib.util
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

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


def data(x: Any) -> Any:
    return [data(item) for item in x] if isinstance(x, list) else x.data


def grads(x: Any) -> Any:
    return [grads(item) for item in x] if isinstance(x, list) else x.grad


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@given(
    channels=PAIRS,
    kernel=PAIRS,
    stride=PAIRS,
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    size=st.tuples(st.integers(3, 6), st.integers(3, 6)),
    bias=st.booleans(),
    seed=st.integers(0, 99),
)
def test_responses_and_gradients_are_pytorchs(
    channels: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    size: tuple[int, int],
    bias: bool,
    seed: int,
) -> None:
    import torch

    conv = nn.Conv2d(*channels, kernel, stride, padding, bias=bias, rng=seed)
    theirs = torch.nn.Conv2d(*channels, kernel, stride, padding, bias=bias, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(data(conv.weights), dtype=torch.float64))
        if conv.biases is not None:
            for k, parameter in enumerate(conv.biases):
                parameter.data = 0.1 * (k + 1)
            theirs.bias.copy_(torch.tensor(data(conv.biases), dtype=torch.float64))
    pixels = np.random.default_rng(seed).normal(size=(channels[0], *size))
    image = [[[Value(x) for x in row] for row in channel] for channel in pixels.tolist()]
    tensor = torch.tensor(pixels, requires_grad=True)
    ours, expected = conv(image), theirs(tensor)
    np.testing.assert_allclose(data(ours), expected.detach().numpy(), rtol=1e-12, atol=1e-13)
    (expected**2).sum().backward()
    autograd.sum([r * r for r in nn.Flatten()(ours)]).backward()
    np.testing.assert_allclose(grads(image), tensor.grad.numpy(), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(grads(conv.weights), theirs.weight.grad.numpy(), rtol=1e-11, atol=1e-12)
    if conv.biases is not None:
        np.testing.assert_allclose(grads(conv.biases), theirs.bias.grad.numpy(), rtol=1e-11, atol=1e-12)


def test_a_vertical_edge_filter_responds_to_a_vertical_edge_alone() -> None:
    vertical = nn.Conv2d(1, 1, 3, bias=False, init=constant([[[[1.0, 0.0, -1.0]] * 3]]))
    image = [[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]] * 5
    assert data(vertical(image)) == [[[0.0, -3.0, -3.0, 0.0]] * 3]
    assert data(vertical(np.array(image).T)) == [[[0.0] * 3] * 4]


def test_a_filter_of_three_channels_gives_one_map() -> None:
    conv = nn.Conv2d(3, 1, 2, init=constant(1.0))
    assert data(conv(np.ones((3, 2, 3)))) == [[[12.0, 12.0]]]
    assert data(conv([np.ones((2, 3)), np.ones((2, 3)), ((1, 1, 1), (1, 1, 1))])) == [[[12.0, 12.0]]]


def test_each_response_is_one_node_with_a_name() -> None:
    conv = nn.Conv2d(2, 2, (1, 2), padding=(1, 0))
    response = conv(np.ones((2, 1, 2)))[1][1][0]
    assert [node.name for node in Program.of(response)] == [
        *["w2,1,1,1", "w2,1,1,2", "w2,2,1,1", "w2,2,1,2"],
        *["x1,1,1", "x1,1,2", "x2,1,1", "x2,1,2", "b2", "r2,2,1"],
    ]
    border = Program.of(conv(np.ones((2, 1, 2)))[0][0][0])
    assert [node.kind for node in border].count("constant") == 1  # all the padding is one node


def test_parameters_and_state_are_shaped_as_pytorchs() -> None:
    state = nn.Conv2d(2, 3, (4, 5)).state_dict()
    assert {name: np.shape(entry) for name, entry in state.items()} == {"weights": (3, 2, 4, 5), "biases": (3,)}


def test_mistakes_in_an_image_are_named() -> None:
    conv = nn.Conv2d(2, 1, 2)
    with pytest.raises(ValueError, match="the filters have 2 channels, the image has 3"):
        conv(np.ones((3, 4, 4)))
    with pytest.raises(ValueError, match="channels of rows of pixels, got lists nested 2 deep"):
        conv(np.ones((4, 4)))
    with pytest.raises(ValueError, match="got lists nested 0 deep"):
        conv(3.0)
    with pytest.raises(ValueError, match="got lists nested 1 deep"):
        conv([])
    with pytest.raises(ValueError, match="channel 2 of the image must have 2 rows, as channel 1 has"):
        conv([[[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0]]])
    with pytest.raises(ValueError, match="row 2 of channel 1 must have 2 pixels, as row 1 of channel 1 has"):
        conv([[[1.0, 2.0], [3.0]], [[1.0, 2.0], [3.0, 4.0]]])
    with pytest.raises(ValueError, match="row 2 of channel 1 must have 2 pixels"):
        conv([[[1.0, 2.0], 3.0], [[1.0, 2.0], [3.0, 4.0]]])
    with pytest.raises(ValueError, match="a filter of 2 x 2 does not fit into an image of 1 x 5, padding included"):
        conv(np.ones((2, 1, 5)))
    with pytest.raises(ValueError, match="input x2,1,2 is nan; inputs must be finite numbers"):
        conv([[[1.0, 2.0], [3.0, 4.0]], [[1.0, math.nan], [3.0, 4.0]]])
    with pytest.raises(TypeError, match="a Value holds one number, got str 'a'"):
        conv([[["a", 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0]]])


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="in_channels must be a whole number from 1 up, got 0"):
        nn.Conv2d(0, 1, 2)
    with pytest.raises(ValueError, match="stride must be a whole number from 1 up, got 0"):
        nn.Conv2d(1, 1, 2, stride=0)
    with pytest.raises(ValueError, match=r"kernel_size must be one or two whole numbers, got \(1, 2, 3\)"):
        nn.Conv2d(1, 1, (1, 2, 3))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="padding must be a whole number from 0 up, got -1"):
        nn.Conv2d(1, 1, 2, padding=-1)


def test_flatten_goes_channel_by_channel_and_row_by_row() -> None:
    numbers = np.arange(12.0).reshape(2, 2, 3)
    assert nn.Flatten()(numbers) == list(range(12))
    assert nn.Flatten()([1.0, 2.0]) == [1.0, 2.0]


def test_from_an_image_to_a_class() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3, rng=1), "prelu", nn.Flatten(), nn.Layer(8, 3, "softmax", rng=2))
    outputs = model(np.random.default_rng(0).uniform(size=(4, 4)))
    assert math.isclose(sum(o.data for o in outputs), 1.0)
    autograd.log(outputs[0]).backward()
    assert all(p.grad != 0.0 for p in model.parameters() if not str(p.name).startswith("a"))
