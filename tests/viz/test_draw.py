"""Pictures: what stands in them, that they are the same every time, and that they can be made anywhere."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import graphviz
import pytest

import autograd
import nn
from autograd import (
    Parameter,
    Program,
    TooManyNodesError,
    Value,
    affine,
    draw,
    draw_network,
    half_squared_error,
    sigmoid,
)
from autograd.formulas.digits import figure

HOSTILE = [
    'a|b<c>{"\\n',
    "<script>alert(1)</script>",
    "two\nlines",
    "&amp;",
    "<b>x</b>",
    "\x00\ud800",
    "\\N \\G \\l",
    "∂é🙂",
    "&#27;&#x202e;&lt;",
    "\x1b[31m\u202e",
]
SVG = "{http://www.w3.org/2000/svg}"
TOOLTIP = "{http://www.w3.org/1999/xlink}title"


def picture(drawing: graphviz.Digraph) -> ET.Element:
    """The drawing's SVG, parsed: it has to be well formed."""
    return ET.fromstring(drawing.pipe(format="svg"))


def texts(svg: ET.Element) -> list[str]:
    return [(element.text or "").strip() for element in svg.iter(f"{SVG}text")]


def toy() -> Value:
    """Two units in a row, and the loss."""
    w, x, b = Parameter(0.5, "w12"), Value(2.0, "x1"), Parameter(-1.5, "b2")
    net = affine([w], [x], b)
    output = sigmoid(net)
    net2 = affine([Parameter(0.3, "w23")], [output], Parameter(0.0, "b3"))
    output2 = sigmoid(net2)
    net.name, output.name, net2.name, output2.name = "i2", "o2", "i3", "o3"
    loss: Value = half_squared_error(output2, Value(1.0, "t"))
    loss.name = "E"
    loss.backward()
    return loss


def test_every_value_shows_name_data_and_grad_and_every_edge_its_local_derivative() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    y = a * b
    y.name = "y"
    y.backward()
    svg = picture(draw(y))
    told = texts(svg)
    for word in ("a", "data 2", "grad −3", "b", "data −3", "grad 2", "y", "×", "data −6", "grad 1"):
        assert word in told
    edges = [g for g in svg.iter(f"{SVG}g") if g.get("class") == "edge"]
    assert [texts(edge) for edge in edges] == [["−3"], ["2"]]


def test_a_value_used_twice_is_one_box_with_two_edges() -> None:
    a = Value(3.0, "a")
    source = draw(a * a).source
    assert len(re.findall(r"^\s*n\d+ \[", source, re.M)) == 2
    assert source.count("n0 -> n1") == 2


def test_kinds_of_node_differ_in_outline() -> None:
    y = Parameter(1.0, "w") * Value(2.0, "x") * 3
    source = draw(y * 1.0).source
    outlines = {
        re.search(r"shape=(\w+)", line)[1] + ("2" if "peripheries" in line else "")  # type: ignore[index]
        for line in source.splitlines()
        if re.match(r"^\s*n\d+ \[", line)
    }
    assert outlines == {"cds", "component", "plain", "box", "box2"}


def test_constants_have_a_dashed_edge_without_a_number_and_can_be_hidden() -> None:
    y = Value(-2.0, "x") ** 2
    source = draw(y).source
    (dashed,) = [line for line in source.splitlines() if "->" in line and "dashed" in line]
    assert "label" not in dashed
    hidden = draw(y, constants=False).source
    assert "dashed" not in hidden
    assert hidden.count("->") == 1


def test_digits_are_significant_digits_and_zero_has_no_sign() -> None:
    y = Value(1 / 3, "x") * -0.0
    y.name = "y"
    source = draw(y, digits=2).source
    assert "data 0.33" in source
    assert "data −0<" not in source


def test_numbers_are_written_as_mathematics_writes_them() -> None:
    written = {
        -0.5: "−0.5", -0.0: "0", math.inf: "∞", -math.inf: "−∞", 1e-5: "10⁻⁵", -2.5e-18: "−2.5×10⁻¹⁸", -1e300: "−10³⁰⁰",
        1234567.0: "1.235×10⁶", 1.00001e-7: "10⁻⁷", 12.0: "12", 0.0001: "0.0001",
    }  # fmt: skip
    for x, shown in written.items():
        y = Value(x, "x") * Value(x, "factor")
        graph, network = texts(picture(draw(y))), texts(picture(draw_network(y, digits=4)))
        assert f"data {shown}" in graph
        assert graph.count(shown) == 2  # as the local derivatives
        assert f"x = {shown}" in network
        assert "-" not in "".join([*graph, *network])
    assert "data NaN" in texts(picture(draw(Value(math.nan))))


