"""The board: what a demo writes on. It prints, checks and draws, and remembers all of it for the gallery."""

from __future__ import annotations

import base64
import io
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, SupportsFloat

import numpy as np
from matplotlib.figure import Figure

import autograd
from autograd import Explanation, Program, Value
from autograd.files import write_whole
from autograd.formulas.digits import figure, minus
from demos.gallery.items import SOURCES, Claim, Code, Derivation, Heading, Item, Number, Page, Picture, Table, Text
from demos.gallery.markup import markup

WIDTH = 110  # of what is printed


def printable(text: str) -> bool:
    """Whether the encoding of what is printed to has these characters."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _plain(text: str) -> str:
    """Text for a terminal that has no minus sign and no raised digits: -2.5×10^-8."""
    lowered = re.sub("[⁻⁰¹²³⁴-⁹]+", lambda raised: "^" + unicodedata.normalize("NFKC", raised[0]), text)
    return lowered.replace("−", "-")


class Board:
    """What a demo writes on, from top to bottom.

    Args:
        out: the folder for pictures and pages; it is made.
        echo: whether to print what is written.

    Attributes:
        out: the folder.
        items: what was written, in order; the gallery shows it.
        cover: the file of the picture for the gallery's card; the first one, unless a picture says ``cover=True``.
    """

    def __init__(self, out: Path, echo: bool = True) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.echo = echo
        self.items: list[Item] = []
        self.cover = ""

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._add(Heading(text), f"\n{text}\n{'-' * len(text)}")

    def say(self, text: str) -> None:
        """Write a paragraph of the story; line breaks in it mean nothing."""
        text = " ".join(text.split())
        self._add(Text(text), textwrap.fill(text, WIDTH))

    def number(
        self,
        name: str,
        value: SupportsFloat,
        slide: str = "",
        digits: int = 6,
        source: str = "slide",
        reason: str = "",
    ) -> None:
        """Give a quantity beside the slide's figure.

        Args:
            name: what it is, with its unit.
            value: a number or a Value.
            slide: what the slide prints, as text: its digits count. "" where it prints nothing.
            digits: how many significant ones to show of the value (of a whole number all are shown).
            source: one of `SOURCES`, where it is not the slide that prints the figure.
            reason: as for a claim.

        Raises:
            AssertionError: the value, rounded to the slide's digits, is not the slide's figure.
            ValueError: there is no such source.
        """
        if source not in SOURCES:
            raise ValueError(f"a figure is from one of {', '.join(map(repr, SOURCES))}; got {source!r}")
        if slide and Decimal(float(value)).quantize(Decimal(slide)) != Decimal(slide):
            raise AssertionError(f"{name} is {float(value)!r}, where the {source} has {slide}")
        digits = max(digits, len(Decimal(slide).as_tuple().digits) + 2) if slide else digits
        item = Number(name, _cell(value, digits), minus(slide), source)
        self._add(item, f"  {name} = {item.value}" + (f"   {source}: {item.slide}" if slide else ""))

    def claim(self, text: str, holds: bool | np.bool_, reason: str = "") -> None:
        """State what was found to be so.

        Args:
            text: the statement, as the slide makes it.
            holds: whether the demo's numbers bear it out.
            reason: why it is said although no fault of the engine, `nn` or `optim` could make it false; `make breaks`
                asks for it.

        Raises:
            AssertionError: they do not.
        """
        if not holds:
            raise AssertionError(f"this does not hold: {text}")
        self._add(Claim(text), textwrap.fill(text, WIDTH, initial_indent="  [x] ", subsequent_indent="      "))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]], caption: str, digits: int = 4) -> None:
        """Set out numbers and words in columns.

        Args:
            headings: one a column, with units.
            rows: of texts, numbers and Values, as many as there are headings.
            caption: what the table shows; "" where the heading says it.
            digits: how many significant ones to show of every number that is not whole.

        Raises:
            ValueError: a row is too short or too long.
        """
        given = [tuple(row) for row in rows]
        for row in given:
            if len(row) != len(headings):
                raise ValueError(f"each row must have {len(headings)} cells, one a heading, got {len(row)}: {row}")
        numeric = tuple(all(_is_number(row[k]) for row in given) for k in range(len(headings)))
        cells = tuple(tuple(_cell(cell, digits) for cell in row) for row in given)
        widths = [max(map(len, column)) for column in zip(headings, *cells)]
        lines = [
            "  " + "   ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in zip(row, widths, numeric)).rstrip()
            for row in (headings, *cells)
        ]
        self._add(Table(tuple(headings), cells, numeric, caption), "\n".join([f"  {caption}:"] * bool(caption) + lines))

    def code(self, text: str, caption: str) -> None:
        """Show a program, such as the source of a compiled function, or other text set in columns."""
        text = textwrap.dedent(text).strip("\n")
        self._add(Code(text, caption), f"  {caption}:\n{textwrap.indent(text, '    ')}")

    def derivation(self, explanation: Explanation) -> None:
        """Write out a chain rule, as `autograd.explain` gives it."""
        text = explanation.text(ascii=not printable("∂"))
        self._add(Derivation(text, explanation._repr_html_()), textwrap.indent(text, "  "))

    def figure(self, fig: Figure, name: str, caption: str, cover: bool = False) -> None:
        """Save a plot as ``name.svg``, the same bytes for the same figure.

        Args:
            fig: made by `demos.gallery.style.figure`.
            name: of the file, without its ending.
            caption: what there is to see; also what a screen reader says in place of the plot.
            cover: show it on the gallery's card; likewise below.
        """
        svg = io.StringIO()
        fig.savefig(svg, format="svg", metadata={"Title": caption, "Date": None, "Creator": None})
        self._picture(write_whole(self.out / f"{name}.svg", svg.getvalue()), caption, cover)

    def graph(self, output: Value | Program, name: str, caption: str, cover: bool = False, **options: Any) -> None:
        """Draw the computation graph as ``name.svg``; ``options`` are those of `autograd.draw`."""
        self._picture(autograd.draw(output, **options).write(self.out / f"{name}.svg"), caption, cover)

    def network(self, output: Value | Program, name: str, caption: str, cover: bool = False, **options: Any) -> None:
        """Draw the network's units as ``name.svg``; ``options`` are those of `autograd.draw_network`."""
        self._picture(autograd.draw_network(output, **options).write(self.out / f"{name}.svg"), caption, cover)

    def walkthrough(self, output: Value, caption: str, name: str = "walkthrough", **options: Any) -> None:
        """Write the page that steps through the program; ``options`` are those of `autograd.walkthrough`."""
        options.setdefault("title", caption)
        path = self.out / f"{name}.html"
        autograd.walkthrough(output, path, **options)
        self._add(Page(path.name, caption), f"wrote {path}")

    def _picture(self, path: Path, caption: str, cover: bool) -> None:
        if cover:
            self.cover = path.name
        self._add(Picture(path.name, caption), f"wrote {path}")

    def _add(self, item: Item, printed: str) -> None:
        self.items.append(item)
        if self.echo:
            print(printed if printable(printed) else _plain(printed), flush=True)

    def _repr_html_(self) -> str:
        """All of it, with the pictures in it, for a notebook."""

        def data(file: str) -> str:
            picture = base64.b64encode((self.out / file).read_bytes()).decode()
            return f"data:image/svg+xml;base64,{picture}"

        return "\n".join(markup(self.items, data))


def _is_number(x: object) -> bool:
    """Whether a cell holds a number, as such or as the slide prints it; an empty one counts as such."""
    if not isinstance(x, str) or not x:
        return True
    try:
        float(x)
    except ValueError:
        return False
    return True


def _cell(x: Any, digits: int) -> str:
    """A cell of a table: numbers to so many significant digits, whole ones in full."""
    if isinstance(x, str):
        return minus(x) if x and _is_number(x) else x
    if isinstance(x, bool | np.bool_):
        return "yes" if x else "no"
    if isinstance(x, int | np.integer):
        return minus(str(x))
    return figure(float(x), digits)
