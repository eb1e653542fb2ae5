"""Array code: a scalar program becomes lines that run it for a whole batch of examples.

Nodes of one level that do the same become one array: the net inputs of a layer ``s1``, their activations ``x1``. The
first axis of an array is the examples; one that depends on no example, such as a weight matrix or a regulariser, lacks
it. An n-ary node's sequences lie along the last axis, and a sum over products of inputs and weights is a matrix
product. The backward pass is the forward pass from its end: each array's gradient ``d_x1`` is the sum of the
contributions that it was handed by all that it feeds, partial derivative times gradient, as for single nodes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from autograd.choices import may_be_discarded
from autograd.compiling.array_expressions import (
    ATOM,
    MOST_LETTERS,
    MOST_TERMS,
    MUL,
    NODES,
    NUMBER,
    SEQUENCES,
    ArrayExpression,
    array_formulas,
    as_expression,
    as_number,
    matmul,
    shape_of,
)
from autograd.compiling.array_reads import ArrayReads
from autograd.compiling.groups import Grouping
from autograd.compiling.slices import Indices, contiguous, is_whole, transpose, transposed_shape
from autograd.compiling.trace import Trace
from autograd.compiling.variables import Array, MatrixProduct, Slot, whole_softmax
from autograd.numbers import Reading
from autograd.primitive import Primitive
from autograd.primitives import softmax


class ArrayCode(ArrayReads):
    """Writes the lines of one program: `forward_pass`, then `backward_pass`. Each library of arrays is a subclass.

    Attributes:
        ones, selected: the functions of these names; the latter is a matrix product in whose sums a term is 0 where the
            gradient d is, though it were 0 times infinity: see `may_be_discarded`.
        output: where the program's outputs lie, once the forward pass is written.
    """

    reserved: ClassVar[Sequence[str]] = "np m ones selected parts gradient value value_and_grad len float".split()
    ones: ClassVar[str] = "def ones(n):\n    return np.ones(n)  # ones(m) @ d is d.sum(0), in half the time\n"
    selected: ClassVar[str]
    output: Slot

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        batched = {index: self.arguments[argument].batched for index, (argument, _) in trace.leaves.items()}
        self.grouping = Grouping.of(self.nodes, batched)
        self.discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(self.nodes))

    # The forward pass.

    def forward_pass(self) -> ArrayExpression:
        """Write the forward pass; returns what reads the outputs, each of them."""
        for group in self.grouping.groups:
            self.forward(group)
        outputs = self.trace.outputs.ravel()
        self.output = self.slot(self.grouping.same[outputs])
        return self.operand(self.output, sequence=len(outputs) > 1)

    def forward(self, group: list[int]) -> None:
        """Write one group's line, and keep for the backward pass what its turn there needs."""
        op = self.nodes[group[0]].op
        assert op is not None
        members, columns = np.array(group), np.array([self.grouping.parents[i] for i in group])
        if op is softmax:
            order = whole_softmax(self.home[columns] * (self.place.max() + 1) + self.place[columns])
            if order is not None:
                self.softmaxes(members[order], columns[order, 0].reshape(-1, columns.shape[1]))
                return
        slots = [self.slot(columns[:, inputs]) for inputs in op.unflatten(list(range(columns.shape[1])))]
        single = len(group) == 1
        if not single:  # in the order of what they read, so that it is read as it lies
            order = np.lexsort([slot.ranks() for slot in sorted(slots, key=lambda slot: slot.array.batched)])
            members, slots = members[order], [Slot(slot.array, slot.places[order]) for slot in slots]
        array = self.array_for(members, op, slots)
        product, discarded = MatrixProduct.of(op, slots), not self.discarded.isdisjoint(group)
        if product is not None:
            self.matrix_product(op, product, array, discarded)
        else:
            if single and op.n_ary:  # the order within sequences is free: as what they read lies
                order = np.lexsort([s.places[0] for s, sequence in zip(slots, op.sequences) if sequence][::-1])
                slots = [Slot(s.array, s.places[0][order]) if q else s for s, q in zip(slots, op.sequences)]
            self.elementwise(op, slots, array, discarded)
        self.keep(array, members)

    def array_for(self, members: Indices, op: Primitive, slots: Sequence[Slot]) -> Array:
        """The array of a group of nodes, named as they are."""
        return Array(
            self.names.common([self.nodes[i].name for i in members], op.name),
            len(members),
            any(slot.array.batched for slot in slots),
            any(slot.array.needs_gradient for slot in slots),
        )

    def formulas_for(self, array: Array, single: bool) -> Reading:
        """What writes a formula, and a line of its own for what it may use more than once, backward again."""
        written: dict[str, ArrayExpression] = {}

        def hoist(name: str, x: ArrayExpression) -> ArrayExpression:
            if x.text not in written:
                written[x.text] = self.write(f"{array.name}_{name}", x)
            return written[x.text]

        return array_formulas(single, hoist)

    def elementwise(self, op: Primitive, slots: Sequence[Slot], array: Array, discarded: bool) -> None:
        """A group whose formula is evaluated on arrays as it is on numbers; ``discarded``: see `may_be_discarded`."""
        single = array.width == 1
        m = self.formulas_for(array, single)
        inputs = [self.operand(slot, sequence=q, single=single) for slot, q in zip(slots, op.sequences)]
        output = as_number(op.forward(m, *self.named(op, array, inputs, op.within(m, inputs))))
        if output.number is None and array.batched and not output.batched:  # `where` chose while it was written
            output = ArrayExpression(f"np.broadcast_to({output}, (m, {array.width}))", batched=True)
        self.lines.append(f"{array.name} = {output if output.number is None else array.full(output)}")

        def hand_on() -> None:
            if not array.contributions:
                return
            y = ArrayExpression(array.name, ATOM, NUMBER if single else NODES, array.batched, per_node=True)
            told = self.named(op, array, inputs, op.told(m, y, inputs))
            partials = [as_expression(p[0] if isinstance(p, list) else p) for p in op.partials(m, y, *told)]
            receivers = [(s, p) for s, p in zip(slots, partials) if s.array.needs_gradient]
            if not receivers:
                return
            d = self.gradient(array, f"d_{array.name}" if len(receivers) > 1 else None)
            if d.uniform and not single and not all(partial.uniform or partial.per_node for _, partial in receivers):
                d = self.write(f"d_{array.name}", array.full(d))
            elif len(d.text) > MOST_LETTERS:
                d = self.write(f"d_{array.name}", d)
            d = d.reshaped(NUMBER if d.uniform else y.axes)
            for slot, partial in receivers:
                if partial.number == 0.0 and d.uniform:  # else it may be infinite, and 0 times that is NaN
                    continue
                term = m.where(m.equal(d, 0), 0.0, partial * d) if discarded else partial * d
                repeats = slot.places.ndim > 1 or len(slot.places) > array.width
                if repeats and term.axes != SEQUENCES and not term.uniform:
                    column = term.text if single else f"{term.within(ATOM)}[..., None]"
                    text = f"np.repeat({column}, {slot.places.shape[-1]}, -1)"
                    term = ArrayExpression(text, ATOM, term.axes, term.batched, term.per_node)
                self.contribute(slot, term, array.batched, array.width)

        self.backward.append(hand_on)

    def named(self, op: Primitive, array: Array, inputs: Sequence[Any], changed: Sequence[Any]) -> list[Any]:
        """The changed inputs of a group, in lines with names of their own, for formulas mention them repeatedly."""

        def written(name: str, x: Any) -> Any:
            if isinstance(x, list):
                return [written(name, xi) for xi in x]
            return x if x.number is not None else self.write(f"{array.name}_{name}", x)

        return [x if x is old else written(name, x) for name, old, x in zip(op.names, inputs, changed)]

    def matrix_product(self, op: Primitive, product: MatrixProduct, array: Array, discarded: bool) -> None:
        """A group that is a matrix product; ``discarded``: see `may_be_discarded`."""
        items, units = product.items, product.units
        x, weights = self.operand(product.left, sequence=True), self.operand(product.right, sequence=True)
        m = array_formulas()
        m.dot = lambda a, b: replace(matmul(x, weights), batched=True)
        inputs = [self.operand(slot) if slot else ArrayExpression("", ATOM, SEQUENCES) for slot in product.rest]
        output = op.forward(m, *inputs)
        self.lines.append(f"{array.name} = {f'({output}).reshape(m, {array.width})' if items > 1 else output}")

        def hand_on() -> None:
            if not array.contributions:
                return
            d = self.gradient(array, f"d_{array.name}")
            if d.uniform:
                d = self.write(f"d_{array.name}", array.full(d))
            by_unit, columns = d, ArrayExpression(f"{x}.T")
            rows, width, transposed = d, product.left.places.shape[-1], ArrayExpression(f"{weights}.T")
            if items > 1:
                rows, columns = (
                    ArrayExpression(f"{d}.reshape(-1, {units})"),
                    ArrayExpression(f"{x}.reshape(-1, {width}).T"),
                )
                by_unit = matmul(ArrayExpression(f"ones(m * {items})"), rows)
                d = ArrayExpression(f"{d}.reshape(m, {items}, {units})")
            by_weight = matmul(columns, rows)
            by_input = ArrayExpression(f"{d} * {transposed}", MUL) if units == 1 else matmul(d, transposed)
            if discarded:
                by_weight = ArrayExpression(f"selected({columns}, {rows})")
                by_input = ArrayExpression(f"selected({weights}, {rows}.T).T")
                by_input = ArrayExpression(f"{by_input}.reshape(m, {items}, {width})") if items > 1 else by_input
            self.contribute(product.right, by_weight, False)
            for slot in filter(None, product.rest):
                self.contribute(slot, by_unit, by_unit.batched, units)
            self.contribute(product.left, replace(by_input, batched=True), True)

        self.backward.append(hand_on)

    def softmaxes(self, members: Indices, logits: Indices) -> None:
        """A group that is the whole softmax of each row of ``logits``, all of whose nodes are worked out together."""
        rows, count = logits.shape
        slot = self.slot(logits if rows > 1 else logits[0])
        array = self.array_for(members, softmax, [slot])
        m, z = self.formulas_for(array, single=True), self.operand(slot, sequence=True)
        (p,) = m.softmax([z])
        axes = "m, " if array.batched else ""
        flat = f".reshape({axes}{array.width})" if rows > 1 else ""
        self.lines.append(f"{array.name} = {p.within(ATOM)}{flat}" if flat else f"{array.name} = {p}")
        discarded = not self.discarded.isdisjoint(members.tolist())

        def times(a: ArrayExpression, d: ArrayExpression) -> ArrayExpression:
            product: ArrayExpression = m.where(m.equal(d, 0), 0.0, a * d) if discarded else a * d
            return product

        def hand_on() -> None:
            if not array.contributions or not slot.array.needs_gradient:
                return
            d = self.gradient(array, f"d_{array.name}")
            d = self.write(f"d_{array.name}", array.full(d)) if d.uniform else d
            shape = f".reshape({axes}{rows}, {count})" if rows > 1 else ""
            y, d = [ArrayExpression(f"{x}{shape}", ATOM, SEQUENCES, array.batched) for x in (array.name, d)]
            # Σ_k d_k p_k (1[i=k] - p_i) = d_i p_i - p_i Σ_k d_k p_k
            weighted = self.write(f"d_{array.name}_weighted", times(y, d))
            self.contribute(slot, weighted - times(y, m.sum([weighted])), array.batched)

        self.backward.append(hand_on)
        self.keep(array, members)

    # The backward pass.

    def backward_pass(self, seed: ArrayExpression) -> None:
        """Write the backward pass, from the output, whose gradient is ``seed``; it ends with the gradient by theta."""
        self.contribute(self.output, seed, self.output.array.batched)
        for hand_on in reversed(self.backward):
            hand_on()
        theta = self.arguments["theta"]
        self.gather_gradient(theta)
        if theta.contributions:
            self.lines.append(f"gradient += {self.sum_of([term for _, term in theta.contributions], 'd_theta')}")

    def contribute(self, slot: Slot, term: ArrayExpression, batched: bool, width: int = 0) -> None:
        """Hand a contribution to the gradient of what a slot read.

        Args:
            slot: what a group of nodes read.
            term: the contribution, by each of its places; one number where it is the same for all of them.
            batched: whether the group has the axis of the examples, over which an array without it takes the sum.
            width: how many nodes the group has, to take the sum over where all of them read one number.
        """
        array = slot.array
        if not array.needs_gradient:
            return
        term = as_number(term)
        if batched and not array.batched:
            term = _over_examples(term, slot.places)
        elif batched and not term.batched and not term.uniform:
            shape = ", ".join(["m", *map(str, slot.places.shape)])
            term = ArrayExpression(f"np.broadcast_to({term}, ({shape}))", batched=True)
        if len(slot.places) == width > 1 and (common := slot.common()) is not slot:
            summed = ArrayExpression(f"{term.within(ATOM)}.sum(-1, keepdims=True)", batched=term.batched)
            slot, term = common, width * term if term.uniform else summed
        term = term.reshaped(NUMBER)  # it has the shape of its places: contributions are added as they are
        if array.name in self.arguments:
            self.view(slot).contributions.append((None, term))
        else:
            matrix = transposed_shape(slot.places, array.width) if array.batched else None
            whole = matrix or is_whole(slot.places, array.width)
            if matrix and not term.uniform:
                term = ArrayExpression(transpose(term.within(ATOM), *reversed(matrix)), batched=True)
            elif whole and slot.places.ndim > 1 and not term.uniform:
                text = f"{term.within(ATOM)}.reshape({'m, ' if array.batched else ''}{array.width})"
                term = ArrayExpression(text, batched=array.batched)
            array.contributions.append((None if whole else slot.places, term))

    def split(self, joined: Array, pieces: Sequence[tuple[Slot, int]]) -> None:
        if joined.contributions:
            d = self.gradient(joined, f"d_{joined.name}")
            for piece, start in pieces:
                part = f"{d}[{':, ' if joined.batched else ''}{start}:{start + len(piece.places)}]"
                term = d if d.uniform else ArrayExpression(part, batched=joined.batched)
                self.contribute(piece, term, joined.batched)

    def sum_of(self, terms: Sequence[ArrayExpression], name: str) -> ArrayExpression:
        """The sum; a term that comes twice is doubled, and those with a minus come last. A long sum is several lines,
        each of which gives what there is so far a name."""
        counted = [count * term if count > 1 else term for term, count in Counter(terms).items()]
        first, *others = sorted(counted, key=lambda term: (term.numerator or term).negated is not None)
        for start in range(0, len(others), MOST_TERMS):
            first = sum(others[start : start + MOST_TERMS], first if start == 0 else self.write(name, first))
        return first

    def gradient(self, array: Array, name: str | None) -> ArrayExpression:
        """The sum of an array's contributions, in a line called ``name`` where one is given and it needs one."""
        whole = [term for places, term in array.contributions if places is None]
        parts = [(places, term) for places, term in array.contributions if places is not None]
        if not parts:
            total = self.sum_of(whole, f"d_{array.name}")
            plain = total.uniform or total.text.isidentifier()
            return total if name is None or plain else self.write(name, total)
        start = ArrayExpression(f"np.zeros_like({array.name})", batched=array.batched)
        d = self.write(name or f"d_{array.name}", start + self.sum_of(whole, f"d_{array.name}") if whole else start)
        for places, term in parts:
            self.add(str(d), places, term, array.batched)
        return d

    def add(self, to: str, places: Indices, term: ArrayExpression, batched: bool) -> None:
        """Add a contribution at its places in the gradient called ``to``; some may be named more than once."""
        colon, m = (":, ", "m, ") if batched else ("", "")
        if run := contiguous(places):
            if places.ndim > 1 and not term.uniform:
                term = ArrayExpression(f"{term.within(ATOM)}.reshape({m}-1)")
            self.add_at(to, colon, run, places, term)
        else:
            self.add_at(to, colon, self.constant(places, "places"), places, term)

    # What differs from one library of arrays to another.

    @abstractmethod
    def modules(self) -> dict[str, Any]:
        """The modules that the code refers to, by their names there; the library itself is ``np``."""

    @abstractmethod
    def add_at(self, to: str, colon: str, index: str, places: Indices, term: ArrayExpression) -> None:
        """Write what adds a contribution to a gradient at some places.

        Args:
            to: the gradient's name.
            colon: what indexes the examples, where the array has their axis.
            index: what indexes the places: a slice, or the name of an array of them.
            places: the places themselves.
            term: what to add.
        """

    @abstractmethod
    def gather_gradient(self, theta: Array) -> None:
        """Write what puts the gradients by theta's views together, as the array ``gradient``."""

    @abstractmethod
    def value_and_grad(self, lines: Sequence[str], total: str) -> str:
        """The function ``value_and_grad``: its lines, and the loss, which it returns."""


def _over_examples(term: ArrayExpression, places: Indices) -> ArrayExpression:
    """The sum of a contribution over the examples."""
    if term.batched and places.ndim == 1:
        return replace(matmul(ArrayExpression("ones(m)"), term), batched=False)
    if term.batched:
        return ArrayExpression(f"{term.within(ATOM)}.sum(0)")
    if term.numerator is not None:
        return term.numerator
    times = f"np.full({shape_of(places)}, float(m))" if term.uniform else "m"
    return ArrayExpression(f"{term.within(MUL)} * {times}", MUL)
