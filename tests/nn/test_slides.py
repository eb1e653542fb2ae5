"""What the decks say of losses and training, reproduced. The names are those of the slides."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value

Array = NDArray[np.float64]


def regression(n: int, d: int, rng: np.random.Generator, noise: float = 0.3) -> tuple[Array, Array, Array]:
    """X, y and the weights behind them."""
    X, w = rng.normal(size=(n, d)), rng.normal(size=d)
    return X, X @ w + 1 + rng.normal(scale=noise, size=n), w


def train(X: Array, y: NDArray[Any], lr: float, model: Any = None, **options: Any) -> nn.History:
    model = nn.MLP(X.shape[1], [1]) if model is None else model
    options = {"loss": nn.squared_error, "optimizer": optim.SGD(model.parameters(), lr=lr), **options}
    return nn.fit(model, X, y, **options)


def weights(model: nn.MLP) -> list[tuple[Array, Array]]:
    """W and b of each layer in the deck's layout: x W + b."""
    return [
        (
            np.array([[w.data for w in neuron.weights] for neuron in layer.neurons]).T,
            np.array([neuron.bias.data for neuron in layer.neurons]),
        )
        for layer in model.layers
    ]


def flat(layers: Sequence[tuple[Array, Array]]) -> Array:
    """The same numbers in the order of ``model.parameters()``."""
    return np.concatenate([np.hstack([W.T, b[:, np.newaxis]]).ravel() for W, b in layers])


# IITI, "How Much to Update?"; HKU, "Problem: Learning Rate"


def test_too_small_a_learning_rate_is_slow_and_too_large_a_one_diverges() -> None:
    X, y, _ = regression(20, 2, np.random.default_rng(0), noise=0.0)
    small, good, large = (train(X, y, lr, epochs=60)["loss"] for lr in (0.003, 0.3, 1.5))
    assert np.all(np.diff(small) < 0)
    assert small[-1] > 0.1 * small[0]
    assert good[-1] < 1e-6 * good[0]
    assert large[-1] > 1e6 * large[0]


# IITI, "How Often to Update?"; WAT, "How do we update the weights based on the data points?"; UCSD, "Batch Size"


def test_the_fewer_examples_an_update_is_made_of_the_faster_and_the_bouncier() -> None:
    X, y, _ = regression(64, 3, np.random.default_rng(1))
    ways: dict[str, dict[str, Any]] = {
        "batch": {},
        "mini-batch": {"batch_size": 8},
        "stochastic": {"batch_size": 1},
        "incremental": {"batch_size": 1, "order": "in order"},
    }
    runs = {way: train(X, y, 0.05, epochs=60, validation=(X, y), **options) for way, options in ways.items()}
    assert {way: run.steps for way, run in runs.items()} == {
        "batch": 60,
        "mini-batch": 60 * 8,
        "stochastic": 60 * 64,
        "incremental": 60 * 64,
    }
    after = {way: np.array(run["validation_loss"]) for way, run in runs.items()}
    assert after["batch"][0] > after["mini-batch"][0] > after["stochastic"][0]

    def bounce(losses: Array) -> float:
        """How far the loss has gone up, all in all."""
        return float(np.maximum(np.diff(losses), 0).sum())

    assert bounce(after["batch"]) == 0 < bounce(after["mini-batch"]) < bounce(after["stochastic"])
    assert np.ptp(after["incremental"][-30:]) < 1e-6  # in order, it settles in a cycle
    assert after["incremental"][-1] > after["batch"][-1]  # which is not the minimum


# IITI, "When to Stop Training Neural Networks?"; WAT, "Terminate after some number of steps, ..."


class Below:
    """Stops where a number of the record falls below a threshold."""

    def __init__(self, name: str, threshold: float) -> None:
        self.name, self.threshold = name, threshold

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        return f"{self.name} below {self.threshold}" if record[self.name] < self.threshold else None

    def finish(self, parameters: Sequence[Value]) -> None:
        pass


class SmallChange(Below):
    """Stops where no weight has changed by the threshold since the epoch before."""

    before: Array | None = None

    def __call__(self, record: Mapping[str, float], parameters: Sequence[Value]) -> str | None:
        now, before = autograd.pack(parameters), self.before
        self.before = now
        small = before is not None and np.abs(now - before).max() < self.threshold
        return f"weights change by less than {self.threshold}" if small else None


