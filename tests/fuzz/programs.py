"""Random programs: the one generator of them, for the tests and for `make fuzz`.

A program is data, leaves and steps that apply a row of the table to what there is already: so it can be run in any
number system, made smaller by hypothesis, and printed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

import autograd
from autograd import PRIMITIVES, DomainError, Parameter, Value

Functions = Mapping[str, Callable[..., Any]]
Operand = int | float  # the place of a value; or, where it is a float, a constant

OPERATORS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("neg", "add", "sub", "mul", "pow")},
    "div": operator.truediv,
}
ENGINE: dict[str, Callable[..., Any]] = PRIMITIVES | OPERATORS


@dataclass(frozen=True)
class Step:
    """A row of the table, applied to operands, which are laid out flat."""

    row: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Recipe:
    """A program of one example, and the numbers to run it on.

    The values that a step reads have places: the parameters come first, then the given values, the example's own
    numbers, and what each step has computed. The last one is the output.

    Attributes:
        parameters: what gradients are taken of.
        given: Values from outside, which are no parameters.
        examples: the numbers of each example.
    """

    parameters: tuple[float, ...]
    given: tuple[float, ...]
    examples: tuple[tuple[float, ...], ...]
    steps: tuple[Step, ...]

    def run(self, leaves: Sequence[Any], functions: Functions = ENGINE) -> list[Any]:
        """All values, of leaves in any number system, of which ``functions`` are the rows."""
        values = list(leaves)
        for step in self.steps:
            operands = [values[x] if isinstance(x, int) else x for x in step.operands]
            values.append(functions[step.row](*PRIMITIVES[step.row].unflatten(operands)))
        return values

    def leaves(self) -> list[float]:
        """The leaves' numbers, for the first example."""
        return [*self.parameters, *self.given, *self.examples[0]]

    def values(self) -> list[Value]:
        """The scalar engine's values, for the first example."""
        parameters = len(self.parameters)
        return self.run([Parameter(x) if k < parameters else Value(x) for k, x in enumerate(self.leaves())])

    def loss(self) -> tuple[Callable[..., Any], list[Parameter]]:
        """A function of an example, as `autograd.compile` takes it, and its parameters."""
        parameters = [Parameter(x, f"p{k}") for k, x in enumerate(self.parameters)]
        given = [Value(x) for x in self.given]
        inputs = len(self.examples[0])
        return lambda x: self.run([*parameters, *given, *x[:inputs]])[-1], parameters


# ---- Where a program may use a row --------------------------------------------------------------------------------

UNARY: dict[str, Callable[[float], bool]] = {  # off its corners, and before it overflows
    "neg": lambda x: True,
    "exp": lambda x: abs(x) < 3,
    "log": lambda x: x > 0.1,
    "sqrt": lambda x: x > 0.1,
    "sin": lambda x: True,
    "tanh": lambda x: abs(x) < 5,
    "sigmoid": lambda x: abs(x) < 5,
    "relu": lambda x: abs(x) > 0.01,
}
BINARY: dict[str, Callable[[float, float], bool]] = {
    "add": lambda a, b: True,
    "sub": lambda a, b: True,
    "mul": lambda a, b: True,
    "div": lambda a, b: abs(b) > 0.1,
}
SMOOTH = ["neg", "exp", "log", "sqrt", "sin", "tanh", "sigmoid", *BINARY, "sum", "dot", "logsumexp"]
PLAIN = [*SMOOTH, "relu", "maximum"]  # the rows for which there are dual numbers, as an oracle


def smooth(name: str, x: Sequence[float], y: float) -> bool:
    """Whether a plain row has a derivative there that a difference shows."""
    if abs(y) >= 1e3:
        return False
    if name in UNARY:
        return UNARY[name](*x)
    if name in BINARY:
        return BINARY[name](*x)
    if name == "maximum":
        return all(b - a > 0.01 for a, b in pairwise(sorted(x)))
    return max(x) < 5


def anywhere(name: str, x: Sequence[float], y: float) -> bool:
    return True


Apply = Callable[..., Any]  # a row by its name, of its operands


def in_domain(name: str, operands: list[Any], apply: Apply) -> list[Any]:
    """The operands of a row, brought into its domain, and to where it grows no fast."""
    if name in ("log", "sqrt", "log1p", "div", "pow"):
        changed = 1 if name == "div" else 0
        return [apply("add", 0.5, apply("sigmoid", x)) if i == changed else x for i, x in enumerate(operands)]
    if name in ("exp", "expm1"):
        return [apply("tanh", operands[0])]
    if name == "binary_cross_entropy":
        return [apply("sigmoid", x) for x in operands]
    if name == "cross_entropy":
        return [[apply("sigmoid", x) for x in xs] for xs in operands]
    return operands


