"""Initialisers: where weights start.

An initialiser is a function ``(rng, shape) -> array``. The shape is that of a layer's weights, as in PyTorch:
(units, inputs), or (channels out, channels in, rows, columns) of a convolution, or (inputs,) of a single unit. A unit's
fan-in is how many weights it has; the fan-out is how many weights an input has. Biases start at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import arguments

Array = NDArray[np.float64]
Initialiser = Callable[[np.random.Generator, tuple[int, ...]], Array]


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """The fan-in and the fan-out of weights of this shape."""
    units, inputs = shape[:2] if len(shape) > 1 else (1, *shape)
    field = math.prod(shape[2:])
    return inputs * field, units * field


def constant(value: ArrayLike) -> Initialiser:
    """Every weight the same, which leaves the units of a layer alike for ever (HKU, "Issue with Symmetry").

    Args:
        value: the number; or an array of the weights' own shape, to start from weights that a slide gives.
    """
    given = np.array(value, dtype=np.float64)
    if not np.isfinite(given).all():
        raise ValueError(f"value must be finite, got {value!r}")

    def initialise(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        if given.ndim and given.shape != shape:
            raise ValueError(f"value must be one number or an array of shape {shape}, got shape {given.shape}")
        return np.full(shape, given)

    return initialise


def normal(std: float = 0.01) -> Initialiser:
    """Gaussian with mean 0.

    Args:
        std: the standard deviation. HKU ("Issue with Symmetry") writes N(0, 10^-2); that is read as the deviation, as
            in Krizhevsky et al. (2012), whose 0.01 it is. Read as the variance it would be ``std=0.1``.
    """
    std = arguments.positive("std", std)
    return lambda rng, shape: rng.normal(0, std, shape)


def uniform(bound: float | None = None) -> Initialiser:
    """Uniform in [-bound, bound]; the bound is 1 / sqrt(fan-in) where none is given, as in torch.nn.Linear."""
    if bound is not None:
        bound = arguments.positive("bound", bound)

    def initialise(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        b = fans(shape)[0] ** -0.5 if bound is None else bound
        return rng.uniform(-b, b, shape)

    return initialise


def xavier_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Uniform in +-sqrt(6 / (fan-in + fan-out)) (Glorot & Bengio 2010, eq. 16): for tanh and sigmoid."""
    bound = math.sqrt(6 / sum(fans(shape)))
    return rng.uniform(-bound, bound, shape)


def xavier_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Gaussian with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010, eq. 12): for tanh and sigmoid."""
    return rng.normal(0, math.sqrt(2 / sum(fans(shape))), shape)


def he_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Uniform with the variance of `he_normal`: in +-sqrt(6 / fan-in)."""
    bound = math.sqrt(6 / fans(shape)[0])
    return rng.uniform(-bound, bound, shape)


def he_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Gaussian with variance 2 / fan-in (He et al. 2015, eq. 10): for ReLU and its kin."""
    return rng.normal(0, math.sqrt(2 / fans(shape)[0]), shape)


INITIALISERS: dict[str, Initialiser] = {
    "normal": normal(),
    "uniform": uniform(),
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
}


def initial_weights(init: str | Initialiser, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Weights of this shape, from an initialiser or the one of this name.

    Raises:
        ValueError: no initialiser has this name, or it gives an array of another shape or one that is not finite.
    """
    if not callable(init):
        if init not in INITIALISERS:
            raise ValueError(f"no initialiser is called {init!r}; there are {', '.join(INITIALISERS)}")
        init = INITIALISERS[init]
    weights = init(rng, shape)
    if np.shape(weights) != shape or not np.isfinite(weights).all():
        raise ValueError(f"init must give finite weights of shape {shape}, got {weights!r}")
    return weights
