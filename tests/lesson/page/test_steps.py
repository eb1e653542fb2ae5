"""The walkthrough's steps: every number is the engine's, forwards and backwards."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

import optim
from autograd import Value, half_squared_error, walkthrough
from demos.toy_network import INPUTS, TARGET, slide_network
from tests.lesson.page.toy_page import ROUND, STEPS, UNKNOWN, Known, four, show, state, subject, walk


def test_every_step_shows_the_engines_numbers_forwards_and_backwards(lesson: Page, engine: list[Known]) -> None:
    there = walk(lesson)
    assert there[-1]["counter"] == f"Step {STEPS} of {STEPS}"
    back = walk(lesson, "ArrowLeft")
    assert back[::-1] == there

    for k, known in enumerate(engine):
        states = there[k * ROUND : (k + 1) * ROUND]
        assert states[0]["phase"] == "Forward pass"
        assert states[0]["result"] == states[0]["full"] == ""
        last = {(s["phase"], subject(s["title"])): n for n, s in enumerate(states[1:], 1)}
        assert {name for phase, name in last if phase == "Forward pass"} == known.interior
        assert {name for phase, name in last if phase == "Backward pass"} == set(known.grad)
        assert {name for phase, name in last if phase == "Update"} == set(known.new)

        leaves = set(known.data) - known.interior
        data = {name: four(known.data[name]) for name in leaves}
        complete: dict[str, str] = {}
        new: dict[str, str] = {}
        for n, now in enumerate(states):
            if n > 0:
                name = subject(now["title"])
                value = {"Forward pass": known.data, "Backward pass": known.grad, "Update": known.new}[now["phase"]][
                    name
                ]
                book = {"Forward pass": data, "Backward pass": complete, "Update": new}[now["phase"]]
                assert now["written"] == [name]
                assert now["counter"] == f"Step {k * ROUND + n + 1} of {STEPS}"
                shown, grad = four(value), now["nodes"][name][-1]
                if n == last[now["phase"], name]:
                    book[name] = shown
                    assert now["result"] == shown, now["title"]
                    assert f"{'grad' if book is complete else 'data'} {shown}" in now["marked"], now["title"]
                    full = repr(value + 0.0).replace("-", "−")
                    assert now["full"] == ("" if full == shown else full), now["title"]
                else:  # a share among others: what is displayed agrees with itself
                    assert grad == f"grad {now['result']}"
                    continue
            for name, texts in now["nodes"].items():
                assert texts[-2] == f"data {new.get(name, data.get(name, UNKNOWN))}", (n, name)
                if name in complete or not any(p == "Backward pass" and m == name for p, m in last):
                    assert texts[-1] == f"grad {complete.get(name, UNKNOWN)}", (n, name)
            assert now["table"] == {
                name: [four(known.data[name]), complete.get(name, UNKNOWN), new.get(name, UNKNOWN)]
                for name in known.new
            }
        assert set(complete) == set(known.grad)


def test_numbers_have_the_minus_sign_of_formulas(lesson: Page) -> None:
    for now in walk(lesson):
        parts = ("result", "full", "note", "numbers", "live", "nodes", "network", "table")
        assert "-" not in str([now[part] for part in parts]), now["title"]
        assert "-" not in "".join(lesson.locator("#graph .edge text").all_text_contents())


def test_what_an_optimizer_remembers_is_told_step_by_step(page: Page, tmp_path: Path) -> None:
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    E.backward()
    w46 = next(parameter for parameter in model.parameters() if parameter.name == "w46")
    gradient, before = w46.grad, w46.data
    show(page, walkthrough(E, optimizer=optim.Adam(model.parameters(), lr=0.1), steps=2), tmp_path)
    page.keyboard.press("u")
    states = walk(page, count=3 * 11)  # m, v and the weight itself
    assert {now["phase"] for now in states} == {"Update"}
    m, v, new = [now for now in states if re.search(r"\bw46 is updated", now["title"])]
    assert (m["title"], m["result"]) == ("m of w46 is updated", four(0.1 * gradient))
    assert (v["title"], v["result"]) == ("v of w46 is updated", four(0.001 * gradient**2))
    assert new["result"] == four(before - 0.1 * gradient / (abs(gradient) + 1e-8))
    assert (m["written"], m["marked"]) == (["w46"], [])
    assert m["table"]["w46"] == v["table"]["w46"] == [four(before), four(gradient), UNKNOWN]
    assert new["table"]["w46"] == [four(before), four(gradient), new["result"]]

    page.keyboard.press("u")
    page.keyboard.press("q")  # what is remembered can be asked for, too
    expect(page.locator("#result")).to_have_text("?")
    shown = state(page)
    page.locator("#answer").fill(states[0]["result"])
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_have_text(states[0]["result"])
    assert shown["table"] == states[0]["table"]
