"""Where things stand on the board: Graphviz finds places for boxes of fixed size, and the page draws what is in them.

There are two views. The network has a card for each unit and a chip for each weight, as on the slide; the graph has a
card for each operation, with the leaves that nothing else uses stacked beside it. All sizes are in the pixels of text
that is `TEXT` high; nothing that the page comes to write changes them.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from autograd.formulas.expression import Name
from autograd.labels import plain
from autograd.lesson.alive import names_data
from autograd.program import Program
from autograd.viz.graph import QUICK
from autograd.viz.render import Drawing
from autograd.viz.units import Unit, find_titles, find_units

TEXT = 20  # pixels, the height of text
LETTER = 11.5  # the width of a digit of that text, and of a narrow and a wide letter in bold
WIDE, NARROW = dict.fromkeys("mwMW%@Σ∂", 17.0), dict.fromkeys("iljtfr.,:;|!'()[] ", 6.7)
LONGEST = 200  # pixels: a longer name is squeezed
LINE, SHORT = 28, 24  # the height of a row, and where there are many
PAD = 8  # beside text
VALUE, GRADIENT = 84, 98  # room for −0.06915, and for −0.001234
UNIT = 78  # room for the output's own gradient, which is 1, and for slopes beside it
OPERATION = 92  # room in a card of the graph, of which there are more in a row
SLOPE, APART = 74, 11  # room for a local derivative on an edge, and around it
GAP = 24  # between columns of the network
LARGE = 150  # boxes; from here on edges are straight, and the picture is there in seconds


@dataclass
class Box:
    """A card, a chip or a stack.

    Attributes:
        id: what edges call it.
        kind: "input", "unit", "operation", "output", "weight" or "stack".
        rows: each a node, and what it is called there; a row of a slope has the place of a local derivative, "7 0".
        title: what the card is headed with, in each notation; None for no heading.
        symbol: the operation's; "" for none.
        headings: whether its columns are headed.
        line: the height of a row.
        gradient: the room for gradients.
    """

    id: str
    kind: str
    rows: list[dict[str, Any]]
    title: dict[str, str] | None = None
    symbol: str = ""
    headings: bool = False
    line: int = LINE
    gradient: int = GRADIENT
    width: float = 0.0
    height: float = 0.0

    def data(self, x: float, y: float) -> dict[str, Any]:
        """For the page: with the place of its upper left corner."""
        return {
            "id": self.id,
            "kind": self.kind,
            "rows": self.rows,
            "title": self.title,
            "symbol": self.symbol,
            "headings": self.headings,
            "line": self.line,
            "gradient": self.gradient,
            **{"x": _px(x - self.width / 2), "y": _px(y - self.height / 2)},
            **{"width": _px(self.width), "height": _px(self.height)},
        }


@dataclass
class Edge:
    """A line between boxes: what it stands for, as "child position", and whether it bears a local derivative."""

    tail: str
    head: str
    along: list[str]
    slope: str = ""


@dataclass
class View:
    """Boxes and edges, and which boxes stand in one column, from top to bottom."""

    boxes: dict[str, Box] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    columns: dict[int, list[str]] = field(default_factory=dict)

    def add(self, box: Box, column: int | None = None) -> None:
        self.boxes[box.id] = box
        if column is not None:
            self.columns.setdefault(column, []).append(box.id)


def network_view(program: Program) -> View:
    """A card for each unit, a chip for each weight on its edge; a target stands beside its loss."""
    view, units = View(), find_units(program)
    titles = find_titles(program, units)
    for index, unit in units.items():
        view.add(_card(program, unit, titles[index]), 2 * unit.column)
    for index, unit in units.items():
        inner = unit.net or unit.node
        seen: Counter[int] = Counter()
        for k, (source, weight) in enumerate(unit.sources):
            if unit.net is None and weight is None:
                places = [place for place, parent in enumerate(inner.parents) if parent == source]
                view.edges.append(Edge(f"u{source}", f"u{index}", [f"{index} {places[seen[source]]}"]))
                seen[source] += 1
                continue
            by_weight, by_source = f"{inner.index} {k}", f"{inner.index} {len(unit.sources) + k}"
            if weight is None:
                view.edges.append(Edge(f"u{source}", f"u{index}", [by_source]))
                continue
            chip = _leaf(f"w{index}_{k}", "weight", program, weight)
            view.add(chip, 2 * unit.column - 1)
            view.edges.append(Edge(f"u{source}", chip.id, [by_source]))
            view.edges.append(Edge(chip.id, f"u{index}", [by_weight, by_source]))
    _compact(view)
    return view


def graph_view(program: Program) -> View:
    """A card for each operation, with the local derivatives on its edges; weights and bias are stacked beside it."""
    view = View()
    uses = Counter(parent for node in program for parent in node.parents)
    stacked: dict[int, list[int]] = {}  # by the node that they belong to
    for node in program:
        if node.op is not None and node.op.name in ("affine", "dot"):
            own = [parent for parent in node.parents if uses[parent] == 1 and program.nodes[parent].op is None]
            if len(own) > 1:
                stacked[node.index] = own
    hidden = {leaf for leaves in stacked.values() for leaf in leaves}
    for node in program:
        if node.op is None:
            if node.index not in hidden:
                view.add(
                    _leaf(f"n{node.index}", "input" if node.kind != "constant" else "constant", program, node.index)
                )
            continue
        if node.index in stacked:
            rows = [_row(program, leaf) for leaf in stacked[node.index]]
            view.add(_sized(Box(f"s{node.index}", "stack", rows)))
            along = [f"{node.index} {k}" for k, parent in enumerate(node.parents) if parent in stacked[node.index]]
            view.edges.append(Edge(f"s{node.index}", f"n{node.index}", along))
        kind = "output" if node.kind == "output" else "operation"
        rows = [{"node": node.index, "value": True}, {"node": node.index, "value": False}]
        view.add(
            _sized(Box(f"n{node.index}", kind, rows, names_data(Name(program.labels[node.index])), node.op.symbol))
        )
        for k, parent in enumerate(node.parents):
            if parent not in stacked.get(node.index, ()):
                is_weight = node.index in stacked  # the local derivative: it stands beside
                slope = "" if is_weight or program.nodes[parent].kind == "constant" else f"{node.index} {k}"
                view.edges.append(Edge(f"n{parent}", f"n{node.index}", [f"{node.index} {k}"], slope))
    return view


def _card(program: Program, unit: Unit, title: str) -> Box:
    """A unit's bias, net input, slope and output; an input's number; an operation's result and slopes."""
    node, net = unit.node, unit.net
    id = f"u{node.index}"
    if node.op is None:
        return _leaf(id, "input", program, node.index)
    if net is None:
        own = [k for k, parent in enumerate(node.parents) if program.nodes[parent].kind != "constant"]
        slopes = [{"slope": f"{node.index} {k}", "by": node.parents[k]} for k in own]
        rows = [_row(program, node.index), *(slopes if len(slopes) <= 4 else [])]
        return _sized(Box(id, "output" if node.kind == "output" else "operation", rows, None, node.op.symbol))
    rows = [_row(program, net.parents[-1])] if net.op is not None and net.op.name == "affine" else []
    rows.append(_row(program, net.index))
    if net is not node:
        place = node.parents.index(net.index)
        rows += [{"slope": f"{node.index} {place}", "curve": True}, _row(program, node.index)]
    symbol = node.op.symbol if net is not node else ""
    return _sized(Box(id, "unit", rows, {"text": plain(title)}, symbol, headings=True))


