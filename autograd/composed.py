"""Functions made of several nodes: a layer's net inputs, and softmax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import primitives
from autograd.value import VARYING, Value
from autograd.written_out import affine, affine_of_values


def linear(inputs: Sequence[Any], weights: Sequence[Sequence[Any]], biases: Sequence[Any]) -> list[Value]:
    """The net inputs of neurons that share their inputs, an `affine` node each (torch.nn.functional.linear).

    Args:
        inputs: x, Values or numbers.
        weights: of each neuron, as many.
        biases: of each neuron.
    """
    if not VARYING.issuperset(map(type, inputs)):
        return [affine(w, inputs, b) for w, b in zip(weights, biases)]
    x, count = [value.data for value in inputs], len(inputs)
    return [
        affine_of_values(w, inputs, x, b)
        if len(w) == count and type(b) in VARYING and VARYING.issuperset(map(type, w))
        else affine(w, inputs, b)
        for w, b in zip(weights, biases)
    ]


def softmax(values: Iterable[Any]) -> list[Value]:
    """``p_i = e^x_i / sum_k e^x_k``, written as ``exp(x_i - logsumexp(x))`` so that nothing overflows (HKU, "BP with
    different activation and cost functions")."""
    values = list(values)
    total = primitives.logsumexp(values)
    return [primitives.exp(x - total) for x in values]
