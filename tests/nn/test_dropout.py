"""Dropout: WORKED_EXAMPLES 2.18; HKU, "Solution 2: Dropout"."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Noise, Value

SHARES = st.floats(0.05, 0.95)


def data(values: list[Value]) -> list[float]:
    return [v.data for v in values]


@given(p=SHARES, seed=st.integers(0, 1000))
def test_units_are_dropped_or_scaled_up(p: float, seed: int) -> None:
    units = [Value(float(k)) for k in range(1, 30)]
    for unit, kept in zip(units, nn.Dropout(p, rng=seed)(units)):
        assert kept.data == 0.0 or math.isclose(kept.data, unit.data / (1 - p), rel_tol=1e-15)


def test_half_the_units_are_dropped_while_training_and_none_when_predicting() -> None:
    dropout = nn.Dropout(rng=1)
    units = [Value(1.0)] * 10_000
    dropped = data(dropout(units)).count(0.0)
    assert abs(dropped - 5000) < 4 * 50  # four deviations of the binomial distribution
    dropout.eval()
    assert dropout(units) is units
    dropout.train()
    assert 0.0 in data(dropout(units))


@given(p=st.sampled_from([0.1, 0.5, 0.8]))
def test_the_expectation_is_kept(p: float) -> None:
    outputs = data(nn.Dropout(p, rng=3)([Value(2.0)] * 20_000))
    deviation = 2 * math.sqrt(p / (1 - p) / 20_000)
    assert abs(np.mean(outputs) - 2.0) < 4 * deviation


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("p", [0.0, 0.25, 0.5, 0.9])
def test_values_and_moments_are_pytorchs(p: float) -> None:
    import torch

    torch.manual_seed(0)
    theirs = torch.nn.Dropout(p)(torch.ones(20_000, dtype=torch.float64)).numpy()
    ours = np.array([float(x) for x in nn.Dropout(p)([Value(1.0)] * 20_000)])
    np.testing.assert_allclose(np.unique(ours), np.unique(theirs), rtol=1e-15)
    np.testing.assert_allclose([ours.mean(), ours.std()], [theirs.mean(), theirs.std()], atol=0.1)


def test_a_dropped_unit_passes_no_gradient_back() -> None:
    units = [Value(1.0) for _ in range(50)]
    kept = nn.Dropout(0.5, rng=2)(units)
    autograd.sum(kept).backward()
    assert [unit.grad for unit in units] == data(kept)
    assert {unit.grad for unit in units} == {0.0, 2.0}


def test_each_example_has_a_draw_of_its_own_and_the_seed_decides() -> None:
    units = [Value(1.0)] * 40
    dropout = nn.Dropout(rng=5)
    first, second = data(dropout(units)), data(dropout(units))
    assert first != second
    again = nn.Dropout(rng=np.random.default_rng(5))
    assert [data(again(units)), data(again(units))] == [first, second]


def test_the_factors_are_noise_that_a_batch_can_be_drawn_from() -> None:
    (unit,) = nn.Dropout(0.25, rng=1)([Value(3.0)])
    (factor,) = [leaf for leaf in autograd.leaves(unit) if isinstance(leaf, Noise)]
    batch = factor.source.draw((7, 1))
    assert batch.shape == (7, 1)
    assert set(batch.flat) <= {0.0, 1 / 0.75}


def test_it_takes_images_and_numbers() -> None:
    image = [[[1.0, 2.0], [3.0, 4.0]]]
    (channel,) = nn.Dropout(rng=0)(image)
    assert [len(row) for row in channel] == [2, 2]
    assert all(x.data in (0.0, 2 * y) for row, line in zip(channel, image[0]) for x, y in zip(row, line))
    assert len(nn.Dropout(rng=0)(np.ones(3))) == 3


def test_p_is_checked() -> None:
    for p in (-0.1, 1.0, math.nan):
        with pytest.raises(ValueError, match="p must be at least 0 and below 1, got"):
            nn.Dropout(p)


def test_in_a_model_it_minds_the_models_mode() -> None:
    model = nn.Sequential(nn.Layer(2, 20, "tanh", rng=1), nn.Dropout(0.5, rng=2), nn.Layer(20, 1, rng=3, first=3))
    x = [0.4, -1.0]
    assert len({model(x).data for _ in range(5)}) == 5
    model.eval()
    assert len({model(x).data for _ in range(5)}) == 1
    assert not any(isinstance(leaf, Noise) for leaf in autograd.leaves(model(x)))
