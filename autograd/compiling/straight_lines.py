"""Straight lines: a scalar program becomes a function on floats, which runs it for one example.

Each node is a line with the name it has in the graph, ``o4 = 1 / (1 + math.exp(-i4))``. The backward pass is the
forward pass from its end: a node's gradient ``d_i4`` is the sum of the contributions it was handed by all that it
feeds. For tiny networks: Python compiles functions of some thousand lines, and not much larger ones.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.choices import may_be_discarded
from autograd.compiling.lines import Line, parts_named, simplified
from autograd.compiling.slices import Indices
from autograd.compiling.source import Names, Source, function
from autograd.compiling.trace import Trace
from autograd.formulas.expression import SYMBOLS, Expression, Name, Number, expression
from autograd.formulas.languages import PYTHON
from autograd.numbers import FLOATS, ascending_sum, total
from autograd.program import Program

NAMESPACE: dict[str, Any] = {
    **{"math": math, "total": total, "ascending_sum": ascending_sum},
    **{"maximum": FLOATS.maximum, "minimum": FLOATS.minimum},
}
RESERVED = [*NAMESPACE, *"abs float type value value_and_grad".split()]  # identifiers that the code uses itself


class StraightLines:
    """What computes a program's nodes, line by line, and from its end the gradients.

    Args:
        program: the program.
        leaves: what the code calls each leaf that is no constant, by index.
        learned: the leaves by which gradients are taken.
        names: of the code; new ones are added.
        raises: whether an operation raises outside its domain, which tells enough.

    Attributes:
        values: what reads each node.
        forward, backward: the lines.
        gradients: what reads the gradient of each learned leaf.
    """

    def __init__(
        self, program: Program, leaves: Mapping[int, str], learned: Collection[int], names: Names, raises: bool = True
    ) -> None:
        self.nodes, self.names, self.raises = program.nodes, names, raises
        self.values: list[Expression] = [
            Name(leaves[node.index]) if node.index in leaves else Number(node.data) for node in self.nodes
        ]
        self.learns = [node.index in learned for node in self.nodes]
        self.contributions: dict[int, list[Expression]] = defaultdict(list)  # to each node's gradient
        self.simple: dict[Expression, Expression] = {}  # what has been simplified, for much is shared
        self.forward: list[Line] = []
        self.backward: list[Line] = []
        self._run_forward()
        self._run_backward()
        self.gradients = {index: self._gradient(index) for index in learned}

    def _run_forward(self) -> None:
        for node in self.nodes:
            if node.op is None:
                continue
            inputs = node.op.unflatten([self.values[parent] for parent in node.parents])
            value = self._simplified(node.op.forward(SYMBOLS, *node.op.within(SYMBOLS, inputs)))
            if value.operands:
                self.forward.append((self.names.common([node.name], node.op.name), value))
                value = Name(self.forward[-1][0])
            self.values[node.index] = value
            self.learns[node.index] = any(self.learns[parent] for parent in node.parents)

    def _run_backward(self) -> None:
        self.contributions[len(self.nodes) - 1].append(Number(1.0))
        discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(self.nodes))
        for node in reversed(self.nodes):
            if node.op is None or not self.learns[node.index] or node.index not in self.contributions:
                continue
            d = self._gradient(node.index)
            inputs = node.op.unflatten([self.values[parent] for parent in node.parents])
            y = self.values[node.index]
            if not self.raises:
                inputs = node.op.told(SYMBOLS, y, inputs)
            partials = node.op.flatten(node.op.partials(SYMBOLS, y, *inputs))
            for parent, partial in zip(node.parents, map(self._simplified, partials)):
                finite = isinstance(d, Number)  # else 0 times it may be NaN
                if self.learns[parent] and not (finite and partial == Number(0.0)):
                    term = (
                        SYMBOLS.where(SYMBOLS.equal(d, 0), 0.0, partial * d) if node.index in discarded else partial * d
                    )
                    self.contributions[parent].append(term)

    def _simplified(self, formula: Any) -> Expression:
        return simplified(expression(formula), self.simple)

    def _gradient(self, index: int) -> Expression:
        """The sum of a node's contributions, in a line where it is more than a name or a number."""
        d = self._simplified(SYMBOLS.sum(self.contributions[index]))
        if d.operands:
            self.backward.append((self.names.fresh(f"d_{self.values[index].word}"), d))
            d = Name(self.backward[-1][0])
        return d


def write_straight_lines(trace: Trace) -> Source:
    """Write a program as Python code on floats, for a batch of one: each argument that is data has one entry."""
    arguments, outputs = trace.arguments, _outputs(trace)
    names = Names([*RESERVED, *arguments])
    opening, leaves = _unpacking(trace, names)
    theta = {place: index for index, (argument, place) in trace.leaves.items() if argument == "theta"}
    lines = StraightLines(trace.program, leaves, theta.values(), names)
    value = _nest([PYTHON.write(lines.values[i]) for i in outputs.flat], outputs.shape)
    firsts = [f"type({name}{'[0]' * (1 + len(shape))})" for name, shape in trace.shapes.items()]
    source = function("floats", trace.shapes, [], f"{' is '.join(firsts)} is float")
    source += "\n\n" + function("value", arguments, [*opening, *_written(names, lines.forward)], value)
    if "theta" in arguments:
        gradients = [lines.gradients[theta[k]] if k in theta else Number(0.0) for k in range(arguments["theta"].width)]
        result = f"{value}, [{', '.join(map(PYTHON.write, gradients))}]"
        both = _written(names, lines.forward, lines.backward)
        source += "\n\n" + function("value_and_grad", arguments, [*opening, *both], result)
    return Source(source, NAMESPACE)


def _unpacking(trace: Trace, names: Names) -> tuple[list[str], dict[int, str]]:
    """The lines that unpack the arguments, and what they call the program's leaves."""
    lines: list[str] = []
    leaves: dict[int, str] = {}
    for name, array in trace.arguments.items():
        shape = trace.shapes.get(name, (array.width,))
        targets = ["_"] * array.width
        for index, (argument, place) in trace.leaves.items():
            if argument == name:
                label = trace.program.nodes[index].name
                targets[place] = leaves[index] = names.common([label], name) if shape else name
        nested = _nest(targets, shape)
        flat = nested[1:-1] if array.width > 1 else nested
        lines.append(f"{f'[{nested}]' if array.batched else flat} = {name}")
    return lines, leaves


def _written(names: Names, *blocks: Sequence[Line]) -> list[str]:
    """The lines in Python, with an empty one between blocks."""
    named = parts_named(blocks, copy.deepcopy(names).fresh)
    written = [[f"{name} = {PYTHON.write(value)}" for name, value in block] for block in named]
    return list(itertools.chain(written[0], *[["", *block] for block in written[1:]]))


def _nest(texts: Sequence[str], shape: Sequence[int]) -> str:
    """The texts as nested lists of this shape."""
    if not shape:
        return texts[0]
    step = len(texts) // max(shape[0], 1)
    return f"[{', '.join([_nest(texts[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])])}]"


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
