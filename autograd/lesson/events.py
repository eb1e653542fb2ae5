"""One step of training as the single things that are done, in order, and what does them: for a program that is to be
run otherwise than it should be.

Forward, backward and update are lists of events here: a result is computed, a node hands its gradient on along one
edge, a parameter takes its step. In the ordinary order they come to what `Program.replay` and the optimizer come to;
what is done twice, too early or not at all is another list of the same events. Events are numbers and words, so that a
page can run the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, NamedTuple

from autograd.choices import may_be_discarded
from autograd.labels import shown
from autograd.lesson.updates import Optimizer
from autograd.numbers import FLOATS
from autograd.primitive import Primitive
from autograd.program import Program

LEARNING_RATE = 0.1  # of gradient descent, where there is no optimizer


class Event(NamedTuple):
    """One thing that is done.

    Attributes:
        do: "set" a leaf's data to ``number``; make a gradient "zero"; "forward": compute a node; "seed": the output's
            gradient is 1; "backward": a node hands its gradient on to the parent at position ``edge``; "round" a node's
            data, or its gradient ("round grad"), to ``number`` decimals; "update" a parameter.
        node: the node's index.
        edge: see there.
        number: see there.
    """

    do: Literal["set", "zero", "forward", "seed", "backward", "round", "round grad", "update"]
    node: int
    edge: int = 0
    number: float = 0.0


@dataclass(frozen=True)
class Step:
    """What a step of training has come to.

    Attributes:
        program: the program with the numbers of the forward and the backward pass.
        new: each updated parameter's data afterwards, by index.
    """

    program: Program
    new: Mapping[int, float]


@dataclass(frozen=True)
class Replaced:
    """What is put in place of what belongs there: each by the index of the node where it is.

    Attributes:
        rows: by what a node is computed and derived.
        operands: the nodes whose numbers a node's derivatives are taken at, in place of its parents'.
        combine: ``combine(m, so_far, derivative, gradient, paths, *combined)`` is the gradient of the node when one of
            as many ``paths`` has brought it derivative times gradient; it belongs there that this is added.
        combined: the nodes whose numbers that gets too.
        rules: ``rule(right, m, theta, gradient, *memory, t=t, **hyperparameters)`` is what becomes of a parameter, and
            of what is remembered of it; ``right`` is the rule that belongs there.
        order: ``order(t, events)``: the events of step t, from 1, made of those that belong there.
    """

    rows: Mapping[int, Primitive] = field(default_factory=dict)
    operands: Mapping[int, Sequence[int]] = field(default_factory=dict)
    combine: Mapping[int, Callable[..., Any]] = field(default_factory=dict)
    combined: Mapping[int, Sequence[int]] = field(default_factory=dict)
    rules: Mapping[int, Callable[..., Any]] = field(default_factory=dict)
    order: Callable[[int, list[Event]], list[Event]] = lambda t, events: events


def parameters(program: Program) -> list[int]:
    """The indices of the program's Parameters; where there is none, of all leaves that are no constants."""
    found = [node.index for node in program if node.kind == "parameter"]
    return found or [node.index for node in program if node.op is None and node.kind != "constant"]


def paths(program: Program) -> list[int]:
    """Over how many edges each node is handed its gradient."""
    counts = [0] * len(program)
    for node in program:
        for parent in node.parents:
            counts[parent] += 1
    return counts


def handed_on(program: Program, index: int) -> list[Event]:
    """A node hands its gradient on to each parent that has one, in the order written."""
    parents = enumerate(program.nodes[index].parents)
    return [Event("backward", index, k) for k, parent in parents if program.nodes[parent].kind != "constant"]


def events(program: Program, updated: Sequence[int]) -> list[Event]:
    """A step as it should be: gradients of 0, forward, backward, and the update of the parameters ``updated``."""
    zero = [Event("zero", node.index) for node in program]
    forward = [Event("forward", node.index) for node in program if node.op is not None]
    backward = [event for node in reversed(program.nodes) for event in handed_on(program, node.index)]
    return [*zero, *forward, Event("seed", len(program) - 1), *backward, *[Event("update", i) for i in updated]]


def descent(m: Any, theta: Any, gradient: Any, *, t: Any, lr: Any) -> tuple[Any]:
    """Gradient descent as an update rule: ``theta = theta - lr g``."""
    return (theta - lr * gradient,)


def worked(
    program: Program, steps: int = 1, optimizer: Optimizer | None = None, replaced: Replaced | None = None
) -> list[Step]:
    """Work a program through, event by event, in floats.

    Args:
        program: stays as it is.
        steps: how many steps of training.
        optimizer: whose rule makes the update, from what it remembers now; it stays as it is. None for gradient descent
            with a learning rate of 0.1, of all parameters.
        replaced: what is otherwise than it should be; None for nothing.

    Raises:
        TypeError: ``optimizer`` is none.
        ValueError: the optimizer holds no parameter that the output depends on.
        DomainError: a number has left an operation's domain.
    """
    machine = _Machine(program, optimizer, replaced or Replaced())
    return [machine.step() for _ in range(steps)]


