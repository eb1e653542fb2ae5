"""Race every workload and print one table of ratios."""

from __future__ import annotations

import platform
import warnings

from benchmarks import chain, w1, w2
from benchmarks.race import race

WORKLOADS = {  # rounds, steps a turn
    w1: (7, 4),
    chain: (9, 4),
    w2: (15, 300),
}


def main() -> None:
    """Times are for a feel and differ between machines; the ratios are what to compare."""
    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, medians of interleaved runs, results checked equal first\n")
    print("| workload | who | time a step | ratio to chalkgrad |")
    print("|---|---|---:|---:|")
    for workload, (rounds, repeats) in WORKLOADS.items():
        seconds = race(list(workload.contestants()), rounds, repeats)
        row(str(workload.__doc__).split(":")[0], {name: s * 1e3 for name, s in seconds.items()}, "ms")
    row("memory", chain.bytes_a_node(), "bytes a node")


def row(workload: str, costs: dict[str, float], unit: str) -> None:
    """One line of the table for each contestant; the first one is chalkgrad."""
    ours = next(iter(costs.values()))
    for name, cost in costs.items():
        print(f"| {workload} | {name} | {cost:.4g} {unit} | {cost / ours:.3g} |", flush=True)


if __name__ == "__main__":
    main()
