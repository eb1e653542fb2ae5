"""What a notebook shows of an object: a picture that fits the cell, or a table in which names are nothing but text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from playwright.sync_api import Browser

import autograd
import nn
import optim
from autograd import Parameter, Program, Value, draw, draw_network, tables

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>&\x1b[31m"


def cells(table: str) -> list[list[str]]:
    """The text of each row's cells; the HTML has to be well formed, and to have no elements but a table's."""
    root = ET.fromstring(table)
    assert {element.tag for element in root.iter()} <= {"table", "caption", "tr", "th", "td"}
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]


def neuron(name: str) -> tuple[Parameter, Value]:
    w = Parameter(0.5, name)
    y = autograd.tanh(w * Value(-2.0, "x"))
    y.name = "y"
    y.backward()
    return w, y


def test_a_program_shows_each_line_with_its_data_and_gradient() -> None:
    _, y = neuron("w")
    rows = cells(Program.of(y)._repr_html_())
    assert rows[0] == ["name", "computed as", "data", "grad"]
    assert rows[1] == ["w", "parameter", "0.5", "−0.8399"]
    assert rows[-1] == ["y", "tanh(v2)", "−0.7616", "1"]
    assert len(rows) == 1 + 4


def test_a_long_table_leaves_out_its_middle() -> None:
    rows = cells(tables.html(["k", "square"], [[str(k), str(k * k)] for k in range(80)]))
    assert rows[1] == ["0", "0"]
    assert rows[26] == ["… 30 more", ""]
    assert rows[-1] == ["79", "6241"]
    assert len(rows) == 1 + 51


def test_a_model_shows_its_parts_and_their_parameters() -> None:
    model = nn.Sequential(nn.Layer(2, 1, rng=0), "relu", nn.PReLU(0.5), nn.Layer(1, 20))
    rows = cells(str(model._repr_html_()))
    assert [row[:3] for row in rows[1:]] == [
        ["layers.0", "Layer(2, 1, linear)", "3"],
        ["layers.1", "relu", "0"],
        ["layers.2", repr(nn.PReLU()), "1"],
        ["layers.3", "Layer(1, 20, linear)", "40"],
    ]
    assert rows[3][3] == "a = 0.5"
    assert rows[4][3].endswith(", …")

    class Own(nn.Module):
        def __init__(self) -> None:
            self.units = {"a": Parameter(1.0)}  # where parameters are not found

    assert Own()._repr_html_() is None


def test_an_optimizer_shows_its_parameters_and_its_memory() -> None:
    w, _ = neuron("w")
    sgd = optim.SGD([w], lr=0.5, momentum=0.9)
    sgd.step()
    rows = cells(sgd._repr_html_())
    assert rows == [["parameter", "data", "grad", *sgd.memory], ["w", "0.92", "−0.8399", rows[1][3]]]
    assert rows[1][3] != "0"
    assert "SGD(lr=0.5, momentum=0.9" in sgd._repr_html_()
    assert "after 1 step<" in sgd._repr_html_()


def test_a_diagnosis_always_has_a_verdict() -> None:
    model = nn.MLP(1, [2, 2, 1], activation=["relu", "tanh"])
    for parameter, data in zip(model.parameters(), [1.0, 0.0, -1.0, 0.0, 50.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]):
        parameter.data = data
    diagnosis = nn.diagnose(model, [[1.0], [2.0]])
    rows = cells(diagnosis._repr_html_())
    assert rows[0][-1] == "verdict"
    assert [row[-1] for row in rows[1:]] == ["dead units", "saturated units", "fine"]
    assert [line.split("  ")[-1].strip() for line in str(diagnosis).splitlines()[1:]] == [row[-1] for row in rows[1:]]


@pytest.mark.parametrize("name", [HOSTILE, "<b>w</b>"])
def test_a_hostile_name_comes_out_as_text(name: str) -> None:
    w, y = neuron(name)
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
    model = nn.Neuron(1)
    model.weights = [w]
    things: list[Any] = [Program.of(y), optim.SGD([w], lr=0.1), model]
    for thing in things:
        assert shown in "".join(cell for row in cells(thing._repr_html_()) for cell in row)


def test_a_picture_is_no_wider_than_the_cell(browser: Browser) -> None:
    E = nn.half_squared_error(nn.MLP(3, [2, 1])([1.0, 0.0, 1.0]), 1.0)
    page = browser.new_page(viewport={"width": 800, "height": 600})
    for picture in (
        E._repr_svg_(),
        draw(E)._repr_mimebundle_()["image/svg+xml"],
        draw_network(E)._repr_image_svg_xml(),
    ):
        assert float(ET.fromstring(str(picture)).get("width", "").removesuffix("pt")) > 600
        page.set_content(
            f"<div style='width: 500px; overflow: hidden'>{str(picture)[str(picture).index('<svg') :]}</div>"
        )
        box = page.locator("svg").bounding_box()
        last = page.locator("svg text", has_text="E").last.bounding_box()
        assert box is not None
        assert last is not None
        assert box["width"] <= 500
        assert last["x"] + last["width"] <= box["x"] + box["width"]
    page.close()