class _Machine:
    """A program's numbers, and what changes them."""

    def __init__(self, program: Program, optimizer: Optimizer | None, replaced: Replaced) -> None:
        self.program, self.replaced = program, replaced
        self.nodes = [replace(node, op=replaced.rows.get(node.index, node.op)) for node in program]
        self.paths = paths(program)
        self.discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(program.nodes))
        self.data = [node.data for node in program]
        self.grad = [0.0] * len(program)
        self.slopes: dict[int, tuple[float, ...]] = {}
        self.current: set[int] = set()  # the nodes whose slopes are those of today's numbers
        if optimizer is not None and not hasattr(optimizer, "rule"):
            raise TypeError(
                f"optimizer must be one of optim's, such as optim.SGD([w, b], lr=0.1), got {shown(optimizer)}"
            )
        self.t = self.before = 0 if optimizer is None else optimizer.t  # how many steps have been taken
        self.rule: Callable[..., Any] = descent
        self.hyperparameters: Mapping[str, Any] = {"lr": LEARNING_RATE}
        self.memory: dict[int, list[float]] = {index: [] for index in parameters(program)}
        if optimizer is not None:
            self.rule, self.hyperparameters = optimizer.rule, optimizer.hyperparameters
            places = {parameter: place for place, parameter in enumerate(optimizer.parameters)}
            self.memory = {
                index: [float(array[places[value]]) for array in optimizer.memory.values()]
                for value, index in program.index.items()
                if value in places
            }
            if not self.memory:
                raise ValueError("optimizer holds no parameter that the output depends on: make one of its parameters")

    def step(self) -> Step:
        """Do what is to be done in the next step."""
        self.t += 1
        updated = list(self.memory)
        for event in self.replaced.order(self.t - self.before, events(self.program, updated)):
            self.do(event)
        numbers = zip(self.nodes, self.given, self.grad)
        nodes = [replace(n, data=x, grad=g, local_derivatives=self.slopes.get(n.index, ())) for n, x, g in numbers]
        return Step(replace(self.program, nodes=tuple(nodes)), {index: self.data[index] for index in updated})

    def do(self, event: Event) -> None:
        """Do one thing."""
        i, k = event.node, event.edge
        if event.do == "set":
            self.data[i] = event.number
        elif event.do == "zero":
            self.grad[i] = 0.0
        elif event.do == "forward":
            self.data[i] = self.output(i)
            self.current.discard(i)
        elif event.do == "seed":
            self.grad[i] = 1.0
            self.given = list(self.data)  # what the backward pass begins with, whatever an update then changes
        elif event.do == "backward":
            self.hand_on(i, k)
        elif event.do == "round":
            self.data[i] = round(self.data[i], int(event.number))
        elif event.do == "round grad":
            self.grad[i] = round(self.grad[i], int(event.number))
        else:
            self.update(i)

    def output(self, i: int) -> float:
        """What a node computes."""
        node = self.nodes[i]
        assert node.op is not None
        inputs = node.op.unflatten([self.data[parent] for parent in node.parents])
        node.op.check_domain(inputs, [self.program.labels[parent] for parent in node.parents])
        return float(node.op.forward(FLOATS, *inputs))

    def hand_on(self, i: int, k: int) -> None:
        """Local derivative times gradient, to the k-th parent."""
        node = self.nodes[i]
        if i not in self.current:
            assert node.op is not None
            operands = [self.data[read] for read in self.replaced.operands.get(i, node.parents)]
            slopes = zip(node.op.local_derivatives(self.data[i], operands), node.parents)
            self.slopes[i] = tuple([0.0 if self.nodes[p].kind == "constant" else slope for slope, p in slopes])
            self.current.add(i)
        gradient, parent = self.grad[i], node.parents[k]
        if not gradient and i in self.discarded:
            return  # as in every backward pass
        combine = self.replaced.combine.get(parent)
        if combine is None:
            self.grad[parent] += self.slopes[i][k] * gradient
        else:
            read = [self.data[index] for index in self.replaced.combined.get(parent, ())]
            arguments = self.grad[parent], self.slopes[i][k], gradient, float(self.paths[parent])
            self.grad[parent] = combine(FLOATS, *arguments, *read)

    def update(self, i: int) -> None:
        """A parameter takes its step; slopes are then taken anew."""
        rule = partial(self.replaced.rules[i], self.rule) if i in self.replaced.rules else self.rule
        numbers = self.data[i], self.grad[i], *self.memory[i]
        self.data[i], *self.memory[i] = rule(FLOATS, *numbers, t=self.t, **self.hyperparameters)
        self.current.clear()
