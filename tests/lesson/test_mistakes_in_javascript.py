"""Typical mistakes in JavaScript: what they are made of prints, and under node comes to Python's numbers."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

import autograd
import optim
from autograd import MISTAKES, Mistake, Parameter, Program, wrong
from autograd.compiling.javascript import formula_javascript, row_javascript, rule_javascript
from autograd.lesson.events import LEARNING_RATE, descent, events, parameters
from autograd.lesson.updates import Optimizer
from tests.lesson.nets import EVERYWHERE, NETS
from tests.node import JavaScript

# A page's interpreter: it is given the program and, by node, what is put in place; and runs the events.
INTERPRETER = """(nodes, rows, replaced, rule, hyperparameters, memory, t, steps) => steps.map((events) => {
  t += 1;
  let given = null;
  const data = nodes.map((node) => node.number), grad = nodes.map((node) => node.grad ?? 0);
  const slopes = {}, current = new Set();
  const row = (i) => rows[i];
  for (const [what, i, edge, number] of events) {
    const {parents} = nodes[i];
    if (what === "set") data[i] = number;
    else if (what === "zero") grad[i] = 0;
    else if (what === "forward") { data[i] = row(i).forward(parents.map((p) => data[p])); current.delete(i); }
    else if (what === "seed") { grad[i] = 1; given = [...data]; }
    else if (what === "round") data[i] = round(data[i], number);
    else if (what === "round grad") grad[i] = round(grad[i], number);
    else if (what === "backward") {
      if (!current.has(i)) {
        slopes[i] = row(i).partials(data[i], (replaced.operands[i] ?? parents).map((p) => data[p]));
        current.add(i);
      }
      const parent = parents[edge], combine = replaced.combine[parent];
      grad[parent] = combine
        ? combine(grad[parent], slopes[i][edge], grad[i], nodes[parent].paths,
                  ...(replaced.combined[parent] ?? []).map((p) => data[p]))
        : grad[parent] + slopes[i][edge] * grad[i];
    } else {
      [data[i], memory[i]] = (replaced.rules[i] ?? rule)(data[i], grad[i], memory[i], t, hyperparameters);
      current.clear();
    }
  }
  nodes.forEach((node, i) => { node.number = data[i]; node.grad = grad[i]; });
  return [given, grad, data];
})"""


def keyed(entries: dict[int, str]) -> str:
    return f"{{{', '.join(f'{key}: {code}' for key, code in entries.items())}}}"


def in_javascript(
    mistake: Mistake, program: Program, optimizer: Optimizer | None, steps: int, javascript: JavaScript
) -> list[Any]:
    chosen = mistake.sites(program)
    replaced = mistake.replaced(program, chosen)
    rows = {
        node.index: row_javascript(
            replaced.rows.get(node.index, node.op), len(replaced.operands.get(node.index, node.parents))
        )
        for node in program
        if node.op is not None
    }
    right, hyperparameters, memory, t = descent, {"lr": LEARNING_RATE}, list[str](), 0
    updated = parameters(program)
    if optimizer is not None:
        right, hyperparameters, t = optimizer.rule, dict(optimizer.hyperparameters), optimizer.t
        memory = list(optimizer.memory)
    combined = {
        i: formula_javascript(
            f, ["so_far", "derivative", "gradient", "paths", *[f"x{k}" for k in replaced.combined.get(i, ())]]
        )
        for i, f in replaced.combine.items()
    }
    wanted = {
        "operands": json.dumps({i: list(read) for i, read in replaced.operands.items()}),
        "combined": json.dumps({i: list(read) for i, read in replaced.combined.items()}),
        "combine": keyed(combined),
        "rules": keyed(
            {i: rule_javascript(partial(f, right), memory, hyperparameters) for i, f in replaced.rules.items()}
        ),
    }
    uses = [sum(node.parents.count(i) for node in program) for i in range(len(program))]
    nodes = [{"parents": node.parents, "number": node.data, "paths": uses[node.index]} for node in program]
    arguments = [
        json.dumps(nodes),
        keyed(rows),
        f"{{{', '.join(f'{key}: {code}' for key, code in wanted.items())}}}",
        rule_javascript(right, memory, hyperparameters),
        json.dumps(hyperparameters),
        json.dumps({i: [0.0] * len(memory) for i in updated}),
        str(t),
        json.dumps([replaced.order(k, events(program, updated)) for k in range(1, steps + 1)]),
    ]
    found: list[Any] = javascript(f"({INTERPRETER})({', '.join(arguments)})")
    return found


@pytest.mark.parametrize(("name", "mistake"), EVERYWHERE)
def test_in_javascript_it_comes_to_the_same_numbers(name: str, mistake: str, javascript: JavaScript) -> None:
    E = NETS[name]()
    program = Program.of(E)
    values = [value for value in autograd.leaves(E) if isinstance(value, Parameter)]
    for optimizer in (None, optim.SGD(values, lr=0.3, momentum=0.9)):
        found = in_javascript(MISTAKES[mistake], program, optimizer, 2, javascript)
        steps = wrong(E, mistake, optimizer=optimizer, steps=2).wrong
        for (data, grad, new), step in zip(found, steps, strict=True):
            assert data == pytest.approx([node.data for node in step.program], rel=1e-11, abs=1e-13)
            assert grad == pytest.approx([node.grad for node in step.program], rel=1e-11, abs=1e-13)
            assert [new[i] for i in step.new] == pytest.approx(list(step.new.values()), rel=1e-11, abs=1e-13)
