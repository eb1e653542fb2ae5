"""Tables for notebooks: HTML in which whatever users and files call things is nothing but text."""

from __future__ import annotations

import html as markup
from collections.abc import Sequence

from autograd.labels import plain

MOST = 50  # rows shown; of a longer table the first ones and the last


def html(headings: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """A ``<table>`` with a heading for each column, as a notebook shows it.

    Args:
        headings: of the columns.
        rows: the text of each cell. Where there are more than 50 rows, those in the middle are left out.
        caption: what stands above the table.
    """
    if len(rows) > MOST:
        left_out = f"… {len(rows) - MOST} more"
        rows = [*rows[: MOST // 2], [left_out, *[""] * (len(headings) - 1)], *rows[-MOST // 2 :]]
    head = f'<caption style="text-align: left">{_text(caption)}</caption>' if caption else ""
    lines = [_row("th", headings), *[_row("td", row) for row in rows]]
    return f"<table>{head}{''.join(lines)}</table>"


def number(x: float) -> str:
    """A number to four significant digits, with mathematics' minus sign."""
    return f"{x + 0.0:.4g}".replace("-", "−")


def _row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join([f'<{tag} style="text-align: left">{_text(cell)}</{tag}>' for cell in cells]) + "</tr>"


def _text(label: str) -> str:
    return markup.escape(plain(label))
