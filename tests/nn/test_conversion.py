"""from_torch and to_torch: equal outputs and equal gradients, and what cannot be converted is refused by name."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Parameter

torch: Any = pytest.importorskip("torch")
X = np.random.default_rng(0).normal(size=(5, 3))
ACTIVATIONS: dict[str, dict[str, float]] = {
    "ReLU": {}, "ReLU6": {}, "Sigmoid": {}, "Tanh": {}, "LeakyReLU": {"negative_slope": 0.2}, "ELU": {"alpha": 0.7},
    "Softplus": {}, "PReLU": {"init": 0.3}, "Softmax": {"dim": -1}, "Identity": {},
}  # fmt: skip


def gradients_of(net: Any) -> list[float]:
    """Of a net of PyTorch, in this library's order: unit by unit, weights then bias."""
    numbers: list[float] = []
    for module in net:
        if isinstance(module, torch.nn.Linear):
            for j in range(module.out_features):
                numbers += module.weight.grad[j].tolist()
                numbers += [module.bias.grad[j].item()] if module.bias is not None else []
        else:
            numbers += [x for parameter in module.parameters() for x in parameter.grad.tolist()]
    return numbers


def check(model: nn.Module, net: Any, dtype: Any) -> None:
    """Outputs and gradients of both are equal."""
    outputs = net(torch.tensor(X, dtype=dtype))
    outputs.pow(3).sum().backward()
    rows = [model(x) for x in X]
    units = [unit for row in rows for unit in (row if isinstance(row, list) else [row])]
    model.zero_grad()
    autograd.sum([unit**3 for unit in units]).backward()
    close = 1e-4 if dtype is torch.float32 else 1e-9
    assert [unit.data for unit in units] == pytest.approx(outputs.flatten().tolist(), rel=close, abs=close)
    assert [p.grad for p in model.parameters()] == pytest.approx(gradients_of(net), rel=close, abs=close)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_a_model_of_pytorch_gives_the_same_here_and_back(kind: str, bias: bool) -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(3, 4, bias=bias), getattr(torch.nn, kind)(**ACTIVATIONS[kind]), torch.nn.Linear(4, 2)
    )
    model = nn.from_torch(net)
    check(model, net, torch.float32)
    check(model, nn.to_torch(model), torch.float64)


@pytest.mark.parametrize("activation", ["relu", "relu6", "sigmoid", "tanh", "leaky_relu", "elu", "softplus", "linear"])
@pytest.mark.parametrize("output", ["linear", "softmax", "prelu"])
def test_a_model_from_here_gives_the_same_in_pytorch_and_back(activation: str, output: str) -> None:
    model = nn.MLP(3, [4, 3, 2], activation=activation, output=output)
    net = nn.to_torch(model)
    check(model, net, torch.float64)
    back = nn.from_torch(net)
    assert [p.data for p in back.parameters()] == [p.data for p in model.parameters()]
    assert [p.name for p in back.parameters()] == [p.name for p in model.parameters()]  # numbered through


def test_nested_models_dropout_and_modes_are_kept() -> None:
    inner = torch.nn.Sequential(torch.nn.Dropout(0.25), torch.nn.Linear(4, 1))
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), inner).eval()
    model = nn.from_torch(net)
    assert [layer.p for layer in model.layers if isinstance(layer, nn.Dropout)] == [0.25]
    assert not model.training
    assert model(X[0]).data == pytest.approx(net(torch.tensor(X[0], dtype=torch.float32)).item(), rel=1e-5)
    back = nn.to_torch(nn.Sequential(model, "tanh"))
    assert [type(part).__name__ for part in back] == ["Linear", "ReLU", "Dropout", "Linear", "Tanh"]
    assert nn.from_torch(torch.nn.Linear(3, 2)).parameters()


class Own(torch.nn.Linear):  # type: ignore[misc]  # torch has no type hints here
    """It may compute anything."""


def tied() -> Any:
    one, two = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    two.weight = one.weight
    return torch.nn.Sequential(one, two)


@pytest.mark.parametrize(
    ("module", "told"),
    [
        (
            torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Conv1d(1, 1, 1)),
            "convert 1, a Conv1d: it converts a Seq",
        ),
        (torch.nn.Sequential(torch.nn.Sequential(Own(3, 3))), r"convert 0\.0, a Own"),
        (torch.nn.Softmax(dim=0), "convert the model, a Softmax: .* dim=-1"),
        (torch.nn.Sequential(torch.nn.GELU()), "convert 0, a GELU: here gelu is x sigmoid"),
        (torch.nn.Sequential(torch.nn.Softplus(beta=2)), "convert 0, a Softplus: here Softplus has beta 1"),
        (torch.nn.Sequential(torch.nn.PReLU(3)), "convert 0, a PReLU: here a PReLU has one slope"),
        (tied(), "convert 1, a Linear whose parameters occur before"),
        (torch.nn.Sequential(), "a model without layers"),
        (nn.MLP(2, [1]), "needs a torch.nn.Module, got"),
    ],
)
def test_what_cannot_be_converted_from_pytorch_is_named(module: Any, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        nn.from_torch(module)


def uneven() -> nn.Layer:
    layer = nn.Layer(3, 2)
    layer.neurons[0].activation = autograd.relu
    return layer


slope = nn.PReLU()


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (nn.Sequential(nn.Layer(3, 2), nn.Maxout(2, 2)), r"convert layers\.1, with <Maxout"),
        (nn.MLP(3, [2, 1], activation="sin"), r"convert layers\.0, with sin: it converts a Sequential of"),
        (nn.Sequential(nn.Sequential(nn.Layer(3, 2, lambda v: v * 2))), r"convert layers\.0\.layers\.0, with <lambda>"),
        (nn.MLP(3, [2, 2, 1], activation=slope), r"convert layers\.1, a Layer whose parameters occur before"),
        (uneven(), "convert model, a Layer whose units have activations of their own"),
        (Parameter(1.0), "convert model"),
    ],
)
def test_what_cannot_be_converted_to_pytorch_is_named(model: Any, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        nn.to_torch(model)


def test_pytorch_is_imported_when_it_is_needed_and_its_absence_says_what_to_install() -> None:
    program = """
import sys
import nn
assert "torch" not in sys.modules
sys.modules["torch"] = None
for convert in (nn.from_torch, nn.to_torch):
    try:
        convert(nn.MLP(2, [1]))
    except ModuleNotFoundError as error:
        print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    lines = [f"{name} needs PyTorch: pip install torch" for name in ("from_torch", "to_torch")]
    assert ran.stdout.splitlines() == lines
