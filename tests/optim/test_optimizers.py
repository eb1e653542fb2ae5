"""The optimizers: PyTorch's numbers, eagerly and on flat arrays."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optim
from autograd import Parameter, Value, pack
from optim import SGD, Adagrad, Adam, AdamW, Lion, Optimizer, RMSprop

FLAGS = (False, True)
GRID: dict[type[Any], dict[str, tuple[Any, ...]]] = {
    SGD: {
        "lr": (0.1,),
        "momentum": (0.0, 0.9),
        "dampening": (0.0, 0.3),
        "weight_decay": (0.0, 0.1),
        "nesterov": FLAGS,
        "maximize": FLAGS,
    },
    Adagrad: {
        "lr_decay": (0.0, 0.1),
        "weight_decay": (0.0, 0.1),
        "initial_accumulator_value": (0.0, 0.5),
        "eps": (1e-10, 1e-2),
        "maximize": FLAGS,
    },
    RMSprop: {
        "alpha": (0.99, 0.7),
        "weight_decay": (0.0, 0.1),
        "momentum": (0.0, 0.9),
        "centered": FLAGS,
        "maximize": FLAGS,
    },
    Adam: {"betas": ((0.9, 0.999), (0.0, 0.5)), "weight_decay": (0.0, 0.1), "amsgrad": FLAGS, "maximize": FLAGS},
    AdamW: {"betas": ((0.9, 0.999), (0.0, 0.5)), "weight_decay": (0.0, 0.1), "amsgrad": FLAGS, "maximize": FLAGS},
    Lion: {"betas": ((0.9, 0.99), (0.0, 0.5)), "weight_decay": (0.0, 0.1), "maximize": FLAGS},
}
DECKS: list[tuple[type[Any], dict[str, Any]]] = [
    (SGD, {"lr": 0.1, "momentum": 0.9, "form": "sutskever"}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "form": "sutskever", "nesterov": True, "weight_decay": 0.1, "maximize": True}),
    (Adagrad, {"eps_inside": True}),
    (RMSprop, {"eps_inside": True, "centered": True}),
    (Adam, {"bias_correction": False}),
]
numbers = st.floats(-1e3, 1e3)


def grid() -> Iterator[tuple[type[Any], dict[str, Any]]]:
    """Each optimizer with each choice of options that PyTorch has too, or would have."""
    for kind, options in GRID.items():
        for values in itertools.product(*options.values()):
            chosen = dict(zip(options, values))
            if not chosen.get("nesterov") or (chosen["momentum"] and not chosen["dampening"]):
                yield kind, chosen


def told(optimizer: Any) -> str:
    return optimizer.__name__ if isinstance(optimizer, type) else " ".join(f"{k}={x}" for k, x in optimizer.items())


def parameters(count: int = 3) -> list[Parameter]:
    return [Parameter(0.5 + k, f"w{k}") for k in range(count)]


def take(optimizer: Optimizer, gradient: list[float]) -> list[float]:
    """A step with this gradient; where it leads."""
    for parameter, g in zip(optimizer.parameters, gradient):
        parameter.grad = g
    optimizer.step()
    return [parameter.data for parameter in optimizer.parameters]


# ---- The numbers -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize(("kind", "options"), [each for each in grid() if each[0] is not Lion], ids=told)
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 1e3))
def test_fifty_random_steps_lead_where_pytorchs_do(
    kind: type[Any], options: dict[str, Any], seed: int, scale: float
) -> None:
    import torch

    rng = np.random.default_rng(seed)
    start = rng.normal(size=3)
    theta = start.copy()
    optimizer = kind(parameters(), **options)
    tensor = torch.tensor(start, requires_grad=True)
    oracle = getattr(torch.optim, kind.__name__)([tensor], **options)
    for gradient in scale * rng.normal(size=(50, 3)):
        lr = 0.1 * rng.uniform()
        optimizer.lr = oracle.param_groups[0]["lr"] = lr
        tensor.grad = torch.tensor(gradient)
        oracle.step()
        optimizer.update(theta, gradient)
        expected = tensor.detach().numpy()
        np.testing.assert_allclose(theta, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("options", [options for kind, options in grid() if kind is Lion], ids=told)
def test_lion_is_the_papers_algorithm(options: dict[str, Any]) -> None:
    """Chen et al. 2023, Algorithm 2; PyTorch has none."""
    rng = np.random.default_rng(5)
    optimizer = Lion(parameters(), **options)
    w = rng.normal(size=3)
    theta, m, (beta1, beta2) = w.copy(), np.zeros(3), options["betas"]
    for k in range(50):
        optimizer.lr = eta = 0.1 * rng.uniform()
        g = rng.normal(size=3) * [0.0, 1.0, 1e-3 * (k % 3)]  # some of it 0, whose sign is 0
        optimizer.update(w, g)
        uphill = -g if options["maximize"] else g
        update = np.sign(beta1 * m + (1 - beta1) * uphill)
        m = beta2 * m + (1 - beta2) * uphill
        theta = theta - eta * (update + options["weight_decay"] * theta)
        np.testing.assert_allclose(w, theta, rtol=1e-12)


@pytest.mark.parametrize(("kind", "options"), [*grid(), *DECKS], ids=told)
def test_values_and_flat_arrays_take_the_same_steps(kind: type[Any], options: dict[str, Any]) -> None:
    rng = np.random.default_rng(7)
    eager, flat = kind(parameters(), **options), kind(parameters(), **options)
    theta = pack(flat.parameters)
    for gradient in rng.normal(size=(4, 3)):
        data = take(eager, gradient.tolist())
        flat.update(theta, gradient)
        assert theta.tolist() == data
        assert all(type(x) is float for x in data)
    assert pack(flat.parameters).tolist() == [0.5, 1.5, 2.5]
    assert eager.state_dict() == flat.state_dict()


@given(theta=numbers, gradient=numbers, lr=st.floats(1e-6, 10))
def test_a_step_is_lr_times_the_gradient_downhill(theta: float, gradient: float, lr: float) -> None:
    p = Parameter(theta)
    assert take(SGD([p], lr=lr), [gradient]) == [theta - lr * gradient]


def test_a_parameter_named_twice_takes_one_step() -> None:
    p = Parameter(1.0)
    assert take(SGD([p, p], lr=0.1), [1.0]) == [0.9]


@pytest.mark.parametrize("options", [{}, {"set_to_none": True}])
def test_zero_grad(options: dict[str, bool]) -> None:
    p = Parameter(1.0)
    p.grad = 3.0
    SGD([p], lr=0.1).zero_grad(**options)
    assert p.grad == 0.0


@pytest.mark.parametrize(
    "make",
    [
        lambda ps: SGD(ps, lr=0.1),
        lambda ps: SGD(ps, lr=0.05, momentum=0.8),
        lambda ps: SGD(ps, lr=0.05, momentum=0.8, nesterov=True, form="sutskever"),
        lambda ps: Adagrad(ps, lr=0.5),
        lambda ps: RMSprop(ps, lr=0.001, momentum=0.5),
        lambda ps: Adam(ps, lr=0.05, amsgrad=True),
        lambda ps: AdamW(ps, lr=0.05, weight_decay=0.0),
        lambda ps: Lion(ps, lr=0.001),
    ],
)
def test_each_finds_the_bottom_of_a_bowl(make: Callable[[list[Value]], Optimizer]) -> None:
    x, y = Value(3.0), Value(-2.0)
    optimizer = make([x, y])
    for _ in range(3000):
        optimizer.zero_grad()
        ((x - 1) ** 2 + 2 * (y + 0.5) ** 2).backward()
        optimizer.step()
    assert [x.data, y.data] == pytest.approx([1.0, -0.5], abs=2e-3)


@pytest.mark.parametrize(("lr", "comes_closer"), [(0.001, True), (0.1, True), (1.1, False)])
def test_a_learning_rate_may_be_too_large(lr: float, comes_closer: bool) -> None:
    """On x^2 a step multiplies x by 1 - 2 lr (IITI, "Learning rate")."""
    p = Parameter(1.0)
    optimizer = SGD([p], lr=lr)
    for _ in range(10):
        before = p.data
        take(optimizer, [2 * p.data])
        assert (abs(p.data) < abs(before)) == comes_closer
    assert p.data == pytest.approx((1 - 2 * lr) ** 10)


def test_every_optimizer_is_exported() -> None:
    kinds = {kind for kind in vars(optim).values() if isinstance(kind, type) and issubclass(kind, Optimizer)}
    assert kinds == {Optimizer, *GRID}
