"""What a mistake is: where it can be made, and what is then put in place of what belongs there.

The program stays the same, and so does what runs it: see `autograd.lesson.events`. The pieces are functions over a
namespace ``m``, as rows of the primitive table are, so that they print as JavaScript; a schedule is a list of events.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from autograd import arguments
from autograd.formulas.digits import number
from autograd.labels import plain, shown
from autograd.lesson.events import Event, Replaced, Step, worked
from autograd.lesson.updates import Optimizer
from autograd.primitive import Primitive
from autograd.program import Program
from autograd.value import Value

MOST_ROWS = 60  # of a table that is read


@dataclass(frozen=True)
class Site:
    """A place where a mistake can be made.

    Attributes:
        node: the index of the node where it is: one that is computed or derived wrongly, or gathers its gradient
            wrongly, or a leaf that begins or is updated wrongly.
        edges: of wrong derivatives, the positions of the parents by which they are wrong; () for all of them.
        reads: other nodes that are read: by wrong derivatives, in place of the parents; by `Mistake.combine`, as its
            last arguments; by a schedule. None for no others.
    """

    node: int
    edges: tuple[int, ...] = ()
    reads: tuple[int, ...] | None = None


Place = str | Value | Site  # a node's label, its Value, or one of a mistake's sites


@dataclass(frozen=True)
class Mistake:
    """A typical mistake: one entry of the list `autograd.MISTAKES`.

    Of what is not wrong the piece is None, and it is done as it should be.

    Attributes:
        name: what it is called, such as ``"overwrite"``.
        sentence: what is done wrongly, and what follows from it, for a student.
        sites: ``sites(program)`` says where it can be made: nowhere, where it cannot happen in that program.
        forward: ``forward(m, row, *inputs)`` is then what a node of that row computes.
        partials: ``partials(m, row, y, *inputs)`` are then its derivatives, laid out as the row's.
        combine: ``combine(m, so_far, derivative, gradient, paths, *reads)`` is then a node's gradient when one of its
            ``paths`` has brought it derivative times gradient.
        rule: ``rule(right, m, theta, gradient, *memory, t=t, **hyperparameters)`` is then what becomes of a parameter
            and of what is remembered of it, where ``right`` is the optimizer's rule.
        schedule: ``schedule(program, t, events, sites)`` are then the events of step t, from 1, made of those that
            belong there.
        steps: how many steps of training it takes to show.
    """

    name: str
    sentence: str
    sites: Callable[[Program], list[Site]]
    forward: Callable[..., Any] | None = field(default=None, kw_only=True)
    partials: Callable[..., Any] | None = field(default=None, kw_only=True)
    combine: Callable[..., Any] | None = field(default=None, kw_only=True)
    rule: Callable[..., Any] | None = field(default=None, kw_only=True)
    schedule: Callable[[Program, int, list[Event], Sequence[Site]], list[Event]] | None = field(
        default=None, kw_only=True
    )
    steps: int = field(default=1, kw_only=True)

    def run(
        self,
        output: Value | Program,
        sites: Place | Iterable[Place] | None = None,
        *,
        optimizer: Optimizer | None = None,
        steps: int | None = None,
    ) -> Comparison:
        """The program run with the mistake, beside the same run without.

        Args:
            output: the program, or the Value that it computed, which stays as it is.
            sites: where the mistake is made: one or several of ``sites(program)``, or the labels or Values of their
                nodes; None for all of them.
            optimizer: whose rule makes the update, from what it remembers now; it stays as it is. None for gradient
                descent with a learning rate of 0.1, of all parameters (or, where there is none, of all inputs).
            steps: how many steps of training; None for as many as it takes to show.

        Raises:
            ValueError: the mistake cannot happen in this program, or not there; or ``steps`` is not positive.
            DomainError: the mistake leads a number out of an operation's domain.
        """
        program = Program.of(output)
        chosen = tuple(self._chosen(program, sites))
        steps = self.steps if steps is None else arguments.whole_number("steps", steps)
        right = worked(program, steps, optimizer)
        wrong = worked(program, steps, optimizer, self.replaced(program, chosen))
        return Comparison(self, chosen, tuple(right), tuple(wrong))

    def replaced(self, program: Program, sites: Sequence[Site]) -> Replaced:
        """What is put in place of what belongs in ``program``, for the mistake at ``sites``."""
        nodes = [site.node for site in sites]
        reads = {site.node: site.reads for site in sites if site.reads is not None}
        wanted: dict[str, Any] = {}
        if self.forward or self.partials:
            wanted |= {"rows": {site.node: self.row(program, site) for site in sites}, "operands": reads}
        if self.combine:
            wanted |= {"combine": dict.fromkeys(nodes, self.combine), "combined": reads}
        if self.rule:
            wanted["rules"] = dict.fromkeys(nodes, self.rule)
        if schedule := self.schedule:
            wanted["order"] = lambda t, events: schedule(program, t, events, sites)
        return Replaced(**wanted)

    def row(self, program: Program, site: Site) -> Primitive:
        """The row that the node at a site is computed and derived by, in place of its own."""
        row = program.nodes[site.node].op
        assert row is not None
        forward, wrong = self.forward, self.partials

        def partials(m: Any, y: Any, *inputs: Any) -> Any:
            belongs = row.partials(m, y, *inputs)
            if wrong is None:
                return belongs
            both = zip(row.flatten(belongs), row.flatten(wrong(m, row, y, *inputs)))
            return row.unflatten([w if k in site.edges or not site.edges else b for k, (b, w) in enumerate(both)])

        return Primitive(
            row.name,
            row.inputs,
            row.symbol,
            row.forward if forward is None else lambda m, *inputs: forward(m, row, *inputs),
            partials,
            row.domain,
        )

    def _chosen(self, program: Program, places: Place | Iterable[Place] | None) -> Iterator[Site]:
        """The sites that are meant; ValueError where a place is none."""
        sites = self.sites(program)
        if not sites:
            raise ValueError(f"{self.name!r} cannot happen in this program: there is no place for it")
        if places is None:
            yield from sites
            return
        for place in [places] if isinstance(places, Place) else places:
            found = [s for s in sites if place in (s, program.labels[s.node])] if isinstance(place, str | Site) else []
            if isinstance(place, Value):
                found = [site for site in sites if site.node == program.index.get(place)]
            if not found:
                labels = ", ".join([plain(program.labels[site.node]) for site in sites[:20]])
                raise ValueError(f"{self.name!r} cannot happen at {shown(place)} here, but at: {labels}")
            yield from found


@dataclass(frozen=True)
class WrongNumber:
    """A number that is not as it should be.

    Attributes:
        step: in which step of training, from 1.
        node: the index of the node that it belongs to.
        quantity: its data or its gradient, or the "new" data of a parameter.
        wrong: the number.
        right: what it should be.
    """

    step: int
    node: int
    quantity: Literal["data", "grad", "new"]
    wrong: float
    right: float


@dataclass(frozen=True, repr=False)
class Comparison:
    """A program run with a mistake, beside the same run without. Printed, or in a notebook, it is a table.

    Attributes:
        mistake: which.
        sites: where it was made.
        right: each step of training as it should be: its ``program``, with the numbers of that pass, which can be
            drawn, and its ``new`` parameters.
        wrong: the same, with the mistake.
    """

    mistake: Mistake
    sites: tuple[Site, ...]
    right: tuple[Step, ...]
    wrong: tuple[Step, ...]

    @property
    def first(self) -> WrongNumber | None:
        """The first wrong number, in the order in which they are computed: forward, backward, update, step by step.

        None where there is none: a factor that was forgotten was 1, say.
        """
        return next(self.differences(), None)

    def differences(self) -> Iterator[WrongNumber]:
        """Every wrong number, in that order."""
        for step, (right, wrong) in enumerate(zip(self.right, self.wrong), start=1):
            nodes = list(zip(right.program, wrong.program))
            for r, w in nodes:
                if _differ(w.data, r.data):
                    yield WrongNumber(step, r.index, "data", w.data, r.data)
            for r, w in reversed(nodes):
                if _differ(w.grad, r.grad):
                    yield WrongNumber(step, r.index, "grad", w.grad, r.grad)
            for index, new in right.new.items():
                if _differ(wrong.new[index], new):
                    yield WrongNumber(step, index, "new", wrong.new[index], new)

    def _told(self) -> tuple[str, str]:
        """What was done where; and what first went wrong."""
        labels = self.right[0].program.labels
        places = ", ".join([plain(labels[site.node]) for site in self.sites[:12]])
        more = f" and {len(self.sites) - 12} more" if len(self.sites) > 12 else ""
        made = f"{self.mistake.name} at {places}{more}: {self.mistake.sentence}"
        first = self.first
        if first is None:
            return made, "Every number is right all the same."
        name, output = plain(labels[first.node]), plain(labels[-1])
        subject = {"data": name, "grad": f"∂{output}/∂{name}", "new": f"new {name}"}[first.quantity]
        when = f" in step {first.step}" if len(self.right) > 1 else ""
        wrong, right = _told_apart(first.wrong, first.right)
        return made, f"The first wrong number{when}: {subject} = {wrong}, which should be {right}."

    def _table(self) -> list[tuple[str, ...]]:
        """Headings, and a row for each leaf: its gradient; and its data after the update, if that went wrong first."""
        right, wrong = self.right[-1], self.wrong[-1]
        updated = self.first is not None and self.first.quantity == "new"
        output = plain(right.program.labels[-1])
        rows = [("leaf", f"∂{output}/∂leaf wrong", "right", *["new wrong", "new right"] * updated, "")]
        for r, w, label in zip(right.program, wrong.program, right.program.labels):
            if r.op is None and r.kind != "constant":
                pairs = [(w.grad, r.grad)]
                if updated and r.index in right.new:
                    pairs.append((wrong.new[r.index], right.new[r.index]))
                cells = [cell for pair in pairs for cell in _told_apart(*pair)]
                mark = "≠" if any(_differ(*pair) for pair in pairs) else ""
                rows.append((plain(label), *cells, *[""] * (len(rows[0]) - len(cells) - 2), mark))
        return rows

    def __str__(self) -> str:
        heading, *rows = self._table()
        widths = [max(map(len, column)) for column in zip(heading, *rows)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *[cell.rjust(w) for cell, w in zip(row[1:], widths[1:])]]).rstrip()
            for row in [heading, *rows[:MOST_ROWS]]
        ]
        return "\n".join([*self._told(), "", *lines, *_left_out(rows)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        heading, *rows = self._table()
        made, first = [html.escape(text) for text in self._told()]
        head = "".join([f"<th>{html.escape(cell)}</th>" for cell in heading])
        body = "".join(
            "<tr>" + "".join([f"<td>{html.escape(cell)}</td>" for cell in row]) + "</tr>" for row in rows[:MOST_ROWS]
        )
        more = "".join([f"<p>{line}</p>" for line in _left_out(rows)])
        return f"<p>{made}</p><p>{first}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _differ(a: float, b: float) -> bool:
    """Whether two numbers are not the same; sums that were added up in another order are."""
    return not (math.isclose(a, b, rel_tol=1e-12) or (math.isnan(a) and math.isnan(b)))


def _told_apart(wrong: float, right: float) -> tuple[str, str]:
    """Both with six digits, or with as many more as it takes to see that they differ."""
    digits = 6
    while _differ(wrong, right) and number(wrong, digits) == number(right, digits) and digits < 17:
        digits += 1
    return number(wrong, digits), number(right, digits)


def _left_out(rows: Sequence[object]) -> list[str]:
    return [f"... and {len(rows) - MOST_ROWS} more leaves"] if len(rows) > MOST_ROWS else []
