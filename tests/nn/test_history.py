"""The history of a training run, and its learning curves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import nn

TRAINING, VALIDATION = [15, 13, 10, 5, 3, 2], [20, 18, 15, 17, 22, 25]  # errors in % (HKU, "Early Stopping")


def history(**columns: Sequence[float]) -> nn.History:
    h = nn.History(reason="validation loss rises")
    for k in range(len(columns["loss"])):
        h.append({"epoch": k + 1, **{name: column[k] for name, column in columns.items()}})
    return h


@pytest.fixture
def pyplot() -> Iterator[Any]:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_it_gives_each_quantity_by_epochs() -> None:
    h = history(loss=[3.0, 2.0], accuracy=[0.5, 0.75])
    assert h["epoch"] == [1, 2]
    assert h["accuracy"] == [0.5, 0.75]
    assert len(h) == 2
    assert len(nn.History()) == 0
    h.reason, h.steps = "finished 2 epochs", 10
    assert repr(h) == "<History of 2 epochs: 10 updates, loss 2, accuracy 0.75; finished 2 epochs>"
    with pytest.raises(KeyError, match="the history has no 'recall'; it has epoch, loss, accuracy"):
        h["recall"]


def test_the_best_epoch_is_that_of_the_lowest_validation_loss() -> None:
    assert history(loss=TRAINING, validation_loss=VALIDATION).best_epoch == 3
    assert history(loss=TRAINING).best_epoch == 6


def test_the_curves_are_drawn_labelled_and_marked(pyplot: Any) -> None:
    ax: Any = history(loss=TRAINING, validation_loss=VALIDATION).plot()
    curves = [list(line.get_ydata()) for line in ax.lines]
    assert TRAINING in curves
    assert VALIDATION in curves
    assert [3] in [list(line.get_xdata()) for line in ax.lines]
    legend = ax.get_legend()
    words = {text.get_text(): line for text, line in zip(legend.get_texts(), legend.get_lines())}
    assert set(words) == {"training", "validation", "lowest validation\nloss: epoch 3"}
    colours = {tuple(line.get_ydata()): line.get_color() for line in ax.lines}
    assert words["training"].get_color() == colours[tuple(TRAINING)] != colours[tuple(VALIDATION)]
    assert ax.get_title(loc="left") == "validation loss rises"
    assert ax.get_xlabel() == "epoch"


@pytest.mark.parametrize("constrained", [True, False])
@pytest.mark.parametrize("best", range(6))
def test_all_words_keep_to_their_axes_beside_others(pyplot: Any, best: int, constrained: bool) -> None:
    close = [10.0, 6.0, 4.0, 3.0, 2.5, 2.4]
    held_out = [x + (0.05 if k != best else -3) for k, x in enumerate(close)]
    record = history(loss=close, validation_loss=held_out)
    record.reason = "the validation loss has not fallen for 12 epochs in a row"
    figure, (left, right) = pyplot.subplots(1, 2, layout="constrained" if constrained else None)
    record.plot(ax=left)
    record.plot(ax=right)
    figure.draw_without_rendering()
    for ax in (left, right):
        frame = ax.get_window_extent()
        for part in (ax.get_legend(), ax.title, ax._left_title):
            box = part.get_window_extent()
            assert frame.x0 - 1 <= box.x0
            assert box.x1 <= frame.x1 + 1


def test_a_metric_is_drawn_on_axes_that_are_given(pyplot: Any) -> None:
    ax: Any = pyplot.subplots()[1]
    assert history(loss=TRAINING, accuracy=[0.1] * 6).plot("accuracy", ax) is ax
    assert [np.asarray(line.get_ydata()).tolist() for line in ax.lines] == [[0.1] * 6]
    assert ax.get_ylabel() == "accuracy"
    with pytest.raises(KeyError, match="the history has no 'recall'"):
        history(loss=TRAINING).plot("recall")


def test_without_matplotlib_it_says_what_to_install() -> None:
    program = """
import sys
sys.modules["matplotlib"] = None
import nn
history = nn.History()
history.append({"epoch": 1, "loss": 2.0})
try:
    history.plot()
except ModuleNotFoundError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "learning curves need matplotlib: pip install matplotlib"
