"""Written out for speed: what most programs are made of, by hand, in place of what follows from the table.

Whatever is here computes the same as the table's row of its name, to the last bit, and a test holds it to that. It is
what a Value that varies does with another, or with a plain float or int; all else goes by the table, which also names
the Value whose data was set to what is no number.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import primitives
from autograd.arguments import check_data
from autograd.domains import DomainError
from autograd.numbers import FLOATS, total
from autograd.outputs import Outputs
from autograd.value import VARYING, Constant, Value, new_node

add, sub, mul, div, neg, power = (primitives.PRIMITIVES[name] for name in ("add", "sub", "mul", "div", "neg", "pow"))
Method = Callable[[Any, Any], Any]
_new = object.__new__
pow = math.pow
float_exp = FLOATS.exp


def constant(x: float) -> Constant:
    """A number that stands in a formula."""
    leaf = _new(Constant)
    leaf.data = float(x)
    leaf.grad = 0.0
    leaf.parents = leaf.local_derivatives = ()
    leaf.op = leaf.name = None
    return leaf


def plus(self: Value, other: Any, by_table: Method = Value.__add__) -> Any:
    """``self + other``."""
    try:
        kind = type(other)
        if kind in VARYING:
            return new_node(self.data + other.data, add, (self, other), (1.0, 1.0))
        if kind is float or kind is int:
            return new_node(self.data + other, add, (self, constant(other)), (1.0, 0.0))
    except TypeError:
        pass
    return by_table(self, other)


def minus(self: Value, other: Any, by_table: Method = Value.__sub__) -> Any:
    """``self - other``."""
    try:
        kind = type(other)
        if kind in VARYING:
            return new_node(self.data - other.data, sub, (self, other), (1.0, -1.0))
        if kind is float or kind is int:
            return new_node(self.data - other, sub, (self, constant(other)), (1.0, 0.0))
    except TypeError:
        pass
    return by_table(self, other)


def times(self: Value, other: Any, by_table: Method = Value.__mul__) -> Any:
    """``self * other``."""
    try:
        kind = type(other)
        if kind in VARYING:
            a, b = self.data, other.data
            return new_node(a * b, mul, (self, other), (b, a))
        if kind is float or kind is int:
            return new_node(self.data * other, mul, (self, constant(other)), (float(other), 0.0))
    except TypeError:
        pass
    return by_table(self, other)


def over(self: Value, other: Any, by_table: Method = Value.__truediv__) -> Any:
    """``self / other``."""
    try:
        kind = type(other)
        if kind in VARYING and other.data:
            a, b = self.data, other.data
            return new_node(a / b, div, (self, other), (1 / b, -a / b / b))
        if (kind is float or kind is int) and other:
            b = float(other)
            return new_node(self.data / b, div, (self, constant(b)), (1 / b, 0.0))
    except TypeError:
        pass
    return by_table(self, other)


def to_the(self: Value, other: Any, by_table: Method = Value.__pow__) -> Any:
    """``self ** other``."""
    kind, a = type(other), self.data
    try:
        if (kind is int and other > 1) or ((kind is int or kind is float) and a > 0):
            b = float(other)
            return new_node(pow(a, b), power, (self, constant(b)), (b * pow(a, b - 1.0), 0.0))
    except (OverflowError, TypeError):  # to infinity, as the table says
        pass
    return by_table(self, other)


def added_to(self: Value, other: Any, by_table: Method = Value.__radd__) -> Any:
    """``other + self``."""
    try:
        if type(other) is float or type(other) is int:
            return new_node(other + self.data, add, (constant(other), self), (0.0, 1.0))
    except TypeError:
        pass
    return by_table(self, other)


def taken_from(self: Value, other: Any, by_table: Method = Value.__rsub__) -> Any:
    """``other - self``."""
    try:
        if type(other) is float or type(other) is int:
            return new_node(other - self.data, sub, (constant(other), self), (0.0, -1.0))
    except TypeError:
        pass
    return by_table(self, other)


def multiplying(self: Value, other: Any, by_table: Method = Value.__rmul__) -> Any:
    """``other * self``."""
    try:
        if type(other) is float or type(other) is int:
            return new_node(other * self.data, mul, (constant(other), self), (0.0, float(other)))
    except TypeError:
        pass
    return by_table(self, other)


def dividing(self: Value, other: Any, by_table: Method = Value.__rtruediv__) -> Any:
    """``other / self``."""
    try:
        b = self.data
        if (type(other) is float or type(other) is int) and b:
            a = float(other)
            return new_node(a / b, div, (constant(a), self), (0.0, -a / b / b))
    except TypeError:
        pass
    return by_table(self, other)


def negated(self: Value, by_table: Callable[[Any], Value] = Value.__neg__) -> Value:
    """``-self``."""
    try:
        return new_node(-self.data, neg, (self,), (-1.0,))
    except TypeError:
        return by_table(self)


for operation, method in {
    **{"add": plus, "radd": added_to, "sub": minus, "rsub": taken_from, "mul": times, "rmul": multiplying},
    **{"truediv": over, "rtruediv": dividing, "pow": to_the, "neg": negated},
}.items():
    setattr(Value, f"__{operation}__", method)


def tanh(x: Value) -> Value:
    """``tanh(x)``, and so on."""
    try:
        y = math.tanh(x.data)
    except TypeError:
        check_data(x)
        raise
    return new_node(y, primitives.tanh, (x,), (1 - y * y,))


def sigmoid(x: Value) -> Value:
    try:
        y = 1 / (1 + float_exp(-x.data))
    except TypeError:
        check_data(x)
        raise
    return new_node(y, primitives.sigmoid, (x,), (y * (1 - y),))


def exp(x: Value) -> Value:
    try:
        y = float_exp(x.data)
    except TypeError:
        check_data(x)
        raise
    return new_node(y, primitives.exp, (x,), (y,))


def relu(x: Value) -> Value:
    a = x.data
    try:
        if a > 0:
            return new_node(a, primitives.relu, (x,), (1.0,))
        return new_node(0.0 if a < 0 else a, primitives.relu, (x,), (0.0,))
    except TypeError:
        check_data(x)
        raise


for function in (tanh, sigmoid, exp, relu):
    setattr(Value, function.__name__, function)
    object.__setattr__(primitives.PRIMITIVES[function.__name__], "quick", function)


def affine(weights: Sequence[Any], inputs: Sequence[Any], bias: Any) -> Value:
    """A neuron's net input, ``sum_i w_i x_i + b``, as one node whose edges bear x for each w and w for each x.

    Args:
        weights: w, Values or numbers.
        inputs: x, as many.
        bias: b.
    """
    try:
        plain = len(weights) == len(inputs) and VARYING.issuperset(map(type, parents := (*weights, *inputs, bias)))
    except TypeError:  # one that is no sequence, and can perhaps be read only once
        plain = False
    if not plain:
        net: Value = primitives.affine(weights, inputs, bias)
        return net
    x, w = [value.data for value in inputs], [weight.data for weight in weights]
    try:
        return new_node(total(map(operator.mul, w, x)) + bias.data, primitives.affine, parents, (*x, *w, 1.0))
    except TypeError:
        check_data(*parents)
        raise


def linear(inputs: Sequence[Any], units: Iterable[tuple[Sequence[Any], Any]]) -> list[Value]:
    """The net inputs of units that share their inputs: `affine` of each, which looks at the inputs once.

    Args:
        inputs: x, Values or numbers.
        units: of each unit, its weights (as many) and its bias.
    """
    if not VARYING.issuperset(map(type, inputs)):
        return Outputs([affine(weights, inputs, bias) for weights, bias in units])
    x, nets = [value.data for value in inputs], Outputs()
    for weights, bias in units:
        if len(weights) == len(x) and type(bias) in VARYING and VARYING.issuperset(map(type, weights)):
            w = [weight.data for weight in weights]
            try:
                data = total(map(operator.mul, w, x)) + bias.data
            except TypeError:
                check_data(*weights, *inputs, bias)
                raise
            nets.append(new_node(data, primitives.affine, (*weights, *inputs, bias), (*x, *w, 1.0)))
        else:
            nets.append(affine(weights, inputs, bias))
    return nets


def softmax(values: Iterable[Any]) -> list[Value]:
    """The probabilities ``p_k = e^z_k / (e^z_1 + ... + e^z_K)`` of K classes (HKU, "BP with different activation and
    cost functions"): K nodes, whose edges bear ``p_k (1 - p_k)`` for z_k and ``-p_k p_i`` for another z_i.

    Nothing overflows, and they sum to 1, whatever the logits. The parents of each p_k are all the logits, its own first
    and then around: z_k, ..., z_K, z_1, ..., z_k-1.

    Args:
        values: the logits z, Values, numbers or arrays; at least one.
    """
    z = tuple(values)
    if not z:
        raise DomainError("softmax(z) needs at least one number")
    if not VARYING.issuperset(map(type, z)):
        return Outputs([primitives.softmax(z[k], (*z[k + 1 :], *z[:k])) for k in range(len(z))])
    p, nodes = FLOATS.softmax([value.data for value in z]), Outputs()
    for k, own in enumerate(p):
        others = [-own * other for other in (*p[k + 1 :], *p[:k])]
        nodes.append(new_node(own, primitives.softmax, (*z[k:], *z[:k]), (own * (1 - own), *others)))
    return nodes
