"""The list of typical mistakes: one entry each. Whatever shows mistakes reads this list; to add one, add an entry.

`autograd.lesson.mistake` says what an entry is, `sites` where the mistakes can be made, and `orders` what is then done
out of turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import longer_formulas as longer
from autograd import primitives
from autograd.labels import shown
from autograd.lesson.frames import DECIMALS
from autograd.lesson.mistake import Comparison, Mistake, Place
from autograd.lesson.orders import (
    all_equal,
    begun,
    depth_first,
    hundredfold,
    never_zeroed,
    rounded,
    switched_off,
    updated_at_once,
    updated_twice,
)
from autograd.lesson.sites import (
    ACTIVATIONS,
    RECTIFIERS,
    SQUASHING,
    all_numbers,
    biased,
    classified,
    downstream,
    early,
    handing_weights,
    layers,
    logits,
    losses,
    meetings,
    of_rows,
    rectified_biases,
    square_layers,
    squares,
    squashed_inputs,
    updates,
    weighted,
)
from autograd.lesson.updates import Optimizer
from autograd.primitive import Primitive
from autograd.program import Program
from autograd.value import Value

# ---- What is put in place of what belongs there --------------------------------------------------------------------


def partials_times(factor: float) -> Callable[..., Any]:
    """Derivatives that are ``factor`` times what they should be."""

    def partials(m: Any, row: Primitive, y: Any, *inputs: Any) -> Any:
        return row.unflatten([factor * d for d in row.flatten(row.partials(m, y, *inputs))])

    return partials


def partials_of_1(m: Any, row: Primitive, y: Any, *inputs: Any) -> Any:
    """A factor that is forgotten is 1."""
    return row.unflatten([1.0] * len(row.flatten(inputs)))


def partials_squared(m: Any, row: Primitive, y: Any, *inputs: Any) -> Any:
    """A factor that is taken twice."""
    return row.unflatten([d * d for d in row.flatten(row.partials(m, y, *inputs))])


def partials_at_input(m: Any, row: Primitive, y: Any, x: Any) -> Any:
    """The formula in terms of the output, with the input in it."""
    return row.partials(m, x, x)


def partials_at_reads(m: Any, row: Primitive, y: Any, *inputs: Any) -> Any:
    """The row's own formula: what is wrong is the site's ``reads``."""
    return row.partials(m, y, *inputs)


def times_softmax_prime(m: Any, so_far: Any, derivative: Any, gradient: Any, paths: Any, z: Any, *all_z: Any) -> Any:
    """Of the net input z of a softmax over ``all_z``: another p (1 - p)."""
    p = m.exp(z - longer.logsumexp(m, all_z))
    return so_far + derivative * gradient * (p * (1 - p))


def with_lr(changed: Callable[[Any], Any]) -> Callable[..., Any]:
    """An update with another learning rate."""

    def rule(right: Callable[..., Any], m: Any, *numbers: Any, lr: Any, **others: Any) -> Any:
        return right(m, *numbers, lr=changed(lr), **others)

    return rule


def ascent(right: Callable[..., Any], m: Any, theta: Any, gradient: Any, *memory: Any, **others: Any) -> Any:
    """An update along the gradient."""
    return right(m, theta, -gradient, *memory, **others)


# ---- The list ------------------------------------------------------------------------------------------------------

_ENTRIES = [
    # The chain rule.
    Mistake(
        "no-derivative",
        "the derivative of the activation is forgotten, as if it were 1, so the error is handed back undiminished",
        of_rows(*ACTIVATIONS),
        partials=partials_of_1,
    ),
    Mistake(
        "derivative-at-input",
        "f' is written in terms of the output, o(1 - o) say, but the net input is put in for the output",
        of_rows(*SQUASHING),
        partials=partials_at_input,
    ),
    Mistake(
        "relu-always-on",
        "the derivative of relu is taken as 1 on both sides, so units that are off learn too",
        of_rows(*RECTIFIERS),
        partials=partials_of_1,
    ),
    Mistake(
        "overwrite",
        "the gradient is assigned (=) where it should be added, so the last path wipes out the others",
        meetings,
        combine=lambda m, so_far, derivative, gradient, paths: derivative * gradient,
    ),
    Mistake(
        "average",
        "the mean over the paths is taken, where the chain rule has their sum",
        meetings,
        combine=lambda m, so_far, derivative, gradient, paths: so_far + derivative * gradient / paths,
    ),
    Mistake(
        "no-upstream",
        "the local derivative is taken for the gradient: what comes from above is not multiplied in",
        downstream,
        combine=lambda m, so_far, derivative, gradient, paths: so_far + derivative,
    ),
    Mistake(
        "order",
        "the gradient is handed on, depth first, before all of it has come, and so parts of it count more than once",
        early,
        schedule=depth_first,
    ),
    Mistake(
        "no-input",
        "the input is forgotten in the derivative by its weight, as if every input were 1",
        weighted,
        partials=partials_of_1,
    ),
    Mistake(
        "transposed",
        "the error is handed back through w_ji in place of w_ij: the weight matrix is not the one that is needed",
        square_layers,
        partials=partials_at_reads,
    ),
    Mistake(
        "no-bias",
        "the bias is forgotten: the net input lacks it, and it never learns",
        biased,
        forward=lambda m, row, w, x, b: row.forward(m, w, x, 0.0),
        partials=lambda m, row, y, w, x, b: (x, w, 0.0),
    ),
    # The loss.
    Mistake(
        "err-sign",
        "the error is taken with the wrong sign, t - o for o - t, so that each step leads away from the target",
        losses,
        partials=partials_times(-1.0),
    ),
    Mistake(
        "lost-two",
        "the 2 of the square's derivative is lost: the gradient is half of what it should be",
        squares,
        partials=partials_times(0.5),
    ),
    Mistake(
        "lost-half",
        "the 1/2 in front of the square is lost: the gradient is twice what it should be",
        of_rows(primitives.half_squared_error),
        partials=partials_times(2.0),
    ),
    Mistake(
        "sigmoid-twice",
        "p - y is the derivative by the net input already, and p(1 - p) is multiplied in once more",
        classified,
        partials=partials_squared,
    ),
    Mistake(
        "softmax-twice",
        "p - y is the derivative by the net input already, and p(1 - p) is multiplied in once more",
        logits,
        combine=times_softmax_prime,
    ),
    # The update.
    Mistake("ascent", "the gradient is added: the step leads uphill", updates, rule=ascent),
    Mistake(
        "no-learning-rate",
        "the learning rate is forgotten: the step is the whole gradient",
        updates,
        rule=with_lr(lambda lr: 1.0),
    ),
    Mistake(
        "learning-rate",
        "the learning rate is ten times too large: a step may lead over the minimum, and up on the other side",
        updates,
        rule=with_lr(lambda lr: 10 * lr),
    ),
    Mistake(
        "zero-grad",
        "the gradients are not set to 0, so each step follows the sum of all gradients since the beginning",
        updates,
        schedule=never_zeroed,
        steps=2,
    ),
    Mistake("double-update", "the update is made twice in one step", updates, schedule=updated_twice),
    Mistake(
        "too-soon",
        "a weight is updated before the error is handed back through it, and the new weight hands it on",
        handing_weights,
        schedule=updated_at_once,
    ),
    Mistake(
        "rounding",
        f"numbers are rounded as they come, to {DECIMALS[0]} decimals and gradients to {DECIMALS[1]}, "
        "so that errors of rounding add up",
        all_numbers,
        schedule=rounded,
    ),
    # The numbers that it begins with.
    Mistake(
        "equal-weights",
        "a layer's weights all begin with one number: its units get equal gradients, and stay one unit written often",
        layers,
        schedule=begun(all_equal),
    ),
    Mistake(
        "saturated",
        "an input is not scaled, and 100 times as large: the unit is saturated, and hardly a gradient comes back",
        squashed_inputs,
        schedule=begun(hundredfold),
    ),
    Mistake(
        "dead-relu",
        "the bias is so negative that the unit is off: its derivative is 0, and so nothing changes that",
        rectified_biases,
        schedule=begun(switched_off),
    ),
]

MISTAKES: dict[str, Mistake] = {entry.name: entry for entry in _ENTRIES}


def wrong(
    output: Value | Program,
    mistake: str | Mistake,
    *,
    sites: Place | Iterable[Place] | None = None,
    optimizer: Optimizer | None = None,
    steps: int | None = None,
) -> Comparison:
    """A typical mistake made in a program, beside the same program without: which number first goes wrong, and what
    becomes of each leaf's gradient.

    >>> from autograd import Value, wrong
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> y = a * b + a
    >>> y.name = "y"
    >>> print(wrong(y, "overwrite"))
    overwrite at a: the gradient is assigned (=) where it should be added, so the last path wipes out the others
    The first wrong number: ∂y/∂a = 3, which should be 4.
    <BLANKLINE>
    leaf  ∂y/∂leaf wrong  right
    a                  3      4  ≠
    b                  2      2

    Args:
        output: the program, or the Value that it computed, which stays as it is.
        mistake: its name, one of ``autograd.MISTAKES``; or a `Mistake` of one's own.
        sites: where it is made: labels, or Values, or sites of ``mistake.sites(program)``; one, or several. None for
            wherever it can be.
        optimizer: whose rule makes the update, from what it remembers now; it stays as it is. None for gradient descent
            with a learning rate of 0.1.
        steps: how many steps of training; None for as many as it takes to show.

    Returns:
        Both runs; printed, or in a notebook, they are a table. ``wrong(...).wrong[-1].program`` is the last step's, to
        be drawn or explained as any other.

    Raises:
        ValueError: there is no such mistake; or it cannot happen in this program, or not there.
    """
    if isinstance(mistake, str):
        if mistake not in MISTAKES:
            raise ValueError(f"mistake must be one of {', '.join(MISTAKES)}; got {shown(mistake)}")
        mistake = MISTAKES[mistake]
    return mistake.run(output, sites, optimizer=optimizer, steps=steps)
