"""Pictures of computations; see `draw` and `walkthrough`."""

from autograd.viz.dot import TooManyNodesError, draw
from autograd.viz.frames import Frame, frames
from autograd.viz.network import draw_network
from autograd.viz.walkthrough import Walkthrough, walkthrough

__all__ = ["Frame", "TooManyNodesError", "Walkthrough", "draw", "draw_network", "frames", "walkthrough"]
