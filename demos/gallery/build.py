"""Running many demos, and the gallery made of what they wrote."""

from __future__ import annotations

import contextlib
import inspect
import io
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from demos.gallery.board import Board
from demos.gallery.course import Demo
from demos.gallery.pages import write_pages


@dataclass(frozen=True)
class Outcome:
    """What came of a demo.

    Attributes:
        demo: which.
        board: what it wrote; None where it failed.
        seconds: how long it ran.
        error: why it failed; "" where it did not.
    """

    demo: Demo
    board: Board | None
    seconds: float = 0.0
    error: str = ""


class StoppedError(BaseException):
    """Ctrl-C. At a KeyboardInterrupt `nn.fit` ends early, and a demo would go on with what it has not learned."""


def stop(*_: object) -> NoReturn:
    """What is done at Ctrl-C."""
    raise StoppedError


def run(demo: Demo, out: Path, seed: int = 0, small: bool = False) -> Outcome:
    """Run a demo with what it prints thrown away.

    Args:
        demo: which.
        out: the folder for what it writes.
        seed: of everything random.
        small: ask for its small settings, where its ``main`` has a parameter of this name.
    """
    begun = time.perf_counter()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            main = demo.module().main
            settings = {"small": True} if small and "small" in inspect.signature(main).parameters else {}
            board = main(out, seed=seed, **settings)
    except (Exception, SystemExit):
        return Outcome(demo, None, time.perf_counter() - begun, traceback.format_exc())
    return Outcome(demo, board, time.perf_counter() - begun)


def run_all(demos: Sequence[Demo], out: Path, seed: int = 0, small: bool = False) -> Iterator[Outcome]:
    """Run the demos in a process for each core, each in the folder of its name; yields what came of them, as it comes.

    A demo that fails stops none of the others.
    """
    spawn = multiprocessing.get_context("spawn")
    processes = min(os.cpu_count() or 1, len(demos))
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=_deaf) as pool:
        running = {pool.submit(_run_in_pool, demo, out / demo.name, seed, small): demo for demo in demos}
        try:
            for future in as_completed(running):
                try:
                    yield future.result()
                except BrokenProcessPool as error:
                    yield Outcome(running[future], None, error=str(error))
        finally:  # of which nothing is left, unless it is stopped
            pool.shutdown(cancel_futures=True)


def _deaf() -> None:
    """Ctrl-C reaches all processes. One that waits for work need not hear of it: it ends with the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run_in_pool(demo: Demo, out: Path, seed: int, small: bool) -> Outcome:
    signal.signal(signal.SIGINT, stop)
    try:
        return run(demo, out, seed, small)
    finally:
        _deaf()


def build(demos: Sequence[Demo], out: Path, seed: int = 0, small: bool = False) -> Iterator[Outcome]:
    """Run the demos and write the gallery of those that ran to ``out/index.html``.

    Yields:
        What came of each demo, as it comes; the gallery is there after the last.
    """
    out.mkdir(parents=True, exist_ok=True)
    boards = {}
    for outcome in run_all(demos, out, seed, small):
        if outcome.board is not None:
            boards[outcome.demo] = outcome.board
        yield outcome
    write_pages(out, [(demo, boards[demo]) for demo in demos if demo in boards])
