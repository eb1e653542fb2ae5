"""Templates: how a formula looks in each of a few cases, with holes for its numbers.

Of a formula with choices, what is written is what they come to: ``y1 × log(p1)``, say, without the case that guards it.
A template lists the cases, so that a page, which has no tree, can pick the one that holds and put in its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograd.formulas.expression import Expression, Name, Number
from autograd.formulas.languages import JAVASCRIPT, literal
from autograd.formulas.notation import LATEX, LONGEST_SUM, MATHML, NEGATIVE, TEXT, Notation, Pen, Tree, as_read
from autograd.formulas.tidying import tidy

MOST_CASES = 8


@dataclass(frozen=True)
class Case:
    """How a formula looks under some conditions.

    Attributes:
        conditions: comparisons, and whether each of them holds.
        formula: what is written; a choice that is left in it is made where it stands.
        is_number: whether the number that it comes to is written instead.
    """

    conditions: Mapping[Expression, bool]
    formula: Expression
    is_number: bool = False

    def holds(self, numbers: Mapping[Expression, float]) -> bool:
        """Whether its conditions are met."""
        return all(bool(condition.evaluate(numbers)) == holds for condition, holds in self.conditions.items())


@dataclass(frozen=True)
class Template:
    """The cases of a formula, of which the first whose conditions are met is written.

    Attributes:
        cases: the last has no conditions.
        in_pieces: whether a choice is written as one, with all its pieces.
    """

    cases: Sequence[Case]
    in_pieces: bool = False

    @classmethod
    def of_result(cls, formula: Expression) -> Template:
        """How a result is written: a function made of pieces with all of them; but a choice within a formula, such as
        the one that keeps y log p from being 0 times infinity, is made where it stands."""
        return cls([Case({}, formula)], in_pieces=formula.kind == "where")

    @classmethod
    def of_slope(cls, formula: Expression) -> Template:
        """How a local derivative is written: tidied, and as a number where no quantity is left in it.

        There are at most `MOST_CASES`: those in which the fewest conditions hold, and then one for all others, in which
        choices are made where they stand and nothing is tidied.
        """
        formula = _decided(formula)
        cases: list[Case] = []
        waiting = [frozenset[Expression]()]  # the conditions that hold
        for holding in waiting:
            conditions = _asked(formula, holding)
            more = [holding | {condition} for condition, holds in conditions.items() if not holds]
            waiting += [one for one in more if one not in waiting]
            if len(cases) == MOST_CASES - 1 and len(waiting) > MOST_CASES:
                outside_conditions = formula.reached(lambda choice: choice.operands[1:])
                return cls([*cases, Case({}, formula, is_number=not _names(outside_conditions))])
            look = tidy(_settled(formula, holding))
            is_fraction = look.kind == "div" and not any(operand.operands for operand in look.operands)
            cases.append(Case(conditions, look, is_number=not (is_fraction or _names(look.leaves()))))
        return cls([*cases[:-1], replace(cases[-1], conditions={})])

    def look(self, numbers: Mapping[Expression, float]) -> Expression:
        """What is written for these numbers, in which names stand for them."""
        case = next(case for case in self.cases if case.holds(numbers))
        if case.is_number:
            return Number(case.formula.evaluate(numbers))
        return case.formula if self.in_pieces else case.formula.settle(numbers)

    def javascript(self, names: Sequence[Expression]) -> str:
        """The cases as an array that `written` of the page's runtime takes: it picks one, and puts names or numbers in.

        Args:
            names: those in the formula; each piece says by its place among them which of the page's names and numbers
                it is, so that one template does for all nodes that are computed alike.
        """
        slots = {name: k for k, name in enumerate(names)}
        reads: dict[Expression, Expression | float] = {name: Name(f"n[{k}]") for name, k in slots.items()}

        def function(*formulas: tuple[Expression, bool]) -> str:
            read = [(JAVASCRIPT.write(formula.substitute(reads)), holds) for formula, holds in formulas]
            return "(n) => " + (" && ".join([one if holds else f"!({one})" for one, holds in read]) or "true")

        def written(pieces: Sequence[Piece]) -> str:
            return f"[{', '.join(map(piece, pieces))}]"

        def piece(part: Piece) -> str:
            if isinstance(part, str):
                return literal(part)
            if isinstance(part, Hole):
                what = f"slot: {slots[part.of]}" if part.of in slots else f"of: {function((part.of, True))}"
                return f"{{{what}, guard: {literal(part.guard)}}}"
            then, otherwise = written(part.then), written(part.otherwise)
            return f"{{when: {function((part.condition, True))}, then: {then}, otherwise: {otherwise}}}"

        def case(one: Case) -> str:
            looks = [f"{name}: {written(self._pieces(one, to))}" for name, to in NOTATIONS.items()]
            return f"{{when: {function(*one.conditions.items())}, {', '.join(looks)}}}"

        return f"[{', '.join(map(case, self.cases))}]"

    def _pieces(self, case: Case, to: Notation) -> Sequence[Piece]:
        if case.is_number:
            return [Hole(case.formula, "")]
        pen = _TemplatePen(to, 12, LONGEST_SUM, in_pieces=self.in_pieces)
        return pen.pieces(pen.write(case.formula))


NOTATIONS = {"text": TEXT, "latex": LATEX, "mathml": MATHML}


@dataclass(frozen=True)
class Hole:
    """Where a number goes.

    Attributes:
        of: what the number is of: a name, which may stand there itself, or a formula that it is worked out by.
        guard: "-" where a negative number is in brackets, "e" where one with an exponent is.
    """

    of: Expression
    guard: str


@dataclass(frozen=True)
class Choice:
    """Pieces of which those are written that a condition asks for."""

    condition: Expression
    then: Sequence[Piece]
    otherwise: Sequence[Piece]


Piece = str | Hole | Choice


@dataclass(frozen=True)
class _TemplatePen(Pen):
    """Writes a formula with a mark in place of each hole and each choice; `pieces` puts them there."""

    in_pieces: bool = False
    marked: list[Hole | Choice] = field(default_factory=list)

    def write(self, e: Tree, leading: bool = True) -> str:
        mark = self._mark(e, "", lambda one: self.write(one, leading))
        return mark or super().write(e, leading)

    def operand(self, e: Tree, at_least: int, leading: bool = False) -> str:
        guard = ("" if leading else "-") + ("e" if at_least > NEGATIVE and self.to.number("1e9") != "1e9" else "")
        mark = self._mark(e, guard, lambda one: self.operand(one, at_least, leading))
        return mark or super().operand(e, at_least, leading)

    def _mark(self, e: Tree, guard: str, write: Callable[[Tree], str]) -> str | None:
        """The mark of a hole or of a choice, each side of which ``write`` writes; None where there is neither."""
        e = as_read(e)
        if isinstance(e, Name) and not e.mark:
            self.marked.append(Hole(e, guard))
        elif isinstance(e, Expression) and e.kind == "where" and not self.in_pieces:
            condition, a, b = e.operands
            self.marked.append(Choice(condition, self.pieces(write(a)), self.pieces(write(b))))
        else:
            return None
        return f"\0{len(self.marked) - 1}\0"

    def pieces(self, written: str) -> Sequence[Piece]:
        """What was written, with the holes and choices themselves in place of their marks."""
        parts = written.split("\0")
        return [self.marked[int(part)] if k % 2 else part for k, part in enumerate(parts) if k % 2 or part]


def _decided(formula: Expression) -> Expression:
    """The formula with each choice made that asks about no quantity."""

    def chosen(part: Expression, new: Expression) -> Expression:
        if new.kind != "where" or _names(new.operands[0].leaves()):
            return new
        condition, a, b = new.operands
        return a if condition.evaluate({}) else b

    return formula.rebuilt(chosen)


def _asked(formula: Expression, holding: Collection[Expression]) -> dict[Expression, bool]:
    """The conditions that the formula asks for, and whether each holds, where these do and no others."""
    reached = formula.reached(lambda choice: [choice.operands[1 if choice.operands[0] in holding else 2]])
    conditions = [part.operands[0] for part in reached if part.kind == "where"]
    return {condition: condition in holding for condition in conditions}


def _settled(formula: Expression, holding: Collection[Expression]) -> Expression:
    """The formula with each choice made, where these conditions hold and no others."""
    return formula.rebuilt(
        lambda part, new: new.operands[1 if part.operands[0] in holding else 2] if new.kind == "where" else new
    )


def _names(parts: Iterable[Expression]) -> bool:
    return any(isinstance(part, Name) for part in parts)
