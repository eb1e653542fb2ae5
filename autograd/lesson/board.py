"""The walkthrough: one offline HTML file that replays a program step by step."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from autograd.files import write_whole
from autograd.labels import plain
from autograd.lesson.alive import nodes_data, number_data, optimizer_data, scripts, units_data
from autograd.lesson.examples import examples_data
from autograd.lesson.frames import DECIMALS, training
from autograd.lesson.places import graph_view, network_view, placed
from autograd.lesson.story import Scene
from autograd.lesson.updates import Optimizer
from autograd.program import Program
from autograd.value import Value
from autograd.viz.graph import TooManyNodesError


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
    story: Sequence[Scene] = (),
    examples: tuple[Any, Any] | None = None,
    orders: Sequence[Sequence[int]] = (),
) -> Walkthrough:
    """Make a page that steps through the program that computed ``output``: forward, backward and update.

    The page is one file that needs no network: a picture of the graph (and of the network, where the program has
    neurons), each step's arithmetic in symbols and numbers, a quiz, and the chain rule of each gradient (see
    `autograd.explain`). ``output`` stays as it is: the program is replayed from gradients of 0. The program is alive in
    the page, which runs it anew, forward, backward and through the optimizer's rule; when it opens it compares its
    numbers with Python's, and says so where they differ.

    What embeds the page can use its ``window.board``, in JavaScript:

    - ``step(n)`` goes to the n-th step, from 1, shows its answer and returns ``numbers()``;
    - ``numbers()`` is an object by name, such as ``{w46: {data: -0.3, grad: -0.0435, new: -0.2608}}``: all numbers of
      the present step of training, whether or not they are shown yet; ``new`` is only where the optimizer gives one;
    - ``set(name, number)`` gives an input or a parameter another number, and everything is computed anew; it throws a
      ``RangeError`` where none has that name, and a ``TypeError`` for what is no finite number;
    - ``reset()`` goes back to the numbers that the page came with.

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
        story: the page's own order of steps, with questions; without, it follows from the program.
        examples: inputs ``X``, a row an example, and targets ``y``, on which the page can train on, once it has taken
            the step of its own example. They go to the leaves that are no parameters, in the program's order: the
            inputs first, the targets last.
        orders: in which order the examples are taken, for each epoch: numbers from 0, as ``rng.permutation(len(X))``.
            After these, and without, the page draws orders of its own, the same each time.

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
    rounds = training(output, optimizer=optimizer, steps=1, err=err, decimals=decimals)
    exact = rounds[0].exact
    views = {"graph": placed(graph_view(program))}
    units: list[dict[str, Any]] = []
    if any(node.op is not None and node.op.name in ("affine", "dot") for node in program):
        views = {"network": placed(network_view(program)), **views}
        units = units_data(program)
    told = decimals or DECIMALS
    trained = examples and examples_data(program, optimizer, examples, orders)
    data = {
        "nodes": nodes_data(program),
        "optimizer": optimizer and optimizer_data(program, optimizer),
        "decimals": told if rounds[0].slide else None,
        "rounding": f"rounded: {told[0]} decimals, gradients {told[1]}",
        "units": units,
        "views": views,
        "examples": trained,
        "story": [{key: plain(text) for key, text in vars(scene).items()} for scene in story],
        "grain": "unit" if units else "scalar",
        "expected": {
            "data": [number_data(node.data) for node in exact],
            "grad": [number_data(node.grad) for node in exact],
            "new": [
                (frame.writes[0], number_data(frame.exact.value))
                for frame in rounds[0].frames
                if frame.writes and frame.writes[1] == "new"
            ],
        },
    }
    page = Walkthrough(_page(title, data, scripts(program, optimizer)))
    if path is not None:
        page.write(path)
    return page


# each of one subject, in the order in which the page runs them.
MODULES = """
engine steps formula picture scenes quiz board extras band tally view table explain print controls
changes refusals lab edit draw plot slope train learning paths take start
""".split()
STYLES = ["page", "play"]


def _page(title: str, data: dict[str, Any], scripts: str) -> str:
    """The template filled in. Its policy lets only its own script and style run, and nothing be fetched."""
    css, template = "\n".join([_file(f"{style}.css") for style in STYLES]), _file("page.html")
    js = "\n".join(['"use strict";', scripts, *[_file(f"{module}.js") for module in MODULES]])
    policy = (
        f"default-src 'none'; script-src '{_sha256(js)}'; style-src '{_sha256(css)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":  # so that no text in it can end the script element
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    views = [f'<svg id="{view}" class="view" role="group" aria-label="{view}"></svg>' for view in data["views"]]
    pieces = {
        **{"csp": policy, "title": html.escape(plain(title)), "css": css, "views": "\n".join(views)},
        **{"data": written, "js": js},
    }
    before, *rest = template.split("{{")
    filled = [before]
    for piece in rest:
        name, after = piece.split("}}", 1)
        filled += [pieces[name], after]
    return "".join(filled)


def _file(name: str) -> str:
    return resources.files("autograd.lesson").joinpath(f"page/{name}").read_text(encoding="utf-8")


def _sha256(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
