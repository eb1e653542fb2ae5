"""When to stop training (IITI, "When to stop training neural networks?"; HKU, "Early stopping")."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograd import Value, arguments, pack, unpack


class Stopping:
    """A criterion: called once after each epoch, it says why to stop, or None to go on.

    A criterion may serve one training after the other: epoch 1 begins a new one.
    """

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        """Judge an epoch.

        Args:
            record: what is known of it: "epoch", from 1; "loss", the training loss; "validation_loss" where there is
                validation data; and metrics by name, on training data and, after "validation_", on validation data.
            parameters: the weights and biases, as they stand after the epoch.

        Returns:
            The reason to stop, in words; None to go on.

        Raises:
            ValueError: what the criterion watches is not in the record.
        """
        raise NotImplementedError

    def finish(self, parameters: Sequence[Value]) -> None:
        """Called when training ends, for whatever reason."""


class WeightChange(Stopping):
    """Stop when weight changes are tiny: ``|theta - theta_before| < threshold``, over an epoch and all parameters.

    Args:
        threshold: positive. The first epoch only gives the weights to compare with.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = arguments.positive("threshold", threshold)
        self._before: NDArray[np.float64] | None = None

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        before = None if _watched(record, "epoch") == 1 else self._before
        self._before = theta = pack(parameters)
        if before is None:
            return None
        change = float(np.linalg.norm(theta - before))
        return f"the weights changed by {change:.4g}, less than {self.threshold:g}" if change < self.threshold else None


class Epochs(Stopping):
    """Stop after a number of epochs.

    Args:
        n: how many.
    """

    def __init__(self, n: int) -> None:
        self.n = arguments.whole_number("n", n)

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        return f"{self.n} epochs are over" if _watched(record, "epoch") >= self.n else None


class Misclassification(Stopping):
    """Stop when the share of misclassified examples, ``1 - accuracy``, is below a threshold.

    Args:
        threshold: above 0, and at most 1: 0.05 is 5%.
        metric: which entry of the record is the accuracy, a share from 0 to 1: "validation_accuracy", for one.
    """

    def __init__(self, threshold: float, metric: str = "accuracy") -> None:
        self.threshold = arguments.number("threshold", threshold, "above 0 and at most 1", lambda x: 0 < x <= 1)
        self.metric = metric

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        wrong = 1 - arguments.share(self.metric, _watched(record, self.metric))
        return f"{wrong:.4g} are misclassified, less than {self.threshold:g}" if wrong < self.threshold else None


class Loss(Stopping):
    """Stop when the loss is below a threshold.

    Args:
        threshold: a number.
        monitor: which entry of the record to watch.
    """

    def __init__(self, threshold: float, monitor: str = "loss") -> None:
        self.threshold = arguments.number("threshold", threshold)
        self.monitor = monitor

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        loss = _watched(record, self.monitor)
        return f"{self.monitor} is {loss:.4g}, less than {self.threshold:g}" if loss < self.threshold else None


class EarlyStopping(Stopping):
    """Stop when the model no longer improves, and give it back its best weights (HKU, "Solution 3: Early stopping").

    Args:
        patience: after how many epochs in a row without improvement training stops.
        min_delta: an epoch counts as an improvement if it betters the best so far by more than this.
        monitor: which entry of the record to watch.
        mode: "min" where less is better, "max" where more is.

    Attributes:
        best: the best number so far; None before there is one.
        best_epoch: the epoch of that number; None before there is one.
    """

    def __init__(
        self,
        patience: int,
        min_delta: float = 0.0,
        monitor: str = "validation_loss",
        mode: Literal["min", "max"] = "min",
    ) -> None:
        self.patience = arguments.whole_number("patience", patience)
        self.min_delta = arguments.not_negative("min_delta", min_delta)
        self.monitor = monitor
        self.mode = arguments.choice("mode", mode, "min", "max")
        self._begin()

    def _begin(self) -> None:
        self.best: float | None = None
        self.best_epoch: int | None = None
        self._best_weights: NDArray[np.float64] | None = None
        self._waited = 0

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        value, epoch = _watched(record, self.monitor), int(_watched(record, "epoch"))
        if epoch == 1:
            self._begin()
        if self._improves(value):
            self.best, self.best_epoch, self._best_weights = value, epoch, pack(parameters)
            self._waited = 0
            return None
        self._waited += 1
        if self._waited < self.patience:
            return None
        since = "a number" if self.best is None else f"better than {self.best:.4g} of epoch {self.best_epoch}"
        return f"{self.monitor} has not been {since} for {self._waited} epochs"

    def finish(self, parameters: Sequence[Value]) -> None:
        """Set the parameters to the best weights, where this training had any."""
        if self._best_weights is not None:
            unpack(self._best_weights, parameters)
        self._best_weights = None

    def _improves(self, value: float) -> bool:
        if math.isnan(value):
            return False
        if self.best is None:
            return True
        gain = self.best - value if self.mode == "min" else value - self.best
        return gain > self.min_delta


def _watched(record: Mapping[str, float], name: str) -> float:
    """An entry of the record, or a ValueError that names it and the entries that there are."""
    if name not in record:
        raise ValueError(f"{name!r} is watched, and is not in the record; there are {', '.join(record)}")
    return record[name]
