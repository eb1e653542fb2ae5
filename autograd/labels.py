"""Labels: what users and files call things, shown so that it is nothing but text, and not too long to read.

A name may hold anything: a line break, an escape sequence that a terminal would obey, a million letters.
"""

from __future__ import annotations

import re
import reprlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any


class _Repr(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:
        """A whole number; one of more digits than Python likes to write by their number."""
        try:
            return super().repr_int(x, level)
        except ValueError:
            return f"a whole number of {x.bit_length()} bits"


_REPR = _Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 80


def plain(label: str) -> str:
    """A label as it is meant to be read: what cannot be printed is written as Python does, ``\\n`` for a new line."""
    return "".join([c if c.isprintable() else ascii(c)[1:-1] for c in label])


_WORDS = re.compile(r"inf(?:inity)?|∞|nan", re.IGNORECASE)  # that are numbers
_LETTERS = re.compile(r"(?<=\d)e(?=[+−-]?\d)|0[xob][\da-f]+|∞", re.IGNORECASE)  # of 1e-5 and 0x1F


def is_numeral(label: str) -> bool:
    """Whether a label would be taken for a number, or for arithmetic on numbers: 2, -1e5, ½, inf, 2 + 3."""
    label = unicodedata.normalize("NFKC", label).strip()
    word = _WORDS.fullmatch(label.strip("+-−"))
    without = "1" if word else _LETTERS.sub("1", label)
    return any(c.isnumeric() for c in without) and not any(c.isalpha() for c in without)


def named(label: str) -> str:
    """A label that stands among numbers: `plain`, and in quotes where it would be taken for one."""
    return f'"{plain(label)}"' if is_numeral(label) else plain(label)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """A label for each node, of its own: its name, v7 for node 7 without one, ``o4#12`` where a name recurs.

    Where a name is such a label already, the label is made longer.
    """
    uses = Counter(names)
    labels: list[str] = []
    for i, name in enumerate(names):
        label = name if uses[name] == 1 and name else f"{name}#{i}" if name else f"v{i}"
        while label != name and label in uses:
            label = f"{label}#{i}"
        uses[label] += 1
        labels.append(label)
    return tuple(labels)


def short(label: str, most: int = 80) -> str:
    """A label for an error: `plain`, and a long one without its middle."""
    label = plain(label)
    half = most // 2
    return label if len(label) <= most else f"{label[:half]}...{label[-half:]}"


def shown(x: Any) -> str:
    """A value for an error: as Python shows it, without most of what is large or nested deeply."""
    return _REPR.repr(x)
