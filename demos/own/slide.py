"""The numbers of the slide's example, IITI's steps 1 to 3: as printed, in full, and worked by hand for any student."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Line(NamedTuple):
    """One quantity of the slide: its name, its formula, and the number printed there ("" where there is none)."""

    name: str
    formula: str
    printed: str

    @property
    def source(self) -> str:
        """Where the number is from."""
        return "slide, restored" if self.name in RESTORED else "slide"


# What the deck's figures held, and its text does not: restored from its formulas, rounded as it rounds.
RESTORED = ("Err6", "w46 new", "w56 new", "w14 new", "b4 new", "b5 new", "b6 new")

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
UPDATE = [
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
PRINTED = {line.name: line.printed for line in [*FORWARD, *BACKWARD, *UPDATE]}

# At full precision, worked once without any rounding. E is that of 1/2 (t - o)^2.
EXACT = {
    "i4": -0.7, "o4": 0.3318122278318339,
    "i5": 0.1, "o5": 0.52497918747894,
    "i6": -0.10453950584533817, "o6": 0.47388889882398544,
    "E": 0.1383964453903193,
    "Err6": 0.1311690782143445, "Err5": -0.006542085064168994, "Err4": -0.008724561965433263,
    "w46 new": -0.26082884634154524, "w56 new": -0.13802506750700472,
    "w14 new": 0.19214789423111006, "w15 new": -0.30588787655775207,
    "w24 new": 0.4, "w25 new": 0.1,
    "w34 new": -0.50785210576889, "w35 new": 0.19411212344224793,
    "b6 new": 0.21805217039291008, "b5 new": 0.19411212344224793, "b4 new": -0.40785210576889,
}  # fmt: skip


def worked(weights: Mapping[str, float], lr: float, x: Sequence[float], t: float) -> dict[str, float]:
    """The weights and biases after steps 1 to 3 with one student, by the slide's formulas alone."""
    x1, x2, x3 = x
    w = dict(weights)

    def sigmoid(i: float) -> float:
        return 1 / (1 + math.exp(-i))

    o4 = sigmoid(x1 * w["w14"] + x2 * w["w24"] + x3 * w["w34"] + w["b4"])
    o5 = sigmoid(x1 * w["w15"] + x2 * w["w25"] + x3 * w["w35"] + w["b5"])
    o6 = sigmoid(o4 * w["w46"] + o5 * w["w56"] + w["b6"])
    Err6 = o6 * (1 - o6) * (t - o6)
    Err5 = o5 * (1 - o5) * Err6 * w["w56"]
    Err4 = o4 * (1 - o4) * Err6 * w["w46"]
    for unit, Err, inputs in (
        ("6", Err6, {"w46": o4, "w56": o5}),
        ("5", Err5, {"w15": x1, "w25": x2, "w35": x3}),
        ("4", Err4, {"w14": x1, "w24": x2, "w34": x3}),
    ):
        w[f"b{unit}"] += lr * Err
        for name, o in inputs.items():
            w[name] += lr * Err * o
    return w
