"""Convolution of images with learned filters, and the way from images to layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Constant, Outputs, Parameter, Value, affine, arguments, dot
from nn.initialisers import Initialiser, initial_weights
from nn.inputs import as_value
from nn.module import Module
from nn.nested import depth, flat, lists
from nn.randomness import Rng, generator

Image = list[list[list[Value]]]  # channels, rows, columns


class Conv2d(Module):
    """Filters moved over an image: each response is the dot product of a filter and a patch of the image, plus a bias
    (UCSD, "Convolutions" and "3-d Filters"; torch.nn.Conv2d).

    ``r_k[m][n] = b_k + sum_c sum_i sum_j w_k[c][i][j] x_c[m * stride + i - padding][n * stride + j - padding]``

    A filter has a channel for each of the image's, and gives one map. Its weights are called w1,2,3,3 after filter,
    channel, row and column, its bias b1, pixels x2,3,3 and responses r1,3,3.

    Args:
        in_channels: how many channels the image has.
        out_channels: how many filters there are.
        kernel_size: rows and columns of a filter: a pair, or one number for both.
        stride: by how much it is moved down and to the right: a pair, or one number for both.
        padding: how many rows of zeros are put above and below the image, and columns left and right: a pair, or one
            number for both.
        bias: whether a filter has one.
        rng: the source of the initial weights, or a seed for it; by default the generator of `nn.seed`.
        init: how they are drawn: a name from `nn.initialisers.INITIALISERS` or a function. Biases start at 0.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        *,
        bias: bool = True,
        rng: Rng = None,
        init: str | Initialiser = "uniform",
    ) -> None:
        self.in_channels = in_channels = arguments.whole_number("in_channels", in_channels)
        out_channels = arguments.whole_number("out_channels", out_channels)
        self.kernel_size = _pair("kernel_size", kernel_size, least=1)
        self.stride = _pair("stride", stride, least=1)
        self.padding = _pair("padding", padding, least=0)
        shape = (out_channels, in_channels, *self.kernel_size)
        weights = initial_weights(init, generator(rng), shape)
        named = [Parameter(w, f"w{','.join([str(i + 1) for i in place])}") for place, w in np.ndenumerate(weights)]
        self.weights: list[list[list[list[Parameter]]]] = np.reshape(np.array(named, dtype=object), shape).tolist()
        self.biases = [Parameter(0.0, f"b{k}") for k in range(1, out_channels + 1)] if bias else None

    def __call__(self, image: Any) -> Image:
        """The responses of the filters.

        Args:
            image: nested lists or an array of numbers or Values: channels, rows, columns. An image of one channel may
                be given as rows and columns.

        Returns:
            Nested lists: filters, rows, columns.

        Raises:
            ValueError: the image does not have ``in_channels`` channels, is ragged, is smaller than a filter, or has a
                pixel that is NaN or infinite.
        """
        padded = self._padded(self._pixels(image))
        height, width = len(padded[0]), len(padded[0][0])
        (rows, columns), (down, right) = self.kernel_size, self.stride
        if height < rows or width < columns:
            raise ValueError(
                f"a filter of {rows} x {columns} does not fit into an image of {height} x {width}, padding included"
            )
        patches = [
            [
                [x for channel in padded for row in channel[top : top + rows] for x in row[left : left + columns]]
                for left in range(0, width - columns + 1, right)
            ]
            for top in range(0, height - rows + 1, down)
        ]
        biases: Sequence[Parameter | None] = self.biases or [None] * len(self.weights)
        return Outputs(
            Outputs(
                Outputs(_response(weights, patch, bias, f"r{k},{m},{n}") for n, patch in enumerate(line, 1))
                for m, line in enumerate(patches, 1)
            )
            for k, (weights, bias) in enumerate(zip(map(list, map(flat, self.weights)), biases), 1)
        )

    def _pixels(self, image: Any) -> Image:
        """The image as Values, once its shape is found to be right."""
        image = lists(image)
        if self.in_channels == 1 and depth(image) == 2:
            image = [image]
        if depth(image) != 3:
            raise ValueError(f"an image is channels of rows of pixels, got lists nested {depth(image)} deep")
        if len(image) != self.in_channels:
            raise ValueError(f"the filters have {self.in_channels} channels, the image has {len(image)}")
        height, width = len(image[0]), len(image[0][0])
        for c, channel in enumerate(image, 1):
            if depth(channel) != 2 or len(channel) != height:
                raise ValueError(f"channel {c} of the image must have {height} rows, as channel 1 has")
            for i, row in enumerate(channel, 1):
                if depth(row) != 1 or len(row) != width:
                    raise ValueError(f"row {i} of channel {c} must have {width} pixels, as row 1 of channel 1 has")
        return [
            [
                [x if isinstance(x, Value) else as_value(x, f"x{c},{i},{j}") for j, x in enumerate(row, 1)]
                for i, row in enumerate(channel, 1)
            ]
            for c, channel in enumerate(image, 1)
        ]

    def _padded(self, image: Image) -> Image:
        """The image with zeros around it: all the same Constant, which is one node of a drawing."""
        above, beside = self.padding
        zero: Value = Constant(0.0)
        line = [zero] * (len(image[0][0]) + 2 * beside)
        return [
            [*[line] * above, *[[*[zero] * beside, *row, *[zero] * beside] for row in channel], *[line] * above]
            for channel in image
        ]


class Flatten(Module):
    """The values of nested lists in one list, channel by channel and row by row (torch.nn.Flatten)."""

    def __call__(self, x: Any) -> list[Any]:
        """Flatten lists or arrays, however deeply nested."""
        return Outputs(flat(lists(x)))


def _response(weights: list[Parameter], patch: list[Value], bias: Parameter | None, name: str) -> Value:
    response: Value = dot(weights, patch) if bias is None else affine(weights, patch, bias)
    response.name = name
    return response


def _pair(name: str, size: int | tuple[int, int], least: int) -> tuple[int, int]:
    """A pair of whole numbers, from one that stands for both."""
    pair = size if isinstance(size, tuple | list) else (size, size)
    if len(pair) != 2:
        raise ValueError(f"{name} must be one or two whole numbers, got {size!r}")
    return arguments.whole_number(name, pair[0], least), arguments.whole_number(name, pair[1], least)
