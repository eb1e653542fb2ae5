"""The page's engine, under node: it runs a program, and trains it, to Python's numbers."""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import optim
from autograd import Program, Value, half_squared_error, walkthrough
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.compiling.test_javascript import EPSILON, close, identical
from tests.conftest import required
from tests.fuzz.programs import PLAIN, Recipe, programs, vector_recipes
from tests.lesson.page.engine import PAGE, ask
from tests.lesson.page.lessons import LESSONS, SLIDE, Decimals, choices, training
from tests.node import JavaScript

REPLAY = """[null, [2, 3]].map((decimals) => {
  const {rounding} = new Training(lesson, [], decimals);
  const {data, grad, slopes} = replay(nodes, nodes.map((node) => node.data), ...rounding);
  return [data, grad, slopes];
})"""


def replayed(program: Program, decimals: Decimals, by: float = 0.0) -> list[list[float]]:
    """Its data, gradients and local derivatives, where each result is a little off."""
    data, grad = decimals or (None, None)
    run = program.replay(
        round_data=lambda x: x * (1 + by) if data is None else round(x * (1 + by), data),
        round_grad=lambda x: x * (1 + by) if grad is None else round(x * (1 + by), grad),
    )
    slopes = [slope for node in run for slope in node.local_derivatives]
    return [[node.data for node in run], [node.grad for node in run], slopes]


def agree(output: Value, javascript: JavaScript) -> None:
    program = Program.of(output)
    found = ask(javascript, (output, None), REPLAY)
    for decimals, (data, grad, slopes) in zip((None, (2, 3)), found):
        try:
            right, *off = [replayed(program, decimals, by) for by in (0, EPSILON, -EPSILON)]
        except (autograd.DomainError, ArithmeticError):
            assert decimals  # as log(p) is not defined of a p that is rounded to 0
            continue
        for numbers, expected, *doubted in zip((data, grad, [x for each in slopes for x in each]), right, *off):
            close(numbers, expected, doubted)


@settings(max_examples=50)
@given(programs(PLAIN))
def test_random_programs_are_replayed(javascript: JavaScript, program: tuple[Value, list[Value]]) -> None:
    agree(program[0], javascript)


@settings(max_examples=40)
@given(vector_recipes())
def test_programs_of_every_row_are_replayed(javascript: JavaScript, recipe: Recipe) -> None:
    loss, _ = recipe.loss()
    agree(loss([Value(x) for x in recipe.examples[0]]), javascript)


@settings(max_examples=50)
@given(
    st.lists(st.integers(-64, 64).map(lambda k: k / 32), min_size=2, max_size=3),
    st.lists(st.tuples(st.sampled_from("add sub mul maximum relu".split()), *[st.integers(0, 99)] * 2), max_size=9),
)
def test_ties_of_rounding_fall_as_pythons(
    javascript: JavaScript, x: list[float], steps: list[tuple[str, int, int]]
) -> None:
    values = [Value(xi) for xi in x]
    for name, i, j in steps:  # in which floats lose nothing, so that every half is a half
        a, b = values[i % len(values)], values[j % len(values)]
        greater = autograd.maximum([a, b])
        exact = {"add": a + b, "sub": a - b, "mul": a * b, "maximum": greater, "relu": autograd.relu(a)}
        if abs(exact[name].data) < 2**12 and (exact[name].data * 2**20).is_integer():
            values.append(exact[name])
    output = values[-1] * 0.5
    _, (data, grad, _) = ask(javascript, (output, None), REPLAY)
    rounded = Program.of(output).rounded(2, 3)
    identical(data, [node.data for node in rounded])
    identical(grad, [node.grad for node in rounded])


@pytest.mark.parametrize("x", [800.0, -800.0, 1.5])
def test_what_a_choice_has_discarded_hands_nothing_on(javascript: JavaScript, x: float) -> None:
    v = Value(x, "v")
    lost = autograd.exp(autograd.exp(v)) * autograd.exp(v * v)  # 0 times infinity is no number
    output = autograd.where(autograd.greater(v, 0.0), autograd.sin(v), lost)
    (_, grad, _), _ = ask(javascript, (output, None), REPLAY)
    expected = Program.of(output).gradients()
    assert not any(map(math.isnan, expected)) or x < 0
    close(grad, expected, [])


