"""A program as it is written on the blackboard: what each quantity is called, and each result and local derivative as a
formula.

The explanation of a derivative and the steps of a walkthrough write the same things, and find them here.
"""

from __future__ import annotations

from autograd.formulas.expression import SYMBOLS, Formula, Symbol, number
from autograd.program import Node, Program


class ProgramFormulas:
    """How the quantities of a program are written.

    Args:
        program: its numbers decide which piece of a function made of pieces is written.

    Attributes:
        names: what each node is called: its label; a constant is called by its number.
        symbols: the names as formulas.
    """

    def __init__(self, program: Program) -> None:
        self.names = [
            number(node.data, 12) if node.kind == "constant" else label for node, label in zip(program, program.labels)
        ]
        self.symbols = [Symbol(name) for name in self.names]
        self._data = {name: node.data for name, node in zip(self.names, program)}
        self._quantities = {name for name, node in zip(self.names, program) if node.kind != "constant"}

    def result(self, node: Node) -> Formula:
        """What a node is computed by, from the table's formula: ``w14 × x1 + b4``.

        A function made of pieces is written with all its pieces, but a choice within a formula, such as the one that
        keeps y log p from being 0 times infinity, is made.
        """
        assert node.op is not None
        inputs = node.op.unflatten([self.symbols[parent] for parent in node.parents])
        formula: Formula = node.op.forward(SYMBOLS, *inputs)
        return formula if formula.kind == "cases" else formula.settle(self._data)

    def slopes(self, node: Node) -> list[Formula]:
        """The local derivatives of a node by its parents, from the table's formulas: ``o4 × (1 − o4)``."""
        assert node.op is not None
        inputs = node.op.unflatten([self.symbols[parent] for parent in node.parents])
        partials = node.op.flatten(node.op.partials(SYMBOLS, self.symbols[node.index], *inputs))
        return [self._slope(partial, derivative) for partial, derivative in zip(partials, node.local_derivatives)]

    def _slope(self, partial: Formula | float, derivative: float) -> Formula:
        if not isinstance(partial, Formula):
            return Symbol(number(partial, 12))
        slope = partial.settle(self._data).tidy()
        is_fraction = slope.kind == "div" and all(operand.kind == "leaf" for operand in slope.operands)
        if is_fraction or not self._quantities.isdisjoint(slope.leaves()):
            return slope
        return Symbol(number(derivative, 12))
