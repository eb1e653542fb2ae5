"""Convolution: a small filter is moved over an image, and finds edges.

At each place the dot product of filter and patch says how much the patch looks like the filter; all of them are the
response map. Stride, padding and colour are variations. The filter need not be designed: gradient descent finds edge
detectors by itself.

Source: UCSD, "Edge Detector", "Vertical Edge Filter", "Convolution", "Example: Vertical Filter", "Example: Horizontal
Filter", "More About Filters" and "Convolution with 3-d Filter".

Rows: 2.36.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]

VERTICAL = np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]])  # large where it is dark at the left, bright at the right
HORIZONTAL = VERTICAL.T
FILTERS = {"vertical": VERTICAL, "horizontal": HORIZONTAL}


def house() -> Array:
    """An image of 20 x 20 pixels, from 0 (black) to 1 (white): a house with a door."""
    row, column = np.mgrid[:20, :20]
    image = np.zeros((20, 20))
    image[(row >= 9) & (row < 17) & (column >= 5) & (column < 15)] = 1.0
    image[(row < 9) & (row >= 3) & (abs(column - 9.5) <= row - 2)] = 0.6
    image[(row >= 12) & (row < 17) & (column >= 10) & (column < 13)] = 0.2
    return image


def convolution(filters: Array, **options: Any) -> nn.Conv2d:
    """A layer of these filters: an array of filters, channels, rows, columns."""
    count, channels, rows, columns = filters.shape
    init = nn.initialisers.constant(filters)
    return nn.Conv2d(channels, count, (rows, columns), bias=False, init=init, **options)


def same(some: Array, others: Array) -> bool:
    """Whether they have one shape and the same numbers."""
    return some.shape == others.shape and np.allclose(some, others, rtol=1e-12, atol=1e-12)


def response_maps(filters: Array, image: Array, **options: Any) -> Array:
    """The response maps of one image, by the compiled layer: filters, rows, columns."""
    maps: Array = autograd.compile(convolution(filters, **options))(image[None])[0]
    return maps


# %% A patch and a filter: "perform 'dot product' between patch and filter".


def one_patch(board: Board) -> None:
    """The dot product of one patch and the filter, as a computation graph."""
    board.heading("One patch")
    board.say(
        "Take a patch of the image, of the size of the filter, and perform the dot product between the two. If it is "
        "large, this is a vertical edge: dark at the left, bright at the right."
    )
    patches = {
        "an edge": house()[9:12, 4:7],
        "the other way round": house()[9:12, 13:16],
        "level": house()[9:12, 6:9],
        "a horizontal edge": house()[15:18, 6:9],
    }
    layer = convolution(VERTICAL[None, None])
    responses = {name: layer(patch)[0][0][0] for name, patch in patches.items()}
    board.table(
        ["patch", "row by row", "response"],
        [
            (name, "; ".join(" ".join(f"{x:g}" for x in row) for row in patches[name]), r)
            for name, r in responses.items()
        ],
        "The vertical edge filter is -1 0 1; -1 0 1; -1 0 1",
    )
    board.claim(
        "The response is the filter's dot product with the patch.",
        all(np.isclose(float(responses[name]), np.sum(VERTICAL * patch)) for name, patch in patches.items()),
    )
    board.claim(
        "It is large at a vertical edge, and 0 on level ground and at a horizontal edge.",
        [round(float(r), 9) for r in responses.values()] == [3, -3, 0, 0],
    )


# %% The same weights at every place.


def shared_weights(board: Board) -> None:
    """The smallest convolution, as a computation graph: a filter of 1 x 2 over an image of 1 x 4."""
    board.heading("One filter, many places")
    board.say(
        "The smallest example: a filter of two weights over a line of four pixels. Its weights are shared by all "
        "places, so the gradient of each is the sum over the places."
    )
    layer = convolution(np.array([[[[-1.0, 1.0]]]]))
    pixels = [0.1, 0.2, 0.9, 0.8]
    line = layer([pixels])[0][0]
    E = autograd.sum([r**2 for r in line])
    E.name = "E"
    E.backward()
    r, x = np.array([float(r) for r in line]), np.array(pixels)
    slopes = [w.grad for w in layer.parameters()]
    board.claim("dE/dw is the sum over the places of 2 r x.", same(np.array(slopes), 2 * np.correlate(x, r)))
    board.graph(E, "shared", "A filter of two weights at its three places; E is the sum of the squared responses.")
    board.walkthrough(E, "The smallest convolution")


# %% The whole image: "Move the filter over the entire image, repeat procedure."


def whole_image(board: Board) -> None:
    """Response maps of the vertical and the horizontal filter, beside image and filter."""
    board.heading("The response map")
    board.say("Move the filter over the entire image, and repeat. The result is the convolution: again a 2-d array.")
    image = house()
    maps = response_maps(np.stack(list(FILTERS.values()))[:, None], image)
    by_hand = [np.einsum("mnij,ij->mn", sliding_window_view(image, (3, 3)), f) for f in FILTERS.values()]
    board.claim("Every response is the dot product of a patch and the filter.", same(maps, np.array(by_hand)))
    board.claim(
        "The map of a 20 x 20 image is 18 x 18: a 3 x 3 filter fits in so many places.", maps.shape == (2, 18, 18)
    )
    flipped = response_maps(VERTICAL[None, None], image.T)[0]
    board.claim(
        "The horizontal filter does to an image what the vertical one does to its transpose.",
        same(maps[1], flipped.T),
    )

    fig, axes = style.figure(2, 3, size=(13, 8.4))
    for row, (name, f), responses in zip(axes, FILTERS.items(), maps):
        style.picture(row[0], image, "image", cmap="gray", bounds=(0, 1))
        style.picture(row[1], f, f"{name} edge filter", numbers=True)
        style.picture(row[2], responses, "response map")
    board.figure(
        fig,
        "response_maps",
        "Each filter finds edges of one direction: orange from dark to bright, purple from bright to dark.",
        cover=True,
    )


# %% Stride and padding.


def stride_and_padding(board: Board) -> None:
    """The size of the map with strides and paddings."""
    board.heading("More about filters: stride, padding")
    board.say(
        "Stride s: the filter moves by s pixels. Padding p: p rows and columns of zeros are put around the image. On n "
        "pixels a filter of k gives a map of (n + 2p - k) / s + 1, rounded down; k = 3 with p = 1 keeps the size."
    )
    image, maps, rows, right = house(), {}, [], []
    for k, s, p in [(3, 1, 0), (3, 1, 1), (3, 2, 0), (3, 2, 1), (5, 1, 0), (5, 1, 2)]:
        f = np.tile(np.linspace(-1, 1, k), (k, 1))
        maps[k, s, p] = response_maps(f[None, None], image, stride=s, padding=p)[0]
        size = (20 + 2 * p - k) // s + 1
        rows.append((f"{k} x {k}", s, p, " x ".join(map(str, maps[k, s, p].shape))))
        right.append(maps[k, s, p].shape == (size, size))
    board.table(["filter", "stride", "padding", "response map"], rows, "From an image of 20 x 20")
    board.claim("Every map has the size of the formula.", all(right))
    board.claim(
        "Stride 2 gives every other response of stride 1.", np.array_equal(maps[3, 2, 0], maps[3, 1, 0][::2, ::2])
    )
    edge = np.tile(np.linspace(-1, 1, 3), (3, 1))
    board.claim(
        "With padding it is as if the image had a border of zeros.",
        same(maps[3, 1, 1], response_maps(edge[None, None], np.pad(image, 1))[0]),
    )
    board.claim(
        "Padding adds a border and changes nothing inside it.", np.array_equal(maps[3, 1, 1][1:-1, 1:-1], maps[3, 1, 0])
    )

    fig, axes = style.figure(1, 3, size=(13, 4.9))
    for panel, (kind, key) in zip(
        axes, {"3×3": (3, 1, 0), "3×3, stride 2": (3, 2, 0), "5×5, padding 2": (5, 1, 2)}.items()
    ):
        height, width = maps[key].shape
        style.picture(panel, maps[key], f"{kind}: {height} × {width}")
    board.figure(fig, "stride", "Three response maps of the house, with another stride and another size of filter.")


# %% Colour: a filter has a channel for each of the image's, and still gives one map.


def colour(board: Board) -> None:
    """A 3 x 3 x 3 filter over an image of three channels."""
    board.heading("3-d filters")
    board.say(
        "A colour image is height x width x 3: red, green, blue. The filter must have three channels too, 3 x 3 x 3. "
        "The result is still a 2-d array. Here is a red disc on green, both equally bright: in grey one sees nothing."
    )
    row, column = np.mgrid[:20, :20]
    disc = np.hypot(row - 9.5, column - 9.5) < 6.2
    image = np.stack([np.where(disc, 0.8, 0.2), np.where(disc, 0.2, 0.8), np.full(disc.shape, 0.3)])
    f = np.stack([VERTICAL, -VERTICAL, 0 * VERTICAL])  # from green to red
    maps = response_maps(f[None], image)
    board.claim("One filter of three channels gives one 2-d map.", maps.shape == (1, 18, 18))
    parts = [response_maps(f[None, None, c], image[c])[0] for c in range(3)]
    board.claim(
        "It is the sum of the channels' own responses.", np.allclose(maps[0], np.sum(parts, axis=0), atol=1e-12)
    )
    grey = response_maps(VERTICAL[None, None], image.mean(axis=0))[0]
    board.claim("In grey the vertical edge filter finds nothing.", np.allclose(grey, 0, atol=1e-12))

    fig, axes = style.figure(2, 3, size=(13, 8.4))
    for axis, channel, name in zip(axes[0], f, ("red", "green", "blue")):
        style.picture(axis, channel, f"filter, {name} channel", bounds=(-1, 1), numbers=True)
    style.picture(axes[1, 0], np.moveaxis(image, 0, 2), "image, 3 channels")
    style.picture(axes[1, 1], maps[0], "response, one map")
    style.picture(axes[1, 2], grey, "in grey: nothing", bounds=(-3, 3))
    board.figure(fig, "colour", "A filter of three channels sees an edge between colours of equal brightness.")


# %% A filter that is learned.


class EdgeNet(nn.Module):
    """Which way do the edges run? One 3 x 3 filter, the mean of its squared responses, and one sigmoid unit."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.filter = nn.Conv2d(1, 1, 3, bias=False, rng=rng)
        self.unit = nn.Neuron(1, rng=rng)

    def __call__(self, image: Any) -> Value:
        responses = [r for line in self.filter(image)[0] for r in line]
        return self.unit([autograd.sum([r**2 for r in responses]) / len(responses)])

    @property
    def weights(self) -> Array:
        """The filter's, rows and columns."""
        return autograd.pack(self.filter.parameters()).reshape(3, 3)


