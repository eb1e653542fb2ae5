"""Places written as slices: what is written reads those places."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograd.compiling.slices import contiguous, strided, transpose, transposed_shape

FEW = st.integers(0, 5)


def test_evenly_spaced_places() -> None:
    starts = counts = range(3)
    steps = rests = range(5)
    for start, n, k, down, across, rest in itertools.product(starts, counts, counts, steps, steps, rests):
        table = start + down * np.arange(n + 1)[:, None] + across * np.arange(k + 1)
        theta = np.arange(table.max() + 1 + rest)
        for places in (table, table[:, 0]):
            written = strided("theta", places, len(theta))
            if written is not None:
                view = eval(written, {"theta": theta})
                np.testing.assert_array_equal(view, places)
                assert np.may_share_memory(view, theta)
            assert written is not None or min(down, across) == 0 or places is table


@given(st.permutations(range(6)), st.integers(1, 3))
def test_a_matrix_read_column_by_column(order: list[int], m: int) -> None:
    places = np.array(order)
    if shape := transposed_shape(places, 6):
        x = np.arange(m * 6).reshape(m, 6)
        np.testing.assert_array_equal(eval(transpose("x", *shape), {"x": x, "m": m}), x[:, places])
    assert transposed_shape(np.array([0, 2, 4, 1, 3, 5]), 6) == (3, 2)


@given(st.lists(FEW, min_size=1, max_size=4))
def test_places_one_after_another(order: list[int]) -> None:
    run = contiguous(np.array(order))
    assert (run is not None) == (order == list(range(order[0], order[0] + len(order))))
    if run is not None:
        assert eval(f"x[{run}]", {"x": list(range(10))}) == order
