"""`fit` and optimizers of one's own: what it would pass over in silence it refuses, and Ctrl-C leaves both in step."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Parameter, Value

X = np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8]])
Y = np.array([0.3, -0.2, 0.8])


def fit(model: Any, optimizer: Any, **options: Any) -> nn.History:
    return nn.fit(model, X, Y, **{"loss": nn.squared_error, "optimizer": optimizer, "epochs": 4, **options})


def line() -> nn.MLP:
    return nn.MLP(2, [1], rng=0)


class OwnStep(optim.SGD):
    def step(self) -> None:
        for parameter in self.parameters:
            parameter.data -= math.copysign(self.lr, parameter.grad)


class OwnUpdate(optim.SGD):
    def update(self, theta: Any, gradient: Any) -> None:
        theta -= self.lr * np.sign(gradient)


class Both(OwnStep, OwnUpdate):
    def step(self) -> None:
        super().step()

    def update(self, theta: Any, gradient: Any) -> None:
        super().update(theta, gradient)


class Rebinds(optim.SGD):
    def update(self, theta: Any, gradient: Any) -> None:
        theta = theta - self.lr * gradient


class Returns(optim.SGD):
    def update(self, theta: Any, gradient: Any) -> Any:
        return theta - self.lr * gradient


def test_a_step_of_its_own_is_not_passed_over() -> None:
    model = line()
    with pytest.raises(
        TypeError, match=r"fit calls OwnStep\.update\(theta, gradient\), and would pass over its own step"
    ):
        fit(model, OwnStep(model.parameters(), lr=0.1))
    sgd = optim.SGD(model.parameters(), lr=0.1)
    sgd.step = lambda: None  # type: ignore[method-assign]
    with pytest.raises(TypeError, match=r"fit calls SGD\.update\(theta, gradient\), and would pass over its own step"):
        fit(model, sgd)


@pytest.mark.parametrize("kind", [OwnUpdate, Both])
def test_an_update_of_its_own_is_what_fit_calls(kind: Callable[..., Any]) -> None:
    model = line()
    before = autograd.pack(model.parameters())
    fit(model, kind(model.parameters(), lr=0.125), epochs=1)
    assert set(np.abs(autograd.pack(model.parameters()) - before)) == {0.125}


@pytest.mark.parametrize("kind", [Rebinds, Returns])
@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_an_update_that_is_not_in_place_is_noticed(
    kind: Callable[..., Any], compiled: bool, batch_size: int | None
) -> None:
    model = line()
    with pytest.raises(TypeError, match=rf"{kind.__name__}\.update\(theta, gradient\) leaves theta as it was: it must"):
        fit(model, kind(model.parameters(), lr=0.1), compiled=compiled, batch_size=batch_size)


def test_where_there_is_nothing_to_change_nothing_is_refused() -> None:
    for options in (
        {"schedule": lambda epoch: 0.0},
        {"clip": lambda gradient: 0 * gradient},
        {"clip": lambda gradient: 1e-20 * gradient},  # as of a gradient that has vanished
    ):
        model = line()
        assert len(fit(model, optim.SGD(model.parameters(), lr=0.1), **options)) == 4


@pytest.mark.parametrize(
    ("optimizer", "error", "told"),
    [
        (lambda w: optim.SGD, TypeError, r"as optim\.SGD\(model\.parameters\(\), lr=0\.1\) has, got <class"),
        (lambda w: "sgd", TypeError, r"optimizer must have update\(\) and parameters and lr, .* got 'sgd'"),
        (lambda w: optim.SGD([w * 2], lr=0.1), ValueError, r"which mul has computed: its parameters must be leaves"),
        (lambda w: optim.SGD([Parameter(1.0)], lr=0.1), ValueError, "optimizer holds no parameter of this model"),
    ],
)
@pytest.mark.parametrize("compiled", [True, False])
def test_what_is_no_optimizer_of_the_model_is_named(
    optimizer: Callable[[Value], Any], error: type[Exception], told: str, compiled: bool
) -> None:
    model = line()
    with pytest.raises(error, match=told):
        fit(model, optimizer(model.parameters()[0]), compiled=compiled)


def test_an_optimizer_of_floats_is_named() -> None:
    model = line()
    sgd = optim.SGD(model.parameters(), lr=0.1)
    sgd.parameters = [p.data for p in sgd.parameters]  # type: ignore[misc]
    with pytest.raises(TypeError, match=r"optimizer must hold Values, such as model\.parameters\(\), got 0\."):
        fit(model, sgd)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_model_or_a_loss_that_gives_a_float_says_what_to_write(compiled: bool) -> None:
    class Floats(nn.MLP):
        def __call__(self, x: Any) -> Any:
            return math.tanh(super().__call__(x))

    model: nn.MLP = Floats(2, [1], rng=0)
    with pytest.raises(
        TypeError, match=r"the model must return a Value .*, got -?0\.\d+: .* write autograd\.tanh\(v\)"
    ):
        fit(model, optim.SGD(model.parameters(), lr=0.1), compiled=compiled)
    model = line()
    with pytest.raises(TypeError, match=r"loss must return a Value, computed from the model's output, got \d"):
        fit(model, optim.SGD(model.parameters(), lr=0.1), compiled=compiled, loss=lambda o, t: (float(o) - t) ** 2)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where Python was started with it ignored, as a job in the background is."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler  # fit has put back what there was
    signal.signal(signal.SIGINT, before)


class Halfway(optim.Adam):
    """Ctrl-C comes in the middle of its second update, between the parameters and what it remembers of them."""

    def update(self, theta: Any, gradient: Any) -> None:
        before = theta.copy()
        super().update(before, gradient)
        theta[:] = before
        if self.t == 2:
            self.t = 1
            signal.raise_signal(signal.SIGINT)
            self.t = 2


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("compiled", [True, False])
def test_ctrl_c_leaves_optimizer_and_parameters_of_the_same_update(compiled: bool) -> None:
    model, undisturbed = line(), line()
    halfway, adam = Halfway(model.parameters(), lr=0.1), optim.Adam(undisturbed.parameters(), lr=0.1)
    history = fit(model, halfway, compiled=compiled)
    fit(undisturbed, adam, epochs=2, compiled=compiled)
    assert (history.reason, history.steps) == ("interrupted", 2)
    assert model.state_dict() == undisturbed.state_dict()
    assert halfway.state_dict() == {**adam.state_dict(), "optimizer": "Halfway"}


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_while_training_ends_waits_until_the_model_is_whole() -> None:
    class Last(optim.stopping.Epochs):
        def finish(self, parameters: Any) -> None:
            signal.raise_signal(signal.SIGINT)
            finished.append(autograd.pack(parameters))

    finished: list[Any] = []
    model = line()
    with pytest.raises(KeyboardInterrupt):
        fit(model, optim.SGD(model.parameters(), lr=0.1), stop=Last(2))
    assert finished[0].tolist() == autograd.pack(model.parameters()).tolist()
    assert not model.training


def test_a_handler_of_ones_own_is_called() -> None:
    class StopError(Exception):
        pass

    def stop(*_: object) -> None:
        raise StopError

    before = signal.signal(signal.SIGINT, stop)
    model = line()
    try:
        with pytest.raises(StopError):
            fit(model, Halfway(model.parameters(), lr=0.1))
        assert signal.getsignal(signal.SIGINT) is stop
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_a_thread_which_gets_no_signals_it_trains_as_well() -> None:
    model, reasons = line(), []
    thread = threading.Thread(
        target=lambda: reasons.append(fit(model, optim.SGD(model.parameters(), lr=0.1), progress=False).reason)
    )
    thread.start()
    thread.join()
    assert reasons == ["finished 4 epochs"]
