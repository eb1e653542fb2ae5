"""The quiz: what it asks, hides, accepts and counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
from autograd import Value, walkthrough
from tests.lesson.page.conftest import show
from tests.lesson.page.rooms import at_each_step, story


def answer(page: Page, text: str) -> str:
    """Type an answer, and what is said of it."""
    page.locator("#answer").fill(text)
    page.locator("#answer").press("Enter")
    return page.locator("#verdict").inner_text()


def asked(page: Page, step: int, mode: str = "exact") -> None:
    """The quiz at a scalar step, asked anew."""
    page.evaluate("""([step, mode]) => {
      Object.assign(state, {grain: "scalar", mode});
      quiz.guesses.clear();
      quiz.on = true;
      go(step - 1);
    }""", [step, mode])  # fmt: skip


def test_the_quiz_judges_answers_and_counts(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path, "#grain=scalar")
    score = page.locator("#score")
    page.keyboard.press("q")
    expect(page.locator("#asking")).to_be_hidden()  # what is given is not asked for
    page.keyboard.press("ArrowRight")
    expect(page.locator("#answer")).to_be_focused()
    assert answer(page, "abc") == answer(page, "") == "Type a number."
    assert answer(page, "0.7") == "Not quite: the sign is wrong"
    assert answer(page, "-0.5") == "Not quite: off by 0.2, too large"
    assert answer(page, "-1") == "Not quite: off by 0.3, too small"
    expect(page.locator("#formulas output")).to_have_text("?")
    assert answer(page, "−0,7") == "Right"
    expect(page.locator("#formulas output")).to_have_text("−0.7")
    expect(score).to_have_text("0 of 1 at first try")
    page.locator("#next").click()
    page.locator("#answer").fill("0,3318")
    page.locator("#check").click()
    expect(page.locator("#verdict")).to_have_text("Right")
    expect(score).to_have_text("1 of 2 at first try")
    page.locator("#next").click()
    page.locator("#reveal").click()
    expect(page.locator("#asking")).to_be_hidden()
    expect(score).to_have_text("1 of 2 at first try")


def test_a_quiz_goes_on_by_the_keyboard_alone(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path, "#grain=scalar")
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    for step, wrong, right in [(2, "0.5", "-0.7"), (3, "1", "0.332")]:
        assert page.evaluate("state.at + 1") == step
        page.keyboard.type(wrong)
        page.keyboard.press("ArrowLeft")  # within what is being typed
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_contain_text("Not quite")
        page.keyboard.type(right)  # in place of it
        expect(page.locator("#answer")).to_have_value(right)
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_have_text("Right")
        page.keyboard.press("Enter")
    assert page.evaluate("state.at + 1") == 4


RIGHT = {  # by the scalar step: the slide's digits or a pocket calculator's
    3: ["0.332", "0.3318", "0.33181"],
    7: ["0.474", "0.4739"],
    13: ["-0.04353", "-0.0435"],
    30: ["-0.000218", "-0.0002177"],
    34: ["0.192", "0.1921"],
}
WRONG = ["0", "0.33", "0.3326", "-0.332", "0.1", "-0.1", "0.0012", "0.44", "-0.0022"]


@pytest.mark.parametrize("mode", ["exact", "slide"])
def test_three_digits_are_enough_and_so_are_the_slides_and_those_on_display(
    page: Page, tmp_path: Path, mode: str
) -> None:
    show(page, story(), tmp_path)
    titles = page.evaluate("(state.grain = 'scalar', scenes().map(({title}) => title))")
    assert [titles[step - 1].split()[0] for step in RIGHT] == ["o4", "o6", "i6", "i4", "w14"]
    for step, answers in RIGHT.items():
        for text in answers:
            if mode == "slide" and len(text) > 6:
                continue
            asked(page, step, mode)
            for wrong in WRONG:
                assert answer(page, wrong).startswith("Not quite"), (step, wrong)
            assert answer(page, text) == "Right", (step, text)


def test_a_sum_that_cancels_can_be_answered_by_the_digits_on_display(page: Page, tmp_path: Path) -> None:
    x, y = Value(0.123456, "x"), Value(-0.123411, "y")
    show(page, walkthrough(autograd.sum([x + y, Value(1.0, "a")])), tmp_path)
    page.keyboard.press("q")
    page.keyboard.press("ArrowRight")
    assert answer(page, "0") == "Not quite: off by 0.000045, too small"
    assert answer(page, "0.0001") == "Right"  # 0.1235 - 0.1234


def test_the_quiz_hides_the_number_everywhere(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path, "#table&inputs")
    page.evaluate("quiz.on = true")
    told = at_each_step(page, """() => ({
      shown: state.shown, asked: quiz.asked(latest) && !state.shown,
      place: latest.rows.at(-1)?.place, result: latest.rows.at(-1)?.result,
      there: [...document.querySelectorAll("#network [data-place]")]
        .filter((one) => one.dataset.place === latest.rows.at(-1)?.place)
        .map((one) => one.textContent),
      outputs: [...document.querySelectorAll("#formulas output")].map((one) => one.textContent),
      live: byId("live").textContent,
    })""", "scalar")  # fmt: skip
    hidden = [now for now in told if now["asked"]]
    assert len(hidden) == 42  # all but the leaves, which are given, and dE/dE
    for now in hidden:
        assert now["outputs"] == ["?"]
        assert "?" in now["live"]
        if now["there"]:
            assert set(now["there"]) == {"?"}, now


def test_the_quiz_tells_its_rule(lesson: Page) -> None:
    lesson.keyboard.press("?")
    expect(lesson.locator("#rule")).to_contain_text("three right digits are enough")
    assert {"Esc", "Enter", "q", "e", "i", "PageDown"} <= set(lesson.locator("#keys kbd").all_inner_texts())
