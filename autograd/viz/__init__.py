"""The picture wing: the same program for a slide.

`graph` draws every node with its numbers, and the local derivative on every edge; `network` draws the units of a neural
network, which `units` finds and `places` arranges; `render` has Graphviz, or what pip installs in its place, make the
picture.
"""

from autograd.viz.graph import TooManyNodesError, draw
from autograd.viz.network import draw_network

__all__ = ["TooManyNodesError", "draw", "draw_network"]
