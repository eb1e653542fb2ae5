"""The slide's own drawing of a network: units in columns, weights on the edges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

import graphviz

from autograd import arguments, primitives
from autograd.formulas.digits import figure
from autograd.formulas.names import text_name
from autograd.program import Program
from autograd.value import Value
from autograd.viz.graph import FONT, STYLES, Texts, caption, markup, small_program, texts
from autograd.viz.places import CLEAR, Labels, find_places
from autograd.viz.render import Drawing
from autograd.viz.units import Unit, find_titles, find_units, net_inputs

FONTSIZE = 16  # points: the usual size of letters
POSITIVE, NEGATIVE, PLAIN = "#0b5a8a", "#b3400e", "#5b6770"  # a weight's edge; one of no weight
THICKEST = 5.0  # points, of the edge of the largest weight

# What a line of text shows: a quantity ("data", "grad" or "err"; "fixed" for none), whose, and the words before it.
Line = tuple[str, int, str]


def draw_network(
    output: Value | Program,
    *,
    digits: int = 3,
    err: bool = False,
    weight_gradients: bool = False,
    fontsize: float = 16,
    max_nodes: int = 1000,
) -> graphviz.Digraph:
    """Draw the units of the network that computed ``output``, as a slide does.

    Each ``affine`` node, together with the activation applied to it, becomes one circle with its bias, net input,
    output and the derivative by its net input; its weights stand on the edges. So does each ``dot`` whose weights can
    learn. Units stand in columns by their distance from the inputs.

    An edge is as thick as its weight is large, blue for a positive weight, red and dashed for a negative one.

    Args:
        output: the value to draw, or a Program.
        digits: significant digits of every number.
        err: show the deck's ``Err = -dE/di`` in each unit (IITI, "Step 2 - Backward Pass") in place of ``∂E/∂i``.
        weight_gradients: show each weight's gradient under it.
        fontsize: of the numbers, in points; the unit's names are larger.
        max_nodes: refuse a program of more nodes than this. Each weight is one, and each number in a unit.

    Returns:
        A `graphviz.Digraph`, to be written and shown as that of `draw`.

    Raises:
        TooManyNodesError: the program has more than ``max_nodes`` nodes.
        ValueError: ``fontsize`` is not positive.
    """
    fontsize = arguments.positive("fontsize", fontsize)
    program = small_program(output, max_nodes)
    written = texts(program, partial(figure, digits=digits))
    return network(program, written, err, weight_gradients, fontsize, _strokes(program))


def network(
    program: Program,
    written: Texts,
    err: bool,
    weight_gradients: bool,
    fontsize: float = 16,
    strokes: Mapping[int, dict[str, str]] | None = None,
) -> graphviz.Digraph:
    """The picture of the network, with its numbers as they are written; ``strokes`` are of the edges, by weight."""
    units = find_units(program)
    drawing = Drawing(
        "network",
        engine="neato",
        graph_attr={"outputorder": "edgesfirst", "splines": "line", **FONT},
        node_attr={"fontsize": f"{fontsize:g}", **FONT},
        edge_attr={"color": PLAIN, "penwidth": "1.4"},
    )
    titles = find_titles(program, units)
    lines_of = {i: _written(_unit_lines(program, unit, titles[i], err), written) for i, unit in units.items()}
    weights = {
        (source, index, k): _written(_weight_lines(program, weight, weight_gradients), written)
        for index, unit in units.items()
        for k, (source, weight) in enumerate(unit.sources)
        if weight is not None
    }
    scale = fontsize / FONTSIZE
    radius = {index: scale * _radius(lines) for index, lines in lines_of.items()}
    size = {edge: _size(lines, scale) for edge, lines in weights.items()}
    place, along = find_places(units, radius, size)
    labels = Labels(*map(max, zip((1, 1), *size.values())))
    for index, unit in units.items():
        x, y = place[index]
        style = {**STYLES[unit.node.kind], "class": unit.node.kind, "id": f"u{index}"}
        if unit.net is not None or unit.node.kind == "input":
            style.update(shape="circle", margin="0")
        drawing.node(f"n{index}", _label(lines_of[index], fontsize), pos=f"{x:g},{y:g}!", **style)
        for k, (source, weight) in enumerate(unit.sources):
            stroke = strokes.get(weight, {}) if strokes and weight is not None else {}
            drawing.edge(f"n{source}", f"n{index}", id=f"s{source}-{index}-{k}", **stroke)
            if lines := weights.get((source, index, k)):
                width, height = size[source, index, k]
                across = x - place[source][0]
                ends = ((radius[source] + width / 2 + CLEAR) / across, 1 - (radius[index] + width / 2 + CLEAR) / across)
                label_x, label_y = labels.set_on_edge(place[source], (x, y), along[unit.column], ends, (width, height))
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


def _strokes(program: Program) -> dict[int, dict[str, str]]:
    """How the edge of each weight is drawn, by the weight's index: size by width, sign by colour and dash."""
    weights = {weight: program.nodes[weight].data for pairs in net_inputs(program).values() for _, weight in pairs}
    largest = max(map(abs, weights.values()), default=0.0)
    strokes = {}
    for weight, data in weights.items():
        share = abs(data) / largest if largest and math.isfinite(largest) else 0.0
        stroke = {"color": POSITIVE if data >= 0 else NEGATIVE, "penwidth": f"{0.6 + (THICKEST - 0.6) * share:.2f}"}
        strokes[weight] = {**stroke, "style": "dashed"} if data < 0 else stroke
    return strokes


def _size(lines: list[str], scale: float) -> tuple[float, float]:
    """The width and height of a weight's label, in inches, its letters ``scale`` times as large as usual."""
    return scale * 0.115 * max(map(_letters, lines)) + 0.06, scale * 0.27 * len(lines) + 0.04


def _radius(lines: list[str]) -> float:
    """Of the circle that graphviz draws about these lines of letters of usual size, in inches."""
    heading, *others = map(_letters, lines)
    return 0.72 * max(0.102 * max(1.5 * heading, *others, 0), 0.27 * len(lines))  # the heading is large and bold


def _letters(line: str) -> int:
    """How long graphviz takes a line to be: it knows no width of a sign such as ∂, and makes it wide."""
    return len(line) + sum(not c.isascii() for c in line)


def _unit_lines(program: Program, unit: Unit, title: str, err: bool) -> list[Line]:
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


def _label(lines: list[str], fontsize: float) -> str:
    """A unit's HTML-like label: a heading and the lines beneath it."""
    rows = [f"<TR><TD>{markup(line)}</TD></TR>" for line in lines[1:]]
    heading = f'<TR><TD><B><FONT POINT-SIZE="{1.375 * fontsize:g}">{markup(lines[0])}</FONT></B></TD></TR>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{heading}{"".join(rows)}</TABLE>>'
