"""Models from PyTorch and for it: the same layers, with the same weights. It is imported when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Value, arguments
from nn.activations import Activation, PReLU, Softmax, activation_name, linear
from nn.dropout import Dropout
from nn.layers import MLP, Layer, Sequential
from nn.module import Module

if TYPE_CHECKING:
    import torch

CONVERTED = (
    "a Sequential of Linear, ReLU, ReLU6, LeakyReLU, ELU, PReLU, Sigmoid, Tanh, Softplus, Softmax, Identity and Dropout"
)


def from_torch(module: torch.nn.Module) -> Sequential:
    """A PyTorch model of fully connected layers as one of this library, with the same weights.

    A Linear becomes a `Layer`, together with an activation that follows it; units are numbered through, as in an `MLP`.
    What is computed is the same, but on floats of 64 bits, and a last layer of one unit gives a Value rather than a
    list.

    Args:
        module: a torch.nn.Sequential, which may have others in it, or a torch.nn.Linear. It stays as it is.

    Raises:
        TypeError: there is a layer in it that cannot be converted, or whose weights another one shares; the message
            names it.
        ModuleNotFoundError: PyTorch is not installed.

    Example:
        >>> import torch  # doctest: +SKIP
        >>> net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))  # doctest: +SKIP
        >>> from_torch(net)  # doctest: +SKIP
        Sequential(Layer(2, 3, tanh), Layer(3, 1, linear))
    """
    torch = _torch("from_torch")
    layers: list[Any] = []
    seen: set[int] = set()
    first = 1
    for path, part in _torch_parts("", module, torch):
        own = set(map(id, part.parameters()))
        if own & seen:
            raise TypeError(f"from_torch cannot convert {path}, a {_kind(part)} whose parameters occur before, too")
        seen |= own
        if type(part) is torch.nn.Linear:
            layer = Layer(part.in_features, part.out_features, bias=part.bias is not None, first=first)
            first += part.in_features
            for j, neuron in enumerate(layer.neurons):
                for weight, number in zip(neuron.weights, part.weight[j].tolist()):
                    weight.data = number
                if neuron.bias is not None:
                    neuron.bias.data = part.bias[j].item()
            layers.append(layer)
        elif type(part) is torch.nn.Dropout:
            layers.append(Dropout(part.p))
        elif type(part) is not torch.nn.Identity:
            activation = _activation(path, part, torch)
            last = layers[-1] if layers else None
            if isinstance(last, Layer) and last.activation is linear:
                _activate(last, activation)
            else:
                layers.append(activation)
    if not layers:
        raise TypeError("from_torch cannot convert a model without layers")
    return Sequential(*layers).train(module.training)


def to_torch(model: Module) -> torch.nn.Sequential:
    """A model of `Layer` and activations as a torch.nn.Sequential, with the same weights, as floats of 64 bits.

    Give it such numbers: ``to_torch(model)(torch.tensor(X, dtype=torch.float64))``, a row an example.

    Args:
        model: an `MLP`, a `Sequential` or a `Layer`, with activations that PyTorch has, too. It stays as it is.

    Raises:
        TypeError: there is a layer or an activation in it that cannot be converted, or whose weights another one
            shares; the message names it.
        ModuleNotFoundError: PyTorch is not installed.
    """
    torch = _torch("to_torch")
    parts: list[Any] = []
    seen: set[Value] = set()
    for path, part in _parts("model", model):
        own = set(part.parameters()) if isinstance(part, Module) else set()
        if own & seen:
            raise TypeError(f"to_torch cannot convert {path}, a {_kind(part)} whose parameters occur before, too")
        seen |= own
        if type(part) is Layer:
            bias = part.neurons[0].bias is not None
            module = torch.nn.Linear(len(part.input_names), len(part.neurons), bias=bias, dtype=torch.float64)
            with torch.no_grad():
                for j, unit in enumerate(part.neurons):
                    for i, weight in enumerate(unit.weights):
                        module.weight[j, i] = weight.data
                    if unit.bias is not None:
                        module.bias[j] = unit.bias.data
            shared = isinstance(part.activation, Module)
            if not shared and any(unit.activation is not part.activation for unit in part.neurons):
                raise TypeError(f"to_torch cannot convert {path}, a Layer whose units have activations of their own")
            parts += [module, *_torch_activation(path, part.activation, torch)]
        elif type(part) is Dropout:
            parts.append(torch.nn.Dropout(part.p))
        else:
            parts += _torch_activation(path, part, torch)
    return torch.nn.Sequential(*parts).train(model.training)


def _torch(function: str) -> Any:
    try:
        import torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{function} needs PyTorch: pip install torch") from error
    return torch


def _kind(part: Any) -> str:
    return type(part).__name__


def _torch_parts(path: str, module: Any, torch: Any) -> Iterator[tuple[str, Any]]:
    """What a Sequential is made of, and those in it, each with its path in PyTorch, such as ``1.weight``'s 1."""
    if type(module) is torch.nn.Sequential:
        for name, part in module.named_children():
            yield from _torch_parts(f"{path}.{name}".lstrip("."), part, torch)
    elif isinstance(module, torch.nn.Module):
        yield path or "the model", module
    else:
        raise TypeError(f"from_torch needs a torch.nn.Module, got {arguments.shown(module)}")


