"""What optimizers take, remember, save and restore, and what they refuse."""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Parameter, Value
from optim import SGD, Adagrad, Adam, Optimizer, RMSprop
from tests.optim.test_optimizers import DECKS, GRID, parameters, take, told

# ---- Hyperparameters and memory ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "options"), [(kind, {"lr": 0.1}) for kind in GRID] + DECKS[:1], ids=told)
def test_hyperparameters_are_what_the_rule_takes_by_name(kind: type[Any], options: dict[str, Any]) -> None:
    optimizer = kind(parameters(), **options)
    arguments = inspect.signature(optimizer.rule).parameters.values()
    taken = {argument.name for argument in arguments if argument.kind is argument.KEYWORD_ONLY} - {"t"}
    assert set(optimizer.hyperparameters) == taken
    assert repr(optimizer).startswith(f"{kind.__name__}(lr=0.1, ")
    assert optimizer.t == 0


@pytest.mark.parametrize("kind", GRID)
def test_help_says_what_is_taken_and_what_it_means(kind: type[Any]) -> None:
    for name in inspect.signature(kind).parameters:
        assert f"\n    {name}: " in (inspect.getdoc(kind) or "")
    assert list(inspect.signature(SGD).parameters)[:4] == ["parameters", "lr", "momentum", "dampening"]
    with pytest.raises(TypeError, match="positional"):
        kind(parameters(), 0.1, *[None] * 6)


def test_an_optimizer_of_ones_own_needs_a_rule_only() -> None:
    """Rprop's idea: a step of lr against the sign, halved where the sign has changed; it remembers the step before."""

    def rule(math: Any, theta: Any, gradient: Any, before: Any, *, t: Any, lr: Any, shrink: Any = 0.5) -> Any:
        turned = math.where(math.greater(0, gradient * before), shrink, 1.0)
        step = math.where(math.greater(gradient, 0), -lr, lr) * turned
        return theta + step, -step

    optimizer = Optimizer(parameters(2), rule, lr=0.1, shrink=0.25)
    assert optimizer.hyperparameters == {"lr": 0.1, "shrink": 0.25}
    assert take(optimizer, [1.0, -2.0]) == [0.4, 1.6]
    assert take(optimizer, [1.0, 2.0]) == pytest.approx([0.3, 1.575])
    assert json.loads(json.dumps(optimizer.state_dict()))["memory"] == {"before": pytest.approx([0.1, 0.025])}


def test_lr_may_be_set_at_any_time_and_is_a_plain_float() -> None:
    p = Parameter(1.0)
    optimizer = SGD([p], lr=1)
    optimizer.lr = np.float64(0.25)
    assert take(optimizer, [2.0]) == [0.5]
    assert type(p.data) is float
    optimizer.lr = 0.0  # the end of a schedule
    assert take(optimizer, [2.0]) == [0.5]
    with pytest.raises(ValueError, match=r"lr must be a number that is not negative, got -0\.5"):
        optimizer.lr = -0.5


def test_adagrads_sum_may_start_above_zero() -> None:
    assert take(Adagrad([Parameter(1.0)], lr=0.1, initial_accumulator_value=15.0, eps=0.0), [1.0]) == [1.0 - 0.1 / 4]


# ---- State -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "options"), [*((kind, {"lr": 0.1}) for kind in GRID), *DECKS], ids=told)
def test_saved_and_restored_it_goes_on_as_if_nothing_had_been(kind: type[Any], options: dict[str, Any]) -> None:
    rng = np.random.default_rng(3)
    first = kind(parameters(), **{**options, "weight_decay": 0.05})
    for gradient in rng.normal(size=(5, 3)).tolist():
        middle = take(first, gradient)
    saved = json.loads(json.dumps(first.state_dict()))
    second = kind([Parameter(x) for x in middle], **{**options, "lr": 0.7})
    second.load_state_dict(saved)
    assert second.state_dict() == saved
    for gradient in rng.normal(size=(5, 3)).tolist():
        assert take(first, gradient) == take(second, gradient)
    assert saved["t"] == 5  # a state is no view of the optimizer


