"""In print: a handout of every step, and in a quiz a worksheet of blanks."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.lesson.page.toy_page import OWN, STEPS, at, state, walk


def printed(told: list[dict[str, Any]]) -> list[str]:
    """The results that a handout adds to the formulas."""
    return ["" if now["title"] == OWN else now["result"] for now in told]


def test_print_is_a_handout_of_every_step(lesson: Page) -> None:
    told = walk(lesson)
    lesson.keyboard.press("Home")
    handout = lesson.locator("#handout")
    expect(handout).to_be_hidden()
    lesson.emulate_media(media="print")
    expect(handout).to_be_visible()
    rows = handout.locator("li")
    expect(rows).to_have_count(STEPS)
    assert rows.locator("h2").all_inner_texts() == [f"{now['phase']}: {now['title']}" for now in told]
    assert rows.locator("b").all_inner_texts() == printed(told)
    expect(rows.last).to_be_visible()
    for hidden in ("controls", "ledger", "guess", "next"):
        expect(lesson.locator(f"#{hidden}")).to_be_hidden()
    expect(lesson.locator("#graph")).to_be_visible()
    backward = {now["counter"]: now["nodes"] for now in told if now["phase"] == "Backward pass"}
    assert state(lesson)["nodes"] == backward["Step 33 of 88"]  # the weights that the other numbers come from
    assert state(lesson)["nodes"]["w14"][-2:] == ["data 0.2", "grad 0.008725"]
    stage = lesson.locator("#stage")
    expect(stage).to_be_visible()
    expect(stage).to_have_text("After the backward pass of training step 1, before the update")
    lesson.emulate_media(media="screen")
    expect(handout).to_be_hidden()
    expect(stage).to_be_hidden()
    expect(lesson.locator("#panel-title")).to_have_text(told[0]["title"])
    at(lesson, 1)
    assert state(lesson)["nodes"] == told[0]["nodes"]
    lesson.keyboard.press("]")
    lesson.emulate_media(media="print")
    expect(stage).to_have_text("After the backward pass of training step 2, before the update")
    assert state(lesson)["nodes"] == backward["Step 77 of 88"]
    lesson.emulate_media(media="screen")


def test_in_a_quiz_print_is_a_worksheet_of_blanks(lesson: Page) -> None:
    told = walk(lesson)
    lesson.keyboard.press("Home")
    lesson.keyboard.press("q")
    lesson.emulate_media(media="print")
    rows = lesson.locator("#handout li")
    blanks = rows.locator("b.blank")
    expect(blanks).to_have_count(sum(map(bool, printed(told))))
    assert rows.locator("p").nth(8).text_content() == "∂E∂E=1"  # nothing to fill in
    assert rows.locator("h2").all_inner_texts() == [f"{now['phase']}: {now['title']}" for now in told]
    assert rows.locator("b").all_inner_texts() == [""] * STEPS
    assert all(box is not None and box["width"] > 100 for box in [blank.bounding_box() for blank in blanks.all()])
    expect(lesson.locator("#stage")).to_have_text("At the start of training step 1")
    picture = "".join(lesson.locator("#graph").all_inner_texts())
    assert all(now["result"] not in picture for now in told if len(now["result"]) > 5)
    lesson.emulate_media(media="screen")
    lesson.locator("#quiz").click()
    lesson.emulate_media(media="print")
    expect(blanks).to_have_count(0)
    assert rows.locator("b").all_inner_texts() == printed(told)
    lesson.emulate_media(media="screen")


def test_in_the_handout_no_formula_is_printed_over_another(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 700, "height": 1000})  # about a sheet of A4
    lesson.emulate_media(media="print")
    # Signs stick out of their boxes by up to 4 pixels.
    covered = lesson.evaluate("""() => [...document.querySelectorAll("#handout p")].flatMap((line) => {
      const parts = [...line.querySelectorAll("mo, mi, mn, b:not(:empty)")];
      const spans = parts.map((part) => [part.closest("span, b"), part.getBoundingClientRect()]);
      return spans.flatMap(([a, p]) => spans.filter(([b, q]) => a !== b && p.width * q.width > 0
        && Math.min(p.right, q.right) > Math.max(p.left, q.left)
        && Math.min(p.bottom, q.bottom) + 4 > Math.max(p.top, q.top)).map(() => line.textContent));
    })""")
    assert covered == []
    lesson.emulate_media(media="screen")
