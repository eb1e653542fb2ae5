"""What every reading of a random program is held to: the scalar engine's numbers, and those to PyTorch's and JAX's."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np

import autograd
from autograd import DomainError, Parameter, Program, Value, explain
from autograd.compiling.javascript import program_javascript
from autograd.formulas.expression import Expression, Name
from tests.fuzz import oracles
from tests.fuzz.programs import Recipe, mean_loss
from tests.node import JavaScript

EPSILON = 2**-52
TINY = 1e-305  # below that, floats have fewer digits, and some libraries take them for 0


class DisagreementError(AssertionError):
    """A reading has other numbers than it should."""


def compare(
    reading: str,
    found: Sequence[float],
    expected: Sequence[float],
    doubted: Callable[[], list[list[float]]],
    nan_too: bool = True,
) -> None:
    """The numbers are the same to 12 digits, or to within what rounding on the way makes of them.

    Args:
        reading: what to call the numbers that are compared.
        doubted: gives the expected numbers, computed a few times with every step off by a little. Where one of them is
            not finite though the expected number is, nothing can be said.
        nan_too: whether where no number is expected, none may be found. Compiled code may know better: it leaves out
            paths whose derivative is 0 whatever the numbers are, where the engine multiplies 0 by infinity, and adds up
            in another order.
    """
    wrong = [
        k
        for k, (x, right) in enumerate(zip(found, expected, strict=True))
        if not _close(x, right) and not (math.isnan(right) and not nan_too)
    ]
    if not wrong:
        return
    others = doubted()
    for k in wrong:
        x, right = found[k], expected[k]
        off = [abs(other[k] - right) for other in others if not _close(other[k], right, 0.0)]
        doubt = max(off, default=0.0)
        if not math.isfinite(doubt):
            continue
        if not abs(x - right) <= 1e-12 * abs(right) + 16 * doubt + TINY:
            raise DisagreementError(f"{reading}, number {k}: {x!r} in place of {right!r}; all: {found} for {expected}")


def _close(x: float, right: float, within: float = 1e-12) -> bool:
    return x == right or abs(x - right) <= within * abs(right) < math.inf or (x != x and right != right)


def results(program: Program, parameters: Sequence[Value]) -> list[float]:
    """A program's value, and its derivatives by these."""
    places = [program.index.get(parameter) for parameter in parameters]
    return [program.nodes[-1].data, *[0.0 if i is None else program.nodes[i].grad for i in places]]


def doubted(program: Program, parameters: Sequence[Value]) -> list[list[float]]:
    """The same from a few runs, with each step's result and each contribution to a gradient off by a little."""
    rng = random.Random(0)

    def off(x: float) -> float:
        return x * (1 + EPSILON * rng.uniform(-2, 2))

    found = []
    for _ in range(8):
        moved = {node.index: off(node.data) for node in program if node.kind in ("input", "parameter")}
        try:
            run = program.replay(moved, round_data=off)
        except DomainError:
            found.append([math.nan] * (1 + len(parameters)))
            continue
        gradients = [0.0] * len(run) + [0.0]  # the last for a parameter that does not take part
        gradients[len(run) - 1] = 1.0
        for node in reversed(run.nodes):
            gradient = gradients[node.index]
            for parent, derivative in zip(node.parents, node.local_derivatives) if gradient else ():
                gradients[parent] += off(derivative * gradient)
        found.append([run.nodes[-1].data, *[gradients[program.index.get(p, len(run))] for p in parameters]])
    return found


class Subject:
    """A recipe and what the scalar engine makes of it.

    Attributes:
        expected: the examples' mean loss, and its derivative by each parameter.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.loss, self.parameters = recipe.loss()
        self.mean, self.parameters_of_mean = mean_loss(recipe)
        self.mean.backward()
        self.expected = [self.mean.data, *[parameter.grad for parameter in self.parameters_of_mean]]
        self.program = Program.of(self.mean)

    def doubted(self) -> list[list[float]]:
        """The expected numbers, with each step's result off by a little."""
        return doubted(self.program, self.parameters_of_mean)

    def agrees(self, reading: str, found: Sequence[float], nan_too: bool = False) -> None:
        compare(reading, found, self.expected, self.doubted, nan_too)


