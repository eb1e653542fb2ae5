"""Lowering: a scalar program becomes NumPy code that runs it for a whole batch of examples.

Nodes of one level that do the same become one array: the net inputs of a layer ``s1``, their activations ``x1``. The
first axis of an array is the examples; one that no example has a share in, such as a weight matrix or a regulariser,
lacks it. An n-ary node's sequences lie along the last axis, and a sum over products of inputs and weights is a matrix
product. The backward pass is the forward pass from its end: each array's gradient ``d_x1`` is the sum of the shares
that it was handed by all that it feeds, partial derivative times gradient, as for single nodes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from autograd.compiling.array_expressions import (
    ATOM,
    LONGEST,
    MUL,
    NODES,
    NUMBER,
    SEQUENCES,
    WIDEST,
    Code,
    array_formulas,
    as_number,
    code,
    literal,
    matmul,
    shape_of,
)
from autograd.compiling.groups import Grouping
from autograd.compiling.slices import Indices, evenly, everywhere, run_of, transpose, transposed
from autograd.compiling.source import Names
from autograd.compiling.trace import Trace
from autograd.compiling.variables import Array, Product, Slot
from autograd.primitive import Primitive


class ArrayCode(ABC):
    """Writes the lines of one program: `forward_pass`, then `backward_pass`. Each library of arrays is a subclass.

    Attributes:
        reserved: identifiers that the code uses itself.
        ones: the function of this name.
    """

    reserved: ClassVar[Sequence[str]] = "np m ones parts gradient value value_and_grad len float".split()
    ones: ClassVar[str] = "def ones(n):\n    return np.ones(n)  # ones(m) @ d is d.sum(0), in half the time\n"

    def __init__(self, trace: Trace) -> None:
        self.trace, self.nodes, self.arguments = trace, trace.program.nodes, trace.arguments
        self.openings: list[str] = []  # lines that give parts of the arguments a name
        self.theta_views: list[tuple[Array, Indices]] = []  # theta's parts, and where they lie
        self.parts: dict[Array, str] = {}  # those that are slices, and how these are written
        self.lines: list[str] = []
        self.names = Names([*self.reserved, *self.arguments])
        self.constants: dict[str, NDArray[Any]] = {}
        self.constant_names: dict[object, str] = {}
        self.views: dict[tuple[str, bytes, tuple[int, ...]], Array] = {}
        self.joins: dict[tuple[bytes, tuple[int, ...]], Slot] = {}
        self.backward: list[Callable[[], None]] = []  # what hands gradients on, in the order of the forward pass
        self.numbers = Array("", len(self.nodes), False)  # each constant, at the place of its node
        self.arrays = [self.numbers, *self.arguments.values()]
        batched = {index: self.arguments[argument].batched for index, (argument, _) in trace.leaves.items()}
        self.grouping = Grouping.of(self.nodes, batched)
        self.home = np.zeros(len(self.nodes), dtype=np.intp)  # which of the arrays holds each node, and where
        self.place = np.arange(len(self.nodes))
        self.at = {name: np.zeros(array.width, dtype=np.intp) for name, array in self.arguments.items()}  # their nodes
        homes = {name: home for home, name in enumerate(self.arguments, start=1)}
        for index, (argument, place) in trace.leaves.items():
            self.home[index], self.place[index] = homes[argument], place
            self.at[argument][place] = index

    def write(self, name: str, expression: Code) -> Code:
        """A line that gives an expression a name."""
        name = self.names.fresh(name)
        self.lines.append(f"{name} = {expression}")
        return replace(expression, text=name, tight=ATOM, sides=None, negated=None, scaled=None, mth_of=None)

    def constant(self, numbers: NDArray[Any], base: str) -> str:
        """The name of an array of numbers or places that the code refers to."""
        key = (numbers.dtype, numbers.shape, numbers.tobytes())
        if key not in self.constant_names:
            self.constant_names[key] = self.names.fresh(base)
            self.constants[self.constant_names[key]] = numbers
        return self.constant_names[key]

    # Reading.

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
        place, width = np.empty_like(ids), 0
        texts, pieces = [], []
        by_home = np.argsort(self.home[ids], axis=None, kind="stable")
        for home, mine in zip(homes, np.split(by_home, np.cumsum(counts)[:-1])):
            places, inverse = np.unique(self.place[ids.flat[mine]], return_inverse=True)
            piece = Slot(self.arrays[home], places)
            text = str(self.operand(piece, False, single=True))
            if piece.array is self.numbers or (batched and not piece.array.batched):
                text = f"np.broadcast_to({text}, {f'(m, {len(places)})' if batched else len(places)})"
            place.flat[mine] = width + inverse
            texts.append(text)
            pieces.append((piece, width))
            width += len(places)
        name = str(self.write("joined", Code(f"np.concatenate([{', '.join(texts)}], axis=-1)")))
        array = Array(name, width, batched, any(piece.array.learns for piece, _ in pieces))
        self.backward.append(lambda: self.split(array, pieces))
        return Slot(array, place)

    def split(self, joined: Array, pieces: Sequence[tuple[Slot, int]]) -> None:
        """Hand a joined array's gradient on to its pieces."""
        if joined.shares:
            d = self.gradient(joined, f"d_{joined.name}")
            for piece, start in pieces:
                part = f"{d}[{':, ' if joined.batched else ''}{start}:{start + len(piece.place)}]"
                self.share(piece, d if d.uniform else Code(part, batched=joined.batched), joined.batched)

    def read(self, slot: Slot) -> str:
        """The code for what a slot reads, in the shape of its places (behind the examples' axis)."""
        array, place = slot.array, slot.place
        if array.name in self.arguments and not array.batched:
            return self.view(slot).name
        colon, m = (":, ", "m, ") if array.batched else ("", "")
        shape = f".reshape({m}{', '.join(map(str, place.shape))})" if place.ndim > 1 else ""
        if everywhere(place, array.width):
            return array.name + shape
        if run := run_of(place):
            return f"{array.name}[{colon}{run}]{shape}"
        key = (array.name, place.tobytes(), place.shape)
        if key not in self.views:  # a copy, which the backward pass may need again
            matrix = transposed(place, array.width)
            if matrix and array.batched:
                name, text = f"{array.name}_transposed", transpose(array.name, *matrix)
            else:
                name = f"{array.name}_{'patches' if place.ndim == 2 else 'picked'}"
                text = f"{array.name}[{colon}{self.constant(place, 'places')}]"
            self.views[key] = Array(str(self.write(name, Code(text))), place.shape[-1], array.batched)
        return self.views[key].name

    def view(self, slot: Slot) -> Array:
        """Some parameters (or other numbers from outside), as an array with a name of its own."""
        array, place = slot.array, slot.place
        if place.ndim == 1 and everywhere(place, array.width):
            return array
        key = (array.name, place.tobytes(), place.shape)
        if key not in self.views:
            labels = [self.nodes[i].name for i in self.at[array.name][place].flat[:1000]]
            name = self.names.common(labels, array.name, upper=place.ndim == 2)
            self.views[key] = Array(name, place.shape[-1], False, array.learns)
            text = evenly(array.name, place, array.width)
            if array.learns:
                self.theta_views.append((self.views[key], place))
            if text and array.learns:
                self.parts[self.views[key]] = text
            else:
                text = text or f"{array.name}[{self.constant(place, 'places')}]"
                self.openings.append(f"{name} = {text}")
        return self.views[key]

    def operand(self, slot: Slot, sequence: bool, single: bool) -> Code:
        """The code that reads a slot, for a formula."""
        axes = SEQUENCES if sequence else NUMBER if single else NODES
        if slot.array is self.numbers:
            numbers = np.array([self.nodes[i].data for i in slot.place.flat]).reshape(slot.place.shape)
            if not sequence and (numbers == numbers[0]).all():
                return literal(float(numbers[0]))
            return Code(self.constant(numbers, "numbers"), ATOM, axes, wide=True)
        reader = slot if sequence else slot.common()
        return Code(self.read(reader), ATOM, axes, slot.array.batched, wide=reader is slot)

    # The forward pass.

    def forward_pass(self) -> Code:
        """Write the forward pass; returns what reads the outputs, each of them."""
        for group in self.grouping.groups:
            self.forward(group)
        outputs = self.trace.outputs.ravel()
        self.output = self.slot(self.grouping.same[outputs])
        return self.operand(self.output, len(outputs) > 1, False)

    def forward(self, group: list[int]) -> None:
        """Write one group's line, and keep for the backward pass what its turn there needs."""
        op = self.nodes[group[0]].op
        assert op is not None
        members, columns = np.array(group), np.array([self.grouping.parents[i] for i in group])
        slots = [self.slot(columns[:, inputs]) for inputs in op.unflatten(list(range(columns.shape[1])))]
        single = len(group) == 1
        if not single:  # in the order of what they read, so that it is read as it lies
            order = np.lexsort([slot.ranks() for slot in sorted(slots, key=lambda slot: slot.array.batched)])
            members, slots = members[order], [Slot(slot.array, slot.place[order]) for slot in slots]
        array = Array(
            self.names.common([self.nodes[i].name for i in members], op.name),
            len(members),
            any(slot.array.batched for slot in slots),
            any(slot.array.learns for slot in slots),
        )
        product = Product.of(op, slots)
        if product is not None:
            self.product(op, product, array)
        else:
            if single and op.n_ary:  # the order within sequences is free: as what they read lies
                order = np.lexsort([s.place[0] for s, sequence in zip(slots, op.sequences) if sequence][::-1])
                slots = [Slot(s.array, s.place[0][order]) if q else s for s, q in zip(slots, op.sequences)]
            self.elementwise(op, slots, array)
        self.home[members], self.place[members] = len(self.arrays), np.arange(len(members))
        self.arrays.append(array)

    def elementwise(self, op: Primitive, slots: Sequence[Slot], array: Array) -> None:
        """A group whose formula is evaluated on arrays as it is on numbers."""
        single = array.width == 1
        m = array_formulas(single, lambda name, x: self.write(f"{array.name}_{name}", x))
        inputs = [self.operand(slot, sequence, single) for slot, sequence in zip(slots, op.sequences)]
        output = op.forward(m, *inputs)
        self.lines.append(f"{array.name} = {output if output.number is None else array.full(output)}")

        def hand_on() -> None:
            if not array.shares:
                return
            y = Code(array.name, ATOM, NUMBER if single else NODES, array.batched, wide=True)
            partials = [code(p[0] if isinstance(p, list) else p) for p in op.partials(m, y, *inputs)]
            learning = [(s, p) for s, p in zip(slots, partials) if s.array.learns and p.number != 0.0]
            if not learning:
                return
            d = self.gradient(array, f"d_{array.name}" if len(learning) > 1 else None)
            if d.uniform and not single and not all(partial.uniform or partial.wide for _, partial in learning):
                d = self.write(f"d_{array.name}", array.full(d))
            elif len(d.text) > WIDEST:
                d = self.write(f"d_{array.name}", d)
            d = d.reshaped(NUMBER if d.uniform else y.axes)
            for slot, partial in learning:
                share = partial * d
                repeats = slot.place.ndim > 1 or len(slot.place) > array.width
                if repeats and share.axes != SEQUENCES and not share.uniform:
                    column = share.text if single else f"{share.within(ATOM)}[..., None]"
                    text = f"np.repeat({column}, {slot.place.shape[-1]}, -1)"
                    share = Code(text, ATOM, share.axes, share.batched, share.wide)
                self.share(slot, share, array.batched, array.width)

        self.backward.append(hand_on)

    def product(self, op: Primitive, product: Product, array: Array) -> None:
        """A group that is a matrix product."""
        items, units = product.items, product.units
        x, weights = self.operand(product.left, True, False), self.operand(product.right, True, False)
        m = array_formulas()
        m.dot = lambda a, b: replace(matmul(x, weights), batched=True)
        rest = [self.operand(slot, False, False) if slot else Code("", ATOM, SEQUENCES) for slot in product.rest]
        output = op.forward(m, *rest)
        self.lines.append(f"{array.name} = {f'({output}).reshape(m, {array.width})' if items > 1 else output}")

        def hand_on() -> None:
            if not array.shares:
                return
            d = self.gradient(array, f"d_{array.name}")
            if d.uniform:
                d = self.write(f"d_{array.name}", array.full(d))
            by_unit, pair = d, matmul(Code(f"{x}.T"), d)
            if items > 1:
                rows = Code(f"{d}.reshape(-1, {units})")
                by_unit = matmul(Code(f"ones(m * {items})"), rows)
                pair = matmul(Code(f"{x}.reshape(-1, {product.left.place.shape[-1]}).T"), rows)
                d = Code(f"{d}.reshape(m, {items}, {units})")
            self.share(product.right, pair, False)
            for slot in filter(None, product.rest):
                self.share(slot, by_unit, by_unit.batched, units)
            transposed = Code(f"{weights}.T")
            onward = Code(f"{d} * {transposed}", MUL) if units == 1 else matmul(d, transposed)
            self.share(product.left, replace(onward, batched=True), True)

        self.backward.append(hand_on)

    # The backward pass.

    def share(self, slot: Slot, share: Code, batched: bool, width: int = 0) -> None:
        """Hand what a slot read its share in a gradient.

        Args:
            slot: what a group of nodes read.
            share: by each of its places; one number where it is the same for all of them.
            batched: whether the group has the axis of the examples, over which an array without it takes the sum.
            width: how many nodes the group has, to take the sum over where all of them read one number.
        """
        array = slot.array
        if not array.learns:
            return
        share = as_number(share)
        if batched and not array.batched:
            if share.batched and slot.place.ndim == 1:
                share = replace(matmul(Code("ones(m)"), share), batched=False)  # the sum over the examples
            elif share.batched:
                share = Code(f"{share.within(ATOM)}.sum(0)")
            elif share.mth_of is not None:
                share = share.mth_of
            else:
                times = f"np.full({shape_of(slot.place)}, float(m))" if share.uniform else "m"
                share = Code(f"{share.within(MUL)} * {times}", MUL)
        elif batched and not share.batched and not share.uniform:
            share = Code(f"np.broadcast_to({share}, (m, {', '.join(map(str, slot.place.shape))}))", batched=True)
        if len(slot.place) == width > 1 and (common := slot.common()) is not slot:
            share = (
                width * share
                if share.uniform
                else Code(f"{share.within(ATOM)}.sum(-1, keepdims=True)", batched=share.batched)
            )
            slot = common
        share = share.reshaped(NUMBER)  # it has the shape of its places: shares are added as they are
        if array.name in self.arguments:
            self.view(slot).shares.append((None, share))
        else:
            matrix = transposed(slot.place, array.width) if array.batched else None
            whole = matrix or everywhere(slot.place, array.width)
            if matrix and not share.uniform:
                share = Code(transpose(share.within(ATOM), *reversed(matrix)), batched=True)
            elif whole and slot.place.ndim > 1 and not share.uniform:
                text = f"{share.within(ATOM)}.reshape({'m, ' if array.batched else ''}{array.width})"
                share = Code(text, batched=array.batched)
            array.shares.append((None if whole else slot.place, share))

    def added(self, shares: Sequence[Code], name: str) -> Code:
        """The sum of the shares; a share that comes twice is doubled, and those with a minus come last."""
        terms = [number * share if number > 1 else share for share, number in Counter(shares).items()]
        first, *others = sorted(terms, key=lambda term: (term.mth_of or term).negated is not None)
        for start in range(0, len(others), LONGEST):
            first = sum(others[start : start + LONGEST], first if start == 0 else self.write(name, first))
        return first

    def gradient(self, array: Array, name: str | None) -> Code:
        """The sum of an array's shares, in a line called ``name`` where one is given and it needs one."""
        whole = [share for place, share in array.shares if place is None]
        parts = [(place, share) for place, share in array.shares if place is not None]
        if not parts:
            total = self.added(whole, f"d_{array.name}")
            plain = total.uniform or total.text.isidentifier()
            return total if name is None or plain else self.write(name, total)
        start = Code(f"np.zeros_like({array.name})", batched=array.batched)
        d = self.write(name or f"d_{array.name}", start + self.added(whole, f"d_{array.name}") if whole else start)
        for place, share in parts:
            self.add(str(d), place, share, array.batched)
        return d

    def add(self, to: str, place: Indices, share: Code, batched: bool) -> None:
        """Add a share at its places, of which some may be named more than once."""
        colon, m = (":, ", "m, ") if batched else ("", "")
        if run := run_of(place):
            if place.ndim > 1 and not share.uniform:
                share = Code(f"{share.within(ATOM)}.reshape({m}-1)")
            self.add_at(to, colon, run, place, share)
        else:
            self.add_at(to, colon, self.constant(place, "places"), place, share)

    def backward_pass(self, seed: Code) -> None:
        """Write the backward pass, from the output, whose gradient is ``seed``; it ends with the gradient by theta."""
        self.share(self.output, seed, self.output.array.batched)
        for hand_on in reversed(self.backward):
            hand_on()
        theta = self.arguments["theta"]
        self.gather_gradient(theta)
        if theta.shares:
            self.lines.append(f"gradient += {self.added([share for _, share in theta.shares], 'd_theta')}")

    # What differs from one library of arrays to another.

    @abstractmethod
    def modules(self) -> dict[str, Any]:
        """The modules that the code refers to, by their names there; the library itself is ``np``."""

    @abstractmethod
    def add_at(self, to: str, colon: str, where: str, place: Indices, share: Code) -> None:
        """Write what adds a share to an array at some places.

        Args:
            to: the array's name.
            colon: the index of the examples' axis, where the array has one.
            where: the index of the places: a slice, or the name of an array of them.
            place: the places, of which some may be named more than once.
            share: what to add.
        """

    @abstractmethod
    def gather_gradient(self, theta: Array) -> None:
        """Write what puts the gradients by theta's views together, as the array ``gradient``."""

    @abstractmethod
    def value_and_grad(self, lines: Sequence[str], total: str) -> str:
        """The function ``value_and_grad``: its lines, and the loss, which it returns."""
