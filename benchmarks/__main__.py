"""Race every workload and print one table of ratios."""

from __future__ import annotations

import platform
import warnings

from benchmarks import chain, w1, w2
from benchmarks.race import race

WORKLOADS = {  # rounds, steps a turn
    "W1, 2-16-16-1 net, 100 points": (w1, 7, 4),
    "W2, the toy network": (w2, 15, 300),
    "chain of 10,000 nodes": (chain, 9, 4),
}


def main() -> None:
    """Times are for a feel and differ between machines; the ratios are what to compare."""
    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, medians of interleaved runs, results checked equal first\n")
    print("| one training step | who | cost | ratio to chalkgrad |")
    print("|---|---|---:|---:|")
    for name, (workload, rounds, repeats) in WORKLOADS.items():
        seconds = race(list(workload.contestants()), rounds, repeats)
        rows(name, {who: s * 1e6 for who, s in seconds.items()}, "µs")
    rows("memory a node of the chain", chain.bytes_a_node(), "bytes")


def rows(workload: str, costs: dict[str, float], unit: str) -> None:
    """One line of the table for each contestant; the first one is chalkgrad."""
    ours = next(iter(costs.values()))
    for k, (name, cost) in enumerate(costs.items()):
        print(f"| {'' if k else workload} | {name} | {cost:,.0f} {unit} | {cost / ours:.3g} |", flush=True)


if __name__ == "__main__":
    main()
