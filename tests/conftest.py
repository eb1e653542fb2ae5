"""Settings and fixtures that tests share."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

import nn
from tests.node import JavaScript, started

# No test may fail for being slow, for machines are noisy; and where a change is judged, luck should play no part.
settings.register_profile("chalkgrad", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chalkgrad")

ARGUMENTS = [
    *["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    *["--disable-sync", "--disable-quic", "--no-first-run"],
]


def required(program: str) -> str:
    """Where a program of the system is; a test that asks for one that is missing is skipped, or fails in CI."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get("CHALKGRAD_REQUIRE_BROWSER"):
            pytest.fail(f"there is no {program}, and CHALKGRAD_REQUIRE_BROWSER is set")
        pytest.skip(f"there is no {program}")
    return path


@pytest.fixture(scope="session")
def javascript() -> Iterator[JavaScript]:
    """What an expression of JavaScript comes to; one process of node answers all questions."""
    with started(required("node")) as ask:
        yield ask


@pytest.fixture(autouse=True)
def default_generator() -> None:
    """Each test draws what a script draws that begins with it, whatever has run before."""
    nn.seed(0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    chromium = required("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