def changed(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda state: state.update(changes)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (changed(optimizer="SGD"), "the state is one of SGD, and this is Adam"),
        (
            lambda state: state.pop("t"),
            "the state must have exactly optimizer, t, hyperparameters, memory; t is missing",
        ),
        (changed(params=[1]), "params is surplus"),
        (changed(t=-1), "t must be a whole number from 0 up, got -1"),
        (changed(t=1.5), "t must be a whole number from 0 up, got 1.5"),
        (changed(memory=[1, 2]), r"memory must be a mapping with m, v, v_max, got list \[1, 2\]"),
        (lambda state: state["memory"].pop("v"), "memory must have exactly m, v, v_max; v is missing"),
        (lambda state: state["memory"].update(b=[0, 0, 0]), "memory must have exactly m, v, v_max; b is surplus"),
        (lambda state: state["memory"].update(m=[0, 0]), "memory 'm' must be a list of 3 numbers.*, got 2 entries"),
        (lambda state: state["memory"].update(m=[0, 0, "x"]), "memory 'm' must be a list of 3 numbers"),
        (lambda state: state["memory"].update(m=[0, 0, np.nan]), "memory 'm' .*; entry 2 must be a number, got nan"),
        (lambda state: state["memory"].update(m=[10**400, 0, 0]), "memory 'm' .*; entry 0 must be a number, got 1000"),
        (
            lambda state: state["memory"].update(v=[1, -1e-9, 0]),
            "memory 'v' .*; entry 1 must be .* not negative, got -1",
        ),
        (lambda state: state["memory"].update(v_max=[-1, 0, 0]), "memory 'v_max' .*; entry 0 must be .* not negative"),
        (changed(t=10**400), r"t must be at most 9007199254740992, got 1000"),
        (changed(t=10**5000), r"t must be at most 9007199254740992, got a whole number of 16610 bits"),
        (changed(optimizer=10**5000), "the state is one of a whole number of 16610 bits, and this is Adam"),
        (lambda state: state["memory"].update(m=0.5), "memory 'm' must be a list of 3 numbers.*, got float"),
        (lambda state: state["hyperparameters"].pop("eps"), "hyperparameters must have exactly .*; eps is missing"),
        (lambda state: state["hyperparameters"].update(lr=-1), "lr must be a number that is not negative, got -1"),
        (lambda state: state["hyperparameters"].update(betas=[0.9]), r"betas must be two numbers, got \[0.9\]"),
    ],
)
def test_a_foreign_state_is_refused_and_changes_nothing(spoil: Callable[[Any], Any], message: str) -> None:
    optimizer = Adam(parameters())
    take(optimizer, [1.0, 2.0, 3.0])
    before = optimizer.state_dict()
    state = copy.deepcopy(before)
    state["t"], state["hyperparameters"]["lr"], state["memory"]["m"] = 9, 0.7, [9.0] * 3
    spoil(state)
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


def test_a_memory_that_is_no_square_may_be_negative() -> None:
    forms: list[Any] = ["pytorch", "sutskever"]
    for form in forms:
        optimizer = SGD(parameters(), lr=0.1, momentum=0.9, form=form)
        take(optimizer, [1.0, -2.0, 3.0])
        state = optimizer.state_dict()
        (velocity,) = state["memory"].values()
        assert min(velocity) < 0
        optimizer.load_state_dict(state)
        assert optimizer.state_dict() == state


def test_hyperparameters_of_a_state_go_together_or_are_refused() -> None:
    optimizer = SGD(parameters(), lr=0.1, momentum=0.9, nesterov=True)
    before, state = optimizer.state_dict(), optimizer.state_dict()
    state["hyperparameters"]["momentum"] = 0.0
    with pytest.raises(ValueError, match=r"nesterov needs momentum and no dampening, got momentum=0\.0"):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


def test_the_two_forms_of_momentum_have_states_of_their_own() -> None:
    slides = SGD(parameters(), lr=0.1, momentum=0.9, form="sutskever")
    with pytest.raises(ValueError, match=r"hyperparameters must have exactly lr, .*; dampening is surplus"):
        slides.load_state_dict(SGD(parameters(), lr=0.1, momentum=0.9).state_dict())


# ---- Mistakes ----------------------------------------------------------------------------------------------------

