"""The quiz: what it asks, hides, accepts and counts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
import optim
from autograd import Value, half_squared_error, walkthrough
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.lesson.page.toy_page import OWN, ROUND, STEPS, answer, at, show, state, subject, walk

ASKED = STEPS - 4  # all but the leaves, which are given, and dE/dE, in each of two rounds


def test_the_quiz_judges_answers_and_counts(lesson: Page) -> None:
    score = lesson.locator("#score")
    lesson.keyboard.press("q")
    expect(lesson.locator("#asking")).to_be_hidden()  # the opening step asks nothing
    lesson.keyboard.press("ArrowRight")
    assert answer(lesson, "abc") == "Type a number."
    assert answer(lesson, "") == "Type a number."
    expect(score).to_have_text(f"0 right at first try / 0 answered / {ASKED} in all")
    assert answer(lesson, "0.7") == "Not quite: the sign is wrong"
    assert answer(lesson, "-0.5") == "Not quite: off by 0.2, too large"
    assert answer(lesson, "-1") == "Not quite: off by 0.3, too small"
    expect(lesson.locator("#result")).to_have_text("?")
    assert answer(lesson, "−0,7") == "Right"
    expect(lesson.locator("#result")).to_have_text("−0.7")
    expect(score).to_have_text(f"0 right at first try / 1 answered / {ASKED} in all")

    lesson.locator("#next").click()
    lesson.locator("#answer").fill("0,3318")
    lesson.locator("#check").click()
    expect(lesson.locator("#verdict")).to_have_text("Right")
    expect(lesson.locator("#full")).to_have_text("0.3318122278318339")
    expect(score).to_have_text(f"1 right at first try / 2 answered / {ASKED} in all")

    lesson.locator("#next").click()
    lesson.locator("#reveal").click()
    expect(lesson.locator("#result")).to_have_text("0.1")
    expect(lesson.locator("#asking")).to_be_hidden()
    expect(score).to_have_text(f"1 right at first try / 2 answered / {ASKED} in all")

    lesson.locator("#previous").click()  # what was answered stays open
    expect(lesson.locator("#result")).to_have_text("0.3318")
    lesson.locator("#slider").fill(str(STEPS))
    expect(score).to_have_text(f"The end. Your score: 1 right at first try / 2 answered / {ASKED} in all")


def test_a_quiz_goes_on_by_the_keyboard_alone(lesson: Page) -> None:
    lesson.keyboard.press("q")
    lesson.keyboard.press("Enter")  # nothing is asked yet
    at(lesson, 2)
    for step, wrong, right in [(2, "0.5", "-0.7"), (3, "1", "0.332")]:
        at(lesson, step)
        lesson.keyboard.type(wrong)
        lesson.keyboard.press("ArrowLeft")  # within what is being typed
        lesson.keyboard.press("Enter")
        expect(lesson.locator("#verdict")).to_contain_text("Not quite")
        at(lesson, step)
        lesson.keyboard.type(right)  # in place of it
        expect(lesson.locator("#answer")).to_have_value(right)
        lesson.keyboard.press("Enter")
        expect(lesson.locator("#verdict")).to_have_text("Right")
        at(lesson, step)
        lesson.keyboard.press("Enter")
    at(lesson, 4)
    lesson.keyboard.type("9")
    lesson.keyboard.press("Enter")
    lesson.keyboard.press("ArrowRight")  # whoever does not know goes on
    at(lesson, 5)
    lesson.keyboard.press("ArrowLeft")
    at(lesson, 4)


RIGHT = {  # what is asked for, and the slide's digits or a pocket calculator's
    "o4 is computed": ["0.332", "0.3318", "0.33181"],
    "o6 is computed": ["0.474", "0.4739"],
    "o6 hands i6 its share of the gradient": ["-0.1311", "-0.131", "-0.13117"],
    "i6 hands w46 its share of the gradient": ["-0.04353", "-0.0435"],
    "i5 hands x3 its share of the gradient": ["0.0013", "0.00131", "0.001308"],
    "i4 hands x1 its share of the gradient": ["-0.000218", "-0.0002177"],
    "w14 is updated": ["0.192", "0.1921"],
    "w24 is updated": ["0.4"],
}
WRONG = ["0", "0.33", "0.3326", "-0.332", "0.1", "-0.1", "0.0012", "0.44", "-0.0022"]


@pytest.mark.parametrize("mode", ["exact", "slide"])
def test_three_digits_are_enough_and_so_are_the_slides_and_those_on_display(lesson: Page, mode: str) -> None:
    if mode == "slide":
        lesson.keyboard.press("r")
    titles = [now["title"] for now in walk(lesson, count=ROUND)]
    lesson.keyboard.press("Home")
    for title, answers in RIGHT.items():
        step = titles.index(title) + 1
        for text in answers:
            lesson.reload()  # every question is asked anew
            if mode == "slide":
                lesson.keyboard.press("r")
            lesson.locator("#slider").fill(str(step))
            lesson.keyboard.press("q")
            for wrong in WRONG:
                assert answer(lesson, wrong).startswith("Not quite"), (title, wrong)
            if mode == "exact" or len(text) <= 6:
                assert answer(lesson, text) == "Right", (title, text)


def test_the_quiz_tells_its_rule(lesson: Page) -> None:
    lesson.keyboard.press("?")
    rule = lesson.locator("#rule").inner_text()
    assert rule.startswith("Three right digits are enough")
    assert rule == " ".join((lesson.locator("#answer").get_attribute("title") or "").split())


def test_a_sum_that_cancels_and_a_long_one_can_be_answered(page: Page, tmp_path: Path) -> None:
    x, y = Value(0.123456, "x"), Value(-0.123411, "y")
    close = x + y  # 4.5e-05, but 5e-05 from the digits on display
    show(page, walkthrough(autograd.sum([close, *[Value(1.0, f"a{k}") for k in range(9)]])), tmp_path)
    page.keyboard.press("q")
    page.keyboard.press("ArrowRight")
    assert answer(page, "0") == "Not quite: off by 0.000045, too small"
    assert answer(page, "0.0001") == "Right"  # 0.1235 - 0.1234
    page.locator("#next").click()
    assert answer(page, "9") == "Right"


@pytest.mark.parametrize("mode", ["exact", "slide"])
def test_the_quiz_hides_the_number_everywhere(lesson: Page, mode: str) -> None:
    if mode == "slide":
        lesson.keyboard.press("r")
    told = walk(lesson, count=ROUND)
    lesson.keyboard.press("Home")
    lesson.keyboard.press("q")
    for open_, hidden in zip(told[1:], walk(lesson, count=ROUND)[1:]):
        shown, title = open_["result"], open_["title"]
        assert hidden["title"] == title
        assert shown != ""
        if title == OWN:
            assert hidden["result"] == shown
            continue
        assert hidden["result"] == "?", title
        assert hidden["full"] == hidden["note"] == "", title
        assert re.fullmatch(r"([-−]?[\d.]+ \+ )?\?|η=0.9", hidden["numbers"]), title
        assert shown not in hidden["numbers"], title
        words = [*" ".join(hidden["nodes"][subject(title)]).split(), *" ".join(hidden["marked"]).split()]
        assert not {shown, shown.removeprefix("−"), open_["full"]} & {word.removeprefix("−") for word in words}, title
        assert hidden["live"] == f"{title}. What is the result?"
        assert "?" in words
    # Once shown, it is what it is without a quiz.
    lesson.locator("#reveal").click()
    now = state(lesson)
    for part in ("result", "full", "numbers", "note", "nodes", "network", "table", "live"):
        assert now[part] == told[-1][part], part


def test_the_quiz_and_its_worksheet_give_what_a_rule_needs(page: Page, tmp_path: Path) -> None:
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    for optimizer, given in [
        (optim.SGD(model.parameters(), lr=0.9), ["η=0.9"]),
        (optim.Adam(model.parameters(), lr=0.1), ["β1=0.9,m=0", "β2=0.999,v=0", "η=0.1,β1=0.9,β2=0.999,ε=10−8"]),
    ]:
        show(page, walkthrough(E, optimizer=optimizer), tmp_path)
        page.keyboard.press("u")
        page.keyboard.press("q")
        expect(page.locator("#result")).to_have_text("?")
        expect(page.locator("#numbers")).to_have_text(given[0])
        page.emulate_media(media="print")
        rows = page.locator("#handout li", has_text="Update:").locator("p").all_text_contents()
        assert len(rows) == 11 * len(given)
        for row, told in zip(rows, given * 11):
            assert row.endswith(told)
        page.emulate_media(media="screen")
