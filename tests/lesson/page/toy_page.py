"""The toy network's page, the engine's own numbers for it, and what tests read off a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

import autograd
import optim
from autograd import Value, Walkthrough, half_squared_error, walkthrough
from demos.toy_network import INPUTS, TARGET, slide_network

ROUND = 44  # the frames of one step of training of the toy network
STEPS = 2 * ROUND
OWN = "E changes by 1 when E changes by 1"  # whose formula, dE/dE = 1, is its own result
UNKNOWN = "·"
LECTERN: Any = {"width": 1280, "height": 720}

STATE = """() => {
  const text = (id) => document.getElementById(id).textContent;
  const group = (node) => [...node.querySelectorAll("text")].map((t) => t.textContent);
  const state = {};
  for (const id of ["counter", "phase", "result", "full", "note", "numbers", "live", "score", "verdict"]) {
    state[id] = text(id);
  }
  state.title = text("panel-title");
  state.nodes = Object.fromEntries(
    [...document.querySelectorAll("#graph .node")].map((node) => [node.getAttribute("aria-label"), group(node)]));
  state.written = [...document.querySelectorAll("#graph .written")].map((node) => node.getAttribute("aria-label"));
  state.network = [...document.querySelectorAll("#network text")].map((t) => t.textContent);
  state.marked = [...document.querySelectorAll("text.current, td.current")].map((t) => t.textContent);
  state.table = Object.fromEntries([...document.querySelectorAll("#parameters tbody tr")].map(
    ({cells: [name, ...numbers]}) => [name.textContent, numbers.map((cell) => cell.textContent)]));
  return state;
}"""


def toy(steps: int = 2) -> Walkthrough:
    """The page of the slide's network."""
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.9), err=True, steps=steps)


def chain(length: int) -> Value:
    """sin(sin(... x))."""
    y = Value(0.5, "x")
    for _ in range(length - 1):
        y = autograd.sin(y)
    return y


@dataclass
class Known:
    """One step of training by the engine: data and grad of each value, and the parameters' new data, by name."""

    data: dict[str, float] = field(default_factory=dict)
    grad: dict[str, float] = field(default_factory=dict)
    new: dict[str, float] = field(default_factory=dict)
    interior: set[str] = field(default_factory=set)


def four(x: float) -> str:
    """To four significant digits, as the page shows numbers."""
    return f"{x + 0.0:.4g}".replace("-", "−")


def show(page: Page, written: Walkthrough, path: Path, fragment: str = "") -> str:
    """Write the page to the folder and open it; returns its address."""
    address = written.write(path / "page.html").as_uri()
    page.goto(address + fragment)
    return address


def state(page: Page) -> dict[str, Any]:
    """Everything displayed, at once."""
    shown: dict[str, Any] = page.evaluate(STATE)
    return shown


def at(page: Page, step: int, of: int = STEPS) -> None:
    """The page shows this step."""
    expect(page.locator("#counter")).to_have_text(f"Step {step} of {of}")


def walk(page: Page, key: str = "ArrowRight", count: int = STEPS) -> list[dict[str, Any]]:
    """The states from here on, with a key between them."""
    states = [state(page)]
    for _ in range(count - 1):
        page.keyboard.press(key)
        states.append(state(page))
    return states


def subject(title: str) -> str:
    """The name of the value that a step determines."""
    for pattern in (
        r"(\S+) is computed",
        r"(\S+) changes by 1 when .+",
        r"\S+ hands (\S+) its .+",
        r"(\S+) is updated",
    ):
        if found := re.fullmatch(pattern, title):
            return found[1]
    raise AssertionError(title)


def answer(page: Page, text: str) -> str:
    """Type an answer, and what is said of it."""
    page.locator("#answer").fill(text)
    page.keyboard.press("Enter")
    return page.locator("#verdict").inner_text()
