"""One style for every plot: to be read from the back of a room, with or without colours.

Importing this module sets it. Figures are made by `figure`, without pyplot, so that no state is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

# Okabe & Ito, "Color Universal Design" (2008), without the yellow, which is lost on white.
BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE, BLACK = COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"),
)
DASHES = (
    "-",
    (0, (6, 2)),
    (0, (2, 1.5)),
    (0, (7, 2, 1.5, 2)),
    (0, (10, 3)),
    (0, (4, 1.5, 1, 1.5, 1, 1.5)),
    (0, (1, 2)),
)
SURFACE = "cividis"  # a colour map of even lightness, for surfaces and pictures
SIGNED = "PuOr_r"  # one for numbers on both sides of 0: purple below, orange above
GREY = "#4b5560"  # of contours, frames and marks beside the curves
WHITE_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 2}  # behind words on a picture

matplotlib.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.labelsize": 16,
        "axes.prop_cycle": cycler(color=COLOURS, linestyle=DASHES),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 17,
        "axes.xmargin": 0.02,
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
        "font.family": "DejaVu Sans",  # which comes with matplotlib: the same picture everywhere
        "font.size": 15,
        "grid.color": "#d9dde2",
        "image.cmap": SURFACE,
        "legend.fontsize": 15,
        "legend.framealpha": 0.9,
        "lines.linewidth": 2.5,
        "lines.markersize": 8,
        "svg.fonttype": "path",  # no font is needed to show it
        "svg.hashsalt": "chalkgrad",  # the same bytes for the same figure
        "xtick.labelsize": 14,
        "ytick.labelsize": 14,
    }
)


def figure(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float] = (10, 6), **options: Any
) -> tuple[Figure, Any]:
    """A figure and its axes, as `matplotlib.pyplot.subplots` gives them.

    Args:
        rows: of axes.
        columns: of axes.
        size: width and height in inches; text is of 15 points.
        options: further ones of ``Figure.subplots``, such as ``sharey=True`` or ``subplot_kw={"projection": "3d"}``.

    Returns:
        The figure, and its axes: one, or an array of them where there are several.
    """
    fig = Figure(figsize=size)
    return fig, fig.subplots(rows, columns, **options)


def label_lines(axes: Axes, *, size: float = 15) -> None:
    """Write the label of each line at its right end, in its colour: a legend that needs no looking up.

    Call it last, when every line is drawn and the limits are set. Labels that would overlap are moved apart. Lines
    without a ``label`` get none.

    Args:
        axes: whose lines are labelled.
        size: of the text, in points.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # settles where the axes are
    bottom, top = axes.get_window_extent().get_points()[:, 1]
    points = 72 / figure.dpi
    ends = []
    for line in axes.get_lines():
        if str(line.get_label()).startswith("_"):
            continue
        points_of_line = np.column_stack([np.asarray(a, dtype=float) for a in line.get_data()])
        pixels = line.get_transform().transform(points_of_line)
        left, right = axes.get_window_extent().get_points()[:, 0]
        inside = np.isfinite(pixels).all(axis=1) & (pixels[:, 0] >= left - 1) & (pixels[:, 0] <= right + 1)
        if inside.any():
            last = int(np.flatnonzero(inside)[np.argmax(pixels[inside, 0])])
            height = float(np.clip(pixels[last, 1], bottom, top)) * points
            x, y = axes.transData.inverted().transform((pixels[last, 0], height / points)).tolist()
            ends.append((height, line, (x, y)))
    ends.sort(key=lambda end: end[0])
    places = _apart([height for height, _, _ in ends], 1.25 * size, bottom * points + size / 2, top * points - size / 2)
    for (height, line, end), place in zip(ends, places):
        axes.annotate(
            str(line.get_label()),
            end,
            xytext=(8, place - height),
            textcoords="offset points",
            va="center",
            size=size,
            color=dark(line.get_color()),
            annotation_clip=False,
        )


