"""JAX code: the same as for NumPy, but arrays never change, so that each addition makes a new one."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from autograd.compiling.array_code import ArrayCode
from autograd.compiling.array_expressions import ArrayExpression
from autograd.compiling.array_functions import Reduction, write_functions
from autograd.compiling.slices import Indices
from autograd.compiling.source import Source, function
from autograd.compiling.trace import Trace
from autograd.compiling.variables import Array


class JaxCode(ArrayCode):
    """Writes the lines of one program for JAX."""

    reserved = (*ArrayCode.reserved, "lax")
    selected = """def selected(a, d):
    product = a @ d
    return lax.cond(
        np.isfinite(product).all(),
        lambda: product,
        lambda: np.where(d == 0, 0.0, a[..., None] * d).sum(-2),  # 0 times infinity is 0
    )
"""

    def modules(self) -> dict[str, Any]:
        """JAX's NumPy and its choices, which are imported when they are needed."""
        return {"np": importlib.import_module("jax.numpy"), "lax": importlib.import_module("jax.lax")}

    def add_at(self, to: str, colon: str, index: str, places: Indices, term: ArrayExpression) -> None:
        """A new array takes the name of the old one."""
        self.lines.append(f"{to} = {to}.at[{colon}{index}].add({term})")

    def gather_gradient(self, theta: Array) -> None:
        """All views of theta are added to zeros."""
        self.lines.append("gradient = np.zeros_like(theta)")
        for view, places in self.theta_views:
            if view.contributions:
                self.add("gradient", places, self.gradient(view, None), batched=False)

    def value_and_grad(self, lines: Sequence[str], total: str) -> str:
        """The gradient is returned beside the loss."""
        return function("value_and_grad", self.arguments, lines, f"{total}, gradient")


def write_jax(trace: Trace, reduction: Reduction) -> Source:
    """Write a program as JAX code for a batch of examples, whose loss is the mean of theirs or their sum."""
    return write_functions(JaxCode(trace), reduction)
