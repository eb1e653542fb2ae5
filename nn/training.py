"""The training loop: from data to a history of what was learned.

How often it updates is a matter of two arguments (IITI, slide of that title; WAT; UCSD, "Stochastic Gradient Descent"):

==================  ===========================================
batch               ``batch_size=None``: all examples at once
mini-batch          ``batch_size=32``
stochastic          ``batch_size=1``
incremental (WAT)   ``batch_size=1, order="in order"``
==================  ===========================================

The parameters learn as one flat array. The model's Values have its numbers whenever a metric, a criterion or the
schedule is asked, and when training ends, for whatever reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import ArrayLike, NDArray

import autograd
from autograd import Value, arguments
from nn import settings
from nn.engines import compiled_engine, scalar_engine
from nn.examples import examples
from nn.history import History
from nn.interrupts import Interrupts
from nn.losses import Loss
from nn.module import Module
from nn.settings import Array, Criterion, Metric, Optimizer, Order


class DivergenceError(ArithmeticError):
    """The loss or its gradient has become infinite or NaN. The weights are those that it is of.

    Attributes:
        history: of the epochs before, with the number of updates in ``steps``.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    model: Module,
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int = 100,
    batch_size: int | None = None,
    order: Order = "shuffled",
    rng: np.random.Generator | int = 0,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    metrics: Mapping[str, Metric] | None = None,
    regulariser: Callable[[], Value] | None = None,
    stop: Criterion | Sequence[Criterion] = (),
    schedule: Callable[[int], float] | None = None,
    clip: Callable[[Array], Array] | None = None,
    compiled: bool = True,
    progress: bool = True,
) -> History:
    """Train a model: the deck's loop of forward pass, loss, backward pass and update (IITI, "Training: How Neural
    Networks Learn"; HKU, "SGD Algorithm").

    Ctrl-C ends it as a stopping criterion does: the model keeps the weights of the last complete update, and the
    optimizer is as after that update.

    Args:
        model: an `nn.Module`; ``model(x)`` is a Value, or a list of them, one an output. It ends in evaluation mode.
        X: the examples, a row of inputs each. A row may have axes of its own, as an image has.
        y: the targets, of any shape that the loss takes: a number an example, or a row of numbers. For a model of
            K > 1 outputs it may be class indices 0 .. K - 1, and where the model gives K outputs for each of several
            positions, a class a position; they become one-hot rows, unless the loss does not take those.
        loss: ``loss(output, target)``, a Value, of one example, such as `nn.squared_error`. The mean over the batch is
            minimised.
        optimizer: such as ``optim.SGD(model.parameters(), lr=0.1)``. Its parameters are the ones trained.
        epochs: how many times to go through the data, at most.
        batch_size: how many examples an update is made of: 32 for mini-batches, say, and None for all of them.
        order: "shuffled": each epoch is a new permutation of the data; "random": each batch is drawn afresh, whatever
            was drawn before; "in order": as given.
        rng: what shuffles or draws: a seed or a generator.
        validation: ``(X, y)`` to evaluate after each epoch and not to learn from.
        metrics: by name, functions of all outputs and all targets, evaluated after each epoch, such as
            ``{"accuracy": nn.accuracy}``. Outputs have a row an example, or a number where there is one output.
        regulariser: what is added to each batch's loss, such as ``lambda: nn.l2(model.parameters(), 0.01)``.
        stop: stopping criteria, such as ``optim.EarlyStopping(5)``; see `Criterion`.
        schedule: ``schedule(epoch)``, with epochs from 0, is the learning rate of the epoch.
        clip: ``clip(gradient)``, of the flat gradient, is what the optimizer gets.
        compiled: whether the model, its loss and the regulariser are compiled, and run as NumPy code for a batch at a
            time (see `autograd.compile`). If not, the scalar engine runs one example after the other: the same weights,
            hundreds of times slower, for what branches on its numbers, or to watch.
        progress: whether to show a bar; it shows on a terminal, where tqdm is installed.

    Returns:
        The history: the loss and the metrics of each epoch, and why the training ended.

    Raises:
        TypeError, ValueError: an argument with which no model can be trained; the message names it.
        TracingError: the model or its loss branches on its numbers, and is to be compiled.
        DomainError: an operation was given a number for which it is not defined, as a logarithm that of a negative one.
        DivergenceError: the loss or its gradient has become infinite or NaN.

    Example:
        >>> import nn, optim
        >>> model = nn.MLP(1, [1])
        >>> sgd = optim.SGD(model.parameters(), lr=0.1)
        >>> history = fit(model, [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], loss=nn.squared_error, optimizer=sgd)
        >>> print(history.reason, f"{model([10.0]).data:.2f}")
        finished 100 epochs 21.00
    """
    metrics = {} if metrics is None else metrics
    criteria = [stop] if callable(stop) else list(stop)
    optional = {"regulariser": regulariser, "schedule": schedule, "clip": clip}
    settings.check(model, loss, optimizer, optional, order, validation, metrics, criteria)
    epochs = arguments.whole_number("epochs", epochs)
    model.eval()
    X, y, targets = examples(model, loss, X, y, "X", "y")
    held_out = examples(model, loss, *validation, "validation X", "validation y") if validation is not None else None
    batch_size = len(X) if batch_size is None else arguments.whole_number("batch_size", batch_size)
    if batch_size > len(X):
        raise ValueError(f"batch_size must be at most {len(X)}, the number of examples, got {batch_size}")
    looks = bool(metrics or held_out or criteria or schedule)  # whether anyone sees the model between epochs
    rng = np.random.default_rng(rng)
    parameters = optimizer.parameters
    step, predict, risk = (compiled_engine if compiled else scalar_engine)(model, loss, parameters, regulariser)

    history = History()
    theta = autograd.pack(parameters)
    start = theta.copy()
    with Interrupts() as interrupts:
        try:
            for epoch in _bar(epochs, progress, "compiled" if compiled else "scalar engine"):
                if schedule is not None:
                    optimizer.lr = arguments.not_negative(f"schedule({epoch - 1})", schedule(epoch - 1))
                if epoch == 1 or looks:
                    model.train()
                total, seen = 0.0, 0
                for batch in _batches(len(X), batch_size, order, rng):
                    value, gradient = step(X.take(batch, axis=0), targets.take(batch, axis=0), theta)
                    if not (math.isfinite(value) and _all_finite(gradient)):
                        history.reason = "diverged"
                        raise DivergenceError(
                            f"the loss or its gradient is no longer finite in epoch {epoch} (loss {value}): lower the "
                            f"learning rate, which is {optimizer.lr:g}, or clip the gradient",
                            history,
                        )
                    if clip is not None:
                        gradient = clip(gradient)
                    interrupts.whole = True  # optimizer, parameters and history are of the same update
                    optimizer.update(theta, gradient)
                    history.steps += 1
                    interrupts.over()
                    total, seen = total + value * len(batch), seen + len(batch)
                if epoch == 1:
                    settings.check_update(optimizer, start, theta, gradient)
                if looks:
                    autograd.unpack(theta, parameters)
                    model.eval()
                record = {"epoch": epoch, "loss": total / seen}
                if metrics:
                    record |= _measured(metrics, predict(X), y)
                if held_out is not None:
                    record["validation_loss"] = risk(held_out[0], held_out[2])
                    if metrics:
                        record |= _measured(metrics, predict(held_out[0]), held_out[1], "validation_")
                history.append(record)
                reasons = [criterion(record, parameters) for criterion in criteria]  # all of them see every epoch
                if any(reasons):
                    history.reason = next(reason for reason in reasons if reason)
                    break
            else:
                history.reason = f"finished {epochs} epochs"
        except KeyboardInterrupt:
            history.reason = "interrupted"
        except autograd.TracingError as error:
            raise autograd.TracingError(f"{error}. Or train with compiled=False, one example after the other") from None
        finally:
            interrupts.whole = True
            autograd.unpack(theta, parameters)
            model.eval()
            for criterion in criteria:
                criterion.finish(parameters)
    return history


