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
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from tqdm import tqdm

import nn
import optim
from autograd import Frame, Program, Value, explain, frames, half_squared_error, squared_error
from autograd.formulas.notation import ASCII, TEXT, Notation
from demos.gallery import Board, printable

# %% What the slide gives.

INPUTS, TARGET = (1.0, 0.0, 1.0), 1.0
WEIGHTS = {
    "w14": 0.2, "w24": 0.4, "w34": -0.5, "b4": -0.4,
    "w15": -0.3, "w25": 0.1, "w35": 0.2, "b5": 0.2,
    "w46": -0.3, "w56": -0.2, "b6": 0.1,
}  # fmt: skip
DATA_DECIMALS, ERR_DECIMALS = 3, 4  # what the slide rounds to

# The two forms of the loss, with the learning rate that goes with each: see TRAP.
LOSSES = {"half": (half_squared_error, 0.9), "full": (squared_error, 0.45)}

TRAP = """\
  Mind the factor 2. The slide writes the loss as E = (t - o)^2, whose derivative is -2 (t - o), but its update rule
  w := w + lr Err o drops the 2. Its numbers are those of E = 1/2 (t - o)^2 with lr = 0.9: Err is then -dE/di.
  With (t - o)^2 the same numbers need lr = 0.45 ({full}); Err is then half of -dE/di."""

ROUNDING = """\
  Mind the rounding. The slide rounds as it goes: Err6 = 0.474 * 0.526 * 0.526 = 0.1311. Carried through at full
  precision it is 0.13117, which would round to 0.1312. ({half}--rounding slide works as the slide does.)"""


class Line(NamedTuple):
    """One quantity of the slide: its name, its formula, and the number printed there ("" where there is none)."""

    name: str
    formula: str
    printed: str


FORWARD = [
    Line("i4", "x1 * w14 + x2 * w24 + x3 * w34 + b4", "-0.7"),
    Line("o4", "1 / (1 + e^-i4)", "0.332"),
    Line("i5", "x1 * w15 + x2 * w25 + x3 * w35 + b5", "0.1"),
    Line("o5", "1 / (1 + e^-i5)", "0.525"),
    Line("i6", "o4 * w46 + o5 * w56 + b6", "-0.105"),
    Line("o6", "1 / (1 + e^-i6)", "0.474"),
]
LOSS = {"half": Line("E", "1/2 * (t - o6)^2", ""), "full": Line("E", "(t - o6)^2", "")}
BACKWARD = [
    Line("Err6", "o6 * (1 - o6) * (t - o6)", "0.1311"),
    Line("Err5", "o5 * (1 - o5) * Err6 * w56", "-0.0065"),
    Line("Err4", "o4 * (1 - o4) * Err6 * w46", "-0.0087"),
]
HALF_UPDATE = [
    Line("w46 new", "w46 + 0.9 * Err6 * o4", "-0.261"),
    Line("w56 new", "w56 + 0.9 * Err6 * o5", "-0.138"),
    Line("w14 new", "w14 + 0.9 * Err4 * x1", "0.192"),
    Line("w15 new", "w15 + 0.9 * Err5 * x1", "-0.306"),
    Line("w24 new", "w24 + 0.9 * Err4 * x2", "0.4"),
    Line("w25 new", "w25 + 0.9 * Err5 * x2", "0.1"),
    Line("w34 new", "w34 + 0.9 * Err4 * x3", "-0.508"),
    Line("w35 new", "w35 + 0.9 * Err5 * x3", "0.194"),
    Line("b6 new", "b6 + 0.9 * Err6", "0.218"),
    Line("b5 new", "b5 + 0.9 * Err5", "0.194"),
    Line("b4 new", "b4 + 0.9 * Err4", "-0.408"),
]
UPDATE = {  # with (t - o)^2 the 2 of its derivative makes up for half the learning rate
    "half": HALF_UPDATE,
    "full": [line._replace(formula=line.formula.replace("0.9", "0.45 * 2")) for line in HALF_UPDATE],
}


SIGNS = "∂−×·√←ση"  # of formulas: where they cannot be printed, ASCII is
PRINTED = {line.name: line.printed for line in [*FORWARD, *BACKWARD, *HALF_UPDATE]}


# %% The network of the slide: a 3-2-1 MLP whose weights are set by name.


def slide_network() -> nn.MLP:
    """The network with the slide's weights."""
    model = nn.MLP(3, [2, 1], activation="sigmoid", output="sigmoid", rng=0)
    for parameter in model.parameters():
        parameter.data = WEIGHTS[str(parameter.name)]
    return model


