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
            check(walked(page, "scalar", mode, views[0], k), taken, decimals)