GROWS = ("mul", "squared_error", "half_squared_error", "dot", "affine", "div", "pow", "sum")

# ---- The generator ------------------------------------------------------------------------------------------------


@dataclass
class _Growing:
    """A program that is being made.

    Attributes:
        numbers: of each example, what its values are; none where nobody asks.
        accept: whether a row may be applied to these numbers, with this result.
    """

    count: int
    numbers: list[list[float]] = field(default_factory=list)
    accept: Callable[[str, Sequence[float], float], bool] = anywhere
    steps: list[Step] = field(default_factory=list)

    def apply(self, name: str, *arguments: Any) -> Operand | None:
        """The place of a row's result, a constant where it has no others; None where the row may not be applied."""
        row = PRIMITIVES[name]
        operands = tuple(row.flatten(arguments))
        if not any(isinstance(x, int) for x in operands):
            return float(row(*arguments))
        results = []
        for values in self.numbers:
            x = [values[i] if isinstance(i, int) else i for i in operands]
            try:
                results.append(row(*row.unflatten(x)))
            except DomainError:
                return None
            if not self.accept(name, x, results[-1]):
                return None
        for values, result in zip(self.numbers, results):
            values.append(result)
        self.steps.append(Step(name, operands))
        self.count += 1
        return self.count - 1


def _gathers(draw: st.DrawFn, sources: Sequence[Sequence[int]], lengths: Sequence[int]) -> list[list[Operand]]:
    """What each of a group of units reads: the same, a window that moves on, or whatever it likes."""
    source = draw(st.sampled_from(sources))
    kind = draw(st.sampled_from(["window", "window", "shared", "shared", "own"]))
    if kind == "own":
        return [[source[draw(st.integers(0, len(source) - 1))] for _ in range(length)] for length in lengths]
    start = draw(st.integers(0, len(source) - 1))
    stride = draw(st.integers(1, 2))
    hop = 0 if kind == "shared" or len(lengths) == 1 else draw(st.integers(1, 3))
    return [[source[(start + j * hop + i * stride) % len(source)] for i in range(n)] for j, n in enumerate(lengths)]


def _layer(draw: st.DrawFn, weights: Sequence[int], source: Sequence[int]) -> list[list[list[Operand]]]:
    """What the units of an affine layer read, which goes over windows of its source: weights, inputs and biases."""
    items, units, length = [draw(st.integers(1, 3)) for _ in range(3)]
    hop, start = draw(st.integers(1, 2)), draw(st.integers(0, len(weights) - 1))
    own = draw(st.sampled_from(["a unit", "a position", "one for all"]))
    w: list[list[Operand]] = []
    x: list[list[Operand]] = []
    b: list[list[Operand]] = []
    for item in range(items):
        for unit in range(units):
            w.append([weights[(unit * length + i) % len(weights)] for i in range(length)])
            x.append([source[(item * hop + i) % len(source)] for i in range(length)])
            place = {"a unit": unit, "a position": item * units + unit, "one for all": 0}[own]
            b.append([weights[(start + place) % len(weights)]])
    return [w, x, b]


CONSTANTS = [0.0, -1.0, 1.0, -2.0, 2.0, 0.5]
ORDINARY = st.floats(-3, 3, allow_subnormal=False)


