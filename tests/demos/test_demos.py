"""Every demo runs, and what it writes is whole. Its numbers and statements are checked as it runs: its board raises."""

from __future__ import annotations

import inspect
import itertools
import math
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import nn
from autograd import Value
from demos.gallery import Board, style
from demos.gallery.course import DECKS, Demo, course
from demos.gallery.items import Claim, Number, Page, Picture, Table
from tests.demos.conftest import Gallery

DEMOS = course()


def run(demo: Demo, out: Path) -> Board:
    main = demo.module().main
    settings: dict[str, Any] = {"small": True} if "small" in inspect.signature(main).parameters else {}
    board = main(out, seed=0, **settings)
    assert isinstance(board, Board)
    return board


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_it_runs_and_gives_the_same_bytes_in_another_process(
    demo: Demo, gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nn.seed(1)  # as if other demos had run before: what this one draws is its own
    board = run(demo, tmp_path)
    told = capsys.readouterr().out
    files = [item.file for item in board.items if isinstance(item, Picture | Page)]
    assert any(isinstance(item, Picture) for item in board.items), "it shows nothing"
    assert any('class="node' in (tmp_path / file).read_text("utf-8") for file in files if file.endswith(".svg")), (
        "it draws no computation graph and no network"
    )
    assert any(isinstance(item, Claim) or (isinstance(item, Number) and item.slide) for item in board.items)
    assert len(set(files)) == len(files), "a file was written twice"
    assert {path.name for path in tmp_path.iterdir()} == set(files)
    for file in files:
        assert f"wrote {tmp_path / file}" in told
        if file.endswith(".svg"):
            assert ET.parse(tmp_path / file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    for item in board.items:
        if isinstance(item, Picture | Page):
            assert len(item.caption.split()) > 2, "a caption says what there is to see"

    again = gallery.outcomes[demo.name].board
    assert again is not None
    assert again.items == board.items
    for file in files:
        assert (tmp_path / file).read_bytes() == (again.out / file).read_bytes(), file


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_its_docstring_makes_a_line_of_the_list(demo: Demo) -> None:
    assert 10 < len(demo.title) <= 80
    assert demo.story, "a few sentences tell what it is about"
    assert '"' in demo.source, "slides are quoted by their titles"


def test_every_worked_example_has_its_demo() -> None:
    named = {row for demo in DEMOS for row in demo.rows}
    missing = [row for row in ["1", *(f"2.{k}" for k in range(1, 37))] if row not in named]
    assert not missing, f"no demo says 'Rows: ' of {', '.join(missing)}"


def test_a_docstring_without_its_source_is_told_how_it_should_look() -> None:
    with pytest.raises(ValueError, match=r"demos/lonely\.py needs two paragraphs .* the decks are IITI, HKU"):
        Demo.of("lonely", "A demo.\n\nIt has a story.\n\nRows: 2.1.")
    told = Demo.of("fine", 'A demo.\n\nIts\nstory.\n\nSource: WAT, "A\nslide"; HKU, "B".\n\nRows: 2.3, 2.11.\n')
    assert told == Demo("fine", "A demo", ("Its story.",), 'WAT, "A slide"; HKU, "B".', "WAT", ("2.3", "2.11"))


def test_the_course_runs_deck_by_deck_and_row_by_row() -> None:
    places = [(list(DECKS).index(demo.deck), *map(int, demo.rows[0].split("."))) for demo in DEMOS]
    assert places == sorted(places)


def test_tables_write_numbers_as_mathematics_does(tmp_path: Path) -> None:
    board = Board(tmp_path, echo=False)
    board.table(["what", "number"], [["a-b", -9.408e-05], ["x", "-0.7"], ["y", -3], ["z", math.inf]], "")
    assert [row[1] for row in board.items[-1].rows] == ["−9.408×10⁻⁵", "−0.7", "−3", "∞"]  # type: ignore[union-attr]
    assert board.items[-1].rows[0][0] == "a-b"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "slide"), [(0.3318, "0.332"), (-0.6999, "-0.7"), (1.6089, "1.609"), (61, "61"), (-1e-9, "0.0")]
)
def test_a_number_that_rounds_to_the_slides_is_right(tmp_path: Path, value: float, slide: str) -> None:
    board = Board(tmp_path, echo=False)
    board.number("o4", Value(value), slide=slide)
    assert board.items[-1].slide == slide.replace("-", "−")  # type: ignore[union-attr]


