"""Random programs: every gradient against dual numbers, finite differences and PyTorch."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import dual
from tests.fuzz.programs import PLAIN, Recipe, recipes, scalar_recipes, vector_recipes
from tests.fuzz.readings import Subject, pytorch, replay

DUAL: dict[str, Any] = {
    **{name: getattr(dual, name, None) for name in PLAIN},
    "neg": lambda a: -a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "sum": dual.total,
}


@settings(max_examples=300)
@given(scalar_recipes())
def test_gradients_are_those_of_dual_numbers_and_of_differences(recipe: Recipe) -> None:
    values = recipe.values()
    values[-1].backward()
    numbers = recipe.leaves()
    for k in range(len(numbers)):

        def along(offset: float, k: int = k) -> dual.Dual:
            leaves = [dual.Dual(x + (offset if i == k else 0.0), float(i == k)) for i, x in enumerate(numbers)]
            result: dual.Dual = recipe.run(leaves, DUAL)[-1]
            return result

        exact = along(0.0).d
        assert math.isclose(values[k].grad, exact, rel_tol=1e-9, abs_tol=1e-9), (k, values[k].grad, exact)
        if abs(exact) < 1e3:  # from three steps of different lengths: their median, for one may cross a corner
            slopes = sorted([(along(h).x - along(-h).x) / (2 * h) for h in (1e-6, 3e-6, 1e-5)])
            assert math.isclose(values[k].grad, slopes[1], rel_tol=1e-3, abs_tol=1e-3)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@given(st.one_of(recipes(most_inputs=2), vector_recipes()))
def test_gradients_of_every_row_are_pytorchs(recipe: Recipe) -> None:
    pytorch(Subject(recipe))


@given(st.one_of(recipes(most_inputs=2), vector_recipes()))
def test_a_program_run_once_more_is_the_fresh_run(recipe: Recipe) -> None:
    replay(Subject(recipe))
