"""Formulas of the table that take more than its line: outputs, and partial derivatives in a tuple.

As in the table, ``m`` is the namespace and ``y`` the output (of a loss, whose target is y, it is ``e``). A choice keeps
the piece that is not chosen finite, for 0 times infinity is no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TINY = 6e-309  # 1 / x is infinite for a smaller x


def pow_partials(m: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """b a^(b-1) and y log a, with PyTorch's values at a^0 and 0^b. A negative a has no derivative by b: NaN."""
    base = m.where(
        m.equal(b, 0), m.where(m.greater(TINY, m.abs(a)), 1.0, a), a
    )  # for 0 × a^-1 is 0, were a^-1 infinite
    return b * m.pow(base, b - 1), y * m.log(m.where(m.equal(a, 0), 1.0, a))


def elu_partials(m: Any, y: Any, x: Any, a: Any) -> tuple[Any, Any]:
    not_positive = m.where(m.greater(x, 0), 0.0, x)  # a piece that is not chosen is finite too: 0 × infinity is NaN
    return m.where(m.greater(x, 0), 1.0, a * m.exp(not_positive)), m.expm1(not_positive)


def gelu_partials(m: Any, y: Any, x: Any) -> tuple[Any]:
    gate = m.sigmoid(1.702 * x)  # x σ(1.702 x) is the approximate form of Hendrycks & Gimpel 2016, section 2
    return (gate + 1.702 * y * (1 - gate),)


def softplus(m: Any, x: Any) -> Any:
    """log(1 + e^x), written so that nothing overflows."""
    return m.maximum((x, 0.0)) + m.log1p(m.exp(-m.abs(x)))


def logsumexp(m: Any, x: Sequence[Any]) -> Any:
    """log(e^x1 + ... + e^xn), with the largest x taken out so that nothing overflows."""
    top = m.maximum(x)
    return top + m.log(m.sum([m.exp(xi - top) for xi in x]))


def softmax_partials(m: Any, p: Any, x: Any, z: Sequence[Any]) -> tuple[Any, list[Any]]:
    """p (1 - p), and -p p_i by the logit of another class i: p_k (1[i=k] - p_i), a row of the Jacobian."""
    return p * (1 - p), [-p * other for other in m.softmax((x, *z))[1:]]


def softmax_cross_entropy(m: Any, z: Sequence[Any], y: Sequence[Any]) -> Any:
    """log(e^z1 + ... + e^zn) - y.z, or -(y.log softmax(z)) as the y sum to 1; large z cancel before anything rounds."""
    top = m.maximum(z)
    return top - m.dot(y, z) + m.log(m.sum([m.exp(zk - top) for zk in z]))


def softmax_cross_entropy_partials(m: Any, e: Any, z: Sequence[Any], y: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    return [pk - yk for pk, yk in zip(m.softmax(z), y)], [-zk for zk in z]


def chosen(m: Any, y: Any, x: Sequence[Any]) -> tuple[list[Any]]:
    """1 for the x that was chosen as y, 0 for the others; equal ones share the 1."""
    chosen = [m.where(m.equal(xi, y), 1.0, 0.0) for xi in x]
    share = m.pow(m.sum(chosen), -1.0)
    return ([c * share for c in chosen],)


def _unless_both_0(m: Any, p: Any, y: Any) -> Any:
    """p, but 1 where p = y = 0, so that y log p and y / p are 0 there. Where p alone is 0 they are infinite."""
    return m.where(m.equal(m.abs(p) + m.abs(y), 0), 1.0, p)


def cross_entropy(m: Any, p: Sequence[Any], y: Sequence[Any]) -> Any:
    return -m.sum([yk * m.log(_unless_both_0(m, pk, yk)) for pk, yk in zip(p, y)])


def cross_entropy_partials(m: Any, e: Any, p: Sequence[Any], y: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    safe = [_unless_both_0(m, pk, yk) for pk, yk in zip(p, y)]
    return [-yk / pk for pk, yk in zip(safe, y)], [-m.log(pk) for pk in safe]


def binary_cross_entropy(m: Any, p: Any, y: Any) -> Any:
    """-(y log p + (1 - y) log(1 - p)); the second logarithm is written as log1p, which is exact for a small p too."""
    unless_both_1 = m.where(m.equal(m.abs(1 - p) + m.abs(1 - y), 0), 0.0, p)
    return -(y * m.log(_unless_both_0(m, p, y)) + (1 - y) * m.log1p(-unless_both_1))


def binary_cross_entropy_partials(m: Any, e: Any, p: Any, y: Any) -> tuple[Any, Any]:
    safe, safe_rest = _unless_both_0(m, p, y), _unless_both_0(m, 1 - p, 1 - y)
    return (1 - y) / safe_rest - y / safe, m.log(safe_rest) - m.log(safe)
