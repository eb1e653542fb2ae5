"""How pictures are laid out: legible on a slide, edges from box to box, labels that leave one another room."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations, pairwise

import graphviz
import pytest

import nn
from autograd import Parameter, Value, affine, draw, draw_network

SVG = "{http://www.w3.org/2000/svg}"
SLIDE = (1280, 720)  # pixels


def toy_network() -> Value:
    """The lecture's 3-2-1 network, and its loss."""
    model = nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid")
    for parameter, data in zip(model.parameters(), [0.2, 0.4, -0.5, -0.4, -0.3, 0.1, 0.2, 0.2, -0.3, -0.2, 0.1]):
        parameter.data = data
    loss: Value = nn.half_squared_error(model([1.0, 0.0, 1.0]), Value(1.0, "t"))
    loss.backward()
    return loss


def picture(drawing: graphviz.Digraph) -> ET.Element:
    return ET.fromstring(drawing.pipe(format="svg"))


def sizes(svg: ET.Element) -> list[float]:
    return [float(text.get("font-size", "")) for text in svg.iter(f"{SVG}text")]


def extent(svg: ET.Element) -> tuple[float, float]:
    _, _, width, height = map(float, svg.get("viewBox", "").split())
    return width, height


def smallest_on_a_slide(svg: ET.Element) -> float:
    """The height of the smallest letters, in pixels, where the picture fills a slide."""
    return min(sizes(svg)) * min(size / own for size, own in zip(SLIDE, extent(svg)))


def groups(svg: ET.Element, kind: str) -> list[ET.Element]:
    return [g for g in svg.iter(f"{SVG}g") if kind in str(g.get("class")).split()]


def nodes(svg: ET.Element) -> list[ET.Element]:
    return [group for group in groups(svg, "node") if "weight" not in str(group.get("class"))]


def numbers(text: str | None) -> list[float]:
    return [float(x) for x in re.findall(r"-?\d+\.?\d*", text or "")]


def box(group: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a node's outline, which is double for an output."""
    xs: list[float] = []
    ys: list[float] = []
    for e in group.iter():
        if e.tag == f"{SVG}ellipse":
            x, y, rx, ry = (float(e.get(k, "")) for k in ("cx", "cy", "rx", "ry"))
            xs, ys = [*xs, x - rx, x + rx], [*ys, y - ry, y + ry]
        elif e.tag in (f"{SVG}polygon", f"{SVG}path"):
            found = numbers(e.get("points") or e.get("d"))
            xs, ys = [*xs, *found[::2]], [*ys, *found[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def test_the_toy_network_is_legible_on_a_slide() -> None:
    assert smallest_on_a_slide(picture(draw(toy_network()))) >= 18
    for options in ({}, {"err": True}, {"weight_gradients": True}):
        assert smallest_on_a_slide(picture(draw_network(toy_network(), **options))) >= 20


@pytest.mark.parametrize("picture_of", [draw, draw_network])
def test_letters_are_as_large_as_asked_for_and_boxes_grow_with_them(
    picture_of: Callable[..., graphviz.Digraph],
) -> None:
    usual, large = (picture(picture_of(toy_network(), **options)) for options in ({}, {"fontsize": 24}))
    assert min(sizes(usual)) == 16
    assert [round(size / 24, 3) for size in sizes(large)] == [round(size / 16, 3) for size in sizes(usual)]
    assert extent(large)[0] > 1.3 * extent(usual)[0]
    for bad in (0, -1, "large"):
        with pytest.raises(ValueError, match="fontsize must be a positive number"):
            picture_of(toy_network(), fontsize=bad)


def test_a_graph_runs_from_left_to_right_or_from_top_to_bottom() -> None:
    y = Value(2.0, "a").tanh().exp()
    across, down = ([box(group) for group in nodes(picture(draw(y, direction=way)))] for way in ("LR", "TB"))
    for one, next_one in pairwise(across):
        assert one[2] < next_one[0]
    for one, next_one in pairwise(down):
        assert one[3] < next_one[1]
    with pytest.raises(ValueError, match="direction must be 'LR' or 'TB', got 'left'"):
        draw(y, direction="left")  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["LR", "TB"])
@pytest.mark.parametrize("picture_of", [draw, draw_network])
def test_edges_start_and_end_at_their_boxes(picture_of: Callable[..., graphviz.Digraph], way: str) -> None:
    options = {"direction": way} if picture_of is draw else {}
    svg = picture(picture_of(toy_network(), **options))
    boxes = {group.findtext(f"{SVG}title"): box(group) for group in nodes(svg)}
    edges = groups(svg, "edge")
    assert len(edges) >= 10
    for edge in edges:
        tail, head = (end.split(":")[0] for end in str(edge.findtext(f"{SVG}title")).split("->"))
        line = numbers(next(edge.iter(f"{SVG}path")).get("d"))
        arrow = numbers(next(edge.iter(f"{SVG}polygon")).get("points"))
        assert away(boxes[tail], (line[0], line[1])) < 3, edge.findtext(f"{SVG}title")
        assert min(away(boxes[head], point) for point in zip(arrow[::2], arrow[1::2])) < 3


def away(outline: tuple[float, float, float, float], point: tuple[float, float]) -> float:
    """How far a point lies from a box, in points; 0 for one inside."""
    (left, top, right, bottom), (x, y) = outline, point
    return float(max(left - x, x - right, top - y, y - bottom, 0.0))


@pytest.mark.parametrize("weight_gradients", [False, True])
@pytest.mark.parametrize(("nin", "nouts"), [(4, [8, 3]), (8, [8, 8]), (1, [6, 1])])
def test_the_labels_of_a_dense_net_cover_neither_one_another_nor_a_unit(
    nin: int, nouts: list[int], weight_gradients: bool
) -> None:
    outputs = nn.MLP(nin, nouts)([0.3] * nin)
    loss = nn.squared_error(outputs, [0.0] * len(outputs) if isinstance(outputs, list) else 0.0)
    loss.backward()
    svg = picture(draw_network(loss, weight_gradients=weight_gradients))
    labels = [box(group) for group in groups(svg, "weight")]
    circles = [box(group) for group in nodes(svg) if next(group.iter(f"{SVG}ellipse"), None) is not None]
    assert len(labels) == sum(a * b for a, b in zip([nin, *nouts], nouts))
    for a, b in [*combinations(labels, 2), *[(label, circle) for label in labels for circle in circles]]:
        assert min(min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])) <= 0


def test_an_edge_shows_its_weights_size_by_width_and_its_sign_by_colour_and_dash() -> None:
    weights = [Parameter(w, f"w{k}") for k, w in enumerate([0.1, -2.0, 1.0])]
    net = affine(weights, [Value(1.0, f"x{k}") for k in range(3)], Parameter(0.0, "b"))
    lines = [next(edge.iter(f"{SVG}path")) for edge in groups(picture(draw_network(net)), "edge")]
    small, negative, positive = lines
    widths = [float(line.get("stroke-width", 1)) for line in lines]
    assert widths[0] < widths[2] < widths[1]
    assert [bool(line.get("stroke-dasharray")) for line in lines] == [False, True, False]
    assert small.get("stroke") == positive.get("stroke") != negative.get("stroke")
    weights[1].data = 2.0  # which is what a picture shows from then on
    assert "dash" not in draw_network(net).source
    assert draw_network(affine([Parameter(0.0)], [Value(1.0)], 0.0)).source  # no weight is the largest
