"""Module: anything that has parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import Parameter


class Module:
    """The base of every layer and model.

    Its parameters are found by walking its attributes in the order in which they were set: Parameters, Modules, and
    lists or tuples of them.
    """

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Each parameter with its path, such as ``("layers.0.neurons.1.bias", b5)``."""
        for name, attribute in vars(self).items():
            yield from _walk(name, attribute)

    def parameters(self) -> list[Parameter]:
        """The parameters in the order of `named_parameters`, one that several names share once.

        In an MLP that is layer by layer, unit by unit, weights then bias.
        """
        return list(dict.fromkeys(parameter for _, parameter in self.named_parameters()))

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0. `Value.backward` adds to what is there."""
        for parameter in self.parameters():
            parameter.grad = 0.0


def _walk(path: str, attribute: Any) -> Iterator[tuple[str, Parameter]]:
    if isinstance(attribute, Parameter):
        yield path, attribute
    elif isinstance(attribute, Module):
        for name, parameter in attribute.named_parameters():
            yield f"{path}.{name}", parameter
    elif isinstance(attribute, list | tuple):
        for i, item in enumerate(attribute):
            yield from _walk(f"{path}.{i}", item)
