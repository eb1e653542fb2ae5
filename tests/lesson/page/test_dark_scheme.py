"""The dark scheme, without motion."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.lesson.page.toy_page import at


def luminance(page: Page, selector: str, style: str) -> float:
    """From 0, black, to 1, white."""
    colour: str = page.locator(selector).evaluate("(element, style) => getComputedStyle(element)[style]", style)
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_the_dark_scheme(lesson: Page) -> None:
    assert luminance(lesson, "body", "backgroundColor") > 0.9
    assert luminance(lesson, "#panel-title", "color") < 0.2
    lesson.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert luminance(lesson, "body", "backgroundColor") < 0.15
    for selector in ("#panel-title", "#result", "#full", "#counter"):
        assert luminance(lesson, selector, "color") > 0.6, selector
    assert luminance(lesson, "#panel", "backgroundColor") < 0.2
    lesson.keyboard.press("ArrowRight")
    at(lesson, 2)
    assert lesson.evaluate("document.getAnimations().length") == 0
