"""The slide's own drawing of a network: units in columns, weights on the edges."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import graphviz

from autograd import primitives
from autograd.formulas.digits import figure
from autograd.formulas.names import text_name
from autograd.numbers import total
from autograd.program import Node, Program
from autograd.value import Value
from autograd.viz.graph import FONT, STYLES, Texts, caption, markup, small_program, texts
from autograd.viz.render import Drawing

COLUMN, ROW = 4.8, 2.4  # inches between the centres of neighbouring units
CLEAR = 0.2  # inches between a circle and the label of a weight, as far as their sizes are known


ARITHMETIC = [primitives.PRIMITIVES[name] for name in ("neg", "add", "sub", "mul", "div", "pow")]  # no activations


@dataclass
class _Unit:
    """A circle of the drawing: a net input with its activation, or any other node by itself."""

    node: Node  # whose data is the unit's output
    net: Node | None = None  # the affine node inside it
    sources: list[tuple[int, int | None]] = field(default_factory=list)  # (node index, its weight's index)
    column: int = 0


# What a line of text shows: a quantity ("data", "grad" or "err"; "fixed" for none), whose, and the words before it.
Line = tuple[str, int, str]


def draw_network(
    output: Value | Program,
    *,
    digits: int = 3,
    err: bool = False,
    weight_gradients: bool = False,
    max_nodes: int = 1000,
) -> graphviz.Digraph:
    """Draw the units of the network that computed ``output``, as a slide does.

    Each ``affine`` node, together with the activation applied to it, becomes one circle with its bias, net input,
    output and the derivative by its net input; its weights stand on the edges. So does each ``dot`` whose weights can
    learn. Units stand in columns by their distance from the inputs.

    Args:
        output: the value to draw, or a Program.
        digits: significant digits of every number.
        err: show the deck's ``Err = -dE/di`` in each unit (IITI, "Step 2 - Backward Pass") in place of ``∂E/∂i``.
        weight_gradients: show each weight's gradient under it.
        max_nodes: refuse a program of more nodes than this. Each weight is one, and each number in a unit.

    Returns:
        A `graphviz.Digraph`, to be written and shown as that of `draw`.

    Raises:
        TooManyNodesError: the program has more than ``max_nodes`` nodes.
    """
    program = small_program(output, max_nodes)
    return network(program, texts(program, partial(figure, digits=digits)), err, weight_gradients)


def network(program: Program, written: Texts, err: bool, weight_gradients: bool) -> graphviz.Digraph:
    """The picture of the network, with its numbers as they are written."""
    units = _units(program)
    drawing = Drawing(
        "network",
        engine="neato",
        graph_attr={"outputorder": "edgesfirst", "splines": "line", **FONT},
        node_attr={"fontsize": "16", **FONT},
        edge_attr={"color": "#5b6770", "penwidth": "1.4"},
    )
    titles = _titles(program, units)
    lines_of = {i: _written(_unit_lines(program, unit, titles[i], err), written) for i, unit in units.items()}
    weights = {
        (source, index, k): _written(_weight_lines(program, weight, weight_gradients), written)
        for index, unit in units.items()
        for k, (source, weight) in enumerate(unit.sources)
        if weight is not None
    }
    radius = max(map(_radius, lines_of.values()))
    column = max(COLUMN, 2 * radius + 2 * CLEAR + 1.6 * max(map(_width, weights.values()), default=0))
    place = _places(units, column, max(ROW + 0.7 * weight_gradients, 2 * radius + 0.15))
    labels = _Labels(*map(max, zip((1, 1), *map(_size, weights.values()))))
    for index, unit in units.items():
        x, y = place[index]
        style = {**STYLES[unit.node.kind], "class": unit.node.kind, "id": f"u{index}"}
        if unit.net is not None or unit.node.kind == "input":
            style.update(shape="circle", margin="0")
        drawing.node(f"n{index}", _label(lines_of[index]), pos=f"{x:g},{y:g}!", **style)
        for k, (source, _) in enumerate(unit.sources):
            drawing.edge(f"n{source}", f"n{index}", id=f"s{source}-{index}-{k}")
            if lines := weights.get((source, index, k)):
                first = 0.4 if units[source].sources else 0.32  # clear of the circle, which is larger for a unit
                first = max(first, (_radius(lines_of[source]) + _width(lines) / 2 + CLEAR) / (x - place[source][0]))
                label_x, label_y = _free_place(place[source], (x, y), first, lines, labels)
                drawing.node(
                    f"w{source}-{index}-{k}",
                    caption("\n".join(lines)),
                    id=f"w{source}-{index}-{k}",
                    pos=f"{label_x:.3f},{label_y:.3f}!",
                    shape="box",
                    style="filled",
                    fillcolor="white",
                    color="white",
                    margin="0.06,0.01",
                    height="0",
                    width="0",
                    **{"class": "weight"},
                )
    return drawing


def network_texts(program: Program, err: bool) -> tuple[dict[str, list[Line]], dict[int, str]]:
    """What a page has to know of ``draw_network(program, err=err, weight_gradients=True)``.

    Returns:
        What the text elements of each group of the SVG show, in order; and in which group each node is shown.
    """
    shown: dict[str, list[Line]] = {}
    units = _units(program)
    titles = _titles(program, units)
    for index, unit in units.items():
        shown[f"u{index}"] = _unit_lines(program, unit, titles[index], err)
        for k, (source, weight) in enumerate(unit.sources):
            if weight is not None:
                shown[f"w{source}-{index}-{k}"] = _weight_lines(program, weight, gradient=True)
    home = {index: group for group, lines in shown.items() for role, index, _ in lines if role != "fixed"}
    return shown, home


def _units(program: Program) -> dict[int, _Unit]:
    """The units that the output depends on, by the index of the node whose data each one puts out."""
    consumers: dict[int, list[Node]] = {node.index: [] for node in program}
    for node in program:
        for parent in node.parents:
            consumers[parent].append(node)

    nets = _net_inputs(program)
    units: dict[int, _Unit] = {}
    wanted = [len(program) - 1]
    while wanted:
        node = program.nodes[wanted.pop()]
        if node.index in units:
            continue
        unit = units[node.index] = _Unit(node)
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


def _net_inputs(program: Program) -> dict[int, list[tuple[int, int]]]:
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


def _places(units: dict[int, _Unit], column_width: float, row_height: float) -> dict[int, tuple[float, float]]:
    """The centre of each unit: columns from left to right, each centred, with a late leaf (a target) underneath."""
    columns: dict[int, list[_Unit]] = {}
    for unit in units.values():
        columns.setdefault(unit.column, []).append(unit)
    weights = Counter(unit.column for unit in units.values() for _, weight in unit.sources if weight is not None)
    width = column_width * max(1.0, max(weights.values(), default=0) / 10) ** 0.5  # more weights need more room
    places = {}
    for column, members in columns.items():
        early = [unit for unit in members if unit.sources or column == 0]
        late = [unit for unit in members if not unit.sources and column > 0]
        top = (len(early) - 1) / 2
        for row, unit in enumerate([*early, *late]):
            places[unit.node.index] = (width * column, row_height * (top - row))
    return places


class _Labels:
    """Where weights' labels stand, by the cell of a grid that each one's centre is in.

    Args:
        width, height: of a cell, and at least those of every label; so that one is covered only from cells next to its
            own, and a place is found for each without a look at all the others.
    """

    def __init__(self, width: float, height: float) -> None:
        self.cell = (width, height)
        self.by_cell: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def add(self, x: float, y: float, width: float, height: float) -> None:
        self.by_cell.setdefault(self._cell_of(x, y), []).append((x, y, width, height))

    def crowding(self, x: float, y: float, width: float, height: float) -> float:
        """How much of the others a label would cover."""
        column, row = self._cell_of(x, y)
        cells = itertools.product((column - 1, column, column + 1), (row - 1, row, row + 1))
        near = itertools.chain.from_iterable([self.by_cell.get(cell, ()) for cell in cells])
        return float(
            total(
                max(0.0, (width + w) / 2 - abs(x - u)) * max(0.0, (height + h) / 2 - abs(y - v)) for u, v, w, h in near
            )
        )

    def _cell_of(self, x: float, y: float) -> tuple[int, int]:
        return math.floor(x / self.cell[0]), math.floor(y / self.cell[1])


def _free_place(
    start: tuple[float, float], end: tuple[float, float], first: float, lines: list[str], labels: _Labels
) -> tuple[float, float]:
    """Where on an edge a label covers no label set before it, as near its start as can be; ``labels`` is added to."""
    width, height = _size(lines)
    best = None
    for along in (first + 0.02 * step for step in range(16)):
        x, y = (a + along * (b - a) for a, b in zip(start, end))
        crowding = labels.crowding(x, y, width, height)
        if best is None or crowding < best[0]:
            best = (crowding, x, y)
        if not crowding:
            break
    assert best is not None
    labels.add(best[1], best[2], width, height)
    return best[1], best[2]


def _size(lines: list[str]) -> tuple[float, float]:
    """The width and height of a weight's label, in inches."""
    return _width(lines) + 0.06, 0.27 * len(lines) + 0.04


