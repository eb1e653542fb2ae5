"""The gallery's pages: an index with a card for each demo, and a page each. They fetch only their own pictures."""

from __future__ import annotations

import base64
import hashlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from importlib import resources
from itertools import groupby
from pathlib import Path

from autograd.files import write_whole
from demos.gallery.board import Board, Claim, Code, Derivation, Heading, Item, Number, Page, Picture, Table, Text
from demos.gallery.course import DECKS, Demo

TITLE = "Backpropagation, example by example"

# In prose: x_i, dJ/dw_ij, x_{t+1}, but not train_test_split; and e^-s, e^(x + y). `d_i1` is a name in a program.
SUBSCRIPT = re.compile(r"(?<!\w)(∂?\w{1,2})_(?:\{([^{}]+)\}|([A-Za-z0-9]{1,3})(?![A-Za-z0-9_]))")
POWER = re.compile(r"\^(?:\(((?:[^()]|\([^()]*\))*)\)|([-−]?\w+))")


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
        body.append(f"<section>\n<h2>{_text(DECKS[deck])}</h2>\n<ul class=cards>")
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
        links.append(f'<a rel=prev href="../{before.name}/index.html">← {_text(before.title)}</a>')
    if after is not None:
        links.append(f'<a rel=next href="../{after.name}/index.html">{_text(after.title)} →</a>')
    source = inspect.getsource(demo.module())
    return _page(
        demo.title,
        f"<nav aria-label=Gallery>{''.join(links)}</nav>\n<main id=main>\n"
        f"<h1>{_text(demo.title)}</h1>\n<p class=source>{_prose(demo.source)}</p>\n"
        + "".join(f"<p>{_prose(paragraph)}</p>\n" for paragraph in demo.story)
        + "\n".join(_items(board.items, src=lambda file: file))
        + f"\n<h2>Source</h2>\n<p>Run it: <code>python -m demos {demo.name}</code></p>\n"
        f"<details><summary>demos/{demo.name}.py</summary>\n"
        f'<pre tabindex=0 aria-label="demos/{demo.name}.py">{_text(source)}</pre></details>\n</main>',
    )


def inline(board: Board) -> str:
    """What a demo wrote, with its pictures in it, for a notebook."""

    def data(file: str) -> str:
        picture = base64.b64encode((board.out / file).read_bytes()).decode()
        return f"data:image/svg+xml;base64,{picture}"

    return "\n".join(_items(board.items, src=data))


def _items(items: Iterable[Item], src: Callable[[str], str]) -> Iterator[str]:
    """The items as HTML. Numbers that follow one another make one table, claims one list."""
    for kind, group in groupby(items, key=type):
        if kind is Number:
            numbers = [item for item in group if isinstance(item, Number)]
            rows = [(item.name, item.value, item.slide) for item in numbers]
            if any(item.slide for item in numbers):
                yield _table(Table(("quantity", "computed", "slide"), tuple(rows), (False, True, True), ""))
            else:
                yield _table(Table(("quantity", "computed"), tuple(r[:2] for r in rows), (False, True), ""))
        elif kind is Claim:
            claims = [f"<li>{_prose(item.text)}</li>" for item in group if isinstance(item, Claim)]
            yield f'<ul class=claims aria-label="Checked">{"".join(claims)}</ul>'
        else:
            yield from (_item(item, src) for item in group)


def _item(item: Item, src: Callable[[str], str]) -> str:
    match item:
        case Heading(text):
            return f"<h2>{_prose(text)}</h2>"
        case Text(text):
            return f"<p>{_prose(text)}</p>"
        case Table():
            return _table(item)
        case Code(text, caption):
            return (
                f"<figure><figcaption>{_text(caption)}</figcaption>"
                f'<pre tabindex=0 aria-label="{_text(caption)}">{_text(text)}</pre></figure>'
            )
        case Derivation(_, html):
            plain = re.sub(r' style="[^"]*"', "", html)  # which the page's policy forbids; its own style aligns them
            return f'<div class="wide derivation" tabindex=0 role=group aria-label=Derivation>{plain}</div>'
        case Picture(file, caption):
            return (
                f'<figure><a href="{_text(src(file))}"><img src="{_text(src(file))}" alt="{_text(caption)}"></a>'
                f"<figcaption>{_prose(caption)}</figcaption></figure>"
            )
        case Page(file, caption):
            return f'<p><a class=walkthrough href="{_text(file)}">Step through it: {_text(caption)}</a></p>'
    raise TypeError(f"a board has no {type(item).__name__}")


def _table(table: Table) -> str:
    def row(tag: str, cells: Sequence[str]) -> str:
        kinds = [" class=number" if numeric else "" for numeric in table.numeric]
        return f"<tr>{''.join(f'<{tag}{k}>{_prose(cell)}</{tag}>' for cell, k in zip(cells, kinds))}</tr>"

    caption = f"<caption>{_prose(table.caption)}</caption>" if table.caption else ""
    label = _text(table.caption or "Numbers")
    body = "\n".join(row("td", cells) for cells in table.rows)
    return (
        f'<div class=wide tabindex=0 role=group aria-label="{label}"><table>{caption}'
        f"<thead>{row('th', table.headings)}</thead>\n<tbody>{body}</tbody></table></div>"
    )


def _card(demo: Demo, board: Board) -> str:
    pictures = [item for item in board.items if isinstance(item, Picture)]
    cover = next((item for item in pictures if item.file == board.cover), pictures[0] if pictures else None)
    # Its words are the link's; to a screen reader the picture would only repeat them.
    image = "" if cover is None else f'<img src="{demo.name}/{_text(cover.file)}" alt="">'
    return (
        f'<li class=card><a href="{demo.name}/index.html"><span class=cover>{image}</span>'
        f"<h3>{_text(demo.title)}</h3><p>{_prose(demo.source)}</p></a></li>"
    )


def _text(text: str) -> str:
    return escape(text, quote=True)


def _prose(text: str) -> str:
    """Text with its subscripts, powers and names in programs set as such."""
    parts = _text(text).split("`")
    for k, part in enumerate(parts):
        if k % 2:
            parts[k] = f"<code>{part}</code>"
        else:
            lowered = SUBSCRIPT.sub(lambda m: f"{m[1]}<sub>{m[2] or m[3]}</sub>", part)
            parts[k] = POWER.sub(lambda m: f"<sup>{m[1] or m[2]}</sup>", lowered)
    return "".join(parts)


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
<title>{_text(title)}</title>
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
