"""Scalar reverse-mode automatic differentiation for teaching backpropagation.

The core is meant to be read in this order: `primitives`, the table of operations, whose rows `primitive` explains;
`numbers`, what a row is evaluated on, and `domains`, where it is defined; `value`, numbers that remember how they were
computed, and the backward pass; `program`, a numbered snapshot of a computation; then `derivatives`, as functions and
as Values again, with `choices`. Around it stand `naming`, `anomaly`, `noise`, `outputs`, `packing`, `copying`,
`checks`, `files` and `tables`. Each subpackage is a reading of the same graph: `formulas`, `compiling`, `viz` and
`lesson`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from autograd import arguments as arguments
from autograd import copying as copying
from autograd import tables as tables
from autograd.anomaly import AnomalyError as AnomalyError
from autograd.anomaly import detect_anomaly as detect_anomaly
from autograd.checks import GradientError as GradientError
from autograd.checks import check_gradients as check_gradients
from autograd.compiling.compile import compile as compile
from autograd.compiling.compiled import Compiled as Compiled
from autograd.compiling.trace import TracingError as TracingError
from autograd.derivatives import VALUES as VALUES
from autograd.derivatives import grad as grad
from autograd.derivatives import hessian as hessian
from autograd.derivatives import hvp as hvp
from autograd.derivatives import jacobian as jacobian
from autograd.derivatives import value_and_grad as value_and_grad
from autograd.domains import Domain as Domain
from autograd.domains import DomainError as DomainError
from autograd.files import load as load
from autograd.files import save as save
from autograd.formulas.explanation import Explanation as Explanation
from autograd.formulas.explanation import explain as explain
from autograd.naming import name as name
from autograd.noise import Noise as Noise
from autograd.noise import noise as noise  # the function, in place of the module of this name
from autograd.numbers import ARRAYS as ARRAYS
from autograd.numbers import FLOATS as FLOATS
from autograd.numbers import Reading as Reading
from autograd.outputs import Outputs as Outputs
from autograd.packing import pack as pack
from autograd.packing import unpack as unpack
from autograd.primitive import Primitive as Primitive
from autograd.primitives import *  # noqa: F403  (every row of the table is a function of this package)
from autograd.primitives import PRIMITIVES as PRIMITIVES
from autograd.program import Node as Node
from autograd.program import Program as Program
from autograd.program import leaves as leaves
from autograd.value import Constant as Constant
from autograd.value import Parameter as Parameter
from autograd.value import Value as Value
from autograd.written_out import affine as affine  # type: ignore[assignment]  # in place of the row
from autograd.written_out import linear as linear
from autograd.written_out import softmax as softmax  # type: ignore[assignment]  # of all classes, in place of the row


def _picture(value: Value) -> str | None:
    """A Value's graph as SVG; None where it is too large to read, and then a notebook shows the repr."""
    from autograd.viz import TooManyNodesError, draw

    try:
        return str(draw(value)._repr_image_svg_xml())
    except TooManyNodesError:
        return None


def _table(program: Program) -> str:
    """A Program's lines as a table, of what `print` shows and the gradients."""
    rows = []
    for node, label in zip(program, program.labels):
        operands = ", ".join([program.labels[parent] for parent in node.parents])
        computed = f"{node.op.name}({operands})" if node.op is not None else node.kind
        rows.append((label, computed, tables.number(node.data), tables.number(node.grad)))
    return tables.html(("name", "computed as", "data", "grad"), rows)


Value._repr_svg_ = _picture
Program._repr_html_ = _table

if TYPE_CHECKING:
    from autograd.lesson import MISTAKES as MISTAKES
    from autograd.lesson import Frame as Frame
    from autograd.lesson import Mistake as Mistake
    from autograd.lesson import Walkthrough as Walkthrough
    from autograd.lesson import walkthrough as walkthrough
    from autograd.lesson import wrong as wrong
    from autograd.lesson.frames import frames as frames
    from autograd.lesson.terminal import step_through as step_through
    from autograd.viz import TooManyNodesError as TooManyNodesError
    from autograd.viz import draw as draw
    from autograd.viz import draw_network as draw_network
else:
    _DRAWN = {
        **dict.fromkeys(["TooManyNodesError", "draw", "draw_network"], "autograd.viz"),
        **dict.fromkeys("Frame MISTAKES Mistake Walkthrough frames".split(), "autograd.lesson"),
        **dict.fromkeys("step_through walkthrough wrong".split(), "autograd.lesson"),
    }
    __all__ = [
        *"ARRAYS FLOATS VALUES Reading arguments name tables".split(),
        *"AnomalyError Compiled Constant Domain DomainError Explanation GradientError Node Noise Outputs".split(),
        *"PRIMITIVES Parameter Primitive Program Value check_gradients compile detect_anomaly explain grad".split(),
        *"TracingError hessian hvp jacobian leaves linear load noise pack save unpack value_and_grad".split(),
        *_DRAWN,
        *PRIMITIVES,
    ]

    def __getattr__(name: str) -> object:
        """Drawing is imported when it is first asked for: computing needs no graphviz."""
        if name in _DRAWN:
            return getattr(import_module(_DRAWN[name]), name)
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *_DRAWN})
