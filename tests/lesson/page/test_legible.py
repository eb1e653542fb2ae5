"""From the last row: how large everything is, at 1280x720, at every step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograd import Walkthrough
from tests.lesson.page.conftest import show
from tests.lesson.page.rooms import ALL, NETS, at_each_step, function, large, story

# The smallest text that can be read, in pixels of the screen, and which it is.
SMALLEST = """(picture) => [...picture.svg.querySelectorAll("text")].flatMap((text) => {
  if (!text.textContent.trim() || getComputedStyle(text).visibility === "hidden") return [];
  return [[parseFloat(getComputedStyle(text).fontSize) * picture.scale, text.textContent]];
}).reduce((a, b) => (b[0] < a[0] ? b : a), [Infinity, ""])"""

FORMULAS = """() => ({
  sizes: [...document.querySelectorAll("#formulas .formula")].map((row) => parseFloat(getComputedStyle(row).fontSize)),
  results: [...document.querySelectorAll("#formulas output")].map((one) => parseFloat(getComputedStyle(one).fontSize)),
  spills: byId("formulas").scrollWidth > byId("formulas").clientWidth + 1
    || byId("formulas").scrollHeight > byId("formulas").clientHeight + 1
    || byId("question").scrollWidth > byId("question").clientWidth + 1,
})"""

EMPTY = """(picture) => {
  const {width, height} = picture.svg.getBoundingClientRect();
  const {view, scale} = picture;
  const labels = view.edges.filter(({label}) => label).length * SLOPE * LINE;
  const covered = view.boxes.reduce((sum, box) => sum + box.width * box.height, labels);
  return 1 - (covered * scale * scale) / (width * height);
}"""


@pytest.mark.parametrize(("view", "grain", "least"), [
    ("network", "unit", 20), ("network", "layer", 20), ("network", "scalar", 20), ("graph", "unit", 18),
    ("graph", "scalar", 18),
])  # fmt: skip
def test_the_toy_network_can_be_read_from_the_last_row(
    page: Page, tmp_path: Path, view: str, grain: str, least: float
) -> None:
    show(page, story(), tmp_path)
    told = at_each_step(page, SMALLEST, grain, view)
    assert len(told) > 10
    assert min(size for size, _ in told) >= least, min(told)


@pytest.mark.parametrize("written", [*NETS, large, function])
@pytest.mark.parametrize("view", ["network", "graph"])
def test_other_programs_can_be_read_in_what_is_followed(
    page: Page, tmp_path: Path, written: Callable[[], Walkthrough], view: str
) -> None:
    show(page, written(), tmp_path)
    told = at_each_step(page, SMALLEST, view=view)
    assert min(size for size, _ in told) >= 16 - 1e-6, min(told)


@pytest.mark.parametrize("grain", ["layer", "unit", "scalar"])
def test_the_toy_networks_formulas_and_results_are_large(page: Page, tmp_path: Path, grain: str) -> None:
    show(page, story(), tmp_path)
    for now in at_each_step(page, FORMULAS, grain):
        assert min(now["sizes"], default=28) >= 28, now
        assert min(now["results"], default=36) >= 36, now
        assert not now["spills"]


@pytest.mark.parametrize("written", ALL)
def test_formulas_are_seen_whole(page: Page, tmp_path: Path, written: Callable[[], Walkthrough]) -> None:
    show(page, written(), tmp_path)
    for now in at_each_step(page, FORMULAS):
        assert not now["spills"], now
        assert min(now["sizes"], default=16) >= 16


def test_the_picture_of_the_toy_network_is_not_mostly_empty(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path)
    assert max(at_each_step(page, EMPTY)) <= 0.65


def test_the_overview_shows_where_a_large_picture_stands_and_covers_nothing_in_use(page: Page, tmp_path: Path) -> None:
    show(page, large(), tmp_path)
    told = at_each_step(page, """(picture) => {
      const map = byId("overview").getBoundingClientRect();
      const covers = [...document.querySelectorAll(".frame:not(.unknown), .tally")].filter((one) => {
        const {left, right, top, bottom} = one.getBoundingClientRect();
        return left < map.right - 1 && right > map.left + 1 && top < map.bottom - 1 && bottom > map.top + 1;
      });
      return {hidden: byId("overview").hidden, covers: covers.length, title: scene().title};
    }""")  # fmt: skip
    assert not any(now["hidden"] for now in told)
    assert [now["title"] for now in told if now["covers"]] == []
    show(page, story(), tmp_path)
    assert page.locator("#overview").is_hidden()


def test_the_timeline_and_the_buttons_fit(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path)
    for selector in (".part span", "footer button:visible"):
        for one in page.locator(selector).all():
            assert float(one.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 14
    tops = {round(one.bounding_box()["y"]) for one in page.locator("footer button:visible").all()}  # type: ignore[index]
    assert len(tops) == 1
    assert page.evaluate("document.querySelector('footer').scrollWidth <= innerWidth")