def test_stopping_criteria() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(30, 2))
    y = (X @ [1.0, -2.0] > 0.2).astype(float)

    def misclassified(outputs: Array, targets: Array) -> float:
        return 1 - nn.accuracy(outputs, targets, threshold=0)

    def run(*stop: nn.Criterion) -> tuple[nn.History, list[Array]]:
        model = nn.MLP(2, [1], rng=1)
        path: list[Array] = []

        class Watched(optim.SGD):
            def update(self, theta: Array, gradient: Array) -> None:
                super().update(theta, gradient)
                path.append(theta.copy())

        sgd = Watched(model.parameters(), lr=1.0)
        loss, metrics = nn.binary_cross_entropy_with_logits, {"misclassified": misclassified}
        return nn.fit(model, X, y, loss=loss, optimizer=sgd, epochs=50, stop=stop, metrics=metrics), path

    everything, path = run()
    assert everything.reason == "finished 50 epochs"
    by_loss, _ = run(Below("loss", 0.2))
    assert by_loss.reason == "loss below 0.2"
    assert by_loss["loss"][-1] < 0.2 <= min(by_loss["loss"][:-1])
    by_errors, _ = run(Below("misclassified", 0.05))
    assert by_errors["misclassified"][-1] < 0.05 <= min(by_errors["misclassified"][:-1])
    by_change, _ = run(SmallChange("", 0.05))
    changes = np.abs(np.diff(path, axis=0)).max(axis=1)
    assert len(by_change) == 2 + np.flatnonzero(changes < 0.05)[0]
    first, _ = run(Below("loss", 0.2), Below("misclassified", 0.05), SmallChange("", 0.05))
    assert len(first) == min(map(len, (by_loss, by_errors, by_change)))


# HKU, "Training NN with backpropagation"; WAT, "The recursive relationship", eq. 7

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda s: 1 / (1 + np.exp(-s)),
    "tanh": np.tanh,
    "relu": lambda s: np.maximum(s, 0),
    "linear": np.positive,
}
SLOPES: dict[str, Callable[[Array], Array]] = {  # g'(s) by x = g(s)
    "sigmoid": lambda x: x * (1 - x),
    "tanh": lambda x: 1 - x**2,
    "relu": lambda x: (x > 0).astype(float),
    "linear": np.ones_like,
}


@pytest.mark.parametrize("g", SLOPES)
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("loss", "by_output"), [(nn.half_squared_error, 1.0), (nn.squared_error, 2.0)])
def test_every_weights_derivative_is_its_input_times_its_delta(
    g: str, seed: int, loss: nn.losses.Loss, by_output: float
) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 6, rng.integers(2, 5)).tolist()
    model = nn.MLP(3, sizes, activation=g, output=g, rng=rng)
    autograd.unpack(rng.normal(size=len(model.parameters())), model.parameters())
    x, y = rng.normal(size=3), rng.normal(size=sizes[-1])
    loss(model(x), y).backward()

    signals = [x]
    for W, b in weights(model):
        signals.append(ACTIVATIONS[g](signals[-1] @ W + b))
    delta = by_output * (signals[-1] - y) * SLOPES[g](signals[-1])  # base case: output units
    expected: list[tuple[Array, Array]] = []
    for (W, _), below in reversed(list(zip(weights(model), signals))):
        expected.insert(0, (np.outer(below, delta), delta))
        delta = SLOPES[g](below) * (W @ delta)  # recursive case: hidden units
    np.testing.assert_allclose([p.grad for p in model.parameters()], flat(expected), rtol=1e-12, atol=1e-14)


# HKU, "Output Layer"

nets = st.floats(-8, 8)


@given(s=nets, y=st.floats(-2, 2))
@pytest.mark.parametrize("g", SLOPES)
def test_the_delta_of_a_squared_error(g: str, s: float, y: float) -> None:
    net = Value(s)
    h = nn.ACTIVATIONS[g](net)
    nn.half_squared_error(h, y).backward()
    slope = float(SLOPES[g](np.array(h.data)))
    assert net.grad == pytest.approx(slope * (h.data - y), rel=1e-12)


