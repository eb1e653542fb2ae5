"""The backward pass: PyTorch's numbers, at any depth, any number of times."""

from __future__ import annotations

import contextlib
import gc
import math
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Parameter, Value


def test_a_leaf_used_twice_gets_both_shares() -> None:
    a = Value(3.0)
    y = a * a + a
    y.backward()
    assert a.grad == 7.0


def test_gradients_of_leaves_add_up_over_calls_and_interior_ones_do_not() -> None:
    a, b = Value(2.0), Value(3.0)
    product = a * b
    y = product * product  # y = (ab)^2, dy/da = 2ab^2 = 36
    y.backward()
    assert (a.grad, b.grad, product.grad, y.grad) == (36.0, 24.0, 12.0, 1.0)
    y.backward()
    assert (a.grad, b.grad, product.grad, y.grad) == (72.0, 48.0, 12.0, 1.0)
    a.grad = 0.0
    y.backward()
    assert (a.grad, b.grad) == (36.0, 72.0)


def test_two_losses_may_share_nodes() -> None:
    a = Value(3.0)
    shared = a * a
    first, second = shared * 2, shared * 4.5
    first.backward()
    second.backward()
    assert a.grad == 39.0  # 12 + 27
    assert shared.grad == 4.5


def test_backward_on_a_leaf_adds_one() -> None:
    a = Value(3.0)
    a.backward()
    a.backward()
    assert a.grad == 2.0


def test_local_derivatives_are_those_of_the_forward_pass() -> None:
    a, b = Value(2.0), Value(5.0)
    y = a * b
    a.data = b.data = 100.0
    y.backward()
    assert (a.grad, b.grad) == (5.0, 2.0)


@pytest.mark.parametrize("data", [2, True + 1, np.float64(2), np.int64(2)])
def test_a_leafs_data_is_a_float_again_after_a_pass(data: Any) -> None:
    a = Value(1.0, "a")
    a.data = data
    (a * a).backward()
    assert (type(a.data), a.data, a.grad) == (float, 2.0, 4.0)


@pytest.mark.parametrize("data", ["0.3", np.float32(0.3), None, 1j, [0.3], np.array(0.3), Value(0.2, "b") - 0.1])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_leaf_whose_data_is_no_float_is_refused_by_name(data: Any, before: bool) -> None:
    a, w = Parameter(0.5, "a"), Parameter(2.0, "w14")
    E = (a + 1.0) * w
    if before:  # the forward pass, where Python can do it
        w.data = data
        with contextlib.suppress(TypeError):
            E = autograd.tanh(a * 3.0) * w
    w.data = data
    with pytest.raises(TypeError, match=r"the data of w14 must be a float, got .*: set it to float\(\.\.\.\)"):
        E.backward()
    assert a.grad == 0.0


def test_a_leaf_without_a_name_is_refused_too() -> None:
    a = Value(1.0)
    E = a * 2.0
    a.data = "1"  # type: ignore[assignment]
    with pytest.raises(TypeError, match="the data of a Value must be a float, got str '1'"):
        E.backward()


def test_sixty_doublings_are_linear_work() -> None:
    a = y = Value(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert y.data == a.grad == 2.0**60


def test_a_million_nodes_deep() -> None:
    w = Value(1.0)
    y = w
    for _ in range(500_000):
        y = y * 1.0 + 0.0
    y.backward()
    assert w.grad == 1.0
    before = len(gc.get_objects())
    del y  # freeing must not recurse either
    gc.collect()
    assert len(gc.get_objects()) < before - 1_000_000


def test_a_deep_chain_of_functions_is_freed_without_recursion() -> None:
    y = Value(0.5)
    for _ in range(1_000_000):
        y = autograd.sin(y)
    y.backward()
    assert math.isfinite(y.data)


def test_a_sum_over_a_hundred_thousand_losses() -> None:
    w = Parameter(0.5)
    losses = [w * float(k) for k in range(100_000)]
    total = autograd.sum(losses)
    assert total.parents == tuple(losses)
    total.backward()
    assert w.grad == sum(range(100_000))
    w.grad = 0.0
    sum(losses[:5_000], start=Value(0.0)).backward()  # Python's own sum makes a chain
    assert w.grad == sum(range(5_000))


def test_a_neuron_is_one_node_whose_edges_carry_x_for_w_and_w_for_x() -> None:
    w, x, b = [Parameter(0.2), Parameter(-0.5)], [Value(3.0), Value(4.0)], Parameter(0.1)
    net = autograd.affine(w, x, b)
    assert net.parents == (*w, *x, b)
    assert net.local_derivatives == (3.0, 4.0, 0.2, -0.5, 1.0)
    assert net.data == pytest.approx(-1.3)


def test_softmax_is_built_from_rows_of_the_table() -> None:
    x = [Value(1.0), Value(2.0), Value(3.0)]
    p = autograd.softmax(x)
    assert autograd.sum(p).data == pytest.approx(1.0, abs=1e-15)
    for i in range(3):
        for value in x:
            value.grad = 0.0
        p[i].backward()
        jacobian_row = [p[i].data * ((i == j) - p[j].data) for j in range(3)]
        assert [value.grad for value in x] == pytest.approx(jacobian_row, abs=1e-15)
    assert [q.data for q in autograd.softmax([1000.0, Value(0.0)])] == [1.0, 0.0]
