"""`detect_anomaly` in threads and tasks that overlap: each sees its own NaNs, and none stays on."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograd import AnomalyError, Value, detect_anomaly, watching


def overflow() -> bool:
    """Whether an infinity that is born here is seen."""
    try:
        assert (Value(1e200) * 1e200).data == math.inf
    except AnomalyError:
        return True
    return False


@pytest.fixture(autouse=True)
def _nobody_watches_afterwards() -> Iterator[None]:
    yield
    assert watching.watchers == 0
    assert not overflow()


def test_threads_that_overlap_see_their_own() -> None:
    together = threading.Barrier(8, timeout=30)

    def look(watched: bool) -> list[bool]:
        seen = []
        for _ in range(20):
            with detect_anomaly(watched):
                together.wait()  # all are inside
                seen.append(overflow())
                together.wait()
            seen.append(overflow())  # all are outside, some of the others perhaps inside again
        return seen

    with ThreadPoolExecutor(8) as pool:
        for k, seen in enumerate(pool.map(look, [k % 2 == 0 for k in range(8)])):
            assert seen == [k % 2 == 0, False] * 20


def test_tasks_that_overlap_see_their_own() -> None:
    async def look(watched: bool, first: asyncio.Event, then: asyncio.Event) -> list[bool]:
        with detect_anomaly(watched):
            first.set()
            await then.wait()  # the other is inside, and leaves before or after
            inside = overflow()
        await asyncio.sleep(0)
        return [inside, overflow()]

    async def both() -> list[list[bool]]:
        a, b = asyncio.Event(), asyncio.Event()
        return list(await asyncio.gather(look(True, a, b), look(False, b, a), look(True, a, b)))

    assert asyncio.run(both()) == [[True, False], [False, False], [True, False]]


def test_one_that_is_left_by_an_error_does_not_stay_on() -> None:
    with pytest.raises(AnomalyError), detect_anomaly(), detect_anomaly(False), detect_anomaly():
        Value(1e200) * 1e200

    async def cancelled() -> None:
        with detect_anomaly():
            await asyncio.sleep(30)

    async def run() -> bool:
        task = asyncio.create_task(cancelled())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return overflow()

    assert not asyncio.run(run())
