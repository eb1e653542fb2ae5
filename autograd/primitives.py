"""The table of primitives: one row an operation. Start reading here.

Everything in this package is a reading of this table. A row says what an operation is called, what it takes, how
it is drawn, what it computes, its partial derivatives, and where it is defined. To add an operation, add a row:
calling, drawing, checking and testing it then follow.

The formulas are plain arithmetic over a namespace ``m`` (see `autograd.numbers`), so the same row evaluates on
floats, on NumPy arrays, on Values (hence second derivatives) and on symbols (hence the proof in the tests that each
partial is the derivative of its forward formula). In the partials ``y`` is the output, already computed.

Where a derivative jumps (relu at 0, a tie of maxima), PyTorch's choice is taken.
"""

from typing import TYPE_CHECKING

from autograd import domains
from autograd import longer_formulas as longer
from autograd.primitive import Primitive

# fmt: off
#                     name        inputs  symbol       forward                            partials: dy/d(each input)           domain
neg       = Primitive("neg",      "x",    "−",         lambda m, x: -x,                   lambda m, y, x: (-1.0,))
add       = Primitive("add",      "a b",  "+",         lambda m, a, b: a + b,             lambda m, y, a, b: (1.0, 1.0))
sub       = Primitive("sub",      "a b",  "−",         lambda m, a, b: a - b,             lambda m, y, a, b: (1.0, -1.0))
mul       = Primitive("mul",      "a b",  "×",         lambda m, a, b: a * b,             lambda m, y, a, b: (b, a))
div       = Primitive("div",      "a b",  "/",         lambda m, a, b: a / b,             lambda m, y, a, b: (1 / b, -y / b), domains.DIVISIBLE)
pow       = Primitive("pow",      "a b",  "^",         lambda m, a, b: m.pow(a, b),       longer.pow_partials,                domains.POWER)

exp       = Primitive("exp",      "x",    "exp",       lambda m, x: m.exp(x),             lambda m, y, x: (y,))
expm1     = Primitive("expm1",    "x",    "exp − 1",   lambda m, x: m.expm1(x),           lambda m, y, x: (m.exp(x),))
log       = Primitive("log",      "x",    "log",       lambda m, x: m.log(x),             lambda m, y, x: (1 / x,),              domains.POSITIVE)
log1p     = Primitive("log1p",    "x",    "log(1+x)",  lambda m, x: m.log1p(x),           lambda m, y, x: (1 / (1 + x),),        domains.ABOVE_MINUS_ONE)
sqrt      = Primitive("sqrt",     "x",    "√",         lambda m, x: m.sqrt(x),            lambda m, y, x: (m.pow(2 * y, -1.0),), domains.NOT_NEGATIVE)
sin       = Primitive("sin",      "x",    "sin",       lambda m, x: m.sin(x),             lambda m, y, x: (m.cos(x),))
cos       = Primitive("cos",      "x",    "cos",       lambda m, x: m.cos(x),             lambda m, y, x: (-m.sin(x),))
tanh      = Primitive("tanh",     "x",    "tanh",      lambda m, x: m.tanh(x),            lambda m, y, x: (1 - y * y,))
arctan    = Primitive("arctan",   "x",    "arctan",    lambda m, x: m.arctan(x),          lambda m, y, x: (1 / (1 + x * x),))
sigmoid   = Primitive("sigmoid",  "x",    "σ",         lambda m, x: m.sigmoid(x),         lambda m, y, x: (y * (1 - y),))
gelu      = Primitive("gelu",     "x",    "gelu",      lambda m, x: x * m.sigmoid(1.702 * x), longer.gelu_partials)
softplus  = Primitive("softplus", "x",    "softplus",  longer.softplus,                   lambda m, y, x: (m.sigmoid(x),))

# Made of pieces; the derivative jumps from one to the next.
abs        = Primitive("abs",        "x",            "|x|",         lambda m, x: m.abs(x),                                           lambda m, y, x: (m.where(m.greater(x, 0), 1.0, m.where(m.greater(0, x), -1.0, 0.0)),))
step       = Primitive("step",       "x",            "step",        lambda m, x: m.where(m.greater(0, x), 0.0, 1.0),                 lambda m, y, x: (0.0,))
relu       = Primitive("relu",       "x",            "relu",        lambda m, x: m.where(m.greater(0, x), 0.0, x),                   lambda m, y, x: (m.where(m.greater(x, 0), 1.0, 0.0),))
relu6      = Primitive("relu6",      "x",            "relu6",       lambda m, x: m.minimum((m.maximum((x, 0.0)), 6.0)),              lambda m, y, x: (m.where(m.greater(x, 0), m.where(m.greater(6, x), 1.0, 0.0), 0.0),))
leaky_relu = Primitive("leaky_relu", "x slope=0.01", "leaky relu",  lambda m, x, slope: m.where(m.greater(x, 0), x, slope * x),      lambda m, y, x, slope: (m.where(m.greater(x, 0), 1.0, slope), m.where(m.greater(x, 0), 0.0, x)))
elu        = Primitive("elu",        "x alpha=1",    "elu",         lambda m, x, a: m.where(m.greater(x, 0), x, a * m.expm1(x)),     longer.elu_partials)

