"""Where the units of a network stand, and the labels of its weights on their edges, so that all can be read."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from autograd.numbers import total
from autograd.viz.units import Unit

ROW = 2.0  # inches, at least, between the centres of units that stand above one another
BESIDE = 0.8  # inches between the outlines of units in neighbouring columns where no weights stand between them
CLEAR = 0.2  # inches between a circle and the label of a weight, as far as their sizes are known
STEPS = 20  # places to try for a label on either side of its best


def find_places(
    units: dict[int, Unit], radius: Mapping[int, float], size: Mapping[tuple[int, int, int], tuple[float, float]]
) -> tuple[dict[int, tuple[float, float]], dict[int, float]]:
    """Where the units stand, and how far along the edges into each column the labels of its weights stand.

    Of n sources and m units, all in rows of the same height, labels that stand 1/(m + 1) of the way along lie in groups
    of m, a group a source, at equal distances from one another; n/(n + 1) of the way along in groups of n, a group a
    unit. Whichever leaves more room is taken.

    Args:
        units: in the program's order.
        radius: of each unit.
        size: of each weight's label, by the indices of source and unit and its place among the unit's sources.

    Returns:
        The centre of each unit: columns from left to right, each centred, with a late leaf (a target) underneath; and
        by column the part of an edge that lies before its label.
    """
    columns: dict[int, list[Unit]] = {}
    for unit in units.values():
        columns.setdefault(unit.column, []).append(unit)
    widest = {column: max([radius[unit.node.index] for unit in members]) for column, members in columns.items()}
    edges: dict[int, list[tuple[int, int, int]]] = {}  # those that bear a weight, by the column that they lead into
    for edge in size:
        edges.setdefault(units[edge[1]].column, []).append(edge)
    row = max(ROW, 2 * max(radius.values()) + 0.15)
    x, at, along = 0.0, {0: 0.0}, {}
    for column in range(1, len(columns)):
        before, after = widest[column - 1], widest[column]
        if column not in edges:
            x += before + BESIDE + after
        else:
            width, height = map(max, zip(*[size[edge] for edge in edges[column]]))
            n, m = (len(set(ends)) for ends in list(zip(*edges[column]))[:2])  # sources, units
            along[column] = 1 / (m + 1) if m <= n else n / (n + 1)
            row = max(row, height * (min(n, m) + 1))
            clear = width / 2 + CLEAR
            x += max((before + clear) / along[column], (after + clear) / (1 - along[column]))
        at[column] = x
    places = {}
    for column, members in columns.items():
        early = [unit for unit in members if unit.sources or column == 0]
        late = [unit for unit in members if not unit.sources and column > 0]
        top = (len(early) - 1) / 2
        for place, unit in enumerate([*early, *late]):
            places[unit.node.index] = (at[column], row * (top - place))
    return places, along


class Labels:
    """Where weights' labels stand, by the cell of a grid that each one's centre is in.

    Args:
        width, height: of a cell, and at least those of every label; so that one is covered only from cells next to its
            own, and a place is found for each without a look at all the others.
    """

    def __init__(self, width: float, height: float) -> None:
        self.cell = (width, height)
        self.by_cell: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}

    def set_on_edge(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        along: float,
        ends: tuple[float, float],
        size: tuple[float, float],
    ) -> tuple[float, float]:
        """Set a label of some size on an edge, where it covers no label set before it, or as little as can be.

        Args:
            start, end: of the edge.
            along: where on the edge it best stands, from 0 to 1; it is set as near as can be.
            ends: how near the edge's ends it may stand, if it can.
        """
        first, last = ends if ends[0] <= ends[1] else (sum(ends) / 2,) * 2
        best = None
        for step in range(2 * STEPS + 1):
            aside = (step + 1) // 2 * (-1) ** step / STEPS  # 0, then a little to either side, then more
            here = min(max(along + aside, first), last)
            x, y = (a + here * (b - a) for a, b in zip(start, end))
            crowding = self._crowding(x, y, *size)
            if best is None or crowding < best[0]:
                best = (crowding, x, y)
            if not crowding:
                break
        assert best is not None
        _, x, y = best
        self.by_cell.setdefault(self._cell_of(x, y), []).append((x, y, *size))
        return x, y

    def _crowding(self, x: float, y: float, width: float, height: float) -> float:
        """How much of the others a label would cover."""
        column, row = self._cell_of(x, y)
        cells = itertools.product((column - 1, column, column + 1), (row - 1, row, row + 1))
        near = itertools.chain.from_iterable([self.by_cell.get(cell, ()) for cell in cells])
        return float(
            total(
                max(0.0, (width + w) / 2 - abs(x - u)) * max(0.0, (height + h) / 2 - abs(y - v)) for u, v, w, h in near
            )
        )

    def _cell_of(self, x: float, y: float) -> tuple[int, int]:
        return math.floor(x / self.cell[0]), math.floor(y / self.cell[1])
