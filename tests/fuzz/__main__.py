"""`make fuzz`: random programs in every reading, for a given time; what it finds is made as small as it gets.

``python -m tests.fuzz --seconds 60 --seed 0`` prints what it ran, and ends with 1 where a reading was wrong: the
program is printed, and the seed that finds it again.
"""

from __future__ import annotations

import argparse
import itertools
import math
import shutil
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from autograd import PRIMITIVES, DomainError
from tests.fuzz import oracles, readings
from tests.fuzz.names import named, names
from tests.fuzz.programs import Recipe, anywhere, recipes, scalar_recipes, vector_recipes
from tests.fuzz.readings import Subject
from tests.node import JavaScript, started

ROUND = 100  # programs for one seed
EXTREMES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e-300, -1e-300, 5e-324, 800.0, -800.0, 1e16, -1e16, 1e300, -1e300]


@dataclass(frozen=True)
class Kind:
    """A kind of programs.

    Attributes:
        programs: what is drawn.
        check: is given a program and a function that notes that a reading was looked at.
        share: how much of the time it gets, beside the others.
    """

    programs: st.SearchStrategy[Any]
    check: Callable[[Any, Callable[[str], None]], None]
    share: float


def numbers(recipes: st.SearchStrategy[Recipe], ask: JavaScript | None, ordinary: bool, share: float) -> Kind:
    """Programs whose value and gradient are looked at: in a reading that is drawn, and in those that cost little.

    Args:
        recipes: the programs.
        ask: evaluates JavaScript, where there is node.
        ordinary: whether their numbers are such that PyTorch, and a formula evaluated as it is written, come to the
            same.
        share: of the time.
    """
    drawn: dict[str, Callable[[Subject], None]] = {
        "numpy, mean": lambda subject: readings.compiled(subject, "numpy", "mean"),
        "numpy, sum": lambda subject: readings.compiled(subject, "numpy", "sum"),
        "python": lambda subject: readings.compiled(subject, "python", "mean"),
    }
    with_pytorch = ordinary and oracles.pytorch() is not None
    if ordinary:
        drawn["explain"] = readings.explanation
    if ask is not None:
        drawn["JavaScript"] = lambda subject: readings.javascript(subject, ask)

    def check(program: tuple[Recipe, str], note: Callable[[str], None]) -> None:
        recipe, reading = program
        if reading in ("explain", "JavaScript") and len(recipe.examples) > 2:  # whose formulas are for one example
            recipe = replace(recipe, examples=recipe.examples[:1])
        try:
            subject = Subject(recipe)
        except DomainError:
            assume(False)
        note("eager")
        readings.replay(subject)
        note("replay")
        drawn[reading](subject)
        note(reading)
        if with_pytorch:
            readings.pytorch(subject)
            note("PyTorch")

    return Kind(st.tuples(recipes, st.sampled_from(list(drawn))), check, share)


def in_jax(recipe: Any, note: Callable[[str], None]) -> None:
    readings.compiled(Subject(recipe), "jax", "mean")
    note("jax, mean")


def derivatives(recipe: Any, note: Callable[[str], None]) -> None:
    readings.higher_order(recipe)
    note("higher order")


def kinds(ask: JavaScript | None) -> dict[str, Kind]:
    """All kinds of programs, by name."""
    extreme = recipes(
        numbers=st.sampled_from(EXTREMES),
        constants=EXTREMES,
        accept=anywhere,
        most_inputs=2,
        batches=(1, 2),
        most_steps=6,
        most_units=2,
    )
    found = {
        "scalar": numbers(scalar_recipes(), ask, True, 2),
        "any row": numbers(recipes(most_inputs=2), ask, True, 2),
        "vector": numbers(vector_recipes(), ask, True, 4),
        "extreme": numbers(extreme, ask, False, 3),
        "higher order": Kind(recipes(most_steps=5), derivatives, 2),
        "hostile names": Kind(names(), named(ask), 2),
    }
    if oracles.jax() is not None:
        found["vector, jax"] = Kind(vector_recipes(), in_jax, 1)
    return found


class Campaign:
    """Programs of one kind.

    Attributes:
        looked: how often each reading was looked at.
        programs: how many were run, those included that a smaller failure was looked for with.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.looked: Counter[str] = Counter()
        self.programs = 0
        self.latest: Any = None

    def run(self, first_seed: int, seconds: float) -> str | None:
        """Run programs for a time; what to say of a failure, or None."""
        end = time.monotonic() + seconds
        for k in itertools.count(first_seed):
            if time.monotonic() >= end:
                return None

            @seed(k)
            @settings(
                max_examples=ROUND,
                database=None,
                deadline=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
                print_blob=False,
            )
            @given(self.kind.programs)
            def hold(program: Any) -> None:
                nonlocal end
                if time.monotonic() >= end:
                    return
                self.latest = program
                self.programs += 1
                try:
                    self.kind.check(program, lambda reading: self.looked.update([reading]))
                except UnsatisfiedAssumption:
                    raise
                except Exception:
                    end = math.inf  # it takes what time it takes to make a failure small
                    raise

            try:
                hold()
            except Exception as error:
                return f"seed {k}: {type(error).__name__}: {error}\n{self.latest!r}"
        return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to run, without what a failure takes")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; a failure names its own")
    parser.add_argument("--kind", action="append", help="run this kind only")
    chosen = parser.parse_args()
    warnings.simplefilter("error")
    node = shutil.which("node")
    failures = []
    with ExitStack() as stack:
        every = kinds(stack.enter_context(started(node)) if node else None)
        wanted = {name: kind for name, kind in every.items() if chosen.kind is None or name in chosen.kind}
        whole = sum([kind.share for kind in wanted.values()])
        print(f"{'kind':14} {'programs':>9}  readings", flush=True)
        for name, kind in wanted.items():
            campaign = Campaign(kind)
            failure = campaign.run(chosen.seed, chosen.seconds * kind.share / whole)
            looked = ", ".join([f"{reading} {count}" for reading, count in campaign.looked.items()])
            print(f"{name:14} {campaign.programs:9}  {looked}", flush=True)
            if failure is not None:
                failures.append(f"{name}, {failure}")
    for failure in failures:
        print(f"\nFAILED {failure}")
    print(f"{len(PRIMITIVES)} rows; " + ("every reading agreed" if not failures else f"{len(failures)} failures"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
