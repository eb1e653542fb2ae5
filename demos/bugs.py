"""Bugs: eight ways to get backpropagation wrong, each beside the right number.

None of them stops the program: it runs, and prints a wrong number or learns nothing. For each: the wrong number, the
right one, and why. `autograd.wrong` makes each of them, here and in any other program. Single ones can be picked, as in
`python -m demos bugs --only zero-grad reuse`.

Source: IITI, "Training: How Neural Networks Learn", "Example: Resolve How to Compute Gradient? (Output Layer)",
"Activation Functions with Gradients: Nonlinear Activation Functions" and "Gradient Descent: How Much to Update?"; HKU,
"ReLu-like Activation Functions" and "Issue with Symmetry"; IIMA, "Vanishing and Exploding Gradients".

Rows: 2.8, 2.14, 1, 2.3.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import autograd
import nn
import optim
from autograd import Parameter, Program, Value, wrong
from autograd.lesson import Comparison
from demos.gallery import Board, style
from demos.toy_network import WEIGHTS, slide_error, slide_network

WRONG_AND_RIGHT = ["", "wrong", "right"]


def told(comparison: Comparison, name: str) -> tuple[float, float, list[float], list[float]]:
    """Of the quantity of that name: its gradient in the last step, wrong and right; and all its data, wrong and right,
    from the beginning to the end."""
    found: list[tuple[float, list[float]]] = []
    for run in (comparison.wrong, comparison.right):
        (node,) = [node for node in run[-1].program if node.name == name]
        path = [step.program.nodes[node.index].data for step in run]
        found.append((node.grad, [*path, run[-1].new.get(node.index, path[-1])]))
    (wrong_gradient, wrong_path), (gradient, path) = found
    return wrong_gradient, gradient, wrong_path, path


# %% The gradient of one step is left over for the next.


def zero_grad(board: Board, seed: int) -> None:
    """Gradients of leaves add up over calls of backward."""
    board.heading("Forgotten: zero_grad()")
    board.say(
        "f(w) = (3 - w)², from w = 0 with a learning rate of 0.1. backward() adds to the gradient that is there: that "
        "is how the gradients of a batch are summed. Unless it is set to 0 before each step, each follows the sum of "
        "all gradients since the beginning: past the minimum and back again, never coming to rest."
    )
    w = Parameter(0.0, "w")
    f = autograd.squared_error(w, 3.0)
    runs = [wrong(f, "zero-grad", optimizer=optim.SGD([w], lr=0.1), steps=steps) for steps in (1, 2, 60)]
    (wrong_1, right_1, *_), (wrong_2, right_2, *_), (_, _, wrong_path, path) = [told(run, "w") for run in runs]
    slope = [2 * (w - 3) for w in wrong_path[:2]]
    board.table(
        WRONG_AND_RIGHT,
        [
            ("gradient at step 1", wrong_1, right_1),
            ("gradient at step 2", wrong_2, right_2),
            ("w after 60 steps (3 is best)", wrong_path[-1], path[-1]),
        ],
        "Without and with optimizer.zero_grad()",
    )
    board.claim("At step 2 the wrong gradient is the sum of both: -6 - 4.8.", math.isclose(wrong_2, sum(slope)))
    board.claim(
        "It still swings by more than 1 to either side in the last 20 steps.",
        min(wrong_path[-20:]) < 2 < 4 < max(wrong_path[-20:]),
    )
    board.claim("With zero_grad() it has come to rest at 3.", abs(path[-1] - 3) < 1e-3)
    fig, axes = style.figure(size=(10, 5))
    axes.plot(path, color=style.BLUE, label="with zero_grad()")
    axes.plot(wrong_path, color=style.VERMILLION, linestyle=style.DASHES[1], label="without")
    axes.axhline(3, color=style.BLACK, linewidth=1)
    axes.set(xlabel="step", ylabel="w")
    style.label_lines(axes)
    board.figure(fig, "zero_grad", "Without zero_grad() the steps never come to rest.")


# %% A node that is used twice.


def reuse(board: Board, seed: int) -> None:
    """`parent.grad = ...` in place of `parent.grad += ...`."""
    board.heading("= instead of += on a node that is used twice")
    board.say(
        "y = a·b + a with a = 2, b = 3. Two paths lead from a to y, and the chain rule adds them: dy/da = b + 1 = 4. "
        "If backward() assigns where it should add, the path that comes last wipes out the others."
    )
    a, b = Value(2.0, "a"), Value(3.0, "b")
    y = a * b + a
    y.name = "y"
    comparison = wrong(y, "overwrite")
    found, right, *_ = told(comparison, "a")
    board.code(
        """
        parent.grad  = local_derivative * node.grad    # wrong
        parent.grad += local_derivative * node.grad    # right
        """,
        "The line of backward()",
    )
    board.code(str(comparison), "As autograd.wrong tells it")
    numeric = ((2 + 1e-6) * 3 + (2 + 1e-6) - ((2 - 1e-6) * 3 + (2 - 1e-6))) / 2e-6
    board.claim("With += it is b + 1 = 4, as the difference quotient says.", right == 4 and abs(numeric - 4) < 1e-6)
    y.backward()
    board.claim("backward() adds: it leaves 4 at a, and a = 2 at b.", (a.grad, b.grad) == (4.0, 2.0))
    board.claim("With = the path by + a is lost, and b = 3 is left.", found == 3)
    board.graph(y, "reuse", "Two edges leave a: its gradient is the sum over both.", cover=True)
    board.walkthrough(y, "The gradient of a, summed over two paths", "reuse_walkthrough")


# %% The order of the backward pass.


def order(board: Board, seed: int) -> None:
    """Depth first, without a topological order."""
    board.heading("Depth first, without a topological order")
    board.say(
        "b = a², c = b + 1, y = b·c, with a = 2, so dy/db = c + b = 9 and dy/da = 9·2a = 36. A node may hand its "
        "gradient on only when it has all of it. A backward pass that runs down each path as it comes hands on what b "
        "has so far, c = 5; and when the rest has come, hands on the sum, 9: the 5 counts twice."
    )
    a = Value(2.0, "a")
    b = a**2
    c = b + 1
    y = b * c
    b.name, c.name, y.name = "b", "c", "y"
    comparison = wrong(y, "order")
    found, right, *_ = told(comparison, "a")
    board.graph(y, "order", "b hands its gradient on to a only when y's and c's shares have both come.")
    board.walkthrough(y, "The backward pass in topological order", "order_walkthrough")
    board.table(WRONG_AND_RIGHT, [("dy/db", *told(comparison, "b")[:2]), ("dy/da", found, right)], "")
    board.claim("In topological order dy/da = 4a³ + 2a = 36.", right == 4 * 2**3 + 2 * 2)
    board.claim("Depth first the 5 counts twice: (5 + 9)·2a = 56.", found == (5 + 9) * 4)


# %% Equal initial weights.


def equal_weights(board: Board, seed: int) -> None:
    """The symmetry that is never broken."""
    board.heading("Equal initial weights")
    board.say(
        "XOR with four hidden units. Units that start with equal weights get equal gradients, at each step: they stay "
        "one unit, written four times, and that cannot do XOR. Random weights break the symmetry."
    )
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    model = nn.MLP(2, [4, 1], output="sigmoid", rng=seed, init=nn.initialisers.normal(0.01))
    E = autograd.sum([nn.binary_cross_entropy(model(x), t) for x, t in zip(X, y)]) / len(X)
    comparison = wrong(E, "equal-weights", optimizer=optim.Adam(model.parameters(), lr=0.05), steps=300)
    losses = [run[-1].program.nodes[-1].data for run in (comparison.wrong, comparison.right)]
    index = Program.of(E).index
    units = [[index[p] for p in unit.parameters()] for unit in model.layers[0].neurons]
    runs = comparison.wrong, comparison.right
    alike = [len({tuple(run[-1].new[i] for i in unit) for unit in units}) for run in runs]
    board.table(
        ["", "equal weights: wrong", "N(0, 0.01): right"],
        [("different hidden units", *alike), ("loss after 300 epochs", *losses)], "",
    )  # fmt: skip
    board.claim("From equal weights there is one hidden unit in effect; from random ones, four.", alike == [1, 4])
    board.claim("Its loss is more than ten times as large.", losses[0] > 10 * losses[1])


# %% A saturated sigmoid.


def saturated(board: Board, seed: int) -> None:
    """Large net inputs: hardly a gradient."""
    board.heading("A saturated sigmoid")
    board.say(
        "A sigmoid unit with x = 10 and w = 2, so that its net input is 20; the target is 0. It could not be more "
        "wrong, and hardly learns, for o (1 - o) is almost 0 there. The same unit with x scaled to 0.1 learns; so does "
        "the first one with cross-entropy, whose gradient at the net input is o - t."
    )
    t = Value(0.0, "t")

    def squared_error(i: Value) -> Value:
        return nn.squared_error(autograd.sigmoid(i), t)

    def cross_entropy(i: Value) -> Value:
        return nn.binary_cross_entropy(autograd.sigmoid(i), t)

    gradients: list[float] = []
    for loss in (squared_error, cross_entropy):
        net = Parameter(2.0, "w") * Value(0.1, "x")
        net.name = "i"
        E = loss(net)
        E.name = "E"
        comparison = wrong(E, "saturated")
        gradients += told(comparison, "i")[:2]
        if loss is squared_error:
            saturated = comparison.wrong[-1].program
            board.graph(
                saturated, "saturated", "The edge from i to σ bears o (1 - o), which is almost 0: nothing comes back."
            )
    found, scaled, entropy, _ = gradients
    names = ["squared error, x = 10", "squared error, x = 0.1", "cross-entropy, x = 10"]
    board.table(["", "dE/di"], [*zip(names, gradients)], "The gradient at the net input")
    board.claim("Saturated, the gradient is below a hundred-millionth.", 0 < found < 1e-8)
    board.claim("Scaled, it is more than ten million times that.", scaled > 1e7 * found)
    board.claim("With cross-entropy it is 1, which is o - t, as wrong as can be.", abs(entropy - 1) < 1e-8)
    model = nn.MLP(1, [1], output="sigmoid", init=nn.initialisers.constant(2.0))
    diagnosis = nn.diagnose(model, [[10.0]], [0.0], nn.squared_error)
    board.code(str(diagnosis), "nn.diagnose finds it")
    board.claim("nn.diagnose names the unit.", diagnosis.layers[0].saturated == ("o2",))


# %% A dead ReLU.


def dead_relu(board: Board, seed: int) -> None:
    """A net input that is negative for every example."""
    board.heading("A dead ReLU")
    board.say(
        "A unit is to learn t = x from x = 0.2, 0.4, ..., 1. Its bias is so low that its net input is negative for "
        "each, so relu' is 0 for each, so nothing ever changes. A leaky ReLU from the same weights climbs out."
    )
    X, t = [[0.2], [0.4], [0.6], [0.8], [1.0]], [0.2, 0.4, 0.6, 0.8, 1.0]
    unit = nn.MLP(1, [1], output="relu", init=nn.initialisers.constant(1.0))
    E = autograd.sum([nn.squared_error(unit(x), y) for x, y in zip(X, t)]) / len(X)
    comparison = wrong(E, "dead-relu", optimizer=optim.SGD(unit.parameters(), lr=0.5), steps=2000)
    _, _, path, _ = told(comparison, "b2")
    leaky = nn.MLP(1, [1], output="leaky_relu", init=nn.initialisers.constant(1.0))
    for model in (unit, leaky):
        model.parameters()[1].data = path[0]
    history = nn.fit(leaky, X, t, loss=nn.squared_error, optimizer=optim.SGD(leaky.parameters(), lr=0.5), epochs=2000)
    losses = [comparison.wrong[-1].program.nodes[-1].data, history["loss"][-1]]
    moved = [path[-1] - path[0], leaky.parameters()[1].data - path[0]]
    diagnosis = nn.diagnose(unit, X, t, nn.squared_error)
    board.code(str(diagnosis), "nn.diagnose finds it")
    board.claim("nn.diagnose names the unit.", diagnosis.layers[0].dead == ("o2",))
    board.table(
        ["", "relu: wrong", "leaky relu: right"],
        [("loss after 2000 epochs", *losses), ("how far the bias moved", *moved)],
        f"From a bias of {path[0]:g}",
    )
    board.claim("In 2000 epochs the ReLU's bias did not move at all.", moved[0] == 0)
    board.claim("The leaky ReLU has learned: a loss below 0.001.", losses[1] < 1e-3)


# %% A learning rate that is too large.


def learning_rate(board: Board, seed: int) -> None:
    """Steps that lead over the minimum and further up on the other side."""
    board.heading("A learning rate that is too large")
    board.say(
        "f(w) = 5w², so a step multiplies w by 1 - 10 lr. With 0.5, ten times as much as is good, that is -4: each "
        "step leads over the minimum and further up on the other side. Nothing is wrong with the gradient."
    )
    w = Parameter(1.0, "w")
    comparison = wrong(5 * w**2, "learning-rate", optimizer=optim.SGD([w], lr=0.05), steps=40)
    _, _, found, right = told(comparison, "w")
    board.table(
        ["", "lr = 0.5: wrong", "lr = 0.05: right"],
        [(f"w after {n}", found[n], right[n]) for n in (1, 2, 3, 40)], "From w = 1",
    )  # fmt: skip
    board.claim("Too large: |w| grows at each step.", bool(np.all(np.diff(np.abs(found)) > 0)))
    board.claim(
        "Small enough: |w| halves at each step.", np.allclose(np.divide(right[1:], right[:-1]), 0.5, rtol=1e-12)
    )


# %% A factor of 2 that got lost.


def factor_two(board: Board, seed: int) -> None:
    """The slide's own: E = (t - o)^2, but an update without the 2."""
    board.heading("A factor of 2 that got lost")
    board.say(
        "The slide takes E = (t - o)², whose derivative has a factor: ∂E/∂o = -2(t - o). Further on, and in its update "
        "with the learning rate 0.9, the 2 is gone; its numbers are those of E = ½(t - o)². Nothing shows it in "
        "training, for the factor is only another learning rate. A gradient check does."
    )
    E = slide_error(slide_network(), "full")
    E.name = "E"
    comparison = wrong(E, "lost-two", sites="E")
    lost, right, *_ = told(comparison, "w46")
    h = 1e-6

    def error(w46: float) -> float:
        model = slide_network()
        next(p for p in model.parameters() if p.name == "w46").data = w46
        return slide_error(model, "full").data

    w46 = WEIGHTS["w46"]
    quotient = (error(w46 + h) - error(w46 - h)) / (2 * h)
    board.table(
        ["", "2 lost: wrong", "right", "difference quotient"], [("∂E/∂w46", lost, right, quotient)],
        "Of E = (t - o)² in the toy network", digits=6,
    )  # fmt: skip
    board.claim("The engine's is what the difference quotient says.", abs(right - quotient) < 1e-8)
    board.claim("The other is half of that.", abs(2 * lost - quotient) < 1e-8)
    board.number(
        "w46 after a step of 0.9 with the wrong one", w46 - 0.9 * lost, slide="-0.261", source="slide, restored"
    )
    board.number("w46 after a step of 0.9 with the right one", w46 - 0.9 * right)
    board.number(
        "w46 after a step of 0.45 with the right one", w46 - 0.45 * right, slide="-0.261", source="slide, restored"
    )


# %% The lecture: all of them, or those asked for.

BUGS: dict[str, Callable[[Board, int], None]] = {
    "zero-grad": zero_grad,
    "reuse": reuse,
    "order": order,
    "equal-weights": equal_weights,
    "saturated": saturated,
    "dead-relu": dead_relu,
    "learning-rate": learning_rate,
    "factor-two": factor_two,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """This demo's own options."""
    parser.add_argument(
        "--only",
        nargs="+",
        choices=list(BUGS),
        default=list(BUGS),
        metavar="BUG",
        help=f"which: {', '.join(BUGS)} (all)",
    )


def main(out: Path, seed: int = 0, only: Sequence[str] = tuple(BUGS)) -> Board:
    """Write the bugs on a board, those named in ``only``."""
    board = Board(out)
    for name in dict.fromkeys(only):
        BUGS[name](board, seed)
    return board
