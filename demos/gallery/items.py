"""What can stand on a board: the pieces of a demo's page, as data."""

from __future__ import annotations

from dataclasses import dataclass

# Where a figure beside ours is from: the deck prints it; its figure held it, and it was restored from what is left of
# the equations; it was worked once with NumPy alone; or it is known, and printed on no slide.
SOURCES = ("slide", "slide, restored", "NumPy by hand", "fact")


@dataclass(frozen=True)
class Heading:
    """The title of a section."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph of the story."""

    text: str


@dataclass(frozen=True)
class Number:
    """A quantity, the figure that it was held to ("" where there is none), and where that is from (see `SOURCES`)."""

    name: str
    value: str
    slide: str
    source: str = "slide"


@dataclass(frozen=True)
class Claim:
    """A statement that was checked."""

    text: str


@dataclass(frozen=True)
class Table:
    """Cells as text; ``numeric`` says of each column whether it holds numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    caption: str


@dataclass(frozen=True)
class Code:
    """A program, or anything else that is set in columns."""

    text: str
    caption: str


@dataclass(frozen=True)
class Derivation:
    """A chain rule written out: as text for the terminal, as markup (of the engine's own making) for a page."""

    text: str
    html: str


@dataclass(frozen=True)
class Picture:
    """An SVG file in the board's folder."""

    file: str
    caption: str


@dataclass(frozen=True)
class Page:
    """A walkthrough in the board's folder."""

    file: str
    caption: str


Item = Heading | Text | Number | Claim | Table | Code | Derivation | Picture | Page
