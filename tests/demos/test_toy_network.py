"""The main job: every number of the slide's example, exactly and as the slide rounds."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from demos import toy_network
from demos.own.slide import LOSS, Line
from demos.toy_network import SLIDE, steps

EXACT = {
    "i4": -0.7, "o4": 0.3318122278318339,
    "i5": 0.1, "o5": 0.52497918747894,
    "i6": -0.10453950584533817, "o6": 0.47388889882398544,
    "Err6": 0.1311690782143445,
    "Err5": -0.006542085064168994,
    "Err4": -0.008724561965433263,
    "w46 new": -0.26082884634154524, "w56 new": -0.13802506750700472,
    "w14 new": 0.19214789423111006, "w15 new": -0.30588787655775207,
    "w24 new": 0.4, "w25 new": 0.1,
    "w34 new": -0.50785210576889, "w35 new": 0.19411212344224793,
    "b6 new": 0.21805217039291008, "b5 new": 0.19411212344224793, "b4 new": -0.40785210576889,
}  # fmt: skip

PRINTED = {
    "i4": "-0.7", "o4": "0.332", "i5": "0.1", "o5": "0.525", "i6": "-0.105", "o6": "0.474",
    "Err6": "0.1311", "Err5": "-0.0065", "Err4": "-0.0087",
    "w46 new": "-0.261", "w56 new": "-0.138", "w14 new": "0.192", "w15 new": "-0.306", "w24 new": "0.4",
    "w25 new": "0.1", "w34 new": "-0.508", "w35 new": "0.194", "b6 new": "0.218", "b5 new": "0.194", "b4 new": "-0.408",
}  # fmt: skip

RESTORED = "Err6", "w46 new", "w56 new", "w14 new", "b4 new", "b5 new", "b6 new"  # which the deck's figures held

LINES = [line for phase in steps(SLIDE["half"]).values() for line in phase]


def source(name: str) -> str:
    return "slide, restored" if name in RESTORED else "slide"


def quantities(loss: str = "half", rounding: str = "exact") -> dict[str, float]:
    return toy_network.one_step(SLIDE[loss], toy_network.slide_network(), rounding)[1]


@pytest.mark.parametrize("loss", ["half", "full"])
def test_every_number_at_full_precision_with_either_loss(loss: str) -> None:
    computed = quantities(loss)
    for name, value in EXACT.items():
        assert computed[name] == pytest.approx(value, rel=1e-15, abs=1e-16), name


def test_every_digit_that_the_slide_prints() -> None:
    computed = quantities(rounding="slide")
    assert {name: f"{computed[name]:g}" for name in PRINTED} == PRINTED


def test_the_blackboard_prints_the_slides_digits_beside() -> None:
    assert {line.name: line.printed for line in LINES if line.printed} == PRINTED


def test_the_slides_err6_is_no_rounding_of_the_exact_one() -> None:
    assert f"{quantities()['Err6']:.4f}" == "0.1312"


@pytest.mark.parametrize("rounding", ["exact", "slide"])
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_each_formula_on_the_board_gives_the_engines_number(line: Line, rounding: str) -> None:
    computed = quantities(rounding=rounding)
    formula = toy_network.with_numbers(line.formula, computed, digits=17)
    value = eval(formula.replace("e^-", f"{math.e} ** -").replace("^", "**"))
    if rounding == "exact":
        assert value == pytest.approx(computed[line.name], rel=1e-14, abs=1e-16)
    else:
        assert round(value, 4 if line.name.startswith("Err") else 3) == computed[line.name]


@pytest.mark.parametrize("line", [*steps(SLIDE["full"])["update"], LOSS["full"]], ids=lambda line: line.name)
def test_with_the_full_square_the_formulas_hold_too(line: Line) -> None:
    computed = quantities(loss="full")
    value = eval(toy_network.with_numbers(line.formula, computed, digits=17).replace("^", "**"))
    assert value == pytest.approx(computed[line.name], rel=1e-14, abs=1e-16)


def run(capsys: pytest.CaptureFixture[str], out: Path, rounding: str = "exact", loss: str = "half") -> str:
    toy_network.main(out, rounding=rounding, loss=loss)
    return capsys.readouterr().out


def test_the_board_shows_formula_numbers_value_and_slide(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = re.sub(r" +", " ", run(capsys, tmp_path))
    assert (
        " i4 = x1 * w14 + x2 * w24 + x3 * w34 + b4\n = 1 * 0.2 + 0 * 0.4 + 1 * (-0.5) + (-0.4)\n = -0.7 slide: -0.7\n"
        in told
    )
    assert " Err6 = o6 * (1 - o6) * (t - o6)\n" in told
    assert " = 0.1311690782143445 slide, restored: 0.1311\n" in told
    for name, value in EXACT.items():
        assert f"\n {name} = " in told
        if name not in ("i5", "b4 new"):  # which differ in the sixteenth digit
            assert f"\n = {value!r} {source(name)}: {PRINTED[name]}\n" in told
    assert "drops the 2" in told
    assert "lr = 0.45" in told
    assert "0.13117" in told


def test_slide_rounding_shows_the_slides_numbers_only(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = re.sub(r" +", " ", run(capsys, tmp_path, rounding="slide"))
    for name, printed in PRINTED.items():
        assert f"\n = {printed} {source(name)}: {printed}\n" in told


def test_it_trains_until_the_stopping_criterion_holds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = run(capsys, tmp_path)
    epochs = re.findall(r"epoch +(\d+) +mean loss ([\d.]+) +misclassified ([\d.]+)%", told)
    assert float(epochs[-1][1]) < float(epochs[0][1]) / 2
    assert float(epochs[-1][2]) < 5 <= float(epochs[-2][2])
    accuracy = re.search(r"accuracy on 200 students it has not seen: ([\d.]+)%", told)
    assert accuracy is not None
    assert float(accuracy[1]) > 90


def test_it_names_the_pictures_that_it_wrote(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = run(capsys, tmp_path)
    paths = [Path(name) for name in re.findall(r"^wrote (.+)$", told, re.M)]
    assert paths == [tmp_path / name for name in ("network.svg", "graph.svg", "walkthrough.html")]
    network, graph = ([t.text for t in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")] for path in paths[:2])
    for word in ("4", "w14 = 0.2", "b6 = 0.1", "o4 = 0.332", "Err6 = 0.131", "x3 = 1", "E = 0.138", "t = 1"):
        assert word in network
    for word in ("w14", "data 0.3318", "grad 0.03935", "0.2217", "½(t−o)²"):
        assert word in " ".join(str(t) for t in graph)


def test_the_graph_has_one_node_a_quantity() -> None:
    program, _ = toy_network.one_step(SLIDE["half"], toy_network.slide_network(), "exact")
    names = "x1 x2 x3 t w14 w24 w34 w15 w25 w35 w46 w56 b4 b5 b6 i4 i5 i6 o4 o5 o6 E".split()
    assert sorted(node.name for node in program) == sorted(names)


@pytest.mark.parametrize("loss", ["half", "full"])
@pytest.mark.parametrize("name", [*toy_network.WEIGHTS, "i4"])
def test_it_explains_any_weight_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, loss: str
) -> None:
    toy_network.main(tmp_path / "out", loss=loss, explained=[name])
    told = capsys.readouterr().out
    assert told.startswith(f"∂E/∂{name} = ∂E/∂o6 × ∂o6/∂i6")
    (node,) = [
        node for node in toy_network.one_step(SLIDE[loss], toy_network.slide_network(), "exact")[0] if node.name == name
    ]
    assert re.split("\n *[=≈] ", told.split("   (because")[0])[-1].strip() == f"{node.grad + 0.0:.4g}".replace("-", "−")
    assert not (tmp_path / "out").exists()  # nothing is drawn


def test_an_explanation_on_the_slide_has_the_slides_digits(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    toy_network.main(tmp_path, rounding="slide", explained=["w14"])
    assert capsys.readouterr().out.split("\n")[2:4] == [
        "        = −0.526 × 0.249 × (−0.3) × 0.222 × 1",
        "        = 0.0087",
    ]


@pytest.mark.parametrize("step", [False, True])
def test_no_option_is_advised_that_is_on(capsys: pytest.CaptureFixture[str], tmp_path: Path, step: bool) -> None:
    toy_network.main(tmp_path, loss="full", step=step)
    told = capsys.readouterr().out
    assert "need lr = 0.45 (as here)" in told
    assert "--loss full" not in told
    assert "(--loss half --rounding slide works" in told
    toy_network.main(tmp_path, step=step)
    told = capsys.readouterr().out
    assert "need lr = 0.45 (run with --loss full)" in told
    assert "(--rounding slide works" in told


def test_step_by_step_the_restored_numbers_are_told_at_the_end(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    toy_network.main(tmp_path, step=True)
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "The deck's figures held the rest, restored here: Err6 0.1311, w46 new -0.261, " in told
    assert "slide: 0.1311" not in told


def test_in_unicode_there_is_one_minus_sign(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    toy_network.main(tmp_path, step=True)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("      ")]
    assert "      0.2 × 1 + 0.4 × 0 + (−0.5) × 1 + (−0.4) = −0.7   slide: −0.7" in lines
    assert [line for line in lines if "-" in line] == []


def test_two_runs_give_the_same_bytes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    runs = [run(capsys, tmp_path / name).replace(str(tmp_path / name), "") for name in ("a", "b")]
    assert runs[0] == runs[1]
    for picture in ("network.svg", "graph.svg", "walkthrough.html"):
        assert (tmp_path / "a" / picture).read_bytes() == (tmp_path / "b" / picture).read_bytes()
