"""The gallery's contact sheet, for the README: `python -m demos.gallery.sheet out/index.html docs/gallery.png`.

It needs the browser of the tests: playwright and chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# All cards in one grid, with their pictures and titles only.
STYLE = """
header, h2, .card p { display: none; }
section, .cards { display: contents; }
main { display: grid; grid-template-columns: repeat(6, 1fr); gap: 14px; max-width: none; padding: 14px; }
.card h3 { font-size: 15px; color: var(--ink); margin: 8px 10px 10px; }
.cover { height: 150px; }
"""


def photograph(browser: Browser, index: Path, sheet: Path) -> None:
    """Write a picture of the gallery's cards.

    Args:
        browser: what shows the gallery.
        index: its first page.
        sheet: the PNG file to write.
    """
    context = browser.new_context(viewport={"width": 1500, "height": 400}, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(index.resolve().as_uri())
    page.add_style_tag(content=STYLE)
    page.locator("main").screenshot(path=sheet)
    context.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        photograph(chromium, Path(sys.argv[1]), Path(sys.argv[2]))
