"""Where a derivative jumps, the table takes PyTorch's choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Value

torch = pytest.importorskip("torch")

CORNERS: list[tuple[str, Callable[..., Any], tuple[float, ...]]] = [
    ("relu", torch.relu, (0.0,)),
    ("relu6", torch.nn.functional.relu6, (0.0,)),
    ("relu6", torch.nn.functional.relu6, (6.0,)),
    ("relu6", torch.nn.functional.relu6, (7.0,)),
    ("leaky_relu", torch.nn.functional.leaky_relu, (0.0,)),
    ("leaky_relu", torch.nn.functional.leaky_relu, (-2.0,)),
    ("elu", torch.nn.functional.elu, (0.0,)),
    ("elu", torch.nn.functional.elu, (-1e-9,)),
    ("abs", torch.abs, (0.0,)),
    ("sqrt", torch.sqrt, (0.0,)),
    ("softplus", torch.nn.functional.softplus, (-30.0,)),
    ("sigmoid", torch.sigmoid, (-40.0,)),
    ("maximum", torch.maximum, (2.0, 2.0)),
    ("minimum", torch.minimum, (2.0, 2.0)),
    ("pow", torch.pow, (0.0, 0.0)),
    ("pow", torch.pow, (0.0, 0.5)),
    ("pow", torch.pow, (0.0, 3.0)),
    ("pow", torch.pow, (-2.0, 3.0)),
    ("pow", torch.pow, (2.0, 0.0)),
]


@pytest.mark.parametrize(("name", "oracle", "x"), CORNERS)
def test_corners_are_pytorchs(name: str, oracle: Callable[..., Any], x: tuple[float, ...]) -> None:
    tensors = [torch.tensor(xi, dtype=torch.float64, requires_grad=True) for xi in x]
    expected = oracle(*tensors)
    expected.backward()
    node = getattr(autograd, name)(*[Value(xi) for xi in x])
    assert node.data == pytest.approx(float(expected.detach()), rel=1e-14)
    gradients = [float(tensor.grad) for tensor in tensors]
    assert node.local_derivatives[: len(x)] == pytest.approx(gradients, rel=1e-14, nan_ok=True)
