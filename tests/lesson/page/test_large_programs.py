"""Large programs: up to a limit they can be stepped through."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
from autograd import walkthrough
from tests.lesson.page.toy_page import at, chain, four, show


def test_two_thousand_nodes_can_be_stepped_through(page: Page, tmp_path: Path) -> None:
    y = chain(2000)
    show(page, walkthrough(y), tmp_path)
    total = 2 * 2000
    y.backward()
    at(page, 1, total)
    page.keyboard.press("End")
    at(page, total, total)
    x = y
    while x.parents:
        (x,) = x.parents
    expect(page.locator("#result")).to_have_text(four(x.grad))
    page.keyboard.press("Home")
    at(page, 1, total)
    page.keyboard.press("ArrowRight")
    at(page, 2, total)
    expect(page.locator("#result")).to_have_text("0.4794")


def test_a_larger_program_is_refused() -> None:
    with pytest.raises(autograd.TooManyNodesError, match=r"2001 nodes.*max_nodes=2000"):
        walkthrough(chain(2001))
    with pytest.raises(autograd.TooManyNodesError, match=r"max_nodes=9"):
        walkthrough(chain(10), max_nodes=9)
    assert walkthrough(chain(10), max_nodes=10).html
