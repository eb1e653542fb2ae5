"""Training: `fit` is the loop that a student would write, and refuses what cannot be learned."""

from __future__ import annotations

import doctest
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.training
import optim
from autograd import Parameter, Value

X = np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.8], [0.2, 0.1], [-1.1, -0.4]])
Y = np.array([0.3, -0.2, 0.8, 0.1, -0.5])


class Line(nn.Module):
    """w·x + b, from given numbers."""

    def __init__(self, inputs: int = 2) -> None:
        self.w = [Parameter(0.1 * (k + 1), f"w{k + 1}") for k in range(inputs)]
        self.b = Parameter(0.0, "b")
        self.seen: list[Any] = []  # what it was asked in training
        self.training = True

    def __call__(self, x: Sequence[float]) -> Value:
        if self.training:
            self.seen.append(x)
        output: Value = autograd.affine(self.w, x, self.b)
        return output

    def train(self, mode: bool = True) -> Line:
        self.training = mode
        return self

    def eval(self) -> Line:
        return self.train(False)


def fit(model: Any = None, data: Any = X, targets: Any = Y, **options: Any) -> nn.History:
    """`nn.fit` with a small problem in place of whatever is not given."""
    model = Line() if model is None else model
    if "optimizer" not in options:
        options["optimizer"] = optim.SGD(model.parameters(), lr=options.pop("lr", 0.05))
    return nn.fit(model, data, targets, **{"loss": nn.squared_error, "epochs": 3, **options})


def data_of(model: nn.Module) -> list[float]:
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_it_is_the_loop_written_out(batch_size: int) -> None:
    ours, by_hand = nn.MLP(2, [3, 1], rng=4), nn.MLP(2, [3, 1], rng=4)
    history = fit(ours, batch_size=batch_size, order="in order", optimizer=optim.SGD(ours.parameters(), lr=0.1))
    sgd = optim.SGD(by_hand.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        total = 0.0
        for start in range(0, len(X), batch_size):
            rows, targets = X[start : start + batch_size], Y[start : start + batch_size]
            sgd.zero_grad()
            risk = autograd.sum([(by_hand(x) - t) ** 2 for x, t in zip(rows, targets)]) / len(rows)
            risk.backward()
            sgd.step()
            total += risk.data * len(rows)
        losses.append(total / len(X))
    np.testing.assert_allclose(data_of(ours), data_of(by_hand), rtol=1e-13)
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-13)
    assert history["epoch"] == [1, 2, 3]
    assert history.steps == 3 * -(-len(X) // batch_size)
    assert history.reason == "finished 3 epochs"


def test_it_is_pytorchs_loop_too() -> None:
    torch = pytest.importorskip("torch")
    classes = np.array([0, 2, 1, 0, 2])
    model = nn.MLP(2, [4, 3], rng=2)
    rows = [[[*[w.data for w in n.weights], n.bias.data] for n in layer.neurons] for layer in model.layers]
    tensors = [torch.tensor(layer, dtype=torch.float64, requires_grad=True) for layer in rows]
    history = fit(
        model,
        targets=classes,
        loss=nn.cross_entropy,
        optimizer=optim.SGD(model.parameters(), lr=0.3),
        regulariser=lambda: nn.l2(model.parameters(), 0.01),
        epochs=20,
    )
    sgd = torch.optim.SGD(tensors, lr=0.3, weight_decay=0.02)
    for _ in range(20):
        sgd.zero_grad()
        hidden = torch.tanh(torch.tensor(X) @ tensors[0][:, :-1].T + tensors[0][:, -1])
        loss = torch.nn.functional.cross_entropy(
            hidden @ tensors[1][:, :-1].T + tensors[1][:, -1], torch.tensor(classes)
        )
        loss.backward()
        last = float(loss.detach()) + 0.01 * float(sum((t.detach() ** 2).sum() for t in tensors))
        sgd.step()
    np.testing.assert_allclose(data_of(model), torch.cat([t.detach().flatten() for t in tensors]), rtol=1e-11)
    assert history["loss"][-1] == pytest.approx(last, rel=1e-11)


@pytest.mark.parametrize("batch_size", [None, 2])
def test_compiled_and_eager_training_end_with_the_same_weights(batch_size: int | None) -> None:
    runs = []
    for compiled in (True, False):
        rng = np.random.default_rng(5)  # of all draws, in the order of the scalar engine
        model = nn.Sequential(
            nn.Dropout(0.1, rng=rng), nn.Layer(2, 6, "relu"), nn.Dropout(0.3, rng=rng), nn.Layer(6, 3, nn.PReLU())
        )
        optimizer = optim.Adam(model.parameters(), lr=0.02)
        history = fit(
            model,
            targets=[0, 2, 1, 0, 2],
            loss=nn.cross_entropy,
            optimizer=optimizer,
            batch_size=batch_size,
            epochs=60,
            validation=(X[:3], [1, 2, 1]),
            metrics={"accuracy": nn.accuracy},
            regulariser=lambda model=model: nn.l2(model.parameters(), 0.01),
            schedule=lambda epoch: 0.02 * 0.99**epoch,
            clip=lambda gradient: optim.clip_by_norm(gradient, 0.5),
            compiled=compiled,
            rng=rng,
        )
        runs.append((data_of(model), history))
    (ours, told), (theirs, known) = runs
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)
    assert told.steps == known.steps
    assert list(told.records) == list(known.records)
    for name in told.records:
        np.testing.assert_allclose(told[name], known[name], rtol=1e-10, err_msg=name)


