"""Because: a sentence that says why a factor of the chain rule is 0, or small.

Each entry of `REASONS` is data: the rows that it is about, a condition, and a sentence. A condition is arithmetic over
a namespace ``m``, as a row of the table is, so that Python evaluates it and JavaScript can be printed of it. It is
asked of derivatives below `SMALL` only, and given

- ``d``: the derivative of the node by its input,
- ``y``: the node,
- ``x``: the input,
- ``other``: what the input goes with: the other one of two, the number that it is multiplied by in a dot product, or a
  choice's condition.

A sentence has holes: ``{x}`` for what a quantity is called, ``{x:=}`` for that and its number, ``{d:n}`` for a number.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter
from typing import Any

from autograd.formulas.expression import Expression, Figure, Name, equation
from autograd.formulas.names import in_ascii, latex_text
from autograd.formulas.nodes import ProgramFormulas
from autograd.numbers import FLOATS
from autograd.program import Node, Program

SMALL = 0.01  # a slope below it is called small; sigmoid's is 0.25 at most, tanh's 1


@dataclass(frozen=True)
class Reason:
    """Why a factor vanishes, or nearly so.

    Attributes:
        rows: the operations that it is about, by name.
        holds: the condition, of ``m, d, y, x, other``.
        sentence: what to say where it holds.
    """

    rows: str
    holds: Callable[..., Any]
    sentence: str


REASONS = [  # the first that holds is told
    Reason("mul dot affine", lambda m, d, y, x, other: m.equal(d, 0), "because {other:=}"),
    Reason("relu relu6", lambda m, d, y, x, other: m.greater(0, x), "because {x:=} < 0: this ReLU is off"),
    Reason("relu relu6", lambda m, d, y, x, other: m.equal(x, 0), "because {x:=}: this ReLU is off"),
    Reason("relu6", lambda m, d, y, x, other: m.equal(d, 0), "because {x:=}: this ReLU stays at 6"),
    Reason(
        "squared_error half_squared_error",
        lambda m, d, y, x, other: m.equal(x, other),
        "because {x} = {other}: there is no error",
    ),
    Reason("maximum", lambda m, d, y, x, other: m.equal(d, 0), "because {x:=} is not the largest"),
    Reason("minimum", lambda m, d, y, x, other: m.equal(d, 0), "because {x:=} is not the smallest"),
    Reason("where", lambda m, d, y, x, other: m.equal(d, 0), "because {x} is not chosen"),
    Reason("step greater equal", lambda m, d, y, x, other: m.equal(d, 0), "because {y} is flat, but for jumps"),
    Reason("sigmoid", lambda m, d, y, x, other: m.greater(SMALL, d), "σ′({x}) = {d:n}: the unit is saturated at {y:=}"),
    Reason("tanh", lambda m, d, y, x, other: m.greater(SMALL, d), "tanh′({x}) = {d:n}: the unit is saturated at {y:=}"),
    Reason(
        "arctan", lambda m, d, y, x, other: m.greater(SMALL, d), "arctan′({x}) = {d:n}: the unit is saturated at {y:=}"
    ),
    Reason(
        "softplus elu",
        lambda m, d, y, x, other: m.greater(-4, x),
        "because {x:=} is far below 0: the unit is nearly off",
    ),
]


@dataclass(frozen=True, repr=False)
class Sentence:
    """Words, and names and numbers among them."""

    pieces: tuple[str | Expression, ...]

    def text(self, *, ascii: bool = False) -> str:
        """The sentence on one line, in Unicode or in ASCII."""
        words = [piece if isinstance(piece, str) else piece.text(ascii=ascii) for piece in self.pieces]
        return in_ascii("".join(words)) if ascii else "".join(words)

    def latex(self) -> str:
        """The sentence in LaTeX with amsmath, for the inside of ``$...$``."""
        return "".join([latex_text(piece) if isinstance(piece, str) else piece.latex() for piece in self.pieces])

    def mathml(self) -> str:
        """The sentence as the inside of a MathML ``<math>`` element."""
        written = [_mathml_words(piece) if isinstance(piece, str) else piece.mathml() for piece in self.pieces]
        return f"<mrow>{''.join(written)}</mrow>"

    def __repr__(self) -> str:
        return self.text()


def because(program: Program, node: int, parent: int, digits: int = 4) -> Sentence | None:
    """Why the derivative of a node by one of its parents is 0, or small.

    Args:
        program: the program, with the numbers that are meant.
        node, parent: their indices.
        digits: significant digits of the numbers in the sentence.

    Returns:
        The sentence; None where the derivative is neither, or nothing is to be said of it.
    """
    board = ProgramFormulas(program)
    places = [k for k, one in enumerate(program.nodes[node].parents) if one == parent]
    told = [told_of(program, board, node, k, digits) for k in places]
    return told[0] if told and all(told) else None


def told_of(program: Program, board: ProgramFormulas, node: int, place: int, digits: int) -> Sentence | None:
    """`because`, of one place among a node's parents."""
    y = program.nodes[node]
    if y.op is None or not abs(y.local_derivatives[place]) < SMALL:
        return None
    indices = {"y": node, "x": y.parents[place]}
    other = _other(y, place)
    if other is not None:
        indices["other"] = other
    numbers = {role: program.nodes[index].data for role, index in indices.items()}
    numbers["d"] = y.local_derivatives[place]
    for reason in REASONS:
        told = set(re.findall(r"{(other(?::=)?)}", reason.sentence))
        if y.op.name not in reason.rows.split() or (told and other is None):
            continue
        if "other:=" in told and not isinstance(board.symbols[indices["other"]], Name):
            continue  # a constant is in the formula as it is
        if reason.holds(FLOATS, numbers["d"], numbers["y"], numbers["x"], numbers.get("other", 0.0)):
            return _filled(reason.sentence, {role: board.symbols[i] for role, i in indices.items()}, numbers, digits)
    return None


def _other(node: Node, place: int) -> int | None:
    """The index of what an input goes with; None where it stands alone."""
    assert node.op is not None
    places = node.op.unflatten(range(len(node.parents)))
    sequences = [argument for argument, is_one in zip(places, node.op.sequences) if is_one]
    if len(sequences) == 2:
        pairs = {a: b for left, right in zip(*sequences) for a, b in ((left, right), (right, left))}
        return node.parents[pairs[place]] if place in pairs else None
    if node.op.name == "where":
        return node.parents[0]
    return node.parents[1 - place] if len(node.parents) == 2 and not sequences else None


def _filled(sentence: str, names: dict[str, Expression], numbers: dict[str, float], digits: int) -> Sentence:
    """The sentence with its holes filled."""
    pieces: list[str | Expression] = []
    for words, role, form, _ in Formatter().parse(sentence):
        pieces += [words] if words else []
        if role is not None:
            figure = Figure(numbers[role], digits)
            name = names.get(role, figure)
            is_named = isinstance(name, Name)
            pieces.append(figure if form == "n" or not is_named else equation(name, figure) if form == "=" else name)
    return Sentence(tuple(pieces))


def _mathml_words(words: str) -> str:
    """Words, whose spaces at the ends count."""
    return f"<mtext>{html.escape(words).replace(' ', '&#160;')}</mtext>"
