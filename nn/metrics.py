"""Metrics: how good a model is, in a user's terms.

scikit-learn has the others: ``metrics={"F1": lambda outputs, targets: f1_score(targets, outputs > 0.5)}``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def accuracy(outputs: NDArray[Any], targets: NDArray[Any], threshold: float = 0.5) -> float:
    """The share of examples, from 0 to 1, classified correctly (IITI, "When to Stop Training": 1 minus it).

    Args:
        outputs: a row an example, whose largest entry tells the class; or one number an example, which tells class 1
            where it is above the threshold, and may be in a row of its own.
        targets: classes 0 .. K - 1, or one-hot rows. With one output: 0 and 1, or -1 and +1.
        threshold: 0.5 for probabilities, 0 for logits and for hinge's scores.

    Raises:
        ValueError: there are not as many targets as outputs, or none at all.
    """
    outputs, targets = np.asarray(outputs), np.asarray(targets)
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(f"accuracy needs one target for each output, got {len(outputs)} and {len(targets)}")
    outputs, targets = _without_axis_of_one(outputs), _without_axis_of_one(targets)
    predicted = outputs.argmax(axis=1) if outputs.ndim > 1 else outputs > threshold
    actual = targets.argmax(axis=1) if targets.ndim > 1 else targets if outputs.ndim > 1 else targets > 0
    return float(np.mean(predicted == actual))


def _without_axis_of_one(array: NDArray[Any]) -> NDArray[Any]:
    """Rows of one number as numbers."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
