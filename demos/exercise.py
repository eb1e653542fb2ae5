"""The exercise: fill in the network with symbols, and identify its gradients.

Every net input, every y and o and the error E gets its symbol; then the gradient at each weight is written as the chain
of factors, in symbols and in numbers.

Source: IIMA, "Network function f: R^3 -> R^2", "Exercise: Fill up the network with symbols", "Exercise: Identify
gradients" and "Exercise: Solution".

Rows: 2.25.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board

# %% A network as the slides name it: w_ij(0,1) leads from input i to hidden node j, whose net input is net_j(0,1).


def slide_network(I: int, J: int, K: int, rng: np.random.Generator | int) -> nn.MLP:  # noqa: E741
    """I input, J hidden and K output neurons, with sigmoids for S and without biases."""
    model = nn.MLP(I, [J, K], activation="sigmoid", output="sigmoid", bias=False, rng=rng)
    for layers, outputs, layer in zip(["(0,1)", "(1,2)"], ["y", "o"], model.layers):
        for j, neuron in enumerate(layer.neurons, start=1):
            neuron.net_name, neuron.output_name = f"net{j}{layers}", f"{outputs}{j}"
            for i, weight in enumerate(neuron.weights, start=1):
                weight.name = f"w{i}{j}{layers}"
                weight.data = round(weight.data, 2)
    return model


def error(model: nn.MLP, x: Sequence[float], d: Sequence[float]) -> Value:
    """E_n = sum_k (o_nk - d_nk)^2 of one input-output pair."""
    o = model(x)
    errors = []
    for k, (o_k, d_k) in enumerate(zip([o] if isinstance(o, Value) else o, d), start=1):
        errors.append(nn.squared_error(o_k, Value(d_k, f"d{k}")))
        errors[-1].name = f"E{k}"
    E: Value = autograd.sum(errors) if len(errors) > 1 else errors[0]
    E.name = "E"
    return E


def fill_in(board: Board, E: Value) -> list[str]:
    """A table of the symbols, as the engine's forward pass has them; returns the names."""
    rows = [
        (*map(str.strip, frame.symbols.text().split("=", 1)), frame.exact.shown)
        for frame in autograd.frames(E)
        if frame.phase == "forward" and frame.symbols is not None
    ]
    board.table(["symbol", "stands for", "value"], rows, "Every neuron, in the order of the forward pass")
    return [row[0] for row in rows]


# %% f: R^3 -> R^2, with two hidden neurons.


def three_to_two(board: Board, rng: np.random.Generator) -> None:
    """Its symbols, and one gradient: from E there are two paths to a hidden neuron's weight, one for each output."""
    board.heading("Network function f: R³ → R²")
    board.say(
        "Layer 0 has the inputs x1, x2, x3; layer 1 the hidden outputs y1, y2; layer 2 the outputs o1, o2, with their "
        "targets d1, d2. W(0,1) leads from layer 0 to layer 1, and W(1,2) from layer 1 to layer 2."
    )
    E = error(slide_network(3, 2, 2, rng), [1.0, 0.5, -1.0], [1.0, 0.0])
    E.backward()
    names = fill_in(board, E)
    wanted = {"net1(0,1)", "net2(0,1)", "y1", "y2", "net1(1,2)", "net2(1,2)", "o1", "o2", "E1", "E2", "E"}
    board.claim("Every net, every y, every o and E has its symbol.", set(names) == wanted)
    board.network(E, "three_to_two", "f: R³ → R², filled in with symbols and numbers.")
    board.say("Both outputs read y1, so the gradient at a weight that leads to y1 is a sum over two paths:")
    board.derivation(autograd.explain(E, "w11(0,1)"))


# %% The 2-2-1 net of the exercise: "identify" six gradients.

ASKED = ["w11(1,2)", "w21(1,2)", "w11(0,1)", "w12(0,1)", "w21(0,1)", "w22(0,1)"]


def sigmoid(z: float) -> float:
    """S(z) = 1 / (1 + e^-z), so that S'(z) = S(z) (1 - S(z))."""
    return float(1 / (1 + np.exp(-z)))


