"""plot_decision: regions, boundaries and examples, for a class to look at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nn

X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [4.0, 4.0], [5.0, 4.0], [4.0, 5.0]])
CLASSES = np.array([0, 0, 0, 1, 1, 1])


@pytest.fixture
def pyplot() -> Iterator[Any]:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def line(output: str = "sigmoid", units: int = 1) -> nn.MLP:
    """A classifier whose boundary is x1 + x2 = 5."""
    model = nn.MLP(2, [units], output=output)
    signs = [1.0] if units == 1 else [-1.0, 1.0]
    for neuron, sign in zip(model.layers[0].neurons, signs):
        for parameter, data in zip(neuron.parameters(), (1.0, 1.0, -5.0)):
            parameter.data = sign * data
    return model


def boundary(ax: Any) -> np.ndarray[Any, Any]:
    """The points of all the lines that contours are made of."""
    lines = [c for c in ax.collections if len(c.get_facecolor()) == 0]
    return np.concatenate([path.vertices for c in lines for path in c.get_paths() if len(path.vertices)])


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (line(), CLASSES),
        (line("tanh"), 2 * CLASSES - 1),
        (line("linear", units=2), CLASSES),
        (line("softmax", units=2), np.eye(2)[CLASSES]),
    ],
)
def test_the_boundary_is_where_the_decision_changes(pyplot: Any, model: nn.MLP, y: Any) -> None:
    ax: Any = nn.plot_decision(model, X, y)
    assert boundary(ax).sum(axis=1) == pytest.approx(5, abs=1e-6)
    assert ax.get_title(loc="left") == "6 of 6 examples are right"
    drawn = np.concatenate([np.column_stack(points.get_data()) for points in ax.lines])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, X))


def test_examples_that_are_wrong_are_outlined(pyplot: Any) -> None:
    y = CLASSES.copy()
    y[0] = 1
    ax: Any = nn.plot_decision(line(), X, y, labels=["low", "high"])
    outlined = [points for points in ax.lines if points.get_markeredgecolor() == "black" and len(points.get_xdata())]
    assert [points.get_data()[0].tolist() for points in outlined] == [[0.0]]
    assert ax.get_title(loc="left") == "5 of 6 examples are right"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["low", "high"]


def test_the_model_stays_as_it_is_and_dropout_is_off(pyplot: Any) -> None:
    model = nn.Sequential(nn.Dropout(0.5), line())
    model.layers[1].eval()
    modes = [module.training for module in model.modules()]
    assert True in modes
    assert False in modes
    assert boundary(nn.plot_decision(model, X, CLASSES)).sum(axis=1) == pytest.approx(5, abs=1e-6)
    assert [module.training for module in model.modules()] == modes


def test_it_draws_on_axes_that_are_given_whatever_the_model_decides(pyplot: Any) -> None:
    ax: Any = pyplot.subplots()[1]
    always = line()
    always.layers[0].neurons[0].bias.data = 100.0
    assert nn.plot_decision(always, X, CLASSES, ax=ax) is ax
    assert ax.get_title(loc="left") == "3 of 6 examples are right"
    nn.plot_decision(always, X[:1], CLASSES[:1], ax=ax)  # a single point spans no plane


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((nn.MLP(3, [1]), np.ones((6, 3)), CLASSES), r"X must have two inputs a row, .* got shape \(6, 3\)"),
        ((nn.MLP(2, [1]), X, CLASSES[:5]), "one target for each output, got 6 and 5"),
        ((line("linear"), X, CLASSES), "cannot tell where class 1 begins"),
        ((line("linear", units=2), X, CLASSES, {"threshold": 0.5}), "threshold is for a model of one output"),
        ((line(), X, CLASSES, {"labels": ["a"]}), "labels must be one for each of 2 classes, got 1"),
    ],
)
def test_mistakes_are_named(pyplot: Any, arguments: Any, told: str) -> None:
    model, inputs, y, *options = arguments
    with pytest.raises(ValueError, match=told):
        nn.plot_decision(model, inputs, y, **(options[0] if options else {}))


def test_without_matplotlib_it_says_what_to_install() -> None:
    program = """
import sys
sys.modules["matplotlib"] = None
import nn
try:
    nn.plot_decision(nn.MLP(2, [1], output="sigmoid"), [[0, 0], [1, 1]], [0, 1])
except ModuleNotFoundError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "decision regions need matplotlib: pip install matplotlib"
