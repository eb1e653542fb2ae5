"""JavaScript: under node, rows, programs and update rules come to what the scalar engine's do."""

from __future__ import annotations

import doctest
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd.compiling.javascript
import optim
from autograd import FLOATS, PRIMITIVES, Parameter, Primitive, Program, Reading, Value, domains, half_squared_error
from autograd.compiling.javascript import program_javascript, row_javascript, rows_javascript, rule_javascript
from autograd.formulas.digits import number
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.fuzz.programs import Recipe, recipes, scalar_recipes, vector_recipes
from tests.fuzz.readings import Subject
from tests.fuzz.readings import javascript as program_agrees
from tests.node import JavaScript

CORNERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 6.0, -3.0, 1e-9, -1e-9, 40.0, -40.0, 800.0, -800.0, 1e200, -1e200]
BEYOND = [math.inf, -math.inf, math.nan]


def nudged(by: float) -> Reading:
    """Floats whose functions are off by a little, as those of another library may be."""
    names = "exp expm1 log log1p sin cos tanh arctan pow sigmoid".split()
    off = {name: lambda *x, name=name: getattr(FLOATS, name)(*x) * (1 + by) for name in names}
    return Reading(**{**vars(FLOATS), **off})


def close(found: Sequence[float], expected: Sequence[float], doubted: Sequence[Sequence[float]]) -> None:
    """To 12 digits, or as close as numbers are that were computed a little off on the way: of a difference, say, it is
    the terms that are known to 12 digits."""
    assert len(found) == len(expected)
    for x, right, *off in zip(found, expected, *doubted):
        doubt = max([abs(other - right) for other in off if math.isfinite(other)], default=0.0)
        same = x == right or (math.isnan(x) and math.isnan(right))
        assert same or abs(x - right) <= 1e-12 * abs(right) + 4 * doubt, (found, expected)


EPSILON = 2**-52


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=list(PRIMITIVES))
@settings(max_examples=40)
@given(data=st.data())
def test_rows_agree_on_their_domain_and_at_corners(row: Primitive, data: st.DataObject, javascript: JavaScript) -> None:
    count = len(row.names) + row.sequences.count(True) * data.draw(st.integers(0, 3) if row.n_ary else st.just(0))
    kinds = [st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])]
    if row.domain not in (domains.PROBABILITY, domains.PROBABILITIES):
        kinds += [st.floats(-4, 4), st.sampled_from(CORNERS), st.sampled_from([*CORNERS, *BEYOND])]
    x = data.draw(st.lists(data.draw(st.sampled_from(kinds)), min_size=count, max_size=count))
    inputs = row.unflatten(x)
    assume(row.domain is None or row.domain.contains(*inputs))

    def run(m: Reading, y: float) -> list[float]:
        return [row.forward(m, *inputs), *row.flatten(row.partials(m, y, *inputs))]

    y = row.forward(FLOATS, *inputs)
    code = f"(row => [row.forward(x), ...row.partials(y, x)])({row_javascript(row, count)})"
    found = javascript(f"{{const x = {json.dumps(x)}, y = {json.dumps(y)}; {code}}}")
    close(found, run(FLOATS, y), [run(nudged(EPSILON), y), run(nudged(-EPSILON), y)])


def agree(output: Value, javascript: JavaScript) -> None:
    """A program's value and gradients are the engine's."""
    program = Program.of(output)
    given = [node.index for node in program if node.op is None and node.kind != "constant"]
    x = [program.nodes[i].data for i in given]
    value, gradient = javascript(f"({program_javascript(program)})({json.dumps(x)})")

    def results(run: Program) -> list[float]:
        return [run.nodes[-1].data, *[run.nodes[i].grad for i in given]]

    def off(by: float) -> list[float]:
        return results(program.replay(round_data=lambda x: x * (1 + by), round_grad=lambda x: x * (1 + by)))

    close([value, *gradient], results(program.replay()), [off(EPSILON), off(-EPSILON)])


@given(recipe=st.one_of(scalar_recipes(), recipes(most_inputs=2), vector_recipes()))
def test_random_programs_agree(javascript: JavaScript, recipe: Recipe) -> None:
    program_agrees(Subject(recipe), javascript)