def _leaf(id: str, kind: str, program: Program, node: int) -> Box:
    return _sized(Box(id, kind, [_row(program, node)]))


def _row(program: Program, node: int) -> dict[str, Any]:
    return {"node": node, "name": plain(program.labels[node])}


def _sized(box: Box) -> Box:
    """The box with room for all that may come to be written in it."""
    names = min(LONGEST, max([_wide(row.get("name", "")) for row in box.rows], default=0))
    heading = LINE + 4 if box.title or box.symbol or box.headings else 0
    rows = sum([box.line + (8 if row.get("curve") and box.line == LINE else 0) for row in box.rows])
    if box.kind in ("input", "weight"):  # its gradient is below its value
        box.width = max(names + PAD + VALUE, GRADIENT + 1.5 * LETTER) + 2 * PAD
        box.height = 2 * box.line + PAD / 2
    elif box.kind == "constant":
        box.width, box.height = VALUE + PAD, LINE
    elif "value" in box.rows[0]:  # an operation of the graph, likewise
        box.gradient = OPERATION
        title = _wide(box.title["text"]) * 1.2 if box.title else 0
        box.width = max(OPERATION + 1.5 * LETTER, min(LONGEST, title) + _wide(box.symbol) * 0.9 + 16) + 2 * PAD
        box.height = heading + rows + PAD / 2
    else:
        box.gradient = UNIT if box.kind == "output" and len(box.rows) > 1 else GRADIENT
        told = box.title["text"] if box.title else box.symbol
        box.width = max(max(names, 24) + PAD + VALUE + PAD + box.gradient, _wide(told) * 1.2 + 6 * LETTER) + 2 * PAD
        box.height = heading + rows + PAD / 2
    return box