@pytest.mark.parametrize("letters", ["x", "1", "x1", "(", "\\", "&", "∂", "<b>"])
def test_a_name_may_be_very_long(letters: str) -> None:
    name = letters * (1200 // len(letters))
    y = affine([Parameter(1.0, name)], [Value(1.0, name)], Parameter(0.0, name))
    y.name = name
    for drawing in (draw(y), draw_network(y, err=True, weight_gradients=True)):
        assert any(name in told for told in texts(picture(drawing)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_comes_out_as_text(name: str) -> None:
    y = Value(1.0, name) * 2
    y.name = name
    network = draw_network(affine([Parameter(1.0, name)], [y], Parameter(0.0, name)), weight_gradients=True)
    for svg, labels, captions in ((picture(draw(y)), 2, 1), (picture(network), 3, 0)):
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
        assert len([told for told in texts(svg) if shown in told]) >= labels, texts(svg)
        tooltips = [element.get(TOOLTIP, "") for element in svg.iter() if element.get(TOOLTIP)]
        assert len([told for told in tooltips if shown in told]) == len(tooltips) == captions
        assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
            "svg", "g", "title", "polygon", "polyline", "path", "text", "ellipse", "a",
        }  # fmt: skip


def test_the_same_program_gives_the_same_bytes_in_any_process() -> None:
    program = """
import sys
from autograd import Value, draw, tanh, sum
x = [Value(k / 7, f"x{k}") for k in range(6)]
y = sum([tanh(a * b) for a in x for b in x])
y.backward()
sys.stdout.write(draw(y).source)
"""
    sources = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(sources) == 1


def test_too_large_a_graph_is_refused_with_what_to_do() -> None:
    y = Value(1.0)
    for _ in range(400):
        y = y + y
    with pytest.raises(
        TooManyNodesError, match="401 nodes are more than max_nodes=300: draw one example or a smaller net"
    ):
        draw(y)
    assert draw(y, max_nodes=401).source
    net = nn.MLP(30, [40, 1])([0.1] * 30)
    with pytest.raises(TooManyNodesError, match="more than max_nodes=1000: draw one example or a smaller net"):
        draw_network(net)
    assert draw_network(net, max_nodes=2000).source


def test_a_large_network_is_drawn_in_time_that_grows_with_its_size() -> None:
    chain = Value(1.0)
    for _ in range(2000):
        chain = (chain * 1.01).tanh()
    start = time.perf_counter()
    for output in (chain, nn.MLP(32, [32, 32, 1])([0.1] * 32)):
        draw_network(output, max_nodes=10_000)
    assert time.perf_counter() - start < 5  # where each unit looked at all the others it took more than 20


def test_the_network_view_shows_units_weights_and_errors() -> None:
    loss = toy()
    unit = Program.of(loss).nodes[3]
    assert unit.name == "i2"
    told = texts(picture(draw_network(loss, err=True)))
    for word in (
        "1",
        "x1 = 2",
        "w12 = 0.5",
        "2",
        "b2 = −1.5",
        "i2 = −0.5",
        "o2 = 0.378",
        "w23 = 0.3",
        "½(t−o)²",
        "t = 1",
    ):
        assert word in told, word
    assert f"Err2 = {figure(-unit.grad, 3)}" in told
    assert f"∂E/∂i2 = {figure(unit.grad, 3)}" in texts(picture(draw_network(loss)))


def box(group: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the first polygon of a group."""
    points = next(group.iter(f"{SVG}polygon")).get("points", "").split()
    xs, ys = zip(*[map(float, point.split(",")) for point in points])
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("weight_gradients", [False, True])
@pytest.mark.parametrize(
    ("nin", "nouts"), [(3, [2, 1]), (2, [3, 1]), (3, [3, 1]), (2, [5, 2]), (3, [4, 4, 2]), (2, [10, 1])]
)
def test_no_weight_is_written_over_another(nin: int, nouts: list[int], weight_gradients: bool) -> None:
    outputs = nn.MLP(nin, nouts)([0.3] * nin)
    loss = autograd.sum([o * o for o in outputs]) if isinstance(outputs, list) else outputs * outputs
    loss.backward()
    svg = picture(draw_network(loss, weight_gradients=weight_gradients))
    boxes = [box(g) for g in svg.iter(f"{SVG}g") if "weight" in str(g.get("class"))]
    assert len(boxes) == sum(a * b for a, b in pairwise([nin, *nouts]))
    for a, b in combinations(boxes, 2):
        across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert min(across, down) < 2, "two labels cover one another by two points or more"


def layered(nin: int, nouts: list[int]) -> Value:
    """The output of a net whose names count from 1 in each layer, as net1(0,1), y1 and w11(0,1) do."""
    model = nn.MLP(nin, nouts, activation="sigmoid", output="sigmoid", bias=False)
    for depth, layer in enumerate(model.layers):
        for j, unit in enumerate(layer.neurons, start=1):
            unit.net_name, unit.output_name = f"net{j}({depth},{depth + 1})", f"{'yo'[depth]}{j}"
            for i, weight in enumerate(unit.weights, start=1):
                weight.name = f"w{i}{j}({depth},{depth + 1})"
    outputs = model([0.25] * nin)
    loss: Value = autograd.sum(outputs) if isinstance(outputs, list) else outputs * outputs
    loss.backward()
    return loss


def assert_clear_of_the_units(svg: ET.Element) -> None:
    """No unit lies over another, and no weight's label over a unit."""
    circles = [[float(e.get(k, "")) for k in ("cx", "cy", "rx")] for e in svg.iter(f"{SVG}ellipse")]
    for (x, y, r), (u, v, s) in combinations(circles, 2):
        assert (x, y) == (u, v) or math.hypot(x - u, y - v) > r + s  # the output's line is double
    for left, top, right, bottom in [box(g) for g in svg.iter(f"{SVG}g") if "weight" in str(g.get("class"))]:
        for x, y, r in circles:
            nearest = min(max(x, left), right), min(max(y, top), bottom)
            assert math.dist((x, y), nearest) > r - 2, "a label covers a unit by two points or more"


@pytest.mark.parametrize("weight_gradients", [False, True])
@pytest.mark.parametrize(("nin", "nouts"), [(2, [2, 1]), (3, [2, 2]), (2, [3, 2])])
def test_long_names_stay_clear_of_the_units(nin: int, nouts: list[int], weight_gradients: bool) -> None:
    svg = picture(draw_network(layered(nin, nouts), weight_gradients=weight_gradients))
    assert len(list(svg.iter(f"{SVG}ellipse"))) == sum([nin, *nouts])
    assert_clear_of_the_units(svg)


def test_a_name_in_place_of_a_number_is_large_and_its_unit_too() -> None:
    w, x = [Parameter(-1.25, "slope"), Parameter(0.5, "pace")], [Value(2.0, "hours worked"), Value(-1e-9, "kilometres")]
    assert_clear_of_the_units(picture(draw_network(affine(w, x, 0.0))))


def test_a_unit_is_called_by_its_name_where_layers_number_their_units_alike() -> None:
    told = texts(picture(draw_network(layered(3, [2, 1]))))
    assert {"y1", "y2", "o1", "x1 = 0.25", "x3 = 0.25"} <= set(told)
    assert not {"1", "2", "3"} & set(told)


def test_an_activation_with_a_constant_is_part_of_its_unit_and_arithmetic_is_not() -> None:
    net = nn.MLP(2, [1], output="leaky_relu")([1.0, 2.0])
    groups = [g.get("id") for g in picture(draw_network(net)).iter(f"{SVG}g") if str(g.get("id")).startswith("u")]
    assert len(groups) == 3  # two inputs, one unit
    groups = [g.get("id") for g in picture(draw_network(-net)).iter(f"{SVG}g") if str(g.get("id")).startswith("u")]
    assert len(groups) == 4


@pytest.mark.parametrize(("nin", "nouts"), [(2, [2, 2]), (3, [2, 1]), (2, [3, 2, 1])])
def test_inputs_units_and_weights_stand_in_the_programs_order(nin: int, nouts: list[int]) -> None:
    outputs = nn.MLP(nin, nouts)([Value(0.5, f"x{k}") for k in range(1, nin + 1)])
    loss = nn.half_squared_error(outputs, [0.0] * nouts[-1] if isinstance(outputs, list) else 0.0)
    bold = [text for text in picture(draw(loss)).iter(f"{SVG}text") if text.get("font-weight") == "bold"]
    height = {(text.text or "").strip(): float(text.get("y", "")) for text in bold}
    program = Program.of(loss)
    for node in program:
        if node.op is not None and node.op.name == "affine":
            weights, inputs, bias = node.op.unflatten([program.labels[parent] for parent in node.parents])
            for names in (inputs, [*weights, bias]):
                assert [height[name] for name in names] == sorted(height[name] for name in names), names


def test_targets_are_no_weights_and_their_sum_is_no_unit() -> None:
    s = nn.MLP(2, [2])([0.5, -1.0])
    for targets, shown in ([0, 1], ["× 0", "× 1"]), ([Value(0.0, "t1"), Value(1.0, "t2")], ["t1 = 0", "t2 = 1"]):
        loss = autograd.logsumexp(s) - autograd.dot(targets, s)
        svg = picture(draw_network(loss, weight_gradients=True))
        circles = [g for g in svg.iter(f"{SVG}g") if str(g.get("id")).startswith("u") and list(g.iter(f"{SVG}ellipse"))]
        assert len(circles) == 4 + len([word for word in shown if word.startswith("t")])
        assert {"a·b", *shown} <= set(texts(svg))
        assert len([told for told in texts(svg) if told.startswith("grad")]) == 4  # of the weights
    unnamed = affine([Value(0.5)], [Value(1.0)], Value(0.0))  # weights that are no Parameters
    assert len(list(picture(draw_network(unnamed)).iter(f"{SVG}ellipse"))) == 2 + 1  # the output's line is double


def test_rounded_programs_can_be_drawn() -> None:
    told = texts(picture(draw(Program.of(toy()).rounded(data=2, grad=2))))
    assert "data 0.38" in told


def test_jupyter_shows_values_and_drawings_the_same_way() -> None:
    y = Value(2.0, "a") * 3
    bundle = draw(y)._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert y._repr_svg_() == bundle["image/svg+xml"]
    for _ in range(400):
        y = y + y
    assert y._repr_svg_() is None  # Jupyter falls back to the repr
