"""check_gradients: the gradients of a function against slopes that are measured without any derivative."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.derivatives import Function, Tree, check_function, gradients, leaves, one_number, rebuilt, variable
from autograd.domains import DomainError
from autograd.labels import short
from autograd.numbers import ARRAYS, Reading, total
from autograd.program import Program
from autograd.value import Value

_IMAGINARY_STEP = 1e-50


class GradientError(AssertionError):
    """A gradient differs from the slope that was measured."""


def check_gradients(f: Function, *point: Tree, tolerance: float = 1e-6) -> None:
    """Compare the gradient of ``f`` at a point with central differences, and with the complex step where it applies.

    Central differences are taken of ``f`` itself: ``(f(x+h) - f(x-h)) / 2h``, with steps from the argument's own scale
    downwards, extrapolated to h = 0; the estimate is kept that changed least from one step to the next. The complex
    step, ``Im f(x + ih) / h`` with a tiny h (Squire & Trapp 1998), subtracts nothing and so is exact to rounding; it is
    taken of the operations that ``f`` recorded, unless one of them has a corner just there, and held to a thousandth of
    the tolerance.

    Args:
        f: returns one number, always the same for the same arguments.
        point: its arguments, as `autograd.grad` takes them.
        tolerance: the relative difference allowed.

    Raises:
        GradientError: a derivative differs. The message names the argument that differs most, the two derivatives,
            their relative difference, and the operation most at fault.
        ValueError: ``f`` gave two results at one point, or is defined on no interval about it; or ``tolerance`` is not
            positive.
    """
    check_function(f)
    if not tolerance > 0:
        raise ValueError(f"tolerance must be a positive number, got {tolerance!r}")
    places = [
        (f"argument {i}" + (f", element {path}" if path else ""), number)
        for i, argument in enumerate(point)
        for path, number in leaves(argument)
    ]
    numbers = [variable(number, place).data for place, number in places]

    def run(at: Sequence[float]) -> tuple[Value, list[Value]]:
        variables = [Value(x, getattr(number, "name", None)) for x, (_, number) in zip(at, places)]
        return one_number(f(*rebuilt(point, iter(variables)))), variables

    output, variables = run(numbers)
    again = run(numbers)[0].data
    if again != output.data and not math.isnan(again):
        raise ValueError(f"f must give one result at one point, got {output.data} and then {again}: is it random?")

    program = Program.of(output)
    rounding, doubts = _rounding(program)
    differences: list[_Difference] = []
    for i, analytic in enumerate(gradients(output, variables)):

        def along(x: float, i: int = i) -> float:
            return run([*numbers[:i], x, *numbers[i + 1 :]])[0].data

        name = variables[i].name
        where = f"{places[i][0]} ({short(name)})" if name else places[i][0]
        leaf = program.index.get(variables[i])  # None where the output does not depend on it
        doubt = 0.0 if leaf is None else doubts[leaf]
        measured = _slope(along, numbers[i], rounding)
        if measured is None:
            raise ValueError(f"f is defined on no interval about {where} = {numbers[i]}")
        slope, blur = measured
        differences.append(_Difference(where, analytic, slope, doubt + blur, tolerance, "central differences"))
        exact = None if leaf is None else _complex_step(program, leaf)
        if exact is not None:
            differences.append(_Difference(where, analytic, exact, doubt, tolerance / 1000, "complex step"))

    wrong = [difference for difference in differences if difference.matters]
    if wrong:
        worst = max(wrong, key=lambda difference: difference.relative)
        raise GradientError(f"{worst}; {_most_at_fault(program, worst.tolerance)}")


@dataclass(frozen=True)
class _Difference:
    """An analytic and a numeric derivative side by side."""

    where: str
    analytic: float
    numeric: float
    doubt: float  # how far rounding alone may have moved them apart
    tolerance: float
    method: str

    @property
    def relative(self) -> float:
        larger = max(abs(self.analytic), abs(self.numeric))
        return abs(self.analytic - self.numeric) / larger if larger else 0.0

    @property
    def matters(self) -> bool:
        allowed = self.tolerance * max(abs(self.analytic), abs(self.numeric)) + self.doubt
        return not abs(self.analytic - self.numeric) <= allowed  # and so a NaN does

    def __str__(self) -> str:
        return (
            f"{self.where}: analytic {self.analytic:.10g}, numeric {self.numeric:.10g} ({self.method}), "
            f"relative difference {self.relative:.2g}"
        )


def _rounding(program: Program) -> tuple[float, list[float]]:
    """How far rounding may have moved the output, and the output's gradient by each node.

    It is the backward pass with every sign positive, so that nothing cancels: each result, and each local derivative
    computed from it, is off by some 1e-15 of the result.
    """
    weights, doubts = [0.0] * len(program), [0.0] * len(program)
    weights[-1] = 1.0
    for node in reversed(program.nodes):
        for parent, derivative in zip(node.parents, node.local_derivatives):
            off = 1e-15 * (abs(derivative) + abs(node.data))
            doubts[parent] += abs(derivative) * doubts[node.index] + off * weights[node.index]
            weights[parent] += abs(derivative) * weights[node.index]
    return 1e-15 * total([abs(node.data) * weight for node, weight in zip(program, weights)]), doubts


def _slope(f: Callable[[float], float], x: float, rounding: float) -> tuple[float, float] | None:
    """f'(x) by central differences, and how far rounding may have moved it; None where f is not defined around x.

    Args:
        rounding: how far it may have moved f(x).
    """
    for scale in (max(1.0, abs(x)), abs(x)):  # the second where the first leaves the domain: log at 1e-20
        best, smallest_change = None, math.inf
        slope = estimate = math.nan
        for k in range(3, 20):
            h = scale * 4.0**-k
            try:
                left, right = f(x - h), f(x + h)
            except DomainError:
                continue
            if x - h == x + h:
                break
            coarser, slope = slope, (right - left) / ((x + h) - (x - h))
            last, estimate = estimate, (16 * slope - coarser) / 15  # the error of a slope is in h^2: Richardson (1911)
            change = abs(estimate - last)
            if change < smallest_change:
                best, smallest_change = (estimate, 2 * rounding / h), change
            if change <= 1e-10 * abs(estimate):
                break
        if best is not None:
            return best
    return None


class _NotAnalyticError(Exception):
    """An operation has a corner at a complex number, or is not defined there."""


def _greater(a: Any, b: Any) -> bool:
    if np.real(a) == np.real(b):
        raise _NotAnalyticError
    return bool(np.real(a) > np.real(b))


def _maximum(xs: Sequence[Any]) -> Any:
    best = xs[0]
    for x in xs[1:]:
        best = x if _greater(x, best) else best
    return best


def _power(a: Any, b: Any) -> Any:
    whole = np.imag(b) == 0 and np.real(b) == np.real(b) // 1
    if np.real(a) <= 0 and not (whole and abs(np.real(b)) <= 100):  # NumPy multiplies up to here, then takes logarithms
        raise _NotAnalyticError
    return np.power(a, b)


def _softmax(z: Sequence[Any]) -> list[Any]:
    powers = [np.exp(x - max(map(np.real, z))) for x in z]
    return [power / total(powers) for power in powers]


# Complex numbers. Which case applies is decided by the real part; on the border between two the function may have a
# corner (Martins, Sturdza & Alonso 2003, "The complex-step derivative approximation").
COMPLEX = Reading(
    **{
        name: getattr(ARRAYS, name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "arctan")
    },
    sigmoid=lambda x: 1 / (1 + np.exp(-x)),
    softmax=_softmax,
    sum=total,
    dot=ARRAYS.dot,
    abs=lambda x: x if _greater(x, 0) else -x,
    pow=_power,
    maximum=_maximum,
    minimum=lambda xs: -_maximum([-x for x in xs]),
    greater=_greater,
    equal=lambda a, b: a == b,
    where=lambda condition, a, b: a if condition else b,
)


def _complex_step(program: Program, leaf: int) -> float | None:
    """Im f(x + ih) / h of the recorded operations; None where one of them does not allow it."""
    values: list[Any] = []
    try:
        with np.errstate(all="ignore"):
            for node in program:
                if node.op is None:
                    values.append(np.complex128(complex(node.data, _IMAGINARY_STEP if node.index == leaf else 0.0)))
                else:
                    inputs = node.op.unflatten([values[parent] for parent in node.parents])
                    values.append(node.op.forward(COMPLEX, *inputs))
    except (_NotAnalyticError, AttributeError):  # the latter: a function that COMPLEX lacks
        return None
    slope = float(np.imag(values[-1])) / _IMAGINARY_STEP
    return slope if math.isfinite(slope) else None


def _most_at_fault(program: Program, tolerance: float) -> str:
    """Which operation's own derivative, recorded and measured, differs most in what it does to the output."""
    worst, verdict = (
        0.0,
        "no operation's derivative is wrong: does f use a number from outside the graph, as x.data is?",
    )
    labels = [short(label) for label in program.labels]
    for node in program.replay():
        if node.op is None:
            continue
        inputs = [program.nodes[parent].data for parent in node.parents]
        for k, parent in enumerate(node.parents):
            if program.nodes[parent].kind == "constant":
                continue
            row, recorded = node.op, node.local_derivatives[k]

            def along(x: float, row: Any = row, k: int = k, inputs: list[float] = inputs) -> float:
                return float(row(*row.unflatten([*inputs[:k], x, *inputs[k + 1 :]])))

            terms = [x * derivative for x, derivative in zip(inputs, node.local_derivatives)]
            measured = _slope(along, inputs[k], 1e-15 * total(map(abs, [node.data, *terms])))
            if measured is None:
                continue
            difference = _Difference(labels[parent], recorded, *measured, tolerance, "central differences")
            effect = abs(recorded - measured[0]) * (abs(node.grad) or 1e-300)
            if difference.matters and not effect <= worst:
                worst = effect
                call = f"{row.name}({', '.join([labels[parent] for parent in node.parents])})"
                verdict = f"the operation most at fault is {labels[node.index]} = {call}, by {difference}"
                if _has_a_corner(along, inputs[k]):
                    verdict += ", where it has a corner"
    return verdict


def _has_a_corner(f: Callable[[float], float], x: float) -> bool:
    h = 1e-6 * max(1.0, abs(x))
    try:
        before, after = (f(x) - f(x - h)) / h, (f(x + h) - f(x)) / h
    except DomainError:  # nearer to the end of the domain than h
        return False
    return not math.isclose(before, after, rel_tol=1e-3, abs_tol=1e-3)
