"""Modules: parameters by walking attributes, modes, and states that are checked whole before they are taken."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter


class Odd(nn.Module):
    """Parameters in every place where they are looked for."""

    def __init__(self) -> None:
        self.grid = [[Parameter(1.0), Parameter(2.0)], [Parameter(3.0)]]
        self.alone = Parameter(4.0, "alone")
        self.pair = (nn.Neuron(1), self.alone)
        self.again = self.alone
        self.others: list[Any] = [1.0, "two", None, []]


def test_parameters_are_found_in_the_order_of_the_attributes() -> None:
    model = Odd()
    names = [name for name, _ in model.named_parameters()]
    assert names == [
        *["grid.0.0", "grid.0.1", "grid.1.0", "alone"],
        *["pair.0.weights.0", "pair.0.bias", "pair.1", "again"],
    ]
    assert len(model.parameters()) == 6  # the shared one once


def test_train_and_eval_reach_every_module_and_return_the_model() -> None:
    dropout = nn.Dropout()
    model = nn.Sequential(nn.Layer(2, 2), dropout, nn.Sequential(nn.Layer(2, 1)))
    assert all(module.training for module in model.modules())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert not dropout.training
    assert model.train() is model
    assert dropout.training
    assert len(list(model.modules())) == 8  # 1 + Layer and 2 Neurons + Dropout + Sequential, Layer and Neuron


def test_a_state_has_an_entry_for_each_list_of_parameters() -> None:
    assert {name: x for name, x in Odd().state_dict().items() if not name.startswith("pair.0")} == {
        "grid": [[1.0, 2.0], [3.0]],
        "alone": 4.0,
        "pair.1": 4.0,
        "again": 4.0,
    }
    state = nn.MLP(3, [2, 1], rng=4).state_dict()
    assert list(state)[:3] == ["layers.0.neurons.0.weights", "layers.0.neurons.0.bias", "layers.0.neurons.1.weights"]
    assert len(state["layers.0.neurons.0.weights"]) == 3


def test_a_state_goes_into_a_model_built_alike() -> None:
    model, other = nn.MLP(3, [4, 2], "prelu", rng=1), nn.MLP(3, [4, 2], "prelu", rng=2)
    state = model.state_dict()
    other.load_state_dict(state)
    assert [o.data for o in model([1.0, 2.0, 3.0])] == [o.data for o in other([1.0, 2.0, 3.0])]
    model.parameters()[0].data = 100.0
    assert state == other.state_dict()  # neither holds on to the model that it came from
    weights = nn.Layer(2, 1)
    weights.load_state_dict({"neurons.0.weights": (np.float64(1.5), 2), "neurons.0.bias": 0})
    assert weights([1.0, 1.0])[0].data == 3.5


def test_every_mistake_in_a_state_is_named_and_the_model_stays_as_it_was() -> None:
    model = nn.MLP(2, [2, 1])
    before = model.state_dict()
    state: dict[str, Any] = model.state_dict()
    del state["layers.0.neurons.0.bias"]
    state["layers.7.neurons.0.bias"] = 0.0
    state["layers.0.neurons.0.weights"] = [1.0, 2.0, 3.0]
    state["layers.0.neurons.1.weights"] = [1.0, math.nan]
    state["layers.0.neurons.1.bias"] = "0"
    state["layers.1.neurons.0.weights"] = 1.0
    state["layers.1.neurons.0.bias"] = [0.5]
    with pytest.raises(ValueError, match="the state does not fit the model") as caught:
        model.load_state_dict(state)
    assert str(caught.value).splitlines()[1:] == [
        "  layers.0.neurons.0.bias is missing",
        "  layers.7.neurons.0.bias is surplus: the model has no such parameter",
        "  layers.0.neurons.0.weights must be a list of 2, got one of 3",
        "  layers.0.neurons.1.weights[1] must be a finite number, got nan",
        "  layers.0.neurons.1.bias must be a finite number, got '0'",
        "  layers.1.neurons.0.weights must be a list of 2, got 1.0",
        "  layers.1.neurons.0.bias must be a finite number, got [0.5]",
    ]
    assert model.state_dict() == before
    for hidden in ({"w": Parameter(1.0)}, {Parameter(1.0)}, np.array([Parameter(1.0)]), {"a": nn.Neuron(2)}):
        module = nn.Module()
        module.hidden = hidden  # type: ignore[attr-defined]
        with pytest.raises(TypeError, match=r"hidden is a \w+, in which parameters are not found: make it a list"):
            module.parameters()
    with pytest.raises(ValueError, match="bias must be a finite number, got 1000"):
        model.load_state_dict(model.state_dict() | {"layers.1.neurons.0.bias": 10**400})
    with pytest.raises(ValueError, match="must be a finite number, got True"):
        model.load_state_dict({**before, "layers.0.neurons.0.bias": True})
    with pytest.raises(TypeError, match="state must be a dict"):
        model.load_state_dict([])  # type: ignore[arg-type]
    assert model.state_dict() == before


BUILD = """
import sys, autograd, nn
layers = [nn.Maxout(8, 3, rng={seed}), nn.Layer(3, 2, "softmax", rng={seed})]
model = nn.Sequential(nn.Conv2d(1, 2, 2, rng={seed}), "relu", nn.Flatten(), *layers)
image = [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6], [0.7, 0.8, 0.9]]
"""


def test_a_model_saved_in_one_process_gives_the_same_outputs_in_another(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    save = "autograd.save(model.state_dict(), sys.argv[1])\n"
    load = "model.load_state_dict(autograd.load(sys.argv[1]))\n"
    show = "print([repr(o.data) for o in model(image)])"

    def run(program: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
        )
        return ran.stdout

    saved = run(BUILD.format(seed=1) + save + show)
    assert run(BUILD.format(seed=2) + show) != saved
    assert run(BUILD.format(seed=2) + load + show) == saved


def test_a_file_cut_short_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    model = nn.MLP(2, [3, 1], rng=1)
    autograd.save(nn.MLP(2, [3, 1], rng=2).state_dict(), path)
    path.write_bytes(path.read_bytes()[:-20])
    before = model.state_dict()
    with pytest.raises(ValueError, match=r"model\.json is not a chalkgrad state, or it is cut short"):
        model.load_state_dict(autograd.load(path))
    assert model.state_dict() == before
