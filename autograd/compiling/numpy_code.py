"""NumPy code: gradients are added to in place, and the gradient by theta is written into an array of the caller's."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.compiling.array_code import ArrayCode
from autograd.compiling.array_expressions import MATMUL, ArrayExpression
from autograd.compiling.array_functions import Reduction, write_functions
from autograd.compiling.slices import Indices
from autograd.compiling.source import Source, function, tuple_of
from autograd.compiling.trace import Trace
from autograd.compiling.variables import Array


class NumpyCode(ArrayCode):
    """Writes the lines of one program for NumPy."""

    reserved = (*ArrayCode.reserved, *"functools k column enumerate slice".split())
    ones = f"@functools.lru_cache(32)\n{ArrayCode.ones}"  # a batch has few sizes
    selected = """def selected(a, d):
    product = a @ d
    if np.isfinite(product).all():
        return product
    return np.stack([np.where(d == 0, 0.0, row[:, None] * d).sum(0) for row in a])  # 0 times infinity is 0
"""

    def modules(self) -> dict[str, Any]:
        """NumPy, and what keeps the ones."""
        return {"np": np, "functools": functools}

    def add_at(self, to: str, colon: str, index: str, places: Indices, term: ArrayExpression) -> None:
        """In place; `+=` would add only once to a place that is named more than once."""
        columns = places.T.tolist() if places.ndim == 2 and not term.uniform else []
        if len(np.unique(places)) == places.size:
            self.lines.append(f"{to}[{colon}{index}] += {term}")
        elif columns and all(len(set(column)) == len(column) for column in columns):
            term = self.write(f"{to}_contribution", term)
            self.lines.append(f"for k, column in enumerate({index}.T):")  # faster than np.add.at
            self.lines.append(f"    {to}[{colon}column] += {term}[..., k]")
        else:
            self.lines.append(f"np.add.at({to}, {f'(slice(None), {index})' if colon else index}, {term})")

    def gather_gradient(self, theta: Array) -> None:
        """Views of theta that are slices have their counterparts in ``gradient``, which are written as a whole where
        they are all there is; the others are added to it."""
        parts = {view: self.names.fresh(f"d_{view.name}") for view in self.parts}
        handed = [(view, places) for view, places in self.theta_views if view.contributions]
        written = sorted([i for view, places in handed if view in parts for i in places.ravel().tolist()])
        once = all(view in parts for view, _ in handed) and written == list(range(theta.width))
        if not once:
            self.lines.append("gradient[:] = 0")
        if parts:
            self.lines.append(f"{tuple_of(list(parts.values()))} = parts(gradient)")
        for view, part in parts.items():
            if not view.contributions:
                continue
            d = self.gradient(view, None)
            if once and d.precedence == MATMUL and d.sides:
                self.lines.append(f"np.matmul({d.sides[0]}, {d.sides[1]}, out={part})")
            else:
                self.lines.append(f"{part}[:] = {d}" if once else f"{part} += {d}")
        for view, places in handed:
            if view not in parts:
                self.add("gradient", places, self.gradient(view, None), batched=False)

    def value_and_grad(self, lines: Sequence[str], total: str) -> str:
        """The caller hands over an array for the gradient."""
        return function("value_and_grad", [*self.arguments, "gradient"], lines, total)


def write_numpy(trace: Trace, reduction: Reduction) -> Source:
    """Write a program as NumPy code for a batch of examples, whose loss is the mean of theirs or their sum."""
    return write_functions(NumpyCode(trace), reduction)
