"""The file: the same bytes each time, small, written whole or not at all; and the notebook's frame."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from autograd import Walkthrough, walkthrough
from demos.gallery.toy_story import TOY_STORY
from tests.lesson.page.lessons import LESSONS, bare, toy

ROOT = Path(__file__).parents[3]


def toy_page() -> Walkthrough:
    output, optimizer = toy()
    return walkthrough(output, optimizer=optimizer, story=TOY_STORY)


def digest() -> str:
    """The checksum of all lessons' pages."""
    lessons = [make() for make in LESSONS.values()]
    pages = [toy_page(), *[walkthrough(output, optimizer=optimizer) for output, optimizer in lessons]]
    return hashlib.sha256("".join([page.html for page in pages]).encode()).hexdigest()


def test_the_same_program_gives_the_same_bytes() -> None:
    code = "import sys; from tests.lesson.page import test_file as t; sys.stdout.write(t.digest())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs == [digest(), digest()]


def test_the_toy_page_is_small() -> None:
    assert len(toy_page().html.encode()) <= 400_000


def test_jupyter_shows_the_page_in_a_frame() -> None:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    page = toy_page()
    Reader().feed(page._repr_html_())
    ((tag, attributes),) = found
    assert tag == "iframe"
    assert attributes["srcdoc"] == page.html


def test_the_frame_works_in_a_browser(page: Page) -> None:
    page.set_content(f"<!doctype html><title>notebook</title><body>{toy_page()._repr_html_()}</body>")
    frame = page.frame_locator("iframe")
    counter = frame.locator("#counter")
    expect(counter).to_have_text(f"1 / {len(TOY_STORY)}")
    frame.locator("#next").click()
    expect(counter).to_have_text(f"2 / {len(TOY_STORY)}")
    expect(frame.locator("#formulas output").first).to_have_text("?")
    page.keyboard.press("ArrowRight")
    expect(frame.locator("#formulas output").first).to_have_text("−0.000435")
    page.keyboard.press("ArrowRight")
    expect(counter).to_have_text(f"3 / {len(TOY_STORY)}")
    page.wait_for_timeout(400)  # in which the address would have followed
    inner = page.frames[1]
    thrown = "try { history.replaceState(null, '', '#x'); 'none' } catch (error) { error.name }"
    assert inner.evaluate(thrown) == "SecurityError"
    assert inner.evaluate("board.step(3).w46.data") == -0.3


def test_walkthrough_writes_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    page = walkthrough(bare()[0], path)
    assert path.read_bytes() == page.html.encode()
    assert os.listdir(tmp_path) == ["page.html"]
    assert len(repr(page)) < 100  # a prompt is not flooded with HTML


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    page = walkthrough(bare()[0])
    old = tmp_path / "page.html"
    old.write_text("old")
    with monkeypatch.context() as patched:
        patched.setattr("os.replace", full)
        with pytest.raises(OSError, match="no space"):
            page.write(old)
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]

    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with pytest.raises(OSError, match="folder"):
        page.write(folder)
    assert (folder / "old.txt").read_text() == "old"

    with pytest.raises(OSError, match="missing"):
        page.write(tmp_path / "missing" / "page.html")
    assert not (tmp_path / "missing").exists()
