"""What a page displays while it is walked through, and what it should, by the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.lesson.page.lessons import Decimals, Taken

# Goes through a grain from its first scene to its last, with all questions, and tells what changes: the texts of each
# place in the picture, the table, the rows of formulas.
WALK = """([grain, mode, view, round]) => {
  Object.assign(state, {grain, mode, view, round});
  byId("table").hidden = false;
  const shown = {};
  const told = [];
  const changed = () => {
    const now = {};
    const write = (place, text) => {
      if (shown[place] !== text) now[place] = shown[place] = text;
    };
    for (const text of document.querySelectorAll(`#${view} [data-place]`)) write(text.dataset.place, text.textContent);
    for (const {dataset, cells} of document.querySelectorAll("#parameters tbody tr")) {
      [...cells].slice(1).forEach((cell, k) => write(`cell ${dataset.node} ${k}`, cell.textContent));
    }
    return now;
  };
  const tell = () => {
    const one = scene();
    const rows = latest.rows.length > SHOWN_ROWS ? chosen(latest.rows) : latest.rows;
    const elements = [...document.querySelectorAll("#formulas > .formula")];
    told.push({
      title: byId("step-title").textContent, phase: one.phase, kind: one.kind, shown: state.shown, ask: one.ask,
      steps: one.steps.map(({kind, node, k, parent, writes}) => [kind, node, k, parent, writes]),
      changed: changed(),
      rows: rows.map(({place}, i) => [place, elements[i].querySelector("output").textContent]),
      texts: elements.map((element) => element.textContent),
      live: byId("live").textContent,
      labels: shown_labels(),
    });
  };
  const shown_labels = () => state.shown ? [] : [...document.querySelectorAll(`#${view} [aria-label]`)].map((one) => one.ariaLabel);
  go(0);
  for (;;) {
    tell();
    if (state.shown && state.at === scenes().length - 1) break;
    forwards();
  }
  return told;
}"""


def walked(page: Page, grain: str, mode: str, view: str, round_: int = 1) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = page.evaluate(WALK, [grain, mode, view, round_])
    return told


def figures(x: float, digits: int = 4) -> str:
    """To significant digits, with the minus sign of formulas."""
    return f"{x + 0.0:.{digits}g}".replace("-", "−")


@dataclass
class Board:
    """What is to be seen, step after step, of one step of training."""

    taken: Taken
    decimals: Decimals
    data: dict[int, float] = field(default_factory=dict)
    sums: dict[int, float] = field(default_factory=dict)
    handed: Counter[int] = field(default_factory=Counter)
    new: dict[int, float] = field(default_factory=dict)
    memory: dict[tuple[int, int], float] = field(default_factory=dict)
    slopes: bool = False

    def __post_init__(self) -> None:
        self.nodes = self.taken.run.nodes
        self.data = {node.index: node.data for node in self.nodes if node.op is None}
        self.whole = Counter(parent for node in self.nodes for parent in node.parents)

    def take(self, kind: str, node: int, k: int, parent: int, writes: int) -> None:
        """Take a scalar step."""
        if kind == "result":
            self.data[node] = self.nodes[node].data
        elif kind == "seed":
            self.sums[node] = 1.0
        elif kind == "hand":
            handing = self.nodes[node]
            product = handing.local_derivatives[k] * handing.grad if handing.grad else 0.0
            self.sums[parent] = self.sums.get(parent, 0.0) + product
            self.handed[parent] += 1
        elif kind == "line" and writes:
            self.memory[node, writes - 1] = self.taken.after[node][writes - 1]
        elif kind == "line":
            self.new[node] = self.taken.new[node]

    def show(self, x: float) -> str:
        """To four digits, but all of a number that was rounded as it went."""
        return figures(x, 12 if self.decimals and any(x == round(x, d) for d in self.decimals) else 4)

    def is_whole(self, node: int) -> bool:
        return self.handed[node] == self.whole[node]

    def grad(self, node: int) -> str:
        """A gradient, or the sum so far."""
        if self.is_whole(node):
            return self.show(self.nodes[node].grad)
        so_far = self.sums[node]
        return self.show(round(so_far, self.decimals[1]) if self.decimals else so_far)

    def texts(self) -> Iterator[tuple[str, str]]:
        """What stands at each place."""
        for i, x in self.data.items():
            yield f"data {i}", self.show(x)
        for i in self.sums:
            yield f"grad {i}", self.grad(i) + ("" if self.is_whole(i) else " …")
        for i, x in self.new.items():
            yield f"new {i}", f"→ {self.show(x)}"
        for (i, k), x in self.memory.items():
            yield f"memory {i} {k}", figures(x)
        if self.slopes:
            for node in self.nodes:
                for k, slope in enumerate(node.local_derivatives):
                    yield f"slope {node.index} {k}", figures(slope)

    def result(self, place: str) -> str:
        """What a formula comes to."""
        quantity, node, *more = place.split()
        index = int(node)
        if quantity == "grad":
            return self.grad(index) + ("" if self.is_whole(index) else " so far")
        return dict(self.texts())[place].removeprefix("→ ")


def places_of(kind: str, node: int, k: int, parent: int, writes: int) -> list[str]:
    """The place that a step writes."""
    line = f"memory {node} {writes - 1}" if writes else f"new {node}"
    return {"result": [f"data {node}"], "seed": [f"grad {node}"], "hand": [f"grad {parent}"], "line": [line]}.get(kind, [])


def check(told: list[dict[str, Any]], taken: Taken, decimals: Decimals) -> None:
    """Every number on display is the engine's, or a question mark until it is revealed."""
    board = Board(taken, decimals)
    seen: dict[str, str] = {}
    for now in told:
        where = now["title"], now["kind"], now["shown"]
        seen |= now["changed"]
        board.slopes = now["phase"] != "forward"
        asked: set[str] = set()
        if now["shown"]:
            for step in now["steps"]:
                board.take(*step)
        else:
            asked = {place for step in now["steps"] for place in places_of(*step)}
            asked -= {f"grad {node}" for kind, node, *_ in now["steps"] if kind == "hand" and node != len(board.nodes) - 1}
        texts = dict(board.texts()) | dict.fromkeys(asked, "?")
        blanked = {place.replace("new", "grad") for place in texts if place.startswith("new ")}
        places = {place for place in seen if not place.startswith("cell ")}
        picture = {place: "" if place in blanked else texts.get(place, "") for place in places}
        assert {place: seen[place] for place in places} == picture, where
        memories = len(next(iter(taken.after.values()), []))
        for place, text in seen.items():
            if place.startswith("cell "):
                _, node, column = place.split()
                columns = ["data", "grad", *["memory"] * memories, "new"]
                quantity = columns[int(column)]
                key = f"memory {node} {int(column) - 2}" if quantity == "memory" else f"{quantity} {node}"
                assert text == texts.get(key, ""), (*where, key)
        for place, result in now["rows"]:
            assert result == (board.result(place) if now["shown"] else "?"), (*where, place)
