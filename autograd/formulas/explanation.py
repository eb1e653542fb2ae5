"""Explanations: the chain rule of one derivative, in symbols and in numbers, as a lecturer writes it on the board.

Where several paths lead from the output to a quantity, the derivative is the sum over them. There may be exponentially
many; so the gradient of each node where paths join or part gets a name, delta, and a line of its own (HKU, "The
Backpropagation Algorithm": ``δ_i = g'(s_i) Σ_j w_ij δ_j``). An explanation is thus linear in the size of the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.formulas.digits import number
from autograd.formulas.expression import Number, quotient
from autograd.formulas.names import in_ascii
from autograd.formulas.nodes import ProgramFormulas
from autograd.formulas.paths import Equation, Paths
from autograd.labels import short, shown
from autograd.program import Program
from autograd.value import Value

_MOST_NAMES = 40  # that an error lists


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a derivative is what it is. Python shows it as text; Jupyter, as mathematics.

    Attributes:
        equations: the deltas and derivatives, each after those that it mentions.
        values: the derivatives by each of ``wrt``, in the order asked for, in full precision (or as the slide rounds).
    """

    equations: tuple[Equation, ...]
    values: tuple[float, ...]

    @property
    def value(self) -> float:
        """The derivative, where one was asked for; ValueError where several were."""
        if len(self.values) != 1:
            raise ValueError(f"{len(self.values)} derivatives are explained; take one of .values")
        return self.values[0]

    def text(self, *, ascii: bool = False) -> str:
        """The equations on lines, in Unicode or in ASCII (which Python and SymPy can read, side by side)."""
        return "\n\n".join([_text(one, ascii) for one in self.equations])

    def latex(self) -> str:
        """The equations as LaTeX's ``aligned``, for a place where mathematics is displayed.

        The document needs ``\\usepackage{amsmath}``.
        """
        written = []
        for one in self.equations:
            sides = [f"&{_LATEX_SIGNS[sign]} {side.latex()}" for sign, side in zip(one.signs, one.sides)]
            remarks = r"\text{; }".join([remark.latex() for remark in one.remarks])
            note = f" \\quad ({remarks})" if remarks else ""
            written.append(f"{one.left.latex()} " + " \\\\\n".join(sides) + note)
        return "\\begin{aligned}\n" + " \\\\[1.5ex]\n".join(written) + "\n\\end{aligned}"

    def mathml(self) -> str:
        """The equations as one MathML ``<math>`` element."""
        rows = []
        for one in self.equations:
            for k, (sign, side) in enumerate(zip(one.signs, one.sides)):
                left = one.left.mathml() if k == 0 else ""
                note = ""
                if one.remarks and k == len(one.sides) - 1:
                    remarks = "<mtext>;&#160;</mtext>".join([remark.mathml() for remark in one.remarks])
                    note = f"<mspace width='1em'/><mo>(</mo>{remarks}<mo>)</mo>"
                rows.append(
                    f'<mtr><mtd style="text-align: right">{left}</mtd>'
                    f'<mtd style="text-align: left"><mo>{sign}</mo>{side.mathml()}{note}</mtd></mtr>'
                )
        table = f'<mtable displaystyle="true" columnalign="right left">{"".join(rows)}</mtable>'
        return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{table}</math>'

    def __repr__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def _repr_html_(self) -> str:
        return self.mathml()


_LATEX_SIGNS = {"=": "=", "≈": r"\approx"}


def _text(one: Equation, ascii: bool) -> str:
    left = one.left.text(ascii=ascii)
    rows = [
        f"{left if k == 0 else ' ' * len(left)} {in_ascii(sign) if ascii else sign} {side.text(ascii=ascii)}"
        for k, (sign, side) in enumerate(zip(one.signs, one.sides))
    ]
    remarks = "; ".join([remark.text(ascii=ascii) for remark in one.remarks])
    return "\n".join(rows) + (f"   ({remarks})" if remarks else "")


