"""functional_call: a model as a function of its parameters, and so the derivatives of its loss, of any order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter, Value, check_gradients, grad, hessian, hvp, pack

X = [[0.5, -1.0, 2.0], [1.5, 0.3, -0.2], [-0.7, 0.9, 0.1]]
CLASSES = [0, 1, 1]


def model_and_loss(seed: int = 3) -> tuple[nn.MLP, Any]:
    """A 3-4-2 network, and its mean loss by its parameters."""
    model = nn.MLP(3, [4, 2], rng=seed)

    def loss(theta: Any) -> Any:
        each = [nn.cross_entropy(nn.functional_call(model, theta, x), t) for x, t in zip(X, CLASSES)]
        return autograd.sum(each) / len(X)

    return model, loss


def test_the_gradient_is_what_backward_leaves() -> None:
    model, loss = model_and_loss()
    mean = autograd.sum([nn.cross_entropy(model(x), t) for x, t in zip(X, CLASSES)]) / len(X)
    mean.backward()
    gradient = grad(loss)(pack(model.parameters()))
    np.testing.assert_allclose(gradient, [p.grad for p in model.parameters()], rtol=1e-12, atol=1e-15)


def test_hessian_and_hvp_of_a_model_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    model, loss = model_and_loss()
    theta = pack(model.parameters())
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    x, t = torch.tensor(X, dtype=torch.float64), torch.tensor(CLASSES)

    def their_loss(flat: Any) -> Any:  # ours are unit by unit, weights then bias
        first, second = flat[:16].reshape(4, 4), flat[16:].reshape(2, 5)
        named = {"0.weight": first[:, :3], "0.bias": first[:, 3], "2.weight": second[:, :4], "2.bias": second[:, 4]}
        return torch.nn.functional.cross_entropy(torch.func.functional_call(theirs, named, x), t)

    at = torch.tensor(theta)
    H = hessian(loss)(theta)
    assert H.shape == (26, 26)
    np.testing.assert_allclose(H, torch.autograd.functional.hessian(their_loss, at).numpy(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(H, H.T, rtol=0, atol=1e-12)
    v = np.cos(np.arange(26))
    wanted = torch.autograd.functional.hvp(their_loss, at, torch.tensor(v))[1].numpy()
    np.testing.assert_allclose(hvp(loss, [theta], [v]), wanted, rtol=0, atol=1e-10)


def test_newtons_method_on_a_linear_model_is_least_squares() -> None:
    model = nn.MLP(3, [1], rng=1)
    targets = [1.0, -2.0, 0.5, 3.0, 1.0]
    inputs = np.random.default_rng(2).normal(size=(5, 3))

    def loss(theta: Any) -> Any:
        return autograd.sum([nn.squared_error(nn.functional_call(model, theta, x), t) for x, t in zip(inputs, targets)])

    theta = pack(model.parameters())
    theta = theta - np.linalg.solve(hessian(loss)(theta), grad(loss)(theta))
    wanted = np.linalg.lstsq(np.c_[inputs, np.ones(5)], np.array(targets), rcond=None)[0]
    np.testing.assert_allclose(theta, wanted, rtol=1e-10)
    autograd.unpack(theta, model.parameters())
    assert grad(loss)(pack(model.parameters())) == pytest.approx(np.zeros(4), abs=1e-12)


def test_the_model_has_its_own_parameters_again_after_an_error_too() -> None:
    model, loss = model_and_loss()
    before = list(model.named_parameters())
    grad(loss)(pack(model.parameters()))
    with pytest.raises(ValueError, match="3 inputs"):
        nn.functional_call(model, [0.0] * 26, [1.0])
    assert all(a is b for (_, a), (_, b) in zip(before, model.named_parameters()))
    assert all(parameter.grad == 0.0 for parameter in model.parameters())


def test_a_shared_parameter_is_replaced_wherever_it_is_and_what_the_call_leaves_stays() -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            self.w = Parameter(2.0, "w")
            self.pair = (self.w, [Parameter(3.0, "v")])
            self.seen: list[float] = []

        def __call__(self, x: float) -> Any:
            self.seen.append(x)
            self.calls = len(self.seen)
            return self.w * self.pair[0] * self.pair[1][0] * x

    model = Shared()
    assert hessian(lambda theta: nn.functional_call(model, theta, 5.0))([2.0, 3.0]) == [[30.0, 20.0], [20.0, 0.0]]
    assert (model.seen, model.calls) == ([5.0], 1)
    assert model.pair[0] is model.w


def test_a_convolution_and_a_prelu_take_part() -> None:
    model = nn.Sequential(nn.Conv2d(1, 1, 2, rng=0), nn.PReLU(), nn.Flatten(), nn.Layer(4, 1))
    image = [np.random.default_rng(0).normal(size=(3, 3)).tolist()]
    check_gradients(lambda theta: nn.functional_call(model, theta, image), model.parameters())


def test_an_error_calls_a_parameter_by_its_name() -> None:
    model = nn.MLP(1, [1])

    def wrong(theta: list[Value]) -> Any:
        return nn.functional_call(model, theta, [2.0]) + theta[0].data

    with pytest.raises(autograd.GradientError, match=r"element \[0\] \(w12\): analytic 2, numeric 3"):
        check_gradients(wrong, model.parameters())
    fresh = [Value(1.0), Value(2.0)]
    E = nn.functional_call(model, fresh, [2.0])
    assert autograd.explain(E, "w12").value == 2.0


@pytest.mark.parametrize("count", [0, 1, 3])
def test_as_many_parameters_as_the_module_has_are_needed(count: int) -> None:
    with pytest.raises(ValueError, match=f"parameters must be one for each of the module's 2, got {count}"):
        nn.functional_call(nn.Neuron(1), [0.0] * count, [1.0])