def test_numbers_that_json_has_not_arrive(javascript: JavaScript) -> None:
    output = autograd.sum([Value(math.inf, "NaN"), Value(-math.inf, "Infinity"), Value(math.nan, "-Infinity")])
    found = ask(javascript, (output, None), "nodes.slice(0, 3).map(({data, names: {text}}) => [data, text])")
    assert str(found) == str([[math.inf, '"NaN"'], [-math.inf, '"Infinity"'], [math.nan, '"-Infinity"']])


Make = Callable[[Sequence[Value]], optim.Optimizer]
OPTIMIZERS: list[Make] = [
    lambda ps: optim.SGD(ps, lr=0.9),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, dampening=0.3, weight_decay=0.1),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, nesterov=True),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, form="sutskever", nesterov=True),
    lambda ps: optim.Adagrad(ps, lr=0.5, lr_decay=0.1),
    lambda ps: optim.RMSprop(ps, lr=0.1, momentum=0.9, centered=True),
    lambda ps: optim.Adam(ps, lr=0.1),
    lambda ps: optim.Adam(ps, lr=0.1, amsgrad=True, weight_decay=0.1, maximize=True),
    lambda ps: optim.AdamW(ps, lr=0.1),
    lambda ps: optim.Lion(ps, lr=0.1),
]
TRAIN = """((training) => [1, 2, 3, 4, 5].map((k) => {
  const {data, grad, memory, after, next} = training.round(k);
  return [data, grad, memory, after, next];
}))(new Training(lesson, nodes.map(({data}) => data), DECIMALS))"""


@pytest.mark.parametrize("decimals", [None, SLIDE])
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_training_is_optims(javascript: JavaScript, make: Make, decimals: Decimals) -> None:
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    optimizer = make(model.parameters())
    E.backward()
    optimizer.step()  # so that it remembers something already
    trained(javascript, (half_squared_error(model(INPUTS), Value(TARGET, "t")), optimizer), decimals)


@pytest.mark.parametrize("decimals", [None, SLIDE])
@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_is_trained_as_optim_does(javascript: JavaScript, name: str, decimals: Decimals) -> None:
    trained(javascript, LESSONS[name](), decimals)


def trained(javascript: JavaScript, lesson: tuple[Value, optim.Optimizer | None], decimals: Decimals) -> None:
    rounds = ask(javascript, lesson, TRAIN.replace("DECIMALS", json.dumps(decimals)))
    expected = training(lesson, 5, decimals)
    rounds = rounds[: len(expected)]  # without an optimizer each is as the first
    for (data, grad, memory, after, new), right in zip(rounds, expected, strict=True):
        assert data == pytest.approx([node.data for node in right.run], rel=1e-11, abs=1e-15, nan_ok=True)
        assert grad == pytest.approx([node.grad for node in right.run], rel=1e-11, abs=1e-15, nan_ok=True)
        for found, of in ((memory, right.before), (after, right.after), (new, right.new)):
            assert {int(i) for i in found} == set(of)
            for i, x in of.items():
                assert found[str(i)] == pytest.approx(x, rel=1e-10, abs=1e-15)


def test_a_lesson_is_left_as_it_is_by_its_oracle() -> None:
    output, optimizer = lesson = choices()
    assert optimizer is not None
    before = (Program.of(output), optimizer.state_dict())
    training(lesson, 3)
    assert str((Program.of(output), optimizer.state_dict())) == str(before)


@pytest.mark.parametrize("path", sorted(PAGE.glob("*.js")), ids=lambda path: path.name)
def test_a_module_is_javascript(path: Path) -> None:
    subprocess.run([required("node"), "--check", str(path)], check=True)


def test_modules_go_together(tmp_path: Path) -> None:
    output, optimizer = choices()
    script = re.search(r"<script>(.*)</script>", walkthrough(output, optimizer=optimizer).html, re.DOTALL)
    assert script is not None
    (tmp_path / "page.js").write_text(script[1], encoding="utf-8")
    subprocess.run([required("node"), "--check", str(tmp_path / "page.js")], check=True)  # no name is given twice
