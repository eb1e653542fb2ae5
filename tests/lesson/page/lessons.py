"""Programs that pages are made of, and what the engine and optim's optimizers say of each, step after step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import autograd
import nn
import optim
from autograd import Parameter, Program, Value, half_squared_error
from demos.toy_network import INPUTS, TARGET, slide_network

Lesson = tuple[Value, optim.Optimizer | None]
Decimals = tuple[int, int] | None
SLIDE = (3, 4)  # of values and of gradients
IMAGE = '</script><img src=x onerror="window.hacked=1">'


def named(output: Value, name: str = "E") -> Value:
    output.name = name
    return output


def toy() -> Lesson:
    """The slide's network."""
    model = slide_network()
    E = named(half_squared_error(model(INPUTS), Value(TARGET, "t")))
    return E, optim.SGD(model.parameters(), lr=0.9)


def softmax() -> Lesson:
    """Two classes, and their cross-entropy."""
    model = nn.MLP(2, [3, 2], output="softmax", rng=0)
    E = named(nn.cross_entropy(model([0.5, -1.0]), [0, 1]))
    return E, optim.SGD(model.parameters(), lr=0.5, momentum=0.9, nesterov=True)


def relu() -> Lesson:
    """A net in which one unit is off."""
    model = nn.MLP(2, [3, 1], activation="relu", output="linear", rng=3)
    return named(nn.squared_error(model([1.0, -0.5]), 0.75)), optim.Adagrad(model.parameters(), lr=0.1)


def shared() -> Lesson:
    """The same weights twice, as in a recurrent net; a sum of contributions for each."""
    w, u, b = Parameter(0.5, "w"), Parameter(-0.25, "u"), Parameter(0.125, "b")
    h: Any = 0.0
    for k, x in enumerate([1.0, -0.5, 2.0], start=1):
        h = named(autograd.tanh(autograd.affine([w, u], [Value(x, f"x{k}"), h], b)), f"h{k}")
    return named(half_squared_error(h, Value(0.25, "t"))), optim.SGD([w, u, b], lr=0.1, momentum=0.9)


def adam() -> Lesson:
    """An optimizer that remembers two things, and has taken steps before."""
    model = nn.MLP(2, [2, 1], rng=1)
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        E = named(half_squared_error(model([1.0, 0.5]), 1.0))
        E.backward()
        optimizer.step()
    return named(half_squared_error(model([1.0, 0.5]), 1.0)), optimizer


def bare() -> Lesson:
    """A function of two numbers, without units and without an optimizer."""
    x, y = Value(2.0, "x"), Value(-3.0, "y")
    return named(x * y + autograd.sin(x * x) - x / y, "f"), None


def choices() -> Lesson:
    """Maximum and where; what is not chosen would be infinite."""
    x, y, w = Value(800.0, "x"), Value(-1.5, "y"), Parameter(0.5, "w")
    guarded = autograd.where(autograd.greater(x, 700.0), w * 2.0, autograd.exp(x * 1.5 - 300.0))
    return named(autograd.maximum([guarded, y, w * y]) ** 2, "J"), optim.RMSprop([w], lr=0.01, momentum=0.5)


def four_hundred() -> Lesson:
    """A wide net."""
    model = nn.MLP(9, [14, 10, 1], activation="tanh", rng=0)
    E = named(half_squared_error(model([0.1 * k - 0.4 for k in range(9)]), 0.5))
    assert 350 < len(Program.of(E)) < 450
    return E, optim.SGD(model.parameters(), lr=0.1)


def markup() -> Lesson:
    """Names that are no names."""
    x, w, b = Value(0.5, IMAGE), Parameter(2.0, "<b>&amp;w"), Parameter(1.0, "\u202eNaN")
    y = named(autograd.sigmoid(named(autograd.affine([w], [x], b), "Infinity")), "{{data}}")
    return named(half_squared_error(y, Value(1.0, "__proto__")), "${E}"), optim.AdamW([w, b], lr=0.5)


def unnamed() -> Lesson:
    """A program in which nothing has a name, and a weight is computed."""
    v, x = Parameter(0.75), Value(1.5)
    y = autograd.tanh(autograd.affine([v * v, autograd.exp(v)], [x, Value(-0.5)], v * 0.5))
    return y * y + v, optim.Lion([v], lr=0.1)


def cubed() -> Lesson:
    """Numbers that grow long, and are worked at ties of the slide's rounding."""
    w, x = Parameter(1.5, "w"), Value(0.0625, "x")
    a = named(w * x, "a")
    b = named(a * a + x * 0.25, "b")
    return named((b - w) ** 3 * 1000.0, "c"), optim.SGD([w], lr=1e-7, weight_decay=0.1)


LESSONS: dict[str, Callable[[], Lesson]] = {
    lesson.__name__: lesson
    for lesson in (toy, softmax, relu, shared, adam, bare, choices, four_hundred, markup, unnamed, cubed)
}


@dataclass(frozen=True)
class Taken:
    """One step of training by the engine: the program as it ran; by parameter, what is remembered before and after, and
    the new number."""

    run: Program
    before: dict[int, list[float]]
    after: dict[int, list[float]]
    new: dict[int, float]


def training(
    lesson: Lesson, count: int, decimals: Decimals = None, changed: Mapping[int, float] | None = None
) -> list[Taken]:
    """Steps of training by optim's own optimizer; the lesson stays as it is.

    Args:
        lesson: the output and the optimizer.
        count: how many.
        decimals: those of values and of gradients where it is worked as on a slide.
        changed: other numbers of some leaves, by index.
    """
    output, optimizer = lesson
    program = Program.of(output)
    rounding: dict[str, Callable[[float], float]] = {}
    if decimals:
        rounding = {"round_data": lambda x: round(x, decimals[0]), "round_grad": lambda x: round(x, decimals[1])}
    leaves = {node.index: node.data for node in program if node.op is None} | dict(changed or {})
    if optimizer is None:
        return [Taken(program.replay(leaves, **rounding), {}, {}, {})]
    places = {value: k for k, value in enumerate(optimizer.parameters)}
    learning = {i: value for value, i in program.index.items() if value in places}
    kept, numbers = optimizer.state_dict(), {value: (value.data, value.grad) for value in optimizer.parameters}

    def remembered() -> dict[int, list[float]]:
        return {
            i: [float(array[places[value]]) for array in optimizer.memory.values()] for i, value in learning.items()
        }

    taken = []
    for _ in range(count):
        run = program.replay(leaves, **rounding)
        before = remembered()
        for i, value in learning.items():
            value.data, value.grad = run.nodes[i].data, run.nodes[i].grad
        optimizer.step()
        new = {i: round(value.data, decimals[0]) if decimals else value.data for i, value in learning.items()}
        taken.append(Taken(run, before, remembered(), new))
        leaves |= new
    for value, (data, grad) in numbers.items():
        value.data, value.grad = data, grad
    optimizer.load_state_dict(kept)
    return taken
