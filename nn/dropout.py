"""Dropout: units left out at random while a model learns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import arguments, noise
from nn.module import Module
from nn.nested import each, flat, lists
from nn.randomness import Rng, own_generator


class Dropout(Module):
    """Each unit is dropped with probability p while the model learns, and none when it predicts.

    Those kept are multiplied by 1 / (1 - p), so that the expectation of every unit is kept and predicting needs no
    correction ("inverted" dropout; Srivastava et al. 2014; HKU, "Solution 2: Dropout"; torch.nn.Dropout). The factors
    are random leaves of the graph, made by `autograd.noise`.

    Args:
        p: the share of units to drop, from 0 to below 1.
        rng: the source of randomness, or a seed for it; by default one of its own, a child of the generator of
            `nn.seed`. It is not reset from one example to the next.
    """

    def __init__(self, p: float = 0.5, rng: Rng = None) -> None:
        self.p = arguments.number("p", p, "at least 0 and below 1", lambda p: 0 <= p < 1)
        self.rng = own_generator(rng)

    def draw(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Factors of this shape: 0 with probability p, otherwise 1 / (1 - p)."""
        return (self.rng.random(shape) >= self.p) / (1 - self.p)

    def __call__(self, x: Any) -> Any:
        """Drop units of a nested list; after ``eval()``, return it as it is."""
        if not self.training or self.p == 0:
            return x
        x = lists(x)
        mask = noise(self.draw, len(list(flat(x))), self.rng)
        for factor in mask:
            factor.name = "mask"
        factors = iter(mask)
        return each(lambda unit: unit * next(factors), x)
