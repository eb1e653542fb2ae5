"""Minimal effort backpropagation: only the steepest few of a layer's gradients are passed back.

Sun, Ren, Ma & Wang, "meProp" (2017); with the removal of idle units, Sun et al., "Training Simplification and Model
Simplification for Deep Learning: A Minimal Effort Back Propagation Method" (November 2017; HKU, "Minimal Effort Back
Propagation Method")::

    model = nn.MLP(2, [40, 1], activation=[nn.MeProp(k=2, activation="relu")])
    loss = ...
    nn.meprop.backward(loss, model)  # in place of loss.backward()
    nn.meprop.prune(model.layers[0], model.layers[1], threshold=0.02)
"""

from __future__ import annotations

from typing import Any

from autograd import Outputs, Value, arguments, leaves
from nn.activations import Activation, activation_named
from nn.layers import Layer
from nn.module import Module


class MeProp(Module):
    """An activation whose layer passes back the gradients of k of its net inputs, those largest in magnitude.

    While the model learns it remembers the net inputs of each example until the next `backward`; so call
    ``model.eval()`` before predicting. Each layer needs one of its own.

    Args:
        k: how many to keep for each example.
        activation: the activation proper, by name, as a function of a Value or as a Module.

    Attributes:
        activeness: for each unit, for how many examples its gradient was kept and not 0.
        examples: how many examples there were.
    """

    cannot_fit = "MeProp learns by nn.meprop.backward, in a loop of your own"

    def __init__(self, k: int, activation: str | Activation = "linear") -> None:
        self.k = arguments.whole_number("k", k)
        self.activation = activation_named(activation)
        self.activeness: list[int] = []
        self.examples = 0
        self.pending: list[list[Value]] = []

    def __call__(self, nets: list[Value]) -> list[Value]:
        """The outputs of a layer's units, from their net inputs."""
        if self.training:
            self.pending.append(nets)
        g = self.activation
        outputs: list[Value] = g(nets) if isinstance(g, Module) else Outputs(map(g, nets))
        return outputs

    def sparsify(self) -> None:
        """Set all but the top k gradients to 0, in the examples run forward since the last call, and count.

        A unit's gradient goes on through the local derivatives of its net input. Those are set to 0 where the gradient
        is not kept, and so a drawing shows which are.
        """
        for nets in self.pending:
            self.activeness = self.activeness or [0] * len(nets)
            ranked = sorted(range(len(nets)), key=lambda j: -abs(nets[j].grad))  # among equals the first ones win
            for j in ranked[self.k :]:
                nets[j].local_derivatives = (0.0,) * len(nets[j].parents)
            for j in ranked[: self.k]:
                self.activeness[j] += nets[j].grad != 0
        self.examples += len(self.pending)
        self.pending = []


def backward(loss: Value, model: Module) -> None:
    """``loss.backward()``, with sparse gradients in every layer whose activation is a `MeProp`.

    From the last such layer to the first, a pass finds the layer's gradients, given that those behind it are sparse
    already; one more pass then leaves the sparse gradients in ``grad``. (The papers save work by it. Here every pass
    visits the whole graph, and what is shown is the effect.)

    Args:
        loss: of one example, or of several run forward one after another; each keeps its own k.
        model: whose layers stand in the order in which they are called, as in an MLP and a Sequential.
    """
    found = [module for module in model.modules() if isinstance(module, MeProp)]
    if not found or len(set(found)) < len(found):
        raise ValueError("each layer to make sparse needs a MeProp of its own as its activation")
    ends = leaves(loss)
    before = [leaf.grad for leaf in ends]
    for layer in reversed(found):
        loss.backward()
        layer.sparsify()
        for leaf, gradient in zip(ends, before):  # which this pass has added to
            leaf.grad = gradient
    loss.backward()


def prune(layer: Layer, following: Layer, threshold: float) -> list[int]:
    """Remove the units of a layer that were seldom active, with the following layer's weights from them.

    The counts start afresh. Optimizers hold the weights that were: make new ones.

    Args:
        layer: one whose activation is a `MeProp`.
        following: the layer that it feeds.
        threshold: the share of the examples, in [0, 1], in which a unit must have been active to stay.

    Returns:
        The places of the units removed, counted from 0.

    Raises:
        ValueError: nothing was counted yet, ``following`` has another number of inputs, or no unit would be left.
    """
    counts: Any = layer.activation
    if not isinstance(counts, MeProp) or not counts.examples:
        raise ValueError("layer must have a MeProp as its activation, and meprop.backward must have been called")
    if len(following.input_names) != len(layer.neurons):
        raise ValueError(f"following takes {len(following.input_names)} inputs; layer has {len(layer.neurons)} units")
    kept = [j for j, count in enumerate(counts.activeness) if count >= threshold * counts.examples]
    if not kept:
        most = max(counts.activeness) / counts.examples
        raise ValueError(f"threshold {threshold} leaves no unit; the most active one has a share of {most:.3g}")
    removed = [j for j in range(len(layer.neurons)) if j not in kept]
    layer.neurons = [layer.neurons[j] for j in kept]
    following.input_names = [following.input_names[j] for j in kept]
    for neuron in following.neurons:
        neuron.input_names = following.input_names
        neuron.weights = [neuron.weights[j] for j in kept]
    counts.activeness, counts.examples, counts.pending = [0] * len(kept), 0, []
    return removed
