"""Grouping: which nodes of a program do the same together, and which compute the same number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograd.compiling.slices import Indices
from autograd.program import Node


@dataclass(frozen=True)
class Grouping:
    """The computed nodes of a program, in groups.

    Attributes:
        groups: the indices of those of one level that do the same, in an order in which they can be run.
        parents: of each of them, the indices of its parents, or of the first nodes that compute the same.
        same: of each node of the program, the first one that computes the same.
    """

    groups: list[list[int]]
    parents: dict[int, list[int]]
    same: Indices

    @classmethod
    def of(cls, nodes: Sequence[Node], leaves: Mapping[int, bool]) -> Grouping:
        """Group nodes.

        Args:
            nodes: of a program.
            leaves: those that are no constants, and whether each differs from example to example.
        """
        level, batched = [0] * len(nodes), [leaves.get(node.index, False) for node in nodes]
        first: dict[object, int] = {}  # of the nodes that compute the same
        groups: dict[tuple[object, ...], list[int]] = {}
        parents: dict[int, list[int]] = {}
        same = list(range(len(nodes)))
        for node in nodes:
            i, of = node.index, [same[parent] for parent in node.parents]
            if i not in leaves:
                same[i] = first.setdefault(node.data if node.op is None else (node.op.name, *of), i)
            if node.op is not None and same[i] == i:
                parents[i] = of
                level[i] = 1 + max([level[parent] for parent in of])
                batched[i] = any([batched[parent] for parent in of])  # noqa: C419  (twice as fast as a generator)
                kind = re.sub(r"[\d,]+$", "", node.name)
                groups.setdefault((level[i], node.op.name, len(of), batched[i], kind), []).append(i)
        return cls(
            [groups[key] for key in sorted(groups, key=lambda key: (key[0], groups[key][0]))], parents, np.array(same)
        )
