"""Steps by scalar, unit and layer, under node: each grain takes every scalar step once, when it can be computed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

import autograd
import optim
from autograd import Parameter, Program, Value
from demos.gallery.toy_story import TOY_STORY
from tests.fuzz.programs import PLAIN, Recipe, programs, vector_recipes
from tests.lesson.page.engine import ask
from tests.lesson.page.lessons import LESSONS, Lesson, toy
from tests.node import JavaScript

GROUPS = "grouped(lesson, scalarSteps(lesson, lesson.optimizer ? lesson.optimizer.t + 1 : 0))"
Step = tuple[Any, ...]


def told(step: dict[str, Any]) -> Step:
    kind = step["kind"]
    words = {"result": ["node"], "hand": ["node", "k", "parent"], "line": ["node", "writes"]}.get(kind, [])
    return (kind, *[step[word] for word in words])


def in_order(steps: list[Step], program: Program) -> None:
    """Each step has all that it needs from those before it."""
    last = len(program) - 1
    to_come = [0] * len(program)  # contributions, of each node
    for node in program:
        for parent in node.parents:
            to_come[parent] += program.nodes[parent].kind != "constant"
    known = {node.index for node in program if node.op is None}
    seeded = False
    for step in steps:
        match step:
            case ("result", node):
                assert known.issuperset(program.nodes[node].parents), step
                known.add(node)
            case ("seed",):
                seeded = True
                assert last in known
            case ("hand", node, k, parent):
                assert program.nodes[node].parents[k] == parent
                assert to_come[node] == 0, step
                assert seeded
                assert len(known) == len(program)
                to_come[parent] -= 1
            case ("line", node, _):
                assert to_come[node] == 0, step


def complete(lesson: Lesson, javascript: JavaScript) -> dict[str, list[dict[str, Any]]]:
    """The groups by grain; each grain has all steps."""
    output, optimizer = lesson
    program = Program.of(output)
    steps: list[Step] = [("given",), *[("result", node.index) for node in program if node.op], ("seed",)]
    for node in reversed(program.nodes):
        varying = [(k, i) for k, i in enumerate(node.parents) if program.nodes[i].kind != "constant"]
        steps += [("hand", node.index, k, parent) for k, parent in varying]
    grains: dict[str, list[dict[str, Any]]] = ask(javascript, lesson, GROUPS)
    assert set(grains) == {"layer", "unit", "scalar"}
    for grain, groups in grains.items():
        found = [told(step) for group in groups for step in group["steps"]]
        lines = [step for step in found if step[0] == "line"]
        assert len(set(lines)) == len(lines)
        if grain == "scalar":
            assert found == steps + lines
            assert all(len(group["steps"]) == 1 for group in groups)
        assert sorted(found) == sorted(steps + lines), grain
        in_order(found, program)
        assert all(step["phase"] == group["phase"] for group in groups for step in group["steps"])
    learning = {program.index[p] for p in optimizer.parameters if p in program.index} if optimizer else set()
    assert {step[1] for step in lines if step[2] == 0} == learning
    return grains


@pytest.mark.parametrize("name", LESSONS)
def test_every_grain_has_every_step_once(javascript: JavaScript, name: str) -> None:
    complete(LESSONS[name](), javascript)


@settings(max_examples=60)
@given(programs(PLAIN))
def test_every_grain_of_a_random_program(javascript: JavaScript, program: tuple[Value, list[Value]]) -> None:
    complete((program[0], None), javascript)


@settings(max_examples=40)
@given(vector_recipes())
def test_every_grain_of_programs_of_every_row(javascript: JavaScript, recipe: Recipe) -> None:
    loss, parameters = recipe.loss()
    output = loss([Value(x) for x in recipe.examples[0]])
    learned = [parameter for parameter in parameters if parameter in Program.of(output).index]
    complete((output, optim.Adam(learned) if learned else None), javascript)


def test_a_computed_weight_is_a_step_of_its_own_among_units(javascript: JavaScript) -> None:
    v, x = Parameter(0.5, "v"), Value(2.0, "x")
    h = autograd.tanh(autograd.affine([v], [x], Parameter(0.1, "b")))
    w = v * h
    w.name = "w"
    y = autograd.tanh(autograd.affine([w], [x], 0.0))
    y.name = "y"
    grains = complete((y, optim.SGD([v], lr=0.1)), javascript)
    for grain in ("unit", "layer"):
        titles = [[unit["title"] for unit in group["units"]] for group in grains[grain] if group["kind"] == "unit"]
        assert titles == [["v3"], ["v4"], ["w"], ["y"]]


def test_units_of_the_toy_network_go_forward_and_back(javascript: JavaScript) -> None:
    grains = complete(toy(), javascript)
    names = [(group["kind"], "".join(unit["title"] for unit in group["units"])) for group in grains["unit"]]
    forward, back = [("unit", u) for u in "456E"], [("delta", "6"), ("products", "6")]
    for unit in "54":
        back += [("delta", unit), ("products", unit)]
    assert names == [("given", ""), *forward, *back, ("inputs", ""), ("update", "")]
    names = [(group["kind"], "".join(unit["title"] for unit in group["units"])) for group in grains["layer"]]
    layers = [("unit", "45"), ("unit", "6"), ("unit", "E"), ("delta", "6"), ("products", "6")]
    assert names == [("given", ""), *layers, ("delta", "45"), ("products", "45"), ("inputs", ""), ("update", "")]


def test_a_story_takes_no_step_twice_and_none_before_it_can_be_computed(javascript: JavaScript) -> None:
    lesson = toy()
    code = f"scenesOf(lesson, {GROUPS.removeprefix('grouped(lesson, ').removesuffix(')')}).unit"
    scenes = ask(javascript, lesson, code, TOY_STORY)
    assert [scene["kind"] for scene in scenes] == [scene.kind for scene in TOY_STORY]
    assert [scene["ask"] for scene in scenes] == [scene.ask for scene in TOY_STORY]
    assert all(scene["title"] for scene in scenes)
    found = [told(step) for scene in scenes for step in scene["steps"]]
    assert len(found) == len(set(found))
    in_order(found, Program.of(lesson[0]))
    assert {step[0] for step in found} == {"given", "result", "seed", "hand", "line"}
