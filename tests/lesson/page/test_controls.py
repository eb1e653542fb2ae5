"""Keys, buttons, the slider, the picture's nodes, and the address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.lesson.page.toy_page import ROUND, STEPS, at, show, state, toy


def test_keys_step_and_jump(lesson: Page) -> None:
    forward, backward, update = 1, 9, 34
    for key, step in [
        ("ArrowLeft", 1), ("ArrowRight", 2), ("Space", 3), ("Shift+Space", 2), ("ArrowLeft", 1),
        ("End", STEPS), ("ArrowRight", STEPS), ("[", forward), ("b", backward), ("u", update), ("f", forward),
        ("]", ROUND + forward), ("]", ROUND + forward), ("u", ROUND + update), ("b", ROUND + backward),
        ("f", ROUND + forward), ("[", forward), ("[", forward), ("End", STEPS), ("Home", 1),
    ]:  # fmt: skip
        lesson.keyboard.press(key)
        at(lesson, step)


def test_play_starts_goes_on_and_stops(page: Page, tmp_path: Path) -> None:
    page.clock.install()
    show(page, toy(steps=1), tmp_path)
    button = page.locator("#play")
    page.keyboard.press("p")
    expect(button).to_have_text("Pause")
    at(page, 1, ROUND)
    page.clock.run_for(2001)
    at(page, 2, ROUND)
    page.clock.run_for(2001)
    at(page, 3, ROUND)
    page.keyboard.press("p")
    expect(button).to_have_text("Play")
    page.clock.run_for(9000)
    at(page, 3, ROUND)

    page.locator("#speed").select_option("fast")
    button.click()
    page.clock.run_for(801)
    at(page, 4, ROUND)
    page.locator("#next").click()  # the reader takes over
    at(page, 5, ROUND)
    expect(button).to_have_text("Play")
    page.clock.run_for(9000)
    at(page, 5, ROUND)

    button.click()
    page.clock.run_for(100_000)
    at(page, ROUND, ROUND)
    expect(button).to_have_text("Play")
    button.click()  # at the end: from the start
    at(page, 1, ROUND)


def test_buttons_do_what_keys_do(lesson: Page) -> None:
    expect(lesson.locator("#previous")).to_be_disabled()
    for button, step in [("next", 2), ("next", 3), ("previous", 2), ("phase-backward", 9), ("phase-update", 34)]:
        lesson.locator(f"#{button}").click()
        at(lesson, step)
    expect(lesson.locator("#phase-update")).to_have_attribute("aria-current", "step")
    expect(lesson.locator("#phase-forward")).not_to_have_attribute("aria-current", "step")
    lesson.locator("#phase-forward").click()
    at(lesson, 1)
    lesson.locator("#round").select_option("2")
    at(lesson, ROUND + 1)
    lesson.locator("#rounding").click()
    expect(lesson.locator("#rounding")).to_have_attribute("aria-pressed", "true")
    lesson.locator("#quiz").click()
    expect(lesson.locator("#guess")).to_be_visible()
    lesson.locator("#quiz").click()
    expect(lesson.locator("#guess")).to_be_hidden()
    lesson.keyboard.press("End")
    expect(lesson.locator("#next")).to_be_disabled()


def test_r_and_q_switch_and_switch_back(lesson: Page) -> None:
    lesson.keyboard.press("ArrowRight")
    lesson.keyboard.press("ArrowRight")
    result = lesson.locator("#result")
    for key, shown in [("r", "0.332"), ("r", "0.3318"), ("q", "?")]:
        lesson.keyboard.press(key)
        expect(result).to_have_text(shown)
        at(lesson, 3)
    expect(lesson.locator("#answer")).to_be_focused()
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("q")
    expect(result).to_have_text("0.3318")


def test_the_slider(lesson: Page) -> None:
    slider = lesson.locator("#slider")
    slider.fill("20")
    at(lesson, 20)
    slider.focus()
    lesson.keyboard.press("ArrowRight")
    at(lesson, 21)
    lesson.keyboard.press("End")
    at(lesson, STEPS)
    expect(slider).to_have_value(str(STEPS))
    lesson.keyboard.press("Home")
    expect(slider).to_have_value("1")


def test_click_and_enter_on_a_node_go_to_its_step(lesson: Page) -> None:
    def node(name: str) -> Any:
        return lesson.locator(f'#graph .node[aria-label="{name}"]')

    node("o6").click()
    assert state(lesson)["title"] == "o6 is computed"
    node("i5").focus()
    lesson.keyboard.press("Enter")
    assert state(lesson)["title"] == "i5 is computed"
    node("w14").click()  # a leaf is given, at the start
    at(lesson, 1)
    lesson.keyboard.press("b")
    node("i4").click()
    assert state(lesson)["title"] == "o4 hands i4 its share of the gradient"
    node("w56").focus()
    lesson.keyboard.press("Enter")
    assert state(lesson)["title"] == "i6 hands w56 its share of the gradient"
    lesson.keyboard.press("]")
    lesson.keyboard.press("u")
    node("b5").click()
    now = state(lesson)
    assert now["title"] == "b5 is updated"
    assert int(now["counter"].split()[1]) > ROUND


def test_the_address_leads_to_a_step_and_follows(page: Page, tmp_path: Path) -> None:
    address = show(page, toy(), tmp_path, "#step=12")
    at(page, 12)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{address}#step=14")
    page.wait_for_timeout(400)
    expect(page).to_have_url(f"{address}#step=14")
    page.evaluate("location.hash = '#step=5'")
    at(page, 5)
    for wild, step in [("#step=1000", STEPS), ("#step=0", 1)]:
        page.evaluate("(hash) => { location.hash = hash; }", wild)
        at(page, step)
    page.evaluate("location.hash = '#nonsense'")
    at(page, 1)
