"""check_gradients: the gradients of a function against slopes that are measured without any derivative."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.derivatives import Function, Tree, check_function, gradients, leaves, one_number, rebuilt, variable
from autograd.domains import DomainError
from autograd.labels import short
from autograd.numbers import ARRAYS, FLOATS, Reading, total
from autograd.program import Node, Program
from autograd.value import Value

_SURE = 0.4  # of the larger of two derivatives: where rounding may have moved it further, nothing can be told
_TINY = 1e-290  # below it numbers have fewer digits, and products soon none


class GradientError(AssertionError):
    """A gradient differs from the slope that was measured."""


def check_gradients(f: Function, *point: Tree, tolerance: float = 1e-6) -> None:
    """Compare the gradient of ``f`` at a point with central differences, and with the complex step where it applies.

    Central differences are taken of ``f`` itself: ``(f(x+h) - f(x-h)) / 2h``, with steps from 1 and from the argument's
    own scale downwards, extrapolated to h = 0; the estimate is kept that is off by least, judged by rounding, by its
    change from one step to the next, and by what smaller steps say. The complex step, ``Im f(x + ih) / h`` with an h
    that is tiny beside x (Squire & Trapp 1998), subtracts nothing and so is exact to rounding; it is taken of the
    operations that ``f`` recorded, unless one of them has a corner just there, and held to a thousandth of the
    tolerance.

    Args:
        f: returns one number, always the same for the same arguments.
        point: its arguments, as `autograd.grad` takes them.
        tolerance: the relative difference allowed.

    Raises:
        GradientError: a derivative differs. The message names the argument that differs most, the two derivatives,
            their relative difference, and the operation most at fault.
        ValueError: rounding hides whether a derivative is right, as in a saturated unit: the message begins with
            "cannot tell". Or ``f`` gave two results at one point, or is defined on no interval about it; or
            ``tolerance`` is not positive.
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
    rounding, doubts, weights = _rounding(program)
    wrong: list[_Difference] = []
    unsure: list[_Difference] = []
    for i, analytic in enumerate(gradients(output, variables)):

        def along(x: float, i: int = i) -> float:
            return run([*numbers[:i], x, *numbers[i + 1 :]])[0].data

        name = variables[i].name
        where = f"{places[i][0]} ({short(name)})" if name else places[i][0]
        leaf = program.index.get(variables[i])  # None where the output does not depend on it
        doubt = 0.0 if leaf is None or not math.isfinite(analytic) else doubts[leaf]
        weight = math.inf if leaf is None else weights[leaf]
        measured = _slope(along, numbers[i], rounding, analytic, tolerance)
        if measured is None and math.isfinite(output.data):
            raise ValueError(f"f is defined on no interval about {where} = {numbers[i]}")
        slope, blur = measured or (math.nan, math.inf)
        found = [_Difference(where, analytic, slope, doubt + blur, weight, tolerance, "central differences")]
        exact = None if leaf is None else _complex_step(program, leaf)
        if exact or exact == analytic == 0:  # a 0 is otherwise something that has become too small
            found.append(_Difference(where, analytic, exact, doubt, weight, tolerance / 1000, "complex step"))
        faults = [difference for difference in found if difference.matters]
        if faults == found[:1]:  # steps of the argument's own scale have to say so, too: a corner may lie within others
            near = _slope(along, numbers[i], rounding, analytic, tolerance, _own_steps(numbers[i]))
            nearby = replace(found[0], numeric=near[0], doubt=doubt + near[1]) if near else None
            # Numbers that are 1 apart may be some periods apart, and f look flat to all but the complex step.
            is_far_out = len(found) > 1 and math.ulp(numbers[i]) >= 1
            if nearby is None or not nearby.matters or is_far_out:
                unsure.append(replace(found[0], doubt=math.inf))
                continue
        wrong += faults
        if not any(difference.tells for difference in found):
            unsure.append(found[-1])

    if wrong:
        worst = max(wrong, key=lambda difference: difference.relative)
        raise GradientError(f"{worst}; {_most_at_fault(program, worst.tolerance)}")
    if unsure:
        raise ValueError(
            f"cannot tell whether a derivative is right. {unsure[0]}; but rounding, or a step that is too long, may "
            f"have moved them by {unsure[0].doubt:.2g}. Check it at another point, or a part of f by itself"
        )


