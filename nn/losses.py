"""Losses of one example: a function of the model's output and the target, to be made small.

The output is a Value, or a list of them where the model has several units; the target is a number (or a Value), or a
list that is as long. What comes out is named E. The risk of a batch is the mean of its examples' losses.

Targets that are plain numbers are checked. Nothing here reads a Value's number, so a loss can be compiled.

A loss of one's own is such a function, too; `nn.fit` gives it whatever targets it takes:

    >>> def pinball(output, target):
    ...     return autograd.maximum([0.9 * (target - output), 0.1 * (output - target)])
    >>> round(pinball(Value(2.0), 3.0).data, 2)
    0.9
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any

import autograd
from autograd import Value, arguments

Units = Value | float | Iterable[Value | float]  # the outputs of one example, or its targets
Loss = Callable[[Any, Any], Value]


def half_squared_error(output: Units, target: Units) -> Value:
    """``E = 1/2 sum_k (o_k - t_k)^2``, at least 0, and 0 only where the output is the target.

    The half makes ``dE/do = o - t`` (HKU, "Output Layer - Mean Square Error"); the digits on IITI's slides, "Step 2 -
    Backward Pass", are those of this form.

    Raises:
        ValueError: there are not as many targets as outputs. The same goes for every loss below.
    """
    return _total([autograd.half_squared_error(o, t) for o, t in _pairs(output, target)])


def squared_error(output: Units, target: Units) -> Value:
    """``E = sum_k (a_k - y_k)^2``, at least 0 (WAT, "Measuring the Loss Function")."""
    return _total([autograd.squared_error(o, t) for o, t in _pairs(output, target)])


def mean_squared_error(output: Units, target: Units) -> Value:
    """``1/K sum_k (y_k - o_k)^2``, the mean over K units, at least 0; over a batch it is PyTorch's ``mse_loss``.

    IITI, "Objective Function": MSE, where the mean over n instances is the batch's.
    """
    pairs = _pairs(output, target)
    return _total([autograd.squared_error(o, t) for o, t in pairs], len(pairs))


def binary_cross_entropy(output: Units, target: Units) -> Value:
    """``-(y log p + (1 - y) log(1 - p))``, at least 0, summed over the units; 0 log 0 is 0.

    HKU, "Output Layer - Binary Classification", with h(x) for p; UCSD, "The Cross-Entropy".

    Args:
        output: p in [0, 1], the probability that y is 1, such as a sigmoid's output.
        target: y in [0, 1]: the class 0 or 1, or a probability of class 1.

    Raises:
        DomainError: p or y is outside [0, 1], or the loss is infinite, as for a sigmoid that is 1 to the last digit:
            `binary_cross_entropy_with_logits` of its net input has no such limit.
    """
    pairs = _pairs(output, target)
    _check_targets(target, "binary_cross_entropy", "in [0, 1]", lambda y: 0 <= y <= 1)
    return _total([autograd.binary_cross_entropy(p, y) for p, y in pairs])


def binary_cross_entropy_with_logits(output: Units, target: Units) -> Value:
    """``softplus(s) - y s``: `binary_cross_entropy` of ``p = sigmoid(s)``, at least 0.

    It never overflows, and its derivative is ``sigmoid(s) - y`` (HKU, "Output Layer - Binary Classification"; UCSD,
    "The Cross-Entropy and the Sigmoid").

    Args:
        output: the logit s, any number: a linear output unit.
        target: y in [0, 1]: the class 0 or 1, or a probability of class 1.

    Raises:
        ValueError: a y outside [0, 1].
    """
    pairs = _pairs(output, target)
    _check_targets(target, "binary_cross_entropy_with_logits", "in [0, 1]", lambda y: 0 <= y <= 1)
    return _total([autograd.softplus(s) - y * s for s, y in pairs])


def cross_entropy_on_probabilities(output: Iterable[Value | float], target: Units) -> Value:
    """``-sum_k y_k log p_k``, which is ``-log p_k`` of the right class k, at least 0; 0 log 0 is 0.

    IITI, "Objective Function"; HKU, "Output Layer - Multi Classification".

    Args:
        output: p, a probability for each of K classes, such as softmax gives.
        target: y, a class index from 0 to K - 1, or a distribution: K probabilities whose sum is 1.

    Raises:
        ValueError: a class index out of range, or a y that is not a distribution.
        DomainError: a p outside [0, 1], or 0 for the right class: `cross_entropy` of the logits has no such limit.
    """
    p = _classes(output, "cross_entropy_on_probabilities")
    y = _distribution(target, len(p))
    return _total([autograd.cross_entropy(p, y)])


def cross_entropy(output: Iterable[Value | float], target: Units) -> Value:
    """``log sum_k e^(s_k) - sum_k y_k s_k``: the cross-entropy of ``p = softmax(s)``, at least 0.

    It never overflows, and its derivative by s_k is ``p_k - y_k`` (HKU, "Output Layer - Multi Classification"; IITI,
    "Objective Function", the last line). PyTorch's ``cross_entropy``.

    Args:
        output: the logits s, any numbers: K linear output units.
        target: y, a class index from 0 to K - 1, or a distribution: K probabilities whose sum is 1.

    Raises:
        ValueError: a class index out of range, or a y that is not a distribution.
    """
    s = _classes(output, "cross_entropy")
    y = _distribution(target, len(s))
    return _total([autograd.softmax_cross_entropy(s, y)])


def hinge(output: Units, target: Units) -> Value:
    """``max(0, 1 - y s)``, summed over the units: 0 where the score s is on y's side of the margin, |s| >= 1.

    Cortes & Vapnik, "Support-Vector Networks", 1995.

    Args:
        output: the score s, any number: a linear output unit.
        target: y, the class -1 or +1.

    Raises:
        ValueError: a y that is neither -1 nor +1.
    """
    pairs = _pairs(output, target)
    _check_targets(target, "hinge", "-1 or +1", lambda y: y in (-1, 1))
    return _total([autograd.relu(1 - y * s) for s, y in pairs])


def _listed(units: Units) -> list[Any]:
    return list(units) if isinstance(units, Iterable) else [units]


def _pairs(output: Units, target: Units) -> list[tuple[Any, Any]]:
    """Each output with its target."""
    outputs, targets = _listed(output), _listed(target)
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"a loss needs one target for each output, got {len(outputs)} and {len(targets)}")
    return list(zip(outputs, targets))


def _total(losses: list[Value], over: int = 1) -> Value:
    """Their sum, or mean, named E as the slides do; one alone stands for itself, without another node."""
    E: Value = losses[0] if len(losses) == 1 else autograd.sum(losses)
    E = E / over if over > 1 else E
    if isinstance(E, Value):  # the sum of floats alone is a float
        E.name = "E"
    return E


def _check_targets(target: Units, loss: str, text: str, fits: Callable[[float], bool]) -> None:
    for y in _listed(target):
        if isinstance(y, Real) and not fits(float(y)):
            raise ValueError(f"{loss} needs targets {text}, got {y!r}")


def _classes(output: Iterable[Value | float], loss: str) -> list[Any]:
    outputs = _listed(output)
    if len(outputs) < 2:
        raise ValueError(
            f"{loss} needs an output for each class, got {len(outputs)}; for one, see binary_cross_entropy"
        )
    return outputs


def _distribution(target: Units, K: int) -> list[Any]:
    """The target as K probabilities: a class index is 1 for that class and 0 for the others."""
    if isinstance(target, Real):
        index: Any = target
        index = int(index) if index % 1 == 0 else index  # in an array of floats class 1 is 1.0
        index = arguments.whole_number(f"a class index for {K} classes", index, least=0, most=K - 1)
        return [float(k == index) for k in range(K)]
    if isinstance(target, Value):
        raise ValueError(f"a class index must be a number, got {target!r}; compiled, give rows: np.eye({K})[y]")
    y = _listed(target)
    if len(y) != K:
        raise ValueError(f"a target must be a class index or {K} probabilities, one a class, got {target!r}")
    rounding = 1e-6  # of float32
    if all(isinstance(yk, Real) for yk in y) and (min(y) < 0 or abs(autograd.sum(y) - 1) > rounding):
        raise ValueError(f"a target distribution needs probabilities whose sum is 1, got {target!r}")
    return y
