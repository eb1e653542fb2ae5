"""A program as it is written on the blackboard: what each quantity is called, and each result and local derivative as a
formula.

The explanation of a derivative and the steps of a walkthrough write the same things, and find them here.
"""

from __future__ import annotations

from autograd.formulas.digits import number
from autograd.formulas.expression import SYMBOLS, Expression, Name, Number, expression
from autograd.formulas.template import Template
from autograd.labels import short
from autograd.primitive import Primitive
from autograd.primitives import softmax
from autograd.program import Node, Program


class ProgramFormulas:
    """How the quantities of a program are written.

    Attributes:
        labels: what the program calls each node.
        names: the same; a constant is called by its number.
        symbols: the names, and the constants' numbers.
        softmaxes: what the nodes of each softmax are called, by their formulas: one occurs in another's derivative.
    """

    def __init__(self, program: Program) -> None:
        self.labels = program.labels
        self.names = [
            number(node.data, 12) if node.kind == "constant" else label for node, label in zip(program, program.labels)
        ]
        self.symbols: list[Expression] = [
            Number(node.data) if node.kind == "constant" else Name(label)
            for node, label in zip(program, program.labels)
        ]

        self.softmaxes = {self._formula(node): self.symbols[node.index] for node in program if node.op is softmax}

    def numbers(self, run: Program) -> dict[Expression, float]:
        """The number that each name stands for in a run of the program."""
        return {symbol: node.data for symbol, node in zip(self.symbols, run) if isinstance(symbol, Name)}

    def result(self, node: Node) -> Template:
        """What a node is computed by, from the table's formula: ``w14 × x1 + b4``."""
        return Template.of_result(self._formula(node))

    def _formula(self, node: Node) -> Expression:
        row = self._row(node)
        inputs = row.unflatten([self.symbols[parent] for parent in node.parents])
        return expression(row.forward(SYMBOLS, *inputs))

    def slopes(self, node: Node) -> list[Template]:
        """The local derivatives of a node by its parents, from the table's formulas: ``o4 × (1 − o4)``."""
        row = self._row(node)
        inputs = row.unflatten([self.symbols[parent] for parent in node.parents])
        partials = row.flatten(row.partials(SYMBOLS, self.symbols[node.index], *inputs))
        return [Template.of_slope(expression(partial).substitute(self.softmaxes)) for partial in partials]

    def _row(self, node: Node) -> Primitive:
        """The operation that computed a node; ValueError where there is none, as in a Value that was made by hand."""
        if node.op is None:
            raise ValueError(
                f"node {short(self.labels[node.index])!r} has parents and no operation, so there is no formula for it: "
                "let an operation make it, such as autograd.Primitive(name, inputs, symbol, forward, partials)"
            )
        return node.op
