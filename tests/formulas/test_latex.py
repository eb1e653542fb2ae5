"""LaTeX: all that is written compiles, with amsmath and nothing else, as Debian's pdflatex has it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import nn
import optim
from autograd import PRIMITIVES, Parameter, Value, explain, frames, half_squared_error, leaves, sigmoid
from autograd.formulas.expression import SYMBOLS, Expression, Figure, Name, Number, call, equation, expression, quotient
from autograd.formulas.tidying import tidy
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.conftest import required
from tests.formulas.test_explanation import HOSTILE
from tests.formulas.test_expression import symbols
from tests.formulas.test_names import SLIDES

NUMBERS = [0.5, -0.25, 1e-8, -2.5e-7, 1e20, -1e20, float("inf"), float("-inf"), float("nan")]
NAMES = [
    "w14",
    "w_14",
    "w11(0,1)",
    "net1",
    "Σ",
    "Ω2",
    "ς",
    "é",
    "naïve",
    "λ",
    "a_b^c",
    "\\frac{",
    "温 度",
    "²",
    "→",
    "x'",
]


def rows() -> Iterator[Expression]:
    """Each formula of the table: of names, tidied, and of numbers that need brackets or powers of ten."""
    for row in PRIMITIVES.values():
        names = symbols(row)
        inputs = row.unflatten(names)
        partials = row.flatten(row.partials(SYMBOLS, Name("y"), *inputs))
        for formula in map(expression, [row.forward(SYMBOLS, *inputs), *partials]):
            yield formula
            yield tidy(formula)
            for k in range(len(NUMBERS)):
                shifted = [*NUMBERS[k:], *NUMBERS[:k]]
                yield formula.substitute({name: Figure(x, 4) for name, x in zip([*names, Name("y")], shifted)})


def told() -> Iterator[Expression]:
    """What the frames of two steps of training say."""
    E = half_squared_error(slide_network()(INPUTS), Value(TARGET, "t"))
    adam = optim.Adam([leaf for leaf in leaves(E) if isinstance(leaf, Parameter)], lr=0.9, weight_decay=0.1)
    for frame in frames(E, optimizer=adam, steps=2, err=True):
        tellings = [frame.exact, frame.slide] if frame.slide else [frame.exact]
        for formula in [frame.symbols, frame.local, *frame.given, *[t.numbers for t in tellings], tellings[0].note]:
            if formula is not None:
                yield formula


def explained() -> Iterator[str]:
    """Explanations: of a slide's network, of one with many paths, and of whatever quantities are called."""
    E = half_squared_error(slide_network()(INPUTS), Value(TARGET, "t"))
    yield explain(E, ["w14", "w24", "w46"]).latex()
    yield explain(nn.MLP(2, [3, 3, 1], activation="relu", rng=1)([0.5, -0.25]), "w13").latex()
    yield explain(E, Value(1.0, "z")).latex()
    for name in [*HOSTILE, *NAMES]:
        x = Value(-2.0, name)
        yield explain(sigmoid(x * x) / x, x).latex()


def test_whatever_is_written_compiles(tmp_path: Path) -> None:
    pdflatex = required("pdflatex")
    single = [*rows(), *told(), call("σ", Name("i4")), equation(Name("i4", "δ"), quotient("E", "i4"))]
    single += [Name(name) for name in [*HOSTILE, *NAMES, *[name for name, *_ in SLIDES]]] + [
        Number(x) ** 2 for x in NUMBERS
    ]
    formulas = list(dict.fromkeys([*explained(), *[formula.latex() for formula in single]]))
    written = "\n\n".join([f"$\\displaystyle {formula}$" for formula in formulas])
    # Letters of other scripts are for other engines of TeX; here they stand for themselves.
    foreign = sorted({c for c in written if not c.isascii() and not "À" <= c <= "ÿ"})
    document = [
        "\\documentclass{article}",
        "\\usepackage{amsmath}",
        *[f"\\DeclareUnicodeCharacter{{{ord(c):04X}}}{{?}}" for c in foreign],
        "\\begin{document}",
        written,
        "\\end{document}",
    ]
    (tmp_path / "formulas.tex").write_text("\n".join(document), encoding="utf-8")
    ran = subprocess.run(
        [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "formulas.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert "invalid in math mode" not in ran.stdout
    assert len(formulas) > 700
