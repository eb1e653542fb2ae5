"""Copies and pickles: the same graph again, however deep, and nothing but a graph."""

from __future__ import annotations

import copy
import io
import pickle
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Constant, Noise, Parameter, Primitive, Program, TracingError, Value, noise


def pickled(x: Any) -> Any:
    return pickle.loads(pickle.dumps(x))


def pickled_by_python(x: Any) -> Any:
    """By the pickler that is written in Python, which asks in another order, and in the oldest protocol."""
    return pickle._loads(pickle._dumps(x, protocol=0))  # type: ignore[attr-defined]


ways = pytest.mark.parametrize("again", [copy.deepcopy, pickled, pickled_by_python])


def graph(seed: int, size: int = 60) -> list[Value]:
    """Values of all kinds, the results computed of any of those before them; with names and gradients."""
    rng = random.Random(seed)
    made: list[Value] = [Parameter(rng.random(), f"w{k}") for k in range(3)]
    made += [Value(0.5, "x"), Constant(2.0), *noise(np.random.default_rng(seed).standard_normal, 2)]
    while len(made) < size:
        a, b, c = rng.choices(made, k=3)
        made.append(rng.choice([a * b, a + 1.5, a.tanh(), autograd.sum([a, b, c, a]), autograd.affine([a], [b], c)]))
        made[-1].name = rng.choice([None, f"v{len(made)}"])
    made[-1].backward()
    return made


@ways
@pytest.mark.parametrize("seed", range(5))
def test_a_copy_is_the_same_program_of_other_values(again: Callable[[Any], Any], seed: int) -> None:
    *_, output = graph(seed)
    twin = again(output)
    assert Program.of(twin) == Program.of(output)
    assert not Program.of(twin).index.keys() & Program.of(output).index.keys()
    twin.backward()
    for old, new in zip(Program.of(output).index, Program.of(twin).index):
        assert type(new) is type(old)
        assert new.grad == (2 * old.grad if old.op is None else old.grad)


@ways
@pytest.mark.parametrize("order", ["as made", "backwards", "in any order"])
def test_values_that_are_copied_together_share_what_they_shared(again: Callable[[Any], Any], order: str) -> None:
    values = graph(7)
    if order != "as made":
        values = values[::-1] if order == "backwards" else random.Random(1).sample(values, len(values))
    twins = again(values)
    place = {value: k for k, value in enumerate(values)}
    for value, twin in zip(values, twins):
        assert [twins[place[parent]] for parent in value.parents if parent in place] == [
            new for old, new in zip(value.parents, twin.parents) if old in place
        ]


@ways
def test_a_graph_may_be_as_deep_as_memory_allows(again: Callable[[Any], Any]) -> None:
    x = Value(1.0, "x")
    y, z = x, x
    for k in range(2_000 if again is pickled_by_python else 40_000):
        y, z = y * 1.0 + (x if k % 2 else z), y
    y.backward()
    twin, other = again((y, z))
    assert [value.data for value in Program.of(twin).index] == [value.data for value in Program.of(y).index]
    assert other is twin.parents[0].parents[0]
    (leaf,) = [value for value in autograd.leaves(twin) if value.name == "x"]
    assert leaf.grad == x.grad


@ways
def test_a_model_and_its_loss_keep_their_parameters_in_common(again: Callable[[Any], Any]) -> None:
    model = nn.MLP(2, [3, 1], rng=0)
    loss = nn.squared_error(model([1.0, -1.0]), 1.0)
    twin, its_loss = again((model, loss))
    its_loss.backward()
    loss.backward()
    assert [p.grad for p in twin.parameters()] == [p.grad for p in model.parameters()]
    assert all(type(p) is Parameter for p in twin.parameters())


@ways
def test_a_program_is_copied_with_its_values(again: Callable[[Any], Any]) -> None:
    program = Program.of(graph(3)[-1])
    twin = again(program)
    assert twin == program
    assert Program.of(list(twin.index)[-1]) == program
    assert list(twin.index.values()) == list(range(len(program)))


class Named(Value):
    """A kind of Value with attributes of its own, one in a slot."""

    __slots__ = ("__dict__", "unit")

    unit: list[str]
    history: list[Value]


@ways
def test_kinds_keep_what_they_have_besides(again: Callable[[Any], Any]) -> None:
    length = Named(2.0, "l")
    length.unit, length.history = ["m"], [length]
    (draw,) = noise(np.random.default_rng(0).standard_normal, 1)
    area, twin_draw = again((length * length, draw))
    twin, same = area.parents
    assert twin is same
    assert type(twin) is Named
    assert twin.unit == ["m"]
    assert twin.unit is not length.unit
    assert twin.history == [twin]
    assert type(twin_draw) is Noise
    assert (twin_draw.position, twin_draw.source.count) == (0, 1)
    assert twin_draw.source.draw((2,)).tolist() == draw.source.draw((2,)).tolist()  # each has a generator of its own


def test_a_shallow_copy_is_another_value_with_the_same_parents() -> None:
    y = Value(2.0) * Parameter(3.0, "w")
    y.name = "y"
    twin = copy.copy(y)
    assert twin is not y
    assert (twin.parents, twin.op, twin.name) == (y.parents, y.op, "y")
    twin.name = "twin"
    assert y.name == "y"
    assert type(copy.copy(y.parents[1])) is Parameter


def test_reading_a_pickle_calls_nothing_but_what_autograd_has_for_it() -> None:
    class OnlyAutograd(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            assert module in ("autograd.copying", "autograd.value")
            return super().find_class(module, name)

    y = Parameter(1.0, "w") * Value(2.0, "x") + 3.0
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twin = OnlyAutograd(io.BytesIO(pickle.dumps([y, y * y], protocol))).load()
        assert Program.of(twin[1]) == Program.of(y * y)


def test_a_traced_value_refuses() -> None:
    def copying(x: Any) -> Any:
        return copy.deepcopy(x * 2.0)

    def pickling(x: Any) -> Any:
        return pickled(x * 2.0)

    for function in (copying, pickling):
        with pytest.raises(TracingError, match="has no number"):
            autograd.compile(function)([1.0])


def test_an_operation_outside_the_table_is_copied_as_itself_and_not_pickled_as_another() -> None:
    own = Primitive("exp", "x", "own", lambda m, x: 2 * x, lambda m, y, x: (2.0,))
    y = Value(1.0)
    for _ in range(1000):
        y = own(y) * 0.5
    assert copy.deepcopy(y).parents[0].op is own
    assert copy.deepcopy(own) is copy.copy(own) is own
    layer = copy.deepcopy(nn.Layer(1, 1, own))
    assert layer.activation is own
    for _ in range(2):  # the first failure leaves nothing behind
        with pytest.raises(pickle.PicklingError, match=r"<primitive exp\(x\)> is not in autograd's table"):
            pickle.dumps(y)
    for _ in range(2):
        with pytest.raises(pickle.PicklingError, match="is not in autograd's table"):
            pickle.dumps(own)
