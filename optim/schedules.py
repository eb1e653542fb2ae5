"""Learning-rate schedules: functions from the epoch, counted from 0, to the learning rate.

    >>> schedule = warm_up(cosine(0.1, epochs=50), epochs=5)
    >>> [round(schedule(epoch), 3) for epoch in (0, 4, 5, 27, 49)]
    [0.033, 0.085, 0.098, 0.044, 0.0]

`nn.fit` takes it, or ``optimizer.lr = schedule(epoch)`` in a loop of one's own. Any callable will do:
``lambda epoch: 0.1 / (1 + epoch)``. Those here give the numbers of torch.optim.lr_scheduler.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd import arguments

Schedule = Callable[[int], float]


def step(lr: float, step_size: int, gamma: float = 0.1) -> Schedule:
    """Times gamma every ``step_size`` epochs: ``lr gamma^floor(epoch / step_size)`` (StepLR).

    Args:
        lr: the first learning rate.
        step_size: how many epochs a learning rate lasts.
        gamma: what it is then multiplied by.

    Raises:
        ValueError: an argument is not positive, or ``step_size`` is not a whole number.
    """
    lr, gamma = arguments.positive("lr", lr), arguments.positive("gamma", gamma)
    step_size = arguments.whole_number("step_size", step_size)
    return lambda epoch: lr * gamma ** (epoch // step_size)


def exponential(lr: float, gamma: float) -> Schedule:
    """Times gamma every epoch: ``lr gamma^epoch`` (ExponentialLR).

    Args:
        lr: the first learning rate.
        gamma: what it is multiplied by from one epoch to the next.

    Raises:
        ValueError: an argument is not positive.
    """
    lr, gamma = arguments.positive("lr", lr), arguments.positive("gamma", gamma)
    return lambda epoch: lr * gamma**epoch


def cosine(lr: float, epochs: int, min_lr: float = 0.0) -> Schedule:
    """Down along half a wave: ``min_lr + (lr - min_lr) (1 + cos(pi epoch / epochs)) / 2`` (CosineAnnealingLR).

    Args:
        lr: the first learning rate.
        epochs: when ``min_lr`` is reached; from there the wave goes up again. PyTorch's T_max.
        min_lr: the last learning rate, not negative. PyTorch's eta_min.

    Raises:
        ValueError: ``lr`` or ``epochs`` is not positive, or ``min_lr`` is not from 0 to ``lr``.
    """
    lr = arguments.positive("lr", lr)
    epochs = arguments.whole_number("epochs", epochs)
    min_lr = arguments.number("min_lr", min_lr, f"a number from 0 to lr={lr:g}", lambda x: 0 <= x <= lr)
    return lambda epoch: min_lr + (lr - min_lr) * (1 + math.cos(math.pi * epoch / epochs)) / 2


def warm_up(schedule: Schedule, epochs: int, start_factor: float = 1 / 3) -> Schedule:
    """A schedule that starts with a share of its learning rates, which grows evenly to the whole (LinearLR, chained).

    ``schedule(epoch) (start_factor + (1 - start_factor) min(epoch, epochs) / epochs)``.

    Args:
        schedule: the learning rates to warm up to.
        epochs: when the whole is reached. PyTorch's total_iters.
        start_factor: the share at epoch 0, above 0 and at most 1.

    Raises:
        TypeError: ``schedule`` cannot be called.
        ValueError: ``epochs`` is not a positive whole number, or ``start_factor`` is out of its range.
    """
    if not callable(schedule):
        raise TypeError(f"schedule must be a function of the epoch, such as cosine(0.1, 50), got {schedule!r}")
    epochs = arguments.whole_number("epochs", epochs)
    start_factor = arguments.number("start_factor", start_factor, "above 0 and at most 1", lambda x: 0 < x <= 1)
    return lambda epoch: schedule(epoch) * (start_factor + (1 - start_factor) * min(epoch, epochs) / epochs)