NAMES = ["class", "Math", "total", "θ", "x²", "a b", "</script>", "2", "", "w\n1", "x", "x"]


def test_whatever_quantities_are_called(javascript: JavaScript) -> None:
    x = [Value(0.1 * k, name) for k, name in enumerate(NAMES, start=1)]
    agree(autograd.softplus(autograd.sum(x)) + autograd.maximum(x) ** 1.5, javascript)
    agree(x[0], javascript)


# A program run as a page may run it: node after node, by the rows.
INTERPRETER = """(nodes, rows) => {
  const data = [], locals = [], grads = nodes.map(() => 0);
  for (const {op, parents, number} of nodes) {
    const inputs = parents.map((parent) => data[parent]);
    data.push(op ? rows[op].forward(inputs) : number);
    locals.push(op ? rows[op].partials(data.at(-1), inputs) : []);
  }
  grads[nodes.length - 1] = 1;
  for (let i = nodes.length - 1; i >= 0; i--) {
    nodes[i].parents.forEach((parent, k) => { grads[parent] += locals[i][k] * grads[i]; });
  }
  return nodes.map((node, i) => [data[i], grads[i], ...locals[i]]);
}"""


def test_every_number_of_the_toy_network_is_python_s(javascript: JavaScript) -> None:
    E = half_squared_error(slide_network()(INPUTS), Value(TARGET, "t"))
    agree(E, javascript)
    E.backward()
    program = Program.of(E)
    nodes = [
        {"op": node.op and f"{node.op.name}/{len(node.parents)}", "parents": node.parents, "number": node.data}
        for node in program
    ]
    found = javascript(f"({INTERPRETER})({json.dumps(nodes)}, {rows_javascript(program)})")
    for node, numbers in zip(program, found):
        assert numbers == pytest.approx([node.data, node.grad, *node.local_derivatives], rel=1e-12, abs=0)
    parameters = [value for value in autograd.leaves(E) if isinstance(value, Parameter)]
    sgd = optim.SGD(parameters, lr=0.9)
    rule = rule_javascript(sgd.rule, list(sgd.memory), sgd.hyperparameters)
    before = [[parameter.data, parameter.grad] for parameter in parameters]
    sgd.step()
    hyperparameters = json.dumps({**sgd.hyperparameters})
    new = javascript(f"{json.dumps(before)}.map(([w, g]) => ({rule})(w, g, [0], 1, {hyperparameters})[0])")
    assert new == pytest.approx([parameter.data for parameter in parameters], rel=1e-12)


def test_a_row_of_ones_own(javascript: JavaScript) -> None:
    swish = Primitive('"swish"', "x", "swish", lambda m, x: x * m.sigmoid(x), lambda m, y, x: (y,))
    rows = javascript(f"Object.keys({rows_javascript(Program.of(swish(Value(2.0))))})")
    assert rows == ['"swish"/1']


# ---- Update rules ------------------------------------------------------------------------------------------------


def signed(
    math: Any, theta: Any, gradient: Any, m: Any, default: Any, *, t: Any, lr: Any, betas: Any, flip: Any
) -> Any:
    """A rule with a choice, a power, a flag, parts that are shared, and names that JavaScript keeps for itself."""
    m = betas[0] * m + (1 - betas[0]) * (-gradient if flip else gradient)
    scaled = m / (1 - betas[1] ** t)
    step = math.where(math.greater(t, 2), scaled * math.sqrt(math.abs(scaled)), scaled)
    return theta - lr * step, m, default


OPTIMIZERS: list[Callable[[list[Parameter]], optim.Optimizer]] = [
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, dampening=0.3, weight_decay=0.1, maximize=True),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, nesterov=True),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, form="sutskever", nesterov=True),
    lambda ps: optim.Adagrad(ps, lr=0.5, lr_decay=0.1, weight_decay=0.1, eps_inside=True),
    lambda ps: optim.RMSprop(ps, lr=0.5, momentum=0.9, centered=True, weight_decay=0.1),
    lambda ps: optim.Adam(ps, lr=0.5, amsgrad=True, weight_decay=0.1),
    lambda ps: optim.AdamW(ps, lr=0.5),
    lambda ps: optim.Lion(ps, lr=0.5, weight_decay=0.1),
]


