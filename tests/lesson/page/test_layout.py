"""Nothing spills, is cut off or jumps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
import nn
import optim
from autograd import Parameter, Value, Walkthrough, half_squared_error, walkthrough
from tests.lesson.page.toy_page import LECTERN, show

SPILLED = """() => [...document.querySelectorAll("#graph .node, #network .node")].flatMap((group) => {
  const shape = group.closest("[hidden]") ? null : group.querySelector("ellipse, polygon, path");
  const box = shape?.getBBox(); // a constant is a number without a box
  return !box ? [] : [...group.querySelectorAll("text")].flatMap((text) => {
    const {x, y, width, height} = text.getBBox();
    let half = box.width / 2;
    if (group.querySelector("ellipse")) half *= Math.sqrt(1 - ((y + height / 2 - box.y) / half - 1) ** 2);
    const middle = box.x + box.width / 2;
    return x < middle - half || x + width > middle + half ? [text.textContent] : [];
  });
})"""


def ravine() -> Walkthrough:
    """A page whose numbers grow longer from step to step of training."""
    w1, w2 = Parameter(-1.0, "w1"), Parameter(-2.0, "w2")
    J = 0.1 * (w1 - 4.0) ** 2 + 10.0 * (w2 - 1.0) ** 2
    J.name = "J"
    return walkthrough(J, optimizer=optim.SGD([w1, w2], lr=0.015, momentum=0.9), steps=3)


def random_net() -> Walkthrough:
    """A page of a net whose weights have all their digits."""
    model = nn.MLP(2, [2, 1], rng=0)
    E = half_squared_error(model([0.5, -1.0]), 1.0)
    E.name = "E"
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.1), steps=2, err=True)


@pytest.mark.parametrize("written", [ravine, random_net])
def test_no_number_spills_out_of_its_box_at_any_step(
    page: Page, tmp_path: Path, written: Callable[[], Walkthrough]
) -> None:
    show(page, written(), tmp_path)
    count = int(page.locator("#slider").get_attribute("max") or 0)
    for way in ("", "n", "r", "n"):  # graph and network, exactly and rounded
        if way:
            page.keyboard.press(way)
        page.keyboard.press("Home")
        for step in range(1, count + 1):
            assert page.evaluate(SPILLED) == [], step
            page.keyboard.press("ArrowRight")


def cross_entropy() -> Walkthrough:
    """The page of a net with two classes."""
    model = nn.MLP(2, [2, 2], rng=0)
    E = nn.cross_entropy(model([0.5, -1.0]), [0, 1])
    E.name = "E"
    return walkthrough(E, optimizer=optim.Adam(model.parameters(), lr=0.1))


def test_formulas_are_seen_whole_and_the_picture_is_moved_by_none_that_is_lower(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(LECTERN)
    s = [Value(x, f"s{k}") for k, x in enumerate([1.0, 2.0, 0.5, 0.25], start=1)]
    for written in (cross_entropy(), walkthrough(-autograd.log(autograd.softmax(s)[1]))):
        show(page, written, tmp_path)
        page.reload()
        height = 0
        for _ in range(int(page.locator("#slider").get_attribute("max") or 0)):
            for formula in page.locator("#formulas > div").all():
                size, width, room = formula.evaluate(
                    "(f) => [parseFloat(getComputedStyle(f).fontSize), f.scrollWidth, f.clientWidth]"
                )
                assert width <= room
                assert size >= 16
            now = page.locator("#panel").evaluate("(panel) => panel.offsetHeight")
            assert now >= height
            height = now
            page.keyboard.press("ArrowRight")


def test_a_formula_that_cannot_shrink_enough_can_be_scrolled(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 800, "height": 600})
    y = autograd.logsumexp([Value(float(k), f"a long name {k}") for k in range(6)])
    show(page, walkthrough(y), tmp_path, "#step=2")
    formula = page.locator("#symbols")
    expect(formula).to_have_css("font-size", "16px")
    assert formula.evaluate("(f) => f.scrollWidth > f.clientWidth")
    expect(formula).to_have_css("overflow-x", "auto")


def test_what_is_asked_to_be_explained_is_in_sight_at_once(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(LECTERN)
    show(page, cross_entropy(), tmp_path)
    page.keyboard.press("e")
    pane, asked = page.locator("#derivation").bounding_box(), page.locator(".equation").last.bounding_box()
    assert pane is not None
    assert asked is not None
    assert pane["y"] <= asked["y"]
    assert asked["y"] + asked["height"] <= pane["y"] + pane["height"] + 1


def test_a_small_window_shows_the_title_and_every_column(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 800, "height": 600})
    lesson.keyboard.press("b")
    for _ in range(2):
        for part in ("#panel-title", "#ledger"):
            width, room = lesson.locator(part).evaluate("(element) => [element.scrollWidth, element.clientWidth]")
            assert width <= room, part
        lesson.keyboard.press("r")
