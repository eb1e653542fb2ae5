"""Places in an array, given one by one, as the slice that a person would write.

>>> import numpy as np
>>> strided("theta", np.array([[0, 1], [3, 4], [6, 7]]).T, 9)
'theta.reshape(3, 3)[:, :2].T'
>>> strided("theta", np.array([2, 5, 8]), 9)
'theta[2::3]'
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


def is_whole(places: Indices, width: int) -> bool:
    """Whether the places are all there are, in order."""
    return places.size == width and np.array_equal(places.ravel(), np.arange(width))


def contiguous(places: Indices) -> str | None:
    """``start:stop`` where the places follow one another; else None."""
    flat = places.ravel()
    start, stop = int(flat[0]), int(flat[0]) + len(flat)
    return f"{start or ''}:{stop}" if np.array_equal(flat, np.arange(start, stop)) else None


def transposed_shape(places: Indices, width: int) -> tuple[int, int] | None:
    """Rows and columns of the matrix, ``width`` numbers in all, that the places read column by column; else None."""
    columns = int(places[1]) if places.ndim == 1 and places.size == width > 1 else 0
    if columns < 2 or width % columns:
        return None
    rows = width // columns
    return (rows, columns) if np.array_equal(places, np.arange(width).reshape(rows, columns).T.ravel()) else None


def transpose(text: str, rows: int, columns: int) -> str:
    """The code for each example's numbers, taken to be a matrix, column by column."""
    return f"{text}.reshape(m, {rows}, {columns}).swapaxes(1, 2).reshape(m, {rows * columns})"


def strided(of: str, places: Indices, width: int) -> str | None:
    """A view of the one-dimensional array called ``of``, ``width`` long, at places that are evenly spaced.

    Args:
        of: the array's name.
        places: one axis or two of places.
        width: the array's length.

    Returns:
        The code; None where the places follow no such order.
    """
    steps = [int(np.diff(places, axis=axis).flat[0]) if length > 1 else 1 for axis, length in enumerate(places.shape)]
    axes = np.indices(places.shape)
    grid = np.full(places.shape, places.flat[0])
    for step, along in zip(steps, axes):
        grid += step * along
    if min(steps) < 1 or not np.array_equal(grid, places):
        return None
    if places.ndim == 1:
        return _slice(of, int(places[0]), len(places), steps[0], width)
    (rows, columns), (down, across) = places.shape, steps
    if columns == 1 or rows == 1:
        line = strided(of, places.ravel(), width)
        return f"{line}[{':, None' if columns == 1 else 'None, :'}]"
    if across > down:
        transposed = strided(of, places.T, width)
        return transposed and f"{transposed}.T"
    start = int(places.flat[0])
    offset = max(0, start + rows * down - width)  # where in a row of the block the places begin
    if offset > start or offset + (columns - 1) * across >= down:
        return None
    block = _slice(of, start - offset, rows * down, 1, width)
    return _slice(f"{block}.reshape({rows}, {down})", offset, columns, across, down, ":, ")


def _slice(of: str, start: int, count: int, step: int, width: int, rows: str = "") -> str:
    """``of[start:stop:step]`` for ``count`` places along an axis that is ``width`` long, as short as can be."""
    stop = start + (count - 1) * step + 1
    text = f"{start or ''}:{'' if stop + step > width else stop}{f':{step}' if step > 1 else ''}"
    return of if text == ":" else f"{of}[{rows}{text}]"
