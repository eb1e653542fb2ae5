"""Straight lines: a scalar program becomes a Python function on floats, which runs it for one example.

Each node is a line with the name it has in the graph, ``o4 = 1 / (1 + math.exp(-i4))``. The backward pass is the
forward pass from its end: a node's gradient ``d_i4`` is the sum of the contributions it was handed by all that it
feeds. For tiny networks: Python compiles functions of some thousand lines, and not much larger ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.choices import may_be_discarded
from autograd.compiling.array_expressions import (
    ADD,
    ATOM,
    CASES,
    COMPARE,
    MOST_TERMS,
    POW,
    ArrayExpression,
    Hoist,
    as_expression,
    compound,
    literal,
)
from autograd.compiling.slices import Indices
from autograd.compiling.source import Names, Source, function
from autograd.compiling.trace import Trace
from autograd.numbers import FLOATS, Reading

NAMESPACE: dict[str, Any] = {"math": math, "np": np, "maximum": FLOATS.maximum, "minimum": FLOATS.minimum}
RESERVED = [*NAMESPACE, *"abs float type value value_and_grad".split()]  # identifiers that the code uses itself


def float_formulas(hoist: Hoist) -> Reading:
    """The namespace in which a row of the primitive table becomes Python code on floats.

    The code raises ArithmeticError or ValueError where the scalar engine goes to infinity or finds a number outside
    a domain.

    Args:
        hoist: given a name and an expression that the formula may use more than once, writes a line that computes it,
            and returns what to write for it.
    """

    def total(terms: Iterable[Any]) -> ArrayExpression:
        first, *others = [as_expression(term) for term in terms] or [literal(0.0)]
        for start in range(0, len(others), MOST_TERMS):
            first = sum(others[start : start + MOST_TERMS], first if start == 0 else hoist("sum", first))
        return first

    def extreme(name: str, over: Callable[[Any, Any], Any]) -> Callable[[Sequence[Any]], ArrayExpression]:
        def choose(operands: Sequence[Any]) -> ArrayExpression:
            parts = [as_expression(operand) for operand in operands]
            if len(parts) == 1:
                return parts[0]
            numbers = [part for part in parts if part.number is not None]
            if len(parts) == 2 and len(numbers) == 1:  # faster, and a NaN is handed on
                (number,), (x,) = numbers, [part for part in parts if part.number is None]
                x = x if x.precedence == ATOM else hoist("inner", x)
                return where(over(number, x), number, x)
            return hoist(name, compound(f"{name}(({', '.join(map(str, parts))}))", ATOM, *parts))

        return choose

    def compare(sign: str, known: Callable[[float, float], bool]) -> Callable[[Any, Any], ArrayExpression | bool]:
        def comparison(a: Any, b: Any) -> ArrayExpression | bool:
            a, b = as_expression(a), as_expression(b)
            if a.number is not None and b.number is not None:
                return known(a.number, b.number)
            return compound(f"{a.within(ADD)} {sign} {b.within(ADD)}", COMPARE, a, b)

        return comparison

    def where(condition: ArrayExpression | bool, then: Any, otherwise: Any) -> ArrayExpression:
        a, b = as_expression(then), as_expression(otherwise)
        if isinstance(condition, bool):
            return a if condition else b
        return compound(f"{a.as_float(COMPARE)} if {condition} else {b.as_float(COMPARE)}", CASES, a, b)

    def power(base: Any, exponent: Any) -> ArrayExpression:
        a, b = as_expression(base), as_expression(exponent)
        if b.number == 1.0:
            return a
        if a.precedence != ATOM and a.number is None:  # such as a sum, whose power each of its terms may use
            a = hoist("base", a)
        if b.number is not None and b.number.is_integer():
            return compound(f"{a.within(ATOM)}**{int(b.number)}", POW, a, b)
        return compound(f"math.pow({a}, {b})", ATOM, a, b)  # `**` would give a complex number

    def call(name: str, function: str) -> Callable[[Any], ArrayExpression]:
        def called(x: Any) -> ArrayExpression:
            x = as_expression(x)
            if x.number is not None:
                return literal(getattr(FLOATS, name)(x.number))
            return compound(f"{function}({x})", ATOM, x)

        return called

    greater = compare(">", lambda a, b: a > b)
    return Reading(
        **{name: call(name, f"math.{name}") for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh")},
        arctan=call("arctan", "math.atan"),
        abs=call("abs", "abs"),
        sigmoid=lambda x: 1 / (1 + call("exp", "math.exp")(-as_expression(x))),
        pow=power,
        sum=total,
        dot=lambda a, b: total([as_expression(p) * q for p, q in zip(a, b)]),
        maximum=extreme("maximum", greater),
        minimum=extreme("minimum", lambda number, x: greater(x, number)),
        greater=greater,
        equal=compare("==", lambda a, b: a == b),
        where=where,
    )


class StraightLine:
    """Writes the lines of one program: what unpacks the arguments, the forward pass, and the backward pass."""

    def __init__(self, trace: Trace) -> None:
        self.nodes, arguments, leaves = trace.program.nodes, trace.arguments, trace.leaves
        self.names = Names([*RESERVED, *arguments])
        self.lines: list[str] = []
        self.codes = [literal(node.data) for node in self.nodes]  # what reads each node; so far, a constant
        self.learns = [leaves.get(node.index, ("", 0))[0] == "theta" for node in self.nodes]
        self.contributions: dict[int, list[ArrayExpression]] = defaultdict(list)  # to each node's gradient
        self.theta = {place: index for index, (argument, place) in leaves.items() if argument == "theta"}
        for name, array in arguments.items():
            shape = trace.shapes.get(name, (array.width,))
            targets = ["_"] * array.width
            for index, (argument, place) in leaves.items():
                if argument == name:
                    targets[place] = self.named(index, name) if shape else name
                    self.codes[index] = ArrayExpression(targets[place])
            nested = _nest(targets, shape)
            flat = nested[1:-1] if array.width > 1 else nested
            self.lines.append(f"{f'[{nested}]' if array.batched else flat} = {name}")

    def named(self, index: int, otherwise: str) -> str:
        """A fresh name for a node: what the graph calls it, where that is fit for Python."""
        return self.names.common([self.nodes[index].name], otherwise)

    def write(self, name: str, expression: ArrayExpression) -> ArrayExpression:
        """A line that gives an expression a name."""
        self.lines.append(f"{name} = {expression.as_float()}")
        return ArrayExpression(name)

    def hoisted(self, name: str) -> Hoist:
        """What writes a line for a part of the formula of the node called ``name``."""
        return lambda part, x: self.write(self.names.fresh(f"{name}_{part}"), x)

    def forward(self) -> None:
        """A line for each node that is computed."""
        for node in self.nodes:
            if node.op is None:
                continue
            name = self.named(node.index, node.op.name)
            inputs = node.op.unflatten([self.codes[parent] for parent in node.parents])
            y = as_expression(node.op.forward(float_formulas(self.hoisted(name)), *inputs))
            self.codes[node.index] = y if y.text.isidentifier() else self.write(name, y)
            self.learns[node.index] = any(self.learns[parent] for parent in node.parents)

    def backward(self, count: int) -> list[ArrayExpression]:
        """A line for each gradient that leads to one of ``count`` parameters; returns what reads the parameters'."""
        self.contributions[len(self.nodes) - 1].append(literal(1.0))
        discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(self.nodes))
        for node in reversed(self.nodes):
            if node.op is None or not self.learns[node.index] or node.index not in self.contributions:
                continue
            d = self.gradient(node.index)
            inputs = node.op.unflatten([self.codes[parent] for parent in node.parents])
            m = float_formulas(self.hoisted(f"d_{self.codes[node.index]}"))
            partials = node.op.flatten(node.op.partials(m, self.codes[node.index], *inputs))
            for parent, partial in zip(node.parents, map(as_expression, partials)):
                if self.learns[parent] and partial.number != 0.0:
                    term = m.where(m.equal(d, 0), 0.0, partial * d) if node.index in discarded else partial * d
                    self.contributions[parent].append(term)
        return [self.gradient(self.theta[k]) if k in self.theta else literal(0.0) for k in range(count)]

    def gradient(self, index: int) -> ArrayExpression:
        """The sum of a node's contributions, in a line where it is more than a name or a number."""
        name = f"d_{self.codes[index]}"
        d: ArrayExpression = float_formulas(self.hoisted(name)).sum(self.contributions[index])
        plain = d.number is not None or d.text.isidentifier()
        return d if plain else self.write(self.names.fresh(name), d)


