"""The toy network: forward pass, backward pass and update, by hand.

Does a student get a B- or better, from the shares of assignments completed, readings read and lectures watched?

Source: IITI, "Example", steps 1 to 3.

Rows: 1.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import textwrap
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import nn
from autograd import DomainError, Program, Value, explain, step_through
from demos import own
from demos.gallery import Board, printable
from demos.gallery.items import SOURCES
from demos.gallery.toy_story import TOY_STORY
from demos.own.slide import BACKWARD, EXACT, FORWARD, LOSS, PRINTED, RESTORED, UPDATE, Line, worked

# %% What the slide gives.

INPUTS, TARGET = (1.0, 0.0, 1.0), 1.0
WEIGHTS = {
    "w14": 0.2, "w24": 0.4, "w34": -0.5, "b4": -0.4,
    "w15": -0.3, "w25": 0.1, "w35": 0.2, "b5": 0.2,
    "w46": -0.3, "w56": -0.2, "b6": 0.1,
}  # fmt: skip
DATA_DECIMALS, ERR_DECIMALS = 3, 4  # what the slide rounds to

# The two forms of the loss, 1/2 (t - o)^2 and (t - o)^2, with the learning rate that goes with each: see TRAP.
HALF = own.Network(INPUTS, (TARGET,), WEIGHTS, lr=0.9)
SLIDE = {"half": HALF, "full": replace(HALF, loss="full", lr=0.45)}

TRAP = """\
  Mind the factor 2. The slide writes the loss as E = (t - o)^2, whose derivative is -2 (t - o), but its update rule
  w := w + lr Err o drops the 2. Its numbers are those of E = 1/2 (t - o)^2 with lr = 0.9: Err is then -dE/di.
  With (t - o)^2 the same numbers need lr = 0.45 ({full}); Err is then half of -dE/di."""

ROUNDING = """\
  Mind the rounding. The slide rounds as it goes: Err6 = 0.474 * 0.526 * 0.526 = 0.1311. Carried through at full
  precision it is 0.13117, which would round to 0.1312. ({half}--rounding slide works as the slide does.)"""


FIGURES = "\n".join(
    textwrap.wrap(
        "The deck's figures held the rest, restored here: " + ", ".join(f"{name} {PRINTED[name]}" for name in RESTORED),
        110, initial_indent="  ", subsequent_indent="  ",
    )
)  # fmt: skip

SIGNS = "∂−×·√←ση"  # of formulas: where they cannot be printed, ASCII is
SIGNS = "∂−×·√←ση"  # of formulas: where they cannot be printed, ASCII is
# In words, for a blackboard that has no other room for where a number is from.
BESIDE = {
    line.name: line.printed + (" (restored)" if line.source != "slide" else "")
    for line in [*FORWARD, *BACKWARD, *UPDATE]
}


def steps(network: own.Network) -> dict[str, list[Line]]:
    """The formulas of each phase; the slide's numbers stand beside where the network's are the slide's."""
    rate = f"{network.lr} * 2" if network.loss == "full" else f"{network.lr}"  # the 2 of the derivative of (t - o)^2
    update = [line._replace(formula=line.formula.replace("0.9", rate)) for line in UPDATE]
    lines = {"forward": [*FORWARD, LOSS[network.loss]], "backward": BACKWARD, "update": update}
    if network == SLIDE[network.loss]:
        return lines
    return {phase: [line._replace(printed="") for line in each] for phase, each in lines.items()}


# %% The network of the slide: a 3-2-1 MLP whose weights are set by name.


def slide_network() -> nn.MLP:
    """The network with the slide's weights."""
    return HALF.model()


def slide_error(model: nn.MLP, loss: str) -> Value:
    """E of the slide's example."""
    return SLIDE[loss].error(model)


def one_step(network: own.Network, model: nn.MLP, rounding: str) -> tuple[Program, dict[str, float]]:
    """Forward pass, backward pass and update on the network's example.

    Returns:
        The program as it stood before the update, and every quantity of the slide by its name.
    """
    optimizer = network.optimizer(model)
    optimizer.zero_grad()
    E = network.error(model)
    E.backward()
    program = Program.of(E)
    if rounding == "slide":
        program = program.rounded(data=DATA_DECIMALS, grad=ERR_DECIMALS)
    nodes = {node.name: node for node in program}
    quantities = {name: node.data for name, node in nodes.items()}
    for name, node in nodes.items():
        if name.startswith("i"):
            quantities[f"Err{name[1:]}"] = -node.grad / (2 if network.loss == "full" else 1)
    for parameter in model.parameters():
        parameter.grad = nodes[str(parameter.name)].grad
    optimizer.step()
    for parameter in model.parameters():
        if rounding == "slide":
            parameter.data = round(parameter.data, DATA_DECIMALS)
        quantities[f"{parameter.name} new"] = parameter.data
    return program, quantities