def steps_agree(
    rule: Callable[..., Any], memory: Sequence[str], hyperparameters: dict[str, Any], javascript: JavaScript
) -> None:
    """Steps of a rule, whatever its numbers are: each of the hyperparameters may be off."""
    written = rule_javascript(rule, memory, hyperparameters)
    numbers = [0.5, -0.25, *[0.4, 0.3, 0.2][: len(memory)]]
    for t, off in ((1, None), (2, None), (5, None), *[(2, name) for name in hyperparameters]):
        now = {
            name: 0.0 if name == off and not isinstance(x, bool | tuple) else x for name, x in hyperparameters.items()
        }
        arguments = [*numbers[:2], numbers[2:], t, now]
        new, updated = javascript(f"({written})(...{json.dumps(arguments)})")
        assert [new, *updated] == pytest.approx(list(rule(FLOATS, *numbers, t=t, **now)), rel=1e-12)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_optimizers_take_the_same_steps(
    make: Callable[[list[Parameter]], optim.Optimizer], javascript: JavaScript
) -> None:
    optimizer = make([Parameter(1.0)])
    steps_agree(optimizer.rule, list(optimizer.memory), dict(optimizer.hyperparameters), javascript)


@pytest.mark.parametrize("flip", [False, True])
def test_a_rule_of_ones_own_takes_the_same_steps(flip: bool, javascript: JavaScript) -> None:
    steps_agree(signed, ["m", "default"], {"lr": 0.1, "betas": (0.9, 0.5), "flip": flip}, javascript)


# ---- What Python's floats ask for --------------------------------------------------------------------------------

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, math.inf, -math.inf, math.nan, 1e308, 5e-324]


def identical(found: Sequence[float], expected: Sequence[float]) -> None:
    for x, right in zip(found, expected, strict=True):
        assert repr(float(x)) == repr(float(right))


def test_powers_are_pythons_where_they_have_no_rounding(javascript: JavaScript) -> None:
    pairs = [(a, b) for a in SPECIAL for b in SPECIAL if FLOATS.pow(a, b) in (0, 1, a, math.inf, -math.inf)]
    identical(javascript(f"{json.dumps(pairs)}.map(([a, b]) => pow(a, b))"), [FLOATS.pow(a, b) for a, b in pairs])


def test_extremes_and_sums_are_pythons(javascript: JavaScript) -> None:
    rows = [[a, b, c] for a in SPECIAL for b in SPECIAL for c in (1.0, -0.0, math.nan)]
    for name in ("maximum", "minimum"):
        identical(javascript(f"{json.dumps(rows)}.map({name})"), [getattr(FLOATS, name)(row) for row in rows])
    identical(javascript(f"{json.dumps(rows)}.map(total)"), [FLOATS.sum(row) for row in rows])
    assert javascript("total([])") == 0


def halfway(decimals: int) -> st.SearchStrategy[float]:
    """Numbers that lie exactly between two of so many decimals: an odd number over a power of 2."""
    return st.integers(-(2**40), 2**40).map(lambda k: (2 * k + 1) / 2 ** (decimals + 1))


floats = st.one_of(
    st.floats(),
    st.floats(-100, 100),
    st.integers(-(10**7), 10**7).map(lambda k: k / 1000),
    *[halfway(decimals) for decimals in range(6)],
)


@given(x=st.lists(floats, min_size=50, max_size=50), decimals=st.integers(0, 12))
def test_rounding_is_pythons(javascript: JavaScript, x: list[float], decimals: int) -> None:
    finite = [xi for xi in x if math.isfinite(xi)]
    found = javascript(f"{json.dumps(finite)}.map((x) => round(x, {decimals}))")
    identical(found, [round(xi, decimals) for xi in finite])


@given(x=st.lists(floats, min_size=50, max_size=50), digits=st.integers(1, 17))
def test_numbers_are_written_as_pythons(javascript: JavaScript, x: list[float], digits: int) -> None:
    found = javascript(f"{json.dumps(x)}.map((x) => number(x, {digits}))")
    assert found == [number(xi, digits) for xi in x]


def test_the_docstring_speaks_the_truth() -> None:
    assert doctest.testmod(autograd.compiling.javascript).failed == 0