def _width(lines: list[str]) -> float:
    """How wide these lines of text are, in inches."""
    return 0.115 * max(map(_letters, lines))


def _radius(lines: list[str]) -> float:
    """Of the circle that graphviz draws about these lines, in inches."""
    heading, *others = map(_letters, lines)
    return 0.72 * max(0.102 * max(1.5 * heading, *others, 0), 0.27 * len(lines))  # the heading is large and bold


def _letters(line: str) -> int:
    """How long graphviz takes a line to be: it knows no width of a sign such as ∂, and makes it wide."""
    return len(line) + sum(not c.isascii() for c in line)


def _titles(program: Program, units: dict[int, _Unit]) -> dict[int, str]:
    """What each unit is called: its number, where units are numbered through; otherwise its name."""
    numbers = {}
    for index, unit in units.items():
        suffix = re.search(r"(?<!\d)\d+[a-z]?\Z", unit.node.name)  # a letter tells a maxout's pieces apart
        if suffix and (unit.net or unit.node.kind == "input"):
            numbers[index] = suffix[0]
    if len(set(numbers.values())) < len(numbers):
        numbers.clear()
    return {index: numbers.get(index) or text_name(program.labels[index]) for index in units}


def _unit_lines(program: Program, unit: _Unit, title: str, err: bool) -> list[Line]:
    """A unit's title and its quantities."""
    node, net = unit.node, unit.net
    headed = net is not None or title != text_name(program.labels[node.index])
    lines: list[Line] = [("fixed", node.index, title)] if headed else []
    if net is None and node.op is not None:
        lines.append(("fixed", node.index, node.op.symbol))
    shown = [node.index]
    if net is not None:
        bias = [net.parents[-1]] if net.op is primitives.affine else []
        shown = list(dict.fromkeys([*bias, net.index, node.index]))
    lines += [("data", index, f"{text_name(program.labels[index])} = ") for index in shown]
    if net is not None:
        by_net = f"∂{text_name(program.labels[-1])}/∂{text_name(program.labels[net.index])} = "
        lines.append(("err", net.index, f"Err{title} = ") if err else ("grad", net.index, by_net))
    return lines


def _weight_lines(program: Program, weight: int, gradient: bool) -> list[Line]:
    if program.nodes[weight].kind == "constant":
        return [("data", weight, "× ")]
    lines: list[Line] = [("data", weight, f"{text_name(program.labels[weight])} = ")]
    return [*lines, ("grad", weight, "grad ")] if gradient else lines


def _written(lines: list[Line], written: Texts) -> list[str]:
    """Each line as it is written."""
    return [words + ("" if role == "fixed" else written[role, index]) for role, index, words in lines]


def _label(lines: list[str]) -> str:
    """A unit's HTML-like label: a heading and the lines beneath it."""
    rows = [f"<TR><TD>{markup(line)}</TD></TR>" for line in lines[1:]]
    heading = f'<TR><TD><B><FONT POINT-SIZE="22">{markup(lines[0])}</FONT></B></TD></TR>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{heading}{"".join(rows)}</TABLE>>'
