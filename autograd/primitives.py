"""The table of primitives: one row an operation. Start reading here.

Everything in this package is a reading of this table. A row says what an operation is called, what it takes, how
it is drawn, what it computes, its partial derivatives, and where it is defined. To add an operation, add a row:
calling, drawing, checking and testing it then follow.

The formulas are plain arithmetic over a namespace ``m`` (see `autograd.numbers`), so the same row evaluates on
floats, on NumPy arrays, on Values (hence second derivatives) and on symbols (hence the proof in the tests that each
partial is the derivative of its forward formula). In the partials ``y`` is the output, already computed.

Where a derivative jumps (relu at 0, a tie of maxima), PyTorch's choice is taken.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import domains
from autograd.primitive import Primitive

TINY = 6e-309  # 1 / x is infinite for a smaller x


def _pow_partials(m: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """b a^(b-1) and y log a, with PyTorch's values at a^0 and 0^b. A negative a has no derivative by b: NaN."""
    large = m.where(m.greater(TINY, m.abs(a)), 1.0, a)  # b a^-1 is 0 where b is, however small a
    return b * m.pow(m.where(m.equal(b, 0), large, a), b - 1), y * m.log(m.where(m.equal(a, 0), 1.0, a))


def _elu_partials(m: Any, y: Any, x: Any, a: Any) -> tuple[Any, Any]:
    not_positive = m.where(m.greater(x, 0), 0.0, x)  # so that the piece that is not chosen is finite, too
    return m.where(m.greater(x, 0), 1.0, a * m.exp(not_positive)), m.expm1(not_positive)


def _gelu_partials(m: Any, y: Any, x: Any) -> tuple[Any]:
    gate = m.sigmoid(1.702 * x)  # x σ(1.702 x) is the approximate form of Hendrycks & Gimpel 2016, section 2
    return (gate + 1.702 * y * (1 - gate),)


def _softplus(m: Any, x: Any) -> Any:
    """log(1 + e^x), written so that nothing overflows."""
    return m.maximum((x, 0.0)) + m.log1p(m.exp(-m.abs(x)))


def _logsumexp(m: Any, x: Sequence[Any]) -> Any:
    """log(e^x1 + ... + e^xn), with the largest x taken out so that nothing overflows."""
    top = m.maximum(x)
    return top + m.log(m.sum([m.exp(xi - top) for xi in x]))


def _chosen(m: Any, y: Any, x: Sequence[Any]) -> tuple[list[Any]]:
    """1 for the x that was chosen as y, 0 for the others; equal ones share the 1."""
    chosen = [m.where(m.equal(xi, y), 1.0, 0.0) for xi in x]
    share = m.pow(m.sum(chosen), -1.0)
    return ([c * share for c in chosen],)


def _unless_both_0(m: Any, p: Any, y: Any) -> Any:
    """p, but 1 where p = y = 0, so that y log p and y / p are 0 there. Where p alone is 0 they are infinite."""
    return m.where(m.equal(m.abs(p) + m.abs(y), 0), 1.0, p)


def _cross_entropy(m: Any, p: Sequence[Any], y: Sequence[Any]) -> Any:
    return -m.sum([yk * m.log(_unless_both_0(m, pk, yk)) for pk, yk in zip(p, y)])


