"""Hyperparameters: what each may be and what it means, in whichever optimizer; defaults are in `optimizers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import arguments


def _betas(name: str, pair: Any) -> tuple[float, float]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{name} must be two numbers, got {arguments.shown(pair)}")
    kind = "two numbers, each at least 0 and below 1"
    beta1, beta2 = [arguments.number(name, x, kind, lambda x: 0 <= x < 1) for x in pair]
    return beta1, beta2


def _form(name: str, x: Any) -> Any:
    return arguments.choice(name, x, "pytorch", "sutskever")


# By name: the check, which gives back what the hyperparameter is kept as; and the meaning, for docstrings.
HYPERPARAMETERS: dict[str, tuple[Callable[[str, Any], Any], str]] = {
    "lr": (arguments.not_negative, "the learning rate, positive; a schedule may end with 0"),
    "momentum": (arguments.not_negative, "mu, not negative: the share of the velocity that is kept; typically 0.9"),
    "dampening": (arguments.number, "tau: the share of a gradient that does not go into the velocity"),
    "weight_decay": (
        arguments.not_negative,
        "lambda, not negative: adds ``lambda theta`` to the gradient, or to the step in AdamW and Lion",
    ),
    "lr_decay": (arguments.not_negative, "not negative: the learning rate falls as ``lr / (1 + (t - 1) lr_decay)``"),
    "initial_accumulator_value": (arguments.not_negative, "what the sum of squares G starts at, not negative"),
    "alpha": (arguments.share, "the share of the mean of squares that is kept, from 0 to 1; the slide's beta"),
    "betas": (_betas, "the shares that are kept of two running means, from 0 to below 1"),
    "eps": (arguments.not_negative, "prevents division by 0, not negative"),
    "nesterov": (arguments.flag, "take the gradient where momentum leads; needs momentum and no dampening"),
    "centered": (arguments.flag, "divide by the root of the variance, rather than of the mean of squares"),
    "amsgrad": (arguments.flag, "divide by the largest mean of squares so far"),
    "maximize": (arguments.flag, "go uphill"),
    "bias_correction": (arguments.flag, "make up for the means' starting at 0; the slide does not"),
    "eps_inside": (arguments.flag, "the slide's ``lr / sqrt(G + eps)`` in place of PyTorch's ``lr / (sqrt(G) + eps)``"),
    "form": (_form, "which momentum: see above"),
}
