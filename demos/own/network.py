"""A network with one example: all that steps 1 to 3 need."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import nn
import optim
from autograd import Value

LOSSES: dict[str, nn.losses.Loss] = {
    "half": nn.half_squared_error,
    "full": nn.squared_error,
    "mse": nn.mean_squared_error,
    "bce": nn.binary_cross_entropy,
    "ce": nn.cross_entropy_on_probabilities,
}
WIDTH = 110  # of what is printed
STEPS, SMALL = 100, 0.001  # of training on one example: how many at most, and the loss that is small enough


@dataclass(frozen=True)
class Network:
    """An MLP whose units are numbered through, inputs first, with an example to learn from.

    Attributes:
        x: the inputs x1, x2, ...
        t: the target t of the output unit; the targets t1, t2, ... of several.
        weights: the numbers of weights and biases, by name.
        lr: the learning rate.
        hidden: how many units each hidden layer has.
        activation, output: of the hidden units and of the output units, by name.
        loss: a name from `LOSSES`.
    """

    x: tuple[float, ...]
    t: tuple[float, ...]
    weights: Mapping[str, float]
    lr: float
    hidden: tuple[int, ...] = (2,)
    activation: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "half"

    @property
    def made_of(self) -> tuple[object, ...]:
        """What it is apart from its numbers."""
        return len(self.x), self.hidden, len(self.t), self.activation, self.output

    @property
    def title(self) -> str:
        """Its units, layer by layer, and what they compute."""
        sizes = "-".join(map(str, [len(self.x), *self.hidden, len(self.t)]))
        return f"A {sizes} network: {self.activation} units, {self.output} output, loss {self.loss}"

    def weight_lines(self) -> list[str]:
        """Its weights and biases, line by line."""
        weights = ", ".join([f"{name}\u00a0=\u00a0{x:.6g}" for name, x in self.weights.items()])
        return [line.replace("\u00a0", " ") for line in textwrap.wrap(weights, WIDTH)]

    def model(self, seed: int = 0) -> nn.MLP:
        """The MLP with these weights; those that are not given are drawn, with one decimal as on a slide."""
        sizes = [*self.hidden, len(self.t)]
        model = nn.MLP(len(self.x), sizes, activation=self.activation, output=self.output, rng=seed)
        for parameter in model.parameters():
            parameter.data = round(parameter.data, 1) + 0.0
        return model.set(self.weights)

    def error(self, model: nn.MLP) -> Value:
        """E of its example."""
        names = ["t"] if len(self.t) == 1 else [f"t{k}" for k in range(1, len(self.t) + 1)]
        return LOSSES[self.loss](model(self.x), list(map(Value, self.t, names)))

    def optimizer(self, model: nn.MLP) -> optim.SGD:
        """Gradient descent with its learning rate."""
        return optim.SGD(model.parameters(), lr=self.lr)

    def learn(self, model: nn.MLP, x: Sequence[float], t: float | Sequence[float], sgd: optim.SGD) -> float:
        """Steps 1 to 3 on any example: returns its loss before the update."""
        sgd.zero_grad()
        E = LOSSES[self.loss](model(x), t)
        E.backward()
        sgd.step()
        return E.data

    def repeat(self, model: nn.MLP) -> Iterator[str]:
        """Steps 1 to 3 on its own example, until the loss is small: a line for some of them."""
        sgd = self.optimizer(model)
        for step in range(1, STEPS + 1):
            loss = self.learn(model, self.x, self.t, sgd)
            if step < 5 or step % 10 == 0 or loss < SMALL:
                yield f"  step {step:3}   E {loss:.4g}"
            if loss < SMALL:
                return
