"""A browser's page that must stay quiet, the toy network's page in it, and the engine's own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import optim
from autograd import Value, half_squared_error
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.lesson.page.toy_page import Known, show, toy


@pytest.fixture(scope="session")
def engine() -> list[Known]:
    """Two steps of training."""
    model = slide_network()
    optimizer = optim.SGD(model.parameters(), lr=0.9)
    rounds = []
    for _ in range(2):
        optimizer.zero_grad()
        E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
        E.name = "E"
        E.backward()
        known, waiting, seen = Known(), [E], set()
        while waiting:
            value = waiting.pop()
            if value in seen:
                continue
            seen.add(value)
            known.data[str(value.name)], known.grad[str(value.name)] = value.data, value.grad
            if value.parents:
                known.interior.add(str(value.name))
            waiting += [parent for parent in value.parents if isinstance(parent, Value)]
        optimizer.step()
        known.new = {str(parameter.name): parameter.data for parameter in model.parameters()}
        rounds.append(known)
    return rounds


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page that must log nothing, raise nothing and fetch nothing but a file of the test's own."""
    context = browser.new_context(viewport={"width": 1600, "height": 900})
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
    """The toy network's page, at its first step."""
    show(page, toy(), tmp_path)
    return page