def _activation(path: str, part: Any, torch: Any) -> Activation:
    """The activation that is the same as one of PyTorch."""
    kinds: dict[Any, Callable[[], Activation]] = {
        torch.nn.ReLU: lambda: autograd.relu,
        torch.nn.ReLU6: lambda: autograd.relu6,
        torch.nn.Sigmoid: lambda: autograd.sigmoid,
        torch.nn.Tanh: lambda: autograd.tanh,
        torch.nn.LeakyReLU: lambda: partial(autograd.leaky_relu, slope=part.negative_slope),
        torch.nn.ELU: lambda: partial(autograd.elu, alpha=part.alpha),
    }
    if type(part) in kinds:
        return kinds[type(part)]()
    reason = f"it converts {CONVERTED}"
    if type(part) is torch.nn.Softplus:
        if part.beta == 1 and part.threshold >= 20:  # above which PyTorch's is x, which it is to eight digits
            return autograd.softplus
        reason = "here Softplus has beta 1 and no threshold"
    if type(part) is torch.nn.PReLU:
        if part.num_parameters == 1:
            return PReLU(part.weight.item())
        reason = "here a PReLU has one slope"
    if type(part) is torch.nn.Softmax:
        if part.dim in (-1, 1):
            return Softmax()
        reason = "here Softmax is over the units of a layer, dim=-1"
    if type(part) is torch.nn.GELU:
        reason = "here gelu is x sigmoid(1.702 x), which PyTorch does not have"
    raise TypeError(f"from_torch cannot convert {path}, a {_kind(part)}: {reason}")


def _activate(layer: Layer, activation: Activation) -> None:
    """Have a layer's units apply an activation to their net inputs, as `Layer` does with the one that it is given."""
    layer.activation = activation
    if not isinstance(activation, Module):
        for neuron in layer.neurons:
            neuron.activation = activation


def _parts(path: str, model: Any) -> Iterator[tuple[str, Any]]:
    """What a Sequential is made of, and those in it, each with its path."""
    if type(model) in (Sequential, MLP):
        for i, layer in enumerate(model.layers):
            yield from _parts(f"layers.{i}" if path == "model" else f"{path}.layers.{i}", layer)
    else:
        yield path, model


def _torch_activation(path: str, activation: Any, torch: Any) -> list[Any]:
    """PyTorch's module for an activation; none for the identity."""
    if activation is linear:
        return []
    if type(activation) is Softmax:
        return [torch.nn.Softmax(dim=-1)]
    if type(activation) is PReLU:
        return [torch.nn.PReLU(init=activation.slope.data, dtype=torch.float64)]
    kinds: dict[Any, Callable[..., Any]] = {
        autograd.relu: torch.nn.ReLU,
        autograd.relu6: torch.nn.ReLU6,
        autograd.sigmoid: torch.nn.Sigmoid,
        autograd.tanh: torch.nn.Tanh,
        autograd.softplus: partial(torch.nn.Softplus, threshold=800.0),  # beyond it a float is infinite
        autograd.leaky_relu: lambda slope=0.01: torch.nn.LeakyReLU(slope),
        autograd.elu: lambda alpha=1.0: torch.nn.ELU(alpha),
    }
    function, options = activation, {}
    if isinstance(activation, partial) and not activation.args:
        function, options = activation.func, activation.keywords
    if isinstance(function, autograd.Primitive) and function in kinds:
        return [kinds[function](**options)]
    raise TypeError(f"to_torch cannot convert {path}, with {activation_name(activation)}: it converts {CONVERTED}")
