"""Metrics."""

from __future__ import annotations

import numpy as np
import pytest

import nn


def test_accuracy_of_classes_and_of_one_hot_rows() -> None:
    outputs = np.array([[2.0, 1.0, 0.0], [0.0, 5.0, 1.0], [1.0, 0.0, -1.0], [0.0, 0.0, 1.0]])
    classes = np.array([0.0, 1.0, 2.0, 2.0])
    assert nn.accuracy(outputs, classes) == 0.75
    assert nn.accuracy(outputs, np.eye(3)[classes.astype(int)]) == 0.75


def test_accuracy_of_one_output_goes_by_the_threshold() -> None:
    probabilities, scores = np.array([0.9, 0.4, 0.6]), np.array([2.0, -1.0, 0.2])
    assert nn.accuracy(probabilities, np.array([1, 0, 0])) == pytest.approx(2 / 3)
    assert nn.accuracy(scores, np.array([1, -1, -1]), threshold=0) == pytest.approx(2 / 3)
    assert nn.accuracy(scores, np.array([1, 0, 0])) == 1.0
    assert nn.accuracy(probabilities[:, np.newaxis], np.array([[1], [0], [0]])) == pytest.approx(2 / 3)


def test_accuracy_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    outputs, classes = rng.normal(size=(50, 4)), rng.integers(0, 4, 50)
    assert nn.accuracy(outputs, classes) == metrics.accuracy_score(classes, outputs.argmax(axis=1))


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="accuracy needs one target for each output, got 2 and 3"):
        nn.accuracy(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="got 0 and 0"):
        nn.accuracy(np.zeros(0), np.zeros(0))
