"""Watching: who looks on while a graph is made and passed back over, as `detect_anomaly` does."""

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
