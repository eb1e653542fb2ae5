"""A slide's network filled up with symbols, and its gradients as products: what the formulas say is what it says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autograd import Value, dot, explain, frames, sigmoid, squared_error

# ---- IIMA, "Exercise: Fill up the network with symbols", "Exercise: Identify gradients" --------------------------


def iima(inputs: int, hidden: int, outputs: int) -> tuple[list[Value], dict[str, Value]]:
    """The deck's network without biases: its errors, one an output, and all its values by name."""
    named: dict[str, Value] = {}

    def name(value: Any, called: str) -> Value:
        value.name = called
        named[called] = value
        return value  # type: ignore[no-any-return]

    def layer(feeding: list[Value], size: int, layers: str, called: str) -> list[Value]:
        out = []
        for k in range(1, size + 1):
            weights = [name(Value(0.1 * j - 0.15 * k), f"w{j}{k}({layers})") for j in range(1, len(feeding) + 1)]
            net = name(dot(weights, feeding), f"net{k}({layers})")
            out.append(name(sigmoid(net), called.format(k)))
        return out

    x = [name(Value(0.5 * i), f"x{i}") for i in range(1, inputs + 1)]
    y = layer(x, hidden, "0,1", "y{}(1,2)")
    o = layer(y, outputs, "1,2", "o{}")
    errors = [
        name(squared_error(ok, name(Value(1.0), f"d{k}")), "E" if outputs == 1 else f"E{k}")
        for k, ok in enumerate(o, start=1)
    ]
    return errors, named


@pytest.mark.parametrize("shape", [(3, 2, 2), (2, 2, 1)])
def test_the_network_is_filled_up_with_symbols(shape: tuple[int, int, int]) -> None:
    inputs, hidden, _ = shape
    errors, named = iima(*shape)
    told = {frame.symbols.text() for E in errors for frame in frames(E) if frame.phase == "forward" and frame.symbols}
    expected = set()
    for j in range(1, hidden + 1):
        net = " + ".join(f"w{i}{j}(0,1) × x{i}" for i in range(1, inputs + 1))
        expected |= {
            f"net{j}(0,1) = {net}",
            f"y{j}(1,2) = σ(net{j}(0,1)) = 1 / (1 + e^(−net{j}(0,1)))",
        }
    for k, E in enumerate(errors, start=1):
        net = " + ".join(f"w{j}{k}(1,2) × y{j}(1,2)" for j in range(1, hidden + 1))
        expected |= {
            f"net{k}(1,2) = {net}",
            f"o{k} = σ(net{k}(1,2)) = 1 / (1 + e^(−net{k}(1,2)))",
            f"{E.name} = (d{k} − o{k})^2",
        }
    assert told == expected
    assert set(named) == {f.split(" = ")[0] for f in expected} | {
        name for name in named if re.fullmatch(r"[wxd]\d.*", name)
    }


def test_the_gradients_of_the_2_2_1_net_are_chains_of_factors() -> None:
    (E,), named = iima(2, 2, 1)
    E.backward()
    above = "∂E/∂o1 × ∂o1/∂net1(1,2)"
    error = "−2·(d1 − o1) × o1·(1 − o1)"
    for j in (1, 2):
        explanation = explain(E, f"w{j}1(1,2)", numbers=False)
        assert [side.text() for side in explanation.equations[0].sides] == [
            f"{above} × ∂net1(1,2)/∂w{j}1(1,2)",
            f"{error} × y{j}(1,2)",
        ]
    for i in (1, 2):
        for j in (1, 2):
            name = f"w{i}{j}(0,1)"
            (one,) = explain(E, name, numbers=False).equations
            assert one.left.text() == f"∂E/∂{name}"
            assert [side.text() for side in one.sides] == [
                f"{above} × ∂net1(1,2)/∂y{j}(1,2) × ∂y{j}(1,2)/∂net{j}(0,1) × ∂net{j}(0,1)/∂{name}",
                f"{error} × w{j}1(1,2) × y{j}(1,2)·(1 − y{j}(1,2)) × x{i}",
            ]
            assert f"w_{{{i}{j}}}^{{(0,1)}}" in explain(E, name).latex()
            figures = explain(E, name, digits=17).equations[0].sides[-2]
            assert figures.evaluate({}) == pytest.approx(named[name].grad, rel=1e-14)
    weights = ["w11(1,2)", "w21(1,2)", "w11(0,1)", "w12(0,1)", "w21(0,1)", "w22(0,1)"]
    together = explain(E, weights)
    assert together.values == tuple(named[name].grad for name in weights)
    deltas = [one.left.text() for one in together.equations if one.left.mark == "δ"]
    assert deltas == ["δ_net1(1,2)", "δ_net1(0,1)", "δ_net2(0,1)"]
    assert "<msubsup><mi>w</mi><mn>12</mn><mn>(0,1)</mn></msubsup>" in together.mathml()
