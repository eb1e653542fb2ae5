"""Source code: what every writer of code hands over, and what it is put together from."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """The code of a program.

    Attributes:
        text: functions: ``value`` and, where there is a loss, ``value_and_grad``, and what they call.
        names: what the text refers to: modules, and arrays of numbers and places.
    """

    text: str
    names: dict[str, Any]


def tuple_of(names: Sequence[str]) -> str:
    """Names as what a function returns, or what that is assigned to."""
    return ", ".join(names) if len(names) > 1 else f"({names[0]},)"


def function(name: str, arguments: Iterable[str], lines: Iterable[str], result: str) -> str:
    """A function of these lines."""
    body = [f"    {line}".rstrip() for line in [*lines, f"return {result}"]]
    return "\n".join([f"def {name}({', '.join(arguments)}):", *body, ""])


class Names:
    """The names of one program's variables.

    Args:
        taken: those that are given away: of arguments, and what the code uses itself.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {*keyword.kwlist, *taken}
        self.suffixes: Counter[str] = Counter()  # the last number that was added to a name
        self.series: Counter[str] = Counter()  # how many arrays are called i1, i2, ...

    def fresh(self, base: str) -> str:
        """A name that is not in use: ``base``, or that with a number."""
        name = base
        while name in self.taken:
            self.suffixes[base] += 1
            name = f"{base}_{self.suffixes[base] + 1}"
        self.taken.add(name)
        return name

    def common(self, labels: Sequence[str], otherwise: str, upper: bool = False) -> str:
        """A name for an array of nodes: what their labels begin with, and a number; w13 and w23 become w1.

        Args:
            labels: what the nodes are called.
            otherwise: what to call them where their labels have nothing in common.
            upper: whether to write it with a capital letter, as a matrix.
        """
        labels = [unicodedata.normalize("NFKC", label) for label in labels]  # as Python does with names in code
        base, *_ = labels
        while not all(label.startswith(base) for label in labels):
            base = base[:-1]
        if any(label[len(base) : len(base) + 1].isdigit() for label in labels):
            base = base.rstrip("0123456789")  # w1 is not what w13 and w14 have in common
        base = re.sub(r"[\W_]+", "_", re.sub("['′]", "_prime_", base)).strip("_")  # z^(1)_2 is z_1_2
        if not base.isidentifier():
            base = otherwise
        base = base[0].upper() + base[1:] if upper else base
        if base[-1].isdigit() or (len(set(labels)) == 1 and labels[0]):
            return self.fresh(base)
        self.series[base] += 1
        return self.fresh(f"{base}{self.series[base]}")
