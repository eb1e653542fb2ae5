"""A 2-layer network: a forward and a backward pass by hand.

Forward, compute the error from the inputs and the weights; backward, its gradient at every weight; then update. Every
number of it, by the slides' equations 2 to 7 and by the engine.

Source: WAT, "Forward Pass for a 2-layer Network", "Backward Pass for a 2-layer Network", "The recursive relationship",
"A concrete example of forward and backward pass" and "The derivative of g(x)".

Rows: 2.28.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
import optim
from autograd import Program, Value
from demos.gallery import Board, style

# %% The network: the figure's numbers are not in the text, so these are ours. W[i][j] leads from i to j.

X = np.array([1.0, 0.5])
Y = np.array([1.0, 0.0])
W1 = np.array([[0.4, -0.6], [0.8, 0.2]])
W2 = np.array([[0.3, -0.5], [-0.7, 0.9]])


def slide_network() -> nn.MLP:
    """Two inputs, two hidden units and two outputs, sigmoids without biases, named as on the slide."""
    model = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid", rng=0, bias=False)
    for layer, (units, W) in enumerate(zip(model.layers, [W1, W2]), start=1):
        for j, unit in enumerate(units.neurons, start=1):
            unit.net_name, unit.output_name = f"a{j}({layer})", f"z{j}({layer})"
            for i, weight in enumerate(unit.weights, start=1):
                weight.name, weight.data = f"W{i}{j}({layer})", float(W[i - 1, j - 1])
    return model


def sum_of_squares(model: nn.MLP, x: Any, y: Any) -> Value:
    """E = sum_k (y_hat_k - y_k)^2 of one example."""
    errors = []
    for k, (y_hat, y_k) in enumerate(zip(model(x), y), start=1):
        errors.append(nn.squared_error(y_hat, Value(y_k, f"y{k}")))
        errors[-1].name = f"E{k}"
    E: Value = autograd.sum(errors)
    E.name = "E"
    return E


def g(x: Any) -> Any:
    """The sigmoid."""
    return 1 / (1 + np.exp(-x))


# %% Both passes by hand, as the slides have them.


def by_hand() -> list[tuple[str, str, float]]:
    """Each quantity's name, its formula and its value."""
    a1 = X @ W1
    z1 = g(a1)
    a2 = z1 @ W2
    z2 = g(a2)
    E = np.sum((z2 - Y) ** 2)
    delta2 = 2 * (z2 - Y) * z2 * (1 - z2)
    delta1 = (W2 @ delta2) * z1 * (1 - z1)
    dW2 = np.outer(z1, delta2)
    dW1 = np.outer(X, delta1)
    lines: list[tuple[str, str, float]] = []
    for j in (1, 2):
        lines.append((f"a{j}(1)", f"x1 W1{j}(1) + x2 W2{j}(1)", a1[j - 1]))
        lines.append((f"z{j}(1)", f"g(a{j}(1))", z1[j - 1]))
    for k in (1, 2):
        lines.append((f"a{k}(2)", f"z1(1) W1{k}(2) + z2(1) W2{k}(2)", a2[k - 1]))
        lines.append((f"z{k}(2)", f"g(a{k}(2))", z2[k - 1]))
    lines.append(("E", "(z1(2) - y1)² + (z2(2) - y2)²", E))
    for k in (1, 2):
        lines.append((f"δ{k}(2)", f"2 (z{k}(2) - y{k}) z{k}(2) (1 - z{k}(2))", delta2[k - 1]))
    for j in (1, 2):
        formula = f"(δ1(2) W{j}1(2) + δ2(2) W{j}2(2)) z{j}(1) (1 - z{j}(1))"
        lines.append((f"δ{j}(1)", formula, delta1[j - 1]))
    lines += [(f"dE/dW{j}{k}(2)", f"δ{k}(2) z{j}(1)", dW2[j - 1, k - 1]) for j in (1, 2) for k in (1, 2)]
    lines += [(f"dE/dW{i}{j}(1)", f"δ{j}(1) x{i}", dW1[i - 1, j - 1]) for i in (1, 2) for j in (1, 2)]
    return lines


# %% The engine, beside it.


