"""Neurons, layers of them, and layers of layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from autograd import Outputs, Parameter, Value, affine, arguments, dot, linear
from nn.activations import Activation, activation_name, activation_named, no_value
from nn.initialisers import Initialiser, constant, initial_weights
from nn.inputs import Inputs, as_values
from nn.module import Module
from nn.nested import each, lists
from nn.randomness import Rng, generator


class Neuron(Module):
    """One unit j: ``o_j = g(i_j)`` of its net input ``i_j = sum_i w_ij x_i + b_j`` (IITI, "Step 1 - Forward Pass").

    Weights, bias, net input and output are named after the units' numbers, as on the slide: w14, b4, i4, o4 (with a
    comma where a number has two digits: w9,12). A linear unit's net input is its output: one node, called o4, for that
    is what the units it feeds and the loss take.

    Args:
        nin: how many inputs it has.
        activation: g, by name or as a function of a Value.
        rng: the source of the initial weights, or a seed for it; by default the generator of `nn.seed`.
        init: how the weights are drawn: a name from `nn.initialisers.INITIALISERS` or a function. The bias starts at 0.
        bias: whether there is one.
        first: the number of the first unit that feeds it.
        number: its own number; the one after those that feed it unless given.
    """

    def __init__(
        self,
        nin: int,
        activation: str | Activation = "linear",
        *,
        rng: Rng = None,
        init: str | Initialiser = "uniform",
        bias: bool = True,
        first: int = 1,
        number: int | str | None = None,
    ) -> None:
        nin = arguments.whole_number("nin", nin)
        self.input_names = [f"x{i}" for i in range(first, first + nin)]
        own = str(first + nin if number is None else number)
        comma = "," if len(own) > 1 else ""
        weights = initial_weights(init, generator(rng), (nin,))
        self.weights = [Parameter(w, f"w{i}{comma}{own}") for i, w in enumerate(weights, first)]
        self.bias = Parameter(0.0, f"b{own}") if bias else None
        self.activation = activation_named(activation)
        self.net_name, self.output_name = f"i{own}", f"o{own}"

    def net(self, inputs: Sequence[Value]) -> Value:
        """The net input i_j for Values."""
        bias = self.bias
        net: Value = dot(self.weights, inputs) if bias is None else affine(self.weights, inputs, bias)
        net.name = self.net_name
        return net

    def __call__(self, inputs: Inputs) -> Value:
        """The output o_j for ``nin`` numbers or Values."""
        output: Value = self.activation(self.net(as_values(inputs, self.input_names)))
        try:
            output.name = self.output_name
        except AttributeError:
            raise no_value(self.activation, repr(output)) from None
        return output


class Layer(Module):
    """Neurons that share their inputs.

    Args:
        nin: how many inputs each has.
        nout: how many neurons there are.
        activation: g, by name, as a function of a Value, or as a Module that is called on the list of net inputs.
        rng, init, bias: as for a `Neuron`.
        first: the number of the first unit that feeds the layer; its own units are numbered on from the last one.

    Example:
        >>> squared = Layer(2, 1, lambda v: v * v, bias=False, init=lambda rng, shape: [[1.0, 2.0]])
        >>> [unit.data for unit in squared([3.0, 4.0])]
        [121.0]
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Activation = "linear",
        *,
        rng: Rng = None,
        init: str | Initialiser = "uniform",
        bias: bool = True,
        first: int = 1,
    ) -> None:
        nin, nout = arguments.whole_number("nin", nin), arguments.whole_number("nout", nout)
        self.input_names = [f"x{i}" for i in range(first, first + nin)]
        weights = initial_weights(init, generator(rng), (nout, nin))
        activation = activation_named(activation)
        each_ones = "linear" if isinstance(activation, Module) else activation
        self.neurons = [
            Neuron(nin, each_ones, init=constant(row), bias=bias, first=first, number=number)
            for number, row in enumerate(weights, first + nin)
        ]
        self.activation = activation

    def __repr__(self) -> str:
        return f"Layer({len(self.input_names)}, {len(self.neurons)}, {activation_name(self.activation)})"

    def __call__(self, inputs: Inputs) -> list[Value]:
        """The outputs of the units for ``nin`` numbers or Values."""
        signals = as_values(inputs, self.input_names)
        units = [(neuron.weights, neuron.bias) for neuron in self.neurons]
        nets = linear(signals, units) if units[0][1] is not None else [neuron.net(signals) for neuron in self.neurons]
        together = isinstance(self.activation, Module)
        outputs: list[Value] = Outputs()
        output = nets[0]
        try:
            for neuron, net in zip(self.neurons, nets):
                net.name = neuron.net_name
                if not together:
                    output = neuron.activation(net)
                    output.name = neuron.output_name
                    outputs.append(output)
            if together:
                outputs = self.activation(nets)
                for neuron, output in zip(self.neurons, outputs):
                    output.name = neuron.output_name
        except AttributeError:
            if isinstance(output, Value):  # the error is one of the activation itself
                raise
            raise no_value(self.activation, repr(output)) from None
        return outputs


