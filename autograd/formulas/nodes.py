"""A program as it is written on the blackboard: what each quantity is called, and each result and local derivative as a
formula.

The explanation of a derivative and the steps of a walkthrough write the same things, and find them here.
"""

from __future__ import annotations

from autograd.formulas.expression import SYMBOLS, Expression, Name, Number, expression
from autograd.formulas.names import number
from autograd.formulas.tidying import tidy
from autograd.program import Node, Program


class ProgramFormulas:
    """How the quantities of a program are written.

    Args:
        program: its numbers decide which piece of a function made of pieces is written.

    Attributes:
        names: what each node is called: its label; a constant is called by its number.
        symbols: the names, and the constants' numbers.
    """

    def __init__(self, program: Program) -> None:
        self.names = [
            number(node.data, 12) if node.kind == "constant" else label for node, label in zip(program, program.labels)
        ]
        self.symbols: list[Expression] = [
            Number(node.data) if node.kind == "constant" else Name(label)
            for node, label in zip(program, program.labels)
        ]
        self._data: dict[Expression, float] = {
            symbol: node.data for symbol, node in zip(self.symbols, program) if isinstance(symbol, Name)
        }

    def result(self, node: Node) -> Expression:
        """What a node is computed by, from the table's formula: ``w14 × x1 + b4``.

        A function made of pieces is written with all its pieces, but a choice within a formula, such as the one that
        keeps y log p from being 0 times infinity, is made.
        """
        assert node.op is not None
        inputs = node.op.unflatten([self.symbols[parent] for parent in node.parents])
        formula: Expression = node.op.forward(SYMBOLS, *inputs)
        return formula if formula.kind == "where" else formula.settle(self._data)

    def slopes(self, node: Node) -> list[Expression]:
        """The local derivatives of a node by its parents, from the table's formulas: ``o4 × (1 − o4)``."""
        assert node.op is not None
        inputs = node.op.unflatten([self.symbols[parent] for parent in node.parents])
        partials = node.op.flatten(node.op.partials(SYMBOLS, self.symbols[node.index], *inputs))
        return [self._slope(expression(each), x) for each, x in zip(partials, node.local_derivatives)]

    def _slope(self, partial: Expression, derivative: float) -> Expression:
        slope = tidy(partial.settle(self._data))
        is_fraction = slope.kind == "div" and not any(operand.operands for operand in slope.operands)
        has_names = any(isinstance(leaf, Name) for leaf in slope.leaves())
        return slope if is_fraction or has_names else Number(derivative)
