"""`make breaks`: run every demo with every break, and list which claims never failed, and what was not noticed."""

from __future__ import annotations

import sys
import time
from collections import defaultdict

from demos.gallery.course import course
from tests.breaks.breaks import BREAKS
from tests.breaks.run import Place, Run, run_all


def main(names: list[str]) -> int:
    """Break the demos of these names, or all of them; returns the exit status: 1 where something is to be done."""
    begun = time.perf_counter()
    demos = {demo.name: demo for demo in course() if not names or demo.name in names}
    for demo in demos.values():
        demo.module()  # so that it is there in every process
    right = {run.demo: run for run in run_all([(demo, "") for demo in demos.values()])}
    for run in right.values():
        if run.noticed:
            print(f"{run.demo} fails with nothing broken: {run.error}", file=sys.stderr)
            return 2
    tasks = [(demos[name], reached) for name, run in right.items() for reached in run.reached]
    failed: dict[str, dict[Place, str]] = defaultdict(dict)
    noticed: dict[tuple[str, str], Run] = {}
    for count, run in enumerate(run_all(tasks), 1):
        noticed[run.broken, run.demo] = run
        for place, check in run.checks.items():
            if not check.holds:
                failed[run.demo].setdefault(place, run.broken)
        if sys.stderr.isatty():
            print(f"\r{count} of {len(tasks)}", end="", file=sys.stderr)
    never = {
        (name, place): check for name, run in right.items() for place, check in run.checks.items()
        if place not in failed[name]
    }  # fmt: skip
    checks = sum(len(run.checks) for run in right.values())
    print(f"Of {checks} claims and numbers, {len(never)} never failed:")
    unfounded = 0
    for (name, (line, _)), check in sorted(never.items()):
        unfounded += not check.reason
        print(f"  demos/{name}.py:{line}: {check.text}\n      {check.reason or 'NO REASON IS GIVEN'}")
    idle = [
        f"  demos/{name}.py:{place[0]}: {check.text} (under: {failed[name][place]})"
        for name, run in right.items() for place, check in run.checks.items() if check.reason and place in failed[name]
    ]  # fmt: skip
    print("\n".join([f"Of those that give a reason, {len(idle)} did fail:", *idle]))
    missed = []
    for fault in BREAKS:
        reached = [name for name, run in right.items() if fault.name in run.reached]
        for name in reached if fault.concerns == "all" else fault.concerns.split():
            found = noticed.get((fault.name, name))
            if name in demos and (found is None or not found.noticed):
                missed.append(f"  {name}: {fault.name}" + ("" if found else " (which it does not reach)"))
    print("\n".join([f"{len(missed)} breaks are not noticed by a demo that they concern:", *missed]))
    seconds = time.perf_counter() - begun
    print(f"{len(BREAKS)} breaks, {len(demos)} demos, {len(tasks)} runs: {seconds:.0f} s")
    return 1 if unfounded or idle or missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
