"""Take it along: LaTeX, Python, the picture, the address."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import optim
from autograd import Parameter, Value, log, where
from demos.toy_network import slide_error, slide_network
from tests.lesson.page.test_change import opened, toy


@pytest.fixture
def board(page: Page, tmp_path: Path) -> Page:
    """The toy network's page, with what can be taken along open."""
    opened(page, toy(), tmp_path)
    page.keyboard.press("c")
    return page


def taken(page: Page, what: str) -> str:
    page.locator("#lab").get_by_role("button", name=what).click()
    return page.locator("#lab textarea").input_value()


def test_numbers_rebuild_the_program(board: Page) -> None:
    board.evaluate("board.set('w14', 0.123456789012345), board.set('b6', -7), board.set('x2', 1e-7)")
    code = taken(board, "Numbers (Python)")
    model = slide_network()
    names: dict[str, Any] = {"model": model, "Value": Value, "optimizer": optim.SGD(model.parameters(), lr=1.0)}
    exec(code, names)
    assert names["optimizer"].lr == 0.9
    assert names["x2"].data == 1e-7
    right = {str(one.name): one.data for one in model.parameters()}
    shown = board.evaluate("board.numbers()")
    assert right == {label: shown[label]["data"] for label in right}
    E = slide_error(model, "half")
    assert (right["w14"], E.name) == (0.123456789012345, "E")


def test_names_that_python_cannot_write(page: Page, tmp_path: Path) -> None:
    w, lam = Parameter(0.5, "w_{11}(0,1)"), Parameter(2.0, "lambda")
    opened(page, (w * lam, optim.Adam([w, lam], lr=0.1)), tmp_path)
    page.keyboard.press("c")
    code = taken(page, "Numbers (Python)")
    assert code.splitlines()[0] == 'model.set({"w_{11}(0,1)": 0.5, "lambda": 2.0})'
    assert "optimizer.betas = (0.9, 0.999)" in code


def test_a_formula_as_latex(board: Page) -> None:
    board.keyboard.press("]")
    board.keyboard.press("u")
    assert taken(board, "Formula (LaTeX)") == (
        r"w_{14} \leftarrow w_{14}-\eta \times \partial E/\partial w_{14} = 0.2-0.9 \times 0.008725 = 0.1921"
    )
    board.keyboard.press("w")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("ArrowRight")
    latex = taken(board, "Formula (LaTeX)")
    assert latex.startswith(r"o_{4} = \sigma")
    assert latex.count("{") == latex.count("}")
    assert latex.isascii()


def test_choices_and_functions_as_latex(page: Page, tmp_path: Path) -> None:
    x, y = Value(2.0, "x"), Value(3.0, "my_long%name")
    opened(page, (where(x - 1, log(x), y) * y, None), tmp_path)
    page.keyboard.press("c")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        latex = taken(page, "Formula (LaTeX)")
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\begin") == latex.count(r"\end")
        assert "%" not in latex.replace(r"\%", "")


def test_an_explanation_as_latex(board: Page) -> None:
    board.keyboard.press("u")
    board.keyboard.press("ArrowLeft")
    latex = taken(board, "Explanation (LaTeX)")
    assert r"\partial E/\partial o_{6} = o_{6}-t" in latex
    assert latex.startswith(r"\begin{gathered}")
    assert latex.isascii()
    assert board.locator("#explanation").is_hidden()


def test_the_address_is_this_board(board: Page) -> None:
    board.evaluate("board.set('w14', 0.25)")
    board.keyboard.press("b")
    address = taken(board, "Address")
    assert address.endswith("set=w14:0.25")
    numbers, counter = board.evaluate("board.numbers()"), board.locator("#counter").inner_text()
    board.goto("about:blank")
    board.goto(address)
    assert (board.evaluate("board.numbers()"), board.locator("#counter").inner_text()) == (numbers, counter)


def test_the_picture_as_svg_needs_no_page(board: Page, tmp_path: Path) -> None:
    board.evaluate("board.set('w14', 0.25)")
    with board.expect_download() as found:
        board.locator("#lab").get_by_role("button", name="Picture (SVG)").click()
    path = tmp_path / "picture.svg"
    found.value.save_as(path)
    root = ET.parse(path).getroot()
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "0.25" in texts
    assert {"w14", "o6", "E"} <= set(texts)
    assert all(text.get("fill") for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "file:" not in path.read_text()


def test_the_picture_as_png(board: Page, tmp_path: Path) -> None:
    with board.expect_download() as found:
        board.locator("#lab").get_by_role("button", name="Picture (PNG)").click()
    path = tmp_path / "picture.png"
    found.value.save_as(path)
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG")
    width = int.from_bytes(data[16:20], "big")
    assert width > 2000
