"""A program as it is written on the blackboard: what each quantity is called, and each result and local derivative as a
formula.

The explanation of a derivative and the steps of a walkthrough write the same things, and find them here.
"""

from __future__ import annotations

from autograd.formulas.digits import number
from autograd.formulas.expression import SYMBOLS, Expression, Name, Number, expression
from autograd.formulas.template import Template
from autograd.program import Node, Program


class ProgramFormulas:
    """How the quantities of a program are written.

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

    def numbers(self, run: Program) -> dict[Expression, float]:
        """The number that each name stands for in a run of the program."""
        return {symbol: node.data for symbol, node in zip(self.symbols, run) if isinstance(symbol, Name)}

    def result(self, node: Node) -> Template:
        """What a node is computed by, from the table's formula: ``w14 × x1 + b4``."""
        assert node.op is not None
        inputs = node.op.unflatten([self.symbols[parent] for parent in node.parents])
        return Template.of_result(expression(node.op.forward(SYMBOLS, *inputs)))

    def slopes(self, node: Node) -> list[Template]:
        """The local derivatives of a node by its parents, from the table's formulas: ``o4 × (1 − o4)``."""
        assert node.op is not None
        inputs = node.op.unflatten([self.symbols[parent] for parent in node.parents])
        partials = node.op.flatten(node.op.partials(SYMBOLS, self.symbols[node.index], *inputs))
        return [Template.of_slope(expression(partial)) for partial in partials]
