"""Plots for a class: what matplotlib draws of a training and of a trained model. It is imported when it is needed."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import autograd
from nn.metrics import accuracy, classes_of, threshold_of, without_axis_of_one
from nn.module import Module

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Told apart by the colour-blind, and in grey (Okabe & Ito).
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
COLOURS = (BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", "#E69F00", "#4b5560")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GRID = 200  # points along each side


def axes(ax: Axes | None, what: str) -> Axes:
    """The axes that are given, or those of a new figure.

    Raises:
        ModuleNotFoundError: matplotlib, which ``what`` needs, is not installed.
    """
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{what} need matplotlib: pip install matplotlib") from error
    return ax if ax is not None else pyplot.subplots(figsize=(9, 5), layout="constrained")[1]


def dress(ax: Axes, title: str, xlabel: str, ylabel: str) -> float:
    """Give axes a title and labels in letters that fit their width. Returns the letters' size, in points."""
    width = ax.get_window_extent().width / ax.figure.dpi  # inches
    size = min(15.0, max(9.0, 2.2 * width))
    letters = int(width * 72 / (0.6 * size))
    ax.set_title("\n".join(textwrap.wrap(title, max(letters, 10))), loc="left", fontsize=size, color="0.3")
    ax.set_xlabel(xlabel, fontsize=size)
    ax.set_ylabel(ylabel, fontsize=size)
    ax.tick_params(labelsize=0.85 * size)
    ax.spines[["top", "right"]].set_visible(False)
    return size


def plot_decision(
    model: Module,
    X: ArrayLike,
    y: ArrayLike,
    *,
    ax: Axes | None = None,
    threshold: float | None = None,
    labels: Sequence[str] | None = None,
) -> Axes:
    """Draw what a classifier of two inputs decides: the region of each class, the boundaries, and the examples.

    An example that is classified wrongly has a black outline. The model stays as it is.

    Args:
        model: called on two numbers it gives an output for each class, the largest of which decides, or one output.
        X: the examples, two inputs a row.
        y: their classes, as `nn.fit` takes them: 0 .. K - 1, or one-hot rows. With one output: 0 and 1, or -1 and +1.
        ax: where to draw; None for a figure of its own.
        threshold: of one output: class 1 is where it is larger. As for `nn.accuracy`.
        labels: what the classes are called, in their order.

    Returns:
        The axes; ``ax.figure.savefig("boundary.png")`` writes them to a file.

    Raises:
        ValueError: an example has not two inputs; there are not as many targets, or labels; targets are no classes, or
            only a threshold could tell what the outputs mean.
        TracingError: the model branches on its numbers.
        ModuleNotFoundError: matplotlib is not installed.
    """
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2 or X.shape[1] != 2:
        raise ValueError(
            f"X must have two inputs a row, for they span the plane, got shape {X.shape}: choose two columns"
        )
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        predict = autograd.compile(model)
        outputs, targets = without_axis_of_one(predict(X)), without_axis_of_one(np.asarray(y))
        if outputs.ndim > 1 and threshold is not None:
            raise ValueError(f"threshold is for a model of one output, and this one has {outputs.shape[1]}")
        accuracy(outputs, targets, threshold)  # which names what is wrong with them
        if outputs.ndim == 1 and threshold is None:
            threshold = threshold_of(outputs, targets)
        ax = axes(ax, "decision regions")
        reach = 0.08 * (np.ptp(X, axis=0) + (np.ptp(X, axis=0) == 0))
        sides = [np.linspace(low, high, GRID) for low, high in zip(X.min(axis=0) - reach, X.max(axis=0) + reach)]
        grid = np.meshgrid(*sides)
        over_the_grid = without_axis_of_one(predict(np.column_stack([side.ravel() for side in grid])))
    finally:
        for module, mode in modes:
            module.training = mode
    given = _leads(outputs, threshold).argmax(axis=0)
    right = classes_of(targets, outputs.shape[1]) if outputs.ndim > 1 else (targets > 0).astype(int)
    values = _values(outputs, targets)
    names = [f"{value:g}".replace("-", "−") for value in values] if labels is None else list(labels)
    if len(names) != len(values):
        raise ValueError(f"labels must be one for each of {len(values)} classes, got {len(names)}")
    _draw_regions(ax, grid, _leads(over_the_grid, threshold))
    for k, (name, colour, marker) in enumerate(zip(names, cycle(COLOURS), cycle(MARKERS))):
        for wrong, edge in ((False, "white"), (True, "black")):
            shown = X[(right == k) & ((given != k) == wrong)]
            ax.plot(
                *shown.T,
                marker,
                color=colour,
                markeredgecolor=edge,
                markeredgewidth=1.6 if wrong else 0.8,
                markersize=8,
                label=None if wrong else name,
            )
    size = dress(ax, f"{np.sum(given == right)} of {len(X)} examples are right", "x1", "x2")
    ax.legend(fontsize=0.85 * size)
    return ax


def _leads(outputs: NDArray[Any], threshold: float | None) -> NDArray[Any]:
    """By class, how far its output is above the largest of the others'; of one output, above the threshold or below."""
    if threshold is not None:
        return np.array([threshold - outputs, outputs - threshold])
    leads = [outputs[:, k] - np.delete(outputs, k, axis=1).max(axis=1) for k in range(outputs.shape[1])]
    return np.array(leads)


def _values(outputs: NDArray[Any], targets: NDArray[Any]) -> Sequence[float]:
    """What the targets call the classes."""
    if outputs.ndim > 1:
        return range(outputs.shape[1])
    return (-1, 1) if targets.min() < 0 else (0, 1)


def _draw_regions(ax: Axes, grid: Sequence[NDArray[Any]], leads: NDArray[np.float64]) -> None:
    """Shade where each class leads the others, and draw the boundaries, where it leads by nothing."""
    for lead, colour in zip(leads, cycle(COLOURS)):
        lead = lead.reshape(grid[0].shape)
        if lead.max() > 0:
            ax.contourf(*grid, lead, levels=[0, lead.max() + 1], colors=[colour], alpha=0.2)
        if lead.min() < 0 < lead.max():
            ax.contour(*grid, lead, levels=[0], colors="black", linewidths=1.2)
