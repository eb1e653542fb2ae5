"""The units of a network, found in a program: which nodes make up a circle, and which weights lead to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autograd import primitives
from autograd.formulas.names import text_name
from autograd.program import Node, Program

ARITHMETIC = [primitives.PRIMITIVES[name] for name in ("neg", "add", "sub", "mul", "div", "pow")]  # no activations


@dataclass
class Unit:
    """A circle of the drawing: a net input with its activation, or any other node by itself."""

    node: Node  # whose data is the unit's output
    net: Node | None = None  # the affine node inside it
    sources: list[tuple[int, int | None]] = field(default_factory=list)  # (node index, its weight's index)
    column: int = 0


def find_units(program: Program) -> dict[int, Unit]:
    """The units that the output depends on, by the index of the node whose data each one puts out."""
    consumers: dict[int, list[Node]] = {node.index: [] for node in program}
    for node in program:
        for parent in node.parents:
            consumers[parent].append(node)

    nets = net_inputs(program)
    units: dict[int, Unit] = {}
    wanted = [len(program) - 1]
    while wanted:
        node = program.nodes[wanted.pop()]
        if node.index in units:
            continue
        unit = units[node.index] = Unit(node)
        varying = [parent for parent in node.parents if program.nodes[parent].kind != "constant"]
        inner = program.nodes[varying[0]] if len(varying) == 1 and node.op not in ARITHMETIC else node
        if inner.index in nets and (inner is node or len(consumers[inner.index]) == 1):
            unit.net = inner
            unit.sources = [*nets[inner.index]]
        elif node.op is primitives.dot:
            for pair in zip(*node.op.unflatten(node.parents)):
                factor = next((i for i in pair if i not in varying), None)
                unit.sources += [(i, factor) for i in pair if i in varying]
        else:
            unit.sources = [(parent, None) for parent in varying]
        wanted += [source for source, _ in unit.sources]

    units = dict(sorted(units.items()))
    for unit in units.values():  # parents come first, so that their columns are known
        unit.column = max([units[source].column for source, _ in unit.sources], default=-1) + 1
    feeds: dict[int, int] = {}  # of each unit, the first column of those that it is a source of
    for unit in units.values():
        for source, _ in unit.sources:
            feeds[source] = min(feeds.get(source, unit.column), unit.column)
    for unit in units.values():  # a target stands just before the loss, not among the inputs
        if not unit.sources:
            unit.column = feeds.get(unit.node.index, 1) - 1
    return units


def net_inputs(program: Program) -> dict[int, list[tuple[int, int]]]:
    """The inputs and weights of each affine node, and of each dot whose weights can learn, as a target cannot."""
    learning: set[int] = set()
    found = {}
    for node in program:
        if node.kind == "parameter" or learning.intersection(node.parents):
            learning.add(node.index)
        if node.op in (primitives.affine, primitives.dot):
            weights, inputs = node.op.unflatten(node.parents)[:2]
            if node.op is primitives.affine or learning.intersection(weights):
                found[node.index] = list(zip(inputs, weights))
    return found


def find_titles(program: Program, units: dict[int, Unit]) -> dict[int, str]:
    """What each unit is called: its number, where units are numbered through; otherwise its name."""
    numbers = {}
    for index, unit in units.items():
        suffix = re.search(r"(?<!\d)\d+[a-z]?\Z", unit.node.name)  # a letter tells a maxout's pieces apart
        if suffix and (unit.net or unit.node.kind == "input"):
            numbers[index] = suffix[0]
    if len(set(numbers.values())) < len(numbers):
        numbers.clear()
    return {index: numbers.get(index) or text_name(program.labels[index]) for index in units}
