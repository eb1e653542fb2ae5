"""The pieces of a demo's page as HTML. Whatever a demo wrote is text here, and escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from demos.gallery.items import Claim, Code, Derivation, Heading, Item, Number, Page, Picture, Table, Text

# In prose: x_i, dJ/dw_ij, x_{t+1}, but not train_test_split; and e^-s, e^(x + y). `d_i1` is a name in a program.
SUBSCRIPT = re.compile(r"(?<!\w)(∂?\w{1,2})_(?:\{([^{}]+)\}|([A-Za-z0-9]{1,3})(?![A-Za-z0-9_]))")
POWER = re.compile(r"\^(?:\(((?:[^()]|\([^()]*\))*)\)|([-−]?\w+))")


def markup(items: Iterable[Item], src: Callable[[str], str]) -> Iterator[str]:
    """The items as HTML. Numbers that follow one another make one table, claims one list.

    Args:
        items: what was written on a board.
        src: where a file of the board's folder is to be fetched from.
    """
    for kind, group in groupby(items, key=type):
        if kind is Number:
            numbers = [item for item in group if isinstance(item, Number)]
            sources = {item.source for item in numbers if item.slide}
            if len(sources) > 1:
                beside = [f"{item.slide} ({item.source})" if item.slide else "" for item in numbers]
            else:
                beside = [item.slide for item in numbers]
            rows = [(item.name, item.value, figure) for item, figure in zip(numbers, beside)]
            if sources:
                heading = sources.pop() if len(sources) == 1 else "given"
                yield _table(Table(("quantity", "computed", heading), tuple(rows), (False, True, True), ""))
            else:
                yield _table(Table(("quantity", "computed"), tuple(r[:2] for r in rows), (False, True), ""))
        elif kind is Claim:
            claims = [f"<li>{prose(item.text)}</li>" for item in group if isinstance(item, Claim)]
            yield f'<ul class=claims aria-label="Checked">{"".join(claims)}</ul>'
        else:
            yield from (_item(item, src) for item in group)


def _item(item: Item, src: Callable[[str], str]) -> str:
    match item:
        case Heading(text):
            return f"<h2>{prose(text)}</h2>"
        case Text(text):
            return f"<p>{prose(text)}</p>"
        case Table():
            return _table(item)
        case Code(text, caption):
            return (
                f"<figure><figcaption>{plain(caption)}</figcaption>"
                f'<pre tabindex=0 aria-label="{plain(caption)}">{plain(text)}</pre></figure>'
            )
        case Derivation(_, html):
            unstyled = re.sub(r' style="[^"]*"', "", html)  # which the page's policy forbids; its own style aligns them
            return f'<div class="wide derivation" tabindex=0 role=group aria-label=Derivation>{unstyled}</div>'
        case Picture(file, caption):
            return (
                f'<figure><a href="{plain(src(file))}"><img src="{plain(src(file))}" alt="{plain(caption)}"></a>'
                f"<figcaption>{prose(caption)}</figcaption></figure>"
            )
        case Page(file, caption):
            return f'<p><a class=walkthrough href="{plain(file)}">Step through it: {plain(caption)}</a></p>'
    raise TypeError(f"a board has no {type(item).__name__}")


def _table(table: Table) -> str:
    def row(tag: str, cells: Sequence[str]) -> str:
        kinds = [" class=number" if numeric else "" for numeric in table.numeric]
        return f"<tr>{''.join(f'<{tag}{k}>{prose(cell)}</{tag}>' for cell, k in zip(cells, kinds))}</tr>"

    caption = f"<caption>{prose(table.caption)}</caption>" if table.caption else ""
    label = plain(table.caption or "Numbers")
    body = "\n".join(row("td", cells) for cells in table.rows)
    return (
        f'<div class=wide tabindex=0 role=group aria-label="{label}"><table>{caption}'
        f"<thead>{row('th', table.headings)}</thead>\n<tbody>{body}</tbody></table></div>"
    )


def plain(text: str) -> str:
    """Text as it is."""
    return escape(text, quote=True)


def prose(text: str) -> str:
    """Text with its subscripts, powers and names in programs set as such."""
    parts = plain(text).split("`")
    for k, part in enumerate(parts):
        if k % 2:
            parts[k] = f"<code>{part}</code>"
        else:
            lowered = SUBSCRIPT.sub(lambda m: f"{m[1]}<sub>{m[2] or m[3]}</sub>", part)
            parts[k] = POWER.sub(lambda m: f"<sup>{m[1] or m[2]}</sup>", lowered)
    return "".join(parts)
