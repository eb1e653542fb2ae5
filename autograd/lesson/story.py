"""Stories: the order in which a page tells a program to a class, with a question before each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Scene:
    """One step of a story.

    Attributes:
        kind: what is shown. Of the unit called ``of`` by its output, or of a layer of them with spaces between:
            "unit" goes forward through it, "delta" back to its net input, "products" to its weights. "given" are the
            leaves, "inputs" their gradients, "update" is all that the optimizer does. "nudge" changes the parameter
            ``of`` by 0.01 and "check" divides the change of E by that; "matrix" writes the deltas of the units ``of``
            from those of the units ``since``; "fall" is how far E falls by the update.
        of: which.
        ask: the question that is asked before the result is shown; "" for the page's own, where it has one.
        say: what is said when it is. ``{E}``, ``{grad w46}`` and ``{new w46}`` stand for numbers.
        title: the step's title; "" for the page's own.
        since: see "matrix".
        blank: "factor" to show the question's formula with numbers, all but the last factor.
    """

    kind: str
    of: str = ""
    ask: str = ""
    say: str = ""
    title: str = ""
    since: str = ""
    blank: Literal["", "factor"] = ""