def contours(
    axes: Axes,
    height: Callable[[Any], Any],
    x: tuple[float, float],
    y: tuple[float, float],
    levels: Sequence[float] | NDArray[np.float64],
    *,
    shaded: bool = True,
) -> ContourSet:
    """Draw a function of two variables from above: lines of equal height and, if wanted, shades between them.

    Args:
        axes: to draw on; its grid goes.
        height: the function, of the list of two arrays of coordinates.
        x: where the first coordinate begins and ends.
        y: likewise the second.
        levels: the heights of the lines, ascending.
        shaded: light where it is low, dark where it is high.

    Returns:
        The lines, for ``axes.clabel``.
    """
    grid = [*np.meshgrid(np.linspace(*x, 160), np.linspace(*y, 160))]
    z = height(grid)
    if shaded:
        axes.contourf(*grid, z, levels=levels, cmap=f"{SURFACE}_r", alpha=0.35, extend="both")
    axes.grid(visible=False)
    return axes.contour(*grid, z, levels=levels, colors=GREY, linewidths=0.8, linestyles="-")


def classes(
    axes: Axes,
    classify: Callable[[NDArray[np.float64]], Any],
    X: NDArray[np.float64],
    y: NDArray[Any],
    x1: tuple[float, float],
    x2: tuple[float, float],
) -> None:
    """Draw points in the plane, each class in its colour and with its marker, and shade the region given to each class.

    Args:
        axes: to draw on; its grid goes.
        classify: gives the class, 0, 1 or 2, of each row of an array of points.
        X: the points, a row each.
        y: their classes.
        x1: where the first coordinate begins and ends.
        x2: likewise the second.
    """
    grid = np.meshgrid(np.linspace(*x1, 240), np.linspace(*x2, 240))
    given = np.asarray(classify(np.column_stack([u.ravel() for u in grid])), dtype=float).reshape(grid[0].shape)
    count = int(max(given.max(), np.max(y))) + 1
    colours = (ORANGE, BLUE, GREEN)[:count]
    axes.contourf(*grid, given, levels=np.arange(count + 1) - 0.5, colors=colours, alpha=0.22)
    axes.contour(*grid, given, levels=np.arange(1, count) - 0.5, colors=BLACK, linewidths=1.5)
    for k, (colour, marker) in enumerate(zip(colours, "so^")):
        axes.plot(*X[y == k].T, marker, color=colour, markeredgecolor="white", linestyle="")
    axes.set(xlim=x1, ylim=x2)
    axes.grid(visible=False)


def picture(
    axes: Axes,
    pixels: ArrayLike,
    title: str = "",
    *,
    cmap: str = SIGNED,
    bounds: tuple[float, float] | None = None,
    numbers: bool = False,
) -> None:
    """Draw an array as a framed picture.

    Args:
        axes: to draw on; its grid and its ticks go.
        pixels: rows and columns, and channels from 0 to 1 if it is in colour.
        title: above it.
        cmap: the colour map.
        bounds: the numbers at its ends; as far below 0 as above unless given.
        numbers: whether to write each pixel's number on it.
    """
    array = np.asarray(pixels, dtype=float)
    most = float(np.abs(array).max()) or 1.0
    low, high = bounds or (-most, most)
    axes.imshow(array, cmap=cmap, vmin=low, vmax=high)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title)
    axes.spines[:].set(visible=True, color=GREY, linewidth=0.8)
    axes.grid(visible=False)
    if numbers:
        for (i, j), x in np.ndenumerate(array):
            colour = "white" if abs(x) > 0.6 * most else BLACK
            axes.text(j, i, f"{x + 0.0:.2g}".replace("-", "−"), ha="center", va="center", color=colour)


def dark(colour: Any) -> tuple[float, float, float]:
    """A darker shade of a colour, in which text on white can be read."""
    r, g, b = to_rgb(colour)
    return 0.7 * r, 0.7 * g, 0.7 * b


def _apart(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Ascending places moved as little as need be for ``gap`` between neighbours, between ``low`` and ``high``."""

    def spread(group: list[float]) -> list[float]:
        width = gap * (len(group) - 1)
        first = max(low, min(fmean(group) - width / 2, high - width))
        return [first + gap * i for i in range(len(group))]

    groups: list[list[float]] = []  # of places that touch, each spread evenly about its mean
    for place in places:
        groups.append([place])
        while len(groups) > 1 and spread(groups[-2])[-1] + gap > spread(groups[-1])[0]:
            groups[-2:] = [groups[-2] + groups[-1]]
    return [place for group in groups for place in spread(group)]