def by_hand(w: dict[str, float], x: Sequence[float], d: float) -> dict[str, float]:
    """The six chains of factors of one input-output pair, as a student writes them; and the slide's own (see below)."""
    y1 = sigmoid(w["w11(0,1)"] * x[0] + w["w21(0,1)"] * x[1])
    y2 = sigmoid(w["w12(0,1)"] * x[0] + w["w22(0,1)"] * x[1])
    o = sigmoid(w["w11(1,2)"] * y1 + w["w21(1,2)"] * y2)
    do_dnet = o * (1 - o)
    dy1_dnet, dy2_dnet = y1 * (1 - y1), y2 * (1 - y2)
    return {
        "w11(1,2)": 2 * (o - d) * do_dnet * y1,
        "w21(1,2)": 2 * (o - d) * do_dnet * y2,
        "w11(0,1)": 2 * (o - d) * do_dnet * w["w11(1,2)"] * dy1_dnet * x[0],
        "w12(0,1)": 2 * (o - d) * do_dnet * w["w21(1,2)"] * dy2_dnet * x[0],
        "w21(0,1)": 2 * (o - d) * do_dnet * w["w11(1,2)"] * dy1_dnet * x[1],
        "w22(0,1)": 2 * (o - d) * do_dnet * w["w21(1,2)"] * dy2_dnet * x[1],
        "as printed": 2 * (o - d) * (do_dnet * y1) * (dy1_dnet * x[0]),
    }


def two_two_one(board: Board, rng: np.random.Generator) -> None:
    """Every symbol, and the six gradients."""
    board.heading("The exercise: a net with two inputs, two hidden neurons and one output")
    pairs = [([1.0, 0.5], 1.0), ([-0.5, 1.0], 0.0)]
    model = slide_network(2, 2, 1, rng)
    x, d = pairs[0]
    E = error(model, x, [d])
    E.backward()
    board.say("First with a single pair, N = 1, so that E = (o1 - d1)².")
    names = fill_in(board, E)
    board.claim(
        "Every net, every y, o and E has its symbol.",
        set(names) == {"net1(0,1)", "net2(0,1)", "y1", "y2", "net1(1,2)", "o1", "E"},
    )
    board.network(E, "two_two_one", "The exercise's network, filled in.", cover=True, weight_gradients=True)
    board.graph(E, "graph", "The factors of each chain stand on the edges, from E back to the weight.")
    board.walkthrough(E, "The exercise's network", optimizer=optim.SGD(model.parameters(), lr=0.5))

    board.heading("The solution: each gradient as a chain of factors")
    explanations = [autograd.explain(E, name) for name in ASKED]
    for explanation in explanations:
        board.derivation(explanation)
    w = {str(weight.name): weight.data for weight in model.parameters()}
    hand = by_hand(w, x, d)
    board.claim(
        "The six chains, multiplied out by hand, are the engine's numbers, to 1e-12.",
        all(abs(hand[name] - explanation.value) < 1e-12 for name, explanation in zip(ASKED, explanations)),
    )


# %% With N pairs: the mean over them.


def batch(board: Board, rng: np.random.Generator) -> None:
    """dE/dw of the mean over N pairs is the mean of the pairs' chains."""
    board.heading("With N pairs")
    board.say(
        "E = 1/N Σ_n (o_n1 - d_n1)², so that each gradient is the mean of the pairs' chains. Here are four pairs."
    )
    pairs = list(zip(rng.normal(size=(4, 2)).tolist(), [1.0, 0.0, 1.0, 0.0]))
    model = slide_network(2, 2, 1, rng)
    w = {str(weight.name): weight.data for weight in model.parameters()}
    chains = [by_hand(w, x, d) for x, d in pairs]
    E = autograd.sum([error(model, x, [d]) for x, d in pairs]) / len(pairs)
    E.backward()
    engine = {str(weight.name): weight.grad for weight in model.parameters()}
    rows, means = [], {}
    for name in ASKED:
        terms = [chain[name] for chain in chains]
        means[name] = autograd.sum(terms) / len(pairs)
        rows.append((f"dE/d{name}", *terms, means[name], engine[name]))
    board.table(["", "n = 1", "n = 2", "n = 3", "n = 4", "mean", "the engine"], rows, "The chains of each pair")
    board.claim(
        "The mean of the chains is the engine's gradient, to 1e-12.",
        all(abs(means[name] - engine[name]) < 1e-12 for name in ASKED),
    )
    printed = autograd.sum([chain["as printed"] for chain in chains]) / len(pairs)
    board.say(
        "Note a slip in the solution's second line: it writes ∂o/∂w11(1,2) between the other factors of dE/dw11(0,1). "
        "The path to w11(0,1) leads through y1 and not through w11(1,2), so the factor is ∂o/∂y1 = S'(net1(1,2)) "
        "w11(1,2), as in the derivation above."
    )
    board.number("dE/dw11(0,1), with ∂o/∂y1", engine["w11(0,1)"])
    board.number("the product as printed, with ∂o/∂w11(1,2)", printed)
    board.claim(
        "With ∂o/∂y1 it is the engine's; as printed it is another number.",
        abs(means["w11(0,1)"] - engine["w11(0,1)"]) < 1e-12
        and not math.isclose(printed, engine["w11(0,1)"], rel_tol=1e-6),
    )


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    three_to_two(board, rng)
    two_two_one(board, rng)
    batch(board, rng)
    return board
