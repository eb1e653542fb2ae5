"""Paths: those that lead from a program's output to what is asked for, and the equations that they make.

Along a path the local derivatives are multiplied, and a gradient is the sum over the paths: each node where they join
or part has a delta, so that the equations are as many as the nodes at most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograd.choices import may_be_discarded
from autograd.formulas.because import Sentence, told_of
from autograd.formulas.expression import Expression, Figure, Name, Number, equation, product, quotient, total
from autograd.formulas.nodes import ProgramFormulas
from autograd.formulas.tidying import tidy
from autograd.numbers import total as total_of
from autograd.program import Program

_SHORT = 3  # edges
_MOST_REASONS = 3  # that an equation gives


@dataclass(frozen=True)
class Equation:
    """A quantity and all that it equals, one below the other.

    Attributes:
        left: a derivative, or a delta.
        sides: the product (or sum of products) of local derivatives as quotients, as formulas and as numbers, and what
            it comes to; without repetitions.
        note: a remark in words; "" for none.
        rounded: whether the last side is not what the numbers before it come to as they are shown, but what they come
            to with the digits that are not: it has the sign ≈.
    """

    left: Expression
    sides: tuple[Expression, ...]
    note: str = ""
    rounded: bool = False
    because: tuple[Sentence, ...] = ()

    @property
    def remarks(self) -> tuple[Sentence, ...]:
        """What is said at its end."""
        return (Sentence((self.note,)), *self.because) if self.note else self.because

    @property
    def signs(self) -> tuple[str, ...]:
        """What stands before each side: = or ≈."""
        return (*["="] * (len(self.sides) - 1), "≈" if self.rounded else "=")


@dataclass(frozen=True)
class _Factor:
    """A factor of the chain rule: the derivative of one node by another, as a formula and as a number."""

    of: int
    by: int
    slope: Expression
    number: float

    def folded(self, next: _Factor) -> _Factor | None:
        """This factor and the next one as one, ``0.02·w`` for ``0.01 × 2·w``, where one of them is a number."""
        for a, b in ((self.slope, next.slope), (next.slope, self.slope)):
            if isinstance(a, Number) and math.isfinite(a.value) and (a.value or isinstance(b, Number)):
                if b.kind == "mul" and isinstance(b.operands[0], Number):
                    a, b = Number(a.value * b.operands[0].value), b.operands[1]
                slope = tidy(-b if a.value == -1 else a * b)
                return _Factor(next.of, self.by, slope, self.number * next.number)
        return None


class Paths:
    """The paths of a program that lead from its output to the targets."""

    def __init__(
        self,
        program: Program,
        targets: set[int],
        numbers: bool,
        digits: int,
        rounding: tuple[int, int] | None,
    ) -> None:
        self.program, self.numbers, self.digits = program, numbers, digits
        self.board = ProgramFormulas(program)
        data = self.board.numbers(program)
        self.gradients = [node.grad for node in program] if rounding else program.gradients()
        self.gradient_digits = 12 if rounding else digits  # a rounded gradient is shown as it is
        self.last = len(program) - 1
        on_a_path = set(targets)
        # The nodes that a node is read by, and in which of their places; and the slopes there, by place.
        self.children: list[dict[int, list[int]]] = [{} for _ in program]
        self.slopes: dict[int, list[Expression]] = {}
        parted: set[int] = set()  # where paths part: nodes that hand a share of their gradient to several others
        read: set[int] = set()
        for node in program:
            places = [(k, parent) for k, parent in enumerate(node.parents) if parent in on_a_path]
            if not places:
                continue
            on_a_path.add(node.index)
            self.slopes[node.index] = [slope.look(data) for slope in self.board.slopes(node)]
            for k, parent in places:
                self.children[parent].setdefault(node.index, []).append(k)
            parents = {parent for _, parent in places}
            read.add(node.index)
            if len(parents) > 1:
                parted.add(node.index)
        joined = {i for i in on_a_path if len(self.children[i]) > 1}
        self.deltas = (parted | read & (joined | targets)) - {self.last}
        self.deltas -= self._idle(targets)
        self.discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(program.nodes))
        self.rounding = rounding
        if rounding:
            self._part_where_rounding_shows(rounding[1], targets)
        self.met: set[int] = set()

    def _idle(self, targets: set[int]) -> set[int]:
        """The nodes without a name whose delta is a number, or another one times a number: that is written as it is."""
        idle: set[int] = set()
        for i in sorted(self.deltas - targets, reverse=True):
            child, steps = i, 0
            while steps < _SHORT and not self.program.nodes[child].name and len(self.children[child]) == 1:
                ((child, places),) = self.children[child].items()
                if not isinstance(total([self.slopes[child][k] for k in places]), Number):
                    break
                steps += 1
                if child == self.last or child in self.deltas - idle:
                    idle.add(i)
                    break
        return idle

    def _part_where_rounding_shows(self, decimals: int, targets: set[int]) -> None:
        """Give each gradient that went into another a line of its own where the product of all factors, rounded once,
        is not what comes of rounding at each step."""
        once: list[float] = [0.0] * len(self.program)  # rounded in the line it is told in, and not before
        for i in reversed(range(len(self.program))):
            handed = [(child, self.slope(child, places)) for child, places in self.children[i].items()]
            once[i] = total_of(slope * (self.gradients[c] if c in self.deltas else once[c]) for c, slope in handed)
            if i == self.last:
                once[i] = 1.0
        waiting = [i for i in self.deltas | targets if i != self.last]
        for i in waiting:
            if round(once[i], decimals) != self.gradients[i]:
                new = self.children[i].keys() - self.deltas - {self.last}
                self.deltas |= new
                waiting += new

    def slope(self, child: int, places: Sequence[int]) -> float:
        """The derivative of a node by what it reads in these places."""
        return float(total_of(self.program.nodes[child].local_derivatives[k] for k in places))

    def told(self, target: int) -> list[Equation]:
        """The equations of the deltas that a target needs and that are not told yet, and its own."""
        if target in self.met:
            return []
        met, waiting = {target}, [target]
        while waiting:
            new = self.children[waiting.pop()].keys() - met - self.met
            met |= new
            waiting += new
        self.met |= met
        return [self.equation(i) for i in sorted(met, reverse=True) if i == target or i in self.deltas]

    def equation(self, i: int) -> Equation:
        """What the gradient of node i is the sum of."""
        derivative = quotient(self.board.names[-1], self.board.names[i])
        left, lead = (self.delta(i), [derivative]) if i in self.deltas else (derivative, [])
        value = Figure(self.gradients[i], self.gradient_digits)
        if i == self.last:
            return Equation(left, (value,))
        terms = [self.term(i, child) for child in self.children[i]]
        quotients, slopes, figures = (total([product(factors) for factors in sides]) for sides in zip(*terms))
        # A path of one edge would say ∂y/∂a of the local derivative, beside or below the ∂y/∂a that it is a part of.
        alone = self.last in self.children[i] or quotients is derivative
        sides = [*lead, slopes] if alone else [equation(*lead, quotients), slopes]
        rounded = False
        if self.numbers:
            sides += [figures] if figures.operands and _has_names(slopes) else []
            rounded = not self._gives(sides[-1], value)
            sides.append(value)
        written = [side.text() for side in sides]
        told = tuple(side for k, side in enumerate(sides) if k == 0 or written[k] != written[k - 1])
        because = self.reasons(i) if self.numbers else ()
        return Equation(left, told, rounded=rounded and len(told) > 1, because=because)

    def reasons(self, i: int) -> tuple[Sentence, ...]:
        """Why factors of the terms of a gradient are 0, or small: the first few."""
        told: dict[str, Sentence] = {}
        for child in self.children[i]:
            below = i
            while True:
                for k in self.children[below][child]:
                    sentence = told_of(self.program, self.board, child, k, self.digits)
                    if sentence is not None:
                        told.setdefault(sentence.text(), sentence)
                if child == self.last or child in self.deltas or len(told) >= _MOST_REASONS:
                    break
                below, child = child, next(iter(self.children[child]))
        return tuple(told.values())[:_MOST_REASONS]

    def _gives(self, side: Expression, value: Figure) -> bool:
        """Whether the numbers of a side, as they are shown, come to a value as it is shown; a side of names does."""
        if _has_names(side):
            return True
        try:
            worked = side.evaluate({})
        except ArithmeticError:
            return False
        shown = Figure(round(worked, self.rounding[1]) if self.rounding else worked, value.digits)
        return shown is value and (value.value != 0 or worked == 0)

    def term(self, i: int, child: int) -> tuple[list[Expression], list[Expression], list[Expression]]:
        """The stretch from node i by way of a child up to the next delta, or to the output: its factors, thrice."""
        factors: list[_Factor] = []
        below, nothing = i, False
        while True:
            places = self.children[below][child]
            slope = total([self.slopes[child][k] for k in places])
            factor = _Factor(child, below, slope, self.slope(child, places))
            folded = factors and not self.program.nodes[below].name and factors[-1].folded(factor)
            factors = [*factors[:-1], folded] if folded else [*factors, factor]
            if self.gradients[child] == 0 and child in self.discarded:  # whatever the slope is, infinite or not
                nothing = True
            if child == self.last or child in self.deltas:
                break
            below, child = child, next(iter(self.children[child]))
        edges = [(factor.of, factor.by) for factor in factors]
        if edges == [(self.last, i)] and len(self.children[i]) > 1 and below != i:
            edges = [(below, i), (self.last, below)]  # so that ∂y/∂a is not one of the terms that it is the sum of
        quotients: list[Expression] = [quotient(self.board.names[of], self.board.names[by]) for of, by in edges]
        slopes = [factor.slope for factor in factors]
        figures: list[Expression] = [Figure(factor.number, self.digits) for factor in factors]
        if child != self.last:
            quotients.append(self.delta(child))
            slopes.append(self.delta(child))
            figures.append(Figure(self.gradients[child], self.gradient_digits))
        return quotients[::-1], slopes[::-1], [Figure(0.0, self.digits)] if nothing else figures[::-1]

    def delta(self, i: int) -> Expression:
        return Name(self.board.names[i], "δ")


def _has_names(side: Expression) -> bool:
    return any(isinstance(leaf, Name) for leaf in side.leaves())
