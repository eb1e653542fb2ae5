"""Names are nothing but text, and the page fetches nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
import optim
from autograd import Parameter, Value, walkthrough
from tests.lesson.page.toy_page import show, state, walk

IMAGE = '</script><img src=x onerror="window.hacked=1">'
HOSTILE = [IMAGE, 'a|b<c>{"\n', "{{data}}", "<b>", "<!--<script>", "</title></style>", "\ud800", "\\N&amp;\u2028"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_nothing_but_text(page: Page, tmp_path: Path, name: str) -> None:
    x, w = Value(0.5, name), Parameter(2.0, f"{name} w")
    y = autograd.affine([w], [x], Parameter(1.0, f"{name} b"))
    y.name = f"{name} y"
    written = walkthrough(y, optimizer=optim.SGD([w], lr=0.1), err=True, title=name)
    show(page, written, tmp_path)
    seen = "".join([c if c.isprintable() else ascii(c)[1:-1] for c in name])
    count = 2 + 4 + 1
    for step, now in enumerate(walk(page, count=count)):
        assert now["counter"] == f"Step {step + 1} of {count}"
    page.keyboard.press("e")
    expect(page.locator("#by option")).to_have_text([f"{seen}{more}".strip() for more in (" w", " b", "", " y")])
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("q")
    page.emulate_media(media="print")
    expect(page.locator("#handout li")).to_have_count(count)
    assert page.title().strip() == seen.strip()
    expect(page.locator("#title")).to_have_text(seen.strip())
    page.emulate_media(media="screen")
    expect(page.locator("#panel-title")).to_have_text(f"{seen} w is updated")
    now = state(page)
    assert set(now["nodes"]) == {seen, f"{seen} w", f"{seen} b", f"{seen} y"}
    for label, texts in now["nodes"].items():
        assert label in [text.replace("\xa0", " ") for text in texts]
    assert set(now["table"]) == {f"{seen} w", f"{seen} b"}
    assert page.evaluate("typeof window.hacked") == "undefined"
    for element in ("img", "b:not(#handout b)", "iframe"):
        assert page.locator(element).count() == 0
    assert page.locator("script").count() == 2


def test_the_policy_lets_nothing_be_fetched_or_slipped_in(lesson: Page) -> None:
    policy = lesson.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for source, tag in [("script-src", "script:not([type])"), ("style-src", "style")]:
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]+'", rules[source])
        assert lesson.locator(tag).count() == 1
