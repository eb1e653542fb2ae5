"""How a net's parameters stand in chalkgrad's flat arrays: layer by layer, unit by unit, weights then bias."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def unpack(theta: Floats, sizes: Sequence[int]) -> list[tuple[Floats, Floats]]:
    """W, of shape (units, inputs) as in PyTorch, and b of each layer, as views of the flat parameters."""
    layers, start = [], 0
    for nin, nout in itertools.pairwise(sizes):
        block = theta[start : start + nout * (nin + 1)].reshape(nout, nin + 1)
        layers.append((block[:, :-1], block[:, -1]))
        start += block.size
    return layers


def pack(layers: Iterable[tuple[Any, Any]]) -> Floats:
    """The flat array of anyone's W, of shape (units, inputs), and b."""
    return np.concatenate([np.column_stack([np.asarray(W), np.asarray(b)]).ravel() for W, b in layers])
