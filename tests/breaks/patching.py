"""How code is broken on purpose, in a process that ends soon after: a row of the table, or a line of a function.

As in mutation testing, what is asked is not whether the code is right but whether anyone would see that it is not.
"""

from __future__ import annotations
import __future__ as future

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from autograd import Primitive, primitives, value, written_out
from autograd.compiling import array_code, variables
from autograd.numbers import FLOATS


@dataclass(frozen=True)
class Patch:
    """A change of the code.

    Attributes:
        apply: makes it, once and for all.
        rows: names of the rows whose use it changes.
        codes: the functions whose calls it changes.
    """

    apply: Callable[[], object]
    rows: frozenset[str] = frozenset()
    codes: frozenset[CodeType] = frozenset()


@dataclass(frozen=True)
class Break:
    """A fault of the engine, `nn` or `optim`, which a demo notices or does not.

    Attributes:
        name: what is wrong.
        patches: what makes it so.
        concerns: the names of the demos whose subject it is, which have to notice; "all" that run what it breaks.
    """

    name: str
    patches: Sequence[Patch]
    concerns: str = ""

    def apply(self) -> None:
        """Break the code of this process."""
        for patch in self.patches:
            patch.apply()

    def reaches(self, rows: set[str], codes: set[CodeType]) -> bool:
        """Whether it changes what uses these rows of the table and calls these functions."""
        return any(patch.rows & rows or patch.codes & codes for patch in self.patches)


def row(name: str, forward: Callable[..., Any] | None = None, partials: Callable[..., Any] | None = None) -> Patch:
    """A row of the table with another formula or other partial derivatives, in every reading of it."""
    primitive = primitives.PRIMITIVES[name]

    def apply() -> None:
        for attribute, function in (("forward", forward), ("partials", partials)):
            if function is not None:
                object.__setattr__(primitive, attribute, function)
        if not broken:
            go_by_the_table()
        broken.add(primitive)

    return Patch(apply, frozenset({name}))


def scaled(name: str, factor: float) -> Patch:
    """A row whose partial derivatives are so many times as large."""
    right = primitives.PRIMITIVES[name].partials

    def partials(m: Any, y: Any, *inputs: Any) -> tuple[Any, ...]:
        given = right(m, y, *inputs)
        return tuple([[factor * d for d in p] if isinstance(p, list | tuple) else factor * p for p in given])

    return row(name, partials=partials)


broken: set[Primitive] = set()


def go_by_the_table() -> None:
    """Have broken rows evaluated by the table, where other code computes the same faster."""

    def make(right: Callable[..., Any], data: float, op: Primitive, parents: Any, slopes: Any) -> Any:
        if op in broken:
            inputs = [parent.data for parent in parents]
            data = float(op.forward(FLOATS, *op.unflatten(inputs)))
            found = op.local_derivatives(data, inputs)
            slopes = tuple([d if type(parent) in value.VARYING else 0.0 for d, parent in zip(found, parents)])
        return right(data, op, parents, slopes)

    node = functools.partial(make, value.new_node)
    for module in (value, written_out):
        setattr(module, "new_node", node)  # noqa: B010 (which mypy would not have as an assignment)
    product, whole = variables.MatrixProduct.of, variables.whole_softmax

    def of(op: Primitive, slots: Any) -> Any:
        return None if op in broken else product(op, slots)

    setattr(variables.MatrixProduct, "of", of)  # noqa: B010
    setattr(array_code, "whole_softmax", lambda logits: None if primitives.softmax in broken else whole(logits))  # noqa: B010


sources: dict[Callable[..., Any], str] = {}  # of the functions that were broken, which may be so in several lines


def line(function: Callable[..., Any], old: str, new: str) -> Patch:
    """A function, wherever it is known, with other text in the place of its own: ``old``, which occurs once."""
    function = inspect.unwrap(getattr(function, "__func__", function))
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(old) != 1:
        raise ValueError(f"{function.__qualname__} has {old!r} {source.count(old)} times, and is to have it once")

    ast.parse(source.replace(old, new))  # an error comes now, not in the process

    def apply() -> None:
        sources[function] = sources.get(function, source).replace(old, new)
        tree = ast.parse(sources[function])
        (definition,) = tree.body
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        names: dict[str, Any] = {}
        code = compile(tree, inspect.getfile(function), "exec", flags=future.annotations.compiler_flag)
        exec(code, function.__globals__, names)
        function.__code__ = names[definition.name].__code__

    return Patch(apply, codes=frozenset({function.__code__}))
