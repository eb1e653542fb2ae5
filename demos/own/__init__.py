"""A lecturer's own example in place of the slide's: `network`, what it is made of; `options`, what the command says."""

from demos.own.network import LOSSES, Network
from demos.own.options import add_options, chosen

__all__ = ["LOSSES", "Network", "add_options", "chosen"]
