"""Typical mistakes: each does what it says, where it says, and nothing else; in Python and in JavaScript."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autograd
import nn
import optim
from autograd import MISTAKES, DomainError, Node, Parameter, Program, Value, wrong
from autograd.lesson.events import LEARNING_RATE, worked
from autograd.lesson.mistake import Comparison, Site
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.formulas.test_explanation import toy
from tests.fuzz.programs import PLAIN, Recipe, programs, vector_recipes
from tests.lesson.nets import EVERYWHERE, NETS


def sites(output: Value, mistake: str) -> list[Site]:
    return MISTAKES[mistake].sites(Program.of(output))


def grads(comparison: Comparison, step: int = -1) -> dict[str, float]:
    """The wrong gradients, by label."""
    program = comparison.wrong[step].program
    return dict(zip(program.labels, [node.grad for node in program]))


def numbers(program: Program) -> dict[str, float]:
    return dict(zip(program.labels, [node.data for node in program]))


# ---- The ordinary run ----------------------------------------------------------------------------------------------


@given(programs(PLAIN))
def test_with_nothing_replaced_a_step_is_the_engines(drawn: tuple[Value, list[Value]]) -> None:
    program = Program.of(drawn[0])
    (step,) = worked(program)
    assert step.program.nodes == program.replay().nodes


@given(vector_recipes())
def test_so_is_one_of_every_row(recipe: Recipe) -> None:
    loss, _ = recipe.loss()
    program = Program.of(loss([Value(x) for x in recipe.examples[0]]))
    assert repr(worked(program)[0].program.nodes) == repr(program.replay().nodes)  # which a NaN has, too


def test_what_is_not_chosen_hands_nothing_on() -> None:
    x = Value(0.0, "x")
    y = autograd.where(autograd.greater(x, 0), autograd.sqrt(x), x * x + x)  # the root's slope is infinite
    assert worked(Program.of(y))[0].program.nodes == Program.of(y).replay().nodes


@pytest.mark.parametrize("make", [partial(optim.SGD, lr=0.9, momentum=0.5), partial(optim.Adam, lr=0.1)])
def test_with_nothing_replaced_steps_are_the_optimizers(make: Callable[[Any], optim.Optimizer]) -> None:
    model = slide_network()
    optimizer = make(model.parameters())
    for _ in range(2):  # so that there is something to remember
        optimizer.zero_grad()
        nn.half_squared_error(model(INPUTS), TARGET).backward()
        optimizer.step()
    program = Program.of(nn.half_squared_error(model(INPUTS), TARGET))
    before = optimizer.state_dict()
    steps = worked(program, 3, optimizer)
    assert repr(optimizer.state_dict()) == repr(before)
    for step in steps:
        optimizer.zero_grad()
        nn.half_squared_error(model(INPUTS), TARGET).backward()
        optimizer.step()
        assert list(step.new.values()) == pytest.approx(
            [value.data for value in program.index if isinstance(value, Parameter)], rel=1e-14
        )


# ---- Each mistake --------------------------------------------------------------------------------------------------


def test_every_mistake_can_be_made_somewhere() -> None:
    assert {mistake for _, mistake in EVERYWHERE} == set(MISTAKES)
    assert all(entry.name == name and entry.sentence for name, entry in MISTAKES.items())


def brought(program: Program, index: int) -> list[tuple[float, float]]:
    """The local derivatives and gradients whose products a node is handed, in their order."""
    return [
        (derivative, node.grad)
        for node in reversed(program.nodes)
        for parent, derivative in zip(node.parents, node.local_derivatives)
        if parent == index
    ]


GATHERED: dict[str, Callable[[list[tuple[float, float]]], float]] = {
    "overwrite": lambda brought: brought[-1][0] * brought[-1][1],
    "average": lambda brought: math.fsum(d * g for d, g in brought) / len(brought),
    "no-upstream": lambda brought: math.fsum(d for d, _ in brought),
}


def depth_first(program: Program) -> list[float]:
    """Gradients as a backward pass gets them that runs down each path as it comes."""
    grad = [0.0] * (len(program) - 1) + [1.0]

    def down(node: Node) -> None:
        for parent, local_derivative in zip(node.parents, node.local_derivatives):
            grad[parent] += local_derivative * grad[node.index]
            down(program.nodes[parent])

    down(program.nodes[-1])
    return grad


def is_right_all_the_same(mistake: str, program: Program, site: Site) -> bool:
    """Whether nothing comes of it: there is no gradient to get wrong, say, or the factor that is forgotten is 1."""
    entry, node = MISTAKES[mistake], program.nodes[site.node]
    close = partial(math.isclose, rel_tol=1e-9, abs_tol=1e-9)
    if mistake in GATHERED:
        return close(GATHERED[mistake](brought(program, site.node)), node.grad)
    if mistake == "order":
        return all(close(node.grad, grad) for node, grad in zip(program, depth_first(program)))
    if mistake == "rounding":
        return close(node.grad, round(node.grad, 4)) and (node.op is None or close(node.data, round(node.data, 3)))
    if node.op is not None and entry.partials and not entry.forward:
        operands = [program.nodes[i].data for i in site.reads or node.parents]
        slopes = zip(entry.row(program, site).local_derivatives(node.data, operands), node.local_derivatives)
        if all(close(*pair) for pair, i in zip(slopes, node.parents) if program.nodes[i].kind != "constant"):
            return True
    if entry.rule or mistake in ("double-update", "too-soon"):
        return close(node.data + node.grad, node.data)
    return close(node.grad, 0) and not entry.forward and mistake not in ("dead-relu", "equal-weights")


@pytest.mark.parametrize(("name", "mistake"), EVERYWHERE)
def test_at_each_of_its_sites_it_makes_a_number_wrong_and_those_elsewhere_are_right(name: str, mistake: str) -> None:
    entry, program = MISTAKES[mistake], Program.of(NETS[name]()).replay()
    right_all_the_same = [is_right_all_the_same(mistake, program, site) for site in entry.sites(program)]
    assert not all(right_all_the_same)
    for site, right in zip(entry.sites(program), right_all_the_same):
        comparison = entry.run(program, site)
        assert (comparison.first is None) == right
        behind, before = {site.node}, {site.node}  # what is computed from it, and what hands on to what it reaches
        for node in program:
            if behind & {*node.parents}:
                behind.add(node.index)
        for node in reversed(program.nodes):
            if node.index in before or (entry.forward and node.index in behind):
                before |= {*node.parents}
        for number in comparison.differences():
            if entry.schedule is None:
                assert number.node in (behind if number.quantity == "data" else behind | before)
                assert number.quantity != "data" or entry.forward
                assert number.quantity != "grad" or not entry.rule


@pytest.mark.parametrize("mistake", MISTAKES)
@settings(max_examples=30)
@given(drawn=programs(PLAIN))
def test_on_any_program_it_makes_a_number_wrong_and_the_values_stay_as_they_are(
    mistake: str, drawn: tuple[Value, list[Value]]
) -> None:
    E = drawn[0]
    E.backward()
    before = [(value.data, value.grad) for value in Program.of(E).index]
    program = Program.of(E).replay()
    for site in sites(E, mistake):
        with contextlib.suppress(DomainError):  # where it leads
            comparison = wrong(E, mistake, sites=site)
            assert comparison.right == tuple(worked(program, MISTAKES[mistake].steps))
            assert comparison.first is not None or is_right_all_the_same(mistake, program, site)
            assert str(comparison).startswith(f"{mistake} at {program.labels[site.node]}: ")
    if not sites(E, mistake):
        with pytest.raises(ValueError, match="cannot happen in this program"):
            wrong(E, mistake)
    assert [(value.data, value.grad) for value in Program.of(E).index] == before


@pytest.mark.parametrize("mistake", GATHERED)
@given(drawn=programs(PLAIN))
def test_at_a_site_what_is_gathered_is_what_the_mistake_says(mistake: str, drawn: tuple[Value, list[Value]]) -> None:
    program = Program.of(drawn[0]).replay()
    for site in MISTAKES[mistake].sites(program):
        found = MISTAKES[mistake].run(program, site).wrong[0].program.nodes[site.node].grad
        assert found == pytest.approx(GATHERED[mistake](brought(program, site.node)), rel=1e-9, abs=1e-9)


def test_rounding_at_every_number_is_the_slides_program() -> None:
    for make in NETS.values():
        E = make()
        assert wrong(E, "rounding").wrong[0].program.nodes == Program.of(E).rounded(3, 4).nodes


@pytest.mark.parametrize(
    "name", ["no-derivative", "derivative-at-input", "no-input", "no-bias", "err-sign", "lost-half"]
)
def test_a_wrong_row_in_the_engines_own_sweep_comes_to_the_same(name: str) -> None:
    program = wrong(toy(), name).wrong[0].program
    assert program.replay().nodes == program.nodes


def test_the_toy_networks_numbers_by_hand() -> None:
    E = toy()
    right = Program.of(E).replay()
    x = numbers(right)
    d6 = (x["o6"] - TARGET) * x["o6"] * (1 - x["o6"])
    d4 = d6 * x["w46"] * x["o4"] * (1 - x["o4"])

    def w14(mistake: str, **options: Any) -> float:
        return grads(wrong(E, mistake, **options))["w14"]

    assert w14("no-derivative", sites="o6") == pytest.approx(d4 / (x["o6"] * (1 - x["o6"])))
    assert w14("derivative-at-input", sites="o4") == pytest.approx(d6 * x["w46"] * x["i4"] * (1 - x["i4"]))
    assert w14("err-sign") == pytest.approx(-d4)
    assert w14("lost-half") == pytest.approx(2 * d4)
    assert grads(wrong(E, "no-input"))["w24"] == pytest.approx(d4)  # for x2 is 0
    new = x["w46"] - 0.9 * d6 * x["o4"]
    sgd = optim.SGD([value for value in autograd.leaves(E) if isinstance(value, Parameter)], lr=0.9)
    soon = wrong(E, "too-soon", optimizer=sgd)
    assert grads(soon)["w14"] == pytest.approx(d4 / x["w46"] * new)
    assert soon.first is not None
    assert (soon.first.node, soon.first.quantity) == (right.labels.index("o5"), "grad")
    updated = dict.fromkeys(["ascent", "no-learning-rate", "learning-rate", "double-update"], 0.0)
    for mistake in updated:
        step = wrong(E, mistake, sites="w46", optimizer=sgd).wrong[0]
        updated[mistake] = (step.new[right.labels.index("w46")] - x["w46"]) / (-0.9 * d6 * x["o4"])
    assert updated == pytest.approx(
        {"ascent": -1, "no-learning-rate": 1 / 0.9, "learning-rate": 10, "double-update": 2}
    )


def test_gradients_that_are_not_zeroed_add_up() -> None:
    comparison = wrong(toy(), "zero-grad", sites="b6", steps=3)
    first, second = (grads(comparison, step)["b6"] for step in (0, 1))
    assert comparison.wrong[0] == comparison.right[0]
    assert second - first == pytest.approx(comparison.right[1].program.nodes[comparison.sites[0].node].grad)
    assert comparison.first is not None
    assert comparison.first.step == 2


def test_handed_on_depth_first_a_part_counts_twice() -> None:
    a = Value(2.0, "a")
    b = a**2
    y = b * (b + 1)
    b.name = "b"
    comparison = wrong(y, "order")
    assert comparison.sites == (Site(Program.of(y).index[b]),)
    assert grads(comparison) == {**grads(comparison), "a": (5 + 9) * 4, "b": 9}
    deep = a
    for _ in range(20):
        deep = deep * deep * 0.5
    with pytest.raises(ValueError, match="cannot happen"):  # it would take all day
        wrong(deep, "order")


def test_a_layers_weights_by_columns() -> None:
    E = NETS["relu"]()
    comparison = wrong(E, "transposed")
    program = comparison.right[0].program
    x, right, found = numbers(program), dict(zip(program.labels, [node.grad for node in program])), grads(comparison)
    W = np.array([[x[f"w{j}{i}"] for j in (3, 4, 5)] for i in (6, 7, 8)])  # a row a unit
    delta = np.array([right[f"i{i}"] for i in (6, 7, 8)])
    assert [right[f"o{j}"] for j in (3, 4, 5)] == pytest.approx(W.T @ delta)
    assert [found[f"o{j}"] for j in (3, 4, 5)] == pytest.approx(W @ delta)


@pytest.mark.parametrize(("name", "target"), [("softmax", 1), ("logits", 2)])
def test_the_derivative_of_a_softmax_taken_twice(name: str, target: int) -> None:
    comparison = wrong(NETS[name](), "softmax-twice")
    nodes = [comparison.right[0].program.nodes[site.node] for site in comparison.sites]
    p = np.exp([node.data for node in nodes]) / np.exp([node.data for node in nodes]).sum()
    y = np.eye(3)[target]
    assert [node.grad for node in nodes] == pytest.approx(p - y)
    found = [comparison.wrong[0].program.nodes[site.node].grad for site in comparison.sites]
    assert found == pytest.approx((p - y) * p * (1 - p))


def test_a_softmax_without_cross_entropy_is_no_place_for_that() -> None:
    p = autograd.softmax([Value(0.1), Value(0.3)])
    assert sites(p[0] * 2 + p[1], "softmax-twice") == []


def test_the_derivative_of_a_sigmoid_taken_twice() -> None:
    comparison = wrong(NETS["tanh"](), "sigmoid-twice")
    p = numbers(comparison.right[0].program)["o7"]
    assert grads(comparison)["i7"] == pytest.approx((p - 1) * p * (1 - p))


def test_units_that_begin_equal_stay_so() -> None:
    E = NETS["tanh"]()
    parameters = [value for value in autograd.leaves(E) if isinstance(value, Parameter)]
    comparison = wrong(E, "equal-weights", optimizer=optim.Adam(parameters, lr=0.1), steps=3)
    program = comparison.wrong[-1].program
    x = numbers(program)
    for one, other in (("w13", "w14"), ("b3", "b4"), ("o3", "o4"), ("w35", "w46"), ("w57", "w67")):
        assert x[one] == x[other]
        assert grads(comparison)[one] == grads(comparison)[other]
    assert x["w13"] != x["w35"]
    both = nn.MLP(2, [2, 1], rng=0)
    batch = both([1.0, 2.0]) + both([3.0, 4.0])
    assert len(sites(batch, "equal-weights")) == 2


def test_a_weight_that_is_used_for_all_units_is_no_layers() -> None:
    w, x = [Parameter(0.1), Parameter(0.2)], [Value(1.0), Value(2.0)]
    assert len(sites(autograd.dot(w, x) * autograd.dot(w, x), "equal-weights")) == 1
    assert sites(autograd.dot([w[0], w[0]], x), "equal-weights") == []


def test_it_may_begin_wrongly() -> None:
    dead = wrong(NETS["relu"](), "dead-relu").wrong[-1].program
    assert all(node.data <= -1 for label, node in zip(dead.labels, dead) if label in ("i3", "i4", "i5"))
    assert numbers(wrong(toy(), "saturated", sites="x3").wrong[-1].program)["x3"] == 100


def test_a_relu_that_is_off_already_is_switched_off_further() -> None:
    w, b = Parameter(1.0, "w"), Parameter(-3.0, "b")
    assert numbers(wrong(autograd.relu(autograd.affine([w], [2.0], b)), "dead-relu").wrong[0].program)["b"] == -4


def test_a_relu_that_is_off_learns_if_its_derivative_is_always_1() -> None:
    w, x = Parameter(-2.0, "w"), Value(3.0, "x")
    o = autograd.relu(w * x)
    assert grads(wrong(o, "relu-always-on"))["w"] == 3
    w.data = 2.0  # numbers of today
    assert wrong(o, "relu-always-on").first is None
    assert "Every number is right" in str(wrong(o, "relu-always-on"))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_parameters_that_are_not_trained_stay_as_they_are(mistake: str) -> None:
    E = NETS["tanh"]()
    first, *_ = trained = [value for value in autograd.leaves(E) if isinstance(value, Parameter)][:1]
    if sites(E, mistake):
        comparison = wrong(E, mistake, optimizer=optim.SGD(trained, lr=0.1), steps=2)
        for step in (*comparison.right, *comparison.wrong):
            assert list(step.new) == [Program.of(E).index[first]]


def test_a_program_without_parameters_has_its_inputs_to_be_updated() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert {label: pair for label, pair in grads(wrong(a * b, "no-input")).items() if label in "ab"} == {"a": 1, "b": 1}
    found = wrong(a * b, "ascent").wrong[0].new
    assert list(found.values()) == pytest.approx([2 + LEARNING_RATE * 3, 3 + LEARNING_RATE * 2])
