"""Derivatives as functions, under JAX's names and argument conventions.

>>> from autograd import cos, sin
>>> grad(sin)(0.0)
1.0
>>> grad(grad(lambda x: x**3))(2.0)
12.0
>>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
[[10.0, 6.0], [6.0, 0.0]]

``f`` takes numbers, NumPy arrays of numbers, and lists or tuples of either, to any depth; it gets the same with Values
in place of the numbers. Derivatives come in the shape of the arguments: floats and float arrays. Where ``f`` computes
with a Value from outside, be it in an argument or one that it closes over, such as a parameter of a model, they are
Values, connected to it: gradients flow on through them, and derivatives of derivatives are exact, to any order. For the
number alone there is ``float()``; `nn.functional_call` calls a model with numbers for its parameters.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd import primitives, program
from autograd.choices import may_be_discarded
from autograd.numbers import Reading
from autograd.primitives import PRIMITIVES
from autograd.value import Constant, Value, topological_order
from autograd.watching import own_leaves, watched, watcher
from autograd.written_out import softmax

Tree = Any  # a number, an array of numbers, or a list or tuple of trees
Function = Callable[..., Any]


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The function that returns ``f(...)`` and its derivative as a pair; see `grad`."""

    check_function(f)

    def function(*arguments: Tree, **keywords: Any) -> tuple[Any, Tree]:
        run = _Run(f, argnums, arguments, keywords)
        output = one_number(run.output)
        return (output if run.as_values else output.data), run.gradient(output)

    return function


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The function that returns the gradient of ``f``: ``(df/dx1, ..., df/dxn)`` (IIMA, "Gradient descent").

    Args:
        f: returns one number, computed from what it is given. By the Parameters of a model that it calls, no derivative
            is taken here (`nn.functional_call` takes them as an argument), but the result depends on them.
        argnums: by which positional argument, or by which of them; then the gradient is a tuple.

    Returns:
        A function with the arguments of ``f``. What it returns has the shape of the argument differentiated by.

    Raises:
        TypeError: ``f`` is no function; or (when called) its result is not one number, an argument is not a tree of
            numbers, or ``argnums`` holds something else than whole numbers.
        ValueError: (when called) ``argnums`` names no argument, or one twice.
    """
    both = value_and_grad(f, argnums)
    return lambda *arguments, **keywords: both(*arguments, **keywords)[1]


def jacobian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The function that returns the derivative of each number of the result of ``f`` by each of the argument.

    Its shape is that of the result followed by that of the argument: an array where both are arrays (or one is, and the
    other a number), otherwise nested lists. One backward pass for each number of the result.

    Args:
        f: returns a number, an array or a list of numbers; or a tuple of results, for a tuple of Jacobians.
        argnums: as for `grad`. Of several, there is a tuple of Jacobians, one for each.
    """

    check_function(f)

    def function(*arguments: Tree, **keywords: Any) -> Tree:
        run = _Run(f, argnums, arguments, keywords)

        def of(output: Tree) -> Tree:
            if isinstance(output, tuple):
                return tuple(map(of, output))
            rows = [run.gradient(number) for _, number in leaves(output)]
            if run.several:
                return tuple([_block(output, parts) for parts in zip(*rows)])
            return _block(output, rows)

        return of(run.output)

    return function


