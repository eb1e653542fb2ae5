"""Pages that a room sees, and what is measured on them at every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page

import nn
import optim
from autograd import Parameter, Value, Walkthrough, sin, walkthrough
from demos.gallery.toy_story import TOY_STORY
from demos.spam import SPAM, network
from tests.lesson.page.lessons import named, toy

LECTERN: Any = {"width": 1280, "height": 720}


def story() -> Walkthrough:
    """The toy network with its story."""
    output, optimizer = toy()
    return walkthrough(output, optimizer=optimizer, story=TOY_STORY)


def wide() -> Walkthrough:
    """2-5-2."""
    model = nn.MLP(2, [5, 2], output="sigmoid", rng=0)
    E = named(nn.squared_error(model([Value(0.5, "x1"), Value(-0.3, "x2")]), [Value(1.0, "t1"), Value(0.0, "t2")]))
    return walkthrough(E, optimizer=optim.Adam(model.parameters(), lr=0.1))


def classes() -> Walkthrough:
    """2-3-2 with softmax and cross-entropy."""
    model = nn.MLP(2, [3, 2], rng=0)
    E = named(nn.cross_entropy(model([0.5, -1.0]), 0))
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.1, momentum=0.9))


def small() -> Walkthrough:
    """2-2-1."""
    model = nn.MLP(2, [2, 1], rng=0)
    return walkthrough(
        named(nn.squared_error(model([0.5, -1.0]), 1.0)), optimizer=optim.SGD(model.parameters(), lr=0.1)
    )


def spam() -> Walkthrough:
    """The net of the demo."""
    model = network(np.random.default_rng(0))
    E = named(nn.squared_error(model([1.0, 0.0]), SPAM))
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.5))


def large() -> Walkthrough:
    """6-8-4-1, whose picture is followed."""
    model = nn.MLP(6, [8, 4, 1], activation="relu", rng=0)
    E = named(nn.squared_error(model([0.1 * k for k in range(6)]), 1.0))
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.1))


def function() -> Walkthrough:
    """No network."""
    x, y, z = Value(2.0, "x"), Value(-3.0, "y"), Value(0.5, "z")
    return walkthrough(named((x * y + sin(z) * x) ** 2, "f"))


def long_numbers() -> Walkthrough:
    """Numbers that take all the room there is: -2.5e-08, 123456, long names, memory."""
    ws = [Parameter(-2.5e-8, "w14"), Parameter(123456.0, "a rather long name"), Parameter(-0.00012345, "w34")]
    b = Parameter(-1.2345e-5, "b4")
    y = nn.squared_error([sum((w * k for k, w in enumerate(ws, start=1)), b)], [0.5])
    return walkthrough(named(y), optimizer=optim.Adam([*ws, b], lr=1e-3))


NETS: list[Callable[[], Walkthrough]] = [wide, classes, small, spam]
ALL: list[Callable[[], Walkthrough]] = [story, *NETS, large, function, long_numbers]

# At every step of the grain, before and after its answer, what MEASURE gives.
WALK = """([grain, view]) => {
  const told = [];
  Object.assign(state, {grain: grain ?? state.grain, view: view in pictures ? view : state.view});
  go(0);
  for (let k = 0; k < 400; k++) {
    told.push(MEASURE(pictures[state.view]));
    if (state.shown && state.at === scenes().length - 1) break;
    forwards();
  }
  return told;
}"""


def at_each_step(page: Page, measure: str, grain: str | None = None, view: str = "network") -> list[Any]:
    """What a function of the present picture gives, at every step."""
    script = WALK.replace("MEASURE", f"({measure})")
    told: list[Any] = page.evaluate(script, [grain, view])
    return told
