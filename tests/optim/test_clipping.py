"""Clipping by norm and by value."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Parameter
from optim import clip_by_norm, clip_by_value, clip_grad_norm, clip_grad_value

gradients = st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 1000), min_size=1, max_size=6)
limits = st.floats(1e-3, 1e3)


def parameters(gradient: list[float]) -> list[Parameter]:
    made = [Parameter(1.0) for _ in gradient]
    for parameter, g in zip(made, gradient):
        parameter.grad = g
    return made


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@given(gradients, limits)
def test_the_numbers_are_pytorchs(gradient: list[float], limit: float) -> None:
    import torch

    tensors = [torch.tensor(1.0, dtype=torch.float64, requires_grad=True) for _ in gradient]
    for clip, oracle in (
        (clip_grad_norm, torch.nn.utils.clip_grad_norm_),
        (clip_grad_value, torch.nn.utils.clip_grad_value_),
    ):
        for tensor, g in zip(tensors, gradient):
            tensor.grad = torch.tensor(g, dtype=torch.float64)
        ours = parameters(gradient)
        norm, expected = clip(ours, limit), oracle(tensors, limit)
        np.testing.assert_allclose([p.grad for p in ours], [float(t.grad) for t in tensors], rtol=1e-12, atol=1e-300)
        assert norm is None or math.isclose(norm, float(expected), rel_tol=1e-12)
        assert all(type(p.grad) is float for p in ours)


@given(gradients, limits)
def test_arrays_are_clipped_alike_and_stay_as_they_are(gradient: list[float], limit: float) -> None:
    array = np.array(gradient)
    short, low = clip_by_norm(array, limit), clip_by_value(array, limit)
    assert array.tolist() == gradient
    assert np.linalg.norm(short) <= limit * (1 + 1e-12)
    assert np.abs(low).max() <= limit
    by_norm, by_value = parameters(gradient), parameters(gradient)
    assert clip_grad_norm(by_norm, limit) == pytest.approx(np.linalg.norm(array), rel=1e-14)
    clip_grad_value(by_value, limit)
    assert [p.grad for p in by_norm] == short.tolist()
    assert [p.grad for p in by_value] == low.tolist()


def test_a_norm_keeps_the_direction_and_a_value_may_not() -> None:
    gradient = np.array([3.0, -4.0])
    np.testing.assert_allclose(clip_by_norm(gradient, 1.0), [0.6, -0.8], rtol=1e-6)
    assert clip_by_value(gradient, 3.0).tolist() == [3.0, -3.0]
    assert clip_by_norm(gradient, 6.0).tolist() == [3.0, -4.0]


def test_an_exploded_gradient_is_held() -> None:
    ours = parameters([3e200, -4e200])
    assert clip_grad_norm(ours, 1.0) == pytest.approx(5e200)
    assert [p.grad for p in ours] == pytest.approx([0.6, -0.8])


def test_a_shared_parameter_counts_once() -> None:
    (p,) = parameters([3.0])
    assert clip_grad_norm([p, p], 1.0) == 3.0


@pytest.mark.parametrize("limit", [0, -1.0, math.nan, "1"])
@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
def test_mistakes_are_named(clip: Callable[..., Any], limit: Any) -> None:
    name = "max_norm" if clip is clip_by_norm else "clip_value"
    with pytest.raises(ValueError, match=f"{name} must be a positive number, got {limit!r}"):
        clip(np.ones(2), limit)