@st.composite
def recipes(
    draw: st.DrawFn,
    rows: Sequence[str] = tuple(PRIMITIVES),
    *,
    numbers: st.SearchStrategy[float] = ORDINARY,
    constants: Sequence[float] = CONSTANTS,
    accept: Callable[[str, Sequence[float], float], bool] | None = None,
    most_parameters: int = 3,
    most_inputs: int = 0,
    batches: Sequence[int] = (1,),
    most_steps: int = 12,
    most_units: int = 1,
) -> Recipe:
    """A random program of the table's rows: a scalar one, or one of vectors where there are units.

    Args:
        rows: by name.
        numbers: what the leaves are.
        constants: what an operand may be in place of a value; none where there are none.
        accept: whether a row may be applied to these numbers, with this result; where not, the step is left out, as it
            is where the row is not defined. None: what a row reads is brought into its domain instead.
        most_parameters, most_inputs: how many leaves at most.
        batches: how many examples.
        most_steps: how many groups of units at most.
        most_units: how many times at most a group applies its row.
    """

    def several(least: int, most: int) -> tuple[float, ...]:
        count = draw(st.integers(least, most))
        return tuple([draw(numbers) for _ in range(count)])

    parameters = several(1, most_parameters)
    inputs = draw(st.integers(min(1, most_inputs), most_inputs))
    given = several(0, 1) if inputs else ()
    examples = tuple([several(inputs, inputs) for _ in range(draw(st.sampled_from(batches)))])
    growing = _Growing(len(parameters) + len(given) + inputs)
    if accept is not None:
        growing.numbers = [[*parameters, *given, *example] for example in examples]
        growing.accept = accept
    last: Sequence[int] = []
    for _ in range(draw(st.integers(1, most_steps))):
        name = draw(st.sampled_from(rows))
        row = PRIMITIVES[name]
        units = draw(st.integers(1, most_units))
        sources = [range(growing.count), range(len(parameters)), last or range(growing.count)]
        if inputs:
            sources.append(range(len(parameters) + len(given), len(parameters) + len(given) + inputs))
        length = draw(st.integers(1, 4)) if row.n_ary else 1
        ragged = row.n_ary and units > 1 and draw(st.integers(0, 5)) == 0
        lengths = [max(1, length - j) if ragged else length for j in range(units)]
        flat = [1] * units
        each = [_gathers(draw, sources, lengths if many else flat) for many in row.sequences]
        if most_units > 1 and "affine" in rows and draw(st.integers(0, 3)) == 0:
            name, row = "affine", PRIMITIVES["affine"]
            each = _layer(draw, range(len(parameters)), draw(st.sampled_from(sources[2:])))
            units = len(each[0])
        if constants and sum([len(x[0]) for x in each]) > 1 and draw(st.integers(0, 4)) == 0:
            each[0][0][0] = draw(st.sampled_from(constants))
        squashed = accept is None and name in GROWS and draw(st.integers(0, 3)) > 0
        new: list[int] = []
        for j in range(units):
            operands: list[Any] = [x[j] if many else x[j][0] for x, many in zip(each, row.sequences)]
            if accept is None:
                operands = in_domain(name, operands, growing.apply)
            made = growing.apply(name, *operands)
            if squashed:
                made = growing.apply("tanh", made)
            if isinstance(made, int):
                new.append(made)
        last = new or last
    assume(growing.steps)
    if most_units > 1:
        growing.apply("sum", [*last, *(range(max(growing.count - 3, 0), growing.count) if draw(st.booleans()) else ())])
    return Recipe(parameters, given, examples, _live(growing.steps, growing.count))


def _live(steps: Sequence[Step], count: int) -> tuple[Step, ...]:
    """The steps that lead to the last one, of programs whose values are so many."""
    leaves = count - len(steps)
    live = {count - 1}
    for place, step in reversed([*enumerate(steps, start=leaves)]):
        if place in live:
            live.update([x for x in step.operands if isinstance(x, int)])
    new = {old: k for k, old in enumerate([*range(leaves), *sorted(i for i in live if i >= leaves)])}
    return tuple(
        [
            Step(step.row, tuple([new[x] if isinstance(x, int) else x for x in step.operands]))
            for place, step in enumerate(steps, start=leaves)
            if place in live
        ]
    )


def scalar_recipes(rows: Sequence[str] = PLAIN) -> st.SearchStrategy[Recipe]:
    """Programs of a few leaves and no example, off every corner."""
    return recipes(rows, constants=(), accept=smooth)


def vector_recipes() -> st.SearchStrategy[Recipe]:
    """Programs of every row, with gathers, shared weights, joins and unequal fan-in, for a batch of examples."""
    rows = (*PRIMITIVES, *["add", "mul", "tanh", "sum", "dot"] * 3)  # of which layers are made
    return recipes(rows, most_parameters=7, most_inputs=6, batches=(1, 2, 7), most_steps=8, most_units=4)


@st.composite
def programs(draw: st.DrawFn, rows: Sequence[str]) -> tuple[Value, list[Value]]:
    """The last value of a random scalar program, and its leaves."""
    recipe = draw(scalar_recipes(rows))
    values = recipe.values()
    return values[-1], values[: len(recipe.leaves())]


def mean_loss(recipe: Recipe) -> tuple[Value, list[Parameter]]:
    """The examples' mean loss, by the scalar engine, and the parameters."""
    loss, parameters = recipe.loss()
    terms = [loss([Value(x) for x in example]) for example in recipe.examples]
    return (terms[0] if len(terms) == 1 else autograd.sum(terms) / len(terms)), parameters
