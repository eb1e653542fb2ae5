"""Program: a numbered, printable snapshot of a computation, which drawing and all else reads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from autograd.namespaces import FLOATS
from autograd.row import Primitive
from autograd.value import Constant, Parameter, Traced, Value, topological_order

Kind = Literal["input", "parameter", "constant", "interior", "output"]


@dataclass(frozen=True)
class Node:
    """One line of a program.

    Attributes:
        index: its place in the program; parents come before children.
        kind: "output" for the last one; "interior" for any other result; of the leaves, "parameter" for a Parameter,
            "constant" for a number written in a formula, "input" for any other Value.
        name: the Value's name; "" where it has none.
        op: the primitive that computes it; None for a leaf.
        parents: the indices of its parents, in the order written, with repeats.
        data, grad, local_derivatives: as in the Value, when the snapshot was taken.
    """

    index: int
    kind: Kind
    name: str
    op: Primitive | None
    parents: tuple[int, ...]
    data: float
    grad: float
    local_derivatives: tuple[float, ...]


@dataclass(frozen=True)
class Program:
    """The nodes of a computation, each after its parents; the last one is the output.

    ``print(program)`` writes one line a node, such as ``o4 = sigmoid(i4) = 0.3318``.
    """

    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, output: Value | Program) -> Program:
        """The program that computed ``output``, with the numbers and gradients that its Values hold now.

        A Program is returned as it is; anything else raises TypeError.
        """
        if isinstance(output, Program):
            return output
        if not isinstance(output, Value):
            raise TypeError(f"a Value or a Program is needed, got {type(output).__name__} {output!r}")
        order = program_order(output)
        index = {value: i for i, value in enumerate(order)}
        return cls(
            tuple(
                Node(
                    i,
                    "output" if value is output else _kind(value),
                    value.name or "",
                    value.op,
                    tuple([index[parent] for parent in value.parents]),
                    math.nan if isinstance(value, Traced) else value.data,
                    value.grad,
                    value.local_derivatives,
                )
                for i, value in enumerate(order)
            )
        )

    def rounded(self, data: int, grad: int) -> Program:
        """The same program worked by hand, as on a slide: each result is rounded before the next step uses it.

        Args:
            data: decimals of each result of the forward pass. Leaves are given, and stay as they are.
            grad: decimals of each gradient of the backward pass, which starts at the output with 1.
        """
        return self.replay(round_data=lambda x: round(x, data), round_grad=lambda x: round(x, grad))

    def replay(
        self,
        leaves: Mapping[int, float] | None = None,
        round_data: Callable[[float], float] = float,
        round_grad: Callable[[float], float] = float,
    ) -> Program:
        """The same program run once more, forward and backward, from gradients of 0.

        Args:
            leaves: new data of some leaves, by index.
            round_data: applied to each result of the forward pass before the next step uses it.
            round_grad: applied to each gradient of the backward pass, likewise.
        """
        given = leaves or {}
        values: list[float] = []
        local_derivatives: list[tuple[float, ...]] = []
        for node in self.nodes:
            if node.op is None:
                values.append(given.get(node.index, node.data))
                local_derivatives.append(())
                continue
            inputs = [values[parent] for parent in node.parents]
            node.op.check_domain(node.op.unflatten(inputs), [self.labels[parent] for parent in node.parents])
            values.append(round_data(node.op.forward(FLOATS, *node.op.unflatten(inputs))))
            partials = node.op.local_derivatives(values[-1], inputs)
            varies = [self.nodes[parent].kind != "constant" for parent in node.parents]
            local_derivatives.append(tuple([d if v else 0.0 for d, v in zip(partials, varies)]))
        gradients = [0.0] * len(self.nodes)
        gradients[-1] = 1.0
        for node in reversed(self.nodes):
            gradients[node.index] = round_grad(gradients[node.index])
            for parent, derivative in zip(node.parents, local_derivatives[node.index]):
                gradients[parent] += derivative * gradients[node.index]
        numbers = zip(self.nodes, values, gradients, local_derivatives)
        return Program(tuple([replace(n, data=v, grad=g, local_derivatives=d) for n, v, g, d in numbers]))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What a formula calls each node: its name, or v7 for node 7 without one; ``o4#12`` where a name recurs."""
        labels = [node.name or f"v{node.index}" for node in self.nodes]
        uses = Counter(labels)
        return tuple([label if uses[label] == 1 else f"{label}#{i}" for i, label in enumerate(labels)])

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __str__(self) -> str:
        lines = []
        for node, label in zip(self.nodes, self.labels):
            if node.op is None:
                lines.append(f"{label} = {node.data:.6g}  ({node.kind})")
            else:
                operands = ", ".join([self.labels[parent] for parent in node.parents])
                lines.append(f"{label} = {node.op.name}({operands}) = {node.data:.6g}")
        return "\n".join(lines)


def program_order(output: Value) -> list[Value]:
    """The values in the order of the program's nodes: each after its parents, leaves just before their first use."""
    lines = [value for result in topological_order(output) for value in (*result.parents, result)]
    return list(dict.fromkeys([*lines, output]))


def leaves(output: Value) -> list[Value]:
    """The leaves that ``output`` was computed from, in the program's order: those whose gradients add up over calls."""
    return [value for value in program_order(output) if value.op is None]


def _kind(value: Value) -> Kind:
    if value.parents:
        return "interior"
    if isinstance(value, Parameter):
        return "parameter"
    return "constant" if isinstance(value, Constant) else "input"
