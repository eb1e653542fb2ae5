"""Scalar reverse-mode automatic differentiation for teaching backpropagation.

The code is meant to be read in this order: `primitives`, the table of operations; `value`, numbers that remember how
they were computed, and the backward pass; `graph`, a numbered snapshot of a computation; `explain`, the chain rule
written out; `functional`, derivatives as functions; `trace`, `grouping`, `code`, `lowering`, `lowered` and `compiled`,
the same program for a batch; `viz`, pictures.
"""

from typing import TYPE_CHECKING

from autograd import arguments as arguments
from autograd.checks import GradientError as GradientError
from autograd.checks import check_gradients as check_gradients
from autograd.compiled import Compiled as Compiled
from autograd.explain import Explanation as Explanation
from autograd.explain import explain as explain  # the function, in place of the module of this name
from autograd.files import load as load
from autograd.files import save as save
from autograd.functional import grad as grad
from autograd.functional import hessian as hessian
from autograd.functional import hvp as hvp
from autograd.functional import jacobian as jacobian
from autograd.functional import value_and_grad as value_and_grad
from autograd.graph import Node as Node
from autograd.graph import Program as Program
from autograd.graph import leaves as leaves
from autograd.primitives import *  # noqa: F403  (every row of the table is a function of this package)
from autograd.primitives import PRIMITIVES as PRIMITIVES
from autograd.row import Domain as Domain
from autograd.row import DomainError as DomainError
from autograd.row import Primitive as Primitive
from autograd.targets import compile as compile
from autograd.value import AnomalyError as AnomalyError
from autograd.value import Constant as Constant
from autograd.value import Noise as Noise
from autograd.value import Parameter as Parameter
from autograd.value import TracingError as TracingError
from autograd.value import Value as Value
from autograd.value import affine as affine  # type: ignore[assignment]  # in place of the row, for speed
from autograd.value import detect_anomaly as detect_anomaly
from autograd.value import noise as noise
from autograd.value import pack as pack
from autograd.value import softmax as softmax
from autograd.value import unpack as unpack

if TYPE_CHECKING:
    from autograd.viz import Frame as Frame
    from autograd.viz import TooManyNodesError as TooManyNodesError
    from autograd.viz import Walkthrough as Walkthrough
    from autograd.viz import draw as draw
    from autograd.viz import draw_network as draw_network
    from autograd.viz.frames import frames as frames
    from autograd.viz.walkthrough import walkthrough as walkthrough
else:
    _DRAWING = ["Frame", "TooManyNodesError", "Walkthrough", "draw", "draw_network", "frames", "walkthrough"]
    __all__ = [
        "arguments",
        *"AnomalyError Compiled Constant Domain DomainError Explanation GradientError Node Noise PRIMITIVES".split(),
        *"Parameter Primitive Program Value check_gradients compile detect_anomaly explain grad hessian hvp".split(),
        *"TracingError jacobian leaves load noise pack save softmax unpack value_and_grad".split(),
        *_DRAWING,
        *PRIMITIVES,
    ]

    def __getattr__(name: str) -> object:
        """Drawing is imported when it is first asked for: computing needs no graphviz."""
        if name in _DRAWING:
            from autograd import viz

            return getattr(viz, name)
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *_DRAWING})
