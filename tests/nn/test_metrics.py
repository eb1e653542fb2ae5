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
    assert nn.accuracy(scores, np.array([1, 0, 0]), threshold=0.5) == 1.0
    assert nn.accuracy(probabilities[:, np.newaxis], np.array([[1], [0], [0]])) == pytest.approx(2 / 3)


def test_targets_of_both_signs_tell_that_the_threshold_is_0() -> None:
    assert nn.accuracy(np.array([0.3, -2.0, 0.1]), np.array([1, -1, -1])) == pytest.approx(2 / 3)


def test_of_outputs_that_are_no_probabilities_it_asks_for_the_threshold() -> None:
    logits, classes = np.array([0.3, -2.0, 0.1]), np.array([1, 0, 1])
    with pytest.raises(ValueError, match="cannot tell where class 1 begins, for output -2 is no probability: pass thr"):
        nn.accuracy(logits, classes)
    assert nn.accuracy(logits, classes, threshold=0) == 1.0
    assert nn.accuracy(logits, classes, threshold=0.5) == pytest.approx(1 / 3)


def test_accuracy_of_several_labels_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    probabilities, labels = rng.random((50, 3)), rng.integers(0, 2, (50, 3))
    with pytest.raises(
        ValueError, match=r"cannot tell the class of target \[.*\]; if it has several labels, say where"
    ):
        nn.accuracy(probabilities, labels)
    ours = nn.accuracy(probabilities, labels, threshold=0.5)
    assert ours == metrics.accuracy_score(labels, probabilities > 0.5)
    assert nn.accuracy(probabilities - 0.5, 2 * labels - 1, threshold=0) == ours


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
    with pytest.raises(ValueError, match="accuracy of 3 outputs needs classes 0 to 2, got 3"):
        nn.accuracy(np.zeros((2, 3)), np.array([1, 3]))
    with pytest.raises(ValueError, match="accuracy of 3 outputs needs rows of 3 targets, got 2"):
        nn.accuracy(np.zeros((2, 3)), np.eye(2))
    with pytest.raises(ValueError, match=r"needs targets 0 and 1, or -1 and \+1, got \[0 1 2\]"):
        nn.accuracy(np.zeros(3), np.array([0, 1, 2]))
    with pytest.raises(ValueError, match=r"by a threshold needs a target for each output, got \(2, 3\), \(2,\)"):
        nn.accuracy(np.zeros((2, 3)), np.array([0, 1]), threshold=0.5)
