"""Race workloads and print one table of ratios: all of them, or those named, `python -m benchmarks w1 w4`."""

from __future__ import annotations

import os
import platform
import sys
import warnings
from importlib import import_module
from itertools import groupby

WORKLOADS = {
    "operators": "one operation",
    "w1": "W1, 2-16-16-1 net, 100 points",
    "w2": "W2, the toy network",
    "w4": "W4, 64-32-10 net, 32 digits",
    "mnist_sized": "784-128-10 net, 64 images",
    "convolution": "8 filters of 3×3, 16 images of 28×28",
    "digits": "a whole training: digits, 100 epochs, to 97% of the test set",
    "chain": "chain of 10,000 nodes",
    "dot_products": "64 dot products of 16, `sum(a * b)`",
}
OTHERS = ("memory", "compile")


def main(chosen: list[str]) -> None:
    """Times are for a feel and differ between machines; the ratios are what to compare."""
    if unknown := [name for name in chosen if name not in (*WORKLOADS, *OTHERS)]:
        sys.exit(f"no workload is called {unknown[0]!r}; there are {', '.join((*WORKLOADS, *OTHERS))}")
    chosen = chosen or [*WORKLOADS, *OTHERS]
    one_thread()
    from benchmarks import chain, growth, mnist_sized
    from benchmarks.race import race

    warnings.simplefilter("ignore")
    print(f"Python {platform.python_version()}, medians of interleaved runs, results checked equal first\n")
    print("| workload | takes | others, times as long |")
    print("|---|---|---|")
    for name in chosen:
        if name in WORKLOADS:
            workload = import_module(f"benchmarks.{name}")
            unit, per_second = getattr(workload, "UNIT", ("µs", 1e6))  # of a step, unless it tells of a part
            seconds = race(list(workload.contestants()))
            for (task, form), costs in groupby(seconds.items(), lambda cost: (cost[0].task, cost[0].form)):
                label = ", ".join(filter(None, [WORKLOADS[name], task, form]))
                row(label, {contestant.name: s * per_second for contestant, s in costs}, unit)
    if "memory" in chosen:
        row("memory a node of the chain", chain.bytes_a_node(), "bytes")
    if "compile" in chosen:
        net = mnist_sized.SIZES
        row("compiling the 784-128-10 net", milliseconds(growth.compiling({"chalkgrad": net})), "ms")
        row("memory for that, at the peak", {"chalkgrad": growth.bytes_at_the_peak(*net) / 1e6}, "MB")
        row("compiling a net 10 times wider", milliseconds(growth.compiling(growth.WIDER)), "ms")
        row("compiling a net 10 times deeper", milliseconds(growth.compiling(growth.DEEPER)), "ms")


def milliseconds(seconds: dict[str, float]) -> dict[str, float]:
    """The same, in the table's unit."""
    return {who: s * 1e3 for who, s in seconds.items()}


def one_thread() -> None:
    """Libraries read this when they are imported: no contestant is to have more threads than another."""
    for library in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def told(ratio: float) -> str:
    """Three digits of it."""
    return f"{ratio:.3g}" if ratio < 1000 else f"{ratio:,.0f}"


def row(workload: str, costs: dict[str, float], unit: str) -> None:
    """One line of the table: the first contestant's cost, and the others' as multiples of it."""
    (first, cost), *others = costs.items()
    beside = "; ".join([f"{name} {told(other / cost)}" for name, other in others])
    print(f"| {workload} | {first}: {cost:,.0f} {unit} | {beside} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
