"""Randomness: one default generator, from which successive draws differ, and from which a script draws the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Value

MAKERS: list[Callable[..., nn.Module]] = [
    lambda **rng: nn.Neuron(4, **rng),
    lambda **rng: nn.Layer(4, 3, **rng),
    lambda **rng: nn.Maxout(4, 3, **rng),
    lambda **rng: nn.Conv2d(1, 2, 2, **rng),
    lambda **rng: nn.MLP(4, [3, 1], **rng),
]


def weights(module: nn.Module) -> list[float]:
    return [parameter.data for parameter in module.parameters()]


def mask(dropout: nn.Dropout) -> list[float]:
    return [v.data for v in dropout([Value(1.0)] * 64)]


@pytest.mark.parametrize("make", MAKERS)
def test_successive_modules_differ_and_a_seed_brings_them_back(make: Callable[..., nn.Module]) -> None:
    nn.seed(3)
    first, second = make(), make()
    assert weights(first) != weights(second)
    nn.seed(3)
    assert [weights(make()), weights(make())] == [weights(first), weights(second)]
    nn.seed(4)
    assert weights(make()) != weights(first)


@pytest.mark.parametrize("make", MAKERS)
def test_a_generator_or_a_seed_of_ones_own_leaves_the_default_one_alone(make: Callable[..., nn.Module]) -> None:
    nn.seed(0)
    untouched = weights(make())
    nn.seed(0)
    assert weights(make(rng=7)) == weights(make(rng=np.random.default_rng(7)))
    assert weights(make()) == untouched


def test_each_dropout_has_a_generator_of_its_own() -> None:
    nn.seed(0)
    first, second, neuron = nn.Dropout(), nn.Dropout(), nn.Neuron(3)
    masks = [mask(first), mask(second)]
    assert masks[0] != masks[1]
    nn.seed(0)
    assert weights(nn.Neuron(3)) == weights(neuron)  # no dropout has a part in it
    first, second = nn.Dropout(), nn.Dropout()
    assert [mask(second), mask(first)] == masks[::-1]  # nor in what the other draws
    nn.seed(1)
    assert mask(nn.Dropout()) != masks[0]


def test_compiled_and_eager_training_stay_in_step_with_default_generators() -> None:
    X = np.linspace(-1, 1, 14).reshape(7, 2)
    trained = []
    for compiled in (True, False):
        nn.seed(0)
        model = nn.Sequential(
            nn.Layer(2, 8, "tanh"), nn.Dropout(), nn.Layer(8, 8, "tanh"), nn.Dropout(), nn.Layer(8, 1)
        )
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        options: dict[str, Any] = {"batch_size": 3, "epochs": 5, "compiled": compiled}
        nn.fit(model, X, X[:, 0], loss=nn.squared_error, optimizer=optimizer, **options)
        trained.append(weights(model))
    np.testing.assert_allclose(trained[0], trained[1], rtol=1e-12)


def test_dropouts_of_a_batch_are_drawn_at_once() -> None:
    class Counted(nn.Dropout):
        def draw(self, shape: tuple[int, ...]) -> Any:
            shapes.append(shape)
            return super().draw(shape)

    shapes: list[tuple[int, ...]] = []
    model = nn.Sequential(Counted(), nn.Layer(2, 3), Counted())
    autograd.compile(model)(np.ones((50, 2)))
    assert shapes == [(50, 2), (50, 3)]


def test_a_script_draws_the_same_each_time_and_as_after_seed_0() -> None:
    program = "import nn; print([p.data for _ in range(2) for p in nn.Neuron(3).parameters()])"
    runs = {
        subprocess.run([sys.executable, "-c", each], capture_output=True, text=True, check=True, cwd=Path.cwd()).stdout
        for each in (program, program, program.replace("import nn", "import nn; nn.Layer(5, 5); nn.seed(0)"))
    }
    assert len(runs) == 1


@pytest.mark.parametrize("k", [-1, 1.5, "1", None, True])
def test_a_seed_is_a_whole_number(k: Any) -> None:
    with pytest.raises(ValueError, match="k must be a whole number from 0 up, got"):
        nn.seed(k)
