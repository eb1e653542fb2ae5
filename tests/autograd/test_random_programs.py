"""Random programs, grown step by step: every gradient against dual numbers, finite differences and PyTorch."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import ModuleType, SimpleNamespace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import autograd
from autograd import Value
from tests import dual

Step = tuple[str, tuple[int, ...]]  # an operation and the numbers of the steps that it reads

UNARY: dict[
    str, Callable[[float], bool]
] = {  # where a random program may use it: off its corners, and before it overflows
    "neg": lambda x: True,
    "exp": lambda x: abs(x) < 3,
    "log": lambda x: x > 0.1,
    "sqrt": lambda x: x > 0.1,
    "sin": lambda x: True,
    "tanh": lambda x: abs(x) < 5,
    "sigmoid": lambda x: abs(x) < 5,
    "relu": lambda x: abs(x) > 0.01,
}
BINARY: dict[str, Callable[[float, float], bool]] = {
    "add": lambda a, b: True,
    "sub": lambda a, b: True,
    "mul": lambda a, b: True,
    "div": lambda a, b: abs(b) > 0.1,
}
OPERATORS: dict[str, Callable[..., Any]] = {
    "neg": lambda a: -a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}
SEQUENCE = ("sum", "maximum", "logsumexp", "dot")


def run(leaves: Sequence[Any], steps: Sequence[Step], m: Any) -> list[Any]:
    """All values of a program, in a number system ``m``."""
    values = list(leaves)
    for name, operands in steps:
        x = [values[i] for i in operands]
        if name in OPERATORS:
            values.append(OPERATORS[name](*x))
        elif name in UNARY:
            values.append(getattr(m, name)(*x))
        elif name == "dot":
            half = len(x) // 2
            values.append(m.dot(x[:half], x[half:]))
        else:
            values.append(getattr(m, name)(x))
    return values


DUAL = SimpleNamespace(
    **{name: getattr(dual, name) for name in (*UNARY, "maximum", "logsumexp", "dot") if name != "neg"}, sum=dual.total
)


def pytorch() -> ModuleType | None:
    return importlib.import_module("torch") if importlib.util.find_spec("torch") else None


class RandomPrograms(RuleBasedStateMachine):
    """Grows one program; after each step the gradient of its last value is compared with the oracles."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves: list[Value] = []
        self.steps: list[Step] = []
        self.values: list[Value] = []

    def grow(self, name: str, operands: Sequence[int]) -> None:
        steps = [*self.steps, (name, tuple(operands))]
        value = run(self.values, steps[-1:], autograd)[-1]
        if abs(value.data) < 1e3:
            self.steps = steps
            self.values.append(value)

    @precondition(lambda self: not self.steps)
    @rule(x=st.floats(-3, 3))
    def leaf(self, x: float) -> None:
        self.leaves.append(Value(x))
        self.values.append(self.leaves[-1])

    @precondition(lambda self: self.values)
    @rule(data=st.data(), name=st.sampled_from(sorted(UNARY)))
    def unary(self, data: st.DataObject, name: str) -> None:
        i = data.draw(st.integers(0, len(self.values) - 1))
        if UNARY[name](self.values[i].data):
            self.grow(name, [i])

    @precondition(lambda self: self.values)
    @rule(data=st.data(), name=st.sampled_from(sorted(BINARY)))
    def binary(self, data: st.DataObject, name: str) -> None:
        i, j = (data.draw(st.integers(0, len(self.values) - 1)) for _ in range(2))
        if BINARY[name](self.values[i].data, self.values[j].data):
            self.grow(name, [i, j])

    @precondition(lambda self: self.values)
    @rule(data=st.data(), name=st.sampled_from(SEQUENCE))
    def n_ary(self, data: st.DataObject, name: str) -> None:
        operands = data.draw(st.lists(st.integers(0, len(self.values) - 1), min_size=1, max_size=4))
        if name == "dot":
            operands = operands + operands[::-1]
        numbers = sorted(self.values[i].data for i in operands)
        if name == "maximum" and any(b - a < 0.01 for a, b in pairwise(numbers)):
            return  # a tie is a corner
        if name != "logsumexp" or numbers[-1] < 5:
            self.grow(name, operands)

    @invariant()
    def gradients_agree(self) -> None:
        if not self.steps:
            return
        for leaf in self.leaves:
            leaf.grad = 0.0
        self.values[-1].backward()
        for k, leaf in enumerate(self.leaves):
            duals = [dual.Dual(other.data, float(other is leaf)) for other in self.leaves]
            exact = run(duals, self.steps, DUAL)[-1].d
            assert math.isclose(leaf.grad, exact, rel_tol=1e-9, abs_tol=1e-9), (k, leaf.grad, exact)
            if abs(exact) < 1e3:
                assert math.isclose(leaf.grad, self.difference(k), rel_tol=1e-3, abs_tol=1e-3)

    def difference(self, k: int) -> float:
        """The slope along leaf k, from three steps of different lengths: their median, for one may cross a corner."""

        def f(offset: float) -> float:
            moved = [dual.Dual(leaf.data + (offset if i == k else 0.0)) for i, leaf in enumerate(self.leaves)]
            return float(run(moved, self.steps, DUAL)[-1].x)

        slopes = sorted((f(h) - f(-h)) / (2 * h) for h in (1e-6, 3e-6, 1e-5))
        return slopes[1]

    def teardown(self) -> None:
        torch = pytorch()
        if torch is None or not self.steps:
            return
        stack = torch.stack
        m = SimpleNamespace(
            **{name: getattr(torch, name) for name in UNARY if name != "neg"},
            sum=lambda xs: stack(xs).sum(),
            maximum=lambda xs: stack(xs).amax(),
            logsumexp=lambda xs: torch.logsumexp(stack(xs), 0),
            dot=lambda a, b: torch.dot(stack(a), stack(b)),
        )
        tensors = [torch.tensor(leaf.data, dtype=torch.float64, requires_grad=True) for leaf in self.leaves]
        output = run(tensors, self.steps, m)[-1]
        output.backward()
        assert math.isclose(self.values[-1].data, float(output.detach()), rel_tol=1e-12, abs_tol=1e-12)
        for leaf, tensor in zip(self.leaves, tensors):
            expected = 0.0 if tensor.grad is None else float(tensor.grad)
            assert math.isclose(leaf.grad, expected, rel_tol=1e-9, abs_tol=1e-9)


TestRandomPrograms = RandomPrograms.TestCase
TestRandomPrograms.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
