"""The gallery: every link leads somewhere, nothing is fetched, and it can be used without a mouse."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from demos.gallery import Board
from demos.gallery.build import build, run
from demos.gallery.course import Demo, course
from demos.gallery.pages import demo_page
from demos.gallery.sheet import photograph
from tests.demos.conftest import Gallery

DEMOS = course()


class Parts(HTMLParser):
    """Where a page's links and pictures lead, its headings, and the texts that stand in for pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.alts: list[str | None] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.add(tag)
        self.leads += [str(given[key]) for key in ("href", "src") if key in given]
        self.ids += [str(given["id"])] if "id" in given else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.alts += [given.get("alt")] if tag == "img" else []


def test_every_demo_runs(gallery: Gallery) -> None:
    assert {name: outcome.error for name, outcome in gallery.outcomes.items() if outcome.error} == {}
    assert list(gallery.outcomes) != []


def test_every_link_and_picture_is_there(gallery: Gallery) -> None:
    for page in gallery.out.rglob("index.html"):
        parts = Parts(page.read_text(encoding="utf-8"))
        for lead in parts.leads:
            path, _, fragment = lead.partition("#")
            assert (page.parent / path).is_file() if path else fragment in parts.ids, f"{page}: {lead}"
        assert None not in parts.alts
        assert parts.headings[0] == 1
        assert parts.headings.count(1) == 1
        assert all(b <= a + 1 for a, b in zip(parts.headings, parts.headings[1:]))
        assert {"main", "title"} <= parts.tags
        assert "script" not in parts.tags


def test_the_index_has_a_card_for_each_demo_in_order(gallery: Gallery) -> None:
    leads = Parts((gallery.out / "index.html").read_text(encoding="utf-8")).leads
    assert [lead.split("/")[0] for lead in leads if lead.endswith("/index.html")] == [demo.name for demo in DEMOS]
    assert len([lead for lead in leads if lead.endswith(".svg")]) == len(DEMOS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_nothing_is_fetched_or_logged_and_every_picture_shows(
    gallery: Gallery, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 720})  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: requests.append(request.url))
    for name in ["index.html", *(f"{demo.name}/index.html" for demo in DEMOS)]:
        page.goto((gallery.out / name).as_uri())
        broken = page.evaluate("[...document.images].filter((i) => !i.naturalWidth).map((i) => i.src)")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert (name, broken, wide) == (name, [], False)
    context.close()
    assert said == []
    assert [url for url in requests if not url.startswith(gallery.out.as_uri())] == []


def test_the_keyboard_reaches_every_card_and_a_phone_shows_one_column(gallery: Gallery, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto((gallery.out / "index.html").as_uri())
    reached = []
    for _ in range(len(DEMOS) + 1):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == ["#main", *(f"{demo.name}/index.html" for demo in DEMOS)]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{DEMOS[-1].name}/index.html")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()


def test_the_contact_sheet_is_a_picture_of_all_cards(gallery: Gallery, browser: Browser, tmp_path: Path) -> None:
    photograph(browser, gallery.out / "index.html", tmp_path / "sheet.png")
    header = (tmp_path / "sheet.png").read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    width, height = int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
    assert width == 1500
    assert height > 200 * (len(DEMOS) // 6)


def test_whatever_is_written_is_text(tmp_path: Path) -> None:
    board = Board(tmp_path, echo=False)
    sly = "<script>alert('&')</script>\""
    board.heading(sly)
    board.say(sly)
    board.number(sly, 1)
    board.claim(sly, True)
    board.table([sly], [(sly,)], sly)
    board.code(sly, sly)
    demo = Demo("objectives", sly, (sly,), sly, "IITI", ("2.1",))
    for html in (board._repr_html_(), demo_page(demo, board, demo, demo)):
        assert "script" not in Parts(html).tags
        assert html.count("alert") >= 8


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("dJ/dw_ij = x_i δ_j", "dJ/dw<sub>ij</sub> = x<sub>i</sub> δ<sub>j</sub>"),
        ("δ_{i-1} = δ_i W_iᵀ", "δ<sub>i-1</sub> = δ<sub>i</sub> W<sub>i</sub>ᵀ"),
        ("1 / (1 + e^-x)", "1 / (1 + e<sup>-x</sup>)"),
        ("e^(x² + f(y)) + 1", "e<sup>x² + f(y)</sup> + 1"),
        ("train_test_split, roc_auc_score", "train_test_split, roc_auc_score"),
        ("here called `d_i1`", "here called <code>d_i1</code>"),
        ("a_<b>", "a_&lt;b&gt;"),
    ],
)
def test_subscripts_and_powers_are_set_as_such_and_names_are_left_alone(
    tmp_path: Path, written: str, shown: str
) -> None:
    board = Board(tmp_path, echo=False)
    board.say(written)
    assert board._repr_html_() == f"<p>{shown}</p>"


def test_a_demo_that_fails_says_so_and_stops_no_other(tmp_path: Path) -> None:
    missing = Demo("no_such_demo", "None", (), "", "IITI", ("2.1",))
    good = next(demo for demo in DEMOS if demo.name == "objectives")
    outcomes = {outcome.demo.name: outcome for outcome in build([missing, good], tmp_path)}
    assert "No module named 'demos.no_such_demo'" in outcomes["no_such_demo"].error
    assert outcomes["objectives"].error == ""
    assert "objectives/index.html" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert run(missing, tmp_path / "again").board is None
