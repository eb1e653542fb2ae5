"""The update rules: pure functions that give the same on floats and on flat arrays, and read as the slides."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import ARRAYS, FLOATS, VALUES, Value, check_gradients
from autograd.formulas import SYMBOLS, Name
from optim import rules

FLAGS = (False, True)
BOTH: dict[str, tuple[Any, ...]] = {  # the options of every rule: off and on
    "momentum": (0.0, 0.9),
    "dampening": (0.0, 0.3),
    "weight_decay": (0.0, 0.1),
    "lr_decay": (0.0, 0.1),
    "nesterov": FLAGS,
    "maximize": FLAGS,
    "eps_inside": FLAGS,
    "centered": FLAGS,
    "amsgrad": FLAGS,
    "bias_correction": FLAGS,
}
NEEDED: dict[str, Any] = {"lr": 0.1, "alpha": 0.99, "betas": (0.9, 0.999), "eps": 1e-8}
RULES = [rule for name, rule in inspect.getmembers(rules, inspect.isfunction) if not name.startswith("_")]
numbers = st.floats(-1e3, 1e3)


def taken(rule: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """The names of what a rule remembers, and of its hyperparameters."""
    parameters = inspect.signature(rule).parameters.values()
    by_position = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert by_position[:3] == ["math", "theta", "gradient"]
    return by_position[3:], [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "t"]


def grid() -> Iterator[Any]:
    """Each rule with each choice of its options."""
    for rule in RULES:
        needed = {name: NEEDED[name] for name in taken(rule)[1] if name in NEEDED}
        options = {name: BOTH[name] for name in taken(rule)[1] if name in BOTH}
        for values in itertools.product(*options.values()):
            chosen = dict(zip(options, values))
            on = [name for name, value in chosen.items() if value]
            yield pytest.param(rule, needed | chosen, id=" ".join([rule.__name__, *on]))


on_the_grid = pytest.mark.parametrize(("rule", "options"), list(grid()))


@on_the_grid
@settings(max_examples=20)
@given(data=st.data())
def test_floats_and_arrays_give_the_same_and_no_argument_changes(
    rule: Callable[..., Any], options: dict[str, Any], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, 3))
    memories = len(taken(rule)[0])
    theta = np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)))
    remembered = [np.zeros(count) for _ in range(memories)]
    one_by_one: list[list[float]] = [[x] + [0.0] * memories for x in theta.tolist()]
    for t in (1, 2, 3):
        gradient = np.array(data.draw(st.lists(numbers, min_size=count, max_size=count)))
        given = [theta.copy(), gradient.copy(), *[array.copy() for array in remembered]]
        with np.errstate(invalid="ignore"):  # the variance of a centred rule may be rounded to below 0
            after = rule(ARRAYS, theta, gradient, *remembered, t=t, **options)
        one_by_one = [
            list(rule(FLOATS, each[0], g, *each[1:], t=t, **options)) for each, g in zip(one_by_one, gradient.tolist())
        ]
        assert all(type(x) is float for each in one_by_one for x in each)
        assert all(map(np.array_equal, [theta, gradient, *remembered], given, itertools.repeat(True)))
        theta, *remembered = after
        assert [array.shape for array in after] == [(count,)] * (memories + 1)
        np.testing.assert_array_equal(np.array(after).T, one_by_one)


POINT = [0.5, -0.25, 0.4, 0.3, 0.2]  # theta, a gradient, and up to three numbers that are remembered


@on_the_grid
def test_on_symbols_a_rule_is_one_formula_whatever_its_numbers_are(
    rule: Callable[..., Any], options: dict[str, Any]
) -> None:
    letters = "theta gradient".split() + taken(rule)[0]
    point = dict(zip(letters, POINT))
    numeric = {name: x for name, x in options.items() if not isinstance(x, bool)}
    symbols = {name: Name(name) if name != "betas" else (Name("b1"), Name("b2")) for name in numeric}
    formulas = rule(SYMBOLS, *map(Name, letters), t=Name("t"), **{**options, **symbols})
    for t, changed in (
        (1, {}),
        (2, {}),
        (2, {"lr": 0.3, "momentum": 0.5, "weight_decay": 0.2}),
        (3, {"momentum": 0.0}),
    ):
        numbers = numeric | {name: x for name, x in changed.items() if name in numeric}
        expected = rule(FLOATS, *point.values(), t=t, **{**options, **numbers})
        numbers.update(zip(("b1", "b2"), numbers.pop("betas", ())))
        at = {Name(letter): x for letter, x in {**point, **numbers, "t": t}.items()}
        found = [formula.evaluate(at) for formula in formulas]
        assert found == pytest.approx(expected, rel=1e-14)


@on_the_grid
def test_values_take_the_same_step_and_gradients_flow_through_it(
    rule: Callable[..., Any], options: dict[str, Any]
) -> None:
    point = POINT[: 2 + len(taken(rule)[0])]

    def step(lr: Any, *numbers: Any) -> Any:
        return rule(VALUES, *numbers, t=2, **{**options, "lr": lr})[0]

    assert step(Value(0.1), *point).data == pytest.approx(rule(FLOATS, *point, t=2, **options)[0], rel=1e-14)
    check_gradients(step, 0.1, *point)


def test_a_square_too_large_is_infinite_and_leads_nowhere_as_in_pytorch() -> None:
    for rule in (rules.adagrad, rules.rmsprop, rules.adam, rules.adamw):
        memory, names = taken(rule)
        options = {name: NEEDED[name] for name in names if name in NEEDED}
        assert rule(FLOATS, 1.0, 1e200, *[0.0] * len(memory), t=1, **options)[0] == 1.0


# ---- The slides' own forms, which PyTorch does not have ----------------------------------------------------------


@given(theta=numbers, gradient=numbers, lr=st.floats(1e-6, 10))
def test_plain_descent_is_the_gradient_times_lr(theta: float, gradient: float, lr: float) -> None:
    assert rules.sgd(FLOATS, theta, gradient, 0.0, t=1, lr=lr) == (theta - lr * gradient, 0.0)


def test_momentum_as_on_the_slide() -> None:
    w, v = 1.0, 0.0
    theta, velocity = w, v
    for t, (lr, g) in enumerate([(0.1, 3.0), (0.1, -1.0), (0.01, 2.0), (0.5, 0.7)], start=1):
        v = 0.9 * v - lr * g
        w = w + v
        theta, velocity = rules.sutskever(FLOATS, theta, g, velocity, t=t, lr=lr, momentum=0.9)
        assert (theta, velocity) == (w, v)


def test_the_two_forms_of_momentum_part_where_lr_changes() -> None:
    def after(lrs: list[float]) -> tuple[float, float]:
        pytorchs = slides = (1.0, 0.0)
        for t, lr in enumerate(lrs, start=1):
            pytorchs = rules.sgd(FLOATS, pytorchs[0], 2.0, pytorchs[1], t=t, lr=lr, momentum=0.9)
            slides = rules.sutskever(FLOATS, slides[0], 2.0, slides[1], t=t, lr=lr, momentum=0.9)
        return pytorchs[0], slides[0]

    assert math.isclose(*after([0.1, 0.1, 0.1]), rel_tol=1e-14)
    # The third step: 0.01 b = 0.01 (2 + 0.9 (2 + 0.9 2)), and 0.9 (what the second step was) + 0.01 2.
    assert after([0.1, 0.1, 0.01]) == pytest.approx((1 - 0.2 - 0.38 - 0.0542, 1 - 0.2 - 0.38 - 0.362))


def test_nesterovs_gradient_is_taken_where_momentum_leads() -> None:
    """The slide's w and v, with the gradient at w + mu v, go on behind the rule's theta = w + mu v."""

    def gradient(x: float) -> float:
        return math.sin(x) + 0.3 * x

    w, v, theta, velocity = 2.0, 0.0, 2.0, 0.0
    for t, lr in enumerate([0.1, 0.1, 0.3, 0.02, 0.02], start=1):
        v = 0.9 * v - lr * gradient(w + 0.9 * v)
        w = w + v
        theta, velocity = rules.sutskever(
            FLOATS, theta, gradient(theta), velocity, t=t, lr=lr, momentum=0.9, nesterov=True
        )
        assert math.isclose(theta, w + 0.9 * v, rel_tol=1e-14)
        assert math.isclose(velocity, v, rel_tol=1e-14)


def test_adagrad_and_rmsprop_as_on_the_slides() -> None:
    alpha, beta, eps = 0.1, 0.9, 1e-2
    w = u = theta = phi = 1.0
    G = H = total = mean = 0.0
    for t, g in enumerate([0.3, -0.2, 0.05], start=1):
        G = G + g**2
        w = w - alpha / math.sqrt(G + eps) * g
        theta, total = rules.adagrad(FLOATS, theta, g, total, t=t, lr=alpha, eps=eps, eps_inside=True)
        assert math.isclose(theta, w, rel_tol=1e-14)
        H = beta * H + (1 - beta) * g**2
        u = u - alpha / math.sqrt(H + eps) * g
        phi, mean, _, _ = rules.rmsprop(
            FLOATS, phi, g, mean, 0.0, 0.0, t=t, lr=alpha, alpha=beta, eps=eps, eps_inside=True
        )
        assert math.isclose(phi, u, rel_tol=1e-14)


def test_adam_as_on_the_slide() -> None:
    beta, gamma, alpha, eps = 0.999, 0.9, 0.001, 1e-8
    w, v, m = 1.0, 0.0, 0.0
    state = (w, 0.0, 0.0, 0.0)
    for t, g in enumerate([0.3, -0.2, 0.05], start=1):
        v = beta * v + (1 - beta) * g**2
        m = gamma * m + (1 - gamma) * g
        w = w - alpha / (math.sqrt(v) + eps) * m
        theta, *memory = state
        state = rules.adam(
            FLOATS, theta, g, *memory, t=t, lr=alpha, betas=(gamma, beta), eps=eps, bias_correction=False
        )
        assert math.isclose(state[0], w, rel_tol=1e-14)