def explain(
    output: Value | Program,
    wrt: Value | str | Sequence[Value | str],
    *,
    numbers: bool = True,
    digits: int = 4,
    rounding: tuple[int, int] | None = None,
) -> Explanation:
    """The derivative of ``output`` by ``wrt``, factor by factor.

    Each factor is a local derivative, written as its row of the primitive table has it. Of a function made of pieces,
    such as relu, the piece is written that the numbers fall into. Gradients need not have been computed. Where a factor
    is 0, or small, a remark says why; where the numbers that are shown do not give the next one, there is a ≈.

    >>> from autograd import Value, explain, sigmoid
    >>> w, x = Value(-0.7, "w"), Value(2.0, "x")
    >>> i = w * x
    >>> i.name = "i"
    >>> o = sigmoid(i)
    >>> o.name = "o"
    >>> print(explain(o, w))
    ∂o/∂w = ∂o/∂i × ∂i/∂w
          = o·(1 − o) × x
          = 0.1587 × 2
          = 0.3174

    Args:
        output: what the derivative is of: a Value, or a Program, such as a `rounded` one.
        wrt: what it is by: a node of the program, or its name; or a list of them, which share their deltas. A node
            without a name is called as ``print(Program.of(output))`` calls it.
        numbers: whether to put in the numbers, or to stop at the formulas.
        digits: significant digits of the numbers shown; the derivative itself is computed with all.
        rounding: decimals of data and of gradients, to work as on a slide (see `Program.rounded`); None for exactly.

    Returns:
        The explanation. A quantity that the output does not depend on has the derivative 0, and a note that says why.

    Raises:
        TypeError: ``wrt`` is neither a Value nor a name nor a list of them, or a Value where ``output`` is a Program.
        ValueError: ``wrt`` is empty, or a name that no node or more than one node bears; or ``digits`` is below 1.
    """
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits must be a whole number, 1 or more, got {digits!r}")
    program = Program.of(output)
    asked = list(wrt) if isinstance(wrt, Sequence) and not isinstance(wrt, str) else [wrt]
    if not asked:
        raise ValueError("wrt is empty: name at least one quantity")
    known: dict[object, int] = dict(zip(program.labels, range(len(program))))
    known.update(program.index.items())
    if isinstance(output, Program) and any(isinstance(one, Value) for one in asked):
        raise TypeError("a Program knows its nodes by name only: give wrt as text, such as 'w14'")
    for one in asked:
        if not isinstance(one, Value | str):
            raise TypeError(
                f"wrt must be a Value, a node's name or a list of them, got {type(one).__name__} {shown(one)}"
            )
        if isinstance(one, str) and one not in known:
            raise ValueError(_what_there_is(program, one))
    indices = [known.get(one) for one in asked]
    varying = {i for i in indices if i is not None and program.nodes[i].kind != "constant"}
    paths = Paths(program if rounding is None else program.rounded(*rounding), varying, numbers, digits, rounding)
    equations: list[Equation] = []
    for one, i in zip(asked, indices):
        equations += paths.told(i) if i in varying else [_unrelated(program, one, i, digits)]
    return Explanation(tuple(equations), tuple([paths.gradients[i] if i in varying else 0.0 for i in indices]))


def _what_there_is(program: Program, name: str) -> str:
    """What to say of a name that no node is labelled with."""
    names = [short(label) for label, node in zip(program.labels, program) if node.kind != "constant"]
    namesakes = [short(label) for label, node in zip(program.labels, program) if name and node.name == name]
    listed = ", ".join((namesakes or names)[:_MOST_NAMES]) + (", ..." if len(namesakes or names) > _MOST_NAMES else "")
    if namesakes:
        return f"{len(namesakes)} nodes are called '{short(name)}'; say which: {listed}"
    return f"no node is called '{short(name)}'; there are {listed}"


def _unrelated(program: Program, one: Value | str, index: int | None, digits: int) -> Equation:
    """The derivative by a constant, or by a Value that is not in the program."""
    label = one if isinstance(one, str) else one.name or f"Value({number(one.data, digits)})"
    note = "a constant does not vary"
    if index is None:
        note = "no path leads there"
        if any(node.name == label for node in program):
            note += ": the program's own node of this name is another Value"
    return Equation(quotient(ProgramFormulas(program).names[-1], label), (Number(0.0),), note)
