"""The list of typical mistakes: one entry each. `autograd.lesson.mistake` says what an entry is, and `places` where the
mistakes can be made.

Whatever shows mistakes reads this list; to add one, add an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import longer_formulas as longer
from autograd import primitives
from autograd.labels import shown
from autograd.lesson import places
from autograd.lesson.events import Event, handed_on, parameters
from autograd.lesson.frames import DECIMALS, Optimizer
from autograd.lesson.mistake import Comparison, Mistake, Place, Site
from autograd.primitive import Primitive
from autograd.program import Program
from autograd.value import Value

# ---- What is computed ----------------------------------------------------------------------------------------------


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


# ---- In which order ------------------------------------------------------------------------------------------------


def never_zeroed(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
    """The sites' gradients are left over for the next step."""
    left = {site.node for site in sites}
    return [event for event in events if event.do != "zero" or event.node not in left]


def updated_twice(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
    """The sites take their step again."""
    twice = {site.node for site in sites}
    return [event for one in events for event in [one] * (1 + (one.do == "update" and one.node in twice))]


def updated_at_once(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
    """Each site is updated as soon as its gradient is complete; nodes hand on to them first."""
    early = {site.node for site in sites}
    rest = [event for event in events if event.do != "update" or event.node not in early]
    backward = [k for k, event in enumerate(rest) if event.do == "backward"]
    order = sorted(backward, key=lambda k: (-rest[k].node, written(program, rest[k]) not in early))
    complete = {written(program, rest[k]): k for k in order}
    done = rest[: backward[0]]
    for k in order:
        done.append(rest[k])
        node = written(program, rest[k])
        if node in early and complete[node] == k:
            done.append(Event("update", node))
    return done + rest[backward[-1] + 1 :]


def rounded(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
    """Each result, and each gradient that is complete, is rounded before the next step uses it."""
    early = {site.node for site in sites}
    gathers = ("seed", "backward")
    complete = {written(program, event): k for k, event in enumerate(events) if event.do in gathers}
    done = []
    for k, event in enumerate(events):
        done.append(event)
        node = written(program, event)
        if event.do == "forward" and node in early:
            done.append(Event("round", node, number=DECIMALS[0]))
        elif event.do in gathers and node in early and complete[node] == k:
            done.append(Event("round grad", node, number=DECIMALS[1]))
    return done


def depth_first(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
    """Whatever a node is handed, it hands on at once all that it has."""
    done, to_come = [], handed_on(program, len(program) - 1)[::-1]
    while to_come:
        done.append(to_come.pop())
        to_come += handed_on(program, written(program, done[-1]))[::-1]
    first = next(k for k, event in enumerate(events) if event.do == "backward")
    others = [event for event in events[first:] if event.do != "backward"]
    return [*events[:first], *done, *others]


def written(program: Program, event: Event) -> int:
    """The node whose number an event writes."""
    return program.nodes[event.node].parents[event.edge] if event.do == "backward" else event.node


# ---- From which numbers --------------------------------------------------------------------------------------------


def begun(number: Callable[[Program, Site], list[Event]]) -> Callable[..., list[Event]]:
    """Numbers that are set otherwise before the first step."""

    def schedule(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
        return [*[event for site in sites if t == 1 for event in number(program, site)], *events]

    return schedule


def as_first_unit(program: Program, site: Site) -> list[Event]:
    """A unit begins as a copy of its layer's first, which the site reads."""
    (first,) = site.reads or ()
    begins, weights = dict(zip(program.nodes[site.node].parents, program.nodes[first].parents)), {*parameters(program)}
    return [Event("set", own, number=program.nodes[one].data) for own, one in begins.items() if own in weights]


def hundredfold(program: Program, site: Site) -> list[Event]:
    """An input that was not scaled."""
    return [Event("set", site.node, number=100 * program.nodes[site.node].data)]


def switched_off(program: Program, site: Site) -> list[Event]:
    """A bias with which no net input of its relu units is above -1."""
    largest = max(program.nodes[net].data for net in site.reads or ())
    return [Event("set", site.node, number=program.nodes[site.node].data - max(largest, 0.0) - 1)]


# ---- The list ------------------------------------------------------------------------------------------------------

_ENTRIES = [
    # The chain rule.
    Mistake(
        "no-derivative",
        "the derivative of the activation is forgotten, as if it were 1, so the error is handed back undiminished",
        places.of_rows(*places.ACTIVATIONS),
        partials=partials_of_1,
    ),
    Mistake(
        "derivative-at-input",
        "f' is written in terms of the output, o(1 - o) say, but the net input is put in for the output",
        places.of_rows(*places.SQUASHING),
        partials=partials_at_input,
    ),
    Mistake(
        "relu-always-on",
        "the derivative of relu is taken as 1 on both sides, so units that are off learn too",
        places.of_rows(*places.RECTIFIERS),
        partials=partials_of_1,
    ),
    Mistake(
        "overwrite",
        "the gradient is assigned (=) where it should be added, so the last path wipes out the others",
        places.meetings,
        combine=lambda m, so_far, derivative, gradient, paths: derivative * gradient,
    ),
    Mistake(
        "average",
        "the mean over the paths is taken, where the chain rule has their sum",
        places.meetings,
        combine=lambda m, so_far, derivative, gradient, paths: so_far + derivative * gradient / paths,
    ),
    Mistake(
        "no-upstream",
        "the local derivative is taken for the gradient: what comes from above is not multiplied in",
        places.downstream,
        combine=lambda m, so_far, derivative, gradient, paths: so_far + derivative,
    ),
    Mistake(
        "order",
        "the gradient is handed on, depth first, before all of it has come, and so parts of it count more than once",
        places.early,
        schedule=depth_first,
    ),
    Mistake(
        "no-input",
        "the input is forgotten in the derivative by its weight, as if every input were 1",
        places.weighted,
        partials=partials_of_1,
    ),
    Mistake(
        "transposed",
        "the error is handed back through w_ji in place of w_ij: the weight matrix is not the one that is needed",
        places.square_layers,
        partials=partials_at_reads,
    ),
    Mistake(
        "no-bias",
        "the bias is forgotten: the net input lacks it, and it never learns",
        places.biased,
        forward=lambda m, row, w, x, b: row.forward(m, w, x, 0.0),
        partials=lambda m, row, y, w, x, b: (x, w, 0.0),
    ),
    # The loss.
    Mistake(
        "err-sign",
        "the error is taken with the wrong sign, t - o for o - t, so that each step leads away from the target",
        places.losses,
        partials=partials_times(-1.0),
    ),
    Mistake(
        "lost-two",
        "the 2 of the square's derivative is lost: the gradient is half of what it should be",
        places.squares,
        partials=partials_times(0.5),
    ),
    Mistake(
        "lost-half",
        "the 1/2 in front of the square is lost: the gradient is twice what it should be",
        places.of_rows(primitives.half_squared_error),
        partials=partials_times(2.0),
    ),
    Mistake(
        "sigmoid-twice",
        "p - y is the derivative by the net input already, and p(1 - p) is multiplied in once more",
        places.classified,
        partials=partials_squared,
    ),
    Mistake(
        "softmax-twice",
        "p - y is the derivative by the net input already, and p(1 - p) is multiplied in once more",
        places.logits,
        combine=times_softmax_prime,
    ),
    # The update.
    Mistake("ascent", "the gradient is added: the step leads uphill", places.updates, rule=ascent),
    Mistake(
        "no-learning-rate",
        "the learning rate is forgotten: the step is the whole gradient",
        places.updates,
        rule=with_lr(lambda lr: 1.0),
    ),
    Mistake(
        "learning-rate",
        "the learning rate is ten times too large: a step may lead over the minimum, and up on the other side",
        places.updates,
        rule=with_lr(lambda lr: 10 * lr),
    ),
    Mistake(
        "zero-grad",
        "the gradients are not set to 0, so each step follows the sum of all gradients since the beginning",
        places.updates,
        schedule=never_zeroed,
        steps=2,
    ),
    Mistake("double-update", "the update is made twice in one step", places.updates, schedule=updated_twice),
    Mistake(
        "too-soon",
        "a weight is updated before the error is handed back through it, and the new weight hands it on",
        places.handing_weights,
        schedule=updated_at_once,
    ),
    Mistake(
        "rounding",
        f"numbers are rounded as they come, to {DECIMALS[0]} decimals and gradients to {DECIMALS[1]}, "
        "so that errors of rounding add up",
        places.all_numbers,
        schedule=rounded,
    ),
    # The numbers that it begins with.
    Mistake(
        "equal-weights",
        "the units of a layer begin with equal weights: they get equal gradients, and stay one unit written twice",
        places.later_units,
        schedule=begun(as_first_unit),
    ),
    Mistake(
        "saturated",
        "an input is not scaled, and 100 times as large: the unit is saturated, and hardly a gradient comes back",
        places.squashed_inputs,
        schedule=begun(hundredfold),
    ),
    Mistake(
        "dead-relu",
        "the bias is so negative that the unit is off: its derivative is 0, and so nothing changes that",
        places.rectified_biases,
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
        Both runs; printed, or in a notebook, they are a table. ``wrong(...).wrong[-1].program`` can be drawn.

    Raises:
        ValueError: there is no such mistake; or it cannot happen in this program, or not there.
    """
    if isinstance(mistake, str):
        if mistake not in MISTAKES:
            raise ValueError(f"mistake must be one of {', '.join(MISTAKES)}; got {shown(mistake)}")
        mistake = MISTAKES[mistake]
    return mistake.run(output, sites, optimizer=optimizer, steps=steps)
