"""Settings and fixtures that tests share."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

import nn

# No test may fail for being slow, for machines are noisy; and where a change is judged, luck should play no part.
settings.register_profile("chalkgrad", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("chalkgrad")

ARGUMENTS = [
    *["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    *["--disable-sync", "--disable-quic", "--no-first-run"],
]


@pytest.fixture(autouse=True)
def default_generator() -> None:
    """Each test draws what a script draws that begins with it, whatever has run before."""
    nn.seed(0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CHALKGRAD_REQUIRE_BROWSER"):
            pytest.fail("there is no chromium, and CHALKGRAD_REQUIRE_BROWSER is set")
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
