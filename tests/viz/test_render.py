"""Which program draws, what becomes of those that cannot, and what is written."""

from __future__ import annotations

from pathlib import Path

import graphviz
import pytest

import autograd
from autograd import Value, draw, draw_network


def drawing() -> graphviz.Digraph:
    y = Value(2.0, "a") * Value(3.0, "b")
    y.name = "y"
    return draw(y)


def test_a_picture_is_written_in_the_format_that_its_ending_says(tmp_path: Path) -> None:
    assert drawing().write(tmp_path / "one.svg") == tmp_path / "one.svg"
    assert (tmp_path / "one.svg").read_text(encoding="utf-8") == drawing().pipe(encoding="utf-8")
    assert drawing().write(str(tmp_path / "one.PNG")).read_bytes().startswith(b"\x89PNG")
    assert drawing().write(tmp_path / "one.jpg").read_bytes().startswith(b"\xff\xd8")
    for source in ("one.dot", "one.gv"):
        assert drawing().write(tmp_path / source).read_text(encoding="utf-8") == drawing().source
    network = draw_network(autograd.affine([Value(1.0)], [Value(2.0)], Value(0.0)))
    assert b"<svg" in network.write(tmp_path / "network.svg").read_bytes()
    for name in ("one", "one.", "one.docx", ".svg"):
        with pytest.raises(ValueError, match=r"must end in .svg, .png, .pdf or .dot"):
            drawing().write(tmp_path / name)


def test_what_else_there_is_beside_the_picture_stays(tmp_path: Path) -> None:
    (tmp_path / "neuron").write_text("notes")
    drawing().write(tmp_path / "neuron.svg")
    assert (tmp_path / "neuron").read_text() == "notes"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_drawing_is_an_svg_unless_another_format_is_asked_for(tmp_path: Path) -> None:
    path = Path(drawing().render(tmp_path / "one", cleanup=True))
    assert path.name == "one.svg"
    assert path.read_text(encoding="utf-8") == drawing().pipe(encoding="utf-8")
    assert drawing().copy().pipe(format="png").startswith(b"\x89PNG")
