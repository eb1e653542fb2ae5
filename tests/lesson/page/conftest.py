"""A browser's page that must stay quiet, and the toy network's page in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from autograd import Walkthrough, walkthrough
from demos.gallery.toy_story import TOY_STORY
from tests.lesson.page.lessons import toy

LECTERN = {"width": 1280, "height": 720}


def show(page: Page, written: Walkthrough, path: Path, fragment: str = "") -> str:
    """Write the page to the folder and open it; returns its address."""
    address = written.write(path / "page.html").as_uri()
    page.goto(address + fragment)
    return address


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page that must log nothing, raise nothing and fetch nothing but a file of the test's own."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    said: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: requests.append(request.url))
    yield page
    page.evaluate("new Promise((done) => setTimeout(done))")  # whatever is under way gets its turn
    context.close()
    own = (tmp_path / "page.html").as_uri()
    assert said == []
    assert [url for url in requests if url.split("#")[0] != own] == []


@pytest.fixture
def lesson(page: Page, tmp_path: Path) -> Page:
    """The toy network's page with its story, at its first step."""
    output, optimizer = toy()
    show(page, walkthrough(output, optimizer=optimizer, story=TOY_STORY), tmp_path)
    return page
