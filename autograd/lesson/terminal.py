"""The steps of a program in a terminal: a key asks what comes next, another tells it."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from autograd.formulas.expression import Figure, Name, equation
from autograd.formulas.names import in_ascii
from autograd.formulas.notation import ASCII, TEXT, Notation
from autograd.labels import plain
from autograd.lesson.frames import Frame, frames
from autograd.lesson.updates import Optimizer
from autograd.program import Program
from autograd.value import Value

PHASES = {"forward": "Step 1, forward pass", "backward": "Step 2, backward pass", "update": "Step 3, update"}
INTRODUCTION = (
    "Any key goes on, to a question and then its answer; b goes back, n to the next phase, q quits; ? tells more."
)
KEYS = """
  Space, Enter, right arrow, Page Down     the next question or answer, as any other key
  b, left arrow, Page Up, Backspace        back to the step before
  n                                        on to the next phase: forward, backward, update
  q, Escape, Ctrl-C                        quit
  ?                                        these keys
"""
# What terminals send, and after \0 or \xe0 what Windows does, for the keys that have no letter.
BACK = {"b", "\x7f", "\b", "\x1b[D", "\x1bOD", "\x1b[A", "\x1bOA", "\x1b[5~", *[c + k for c in "\0\xe0" for k in "KHI"]}
NEXT_PHASE, HELP, QUIT = {"n"}, {"?"}, {"q", "\x1b", "\x03", "\x04"}
_KEY = re.compile(r"\x1b\[[\d;]*[A-Za-z~]|\x1bO.|.", re.S)
MOST_GIVEN = 40  # inputs, or parameters, that the first step lists
WIDTH = 100


@dataclass(frozen=True)
class _Stop:
    """What is shown at once: a question or its answer. The ``heading`` says in which phase, the step's number whose."""

    step: int
    heading: str
    text: str


def step_through(
    output: Value,
    *,
    optimizer: Optimizer | None = None,
    steps: int = 1,
    err: bool = False,
    rounding: tuple[int, int] | None = None,
    slide: Mapping[str, str | float] | None = None,
    wait: bool = True,
) -> bool:
    """Step through the program that computed ``output`` in the terminal: forward, backward and update.

    Each step asks first, by its formula, and a key shows what it comes to; ``?`` tells the keys. Where there is no
    terminal, as in a pipe or a notebook, it prints all steps at once. ``output`` stays as it is, as for `frames`.

    >>> from autograd import Parameter, Value, name, step_through
    >>> w, x = Parameter(0.5), Value(2.0)
    >>> y = w * x
    >>> name(w=w, x=x, y=y)
    >>> step_through(y, wait=False)  # doctest: +ELLIPSIS
    <BLANKLINE>
    Step 1, forward pass
      The inputs and parameters are given:
          x = 2
          w = 0.5
      y is computed:
          y = w × x
          0.5 × 2 = 1
    <BLANKLINE>
    Step 2, backward pass
    ...
    True

    Args:
        output: the value to step to.
        optimizer: whose rule makes the update; None for no update.
        steps: how many steps of training to go through, each with its three phases.
        err: show the deck's ``Err = -dE/di`` beside the gradient of each net input.
        rounding: decimals of data and of gradients, to work as on a slide; None for exactly, shown to four digits.
        slide: numbers to stand beside those computed, as a slide prints them, by quantity: ``{"o4": "0.332",
            "Err6": "0.1311", "w14 new": "0.192"}``.
        wait: whether to wait for keys.

    Returns:
        Whether it was gone through to its end: False after q or Ctrl-C.

    Raises:
        DomainError: the program cannot be worked with ``rounding``.
        ValueError, TypeError: as for `frames`.
    """
    program = Program.of(output)
    told = frames(output, optimizer=optimizer, steps=steps, err=err, decimals=rounding)
    for notation in (TEXT, ASCII):
        stops = list(_Lines(notation, program, rounding is not None, slide or {}).stops(told))
        if _can_be_printed(stops):
            break
    if not wait or not _at_a_terminal():
        for before, stop in zip([None, *stops], stops):
            print(_after(before, stop), flush=True)
        return True
    try:
        with _keys() as key:
            return _walk(stops, key)
    except KeyboardInterrupt:
        print()
        return False


def _walk(stops: list[_Stop], key: Callable[[], str]) -> bool:
    """Show one stop after another, as the keys ask for; False at the key that quits."""
    print(INTRODUCTION)
    shown = 0
    print(_after(None, stops[0]), flush=True)
    while True:
        pressed = key()
        here = stops[shown]
        later = [k for k in range(shown, len(stops)) if stops[k].heading != here.heading]
        if pressed in QUIT:
            return False
        if pressed in HELP:
            print(KEYS, flush=True)
        elif pressed in BACK:
            before = [k for k, stop in enumerate(stops) if stop.step == here.step - 1]
            if before:
                print(f"\n(back) {stops[before[0]].heading}\n" + "\n".join([stops[k].text for k in before]), flush=True)
                shown = before[-1]
            else:
                print("  (this is the beginning)", flush=True)
        elif pressed in NEXT_PHASE and not later:
            print("  (this is the last phase)", flush=True)
        elif shown == len(stops) - 1:
            return True
        else:
            shown = later[0] if pressed in NEXT_PHASE else shown + 1
            print(_after(here, stops[shown]), flush=True)
            if shown == len(stops) - 1:
                print("  (the end: any key quits, b goes back)", flush=True)


