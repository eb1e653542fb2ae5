"""Targets are siblings: each has its writer and its runner, and what they have in common knows none of them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Compiled, Parameter
from autograd.compiling.compile import TARGETS
from autograd.compiling.jax_code import write_jax
from autograd.compiling.numpy_code import write_numpy
from autograd.compiling.source import Source
from autograd.compiling.straight_lines import write_straight_lines
from autograd.compiling.trace import Trace, argument_names, trace
from tests.compiling.programs import PROGRAMS, W
from tests.test_house import known_modules


def known(module: str) -> set[str]:
    """The files of the wing that a file of it imports, and those that these import, and so on."""
    modules, found, new = known_modules(), set[str](), {f"autograd.compiling.{module}"}
    while new:
        found |= new
        new = {other for one in new for other in modules[one] if other.startswith("autograd.compiling.")} - found
    return {name.removeprefix("autograd.compiling.") for name in found} - {module}


@pytest.mark.parametrize("base", ["compiled", "array_functions"])  # which know what all runners, all writers have
def test_what_targets_have_in_common_knows_none_of_them(base: str) -> None:
    targets = {"numpy_code", "jax_code", "straight_lines", "compiled_numpy", "compiled_jax", "compiled_python"}
    assert targets <= known("compile")
    assert not targets & known(base)


@pytest.mark.parametrize("target", TARGETS)
def test_whatever_the_target_it_is_compiled(target: Any) -> None:
    f = autograd.compile(lambda x: x, target=target)
    assert type(f) is TARGETS[target]
    assert isinstance(f, Compiled)
    for one in TARGETS.values():
        assert isinstance(f, one) == (one is TARGETS[target])


@pytest.mark.parametrize("target", TARGETS)
def test_a_prediction_has_no_gradient(target: Any) -> None:
    if target == "jax":
        pytest.importorskip("jax")
    f = autograd.compile(lambda x: x, target=target)
    with pytest.raises(TypeError, match="without parameters: there is nothing to take the gradient of"):
        f.value_and_grad([1.0])


def traced(program: str) -> Trace:
    (name,) = argument_names(PROGRAMS[program], 1, [])
    return trace(PROGRAMS[program], program, {name: (3, 2)}, W)


@pytest.mark.parametrize("program", ["recurrent", "overlapping weights", "a regulariser"])
def test_to_write_a_trace_takes_no_data_and_no_runner_and_leaves_it_as_it_is(program: str) -> None:
    writers: list[Callable[[Trace], Source]] = [
        write_straight_lines,
        lambda known: write_numpy(known, "mean"),
        lambda known: write_jax(known, "mean") if importlib.util.find_spec("jax") else write_numpy(known, "sum"),
    ]
    common = traced(program)
    for _ in range(2):
        for write in writers:
            assert write(common).text == write(traced(program)).text
    f = autograd.compile(PROGRAMS[program], W)
    f(np.zeros((1, 3, 2)))
    assert write_numpy(common, "mean").text == f.source


@pytest.mark.parametrize("target", ["numpy", "python"])
def test_only_what_a_targets_own_code_uses_is_renamed(target: Any) -> None:
    def f(math: Any, column: Any, numbers: Any, m: Any) -> Any:
        return [math * column * numbers * m * w]

    w = Parameter(2.0, "w")
    predict = autograd.compile(f, target=target)
    assert np.asarray(predict([1.0], [2.0], [3.0], [4.0])).tolist() == [[48.0]]
    (head,) = [line for line in predict.source.split("\n") if line.startswith("def value(")]
    expected = {
        "numpy": "def value(math, column_2, numbers, m_2, given):",
        "python": "def value(math_2, column, numbers, m, given):",
    }
    assert head == expected[target]


def test_in_plain_python_examples_are_added_up_from_left_to_right() -> None:
    w = Parameter(1.0, "w")
    f = autograd.compile(lambda x: w * x, [w], reduction="sum", target="python")
    value, gradient = f.value_and_grad([0.1] * 10)
    assert value == gradient[0] == 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 != 1.0
