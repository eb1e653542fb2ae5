"""The computation graph as a picture: Program -> graphviz."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Literal, get_args

import graphviz

from autograd import arguments
from autograd.formulas.digits import figure
from autograd.formulas.names import text_name
from autograd.labels import plain
from autograd.program import Node, Program
from autograd.value import Value
from autograd.viz.render import Drawing

FONT = {"fontname": "Arial"}  # graphviz knows its widths, and browsers have it or its twin
# The kinds of node differ by outline as well as by colour, so that a grey print or a colour-blind reader loses nothing.
STYLES = {
    "input": {"shape": "cds", "style": "filled", "fillcolor": "#dcebfa", "margin": "0.16,0.1"},
    "parameter": {"shape": "component", "style": "filled", "fillcolor": "#fdefcf", "margin": "0.1,0.04"},
    "constant": {"shape": "plain"},
    "interior": {"shape": "box", "style": "filled,rounded", "fillcolor": "#ffffff"},
    "output": {"shape": "box", "style": "filled", "fillcolor": "#fbe3e3", "peripheries": "2"},
}
DOWNWARDS = {**STYLES, "input": {**STYLES["input"], "shape": "invhouse", "margin": "0"}}  # an input points to its uses
PLAIN = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'  # a table that is layout alone
PLATE = "#22303f"  # the dark plate that an operation's symbol is written on
DERIVATIVE = "#0b5a8a"  # local derivatives, on the edges

Direction = Literal["LR", "TB"]  # from left to right, or from top to bottom
LARGE = 150  # nodes; from here on a picture is for finding one's way, and has to be there in seconds
QUICK = {"nslimit": "2", "nslimit1": "2", "mclimit": "0.1", "splines": "line"}


# How a picture writes each number: a node's "data", "grad" or "err" (which is -grad), and its local derivative by the
# parent in some place ("by 0"), with the node's index.
Texts = dict[tuple[str, int], str]


class TooManyNodesError(ValueError):
    """The graph is too large to be drawn readably."""


def draw(
    output: Value | Program,
    *,
    digits: int = 4,
    constants: bool = True,
    fontsize: float = 16,
    direction: Direction = "LR",
    max_nodes: int = 300,
) -> graphviz.Digraph:
    """Draw the graph that computed ``output``, from the inputs to the output.

    One box a value: its name, data and grad, and the symbol of the operation that computed it on a dark plate. Each
    edge bears its local derivative, d child / d parent; that of a constant is dashed and bears none. Call
    ``backward()`` first if the gradients are to be seen.

    Args:
        output: the value to draw, or a Program (for instance a `rounded` one).
        digits: significant digits of every number.
        constants: whether to draw the numbers written in formulas, such as the 2 of ``x ** 2``.
        fontsize: of the numbers, in points; names are a quarter larger.
        direction: "LR", from left to right, or "TB", from top to bottom, which suits a narrow page.
        max_nodes: refuse to draw more than this many nodes.

    Returns:
        A `graphviz.Digraph`, the same bytes for the same program. ``.write("name.svg")`` makes a file of it (or .png,
        .pdf, .dot), ``.pipe()`` gives the picture's bytes, and Jupyter shows it.

    Example:
        >>> y = Value(2.0, "a") * Value(3.0, "b")
        >>> y.backward()
        >>> picture = draw(y, direction="TB")  # in a notebook, draw(y) is shown; or picture.write("product.png")

    Raises:
        TooManyNodesError: there are more than ``max_nodes`` nodes.
        ValueError: ``fontsize`` is not positive, or there is no such direction.
    """
    fontsize = arguments.positive("fontsize", fontsize)
    arguments.choice("direction", direction, *get_args(Direction))
    program = small_program(output, max_nodes)
    return graph(program, texts(program, partial(figure, digits=digits)), constants, fontsize, direction)


def small_program(output: Value | Program, max_nodes: int) -> Program:
    """The program of ``output``; TooManyNodesError where it has more than ``max_nodes`` nodes."""
    program = Program.of(output)
    if len(program) > max_nodes:
        raise TooManyNodesError(
            f"{len(program)} nodes are more than max_nodes={max_nodes}: "
            "draw one example or a smaller net, or raise max_nodes"
        )
    return program


def graph(
    program: Program, written: Texts, constants: bool = True, fontsize: float = 16, direction: Direction = "LR"
) -> graphviz.Digraph:
    """The picture of the graph, with its numbers as they are written."""
    side, styles = {"LR": ("e", STYLES), "TB": ("s", DOWNWARDS)}[direction]
    drawing = Drawing(
        "computation",
        graph_attr={"rankdir": direction, "nodesep": "0.06", "ranksep": "0.2", "pad": "0.05", **FONT},
        node_attr={"fontsize": f"{fontsize:g}", "margin": "0.06,0.06", **FONT},
        edge_attr={"fontsize": f"{fontsize:g}", "fontcolor": DERIVATIVE, "arrowsize": "0.8", "tailport": side, **FONT},
    )
    if len(program) > LARGE:
        drawing.graph_attr.update(QUICK)
    else:
        _keep_order(drawing, program, constants)
    for node in program:
        if node.kind == "constant" and not constants:
            continue
        place = {"id": f"n{node.index}", "class": node.kind}  # by which a page finds it in the SVG
        drawing.node(f"n{node.index}", _box(node, written, fontsize, direction), **place, **styles[node.kind])
        for k, parent in enumerate(node.parents):
            nodes = (f"n{parent}", f"n{node.index}")
            place = {"id": f"e{node.index}-{parent}-{k}"}
            if program.nodes[parent].kind != "constant":
                local = written[f"by {k}", node.index]
                child, by = text_name(program.labels[node.index]), text_name(program.labels[parent])
                words = f"d {child} / d {by} = {local}"
                tooltip = caption(words).replace("\\", r"\\")  # of an edge, which graphviz reads twice
                drawing.edge(*nodes, local, tooltip=tooltip, **place)
            elif constants:
                drawing.edge(*nodes, style="dashed", **place)
    return drawing


def _keep_order(drawing: graphviz.Digraph, program: Program, constants: bool) -> None:
    """Have a node's weights stand in the program's order, and its inputs, and whatever other parents are of one kind.

    Unseen edges between neighbours do it. They hold within a rank, so only what has the same rank anyway is tied. A
    bias is tied to the weights where the inputs between them belong to other nodes, too, and may stand aside.
    """
    rank = [0] * len(program)
    for node in program:
        rank[node.index] = max([rank[parent] + 1 for parent in node.parents], default=0)
    for node in reversed(program.nodes):  # a leaf stands just before its first child, which comes last here
        for parent in node.parents:
            if program.nodes[parent].op is None:
                rank[parent] = rank[node.index] - 1
    children = Counter(parent for node in program for parent in set(node.parents))
    tied = set()
    for node in program:
        last: dict[str, int] = {}  # of each kind
        for parent in dict.fromkeys(node.parents):
            kind = program.nodes[parent].kind
            before = last.get(kind, parent)
            if before != parent and rank[before] == rank[parent] and (constants or kind != "constant"):
                tied.add((min(before, parent), max(before, parent)))
            if children[parent] == 1:
                last.clear()
            last[kind] = parent
    for upper, lower in sorted(tied):
        with drawing.subgraph(graph_attr={"rank": "same"}) as same:
            same.edge(f"n{upper}", f"n{lower}", style="invis", minlen="0")


def texts(program: Program, show: Callable[[float], str], show_local: Callable[[float], str] | None = None) -> Texts:
    """The numbers of a program as a picture writes them; local derivatives may be written in a way of their own."""
    written: Texts = {}
    for node in program:
        i = node.index
        written["data", i], written["grad", i], written["err", i] = show(node.data), show(node.grad), show(-node.grad)
        written.update({(f"by {k}", i): (show_local or show)(x) for k, x in enumerate(node.local_derivatives)})
    return written


def _box(node: Node, written: Texts, fontsize: float, direction: Direction) -> str:
    """The node's HTML-like label: its operation on a plate and its name, and its data above its grad.

    What a node is called stands above its numbers, for many boxes stand side by side; but a leaf's name beside them
    where leaves are stacked in a column.
    """
    numbers = [f"data {written['data', node.index]}", f"grad {written['grad', node.index]}"]
    if node.kind == "constant":
        numbers = [written["data", node.index]]
    name = f'<B><FONT POINT-SIZE="{1.25 * fontsize:g}">{markup(text_name(node.name))}</FONT></B>' if node.name else ""
    rows = [f'<TR><TD ALIGN="LEFT">{line}</TD></TR>' for line in numbers]
    if node.op is not None:
        symbol = f'<FONT COLOR="white" POINT-SIZE="{fontsize:g}"> {markup(node.op.symbol)} </FONT>'
        heading = f'<TD BGCOLOR="{PLATE}" CELLPADDING="2">{symbol}</TD>' + (name and f'<TD CELLPADDING="3">{name}</TD>')
        rows.insert(0, f'<TR><TD ALIGN="LEFT"><TABLE {PLAIN}><TR>{heading}</TR></TABLE></TD></TR>')
    elif name and direction == "TB" and node.kind != "constant":
        rows.insert(0, f'<TR><TD ALIGN="LEFT">{name}</TD></TR>')
    elif name:
        rows[0] = rows[0].replace("<TR>", f'<TR><TD ROWSPAN="2" CELLPADDING="4">{name}</TD>')
    return f"<<TABLE {PLAIN}>{''.join(rows)}</TABLE>>"


def markup(label: str) -> str:
    """A label for an HTML-like label, where it is nothing but text. (Graphviz looks for ``\\N`` there, too.)"""
    return html.escape(plain(label)).replace("\\", r"\\")


def caption(label: str) -> str:
    """A label of one or more lines for graphviz's other attributes, where it is nothing but text.

    They have entities as HTML has them: ``&#27;`` would be a control character, ``&lt;`` a sign.
    """
    lines = [plain(line).replace("&", "&amp;").replace("\\", r"\\") for line in label.split("\n")]
    return graphviz.nohtml(r"\n".join(lines))  # type: ignore[no-any-return]
