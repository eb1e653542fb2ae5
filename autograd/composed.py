"""Softmax: a function of several numbers, made of several nodes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograd import primitives
from autograd.outputs import Outputs
from autograd.value import Value


def softmax(values: Iterable[Any]) -> list[Value]:
    """``p_i = e^x_i / sum_k e^x_k``, written as ``exp(x_i - logsumexp(x))`` so that nothing overflows (HKU, "BP with
    different activation and cost functions")."""
    values = list(values)
    total = primitives.logsumexp(values)
    return Outputs([primitives.exp(x - total) for x in values])
