"""Small frames, phones, the dark, without motion, and what is said aloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from autograd import Walkthrough
from tests.lesson.page.conftest import show
from tests.lesson.page.rooms import at_each_step, spam, story, wide

# Numbers that are seen in part: outside of the window, of the picture, or of the band.
CUT = """(picture) => {
  const {left, right, top, bottom} = picture.svg.getBoundingClientRect();
  const texts = [...picture.svg.querySelectorAll(".box text, .tally text")].filter((text) =>
    text.textContent.trim() && getComputedStyle(text).visibility !== "hidden");
  const some = texts.filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < left - 1 || box.right > right + 1 || box.top < top - 1 || box.bottom > bottom + 1;
  });
  const area = byId("formulas").getBoundingClientRect();
  const results = [...document.querySelectorAll("#formulas output")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth + 1 || box.top < area.top - 1 || box.bottom > area.bottom + 1;
  });
  const covered = byId("band").getBoundingClientRect().bottom > top + 1;
  return [...some, ...results].map((one) => one.textContent).concat(covered ? ["the band covers the picture"] : []);
}"""

TEXT = """(picture) => Math.min(...[...picture.svg.querySelectorAll(".box:not(.cut) text")].map((text) =>
  parseFloat(getComputedStyle(text).fontSize) * picture.scale))"""


@pytest.mark.parametrize("size", [(390, 844), (800, 450)])
@pytest.mark.parametrize("written", [story, wide])
def test_no_number_is_cut_on_a_phone_or_in_a_small_frame(
    page: Page, tmp_path: Path, size: tuple[int, int], written: Callable[[], Walkthrough]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show(page, written(), tmp_path)
    for now in at_each_step(page, CUT):
        assert now == []
    assert min(at_each_step(page, TEXT)) >= 12 - 1e-6
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_small_frame_is_embedded_by_itself_and_a_large_one_if_asked(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path)
    body, play = page.locator("body"), page.locator("#play")
    expect(body).not_to_have_class("embed")
    page.set_viewport_size({"width": 800, "height": 450})
    expect(body).to_have_class("embed")
    expect(play).to_be_hidden()
    share = page.evaluate("byId('picture').clientHeight / innerHeight")
    assert share > 0.6
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(body).not_to_have_class("embed")
    page.evaluate("location.hash = '#embed'")
    expect(body).to_have_class("embed")


CONTRAST = """() => {
  const channel = (x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  const rgb = (text) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((x) => channel(x / 255));
  };
  const luminance = (text) => rgb(text).reduce((sum, x, k) => sum + [0.2126, 0.7152, 0.0722][k] * x, 0);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const pairs = [];
  for (const ink of ["ink", "faint", "upstream", "local", "result"]) {
    for (const ground of ["ground", "panel", "input", "weight", "unit", "output", "band"]) {
      const [a, b] = [luminance(colour(ink)), luminance(colour(ground))].sort((x, y) => y - x);
      pairs.push([ink, ground, (a + 0.05) / (b + 0.05)]);
    }
  }
  return pairs;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_aa(lesson: Page, scheme: Any) -> None:
    lesson.emulate_media(color_scheme=scheme)
    pairs = lesson.evaluate(CONTRAST)
    assert len(pairs) == 35
    assert [pair for pair in pairs if pair[2] < 4.5] == []


def test_the_dark_scheme_is_dark(lesson: Page) -> None:
    brightness = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    assert lesson.evaluate(brightness) > 230
    lesson.emulate_media(color_scheme="dark")
    assert lesson.evaluate(brightness) < 40


def test_without_motion_nothing_is_animated(lesson: Page) -> None:
    lesson.keyboard.press("ArrowRight")
    lesson.keyboard.press("ArrowRight")
    lesson.keyboard.press("ArrowRight")
    lesson.keyboard.press("ArrowRight")
    assert lesson.evaluate("document.getAnimations().length") > 0
    lesson.emulate_media(reduced_motion="reduce")
    lesson.keyboard.press("ArrowLeft")
    lesson.keyboard.press("ArrowRight")
    assert lesson.evaluate("document.getAnimations().length") == 0


def test_what_a_screen_reader_is_told(lesson: Page) -> None:
    picture = lesson.locator("#network")
    assert picture.get_attribute("role") in ("group", "img", "graphics-document")
    assert picture.get_attribute("aria-label")
    nodes = [
        int(node)
        for node in lesson.evaluate(
            "[...document.querySelectorAll('#graph [data-node]')].map((row) => row.dataset.node)"
        )
    ]
    operations = [n for n in nodes if lesson.evaluate("(n) => Boolean(nodes[n].row)", n)]
    assert operations == sorted(operations)
    lesson.evaluate("board.step(13)")
    label = lesson.evaluate("document.querySelector(`#network [data-node='${nodeOf('w46')}']`).ariaLabel")
    assert label == "w46, value −0.3, gradient −0.04352"
    live = lesson.locator("#live")
    expect(live).to_have_attribute("aria-live", "polite")
    said = {lesson.evaluate("(k) => { board.step(k); return byId('live').textContent; }", k) for k in range(1, 16)}
    assert len(said) == 15
    assert any("Delta of unit 6" in words and "−0.1312" in words for words in said)


def test_an_explanation_is_docked_and_of_the_number_that_has_the_focus(lesson: Page) -> None:
    lesson.evaluate("board.step(13)")
    lesson.keyboard.press("e")
    panel, picture = lesson.locator("#explanation").bounding_box(), lesson.locator("#picture").bounding_box()
    assert panel is not None
    assert picture is not None
    assert picture["x"] + picture["width"] <= panel["x"] + 1
    lesson.keyboard.press("e")
    expect(lesson.locator("#explanation")).to_be_hidden()
    for name in ("w15", "i4"):
        lesson.evaluate("(name) => document.querySelector(`#network [data-node='${nodeOf(name)}']`).focus()", name)
        lesson.keyboard.press("e")
        expect(lesson.locator("#explanation h2")).to_have_text(f"How E changes with {name}")
    lesson.keyboard.press("t")
    lesson.locator("#parameters tr", has_text="w46").focus()
    lesson.keyboard.press("e")
    expect(lesson.locator("#explanation h2")).to_have_text("How E changes with w46")
    expect(lesson.locator("#explanation output").last).to_have_text("−0.04352")


def test_the_table_shows_what_an_optimizer_remembers_and_no_empty_column(page: Page, tmp_path: Path) -> None:
    headings = "[...document.querySelectorAll('#parameters th[scope=col]:not([hidden])')].map((one) => one.textContent)"
    show(page, spam(), tmp_path, "#table")
    assert page.evaluate(headings) == ["", "value", "gradient", "new"]
    page.goto("about:blank")
    show(page, wide(), tmp_path, "#table")
    assert page.evaluate(headings) == ["", "value", "gradient", "m", "v", "new"]