class Sequential(Module):
    """Layers called one after another, each on the output of the one before (torch.nn.Sequential).

    Args:
        layers: Modules, and activations by name or as a function of a Value, which is applied to every unit. Each
            layer numbers its units from 1; give it ``first=`` where the drawing should number them through.

    Example:
        >>> model = Sequential(Layer(2, 3, rng=1), "relu", Layer(3, 1, first=3, rng=2))
        >>> model([1.0, -1.0]).name
        'o6'
    """

    def __init__(self, *layers: str | Activation) -> None:
        if not layers:
            raise ValueError("a Sequential needs at least one layer")
        self.layers: list[Any] = [activation_named(layer) for layer in layers]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(activation_name, self.layers))})"

    def __call__(self, inputs: Any) -> Any:
        """Run the layers on one example.

        Returns:
            The outputs, a (nested) list of Values; the Value itself where the last layer has one unit.
        """
        signals = inputs
        for layer in self.layers:
            signals = layer(signals) if isinstance(layer, Module) else each(partial(_applied, layer), lists(signals))
        one = isinstance(signals, list) and len(signals) == 1 and isinstance(signals[0], Value)
        return signals[0] if one else signals


def _applied(activation: Activation, x: Any) -> Any:
    """A function of one unit, which is not to lose its gradient."""
    output = activation(x)
    if isinstance(x, Value) and not isinstance(output, Value):
        raise no_value(activation, repr(output))
    return output


class MLP(Sequential):
    """A multilayer perceptron. Units are numbered through from 1, inputs first, as on IITI's slides.

    Called on ``nin`` numbers or Values, of which a number becomes an input named x1, x2, ..., it gives a list of
    Values; the Value itself where the last layer has one unit.

    Args:
        nin: how many inputs there are.
        nouts: how many units each layer has, from the first hidden layer to the output layer.
        activation: of the hidden layers: by name, as a function of a Value or as a Module; or a list, one for each.
        output: the activation of the last layer.
        rng: the source of the initial weights, or a seed for it; by default the generator of `nn.seed`.
        init: how the weights are drawn: a name from `nn.initialisers.INITIALISERS` or a function. Biases start at 0.
        bias: whether units have one.

    Example:
        >>> model = MLP(3, [2, 1], activation="sigmoid", output="sigmoid")
        >>> [parameter.name for parameter in model.parameters()]
        ['w14', 'w24', 'w34', 'b4', 'w15', 'w25', 'w35', 'b5', 'w46', 'w56', 'b6']
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Activation | Sequence[str | Activation] = "tanh",
        output: str | Activation = "linear",
        rng: Rng = None,
        *,
        init: str | Initialiser = "uniform",
        bias: bool = True,
    ) -> None:
        if isinstance(nouts, int):
            raise TypeError(f"nouts lists the size of each layer, such as [{nouts}], got {nouts}")
        nin = arguments.whole_number("nin", nin)
        nouts = [arguments.whole_number(f"nouts[{k}]", n) for k, n in enumerate(nouts)]
        if not nouts:
            raise ValueError("nouts is empty: an MLP needs at least one layer")
        hidden = [activation] * (len(nouts) - 1) if isinstance(activation, str) or callable(activation) else activation
        if len(hidden) != len(nouts) - 1:
            raise ValueError(
                f"activation lists {len(hidden)} for {len(nouts) - 1} hidden layers; the output layer's is output"
            )
        rng = generator(rng)
        layers = []
        sizes, first = [nin, *nouts], 1
        for feeding, size, g in zip(sizes, nouts, [*hidden, output]):
            layers.append(Layer(feeding, size, g, rng=rng, init=init, bias=bias, first=first))
            first += feeding
        super().__init__(*layers)
