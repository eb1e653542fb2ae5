"""Anomalies: where in a computation a NaN or an infinity was born."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence

from autograd.labels import short
from autograd.value import Value
from autograd.watching import watched


class AnomalyError(ArithmeticError):
    """A NaN or an infinity was born under `detect_anomaly`."""


def detect_anomaly(enabled: bool = True) -> contextlib.AbstractContextManager[None]:
    """Inside ``with detect_anomaly():`` a NaN or an infinity raises AnomalyError where it is born.

    That is the operation whose result, local derivative or gradient is not finite. The error names the operation and
    its inputs and, in the backward pass, the path from the output down to the gradient: ``E <- o6 <- i6 <- w46``.

    Args:
        enabled: False lifts an enclosing ``detect_anomaly()``.
    """
    return watched(by=_Anomalies() if enabled else None)


class _Anomalies:
    """Raises at the first number that is not finite."""

    def made(self, node: Value) -> None:
        """Raise AnomalyError where a node's result or one of its local derivatives is not finite."""
        if not all(map(math.isfinite, (node.data, *node.local_derivatives))):
            raise AnomalyError(_account(node))

    def passed_back(self, order: Sequence[Value], gradient: Callable[[Value], float]) -> None:
        """Raise AnomalyError for the first gradient of a backward pass that is not finite.

        One contribution to it may be at fault, which one operation hands to one parent, or their sum.
        """
        consumer: dict[Value, Value] = {}  # of each node, the one nearest to the output
        leaves = dict.fromkeys([parent for node in order for parent in node.parents if not parent.parents])
        for node in [*reversed(order), *leaves]:
            if not math.isfinite(gradient(node)):
                raise AnomalyError(f"the gradients that reach {_path(node, consumer)} add up to {gradient(node)}")
            for parent, local_derivative in zip(node.parents, node.local_derivatives):
                consumer.setdefault(parent, node)
                contribution = local_derivative * gradient(node)
                if not math.isfinite(contribution):
                    raise AnomalyError(
                        f"the gradient becomes {contribution} on the path {_path(node, consumer)} <- {_label(parent)}: "
                        f"local derivative {local_derivative} times gradient {gradient(node)} of {_label(node)}, where "
                        f"{_account(node)}"
                    )


def _label(value: Value) -> str:
    """What an error calls a node: its name; else its operation; else its number."""
    return short(value.name or (value.op.name if value.op else repr(value.data)))


def _path(value: Value, consumer: Mapping[Value, Value]) -> str:
    """The labels from the output down to a node; a long path without its middle."""
    labels = [_label(value)]
    while value in consumer:
        value = consumer[value]
        labels.append(_label(value))
    if len(labels) > 12:
        labels[6:-5] = ["..."]
    return " <- ".join(reversed(labels))


def _account(node: Value) -> str:
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
