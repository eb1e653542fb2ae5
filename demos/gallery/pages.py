"""The gallery's pages: an index with a card for each demo, and a page each. They fetch only their own pictures."""

from __future__ import annotations

import base64
import hashlib
import inspect
from collections.abc import Sequence
from importlib import resources
from itertools import groupby
from pathlib import Path

from autograd.files import write_whole
from demos.gallery.board import Board
from demos.gallery.course import DECKS, Demo
from demos.gallery.items import Picture
from demos.gallery.markup import markup, plain, prose

TITLE = "Backpropagation, example by example"


def index_page(shown: Sequence[tuple[Demo, Board]]) -> str:
    """The page of cards, grouped by deck.

    Args:
        shown: the demos and what they wrote, in the order of the course; each has the folder of its name.
    """
    body = [
        f"<header><h1>{TITLE}</h1><p>Every example of the lectures, computed scalar by scalar: "
        "its story, its numbers beside the slide's, its graph and its plots.</p></header>\n<main id=main>"
    ]
    for deck, demos in groupby(shown, key=lambda pair: pair[0].deck):
        body.append(f"<section>\n<h2>{plain(DECKS[deck])}</h2>\n<ul class=cards>")
        body += [_card(demo, board) for demo, board in demos]
        body.append("</ul>\n</section>")
    return _page(TITLE, "\n".join([*body, "</main>"]))


def demo_page(demo: Demo, board: Board, before: Demo | None, after: Demo | None) -> str:
    """The page of one demo.

    Args:
        demo: which.
        board: what it wrote.
        before: the one before it in the course, to link to.
        after: the one after it.
    """
    links = ['<a href="../index.html">All examples</a>']
    if before is not None:
        links.append(f'<a rel=prev href="../{before.name}/index.html">← {plain(before.title)}</a>')
    if after is not None:
        links.append(f'<a rel=next href="../{after.name}/index.html">{plain(after.title)} →</a>')
    source = inspect.getsource(demo.module())
    return _page(
        demo.title,
        f"<nav aria-label=Gallery>{''.join(links)}</nav>\n<main id=main>\n"
        f"<h1>{plain(demo.title)}</h1>\n<p class=source>{prose(demo.source)}</p>\n"
        + "".join(f"<p>{prose(paragraph)}</p>\n" for paragraph in demo.story)
        + "\n".join(markup(board.items, src=lambda file: file))
        + f"\n<h2>Source</h2>\n<p>Run it: <code>python -m demos {demo.name}</code></p>\n"
        f"<details><summary>demos/{demo.name}.py</summary>\n"
        f'<pre tabindex=0 aria-label="demos/{demo.name}.py">{plain(source)}</pre></details>\n</main>',
    )


def _card(demo: Demo, board: Board) -> str:
    pictures = [item for item in board.items if isinstance(item, Picture)]
    cover = next((item for item in pictures if item.file == board.cover), pictures[0] if pictures else None)
    # Its words are the link's; to a screen reader the picture would only repeat them.
    image = "" if cover is None else f'<img src="{demo.name}/{plain(cover.file)}" alt="">'
    return (
        f'<li class=card><a href="{demo.name}/index.html"><span class=cover>{image}</span>'
        f"<h3>{plain(demo.title)}</h3><p>{prose(demo.source)}</p></a></li>"
    )


def _page(title: str, body: str) -> str:
    css = resources.files("demos.gallery").joinpath("page.css").read_text(encoding="utf-8")
    style = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    # 'self' is the server's name; a page opened from a disk has none, hence file:
    policy = (
        f"default-src 'none'; img-src 'self' file:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )
    return f"""<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta http-equiv=Content-Security-Policy content="{policy}">
<meta name=viewport content="width=device-width, initial-scale=1">
<meta name=referrer content=no-referrer>
<title>{plain(title)}</title>
<style>{css}</style>
</head>
<body>
<a class=skip href="#main">Skip to the content</a>
{body}
</body>
</html>
"""


def write_pages(out: Path, shown: Sequence[tuple[Demo, Board]]) -> Path:
    """Write the index into the folder ``out`` and each demo's page into its board's; returns the index."""
    demos = [demo for demo, _ in shown]
    for (demo, board), before, after in zip(shown, [None, *demos], [*demos[1:], None]):
        write_whole(board.out / "index.html", demo_page(demo, board, before, after))
    return write_whole(out / "index.html", index_page(shown))