# ---- The readings: each raises where it differs ---------------------------------------------------------------------


def replay(subject: Subject) -> None:
    """A Program that is run once more has the same bits; with other numbers, it is the fresh run."""
    again = subject.program.replay()
    for name, old, new in (
        *[("replayed data", a.data, b.data) for a, b in zip(subject.program, again)],
        *[("replayed grad", a, b) for a, b in zip(subject.expected, results(again, subject.parameters_of_mean))],
    ):
        if repr(old) != repr(new) and (old, new) != (0, 0):
            raise DisagreementError(f"{name}: {new!r} in place of {old!r}")
    recipe = subject.recipe
    mirrored = replace(
        recipe,
        parameters=tuple([-x for x in recipe.parameters]),
        given=tuple([-x for x in recipe.given]),
        examples=tuple([tuple([-x for x in example]) for example in recipe.examples]),
    )
    moved = {node.index: -node.data for node in subject.program if node.kind in ("input", "parameter")}
    try:
        expected: list[float] | str = Subject(mirrored).expected
    except DomainError as error:
        expected = type(error).__name__
    try:
        found: list[float] | str = results(subject.program.replay(moved), subject.parameters_of_mean)
    except DomainError as error:
        found = type(error).__name__
    if repr(found) != repr(expected) and found != expected:
        raise DisagreementError(f"replayed with other signs: {found} in place of {expected}")


def explanation(subject: Subject) -> None:
    """The number of an explanation is the gradient, and every line of it comes to that."""
    told = [parameter for parameter in subject.parameters_of_mean if parameter in subject.program.index]
    if told and all(map(math.isfinite, subject.expected)):
        check_explanation(subject.mean, told)


def check_explanation(output: Value, wrt: Sequence[Value]) -> None:
    """What an explanation says, line by line, after a backward pass."""
    snapshot = Program.of(output)
    numbers: dict[Expression, float] = {Name(label): node.data for label, node in zip(snapshot.labels, snapshot)}
    symbols, exact = explain(output, wrt, numbers=False), explain(output, wrt, digits=17)
    for value, one in zip(exact.values, wrt, strict=True):
        if not _close(value, one.grad) and abs(value - one.grad) > 1e-12:
            raise DisagreementError(f"explanation: {value!r} in place of {one.grad!r}")
    for symbolic, line in zip(symbols.equations, exact.equations, strict=True):
        value = line.sides[-1].value
        figures = [*line.sides[len(symbolic.sides) :], line.sides[-1]][0]  # left out where they repeat the symbols
        for side in (symbolic.sides[-1], figures):
            try:
                found = side.evaluate(numbers)
            except ArithmeticError:  # as Python's floats do where the engine goes by way of infinity
                continue
            if not _close(found, value, 1e-9) and abs(found - value) > 1e-9:
                raise DisagreementError(f"explained line: {side} is {found!r} in place of {value!r}")
        numbers[line.left] = value


def compiled(subject: Subject, target: Literal["numpy", "python", "jax"], reduction: Literal["mean", "sum"]) -> None:
    """Compiled code has the engine's value and gradient for the batch."""
    recipe = subject.recipe
    f = autograd.compile(subject.loss, subject.parameters, target=target, reduction=reduction)
    X = np.array(recipe.examples) if recipe.examples[0] else np.zeros((len(recipe.examples), 1))
    value, gradient = f.value_and_grad(X)
    numbers = [float(value), *map(float, np.asarray(gradient)), float(f(X))]
    if reduction == "sum":
        numbers = [x / len(X) for x in numbers]
    subject.agrees(f"compiled for {target}, {reduction}", numbers[:-1])
    compare(f"loss alone for {target}", numbers[-1:], numbers[:1], lambda: [d[:1] for d in subject.doubted()], False)


