"""Typical mistakes: each does what it says, where it says, and nothing else; in Python and in JavaScript."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
import nn
import optim
from autograd import MISTAKES, DomainError, Mistake, Parameter, Program, Value, tanh, wrong
from autograd.compiling.javascript import formula_javascript, row_javascript, rule_javascript
from autograd.lesson.events import LEARNING_RATE, Replaced, descent, events, parameters, worked
from autograd.lesson.frames import Optimizer
from autograd.lesson.mistake import Comparison, Site
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.compiling.programs import random_program
from tests.formulas.test_explanation import ALL, programs, toy
from tests.node import JavaScript


def net(sizes: list[int], activation: str, output: str, loss: Callable[..., Value], target: Any, rng: int = 3) -> Value:
    model = nn.MLP(2, sizes, activation=activation, output=output, rng=rng)
    for k, parameter in enumerate(model.parameters()):
        parameter.data += 0.1 + 0.01 * k  # biases begin at 0
    return loss(model([0.7, -1.3]), target)


def branched() -> Value:
    """A program of a few operations, in which much is used twice."""
    w, x, b = Parameter(0.6, "w"), Value(-1.2, "x"), Parameter(0.3, "b")
    h = tanh(w * x + b)
    return (h * h + autograd.elu(h * w - 1) - 0.5) ** 2


NETS: dict[str, Callable[[], Value]] = {
    "sigmoid": lambda: net([2, 1], "sigmoid", "sigmoid", nn.half_squared_error, 1),
    "relu": lambda: net([3, 3, 1], "relu", "linear", nn.squared_error, 0.4, rng=1),
    "tanh": lambda: net([2, 2, 1], "tanh", "sigmoid", nn.binary_cross_entropy, 1),
    "softmax": lambda: net([2, 3], "sigmoid", "softmax", nn.cross_entropy_on_probabilities, 1),
    "logits": lambda: net([3, 3], "relu6", "linear", nn.cross_entropy, 2),
    "no bias": lambda: net([3, 2], "gelu", "tanh", nn.half_squared_error, [0.2, -0.4]),
    "branched": branched,
}
EVERYWHERE = [
    (name, mistake)
    for name, make in NETS.items()
    for mistake in MISTAKES
    if MISTAKES[mistake].sites(Program.of(make()))
]


def sites(output: Value, mistake: str) -> list[Site]:
    return MISTAKES[mistake].sites(Program.of(output))


def grads(comparison: Comparison, step: int = -1) -> dict[str, float]:
    """The wrong gradients, by label."""
    program = comparison.wrong[step].program
    return dict(zip(program.labels, [node.grad for node in program]))


def numbers(program: Program) -> dict[str, float]:
    return dict(zip(program.labels, [node.data for node in program]))


# ---- The ordinary run ----------------------------------------------------------------------------------------------


@given(programs(ALL))
def test_with_nothing_replaced_a_step_is_the_engines(drawn: tuple[Value, list[Value]]) -> None:
    program = Program.of(drawn[0])
    (step,) = worked(program)
    assert step.program.nodes == program.replay().nodes


@given(st.integers(0, 2**32 - 1), st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_so_is_one_of_every_row(seed: int, x: list[float]) -> None:
    loss, _, inputs = random_program(seed)
    program = Program.of(loss([Value(xi) for xi in x[:inputs]], Value(x[-1])))
    assert repr(worked(program)[0].program.nodes) == repr(program.replay().nodes)  # which a NaN has, too


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


def is_right_all_the_same(mistake: str, program: Program, site: Site) -> bool:
    """Whether nothing comes of it: there is no gradient to get wrong, say, or the relu is on."""
    node = program.nodes[site.node]
    if mistake in GATHERED:
        return GATHERED[mistake](brought(program, site.node)) == pytest.approx(node.grad, rel=1e-12, abs=0)
    if mistake == "rounding":
        return node.grad == round(node.grad, 4) and (node.op is None or node.data == round(node.data, 3))
    if mistake in ("relu-always-on", "no-derivative") and node.op in (autograd.relu, autograd.relu6) and node.data:
        return True
    return node.grad == 0 and MISTAKES[mistake].forward is None and mistake not in ("dead-relu", "equal-weights")


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
@settings(max_examples=25)
@given(drawn=programs(ALL))
def test_on_any_program_the_leaves_numbers_and_the_values_stay_as_they_are(
    mistake: str, drawn: tuple[Value, list[Value]]
) -> None:
    E = drawn[0]
    E.backward()
    before = [(value.data, value.grad) for value in Program.of(E).index]
    found = sites(E, mistake)
    if not found:
        with pytest.raises(ValueError, match="cannot happen in this program"):
            wrong(E, mistake)
        return
    try:
        comparison = wrong(E, mistake)
    except DomainError:
        assume(False)
    assert [(value.data, value.grad) for value in Program.of(E).index] == before
    assert comparison.right == tuple(worked(Program.of(E), MISTAKES[mistake].steps))
    assert str(comparison).startswith(f"{mistake} at ")


@pytest.mark.parametrize("mistake", GATHERED)
@given(drawn=programs(ALL))
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


def test_it_may_begin_wrongly() -> None:
    equal = wrong(NETS["relu"](), "equal-weights").wrong[-1]
    x = numbers(equal.program)
    assert x["w13"] == x["w14"] == x["w15"]
    assert x["o3"] == x["o4"] == x["o5"]
    assert equal.new[equal.program.labels.index("w24")] == equal.new[equal.program.labels.index("w25")]
    dead = wrong(NETS["relu"](), "dead-relu").wrong[-1].program
    assert all(node.data <= -1 for label, node in zip(dead.labels, dead) if label in ("i3", "i4", "i5"))
    assert numbers(wrong(toy(), "saturated", sites="x3").wrong[-1].program)["x3"] == 100


def test_a_relu_that_is_off_learns_if_its_derivative_is_always_1() -> None:
    w, x = Parameter(-2.0, "w"), Value(3.0, "x")
    o = autograd.relu(w * x)
    assert grads(wrong(o, "relu-always-on"))["w"] == 3
    w.data = 2.0  # numbers of today
    assert wrong(o, "relu-always-on").first is None
    assert "Every number is right" in str(wrong(o, "relu-always-on"))


def test_a_program_without_parameters_has_its_inputs_to_be_updated() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert {label: pair for label, pair in grads(wrong(a * b, "no-input")).items() if label in "ab"} == {"a": 1, "b": 1}
    found = wrong(a * b, "ascent").wrong[0].new
    assert list(found.values()) == pytest.approx([2 + LEARNING_RATE * 3, 3 + LEARNING_RATE * 2])


# ---- In JavaScript -------------------------------------------------------------------------------------------------

# A page's interpreter: it is given the program and, by node, what is put in place; and runs the events.
INTERPRETER = """(nodes, rows, replaced, rule, hyperparameters, memory, t, steps) => steps.map((events) => {
  t += 1;
  let given = null;
  const data = nodes.map((node) => node.number), grad = nodes.map((node) => node.grad ?? 0);
  const slopes = {}, current = new Set();
  const row = (i) => rows[i];
  for (const [what, i, edge, number] of events) {
    const {parents} = nodes[i];
    if (what === "set") data[i] = number;
    else if (what === "zero") grad[i] = 0;
    else if (what === "forward") { data[i] = row(i).forward(parents.map((p) => data[p])); current.delete(i); }
    else if (what === "seed") { grad[i] = 1; given = [...data]; }
    else if (what === "round") data[i] = round(data[i], number);
    else if (what === "round grad") grad[i] = round(grad[i], number);
    else if (what === "backward") {
      if (!current.has(i)) {
        slopes[i] = row(i).partials(data[i], (replaced.operands[i] ?? parents).map((p) => data[p]));
        current.add(i);
      }
      const parent = parents[edge], combine = replaced.combine[parent];
      grad[parent] = combine
        ? combine(grad[parent], slopes[i][edge], grad[i], nodes[parent].paths,
                  ...(replaced.combined[parent] ?? []).map((p) => data[p]))
        : grad[parent] + slopes[i][edge] * grad[i];
    } else {
      [data[i], memory[i]] = (replaced.rules[i] ?? rule)(data[i], grad[i], memory[i], t, hyperparameters);
      current.clear();
    }
  }
  nodes.forEach((node, i) => { node.number = data[i]; node.grad = grad[i]; });
  return [given, grad, data];
})"""


def keyed(entries: dict[int, str]) -> str:
    return f"{{{', '.join(f'{key}: {code}' for key, code in entries.items())}}}"


def in_javascript(
    mistake: Mistake, program: Program, optimizer: Optimizer | None, steps: int, javascript: JavaScript
) -> list[Any]:
    chosen = mistake.sites(program)
    replaced = mistake.replaced(program, chosen)
    rows = {
        node.index: row_javascript(
            replaced.rows.get(node.index, node.op), len(replaced.operands.get(node.index, node.parents))
        )
        for node in program
        if node.op is not None
    }
    right, hyperparameters, memory, t = descent, {"lr": LEARNING_RATE}, list[str](), 0
    updated = parameters(program)
    if optimizer is not None:
        right, hyperparameters, t = optimizer.rule, dict(optimizer.hyperparameters), optimizer.t  # type: ignore[assignment]
        memory = list(optimizer.memory)
    combined = {
        i: formula_javascript(
            f, ["so_far", "derivative", "gradient", "paths", *[f"x{k}" for k in replaced.combined.get(i, ())]]
        )
        for i, f in replaced.combine.items()
    }
    wanted = {
        "operands": json.dumps({i: list(read) for i, read in replaced.operands.items()}),
        "combined": json.dumps({i: list(read) for i, read in replaced.combined.items()}),
        "combine": keyed(combined),
        "rules": keyed(
            {i: rule_javascript(partial(f, right), memory, hyperparameters) for i, f in replaced.rules.items()}
        ),
    }
    uses = [sum(node.parents.count(i) for node in program) for i in range(len(program))]
    nodes = [{"parents": node.parents, "number": node.data, "paths": uses[node.index]} for node in program]
    arguments = [
        json.dumps(nodes),
        keyed(rows),
        f"{{{', '.join(f'{key}: {code}' for key, code in wanted.items())}}}",
        rule_javascript(right, memory, hyperparameters),
        json.dumps(hyperparameters),
        json.dumps({i: [0.0] * len(memory) for i in updated}),
        str(t),
        json.dumps([replaced.order(k, events(program, updated)) for k in range(1, steps + 1)]),
    ]
    found: list[Any] = javascript(f"({INTERPRETER})({', '.join(arguments)})")
    return found


@pytest.mark.parametrize(("name", "mistake"), EVERYWHERE)
def test_in_javascript_it_comes_to_the_same_numbers(name: str, mistake: str, javascript: JavaScript) -> None:
    E = NETS[name]()
    program = Program.of(E)
    values = [value for value in autograd.leaves(E) if isinstance(value, Parameter)]
    for optimizer in (None, optim.SGD(values, lr=0.3, momentum=0.9)):
        found = in_javascript(MISTAKES[mistake], program, optimizer, 2, javascript)
        steps = wrong(E, mistake, optimizer=optimizer, steps=2).wrong
        for (data, grad, new), step in zip(found, steps, strict=True):
            assert data == pytest.approx([node.data for node in step.program], rel=1e-11, abs=1e-13)
            assert grad == pytest.approx([node.grad for node in step.program], rel=1e-11, abs=1e-13)
            assert [new[i] for i in step.new] == pytest.approx(list(step.new.values()), rel=1e-11, abs=1e-13)


# ---- For a reader --------------------------------------------------------------------------------------------------

HOSTILE = '</td><script>alert("1")</script>\x1b[2J\n'


def test_names_stay_text() -> None:
    a, b = Value(2.0, HOSTILE), Value(3.0, "b" * 500)
    y = a * b + a
    y.name = HOSTILE + "y"
    shown = wrong(y, "overwrite", sites=HOSTILE)
    assert wrong(y, "overwrite", sites=a).sites == shown.sites
    assert "<script" not in shown._repr_html_()
    assert "&lt;script" in shown._repr_html_()
    assert "\x1b" not in str(shown) + shown._repr_html_()
    assert len(str(shown).split("\n")) == 6


def test_what_cannot_be_is_said() -> None:
    E = toy()
    with pytest.raises(ValueError, match=r"mistake must be one of no-derivative, .*; got 'overwritten'"):
        wrong(E, "overwritten")
    with pytest.raises(ValueError, match="'relu-always-on' cannot happen in this program"):
        wrong(E, "relu-always-on")
    for place in ("w46", Value(1.0, "o4"), Site(0)):
        with pytest.raises(ValueError, match=r"'no-derivative' cannot happen at .* here, but at: o4, o5, o6"):
            wrong(E, "no-derivative", sites=place)
    with pytest.raises(ValueError, match="steps must be a whole number from 1 up, got 0"):
        wrong(E, "overwrite", steps=0)
    with pytest.raises(TypeError, match="a Value or a Program is needed"):
        wrong([E], "overwrite")  # type: ignore[arg-type]


def test_where_it_is_made_can_be_chosen() -> None:
    E = toy()
    by_label = wrong(E, "no-derivative", sites=["o4", "o5"])
    assert by_label.sites == tuple(sites(E, "no-derivative")[:2])
    assert str(wrong(E, "no-derivative", sites=list(by_label.sites))) == str(by_label)
    assert by_label.first is not None
    assert by_label.right[0].program.labels[by_label.first.node] == "i5"


def test_it_is_a_table_of_each_leaf() -> None:
    lines = str(wrong(toy(), "no-input", sites="i6")).split("\n")
    assert lines[0].startswith("no-input at i6: the input is forgotten")
    assert lines[1] == "The first wrong number: ∂E/∂w56 = -0.131169, which should be -0.068861."
    assert [line.split()[0] for line in lines[4:]] == [*"w14 w24 w34 x1 x2 x3 b4 w15 w25 w35 b5 w46 w56 b6 t".split()]
    assert [line.split()[0] for line in lines if line.endswith("≠")] == ["w46", "w56"]
    wide = wrong(autograd.sum([Value(1.0) ** 2 for _ in range(100)]), "lost-two")
    assert str(wide).endswith("... and 40 more leaves")
    assert "... and 40 more leaves" in wide._repr_html_()


ONES = Mistake("ones", "all is 1", lambda program: [Site(2)], partials=lambda m, row, y, a, b: (1.0, 1.0))


def test_numbers_that_hardly_differ_are_told_apart() -> None:
    w, x = Parameter(1 + 1e-9, "w"), Value(2.0, "x")
    assert "∂v2/∂x = 1, which should be 1.000000001." in str(wrong(w * x, ONES))


def test_adding_a_mistake_is_one_entry() -> None:
    def at_tanh(program: Program) -> list[Site]:
        return [Site(node.index) for node in program if node.op is tanh]

    without_square = Mistake("1 - y", "tanh' is taken as 1 - y", at_tanh, partials=lambda m, row, y, x: (1 - y,))
    x = Value(0.5, "x")
    y = tanh(x)
    assert grads(wrong(y, without_square))["x"] == 1 - math.tanh(0.5)
    assert row_javascript(without_square.row(Program.of(y), Site(1)), 1).count("1 - y") == 1


def test_nothing_replaced_is_nothing_wrong() -> None:
    program = Program.of(toy())
    assert worked(program, 2) == worked(program, 2, replaced=Replaced())
    nothing = Mistake("nothing", "nothing", lambda program: [Site(0)])
    assert nothing.run(program).first is None


def test_what_is_not_chosen_hands_nothing_on() -> None:
    x = Value(0.0, "x")
    y = autograd.where(autograd.greater(x, 0), autograd.log(x + 1) / (x + 1e-300), x * x + x)
    assert worked(Program.of(y))[0].program.nodes == Program.of(y).replay().nodes
