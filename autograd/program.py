"""Program: a numbered, printable snapshot of a computation, which drawing and all else reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter
from typing import ClassVar, Literal

from autograd.choices import may_be_discarded
from autograd.labels import distinct, named
from autograd.numbers import FLOATS
from autograd.primitive import Primitive
from autograd.value import Constant, Parameter, Value, topological_order

_DATA: Callable[[Value], float] = attrgetter("data")
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

    Attributes:
        nodes: those nodes.
        index: of each Value that the program was taken of, its node's place.
    """

    nodes: tuple[Node, ...]
    index: dict[Value, int] = field(default_factory=dict, repr=False, compare=False)
    _repr_html_: ClassVar[Callable[[Program], str]]  # a notebook shows a Program as a table; set by `autograd`

    def __post_init__(self) -> None:
        if not isinstance(self.nodes, tuple):
            raise TypeError(f"a Program is made of nodes, got {type(self.nodes).__name__}; write Program.of(output)")

    @classmethod
    def of(cls, output: Value | Program, data: Callable[[Value], float] = _DATA) -> Program:
        """The program that computed ``output``, with the numbers and gradients that its Values hold now.

        Where a leaf's number has changed since, it is run once more, forward and backward, with those of today. A
        Program is returned as it is; anything else raises TypeError.

        Args:
            output: the program's last value.
            data: gives each Value's number, for Values that hold none.
        """
        if isinstance(output, Program):
            return output
        if not isinstance(output, Value):
            raise TypeError(f"a Value or a Program is needed, got {type(output).__name__} {output!r}")
        index = {value: i for i, value in enumerate(program_order(output))}
        nodes = [
            Node(
                i,
                "output" if value is output else _kind(value),
                value.name or "",
                value.op,
                tuple([index[parent] for parent in value.parents]),
                data(value),
                value.grad,
                value.local_derivatives,
            )
            for value, i in index.items()
        ]
        program = cls(tuple(nodes), index)
        return program if data is not _DATA or all(map(program._is_as_recorded, nodes)) else program.replay()

    def _is_as_recorded(self, node: Node) -> bool:
        """Whether a node's number is still what its parents' numbers give."""
        if node.op is None:
            return True
        try:
            data = node.op.forward(FLOATS, *node.op.unflatten([self.nodes[parent].data for parent in node.parents]))
        except (ArithmeticError, ValueError):
            return False
        return bool(data == node.data or (data != data and node.data != node.data))

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
        numbers = zip(self.nodes, values, local_derivatives)
        forward = [replace(node, data=v, local_derivatives=d) for node, v, d in numbers]
        gradients = Program(tuple(forward)).gradients(round_grad)
        return replace(self, nodes=tuple([replace(node, grad=g) for node, g in zip(forward, gradients)]))

    def gradients(self, round_grad: Callable[[float], float] = float) -> list[float]:
        """The output's derivative by each node: backpropagation with the local derivatives that were recorded.

        Args:
            round_grad: applied to each gradient before it is handed on.
        """
        gradients = [0.0] * len(self.nodes)
        gradients[-1] = 1.0
        discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(self.nodes))
        for node in reversed(self.nodes):
            gradient = gradients[node.index] = round_grad(gradients[node.index])
            if gradient or node.index not in discarded:
                for parent, derivative in zip(node.parents, node.local_derivatives):
                    gradients[parent] += derivative * gradient
        return gradients

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What a formula calls each node, and no other: its name, or v7 for node 7; ``o4#12`` where a name recurs."""
        return distinct([node.name for node in self.nodes])

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __str__(self) -> str:
        lines = []
        labels = [*map(named, self.labels)]
        for node, label in zip(self.nodes, labels):
            if node.op is None:
                lines.append(f"{label} = {node.data:.6g}  ({node.kind})")
            else:
                operands = ", ".join([labels[parent] for parent in node.parents])
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
