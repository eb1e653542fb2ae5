"""The steps of a walkthrough, as data: what the page, the terminal and the tests all read.

A frame is one step that a lecturer takes: a value is computed, a node hands a parent its share of the gradient, or a
parameter is updated. It says what is computed from what, in symbols and in numbers, exactly and rounded as a slide
rounds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from autograd import primitives
from autograd.domains import DomainError
from autograd.formulas.expression import (
    Expression,
    Figure,
    Name,
    Number,
    call,
    equation,
    quotient,
)
from autograd.formulas.names import text_name
from autograd.formulas.nodes import ProgramFormulas
from autograd.lesson.updates import TIME, Optimizer, RuleFormulas
from autograd.program import Node, Program
from autograd.value import Value

Phase = Literal["forward", "backward", "update"]
Quantity = Literal["data", "grad", "new", "memory"]


@dataclass(frozen=True)
class Telling:
    """A frame's numbers, in one way of rounding.

    Attributes:
        numbers: the frame's formula with numbers in it; None where there is nothing to compute.
        value: what it comes to.
        result: that, rounded as it is displayed; None for the opening frame.
        note: a remark in numbers, such as the deck's Err; None for most.
    """

    numbers: Expression | None
    value: float
    result: Expression | None
    note: Expression | None = None

    @property
    def shown(self) -> str:
        """The ``result`` for Python to read; ``result.text()`` is for people, with the minus sign of formulas."""
        return "" if self.result is None else self.result.text(ascii=True)


@dataclass(frozen=True)
class Frame:
    """One step.

    Attributes:
        phase: forward, backward or update.
        round: which step of training, from 1.
        title: what happens, in words.
        writes: the index of the node whose number is determined, and which number: its data, its grad (so far), what
            the optimizer remembers of it, or the data it gets by the update. None for the opening frame, which gives
            the leaves.
        reads: the indices of the nodes that are read.
        edges: the edges that are multiplied along: (child, parent, position among the child's parents).
        symbols: the formula; None for the opening frame.
        local: the formula of the local derivative that is used; None where there is none, or where it is all of
            ``symbols``.
        exact: the numbers at full precision.
        slide: the numbers rounded as it goes; None where the program cannot be worked so.
        given: the values of the hyperparameters in ``symbols``, ``η = 0.9``, and of what the optimizer remembers when
            the first step of training begins, ``m = 0``.
    """

    phase: Phase
    round: int
    title: str
    writes: tuple[int, Quantity] | None
    reads: tuple[int, ...]
    edges: tuple[tuple[int, int, int], ...]
    symbols: Expression | None
    local: Expression | None
    exact: Telling
    slide: Telling | None = None
    given: tuple[Expression, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Rounding:
    """How numbers are carried and shown: ``data`` and ``grad`` decimals, or exactly, shown to four digits."""

    data: int | None = None
    grad: int | None = None

    def run(self, program: Program, leaves: Mapping[int, float]) -> Program:
        """The program, worked through in this way."""
        return program.replay(leaves, round_data=self.of_data, round_grad=self.of_grad)

    def of_data(self, x: float) -> float:
        return x if self.data is None else round(x, self.data)

    def of_grad(self, x: float) -> float:
        return x if self.grad is None else round(x, self.grad)

    def show(self, x: float) -> Expression:
        """Four digits; but all of a number that was rounded, which a leaf, as it is given, may not be."""
        is_rounded = self.data is not None and x in (round(x, self.data), round(x, self.grad))
        return Figure(x, 12 if is_rounded else 4)

    def text(self, x: float) -> str:
        """That, as mathematics writes it."""
        return self.show(x).text()


def frames(
    output: Value,
    *,
    optimizer: Optimizer | None = None,
    steps: int = 1,
    err: bool = False,
    decimals: tuple[int, int] | None = None,
) -> list[Frame]:
    """The steps of the program that computed ``output``.

    Args:
        output: the value, which stays as it is: the program is run anew, from gradients of 0.
        optimizer: its rule makes the update phase, for those of its parameters that take part, from what it remembers
            now; it stays as it is. None for no update.
        steps: how many steps of training to replay, each with forward, backward and update.
        err: add the deck's ``Err = -dE/di`` wherever the gradient of a net input is complete.
        decimals: of values and of gradients, in the frames' ``slide`` tellings; None for (3, 4), or for no such
            tellings where the program cannot be worked so, as log(p) cannot with p rounded to 0.

    Raises:
        DomainError: the program cannot be worked with ``decimals``.
    """
    rounds = training(output, optimizer=optimizer, steps=steps, err=err, decimals=decimals)
    return [frame for one in rounds for frame in one.frames]


@dataclass(frozen=True)
class Round:
    """One step of training: the program as it ran, exactly and (where it can) rounded as it goes, and its frames."""

    exact: Program
    slide: Program | None
    frames: list[Frame]


DECIMALS = (3, 4)  # of values and of gradients, on most slides


def training(
    output: Value, *, optimizer: Optimizer | None, steps: int, err: bool, decimals: tuple[int, int] | None
) -> list[Round]:
    """The steps of training that `frames` tells of, with the programs behind them; arguments as there."""
    if steps < 1 or (steps > 1 and optimizer is None):
        raise ValueError(f"steps must be 1, or more with an optimizer; got steps={steps}")
    if optimizer is not None and not hasattr(optimizer, "rule"):
        raise TypeError(f"optimizer must be one of optim's, such as optim.SGD([w, b], lr=0.1), got {optimizer!r}")
    try:
        return _rounds(output, optimizer, steps, err, [Rounding(), Rounding(*(decimals or DECIMALS))])
    except (DomainError, ArithmeticError):
        if decimals is not None:
            raise
        return _rounds(output, optimizer, steps, err, [Rounding()])  # nobody asked for the other


def _rounds(
    output: Value, optimizer: Optimizer | None, steps: int, err: bool, roundings: Sequence[Rounding]
) -> list[Round]:
    program = Program.of(output)
    memories: list[dict[int, list[float]]] = [{} for _ in roundings]  # what is remembered of each parameter, by index
    if optimizer is not None:
        rule = RuleFormulas(optimizer, ProgramFormulas(program).names)
        places = {parameter: place for place, parameter in enumerate(optimizer.parameters)}
        for value, index in program.index.items():
            if value in places:
                for memory in memories:
                    memory[index] = [float(array[places[value]]) for array in optimizer.memory.values()]
        if not memories[0]:
            raise ValueError("optimizer holds no parameter that the output depends on: make one of its parameters")
    leaves: list[dict[int, float]] = [{} for _ in roundings]
    rounds: list[Round] = []
    for k in range(1, steps + 1):
        runs = [rounding.run(program, given) for rounding, given in zip(roundings, leaves)]
        story = _Story(program, k, runs, roundings, err)
        told = [*story.forward(), *story.backward()]
        if optimizer is not None:
            for index in memories[0]:
                updates = list(story.updated(index, rule, optimizer.t + k, memories))
                (new,) = [frame for frame in updates if frame.writes == (index, "new")]
                for given, telling in zip(leaves, (new.exact, new.slide)):
                    if telling is not None:
                        given[index] = telling.value
                told += updates
        rounds.append(Round(runs[0], runs[1] if len(runs) > 1 else None, told))
    return rounds


class _Story:
    """One step of training, told frame by frame, in both roundings at once."""

    def __init__(
        self, program: Program, k: int, runs: Sequence[Program], roundings: Sequence[Rounding], err: bool
    ) -> None:
        self.program, self.k, self.runs, self.roundings, self.err = program, k, runs, roundings, err
        self.board = ProgramFormulas(program)
        self.names, self.symbols = self.board.names, self.board.symbols
        self.data = [self.board.numbers(run) for run in runs]
        self.called = [*map(text_name, self.names)]  # in titles
        self.output = self.names[-1]
        self.written_data: list[dict[Expression, Expression | float]] = [
            {symbol: rounding.show(node.data) for symbol, node in zip(self.symbols, run) if isinstance(symbol, Name)}
            for run, rounding in zip(runs, roundings)
        ]

    def forward(self) -> Iterator[Frame]:
        """The leaves are given; each result is computed."""
        nothing = [Telling(None, 0.0, None)] * len(self.runs)
        title = "The inputs and parameters are given"
        yield Frame("forward", self.k, title, None, (), (), None, None, *nothing)
        for node in self.program:
            if node.op is None:
                continue
            template = self.board.result(node)
            formulas = [template.look(data) for data in self.data]
            sides = [self.symbols[node.index], formulas[0]]
            by_name = call(node.op.symbol, self.symbols[node.parents[0]])
            if node.op.arity == 1 and node.op.symbol.isalpha() and by_name.text() != formulas[0].text():
                sides.insert(1, by_name)  # o4 = σ(i4) = ...
            tellings = []
            for formula, run, rounding, written in zip(formulas, self.runs, self.roundings, self.written_data):
                value = run.nodes[node.index].data
                tellings.append(Telling(formula.substitute(written), value, rounding.show(value)))
            edges = tuple([(node.index, parent, k) for k, parent in enumerate(node.parents)])
            reads = tuple(dict.fromkeys(node.parents))
            title = f"{self.called[node.index]} is computed"
            writes: tuple[int, Quantity] = (node.index, "data")
            yield Frame("forward", self.k, title, writes, reads, edges, equation(*sides), None, *tellings)

    def backward(self) -> Iterator[Frame]:
        """The output's gradient is 1; each node hands each parent local derivative times gradient."""
        one = [Telling(None, 1.0, Figure(1.0, 4))] * len(self.runs)
        symbols = equation(quotient(self.output, self.output), Number(1.0))
        title = f"{self.called[-1]} changes by 1 when {self.called[-1]} changes by 1"
        yield Frame("backward", self.k, title, (len(self.program) - 1, "grad"), (), (), symbols, None, *one)
        sums = [[0.0] * len(self.program) for _ in self.runs]
        shares = Counter([parent for node in self.program for parent in node.parents])
        to_come = shares.copy()
        for node in reversed(self.program.nodes):
            if node.op is None:
                continue
            slopes = self.board.slopes(node)
            for k, parent in enumerate(node.parents):
                to_come[parent] -= 1
                if self.program.nodes[parent].kind != "constant":
                    local = [slopes[k].look(data) for data in self.data]
                    yield self._share(node, k, local, sums, alone=shares[parent] == 1, last=to_come[parent] == 0)

    def _share(
        self, node: Node, k: int, slopes: Sequence[Expression], sums: list[list[float]], alone: bool, last: bool
    ) -> Frame:
        """A node hands its k-th parent a share of the gradient, the parent's only one (``alone``) or its ``last``.

        An only share is the gradient; one of several is added to those before. The output hands on the local
        derivative itself, for its own gradient is 1.
        """
        parent = node.parents[k]
        child, name = self.names[node.index], self.names[parent]
        by_parent, by_child, local = quotient(self.output, name), quotient(self.output, child), quotient(child, name)
        from_output = node.index == len(self.program) - 1
        tellings = []
        told = zip(self.runs, self.roundings, self.written_data, slopes, sums)
        for run, rounding, written, slope, so_far in told:
            derivative, gradient = run.nodes[node.index].local_derivatives[k], run.nodes[node.index].grad
            before = so_far[parent]
            so_far[parent] = before + derivative * gradient
            value = run.nodes[parent].grad if last else rounding.of_grad(so_far[parent])
            share = rounding.show(gradient) * Figure(derivative, 4)
            if from_output:
                share = slope.substitute(written)
            numbers: Expression | None = share if alone else rounding.show(rounding.of_grad(before)) + share
            if numbers == share and not share.operands:  # no arithmetic is left
                numbers = None
            note = None
            if self.err and last and self.program.nodes[parent].op in (primitives.affine, primitives.dot):
                deck = Name("Err" + (re.sub(r"^\D+(?=\d)", "", name) or name))
                note = equation(deck, -by_parent, rounding.show(-value))
            tellings.append(Telling(numbers, value, rounding.show(value), note))
        chained = slopes[0] if from_output else by_child * local
        return Frame(
            "backward",
            self.k,
            f"{self.called[node.index]} hands {self.called[parent]} its share of the gradient",
            (parent, "grad"),
            (node.index,),
            ((node.index, parent, k),),
            equation(by_parent, chained, sign="=" if alone else "+="),
            None if from_output else equation(local, slopes[0]),
            *tellings,
        )

    def updated(
        self, index: int, rule: RuleFormulas, t: int, memories: Sequence[dict[int, list[float]]]
    ) -> Iterator[Frame]:
        """A parameter takes its step: what is remembered of it is brought up to date, and then its data; or its data
        first, where the rule takes what was remembered before.

        Memory is rounded in no telling: a slide's few decimals may leave nothing of a mean of squares, to divide by.
        """
        name, symbol, gradient = self.names[index], self.symbols[index], quotient(self.output, self.names[index])
        letters = [Name(f"{word}({name})" if word in self.names else word) for word in rule.memory]
        known = {**rule.letters, TIME: float(t)}
        look = rule.look(known)
        exact: dict[Expression, float] = {}
        tellings: list[list[Telling]] = []
        for run, rounding, memory in zip(self.runs, self.roundings, memories):
            before = [run.nodes[index].data, run.nodes[index].grad, *memory[index]]
            numbers = {**dict(zip(rule.names, before)), **known}
            data, *remembered = [result.evaluate(numbers) for result in rule.results]
            numbers.update(zip(rule.new, remembered))
            exact = exact or numbers
            after = [rounding.of_data(data), *remembered]
            results = [rounding.show(after[0]), *[Figure(x, 4) for x in remembered]]
            shown = [*map(rounding.show, before[:2]), *[Figure(x, 4) for x in before[2:]], *results[1:]]
            figures: dict[Expression, Expression | float] = {**dict(zip(rule.names, shown)), **known}
            worked = [line.template.look(numbers).substitute(figures) for line in look.lines]
            writes = [line.writes for line in look.lines]
            tellings.append([Telling(line, after[k], results[k]) for line, k in zip(worked, writes)])
            memory[index] = remembered
        given: dict[Expression, Expression] = {letter: Number(x) for letter, x in rule.letters.items()}
        if self.k == 1:  # later, what is remembered is what was computed the step before
            given.update({letter: Figure(exact[old], 4) for letter, old in zip(letters, rule.old)})
        quantities: dict[Expression, Expression | float] = dict(zip(rule.names, [symbol, gradient, *letters, *letters]))
        called = self.called[index]
        subjects: list[tuple[str, Expression, Quantity]] = [(called, symbol, "new")]
        subjects += [(f"{word} of {called}", letter, "memory") for word, letter in zip(rule.memory, letters)]
        for line, *each in zip(look.lines, *tellings):
            words, subject, quantity = subjects[line.writes]
            formula = line.template.look(exact).substitute({**quantities, TIME: float(t)})
            symbols = equation(subject, formula, sign="←")
            used = tuple([equation(letter, x) for letter, x in given.items() if letter in formula.leaves()])
            given.pop(subject, None)  # from now on it is another
            title = f"{words} is updated"
            yield Frame("update", self.k, title, (index, quantity), (index,), (), symbols, None, *each, given=used)
