"""The walkthrough: one offline HTML file that replays a program step by step."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import math
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from autograd.files import write_whole
from autograd.formulas.digits import figure
from autograd.formulas.explanation import Explanation, explain
from autograd.formulas.expression import Expression
from autograd.formulas.names import text_name
from autograd.formulas.notation import TEXT
from autograd.labels import plain
from autograd.lesson.frames import DECIMALS, Frame, Optimizer, Round, Rounding, Telling, training
from autograd.program import Program
from autograd.value import Value
from autograd.viz.graph import Texts, TooManyNodesError, graph, texts, widest
from autograd.viz.network import network, network_texts

MOST_EXPLAINED = 20_000  # nodes × derivatives × steps of training: beyond it a page explains none, so as to stay small


@dataclass(frozen=True, repr=False)
class Walkthrough:
    """A page. ``write`` it to a file; Jupyter shows it in place."""

    html: str

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to ``path``; an older file there survives if writing fails."""
        return write_whole(Path(path), self.html)

    def __repr__(self) -> str:
        return f"<walkthrough of {len(self.html):,} characters; write(path) makes a file of it>"

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{html.escape(self.html)}" width="100%" height="720" style="border: 0"></iframe>'


def walkthrough(
    output: Value,
    path: str | os.PathLike[str] | None = None,
    *,
    optimizer: Optimizer | None = None,
    steps: int = 1,
    title: str = "Walkthrough",
    err: bool = False,
    decimals: tuple[int, int] | None = None,
    max_nodes: int = 2000,
) -> Walkthrough:
    """Make a page that steps through the program that computed ``output``: forward, backward and update.

    The page is one file that needs no network: a picture of the graph (and of the network, where the program has
    neurons), each step's arithmetic in symbols and numbers, a quiz, and, unless the program is large, the chain rule of
    each gradient (see `autograd.explain`). ``output`` stays as it is: the program is replayed from gradients of 0.
    Nothing in the page computes a gradient.

    Args:
        output: the value to step to.
        path: the file to write; None to write none.
        optimizer: whose rule makes the update, for those of its parameters that take part.
        steps: how many steps of training to replay, one after the other.
        title: the page's title.
        err: show the deck's ``Err = -dE/di`` beside the gradient of each net input.
        decimals: of values and of gradients, where the page rounds as a slide does; None for (3, 4), or for a page that
            does not round where the program cannot be worked so, as log(p) cannot with p rounded to 0.
        max_nodes: refuse a larger program.

    Returns:
        The page.

    Raises:
        TooManyNodesError: the program has more than ``max_nodes`` nodes.
        ValueError: ``steps`` is not positive, or above 1 without an optimizer; or the optimizer holds no parameter that
            the output depends on.
        DomainError: the program cannot be worked with ``decimals``.
    """
    program = Program.of(output)
    if len(program) > max_nodes:
        raise TooManyNodesError(
            f"a walkthrough of {len(program)} nodes is more than max_nodes={max_nodes}: "
            "walk through one example or a smaller net, or raise max_nodes"
        )
    rounds = training(output, optimizer=optimizer, steps=steps, err=err, decimals=decimals)
    decimals = decimals or DECIMALS
    room = _widest(rounds, decimals)
    drawn = graph(program, room)
    drawn.graph_attr["bgcolor"] = "transparent"
    units, network_svg = None, ""
    if any(node.op is not None and node.op.name in ("affine", "dot") for node in program):
        lines, home = network_texts(program, err)
        units = {"texts": lines, "home": home}
        drawing = network(program, room, err, weight_gradients=True)
        drawing.graph_attr["bgcolor"] = "transparent"
        network_svg = _inline(drawing.pipe(format="svg", encoding="utf-8"))
    data = {
        "nodes": [{"label": text_name(label), "kind": node.kind} for label, node in zip(program.labels, program)],
        "decimals": f"{decimals[0]} decimals for values, {decimals[1]} for gradients",
        "frames": [_frame(frame) for one in rounds for frame in one.frames],
        "rounds": [
            {
                "exact": _numbers(one.exact, Rounding()),
                "slide": one.slide and _numbers(one.slide, Rounding(*decimals)),
            }
            for one in rounds
        ],
        "network": units,
        "explained": _explained(program, rounds, decimals),
    }
    page = Walkthrough(_page(title, _inline(drawn.pipe(format="svg", encoding="utf-8")), network_svg, data))
    if path is not None:
        page.write(path)
    return page


def _widest(rounds: list[Round], decimals: tuple[int, int]) -> Texts:
    """What the pictures are drawn with, so that there is room for whatever the page comes to write in them."""
    ways = [("exact", Rounding()), ("slide", Rounding(*decimals))]
    tellings = []
    for one, (way, rounding) in itertools.product(rounds, ways):
        if getattr(one, way) is None:
            continue
        tellings.append(texts(getattr(one, way), rounding.text, lambda x: figure(x, 4)))
        for frame in one.frames:
            node, quantity = frame.writes or (0, "memory")
            telling: Telling = getattr(frame, way)
            if quantity == "grad":  # so far: it may be wider than in the end
                shown = TEXT.number(telling.shown)
                tellings.append({("grad", node): shown, ("err", node): rounding.text(-telling.value)})
            elif quantity == "new":
                tellings.append({("data", node): TEXT.number(telling.shown)})
    return {place: text.translate(_AS_WIDE) for place, text in widest(tellings).items()}


