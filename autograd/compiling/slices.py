"""Places in an array, given one by one, as the slice that a person would write.

>>> import numpy as np
>>> evenly("theta", np.array([[0, 1], [3, 4], [6, 7]]).T, 9)
'theta.reshape(3, 3)[:, :2].T'
>>> evenly("theta", np.array([2, 5, 8]), 9)
'theta[2::3]'
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


def everywhere(place: Indices, width: int) -> bool:
    """Whether the places are all there are, in order."""
    return place.size == width and np.array_equal(place.ravel(), np.arange(width))


def run_of(place: Indices) -> str | None:
    """``start:stop`` where the places follow one another; else None."""
    flat = place.ravel()
    start, stop = int(flat[0]), int(flat[0]) + len(flat)
    return f"{start or ''}:{stop}" if np.array_equal(flat, np.arange(start, stop)) else None


def transposed(place: Indices, width: int) -> tuple[int, int] | None:
    """Rows and columns of the matrix, ``width`` numbers in all, that the places read column by column; else None."""
    columns = int(place[1]) if place.ndim == 1 and place.size == width > 1 else 0
    if columns < 2 or width % columns:
        return None
    rows = width // columns
    return (rows, columns) if np.array_equal(place, np.arange(width).reshape(rows, columns).T.ravel()) else None


def transpose(text: str, rows: int, columns: int) -> str:
    """The code for each example's numbers, taken to be a matrix, column by column."""
    return f"{text}.reshape(m, {rows}, {columns}).swapaxes(1, 2).reshape(m, {rows * columns})"


def evenly(of: str, place: Indices, width: int) -> str | None:
    """A view of the one-dimensional array called ``of``, ``width`` long, at places that are evenly spaced.

    Args:
        of: the array's name.
        place: one axis or two of places.
        width: the array's length.

    Returns:
        The code; None where the places follow no such order.
    """
    steps = [int(np.diff(place, axis=axis).flat[0]) if length > 1 else 1 for axis, length in enumerate(place.shape)]
    axes = np.indices(place.shape)
    grid = np.full(place.shape, place.flat[0])
    for step, along in zip(steps, axes):
        grid += step * along
    if min(steps) < 1 or not np.array_equal(grid, place):
        return None
    if place.ndim == 1:
        return _slice(of, int(place[0]), len(place), steps[0], width)
    (rows, columns), (down, across) = place.shape, steps
    if columns == 1 or rows == 1:
        line = evenly(of, place.ravel(), width)
        return f"{line}[{':, None' if columns == 1 else 'None, :'}]"
    if across > down:
        transposed = evenly(of, place.T, width)
        return transposed and f"{transposed}.T"
    start = int(place.flat[0])
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
