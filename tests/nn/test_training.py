"""Training: `fit` is the loop that a student would write."""

from __future__ import annotations

import doctest
import os
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
            *[nn.Dropout(0.1, rng=rng), nn.Layer(2, 6, "relu", rng=0)],
            *[nn.Dropout(0.3, rng=rng), nn.Layer(6, 3, nn.PReLU(), rng=0)],
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


def test_a_gradient_may_be_large() -> None:
    class Steep(Line):
        def __call__(self, x: Any) -> Value:
            output: Value = 1e200 * (self.w[0] - self.w[0].data)
            return output

    assert fit(Steep(), epochs=1, loss=lambda o, t: o).reason == "finished 1 epochs"


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
