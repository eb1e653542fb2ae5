"""What a page displays while it is walked through, and what it should, by the engine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from autograd import FLOATS
from autograd.formulas.digits import figure
from tests.lesson.page.lessons import Decimals, Taken

# Goes through a grain from its first scene to its last, with all questions, and tells what is on display: of the texts
# in the picture and in the table those that changed, and the formulas.
WALK = """([grain, mode, view, round, asking]) => {
  Object.assign(state, {grain, mode, view, round, inputs: !lesson.story.length});
  quiz.on = asking;
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
      title: byId("step-title").textContent, phase: one.phase, kind: one.kind,
      shown: state.shown, ask: one.ask, blank: one.blank ?? "",
      steps: one.steps.map(({kind, node, k, parent, writes}) => [kind, node, k, parent, writes]),
      changed: changed(),
      rows: rows.map(({place}, i) => ({
        place, result: elements[i].querySelector("output").textContent,
        sign: elements[i].querySelector("math:has(+ output)").textContent,
        factors: ["upstream", "local"].map((role) =>
          [...elements[i].querySelectorAll(`math:not(.note) > .${role}`)].map((piece) => piece.textContent)),
      })),
      written: elements.map((element) => element.textContent),
      live: byId("live").textContent,
      labels: [...document.querySelectorAll(state.shown ? "none" : `#${view} [data-node]`)]
        .map((row) => [row.dataset.node, row.ariaLabel]),
    });
  };
  go(0);
  for (;;) {
    tell();
    if (state.shown && state.at === scenes().length - 1) break;
    forwards();
  }
  return told;
}"""


def walked(page: Page, grain: str, mode: str, view: str, round_: int = 1, quiz: bool = False) -> list[dict[str, Any]]:
    """What was on display, before and after each answer."""
    told: list[dict[str, Any]] = page.evaluate(WALK, [grain, mode, view, round_, quiz])
    return told


def read(shown: str) -> float:
    """The number that is shown: 5.878×10⁻⁵, −∞."""
    shown = shown.replace("−", "-").replace("∞", "inf")
    power = re.fullmatch(r"(-?)(?:([\d.]+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", shown)
    if power is None:
        return float(shown)
    exponent = power[3].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{power[1]}{power[2] or 1}e{exponent}")


def figures(x: float, digits: int = 4) -> str:
    """To significant digits, as mathematics writes it."""
    return figure(x, digits)


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

    def after(self, steps: list[Any]) -> Board:
        """What is to be seen when these steps are taken, too."""
        later = Board(self.taken, self.decimals)
        later.data, later.sums, later.handed = dict(self.data), dict(self.sums), Counter(self.handed)
        later.new, later.memory, later.slopes = dict(self.new), dict(self.memory), self.slopes
        for step in steps:
            later.take(*step)
        return later

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
        quantity, index = place.split()[0], int(place.split()[1])
        if quantity == "grad":
            return self.grad(index) + ("" if self.is_whole(index) else " so far")
        return dict(self.texts())[place].removeprefix("→ ")


WORDS = {"data": "value", "grad": "gradient", "new": "new"}


def places_of(kind: str, node: int, k: int, parent: int, writes: int) -> list[str]:
    """The place that a step writes."""
    line = f"memory {node} {writes - 1}" if writes else f"new {node}"
    written = {"result": f"data {node}", "seed": f"grad {node}", "hand": f"grad {parent}", "line": line}
    return [written[kind]] if kind in written else []


def check(told: list[dict[str, Any]], taken: Taken, decimals: Decimals) -> None:
    """Every number on display is the engine's, or a question mark until it is revealed."""
    board = Board(taken, decimals)
    seen: dict[str, str] = {}
    for now in told:
        where = now["title"], now["kind"], now["shown"]
        seen |= now["changed"]
        board.slopes = now["phase"] != "forward"
        before = dict(board.texts())
        if now["shown"]:
            for step in now["steps"]:
                board.take(*step)
        texts = dict(board.texts()) if now["shown"] else before | dict.fromkeys(asked(now, board), "?")
        right = expected(seen, texts, board)
        assert seen == right, (where, {key: (x, right.get(key)) for key, x in seen.items() if x != right.get(key)})
        later = board if now["shown"] else board.after(now["steps"])
        open_rows = len(now["rows"]) if now["shown"] else len(now["rows"]) - 1 if now["blank"] else 0
        for k, row in enumerate(now["rows"]):
            assert row["result"] == (later.result(row["place"]) if k < open_rows else "?"), where
            if k < open_rows:
                factors(row, now["steps"], before, later)
        if not now["shown"]:
            hidden(now, texts, later)
    assert told[-1]["shown"]


