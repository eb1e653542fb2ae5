"""What a page runs a program by: the program as data; its operations, formulas and update rule as JavaScript.

The page's engine knows nothing else. Names are written here, in each notation, so that the page escapes none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from autograd.choices import may_be_discarded
from autograd.compiling.domains_javascript import domains_javascript
from autograd.compiling.javascript import rows_javascript, rule_javascript, runtime
from autograd.formulas.expression import SYMBOLS, Expression, Name, Number, call, expression
from autograd.formulas.languages import JAVASCRIPT, literal
from autograd.formulas.template import NOTATIONS, Template
from autograd.labels import plain
from autograd.lesson.ranges import ranges_data
from autograd.lesson.updates import Optimizer, RuleFormulas
from autograd.program import Node, Program
from autograd.viz.units import find_titles, find_units


def nodes_data(program: Program) -> list[dict[str, Any]]:
    """The nodes, each with its names, its row and its form (see `scripts`), its parents, and a leaf's number."""
    discarded = may_be_discarded((node.index, node.op, node.parents) for node in reversed(program.nodes))
    forms = {key: place for place, key in enumerate(_forms(program))}
    data = []
    for node, label in zip(program, program.labels):
        symbol = Number(node.data) if node.kind == "constant" else Name(label)
        one: dict[str, Any] = {"label": plain(label), "kind": node.kind, "names": names_data(symbol)}
        if node.op is None:
            one["data"] = number_data(node.data)
        else:
            one |= {"row": _row(node), "op": node.op.symbol, "form": forms[_form(program, node)]}
            one["parents"] = list(node.parents)
        if node.index in discarded:
            one["discarded"] = True
        data.append(one)
    return data


def units_data(program: Program) -> list[dict[str, Any]]:
    """The units of a network: which nodes each is made of, and where its inputs come from, with which weights."""
    units = find_units(program)
    titles = find_titles(program, units)
    return [
        {
            "title": plain(titles[index]),
            "node": index,
            "net": unit.net and unit.net.index,
            "members": sorted({index, unit.net.index if unit.net else index}),
            "column": unit.column,
            "sources": unit.sources,
        }
        for index, unit in units.items()
    ]


def optimizer_data(program: Program, optimizer: Optimizer) -> dict[str, Any]:
    """What the page has to know of an optimizer beside its rule; the parameters are nodes of the program."""
    rule = RuleFormulas(optimizer, program.labels)
    places = {parameter: place for place, parameter in enumerate(optimizer.parameters)}
    memory = {
        index: [number_data(float(array[places[value]])) for array in optimizer.memory.values()]
        for value, index in program.index.items()
        if value in places
    }
    numbers = {key: x for key, x in optimizer.hyperparameters.items() if not isinstance(x, bool | str)}
    return {
        "title": type(optimizer).__name__,
        "parameters": list(memory),
        "memory": [names_data(Name(word)) for word in rule.memory],
        "remembered": memory,
        "t": optimizer.t,
        "hyperparameters": numbers,
        "ranges": ranges_data(optimizer),
        "letters": [names_data(letter) for letter in rule.letters],  # of all those numbers, in order
    }


def scripts(program: Program, optimizer: Optimizer | None) -> str:
    """The runtime, and what the page's engine runs this program with.

    ``rows`` has the operations, by name and number of inputs; ``domains`` where they are defined; ``forms`` how a result
    and its local derivatives are written, each a template of the inputs and the output; ``rule`` the optimizer's step, and
    how it is written.
    """
    forms = ",\n".join([_form_javascript(node, inputs) for node, inputs in _forms(program).values()])
    rule = "null" if optimizer is None else _rule_javascript(program, optimizer)
    parts = {
        "rows": rows_javascript(program),
        "domains": domains_javascript(program),
        "forms": f"[{forms}]",
        "rule": rule,
    }
    return "\n".join([runtime(), *[f"const {name} = {script};" for name, script in parts.items()]])


def names_data(symbol: Expression) -> dict[str, str]:
    """A quantity's name in each notation."""
    return {notation: to.write(symbol) for notation, to in NOTATIONS.items()}


def number_data(x: float) -> float | dict[str, str]:
    """A number for JSON, which has no infinity; no name is taken for one."""
    return x if math.isfinite(x) else {"float": repr(x).replace("inf", "Infinity").replace("nan", "NaN")}


def _row(node: Node) -> str:
    assert node.op is not None
    return f"{node.op.name}/{len(node.parents)}"


def _form(program: Program, node: Node) -> tuple[str, tuple[str, ...]]:
    """What the look of a node's formulas depends on: its row, constants, and which of its inputs are the same."""
    parents = [program.nodes[parent] for parent in node.parents]
    places = [node.parents.index(parent.index) for parent in parents]
    inputs = [repr(p.data) if p.kind == "constant" else f"#{place}" for p, place in zip(parents, places)]
    return _row(node), tuple(inputs)


def _forms(program: Program) -> dict[tuple[str, tuple[str, ...]], tuple[Node, list[Expression]]]:
    """Of nodes that are written alike the first, and its inputs by their places."""
    forms: dict[tuple[str, tuple[str, ...]], tuple[Node, list[Expression]]] = {}
    for node in program:
        if node.op is not None and (key := _form(program, node)) not in forms:
            inputs: list[Expression] = [
                Number(program.nodes[parent].data)
                if program.nodes[parent].kind == "constant"
                else Name(str(node.parents.index(parent)))
                for parent in node.parents
            ]
            forms[key] = node, inputs
    return forms


def _form_javascript(node: Node, inputs: list[Expression]) -> str:
    """The templates of a node's result and slopes; and its function's name, where o = σ(i) says more than its formula.

    Their names are the inputs and, after them, the output.
    """
    assert node.op is not None
    y = Name("y")
    names: list[Expression] = [*[Name(str(k)) for k in range(len(inputs))], y]
    operands = node.op.unflatten(inputs)
    result = expression(node.op.forward(SYMBOLS, *operands))
    partials = node.op.flatten(node.op.partials(SYMBOLS, y, *operands))
    slopes = [Template.of_slope(expression(partial)).javascript(names) for partial in partials]
    by_name = node.op.arity == 1 and node.op.symbol.isalpha()
    by_name = by_name and call(node.op.symbol, inputs[0]).text() != result.text()
    name = _object_of_texts(names_data(Name(node.op.symbol))) if by_name else "null"
    return f"{{result: {Template.of_result(result).javascript(names)}, slopes: [{', '.join(slopes)}], name: {name}}}"


def _rule_javascript(program: Program, optimizer: Optimizer) -> str:
    """The optimizer's step; and its formulas as templates of `RuleFormulas.names`, by the options that are on."""
    formulas = RuleFormulas(optimizer, program.labels)
    reads = {name: Name(f"n[{k}]") for k, name in enumerate(formulas.names)}
    looks = []
    for look in formulas.looks:
        asked = [(JAVASCRIPT.write(condition.substitute(reads)), holds) for condition, holds in look.conditions.items()]
        when = " && ".join([one if holds else f"!({one})" for one, holds in asked]) or "true"
        lines = [f"{{writes: {one.writes}, template: {one.template.javascript(formulas.names)}}}" for one in look.lines]
        looks.append(f"{{when: (n) => {when}, lines: [{', '.join(lines)}]}}")
    step = rule_javascript(optimizer.rule, formulas.memory, optimizer.hyperparameters)
    return f"{{step: {step}, looks: [{', '.join(looks)}]}}"


def _object_of_texts(texts: Mapping[str, str]) -> str:
    return "{" + ", ".join([f"{key}: {literal(text)}" for key, text in texts.items()]) + "}"
