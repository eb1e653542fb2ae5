"""Frames: the steps of a walkthrough, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd
import optim
from autograd import Frame, Parameter, Program, Value, frames
from autograd.formulas.expression import Expression, Name


def shared() -> tuple[Value, dict[str, Value]]:
    """y = (a b + a) 2, in which a is used twice."""
    a, b = Parameter(3.0, "a"), Value(-2.0, "b")
    product = a * b
    product.name = "p"
    y = (product + a) * 2
    y.name = "y"
    return y, {"a": a, "b": b, "p": product}


def test_forward_backward_update_in_order_with_one_frame_an_edge() -> None:
    y, values = shared()
    told = frames(y, optimizer=optim.SGD([values["a"]], lr=0.5))
    phases = [frame.phase for frame in told]
    assert phases == sorted(phases, key=["forward", "backward", "update"].index)
    program = Program.of(y)
    varying = [parent for node in program for parent in node.parents if program.nodes[parent].kind != "constant"]
    assert phases.count("backward") == 1 + len(varying)
    assert phases.count("forward") == 1 + len([node for node in program if node.op is not None])
    assert phases.count("update") == 1


def test_numbers_are_the_engines() -> None:
    y, values = shared()
    told = frames(y)
    y.backward()
    assert values["a"].grad == -2.0
    labels = Program.of(y).labels
    last = {labels[frame.writes[0]]: frame.exact.value for frame in told if frame.writes and frame.phase == "backward"}
    assert last["a"] == values["a"].grad
    assert last["b"] == values["b"].grad
    assert last["p"] == values["p"].grad


def test_accumulation_is_shown() -> None:
    y, _ = shared()
    shares = [frame for frame in frames(y) if frame.symbols and frame.symbols.text().startswith("∂y/∂a +=")]
    assert [str(frame.exact.numbers and frame.exact.numbers.text()) for frame in shares] == [
        "0 + 2 × 1",
        "2 + 2 × (−2)",
    ]
    assert [frame.exact.shown for frame in shares] == ["2", "-2"]
    assert shares[1].local is not None
    assert shares[1].local.text() == "∂p/∂a = b"


def test_only_a_gradient_of_several_shares_is_added_up_and_the_outputs_shares_are_not_circular() -> None:
    y, _ = shared()
    output, *told = [frame.symbols.text() for frame in frames(y) if frame.phase == "backward" and frame.symbols]
    assert output == "∂y/∂y = 1"
    assert told == [
        "∂y/∂v3 = 2",
        "∂y/∂p = ∂y/∂v3 × ∂v3/∂p",
        "∂y/∂a += ∂y/∂v3 × ∂v3/∂a",
        "∂y/∂a += ∂y/∂p × ∂p/∂a",
        "∂y/∂b = ∂y/∂p × ∂p/∂b",
    ]
    a = Parameter(-3.0, "a")
    square = a * a
    square.name = "s"
    assert [
        f"{frame.symbols.text()}; {frame.exact.numbers.text()} = {frame.exact.shown}"
        for frame in frames(square)
        if frame.phase == "backward" and frame.symbols and frame.exact.numbers
    ] == ["∂s/∂a += a; 0 + (−3) = -3", "∂s/∂a += a; −3 + (−3) = -6"]


@pytest.mark.parametrize("x", [-1.7, 0.4])
def test_every_line_of_the_backward_pass_is_a_true_equation(x: float) -> None:
    w, b, t = Parameter(x, "w"), Parameter(0.1, "b"), Value(0.9, "t")
    hidden = autograd.tanh(w * 2.0 + b)
    told = frames(autograd.half_squared_error(hidden * hidden + w / (hidden + 3.0), t))
    for telling in [telling for frame in told if frame.phase == "backward" for telling in (frame.exact, frame.slide)]:
        assert telling is not None
        if telling.numbers is not None:
            assert telling.numbers.evaluate({}) == pytest.approx(telling.value, rel=2e-3, abs=2e-4)
    assert len([frame for frame in told if frame.phase == "backward" and frame.exact.numbers is None]) == 1  # the first


def test_the_value_and_its_gradients_stay_as_they_are() -> None:
    y, values = shared()
    frames(y, optimizer=optim.SGD([values["a"]], lr=0.5), steps=3)
    assert (values["a"].data, values["a"].grad, y.grad) == (3.0, 0.0, 0.0)


def test_several_steps_are_those_of_training() -> None:
    def loss(w: Value) -> Value:
        return autograd.half_squared_error(autograd.sigmoid(w * 2.0), 1.0)  # type: ignore[no-any-return]

    w = Parameter(0.3, "w")
    told = frames(loss(w), optimizer=optim.SGD([w], lr=0.5), steps=4)
    updates = [frame.exact.value for frame in told if frame.phase == "update"]
    optimizer = optim.SGD([w], lr=0.5)
    for update in updates:
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()
        assert update == w.data
    assert [frame.round for frame in told] == sorted(frame.round for frame in told)


def test_a_piece_is_told_as_it_falls_out() -> None:
    def local(x: float) -> str:
        (share,) = [f for f in frames(autograd.relu(Value(x, "x")) * 2.0) if f.local is not None]
        return share.local.text().split(" = ")[1] if share.local else ""

    assert local(2.0) == "1"
    assert local(-2.0) == "0"


def test_a_loss_on_probabilities_is_told_without_the_cases_that_guard_it() -> None:
    def told(loss: Value) -> tuple[str, str]:
        (frame,) = [f for f in frames(loss) if f.phase == "forward" and f.symbols is not None]
        assert frame.symbols is not None
        assert frame.exact.numbers is not None
        return frame.symbols.text().split(" = ")[1], frame.exact.numbers.text()

    p, q, one, nil = Value(0.25, "p"), Value(0.75, "q"), Value(1.0, "y1"), Value(0.0, "y2")
    assert told(autograd.cross_entropy([p, q], [one, nil])) == (
        "−(y1 × log(p) + y2 × log(q))",
        "−(1 × log(0.25) + 0 × log(0.75))",
    )
    assert told(autograd.binary_cross_entropy(p, one)) == (
        "−(y1 × log(p) + (1 − y1) × log(1 − p))",
        "−(1 × log(0.25) + (1 − 1) × log(1 − 0.25))",
    )
    surely_not = autograd.cross_entropy([q, Value(0.0, "p0")], [one, nil])  # where 0 log 0 is 0
    assert told(surely_not)[1] == "−(1 × log(0.75) + 0 × log(1))"


def test_a_function_made_of_pieces_is_told_with_all_of_them() -> None:
    forward = frames(autograd.relu(Value(2.0, "x")))[1]
    assert forward.symbols is not None
    assert forward.symbols.text() == "v1 = relu(x) = 0 if x < 0, else x"


def test_the_decks_err_is_told_where_asked_for() -> None:
    net = autograd.affine([Parameter(2.0, "w")], [Value(1.0, "x")], Parameter(0.0, "b"))
    net.name = "i4"
    loss = autograd.half_squared_error(net, Value(1.0, "t"))
    loss.name = "E"

    def notes(told: list[Frame]) -> list[str]:
        return [frame.exact.note.text() for frame in told if frame.exact.note is not None]

    assert notes(frames(loss, err=True)) == ["Err4 = −∂E/∂i4 = −1"]
    assert notes(frames(loss)) == []


def test_steps_need_an_optimizer() -> None:
    y, _ = shared()
    with pytest.raises(ValueError, match="steps must be 1, or more with an optimizer; got steps=2"):
        frames(y, steps=2)
    with pytest.raises(TypeError, match=r"optimizer must be one of optim's, .*, got 'sgd'"):
        frames(y, optimizer="sgd")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="optimizer holds no parameter that the output depends on"):
        frames(y, optimizer=optim.SGD([Parameter(1.0)], lr=0.1))


# ---- Optimizers with a memory ------------------------------------------------------------------------------------

REMEMBERING = [
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, dampening=0.3, weight_decay=0.1, maximize=True),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, nesterov=True),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, form="sutskever"),
    lambda ps: optim.SGD(ps, lr=0.5, momentum=0.9, form="sutskever", nesterov=True),
    lambda ps: optim.Adagrad(ps, lr=0.5, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.2),
    lambda ps: optim.Adagrad(ps, lr=0.5, eps_inside=True),
    lambda ps: optim.RMSprop(ps, lr=0.5, momentum=0.9, centered=True, weight_decay=0.1),
    lambda ps: optim.RMSprop(ps, lr=0.5, eps_inside=True, maximize=True),
    lambda ps: optim.Adam(ps, lr=0.5, amsgrad=True, weight_decay=0.1),
    lambda ps: optim.Adam(ps, lr=0.5, bias_correction=False),
    lambda ps: optim.AdamW(ps, lr=0.5),
    lambda ps: optim.Lion(ps, lr=0.5, weight_decay=0.1),
]


@pytest.mark.parametrize("make", REMEMBERING)
def test_rounds_are_the_next_steps_of_the_optimizer_which_stays_as_it_is(
    make: Callable[[list[Parameter]], optim.Optimizer],
) -> None:
    w, b, elsewhere = Parameter(0.3, "w"), Parameter(0.1, "b"), Parameter(5.0, "elsewhere")

    def loss() -> Value:
        return autograd.half_squared_error(autograd.sigmoid(w * 2.0 + b), 0.9)  # type: ignore[no-any-return]

    def train() -> tuple[float, float]:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
        return w.data, b.data

    optimizer = make([elsewhere, b, w])
    train()
    train()
    before = optimizer.state_dict()
    told = [frame for frame in frames(loss(), optimizer=optimizer, steps=4) if frame.phase == "update"]
    assert optimizer.state_dict() == before
    for k in range(4):
        new = {frame.title: frame.exact.value for frame in told if frame.round == k + 1}
        assert (new["w is updated"], new["b is updated"]) == train()
        for word, numbers in optimizer.memory.items():
            if f"{word} of w is updated" in new:
                assert new[f"{word} of w is updated"] == numbers[2]


@pytest.mark.parametrize("make", REMEMBERING)
def test_a_rules_numbers_come_to_what_is_shown(make: Callable[[list[Parameter]], optim.Optimizer]) -> None:
    w = Parameter(0.25, "w")
    for frame in frames(w * 0.5, optimizer=make([w]), steps=3):
        if frame.phase == "update":
            assert frame.exact.numbers is not None
            assert frame.exact.numbers.evaluate({}) == pytest.approx(frame.exact.value, rel=2e-2)


def lines(optimizer: optim.Optimizer, y: Value, steps: int) -> list[str]:
    """What is told of the updates, in symbols and in numbers."""
    return [
        f"{frame.symbols.text()}; {frame.exact.numbers.text()} = {frame.exact.shown}"
        for frame in frames(y, optimizer=optimizer, steps=steps)
        if frame.phase == "update" and frame.symbols is not None and frame.exact.numbers is not None
    ]


def test_adam_is_told_line_by_line() -> None:
    w = Parameter(1.0, "w")
    y = w * 0.5
    y.name = "y"
    adam = optim.Adam([w], lr=0.1, betas=(0.5, 0.75), eps=0.25)
    told = [frame for frame in frames(y, optimizer=adam, steps=2) if frame.phase == "update"]
    assert lines(adam, y, steps=2) == [
        "m ← β1 × m + (1 − β1) × ∂y/∂w; 0.5 × 0 + (1 − 0.5) × 0.5 = 0.25",
        "v ← β2 × v + (1 − β2) × (∂y/∂w)^2; 0.75 × 0 + (1 − 0.75) × 0.5 × 0.5 = 0.0625",
        "w ← w − η / (√(v / (1 − β2)) + ε) × m / (1 − β1); "
        "1 − 0.1 / (√(0.0625 / (1 − 0.75)) + 0.25) × 0.25 / (1 − 0.5) = 0.9333",
        "m ← β1 × m + (1 − β1) × ∂y/∂w; 0.5 × 0.25 + (1 − 0.5) × 0.5 = 0.375",
        "v ← β2 × v + (1 − β2) × (∂y/∂w)^2; 0.75 × 0.0625 + (1 − 0.75) × 0.5 × 0.5 = 0.1094",
        "w ← w − η / (√(v / (1 − β2^2)) + ε) × m / (1 − β1^2); "
        "0.9333 − 0.1 / (√(0.1094 / (1 − 0.75^2)) + 0.25) × 0.375 / (1 − 0.5^2) = 0.8667",
    ]
    assert [frame.writes for frame in told[:3]] == [(0, "memory"), (0, "memory"), (0, "new")]
    assert [", ".join([formula.text() for formula in frame.given]) for frame in told] == [
        "β1 = 0.5, m = 0",
        "β2 = 0.75, v = 0",
        "η = 0.1, β1 = 0.5, β2 = 0.75, ε = 0.25",
        "β1 = 0.5",
        "β2 = 0.75",
        "η = 0.1, β1 = 0.5, β2 = 0.75, ε = 0.25",
    ]


def test_a_rule_of_ones_own_is_told_as_its_choices_fall_out() -> None:
    def rule(math: Any, theta: Any, gradient: Any, *, t: Any, lr: Any) -> Any:
        return (theta - math.where(math.greater(gradient, 0), lr, -lr) / t,)

    w = Parameter(1.0, "w")
    optimizer = optim.Optimizer([w], rule, lr=0.5)
    assert lines(optimizer, w * 2.0, steps=1) == ["w ← w − η / 1; 1 − 0.5 / 1 = 0.5"]
    assert lines(optimizer, w * -2.0, steps=2)[1] == "w ← w − (−η) / 2; 1.5 − (−0.5) / 2 = 1.75"


def test_lion_is_told_with_what_it_remembered_before() -> None:
    w = Parameter(1.0, "w")
    y = w * 0.5
    y.name = "y"
    c = "(β1 × m + (1 − β1) × ∂y/∂w)"
    assert lines(optim.Lion([w], lr=0.1, betas=(0.5, 0.75)), y, steps=2) == [
        f"w ← w − η × {c} / abs{c}; 1 − 0.1 × (0.5 × 0 + (1 − 0.5) × 0.5) / abs(0.5 × 0 + (1 − 0.5) × 0.5) = 0.9",
        "m ← β2 × m + (1 − β2) × ∂y/∂w; 0.75 × 0 + (1 − 0.75) × 0.5 = 0.125",
        f"w ← w − η × {c} / abs{c}; "
        "0.9 − 0.1 × (0.5 × 0.125 + (1 − 0.5) × 0.5) / abs(0.5 × 0.125 + (1 − 0.5) × 0.5) = 0.8",
        "m ← β2 × m + (1 − β2) × ∂y/∂w; 0.75 × 0.125 + (1 − 0.75) × 0.5 = 0.2188",
    ]


@pytest.mark.parametrize("make", REMEMBERING)
def test_every_letter_of_a_rule_is_a_quantity_or_given(make: Callable[[list[Parameter]], optim.Optimizer]) -> None:
    w = Parameter(0.25, "w")
    y = w * 0.5
    y.name = "y"
    known: set[Expression] = {Name("w"), Name("y", "∂"), Name("w", "∂")}
    told = [frame for frame in frames(y, optimizer=make([w])) if frame.phase == "update"]
    for frame in told:
        assert frame.symbols is not None
        subject, formula = frame.symbols.operands
        given = {one.operands[0] for one in frame.given}
        assert {leaf for leaf in formula.leaves() if isinstance(leaf, Name)} <= known | given
        known.add(subject)


def test_options_that_are_off_are_not_told_and_a_bias_called_b_is_told_from_a_velocity() -> None:
    b = Parameter(1.0, "b")
    y = b * 0.5
    y.name = "y"

    def symbols(optimizer: optim.Optimizer) -> list[str]:
        told = [frame for frame in frames(y, optimizer=optimizer) if frame.phase == "update"]
        return [frame.symbols.text() for frame in told if frame.symbols is not None]

    assert symbols(optim.SGD([b], lr=0.1)) == ["b ← b − η × ∂y/∂b"]
    assert symbols(optim.SGD([b], lr=0.1, momentum=0.9)) == ["b(b) ← μ × b(b) + ∂y/∂b", "b ← b − η × b(b)"]
    assert symbols(optim.SGD([b], lr=0.1, momentum=0.9, form="sutskever")) == ["v ← μ × v − η × ∂y/∂b", "b ← b + v"]


def test_a_slides_decimals_do_not_round_the_mean_of_squares_to_nothing() -> None:
    w = Parameter(1.0, "w")
    *_, last = frames(w * 0.001, optimizer=optim.Adam([w], lr=0.1, bias_correction=False))
    assert last.slide is not None
    assert last.slide.value == pytest.approx(1 - 0.1 * 0.1 / 0.001**0.5, abs=1e-3)


# ---- Programs that cannot be rounded -----------------------------------------------------------------------------


def surely_wrong() -> tuple[Value, list[Parameter]]:
    """-log p of a p that three decimals round to 0."""
    w, x, b = Parameter(2.0, "w"), Value(-4.5, "x"), Parameter(0.5, "b")
    p = autograd.sigmoid(autograd.affine([w], [x], b))
    return autograd.binary_cross_entropy(p, Value(1.0, "t")), [w, b]


@pytest.mark.parametrize("steps", [1, 3])
def test_where_rounding_leaves_a_domain_there_are_exact_tellings_only(steps: int) -> None:
    E, parameters = surely_wrong()
    told = frames(E, optimizer=optim.SGD(parameters, lr=0.5), steps=steps)
    assert {frame.slide for frame in told} == {None}
    new = [frame.exact.value for frame in told if frame.phase == "update" and frame.round == 1]
    E.backward()
    optim.SGD(parameters, lr=0.5).step()
    assert new == [parameter.data for parameter in parameters]


def test_who_asks_for_rounding_is_told_that_it_cannot_be() -> None:
    E, _ = surely_wrong()
    with pytest.raises(autograd.DomainError, match=r"got p = 0\.0"):
        frames(E, decimals=(3, 4))
    assert frames(E, decimals=(6, 6))[1].slide is not None