def test_a_model_that_branches_is_trained_by_the_scalar_engine_only() -> None:
    class Branching(Line):
        def __call__(self, x: Any) -> Value:
            output = super().__call__(x)
            return output if output.data > 0 else 0.1 * output

    with pytest.raises(autograd.TracingError, match=r"may not depend on one example's numbers.*compiled=False"):
        fit(Branching())
    assert fit(Branching(), compiled=False).reason == "finished 3 epochs"


def test_how_the_data_are_gone_through() -> None:
    def batches(**options: Any) -> list[int]:
        model = Line()
        fit(model, compiled=False, **options)
        return [X.tolist().index(x) for x in model.seen]

    assert batches(batch_size=1, order="in order") == [0, 1, 2, 3, 4] * 3
    assert batches() == [0, 1, 2, 3, 4] * 3  # all at once: their order does not matter
    shuffled = batches(batch_size=2)
    epochs = [shuffled[0:5], shuffled[5:10], shuffled[10:15]]
    assert [sorted(epoch) for epoch in epochs] == [[0, 1, 2, 3, 4]] * 3
    assert epochs[0] != epochs[1]
    drawn = batches(batch_size=3, order="random", epochs=50)
    assert len(drawn) == 50 * 2 * 3
    assert all(len(set(drawn[i : i + 3])) == 3 for i in range(0, len(drawn), 3))  # no example twice in a batch
    assert any(len(set(drawn[i : i + 6])) < 5 for i in range(0, len(drawn), 6))  # but an epoch may leave some out


def test_the_seed_decides_the_order() -> None:
    def weights(rng: np.random.Generator | int) -> list[float]:
        model = Line()
        fit(model, batch_size=1, rng=rng)
        return data_of(model)

    assert weights(1) == weights(1) == weights(np.random.default_rng(1))
    assert weights(1) != weights(2)


def test_only_the_optimizers_parameters_are_trained_in_its_order() -> None:
    model = Line()
    before = data_of(model)
    fit(model, optimizer=optim.SGD([model.b, model.w[1]], lr=0.05))
    after = data_of(model)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert after[2] != before[2]


def test_validation_and_metrics_are_those_of_the_model_after_the_epoch() -> None:
    model = Line()
    losses, validation_losses = [], []

    def watch(outputs: Any, targets: Any) -> float:
        assert outputs.shape == targets.shape
        assert not model.training
        return float(np.mean((outputs - targets) ** 2))

    class Watch(Stop):
        def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> None:
            losses.append(np.mean([(model(x).data - y) ** 2 for x, y in zip(X.tolist(), Y)]))
            validation_losses.append(np.mean([(model(x).data - y) ** 2 for x, y in zip(X[:2].tolist(), Y[1:3])]))

    history = fit(
        model,
        validation=(X[:2], Y[1:3, np.newaxis]),
        metrics={"mse": watch},
        stop=Watch(9),
        regulariser=lambda: nn.l1(model.parameters(), 0.5),
    )
    np.testing.assert_allclose(history["mse"], losses)
    np.testing.assert_allclose(history["validation_mse"], validation_losses)
    np.testing.assert_allclose(history["validation_loss"], validation_losses)
    assert list(history.records) == ["epoch", "loss", "mse", "validation_loss", "validation_mse"]


