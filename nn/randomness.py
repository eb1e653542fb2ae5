"""Randomness: where weights and masks are drawn from if no generator is given."""

from __future__ import annotations

import numpy as np

from autograd import arguments

Rng = np.random.Generator | int | None  # a generator, a seed for one, or neither: the default generator

_default = np.random.default_rng(0)


def seed(k: int) -> None:
    """Seed the default generator, from which layers draw their weights unless they are given another.

    It is seeded with 0 when `nn` is imported: layer after layer gets other weights, and a script the same ones each
    time it is run. A `Dropout` made before keeps the generator that it has.
    """
    global _default
    _default = np.random.default_rng(arguments.whole_number("k", k, least=0))


def generator(rng: Rng) -> np.random.Generator:
    """The generator that is given or seeded; otherwise the default one."""
    return _default if rng is None else np.random.default_rng(rng)


def own_generator(rng: Rng) -> np.random.Generator:
    """The same, but otherwise a child of the default one: what it draws has no influence on other draws."""
    return _default.spawn(1)[0] if rng is None else np.random.default_rng(rng)
