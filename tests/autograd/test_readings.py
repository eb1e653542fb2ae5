"""Readings: whatever a row's formulas are evaluated on has all that a row may use, and rows use nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import autograd
from autograd import PRIMITIVES, Primitive
from autograd.checks import COMPLEX
from autograd.compiling.array_expressions import array_formulas
from autograd.derivatives import VALUES
from autograd.formulas.expression import SYMBOLS
from autograd.formulas.languages import JAVASCRIPT, PYTHON, Language
from autograd.numbers import ARRAYS, FLOATS, FUNCTIONS, Reading
from tests.autograd.test_primitives import SYMPY

READINGS = {
    "floats": FLOATS,
    "arrays": ARRAYS,
    "Values": VALUES,
    "complex numbers": COMPLEX,
    "symbols": SYMBOLS,
    "NumPy code": array_formulas(),
    "sympy, which the tests ask": SYMPY,
}


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_has_every_function_that_a_row_may_use(name: str) -> None:
    missing = set(FUNCTIONS) - set(vars(READINGS[name]))
    assert not missing, f"add {', '.join(sorted(missing))} to the reading of {name}"


@pytest.mark.parametrize("language", [PYTHON, JAVASCRIPT], ids=["Python", "JavaScript"])
def test_a_language_has_a_name_for_every_function(language: Language) -> None:
    operators = {"dot", "greater", "equal", "where", "sigmoid", "softmax"}  # or are made of them
    missing = set(FUNCTIONS) - operators - set(language.functions)
    assert not missing, f"add {', '.join(sorted(missing))} to the language's functions"


def readings() -> Iterator[Reading]:
    """Those that are a name of a module of autograd."""
    for module in pkgutil.walk_packages(autograd.__path__, "autograd."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, Reading):
                yield thing


def test_no_reading_is_left_out_here() -> None:
    assert all(any(reading is known for known in READINGS.values()) for reading in readings())


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=str)
def test_a_row_uses_no_other_function(row: Primitive) -> None:
    only = Reading(**{name: getattr(FLOATS, name) for name in FUNCTIONS})
    inputs = [[0.5, 0.25] if sequence else 0.5 for sequence in row.sequences]
    row.partials(only, row.forward(only, *inputs), *inputs)
