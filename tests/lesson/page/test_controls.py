"""Keys, a presenter's remote, a finger, buttons, and the address."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.lesson.page.conftest import LECTERN, show
from tests.lesson.page.rooms import function, large, story


def at(page: Page) -> tuple[int, bool]:
    """The step, from 1, and whether its answer is shown."""
    step, shown = page.evaluate("[state.at + 1, state.shown]")
    return step, shown


def test_keys_reveal_and_step_and_jump(lesson: Page) -> None:
    for key, place in [
        ("PageUp", (1, True)), ("PageDown", (2, False)), ("PageDown", (2, True)), ("ArrowRight", (3, False)),
        ("Space", (3, True)), ("ArrowLeft", (3, False)), ("PageUp", (2, True)), ("Shift+Space", (2, False)),
        ("End", (15, True)), ("b", (7, False)), ("u", (14, False)), ("w", (1, True)), ("Home", (1, True)),
    ]:  # fmt: skip
        lesson.keyboard.press(key)
        assert at(lesson) == place, key


def test_steps_are_finer_and_coarser_and_the_place_stays(lesson: Page) -> None:
    for key, grain in [("]", "scalar"), ("]", "scalar"), ("[", "unit"), ("[", "layer"), ("[", "layer")]:
        lesson.keyboard.press(key)
        assert lesson.evaluate("state.grain") == grain
        expect(lesson.locator("#grain")).to_have_value(grain)
    lesson.keyboard.press(">")
    assert lesson.evaluate("state.round") == 2
    lesson.keyboard.press("<")
    assert lesson.evaluate("state.round") == 1


def test_buttons_do_what_keys_do(lesson: Page) -> None:
    expect(lesson.locator("#previous")).to_be_disabled()
    lesson.locator("#next").click()
    assert at(lesson) == (2, False)
    lesson.locator("#previous").click()
    assert at(lesson) == (1, True)
    for name, pressed in [("table", "#table"), ("explanation", "#explanation"), ("quiz", "#guess")]:
        lesson.locator(f"#toggle-{name}").click()
        expect(lesson.locator(pressed)).to_be_visible()
        expect(lesson.locator(f"#toggle-{name}")).to_have_attribute("aria-pressed", "true")
        lesson.locator(f"#toggle-{name}").click()
        expect(lesson.locator(pressed)).to_be_hidden()
    lesson.locator("#toggle-view").click()
    expect(lesson.locator("#graph")).to_be_visible()
    expect(lesson.locator("#network")).to_be_hidden()


def test_full_screen(lesson: Page) -> None:
    lesson.keyboard.press("f")
    lesson.wait_for_function("document.fullscreenElement !== null")
    lesson.keyboard.press("f")
    lesson.wait_for_function("document.fullscreenElement === null")


def test_a_finger_wipes_to_the_next_step(lesson: Page) -> None:
    wipe = """([from, to]) => {
      const touch = (x) => new Touch({identifier: 1, target: document.body, clientX: x, clientY: 300});
      dispatchEvent(new TouchEvent("touchstart", {touches: [touch(from)], changedTouches: [touch(from)]}));
      dispatchEvent(new TouchEvent("touchend", {touches: [], changedTouches: [touch(to)]}));
    }"""
    lesson.evaluate(wipe, [600, 300])
    assert at(lesson) == (2, False)
    lesson.evaluate(wipe, [300, 600])
    assert at(lesson) == (1, True)
    lesson.evaluate(wipe, [300, 310])
    assert at(lesson) == (1, True)


def test_play_goes_on_by_itself(page: Page, tmp_path: Path) -> None:
    page.clock.install()
    show(page, function(), tmp_path)
    page.keyboard.press("p")
    expect(page.locator("#play")).to_have_text("Pause")
    page.clock.run_for(2600)
    assert at(page) == (2, True)
    page.keyboard.press("p")
    page.clock.run_for(9000)
    assert at(page) == (2, True)


def test_the_keyboard_alone_reaches_everything(lesson: Page) -> None:
    reached = set()
    for _ in range(40):
        lesson.keyboard.press("Tab")
        name = lesson.evaluate("document.activeElement.id || (document.activeElement.dataset.node ? 'row' : '')")
        outline = lesson.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert name == "" or outline != "none", name
        reached.add(name)
    assert {"row", "next", "timeline", "play", "grain", "toggle-view", "toggle-table", "help", "full"} <= reached

    lesson.locator("#timeline").focus()
    for key, place in [("ArrowRight", (2, False)), ("ArrowDown", (2, True)), ("ArrowUp", (2, False))]:
        lesson.keyboard.press(key)
        assert at(lesson) == place
    lesson.locator("#network [data-node='0']").first.focus()
    said = []
    for _ in range(12):
        said.append(lesson.evaluate("document.activeElement.ariaLabel"))
        lesson.keyboard.press("j")
    assert len(set(said)) == 12
    lesson.keyboard.press("J")
    assert lesson.evaluate("document.activeElement.ariaLabel") == said[-1]


def test_a_number_out_of_sight_is_brought_into_it_by_key(page: Page, tmp_path: Path) -> None:
    show(page, large(), tmp_path)
    page.locator("#network [data-node]").first.focus()
    for _ in range(60):
        page.keyboard.press("j")
    box = page.evaluate(
        "(({left, right, top, bottom}) => [left, right, top, bottom])(document.activeElement.getBoundingClientRect())"
    )
    assert box[0] >= 0
    assert box[1] <= LECTERN["width"]
    assert page.evaluate("!document.activeElement.closest('.box').matches('.cut')")


def test_the_address_keeps_what_is_shown(browser: Browser, page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path)
    for key in ["PageDown", "]", "n", "r", "t", "i", ">", "PageDown", "PageDown"]:
        page.keyboard.press(key)
    kept = "({...state, table: byId('table').hidden, counter: byId('counter').textContent})"
    page.wait_for_timeout(400)
    before = page.evaluate(kept)
    page.reload()
    assert page.evaluate(kept) == before
    assert before["grain"] == "scalar"
    assert before["round"] == 2


@pytest.mark.parametrize("fragment", ["#step=1000", "#step=-1", "#nonsense", "#grain=none&view=x&round=-3"])
def test_a_wild_address_is_harmless(page: Page, tmp_path: Path, fragment: str) -> None:
    show(page, story(), tmp_path, fragment)
    assert at(page)[0] == (15 if "1000" in fragment else 1)
