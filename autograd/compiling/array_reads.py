"""Where each node of a program lies among the arrays of its code, and the code that reads it there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from autograd.compiling.array_expressions import ATOM, NODES, NUMBER, SEQUENCES, ArrayExpression, literal
from autograd.compiling.slices import Indices, contiguous, is_whole, strided, transpose, transposed_shape
from autograd.compiling.source import Names
from autograd.compiling.trace import Trace
from autograd.compiling.variables import Array, Slot


class ArrayReads(ABC):
    """Writes the lines that reading takes: copies of places that are no slice, and arrays that join several.

    Attributes:
        reserved: identifiers that the code uses itself.
        lines: what has been written.
        openings: lines that give parts of the arguments a name.
        theta_views: the arrays that are parts of theta, and where they lie in it.
        parts: those of them that are slices, and how these are written.
        constants: arrays of numbers and places that the code refers to, by their names.
        backward: what hands gradients on, in the order of the forward pass.
    """

    reserved: ClassVar[Sequence[str]]

    def __init__(self, trace: Trace) -> None:
        self.trace, self.nodes = trace, trace.program.nodes
        self.arguments = {
            name: Array(name, argument.width, argument.batched, needs_gradient=name == "theta")
            for name, argument in trace.arguments.items()
        }
        self.lines: list[str] = []
        self.openings: list[str] = []
        self.theta_views: list[tuple[Array, Indices]] = []
        self.parts: dict[Array, str] = {}
        self.names = Names([*self.reserved, *self.arguments])
        self.constants: dict[str, NDArray[Any]] = {}
        self.constant_names: dict[object, str] = {}
        self.views: dict[tuple[str, bytes, tuple[int, ...]], Array] = {}
        self.joins: dict[tuple[bytes, tuple[int, ...]], Slot] = {}
        self.backward: list[Callable[[], None]] = []
        self.numbers = Array("", len(self.nodes), False)  # each constant, at the place of its node
        self.arrays = [self.numbers, *self.arguments.values()]
        self.home = np.zeros(len(self.nodes), dtype=np.intp)  # which of the arrays holds each node, and where
        self.place = np.arange(len(self.nodes))
        self.nodes_at = {name: np.zeros(array.width, dtype=np.intp) for name, array in self.arguments.items()}
        homes = {name: home for home, name in enumerate(self.arguments, start=1)}
        for index, (argument, place) in trace.leaves.items():
            self.home[index], self.place[index] = homes[argument], place
            self.nodes_at[argument][place] = index

    def write(self, name: str, expression: ArrayExpression) -> ArrayExpression:
        """A line that gives an expression a name."""
        name = self.names.fresh(name)
        self.lines.append(f"{name} = {expression}")
        return replace(expression, text=name, precedence=ATOM, sides=None, negated=None, scaled=None, numerator=None)

    def constant(self, numbers: NDArray[Any], base: str) -> str:
        """The name of an array of numbers or places that the code refers to."""
        key = (numbers.dtype, numbers.shape, numbers.tobytes())
        if key not in self.constant_names:
            self.constant_names[key] = self.names.fresh(base)
            self.constants[self.constant_names[key]] = numbers
        return self.constant_names[key]

    def keep(self, array: Array, members: Indices) -> None:
        """Tell that an array holds these nodes, one beside another."""
        self.home[members], self.place[members] = len(self.arrays), np.arange(len(members))
        self.arrays.append(array)

    def slot(self, ids: Indices) -> Slot:
        """Where these nodes lie; where that is in several arrays, in one that joins them."""
        homes, counts = np.unique(self.home[ids], return_counts=True)
        if len(homes) == 1:
            return Slot(self.arrays[homes[0]], self.place[ids])
        key = (ids.tobytes(), ids.shape)
        if key not in self.joins:
            self.joins[key] = self.joined(ids, homes, counts)
        return self.joins[key]

    def joined(self, ids: Indices, homes: Indices, counts: Indices) -> Slot:
        """An array that joins what is read of several, side by side."""
        batched = any(self.arrays[home].batched for home in homes)
        places, width = np.empty_like(ids), 0
        texts, pieces = [], []
        by_home = np.argsort(self.home[ids], axis=None, kind="stable")
        for home, mine in zip(homes, np.split(by_home, np.cumsum(counts)[:-1])):
            of_piece, inverse = np.unique(self.place[ids.flat[mine]], return_inverse=True)
            piece = Slot(self.arrays[home], of_piece)
            text = str(self.operand(piece, single=True))
            if piece.array is self.numbers or (batched and not piece.array.batched):
                text = f"np.broadcast_to({text}, {f'(m, {len(of_piece)})' if batched else len(of_piece)})"
            places.flat[mine] = width + inverse
            texts.append(text)
            pieces.append((piece, width))
            width += len(of_piece)
        name = str(self.write("joined", ArrayExpression(f"np.concatenate([{', '.join(texts)}], axis=-1)")))
        array = Array(name, width, batched, any(piece.array.needs_gradient for piece, _ in pieces))
        self.backward.append(lambda: self.split(array, pieces))
        return Slot(array, places)

    @abstractmethod
    def split(self, joined: Array, pieces: Sequence[tuple[Slot, int]]) -> None:
        """Hand a joined array's gradient on to its pieces, each of which begins at a place of it."""

    def read(self, slot: Slot) -> str:
        """The code for what a slot reads, in the shape of its places (behind the examples' axis)."""
        array, places = slot.array, slot.places
        if array.name in self.arguments and not array.batched:
            return self.view(slot).name
        colon, m = (":, ", "m, ") if array.batched else ("", "")
        shape = f".reshape({m}{', '.join(map(str, places.shape))})" if places.ndim > 1 else ""
        if is_whole(places, array.width):
            return array.name + shape
        if run := contiguous(places):
            return f"{array.name}[{colon}{run}]{shape}"
        key = (array.name, places.tobytes(), places.shape)
        if key not in self.views:  # a copy, which the backward pass may need again
            matrix = transposed_shape(places, array.width)
            if matrix and array.batched:
                name, text = f"{array.name}_transposed", transpose(array.name, *matrix)
            else:
                name = f"{array.name}_{'patches' if places.ndim == 2 else 'picked'}"
                text = f"{array.name}[{colon}{self.constant(places, 'places')}]"
            self.views[key] = Array(str(self.write(name, ArrayExpression(text))), places.shape[-1], array.batched)
        return self.views[key].name

    def view(self, slot: Slot) -> Array:
        """Some parameters (or other numbers from outside), as an array with a name of its own."""
        array, places = slot.array, slot.places
        if places.ndim == 1 and is_whole(places, array.width):
            return array
        key = (array.name, places.tobytes(), places.shape)
        if key not in self.views:
            labels = [self.nodes[i].name for i in self.nodes_at[array.name][places].flat[:1000]]
            name = self.names.common(labels, array.name, upper=places.ndim == 2)
            view = self.views[key] = Array(name, places.shape[-1], False, array.needs_gradient)
            text = strided(array.name, places, array.width)
            if array.needs_gradient:
                self.theta_views.append((view, places))
            if text and array.needs_gradient:
                self.parts[view] = text
            else:
                text = text or f"{array.name}[{self.constant(places, 'places')}]"
                self.openings.append(f"{name} = {text}")
        return self.views[key]

    def operand(self, slot: Slot, sequence: bool = False, single: bool = False) -> ArrayExpression:
        """The code that reads a slot, for a formula.

        Args:
            slot: what one input of a group reads.
            sequence: whether the input is a sequence.
            single: whether the group is one node.
        """
        axes = SEQUENCES if sequence else NUMBER if single else NODES
        if slot.array is self.numbers:
            numbers = np.array([self.nodes[i].data for i in slot.places.flat]).reshape(slot.places.shape)
            if not sequence and (numbers == numbers[0]).all():
                return literal(float(numbers[0]))
            return ArrayExpression(self.constant(numbers, "numbers"), ATOM, axes, per_node=True)
        reader = slot if sequence else slot.common()
        return ArrayExpression(self.read(reader), ATOM, axes, slot.array.batched, per_node=reader is slot)
