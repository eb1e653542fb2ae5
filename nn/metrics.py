"""Metrics: how good a model is, in a user's terms.

scikit-learn has the others: ``metrics={"F1": lambda outputs, targets: f1_score(targets, outputs > 0.5)}``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def accuracy(outputs: NDArray[Any], targets: NDArray[Any], threshold: float | None = None) -> float:
    """The share of examples, from 0 to 1, classified correctly (IITI, "When to Stop Training": 1 minus it).

    Args:
        outputs: a row an example, whose largest entry tells the class, or such a row for each position in it; or one
            number an example, which tells class 1 where it is above the threshold, and may be in a row of its own. With
            a threshold the entries of a row are labels, each for itself, and an example is right where all of them are.
        targets: classes 0 .. K - 1, a class a position, or one-hot rows. With one output: 0 and 1, or -1 and +1. Of
            labels: rows of these.
        threshold: 0.5 for probabilities, 0 for logits and for hinge's scores. Of one output it may be left out where
            outputs in [0, 1] say that they are probabilities, or targets -1 and +1 that it is 0.

    Raises:
        ValueError: there are not as many targets as outputs, or none at all; targets are of another kind; or only a
            threshold could tell what the outputs mean.

    Example:
        >>> import functools
        >>> metrics = {"accuracy": functools.partial(accuracy, threshold=0)}  # for `fit`, of logits
    """
    outputs, targets = np.asarray(outputs), np.asarray(targets)
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(f"accuracy needs one target for each output, got {len(outputs)} and {len(targets)}")
    outputs, targets = without_axis_of_one(outputs), without_axis_of_one(targets)
    if outputs.ndim > 2 and threshold is None:  # each position counts as an example does
        last = outputs.ndim - 1
        if targets.shape[:last] != outputs.shape[:-1]:
            raise ValueError(f"accuracy needs a class a position, got {outputs.shape}, {targets.shape}")
        outputs = outputs.reshape(-1, outputs.shape[-1])
        targets = targets.reshape(-1, *targets.shape[last:])
    if outputs.ndim > 1 and threshold is None:
        return float(np.mean(outputs.argmax(axis=1) == classes_of(targets, outputs.shape[1])))
    if outputs.shape != targets.shape:
        raise ValueError(
            f"accuracy by a threshold needs a target for each output, got {outputs.shape}, {targets.shape}"
        )
    if not (np.isin(targets, (0, 1)).all() or np.isin(targets, (-1, 1)).all()):
        raise ValueError(f"accuracy by a threshold needs targets 0 and 1, or -1 and +1, got {np.unique(targets)}")
    if threshold is None:
        threshold = threshold_of(outputs, targets)
    right = (outputs > threshold) == (targets > 0)
    return float(np.mean(right if right.ndim == 1 else right.all(axis=1)))


def classes_of(targets: NDArray[Any], K: int) -> NDArray[Any]:
    """The class of each target, an index or a row of K numbers."""
    if targets.ndim == 1:
        outside = targets[~np.isin(targets, np.arange(K))]
        if len(outside):
            raise ValueError(f"accuracy of {K} outputs needs classes 0 to {K - 1}, got {outside[0]}")
        return targets
    if targets.shape[1] != K:
        raise ValueError(f"accuracy of {K} outputs needs rows of {K} targets, got {targets.shape[1]}")
    several = targets[np.sum(targets == targets.max(axis=1, keepdims=True), axis=1) > 1]
    if len(several):
        raise ValueError(
            f"accuracy cannot tell the class of target {several[0]}; if it has several labels, say where one begins: "
            "threshold=0.5 for probabilities, threshold=0 for logits"
        )
    classes: NDArray[Any] = targets.argmax(axis=1)
    return classes


def threshold_of(outputs: NDArray[Any], targets: NDArray[Any]) -> float:
    """Where class 1 begins, as far as outputs and targets can tell."""
    if targets.min() < 0:
        return 0.0
    outside = outputs[~((outputs >= 0) & (outputs <= 1))]
    if len(outside):
        raise ValueError(
            f"accuracy cannot tell where class 1 begins, for output {outside[0]:g} is no probability: pass threshold=0 "
            "for logits, such as functools.partial(nn.accuracy, threshold=0) in metrics, or another"
        )
    return 0.5


def without_axis_of_one(array: NDArray[Any]) -> NDArray[Any]:
    """Rows of one number as numbers."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
