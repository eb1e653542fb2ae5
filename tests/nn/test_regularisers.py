"""Regularisers: the size of the weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Parameter, Program

thetas = st.lists(st.floats(-10, 10), min_size=1, max_size=6)


@given(thetas, st.floats(0, 5))
def test_they_are_the_slides_sums_and_derivatives(data: list[float], strength: float) -> None:
    parameters = [Parameter(theta) for theta in data]
    l1 = nn.l1(parameters, strength)
    l1.backward()
    assert l1.data == pytest.approx(strength * math.fsum(map(abs, data)), rel=1e-12)
    assert [p.grad for p in parameters] == [strength * ((x > 0) - (x < 0)) for x in data]
    for p in parameters:
        p.grad = 0.0
    l2 = nn.l2((p for p in parameters), strength)
    l2.backward()
    assert l2.data == pytest.approx(strength * math.fsum(x * x for x in data), rel=1e-12)
    assert [p.grad for p in parameters] == pytest.approx([2 * strength * x for x in data], rel=1e-12)


def test_l2_of_many_parameters_is_two_operations() -> None:
    parameters = [Parameter(1.0) for _ in range(50)]
    assert [node.op.name for node in Program.of(nn.l2(parameters, 0.1)) if node.op] == ["dot", "mul"]


@pytest.mark.parametrize("regulariser", [nn.l1, nn.l2])
@pytest.mark.parametrize(
    ("parameters", "strength", "told"),
    [
        ([], 0.1, "parameters is empty"),
        ([Parameter(1.0)], -0.1, "strength must be a number that is not negative, got -0.1"),
        ([Parameter(1.0)], math.nan, "strength must be a number that is not negative, got nan"),
        ([Parameter(1.0)], "0.1", "strength must be a number that is not negative, got '0.1'"),
    ],
)
def test_mistakes_are_named(regulariser: Callable[..., Any], parameters: Any, strength: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        regulariser(parameters, strength)
