"""Neurons, layers of them, and layers of layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import Parameter, Value, affine
from nn.activations import Activation, activation_named, linear
from nn.module import Module


class Neuron(Module):
    """One unit j: ``o_j = g(i_j)`` of its net input ``i_j = sum_i w_ij x_i + b_j`` (IITI, "Step 1 - Forward Pass").

    Args:
        inputs: the numbers of the units i that feed it.
        number: its own number j. Weights, bias, net input and output are named after the numbers, as on the slide:
            w14, b4, i4, o4 (with a comma where a number has two digits: w9,12).
        activation: g, by name or as a function of a Value.
        rng: where the weights come from: uniform in +-1/sqrt(number of inputs). The bias starts at 0.
    """

    def __init__(self, inputs: Sequence[int], number: int, activation: str | Activation, rng: np.random.Generator):
        self.activation = activation_named(activation)
        bound = 1 / max(len(inputs), 1) ** 0.5
        comma = "," if number > 9 else ""
        weights = rng.uniform(-bound, bound, len(inputs))
        self.weights = [Parameter(w, f"w{i}{comma}{number}") for i, w in zip(inputs, weights)]
        self.bias = Parameter(0.0, f"b{number}")
        self.net_name, self.output_name = f"i{number}", f"o{number}"

    def __call__(self, inputs: Sequence[Value]) -> Value:
        net: Value = affine(self.weights, inputs, self.bias)
        net.name = self.net_name
        output = self.activation(net)
        output.name = self.output_name
        return output


class Layer(Module):
    """Neurons that share their inputs.

    Args:
        inputs: the numbers of the units that feed the layer.
        numbers: the numbers of its own units.
        activation: g of every unit.
        rng: where the weights come from.
    """

    def __init__(
        self, inputs: Sequence[int], numbers: Sequence[int], activation: str | Activation, rng: np.random.Generator
    ):
        self.neurons = [Neuron(inputs, number, activation, rng) for number in numbers]

    def __call__(self, inputs: Sequence[Value]) -> list[Value]:
        return [neuron(inputs) for neuron in self.neurons]


class MLP(Module):
    """A multilayer perceptron. Units are numbered through from 1, inputs first, as on IITI's slides.

    Args:
        nin: how many inputs there are.
        nouts: how many units each layer has, from the first hidden layer to the output layer.
        activation: of the hidden layers: a name from `nn.ACTIVATIONS` or a function of a Value.
        output: the activation of the last layer.
        rng: the source of the initial weights, or a seed for it.

    Example:
        >>> model = MLP(3, [2, 1], activation="sigmoid", output="sigmoid")
        >>> [parameter.name for parameter in model.parameters()]
        ['w14', 'w24', 'w34', 'b4', 'w15', 'w25', 'w35', 'b5', 'w46', 'w56', 'b6']
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation = "tanh",
        output: str | Activation = linear,
        rng: np.random.Generator | int = 0,
    ) -> None:
        if isinstance(nouts, int):
            raise TypeError(f"nouts lists the size of each layer, such as [{nouts}], got {nouts}")
        if not isinstance(nin, int) or not all(isinstance(n, int) for n in nouts) or not nouts or min(nin, *nouts) < 1:
            raise ValueError(
                f"an MLP needs at least one input, one layer and one unit in each, got {nin}, {list(nouts)}"
            )
        rng = np.random.default_rng(rng)
        self.input_names = [f"x{i}" for i in range(1, nin + 1)]
        self.layers: list[Layer] = []
        feeding = range(1, nin + 1)
        for k, size in enumerate(nouts, start=1):
            units = range(feeding.stop, feeding.stop + size)
            self.layers.append(Layer(feeding, units, output if k == len(nouts) else activation, rng))
            feeding = units

    def __call__(self, inputs: Sequence[Value | float] | NDArray[np.float64]) -> Any:
        """Run the network on one example.

        Args:
            inputs: ``nin`` numbers or Values. A number becomes an input named x1, x2, ...

        Returns:
            The outputs, a list of Values; the Value itself where the last layer has one unit.
        """
        if len(inputs) != len(self.input_names):
            raise ValueError(f"the model takes {len(self.input_names)} inputs, got {len(inputs)}")
        signals = [x if isinstance(x, Value) else Value(x, name) for x, name in zip(inputs, self.input_names)]
        for layer in self.layers:
            signals = layer(signals)
        return signals[0] if len(signals) == 1 else signals
