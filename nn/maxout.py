"""Maxout: units that learn their own activation."""

from __future__ import annotations

import string

from autograd import Outputs, Value, arguments, maximum
from nn.initialisers import Initialiser, constant, initial_weights
from nn.inputs import Inputs, as_values
from nn.layers import Neuron
from nn.module import Module
from nn.randomness import Rng, generator


class Maxout(Module):
    """A layer of units ``o = max(w_1 x + b_1, w_2 x + b_2, ...)`` (HKU, "Maxout Neuron"; Goodfellow et al. 2013).

    ReLU and leaky ReLU are among what two pieces can learn; each piece has weights and a bias of its own. Those of
    unit 4 are called w1,4a and b4a, w1,4b and b4b, and so on, its net inputs i4a and i4b, its output o4.

    Args:
        nin: how many inputs each unit has.
        nout: how many units there are.
        pieces: how many linear pieces a unit has, 2 to 26.
        rng, init, bias, first: as for a `Layer`.
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        pieces: int = 2,
        *,
        rng: Rng = None,
        init: str | Initialiser = "uniform",
        bias: bool = True,
        first: int = 1,
    ) -> None:
        nin, nout = arguments.whole_number("nin", nin), arguments.whole_number("nout", nout)
        pieces = arguments.whole_number("pieces", pieces, least=2, most=len(string.ascii_lowercase))
        self.input_names = [f"x{i}" for i in range(first, first + nin)]
        rng = generator(rng)
        weights = [initial_weights(init, rng, (nout, nin)) for _ in range(pieces)]
        self.units = [
            [
                Neuron(nin, init=constant(piece[unit]), bias=bias, first=first, number=f"{first + nin + unit}{letter}")
                for letter, piece in zip(string.ascii_lowercase, weights)
            ]
            for unit in range(nout)
        ]
        self.output_names = [f"o{first + nin + unit}" for unit in range(nout)]

    def __call__(self, inputs: Inputs) -> list[Value]:
        """The outputs of the units for ``nin`` numbers or Values."""
        signals = as_values(inputs, self.input_names)
        outputs: list[Value] = Outputs([maximum([piece.net(signals) for piece in pieces]) for pieces in self.units])
        for output, name in zip(outputs, self.output_names):
            output.name = name
        return outputs
