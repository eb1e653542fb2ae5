"""The matrix form: backpropagation coded as matrices.

A layer is one matrix product, forward and backward; a mini-batch goes through it at once. The slides code it by hand
for a 2-5-2 net; the engine derives the same code from the scalar program, for any net.

Source: HKU, "Training NN with backpropagation" and "Framework for training Neural Network"; WAT, "The
Backpropagation Algorithm in Matrix" and "The recursive relationship".

Rows: 2.13, 2.29.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]

# %% The slide's code: the 2-5-2 net, tanh and softmax, on a mini-batch of M rows.


def softmax(s: Array) -> Array:
    """The softmax of each row."""
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def forward(x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array, Array]:
    """The forward pass equations."""
    s1 = x @ W1 + b1
    x1 = np.tanh(s1)
    s2 = x1 @ W2 + b2
    h = softmax(s2)
    return s1, x1, h


def backward(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array, Array, Array]:
    """The backward pass equations, and dJ/dW1, dJ/db1, dJ/dW2, dJ/db2 summed over the mini-batch."""
    s1, x1, h = forward(x, W1, b1, W2, b2)
    delta2 = h - y
    delta1 = (1 - np.tanh(s1) ** 2) * (delta2 @ W2.T)
    return x.T @ delta1, delta1.sum(axis=0), x1.T @ delta2, delta2.sum(axis=0)


# %% The model, and its weights as the slide's matrices: column j of W holds the weights of unit j.


def net(rng: np.random.Generator) -> nn.MLP:
    """2-5-2, tanh and softmax."""
    return nn.MLP(2, [5, 2], activation="tanh", output="softmax", rng=rng)


def matrices(model: nn.MLP, of: str = "data") -> list[Array]:
    """W1, b1, W2, b2, ...: the numbers of the parameters, or with ``of="grad"`` their gradients."""
    found = []
    for layer in model.layers:
        found.append(np.array([[getattr(w, of) for w in unit.weights] for unit in layer.neurons]).T)
        found.append(np.array([getattr(unit.bias, of) for unit in layer.neurons]))
    return found


def xor(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Points near the four corners of a square, and one-hot rows for XOR: class 1 where the corners' signs differ."""
    corners = rng.choice([-1.0, 1.0], (count, 2))
    return corners + rng.normal(0, 0.2, (count, 2)), np.eye(2)[(corners[:, 0] != corners[:, 1]).astype(int)]


def cost(model: nn.MLP, x: Array, y: Array) -> Value:
    """J, the sum of the examples' cross-entropies."""
    J: Value = autograd.sum([nn.cross_entropy_on_probabilities(model(x_n), y_n) for x_n, y_n in zip(x, y)])
    return J


def difference(some: list[Array], others: list[Array]) -> float:
    """The largest difference of any entry."""
    return max(float(np.max(np.abs(a - b))) for a, b in zip(some, others))


# %% One mini-batch through both: matrices at once, and scalars one after another.


def one_batch(board: Board, rng: np.random.Generator) -> None:
    """The same gradients, and the same weights after ten updates."""
    board.heading("A mini-batch through the slide's code and through the scalar engine")
    board.say(
        "x: M × 2, W1: 2 × 5, s1 and x1: M × 5, W2: 5 × 2, s2 and h: M × 2. Forward: s1 = x W1 + b1, x1 = tanh(s1), "
        "s2 = x1 W2 + b2, h = softmax(s2). Backward: δ2 = h - y, δ1 = (1 - tanh² s1) ∘ (δ2 W2ᵀ). Then W2 := W2 - α x1ᵀ "
        "δ2, and so on. The engine knows nothing of matrices: it takes one example after another, one scalar after "
        "another."
    )
    model = net(rng)
    x, y = xor(8, rng)
    cost(model, x, y).backward()
    by_matrices = backward(x, y, *matrices(model))
    by_engine = matrices(model, "grad")
    rows = [
        (name, "×".join(map(str, one.shape)), f"{np.max(np.abs(one - other)):.0e}")
        for name, one, other in zip(["xᵀ δ1", "Σ δ1", "x1ᵀ δ2", "Σ δ2"], by_matrices, by_engine)
    ]
    board.table(["gradient", "shape", "largest difference from the engine"], rows, "Of a mini-batch of M = 8")
    board.claim(
        "The matrix code and the scalar engine agree to 1e-12 on every gradient.",
        difference(list(by_matrices), by_engine) < 1e-12,
    )
    alpha = 0.1
    parameters = matrices(model)
    optimizer = optim.SGD(model.parameters(), lr=alpha)
    for _ in range(10):
        x, y = xor(8, rng)
        parameters = [p - alpha * gradient for p, gradient in zip(parameters, backward(x, y, *parameters))]
        optimizer.zero_grad()
        cost(model, x, y).backward()
        optimizer.step()
    board.claim(
        "After ten updates, each with a new mini-batch, their weights agree to 1e-12.",
        difference(parameters, matrices(model)) < 1e-12,
    )