# %% The blackboard.


def with_numbers(formula: str, quantities: dict[str, float], digits: int) -> str:
    """The formula with a number in place of each name that has one; negative numbers in brackets, as on the slide."""

    def number(match: re.Match[str]) -> str:
        if match[0] not in quantities:
            return match[0]
        shown = f"{quantities[match[0]]:.{digits}g}"
        return f"({shown})" if shown.startswith("-") else shown

    return re.sub(r"[A-Za-z]\w*", number, formula)


def blackboard(lines: list[Line], quantities: dict[str, float], rounding: str) -> Iterator[str]:
    """What a lecturer writes: name, formula, formula with numbers, value, and the slide's number beside it."""
    for line in lines:
        value = quantities[line.name] + 0.0
        shown = f"{value:.4g}" if rounding == "slide" else f"{value!r}"
        slide = f"   {line.source}: {line.printed}" if line.printed else ""
        numbers = with_numbers(line.formula, quantities, digits=4)
        yield f"  {line.name:8}= {line.formula}\n          = {numbers}\n          = {shown:22}{slide}".rstrip()


# %% New examples: a table of students, and steps 1 to 3 with one student at a time.


def students(count: int, rng: np.random.Generator) -> tuple[list[list[float]], list[float]]:
    """Shares of assignments, readings and lectures, and 1 for a B- or better: mostly, whoever did most of the work."""
    shares = rng.uniform(0, 1, (count, 3)).round(2)
    work = shares @ [0.5, 0.2, 0.3] + rng.normal(0, 0.03, count)
    return shares.tolist(), (work > 0.5).astype(float).tolist()


def accuracy(model: nn.MLP, shares: list[list[float]], grades: list[float]) -> float:
    """The share of students whose grade the model gets right."""
    right = [(float(model(x)) > 0.5) == (t == 1.0) for x, t in zip(shares, grades)]
    return right.count(True) / len(right)


def train(
    network: own.Network, model: nn.MLP, shares: list[list[float]], grades: list[float], rng: np.random.Generator
) -> Iterator[tuple[int, float, float]]:
    """Stochastic gradient descent until under 5% of the students are misclassified, or for 500 epochs: of each epoch
    its number, the mean loss and the share of the misclassified."""
    sgd = network.optimizer(model)
    for epoch in tqdm(range(1, 501), "training", unit="epoch", delay=1, leave=False):
        total = sum(network.learn(model, shares[k], grades[k], sgd) for k in rng.permutation(len(shares)))
        wrong = 1 - accuracy(model, shares, grades)
        yield epoch, total / len(shares), wrong
        if wrong < 0.05:
            return


# %% The lecture.


def add_options(parser: argparse.ArgumentParser) -> None:
    """This demo's own options."""
    parser.add_argument("--rounding", choices=["exact", "slide"], default="exact", help="how to carry numbers through")
    parser.add_argument("--step", action="store_true", help="wait for a key before each formula and each result")
    parser.add_argument(
        "--explain",
        dest="explained",
        metavar="NAMES",
        type=lambda names: [name.strip() for name in re.split(r",(?!\d)", names)],  # w1,11 is one
        action="extend",
        help="write out the derivative of E with respect to a weight such as w14 (or several: w14,w46), and no more",
    )
    own.add_options(parser)


def explanation(network: own.Network, names: Sequence[str], rounding: str) -> str:
    """The chain rule of dE/d(each of the names), worked exactly or as the slide does; ValueError for other names."""
    slide: dict[str, Any] = {"rounding": (DATA_DECIMALS, ERR_DECIMALS), "digits": 3} if rounding == "slide" else {}
    return explain(network.error(network.model()), names, **slide).text(ascii=not printable(SIGNS))


def shown_on_a_display(page: Path) -> bool:
    """Open the page in the browser, where someone sits at a display."""
    display = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return display and sys.stdout.isatty() and webbrowser.open(page.resolve().as_uri())


