"""Which demos there are, in the order of a course: read off the docstrings of the modules in ``demos``."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from types import ModuleType

import demos

DECKS = {
    "IITI": "Gradient Descent and Training Neural Networks (IIT Indore, CS 435/635)",
    "HKU": "Training Neural Networks (University of Hong Kong, DASC7606)",
    "IIMA": "Gradient Descent and Backpropagation (IIM Ahmedabad)",
    "WAT": "Neural Networks, Part 2 (University of Waterloo, Lecture 7)",
    "UCSD": "Gradient Descent for NN Training (UC San Diego, DSC 140B)",
}


@dataclass(frozen=True)
class Demo:
    """A demo as its docstring describes it.

    Attributes:
        name: the module's, by which the command line knows it.
        title: the first line.
        story: the paragraphs after it.
        source: the decks and slides, after the word "Source:".
        deck: the first deck named there, under which the demo is listed.
        rows: the numbers of the worked examples, after the word "Rows:"; the first is its place within the deck.
    """

    name: str
    title: str
    story: tuple[str, ...]
    source: str
    deck: str
    rows: tuple[str, ...]

    @classmethod
    def of(cls, name: str, doc: str) -> Demo:
        """Read a docstring.

        Raises:
            ValueError: it has no Source or no Rows, or names no deck; the message shows how they look.
        """
        title, *paragraphs = [" ".join(paragraph.split()) for paragraph in doc.strip().split("\n\n")]
        named = {key: text for p in paragraphs for key, _, text in [p.partition(": ")] if key in ("Source", "Rows")}
        rows = re.findall(r"\d+(?:\.\d+)?", named.get("Rows", ""))
        source = named.get("Source", "")
        deck = source.partition(",")[0]
        if not rows or deck not in DECKS:
            raise ValueError(
                f"the docstring of demos/{name}.py needs two paragraphs such as "
                f"'Source: IITI, \"Objective Function\".' and 'Rows: 2.1, 2.3.'; the decks are {', '.join(DECKS)}"
            )
        story = tuple(p for p in paragraphs if p.partition(": ")[0] not in named)
        return cls(name, title.rstrip("."), story, source, deck, tuple(rows))

    def module(self) -> ModuleType:
        """The module, imported."""
        return importlib.import_module(f"demos.{self.name}")


def names() -> list[str]:
    """The names of the demos, in alphabetical order."""
    return sorted(m.name for m in pkgutil.iter_modules(demos.__path__) if not m.ispkg and m.name != "__main__")


def course() -> list[Demo]:
    """All demos, deck by deck, and in each by their first row."""
    found = [Demo.of(name, importlib.import_module(f"demos.{name}").__doc__ or "") for name in names()]
    decks = list(DECKS)
    return sorted(found, key=lambda d: (decks.index(d.deck), [int(n) for n in d.rows[0].split(".")], d.name))
