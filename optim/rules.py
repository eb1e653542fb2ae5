"""Update rules: each a function that reads as its formula, on floats and on flat NumPy arrays alike.

    theta, *memory = rule(theta, gradient, *memory, t=t, **hyperparameters)

The memory starts at 0 and goes with its parameter from step to step; ``t`` counts the steps from 1. All arguments of a
call have one shape, that of ``theta``. A rule is pure: it changes none of its arguments.

As only arithmetic, roots and maxima occur, a rule works on formulas too, and a walkthrough can show it in symbols.
Where a rule asks whether an option is on, the option is a number or a flag.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", float, NDArray[np.float64])


def sgd(
    theta: Number,
    gradient: Number,
    b: Number,
    *,
    t: int,
    lr: float,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
    maximize: bool = False,
) -> tuple[Number, Number]:
    """Gradient descent, with momentum as PyTorch has it: the velocity b is free of the learning rate.

    ``b = mu b + (1 - tau) g``, ``theta = theta - lr b``; the first b is g, undamped. Without momentum
    ``theta = theta - lr g``; with Nesterov's, ``theta = theta - lr (g + mu b)``.

    Sources: IITI, "Step 3 - Update Weights", where Err * o is -dE/dw; the torch.optim.SGD page that HKU quotes. Under
    ``maximize`` that page's last lines would turn weight decay into growth; PyTorch changes the sign of g first.
    """
    g = _objective(theta, gradient, weight_decay, maximize)
    if momentum != 0:
        damped = (1 - dampening) * g if dampening != 0 and t > 1 else g
        b = momentum * b + damped
        g = g + momentum * b if nesterov else b
    return theta - lr * g, b


def sutskever(
    theta: Number,
    gradient: Number,
    v: Number,
    *,
    t: int,
    lr: float,
    momentum: float,
    weight_decay: float = 0.0,
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
    g = _objective(theta, gradient, weight_decay, maximize)
    v = momentum * v - lr * g
    return (theta + momentum * v - lr * g if nesterov else theta + v), v


def adagrad(
    theta: Number,
    gradient: Number,
    G: Number,
    *,
    t: int,
    lr: float,
    lr_decay: float = 0.0,
    weight_decay: float = 0.0,
    eps: float = 1e-10,
    maximize: bool = False,
    eps_inside: bool = False,
) -> tuple[Number, Number]:
    """AdaGrad: a learning rate for each parameter, the smaller the more its gradients G have added up.

    ``G = G + g^2``, ``theta = theta - lr / (sqrt(G) + eps) g``; on the slide ``lr / sqrt(G + eps)``, which is
    ``eps_inside``. With decay, lr is ``lr / (1 + (t - 1) lr_decay)``.

    Sources: HKU, "AdaGrad" (whose first slide has the old G in the root, and the next, as here, the new one); the
    torch.optim.Adagrad page.
    """
    g = _objective(theta, gradient, weight_decay, maximize)
    G = G + g * g
    if lr_decay != 0:
        lr = lr / (1 + (t - 1) * lr_decay)
    return theta - lr / _root(G, eps, eps_inside) * g, G


def rmsprop(
    theta: Number,
    gradient: Number,
    v: Number,
    g_mean: Number,
    b: Number,
    *,
    t: int,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    momentum: float = 0.0,
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
    g = _objective(theta, gradient, weight_decay, maximize)
    v = alpha * v + (1 - alpha) * (g * g)
    if centered:
        g_mean = alpha * g_mean + (1 - alpha) * g
        root = _root(v - g_mean * g_mean, eps, eps_inside)
    else:
        root = _root(v, eps, eps_inside)
    if momentum == 0:
        return theta - lr / root * g, v, g_mean, b
    b = momentum * b + g / root
    return theta - lr * b, v, g_mean, b


def adam(
    theta: Number,
    gradient: Number,
    m: Number,
    v: Number,
    v_max: Number,
    *,
    t: int,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
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
    beta1, beta2 = betas
    g = _objective(theta, gradient, weight_decay, maximize)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g * g)
    if amsgrad:
        v_max = np.maximum(v_max, v)
    m_hat, v_hat = m, v_max if amsgrad else v
    if bias_correction:
        m_hat = m_hat / (1 - beta1**t)
        v_hat = v_hat / (1 - beta2**t)
    return theta - lr / _root(v_hat, eps) * m_hat, m, v, v_max


def adamw(
    theta: Number,
    gradient: Number,
    m: Number,
    v: Number,
    v_max: Number,
    *,
    t: int,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    amsgrad: bool = False,
    maximize: bool = False,
) -> tuple[Number, Number, Number, Number]:
    """Adam with weight decay beside the gradient rather than in it: ``theta = theta (1 - lr lambda)``, then `adam`.

    Sources: the torch.optim.AdamW page; Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
    """
    if weight_decay != 0:
        theta = theta * (1 - lr * weight_decay)
    return adam(theta, gradient, m, v, v_max, t=t, lr=lr, betas=betas, eps=eps, amsgrad=amsgrad, maximize=maximize)


def _objective(theta: Number, gradient: Number, weight_decay: float, maximize: bool) -> Number:
    """The gradient of what is made small: -g in order to maximize; lambda theta more for a penalty lambda/2 theta^2."""
    g = -gradient if maximize else gradient
    return g + weight_decay * theta if weight_decay != 0 else g


def _root(v: Number, eps: float, eps_inside: bool = False) -> Number:
    """The square root that a step is divided by, kept away from 0."""
    root: Number = np.sqrt(v + eps) if eps_inside else np.sqrt(v) + eps
    return root
