"""JavaScript: rows of the table, a program and an optimizer's rule as functions on numbers, for a page to run.

Each is the text of an expression, to be given a name in a script that has the `runtime` before it. They compute what
the scalar engine computes; where an operation is outside its domain they give NaN or infinity.

>>> from autograd import PRIMITIVES
>>> print(row_javascript(PRIMITIVES["sigmoid"], 1))
{
  forward([x]) {
    return 1 / (1 + Math.exp(-x));
  },
  partials(y, [x]) {
    return [y * (1 - y)];
  },
}
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

from autograd.compiling.lines import Line, parts_named, simplified
from autograd.compiling.source import Names
from autograd.compiling.straight_lines import StraightLines
from autograd.formulas.expression import SYMBOLS, Name, expression
from autograd.formulas.languages import JAVASCRIPT, literal
from autograd.primitive import Primitive
from autograd.program import Program

# Identifiers that the language, or the code itself, has a meaning for.
RESERVED = [
    *"arguments await break case catch class const continue debugger default delete do else enum eval export".split(),
    *"extends false finally for function if implements import in instanceof interface let new null package".split(),
    *"private protected public return static super switch this throw true try typeof var void while with".split(),
    *"yield undefined Infinity NaN Math pow total ascending_sum maximum minimum".split(),
]


def runtime() -> str:
    """The script with the functions that the others call, and those that round and write numbers as Python does, and
    fill in the templates of formulas."""
    return resources.files("autograd.compiling").joinpath("runtime.js").read_text(encoding="utf-8")


def row_javascript(row: Primitive, count: int) -> str:
    """A row of the table as an object of two functions.

    ``forward(inputs)`` is the output of as many inputs as ``count``, laid out flat; ``partials(y, inputs)`` is an array
    of its derivatives by each of them, where y is the output.
    """
    names = Names(RESERVED)
    inputs: list[str] = []
    for name, is_sequence, argument in zip(row.names, row.sequences, row.unflatten(range(count))):
        labels = [f"{name}{k}" for k in range(1, len(argument) + 1)] if is_sequence else [name]
        inputs += map(names.fresh, labels)
    operands = row.unflatten([Name(name) for name in inputs])
    y, taken = names.fresh("y"), f"[{', '.join(inputs)}]"
    (output,), forward = _worked_out(names, {y: row.forward(SYMBOLS, *row.within(SYMBOLS, operands))})
    partials = row.flatten(row.partials(SYMBOLS, Name(y), *row.told(SYMBOLS, Name(y), operands)))
    slopes, backward = _worked_out(names, {f"d_{name}": partial for name, partial in zip(inputs, partials)})
    return _object(
        _function(f"forward({taken})", forward, output),
        _function(f"partials({y}, {taken})", backward, f"[{', '.join(slopes)}]"),
    )


def rows_javascript(program: Program) -> str:
    """The rows that a program uses, as an object: by the row's name and how many inputs it takes, ``"affine/7"``."""
    used = dict.fromkeys([(node.op, len(node.parents)) for node in program if node.op is not None])
    return _object(*[f"{literal(f'{row.name}/{count}')}: {row_javascript(row, count)}" for row, count in used])


def program_javascript(program: Program) -> str:
    """A program as a function ``f(leaves)``, an array of its value and of an array of the derivatives by the leaves.

    The leaves are those that are no constants, in the program's order.
    """
    names = Names(RESERVED)
    leaves = {
        node.index: names.common([node.name], "x") for node in program if node.op is None and node.kind != "constant"
    }
    lines = StraightLines(program, leaves, leaves, names, raises=False)
    blocks = parts_named([lines.forward, lines.backward], names.fresh, raises=False)
    gradients = ", ".join([JAVASCRIPT.write(lines.gradients[index]) for index in leaves])
    result = f"[{JAVASCRIPT.write(lines.values[-1])}, [{gradients}]]"
    return _function(f"function ([{', '.join(leaves.values())}])", [*blocks[0], *blocks[1]], result)


def rule_javascript(rule: Callable[..., Any], memory: Sequence[str], hyperparameters: Mapping[str, Any]) -> str:
    """An optimizer's update rule as a function ``f(theta, gradient, memory, t, hyperparameters)``.

    It returns an array of the new theta and of an array of the new memory; ``hyperparameters`` is an object.

    Args:
        rule: a function of `optim.rules`, or one like them.
        memory: what the rule remembers, by name.
        hyperparameters: by name, each a number or a tuple of numbers, whose values do not matter; or a flag, which
            chooses the version of the rule that is written.
    """
    names = Names(RESERVED)
    theta, gradient, *remembered, t = map(names.fresh, ["theta", "gradient", *memory, "t"])
    letters: dict[str, Any] = {}
    taken = []
    for key, x in hyperparameters.items():
        if isinstance(x, bool):
            letters[key] = x
        elif isinstance(x, tuple):
            letters[key] = tuple([Name(names.fresh(f"{key}{i}")) for i in range(1, len(x) + 1)])
            taken.append(f"{key}: [{', '.join([letter.word for letter in letters[key]])}]")
        else:
            letters[key] = Name(names.fresh(key))
            taken.append(key if key == letters[key].word else f"{key}: {letters[key].word}")
    symbols = [Name(name) for name in (theta, gradient, *remembered)]
    new, *updated = rule(SYMBOLS, *symbols, t=Name(t), **letters)
    results = {f"new_{name}": result for name, result in zip([*remembered, theta], [*updated, new])}
    (*updated, new), lines = _worked_out(names, results)
    arguments = f"{theta}, {gradient}, [{', '.join(remembered)}], {t}, {{{', '.join(taken)}}}"
    return _function(f"function ({arguments})", lines, f"[{new}, [{', '.join(updated)}]]")


def formula_javascript(formula: Callable[..., Any], inputs: Sequence[str]) -> str:
    """A formula ``formula(m, *inputs)`` as a function of as many numbers, by name."""
    names = Names(RESERVED)
    letters = [Name(names.fresh(name)) for name in inputs]
    (result,), lines = _worked_out(names, {names.fresh("result"): formula(SYMBOLS, *letters)})
    return _function(f"function ({', '.join([letter.word for letter in letters])})", lines, result)


def _worked_out(names: Names, results: Mapping[str, Any]) -> tuple[list[str], list[Line]]:
    """What to return for each of the results, and the lines before that: of what they share, and of what they reuse."""
    simple = {name: simplified(expression(result)) for name, result in results.items()}
    (lines,) = parts_named([[*simple.items()]], copy.deepcopy(names).fresh, raises=False)
    used = {leaf for _, value in lines for leaf in value.leaves()}
    values = {name: value for name, value in lines if name in results and Name(name) not in used}
    written = [JAVASCRIPT.write(values.get(name, Name(name))) for name in results]
    return written, [(name, value) for name, value in lines if name not in values]


def _function(head: str, lines: Sequence[Line], result: str) -> str:
    """A function; what it is called and takes is its ``head``."""
    body = [f"  const {name} = {JAVASCRIPT.write(value)};" for name, value in lines]
    return "\n".join([f"{head} {{", *body, f"  return {result};", "}"])


def _object(*entries: str) -> str:
    """An object of methods, or of names and what they stand for."""
    return "\n".join(["{", *[f"  {line}" for entry in entries for line in f"{entry},".split("\n")], "}"])