# Comparisons are 1 or 0; where takes a unless the condition c is 0.
greater    = Primitive("greater",    "a b",          ">",           lambda m, a, b: m.where(m.greater(a, b), 1.0, 0.0),              lambda m, y, a, b: (0.0, 0.0))
equal      = Primitive("equal",      "a b",          "=",           lambda m, a, b: m.where(m.equal(a, b), 1.0, 0.0),                lambda m, y, a, b: (0.0, 0.0))
where      = Primitive("where",      "c a b",        "where",       lambda m, c, a, b: m.where(m.equal(c, 0), b, a),                 lambda m, y, c, a, b: (0.0, m.where(m.equal(c, 0), 0.0, 1.0), m.where(m.equal(c, 0), 1.0, 0.0)))

# One node for many inputs: w* is a sequence of them, and the partial by it is a sequence too.
sum       = Primitive("sum",       "x*",      "Σ",          lambda m, x: m.sum(x),               lambda m, y, x: ([1.0] * len(x),))
dot       = Primitive("dot",       "a* b*",   "a·b",        lambda m, a, b: m.dot(a, b),         lambda m, y, a, b: (b, a))
affine    = Primitive("affine",    "w* x* b", "w·x+b",      lambda m, w, x, b: m.dot(w, x) + b,  lambda m, y, w, x, b: (x, w, 1.0))
maximum   = Primitive("maximum",   "x*",      "max",        lambda m, x: m.maximum(x),           longer.chosen,                                  domains.NOT_EMPTY)
minimum   = Primitive("minimum",   "x*",      "min",        lambda m, x: m.minimum(x),           longer.chosen,                                  domains.NOT_EMPTY)
logsumexp = Primitive("logsumexp", "x*",      "log Σ exp",  longer.logsumexp,                    lambda m, y, x: (m.softmax(x),),                domains.NOT_EMPTY)
# p_k, of the logit x of class k and those of the other classes: z_k+1, ..., z_K, z_1, ..., z_k-1. The K nodes of one softmax share their parents.
softmax   = Primitive("softmax",   "x z*",    "softmax",    lambda m, x, z: m.softmax((x, *z))[0], longer.softmax_partials)

# Losses that a slide writes as one quantity, E. o: output, t: target; p: a probability (or one for each class), y: its target; z: logits.
squared_error        = Primitive("squared_error",        "o t",   "(t−o)²",     lambda m, o, t: (t - o) * (t - o),      lambda m, y, o, t: (-2 * (t - o), 2 * (t - o)))
half_squared_error   = Primitive("half_squared_error",   "o t",   "½(t−o)²",    lambda m, o, t: (t - o) * (t - o) / 2,  lambda m, y, o, t: (-(t - o), t - o))
binary_cross_entropy = Primitive("binary_cross_entropy", "p y",   "BCE",        longer.binary_cross_entropy,            longer.binary_cross_entropy_partials, domains.PROBABILITY)
cross_entropy        = Primitive("cross_entropy",        "p* y*", "−Σ y log p", longer.cross_entropy,                   longer.cross_entropy_partials,        domains.PROBABILITIES)
softmax_cross_entropy = Primitive("softmax_cross_entropy", "z* y*", "−Σ y log softmax", longer.softmax_cross_entropy, longer.softmax_cross_entropy_partials, domains.NOT_EMPTY)
# fmt: on

PRIMITIVES: dict[str, Primitive] = {name: row for name, row in list(globals().items()) if isinstance(row, Primitive)}
for _name, _row in PRIMITIVES.items():
    if _row.name != _name:
        raise ValueError(f"the row {_name} calls itself {_row.name!r}: let both be the same")

if not TYPE_CHECKING:
    __all__ = list(PRIMITIVES)  # `from autograd.primitives import *` gives the rows and nothing else