def javascript(subject: Subject, ask: JavaScript) -> None:
    """A program in JavaScript has the engine's value and gradients."""
    given = [node.index for node in subject.program if node.op is None and node.kind != "constant"]
    x = [subject.program.nodes[i].data for i in given]
    value, gradient = ask(f"({program_javascript(subject.program)})({json.dumps(x)})")
    by_place = dict(zip(given, gradient))
    places = [subject.program.index.get(parameter) for parameter in subject.parameters_of_mean]
    subject.agrees("JavaScript", [value, *[0.0 if i is None else by_place[i] for i in places]])


def pytorch(subject: Subject) -> None:
    """PyTorch comes to the same value and gradients."""
    import torch

    recipe = subject.recipe
    parameters = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in recipe.parameters]
    given = [torch.tensor(x, dtype=torch.float64) for x in recipe.given]
    inputs = [torch.tensor(x, dtype=torch.float64) for x in zip(*recipe.examples)]
    rows = oracles.pytorch()
    assert rows is not None
    output = recipe.run([*parameters, *given, *inputs], rows)[-1].mean()
    if output.requires_grad:
        output.backward()
    gradient = [0.0 if parameter.grad is None else float(parameter.grad) for parameter in parameters]
    subject.agrees("PyTorch", [float(output.detach()), *gradient], nan_too=True)


# ---- Higher order -------------------------------------------------------------------------------------------------


def higher_order(recipe: Recipe) -> None:
    """Second and third derivatives are JAX's; compiled and replayed with other signs, they are the engine's."""
    x = list(recipe.parameters)

    def f(x: Sequence[Any]) -> Any:
        return recipe.run(x)[-1]

    def along(s: Any) -> Any:
        return f([s, *x[1:]])

    third = autograd.grad(autograd.grad(autograd.grad(along)))

    def engine(x: list[float]) -> list[float]:
        return [*np.ravel(autograd.hessian(f)(x)).tolist(), third(x[0])]

    ours = engine(x)
    rng = random.Random(0)
    near = [engine([xi * (1 + EPSILON * rng.uniform(-8, 8)) for xi in x]) for _ in range(4)]
    rows = oracles.jax()
    if rows is not None:
        import jax

        def theirs(x: Any) -> Any:
            return recipe.run(x, rows)[-1]

        def bend(s: Any) -> Any:
            return jax.grad(jax.grad(jax.grad(lambda s: theirs([s, *x[1:]]))))(s)

        numbers = [*np.ravel(jax.hessian(theirs)(x)).tolist(), float(bend(x[0]))]
        scale = max(map(abs, numbers))
        if math.isfinite(scale):
            loose = [[y + 1e-10 * scale for y in other] for other in near]
            compare("JAX, higher order", ours, numbers, lambda: loose)

    def slope(x: Any) -> Any:
        return autograd.grad(autograd.grad(lambda s: f([s, *x[1:]])))(x[0])

    parameters = [Parameter(xi) for xi in x]
    output = slope(parameters)
    if isinstance(output, Value):
        for sign in (1.0, -1.0):
            fresh = [Parameter(sign * xi) for xi in x]
            try:
                again = slope(fresh)
            except DomainError:
                continue
            again.backward()
            program = Program.of(output)
            moved = {program.index[p]: sign * p.data for p in parameters if p in program.index}
            expected = [again.data, *[p.grad for p in fresh]]
            numbers = results(program.replay(moved), parameters)
            if repr(numbers) != repr(expected) and numbers != expected:
                raise DisagreementError(f"a derivative replayed with sign {sign}: {numbers} in place of {expected}")
            doubts = partial(doubted, Program.of(again), fresh)
            for target in ("numpy", "python"):
                code = autograd.compile(lambda x, fresh=fresh: slope(fresh) + 0.0 * x, fresh, target=target)
                value, gradient = code.value_and_grad([1.0])
                compare(
                    f"a derivative compiled for {target}",
                    [float(value), *map(float, gradient)],
                    expected,
                    doubts,
                    False,
                )
