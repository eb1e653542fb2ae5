"""Modules that users write: as in PyTorch, with `forward`; as in micrograd, of plain Values, with own `parameters`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import Constant, Parameter, Value

X, Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([1.0, 2.0, 3.0])


def fit(model: nn.Module, parameters: Sequence[Value], epochs: int = 300) -> nn.History:
    return nn.fit(model, X, Y, loss=nn.squared_error, optimizer=optim.SGD(parameters, lr=0.2), epochs=epochs)


class Forward(nn.Module):
    """A unit as PyTorch's users write it."""

    def __init__(self) -> None:
        super().__init__()
        self.w = [Parameter(1.0), Parameter(1.0)]

    def forward(self, x: Any, shift: float = 0.0) -> Any:
        return autograd.affine(self.w, x, shift)


def test_forward_is_called_as_in_pytorch() -> None:
    class Doubled(Forward):
        def forward(self, x: Any, shift: float = 0.0) -> Any:
            return 2 * super().forward(x, shift)

    class Negative(nn.MLP):
        def forward(self, x: Any) -> Any:
            return -super().__call__(x)

    class Called(Forward):
        def __call__(self, x: Any) -> Any:
            return self.forward(x, 10.0)

    assert Forward()([3.0, 4.0], shift=1.0).data == 8.0
    assert Doubled()([3.0, 4.0], 1.0).data == 16.0
    assert nn.Sequential(Doubled())([3.0, 4.0]).data == 14.0
    assert Negative(2, [1], init=nn.initialisers.constant(1.0))([3.0, 4.0]).data == -7.0
    assert Called()([3.0, 4.0]).data == 17.0
    model = Forward()
    assert fit(model, model.parameters())["loss"][-1] < 1e-6
    assert autograd.compile(model)(X) == pytest.approx(Y, abs=1e-3)


class Plain(nn.Module):
    """A unit as micrograd's users write it, but that it does not say what its parameters are."""

    def __init__(self) -> None:
        self.w = [Value(0.5), Value(0.5)]
        self.b = Value(0.0)
        self.scale = Constant(1.0)
        self.seen: list[Any] = []

    def __call__(self, x: Any) -> Any:
        output = autograd.affine(self.w, x, self.b) * self.scale
        self.seen.append(output)
        return output


class Micrograd(Plain):
    """One that does."""

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.parameters(),
        lambda model: list(model.named_parameters()),
        lambda model: model.zero_grad(),
        lambda model: model.state_dict(),
        lambda model: model.load_state_dict({}),
        lambda model: fit(model, [model.layers[0].b]),
    ],
    ids=["parameters", "named_parameters", "zero_grad", "state_dict", "load_state_dict", "fit"],
)
def test_plain_values_are_said_to_be_no_parameters(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"Plain\.w, Plain\.b: plain Values are not trained and not saved; make them"):
        ask(nn.Sequential(Plain()))


@pytest.mark.parametrize("held", [Value(1.0), [[Value(1.0)], []], (Parameter(2.0), Value(1.0))])
def test_they_are_found_wherever_parameters_are_looked_for(held: Any) -> None:
    module = nn.Neuron(1, rng=0)
    module.held = held  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"Neuron\.held: plain Values"):
        module.parameters()
    with pytest.raises(TypeError, match=r"Neuron\.held: plain Values"):
        module.state_dict()
    assert repr(module) == "<Neuron>"


@pytest.mark.parametrize("held", [{"w": Value(1.0)}, {Value(1.0)}, np.array([Value(1.0)]), [{"w": Value(1.0)}]])
def test_and_where_they_are_not(held: Any) -> None:
    module = nn.Module()
    module.held = held  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"Module\.held is a \w+, in which parameters are not found: make it a list"):
        module.parameters()


def test_results_and_constants_may_be_kept() -> None:
    model = nn.Sequential(Micrograd())
    model([1.0, 2.0])
    assert len(model.parameters()) == 3


def test_own_parameters_are_those_of_the_modules_around_it_and_are_trained() -> None:
    unit = Micrograd()
    model = nn.Sequential(nn.Layer(2, 2, rng=0), unit)
    assert model.parameters()[-3:] == unit.parameters()
    assert len(model.parameters()) == 9
    model([1.0, 1.0]).backward()
    assert unit.b.grad == 1.0
    model.zero_grad()
    assert unit.b.grad == 0.0
    assert fit(unit, unit.parameters())["loss"][-1] < 1e-4


def test_own_parameters_are_in_the_state() -> None:
    model, other = nn.Sequential(Micrograd()), nn.Sequential(Micrograd())
    fit(model, model.parameters())
    assert list(model.state_dict()) == ["layers.0.w", "layers.0.b"]
    other.load_state_dict(model.state_dict())
    assert other([3.0, -1.0]).data == model([3.0, -1.0]).data


def test_own_parameters_may_leave_some_out() -> None:
    class HeadOnly(nn.Module):
        def __init__(self) -> None:
            self.body, self.head = nn.Layer(2, 2, "tanh", rng=0), nn.Layer(2, 1, rng=1)

        def parameters(self) -> list[Value]:
            return self.head.parameters()

        def __call__(self, x: Any) -> Any:
            return self.head(self.body(x))[0]

    inner = HeadOnly()
    model = nn.Sequential(inner)
    before = model.state_dict()
    assert model.parameters() == inner.head.parameters()
    fit(model, model.parameters())
    changed = {path for path, data in model.state_dict().items() if data != before[path]}
    assert changed == {"layers.0.head.neurons.0.weights", "layers.0.head.neurons.0.bias"}
    swapped = nn.functional_call(model, [0.0, 0.0, 5.0], [1.0, 2.0])  # the body's stay
    assert swapped.data == 5.0


def test_a_module_may_have_other_bases() -> None:
    class Named:
        def __init_subclass__(cls, title: str, **keywords: Any) -> None:
            super().__init_subclass__(**keywords)
            cls.title = title  # type: ignore[attr-defined]

    class Unit(Forward, Named, title="unit"):
        pass

    assert Unit.title == "unit"  # type: ignore[attr-defined]
    assert len(Unit().parameters()) == 2


def test_zero_grad_may_be_called_as_pytorchs() -> None:
    model = nn.Neuron(1, rng=0)
    model([2.0]).backward()
    model.zero_grad(set_to_none=True)
    assert [p.grad for p in model.parameters()] == [0.0, 0.0]
