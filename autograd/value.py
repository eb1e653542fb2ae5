"""Value: a number that remembers how it was computed, and the backward pass that uses the memory.

Backpropagation is one line of this file::

    parent.grad += local_derivative * node.grad
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from numbers import Number, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd import arguments, choices, elsewhere, primitives, watching
from autograd.numbers import FLOATS
from autograd.primitive import Primitive
from autograd.primitives import PRIMITIVES, add, div, mul, neg, sub

VARYING: set[type] = set()  # the kinds of Value by which there is a derivative


def _operators(primitive: Primitive) -> tuple[Callable[[Value, Operand], Value], Callable[[Value, Operand], Value]]:
    """``self op other`` and ``other op self``, as methods. An array gives an array of results."""

    def operator(self: Value, other: Operand) -> Any:
        return _elementwise(other, lambda number: record(primitive, (self, number)))

    def reflected(self: Value, other: Operand) -> Any:
        return _elementwise(other, lambda number: record(primitive, (number, self)))

    return operator, reflected


def _elementwise(other: Any, operation: Callable[[Operand], Value]) -> Any:
    """What an operation gives with the other operand, element by element where that is an array."""
    if isinstance(other, Value | Real):
        return operation(other)  # type: ignore[arg-type]
    if not isinstance(other, np.ndarray):
        return NotImplemented  # Python goes on to ask the other operand
    if other.ndim == 0:
        return operation(other.item())
    results = np.empty(other.size, dtype=object)
    results[:] = [operation(number) for number in other.flat]
    return results.reshape(other.shape)


def record(primitive: Primitive, operands: Sequence[Any]) -> Value:
    """Apply a primitive to Values and numbers: a new Value that remembers them as its parents.

    Args:
        primitive: a row of the table.
        operands: its inputs, sequences laid out flat. A number becomes a Constant.
    """
    if primitive.quick is not None and type(operands[0]) in VARYING:  # most functions: see `written_out`
        result: Value = primitive.quick(operands[0])
        return result
    if primitive is primitives.where:
        choices.recorded = True
    varying = VARYING.issuperset(map(type, operands))
    parents: tuple[Value, ...] = tuple(operands)
    if not varying:
        parents = tuple([x if isinstance(x, Value) else Constant(primitive.number(x)) for x in operands])
        for parent in parents:
            if parent._record is not Value._record:
                return parent._record(primitive, parents)
    inputs: Sequence[Any] = [parent.data for parent in parents]
    if primitive.n_ary:
        inputs = primitive.unflatten(inputs)
    try:
        if primitive.domain is not None:
            primitive.check_domain(inputs, [parent.name for parent in parents])
        data = primitive.forward(FLOATS, *inputs)
        local_derivatives = primitive.partials(FLOATS, data, *inputs)
    except TypeError:
        arguments.check_data(*parents)
        raise
    if primitive.n_ary:
        local_derivatives = tuple(primitive.flatten(local_derivatives))
    if not varying:
        varies = [type(parent) in VARYING for parent in parents]
        if not any(varies):
            return Constant(data)
        local_derivatives = tuple([d if v else 0.0 for d, v in zip(local_derivatives, varies)])
    return new_node(data, primitive, parents, local_derivatives)


class Value:
    """One number of a computation, with its gradient and the memory of where it came from.

    Args:
        data: the number; an int, float or NumPy scalar. It is kept as a float.
        name: what the slide calls it; used by drawings, formulas and errors.

    Attributes:
        data: the number.
        grad: the derivative of the output that `backward` was last called on, by this value. For a leaf it
            accumulates over calls, as in PyTorch, until it is set to 0.
        parents: the values it was computed from, in the order written, repeats included; () for a leaf.
        local_derivatives: d self / d parent, a float beside each parent, as recorded when self was computed
            (Rumelhart, Hinton & Williams 1986, eqs. 3-9; the edges of the graph). It is 0.0 beside a Constant, which
            does not vary.
        op: the primitive that computed it; None for a leaf.
        name: see above; may be set at any time.

    Two Values are equal only if they are the same object. Ordering them, asking for their truth or whether one equals a
    number raises TypeError. A subclass that does not vary says so: ``class Constant(Value, varies=False)``.
    """

    __slots__ = ("data", "grad", "local_derivatives", "name", "op", "parents")

    data: float
    grad: float
    parents: tuple[Value, ...]
    local_derivatives: tuple[float, ...]
    op: Primitive | None
    name: str | None
    _repr_svg_: ClassVar[Callable[[Value], str | None]]  # a notebook shows a Value as its graph; set by `autograd`

    def __init__(self, data: float, name: str | None = None, label: None = None) -> None:
        if type(data) is not float and not isinstance(data, Real):  # the first test is for speed
            raise TypeError(f"a Value holds one number, got {type(data).__name__} {data!r}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a Value's name is text, got {type(name).__name__} {name!r}")
        if label is not None:
            raise TypeError(elsewhere.told("label"))  # as micrograd calls it
        self.data = float(data)
        self.grad = 0.0
        self.parents = ()
        self.local_derivatives = ()
        self.op = None
        self.name = name
        if watching.runs and (made := watching.leaves.get()) is not None:
            made.add(self)

    def __init_subclass__(cls, varies: bool = True) -> None:
        if varies:
            VARYING.add(cls)
        else:  # it goes by the table: what is written out takes it that there is a derivative
            for name, method in _BY_TABLE.items():
                setattr(cls, name, method)

    def backward(self) -> None:
        """Compute d self / d v for every value v that self was computed from, and leave it in ``v.grad``.

        One pass over the graph from self to its leaves: when a node's turn comes, all that it feeds has handed it a
        contribution, so its gradient is complete, and it hands each parent local derivative times gradient.

        Gradients of leaves add up over calls (set ``grad`` to 0 to start afresh); those of interior nodes are of this
        call alone. The local derivatives are those recorded in the forward pass, whatever has become of ``data``.

        Linear in the graph, at any depth. Raises AnomalyError under `detect_anomaly`.
        """
        order = topological_order(self, check=True)
        for node in order:
            node.grad = 0.0
        self.grad += 1.0  # which adds up where self is a leaf, for that is not in the order
        backwards = ((node, node.op, node.parents) for node in reversed(order))
        discarded = choices.may_be_discarded(backwards) if choices.recorded else ()
        for node in reversed(order):
            gradient = node.grad
            if gradient or node not in discarded:
                for parent, local_derivative in zip(node.parents, node.local_derivatives):
                    parent.grad += local_derivative * gradient
        if watching.watchers and (watcher := watching.watcher.get()):
            watcher.passed_back(order, lambda value: value.grad)

    # Arithmetic is the table's; `written_out` replaces it, for kinds that vary, with the same at many times the speed.
    # `copying` adds what copies and pickles ask for, as a graph may be deeper than Python's stack.
    __add__, __radd__ = _operators(add)
    __sub__, __rsub__ = _operators(sub)
    __mul__, __rmul__ = _operators(mul)
    __truediv__, __rtruediv__ = _operators(div)
    __pow__, __rpow__ = _operators(primitives.pow)

    def __neg__(self) -> Value:
        return record(neg, (self,))

    def __abs__(self) -> Value:
        return record(primitives.abs, (self,))

    def __pos__(self) -> Value:
        return self

    def __float__(self) -> float:
        return self.data

    conjugate = __pos__  # which np.std asks of every number
    item = __float__  # as PyTorch calls it

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"{type(self).__name__}(data={self.data!r}, grad={self.grad!r}{name})"

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, Value) or not isinstance(other, Number) else bool(self)

    __hash__ = object.__hash__

    def __bool__(self, *_: object) -> bool:
        raise TypeError("a Value has no order and no truth, and equals no number; compare its number: v.data")

    __lt__ = __le__ = __gt__ = __ge__ = __bool__

    _record = staticmethod(record)  # what a primitive calls on Values; a kind of Value may have one of its own

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Value]: ...  # the methods made of the table, below


Operand = Value | float
VARYING.add(Value)


def _method(primitive: Primitive) -> Callable[..., Value]:
    def method(self: Value, *others: Operand, **named: Operand) -> Value:
        result: Value = primitive(self, *others, **named)
        return result

    method.__name__ = primitive.name
    method.__doc__ = f"``{primitive.signature}`` as a method: micrograd's users write ``v.{primitive.name}()``."
    return method


for _row in PRIMITIVES.values():
    if hasattr(Value, _row.name):
        raise ValueError(f"a row of the table is called {_row.name!r}, which every Value has already; rename the row")
    if len(_row.names) - len(_row.defaults) == 1 and not _row.n_ary:
        setattr(Value, _row.name, _method(_row))
for _name in elsewhere.INSTEAD:
    setattr(Value, _name, elsewhere.NamedElsewhere(_name))
_OPERATORS = [f"__{name}__" for name in "add radd sub rsub mul rmul truediv rtruediv pow rpow neg".split()]
_BY_TABLE = {name: method for name, method in vars(Value).items() if name in (*_OPERATORS, *PRIMITIVES)}


class Parameter(Value):
    """A leaf that training may change: a weight or a bias. Drawings and optimizers tell it from an input."""

    __slots__ = ()


class Constant(Value, varies=False):
    """A number written in a formula, such as the 2 of ``x ** 2``. It does not vary: no gradient flows to it."""

    __slots__ = ()


def topological_order(output: Value, check: bool = False) -> list[Value]:
    """The results that ``output`` was computed from, itself last, each node after all the results it depends on.

    Leaves depend on nothing and are left out; ``check`` has a look at their numbers, which anyone may set. Depth first,
    parents from left to right, without recursion: a graph may be deeper than Python's stack.
    """
    if not output.parents:
        return []
    order: list[Value] = []
    seen = {output}
    path: list[Value] = []  # from the output down to the node, and what is left of the parents of each
    left: list[Iterator[Value]] = []
    node, parents = output, iter(output.parents)
    while True:
        for parent in parents:
            if parent not in seen:
                seen.add(parent)
                if its_parents := parent.parents:
                    if len(its_parents) > 3 and seen.issuperset(its_parents):  # as in a layer, whose units share them
                        order.append(parent)
                        continue
                    path.append(node)
                    left.append(parents)
                    node, parents = parent, iter(its_parents)
                    break
                if check and type(parent.data) is not float:
                    parent.data = arguments.data(parent.name, parent.data)
        else:
            order.append(node)
            if not path:
                return order
            node, parents = path.pop(), left.pop()


def new_node(data: float, op: Primitive, parents: tuple[Value, ...], local_derivatives: tuple[float, ...]) -> Value:
    """A result: a Value made without a look at its arguments, which costs a node half its time."""
    node = _new(Value)
    node.data = data
    node.grad = 0.0
    node.parents = parents
    node.local_derivatives = local_derivatives
    node.op = op
    node.name = None
    if watching.watchers and (watcher := watching.watcher.get()):
        watcher.made(node)
    return node


_new = object.__new__
