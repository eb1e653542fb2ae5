"""An optimizer's rule on paper: its hyperparameters as letters, and its results line by line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from autograd.formulas.expression import Expression, Name

GREEK = {
    **{"lr": "η", "momentum": "μ", "dampening": "τ", "weight_decay": "λ"},
    **{"alpha": "α", "betas": "β", "eps": "ε"},
}


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
