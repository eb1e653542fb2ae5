"""The list of all breaks."""

from tests.breaks import engine, learning

BREAKS = [
    *engine.DERIVATIVES,
    *engine.FORMULAS,
    *engine.PASS,
    *learning.OPTIMIZERS,
    *learning.ENDS,
    *learning.NETWORKS,
]
