"""The graph or the network, with the table of parameters or without."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.lesson.page.toy_page import LECTERN, Known, at, four, state


def test_the_view_switch_keeps_the_step_and_the_network_shows_gradients(lesson: Page, engine: list[Known]) -> None:
    lesson.keyboard.press("u")
    lesson.keyboard.press("n")
    at(lesson, 34)
    expect(lesson.locator("#network")).to_be_visible()
    expect(lesson.locator("#graph")).to_be_hidden()
    expect(lesson.locator("#view")).to_have_attribute("aria-pressed", "true")
    known = engine[0]
    lesson.keyboard.press("ArrowLeft")  # before any update
    written = [
        line.strip()
        for text in lesson.locator("#network .weight").all()
        for line in text.locator("text").all_text_contents()
    ]
    expect(lesson.locator("#network .weight")).to_have_count(8)
    for name in known.new:
        if name.startswith("w"):
            place = written.index(f"{name} = {four(known.data[name])}")
            assert written[place + 1] == f"grad {four(known.grad[name])}"
        else:
            assert f"{name} = {four(known.data[name])}" in state(lesson)["network"]
    for unit in "456":
        assert f"Err{unit} = {four(-known.grad[f'i{unit}'])}" in state(lesson)["network"]
    lesson.keyboard.press("n")
    at(lesson, 33)
    expect(lesson.locator("#graph")).to_be_visible()
    expect(lesson.locator("#network")).to_be_hidden()


def test_without_the_table_the_graphs_text_is_large_enough_for_a_room(lesson: Page) -> None:
    lesson.set_viewport_size(LECTERN)
    text = "() => 16 * document.querySelector('#graph svg').getScreenCTM().a"
    table, button = lesson.locator("#ledger"), lesson.locator("#table")
    lesson.keyboard.press("u")  # the tallest formulas
    with_table = lesson.evaluate(text)
    lesson.keyboard.press("t")
    expect(table).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert lesson.evaluate(text) >= max(13, with_table)
    button.click()
    expect(table).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")
