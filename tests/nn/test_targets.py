"""fit with targets that are shaped unlike the outputs: whatever the loss takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Value

RNG = np.random.default_rng(0)


def gaussian(output: Any, target: Any) -> Value:
    """The negative log likelihood of a target under a mean and a logarithm of the standard deviation."""
    mean, log_deviation = output
    likelihood: Value = log_deviation + ((target - mean) / autograd.exp(log_deviation)) ** 2 / 2
    return likelihood


def fit(model: nn.Module, X: Any, y: Any, loss: Any, **options: Any) -> nn.History:
    adam = optim.Adam(model.parameters(), lr=0.05)
    return nn.fit(model, X, y, loss=loss, optimizer=adam, progress=False, **{"epochs": 300, **options})


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("targets", [RNG.normal(3.0, 2.0, 400), RNG.integers(0, 2, 400)])
def test_two_outputs_have_one_target_as_a_gaussian_likelihood_has(compiled: bool, targets: Any) -> None:
    y = targets if compiled else targets[:20]
    model = nn.Layer(1, 2)
    history = fit(model, np.zeros((len(y), 1)), y, gaussian, compiled=compiled, validation=(np.zeros((2, 1)), y[:2]))
    mean, log_deviation = model([0.0])
    assert mean.data == pytest.approx(np.mean(y), abs=0.05)
    assert np.exp(log_deviation.data) == pytest.approx(np.std(y), abs=0.05)
    assert len(history["validation_loss"]) == 300


class Tagger(nn.Module):
    """Three logits for each of several positions."""

    def __init__(self) -> None:
        self.layer = nn.Layer(2, 3)

    def forward(self, positions: Any) -> Any:
        return [self.layer(x) for x in positions]


def tagging(outputs: Any, targets: Any) -> Value:
    loss: Value = autograd.sum([nn.cross_entropy(s, t) for s, t in zip(outputs, targets)])
    return loss


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("one_hot", [True, False])
def test_each_position_has_a_class(compiled: bool, one_hot: bool) -> None:
    X = RNG.normal(size=(20, 4, 2))
    y = np.where(X[..., 0] > 0.5, 2, np.where(X[..., 1] > 0, 1, 0))
    targets = np.eye(3)[y] if one_hot else y
    epochs = 300 if compiled else 30
    history = fit(Tagger(), X, targets, tagging, compiled=compiled, epochs=epochs, metrics={"accuracy": nn.accuracy})
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert history["accuracy"][-1] > (0.9 if compiled else 0.5)


def test_the_loss_that_takes_rows_of_another_length_gets_them_as_they_are() -> None:
    seen = []

    def loss(output: Value, target: Any) -> Value:
        seen.append(len(target))
        error: Value = (output - target[0] * target[1]) ** 2
        return error

    X = RNG.normal(size=(30, 1))
    model = nn.MLP(1, [1])
    assert fit(model, X, np.column_stack([X[:, 0], np.full(30, 2.0)]), loss)["loss"][-1] < 1e-4
    assert set(seen) == {2}
    assert model.parameters()[0].data == pytest.approx(2.0, abs=0.01)


def test_classes_stay_one_hot_where_the_loss_takes_either() -> None:
    seen = []

    def loss(output: Any, target: Any) -> Value:
        seen.append(target)
        return nn.cross_entropy(output, target)

    fit(nn.Layer(1, 3), np.zeros((3, 1)), [0, 1, 2], loss, epochs=1, compiled=False)
    assert {tuple(target) for target in seen} == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}


@pytest.mark.parametrize(
    ("model", "y", "loss", "told"),
    [
        (nn.Layer(1, 2), [0.5, 1.0], nn.squared_error, r"y\[0\] is 0.5: the 2 outputs are for the classes 0 to 1"),
        (nn.Layer(1, 2), [[1, 2, 3]] * 2, nn.squared_error, r"a number for each of 2 outputs, got shape \(2, 3\)"),
        (nn.Layer(1, 1), [[1, 2, 3]] * 2, nn.squared_error, r"a number for each of 1 outputs, got shape \(2, 3\)"),
    ],
)
def test_targets_that_the_loss_does_not_take_are_named(model: nn.Module, y: Any, loss: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fit(model, [[1.0], [2.0]], y, loss)


def test_accuracy_counts_positions() -> None:
    outputs = np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]])
    assert nn.accuracy(outputs, np.array([[0, 1], [1, 0]])) == 0.75
    assert nn.accuracy(outputs, np.eye(2)[np.array([[0, 1], [1, 0]])]) == 0.75
    with pytest.raises(ValueError, match="a class a position"):
        nn.accuracy(outputs, np.array([[0], [1]]))