def asked(now: dict[str, Any], board: Board) -> set[str]:
    """The places of what a scene determines; what is handed on at once is not asked for."""
    handed_on = {f"grad {node}" for kind, node, *_ in now["steps"] if kind == "hand" and node != len(board.nodes) - 1}
    return {place for step in now["steps"] for place in places_of(*step)} - handed_on


def expected(seen: Iterable[str], texts: dict[str, str], board: Board) -> dict[str, str]:
    """What should stand at each place of the picture, and in each cell of the table."""
    memories = len(next(iter(board.taken.after.values()), []))
    columns = ["data", "grad", *[f"memory {k}" for k in range(memories)], "new"]
    right = {}
    for place in seen:
        quantity, node, *more = place.split()
        if quantity == "cell":
            quantity, *more = columns[int(more[0])].split()
            right[place] = texts.get(" ".join([quantity, node, *more]), "")
        else:  # the new number takes the gradient's place
            right[place] = "" if quantity == "grad" and f"new {node}" in texts else texts.get(place, "")
    return right


def hidden(now: dict[str, Any], texts: dict[str, str], later: Board) -> None:
    """Before an answer is revealed it is nowhere: not in a formula, not in what is spoken or said of a node."""
    for place, text in texts.items():
        quantity, node = place.split()[:2]
        if text == "?" and quantity in WORDS:
            for label in [label for of, label in now["labels"] if of == node]:
                assert f"{WORDS[quantity]} ?" in label, (now["title"], label)
    known = numbers_in(*texts.values(), now["ask"])
    if now["blank"]:  # the last factor is left to the class
        known |= numbers_in(*dict(later.texts()).values()) - numbers_in(later.result(now["rows"][-1]["place"]))
    for line in [*now["written"][: len(now["rows"])], *([now["live"]] if now["rows"] else [])]:
        assert numbers_in(line) <= known, (now["title"], line)
    if now["rows"]:
        assert "?" in now["live"].replace(now["ask"], ""), now["title"]


def factors(row: dict[str, Any], steps: list[list[Any]], before: dict[str, str], board: Board) -> None:
    """The factors of contributions are those that stand in the picture; they come to the result, or about."""
    quantity, node = row["place"].split()[:2]
    result = read(row["result"].removesuffix(" so far"))
    if quantity == "data":
        op, parents = board.nodes[int(node)].op, board.nodes[int(node)].parents
        assert op is not None
        given = [number(board.show(board.nodes[parent].data)) for parent in parents]
        worked = op.forward(FLOATS, *op.unflatten(given))
    elif quantity == "grad":
        hands = [step for step in steps if step[0] == "hand" and step[3] == int(node)]
        if not hands:  # dE/dE
            return
        worked = number(before.get(row["place"], "0").removesuffix(" …"))
        upstream, local = [], []
        for _, child, k, *_ in hands:
            handing = board.nodes[child]
            if child == len(board.nodes) - 1:
                worked += number(figures(handing.local_derivatives[k]))
                continue
            upstream.append(board.show(handing.grad))
            local.append(figures(handing.local_derivatives[k]))
            worked += number(upstream[-1]) * number(local[-1])
        if len(upstream) == len(hands):
            for found, right in zip(row["factors"], (upstream, local)):
                numbers = found[len(found) - len(right) :]
                assert [text.strip("()") for text in numbers] == [in_mathml(text) for text in right], row
    else:
        return
    agrees = board.show(worked) == row["result"].removesuffix(" so far")
    assert row["sign"] == ("=" if agrees else "≈"), (row, worked)
    assert agrees or worked != result


def numbers_in(*texts: str) -> set[str]:
    return set(re.findall(r"\d+\.\d+", " ".join(texts)))


def number(text: str) -> float:
    return read(text)


def in_mathml(text: str) -> str:
    """As the text of MathML that a number is written in."""
    return text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789"))