def slide_error(model: nn.MLP, loss: str) -> Value:
    """E of the slide's example."""
    E: Value = LOSSES[loss][0](model(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    return E


def one_step(model: nn.MLP, loss: str, rounding: str) -> tuple[Program, dict[str, float]]:
    """Forward pass, backward pass and update on the slide's example.

    Returns:
        The program as it stood before the update, and every quantity of the slide by its name.
    """
    lr = LOSSES[loss][1]
    optimizer = optim.SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    E = slide_error(model, loss)
    E.backward()
    program = Program.of(E)
    if rounding == "slide":
        program = program.rounded(data=DATA_DECIMALS, grad=ERR_DECIMALS)
    nodes = {node.name: node for node in program}
    quantities = {name: node.data for name, node in nodes.items()}
    for unit in "654":
        quantities[f"Err{unit}"] = -nodes[f"i{unit}"].grad * lr / 0.9
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
        slide = f"   slide: {line.printed}" if line.printed else ""
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


def train(model: nn.MLP, shares: list[list[float]], grades: list[float], rng: np.random.Generator) -> Iterator[str]:
    """Stochastic gradient descent until under 5% of the students are misclassified, or for 500 epochs."""
    optimizer = optim.SGD(model.parameters(), lr=0.9)
    for epoch in tqdm(range(1, 501), "training", unit="epoch", delay=1, leave=False):
        total = 0.0
        for k in rng.permutation(len(shares)):
            optimizer.zero_grad()
            E = half_squared_error(model(shares[k]), grades[k])
            E.backward()
            optimizer.step()
            total += E.data
        wrong = 1 - accuracy(model, shares, grades)
        if epoch < 5 or epoch % 10 == 0 or wrong < 0.05:
            yield f"  epoch {epoch:3}   mean loss {total / len(shares):.4f}   misclassified {wrong:.1%}"
        if wrong < 0.05:
            return


# %% The lecture.


def add_options(parser: argparse.ArgumentParser) -> None:
    """This demo's own options."""
    parser.add_argument("--rounding", choices=["exact", "slide"], default="exact", help="how to carry numbers through")
    parser.add_argument("--loss", choices=["half", "full"], default="half", help="1/2 (t - o)^2 or (t - o)^2")
    parser.add_argument("--step", action="store_true", help="wait for a key before each formula and each result")
    parser.add_argument(
        "--explain",
        dest="explained",
        metavar="NAMES",
        type=lambda names: [name.strip() for name in names.split(",")],
        action="extend",
        help="write out the derivative of E with respect to a weight such as w14 (or several: w14,w46), and no more",
    )


def explanation(names: Sequence[str], rounding: str, loss: str) -> str:
    """The chain rule of dE/d(each of the names), worked exactly or as the slide does; ValueError for other names."""
    E = slide_error(slide_network(), loss)
    slide: dict[str, Any] = {"rounding": (DATA_DECIMALS, ERR_DECIMALS), "digits": 3} if rounding == "slide" else {}
    return explain(E, names, **slide).text(ascii=not printable(SIGNS))


def on_the_slide(name: str, notation: Notation) -> str:
    """The slide's number for a quantity, to stand beside ours; "" where it prints none."""
    return f"   slide: {notation.number(PRINTED[name])}" if name in PRINTED else ""


def spelled_out(frame: Frame, rounding: str) -> Iterator[str]:
    """A frame of the walkthrough for the terminal: what is to be computed, and then the result, beside the slide's."""
    telling = frame.slide if rounding == "slide" and frame.slide else frame.exact
    if frame.symbols is None:
        yield f"  {frame.title}."
        return
    notation = TEXT if printable(SIGNS) else ASCII
    lines = [notation.write(frame.symbols)]
    if frame.local is not None:
        lines.append(notation.write(frame.local))
    if frame.given:
        lines.append(", ".join(map(notation.write, frame.given)))
    yield "\n      ".join([f"  {frame.title}:", *lines])
    numbers = "" if telling.numbers is None else f"{notation.write(telling.numbers)} "
    results = [f"{numbers}= {notation.number(telling.shown)}"]
    if frame.phase != "backward":
        results[0] += on_the_slide(frame.title.split()[0] + (" new" if frame.phase == "update" else ""), notation)
    if telling.note is not None:
        note = notation.write(telling.note)
        results.append(note + on_the_slide(note.split()[0], notation))
    if not lines[-1].endswith(results[-1]):  # as dE/dE = 1 does
        yield "\n".join([f"      {line}" for line in results])


def shown_on_a_display(page: Path) -> bool:
    """Open the page in the browser, where someone sits at a display."""
    display = sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return display and sys.stdout.isatty() and webbrowser.open(page.resolve().as_uri())


def main(
    out: Path,
    seed: int = 0,
    rounding: str = "exact",
    loss: str = "half",
    step: bool = False,
    explained: Sequence[str] | None = None,
) -> Board | None:
    """Write the example on the blackboard, draw it in the folder ``out``, and train the network on more students.

    Returns:
        What the gallery shows of it; None if only an explanation was asked for.
    """
    if loss == "full" and rounding == "slide":
        sys.exit("--rounding slide rounds Err, which is -dE/di with --loss half only")
    if explained:
        try:
            print(explanation(explained, rounding, loss))
        except ValueError as error:
            sys.exit(f"--explain: {error}")
        return None
    board = Board(out, echo=False)
    waits = step and sys.stdin.isatty()

    def say(text: str) -> None:
        if waits and click.getchar() in ("q", "\x1b"):
            raise KeyboardInterrupt
        print(text, flush=True)

    if waits:
        print("Press any key for the next formula or result, q to quit.", flush=True)
    lr = LOSSES[loss][1]
    say(f"{__doc__.splitlines()[0]}\n\nx = {INPUTS}, t = {TARGET}, lr = {lr}")
    model = slide_network()
    E = slide_error(model, loss)
    story = frames(E, optimizer=optim.SGD(model.parameters(), lr=lr), err=loss == "half")
    board.say(f"The network of the slide, with x = {INPUTS}, t = {TARGET} and lr = {lr}.")
    board.walkthrough(
        E, "The slide's 3-2-1 network", optimizer=optim.SGD(model.parameters(), lr=lr), err=loss == "half"
    )
    program, quantities = one_step(model, loss, rounding)
    board.network(program, "network", "The network after the backward pass", cover=True, err=loss == "half")
    phases = {"forward": [*FORWARD, LOSS[loss]], "backward": BACKWARD, "update": UPDATE[loss]}
    for number, (phase, lines) in enumerate(phases.items(), start=1):
        say(f"\nStep {number}, {phase}" + ("" if phase == "update" else " pass"))
        step_by_step = (text for frame in story if frame.phase == phase for text in spelled_out(frame, rounding))
        for line in step_by_step if step else blackboard(lines, quantities, rounding):
            say(line)
        board.heading(f"Step {number}, {phase}" + ("" if phase == "update" else " pass"))
        rows = [(line.name, line.formula, quantities[line.name], line.printed) for line in lines]
        board.table(["quantity", "formula", "value", "slide"], rows, "", digits=6)
        if phase == "backward":
            here = loss == "full"
            remarks = [
                TRAP.format(full="as here" if here else "run with --loss full"),
                ROUNDING.format(half="--loss half " if here else ""),
            ]
            for remark in remarks:
                board.say(remark)
            for remark in remarks if rounding == "exact" else remarks[:1]:
                say(remark)
    rounded = one_step(slide_network(), "half", "slide")[1]
    board.claim(
        "Rounded at every step, as the slide does, every digit that it prints is met.",
        all(f"{rounded[name]:g}" == printed for name, printed in PRINTED.items()),
    )
    half, full = one_step(slide_network(), "half", "exact")[1], one_step(slide_network(), "full", "exact")[1]
    board.claim(
        "With (t - o)^2 and lr = 0.45 every new weight and bias is the same.",
        all(math.isclose(half[line.name], full[line.name], rel_tol=1e-12) for line in HALF_UPDATE),
    )
    board.graph(program, "graph", "The computation graph: every edge bears its local derivative")

    news = "Repeat steps 1-3 with new examples: stochastic gradient descent, one student at a time"
    board.heading("New examples")
    say(f"\n{news}")
    rng = np.random.default_rng(seed)
    progress = []
    for line in train(model, *students(80, rng), rng):
        print(line, flush=True)
        progress.append(line)
    board.code("\n".join(progress), news)
    unseen = accuracy(model, *students(200, rng))
    say(f"  accuracy on 200 students it has not seen: {unseen:.1%}\n")
    board.number("accuracy on 200 students it has not seen", unseen)
    for name in ("network.svg", "graph.svg", "walkthrough.html"):
        print(f"wrote {out / name}")
    shown_on_a_display(out / "walkthrough.html")
    return board