@pytest.mark.parametrize(("value", "slide"), [(0.3311, "0.332"), (0.7, "-0.7"), (0.13117, "0.1311"), (60, "61")])
def test_a_number_that_is_not_the_slides_raises(tmp_path: Path, value: float, slide: str) -> None:
    with pytest.raises(AssertionError, match=f"o4 is .* where the slide has {slide}"):
        Board(tmp_path, echo=False).number("o4", value, slide=slide)


def test_a_figure_says_where_it_is_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = Board(tmp_path)
    board.number("km a mile", 1.6093, slide="1.609", source="fact")
    assert capsys.readouterr().out == "  km a mile = 1.6093   fact: 1.609\n"
    assert "<th class=number>fact</th>" in board._repr_html_()
    board.number("o4", 0.3318, slide="0.332")
    assert "1.609 (fact)" in board._repr_html_()
    assert "0.332 (slide)" in board._repr_html_()
    with pytest.raises(AssertionError, match=r"km a mile is 1\.7, where the fact has 1\.609"):
        board.number("km a mile", 1.7, slide="1.609", source="fact")
    with pytest.raises(ValueError, match=r"a figure is from one of 'slide', 'slide, restored', .*; got 'deck'"):
        board.number("o4", 0.3318, slide="0.332", source="deck")


def test_a_statement_that_does_not_hold_raises(tmp_path: Path) -> None:
    board = Board(tmp_path, echo=False)
    board.claim("1 < 2", np.bool_(True))
    with pytest.raises(AssertionError, match="this does not hold: 2 < 1"):
        board.claim("2 < 1", False)


def test_a_table_aligns_numbers_and_refuses_ragged_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    board = Board(tmp_path)
    board.table(["net", "loss", "slide"], [("a", 0.123456, "0.12"), ("bcd", 12, "")], "Losses")
    assert capsys.readouterr().out == "  Losses:\n  net     loss   slide\n  a     0.1235    0.12\n  bcd       12\n"
    (table,) = board.items
    assert isinstance(table, Table)
    assert table.numeric == (False, True, True)
    with pytest.raises(ValueError, match="3 cells, one a heading, got 2"):
        board.table(["a", "b", "c"], [(1, 2)], "Ragged")


def test_the_ground_of_a_class_and_its_points_are_of_one_colour() -> None:
    fig, axes = style.figure()
    X = np.array([[-1.0, 0.0], [-0.5, 0.5], [1.0, 0.0]])
    style.classes(axes, lambda points: points[:, 0] > 0, X, np.array([0, 0, 1]), (-2, 2), (-2, 2))
    fig.draw_without_rendering()
    grounds, *_ = axes.collections
    colours = np.asarray(grounds.get_facecolor())[:, :3]
    assert np.array_equal(colours, [to_rgb(line.get_color()) for line in axes.get_lines()])
    assert [np.size(line.get_xdata()) for line in axes.get_lines()] == [2, 1]


def test_a_pictures_colours_are_as_far_below_0_as_above_and_its_numbers_are_written() -> None:
    _, axes = style.figure()
    style.picture(axes, [[-3.0, 0.0], [-0.0, 1.0]], "filter", numbers=True)
    assert axes.images[0].get_clim() == (-3, 3)
    assert [text.get_text() for text in axes.texts] == ["−3", "0", "0", "1"]


def test_contours_are_those_of_the_function() -> None:
    _, axes = style.figure()
    lines = style.contours(axes, lambda p: p[0] ** 2 + p[1] ** 2, (-2, 2), (-2, 2), [1.0, 2.0])
    for level, path in zip([1.0, 2.0], lines.get_paths()):
        assert np.allclose((np.asarray(path.vertices, dtype=float) ** 2).sum(axis=1), level, atol=1e-3)


def test_labels_at_the_ends_of_lines_do_not_overlap() -> None:
    fig, axes = style.figure()
    for k in range(6):
        axes.plot([0, 1], [k, 1 + k / 1000], label=f"line {k}")
    axes.plot([0, 1], [0, 9])  # without a label
    style.label_lines(axes)
    fig.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in axes.texts), key=lambda box: box.y0)
    assert len(boxes) == 6
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))
    assert all(box.x1 <= fig.bbox.x1 for box in boxes)  # the figure makes room for them
    assert boxes[0].y0 >= axes.get_window_extent().y0 - 3  # clear of the axis and its numbers
