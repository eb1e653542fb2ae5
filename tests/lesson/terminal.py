"""A program at a terminal of its own, with someone at its keys."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
# Ctrl-C reaches who is in the terminal's foreground, unless it is ignored, as it is by a job in the background.
TO_THE_FOREGROUND = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Terminal:
    """Runs ``python`` with these arguments at a pseudo-terminal (of POSIX)."""

    def __init__(self, arguments: Sequence[str], encoding: str = "utf-8") -> None:
        self.ours, self.theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", TO_THE_FOREGROUND, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
            start_new_session=True,
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
        )
        self.told = ""  # and not yet asked for

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def settings(self) -> list[Any]:
        """Whether it echoes, hands on lines or keys, and so on."""
        return termios.tcgetattr(self.theirs)

    def press(self, keys: str) -> None:
        """Type at it."""
        os.write(self.ours, keys.encode())

    def until(self, awaited: str, seconds: float = 30.0) -> str:
        """What it prints up to ``awaited``, which it must print in time."""
        while awaited not in self.told:
            ready, _, _ = select.select([self.ours], [], [], seconds)
            assert ready, f"it never told {awaited!r}, but {self.told!r}"
            self.told += os.read(self.ours, 65536).decode(errors="replace").replace("\r\n", "\n")
        end = self.told.index(awaited) + len(awaited)
        before, self.told = self.told[:end], self.told[end:]
        return before

    def rest(self, seconds: float = 0.3) -> str:
        """What else it prints before it waits for so long."""
        while select.select([self.ours], [], [], seconds)[0]:
            self.told += os.read(self.ours, 65536).decode(errors="replace").replace("\r\n", "\n")
        rest, self.told = self.told, ""
        return rest