def test_class_indices_become_one_hot_rows_for_the_loss_and_stay_for_the_metrics() -> None:
    seen = []

    def loss(output: Any, target: Any) -> Value:
        seen.append(target)
        return nn.squared_error(output, target)

    def metric(outputs: Any, targets: Any) -> float:
        assert outputs.shape == (5, 3)
        assert targets.tolist() == [0, 2, 1, 0, 2]
        return nn.accuracy(outputs, targets)

    options: dict[str, Any] = {"targets": [0, 2, 1, 0, 2], "loss": loss, "metrics": {"accuracy": metric}, "epochs": 1}
    assert 0 <= fit(nn.MLP(2, [3]), **options)["accuracy"][0] <= 1
    history = fit(nn.MLP(2, [3]), compiled=False, **options)
    assert seen[-5:] == [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert 0 <= history["accuracy"][0] <= 1


def test_rows_may_have_axes_of_their_own() -> None:
    class Picture(Line):
        def __call__(self, x: Any) -> Value:
            assert np.shape(x) == (2, 3)
            return super().__call__([pixel for row in x for pixel in row])

    images = np.arange(24).reshape(4, 2, 3) % 5
    history = fit(Picture(6), images, [0, 1, 2, 3], epochs=20, lr=0.01)
    assert history["loss"][-1] < history["loss"][0]


class Stop:
    """Stops after so many epochs, and counts how often training ended."""

    def __init__(self, epoch: int) -> None:
        self.epoch, self.calls, self.finished = epoch, 0, 0

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        self.calls += 1
        assert record["epoch"] == self.calls
        return f"{self.epoch} are enough" if record["epoch"] >= self.epoch else None

    def finish(self, parameters: Sequence[Value]) -> None:
        self.finished += 1


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


def test_a_schedule_sets_the_learning_rate_of_each_epoch() -> None:
    rates, model = [], Line()

    class Watched(optim.SGD):
        def update(self, theta: Any, gradient: Any) -> None:
            rates.append(self.lr)
            super().update(theta, gradient)

    fit(model, schedule=lambda epoch: 0.1 / (1 + epoch), optimizer=Watched(model.parameters(), lr=9.0), batch_size=3)
    assert rates == [0.1, 0.1, 0.05, 0.05, 0.1 / 3, 0.1 / 3]


def test_what_clip_gives_is_what_the_optimizer_gets() -> None:
    model = Line()
    before = np.array(data_of(model))
    fit(model, clip=np.sign, optimizer=optim.SGD(model.parameters(), lr=0.25), epochs=1)
    np.testing.assert_allclose(np.abs(data_of(model) - before), 0.25)


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


def test_a_gradient_may_be_large() -> None:
    class Steep(Line):
        def __call__(self, x: Any) -> Value:
            output: Value = 1e200 * (self.w[0] - self.w[0].data)
            return output

    assert fit(Steep(), epochs=1, loss=lambda o, t: o).reason == "finished 1 epochs"


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


PROGRAM = """
import sys, nn, optim
model = nn.MLP(1, [1])
sgd = optim.SGD(model.parameters(), lr=0.1)
options = {"progress": sys.argv[1] != "no bar", "compiled": sys.argv[1] != "scalar engine"}
nn.fit(model, [[1.0]], [1.0], loss=nn.squared_error, optimizer=sgd, epochs=7, **options)
"""


@pytest.mark.parametrize("wanted", ["compiled", "scalar engine", "no bar"])
def test_the_bar_shows_on_a_terminal_and_says_what_runs(wanted: str) -> None:
    pytest.importorskip("tqdm")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    terminal, end = os.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))  # one without columns shows nothing
    subprocess.run([sys.executable, "-c", PROGRAM, wanted], stderr=end, check=True)
    os.write(end, b".")  # so that there is something to read
    os.close(end)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert ("7/7" in shown) == (f"fit, {wanted}" in shown) == (wanted != "no bar")


@pytest.mark.parametrize("first", ["", "import sys; sys.modules['tqdm'] = None"])
def test_off_a_terminal_and_without_tqdm_there_is_no_bar(first: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", first + PROGRAM, "compiled"], capture_output=True, text=True, check=True
    )
    assert ran.stdout == ran.stderr == ""


def test_the_docstring_speaks_the_truth() -> None:
    results = doctest.testmod(nn.training)
    assert results.attempted > 3
    assert results.failed == 0


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
