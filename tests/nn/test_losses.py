"""Losses: PyTorch's numbers and derivatives, their ranges, and what they refuse."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import DomainError, Value

SINGLE = [
    nn.half_squared_error,
    nn.squared_error,
    nn.mean_squared_error,
    nn.binary_cross_entropy,
    nn.binary_cross_entropy_with_logits,
    nn.hinge,
]
scores = st.floats(-30, 30)
probabilities = st.floats(0.01, 0.99)


def check_against_pytorch(
    loss: Callable[..., Value], oracle: Callable[..., Any], output: Sequence[float], target: Any, torch_target: Any
) -> None:
    """The loss, and its derivative by every output, to 1e-12 relative."""
    import torch

    values = [Value(o) for o in output]
    ours = loss(values, target)
    ours.backward()
    tensor = torch.tensor(list(output), dtype=torch.float64, requires_grad=True)
    theirs = oracle(tensor, torch_target)
    theirs.backward()
    assert math.isclose(ours.data, float(theirs.detach()), rel_tol=1e-12)
    np.testing.assert_allclose([v.grad for v in values], tensor.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", range(20))
def test_every_loss_is_pytorchs(seed: int) -> None:
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    rng = np.random.default_rng(seed)
    K = int(rng.integers(2, 6))
    s, t = rng.normal(size=K).tolist(), rng.normal(size=K).tolist()
    p, soft = rng.uniform(size=K).tolist(), rng.uniform(size=K).tolist()
    classes, signs = rng.integers(0, 2, K).tolist(), rng.choice([-1, 1], K).tolist()
    k, distribution = int(rng.integers(K)), rng.dirichlet(np.ones(K)).tolist()
    softmax = rng.dirichlet(np.ones(K)).tolist()

    def tensor(x: Any) -> Any:
        return torch.tensor(x, dtype=torch.float64)

    squared = tensor(t)
    check_against_pytorch(nn.half_squared_error, lambda o, y: F.mse_loss(o, y, reduction="sum") / 2, s, t, squared)
    check_against_pytorch(nn.squared_error, lambda o, y: F.mse_loss(o, y, reduction="sum"), s, t, squared)
    check_against_pytorch(nn.mean_squared_error, F.mse_loss, s, t, squared)
    for y in (classes, soft):
        check_against_pytorch(
            nn.binary_cross_entropy, lambda o, y: F.binary_cross_entropy(o, y, reduction="sum"), p, y, tensor(y)
        )
        check_against_pytorch(
            nn.binary_cross_entropy_with_logits,
            lambda o, y: F.binary_cross_entropy_with_logits(o, y, reduction="sum"),
            s,
            y,
            tensor(y),
        )
    check_against_pytorch(nn.cross_entropy, F.cross_entropy, s, k, torch.tensor(k))
    check_against_pytorch(nn.cross_entropy, F.cross_entropy, s, distribution, tensor(distribution))
    check_against_pytorch(
        nn.cross_entropy_on_probabilities, lambda o, y: F.nll_loss(o.log(), y), softmax, k, torch.tensor(k)
    )
    check_against_pytorch(
        nn.cross_entropy_on_probabilities,
        lambda o, y: -(y * o.log()).sum(),
        softmax,
        distribution,
        tensor(distribution),
    )
    check_against_pytorch(nn.hinge, lambda o, y: F.relu(1 - y * o).sum(), s, signs, tensor(signs))


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_of_the_examples_losses_is_what_pytorch_calls_the_loss_of_a_batch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    rng = np.random.default_rng(seed)
    S, T, classes = rng.normal(size=(7, 3)), rng.normal(size=(7, 3)), rng.integers(0, 3, 7)
    batch = torch.tensor(S)
    for loss, oracle, targets in (
        (nn.mean_squared_error, F.mse_loss, T),
        (nn.cross_entropy, F.cross_entropy, classes),
    ):
        ours = np.mean([float(loss(list(s), t)) for s, t in zip(S, targets.tolist())])
        assert ours == pytest.approx(float(oracle(batch, torch.tensor(targets))), rel=1e-12)


@given(st.lists(st.tuples(scores, scores), min_size=1, max_size=5))
def test_squared_errors_are_at_least_0_and_0_only_where_all_is_right(pairs: list[tuple[float, float]]) -> None:
    outputs, targets = [Value(o) for o, _ in pairs], [t for _, t in pairs]
    total = math.fsum((t - o) ** 2 for o, t in pairs)
    for loss, expected in (
        (nn.squared_error, total),
        (nn.half_squared_error, total / 2),
        (nn.mean_squared_error, total / len(pairs)),
    ):
        assert loss(outputs, targets).data == pytest.approx(expected, rel=1e-12)
        assert float(loss(targets, targets)) == 0.0


@given(p=probabilities, q=probabilities)
def test_the_more_confidently_wrong_the_greater_the_loss(p: float, q: float) -> None:
    less, more = sorted((p, q))
    assert nn.binary_cross_entropy(more, 0) >= nn.binary_cross_entropy(less, 0) >= 0.0
    assert nn.cross_entropy_on_probabilities([1 - more, more], 0) >= nn.cross_entropy_on_probabilities(
        [1 - less, less], 0
    )
    assert nn.cross_entropy_on_probabilities([1 - p, p], 1) == pytest.approx(-math.log(p), rel=1e-12)


@given(s=scores, y=st.floats(0, 1))
def test_the_loss_on_a_logit_is_that_on_its_probability(s: float, y: float) -> None:
    logit, net = Value(s), Value(s)
    on_logit, on_p = nn.binary_cross_entropy_with_logits(logit, y), nn.binary_cross_entropy(autograd.sigmoid(net), y)
    on_logit.backward()
    on_p.backward()
    # 1 - p has lost digits by the time that p is nearly 1; that is what the loss on logits is for
    assert on_logit.data == pytest.approx(on_p.data, rel=1e-9, abs=math.exp(abs(s) - 35))
    assert logit.grad == pytest.approx(net.grad, rel=1e-9, abs=1e-3 if s > 20 else 1e-7)
    assert logit.grad == pytest.approx(autograd.sigmoid(s) - y, rel=1e-12, abs=1e-15)


@given(st.lists(scores, min_size=2, max_size=5), st.data())
def test_the_loss_on_logits_is_that_on_their_softmax(s: list[float], data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(s) - 1))
    values = [Value(x) for x in s]
    loss = nn.cross_entropy(values, k)
    loss.backward()
    p = [float(pk) for pk in autograd.softmax([Value(x) for x in s])]
    assert loss.data == pytest.approx(nn.cross_entropy_on_probabilities(p, k), rel=1e-9, abs=1e-13)
    assert [v.grad for v in values] == pytest.approx([pj - (j == k) for j, pj in enumerate(p)], rel=1e-9, abs=1e-13)
    one_hot = [float(j == k) for j in range(len(s))]
    assert nn.cross_entropy(s, one_hot) == nn.cross_entropy(s, k) == nn.cross_entropy(s, float(k))


@given(s=scores)
def test_hinge_is_0_beyond_the_margin_and_grows_by_1_a_unit_within(s: float) -> None:
    for y in (-1, 1):
        score = Value(s)
        loss = nn.hinge(score, y)
        loss.backward()
        assert loss.data == max(0.0, 1 - y * s)
        assert score.grad == (-y if 1 - y * s > 0 else 0.0)


@pytest.mark.parametrize("s", [-1000.0, 1000.0])
def test_losses_on_logits_never_overflow(s: float) -> None:
    for y, expected in ((0, max(s, 0.0)), (1, max(-s, 0.0))):
        for loss in (
            nn.binary_cross_entropy_with_logits(logit := Value(s), y),
            nn.cross_entropy([0.0, logit], y),
        ):
            logit.grad = 0.0
            loss.backward()
            assert loss.data == expected
            assert logit.grad == (s > 0) - y


def test_a_certain_and_right_probability_costs_nothing() -> None:
    for p, y in ((1.0, 1), (0.0, 0)):
        with autograd.detect_anomaly():
            loss = nn.binary_cross_entropy(v := Value(p), y)
            loss.backward()
        assert (loss.data, v.grad) == (0.0, 1.0 - 2.0 * y)
    with autograd.detect_anomaly():
        values = [Value(p) for p in (0.0, 1.0, 0.0)]
        loss = nn.cross_entropy_on_probabilities(values, 1)
        loss.backward()
    assert (loss.data, [v.grad for v in values]) == (0.0, [0.0, -1.0, 0.0])


def test_a_tiny_probability_keeps_its_digits() -> None:
    assert nn.binary_cross_entropy(1e-12, 0) == pytest.approx(1e-12, rel=1e-11, abs=0)


@pytest.mark.parametrize("loss", SINGLE)
def test_one_output_is_as_good_as_a_list_of_one(loss: Callable[..., Value]) -> None:
    alone, listed = loss(Value(0.3), 1), loss([Value(0.3)], np.array([1.0]))
    assert alone.data == listed.data
    assert alone.op is listed.op


@pytest.mark.parametrize("loss", [nn.mean_squared_error, nn.cross_entropy, nn.binary_cross_entropy_with_logits])
def test_a_loss_is_named_as_on_the_slides(loss: Callable[..., Value]) -> None:
    assert loss([Value(0.5), Value(2.0)], [0.0, 1.0]).name == "E"


def test_a_loss_of_one_unit_is_the_one_node_of_the_slide() -> None:
    o = Value(0.5)
    for loss, row in (
        (nn.half_squared_error(o, 1), "half_squared_error"),
        (nn.squared_error(o, 1), "squared_error"),
        (nn.binary_cross_entropy(o, 1), "binary_cross_entropy"),
        (nn.cross_entropy_on_probabilities([o, 0.5], 0), "cross_entropy"),
    ):
        assert loss.op is autograd.PRIMITIVES[row]
        assert o in loss.parents


@pytest.mark.parametrize("loss", [*SINGLE, nn.cross_entropy, nn.cross_entropy_on_probabilities])
def test_targets_may_be_values_and_have_derivatives(loss: Callable[..., Value]) -> None:
    several = loss in (nn.cross_entropy, nn.cross_entropy_on_probabilities)
    output, numbers = ([0.3, 0.7], [0.0, 1.0]) if several else ([0.3], [1.0])
    values = [Value(y) for y in numbers]
    result = loss([Value(o) for o in output], values)
    result.backward()
    assert result.data == float(loss(output, numbers))
    h = 1e-6
    # hinge and the others are checked on the side of y that their domain leaves free
    lower = loss(output, [Value(y - h) if y else y for y in numbers])
    assert values[-1].grad == pytest.approx((result.data - lower.data) / h, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: nn.binary_cross_entropy(Value(0.5), 2), ValueError, r"needs targets in \[0, 1\], got 2"),
        (lambda: nn.binary_cross_entropy(Value(0.5), math.nan), ValueError, r"needs targets in \[0, 1\], got nan"),
        (lambda: nn.binary_cross_entropy(Value(1.5, "o6"), 1), DomainError, r"0 <= p <= 1.*p = 1.5 \(node 'o6'\)"),
        (lambda: nn.binary_cross_entropy(Value(1.0), 0), DomainError, "p < 1 where y < 1 .a loss on logits has no"),
        (lambda: nn.binary_cross_entropy(Value(0.0), 1), DomainError, "p > 0 where y > 0"),
        (
            lambda: nn.binary_cross_entropy_with_logits(Value(0.5), -1),
            ValueError,
            r"with_logits needs targets in \[0, 1\], got -1",
        ),
        (lambda: nn.cross_entropy([Value(1.0), 2.0, 3.0], 3), ValueError, "3 classes must be .* from 0 to 2, got 3"),
        (lambda: nn.cross_entropy([Value(1.0), 2.0, 3.0], -1), ValueError, "3 classes must be .* from 0 to 2, got -1"),
        (lambda: nn.cross_entropy([Value(1.0), 2.0], 0.5), ValueError, "a class index .* must be a whole number"),
        (lambda: nn.cross_entropy([Value(1.0), 2.0], math.nan), ValueError, "a class index .* must be a whole number"),
        (lambda: nn.cross_entropy([Value(1.0), 2.0], [0.5, 0.6]), ValueError, r"whose sum is 1, got \[0.5, 0.6\]"),
        (lambda: nn.cross_entropy([Value(1.0), 2.0], [1.5, -0.5]), ValueError, "whose sum is 1"),
        (lambda: nn.cross_entropy([Value(1.0), 2.0], [1.0]), ValueError, r"class index or 2 probabilities.*\[1.0\]"),
        (
            lambda: nn.cross_entropy([Value(1.0), 2.0], Value(1.0)),
            ValueError,
            r"a number, got Value.*: np.eye\(2\)\[y\]",
        ),
        (lambda: nn.cross_entropy(Value(1.0), 0), ValueError, "an output for each class, got 1"),
        (
            lambda: nn.cross_entropy_on_probabilities([Value(0.0), 1.0], 0),
            DomainError,
            r"p > 0 where y > 0 \(a loss on logits",
        ),
        (lambda: nn.cross_entropy_on_probabilities([Value(1.5), 0.1], 1), DomainError, "each 0 <= p <= 1"),
        (
            lambda: nn.cross_entropy_on_probabilities([0.5, 0.5], 2),
            ValueError,
            "2 classes must be .* from 0 to 1, got 2",
        ),
        (lambda: nn.hinge(Value(0.5), 0), ValueError, r"hinge needs targets -1 or \+1, got 0"),
        *[
            (
                lambda loss=loss: loss([Value(0.5), Value(0.5)], [1]),
                ValueError,
                "one target for each output, got 2 and 1",
            )
            for loss in SINGLE
        ],
        (lambda: nn.squared_error([], []), ValueError, "one target for each output, got 0 and 0"),
    ],
)
def test_mistakes_are_named(call: Callable[[], Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        call()
