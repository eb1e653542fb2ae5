"""Programs compiled for JAX."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter
from tests.compiling.programs import mistake

RNG = np.random.default_rng(0)


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_on_jax_the_numbers_are_the_same() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)
    model = nn.MLP(4, [5, 3], rng=1)
    loss = lambda x, y: nn.cross_entropy(model(x), y) + nn.l2(model.parameters(), 0.1)  # noqa: E731
    X, Y = RNG.normal(size=(6, 4)), np.eye(3)[RNG.integers(0, 3, 6)]
    value, gradient = autograd.compile(loss, model.parameters()).value_and_grad(X, Y)
    jax_value, jax_gradient = autograd.compile(loss, model.parameters(), target="jax").value_and_grad(X, Y)
    np.testing.assert_allclose(float(jax_value), value, rtol=1e-12)
    np.testing.assert_allclose(np.asarray(jax_gradient), gradient, rtol=1e-11, atol=1e-13)
    w = Parameter(2.0, "w")
    f = autograd.compile(lambda x: w * x, [w], target="jax")
    thetas: list[Any] = [(2,), [2.0], jax.numpy.asarray([2.0]), np.array([2.0], np.float32)]
    for theta in thetas:
        assert f(jax.numpy.asarray([1, 3]), theta=theta) == 4.0
    mistake(lambda: f.value_and_grad([1.0], out=np.empty(1)), TypeError, "JAX, whose arrays never change")
    not_numbers: list[Any] = [["a"], [None], [1j], np.array([1j]), [w], [[1.0], [1.0, 2.0]]]
    for data in not_numbers:
        mistake(lambda data=data: f(data), TypeError, "argument x of <lambda> must be an array of numbers")  # type: ignore[misc]


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_the_documentations_example_shares_a_batch_among_devices() -> None:
    page = Path(__file__).parents[2] / "docs" / "jax.md"
    (example,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("2 devices, 2 with a share; loss 0.0"), done.stderr
