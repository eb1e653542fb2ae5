"""Paths: from a number to the output every way lights up, each factor tied to its place in the explanation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from autograd import Value, sin
from tests.lesson.page.test_change import opened, toy, value


@pytest.fixture
def board(page: Page, tmp_path: Path) -> Page:
    """The toy network's page, at the last step of the backward pass."""
    opened(page, toy(), tmp_path)
    page.keyboard.press("u")
    page.keyboard.press("ArrowLeft")
    return page


def ways(page: Page) -> dict[str, set[str]]:
    """The edges of each way, by its dash pattern."""
    lit = page.evaluate("[...document.querySelectorAll('.lit')].map((one) => [one.classList[1], one.dataset.edge])")
    found: dict[str, set[str]] = {}
    for way, edge in lit:
        found.setdefault(way, set()).add(edge)
    return found


def edges(page: Page, *steps: tuple[str, str]) -> set[str]:
    """Edges as the page calls them: the child, and the parent's place."""
    read = """(steps) => steps.map(([child, parent]) => {
      const at = nodeOf(child);
      return `${at} ${nodes[at].parents.indexOf(nodeOf(parent))}`;
    })"""
    return set(page.evaluate(read, [list(step) for step in steps]))


def test_a_weight_of_the_hidden_layer_has_one_way(board: Page) -> None:
    board.locator("#network [aria-label^='w14,']").focus()
    found = ways(board)
    assert list(found) == ["way-0"]
    assert found["way-0"] >= edges(board, ("i6", "o4"), ("i4", "w14"))
    assert found["way-0"].isdisjoint(edges(board, ("i6", "o5"), ("i5", "x1")))


def test_an_input_has_two_and_they_differ_by_dashes(board: Page) -> None:
    value(board, "x1").hover()
    found = ways(board)
    assert len(found) == 2
    dashes = {
        one: board.locator(f".lit.{one}").first.evaluate("(e) => getComputedStyle(e).strokeDasharray") for one in found
    }
    assert len(set(dashes.values())) == 2
    through = [edges(board, ("i6", unit)) for unit in ("o4", "o5")]
    for way in found.values():
        assert sum(one <= way for one in through) == 1
    board.mouse.move(5, 5)
    expect(board.locator(".lit")).to_have_count(0)


def test_a_pin_stays_and_ties_factors_to_their_fractions(board: Page) -> None:
    board.locator("#network [aria-label^='w14,']").focus()
    board.keyboard.press("k")
    explanation = board.locator("#explanation")
    expect(explanation).to_contain_text("How E changes with w14")
    board.locator("#next").focus()
    assert len(ways(board)) == 1
    factors: Any = board.evaluate(
        "[...document.querySelectorAll('#explanation [data-edge]')].map((one) => one.dataset.edge)"
    )
    framed: Any = board.evaluate("[...document.querySelectorAll('.factor')].map((one) => one.dataset.edge)")
    assert set(framed) == set(factors)
    edge = edges(board, ("i6", "o4")).pop()
    explanation.locator(f"[data-edge='{edge}']").first.hover()
    expect(board.locator(f".factor.tied[data-edge='{edge}']").first).to_be_visible()
    assert set(board.evaluate("[...document.querySelectorAll('.tied')].map((one) => one.dataset.edge)")) == {edge}
    board.locator("#network [aria-label^='w14,']").focus()
    board.keyboard.press("k")
    board.locator("#next").focus()
    expect(board.locator(".lit")).to_have_count(0)


def test_many_ways_are_lit_as_one(page: Page, tmp_path: Path) -> None:
    y = x = Value(0.5, "x")
    for _ in range(6):
        y = sin(y) * y
    opened(page, (y, None), tmp_path)
    page.locator("#graph [aria-label^='x,']").focus()
    assert list(ways(page)) == ["way-0"]
    assert len(ways(page)["way-0"]) == 18
    assert x.name == "x"


def test_a_question_is_not_answered(board: Page) -> None:
    board.keyboard.press("Home")
    for _ in range(12):
        board.keyboard.press("ArrowRight")
        if "?" in board.locator("#formulas").inner_text():
            break
    board.locator("#network [aria-label^='w14,']").focus()
    expect(board.locator(".lit")).to_have_count(0)
