"""A demo turns red where what it is about is broken: some of the breaks that `make breaks` runs, each with its demo.

Each runs in a process of its own, for what is broken stays so.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from tests.breaks.breaks import BREAKS
from tests.breaks.patching import line

ROOT = Path(__file__).parents[2]
CHOSEN = [
    ("toy_network", "backward: each edge times 0.9"),
    ("toy_network", "affine: partials swapped"),
    ("objectives", "softmax': the sum held constant"),
    ("activations", "PReLU: the slope's gradient negated"),
    ("two_forms", "amsgrad off"),
    ("two_forms", "dampening off"),
    ("optimizers", "Sutskever's form: Nesterov off"),
    ("early_stopping", "early stopping: patience off by one"),
]

BROKEN = """
import sys
from tests.breaks.breaks import BREAKS
from demos.__main__ import run
_, demo, name, out = sys.argv
next(each for each in BREAKS if each.name == name).apply()
sys.exit(run([demo, "--out", out]))
"""


@pytest.mark.parametrize(("demo", "name"), CHOSEN)
def test_a_broken_engine_ends_the_demo_that_it_concerns(demo: str, name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", BROKEN, demo, name, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "AssertionError: " in done.stderr


def test_breaks_differ_by_name_and_break_something() -> None:
    assert len({each.name for each in BREAKS}) == len(BREAKS) > 71
    assert all(patch.rows or patch.codes for each in BREAKS for patch in each.patches)


def test_a_line_that_is_not_there_cannot_be_broken() -> None:
    with pytest.raises(ValueError, match="grad has 'no such line' 0 times, and is to have it once"):
        line(autograd.grad, "no such line", "")
