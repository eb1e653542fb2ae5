"""Ctrl-C while a model learns: it comes between two updates, and never within one."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interrupts:
    """Inside ``with Interrupts() as interrupts:`` Ctrl-C waits for the end of whatever is marked as ``whole``.

    What is done about it is up to the handler that there is, which by default raises KeyboardInterrupt. Only the main
    thread gets signals; in others there is nothing to put off.
    """

    whole = False  # whether what is going on is not to be interrupted
    waiting = False

    def __enter__(self) -> Interrupts:
        self.handler: Any = signal.getsignal(signal.SIGINT)
        self.ours = callable(self.handler) and threading.current_thread() is threading.main_thread()
        if self.ours:
            signal.signal(signal.SIGINT, self._received)
        return self

    def __exit__(self, *_: object) -> None:
        if self.ours:
            signal.signal(signal.SIGINT, self.handler)
        self.over()

    def over(self) -> None:
        """What was whole is done: see to a Ctrl-C that has come meanwhile."""
        self.whole = False
        if self.waiting:
            self.waiting = False
            self.handler(signal.SIGINT, None)

    def _received(self, number: int, frame: FrameType | None) -> None:
        self.waiting = True
        if not self.whole:
            self.over()
