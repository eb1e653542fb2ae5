"""Large programs: up to a limit they can be stepped through."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
from autograd import Program, Value, walkthrough
from tests.lesson.page.conftest import show
from tests.lesson.page.displayed import figures


def chain(length: int) -> Value:
    """sin(sin(... x))."""
    y = Value(0.5, "x")
    for _ in range(length - 1):
        y = autograd.sin(y)
    return y


def test_two_thousand_nodes_can_be_stepped_through(page: Page, tmp_path: Path) -> None:
    y = chain(2000)
    run = Program.of(y).replay()
    show(page, walkthrough(y), tmp_path)
    counter, result = page.locator("#counter"), page.locator("#formulas output")
    expect(counter).to_have_text("1 / 4000")
    page.keyboard.press("End")
    expect(counter).to_have_text("4000 / 4000")
    expect(result).to_have_text(figures(run.nodes[0].grad))
    page.keyboard.press("Home")
    for node in run.nodes[1:5]:
        page.keyboard.press("ArrowRight")
        expect(result).to_have_text(figures(node.data))
        expect(page.locator(f'[data-place="data {node.index}"]')).to_have_text(figures(node.data))
    page.evaluate("board.set('x', 0.25)")
    expect(result).to_have_text(figures(Program.of(y).replay({0: 0.25}).nodes[4].data))


def test_what_follows_is_in_sight_and_its_numbers_are_whole(page: Page, tmp_path: Path) -> None:
    show(page, walkthrough(chain(300)), tmp_path)
    for step in (2, 150, 299, 450):
        page.evaluate("(step) => { board.step(step); }", step)
        text = page.locator("#graph .result").first
        expect(text).to_be_visible()
        box, frame = text.bounding_box(), page.locator("#graph").bounding_box()
        assert box is not None
        assert frame is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]


def test_a_larger_program_is_refused() -> None:
    with pytest.raises(autograd.TooManyNodesError, match=r"2001 nodes.*max_nodes=2000"):
        walkthrough(chain(2001))
    with pytest.raises(autograd.TooManyNodesError, match=r"max_nodes=9"):
        walkthrough(chain(10), max_nodes=9)
    assert walkthrough(chain(10), max_nodes=10).html
