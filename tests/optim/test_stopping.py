"""When to stop training."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from autograd import Parameter
from optim import EarlyStopping, Epochs, Loss, Misclassification, Stopping, WeightChange

TRAIN = {15: 85, 16: 87, 17: 90, 18: 95, 19: 97, 20: 98}
VALIDATION = {15: 80, 16: 82, 17: 85, 18: 83, 19: 78, 20: 75}


def run(stopping: Stopping, records: Iterable[Mapping[str, float]], w: Parameter) -> tuple[int, str] | None:
    """Train as a loop does; the weight is the epoch's number. When and why it stopped, or None."""
    stopped = None
    for record in records:
        w.data = float(record["epoch"])
        reason = stopping(record, [w])
        if reason is not None:
            stopped = int(record["epoch"]), reason
            break
    stopping.finish([w])
    return stopped


def losses(*values: float, name: str = "validation_loss") -> list[dict[str, float]]:
    return [{"epoch": epoch, "loss": 0.0, name: value} for epoch, value in enumerate(values, start=1)]


@pytest.mark.parametrize(("patience", "last"), [(1, 18), (2, 19), (3, 20)])
def test_the_decks_table_gives_epoch_17s_weights(patience: int, last: int) -> None:
    table = [{"epoch": e, "accuracy": TRAIN[e] / 100, "validation_accuracy": VALIDATION[e] / 100} for e in TRAIN]
    w = Parameter(0.0)
    stopping = EarlyStopping(patience, monitor="validation_accuracy", mode="max")
    stopped = run(stopping, table, w)
    assert stopped is not None
    assert stopped[0] == last
    assert stopped[1] == f"validation_accuracy has not been better than 0.85 of epoch 17 for {patience} epochs"
    assert (w.data, stopping.best, stopping.best_epoch) == (17.0, 0.85, 17)


def test_the_best_weights_are_restored_however_training_ends() -> None:
    w = Parameter(0.0)
    assert run(EarlyStopping(5), losses(3.0, 1.0, 2.0), w) is None
    assert w.data == 2.0
    assert run(EarlyStopping(5), losses(3.0, 2.0, 1.0), w) is None
    assert w.data == 3.0


def test_what_ends_in_its_first_epoch_keeps_its_own_weights() -> None:
    w, stopping = Parameter(0.0), EarlyStopping(5)
    run(stopping, losses(3.0, 1.0, 2.0), w)
    w.data = -5.0
    assert run(stopping, [], w) is None
    assert (w.data, stopping.best_epoch) == (-5.0, 2)


def test_a_gain_has_to_be_greater_than_min_delta() -> None:
    w = Parameter(0.0)
    records = losses(1.0, 0.9375, 0.875, 0.8125, 0.75)
    assert run(EarlyStopping(2, min_delta=0.125), records, w) == (
        3,
        "validation_loss has not been better than 1 of epoch 1 for 2 epochs",
    )
    assert run(EarlyStopping(3, min_delta=0.125), records, w) is None  # 0.8125 is better by more than that
    assert run(EarlyStopping(1), losses(1.0, 1.0), w) is not None  # as good is not better


def test_nan_is_no_gain() -> None:
    w = Parameter(0.0)
    stopped = run(EarlyStopping(2), losses(2.0, 1.0, math.nan, math.nan, 0.5), w)
    assert stopped is not None
    assert stopped[0] == 4
    assert w.data == 2.0
    assert run(EarlyStopping(2), losses(math.nan, math.nan), w) == (
        2,
        "validation_loss has not been a number for 2 epochs",
    )
    assert w.data == 2.0  # there is nothing to restore


@pytest.mark.parametrize(
    "stopping",
    [EarlyStopping(2), WeightChange(0.5), Epochs(4), Loss(0.5, "validation_loss")],
    ids=lambda s: type(s).__name__,
)
def test_a_criterion_serves_one_training_after_the_other(stopping: Stopping) -> None:
    w = Parameter(0.0)
    first = run(stopping, losses(0.9, 0.8, 0.81, 0.82), w)
    weights = w.data
    w.data = -5.0
    assert run(stopping, losses(0.9, 0.8, 0.81, 0.82), w) == first
    assert w.data == weights


def test_weight_change_is_the_norm_over_an_epoch() -> None:
    stopping = WeightChange(threshold=0.45)
    u, v = Parameter(1.0), Parameter(2.0)
    for epoch, (data, stops) in enumerate([((1, 2), False), ((1.3, 2.4), False), ((1.3, 2.8), True)], start=1):
        u.data, v.data = data
        assert (stopping({"epoch": epoch}, [u, v]) is not None) == stops
    assert stopping({"epoch": 4}, [u, v]) == "the weights changed by 0, less than 0.45"
    assert stopping({"epoch": 1}, [u, v]) is None


def test_epochs_loss_and_misclassification() -> None:
    assert [Epochs(3)({"epoch": n}, []) for n in (1, 2, 3)] == [None, None, "3 epochs are over"]
    assert [Loss(0.1)({"loss": x}, []) for x in (0.2, 0.1, 0.05)] == [None, None, "loss is 0.05, less than 0.1"]
    assert Misclassification(0.05)({"accuracy": 0.9}, []) is None
    assert Misclassification(0.05)({"accuracy": 0.98}, []) == "0.02 are misclassified, less than 0.05"
    assert Misclassification(0.5, "validation_accuracy")({"accuracy": 0, "validation_accuracy": 0.75}, []) is not None


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: EarlyStopping(0), "patience must be a whole number from 1 up, got 0"),
        (lambda: EarlyStopping(2, min_delta=-1), "min_delta must be a number that is not negative, got -1"),
        (lambda: EarlyStopping(2, mode="best"), "mode must be 'min' or 'max', got 'best'"),  # type: ignore[arg-type]
        (
            lambda: EarlyStopping(2)({"epoch": 1, "loss": 0.5}, []),
            "'validation_loss' is watched, and is not in the record; there are epoch, loss",
        ),
        (lambda: WeightChange(0), "threshold must be a positive number, got 0"),
        (lambda: WeightChange(1)({"loss": 1}, []), "'epoch' is watched, and is not in the record; there are loss"),
        (lambda: Epochs(0.5), "n must be a whole number from 1 up, got 0.5"),  # type: ignore[arg-type]
        (lambda: Misclassification(5), "threshold must be above 0 and at most 1, got 5"),
        (lambda: Misclassification(0.1)({"accuracy": 85}, []), "accuracy must be a share from 0 to 1, got 85"),
        (lambda: Loss(math.nan), "threshold must be a number, got nan"),
    ],
)
def test_mistakes_are_named(make: Callable[[], Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()
