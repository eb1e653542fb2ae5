"""The toy network's lesson: what a class is asked, and in which order. Its sentences hold for any numbers."""

from __future__ import annotations

from autograd.lesson.story import Scene

TOY_STORY = [
    Scene(
        "given",
        title="One student",
        say="x1 assignments, x2 readings, x3 lectures; t: a B- or better.",
    ),
    Scene(
        "nudge",
        "w46",
        title="What is a gradient?",
        ask="Nudge w46 by 0.01: does E rise or fall?",
        say="We want this for every weight and bias at once.",
    ),
    Scene("unit", "o4", ask="Is o4 above 1/2?", say="σ is above 1/2 where its net input is above 0."),
    Scene("unit", "o5", ask="And o5?", say="o4 = {o4}, o5 = {o5}."),
    Scene("unit", "o6", ask="What does the network answer?", say="{o6}, where {t} is right."),
    Scene("unit", "E", title="The error", ask="How wrong is that?", say="Half the square of the difference."),
    Scene(
        "delta",
        "o6",
        title="Delta of unit 6",
        ask="How does E change with o6? And with i6?",
        say="E changes {grad i6} times as fast as i6.",
    ),
    Scene(
        "products",
        "o6",
        ask="Three products with delta 6. With what?",
        say="With what came in: o4, o5, and 1 for the bias.",
    ),
    Scene(
        "delta",
        "o5",
        title="Delta of unit 5",
        ask="Back through w56. What is the last factor?",
        say="The slope of σ where unit 5 stands.",
        blank="factor",
    ),
    Scene("delta", "o4", title="Delta of unit 4", ask="Your turn.", say="The same two factors: w46, and the slope."),
    Scene(
        "matrix",
        "o4 o5",
        since="o6",
        title="The hidden layer in one line",
        ask="δ = (Wᵀ δ) ∘ σ′. What comes out?",
        say="The same numbers.",
    ),
    Scene("products", "o4 o5", ask="Delta times what?", say="Times what came in."),
    Scene(
        "check",
        "w46",
        title="Is it true?",
        ask="Do nudge and backpropagation agree?",
        say="A nudge costs a pass for each weight; this was one for all.",
    ),
    Scene("update", ask="Which way does w46 go?", say="New = old − η × gradient, for all alike."),
    Scene(
        "fall",
        title="How far will E fall?",
        ask="Does what the gradients promise come true?",
        say="A gradient is right where we stand, not a long step away.",
    ),
]