def check_the_slide(board: Board) -> None:
    """What is claimed of the slide's numbers."""
    rounded = one_step(HALF, slide_network(), "slide")[1]
    board.claim(
        "Rounded at every step, as the slide does, every digit that it prints is met.",
        all(f"{rounded[name]:g}" == printed for name, printed in PRINTED.items()),
    )
    half, full = (one_step(network, slide_network(), "exact")[1] for network in SLIDE.values())
    board.claim(
        "Not rounded, every quantity is what the formulas give by hand, to 1e-12.",
        all(abs(half[name] - exact) < 1e-12 for name, exact in EXACT.items()),
    )
    board.claim(
        "With (t - o)^2 and lr = 0.45 every new weight and bias is the same.",
        all(math.isclose(half[line.name], full[line.name], rel_tol=1e-12) for line in UPDATE),
    )


def check_the_training(
    board: Board, model: nn.MLP, begun: dict[str, float], given: tuple[list[list[float]], list[float]],
    epochs: list[tuple[float, float]], seed: int,
) -> None:  # fmt: skip
    """What is claimed of new examples: that each student's step is the slide's, and that they lead somewhere."""
    shares, grades = given
    rng = np.random.default_rng(seed)
    students(80, rng)  # as were drawn before the orders
    by_hand = begun
    for _ in epochs:
        for k in rng.permutation(len(shares)):
            by_hand = worked(by_hand, HALF.lr, shares[k], grades[k])
    board.claim(
        "The slide's formulas, worked student by student without the engine, end at the same weights and biases.",
        all(math.isclose(p.data, by_hand[str(p.name)], rel_tol=1e-9, abs_tol=1e-9) for p in model.parameters()),
    )
    wrong = [share for _, share in epochs]
    board.claim("Training stops at the first epoch with under 5% misclassified.", wrong[-1] < 0.05 <= min(wrong[:-1]))
    board.claim("By then the mean loss has halved.", epochs[-1][0] < epochs[0][0] / 2)


def to_mind(loss: str) -> list[str]:
    """What there is to mind in the slide's numbers."""
    if loss == "full":
        return [TRAP.format(full="as here"), ROUNDING.format(half="--loss half ")]
    return [TRAP.format(full="run with --loss full"), ROUNDING.format(half="")]


def in_three_steps(network: own.Network, quantities: dict[str, float], board: Board, rounding: str) -> Iterator[str]:
    """Steps 1 to 3 as the slide has them; what is to be minded in its numbers, where they are the network's."""
    remarks = to_mind(network.loss) if network == SLIDE[network.loss] else []
    for number, (phase, lines) in enumerate(steps(network).items(), start=1):
        heading = f"Step {number}, {phase}" + ("" if phase == "update" else " pass")
        board.heading(heading)
        rows = [
            (line.name, line.formula, quantities[line.name], *[line.printed * (line.source == s) for s in SOURCES[:2]])
            for line in lines
        ]
        board.table(["quantity", "formula", "value", *SOURCES[:2]], rows, "", digits=6)
        yield f"\n{heading}"
        yield from blackboard(lines, quantities, rounding)
        if phase == "backward":
            for remark in remarks:
                board.say(remark)
            yield from remarks if rounding == "exact" else remarks[:1]


def grades_students(network: own.Network) -> bool:
    """Whether a network takes three shares and answers with one grade."""
    return (len(network.x), len(network.t), network.output) == (3, 1, "sigmoid")


def to_train_on(network: own.Network, seed: int) -> dict[str, Any]:
    """For the page: the students, and the orders in which `train` takes them."""
    rng = np.random.default_rng(seed)
    examples = students(80, rng)
    return (
        {"examples": examples, "orders": [rng.permutation(80) for _ in range(100)]} if grades_students(network) else {}
    )


