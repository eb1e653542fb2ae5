"""Steps of training in which things are done in another order than they should be, twice, or not at all: schedules of
mistakes, each made of the events that belong there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.lesson.events import Event, handed_on, parameters
from autograd.lesson.frames import DECIMALS
from autograd.lesson.mistake import Site
from autograd.program import Program


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
    early = {site.node for site in sites} & {event.node for event in events if event.do == "update"}
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


def begun(number: Callable[[Program, Site], list[Event]]) -> Callable[..., list[Event]]:
    """Numbers that are set otherwise before the first step."""

    def schedule(program: Program, t: int, events: list[Event], sites: Sequence[Site]) -> list[Event]:
        return [*[event for site in sites if t == 1 for event in number(program, site)], *events]

    return schedule


def all_equal(program: Program, site: Site) -> list[Event]:
    """All weights of a layer, whose units the site reads, begin as the first unit's first; all biases as its bias."""
    units, leaves = [program.nodes[i].parents for i in site.reads or ()], {*parameters(program)}
    n = len(units[0]) // 2
    begins = {unit[k]: units[0][0] for unit in units for k in range(n)}
    begins |= {unit[k]: units[0][k] for unit in units for k in range(2 * n, len(unit)) if unit[k] in leaves}
    return [Event("set", own, number=program.nodes[one].data) for own, one in begins.items()]


def hundredfold(program: Program, site: Site) -> list[Event]:
    """An input that was not scaled."""
    return [Event("set", site.node, number=100 * program.nodes[site.node].data)]


def switched_off(program: Program, site: Site) -> list[Event]:
    """A bias with which no net input of its relu units is above -1."""
    largest = max(program.nodes[net].data for net in site.reads or ())
    return [Event("set", site.node, number=program.nodes[site.node].data - max(largest, 0.0) - 1)]
