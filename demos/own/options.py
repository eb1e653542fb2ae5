"""The options that put a lecturer's own numbers, and another network, in place of the slide's."""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import nn
from autograd import Program, arguments
from demos.own.network import LOSSES, Network

OUTPUTS = {"ce": "softmax"}  # what each loss goes with, unless --output says otherwise; sigmoid for any other
MOST_NODES = 300  # which is what a picture can show
_NUMBERS = re.compile(r"(?P<name>[^=]+)=(?P<number>[^=,]*)(,|$)")  # a name may have a comma itself: w1,11=0.5


def numbers(text: str) -> tuple[float, ...]:
    """``0.5,1,-0.2`` as numbers."""
    return tuple([_number("each number", part) for part in text.split(",")])


def rate(text: str) -> float:
    """A learning rate."""
    try:
        return arguments.positive("a learning rate", _number("a learning rate", text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def sizes(text: str) -> tuple[int, ...]:
    """``3,2`` as whole numbers from 1 up."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"units are counted from 1, as in 3 or 3,2 for two layers; got {text!r}")
    return tuple(map(int, parts))


def weights(text: str) -> list[tuple[str, float]]:
    """``w14=0.15,b4=0.1`` as names, each with its number."""
    found = list(_NUMBERS.finditer(text))
    if not found or sum(len(match[0]) for match in found) != len(text):
        raise argparse.ArgumentTypeError(f"write a name and a number, as in w14=0.15,b4=0.1; got {text!r}")
    return [(match["name"].strip(), _number(match["name"].strip(), match["number"])) for match in found]


def _number(name: str, text: str) -> float:
    try:
        return arguments.number(name, float(text), "a finite number")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{name} must be a finite number, got {text.strip()!r}") from None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options. ``--x -1,0`` gives numbers, though what begins with a minus is an option elsewhere."""
    parser._negative_number_matcher = re.compile(r"-\.?\d")
    activations = list(nn.ACTIVATIONS)
    own = parser.add_argument_group("your own numbers in place of the slide's")
    own.add_argument(
        "--set",
        dest="given",
        metavar="NAME=NUMBER,...",
        type=weights,
        action="extend",
        help="weights, biases: w14=0.15",
    )
    own.add_argument("--x", metavar="NUMBERS", type=numbers, help="the inputs, such as 0.5,1,0.2")
    own.add_argument("--t", metavar="NUMBERS", type=numbers, help="the target, or one for each output unit, as in 1,0")
    own.add_argument("--lr", metavar="NUMBER", type=rate, help="the learning rate")
    own.add_argument(
        "--hidden", metavar="COUNTS", type=sizes, help="hidden units, layer by layer: 3,2; weights are drawn"
    )
    own.add_argument("--activation", metavar="NAME", choices=activations, help="of the hidden units, such as tanh")
    own.add_argument("--output", metavar="NAME", choices=[*activations, "softmax"], help="of the output units")
    own.add_argument(
        "--loss",
        choices=list(LOSSES),
        default="half",
        help="1/2 (t - o)^2, (t - o)^2, its mean over the units, or cross-entropy, binary or of classes",
    )


def chosen(
    slide: Mapping[str, Network], loss: str, seed: int, given: Sequence[tuple[str, float]] | None = None, **own: Any
) -> Network:
    """The network that the options ask for.

    Args:
        slide: the slide's network with each of the losses that it has.
        loss: the loss.
        seed: of the weights, where the network has other ones than the slide's.
        given: weights and biases by name, each with its number.
        own: any other attribute of the network by its name, or None for the slide's.

    Raises:
        ValueError: the numbers do not fit the network, or one another; the message says which.
    """
    base = slide[loss] if loss in slide else replace(next(iter(slide.values())), loss=loss)
    changes = {"output": OUTPUTS.get(loss, "sigmoid"), **{name: x for name, x in own.items() if x is not None}}
    network = replace(base, **changes)
    names = [name for name, _ in given or []]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ValueError(f"--set: {arguments.short(twice[0])} is given two numbers")
    if loss == "ce" and (len(network.t) < 2 or network.output != "softmax"):
        raise ValueError("--loss ce needs --output softmax, and --t with a probability for each class, such as 0,1,0")
    if network.output == "softmax" and len(network.t) < 2:
        raise ValueError("--output softmax needs --t with a target for each of its units, such as 0,1,0")
    if (len(network.x), network.hidden, len(network.t)) != (len(base.x), base.hidden, len(base.t)):
        network = replace(network, weights={})
    try:
        model = network.model(seed).set(dict(given or []))
    except ValueError as error:
        raise ValueError(f"--set: {error}") from None
    try:
        LOSSES[loss](model(network.x), network.t)  # which looks at the targets
    except ValueError as error:
        raise ValueError(f"--loss {loss}: {error}") from None
    E = network.error(model)
    E.backward()
    program = Program.of(E)
    if len(program) > MOST_NODES:
        raise ValueError(f"a network of {len(program)} quantities has no room on a board: at most {MOST_NODES}")
    quantities = [(label, node.data) for label, node in zip(program.labels, program)]
    quantities += [(f"the gradient of {label}", node.grad) for label, node in zip(program.labels, program)]
    if endless := [f"{name} is {x}" for name, x in quantities if not math.isfinite(x)]:
        raise ValueError(f"with these numbers {endless[0]}")
    return replace(network, weights={str(parameter.name): parameter.data for parameter in model.parameters()})
