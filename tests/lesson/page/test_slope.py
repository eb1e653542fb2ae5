"""The slope: a curve, its tangent and the step; contours, the gradient and what is across it."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import optim
from autograd import Parameter
from tests.lesson.page.test_change import Engine, number, opened, toy


@pytest.fixture
def engine(page: Page, tmp_path: Path) -> Engine:
    """The toy network, its page open at the slope of w46."""
    engine = opened(page, toy(), tmp_path)
    page.locator("#network [aria-label^='w46,']").focus()
    page.keyboard.press("s")
    return engine


def points(page: Page, selector: str) -> list[Any]:
    """The points of a drawn line, in the plot's numbers."""
    read = """(selector) => {
      const drawn = document.querySelector(`#lab .plot ${selector}`);
      const get = (name) => Number(drawn.getAttribute(name));
      const pairs = drawn.localName === "line" ? [[get("x1"), get("y1")], [get("x2"), get("y2")]]
        : drawn.localName === "circle" ? [[get("cx"), get("cy")]]
        : drawn.getAttribute("d").match(/[-.0-9]+,[-.0-9]+/g).map((pair) => pair.split(",").map(Number));
      const {plot: {xs, ys, inner: {left, right, top, bottom}, width, height}} = slopes;
      return pairs.map(([x, y]) => [xs[0] + (x - left) / (width - left - right) * (xs[1] - xs[0]),
        ys[0] + (height - bottom - y) / (height - top - bottom) * (ys[1] - ys[0])]);
    }"""
    return [(x, y) for x, y in page.evaluate(read, selector)]


def E(engine: Engine, **leaves: float) -> float:
    given = {**engine.given, **{engine.program.labels.index(label): x for label, x in leaves.items()}}
    return engine.program.replay(given).nodes[-1].data


def test_the_curve_is_the_programs_and_the_tangent_its_gradient(page: Page, engine: Engine) -> None:
    curve = points(page, ".curve-line")
    assert len(curve) == 61
    for x, y in curve:
        assert y == pytest.approx(E(engine, w46=x), abs=2e-3)
    (x1, y1), (x2, y2) = points(page, ".tangent-line")
    numbers = engine.numbers()["w46"]
    assert (y2 - y1) / (x2 - x1) == pytest.approx(numbers["grad"], rel=1e-6)
    ((x, y),) = points(page, ".here")
    assert (x, y) == (pytest.approx(-0.3), pytest.approx(E(engine)))
    ((x, y),) = points(page, ".next")
    assert (x, y) == (pytest.approx(numbers["new"]), pytest.approx(E(engine, w46=numbers["new"])))
    words = page.locator(".readings").inner_text()
    assert "w46 = −0.3, slope −0.04352; step −0.3 → −0.2608" in words


def test_the_point_is_dragged_along(page: Page, engine: Engine) -> None:
    point = page.locator("#lab .here").bounding_box()
    assert point is not None
    x, y = point["x"] + point["width"] / 2, point["y"] + point["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    page.mouse.move(x + 60, y)
    page.mouse.up()
    moved = number(page, "w46")
    assert 0.5 < moved < 1
    engine.set("w46", moved)
    assert points(page, ".here") == [(pytest.approx(moved, abs=0.01), pytest.approx(E(engine)))]
    page.keyboard.press("Control+z")
    assert number(page, "w46") == -0.3


def test_the_point_is_moved_by_keys(page: Page, engine: Engine) -> None:
    page.locator("#lab .plot:visible").focus()
    page.keyboard.press("ArrowRight")
    assert number(page, "w46") == -0.2
    page.keyboard.press("Shift+ArrowLeft")
    assert number(page, "w46") == -0.21


def test_contours_are_lines_of_one_error_and_the_gradient_is_across(page: Page, engine: Engine) -> None:
    page.locator("#lab select").nth(1).select_option(label="b6")
    lines = page.locator("#lab .contour")
    levels = []
    for k in range(lines.count()):
        d = str(lines.nth(k).get_attribute("d"))
        count = len(re.findall("M", d))
        assert count > 5
        found = [E(engine, w46=x, b6=y) for x, y in points(page, f".contour:nth-of-type({k + 1})")]
        assert max(found) - min(found) < 0.01
        levels.append(sum(found) / len(found))
    assert levels == sorted(levels)
    assert len(levels) >= 5
    numbers = engine.numbers()
    gradient = [numbers[label]["grad"] for label in ("w46", "b6")]
    (x1, y1), (x2, y2) = points(page, ".gradient-line")
    arrow = (x2 - x1, y2 - y1)
    assert math.atan2(arrow[1], arrow[0]) == pytest.approx(math.atan2(gradient[1], gradient[0]), abs=1e-6)
    (x1, y1), (x2, y2) = points(page, ".level-line")
    assert (x2 - x1) * arrow[0] + (y2 - y1) * arrow[1] == pytest.approx(0, abs=1e-9)


def test_the_path_so_far(page: Page, tmp_path: Path) -> None:
    a, b = Parameter(3.0, "a"), Parameter(1.0, "b")
    made: tuple[Any, Any] = (a * a + 4 * (b * b), optim.SGD([a, b], lr=0.1))
    opened(page, made, tmp_path)
    page.keyboard.press("s")
    first, second = page.locator("#lab select").all()
    first.select_option(label="a")
    second.select_option(label="b")
    page.locator("#lab").press("Escape")
    for _ in range(3):
        page.keyboard.press(">")
    page.keyboard.press("s")
    x, y, path = 3.0, 1.0, []
    for _ in range(4):
        path.append((x, y))
        x, y = x - 0.1 * 2 * x, y - 0.1 * 8 * y
    assert points(page, ".path-line") == [(pytest.approx(x, abs=0.05), pytest.approx(y, abs=0.05)) for x, y in path]
    expect(page.locator("#lab")).to_be_visible()
