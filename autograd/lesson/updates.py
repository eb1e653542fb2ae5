"""An optimizer's rule on paper: its hyperparameters as letters, and its results line by line, as templates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from autograd.formulas.expression import SYMBOLS, Expression, Name, equation, expression
from autograd.formulas.template import Case, Template
from autograd.value import Value

GREEK = {
    **{"lr": "η", "momentum": "μ", "dampening": "τ", "weight_decay": "λ"},
    **{"alpha": "α", "betas": "β", "eps": "ε"},
}
THETA, GRADIENT, TIME = Name("theta"), Name("gradient"), Name("t")


class Optimizer(Protocol):
    """What a walkthrough has to know of an optimizer."""

    parameters: list[Value]
    # rule(math, theta, gradient, *memory, t=t, **hyperparameters) is (theta, *memory): floats, on FLOATS; or formulas
    rule: Callable[..., Any]
    t: int  # how many steps have been taken
    memory: dict[str, NDArray[Any]]  # by name, one number for each parameter

    @property
    def hyperparameters(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Line:
    """A formula of a rule: of the new theta, or of what is remembered.

    Attributes:
        writes: 0 for theta; k for the k-th thing that is remembered.
        template: the formula.
    """

    writes: int
    template: Template


@dataclass(frozen=True)
class Look:
    """How a rule is told where some of its options are on and the others off.

    Attributes:
        conditions: on hyperparameters and t: comparisons, and whether each holds.
        lines: in the order in which they are told; what the rule leaves as it is has none.
    """

    conditions: Mapping[Expression, bool]
    lines: Sequence[Line]


class RuleFormulas:
    """How an optimizer's rule is written, of any parameter.

    Attributes:
        letters: what each hyperparameter is called, and its number.
        named: the hyperparameters by name, as the rule takes them, with letters for numbers.
        memory: what it remembers of a parameter, by name.
        results: the new theta, and what is remembered anew.
        names: all that its formulas are about, in order: theta, its gradient, what is remembered of it before the step
            and after it, t, and the hyperparameters.
        looks: of which one's conditions hold.
    """

    def __init__(self, optimizer: Optimizer, taken: Collection[str]) -> None:
        """``taken`` is what the program's quantities are called."""
        self.named, self.letters = on_paper(optimizer.hyperparameters, taken)
        self.memory = list(optimizer.memory)
        self.old = [Name(f"old {word}") for word in self.memory]
        self.new = [Name(f"new {word}") for word in self.memory]
        self.names: list[Expression] = [THETA, GRADIENT, *self.old, *self.new, TIME, *self.letters]
        self.results = [
            expression(result) for result in optimizer.rule(SYMBOLS, THETA, GRADIENT, *self.old, t=TIME, **self.named)
        ]
        self.looks = [
            Look(conditions, _lines(results, self.old, self.new))
            for conditions, results in _cases(self.results, [TIME, *self.letters])
        ]

    def look(self, numbers: Mapping[Expression, float]) -> Look:
        """How the rule is told with these hyperparameters, at this t."""
        return next(look for look in self.looks if Case(look.conditions, THETA).holds(numbers))


def _cases(
    results: Sequence[Expression], known: Collection[Expression]
) -> list[tuple[dict[Expression, bool], list[Expression]]]:
    """The ways in which the choices fall out that ask about nothing but what is ``known``; each, and what results."""
    cases: list[tuple[dict[Expression, bool], list[Expression]]] = []
    waiting: list[tuple[dict[Expression, bool], list[Expression]]] = [({}, [*results])]
    while waiting:
        conditions, results = waiting.pop()
        choices = [part for part in equation(*results).parts() if part.kind == "where"]
        asked = [choice.operands[0] for choice in choices if _names(choice.operands[0]) <= {*known}]
        if not asked:
            cases.append((conditions, [*results]))
            continue
        for holds in (False, True):
            chosen = [_chosen(result, asked[0], holds) for result in results]
            waiting.append(({**conditions, asked[0]: holds}, chosen))
    return cases


def _names(condition: Expression) -> set[Expression]:
    return {leaf for leaf in condition.leaves() if isinstance(leaf, Name)}


def _chosen(formula: Expression, condition: Expression, holds: bool) -> Expression:
    """The formula where a condition holds, or does not."""
    return formula.rebuilt(
        lambda part, new: (
            new.operands[1 if holds else 2] if new.kind == "where" and new.operands[0] is condition else new
        )
    )


def _lines(results: Sequence[Expression], old: Sequence[Expression], new: Sequence[Expression]) -> list[Line]:
    """A rule's results, in the order in which each can be computed from those before it."""
    theta_first = takes_old(results, old)
    formulas = list(enumerate(one_by_one(results, new, theta_first)))
    told = [Line(k, Template([Case({}, line)])) for k, line in formulas if line.operands]
    return sorted(told, key=lambda line: 0 if theta_first else line.writes == 0)


def on_paper(
    hyperparameters: Mapping[str, Any], taken: Collection[str]
) -> tuple[dict[str, Any], dict[Expression, float]]:
    """Hyperparameters as letters; but a flag stays as it is, for it chooses the version of the rule.

    Args:
        hyperparameters: by name, each a number, a tuple of numbers or a flag.
        taken: what else has a name; a letter that is among them gives way to the hyperparameter's own name.

    Returns:
        The hyperparameters as the rule takes them, and the number of each letter.
    """
    numbers: dict[Expression, float] = {}

    def letter(key: str, index: str, x: float) -> Expression:
        name = Name(GREEK.get(key, key) + index)
        name = Name(key + index) if name.word in taken else name
        numbers[name] = x
        return name

    written: dict[str, Any] = {}
    for key, x in hyperparameters.items():
        if isinstance(x, tuple):
            written[key] = tuple([letter(key, str(i), each) for i, each in enumerate(x, start=1)])
        else:
            written[key] = x if isinstance(x, bool) else letter(key, "", x)
    return written, numbers


def takes_old(results: Sequence[Expression], memory: Sequence[Expression]) -> bool:
    """Whether a rule computes theta from something that was remembered before, and is another now."""
    theta, *formulas = results
    old = {formula: letter for formula, letter in zip(formulas, memory) if formula.operands}
    rest = theta.substitute(dict.fromkeys(old, 0.0))
    return not set(old.values()).isdisjoint(rest.leaves())


def one_by_one(results: Sequence[Expression], memory: Sequence[Expression], theta_first: bool) -> list[Expression]:
    """What a rule returns, each formula in terms of the ``memory`` that is new when its turn comes."""
    theta, *formulas = results
    new: dict[Expression, Expression | float] = {}
    lines = []
    for formula, letter in zip(formulas, memory):
        lines.append(formula.substitute(new))
        if formula.operands:
            new[formula] = letter
    return [theta if theta_first else theta.substitute(new), *lines]
