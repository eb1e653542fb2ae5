"""What array code is about: its variables, what reads them, and which groups of reads are a matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from autograd.compiling.array_expressions import ATOM, NODES, SEQUENCES, ArrayExpression, array_formulas
from autograd.compiling.slices import Indices
from autograd.primitive import Primitive


@dataclass(eq=False)
class Array:
    """A variable of array code.

    Attributes:
        name: what the code calls it.
        width: how long its last axis is.
        batched: whether its first axis is the examples.
        needs_gradient: whether it depends on the parameters.
        contributions: to its gradient, in the backward pass: at which places (None for all of them), and the code.
    """

    name: str
    width: int
    batched: bool
    needs_gradient: bool = False
    contributions: list[tuple[Indices | None, ArrayExpression]] = field(default_factory=list)

    def full(self, number: ArrayExpression) -> ArrayExpression:
        """The code for one number at every place of such an array."""
        shape = f"(m, {self.width})" if self.batched else f"{self.width}"
        return ArrayExpression(f"np.full({shape}, {number.as_float()})", batched=self.batched)


@dataclass(frozen=True)
class Slot:
    """What one input of a group of nodes reads: for each node a place in an array, or a row of places."""

    array: Array
    places: Indices

    def common(self) -> Slot:
        """The slot, cut down to one place where all nodes read the same number."""
        same = self.places.ndim == 1 and len(self.places) > 1 and (self.places == self.places[0]).all()
        return Slot(self.array, self.places[:1]) if same else self

    def ranks(self) -> Indices:
        """For each node, the rank of what it reads: by where that lies; of rows, by which came first."""
        if self.places.ndim == 1:
            return self.places
        first: dict[bytes, int] = {}
        return np.array([first.setdefault(row.tobytes(), len(first)) for row in self.places])


def whole_softmax(logits: Indices) -> Indices | None:
    """The order in which a group of softmax nodes is one softmax after another, each in the order of its logits.

    Args:
        logits: of each node, a number for each logit, of which its own comes first.

    Returns:
        None where a node of one of them is missing.
    """
    count = logits.shape[1]
    rows = np.sort(logits, axis=1)
    order = np.lexsort([logits[:, 0], *rows.T[::-1]])
    if len(order) % count:
        return None
    own, rows = logits[order, 0].reshape(-1, 1, count), rows[order].reshape(-1, count, count)
    return order if (rows == own).all() else None


@dataclass(frozen=True)
class MatrixProduct:
    """A group that is a matrix product: its nodes are every pair of an item on the left and a unit on the right.

    Attributes:
        left: what the items read: a row of places each, or one row where there is one item.
        right: what the units read, one column each; no examples.
        rest: the other inputs in their order, such as a bias, one a unit; None for the two sequences.
    """

    items: int
    units: int
    left: Slot
    right: Slot
    rest: list[Slot | None]

    @classmethod
    def of(cls, op: Primitive, slots: Sequence[Slot]) -> MatrixProduct | None:
        """None where the group is no matrix product."""
        pair = [k for k, sequence in enumerate(op.sequences) if sequence]
        if len(pair) != 2:
            return None
        probes = [
            ArrayExpression(name, ATOM, SEQUENCES if sequence else NODES)
            for name, sequence in zip(op.names, op.sequences)
        ]
        partials = op.partials(array_formulas(), ArrayExpression("y"), *probes)
        if partials[pair[0]] is not probes[pair[1]] or partials[pair[1]] is not probes[pair[0]]:
            return None  # the sequences are not multiplied element by element, as d(w x)/dw = x and d(w x)/dx = w tell
        left, right = sorted([slots[k] for k in pair], key=lambda slot: not slot.array.batched)
        if not left.array.batched or right.array.batched:
            return None
        rows, columns = left.ranks(), right.ranks()
        items, units = int(rows.max()) + 1, int(columns.max()) + 1
        if not np.array_equal(rows * units + columns, np.arange(len(rows))) or len(rows) != items * units:
            return None
        rest = [None if k in pair else Slot(slot.array, slot.places[:units]) for k, slot in enumerate(slots)]
        for slot, unit in zip(slots, rest):
            if unit and (not np.array_equal(slot.places, np.tile(unit.places, items)) or slot.array.batched):
                return None
        of_items = left.places[::units] if items > 1 else left.places[0]
        return cls(items, units, Slot(left.array, of_items), Slot(right.array, right.places[:units].T), rest)
