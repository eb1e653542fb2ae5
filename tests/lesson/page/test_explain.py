"""Gradients explained, in a dialog and in print."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

import nn
from autograd import Value, explain, walkthrough
from tests.lesson.page.toy_page import ROUND, Known, at, four, show, state

EQUATIONS = """() => [...document.querySelectorAll("#derivation .equation")].map(
  (equation) => [...equation.children].map((part) => part.textContent))"""


def explained(page: Page) -> list[list[str]]:
    """The equations on display: the left of each, then all its sides."""
    equations: list[list[str]] = page.evaluate(EQUATIONS)
    return [[parts[0], *parts[1::2]] for parts in equations]


def test_any_parameter_is_explained_by_key_button_and_row(lesson: Page, engine: list[Known]) -> None:
    dialog, chosen = lesson.locator("#explanation"), lesson.locator("#by")
    expect(dialog).to_be_hidden()
    for k, known in enumerate(engine):
        lesson.locator("#round").select_option(str(k + 1))
        lesson.locator("#panel-title").click()  # so that the list has not got the focus
        lesson.keyboard.press("e")
        expect(dialog).to_be_visible()
        expect(lesson.locator("#explanation-title label")).to_have_text("The derivative of E by")
        assert chosen.locator("option").all_inner_texts()[:11] == list(known.new)
        for name in known.new:
            chosen.select_option(name)
            ((left, *sides),) = explained(lesson)
            assert left == f"∂E∂{name}"
            assert sides[0].startswith("∂E∂o6×∂o6∂i6×∂i6∂")
            assert sides[1].startswith("(o6−t)×o6·(1−o6)×")
            assert sides[-1] == four(known.grad[name])
        lesson.keyboard.press("ArrowLeft")  # belongs to the dialog, not to the lesson
        lesson.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        at(lesson, k * ROUND + 1)

    lesson.locator("#explain").click()
    expect(dialog).to_be_visible()
    lesson.locator("#close-explanation").click()
    expect(dialog).to_be_hidden()
    lesson.locator("#parameters tbody tr", has_text="w46").click()
    expect(dialog).to_be_visible()
    expect(chosen.locator("option:checked")).to_have_text("w46")
    lesson.keyboard.press("Escape")
    lesson.locator('#graph .node[aria-label="w15"]').focus()
    lesson.keyboard.press("e")
    expect(chosen.locator("option:checked")).to_have_text("w15")
    lesson.keyboard.press("Escape")
    expect(lesson.locator('#graph .node[aria-label="w15"]')).to_be_focused()
    lesson.evaluate("""() => {  // a key that comes before the browser has taken the focus from the closed dialog
      const by = document.getElementById("by");
      document.getElementById("explain").click();
      by.focus();
      document.getElementById("explanation").close();
      by.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
    }""")
    at(lesson, ROUND + 2)
    lesson.locator("#panel-title").click()  # no node has the focus any more
    lesson.keyboard.press("End")  # the step that updates b6
    lesson.keyboard.press("e")
    expect(chosen.locator("option:checked")).to_have_text("b6")


def test_the_steps_own_quantity_is_explained(lesson: Page, engine: list[Known]) -> None:
    for title, name in [("o4 is computed", "o4"), ("E hands o6 its share of the gradient", "o6")]:
        while state(lesson)["title"] != title:
            lesson.keyboard.press("ArrowRight")
        lesson.keyboard.press("e")
        expect(lesson.locator("#by option:checked")).to_have_text(name)
        left, *_, value = explained(lesson)[-1]
        assert left in (f"∂E∂{name}", f"δ{name}")
        assert value == four(engine[0].grad[name])
        lesson.keyboard.press("e")
    lesson.emulate_media(media="print")
    expect(lesson.locator("#derivations .equation")).to_have_count(11)  # in print, the parameters'


def test_the_key_that_opens_a_dialog_closes_it(lesson: Page) -> None:
    for key, dialog in [("e", "#explanation"), ("?", "#keys")]:
        for _ in range(2):
            lesson.keyboard.press(key)
            expect(lesson.locator(dialog)).to_be_visible()
            lesson.keyboard.press({"e": "?", "?": "e"}[key])  # the other's
            expect(lesson.locator(dialog)).to_be_visible()
            lesson.keyboard.press(key)
            expect(lesson.locator(dialog)).to_be_hidden()
    lesson.keyboard.press("?")
    assert {"Esc", "Enter", "q", "e"} <= set(lesson.locator("#keys kbd").all_inner_texts())


def test_explanations_round_as_the_slide_and_keep_a_quiz_secret(lesson: Page) -> None:
    lesson.keyboard.press("r")
    lesson.keyboard.press("e")
    lesson.locator("#by").select_option("w14")
    assert explained(lesson)[0][-1] == "0.0087"
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("q")
    lesson.keyboard.press("e")
    ((_, *sides),) = explained(lesson)
    assert len(sides) == 2
    assert not re.search(r"0\.\d", "".join(sides))


def test_deltas_are_explained_and_printed_and_a_large_program_has_none(page: Page, tmp_path: Path) -> None:
    output = nn.MLP(2, [2, 2, 1])([0.5, -1.0])
    output.name = "o"
    show(page, walkthrough(output), tmp_path)
    page.keyboard.press("e")
    told = explained(page)
    assert [left for left, *_ in told] == [one.left.text().replace("_", "").replace("/", "")
                                           for one in explain(output, "w13").equations]  # fmt: skip
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(page.locator("#derivations")).to_be_visible()
    expect(page.locator("#derivations h2")).to_have_text("The gradients of training step 1, explained")
    expect(page.locator("#derivations .equation")).to_have_count(2 + 15)  # each delta once
    page.emulate_media(media="screen")
    expect(page.locator("#derivations")).to_be_hidden()

    show(page, walkthrough(nn.MLP(12, [12, 12])([0.1] * 12)[0]), tmp_path)
    expect(page.locator("#explain")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator("#explanation")).to_be_hidden()


def test_without_parameters_the_inputs_are_explained(page: Page, tmp_path: Path) -> None:
    x = Value(3.0, "x")
    y = x * x
    y.name = "y"
    show(page, walkthrough(y), tmp_path)
    page.keyboard.press("e")
    assert explained(page) == [["∂y∂x", "x+x", "6"]]
