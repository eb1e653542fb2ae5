"""The slide's own drawing of a network: units in columns, weights on the edges."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import graphviz

from autograd import primitives
from autograd.graph import Node, Program
from autograd.value import Value
from autograd.viz.dot import FONT, STYLES, caption, markup, number
from autograd.viz.render import Drawing

COLUMN, ROW = 4.0, 2.4  # inches between the centres of neighbouring units


@dataclass
class _Unit:
    """A circle of the drawing: a net input with its activation, or any other node by itself."""

    node: Node  # whose data is the unit's output
    net: Node | None = None  # the affine node inside it
    sources: list[tuple[int, int | None]] = field(default_factory=list)  # (node index, its weight's index)
    column: int = 0


def draw_network(output: Value | Program, *, digits: int = 3, err: bool = False) -> graphviz.Digraph:
    """Draw the units of the network that computed ``output``, as a slide does.

    Each ``affine`` node, together with the activation applied to it, becomes one circle with its bias, net input and
    output; its weights stand on the edges. Units stand in columns by their distance from the inputs.

    Args:
        output: the value to draw, or a Program.
        digits: significant digits of every number.
        err: show the deck's ``Err = -dE/di`` in each unit (IITI, "Step 2 - Backward Pass") in place of ``dE/di``.
    """
    program = Program.of(output) if isinstance(output, Value) else output
    units = _units(program)
    drawing = Drawing(
        "network",
        engine="neato",
        graph_attr={"outputorder": "edgesfirst", "splines": "line", **FONT},
        node_attr={"fontsize": "16", **FONT},
        edge_attr={"color": "#5b6770", "penwidth": "1.4"},
    )
    place = _places(units)
    for unit in units.values():
        x, y = place[unit.node.index]
        style = dict(STYLES[unit.node.kind])
        if unit.net is not None or unit.node.kind == "input":
            style.update(shape="circle", margin="0")
        label = _label(program, unit, digits, err)
        drawing.node(f"n{unit.node.index}", label, pos=f"{x:g},{y:g}!", **style)
        for k, (source, weight) in enumerate(unit.sources):
            drawing.edge(f"n{source}", f"n{unit.node.index}")
            if weight is not None:
                x0, y0 = place[source]
                along = (
                    0.44 if units[source].sources else 0.34
                )  # before the middle, where edges cross; clear of circles
                words = f"{program.labels[weight]} = {number(program.nodes[weight].data, digits)}"
                drawing.node(
                    f"n{source}_{unit.node.index}_{k}",
                    caption(words),
                    pos=f"{x0 + along * (x - x0):g},{y0 + along * (y - y0):g}!",
                    shape="box",
                    style="filled",
                    fillcolor="white",
                    color="white",
                    margin="0.02,0.01",
                    height="0",
                    width="0",
                )
    return drawing


def _units(program: Program) -> dict[int, _Unit]:
    """The units that the output depends on, by the index of the node whose data each one puts out."""
    consumers: dict[int, list[Node]] = {node.index: [] for node in program}
    for node in program:
        for parent in node.parents:
            consumers[parent].append(node)

    units: dict[int, _Unit] = {}
    wanted = [len(program) - 1]
    while wanted:
        node = program.nodes[wanted.pop()]
        if node.index in units:
            continue
        unit = units[node.index] = _Unit(node)
        inner = program.nodes[node.parents[0]] if len(node.parents) == 1 else node
        if inner.op in (primitives.affine, primitives.dot) and (inner is node or len(consumers[inner.index]) == 1):
            unit.net = inner
            weights, inputs = inner.op.unflatten(inner.parents)[:2]
            unit.sources = list(zip(inputs, weights))
        else:
            varying = [parent for parent in node.parents if program.nodes[parent].kind != "constant"]
            unit.sources = [(parent, None) for parent in varying]
        wanted += [source for source, _ in unit.sources]

    units = dict(sorted(units.items()))
    for unit in units.values():  # parents come first, so that their columns are known
        unit.column = max([units[source].column for source, _ in unit.sources], default=-1) + 1
    for unit in units.values():  # a target stands just before the loss, not among the inputs
        if not unit.sources:
            feeds = [other.column for other in units.values() if unit.node.index in dict(other.sources)]
            unit.column = min(feeds, default=1) - 1
    return units


def _places(units: dict[int, _Unit]) -> dict[int, tuple[float, float]]:
    """The centre of each unit: columns from left to right, each centred, with a late leaf (a target) underneath."""
    columns: dict[int, list[_Unit]] = {}
    for unit in units.values():
        columns.setdefault(unit.column, []).append(unit)
    places = {}
    for column, members in columns.items():
        late = [unit for unit in members if not unit.sources and column > 0]
        ranked = [unit for unit in members if unit not in late] + late
        top = (len(members) - len(late) - 1) / 2
        for row, unit in enumerate(ranked):
            places[unit.node.index] = (COLUMN * column, ROW * (top - row))
    return places


def _label(program: Program, unit: _Unit, digits: int, err: bool) -> str:
    """A unit's HTML-like label: its number or name, then its quantities."""
    node, net = unit.node, unit.net
    numbers = re.findall(r"\d+$", node.name)
    title = numbers[0] if numbers and (net or node.kind == "input") else program.labels[node.index]
    lines = []
    if net is not None and net.op is primitives.affine:
        bias = net.parents[-1]
        lines.append(f"{program.labels[bias]} = {number(program.nodes[bias].data, digits)}")
    for quantity in (net, node):
        if quantity is not None and (line := _equation(program, quantity, digits)) not in lines:
            lines.append(line)
    if net is not None:
        if err:
            lines.append(f"Err{title} = {number(-net.grad, digits)}")
        else:
            lines.append(f"grad {number(net.grad, digits)}")
    elif node.op is not None:
        lines.insert(0, node.op.symbol)
    rows = [f"<TR><TD>{markup(line)}</TD></TR>" for line in lines]
    heading = f'<TR><TD><B><FONT POINT-SIZE="22">{markup(title)}</FONT></B></TD></TR>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{heading}{"".join(rows)}</TABLE>>'


def _equation(program: Program, node: Node, digits: int) -> str:
    return f"{program.labels[node.index]} = {number(node.data, digits)}"
