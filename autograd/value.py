"""Value: a number that remembers how it was computed, and the backward pass that uses the memory.

Backpropagation is one line of this file::

    parent.grad += local_derivative * node.grad
"""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from numbers import Real
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from autograd import primitives
from autograd.namespaces import FLOATS
from autograd.primitives import PRIMITIVES, add, div, mul, neg, sub
from autograd.row import Primitive

_ORDER = "a Value has no order and no truth of its own; compare its number: v.data"


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

    Two Values are equal only if they are the same object. Ordering them or asking for their truth raises TypeError.
    """

    __slots__ = ("data", "grad", "local_derivatives", "name", "op", "parents")
    __array_ufunc__ = None  # NumPy leaves `array * value` and `np.float64(2) * value` to the operators below

    data: float
    grad: float
    parents: tuple[Value, ...]
    local_derivatives: tuple[float, ...]
    op: Primitive | None
    name: str | None
    _record: ClassVar[Callable[[Primitive, Sequence[Any]], Value]]

    def __init__(self, data: float, name: str | None = None) -> None:
        if type(data) is not float and not isinstance(data, Real):  # the first test is for speed
            raise TypeError(f"a Value holds one number, got {type(data).__name__} {data!r}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a Value's name is text, got {type(name).__name__} {name!r}")
        self.data = float(data)
        self.grad = 0.0
        self.parents = ()
        self.local_derivatives = ()
        self.op = None
        self.name = name

    # The four operations of arithmetic are written out for speed; a test holds them to the table's rows.

    def __add__(self, other: Operand) -> Value:
        if isinstance(other, Value) and type(other) in _VARIABLE:
            return _node(self.data + other.data, add, (self, other), (1.0, 1.0))
        return _with_number(add, self, other, other)

    def __sub__(self, other: Operand) -> Value:
        if isinstance(other, Value) and type(other) in _VARIABLE:
            return _node(self.data - other.data, sub, (self, other), (1.0, -1.0))
        return _with_number(sub, self, other, other)

    def __mul__(self, other: Operand) -> Value:
        if isinstance(other, Value) and type(other) in _VARIABLE:
            a, b = self.data, other.data
            return _node(a * b, mul, (self, other), (b, a))
        return _with_number(mul, self, other, other)

    def __truediv__(self, other: Operand) -> Value:
        if isinstance(other, Value) and type(other) in _VARIABLE and other.data:
            a, b = self.data, other.data
            return _node(a / b, div, (self, other), (1 / b, -a / b / b))
        return _with_number(div, self, other, other)

    def __pow__(self, other: Operand) -> Value:
        return _with_number(primitives.pow, self, other, other)

    def __radd__(self, other: float) -> Value:
        return _with_number(add, other, self, other)

    def __rsub__(self, other: float) -> Value:
        return _with_number(sub, other, self, other)

    def __rmul__(self, other: float) -> Value:
        return _with_number(mul, other, self, other)

    def __rtruediv__(self, other: float) -> Value:
        return _with_number(div, other, self, other)

    def __rpow__(self, other: float) -> Value:
        return _with_number(primitives.pow, other, self, other)

    def __neg__(self) -> Value:
        return _node(-self.data, neg, (self,), (-1.0,))

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return record(primitives.abs, (self,))

    def backward(self) -> None:
        """Compute d self / d v for every value v that self was computed from, and leave it in ``v.grad``.

        One pass over the graph from self to its leaves: when a node's turn comes, all that it feeds has already
        handed it its share, so its own gradient is complete and it hands each parent local derivative times gradient.

        Gradients of leaves add up over calls (set ``grad`` to 0 to start afresh); those of interior nodes are of this
        call alone. The local derivatives are those recorded in the forward pass, whatever has become of ``data``.

        Linear in the graph, at any depth. Raises AnomalyError under `detect_anomaly`.
        """
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            gradient = node.grad
            for parent, local_derivative in zip(node.parents, node.local_derivatives):
                parent.grad += local_derivative * gradient
        if _anomalies_raise:
            _check_gradients(order, lambda value: value.grad)

    def __float__(self) -> float:
        return self.data

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"{type(self).__name__}(data={self.data!r}, grad={self.grad!r}{name})"

    def _repr_svg_(self) -> str | None:
        """Jupyter shows a Value as its graph; where that is too large to read, as its repr."""
        from autograd.viz import TooManyNodesError, draw  # the one import against the grain: only a notebook asks

        try:
            svg: str = draw(self).pipe(format="svg", encoding="utf-8")
            return svg
        except TooManyNodesError:
            return None

    def __bool__(self) -> bool:
        raise TypeError(_ORDER)

    def __lt__(self, other: object) -> bool:
        raise TypeError(_ORDER)

    __le__ = __gt__ = __ge__ = __lt__

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Value]: ...  # the methods made of the table, below


class Parameter(Value):
    """A leaf that training may change: a weight or a bias. Drawings and optimizers tell it from an input."""

    __slots__ = ()


class Constant(Value):
    """A number written in a formula, such as the 2 of ``x ** 2``. It does not vary: no gradient flows to it."""

    __slots__ = ()


class Noise(Value):
    """A leaf that chance decides anew for each example, such as the 0 or 2 of a dropout mask; made by `noise`.

    Attributes:
        source: the draw that it is one number of; a compiled program asks it for a whole batch of them.
        position: which of the draw's numbers it is.
    """

    __slots__ = ("position", "source")

    source: Source
    position: int


@dataclass(frozen=True, eq=False)
class Source:
    """A draw of ``count`` numbers; ``draw(shape)`` gives an array of any shape, from the generator ``rng``."""

    draw: Callable[[tuple[int, ...]], NDArray[np.float64]]
    count: int
    rng: object


def noise(draw: Callable[[tuple[int, ...]], NDArray[np.float64]], count: int, rng: object = None) -> list[Noise]:
    """As many leaves that are random numbers.

    Args:
        draw: ``draw(shape)`` is an array of random numbers, such as ``rng.standard_normal``. It is called with
            ``(count,)``; by a compiled program, with ``(examples, count)``.
        count: how many.
        rng: the generator that ``draw`` uses. Where several draws of a compiled program have the same one, they take
            turns from example to example, as they do for the scalar engine; otherwise each draws for all examples at
            once, which is faster.
    """
    source = Source(draw, count, rng)
    # What is traced draws whenever it is run, and nothing now: a compiled program and the scalar engine stay in step.
    traced = _traced_sources.get()
    if traced is None:
        leaves = [Noise(float(x)) for x in draw((count,))]
    else:
        leaves = [Noise(1.0) for _ in range(count)]
        traced.append(source)
    for position, leaf in enumerate(leaves):
        leaf.source, leaf.position = source, position
    return leaves


def pack(parameters: Iterable[Value]) -> NDArray[np.float64]:
    """The data of the parameters as one flat array, in their order."""
    return np.array([parameter.data for parameter in parameters], dtype=np.float64)


def unpack(theta: NDArray[np.float64], parameters: Sequence[Value]) -> None:
    """Set the data of the parameters from a flat array, in their order.

    Raises:
        ValueError: the array has not one number for each parameter.
    """
    if theta.shape != (len(parameters),):
        raise ValueError(
            f"theta must have one number for each of {len(parameters)} parameters, got shape {theta.shape}"
        )
    for parameter, data in zip(parameters, theta.tolist()):
        parameter.data = data


_traced_sources: ContextVar[list[Source] | None] = ContextVar("_traced_sources", default=None)


@contextlib.contextmanager
def tracing() -> Iterator[list[Source]]:
    """Inside ``with tracing() as sources:`` a function is run on Traced values to learn what it computes, and in which
    order it draws random numbers."""
    sources: list[Source] = []
    token = _traced_sources.set(sources)
    try:
        yield sources
    finally:
        _traced_sources.reset(token)


class TracingError(TypeError):
    """A function that is being traced asked a value for its number, or branched on it."""


class Traced(Value):
    """A value that has no number yet: a function is run on these to learn what it computes, whatever the numbers."""

    __slots__ = ()

    def __init__(self, name: str | None = None) -> None:
        self.grad, self.parents, self.local_derivatives, self.op, self.name = 0.0, (), (), None, name

    @property
    def data(self) -> float:  # type: ignore[override]
        raise TracingError(
            f"{self!r} has no number: the function is being traced, once for all examples, so what it computes may not"
            " depend on one example's numbers; use operations such as autograd.maximum or relu instead of branching"
        )

    def __add__(self, other: Operand) -> Value:
        return _with_number(add, self, other, other)

    def __sub__(self, other: Operand) -> Value:
        return _with_number(sub, self, other, other)

    def __mul__(self, other: Operand) -> Value:
        return _with_number(mul, self, other, other)

    def __truediv__(self, other: Operand) -> Value:
        return _with_number(div, self, other, other)

    def __neg__(self) -> Value:
        return record(neg, (self,))

    def _no_number(self, *_: object) -> Any:
        return self.data

    def __eq__(self, other: object) -> bool:
        return bool(self) if isinstance(other, Real) else self is other

    __hash__ = Value.__hash__
    __bool__ = __index__ = __lt__ = __le__ = __gt__ = __ge__ = backward = _no_number

    def __repr__(self) -> str:
        return f"the traced value {self.name}" if self.name else "a traced value"


Operand = Value | float


class AnomalyError(ArithmeticError):
    """A NaN or an infinity was born under `detect_anomaly`."""


_anomalies_raise = False


@contextlib.contextmanager
def detect_anomaly(enabled: bool = True) -> Iterator[None]:
    """Inside ``with detect_anomaly():`` a NaN or an infinity raises AnomalyError where it is born.

    That is the operation whose result, local derivative or gradient is not finite. The error names the operation and
    its inputs and, in the backward pass, the path from the output down to the gradient: ``E <- o6 <- i6 <- w46``.

    Args:
        enabled: False lifts an enclosing ``detect_anomaly()``.
    """
    global _anomalies_raise
    before, _anomalies_raise = _anomalies_raise, enabled
    try:
        yield
    finally:
        _anomalies_raise = before


def _check_gradients(order: list[Value], gradient: Callable[[Value], float]) -> None:
    """Raise AnomalyError for the first gradient of a backward pass that is not finite.

    A share of it may be at fault, which one operation hands to one parent, or their sum.
    """
    consumer: dict[Value, Value] = {}  # of each node, the one nearest to the output
    leaves = dict.fromkeys([parent for node in order for parent in node.parents if not parent.parents])
    for node in [*reversed(order), *leaves]:
        if not math.isfinite(gradient(node)):
            raise AnomalyError(f"the gradients that reach {_path(node, consumer)} add up to {gradient(node)}")
        for parent, local_derivative in zip(node.parents, node.local_derivatives):
            consumer.setdefault(parent, node)
            share = local_derivative * gradient(node)
            if not math.isfinite(share):
                raise AnomalyError(
                    f"the gradient becomes {share} on the path {_path(node, consumer)} <- {_label(parent)}: "
                    f"local derivative {local_derivative} times gradient {gradient(node)} of {_label(node)}, where "
                    f"{_told(node)}"
                )


def _label(value: Value) -> str:
    """What an error calls a node: its name; else its operation; else its number."""
    return value.name or (value.op.name if value.op else repr(value.data))


def _path(value: Value, consumer: Mapping[Value, Value]) -> str:
    """The labels from the output down to a node; a long path without its middle."""
    labels = [_label(value)]
    while value in consumer:
        value = consumer[value]
        labels.append(_label(value))
    if len(labels) > 12:
        labels[6:-5] = ["..."]
    return " <- ".join(reversed(labels))


def _told(node: Value) -> str:
    """An operation, its result and its inputs; of many inputs those that are not finite or are largest."""

    def size(pair: tuple[Value, float]) -> float:
        largest = max(abs(pair[0].data), abs(pair[1]))
        return largest if math.isfinite(pair[0].data + pair[1]) else math.inf

    pairs = list(zip(node.parents, node.local_derivatives))
    shown = pairs if len(pairs) <= 6 else sorted(pairs, key=size, reverse=True)[:6]
    inputs = [
        f"{f'{_label(parent)} = ' if parent.name or parent.op else ''}{parent.data} (local derivative {derivative})"
        for parent, derivative in shown
    ]
    more = f" and {len(pairs) - 6} more" if len(pairs) > 6 else ""
    return f"{node.op.name if node.op else ''} gave {node.data} from {', '.join(inputs)}{more}"


def gradients(output: Value, inputs: Sequence[Value], as_values: bool = False) -> list[Any]:
    """d output / d each of ``inputs``: a backward pass that leaves every ``grad`` as it is.

    Args:
        output: what is differentiated.
        inputs: by what; leaves or results. Only nodes between them and the output are visited.
        as_values: whether to evaluate the table's partials on Values, so that the gradients are Values that can be
            differentiated again. Otherwise they are floats, of the local derivatives that were recorded.
    """
    order = topological_order(output)
    varying = set(inputs)
    for node in order:
        if not varying.isdisjoint(node.parents):
            varying.add(node)
    order = [node for node in order if node in varying]
    gradient: dict[Value, Any] = {output: 1.0}
    with detect_anomaly(False):  # a formula may mention a branch that `where` discards
        for node in reversed(order):
            partials: Sequence[Any] = node.local_derivatives
            if as_values and node.op is not None:
                partials = node.op.flatten(node.op.partials(VALUES, node, *node.op.unflatten(node.parents)))
            for parent, partial in zip(node.parents, partials):
                if parent in varying:
                    share = partial * gradient[node]
                    gradient[parent] = gradient[parent] + share if parent in gradient else share
    if _anomalies_raise:
        _check_gradients(order, lambda value: float(gradient.get(value, 0.0)))
    found = [gradient.get(value, 0.0) for value in inputs]
    return [g if isinstance(g, Value) else Constant(g) for g in found] if as_values else found


def topological_order(output: Value) -> list[Value]:
    """The results that ``output`` was computed from, itself last, each node after all the results it depends on.

    Leaves depend on nothing and are left out. Depth first, parents from left to right, without recursion: a graph may
    be deeper than Python's stack.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = [output]
    while stack:
        node = stack.pop()
        if node is None:  # all that the next one on the stack depends on is in place
            order.append(stack.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            if seen.issuperset(node.parents):
                order.append(node)
                continue
            stack += (node, None)
            for parent in reversed(node.parents):
                if parent not in seen:
                    if parent.parents:
                        stack.append(parent)
                    else:
                        seen.add(parent)
    return order if output.parents else []


def record(primitive: Primitive, operands: Sequence[Any], check: bool = True) -> Value:
    """Apply a primitive to Values and numbers: a new Value that remembers them as its parents.

    Args:
        primitive: a row of the table.
        operands: its inputs, sequences laid out flat. A number becomes a Constant.
        check: whether an input outside the primitive's domain raises DomainError.
    """
    if primitive.arity == 1 and primitive.domain is None and type(operands[0]) in _VARIABLE:  # most functions: fast
        x = operands[0].data
        y = primitive.forward(FLOATS, x)
        return _node(y, primitive, tuple(operands), primitive.partials(FLOATS, y, x))
    varying = _VARIABLE.issuperset(map(type, operands))
    parents: tuple[Value, ...] = tuple(operands)
    if not varying:
        parents = tuple([x if isinstance(x, Value) else Constant(primitive.number(x)) for x in operands])
        if any(type(parent) is Traced for parent in parents):
            return _traced(primitive, parents)
    inputs: Sequence[Any] = [parent.data for parent in parents]
    if primitive.n_ary:
        inputs = primitive.unflatten(inputs)
    if check and primitive.domain is not None:
        primitive.check_domain(inputs, [parent.name for parent in parents])
    data = primitive.forward(FLOATS, *inputs)
    local_derivatives = primitive.partials(FLOATS, data, *inputs)
    if primitive.n_ary:
        local_derivatives = tuple(primitive.flatten(local_derivatives))
    if not varying:
        varies = [not isinstance(parent, Constant) for parent in parents]
        if not any(varies):
            return Constant(data)
        local_derivatives = tuple([d if v else 0.0 for d, v in zip(local_derivatives, varies)])
    return _node(data, primitive, parents, local_derivatives)


def affine(weights: Sequence[Any], inputs: Sequence[Any], bias: Any) -> Value:
    """A neuron's net input, ``sum_i w_i x_i + b``, as one node whose edges bear x for each w and w for each x.

    The row of this name, written out for speed; a test holds it to the table.

    Args:
        weights: w, Values or numbers.
        inputs: x, as many.
        bias: b.
    """
    try:
        plain = len(weights) == len(inputs) and _VARIABLE.issuperset(map(type, parents := (*weights, *inputs, bias)))
    except TypeError:  # one that is no sequence, and can perhaps be read only once
        plain = False
    if not plain:
        net: Value = primitives.affine(weights, inputs, bias)
        return net
    w = [weight.data for weight in weights]
    x = [value.data for value in inputs]
    return _node(sum(map(operator.mul, w, x)) + bias.data, primitives.affine, parents, (*x, *w, 1.0))


def softmax(values: Iterable[Any]) -> list[Value]:
    """``p_i = e^x_i / sum_k e^x_k``, written as ``exp(x_i - logsumexp(x))`` so that nothing overflows (HKU, "BP with
    different activation and cost functions")."""
    values = list(values)
    total = primitives.logsumexp(values)
    return [primitives.exp(x - total) for x in values]


def _node(data: float, op: Primitive, parents: tuple[Value, ...], local_derivatives: tuple[float, ...]) -> Value:
    node = _new(Value)
    node.data = data
    node.grad = 0.0
    node.parents = parents
    node.local_derivatives = local_derivatives
    node.op = op
    node.name = None
    if _anomalies_raise and not all(map(math.isfinite, (data, *local_derivatives))):
        raise AnomalyError(_told(node))
    return node


def _traced(op: Primitive, parents: tuple[Value, ...]) -> Value:
    result = Traced()
    result.op, result.parents = op, parents
    return result


_new = object.__new__
_VARIABLE = {Value, Parameter, Noise}  # what a result can have as a parent
Value._record = staticmethod(record)  # what a primitive calls when one of its arguments is a Value


def _with_number(primitive: Primitive, a: Any, b: Any, other: object) -> Value:
    """``a op b`` where ``other``, one of the two, need not be a Value. An array of them gives an array of results."""
    if isinstance(other, Value | Real):
        return record(primitive, (a, b))
    if isinstance(other, np.ndarray) and other.ndim == 0:
        return record(primitive, (a.item(), b) if other is a else (a, b.item()))
    if isinstance(other, np.ndarray):  # element by element, as NumPy does
        pairs = [(x, b) for x in a.flat] if other is a else [(a, x) for x in b.flat]
        results = np.empty(other.size, dtype=object)
        results[:] = [record(primitive, pair) for pair in pairs]
        return results.reshape(other.shape)  # type: ignore[return-value]
    return NotImplemented  # type: ignore[no-any-return]  # Python goes on to ask the other operand


def _method(primitive: Primitive) -> Callable[..., Value]:
    def method(self: Value, *others: Operand) -> Value:
        return record(primitive, primitive.flatten((self, *others)))

    method.__name__ = primitive.name
    method.__doc__ = f"``{primitive.signature}`` as a method: micrograd's users write ``v.{primitive.name}()``."
    return method


for _row in PRIMITIVES.values():
    if hasattr(Value, _row.name):
        raise ValueError(f"a row of the table is called {_row.name!r}, which every Value has already; rename the row")
    if len(_row.names) - len(_row.defaults) == 1 and not _row.n_ary:
        setattr(Value, _row.name, _method(_row))


def _unchecked(primitive: Primitive) -> Callable[..., Value]:
    return lambda *arguments: record(primitive, primitive.flatten(arguments), check=False)


def _data(x: Operand) -> float:
    return x.data if isinstance(x, Value) else x


# The namespace in which a row's partials, evaluated on Values, are Values again: see `gradients`. Domains are not
# checked here, for a formula may mention a branch that `where` discards.
VALUES = SimpleNamespace(
    **{name: _unchecked(row) for name, row in PRIMITIVES.items()},
    greater=lambda a, b: _data(a) > _data(b),
    equal=lambda a, b: _data(a) == _data(b),
    where=lambda condition, a, b: a if condition else b,
)