# %% The loop of the slide, "Framework for training Neural Network": the net learns XOR.


def learn_xor(board: Board, rng: np.random.Generator) -> None:
    """The slide's code alone, then `nn.fit` from the same weights with the same mini-batches."""
    board.heading("The net learns XOR")
    board.say(
        "Points near the four corners of a square; class 1 where the signs of the coordinates differ. The slide's loop "
        "is: weights at random; then pick, forward, backward, update, with mini-batches of M = 20 and α = 0.05, for "
        "100 epochs. nn.fit does the same from the same weights. It takes the mean over a mini-batch where the slide "
        "takes the sum, so that its learning rate is M α."
    )
    x, y = xor(200, rng)
    unseen_x, unseen_y = xor(1000, rng)
    model = net(rng)
    parameters = start = matrices(model)
    M, alpha, epochs = 20, 0.05, 100
    for _ in range(epochs):
        for k in range(0, len(x), M):
            gradients = backward(x[k : k + M], y[k : k + M], *parameters)
            parameters = [p - alpha * gradient for p, gradient in zip(parameters, gradients)]
    history = nn.fit(
        model, x, y, loss=nn.cross_entropy_on_probabilities, optimizer=optim.SGD(model.parameters(), lr=M * alpha),
        epochs=epochs, batch_size=M, order="in order", progress=False,
    )  # fmt: skip
    board.claim(
        f"nn.fit arrives at the slide code's weights, {epochs * len(x) // M} updates later, to 1e-9.",
        difference(parameters, matrices(model)) < 1e-9,
    )

    def accuracy(weights: list[Array], points: Array, truth: Array) -> float:
        return float(np.mean(forward(points, *weights)[2].argmax(axis=1) == truth.argmax(axis=1)))

    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    h = forward(corners, *parameters)[2]
    board.table(
        ["x1", "x2", "XOR", "h1: the same sign", "h2: different signs"],
        [(int(a), int(b), int(a != b), *h_n) for (a, b), h_n in zip(corners, h)],
        "The four corners, after training",
    )
    board.claim("It has learned XOR at the four corners.", list(h.argmax(axis=1)) == [0, 1, 1, 0])
    board.number("accuracy before training, on 1000 new points", accuracy(start, unseen_x, unseen_y))
    board.number("accuracy after training", accuracy(parameters, unseen_x, unseen_y))
    board.claim(
        "Of the new points at least 99% are classified correctly.", accuracy(parameters, unseen_x, unseen_y) >= 0.99
    )
    board.number("the last epoch's loss", history["loss"][-1])

    fig, axes = style.figure(size=(9, 7.5))
    grid = np.linspace(-2, 2, 120)
    x1, x2 = np.meshgrid(grid, grid)
    p = forward(np.column_stack([x1.ravel(), x2.ravel()]), *parameters)[2][:, 1].reshape(x1.shape)
    shades = axes.contourf(x1, x2, p, levels=np.linspace(0, 1, 11), cmap=style.SIGNED, alpha=0.75)
    axes.contour(x1, x2, p, levels=[0.5], colors=style.BLACK, linewidths=2.5)
    for label, marker in enumerate("os"):
        axes.plot(*x[y[:, label] == 1].T, marker, color="white", markeredgecolor=style.BLACK, markersize=8)
    for a, b in corners:
        axes.annotate(
            f"class {int(a != b)}", (a, b), xytext=(0, 58), textcoords="offset points", ha="center",
            bbox=style.WHITE_BOX,
        )  # fmt: skip
    axes.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    axes.grid(visible=False)
    fig.colorbar(shades, label="h2, the probability of class 1", shrink=0.85)
    board.figure(fig, "xor", "What the 2-5-2 net has learned; the line is where h2 = 1/2.", cover=True)


# %% Any MLP: the code that the engine makes of the scalar program is the slides' algorithm.


