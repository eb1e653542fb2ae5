"""How training ends: by a criterion, by Ctrl-C, by divergence; or before it begins, where nothing can be learned."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Value
from tests.nn.test_training import Line, Stop, X, Y, data_of, fit


def test_the_first_criterion_that_holds_ends_training_and_all_are_told() -> None:
    late, early = Stop(8), Stop(2)
    history = fit(epochs=10, stop=[late, early])
    assert len(history) == 2
    assert history.reason == "2 are enough"
    assert (late.calls, late.finished, early.finished) == (2, 1, 1)


def test_a_criterion_may_put_weights_back_when_training_ends() -> None:
    model = Line()

    class PutBack(Stop):
        def finish(self, parameters: Sequence[Value]) -> None:
            autograd.unpack(np.array([7.0, 8.0, 9.0]), parameters)

    fit(model, stop=PutBack(2))
    assert data_of(model) == [7.0, 8.0, 9.0]


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where Python was started with it ignored, as a job in the background is."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("where", ["loss", "update", "metric"])
def test_ctrl_c_ends_it_cleanly_with_the_last_complete_update(where: str) -> None:
    model, undisturbed, calls = Line(), Line(), 0

    def interrupt(at: int) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            signal.raise_signal(signal.SIGINT)

    class Interrupted(optim.SGD):
        def update(self, theta: Any, gradient: Any) -> None:
            super().update(theta, gradient)
            if where == "update":
                interrupt(at=2)  # just after the second update, before the Values know of it

    def loss(output: Any, target: Any) -> Value:
        if where == "loss":
            interrupt(at=5 + 5 * 2 + 3)  # each target is tried before training; then within the third batch
        return nn.squared_error(output, target)

    def metric(outputs: Any, targets: Any) -> float:
        if where == "metric":
            interrupt(at=2)
        return 0.0

    stop = Stop(9)
    history = fit(
        model,
        loss=loss,
        stop=[stop],
        metrics={"m": metric},
        optimizer=Interrupted(model.parameters(), lr=0.05),
        compiled=where != "loss",  # a compiled loss is called while it is traced only
    )
    fit(undisturbed, epochs=2)
    assert history.reason == "interrupted"
    assert history["epoch"] == ([1, 2] if where == "loss" else [1])
    assert data_of(model) == data_of(undisturbed)
    assert stop.finished == 1
    assert not model.training


def test_a_loss_that_runs_away_says_what_to_do_and_leaves_finite_weights() -> None:
    model, stop = Line(), Stop(5000)
    with pytest.raises(
        nn.DivergenceError, match=r"no longer finite in epoch \d+ .*lower the learning rate, which is 1e\+06"
    ) as caught:
        fit(model, epochs=5000, optimizer=optim.SGD(model.parameters(), lr=1e6), stop=[stop])
    assert np.isfinite(data_of(model)).all()
    assert stop.finished == 1
    history = caught.value.history
    assert len(history["loss"]) == history.steps > 3
    assert np.isfinite(history["loss"]).all()
    assert history.reason == "diverged"


@pytest.mark.parametrize("compiled", [True, False])
def test_infinities_of_both_signs_are_told_apart_from_a_warning(compiled: bool) -> None:
    class Root(Line):
        def __call__(self, x: Any) -> Value:
            output: Value = (self.w[0] - self.w[0].data + x[0]) ** 0.5 - (self.w[1] - self.w[1].data + x[0]) ** 0.5
            return output

    model = Root()
    with pytest.raises(nn.DivergenceError, match=r"in epoch 1 \(loss 0.0\)"):
        fit(model, [[0.0, 0.0]], [0.0], loss=lambda o, t: o - t, compiled=compiled)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("held_out", [True, False])
def test_an_operation_outside_its_domain_is_named(compiled: bool, held_out: bool) -> None:
    class Logarithm(Line):
        def __call__(self, x: Any) -> Value:
            output: Value = autograd.log(self.w[0] - self.w[0].data + x[0])
            return output

    X, wrong, y = [[1.0], [2.0], [0.5], [4.0]], [[1.0], [2.0], [-0.5], [4.0]], [0.0] * 4
    with pytest.raises(autograd.DomainError, match=r"log\(x\) needs x > 0; got x = -0.5"):
        fit(Logarithm(), X if held_out else wrong, y, validation=(wrong, y) if held_out else None, compiled=compiled)


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"data": [], "targets": []}, ValueError, "X is empty"),
    ({"targets": []}, ValueError, "y is empty"),
    ({"targets": Y[:3]}, ValueError, "X and y must have the same length, got 5 examples and 3 targets"),
    ({"data": Y}, ValueError, r"X must have a row of inputs for each example, .*, got shape \(5,\)"),
    ({"data": [[1.0, 2.0], [3.0]]}, ValueError, "X must be an array of numbers whose rows are equally long"),
    ({"data": [["a", "b"]]}, ValueError, "X must be an array of numbers"),
    ({"targets": 3.0}, ValueError, "y must have an entry for each example, got 3.0"),
    ({"data": np.where(X == 0.3, np.nan, X)}, ValueError, r"X\[1\]\[1\] is nan: the data must be finite"),
    ({"targets": np.where(Y == 0.8, np.inf, Y)}, ValueError, r"y\[2\] is inf: the data must be finite"),
    (
        {"data": np.hstack([X, X])},
        ValueError,
        r"the model does not take the rows of X, whose shape is \(4,\): .* got 4",
    ),
    ({"targets": np.stack([Y, Y], 1)}, ValueError, r"y must have a number for each of 1 outputs, got shape \(5, 2\)"),
    ({"validation": (X, Y[:2])}, ValueError, "validation X and validation y must have the same length, got 5 .* 2"),
    ({"validation": (X * np.nan, Y)}, ValueError, r"validation X\[0\]\[0\] is nan"),
    ({"loss": nn.hinge}, ValueError, r"y\[\d\] does not fit the loss: hinge needs targets -1 or \+1, got"),
    ({"loss": nn.binary_cross_entropy_with_logits}, ValueError, r"y\[4\] does not fit the loss: .* got -0.5"),
    ({"loss": nn.cross_entropy}, ValueError, r"does not fit the loss: cross_entropy needs an output for each class"),
    ({"batch_size": 0}, ValueError, "batch_size must be a whole number from 1 up, got 0"),
    ({"batch_size": 2.0}, ValueError, "batch_size must be a whole number from 1 up, got 2.0"),
    ({"batch_size": 6}, ValueError, "batch_size must be at most 5, the number of examples, got 6"),
    ({"epochs": 0}, ValueError, "epochs must be a whole number from 1 up, got 0"),
    ({"order": "sorted"}, ValueError, "order must be 'shuffled' or 'random' or 'in order', got 'sorted'"),
    ({"optimizer": nn}, TypeError, r"optimizer must have update\(\) and parameters"),
    ({"optimizer": optim.SGD(nn.MLP(2, [1]).parameters(), lr=0.1)}, ValueError, "holds no parameter of this model"),
    ({"model": lambda x: x, "optimizer": None}, TypeError, "model must be an nn.Module"),
    ({"schedule": lambda epoch: 0.1 - 0.1 * epoch}, ValueError, r"schedule\(2\) must be .* not negative, got -0.1"),
    ({"schedule": lambda epoch: None}, ValueError, r"schedule\(0\) must be .* not negative, got None"),
    ({"schedule": 0.1}, TypeError, "schedule must be a function, got 0.1"),
    ({"clip": 1.0}, TypeError, "clip must be a function, got 1.0"),
    ({"clip": lambda g: None}, ValueError, r"gradient must be a float64 array of shape \(3,\).*, got None"),
    ({"loss": "cross_entropy"}, TypeError, "loss must be a function, got 'cross_entropy'"),
    ({"loss": None}, TypeError, "loss must be a function, got None"),
    ({"validation": X}, TypeError, r"validation must be a pair \(X, y\), got ndarray"),
    ({"stop": lambda record, parameters: None}, TypeError, "stop must be criteria such as optim.stopping.Epochs"),
    ({"stop": "early"}, TypeError, "stop must be criteria .*, got 'e'"),
    ({"epochs": True}, ValueError, "epochs must be a whole number from 1 up, got True"),
    ({"metrics": nn.accuracy}, TypeError, "metrics must be functions by name"),
    ({"metrics": {"loss": nn.accuracy}}, ValueError, "metrics has the name 'loss'"),
    ({"metrics": {"validation_loss": nn.accuracy}}, ValueError, "metrics has the name 'validation_loss'"),
    (
        {"model": nn.MLP(2, [3, 1], [nn.MeProp(1)])},
        TypeError,
        "cannot train this model: .* learns by nn.meprop.backward",
    ),
]


@pytest.mark.parametrize(("options", "error", "told"), BAD)
def test_mistakes_are_named(options: dict[str, Any], error: type[Exception], told: str) -> None:
    model = options.get("model", nn.MLP(2, [1]))
    with pytest.raises(error, match=told):
        fit(model, **{name: option for name, option in options.items() if name != "model"})


def test_a_module_may_say_why_fit_cannot_train_it() -> None:
    class Grown(Line):
        cannot_fit = "it grows by Grown.grow()"

    assert Line().cannot_fit is None
    with pytest.raises(TypeError, match=r"fit cannot train this model: it grows by Grown\.grow\(\)"):
        fit(nn.Sequential(nn.Layer(2, 2), Grown()))


def test_class_indices_out_of_range_are_named() -> None:
    with pytest.raises(ValueError, match=r"y\[3\] is 3: the 3 outputs are for the classes 0 to 2"):
        fit(nn.MLP(2, [3]), targets=[0, 1, 2, 3, 1], loss=nn.cross_entropy)
    with pytest.raises(ValueError, match=r"y\[0\] is 0.3: the 3 outputs are for the classes 0 to 2"):
        fit(nn.MLP(2, [3]), loss=nn.cross_entropy)


def test_nothing_is_learned_from_bad_input() -> None:
    model = nn.MLP(2, [1])
    before = data_of(model)
    with pytest.raises(ValueError, match="does not fit the loss"):
        fit(model, targets=[1, 1, 1, 1, 0], loss=nn.hinge, batch_size=1, order="in order")
    assert data_of(model) == before