@dataclass(frozen=True)
class _Difference:
    """An analytic and a numeric derivative side by side."""

    where: str
    analytic: float
    numeric: float
    doubt: float  # how far rounding alone may have moved them apart
    weight: float  # the analytic derivative, were all that adds up to it positive
    tolerance: float
    method: str

    @property
    def relative(self) -> float:
        return abs(self.analytic - self.numeric) / self.larger if self.larger else 0.0

    @property
    def larger(self) -> float:
        return max(abs(self.analytic), abs(self.numeric))

    @property
    def matters(self) -> bool:
        if not math.isfinite(self.analytic):
            return math.isfinite(self.numeric) and self.doubt <= _SURE * abs(self.numeric)
        if self.doubt > _SURE * self.larger:
            return False
        return abs(self.analytic - self.numeric) > self.tolerance * self.larger + self.doubt

    @property
    def tells(self) -> bool:
        """Whether a derivative twice as large would matter, or what has cancelled out is known as well as it can be."""
        known = math.isfinite(self.larger) and math.isfinite(self.doubt)
        return known and self.doubt <= max(_SURE * self.larger, self.tolerance * self.weight)

    def __str__(self) -> str:
        return (
            f"{self.where}: analytic {self.analytic:.10g}, numeric {self.numeric:.10g} ({self.method}), "
            f"relative difference {self.relative:.2g}"
        )


def _rounding(program: Program) -> tuple[float, list[float], list[float]]:
    """How far rounding may have moved the output; of each node, how far the output's gradient by it; and that gradient.

    It is the backward pass with every sign positive, so that nothing cancels: each result is off by some 1e-15 of
    itself, and each local derivative by that and by what an input or a result that is off makes of it.
    """
    weights, doubts = [0.0] * len(program), [0.0] * len(program)
    weights[-1] = 1.0
    for node in reversed(program.nodes):
        shifts = _shifts(program, node) if weights[node.index] else [0.0] * len(node.parents)
        for parent, derivative, shift in zip(node.parents, node.local_derivatives, shifts):
            off = 1e-15 * abs(derivative) + shift
            doubts[parent] += abs(derivative) * doubts[node.index] + off * weights[node.index]
            weights[parent] += abs(derivative) * weights[node.index]
    smallest = math.ulp(0.0)  # the least by which a result is off, however small
    off = total(
        [(1e-15 * abs(node.data if node.op else 0.0) + smallest) * weight for node, weight in zip(program, weights)]
    )
    return off, doubts, weights


def _shifts(program: Program, node: Node) -> list[float]:
    """How far each local derivative of a node moves if its result or its inputs are off by rounding."""
    if node.op is None:
        return []
    row, y, x = node.op, node.data, [program.nodes[parent].data for parent in node.parents]
    # A result that is one of the inputs, as a maximum is, has been chosen and not rounded.
    outputs = [y] if y in x else [y, y * (1 + 4e-16), y * (1 - 4e-16)]
    # Several, for a cosine far out may come out the same by chance; neighbours apart, for one may make up for another.
    offs = [(4e-16, 4e-16), (4e-16, -4e-16), (-4e-16, 7e-16), (1.1e-15, 7e-16), (-1.6e-15, -1.1e-15)]
    moved_inputs = [[xi * (1 + off[k % 2]) for k, xi in enumerate(x)] for off in offs]
    try:
        at = [(result, row.unflatten(x)) for result in outputs]
        at += [(row.forward(FLOATS, *row.unflatten(inputs)), row.unflatten(inputs)) for inputs in moved_inputs]
        as_it_is, *moved = [row.flatten(row.partials(FLOATS, result, *inputs)) for result, inputs in at]
    except (ArithmeticError, ValueError):  # at the end of a domain
        return [math.inf] * len(x)
    shifts = [[abs(each[k] - derivative) for each in moved] for k, derivative in enumerate(as_it_is)]
    return [2 * max(shift) if all(map(math.isfinite, shift)) else math.inf for shift in shifts]