def _batches(n: int, size: int, order: Order, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """The indices of one epoch's batches; the last one may be smaller."""
    if order == "random" and size < n:
        for _ in range(math.ceil(n / size)):
            yield rng.choice(n, size, replace=False)
        return
    # The order within a single batch of all examples does not matter.
    indices = rng.permutation(n) if order == "shuffled" and size < n else np.arange(n)
    for start in range(0, n, size):
        yield indices[start : start + size]


@np.errstate(all="ignore")
def _all_finite(numbers: Array) -> bool:
    """Whether all of them are; where the sum of their squares is, that tells sooner than a look at each."""
    return math.isfinite(numbers @ numbers) or bool(np.isfinite(numbers).all())


def _measured(metrics: Mapping[str, Metric], outputs: Array, y: Array, prefix: str = "") -> dict[str, float]:
    """Each metric of the outputs: a row an example, or a number where there is one output."""
    return {prefix + name: float(metric(outputs, y)) for name, metric in metrics.items()}


def _bar(epochs: int, progress: bool, how: str) -> Iterable[int]:
    """The epochs from 1, with a progress bar on a terminal where tqdm is installed."""
    numbers = range(1, epochs + 1)
    with suppress(ImportError):
        from tqdm import tqdm

        return tqdm(numbers, f"fit, {how}", unit="epoch", disable=None if progress else True)
    return numbers
