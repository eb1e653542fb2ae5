"""Names are nothing but text, and the page fetches nothing and runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
import optim
from autograd import Parameter, Value, Walkthrough, walkthrough
from autograd.lesson.story import Scene
from tests.lesson.page.conftest import show
from tests.lesson.page.lessons import IMAGE, LESSONS

HOSTILE = [
    *[IMAGE, 'a|b<c>{"\n', "{{data}}", "${document.title}", "<!--<script>", "</title></style>", "\\N&amp;\u2028"],
    *["\ud800", "\u202egnp.exe", "\x00\x07\x1b[31m", "NaN", "-Infinity", "__proto__", "constructor", "{E}"],
]


def hostile(name: str) -> Walkthrough:
    """A page in which everything is called so."""
    x, w = Value(0.5, name), Parameter(2.0, f"{name} w")
    y = autograd.affine([w], [x], Parameter(1.0, f"{name} b"))
    y.name = f"{name} y"
    z = autograd.tanh(y)
    z.name = f"{name} z"
    story = [Scene("given", title=name, ask=name, say=name), Scene("update", title=name, ask=name, say=name)]
    return walkthrough(z, optimizer=optim.Adam([w], lr=0.1), title=name, story=story)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_nothing_but_text(page: Page, tmp_path: Path, name: str) -> None:
    show(page, hostile(name), tmp_path, "#table")
    seen = "".join([c if c.isprintable() else ascii(c)[1:-1] for c in name])
    assert page.title().strip() == seen.strip()
    expect(page.locator("#differs")).to_be_hidden()
    for key in ("n", "e", "q"):
        page.keyboard.press(key)
        for grain in page.evaluate("GRAINS"):
            page.evaluate("(grain) => { setGrain(grain); scenes().forEach((_, at) => go(at, true)); }", grain)
    labels = {f"{seen}{more}" for more in ("", " w", " b", " y", " z")}
    assert set(page.evaluate("Object.keys(board.numbers())")) >= labels
    written = [text.replace("\xa0", " ") for text in page.locator("#network text, #graph text").all_text_contents()]
    assert labels <= {*written}
    assert page.locator("#parameters tbody th").all_text_contents() == [f"{seen} w", f"{seen} b"]
    page.emulate_media(media="print")
    expect(page.locator("#handout li").first).to_be_visible()
    everything = page.evaluate("document.documentElement.outerHTML.replace(/<script[^]*?<.script>/g, '')")
    assert all(c.isprintable() or c == "\n" for c in everything)
    page.emulate_media(media="screen")
    assert page.evaluate("typeof window.hacked") == "undefined"
    for element in ("img", "b", "iframe"):
        assert page.locator(element).count() == 0
    assert page.locator("script").count() == 2


class Elements(HTMLParser):
    """The policy, and what is in each script and style."""

    def __init__(self, written: Walkthrough) -> None:
        super().__init__()
        self.policy, self.inside = "", ""
        self.found: dict[str, list[str]] = {"script": [], "style": [], "json": []}
        self.attributes: list[str] = []
        self.feed(written.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        self.inside = "json" if given.get("type") == "application/json" else tag
        self.attributes += given

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in self.found:
            self.found[self.inside].append(data)


@pytest.mark.parametrize("name", ["toy", "markup"])
def test_the_policy_lets_nothing_be_fetched_and_its_own_script_alone_be_run(name: str) -> None:
    output, optimizer = LESSONS[name]()
    elements = Elements(walkthrough(output, optimizer=optimizer))
    rules = dict(rule.strip().split(" ", 1) for rule in elements.policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data: blob:"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in elements.policy
    assert set(rules) == {"default-src", "script-src", "style-src", "img-src", "base-uri", "form-action"}
    for source, tag in (("script-src", "script"), ("style-src", "style")):
        (text,) = ["".join(elements.found[tag])]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[source] == f"'sha256-{digest}'"
    for attribute in elements.attributes:
        assert not re.match(r"on|style$|src|href", attribute), attribute


def test_a_script_that_was_slipped_in_is_not_run(page: Page, tmp_path: Path) -> None:
    output, optimizer = LESSONS["toy"]()
    written = walkthrough(output, optimizer=optimizer).html.replace("<main>", "<script>window.hacked=1</script><main>")
    (tmp_path / "page.html").write_text(written)
    other = page.context.new_page()  # the policy complains on the console
    other.goto((tmp_path / "page.html").as_uri())
    assert other.evaluate("typeof window.hacked") == "undefined"
    assert other.evaluate("typeof board.step") == "function"