def again(network: own.Network, model: nn.MLP, board: Board, seed: int) -> Iterator[str]:
    """Steps 1 to 3 once more: on new students, whom the network grades; on its own example, where it does not."""
    if not grades_students(network):
        yield "\nRepeat steps 1-3 with the same example"
        yield from network.repeat(model)
        return
    news = "Repeat steps 1-3 with new examples: stochastic gradient descent, one student at a time"
    board.heading("New examples")
    yield f"\n{news}"
    rng = np.random.default_rng(seed)
    shares, grades = students(80, rng)
    begun, epochs, progress = {str(p.name): p.data for p in model.parameters()}, [], []
    for epoch, loss, wrong in train(network, model, shares, grades, rng):
        epochs.append((loss, wrong))
        if epoch < 5 or epoch % 10 == 0 or wrong < 0.05:
            progress.append(f"  epoch {epoch:3}   mean loss {loss:.4f}   misclassified {wrong:.1%}")
            yield progress[-1]
    board.code("\n".join(progress), news)
    unseen = accuracy(model, *students(200, rng))
    yield f"  accuracy on 200 students it has not seen: {unseen:.1%}"
    board.number("accuracy on 200 students it has not seen", unseen)
    if network == SLIDE.get(network.loss):
        check_the_training(board, model, begun, (shares, grades), epochs, seed)
        board.claim("Of the students that it has not seen it grades more than 9 of 10 right.", unseen > 0.9)


def lecture(network: own.Network, board: Board, seed: int, rounding: str, step: bool) -> Board | None:
    """All of it; None if someone quits before its end."""
    slide = network == SLIDE.get(network.loss)
    example = f"x = {network.x}, t = {network.t[0] if len(network.t) == 1 else network.t}"
    title = "The slide's 3-2-1 network" if slide else network.title
    print(f"{__doc__.splitlines()[0]}\n")
    if not slide:
        print("\n".join([title, *network.weight_lines()]))
    print(f"{example}, lr = {network.lr}", flush=True)
    model, learned = network.model(), network.model()
    E, sgd = network.error(model), network.optimizer(model)
    err = network.loss not in ("full", "mse")  # where the slide's Err is another part of the derivative
    board.say(f"The network of the slide, with {example} and lr = {network.lr}.")
    story = TOY_STORY if network.made_of == HALF.made_of and network.loss == "half" else ()
    board.walkthrough(E, title, optimizer=sgd, err=err, story=story, **to_train_on(network, seed))
    program, quantities = one_step(network, learned, rounding)
    board.network(program, "network", "The network after the backward pass", cover=True, err=err)
    as_on_the_slide = network.made_of == HALF.made_of and network.loss in SLIDE
    blackboard_lines = list(in_three_steps(network, quantities, board, rounding)) if as_on_the_slide else []
    if as_on_the_slide and not step:
        print("\n".join(blackboard_lines), flush=True)
    else:
        decimals = (DATA_DECIMALS, ERR_DECIMALS) if rounding == "slide" else None
        beside = {name: printed for name, printed in PRINTED.items() if name not in RESTORED} if slide else {}
        if not step_through(E, optimizer=sgd, err=err, rounding=decimals, slide=beside, wait=step):
            return None
        for remark in [*to_mind(network.loss)[: 1 if decimals else 2], FIGURES] if slide else []:
            print(remark, flush=True)
    if slide:
        check_the_slide(board)
    board.graph(program, "graph", "The computation graph: every edge bears its local derivative")
    for line in again(network, learned, board, seed):
        print(line, flush=True)
    print()
    for name in ("network.svg", "graph.svg", "walkthrough.html"):
        print(f"wrote {board.out / name}")
    shown_on_a_display(board.out / "walkthrough.html")
    return board


def main(
    out: Path,
    seed: int = 0,
    rounding: str = "exact",
    loss: str = "half",
    step: bool = False,
    explained: Sequence[str] | None = None,
    **changes: Any,
) -> Board | None:
    """Write the example on the blackboard, draw it in the folder ``out``, and train the network on more students.

    Args:
        out, seed, rounding, loss, step, explained: the options.
        changes: those of `demos.own`, where the network or its numbers are not to be the slide's.

    Returns:
        What the gallery shows of it; None if only an explanation was asked for, or someone quits.
    """
    if loss == "full" and rounding == "slide":
        sys.exit("--rounding slide rounds Err, which in the slide's two forms is -dE/di with --loss half only")
    try:
        network = own.chosen(SLIDE, loss, seed, **changes)
    except ValueError as error:
        sys.exit("; ".join(str(error).split("\n  ")))
    if explained:
        try:
            print(explanation(network, explained, rounding))
        except ValueError as error:
            sys.exit(f"--explain: {error}")
        return None
    try:
        return lecture(network, Board(out, echo=False), seed, rounding, step)
    except (ArithmeticError, DomainError) as error:  # as where it learns too fast, or a probability is rounded to 1
        sys.exit(f"with these numbers it cannot be worked: {error}")
