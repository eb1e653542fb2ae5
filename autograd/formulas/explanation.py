"""Explanations: the chain rule of one derivative, in symbols and in numbers, as a lecturer writes it on the board.

Where several paths lead from the output to a quantity, the derivative is the sum over them. There may be exponentially
many; so the gradient of each node where paths join or part gets a name, delta, and a line of its own (HKU, "The
Backpropagation Algorithm": ``δ_i = g'(s_i) Σ_j w_ij δ_j``). An explanation is thus linear in the size of the program.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from autograd.choices import may_be_discarded
from autograd.formulas.digits import number
from autograd.formulas.expression import Expression, Figure, Name, Number, equation, product, quotient, total
from autograd.formulas.names import in_ascii
from autograd.formulas.nodes import ProgramFormulas
from autograd.labels import short, shown
from autograd.numbers import total as total_of
from autograd.program import Program
from autograd.value import Value

_MOST_NAMES = 40  # that an error lists


@dataclass(frozen=True)
class Equation:
    """A quantity and all that it equals, one below the other.

    Attributes:
        left: a derivative, or a delta.
        sides: the product (or sum of products) of local derivatives as quotients, as formulas and as numbers, and what
            it comes to; without repetitions.
        note: a remark in words; "" for none.
        rounded: whether the last side is not what the numbers before it come to as they are shown, but what they come
            to with the digits that are not: it has the sign ≈.
    """

    left: Expression
    sides: tuple[Expression, ...]
    note: str = ""
    rounded: bool = False

    @property
    def signs(self) -> tuple[str, ...]:
        """What stands before each side: = or ≈."""
        return (*["="] * (len(self.sides) - 1), "≈" if self.rounded else "=")


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
            note = f" \\quad \\text{{({one.note})}}" if one.note else ""
            written.append(f"{one.left.latex()} " + " \\\\\n".join(sides) + note)
        return "\\begin{aligned}\n" + " \\\\[1.5ex]\n".join(written) + "\n\\end{aligned}"

    def mathml(self) -> str:
        """The equations as one MathML ``<math>`` element."""
        rows = []
        for one in self.equations:
            for k, (sign, side) in enumerate(zip(one.signs, one.sides)):
                left = one.left.mathml() if k == 0 else ""
                note = f"<mspace width='1em'/><mtext>({html.escape(one.note)})</mtext>" if one.note else ""
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
    return "\n".join(rows) + (f"   ({one.note})" if one.note else "")


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
    such as relu, the piece is written that the numbers fall into. Gradients need not have been computed.

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
    paths = _Paths(program if rounding is None else program.rounded(*rounding), varying, numbers, digits, rounding)
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


class _Paths:
    """The paths of a program that lead from its output to the targets."""

    def __init__(
        self,
        program: Program,
        targets: set[int],
        numbers: bool,
        digits: int,
        rounding: tuple[int, int] | None,
    ) -> None:
        self.program, self.numbers, self.digits = program, numbers, digits
        self.board = ProgramFormulas(program)
        data = self.board.numbers(program)
        self.gradients = [node.grad for node in program] if rounding else program.gradients()
        self.gradient_digits = 12 if rounding else digits  # a rounded gradient is shown as it is
        self.last = len(program) - 1
        on_a_path = set(targets)
        # The nodes that a node is read by, and in which of their places; and the slopes there, by place.
        self.children: list[dict[int, list[int]]] = [{} for _ in program]
        self.slopes: dict[int, list[Expression]] = {}
        parted: set[int] = set()  # where paths part: nodes that hand a share of their gradient to several others
        read: set[int] = set()
        for node in program:
            places = [(k, parent) for k, parent in enumerate(node.parents) if parent in on_a_path]
            if not places:
                continue
            on_a_path.add(node.index)
            self.slopes[node.index] = [slope.look(data) for slope in self.board.slopes(node)]
            for k, parent in places:
                self.children[parent].setdefault(node.index, []).append(k)
            parents = {parent for _, parent in places}
            read.add(node.index)
            if len(parents) > 1:
                parted.add(node.index)
        joined = {i for i in on_a_path if len(self.children[i]) > 1}
        self.deltas = (parted | read & (joined | targets)) - {self.last}
        self.discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(program.nodes))
        self.rounding = rounding
        if rounding:
            self._part_where_rounding_shows(rounding[1], targets)
        self.met: set[int] = set()

    def _part_where_rounding_shows(self, decimals: int, targets: set[int]) -> None:
        """Give each gradient that went into another a line of its own where the product of all factors, rounded once,
        is not what comes of rounding at each step."""
        once: list[float] = [0.0] * len(self.program)  # rounded in the line it is told in, and not before
        for i in reversed(range(len(self.program))):
            handed = [(child, self.slope(child, places)) for child, places in self.children[i].items()]
            once[i] = total_of(slope * (self.gradients[c] if c in self.deltas else once[c]) for c, slope in handed)
            if i == self.last:
                once[i] = 1.0
        waiting = [i for i in self.deltas | targets if i != self.last]
        for i in waiting:
            if round(once[i], decimals) != self.gradients[i]:
                new = self.children[i].keys() - self.deltas - {self.last}
                self.deltas |= new
                waiting += new

    def slope(self, child: int, places: Sequence[int]) -> float:
        """The derivative of a node by what it reads in these places."""
        return float(total_of(self.program.nodes[child].local_derivatives[k] for k in places))

    def told(self, target: int) -> list[Equation]:
        """The equations of the deltas that a target needs and that are not told yet, and its own."""
        if target in self.met:
            return []
        met, waiting = {target}, [target]
        while waiting:
            new = self.children[waiting.pop()].keys() - met - self.met
            met |= new
            waiting += new
        self.met |= met
        return [self.equation(i) for i in sorted(met, reverse=True) if i == target or i in self.deltas]

    def equation(self, i: int) -> Equation:
        """What the gradient of node i is the sum of."""
        derivative = quotient(self.board.names[-1], self.board.names[i])
        left, lead = (self.delta(i), [derivative]) if i in self.deltas else (derivative, [])
        value = Figure(self.gradients[i], self.gradient_digits)
        if i == self.last:
            return Equation(left, (value,))
        quotients, slopes, figures = (
            total([product(factors) for factors in terms])
            for terms in zip(*[self.term(i, child) for child in self.children[i]])
        )
        # A path of one edge would say ∂y/∂a of the local derivative, beside or below the ∂y/∂a that it is a part of.
        sides = [*lead, slopes] if self.last in self.children[i] else [equation(*lead, quotients), slopes]
        rounded = False
        if self.numbers:
            sides += [figures] if figures.operands and _has_names(slopes) else []
            rounded = not self._gives(sides[-1], value)
            sides.append(value)
        written = [side.text() for side in sides]
        told = tuple(side for k, side in enumerate(sides) if k == 0 or written[k] != written[k - 1])
        return Equation(left, told, rounded=rounded and len(told) > 1)

    def _gives(self, side: Expression, value: Figure) -> bool:
        """Whether the numbers of a side, as they are shown, come to a value as it is shown; a side of names does."""
        if _has_names(side):
            return True
        try:
            worked = side.evaluate({})
        except ArithmeticError:
            return False
        shown = Figure(round(worked, self.rounding[1]) if self.rounding else worked, value.digits)
        return shown is value and (value.value != 0 or worked == 0)

    def term(self, i: int, child: int) -> tuple[list[Expression], list[Expression], list[Expression]]:
        """The stretch from node i by way of a child up to the next delta, or to the output: its factors, thrice."""
        quotients: list[Expression] = []
        slopes: list[Expression] = []
        figures: list[Expression] = []
        nothing = False
        while True:
            places = self.children[i][child]
            quotients.append(quotient(self.board.names[child], self.board.names[i]))
            slopes.append(total([self.slopes[child][k] for k in places]))
            figures.append(Figure(self.slope(child, places), self.digits))
            if self.gradients[child] == 0 and child in self.discarded:  # whatever the slope is, infinite or not
                nothing = True
            if child == self.last or child in self.deltas:
                break
            i, child = child, next(iter(self.children[child]))
        if child != self.last:
            quotients.append(self.delta(child))
            slopes.append(self.delta(child))
            figures.append(Figure(self.gradients[child], self.gradient_digits))
        return quotients[::-1], slopes[::-1], [Figure(0.0, self.digits)] if nothing else figures[::-1]

    def delta(self, i: int) -> Expression:
        return Name(self.board.names[i], "δ")


def _has_names(side: Expression) -> bool:
    return any(isinstance(leaf, Name) for leaf in side.leaves())
