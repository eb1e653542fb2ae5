"""An optimizer's rule on paper: its hyperparameters as letters, its choices made, its results line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.formulas.expression import SYMBOLS, Formula, Symbol
from autograd.numbers import FLOATS, Reading

GREEK = {
    **{"lr": "η", "momentum": "μ", "dampening": "τ", "weight_decay": "λ"},
    **{"alpha": "α", "betas": "β", "eps": "ε"},
}


def on_paper(hyperparameters: Mapping[str, Any], write: Callable[[str, float], str]) -> dict[str, Any]:
    """Hyperparameters as symbols; but a flag stays as it is, for it chooses the version of the rule."""
    symbols: dict[str, Any] = {}
    for key, x in hyperparameters.items():
        letter = GREEK.get(key, key)
        if isinstance(x, tuple):
            symbols[key] = tuple([Symbol(write(f"{letter}{i}", each)) for i, each in enumerate(x, start=1)])
        else:
            symbols[key] = x if isinstance(x, bool) else Symbol(write(letter, x))
    return symbols


def leaves(hyperparameters: Mapping[str, Any]) -> list[Formula]:
    """The symbols among them, in order, out of their tuples."""
    each = [one for x in hyperparameters.values() for one in (x if isinstance(x, tuple) else (x,))]
    return [one for one in each if isinstance(one, Formula)]


def step(
    rule: Callable[..., Any], numbers: Sequence[float], hyperparameters: Mapping[str, Any]
) -> tuple[tuple[float, ...], list[bool]]:
    """What a rule returns, and which way each of its choices fell out."""
    choices = []

    def where(condition: bool, a: float, b: float) -> float:
        choices.append(condition)
        return a if condition else b

    return rule(Reading(**{**vars(FLOATS), "where": where}), *numbers, **hyperparameters), choices


def repeating(choices: Sequence[bool]) -> Reading:
    """Symbols, on which a rule chooses once more as it chose: of an option that is off, say, nothing is left."""
    made = iter(choices)
    return Reading(**{**vars(SYMBOLS), "where": lambda condition, a, b: a if next(made) else b})


def takes_old(results: tuple[Formula, ...], memory: Sequence[Formula]) -> bool:
    """Whether a rule computes theta from something that was remembered before, and is another now."""
    theta, *formulas = results
    new = {formula: old for formula, old in zip(formulas, memory) if formula.operands}
    rest = theta.replace(dict.fromkeys(new, Symbol("")))
    return not {old.word for old in new.values()}.isdisjoint(rest.leaves())


def one_by_one(results: tuple[Formula, ...], memory: Sequence[Formula], theta_first: bool) -> list[Formula]:
    """What a rule returns, each formula in terms of the memory that is new when its turn comes."""
    theta, *formulas = results
    told: dict[Formula, Formula] = {}
    lines = []
    for formula, new in zip(formulas, memory):
        lines.append(formula.replace(told))
        if formula.operands:
            told[formula] = new
    return [theta if theta_first else theta.replace(told), *lines]
