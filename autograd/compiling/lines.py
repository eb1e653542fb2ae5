"""Lines: the definitions by which code computes expressions, each part that they share once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from autograd.formulas.expression import SYMBOLS, Expression, Name, Number

Line = tuple[str, Expression]  # a name, and what it stands for


def simplified(expression: Expression, known: dict[Expression, Expression] | None = None) -> Expression:
    """The expression without what would be computed in vain. What it comes to stays the same, to the last bit.

    Arithmetic on numbers is done, and a choice that they decide is made; there is no 1 × x, x / 1, x^1 or −(−x). The
    larger of a number and x is a choice, for that is faster and hands on a NaN too.

    Args:
        expression: what to simplify.
        known: what parts have been simplified to, to which more is added.
    """
    return expression.rebuilt(lambda part, new: _simplified(new), known)


def _simplified(e: Expression) -> Expression:
    if not e.operands:
        return e
    if e.kind == "where":
        condition, a, b = e.operands
        decided = all(isinstance(leaf, Number) for leaf in condition.leaves())
        return (a if condition.evaluate({}) else b) if decided else e
    numbers = [operand.value for operand in e.operands if isinstance(operand, Number)]
    if len(numbers) == len(e.operands):
        return _worked_out(e)
    a, *others = e.operands
    if e.kind == "neg":
        return a.operands[0] if a.kind == "neg" else e
    if len(others) != 1:
        return e
    (b,) = others
    if e.kind == "mul" and numbers in ([1.0], [-1.0]):
        factor = b if isinstance(a, Number) else a
        return factor if numbers == [1.0] else _simplified(-factor)
    if e.kind in ("div", "pow") and b == Number(1.0):
        return a
    if e.kind in ("maximum", "minimum") and numbers:
        number, x = (a, b) if isinstance(a, Number) else (b, a)
        pair = (number, x) if e.kind == "maximum" else (x, number)
        chosen: Expression = SYMBOLS.where(SYMBOLS.greater(*pair), number, x)
        return chosen
    return e


def _worked_out(e: Expression) -> Expression:
    """What an operation on numbers comes to; left as it is where that raises, which is for the code to do."""
    if e.kind in ("greater", "equal"):
        return e
    try:
        return Number(e.evaluate({}))
    except (ArithmeticError, ValueError):
        return e


def parts_named(blocks: Sequence[Sequence[Line]], fresh: Callable[[str], str], raises: bool = True) -> list[list[Line]]:
    """The lines with a line of its own for each part that is used more than once, before the first that uses it.

    A part gets none where it is a leaf, or no more than a sign or a comparison of leaves.

    Args:
        blocks: of lines, each of which may use the names of those before it.
        fresh: given a name, returns that or a like one that is not in use.
        raises: whether an operation raises outside its domain. Then what stands only in branches of choices stays
            there, to be computed if they are taken.
    """
    roots = [root for block in blocks for _, root in block]
    together = Expression("lines", *roots)  # so that what they share is gone through once
    parts = dict.fromkeys(together.parts()[:-1])
    uses = Counter([*roots, *[operand for part in parts for operand in part.operands]])
    # What is computed whichever way choices fall out.
    certain = set(together.reached(lambda choice: choice.operands[:1])) if raises else parts
    reads: dict[Expression, Expression] = {}  # what is written for each part
    written: list[list[Line]] = []
    for block in blocks:
        written.append([])
        for name, root in block:
            for part in root.parts(whole=reads):
                if part in reads:
                    continue
                operands = [reads[operand] for operand in part.operands]
                reads[part] = Expression(part.kind, *operands) if operands else part
                if part is not root and uses[part] > 1 and part in certain and not _is_slight(part):
                    part_name = fresh(f"{name}_{part.kind}")
                    written[-1].append((part_name, reads[part]))
                    reads[part] = Name(part_name)
            written[-1].append((name, reads[root]))
            if root.operands:
                reads[root] = Name(name)
    return written


def _is_slight(part: Expression) -> bool:
    of_leaves = not any(operand.operands for operand in part.operands)
    return not part.operands or (of_leaves and part.kind in ("neg", "greater", "equal"))
