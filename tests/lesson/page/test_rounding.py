"""Rounding as the slide does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import autograd
import optim
from autograd import Parameter, Value, walkthrough
from tests.lesson.page.toy_page import ROUND, answer, show, state, subject, walk

# What the slide prints: after the forward pass, in the backward pass (in the note), and after the update.
PRINTED = {"i4": "-0.7", "o4": "0.332", "i5": "0.1", "o5": "0.525", "i6": "-0.105", "o6": "0.474"}
PRINTED_ERR = {"Err6": "0.1311", "Err5": "-0.0065", "Err4": "-0.0087"}
PRINTED_NEW = {
    "w46": "-0.261", "w56": "-0.138", "w14": "0.192", "w15": "-0.306", "w24": "0.4", "w25": "0.1",
    "w34": "-0.508", "w35": "0.194", "b6": "0.218", "b5": "0.194", "b4": "-0.408",
}  # fmt: skip


def test_slide_rounding_shows_every_digit_that_the_slide_prints(lesson: Page) -> None:
    lesson.keyboard.press("r")
    expect(lesson.locator("#mode")).to_contain_text("3 decimals for values, 4 for gradients")
    computed, errs, new = {}, {}, {}
    for now in walk(lesson, count=ROUND)[1:]:
        name = subject(now["title"])
        assert now["full"] == ""
        if now["phase"] == "Forward pass":
            computed[name] = now["result"].replace("−", "-")
            assert now["nodes"][name][-2] == f"data {now['result']}"
        elif now["phase"] == "Update":
            new[name] = now["result"].replace("−", "-")
            assert now["table"][name][-1] == now["result"]
        if now["note"]:
            note = re.sub(r"\s", "", now["note"]).replace("−", "-").split("=")
            errs[note[0]] = note[-1]
    assert {name: computed[name] for name in PRINTED} == PRINTED
    assert errs == PRINTED_ERR
    assert new == PRINTED_NEW


def test_a_program_that_cannot_be_rounded_has_no_switch_for_it(page: Page, tmp_path: Path) -> None:
    w, x, b = Parameter(2.0, "w"), Value(-4.5, "x"), Parameter(0.5, "b")
    p = autograd.sigmoid(autograd.affine([w], [x], b))
    E = autograd.binary_cross_entropy(p, Value(1.0, "t"))
    with pytest.raises(autograd.DomainError, match=r"got p = 0\.0"):
        walkthrough(E, decimals=(3, 4))
    show(page, walkthrough(E, optimizer=optim.SGD([w, b], lr=0.5)), tmp_path)
    expect(page.locator("#rounding")).to_be_hidden()
    page.keyboard.press("u")
    before = state(page)
    page.keyboard.press("r")
    assert state(page) == before
    page.keyboard.press("q")
    assert answer(page, before["result"]) == "Right"
    expect(page.locator("#rounding")).to_be_hidden()