def _wide(name: str) -> float:
    """About how many pixels a name takes in bold."""
    return sum([{**WIDE, **NARROW}.get(c, 11.2 if c.isdigit() else 13.0) for c in name])


def _compact(view: View) -> None:
    """Where many stand in a column, they take less room: shorter rows, and headings on the first only."""
    for column in view.columns.values():
        boxes = [view.boxes[id] for id in column]
        units = [box for box in boxes if box.kind == "unit"]
        for k, box in enumerate(units if len(units) > 3 else []):
            box.title, box.symbol, box.headings, box.line = None, "", k == 0, SHORT
        for box in boxes if len(boxes) > 7 else []:
            box.line = SHORT if box.kind in ("input", "weight") else box.line
        for box in boxes:
            _sized(box)


def placed(view: View) -> dict[str, Any]:
    """The view for the page: its size, its boxes with their corners, its edges as paths of curves."""
    drawing = Drawing(
        "board",
        graph_attr={
            "rankdir": "LR",
            "nodesep": _inches(10 if max(map(len, view.columns.values()), default=0) < 8 else 5),
            "ranksep": _inches(2 * APART if any(edge.slope for edge in view.edges) else GAP),
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"dir": "none"},
    )
    if len(view.boxes) > LARGE:
        drawing.graph_attr.update(QUICK)
    for box in view.boxes.values():
        drawing.node(box.id, width=_inches(box.width), height=_inches(box.height))
    for column in view.columns.values():
        with drawing.subgraph(graph_attr={"rank": "same"}) as same:
            for upper, lower in itertools.pairwise(column):
                same.edge(upper, lower, style="invis", minlen="0")
    for edge in view.edges:
        label = f'<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{SLOPE:g}" HEIGHT="{LINE}"><TR><TD></TD></TR></TABLE>>'
        drawing.edge(f"{edge.tail}:e", f"{edge.head}:w", **({"label": label} if edge.slope else {}))
    return _read(view, drawing.pipe("plain", encoding="utf-8"))


def _read(view: View, plainly: str) -> dict[str, Any]:
    """Graphviz's plain output: places in inches, from the lower left corner."""
    waiting = {(edge.tail, edge.head, k): edge for k, edge in enumerate(view.edges)}
    by_ends: dict[tuple[str, str], list[Edge]] = {}
    for tail, head, k in waiting:
        by_ends.setdefault((tail, head), []).append(waiting[tail, head, k])
    boxes, edges = [], []
    height = 0.0
    size: list[int] = []
    for line in plainly.replace("\\\n", "").splitlines():
        kind, *words = line.split()
        if kind == "graph":
            height = 72 * float(words[2])
            size = [_px(72 * float(words[1])), _px(height)]
        elif kind == "node":
            x, y = (72 * float(word) for word in words[1:3])
            boxes.append(view.boxes[words[0]].data(x, height - y))
        elif kind == "edge" and (same := by_ends.get((words[0], words[1]))):
            count = int(words[2])
            numbers = [72 * float(word) for word in words[3 : 3 + 2 * count]]
            edge = same.pop(0)
            points = [(x, height - y) for x, y in zip(numbers[::2], numbers[1::2])]
            if not edge.slope and points[-1][0] - points[0][0] < 3 * GAP:  # nothing is in between
                points = _curve(points[0], points[-1])
            first, *others = [f"{_px(x)},{_px(y)}" for x, y in points]
            written: dict[str, Any] = {"along": edge.along, "path": f"M{first}C{' '.join(others)}"}
            if edge.slope:
                x, y = (72 * float(word) for word in words[-4:-2])
                written |= {"slope": edge.slope, "label": [_px(x), _px(height - y)]}
            edges.append(written)
    return {"width": size[0], "height": size[1], "boxes": boxes, "edges": edges}


def _curve(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """From column to column, level at both ends."""
    (x1, y1), (x2, y2) = start, end
    middle = (x1 + x2) / 2
    return [start, (middle, y1), (middle, y2), end]


def _px(x: float) -> int:
    return round(x)


def _inches(pixels: float) -> str:
    return f"{pixels / 72:.4f}"
