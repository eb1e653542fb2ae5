"""Running demos on broken code, each in a process of its own, and asking which of their claims fail."""

from __future__ import annotations

import contextlib
import functools
import inspect
import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple, NoReturn

import matplotlib.pyplot as plt

from autograd import PRIMITIVES, value, written_out
from demos.gallery import Board
from demos.gallery.course import Demo
from tests.breaks.breaks import BREAKS
from tests.breaks.patching import Break

SECONDS = 30  # after which a demo counts as one that does not end

Place = tuple[int, int]  # the line of the demo where a claim is made, and how often it was there before


class Check(NamedTuple):
    """A claim, or a number beside a slide's.

    Attributes:
        text: what is said.
        holds: whether it is so.
        reason: why it is said although no break can make it false.
    """

    text: str
    holds: bool
    reason: str


class Run(NamedTuple):
    """What came of a demo.

    Attributes:
        demo: its name.
        broken: what was broken; "" for nothing.
        checks: by their places.
        error: how it ended before its end; "" where it did not.
        reached: the names of the breaks that change code which it runs; of one that is not broken.
    """

    demo: str
    broken: str
    checks: dict[Place, Check]
    error: str
    reached: tuple[str, ...] = ()

    @property
    def noticed(self) -> bool:
        """Whether it ends in an error, as a demo does at the first claim that fails."""
        return bool(self.error) or not all(check.holds for check in self.checks.values())


class TooLongError(BaseException):
    """It does not end, as where gradient descent cannot become shorter than its threshold."""


def too_long(*_: object) -> NoReturn:
    raise TooLongError(f"not over in {SECONDS} s")


def recorded(demo: Demo) -> tuple[dict[Place, Check], str]:
    """Run a demo at its small settings: its checks, which don't stop it, and how it ended. Nothing is drawn."""
    checks: dict[Place, Check] = {}
    seen: Counter[int] = Counter()

    def add(text: str, holds: bool, reason: str) -> None:
        frame: FrameType | None = sys._getframe(2)
        assert frame is not None
        seen[frame.f_lineno] += 1
        checks[frame.f_lineno, seen[frame.f_lineno]] = Check(text, holds, reason)

    def claim(self: Board, text: str, holds: Any, reason: str = "") -> None:
        add(text, bool(holds), reason)

    def number(self: Board, name: str, found: Any, slide: str = "", digits: int = 6, **said: str) -> None:
        if slide:
            try:
                holds = Decimal(float(found)).quantize(Decimal(slide)) == Decimal(slide)
            except ArithmeticError:  # of what is no number
                holds = False
            add(f"{name}: {slide}", holds, said.get("reason", ""))

    def figure(self: Board, fig: Any, *_: object, **__: object) -> None:
        plt.close(fig)

    def nothing(self: Board, *_: object, **__: object) -> None:
        pass

    for name, method in {"claim": claim, "number": number, "figure": figure}.items():
        setattr(Board, name, method)
    for name in ("graph", "network", "walkthrough", "derivation"):
        setattr(Board, name, nothing)
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS)
    error = ""
    with (
        tempfile.TemporaryDirectory() as out,
        open(os.devnull, "w") as null,
        contextlib.redirect_stdout(null),
        contextlib.redirect_stderr(null),
    ):
        try:
            main = demo.module().main
            settings = {"small": True} if "small" in inspect.signature(main).parameters else {}
            main(Path(out), seed=0, **settings)
        except BaseException:
            error = traceback.format_exc(limit=-4).strip()
        finally:
            signal.alarm(0)
    return checks, error


def whole(demo: Demo) -> Run:
    """What a demo says when nothing is broken, and which breaks change what it runs."""
    codes: set[CodeType] = set()
    rows: set[str] = set()

    def make(right: Any, data: float, op: Any, *rest: Any) -> Any:
        rows.add(op.name)
        return right(data, op, *rest)

    node = functools.partial(make, value.new_node)
    for module in (value, written_out):
        setattr(module, "new_node", node)  # noqa: B010 (which mypy would not have as an assignment)
    sys.setprofile(lambda frame, event, _: codes.add(frame.f_code) if event == "call" else None)
    checks, error = recorded(demo)
    sys.setprofile(None)
    formulas = {f.__code__: row.name for row in PRIMITIVES.values() for f in (row.forward, row.partials)}
    rows |= {formulas[code] for code in codes & formulas.keys()}
    return Run(demo.name, "", checks, error, tuple(each.name for each in BREAKS if each.reaches(rows, codes)))


def broken(demo: Demo, fault: Break) -> Run:
    """What a demo says when something is broken."""
    fault.apply()
    return Run(demo.name, fault.name, *recorded(demo))


def _run(task: tuple[Demo, str]) -> Run:
    demo, name = task
    return broken(demo, next(each for each in BREAKS if each.name == name)) if name else whole(demo)


def run_all(tasks: Iterable[tuple[Demo, str]]) -> Iterator[Run]:
    """Run demos with the breaks of these names, or without one: each in a process that begins as this one is now."""
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_run, list(tasks), chunksize=1)
