"""Pictures of computations; see `draw`."""

from autograd.viz.dot import TooManyNodesError, draw
from autograd.viz.network import draw_network

__all__ = ["TooManyNodesError", "draw", "draw_network"]