# What a page may write, and signs that are as wide or wider, whose widths graphviz knows.
_AS_WIDE = str.maketrans("−×∞⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+++-0123456789")


def _inline(svg: str) -> str:
    """The ``<svg>`` element of an SVG file."""
    return svg[svg.index("<svg") :]


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "phase": frame.phase,
        "round": frame.round,
        "title": plain(frame.title),
        "writes": frame.writes,
        "reads": frame.reads,
        "edges": [f"e{child}-{parent}-{k}" for child, parent, k in frame.edges],
        "symbols": _math(frame.symbols),
        "local": _math(frame.local),
        "given": _math(*frame.given),
        "exact": _telling(frame, frame.exact),
        "slide": frame.slide and _telling(frame, frame.slide),
    }


def _telling(frame: Frame, telling: Telling) -> dict[str, Any]:
    shown = TEXT.number(telling.shown)
    formulas = [formula.text() for formula in (frame.symbols, telling.numbers) if formula is not None]
    spoken = f"{frame.title}. {', '.join(formulas)}" + (f", equals {shown}" if shown else "")
    return {
        "numbers": _math(telling.numbers),
        "value": telling.value if math.isfinite(telling.value) else None,
        "worked": _worked(telling.numbers),
        "shown": shown,
        "full": TEXT.number(repr(telling.value + 0.0)) if shown else "",
        "note": _math(telling.note),
        "speech": plain(spoken),
    }


def _worked(numbers: Expression | None) -> float | None:
    """What the numbers on display come to, rounded as they are; None where that cannot be worked out from them."""
    try:
        worked = math.nan if numbers is None else numbers.evaluate({})
    except (ArithmeticError, ValueError):  # what was rounded to 0 is divided by
        return None
    return worked if math.isfinite(worked) else None


def _math(*formulas: Expression | None) -> str:
    """The formulas, side by side; "" where there is none."""
    comma = '<mo separator="true">,</mo><mspace width="0.5em"/>'
    written = comma.join([formula.mathml() for formula in formulas if formula is not None])
    return written and f"<math>{written}</math>"


def _numbers(run: Program, rounding: Rounding) -> dict[str, Any]:
    """What a step of training starts from: the leaves' data; and what it multiplies by: the local derivatives."""
    return {
        "data": [rounding.show(node.data).text() if node.op is None else "" for node in run],
        "locals": {
            f"e{node.index}-{parent}-{place}": figure(derivative, 4)
            for node in run
            for place, (parent, derivative) in enumerate(zip(node.parents, node.local_derivatives))
            if run.nodes[parent].kind != "constant"
        },
    }


def _explained(program: Program, rounds: list[Round], decimals: tuple[int, int]) -> dict[str, Any]:
    """The explanations of each step of training, by node; what is written often, such as a delta, is kept once.

    The first subjects, which the handout explains, are the parameters. The others are left out where they are too many.
    """
    kinds = {node.kind for node in program}
    first = [i for i, node in enumerate(program) if node.kind == ("parameter" if "parameter" in kinds else "input")]
    others = [i for i, node in enumerate(program) if node.kind != "constant" and i not in first]
    most = MOST_EXPLAINED // (len(program) * len(rounds))
    first = first if len(first) <= most else []
    subjects = [*first, *others] if first and len(first) + len(others) <= most else first
    texts: dict[str, int] = {}

    def kept(formula: Expression) -> int:
        return texts.setdefault(_math(formula), len(texts))

    def written(explanation: Explanation) -> list[Any]:
        return [[kept(one.left), [kept(side) for side in one.sides], one.rounded] for one in explanation.equations]

    told = [
        {
            i: {
                "symbols": written(explain(one.exact, program.labels[i], numbers=False)),
                "exact": written(explain(one.exact, program.labels[i])),
                "slide": one.slide and written(explain(one.slide, program.labels[i], rounding=decimals)),
            }
            for i in subjects
        }
        for one in rounds
    ]
    return {"nodes": subjects, "printed": first, "rounds": told, "texts": list(texts)}


def _page(title: str, graph: str, network: str, data: dict[str, Any]) -> str:
    """The template filled in. Its policy lets only its own script and style run, and nothing be fetched."""
    template, css, js = (
        resources.files("autograd.lesson").joinpath(f"page/page.{kind}").read_text(encoding="utf-8")
        for kind in ("html", "css", "js")
    )
    policy = (
        f"default-src 'none'; script-src '{_sha256(js)}'; style-src '{_sha256(css)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":  # so that no text in it can end the script element
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    pieces = {
        "csp": policy,
        "title": html.escape(plain(title)),
        "css": css,
        "graph": graph,
        "network": network,
        "data": written,
        "js": js,
    }
    before, *rest = template.split("{{")
    filled = [before]
    for piece in rest:
        name, after = piece.split("}}", 1)
        filled += [pieces[name], after]
    return "".join(filled)


def _sha256(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
