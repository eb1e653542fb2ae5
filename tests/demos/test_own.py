"""The toy network with a lecturer's own numbers, and other networks in its place."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path
from typing import Any

import pytest

from autograd import explain
from demos import own, toy_network
from demos.toy_network import SLIDE, steps

OWN: dict[str, Any] = {"given": [("w14", 0.15), ("w24", -0.25)], "x": (0.5, 1.0, 0.2), "t": (0.0,), "lr": 0.5}


def told(capsys: pytest.CaptureFixture[str], out: Path, **options: Any) -> str:
    toy_network.main(out, **options)
    return capsys.readouterr().out


def parsed(*arguments: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    toy_network.add_options(parser)
    return vars(parser.parse_args(arguments))


def chosen(*arguments: str) -> own.Network:
    options = parsed(*arguments)
    return own.chosen(
        SLIDE, seed=0, **{name: options[name] for name in options.keys() - {"rounding", "step", "explained"}}
    )


@pytest.mark.parametrize("loss", ["half", "full"])
def test_on_the_slides_network_the_slides_formulas_hold_for_any_numbers(loss: str) -> None:
    network = own.chosen(SLIDE, loss, 0, **OWN)
    quantities = toy_network.one_step(network, network.model(), "exact")[1]
    lines = [line for phase in steps(network).values() for line in phase]
    assert len(lines) == 21
    for line in lines:
        assert line.printed == ""
        formula = toy_network.with_numbers(line.formula, quantities, digits=17)
        value = eval(formula.replace("e^-", f"{math.e} ** -").replace("^", "**"))
        assert value == pytest.approx(quantities[line.name], rel=1e-14, abs=1e-16), line.name
    assert quantities["w14"] == 0.15
    assert quantities["w14 new"] - 0.15 == pytest.approx(-0.5 * explain(network.error(network.model()), "w14").value)


@pytest.mark.parametrize("options", [{}, {"step": True}, {"rounding": "slide"}, {"step": True, "rounding": "slide"}])
def test_of_own_numbers_nothing_is_said_of_the_slide(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: dict[str, Any]
) -> None:
    text = told(capsys, tmp_path, **OWN, **options).replace(str(tmp_path), "")
    assert "slide" not in text
    assert "Mind" not in text
    assert "x = (0.5, 1.0, 0.2), t = 0.0, lr = 0.5\n" in text
    assert "w14 = 0.15, w24 = -0.25, w34 = -0.5, " in text
    assert "epoch" in text
    assert "wrote" in text
    assert "w14 = 0.15" in (tmp_path / "network.svg").read_text("utf-8")
    page = (tmp_path / "walkthrough.html").read_text("utf-8")
    assert "<title>A 3-2-1 network: sigmoid units, sigmoid output, loss half</title>" in page


def test_the_slides_own_numbers_are_the_slides_however_they_are_given(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    same = told(capsys, tmp_path, given=[("w14", 0.2)], x=(1.0, 0.0, 1.0), t=(1.0,), lr=0.9, hidden=(2,))
    assert same == told(capsys, tmp_path)
    assert "slide: 0.332" in same


@pytest.mark.parametrize(
    "arguments",
    [
        ["--hidden", "3", "--activation", "tanh", "--loss", "bce"],
        ["--hidden", "3,2", "--activation", "relu", "--loss", "mse", "--output", "linear", "--t", "0.7", "--lr", "0.1"],
        ["--loss", "ce", "--t", "0,1,0", "--x", "-1,2", "--set", "w37=0.5"],
        ["--activation", "softplus"],
        ["--loss", "full", "--t", "1,0"],
    ],
    ids=" ".join,
)
def test_another_network_is_told_drawn_and_trained(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    options, network = parsed(*arguments), chosen(*arguments)
    text = told(capsys, tmp_path, **options).replace(str(tmp_path), "")
    assert "slide" not in text
    assert text.startswith(f"The toy network: forward pass, backward pass and update, by hand.\n\n{network.title}\n")
    for name in network.weights:
        assert f"\n  {name} is updated:\n" in text
    assert f" = {network.error(network.model()).data:.4g}\n\nStep 2, backward pass\n" in text
    assert text == told(capsys, tmp_path, **{**options, "step": True}).replace(str(tmp_path), "")  # without a terminal
    losses = [float(x) for x in re.findall(r"step +\d+   E ([\d.e-]+)|mean loss ([\d.]+)", text) for x in x if x]
    assert losses[-1] < losses[0]
    name = next(iter(network.weights))
    assert f"∂E/∂{name} = " in told(capsys, tmp_path, **{**options, "explained": [name]})
    if options["loss"] != "full":
        assert "Step 3, update" in told(capsys, tmp_path, **{**options, "rounding": "slide"})


def test_options_are_read_as_they_are_written() -> None:
    network = chosen("--x", "-1,.5,1e-3", "--set", "w14=-1, b4=2", "--set", "w24=0.5", "--t=-1")
    assert network.x == (-1.0, 0.5, 0.001)
    assert network.t == (-1.0,)
    assert [network.weights[name] for name in ("w14", "b4", "w24", "w34")] == [-1.0, 2.0, 0.5, -0.5]
    large = chosen("--x", "1,2,3,4,5,6,7,8", "--hidden", "3", "--set", "w1,11=3,b11=-0.5")
    assert (large.weights["w1,11"], large.weights["b11"]) == (3.0, -0.5)
    assert parsed("--explain", "w14, w46,w1,11")["explained"] == ["w14", "w46", "w1,11"]


def test_weights_of_another_shape_are_drawn_from_the_seed_with_a_decimal() -> None:
    one, again, other = (own.chosen(SLIDE, "half", seed, hidden=(3,)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert all(x == round(x, 1) for x in one.weights.values())
    assert own.chosen(SLIDE, "bce", 1, activation="tanh").weights == SLIDE["half"].weights  # the shape is the slide's


def test_what_cannot_be_worked_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="with these numbers it cannot be worked: binary_cross_entropy"):
        toy_network.main(tmp_path, loss="bce", t=(0.0,), given=[("b6", 12.0)], rounding="slide")
