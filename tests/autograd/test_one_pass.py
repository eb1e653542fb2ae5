"""One pass: whatever shows a program shows one forward and one backward pass, with the numbers of today."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import autograd
import nn
import optim
from autograd import Parameter, Program, Value, draw, draw_network, explain, frames, half_squared_error
from demos.toy_network import INPUTS, TARGET, slide_network
from nn import meprop

SHOWN: dict[str, Callable[[Value], str]] = {
    "print": lambda E: str(Program.of(E)),
    "draw": lambda E: str(draw(E).source),
    "draw_network": lambda E: str(draw_network(E, weight_gradients=True).source),
    "explain": lambda E: str(explain(E, ["w14", "w46"])),
    "frames": lambda E: str([(frame.title, frame.exact.shown) for frame in frames(E)]),
}


def toy() -> tuple[dict[str | None, Value], Value]:
    """The slide's network after its forward and backward pass."""
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    E.backward()
    return {parameter.name: parameter for parameter in model.parameters()}, E


def fresh(changed: dict[str, float]) -> Value:
    """The same with other numbers from the start."""
    model = slide_network()
    for parameter in model.parameters():
        parameter.data = changed.get(str(parameter.name), parameter.data)
    E: Value = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    E.backward()
    return E


@pytest.mark.parametrize("shown", SHOWN)
def test_after_a_number_has_changed_every_tool_tells_what_a_fresh_run_would(shown: str) -> None:
    by_name, E = toy()
    before = SHOWN[shown](E)
    by_name["w46"].data = 0.5
    after = SHOWN[shown](E)
    assert after == SHOWN[shown](fresh({"w46": 0.5})) != before
    by_name["w46"].data = -0.3
    assert SHOWN[shown](E) == before


@pytest.mark.parametrize("shown", SHOWN)
def test_after_training_too(shown: str) -> None:
    by_name, E = toy()
    optim.SGD(list(by_name.values()), lr=0.9).step()
    assert SHOWN[shown](E) == SHOWN[shown](fresh({str(name): p.data for name, p in by_name.items()}))


def test_where_nothing_has_changed_what_was_recorded_is_shown() -> None:
    by_name, E = toy()
    once = by_name["w46"].grad
    E.backward()  # accumulates
    program = Program.of(E)
    assert program.nodes[program.index[by_name["w46"]]].grad == 2 * once


def test_gradients_that_were_set_by_hand_survive() -> None:
    model = nn.MLP(2, [3, 1], activation=nn.MeProp(k=1), rng=1)
    E = nn.squared_error(model([1.0, 2.0]), 0.5)
    meprop.backward(E, model)
    program = Program.of(E)
    kept = [p for p in model.parameters() if p in program.index]
    assert [program.nodes[program.index[p]].grad for p in kept] == [p.grad for p in kept]


def test_a_program_is_what_it_is() -> None:
    by_name, E = toy()
    rounded = Program.of(E).rounded(3, 4)
    by_name["w46"].data = 0.5
    assert Program.of(rounded) is rounded


def test_a_number_that_the_program_cannot_take_is_an_error_that_names_it() -> None:
    p = Parameter(0.5, "p")
    E = autograd.log(p) * 2.0
    p.data = -1.0
    shows: list[Callable[[], object]] = [lambda: Program.of(E), lambda: draw(E), lambda: explain(E, "p")]
    for show in shows:
        with pytest.raises(autograd.DomainError, match=r"log\(x\) needs x > 0; got x = -1.0 \(node 'p'\)"):
            show()
