"""Noise: leaves that chance decides, such as the mask of a dropout."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autograd import watching
from autograd.value import Value


class Noise(Value):
    """A leaf that chance decides anew for each example, such as the 0 or 2 of a dropout mask; made by `noise`.

    Attributes:
        source: the draw that it is one number of; a compiled program asks it for a whole batch of them.
        position: which of the draw's numbers it is.
    """

    __slots__ = ("position", "source")

    source: Source
    position: int


@dataclass(frozen=True, eq=False)
class Source:
    """A draw of ``count`` numbers; ``draw(shape)`` gives an array of any shape, from the generator ``rng``."""

    draw: Callable[[tuple[int, ...]], NDArray[np.float64]]
    count: int
    rng: object


def noise(draw: Callable[[tuple[int, ...]], NDArray[np.float64]], count: int, rng: object = None) -> list[Noise]:
    """As many leaves that are random numbers.

    Args:
        draw: ``draw(shape)`` is an array of random numbers, such as ``rng.standard_normal``. It is called with
            ``(count,)``; by a compiled program, with ``(examples, count)``.
        count: how many.
        rng: the generator that ``draw`` uses. Where several draws of a compiled program have the same one, they take
            turns from example to example, as they do for the scalar engine; otherwise each draws for all examples at
            once, which is faster.
    """
    source = Source(draw, count, rng)
    postponed = _postponed.get()
    if postponed is None:
        before = _drawn.get()
        leaves = [Noise(float(x)) for x in (draw((count,)) if before is None else next(before))]
    else:
        leaves = [Noise(1.0) for _ in range(count)]
        postponed.append(source)
        if (made := watching.leaves.get()) is not None:
            made.difference_update(leaves)  # what has no number yet is from outside
    for position, leaf in enumerate(leaves):
        leaf.source, leaf.position = source, position
    return leaves


_postponed: ContextVar[list[Source] | None] = ContextVar("_postponed", default=None)
_drawn: ContextVar[Iterator[Iterable[float]] | None] = ContextVar("_drawn", default=None)


@contextlib.contextmanager
def postponed() -> Iterator[list[Source]]:
    """Inside ``with postponed() as sources:`` nothing is drawn; the list gets each source in its turn.

    A function that is being compiled draws whenever its code is run, and nothing before: so that and the scalar engine
    stay in step.
    """
    sources: list[Source] = []
    token = _postponed.set(sources)
    try:
        yield sources
    finally:
        _postponed.reset(token)


@contextlib.contextmanager
def drawn(numbers: Iterable[Iterable[float]]) -> Iterator[None]:
    """Inside ``with drawn(numbers):`` each call of `noise` gives the next of these draws, which were made before."""
    token = _drawn.set(iter(numbers))
    try:
        yield
    finally:
        _drawn.reset(token)
