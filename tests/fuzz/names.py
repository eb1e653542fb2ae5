"""Hostile names: whatever quantities are called, each reading is well formed, means the same, and runs nothing."""

from __future__ import annotations

import html.parser
import json
import keyword
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

import autograd
from autograd import Parameter, Program, Value, draw, draw_network, explain, walkthrough
from autograd.compiling.javascript import RESERVED, program_javascript
from autograd.formulas.names import text_name
from autograd.labels import plain
from tests.fuzz.readings import DisagreementError, check_explanation
from tests.node import JavaScript

FRAGMENTS = [
    *[
        "",
        "x",
        "x",
        "a#0",
        "a#1",
        "a",
        "v0",
        "v3",
        "θ",
        "x²",
        "ﬁ",
        "𝑥",
        "é",
        "e\u0301",
        "温 度",
        "🙂",
        "\u202e",
        "\u2028",
    ],
    *["\u202e", "\u2028", "\x00", "\x1b[2J", "\r", "\n", "\t", "\x7f", "\ud800", "\ufeff", " ", "  "],
    *["'", '"', "`", '"""', "'''", "\\", "\\n", "\\N \\G \\l", "\\end{aligned}}", "$", "$$", "${x}", "{{data}}", "%s"],
    *["</script>", "<script>alert(1)</script>", "<!--", "-->", "]]>", "<b>", "&amp;", "&#27;", "&lt;", "&", "<?xml"],
    *["2", "0", "-1", "1e5", "nan", "inf", "Infinity", "0x10", "1_000", "٣", "π", "∂", "δ", "δ_x", "δ_", "∂E/∂x"],
    *["a|b<c>{", "}", "->", "--", "; DROP", "#", "/*", "*/", "//", "__import__('os')", "constructor", "__proto__"],
    *["a_b^c", "_", "^", "__", "x_1^(2)", "~", "w11(0,1)", "x)", "(", "np", "theta", "gradient", "value", "m", "total"],
    *[*keyword.kwlist, *keyword.softkwlist, *RESERVED],
]
NAMES = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), min_size=1, max_size=3).map("".join)
QUANTITIES = 7
SVG = {"svg", "g", "title", "polygon", "polyline", "path", "text", "ellipse", "a"}
MATHML = set("math mtable mtr mtd mrow mi mn mo mtext mspace mfrac msup msub msubsup msqrt mstyle mover munder".split())


def names() -> st.SearchStrategy[list[str]]:
    """What to call the quantities of `program`; often two of them alike."""
    return st.lists(NAMES, min_size=1, max_size=QUANTITIES).flatmap(
        lambda some: st.lists(st.sampled_from(some), min_size=QUANTITIES, max_size=QUANTITIES)
    )


def program(called: list[str]) -> tuple[Value, list[Parameter], Value]:
    """A unit and its loss: the output, the parameters, the input."""
    w, v, b = [Parameter(x, name) for x, name in zip((0.5, -0.25, 0.125), called)]
    x = Value(2.0, called[3])
    net = autograd.affine([w, v], [x, x * x], b)
    output = autograd.sigmoid(net)
    loss: Value = (output - 1.0) ** 2 + autograd.maximum(w, v) * v
    net.name, output.name, loss.name = called[4:]
    loss.backward()
    return loss, [w, v, b], x


class _Tags(html.parser.HTMLParser):
    """The elements of a page and the names of their attributes, once; scripts and styles as often as they occur."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.active: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *[f"{tag} {name}" for name, _ in attrs]}
        if tag in ("script", "style"):
            self.active.append(tag)


def _local(root: ET.Element) -> set[str]:
    return {element.tag.split("}")[-1] for element in root.iter()}


def _same(reading: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise DisagreementError(f"{reading}: {found!r} in place of {expected!r}")


def named(ask: JavaScript | None) -> Callable[[list[str], Callable[[str], None]], None]:
    """The readings of a program whose quantities have these names."""
    expected, parameters, _ = program(list("abcdefg"))
    gradient = [parameter.grad for parameter in parameters]
    plain_page = _Tags(walkthrough(expected).html)

    def check(called: list[str], note: Callable[[str], None]) -> None:
        loss, parameters, x = program(called)
        snapshot = Program.of(loss)
        lines = str(snapshot).split("\n")
        _same("lines of a Program", len(lines), len(snapshot))
        _same("printable", [line for line in lines if not line.isprintable()], [])
        note("Program")
        for drawing in (draw(loss), draw_network(loss, weight_gradients=True, err=True)):
            root = ET.fromstring(drawing.pipe(format="svg"))
            _same("elements of an SVG", _local(root) - SVG, set())
            shown = "".join("".join(element.itertext()) for element in root.iter())
            tooltips = "".join(value for element in root.iter() for value in element.attrib.values())
            flat = "".join((shown + tooltips).replace("\xa0", " ").split())
            ways = {name: {"".join(way(name).split()) for way in (plain, text_name)} for name in called}  # lambda is λ
            missing = [name for name in called if not any(way in flat for way in ways[name])]
            _same("names that are not in the picture", missing, [])
        note("SVG")
        told = explain(loss, [*parameters, x])
        check_explanation(loss, [*parameters, x])
        _same("elements of MathML", _local(ET.fromstring(told.mathml())) - MATHML, set())
        _same("lines of an explanation", len(told.text().split("\n")), len(told.text(ascii=True).split("\n")))
        _same("ASCII", told.text(ascii=True).isascii(), True)
        _same("printable text", told.text().replace("\n", "").isprintable(), True)
        bare = told.latex().replace("\\\\", "").replace("\\{", "").replace("\\}", "")
        _same("braces of LaTeX", bare.count("{"), bare.count("}"))
        note("explain")
        for target in ("numpy", "python"):
            function = autograd.compile(lambda x: _again(parameters, x, called), parameters, target=target)
            value, slopes = function.value_and_grad([2.0])
            found = [round(float(y), 12) for y in (value, *slopes)]
            _same(f"compiled for {target}", found, [round(y, 12) for y in (expected.data, *gradient)])
            note(target)
        if ask is not None:
            leaves = [node for node in snapshot if node.op is None and node.kind != "constant"]
            code = program_javascript(snapshot)
            value, slopes = ask(f"({code})({json.dumps([node.data for node in leaves])})")
            right = [expected.data, *[node.grad for node in leaves]]
            _same("JavaScript", [round(y, 12) for y in (value, *slopes)], [round(y, 12) for y in right])
            note("JavaScript")
        page = _Tags(walkthrough(loss, title=called[0]).html)
        _same("scripts of a page", page.active, plain_page.active)
        _same("elements that only this page has", page.found - plain_page.found, set())
        note("page")

    return check


def _again(parameters: list[Parameter], x: Value, called: list[str]) -> Any:
    """The loss of `program`, of these parameters."""
    w, v, b = parameters
    x = x * 1.0
    x.name = called[3]
    net = autograd.affine([w, v], [x, x * x], b)
    net.name = called[4]
    return (autograd.sigmoid(net) - 1.0) ** 2 + autograd.maximum(w, v) * v
