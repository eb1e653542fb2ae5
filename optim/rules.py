"""Update rules: each a function that reads as its formula, over a namespace, as a row of the primitive table is.

    theta, *memory = rule(math, theta, gradient, *memory, t=t, **hyperparameters)

The memory starts at 0 and goes with its parameter from step to step; ``t`` counts the steps from 1. A rule is pure: it
changes none of its arguments. It uses nothing but arithmetic and ``math``, which is a `Reading` such as
`autograd.FLOATS`. So the same rule works on floats, on flat arrays of one shape, on Values and on formulas; and
hyperparameters and ``t`` may be symbols too, for a rule asks about no number. What depends on a number is a choice of
the formula, ``math.where``: the first step, and whether an option is on, which is off at 0. A walkthrough tells a rule
as its choices fall out. What depends on a flag is a version of the rule.

Only options that may be left out have a default here, and it is off; the other defaults are the optimizers'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Reading

Number = Any  # what the reading computes with: a float, an array of them, a Value, a formula


def sgd(
    math: Reading,
    theta: Number,
    gradient: Number,
    b: Number,
    *,
    t: Number,
    lr: Number,
    momentum: Number = 0.0,
    dampening: Number = 0.0,
    weight_decay: Number = 0.0,
    nesterov: bool = False,
    maximize: bool = False,
) -> tuple[Number, Number]:
    """Gradient descent, with momentum as PyTorch has it: the velocity b is free of the learning rate.

    ``b = mu b + (1 - tau) g``, ``theta = theta - lr b``; the first b is g, undamped. Without momentum
    ``theta = theta - lr g``; with Nesterov's, ``theta = theta - lr (g + mu b)``.

    Sources: IITI, "Step 3 - Update Weights", where Err * o is -dE/dw; the torch.optim.SGD page that HKU quotes. Under
    ``maximize`` that page's last lines would turn weight decay into growth; PyTorch changes the sign of g first.
    """
    g = _objective(math, theta, gradient, weight_decay, maximize)
    damped = math.where(math.greater(t, 1), (1 - dampening) * g, g)
    b = _if_on(math, momentum, momentum * b + _if_on(math, dampening, damped, g), b)
    return theta - lr * _if_on(math, momentum, g + momentum * b if nesterov else b, g), b


def sutskever(
    math: Reading,
    theta: Number,
    gradient: Number,
    v: Number,
    *,
    t: Number,
    lr: Number,
    momentum: Number,
    weight_decay: Number = 0.0,
    nesterov: bool = False,
    maximize: bool = False,
) -> tuple[Number, Number]:
    """Momentum as the slide has it: the learning rate is part of the velocity v.

    ``v = mu v - lr g``, ``theta = theta + v``. The same as `sgd`'s while ``lr`` stays as it is, for then ``v = -lr b``.

    Nesterov's takes the gradient where momentum leads, at ``w + mu v``. Here theta is that place, since it is there
    that the gradient is known: the slide's w and v go on behind it, with ``theta = w + mu v``.

    Sources: HKU, "Momentum" and "Momentum vs. Nesterov Momentum"; Sutskever et al., "On the importance of
    initialization and momentum in deep learning" (2013).
    """
    g = _objective(math, theta, gradient, weight_decay, maximize)
    v = momentum * v - lr * g
    return (theta + momentum * v - lr * g if nesterov else theta + v), v


def adagrad(
    math: Reading,
    theta: Number,
    gradient: Number,
    G: Number,
    *,
    t: Number,
    lr: Number,
    lr_decay: Number = 0.0,
    weight_decay: Number = 0.0,
    eps: Number,
    maximize: bool = False,
    eps_inside: bool = False,
) -> tuple[Number, Number]:
    """AdaGrad: a learning rate for each parameter, the smaller the more its gradients G have added up.

    ``G = G + g^2``, ``theta = theta - lr / (sqrt(G) + eps) g``; on the slide ``lr / sqrt(G + eps)``, which is
    ``eps_inside``. With decay, lr is ``lr / (1 + (t - 1) lr_decay)``.

    Sources: HKU, "AdaGrad" (whose first slide has the old G in the root, and the next, as here, the new one); the
    torch.optim.Adagrad page.
    """
    g = _objective(math, theta, gradient, weight_decay, maximize)
    G = G + g * g
    lr = _if_on(math, lr_decay, lr / (1 + (t - 1) * lr_decay), lr)
    return theta - lr / _root(math, G, eps, eps_inside) * g, G


def rmsprop(
    math: Reading,
    theta: Number,
    gradient: Number,
    v: Number,
    g_mean: Number,
    b: Number,
    *,
    t: Number,
    lr: Number,
    alpha: Number,
    eps: Number,
    weight_decay: Number = 0.0,
    momentum: Number = 0.0,
    centered: bool = False,
    maximize: bool = False,
    eps_inside: bool = False,
) -> tuple[Number, Number, Number, Number]:
    """RMSProp: AdaGrad with a running mean v of the squares in place of their sum, so that it does not grow for ever.

    ``v = alpha v + (1 - alpha) g^2``, ``theta = theta - lr / (sqrt(v) + eps) g``; on the slide, where v is G and alpha
    is beta, ``lr / sqrt(G + eps)``, which is ``eps_inside``. Centred, the root is of the variance ``v - g_mean^2``,
    where ``g_mean = alpha g_mean + (1 - alpha) g``. With momentum, ``b = mu b + g / (sqrt(v) + eps)`` and
    ``theta = theta - lr b``.

    Sources: HKU, "AdaGrad vs. RMSProp"; the torch.optim.RMSprop page.
    """
    g = _objective(math, theta, gradient, weight_decay, maximize)
    v = alpha * v + (1 - alpha) * (g * g)
    if centered:
        g_mean = alpha * g_mean + (1 - alpha) * g
    root = _root(math, v - g_mean * g_mean if centered else v, eps, eps_inside)
    b = _if_on(math, momentum, momentum * b + g / root, b)
    return theta - _if_on(math, momentum, lr * b, lr / root * g), v, g_mean, b


def adam(
    math: Reading,
    theta: Number,
    gradient: Number,
    m: Number,
    v: Number,
    v_max: Number,
    *,
    t: Number,
    lr: Number,
    betas: tuple[Number, Number],
    eps: Number,
    weight_decay: Number = 0.0,
    amsgrad: bool = False,
    maximize: bool = False,
    bias_correction: bool = True,
) -> tuple[Number, Number, Number, Number]:
    """Adam: running means of the gradients, m, and of their squares, v, corrected for their starting at 0.

    ``m = beta1 m + (1 - beta1) g``, ``v = beta2 v + (1 - beta2) g^2``,
    ``theta = theta - lr / (sqrt(v / (1 - beta2^t)) + eps) m / (1 - beta1^t)``. The slide, where beta1 is gamma and
    beta2 is beta, has neither division; that is ``bias_correction=False``. Under ``amsgrad`` the largest v so far,
    v_max, is put in v's place. (The quoted page takes the maximum after the division, PyTorch before it.)

    Sources: HKU, "RMSProp vs. Adam", and the torch.optim.Adam page that it quotes; Kingma and Ba, "Adam" (2015).
    """
    g = _objective(math, theta, gradient, weight_decay, maximize)
    beta1, beta2 = betas
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g * g)
    if amsgrad:
        v_max = math.maximum([v_max, v])
    m_hat, v_hat = m, v_max if amsgrad else v
    if bias_correction:
        m_hat = m_hat / (1 - beta1**t)
        v_hat = v_hat / (1 - beta2**t)
    return theta - lr / _root(math, v_hat, eps) * m_hat, m, v, v_max


def adamw(
    math: Reading,
    theta: Number,
    gradient: Number,
    m: Number,
    v: Number,
    v_max: Number,
    *,
    t: Number,
    lr: Number,
    betas: tuple[Number, Number],
    eps: Number,
    weight_decay: Number = 0.0,
    amsgrad: bool = False,
    maximize: bool = False,
) -> tuple[Number, Number, Number, Number]:
    """Adam with weight decay beside the gradient rather than in it: ``theta = theta (1 - lr lambda)``, then `adam`.

    Sources: the torch.optim.AdamW page; Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
    """
    theta = _if_on(math, weight_decay, theta * (1 - lr * weight_decay), theta)
    return adam(
        math, theta, gradient, m, v, v_max, t=t, lr=lr, betas=betas, eps=eps, amsgrad=amsgrad, maximize=maximize
    )


def lion(
    math: Reading,
    theta: Number,
    gradient: Number,
    m: Number,
    *,
    t: Number,
    lr: Number,
    betas: tuple[Number, Number],
    weight_decay: Number = 0.0,
    maximize: bool = False,
) -> tuple[Number, Number]:
    """Lion: every parameter takes a step of lr, in the direction that a running mean c of its gradients points to.

    ``c = beta1 m + (1 - beta1) g``, ``theta = theta - lr (sign(c) + lambda theta)``, ``m = beta2 m + (1 - beta2) g``:
    what is remembered forgets more slowly than what is followed. The sign is ``c / |c|``, and 0 where c is 0.

    Source: Chen et al., "Symbolic discovery of optimization algorithms" (2023), Algorithm 2.
    """
    beta1, beta2 = betas
    g = -gradient if maximize else gradient
    c = beta1 * m + (1 - beta1) * g
    sign = c / math.where(math.equal(c, 0), 1.0, math.abs(c))
    step = _if_on(math, weight_decay, sign + weight_decay * theta, sign)
    return theta - lr * step, beta2 * m + (1 - beta2) * g


# By rule, what it remembers of squared gradients, which is never negative.
SQUARES: dict[Callable[..., Any], tuple[str, ...]] = {
    adagrad: ("G",),
    rmsprop: ("v",),
    adam: ("v", "v_max"),
    adamw: ("v", "v_max"),
}


def _objective(math: Reading, theta: Number, gradient: Number, weight_decay: Number, maximize: bool) -> Number:
    """The gradient of what is made small: -g in order to maximize; lambda theta more for a penalty lambda/2 theta^2."""
    g = -gradient if maximize else gradient
    return _if_on(math, weight_decay, g + weight_decay * theta, g)


def _if_on(math: Reading, option: Number, on: Number, off: Number) -> Number:
    """What a formula has where an option is on, and where it is off, at 0."""
    return math.where(math.equal(option, 0), off, on)


def _root(math: Reading, v: Number, eps: Number, eps_inside: bool = False) -> Number:
    """The square root that a step is divided by, kept away from 0."""
    return math.sqrt(v + eps) if eps_inside else math.sqrt(v) + eps