def hessian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The function that returns the second derivatives of ``f``: entry i, j is ``d2f / dxi dxj`` (IIMA, "Gradient
    descent").

    Its shape is that of the argument, twice. One backward pass gives the gradient as Values; then one for each number
    of it. For a product with one vector, `hvp` costs far less.

    Args:
        f: returns one number (of several, there is a Hessian for each, as in `jacobian`).
        argnums: as for `grad`. Of several, there is a tuple of tuples, block i, j for arguments i and j.
    """
    return jacobian(jacobian(f, argnums), argnums)


def hvp(f: Function, primals: Sequence[Tree], tangents: Sequence[Tree]) -> Tree:
    """The Hessian of ``f`` times a vector, in two backward passes: the gradient of ``(grad f) . v`` (Pearlmutter 1994).

    Args:
        f: returns one number.
        primals: the arguments of ``f``, in a tuple or a list.
        tangents: v, in the same shape.

    Returns:
        A tuple in the shape of ``primals``; where there is one primal, its entry alone.

    Raises:
        TypeError: primals or tangents are no tuple or list.
        ValueError: their shapes differ.
    """
    for name, trees in (("primals", primals), ("tangents", tangents)):
        if not isinstance(trees, tuple | list):
            raise TypeError(f"{name} must be a tuple or a list with an entry for each argument of f, got {trees!r}")
    everything = range(len(primals))
    wanted, got = ([path for path, _ in leaves(tuple(trees))] for trees in (primals, tangents))
    if wanted != got:
        raise ValueError(f"tangents must have the shape of primals, {len(wanted)} numbers, got {len(got)} numbers")
    v = [number for _, number in leaves(tuple(tangents))]

    def slope_along_v(*point: Tree) -> Any:
        return primitives.dot([number for _, number in leaves(grad(f, everything)(*point))], v)

    product = grad(slope_along_v, everything)(*primals)
    return product[0] if len(primals) == 1 else product


def check_function(f: Function) -> None:
    """Raise TypeError where ``f`` is none, as a Value is not: ``torch.autograd.grad`` takes what was computed."""
    if not callable(f):
        raise TypeError(f"f must be a function, got {f!r}; the gradient of a Value is what its backward() computes")


def gradients(output: Value, inputs: Sequence[Value], as_values: bool = False) -> list[Any]:
    """d output / d each of ``inputs``: a backward pass that leaves every ``grad`` as it is.

    Args:
        output: what is differentiated.
        inputs: by what; leaves or results. Only nodes between them and the output are visited.
        as_values: whether to evaluate the table's partials on Values, so that the gradients are Values that can be
            differentiated again. Otherwise they are floats, of the local derivatives that were recorded.
    """
    order = topological_order(output)
    varying = set(inputs)
    for node in order:
        if not varying.isdisjoint(node.parents):
            varying.add(node)
    order = [node for node in order if node in varying]
    gradient: dict[Value, Any] = {output: 1.0}
    contributions = _Chosen(order).contributions if as_values else _contributions(order)
    with watched(by=None):  # a formula may mention a branch that `where` discards
        for node in reversed(order):
            for parent, contribution in zip(node.parents, contributions(node, gradient[node])):
                if parent in varying:
                    gradient[parent] = gradient[parent] + contribution if parent in gradient else contribution
    if onlooker := watcher.get():
        onlooker.passed_back(order, lambda value: float(gradient.get(value, 0.0)))
    found = [gradient.get(value, 0.0) for value in inputs]
    return [g if isinstance(g, Value) else Constant(g) for g in found] if as_values else found


def _contributions(order: Sequence[Value]) -> Callable[[Value, float], list[float]]:
    """What a node of this order hands to each of its parents."""
    discarded = may_be_discarded((node, node.op, node.parents) for node in reversed(order))

    def contributions(node: Value, gradient: float) -> list[float]:
        if not gradient and node in discarded:
            return [0.0] * len(node.parents)
        return [derivative * gradient for derivative in node.local_derivatives]

    return contributions


class _Chosen:
    """What a node hands to each of its parents, as Values, of which each run is to choose anew.

    Attributes:
        when: of each node that a gradient reaches through choices alone, the condition on which it is chosen: a Value
            that is 0 where it is not.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        self.when: dict[Value, Any] = {}
        always: set[Value] = set()
        for node in reversed(order):
            condition = self.when.get(node)
            for place, parent in enumerate(node.parents):
                on = condition
                if node.op is primitives.where and place:
                    c = node.parents[0] if place == 1 else VALUES.equal(node.parents[0], 0.0)
                    on = c if condition is None else VALUES.where(condition, c, 0.0)
                if on is None:
                    always.add(parent)
                    self.when.pop(parent, None)
                elif parent not in always:
                    self.when[parent] = VALUES.where(self.when[parent], 1.0, on) if parent in self.when else on

    def contributions(self, node: Value, gradient: Any) -> list[Any]:
        """Of this node, whose gradient is complete."""
        assert node.op is not None
        if node.op is primitives.where:
            c = node.parents[0]
            return [0.0, VALUES.where(c, gradient, 0.0), VALUES.where(c, 0.0, gradient)]
        inputs = node.op.unflatten(node.parents)
        if node._record is not Value._record:  # it has no number yet, whose domain would have been looked at
            inputs = node.op.told(VALUES, node, inputs)
        partials = node.op.flatten(node.op.partials(VALUES, node, *inputs))
        products = [partial * gradient for partial in partials]
        if node not in self.when:
            return products
        return [VALUES.where(self.when[node], product, 0.0) for product in products]


def _choose(c: Any, a: Any, b: Any) -> Any:
    """``where``; nothing is to choose where the condition is a number that does not vary."""
    if isinstance(c, Constant) or not isinstance(c, Value):
        return a if float(c) else b
    return primitives.where(c, a, b)


# The reading on which a row's partials are Values again: its functions are the rows. Domains are not looked at, now or
# when it is run again, for a formula may mention a branch that `where` discards.
VALUES = Reading(**{name: row if row.domain is None else replace(row, domain=None) for name, row in PRIMITIVES.items()})
VALUES.where, VALUES.softmax = _choose, softmax


class _Run:
    """One run of a function on fresh variables.

    Attributes:
        output: what the function returned, of Values.
        as_values: whether derivatives of it are to be Values.
        several: whether they are by several arguments.
    """

    def __init__(self, f: Function, argnums: int | Sequence[int], arguments: Sequence[Tree], keywords: dict[str, Any]):
        self.several = isinstance(argnums, Sequence)
        try:
            chosen = [operator.index(n) for n in (argnums if isinstance(argnums, Sequence) else [argnums])]
        except TypeError:
            raise TypeError(f"argnums must be a whole number or several of them, got {argnums!r}") from None
        places = [n + len(arguments) if n < 0 else n for n in chosen]
        if not all(0 <= n < len(arguments) for n in places) or len(set(places)) < len(places):
            raise ValueError(f"argnums must name some of the {len(arguments)} arguments, each once, got {argnums!r}")
        self.trees = [arguments[n] for n in places]
        self.variables = [
            variable(number, f"argument {n}{path}") for n in places for path, number in leaves(arguments[n])
        ]
        variables = iter(self.variables)
        given = dict(enumerate(arguments)) | {n: rebuilt(arguments[n], variables) for n in places}
        with own_leaves() as own:
            self.output = f(*given.values(), **keywords)
        own.update(self.variables)
        self.as_values = any(map(_holds_a_value, (*arguments, *keywords.values()))) or any(
            leaf not in own
            for _, number in leaves(self.output)
            if isinstance(number, Value)
            for leaf in program.leaves(number)
            if not isinstance(leaf, Constant)
        )

    def gradient(self, output: Any) -> Tree:
        """The derivative of one number of the output, in the shape of the argument; a tuple of them for several."""
        numbers = iter(gradients(one_number(output), self.variables, self.as_values))
        parts = [rebuilt(tree, numbers) for tree in self.trees]
        return tuple(parts) if self.several else parts[0]


def variable(x: Any, where: str) -> Value:
    """A fresh node for an argument, apart from all other uses of x: d/dy (x y) at y = x is x and not 2x."""
    if isinstance(x, Value) and not isinstance(x, Constant):
        fresh = x + 0.0
        fresh.name = x.name
        return fresh
    try:
        return Value(x.data if isinstance(x, Constant) else x)
    except TypeError:
        raise TypeError(
            f"{where} must be a number to differentiate by it, or an array, list or tuple of numbers, "
            f"got {type(x).__name__} {x!r}"
        ) from None


def one_number(output: Any) -> Value:
    """The result of a function that must be one number, as a Value; TypeError where it is not."""
    if isinstance(output, np.ndarray) and output.ndim == 0:
        output = output.item()
    if isinstance(output, Value):
        return output
    try:
        return Constant(output)  # it depends on nothing
    except TypeError:
        raise TypeError(
            f"the function must return one number, a Value, got {type(output).__name__} {output!r}; "
            "for the derivative of several numbers there is jacobian"
        ) from None


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers of a tree, each with its path, such as ``"[1][2]"``."""
    if isinstance(tree, np.ndarray):
        for index in np.ndindex(tree.shape):
            yield path + "".join([f"[{i}]" for i in index]), tree[index]
    elif isinstance(tree, list | tuple):
        for i, branch in enumerate(tree):
            yield from leaves(branch, f"{path}[{i}]")
    else:
        yield path, tree


def rebuilt(tree: Tree, numbers: Iterator[Any]) -> Tree:
    """A tree of the same shape with the next ``numbers``, or arrays of one shape, in place of its own numbers."""
    if isinstance(tree, np.ndarray):
        flat = np.array([next(numbers) for _ in range(tree.size)])
        return flat.reshape(tree.shape + flat.shape[1:])
    if isinstance(tree, list | tuple):
        branches = [rebuilt(branch, numbers) for branch in tree]
        return tuple(branches) if isinstance(tree, tuple) else branches
    return next(numbers)


def _block(output: Tree, rows: Sequence[Tree]) -> Tree:
    """The gradients of the numbers of an output, in its shape: an array holds numbers and arrays, lists hold lists."""
    if isinstance(output, np.ndarray) and rows and isinstance(rows[0], list | tuple):
        output = output.tolist()
    return rebuilt(output, iter(rows))


def _holds_a_value(tree: Tree) -> bool:
    if isinstance(tree, list | tuple):
        return any(map(_holds_a_value, tree))
    if isinstance(tree, np.ndarray):
        return tree.dtype == object and any(isinstance(x, Value) for x in tree.flat)
    return isinstance(tree, Value)