one: Any = [Value(1.0)]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD([], lr=0.1), ValueError, "parameters is empty"),
        (lambda: SGD([1.0], lr=0.1), TypeError, "parameters must be Values, got float 1.0"),  # type: ignore[list-item]
        (
            lambda: SGD([{"params": one}], lr=0.1),  # type: ignore[list-item]
            TypeError,
            r"got a dict, .* write SGD\(model\.parameters\(\), lr=0\.1\)",
        ),
        (lambda: SGD([one], lr=0.1), TypeError, r"one flat list of Values, got list .* write \[\*first, \*second\]"),
        (lambda: SGD([("w", one[0])], lr=0.1), TypeError, r"got tuple \('w', .*: write model\.parameters\(\)"),  # type: ignore[list-item]
        (lambda: SGD(Value(1.0), lr=1), TypeError, "parameters must be Values, such as model"),
        (lambda: SGD(one, lr=0.0), ValueError, "lr must be a positive number, got 0.0"),
        (lambda: SGD(one, lr=float("inf")), ValueError, "lr must be a positive number, got inf"),
        (lambda: SGD(one, lr="0.1"), ValueError, "lr must be a positive number, got '0.1'"),  # type: ignore[arg-type]
        (lambda: SGD(one, lr=10**400), ValueError, "lr must be a positive number, got 1000"),
        (lambda: SGD(one, lr=-1), ValueError, "lr must be a positive number, got -1"),
        (lambda: SGD(one, lr=float("nan")), ValueError, "lr must be a positive number, got nan"),
        (lambda: SGD(one, lr=True), ValueError, "lr must be a positive number, got True"),
        (lambda: SGD(one, lr=1, momentum=-0.9), ValueError, "momentum must be a number that is not negative, got -0.9"),
        (lambda: SGD(one, lr=1, dampening=float("inf")), ValueError, "dampening must be a number, got inf"),
        (lambda: SGD(one, lr=1, weight_decay=-1), ValueError, "weight_decay must be a number that is not negative"),
        (lambda: SGD(one, lr=1, maximize=1), ValueError, "maximize must be True or False, got 1"),  # type: ignore[arg-type]
        (
            lambda: SGD(one, lr=1, nesterov=True),
            ValueError,
            "nesterov needs momentum and no dampening, got momentum=0.0",
        ),
        (
            lambda: SGD(one, lr=1, momentum=0.9, dampening=0.1, nesterov=True),
            ValueError,
            "nesterov needs momentum and no dampening, got momentum=0.9, dampening=0.1",
        ),
        (lambda: SGD(one, lr=1, form="sutskever"), ValueError, "form='sutskever' needs momentum and no dampening"),
        (lambda: SGD(one, lr=1, form="deck"), ValueError, "form must be 'pytorch' or 'sutskever', got 'deck'"),  # type: ignore[arg-type]
        (lambda: Adagrad(one, lr_decay=-1), ValueError, "lr_decay must be a number that is not negative, got -1"),
        (lambda: Adagrad(one, initial_accumulator_value=-1), ValueError, "initial_accumulator_value must be a number"),
        (lambda: RMSprop(one, alpha=1.5), ValueError, "alpha must be a share from 0 to 1, got 1.5"),
        (lambda: RMSprop(one, eps=-1e-8), ValueError, "eps must be a number that is not negative, got -1e-08"),
        (
            lambda: Adam(one, betas=(0.9, 1.0)),
            ValueError,
            "betas must be two numbers, each at least 0 and below 1, got 1",
        ),
        (lambda: Adam(one, betas=0.9), ValueError, "betas must be two numbers, got 0.9"),  # type: ignore[arg-type]
        (
            lambda: Adam(one).update(np.zeros(2), np.zeros(2)),
            ValueError,
            r"theta must be a float64 array of shape \(1,\), one number for each parameter, got .* shape \(2,\)",
        ),
        (
            lambda: Adam(one).update(np.zeros(1), np.zeros((1, 1))),
            ValueError,
            r"gradient must be a float64 array of shape \(1,\).*, got float64 of shape \(1, 1\)",
        ),
        (
            lambda: SGD(one, lr=1).update(np.zeros(1, dtype=int), np.zeros(1)),
            ValueError,
            "theta must be a float64 array.*, got int64",
        ),
    ],
)
def test_mistakes_are_named(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_step_that_is_refused_is_not_counted() -> None:
    optimizer = Adam(parameters())
    with pytest.raises(ValueError, match="theta must be"):
        optimizer.update(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match=r"theta must be .*, got \[0.0"):
        optimizer.update([0.0] * len(optimizer.parameters), None)  # type: ignore[arg-type]
    for each in (optimizer, SGD(parameters(), lr=0.1)):
        theta = np.zeros(len(each.parameters))
        theta.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            each.update(theta, np.ones_like(theta))
        assert each.t == 0