def any_net(board: Board, rng: np.random.Generator) -> None:
    """`autograd.compile` on a net of four layers, and its code beside WAT's algorithm."""
    board.heading("Any MLP, as matrix code")
    board.say(
        "autograd.compile runs the scalar loss of one example once, to see what it computes, and writes it as matrix "
        "code for a batch. WAT's algorithm is in it line by line: δ_{i-1} = δ_i W_iᵀ diag(g'), where diag(g') times a "
        "row is g' times it entry by entry, and ∂E/∂W_i = δ_i ⊗ g(x_{i-1}), summed over the rows. Here δ_i is called "
        "`d_i1`, `d_i2`, ... after the net inputs i1, i2, ..., and the outputs g(x_i) are o1, o2, ..."
    )
    x, y = rng.normal(size=(6, 3)), np.eye(2)[rng.integers(0, 2, 6)]
    model = nn.MLP(3, [4, 3, 2], activation="sigmoid", output="sigmoid", rng=rng)

    def E(x: Any, y: Any) -> Value:
        return nn.squared_error(model(x), y)

    compiled = autograd.compile(E, model.parameters(), reduction="sum")
    compiled.backward(x, y)
    board.code(compiled.source, "autograd.compile(E, model.parameters()).source, for a 3-4-3-2 net of sigmoids")
    lines = [f"d_i{i} = o{i} * (1 - o{i}) * (d_i{i + 1} @ W{i + 1}.T)" for i in (2, 1)]
    board.claim(
        "δ_{i-1} = δ_i W_iᵀ diag(g') is in it for each hidden layer.",
        all(line in compiled.source for line in lines),
    )
    by_compiled = matrices(model, "grad")
    deltas, gradients = slide_algorithm(x, y, matrices(model))
    board.table(
        ["", "shape", "by WAT's algorithm"],
        [
            (f"δ{i}", "×".join(map(str, delta.shape)), str(delta[0].round(4).tolist()))
            for i, delta in enumerate(deltas, 1)
        ],
        "The deltas, and their rows for the first example",
    )
    board.claim(
        "WAT's algorithm gives the compiled code's gradients, to 1e-12.", difference(gradients, by_compiled) < 1e-12
    )

    rows, worst = [], 0.0
    for sizes in [(2, 2), (3, 5, 1), (2, 5, 2), (4, 4, 4, 3), (5, 7, 6, 5, 2)]:
        for g in ("sigmoid", "tanh", "relu"):
            model = nn.MLP(sizes[0], sizes[1:], activation=g, output=g, rng=rng)
            x, y = rng.normal(size=(6, sizes[0])), rng.normal(size=(6, sizes[-1]))
            autograd.compile(E, model.parameters(), reduction="sum").backward(x, y)
            by_compiled = matrices(model, "grad")
            for parameter in model.parameters():
                parameter.grad = 0.0
            for x_n, y_n in zip(x, y):
                E(x_n, y_n).backward()
            gap = difference(by_compiled, matrices(model, "grad"))
            rows.append(("-".join(map(str, sizes)), g, f"{gap:.0e}"))
            worst = max(worst, gap)
    board.table(["net", "g", "largest difference"], rows, "The compiled code and the scalar engine, six examples")
    board.claim("For every net the code equals the scalar engine, to 1e-12.", worst < 1e-12)

    small = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid", rng=rng)
    J = nn.squared_error(small([1.0, 0.5]), [Value(1.0, "y1"), Value(0.0, "y2")])
    J.name = "E"
    J.backward()
    board.graph(J, "graph", "The scalar program of a 2-2-2 net, before it is written as matrices.")
    board.walkthrough(J, "The scalar program of a 2-2-2 net")


def slide_algorithm(x: Array, y: Array, parameters: list[Array]) -> tuple[list[Array], list[Array]]:
    """WAT's "Backward Propagation Algorithm" for sigmoids and the sum of squares, on rows of examples."""
    W, b = parameters[::2], parameters[1::2]
    g = [x]  # g[i] is the output of layer i, and the input for i = 0
    for W_i, b_i in zip(W, b):
        g.append(1 / (1 + np.exp(-(g[-1] @ W_i + b_i))))
    n = len(W)
    delta = 2 * (g[n] - y) * g[n] * (1 - g[n])
    deltas, gradients = [delta], [g[n - 1].T @ delta, delta.sum(axis=0)]
    for i in range(n, 1, -1):
        delta = delta @ W[i - 1].T * (g[i - 1] * (1 - g[i - 1]))
        deltas.insert(0, delta)
        gradients[:0] = [g[i - 2].T @ delta, delta.sum(axis=0)]
    return deltas, gradients


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board."""
    board = Board(out)
    rng = np.random.default_rng(seed)
    one_batch(board, rng)
    learn_xor(board, rng)
    any_net(board, rng)
    return board