def _after(before: _Stop | None, stop: _Stop) -> str:
    """What is printed for a stop: with a heading, where a phase begins."""
    return stop.text if before and before.heading == stop.heading else f"\n{stop.heading}\n{stop.text}"


@dataclass(frozen=True)
class _Lines:
    """The lines that tell a program's frames."""

    notation: Notation
    program: Program
    rounded: bool
    slide: Mapping[str, str | float]

    def stops(self, told: list[Frame]) -> Iterator[_Stop]:
        """The question and the answer of each frame, in order; no answer where the question has said it."""
        for step, frame in enumerate(told):
            heading = PHASES[frame.phase] + (f", round {frame.round}" if told[-1].round > 1 else "")
            question = self.question(frame)
            yield _Stop(step, heading, self.joined(question))
            answer = self.answer(frame)
            if answer and not question[-1].endswith(answer[-1].strip()):  # as dE/dE = 1 does
                yield _Stop(step, heading, self.joined(answer))

    def joined(self, lines: list[str]) -> str:
        """Lines as text, with nothing in it that a terminal would obey."""
        shown = [plain(line) for line in lines]
        return "\n".join([in_ascii(line) for line in shown] if self.notation is ASCII else shown)

    def question(self, frame: Frame) -> list[str]:
        """What is to be computed."""
        write = self.notation.write
        if frame.symbols is None:
            given = [*self.given("input"), *self.given("parameter")] if frame.round == 1 else []
            return [f"  {frame.title}{':' if given else '.'}", *given]
        lines = [write(frame.symbols)]
        if frame.local is not None:
            lines.append(write(frame.local))
        if frame.given:
            lines.append(", ".join(map(write, frame.given)))
        return [f"  {frame.title}:", *[f"      {line}" for line in lines]]

    def given(self, kind: str) -> list[str]:
        """The numbers of the program's leaves of a kind."""
        leaves = [(label, node.data) for label, node in zip(self.program.labels, self.program) if node.kind == kind]
        written = [self.notation.write(equation(Name(label), Figure(x, 4))) for label, x in leaves[:MOST_GIVEN]]
        written += [f"and {len(leaves) - MOST_GIVEN} more"] if len(leaves) > MOST_GIVEN else []
        whole = ", ".join([one.replace(" ", "\u00a0") for one in written])  # where no line is broken
        lines = textwrap.wrap(whole, WIDTH, break_long_words=False, break_on_hyphens=False)
        return ["      " + line.replace("\u00a0", " ") for line in lines]

    def answer(self, frame: Frame) -> list[str]:
        """What it comes to, with the slide's number beside it."""
        telling = frame.slide if self.rounded and frame.slide else frame.exact
        if frame.symbols is None or frame.writes is None:
            return []
        node, quantity = frame.writes
        numbers = "" if telling.numbers is None else f"{self.notation.write(telling.numbers)} "
        result = f"      {numbers}= {self.notation.number(telling.shown)}"
        called = {"data": "", "new": " new"}
        if quantity in called:
            result += self.beside(self.program.labels[node] + called[quantity])
        if telling.note is None:
            return [result]
        note = self.notation.write(telling.note)
        return [result, f"      {note}{self.beside(note.split(' = ')[0])}"]

    def beside(self, quantity: str) -> str:
        """The slide's number of a quantity, "" where there is none."""
        return f"   slide: {self.notation.number(str(self.slide[quantity]))}" if quantity in self.slide else ""


def _can_be_printed(stops: list[_Stop]) -> bool:
    """Whether the encoding of what is printed to has all of the signs."""
    try:
        "".join([stop.text for stop in stops]).encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _at_a_terminal() -> bool:
    """Whether someone reads what is printed, and can press keys."""
    try:
        return os.isatty(sys.stdin.fileno()) and os.isatty(sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):  # as in a notebook
        return False


@contextmanager
def _keys() -> Iterator[Callable[[], str]]:
    """What waits for a key, without Enter, and says which it was; afterwards the terminal is as it was."""
    if sys.platform == "win32":
        import msvcrt

        def pressed() -> str:
            key = msvcrt.getwch()
            if key == "\x03":
                raise KeyboardInterrupt
            return key + msvcrt.getwch() if key in "\0\xe0" else key

        yield pressed
    else:
        import termios
        import tty

        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        waiting: list[str] = []

        def pressed() -> str:
            if not waiting:
                waiting.extend(_KEY.findall(os.read(terminal, 1024).decode(errors="replace")))
            return waiting.pop(0) if waiting else "q"  # nothing is read where the terminal was closed

        tty.setcbreak(terminal, termios.TCSADRAIN)  # what was typed ahead counts
        try:
            yield pressed
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