def _slope(
    f: Callable[[float], float],
    x: float,
    rounding: float,
    expected: float,
    tolerance: float,
    steps: Sequence[float] | None = None,
) -> tuple[float, float] | None:
    """f'(x) by central differences, and how far it may be off; None where f is not defined around x.

    Args:
        rounding: how far it may have moved f(x).
        expected: what it should be; once it is found to be that, no smaller steps are taken.
        tolerance: the relative difference allowed.
        steps: from long to short; None for those from 1 and from the scale of x.
    """
    found: list[tuple[float, float, float]] = []  # estimates from long steps to short, their blur, their change
    coarser = last = math.nan
    for h in _steps(x) if steps is None else steps:
        if h < 4 * math.ulp(x):
            break
        try:
            left, right = f(x - h), f(x + h)
        except (DomainError, ArithmeticError):  # log at 1e-20, where a step of 1 is too long
            continue
        slope = (right - left) / ((x + h) - (x - h))
        estimate = (16 * slope - coarser) / 15  # the error of a slope is in h^2: Richardson (1911)
        blur = 2 * (rounding + 1e-15 * max(abs(left), abs(right))) / h
        if math.isfinite(estimate - last):
            found.append((estimate, blur, abs(estimate - last)))
            near = abs(estimate - expected) + blur <= 0.5 * tolerance * abs(expected)
            if expected and near and found[-1][2] <= 1e-3 * abs(expected):
                return estimate, blur
        coarser, last = slope, estimate
    changes = [change for _, _, change in found]
    if len(found) > 3 and max(changes[-2:]) > found[-1][1] and max(changes[-2:]) >= changes[-3]:
        return found[-1][0], math.inf  # it varies within the last digit of x, as sin(1e20) does
    best, nearest_off = None, math.inf
    for k, (estimate, blur, change) in enumerate(found):
        contradicted = max([abs(finer - estimate) - its_blur for finer, its_blur, _ in found[k + 1 :]], default=0.0)
        off = max(blur, 2 * change, contradicted)
        if best is None or off < nearest_off:
            best, nearest_off = (estimate, off), off
    return best


def _steps(x: float) -> list[float]:
    """Steps from long to short, each a quarter of the one before: from 1, then from the scale of x to its end."""
    own = _own_steps(x)
    return own if x == 0 else [h for h in (4.0**-k for k in range(3, 20)) if h > 4 * own[0]] + own


def _own_steps(x: float) -> list[float]:
    """Those from the scale of x to its end."""
    scale = abs(x)
    if scale == 0:
        return [4.0**-k for k in range(3, 28)]
    return [scale * 4.0**-k for k in range(3 if scale >= 1 else 1, 27)]


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
    """Im f(x + ih) / h of the recorded operations, with two steps of which one would do; None where they do not agree,
    an operation does not allow it, or numbers become so small that they lose their digits."""
    x = abs(program.nodes[leaf].data)
    # Beside x the step is tiny; where x is large, it may have to be tiny beside 1: a sine of i h grows as e^h does.
    steps = [(x, (100, 80) if x > 1e-200 else (24, 20)) if x else (1.0, (300, 280)), (1.0, (100, 80))]
    for scale, powers in steps[: 2 if x > 1 else 1]:
        found = []
        for h in [math.ldexp(scale, -power) for power in powers]:
            slope = _imaginary_part(program, leaf, h) / h if h > _TINY else math.nan
            lost = slope != 0 and min(abs(slope), abs(slope * h)) < _TINY
            found.append(math.nan if lost else slope)
        if all(map(math.isfinite, found)) and math.isclose(*found, rel_tol=1e-11):
            return found[0]
    return None


def _imaginary_part(program: Program, leaf: int, step: float) -> float:
    """Im f(x + i step) of the recorded operations; NaN where one of them does not allow it."""
    values: list[Any] = []
    try:
        with np.errstate(all="ignore"):
            for node in program:
                if node.op is None:
                    values.append(np.complex128(complex(node.data, step if node.index == leaf else 0.0)))
                else:
                    inputs = node.op.unflatten([values[parent] for parent in node.parents])
                    values.append(node.op.forward(COMPLEX, *inputs))
    except (_NotAnalyticError, AttributeError):  # the latter: a function that COMPLEX lacks
        return math.nan
    return float(np.imag(values[-1]))


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

            terms = [x * d for x, d in zip(inputs, node.local_derivatives) if math.isfinite(d)]
            rounding = 1e-15 * total(map(abs, [node.data, *terms]))
            measured = _slope(along, inputs[k], rounding, recorded, tolerance)
            if measured is None:
                continue
            difference = _Difference(
                labels[parent], recorded, *measured, abs(recorded), tolerance, "central differences"
            )
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
