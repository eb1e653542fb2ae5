"""NumPy code: gradients are added to in place, and the gradient by theta is written into an array of the caller's."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from autograd.compiling import array_functions
from autograd.compiling.array_code import ArrayCode
from autograd.compiling.array_expressions import MATMUL, Code
from autograd.compiling.slices import Indices
from autograd.compiling.source import Source, function, tuple_of
from autograd.compiling.trace import Trace
from autograd.compiling.variables import Array


class NumpyCode(ArrayCode):
    """Writes the lines of one program for NumPy."""

    reserved = (*ArrayCode.reserved, *"functools k column enumerate slice".split())
    ones = f"@functools.cache\n{ArrayCode.ones}"

    def modules(self) -> dict[str, Any]:
        """NumPy, and what keeps the ones."""
        return {"np": np, "functools": functools}

    def add_at(self, to: str, colon: str, where: str, place: Indices, share: Code) -> None:
        """In place; where one is named more than once, such that all that is added there counts."""
        columns = place.T.tolist() if place.ndim == 2 and not share.uniform else []
        if len(np.unique(place)) == place.size:
            self.lines.append(f"{to}[{colon}{where}] += {share}")
        elif columns and all(len(set(column)) == len(column) for column in columns):
            share = self.write(f"{to}_share", share)
            self.lines.append(f"for k, column in enumerate({where}.T):")  # faster than np.add.at
            self.lines.append(f"    {to}[{colon}column] += {share}[..., k]")
        else:
            index = f"(slice(None), {where})" if colon else where
            self.lines.append(f"np.add.at({to}, {index}, {share})")

    def gather_gradient(self, theta: Array) -> None:
        """Views of theta that are slices have their counterparts in ``gradient``, which are written as a whole where
        they are all there is; the others are added to it."""
        parts = {view: self.names.fresh(f"d_{view.name}") for view in self.parts}
        handed = [(view, place) for view, place in self.theta_views if view.shares]
        written = sorted([i for view, place in handed if view in parts for i in place.ravel().tolist()])
        once = all(view in parts for view, _ in handed) and written == list(range(theta.width))
        if not once:
            self.lines.append("gradient[:] = 0")
        if parts:
            self.lines.append(f"{tuple_of(list(parts.values()))} = parts(gradient)")
        for view, part in parts.items():
            if not view.shares:
                continue
            d = self.gradient(view, None)
            if once and d.tight == MATMUL and d.sides:
                self.lines.append(f"np.matmul({d.sides[0]}, {d.sides[1]}, out={part})")
            else:
                self.lines.append(f"{part}[:] = {d}" if once else f"{part} += {d}")
        for view, place in handed:
            if view not in parts:
                self.add("gradient", place, self.gradient(view, None), batched=False)

    def value_and_grad(self, lines: Sequence[str], total: str) -> str:
        """The caller hands over an array for the gradient."""
        return function("value_and_grad", [*self.arguments, "gradient"], lines, total)


def write_numpy(trace: Trace, reduction: Literal["mean", "sum"]) -> Source:
    """Write a program as NumPy code for a batch of examples, whose loss is the mean of theirs or their sum."""
    return array_functions.write(NumpyCode(trace), reduction)
