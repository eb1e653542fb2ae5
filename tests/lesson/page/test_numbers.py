"""Every number that a page displays, at every step, is the engine's."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograd import Program, walkthrough
from demos.gallery.toy_story import TOY_STORY
from tests.lesson.page.conftest import show
from tests.lesson.page.displayed import check, walked
from tests.lesson.page.lessons import LESSONS, SLIDE, Decimals, toy, training

MODES: dict[str, Decimals] = {"exact": None, "slide": SLIDE}


@pytest.mark.parametrize("name", [name for name in LESSONS if name != "four_hundred"])
def test_every_number_of_every_step_is_the_engines(page: Page, tmp_path: Path, name: str) -> None:
    lesson = LESSONS[name]()
    show(page, walkthrough(lesson[0], optimizer=lesson[1]), tmp_path)
    views = page.evaluate("Object.keys(pictures)")
    assert page.evaluate("Object.keys(MODES)") == [*MODES]
    for mode, decimals in MODES.items():
        rounds = training(lesson, 3, decimals)
        for view in views:
            for grain in page.evaluate("lesson.units.length ? GRAINS : ['scalar']"):
                check(walked(page, grain, mode, view), rounds[0], decimals)
        for k, taken in enumerate(rounds[1:], start=2):
            check(walked(page, "scalar", mode, views[0], k, quiz=True), taken, decimals)


@pytest.mark.parametrize("name", [name for name in LESSONS if name != "four_hundred"])
def test_other_numbers_are_worked_with_until_they_are_reset(page: Page, tmp_path: Path, name: str) -> None:
    lesson = LESSONS[name]()
    show(page, walkthrough(lesson[0], optimizer=lesson[1]), tmp_path)
    view = page.evaluate("state.view")
    leaves = [node for node in Program.of(lesson[0]) if node.op is None and node.kind != "constant"]
    changed = {node.index: node.data * 1.25 + 0.0625 for node in leaves}
    labels = page.evaluate("nodes.map(({label}) => label)")
    for i, x in changed.items():
        page.evaluate("([label, x]) => board.set(label, x)", [labels[i], x])
    for mode, decimals in MODES.items():
        for k, taken in enumerate(training(lesson, 2, decimals, changed), start=1):
            check(walked(page, page.evaluate("lesson.grain"), mode, view, k), taken, decimals)
    page.evaluate("board.reset()")
    check(walked(page, "scalar", "exact", view), training(lesson, 1)[0], None)


def test_the_storys_numbers_are_the_engines(page: Page, tmp_path: Path) -> None:
    lesson = toy()
    show(page, walkthrough(lesson[0], optimizer=lesson[1], story=TOY_STORY), tmp_path)
    for mode, decimals in MODES.items():
        for view in ("network", "graph"):
            check(walked(page, "unit", mode, view), training(lesson, 1, decimals)[0], decimals)


def test_four_hundred_nodes(page: Page, tmp_path: Path) -> None:
    lesson = LESSONS["four_hundred"]()
    show(page, walkthrough(lesson[0], optimizer=lesson[1]), tmp_path)
    check(walked(page, "scalar", "exact", "network"), training(lesson, 1)[0], None)
    check(walked(page, "unit", "slide", "graph", 2), training(lesson, 2, SLIDE)[1], SLIDE)
