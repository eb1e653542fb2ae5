"""Labels: what users and files call things, shown so that it is nothing but text, and not too long to read.

A name may hold anything: a line break, an escape sequence that a terminal would obey, a million letters.
"""

from __future__ import annotations

import reprlib
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


def short(label: str, most: int = 80) -> str:
    """A label for an error: `plain`, and a long one without its middle."""
    label = plain(label)
    half = most // 2
    return label if len(label) <= most else f"{label[:half]}...{label[-half:]}"


def shown(x: Any) -> str:
    """A value for an error: as Python shows it, without most of what is large or nested deeply."""
    return _REPR.repr(x)