def edges(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """Noisy images of 8 x 8 pixels with one edge each; 1 where it is vertical."""
    X, y = np.empty((n, 8, 8)), rng.integers(0, 2, n).astype(float)
    for image, vertical in zip(X, y):
        side, place = rng.permutation([rng.uniform(0, 0.3), rng.uniform(0.7, 1)]), rng.integers(2, 7)
        image[:] = np.where(np.arange(8) < place, *side)  # the same row eight times
        if not vertical:
            image[:] = image.T.copy()
    return X + rng.normal(0, 0.1, X.shape), y


def learned(board: Board, seed: int) -> None:
    """Four filters that start at random, and learn to tell vertical from horizontal edges."""
    board.heading("Learned filters")
    board.say(
        "Nobody tells the net what an edge is. It has a filter of nine random weights, takes the mean of its squared "
        "responses, and is to tell images with a vertical edge from images with a horizontal one. It may look for "
        "either; which one depends on where it starts. nn.fit compiles it."
    )
    fig, axes = style.figure(2, 4, size=(13, 7.4))
    likeness, rows = [], []
    for start, (above, below) in enumerate(axes.T, 1):
        rng = np.random.default_rng([seed, start])
        (X, y), (new, truth) = edges(rng, 300), edges(rng, 300)
        model = EdgeNet(rng)
        style.picture(above, model.weights, f"start {start}", numbers=True)
        adam = optim.Adam(model.parameters(), lr=0.05)
        loss = nn.binary_cross_entropy_with_logits
        nn.fit(model, X, y, loss=loss, optimizer=adam, epochs=60, batch_size=30, rng=rng, progress=False)
        predict = autograd.compile(model)
        like = {name: abs(float(np.corrcoef(model.weights.ravel(), f.ravel())[0, 1])) for name, f in FILTERS.items()}
        name = max(like, key=lambda name: like[name])
        style.picture(below, model.weights, f"learned: {name}", numbers=True)
        rows.append((start, nn.accuracy(predict(new), truth, threshold=0), like["vertical"], like["horizontal"]))
        likeness.append(like[name])
    board.table(
        ["start", "accuracy on 300 new images", "like the vertical filter", "like the horizontal"],
        rows,
        "Likeness is the correlation of the weights, without its sign",
        digits=3,
    )
    board.claim("Each net classifies at least 98% of the new images correctly.", min(row[1] for row in rows) >= 0.98)
    board.claim("Each learned filter is an edge filter: its likeness to one is above 0.95.", min(likeness) > 0.95)
    board.figure(
        fig, "learned", "Above the weights at the start, below after training: edge detectors, of either sign."
    )
    board.code(predict.source, "The net as it runs, on a batch of images: NumPy code by autograd.compile")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    one_patch(board)
    shared_weights(board)
    whole_image(board)
    stride_and_padding(board)
    colour(board)
    learned(board, seed)
    return board
