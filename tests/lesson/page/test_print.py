"""In print: a handout of every step; in a quiz a worksheet of blanks with room to work."""

from __future__ import annotations

import itertools
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.lesson.page.conftest import show
from tests.lesson.page.rooms import large, story, wide

POINT = 96 / 72
SHEET = {"width": 1032, "height": 703}  # A4 on its side, within its margins


def test_print_is_a_handout_of_every_step_and_screen_is_as_before(lesson: Page) -> None:
    handout = lesson.locator("#handout")
    expect(handout).to_be_hidden()
    lesson.emulate_media(media="print")
    expect(handout).to_be_visible()
    expect(handout.locator("li")).to_have_count(15)
    titles = handout.locator("h2").all_inner_texts()
    assert titles[0] == "Forward: One student"
    assert titles[-1] == "Update: How far will E fall?"
    results = handout.locator("output").all_inner_texts()
    assert {"0.3318", "−0.04352", "0.1921", "−0.1312", "−0.0209"} <= set(results)
    assert "?" not in results
    for hidden in ("#band", "footer", "#guess", "#table"):
        expect(lesson.locator(hidden)).to_be_hidden()
    place = (
        "[...document.querySelectorAll('#network [data-place]')].filter((one) => one.textContent === '−0.04352').length"
    )
    assert lesson.evaluate(place) == 1  # after the backward pass
    lesson.emulate_media(media="screen")
    expect(handout).to_be_hidden()
    assert lesson.evaluate("[state.at, state.shown]") == [0, True]


def test_the_pictures_text_is_eight_points_or_the_picture_is_left_out(page: Page, tmp_path: Path) -> None:
    for written, is_there in [(story, True), (wide, True), (large, False)]:
        page.set_viewport_size({"width": SHEET["width"], "height": SHEET["height"]})
        show(page, written(), tmp_path)
        page.emulate_media(media="print")
        picture = page.locator("#network")
        if is_there:
            expect(picture).to_be_visible()
            box = picture.bounding_box()
            assert box is not None
            assert box["height"] <= SHEET["height"]
            scale = page.evaluate("pictures.network.scale")
            assert 20 * scale >= 8 * POINT
        else:
            expect(picture).to_be_hidden()
        page.emulate_media(media="screen")


def test_in_a_quiz_print_is_a_worksheet_of_blanks_that_gives_nothing_away(lesson: Page) -> None:
    lesson.keyboard.press("q")
    lesson.emulate_media(media="print")
    handout = lesson.locator("#handout")
    assert handout.locator("output").count() == 0
    boxes = [one.bounding_box() for one in handout.locator(".blank").all()]
    assert len(boxes) > 30
    assert all(box is not None and box["width"] > 100 for box in boxes)
    words = handout.inner_text() + (lesson.locator("#network").text_content() or "")
    for result in ("0.3318", "0.04352", "0.1312", "0.008725", "0.1921", "0.000435"):
        assert result not in words, result
    rows = [one.bounding_box() for one in handout.locator("li:nth-child(8) .formula").all()]
    gaps = [below["y"] - above["y"] - above["height"] for above, below in itertools.pairwise(rows) if above and below]
    assert min(gaps) > 25  # room to work
    lesson.emulate_media(media="screen")
    lesson.keyboard.press("Escape")
    lesson.locator("#toggle-quiz").click()
    lesson.emulate_media(media="print")
    assert lesson.locator("#handout .blank").count() == 0
    lesson.emulate_media(media="screen")


def test_in_the_handout_no_formula_is_printed_over_another(lesson: Page) -> None:
    lesson.set_viewport_size({"width": SHEET["width"], "height": SHEET["height"]})
    lesson.emulate_media(media="print")
    covered = lesson.evaluate("""() => {
      const rows = [...document.querySelectorAll("#handout .formula")]
        .map((row) => [...row.querySelectorAll("mi, mn, output")].map((one) => one.getBoundingClientRect()));
      const hit = (p, q) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
        && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 5;
      return rows.flatMap((row, i) => (rows[i + 1] ?? []).filter((q) => row.some((p) => hit(p, q)))).length;
    }""")
    assert covered == 0
    lesson.emulate_media(media="screen")
