"""diagnose: which units of a model are dead or saturated, and in which layers the gradient vanishes or explodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import autograd
from autograd import Program, Value, tables
from nn.activations import ACTIVATIONS

_MAY_DIE = ("relu", "relu6")  # flat on one side or both
_MAY_SATURATE = ("sigmoid", "tanh")  # nearly flat far out
_NETS = [autograd.PRIMITIVES[name] for name in ("affine", "dot")]  # what an activation is applied to

_HEADINGS = ("layer", "activation", "dead", "saturated", "mean |delta|", "mean |dE/dw|", "verdict")
FINE = "fine"

_Names = dict[int, list[str]]  # by layer


@dataclass(frozen=True)
class LayerDiagnosis:
    """What was seen in one layer.

    Attributes:
        layer: its number; the one next to the inputs is 1.
        activations: the operation of each of its units; a linear unit has none.
        dead: the names of the relu and relu6 units whose derivative g' is 0 for every example: they "never activate
            across the entire training dataset" (HKU, "ReLu-like Activation Functions").
        saturated: the names of the sigmoid and tanh units whose g' is below the threshold for most examples.
        delta: the mean of ``|dE/di|`` over its net inputs i and over the examples.
        gradient: the mean of ``|dE/dw|`` over its weights and biases and over the examples.
        verdict: on delta: "vanishing", "exploding", "no gradient", or "fine" for none of these.
    """

    layer: int
    activations: tuple[str, ...]
    dead: tuple[str, ...]
    saturated: tuple[str, ...]
    delta: float
    gradient: float
    verdict: str


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` saw, layer by layer; ``print`` and notebooks show it as a table."""

    layers: tuple[LayerDiagnosis, ...]

    def __str__(self) -> str:
        rows = [_HEADINGS, *map(_row, self.layers)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        return "\n".join(["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows])

    def _repr_html_(self) -> str:
        return tables.html(_HEADINGS, list(map(_row, self.layers)))


def diagnose(
    model: Callable[[Any], Any],
    X: Iterable[Any],
    y: Iterable[Any] | None = None,
    loss: Callable[..., Value] | None = None,
    threshold: float = 0.01,
    factor: float = 1000.0,
) -> Diagnosis:
    """Run a model on examples, forward and backward, and look at each unit's g' and each layer's gradient.

    On the way back delta, the gradient of a net input, shrinks where g' is small, for ``delta = g'() ... g'() ...``
    (HKU, "Vanishing Gradient Problem"), and grows where weights are large (IIMA, "Vanishing and Exploding Gradients").
    A layer is what lies between one use of parameters and the next; what uses them, such as ``affine``, is a net input.
    The model stays as it is, the gradients of its parameters included.

    Args:
        model: called on one example it returns a Value or several.
        X: the examples.
        y: the target of each.
        loss: E of one example: ``loss(output, target)``, or ``loss(output)`` where there is no ``y``. Without a loss, E
            is the sum of the outputs.
        threshold: a sigmoid or tanh is saturated where g' is below this (at 0 it is 0.25 and 1).
        factor: a layer's gradient vanishes where its delta is this many times smaller than the last layer's, and
            explodes where it is this many times larger.

    Raises:
        ValueError: there are no examples; ``y`` has another length, or comes without a loss; no parameter takes part;
            the graph differs from example to example, so that a unit cannot be followed through them; ``threshold`` is
            not positive, or ``factor`` not above 1.
    """
    if not threshold > 0:
        raise ValueError(f"threshold must be a positive number, got {threshold!r}")
    if not factor > 1:
        raise ValueError(f"factor must be a number above 1, got {factor!r}")
    X = list(X)
    targets = None if y is None else list(y)
    if not X:
        raise ValueError("X must hold at least one example, got none")
    if targets is not None and loss is None:
        raise ValueError("y must come with the loss that compares it with the output; pass loss=")
    if targets is not None and len(targets) != len(X):
        raise ValueError(f"y must have a target for each of {len(X)} examples, got {len(targets)}")
    outputs, losses = [], []
    for i, x in enumerate(X):
        output = model(x)
        outputs.append(Program.of(autograd.sum(output if isinstance(output, Iterable) else [output])))
        if loss is None:
            losses.append(outputs[i].replay())
        else:
            losses.append(Program.of(loss(output, targets[i]) if targets is not None else loss(output)).replay())
        for programs in (outputs, losses):
            if [node.op for node in programs[i]] != [node.op for node in programs[0]]:
                raise ValueError(f"the graph of example {i} is not that of example 0; does the model branch on x?")
    deltas, gradients = _gradients(losses)
    if not deltas:
        raise ValueError("no parameter takes part in what the model computes")
    activations, dead, saturated = ({n: tuple(names[n]) for n in deltas} for names in _units(outputs, threshold))
    last = deltas[max(deltas)]
    layers = [
        LayerDiagnosis(n, activations[n], dead[n], saturated[n], delta, gradients[n], _verdict(delta, last, factor))
        for n, delta in sorted(deltas.items())
    ]
    return Diagnosis(tuple(layers))


def _gradients(losses: Sequence[Program]) -> tuple[dict[int, float], dict[int, float]]:
    """By layer: the means of ``|dE/di|`` and of ``|dE/dw|``; a weight that several layers share counts in each."""
    deltas: dict[int, list[float]] = defaultdict(list)
    gradients: dict[int, list[float]] = defaultdict(list)
    for layer, runs in zip(_layers(losses[0]), zip(*losses)):
        edges = [k for k, parent in enumerate(runs[0].parents) if losses[0].nodes[parent].kind == "parameter"]
        if edges:
            deltas[layer] += [abs(run.grad) for run in runs]
            gradients[layer] += [abs(run.local_derivatives[k] * run.grad) for run in runs for k in edges]
    of_deltas, of_gradients = ({n: autograd.sum(x) / len(x) for n, x in seen.items()} for seen in (deltas, gradients))
    return of_deltas, of_gradients


def _units(outputs: Sequence[Program], threshold: float) -> tuple[_Names, _Names, _Names]:
    """By layer: the units' operations, the names of the dead ones, the names of the saturated ones."""
    activations: _Names = defaultdict(list)
    dead: _Names = defaultdict(list)
    saturated: _Names = defaultdict(list)
    for layer, label, runs in zip(_layers(outputs[0]), outputs[0].labels, zip(*outputs)):
        name = runs[0].op.name if runs[0].op else ""
        if name not in ACTIVATIONS or outputs[0].nodes[runs[0].parents[0]].op not in _NETS:
            continue
        activations[layer].append(name)
        slopes = [abs(run.local_derivatives[0]) for run in runs]
        if name in _MAY_DIE and not any(slopes):
            dead[layer].append(label)
        if name in _MAY_SATURATE and sum([slope < threshold for slope in slopes]) > len(slopes) / 2:
            saturated[layer].append(label)
    return activations, dead, saturated


def _layers(program: Program) -> list[int]:
    """The layer of each node: how many uses of parameters there are on the way to it, its own included."""
    layers: list[int] = []
    for node in program:
        below = max([layers[parent] for parent in node.parents], default=0)
        layers.append(below + any(program.nodes[parent].kind == "parameter" for parent in node.parents))
    return layers


def _verdict(delta: float, last: float, factor: float) -> str:
    if delta == 0:
        return "no gradient"
    if delta * factor < last:
        return "vanishing"
    return "exploding" if delta > last * factor else FINE


def _row(layer: LayerDiagnosis) -> tuple[str, ...]:
    """A line of the table; its verdict is on the units, too."""
    dead, saturated = (_share(units, layer.activations) for units in (layer.dead, layer.saturated))
    kinds = ", ".join(dict.fromkeys(layer.activations)) or "linear"
    means = (f"{mean:.2e}".replace("-", "−") for mean in (layer.delta, layer.gradient))
    faults = [layer.verdict] if layer.verdict != FINE else []
    faults += [words for words, units in (("dead units", layer.dead), ("saturated units", layer.saturated)) if units]
    return (str(layer.layer), kinds, dead, saturated, *means, ", ".join(faults) or FINE)


def _share(units: Sequence[str], of: Sequence[str]) -> str:
    """How many units, and their names where they are few: ``2 of 8: o4 o7``."""
    if not units:
        return "-"
    return f"{len(units)} of {len(of)}" + (f": {' '.join(units)}" if len(units) <= 6 else "")