def _cross_entropy_partials(m: Any, e: Any, p: Sequence[Any], y: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    safe = [_unless_both_0(m, pk, yk) for pk, yk in zip(p, y)]
    return [-yk / pk for pk, yk in zip(safe, y)], [-m.log(pk) for pk in safe]


def _binary_cross_entropy(m: Any, p: Any, y: Any) -> Any:
    """-(y log p + (1 - y) log(1 - p)); the second logarithm is written as log1p, which is exact for a small p too."""
    unless_both_1 = m.where(m.equal(m.abs(1 - p) + m.abs(1 - y), 0), 0.0, p)
    return -(y * m.log(_unless_both_0(m, p, y)) + (1 - y) * m.log1p(-unless_both_1))


def _binary_cross_entropy_partials(m: Any, e: Any, p: Any, y: Any) -> tuple[Any, Any]:
    safe, safe_rest = _unless_both_0(m, p, y), _unless_both_0(m, 1 - p, 1 - y)
    return (1 - y) / safe_rest - y / safe, m.log(safe_rest) - m.log(safe)


# fmt: off
#                     name        inputs  symbol       forward                            partials: dy/d(each input)           domain
neg       = Primitive("neg",      "x",    "−",         lambda m, x: -x,                   lambda m, y, x: (-1.0,))
add       = Primitive("add",      "a b",  "+",         lambda m, a, b: a + b,             lambda m, y, a, b: (1.0, 1.0))
sub       = Primitive("sub",      "a b",  "−",         lambda m, a, b: a - b,             lambda m, y, a, b: (1.0, -1.0))
mul       = Primitive("mul",      "a b",  "×",         lambda m, a, b: a * b,             lambda m, y, a, b: (b, a))
div       = Primitive("div",      "a b",  "/",         lambda m, a, b: a / b,             lambda m, y, a, b: (1 / b, -y / b),  domains.DIVISIBLE)
pow       = Primitive("pow",      "a b",  "^",         lambda m, a, b: m.pow(a, b),       _pow_partials,                       domains.POWER)

exp       = Primitive("exp",      "x",    "exp",       lambda m, x: m.exp(x),             lambda m, y, x: (y,))
expm1     = Primitive("expm1",    "x",    "exp − 1",   lambda m, x: m.expm1(x),           lambda m, y, x: (m.exp(x),))
log       = Primitive("log",      "x",    "log",       lambda m, x: m.log(x),             lambda m, y, x: (1 / x,),            domains.POSITIVE)
log1p     = Primitive("log1p",    "x",    "log(1+x)",  lambda m, x: m.log1p(x),           lambda m, y, x: (1 / (1 + x),),      domains.ABOVE_MINUS_ONE)
sqrt      = Primitive("sqrt",     "x",    "√",         lambda m, x: m.sqrt(x),            lambda m, y, x: (m.pow(2 * y, -1.0),), domains.NOT_NEGATIVE)
sin       = Primitive("sin",      "x",    "sin",       lambda m, x: m.sin(x),             lambda m, y, x: (m.cos(x),))
cos       = Primitive("cos",      "x",    "cos",       lambda m, x: m.cos(x),             lambda m, y, x: (-m.sin(x),))
tanh      = Primitive("tanh",     "x",    "tanh",      lambda m, x: m.tanh(x),            lambda m, y, x: (1 - y * y,))
arctan    = Primitive("arctan",   "x",    "arctan",    lambda m, x: m.arctan(x),          lambda m, y, x: (1 / (1 + x * x),))
sigmoid   = Primitive("sigmoid",  "x",    "σ",         lambda m, x: m.sigmoid(x),         lambda m, y, x: (y * (1 - y),))
gelu      = Primitive("gelu",     "x",    "gelu",      lambda m, x: x * m.sigmoid(1.702 * x), _gelu_partials)
softplus  = Primitive("softplus", "x",    "softplus",  _softplus,                         lambda m, y, x: (m.sigmoid(x),))

# Made of pieces; the derivative jumps from one to the next.
abs        = Primitive("abs",        "x",            "|x|",         lambda m, x: m.abs(x),                                           lambda m, y, x: (m.where(m.greater(x, 0), 1.0, m.where(m.greater(0, x), -1.0, 0.0)),))
step       = Primitive("step",       "x",            "step",        lambda m, x: m.where(m.greater(0, x), 0.0, 1.0),                 lambda m, y, x: (0.0,))
relu       = Primitive("relu",       "x",            "relu",        lambda m, x: m.where(m.greater(0, x), 0.0, x),                   lambda m, y, x: (m.where(m.greater(x, 0), 1.0, 0.0),))
relu6      = Primitive("relu6",      "x",            "relu6",       lambda m, x: m.minimum((m.maximum((x, 0.0)), 6.0)),              lambda m, y, x: (m.where(m.greater(x, 0), m.where(m.greater(6, x), 1.0, 0.0), 0.0),))
leaky_relu = Primitive("leaky_relu", "x slope=0.01", "leaky relu",  lambda m, x, slope: m.where(m.greater(x, 0), x, slope * x),      lambda m, y, x, slope: (m.where(m.greater(x, 0), 1.0, slope), m.where(m.greater(x, 0), 0.0, x)))
elu        = Primitive("elu",        "x alpha=1",    "elu",         lambda m, x, a: m.where(m.greater(x, 0), x, a * m.expm1(x)),     _elu_partials)

# Comparisons are 1 or 0; where takes a unless the condition c is 0.
greater    = Primitive("greater",    "a b",          ">",           lambda m, a, b: m.where(m.greater(a, b), 1.0, 0.0),              lambda m, y, a, b: (0.0, 0.0))
equal      = Primitive("equal",      "a b",          "=",           lambda m, a, b: m.where(m.equal(a, b), 1.0, 0.0),                lambda m, y, a, b: (0.0, 0.0))
where      = Primitive("where",      "c a b",        "where",       lambda m, c, a, b: m.where(m.equal(c, 0), b, a),                 lambda m, y, c, a, b: (0.0, m.where(m.equal(c, 0), 0.0, 1.0), m.where(m.equal(c, 0), 1.0, 0.0)))

# One node for many inputs: w* is a sequence of them, and the partial by it is a sequence too.
sum       = Primitive("sum",       "x*",      "Σ",          lambda m, x: m.sum(x),               lambda m, y, x: ([1.0] * len(x),))
dot       = Primitive("dot",       "a* b*",   "a·b",        lambda m, a, b: m.dot(a, b),         lambda m, y, a, b: (b, a))
affine    = Primitive("affine",    "w* x* b", "w·x+b",      lambda m, w, x, b: m.dot(w, x) + b,  lambda m, y, w, x, b: (x, w, 1.0))
maximum   = Primitive("maximum",   "x*",      "max",        lambda m, x: m.maximum(x),           _chosen,                                         domains.NOT_EMPTY)
minimum   = Primitive("minimum",   "x*",      "min",        lambda m, x: m.minimum(x),           _chosen,                                         domains.NOT_EMPTY)
logsumexp = Primitive("logsumexp", "x*",      "log Σ exp",  _logsumexp,                          lambda m, y, x: ([m.exp(xi - y) for xi in x],),  domains.NOT_EMPTY)

# Losses that a slide writes as one quantity E: of output o and target t; of a probability p, or one for each class, and target y.
squared_error        = Primitive("squared_error",        "o t",   "(t−o)²",     lambda m, o, t: (t - o) * (t - o),      lambda m, y, o, t: (-2 * (t - o), 2 * (t - o)))
half_squared_error   = Primitive("half_squared_error",   "o t",   "½(t−o)²",    lambda m, o, t: (t - o) * (t - o) / 2,  lambda m, y, o, t: (-(t - o), t - o))
binary_cross_entropy = Primitive("binary_cross_entropy", "p y",   "BCE",        _binary_cross_entropy,                  _binary_cross_entropy_partials,                   domains.PROBABILITY)
cross_entropy        = Primitive("cross_entropy",        "p* y*", "−Σ y log p", _cross_entropy,                         _cross_entropy_partials,                          domains.PROBABILITIES)
# fmt: on

PRIMITIVES: dict[str, Primitive] = {row.name: row for row in list(globals().values()) if isinstance(row, Primitive)}

if not TYPE_CHECKING:
    __all__ = list(PRIMITIVES)  # `from autograd.primitives import *` gives the rows and nothing else