def passes(board: Board) -> None:
    """Forward pass, eqs. 2 to 4, and backward pass, eqs. 5 to 7."""
    model = slide_network()
    E = sum_of_squares(model, X, Y)
    E.backward()
    nodes = {node.name: node for node in Program.of(E)}

    def engine(name: str) -> float:
        """What the engine has for a quantity of the slide: a delta is the gradient of a net input."""
        if name.startswith("δ"):
            return nodes[f"a{name[1:]}"].grad
        return nodes[name[4:]].grad if name.startswith("dE/d") else nodes[name].data

    lines = by_hand()
    forward = lines[: 1 + [name for name, _, _ in lines].index("E")]
    sections = {"Forward pass (eqs. 2, 3, 4)": forward, "Backward pass (eqs. 5, 6, 7)": lines[len(forward) :]}
    for heading, section in sections.items():
        board.heading(heading)
        if section is forward:
            board.say(f"x = (1, 0.5), y = (1, 0), g is the sigmoid; W(1) = {W1.tolist()} and W(2) = {W2.tolist()}.")
        else:
            board.say(
                "δ of a unit is dE/da. The base case is an output unit, the recursive case a hidden one: it collects "
                "the deltas of the next layer through the weights. Then each weight has dE/dW = δ times its input."
            )
        rows = [(name, formula, value, engine(name)) for name, formula, value in section]
        board.table(["quantity", "formula", "by hand", "the engine"], rows, "", digits=6)
        board.claim(
            "By hand and by the engine, to 1e-12.", all(abs(hand - engine) < 1e-12 for _, _, hand, engine in rows)
        )
    board.derivation(autograd.explain(E, ["W11(2)", "W11(1)", "W21(1)"]))
    board.network(
        E, "network", "The network after both passes: grad in a unit is its δ, grad at a weight is dE/dW.",
        cover=True, weight_gradients=True,
    )  # fmt: skip
    board.graph(E, "graph", "The same as a computation graph: each edge bears its local derivative.")
    board.walkthrough(E, "The 2-layer network", optimizer=optim.SGD(model.parameters(), lr=0.5))


# %% The derivative of g: saved in the forward pass, used in the backward pass.


def derivative(board: Board) -> None:
    """dg/dx = g(x) (1 - g(x))."""
    board.heading("The derivative of g(x)")
    board.say("The forward pass has computed g(x) already, and the backward pass needs nothing else: g' = g (1 - g).")
    x = np.linspace(-8, 8, 161)
    slopes = [autograd.grad(autograd.sigmoid)(x_k) for x_k in x]
    first = np.exp(-x) / (1 + np.exp(-x)) ** 2
    board.claim(
        "1/(1 + e^-x) times e^-x/(1 + e^-x) is g(x) (1 - g(x)), which is what the engine has.",
        np.allclose(slopes, first, rtol=0, atol=1e-12) and np.allclose(slopes, g(x) * (1 - g(x)), rtol=0, atol=1e-12),
    )
    board.claim("It is at most 1/4, at x = 0.", max(slopes) == 0.25 == slopes[80])


# %% "Update each weight by the sum of the partial derivatives for all the training examples."


def update(board: Board) -> None:
    """W := W - eta dE/dW, with two training examples."""
    board.heading("The update, for all the training examples")
    board.say(
        "With a second example, x = (0.5, 1) and y = (0, 1), each weight is changed by the sum of the two partial "
        "derivatives: W := W - η ∂E/∂W, here with η = 0.5."
    )
    examples = [(X, Y), (X[::-1], Y[::-1])]
    alone = []
    for x, y in examples:
        model = slide_network()
        sum_of_squares(model, x, y).backward()
        alone.append(np.array([weight.grad for weight in model.parameters()]))

    model = slide_network()
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    errors = []
    for step in range(300):
        optimizer.zero_grad()
        total = 0.0
        for x, y in examples:
            E = sum_of_squares(model, x, y)
            E.backward()
            total += E.data
        if step == 0:
            gradients = np.array([weight.grad for weight in model.parameters()])
        optimizer.step()
        errors.append(total)
    board.claim(
        "backward() adds up: a weight's grad is the sum of the examples' partial derivatives.",
        np.allclose(gradients, sum(alone), rtol=0, atol=1e-12),
    )
    board.claim("Every step makes the sum of the errors smaller.", bool(np.all(np.diff(errors) < 0)))
    answers = [[float(y_hat) for y_hat in model(x)] for x, _ in examples]
    rows = [(str(x.tolist()), str(y.tolist()), *answer) for (x, y), answer in zip(examples, answers)]
    board.table(["x", "y", "ŷ1", "ŷ2"], rows, "After 300 steps")
    board.claim(
        "The larger output is the right one.",
        all(np.argmax(answer) == np.argmax(y) for answer, (_, y) in zip(answers, examples)),
    )

    fig, axes = style.figure()
    axes.plot(range(len(errors)), errors)
    axes.set(xlabel="step", ylabel="E, summed over both examples", ylim=(0, None))
    board.figure(fig, "error", "The error of both examples falls with every step of gradient descent.")


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; nothing in it is random."""
    board = Board(out)
    passes(board)
    derivative(board)
    update(board)
    return board