def _nest(texts: Sequence[str], shape: Sequence[int]) -> str:
    """The texts as nested lists of this shape."""
    if not shape:
        return texts[0]
    step = len(texts) // max(shape[0], 1)
    return f"[{', '.join([_nest(texts[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])])}]"


def write_straight_lines(trace: Trace) -> Source:
    """Write a program as Python code on floats, for a batch of one: each argument that is data has one entry."""
    outputs = _outputs(trace)
    written = StraightLine(trace)
    written.forward()
    value = _nest([written.codes[i].as_float() for i in outputs.flat], outputs.shape)
    firsts = [f"type({name}{'[0]' * (1 + len(shape))})" for name, shape in trace.shapes.items()]
    source = function("floats", trace.shapes, [], f"{' is '.join(firsts)} is float")
    source += "\n\n" + function("value", trace.arguments, written.lines, value)
    if "theta" in trace.arguments:
        written.lines.append("")
        gradient = ", ".join([d.as_float() for d in written.backward(trace.arguments["theta"].width)])
        source += "\n\n" + function("value_and_grad", trace.arguments, written.lines, f"{value}, [{gradient}]")
    return Source(source, NAMESPACE)


def _outputs(trace: Trace) -> Indices:
    """The indices of what is returned: of a prediction, for a batch of one."""
    return trace.outputs if "theta" in trace.arguments else trace.outputs[None]


def careful(trace: Trace) -> Callable[..., tuple[Any, list[float]]]:
    """The outputs and the gradient as the scalar engine computes them: an overflow is an infinity, an input outside
    an operation's domain a DomainError that names it. For the rare example that makes straight lines raise."""
    outputs = _outputs(trace)
    parameters = trace.arguments["theta"].width if "theta" in trace.arguments else 0

    def value_and_grad(*example: Any) -> tuple[Any, list[float]]:
        numbers = {name: np.ravel(argument).tolist() for name, argument in zip(trace.arguments, example)}
        run = trace.program.replay({index: numbers[name][place] for index, (name, place) in trace.leaves.items()})
        gradient = [0.0] * parameters
        for index, (name, place) in trace.leaves.items():
            if name == "theta":
                gradient[place] = run.nodes[index].grad
        return np.array([run.nodes[i].data for i in outputs.flat]).reshape(outputs.shape).tolist(), gradient

    return value_and_grad
