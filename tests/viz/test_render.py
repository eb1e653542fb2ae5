"""Which program draws, what becomes of those that cannot, and what is written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import graphviz
import pytest

import autograd
from autograd import Value, draw, draw_network
from autograd.viz import render
from autograd.viz.render import find_programs


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


@pytest.fixture
def only_python_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No program on the PATH, and none beside Python."""
    if os.name == "nt":
        pytest.skip("the stand-in programs are scripts")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return tmp_path


def command(path: Path, does: str) -> None:
    """A program, which takes down in a file beside it that it was run."""
    asked = f"open({str(path)!r} + '.asked', 'a').write('.')"
    path.write_text(f"#!{sys.base_prefix}/bin/python3\nimport os, sys, time\n{asked}\nsys.stdin.read()\n{does}\n")
    path.chmod(0o755)


def test_the_systems_dot_is_used_first_and_then_graphviz_pure(only_python_on_the_path: Path) -> None:
    folder = only_python_on_the_path
    with pytest.raises(FileNotFoundError, match=r"install Graphviz, .* or run `pip install graphviz-pure`"):
        drawing().pipe(format="svg")
    command(folder / "graphviz-pure", "print('<svg>pure</svg>')")
    assert [program.name for program in find_programs()] == ["graphviz-pure"]
    assert drawing().pipe(format="svg", encoding="utf-8").strip() == "<svg>pure</svg>"
    command(folder / "dot", "print('<svg>system</svg>')")
    assert [program.name for program in find_programs()] == ["dot", "graphviz-pure"]
    assert drawing().pipe(format="svg", encoding="utf-8").strip() == "<svg>system</svg>"


BROKEN = {
    "exits with 1": ("print('<svg'); print('no \\x1b[2J font', file=sys.stderr); sys.exit(1)", r"status 1\): no \\x1b"),
    "crashes": ("os.kill(os.getpid(), 11)", r"drew nothing \(exit status -11\); "),
    "prints nothing": ("print()", r"drew nothing \(exit status 0\); "),
    "hangs": ("time.sleep(60)", r"has drawn nothing in 2 seconds; "),
}


@pytest.mark.parametrize(("does", "told"), BROKEN.values(), ids=BROKEN)
def test_a_dot_that_does_not_work_is_bypassed_and_named(
    does: str, told: str, only_python_on_the_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = only_python_on_the_path
    if does == "time.sleep(60)":
        monkeypatch.setattr(render, "PATIENCE", 2.0)
    command(folder / "dot", does)
    command(folder / "graphviz-pure", "print('<svg>pure</svg>')")
    with pytest.warns(RuntimeWarning, match=f"^{folder}/dot .*{told}.*{folder}/graphviz-pure draws in its place"):
        path = drawing().write(folder / "one.svg")
    assert path.read_text().strip() == "<svg>pure</svg>"
    assert drawing().write(path).read_text().strip() == "<svg>pure</svg>"  # without a warning
    assert len((folder / "dot.asked").read_text()) == 1


def test_a_dot_that_cannot_be_run_is_bypassed(only_python_on_the_path: Path) -> None:
    folder = only_python_on_the_path
    (folder / "dot").write_bytes(b"\x7fELF for another machine")
    (folder / "dot").chmod(0o755)
    command(folder / "graphviz-pure", "print('<svg>pure</svg>')")
    with pytest.warns(RuntimeWarning, match="dot cannot be run: Exec format error"):
        assert drawing().pipe().strip() == b"<svg>pure</svg>"


def test_render_takes_the_program_that_works_too(only_python_on_the_path: Path) -> None:
    folder = only_python_on_the_path
    command(folder / "dot", "sys.exit(1)")
    command(
        folder / "graphviz-pure", "print('<svg>pure</svg>', file=open('one.svg', 'w') if '-O' in sys.argv else None)"
    )
    with pytest.warns(RuntimeWarning, match="draws in its place"):
        path = drawing().render(folder / "one", cleanup=True)
    assert Path(path).read_text().strip() == "<svg>pure</svg>"


def test_a_failed_drawing_leaves_the_old_picture_and_tells_what_each_program_said(
    only_python_on_the_path: Path,
) -> None:
    folder = only_python_on_the_path
    path = folder / "graph.svg"
    path.write_text("old")
    with pytest.raises(FileNotFoundError):
        drawing().write(path)
    command(folder / "dot", "sys.exit('no font')")
    command(folder / "graphviz-pure", "sys.exit('no such format')")
    with pytest.raises(RuntimeError, match=r"/dot .*: no font; .*/graphviz-pure .*: no such format"):
        drawing().write(path)
    assert path.read_text() == "old"
