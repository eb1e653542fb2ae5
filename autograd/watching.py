"""Watching: who looks on while a graph is made and passed back over, as `detect_anomaly` does; and which leaves are
made while a function runs, as opposed to those that it finds outside."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Protocol


class Watcher(Protocol):
    """What is shown each node (a Value) when it is made, and each backward pass when it is done."""

    def made(self, node: Any) -> None: ...
    def passed_back(self, order: Sequence[Any], gradient: Callable[[Any], float]) -> None: ...


runs = 0  # how many functions run inside `own_leaves`, in any thread
leaves: ContextVar[set[Any] | None] = ContextVar("leaves", default=None)  # what the innermost of them has made

watchers = 0  # how many watch, in any thread: nearly always none, and then a node asks no further
watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)  # who does, in this thread or task
_counting = threading.Lock()


@contextlib.contextmanager
def watched(by: Watcher | None) -> Iterator[None]:
    """Inside ``with watched(by=...):`` a watcher looks on, in place of any outer one; None for nobody."""
    global watchers
    with _counting:
        watchers += by is not None
    token = watcher.set(by)
    try:
        yield
    finally:
        watcher.reset(token)
        with _counting:
            watchers -= by is not None


@contextlib.contextmanager
def own_leaves() -> Iterator[set[Any]]:
    """Inside ``with own_leaves() as made:`` the set gets each leaf (a Value) that is made."""
    global runs
    outer, made = leaves.get(), set[Any]()
    with _counting:
        runs += 1
    token = leaves.set(made)
    try:
        yield made
    finally:
        leaves.reset(token)
        with _counting:
            runs -= 1
        if outer is not None:
            outer |= made