@given(s=nets, y=st.sampled_from([0, 1]))
def test_the_delta_of_binary_cross_entropy_with_a_sigmoid(s: float, y: int) -> None:
    net = Value(s)
    h = autograd.sigmoid(net)
    nn.binary_cross_entropy(h, y).backward()
    assert net.grad == pytest.approx(h.data - y, rel=1e-12, abs=1e-13)


@given(st.lists(nets, min_size=2, max_size=5), st.data())
def test_the_delta_of_cross_entropy_with_a_softmax(s: list[float], data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(s) - 1))
    nets = [Value(si) for si in s]
    h = autograd.softmax(nets)
    nn.cross_entropy_on_probabilities(h, k).backward()
    assert [net.grad for net in nets] == pytest.approx([p.data - (i == k) for i, p in enumerate(h)], abs=1e-12)


@given(st.lists(nets, min_size=2, max_size=5))
def test_the_jacobian_of_softmax(s: list[float]) -> None:
    for i in range(len(s)):
        nets = [Value(sj) for sj in s]
        p = autograd.softmax(nets)
        p[i].backward()
        expected = [p[i].data * ((i == j) - pj.data) for j, pj in enumerate(p)]
        assert [net.grad for net in nets] == pytest.approx(expected, rel=1e-9, abs=1e-13)


# HKU, "Coding backpropagation"

XOR, CLASSES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def test_the_matrix_code_and_the_engine_take_the_same_steps() -> None:
    model = nn.MLP(2, [5, 2], rng=3)
    (W1, b1), (W2, b2) = weights(model)
    alpha, M, y = 0.1, len(XOR), np.eye(2)[CLASSES]
    for _ in range(10):
        x1 = np.tanh(XOR @ W1 + b1)
        e = np.exp(x1 @ W2 + b2)
        h = e / e.sum(axis=1, keepdims=True)
        delta2 = h - y
        delta1 = (1 - x1**2) * (delta2 @ W2.T)
        W2, b2 = W2 - alpha * x1.T @ delta2, b2 - alpha * delta2.sum(axis=0)
        W1, b1 = W1 - alpha * XOR.T @ delta1, b1 - alpha * delta1.sum(axis=0)
    # the slide adds the examples' gradients where a risk is their mean: hence M
    train(XOR, CLASSES, alpha * M, model, loss=nn.cross_entropy, epochs=10)
    np.testing.assert_allclose([p.data for p in model.parameters()], flat([(W1, b1), (W2, b2)]), rtol=1e-12)


def test_the_2_5_2_net_learns_xor() -> None:
    model = nn.MLP(2, [5, 2], rng=3)
    history = train(XOR, CLASSES, 0.5, model, loss=nn.cross_entropy, epochs=400, metrics={"accuracy": nn.accuracy})
    assert history["accuracy"][-1] == 1.0
    assert history["loss"][-1] < 0.05


# HKU, "Solution 1: Weight Regularization"


def orthogonal(n: int, d: int, rng: np.random.Generator) -> Array:
    """Columns of mean 0 with X^T X / n = 1, for which both minima are known."""
    Q = np.linalg.qr(np.hstack([np.ones((n, 1)), rng.normal(size=(n, d))]))[0]
    return np.asarray(Q[:, 1:] * math.sqrt(n))


def test_l1_makes_weights_0_and_l2_shrinks_them() -> None:
    rng = np.random.default_rng(5)
    X = orthogonal(40, 6, rng)
    y = X @ [3.0, -2.0, 1.0, 0.0, 0.0, 0.0] + rng.normal(scale=0.5, size=40)
    least_squares = X.T @ y / len(X)
    assert np.all(np.abs(least_squares) > 0.005)
    strength = 0.4
    found = {}
    for name, regulariser in (("l1", nn.l1), ("l2", nn.l2)):
        model = nn.MLP(6, [1])
        sizes = model.layers[0].neurons[0].weights  # the bias is left alone
        train(
            X,
            y,
            1.0,
            model,
            epochs=400,
            regulariser=lambda regulariser=regulariser, sizes=sizes: regulariser(sizes, strength),
            schedule=lambda epoch: 0.3 / (1 + 0.05 * epoch),
        )
        found[name] = np.array([w.data for w in sizes])
    shrunk = np.sign(least_squares) * np.maximum(np.abs(least_squares) - strength / 2, 0)
    last_step = 0.3 / (1 + 0.05 * 399) * strength  # a step of |theta| is no smaller than that, so 0 is crossed, not met
    np.testing.assert_allclose(found["l1"], shrunk, atol=last_step)
    assert np.all(np.abs(found["l1"][3:]) < last_step)
    np.testing.assert_allclose(found["l2"], least_squares / (1 + strength), rtol=1e-6)
    assert np.all(found["l2"] != 0)


