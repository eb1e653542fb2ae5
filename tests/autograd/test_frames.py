"""Frames: the steps of a walkthrough, as data."""

from __future__ import annotations

import pytest

import autograd
import optim
from autograd import Frame, Parameter, Program, Value, frames


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
        "0 += 2 × 1",
        "2 += 2 × (−2)",
    ]
    assert [frame.exact.shown for frame in shares] == ["2", "-2"]
    assert shares[1].local is not None
    assert shares[1].local.text() == "∂p/∂a = b"


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
        (share,) = [f for f in frames(autograd.relu(Value(x, "x"))) if f.local is not None]
        return share.local.text().split(" = ")[1] if share.local else ""

    assert local(2.0) == "1"
    assert local(-2.0) == "0"


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
