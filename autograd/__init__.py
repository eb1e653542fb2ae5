"""Scalar reverse-mode automatic differentiation for teaching backpropagation.

The code is meant to be read in this order: `primitives`, the table of operations; `value`, numbers that remember how
they were computed, and the backward pass; `graph`, a numbered snapshot of a computation; `viz`, its pictures.
"""

from typing import TYPE_CHECKING, Any

from autograd.graph import Node, Program
from autograd.primitives import *  # noqa: F403
from autograd.primitives import PRIMITIVES
from autograd.row import Domain, DomainError, Primitive
from autograd.value import AnomalyError, Constant, Parameter, Value, affine, detect_anomaly

_DRAWING = ("TooManyNodesError", "draw", "draw_network")

if TYPE_CHECKING:
    from autograd.viz import TooManyNodesError, draw, draw_network
else:

    def __getattr__(name: str) -> Any:
        """Drawing is imported when it is first asked for: to compute, graphviz is not needed."""
        if name in _DRAWING:
            from autograd import viz

            return getattr(viz, name)
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