# UCSD, "Output Units"


@given(s=st.floats(-30, -10))
def test_the_square_loss_of_a_sigmoid_saturates_and_cross_entropy_does_not(s: float) -> None:
    square, cross, logit = Value(s), Value(s), Value(s)
    nn.squared_error(autograd.sigmoid(square), 1).backward()
    nn.binary_cross_entropy(autograd.sigmoid(cross), 1).backward()
    nn.binary_cross_entropy_with_logits(logit, 1).backward()
    assert -1e-3 < square.grad < 0  # as wrong as can be, and hardly any gradient
    assert cross.grad == pytest.approx(-1, rel=1e-4)
    assert logit.grad == pytest.approx(-1, rel=1e-4)


@given(s=st.floats(1.1, 30))
def test_the_square_loss_punishes_too_correct_and_cross_entropy_does_not(s: float) -> None:
    square, cross = Value(s), Value(s)
    nn.squared_error(square, 1).backward()
    nn.binary_cross_entropy_with_logits(cross, 1).backward()
    assert square.grad > 0  # downhill is back towards the boundary
    assert cross.grad < 0
    assert nn.squared_error(s + 1, 1) > nn.squared_error(s, 1)
    assert nn.binary_cross_entropy_with_logits(s + 1, 1) < nn.binary_cross_entropy_with_logits(s, 1)


@pytest.mark.parametrize(
    ("outputs", "loss", "targets", "threshold"),
    [
        (1, nn.binary_cross_entropy_with_logits, 2, 0.0),
        (3, nn.cross_entropy, 3, None),
    ],
)
def test_classes_are_learned_with_the_decks_output_units(
    outputs: int, loss: nn.losses.Loss, targets: int, threshold: float | None
) -> None:
    rng = np.random.default_rng(6)
    y = np.arange(30) % targets
    X = rng.normal(scale=0.4, size=(30, 2)) + np.array([[2.0, 0.0], [-2.0, 1.0], [0.0, -2.0]])[y]
    history = train(
        X,
        y,
        0.3,
        nn.MLP(2, [4, outputs]),
        loss=loss,
        epochs=60,
        metrics={"accuracy": lambda o, t: nn.accuracy(o, t, threshold)},
    )
    assert history["accuracy"][-1] == 1.0


# UCSD, "Special Case: Least Squares", "Special Case: Logistic Regression"


def test_one_linear_layer_with_the_square_loss_is_least_squares() -> None:
    X, y, _ = regression(30, 3, np.random.default_rng(7))
    model = nn.MLP(3, [1])
    train(X, y, 0.2, model, epochs=400)
    A = np.hstack([X, np.ones((len(X), 1))])
    np.testing.assert_allclose([p.data for p in model.parameters()], np.linalg.inv(A.T @ A) @ A.T @ y, rtol=1e-9)


@pytest.mark.parametrize(
    ("output", "loss"), [("sigmoid", nn.binary_cross_entropy), ("linear", nn.binary_cross_entropy_with_logits)]
)
def test_one_sigmoid_unit_with_cross_entropy_is_logistic_regression(output: str, loss: nn.losses.Loss) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(8)
    X = rng.normal(size=(40, 2))
    y = (X @ [1.0, -0.5] + rng.logistic(size=40) > 0).astype(float)
    model = nn.MLP(2, [1], output=output)
    train(X, y, 3.0, model, loss=loss, epochs=400)
    theirs = linear_model.LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(X, y)
    *w, b = [p.data for p in model.parameters()]
    np.testing.assert_allclose(w, theirs.coef_[0], rtol=1e-6)
    assert b == pytest.approx(theirs.intercept_[0], rel=1e-6)
