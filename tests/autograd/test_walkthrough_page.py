"""The walkthrough's page: in a browser, against the engine's own numbers; and as a file."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import autograd
import nn
import optim
from autograd import Parameter, Value, Walkthrough, explain, half_squared_error, walkthrough
from demos.toy_network import INPUTS, TARGET, slide_network

ROOT = Path(__file__).parents[2]
ROUND = 44  # the frames of one step of training of the toy network
STEPS = 2 * ROUND
ASKED = STEPS - 4  # all but the leaves, which are given, and dE/dE, in each of two rounds
UNKNOWN = "·"

# What the slide prints: after the forward pass, in the backward pass (in the note), and after the update.
PRINTED = {"i4": "-0.7", "o4": "0.332", "i5": "0.1", "o5": "0.525", "i6": "-0.105", "o6": "0.474"}
PRINTED_ERR = {"Err6": "0.1311", "Err5": "-0.0065", "Err4": "-0.0087"}
PRINTED_NEW = {
    "w46": "-0.261", "w56": "-0.138", "w14": "0.192", "w15": "-0.306", "w24": "0.4", "w25": "0.1",
    "w34": "-0.508", "w35": "0.194", "b6": "0.218", "b5": "0.194", "b4": "-0.408",
}  # fmt: skip

STATE = """() => {
  const text = (id) => document.getElementById(id).textContent;
  const group = (node) => [...node.querySelectorAll("text")].map((t) => t.textContent);
  const state = {};
  for (const id of ["counter", "phase", "result", "full", "note", "numbers", "live", "score", "verdict"]) {
    state[id] = text(id);
  }
  state.title = text("panel-title");
  state.nodes = Object.fromEntries(
    [...document.querySelectorAll("#graph .node")].map((node) => [node.getAttribute("aria-label"), group(node)]));
  state.written = [...document.querySelectorAll("#graph .written")].map((node) => node.getAttribute("aria-label"));
  state.network = [...document.querySelectorAll("#network text")].map((t) => t.textContent);
  state.marked = [...document.querySelectorAll("text.current, td.current")].map((t) => t.textContent);
  state.table = Object.fromEntries([...document.querySelectorAll("#parameters tbody tr")].map(
    ({cells: [name, ...numbers]}) => [name.textContent, numbers.map((cell) => cell.textContent)]));
  return state;
}"""


def toy(steps: int = 2) -> Walkthrough:
    """The page of the slide's network."""
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    E.name = "E"
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.9), err=True, steps=steps)


# ---- The engine's own numbers, without frames --------------------------------------------------------------------


@dataclass
class Known:
    """One step of training by the engine: data and grad of each value, and the parameters' new data, by name."""

    data: dict[str, float] = field(default_factory=dict)
    grad: dict[str, float] = field(default_factory=dict)
    new: dict[str, float] = field(default_factory=dict)
    interior: set[str] = field(default_factory=set)


@pytest.fixture(scope="session")
def engine() -> list[Known]:
    """Two steps of training."""
    model = slide_network()
    optimizer = optim.SGD(model.parameters(), lr=0.9)
    rounds = []
    for _ in range(2):
        optimizer.zero_grad()
        E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
        E.name = "E"
        E.backward()
        known, waiting, seen = Known(), [E], set()
        while waiting:
            value = waiting.pop()
            if value in seen:
                continue
            seen.add(value)
            known.data[str(value.name)], known.grad[str(value.name)] = value.data, value.grad
            if value.parents:
                known.interior.add(str(value.name))
            waiting += [parent for parent in value.parents if isinstance(parent, Value)]
        optimizer.step()
        known.new = {str(parameter.name): parameter.data for parameter in model.parameters()}
        rounds.append(known)
    return rounds


def four(x: float) -> str:
    """To four significant digits, as the page shows numbers."""
    return f"{x + 0.0:.4g}".replace("-", "−")


# ---- The browser -------------------------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page that must log nothing, raise nothing and fetch nothing but a file of the test's own."""
    context = browser.new_context(viewport={"width": 1600, "height": 900})
    page = context.new_page()
    said: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("request", lambda request: requests.append(request.url))
    yield page
    page.evaluate("new Promise((done) => setTimeout(done))")  # whatever is under way gets its turn
    context.close()
    own = (tmp_path / "page.html").as_uri()
    assert said == []
    assert [url for url in requests if url.split("#")[0] != own] == []


def show(page: Page, written: Walkthrough, path: Path, fragment: str = "") -> str:
    """Write the page to the folder and open it; returns its address."""
    address = written.write(path / "page.html").as_uri()
    page.goto(address + fragment)
    return address


@pytest.fixture
def lesson(page: Page, tmp_path: Path) -> Page:
    """The toy network's page, at its first step."""
    show(page, toy(), tmp_path)
    return page


def state(page: Page) -> dict[str, Any]:
    """Everything displayed, at once."""
    shown: dict[str, Any] = page.evaluate(STATE)
    return shown


def at(page: Page, step: int, of: int = STEPS) -> None:
    """The page shows this step."""
    expect(page.locator("#counter")).to_have_text(f"Step {step} of {of}")


def walk(page: Page, key: str = "ArrowRight", count: int = STEPS) -> list[dict[str, Any]]:
    """The states from here on, with a key between them."""
    states = [state(page)]
    for _ in range(count - 1):
        page.keyboard.press(key)
        states.append(state(page))
    return states


def subject(title: str) -> str:
    """The name of the value that a step determines."""
    for pattern in (
        r"(\S+) is computed",
        r"(\S+) changes by 1 when .+",
        r"\S+ hands (\S+) its .+",
        r"(\S+) is updated",
    ):
        if found := re.fullmatch(pattern, title):
            return found[1]
    raise AssertionError(title)


# ---- 1. The numbers ----------------------------------------------------------------------------------------------


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


def test_numbers_have_the_minus_sign_of_formulas(lesson: Page) -> None:
    for now in walk(lesson):
        parts = ("result", "full", "note", "numbers", "live", "nodes", "network", "table")
        assert "-" not in str([now[part] for part in parts]), now["title"]
        assert "-" not in "".join(lesson.locator("#graph .edge text").all_text_contents())


# ---- 2. Keys, buttons, slider, nodes, address --------------------------------------------------------------------


def test_keys_step_and_jump(lesson: Page) -> None:
    forward, backward, update = 1, 9, 34
    for key, step in [
        ("ArrowLeft", 1), ("ArrowRight", 2), ("Space", 3), ("Shift+Space", 2), ("ArrowLeft", 1),
        ("End", STEPS), ("ArrowRight", STEPS), ("[", forward), ("b", backward), ("u", update), ("f", forward),
        ("]", ROUND + forward), ("]", ROUND + forward), ("u", ROUND + update), ("b", ROUND + backward),
        ("f", ROUND + forward), ("[", forward), ("[", forward), ("End", STEPS), ("Home", 1),
    ]:  # fmt: skip
        lesson.keyboard.press(key)
        at(lesson, step)


def test_play_starts_goes_on_and_stops(page: Page, tmp_path: Path) -> None:
    page.clock.install()
    show(page, toy(steps=1), tmp_path)
    button = page.locator("#play")
    page.keyboard.press("p")
    expect(button).to_have_text("Pause")
    at(page, 1, ROUND)
    page.clock.run_for(2001)
    at(page, 2, ROUND)
    page.clock.run_for(2001)
    at(page, 3, ROUND)
    page.keyboard.press("p")
    expect(button).to_have_text("Play")
    page.clock.run_for(9000)
    at(page, 3, ROUND)

    page.locator("#speed").select_option("fast")
    button.click()
    page.clock.run_for(801)
    at(page, 4, ROUND)
    page.locator("#next").click()  # the reader takes over
    at(page, 5, ROUND)
    expect(button).to_have_text("Play")
    page.clock.run_for(9000)
    at(page, 5, ROUND)

    button.click()
    page.clock.run_for(100_000)
    at(page, ROUND, ROUND)
    expect(button).to_have_text("Play")
    button.click()  # at the end: from the start
    at(page, 1, ROUND)


def test_the_view_switch_keeps_the_step_and_the_network_shows_gradients(lesson: Page, engine: list[Known]) -> None:
    lesson.keyboard.press("u")
    lesson.keyboard.press("n")
    at(lesson, 34)
    expect(lesson.locator("#network")).to_be_visible()
    expect(lesson.locator("#graph")).to_be_hidden()
    expect(lesson.locator("#view")).to_have_attribute("aria-pressed", "true")
    known = engine[0]
    lesson.keyboard.press("ArrowLeft")  # before any update
    written = [
        line.strip()
        for text in lesson.locator("#network .weight").all()
        for line in text.locator("text").all_text_contents()
    ]
    expect(lesson.locator("#network .weight")).to_have_count(8)
    for name in known.new:
        if name.startswith("w"):
            place = written.index(f"{name} = {four(known.data[name])}")
            assert written[place + 1] == f"grad {four(known.grad[name])}"
        else:
            assert f"{name} = {four(known.data[name])}" in state(lesson)["network"]
    for unit in "456":
        assert f"Err{unit} = {four(-known.grad[f'i{unit}'])}" in state(lesson)["network"]
    lesson.keyboard.press("n")
    at(lesson, 33)
    expect(lesson.locator("#graph")).to_be_visible()
    expect(lesson.locator("#network")).to_be_hidden()


def test_buttons_do_what_keys_do(lesson: Page) -> None:
    expect(lesson.locator("#previous")).to_be_disabled()
    for button, step in [("next", 2), ("next", 3), ("previous", 2), ("phase-backward", 9), ("phase-update", 34)]:
        lesson.locator(f"#{button}").click()
        at(lesson, step)
    expect(lesson.locator("#phase-update")).to_have_attribute("aria-current", "step")
    expect(lesson.locator("#phase-forward")).not_to_have_attribute("aria-current", "step")
    lesson.locator("#phase-forward").click()
    at(lesson, 1)
    lesson.locator("#round").select_option("2")
    at(lesson, ROUND + 1)
    lesson.locator("#rounding").click()
    expect(lesson.locator("#rounding")).to_have_attribute("aria-pressed", "true")
    lesson.locator("#quiz").click()
    expect(lesson.locator("#guess")).to_be_visible()
    lesson.locator("#quiz").click()
    expect(lesson.locator("#guess")).to_be_hidden()
    lesson.keyboard.press("End")
    expect(lesson.locator("#next")).to_be_disabled()


def test_r_and_q_switch_and_switch_back(lesson: Page) -> None:
    lesson.keyboard.press("ArrowRight")
    lesson.keyboard.press("ArrowRight")
    result = lesson.locator("#result")
    for key, shown in [("r", "0.332"), ("r", "0.3318"), ("q", "?")]:
        lesson.keyboard.press(key)
        expect(result).to_have_text(shown)
        at(lesson, 3)
    expect(lesson.locator("#answer")).to_be_focused()
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("q")
    expect(result).to_have_text("0.3318")


def test_the_slider(lesson: Page) -> None:
    slider = lesson.locator("#slider")
    slider.fill("20")
    at(lesson, 20)
    slider.focus()
    lesson.keyboard.press("ArrowRight")
    at(lesson, 21)
    lesson.keyboard.press("End")
    at(lesson, STEPS)
    expect(slider).to_have_value(str(STEPS))
    lesson.keyboard.press("Home")
    expect(slider).to_have_value("1")


def test_click_and_enter_on_a_node_go_to_its_step(lesson: Page) -> None:
    def node(name: str) -> Any:
        return lesson.locator(f'#graph .node[aria-label="{name}"]')

    node("o6").click()
    assert state(lesson)["title"] == "o6 is computed"
    node("i5").focus()
    lesson.keyboard.press("Enter")
    assert state(lesson)["title"] == "i5 is computed"
    node("w14").click()  # a leaf is given, at the start
    at(lesson, 1)
    lesson.keyboard.press("b")
    node("i4").click()
    assert state(lesson)["title"] == "o4 hands i4 its share of the gradient"
    node("w56").focus()
    lesson.keyboard.press("Enter")
    assert state(lesson)["title"] == "i6 hands w56 its share of the gradient"
    lesson.keyboard.press("]")
    lesson.keyboard.press("u")
    node("b5").click()
    now = state(lesson)
    assert now["title"] == "b5 is updated"
    assert int(now["counter"].split()[1]) > ROUND


def test_the_address_leads_to_a_step_and_follows(page: Page, tmp_path: Path) -> None:
    address = show(page, toy(), tmp_path, "#step=12")
    at(page, 12)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{address}#step=14")
    page.wait_for_timeout(400)
    expect(page).to_have_url(f"{address}#step=14")
    page.evaluate("location.hash = '#step=5'")
    at(page, 5)
    for wild, step in [("#step=1000", STEPS), ("#step=0", 1)]:
        page.evaluate("(hash) => { location.hash = hash; }", wild)
        at(page, step)
    page.evaluate("location.hash = '#nonsense'")
    at(page, 1)


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


# ---- 3. The quiz -------------------------------------------------------------------------------------------------


def answer(page: Page, text: str) -> str:
    """Type an answer, and what is said of it."""
    page.locator("#answer").fill(text)
    page.keyboard.press("Enter")
    return page.locator("#verdict").inner_text()


def test_the_quiz_judges_answers_and_counts(lesson: Page) -> None:
    score = lesson.locator("#score")
    lesson.keyboard.press("q")
    expect(lesson.locator("#asking")).to_be_hidden()  # the opening step asks nothing
    lesson.keyboard.press("ArrowRight")
    assert answer(lesson, "abc") == "Type a number."
    assert answer(lesson, "") == "Type a number."
    expect(score).to_have_text(f"0 right at first try / 0 answered / {ASKED} in all")
    assert answer(lesson, "0.7") == "Not quite: the sign is wrong"
    assert answer(lesson, "-0.5") == "Not quite: off by 0.2, too large"
    assert answer(lesson, "-1") == "Not quite: off by 0.3, too small"
    expect(lesson.locator("#result")).to_have_text("?")
    assert answer(lesson, "−0,7") == "Right"
    expect(lesson.locator("#result")).to_have_text("−0.7")
    expect(score).to_have_text(f"0 right at first try / 1 answered / {ASKED} in all")

    lesson.locator("#next").click()
    lesson.locator("#answer").fill("0,3318")
    lesson.locator("#check").click()
    expect(lesson.locator("#verdict")).to_have_text("Right")
    expect(lesson.locator("#full")).to_have_text("0.3318122278318339")
    expect(score).to_have_text(f"1 right at first try / 2 answered / {ASKED} in all")

    lesson.locator("#next").click()
    lesson.locator("#reveal").click()
    expect(lesson.locator("#result")).to_have_text("0.1")
    expect(lesson.locator("#asking")).to_be_hidden()
    expect(score).to_have_text(f"1 right at first try / 2 answered / {ASKED} in all")

    lesson.locator("#previous").click()  # what was answered stays open
    expect(lesson.locator("#result")).to_have_text("0.3318")
    lesson.locator("#slider").fill(str(STEPS))
    expect(score).to_have_text(f"The end. Your score: 1 right at first try / 2 answered / {ASKED} in all")


def test_a_quiz_goes_on_by_the_keyboard_alone(lesson: Page) -> None:
    lesson.keyboard.press("q")
    lesson.keyboard.press("Enter")  # nothing is asked yet
    at(lesson, 2)
    for step, wrong, right in [(2, "0.5", "-0.7"), (3, "1", "0.332")]:
        at(lesson, step)
        lesson.keyboard.type(wrong)
        lesson.keyboard.press("ArrowLeft")  # within what is being typed
        lesson.keyboard.press("Enter")
        expect(lesson.locator("#verdict")).to_contain_text("Not quite")
        at(lesson, step)
        lesson.keyboard.type(right)  # in place of it
        expect(lesson.locator("#answer")).to_have_value(right)
        lesson.keyboard.press("Enter")
        expect(lesson.locator("#verdict")).to_have_text("Right")
        at(lesson, step)
        lesson.keyboard.press("Enter")
    at(lesson, 4)
    lesson.keyboard.type("9")
    lesson.keyboard.press("Enter")
    lesson.keyboard.press("ArrowRight")  # whoever does not know goes on
    at(lesson, 5)
    lesson.keyboard.press("ArrowLeft")
    at(lesson, 4)


RIGHT = {  # what is asked for, and the slide's digits or a pocket calculator's
    "o4 is computed": ["0.332", "0.3318", "0.33181"],
    "o6 is computed": ["0.474", "0.4739"],
    "o6 hands i6 its share of the gradient": ["-0.1311", "-0.131", "-0.13117"],
    "i6 hands w46 its share of the gradient": ["-0.04353", "-0.0435"],
    "i5 hands x3 its share of the gradient": ["0.0013", "0.00131", "0.001308"],
    "i4 hands x1 its share of the gradient": ["-0.000218", "-0.0002177"],
    "w14 is updated": ["0.192", "0.1921"],
    "w24 is updated": ["0.4"],
}
WRONG = ["0", "0.33", "0.3326", "-0.332", "0.1", "-0.1", "0.0012", "0.44", "-0.0022"]


@pytest.mark.parametrize("mode", ["exact", "slide"])
def test_three_digits_are_enough_and_so_are_the_slides_and_those_on_display(lesson: Page, mode: str) -> None:
    if mode == "slide":
        lesson.keyboard.press("r")
    titles = [now["title"] for now in walk(lesson, count=ROUND)]
    lesson.keyboard.press("Home")
    for title, answers in RIGHT.items():
        step = titles.index(title) + 1
        for text in answers:
            lesson.reload()  # every question is asked anew
            if mode == "slide":
                lesson.keyboard.press("r")
            lesson.locator("#slider").fill(str(step))
            lesson.keyboard.press("q")
            for wrong in WRONG:
                assert answer(lesson, wrong).startswith("Not quite"), (title, wrong)
            if mode == "exact" or len(text) <= 6:
                assert answer(lesson, text) == "Right", (title, text)


def test_the_quiz_tells_its_rule(lesson: Page) -> None:
    lesson.keyboard.press("?")
    rule = lesson.locator("#rule").inner_text()
    assert rule.startswith("Three right digits are enough")
    assert rule == " ".join((lesson.locator("#answer").get_attribute("title") or "").split())


def test_a_sum_that_cancels_and_a_long_one_can_be_answered(page: Page, tmp_path: Path) -> None:
    x, y = Value(0.123456, "x"), Value(-0.123411, "y")
    close = x + y  # 4.5e-05, but 5e-05 from the digits on display
    show(page, walkthrough(autograd.sum([close, *[Value(1.0, f"a{k}") for k in range(9)]])), tmp_path)
    page.keyboard.press("q")
    page.keyboard.press("ArrowRight")
    assert answer(page, "0") == "Not quite: off by 0.000045, too small"
    assert answer(page, "0.0001") == "Right"  # 0.1235 - 0.1234
    page.locator("#next").click()
    assert answer(page, "9") == "Right"


@pytest.mark.parametrize("mode", ["exact", "slide"])
def test_the_quiz_hides_the_number_everywhere(lesson: Page, mode: str) -> None:
    if mode == "slide":
        lesson.keyboard.press("r")
    told = walk(lesson, count=ROUND)
    lesson.keyboard.press("Home")
    lesson.keyboard.press("q")
    for open_, hidden in zip(told[1:], walk(lesson, count=ROUND)[1:]):
        shown, title = open_["result"], open_["title"]
        assert hidden["title"] == title
        assert shown != ""
        if title == OWN:
            assert hidden["result"] == shown
            continue
        assert hidden["result"] == "?", title
        assert hidden["full"] == hidden["note"] == "", title
        assert re.fullmatch(r"([-−]?[\d.]+ \+ )?\?|η=0.9", hidden["numbers"]), title
        assert shown not in hidden["numbers"], title
        words = [*" ".join(hidden["nodes"][subject(title)]).split(), *" ".join(hidden["marked"]).split()]
        assert not {shown, shown.removeprefix("−"), open_["full"]} & {word.removeprefix("−") for word in words}, title
        assert hidden["live"] == f"{title}. What is the result?"
        assert "?" in words
    # Once shown, it is what it is without a quiz.
    lesson.locator("#reveal").click()
    now = state(lesson)
    for part in ("result", "full", "numbers", "note", "nodes", "network", "table", "live"):
        assert now[part] == told[-1][part], part


def test_the_quiz_and_its_worksheet_give_what_a_rule_needs(page: Page, tmp_path: Path) -> None:
    model = slide_network()
    E = half_squared_error(model(INPUTS), Value(TARGET, "t"))
    for optimizer, given in [
        (optim.SGD(model.parameters(), lr=0.9), ["η=0.9"]),
        (optim.Adam(model.parameters(), lr=0.1), ["β1=0.9,m=0", "β2=0.999,v=0", "η=0.1,β1=0.9,β2=0.999,ε=10−8"]),
    ]:
        show(page, walkthrough(E, optimizer=optimizer), tmp_path)
        page.keyboard.press("u")
        page.keyboard.press("q")
        expect(page.locator("#result")).to_have_text("?")
        expect(page.locator("#numbers")).to_have_text(given[0])
        page.emulate_media(media="print")
        rows = page.locator("#handout li", has_text="Update:").locator("p").all_text_contents()
        assert len(rows) == 11 * len(given)
        for row, told in zip(rows, given * 11):
            assert row.endswith(told)
        page.emulate_media(media="screen")


# ---- 4. Print ----------------------------------------------------------------------------------------------------


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


OWN = "E changes by 1 when E changes by 1"  # whose formula, dE/dE = 1, is its own result


def printed(told: list[dict[str, Any]]) -> list[str]:
    """The results that a handout adds to the formulas."""
    return ["" if now["title"] == OWN else now["result"] for now in told]


def test_print_is_a_handout_of_every_step(lesson: Page) -> None:
    told = walk(lesson)
    lesson.keyboard.press("Home")
    handout = lesson.locator("#handout")
    expect(handout).to_be_hidden()
    lesson.emulate_media(media="print")
    expect(handout).to_be_visible()
    rows = handout.locator("li")
    expect(rows).to_have_count(STEPS)
    assert rows.locator("h2").all_inner_texts() == [f"{now['phase']}: {now['title']}" for now in told]
    assert rows.locator("b").all_inner_texts() == printed(told)
    expect(rows.last).to_be_visible()
    for hidden in ("controls", "ledger", "guess", "next"):
        expect(lesson.locator(f"#{hidden}")).to_be_hidden()
    expect(lesson.locator("#graph")).to_be_visible()
    backward = {now["counter"]: now["nodes"] for now in told if now["phase"] == "Backward pass"}
    assert state(lesson)["nodes"] == backward["Step 33 of 88"]  # the weights that the other numbers come from
    assert state(lesson)["nodes"]["w14"][-2:] == ["data 0.2", "grad 0.008725"]
    stage = lesson.locator("#stage")
    expect(stage).to_be_visible()
    expect(stage).to_have_text("After the backward pass of training step 1, before the update")
    lesson.emulate_media(media="screen")
    expect(handout).to_be_hidden()
    expect(stage).to_be_hidden()
    expect(lesson.locator("#panel-title")).to_have_text(told[0]["title"])
    at(lesson, 1)
    assert state(lesson)["nodes"] == told[0]["nodes"]
    lesson.keyboard.press("]")
    lesson.emulate_media(media="print")
    expect(stage).to_have_text("After the backward pass of training step 2, before the update")
    assert state(lesson)["nodes"] == backward["Step 77 of 88"]
    lesson.emulate_media(media="screen")


def test_in_a_quiz_print_is_a_worksheet_of_blanks(lesson: Page) -> None:
    told = walk(lesson)
    lesson.keyboard.press("Home")
    lesson.keyboard.press("q")
    lesson.emulate_media(media="print")
    rows = lesson.locator("#handout li")
    blanks = rows.locator("b.blank")
    expect(blanks).to_have_count(sum(map(bool, printed(told))))
    assert rows.locator("p").nth(8).text_content() == "∂E∂E=1"  # nothing to fill in
    assert rows.locator("h2").all_inner_texts() == [f"{now['phase']}: {now['title']}" for now in told]
    assert rows.locator("b").all_inner_texts() == [""] * STEPS
    assert all(box is not None and box["width"] > 100 for box in [blank.bounding_box() for blank in blanks.all()])
    expect(lesson.locator("#stage")).to_have_text("At the start of training step 1")
    picture = "".join(lesson.locator("#graph").all_inner_texts())
    assert all(now["result"] not in picture for now in told if len(now["result"]) > 5)
    lesson.emulate_media(media="screen")
    lesson.locator("#quiz").click()
    lesson.emulate_media(media="print")
    expect(blanks).to_have_count(0)
    assert rows.locator("b").all_inner_texts() == printed(told)
    lesson.emulate_media(media="screen")


# ---- 5. Explanations ---------------------------------------------------------------------------------------------

EQUATIONS = """() => [...document.querySelectorAll("#derivation .equation")].map(
  (equation) => [...equation.children].map((part) => part.textContent))"""


def explained(page: Page) -> list[list[str]]:
    """The equations on display: the left of each, then all its sides."""
    equations: list[list[str]] = page.evaluate(EQUATIONS)
    return [[parts[0], *parts[1::2]] for parts in equations]


def test_any_parameter_is_explained_by_key_button_and_row(lesson: Page, engine: list[Known]) -> None:
    dialog, chosen = lesson.locator("#explanation"), lesson.locator("#by")
    expect(dialog).to_be_hidden()
    for k, known in enumerate(engine):
        lesson.locator("#round").select_option(str(k + 1))
        lesson.locator("#panel-title").click()  # so that the list has not got the focus
        lesson.keyboard.press("e")
        expect(dialog).to_be_visible()
        expect(lesson.locator("#explanation-title label")).to_have_text("The derivative of E by")
        assert chosen.locator("option").all_inner_texts()[:11] == list(known.new)
        for name in known.new:
            chosen.select_option(name)
            ((left, *sides),) = explained(lesson)
            assert left == f"∂E∂{name}"
            assert sides[0].startswith("∂E∂o6×∂o6∂i6×∂i6∂")
            assert sides[1].startswith("(o6−t)×o6·(1−o6)×")
            assert sides[-1] == four(known.grad[name])
        lesson.keyboard.press("ArrowLeft")  # belongs to the dialog, not to the lesson
        lesson.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        at(lesson, k * ROUND + 1)

    lesson.locator("#explain").click()
    expect(dialog).to_be_visible()
    lesson.locator("#close-explanation").click()
    expect(dialog).to_be_hidden()
    lesson.locator("#parameters tbody tr", has_text="w46").click()
    expect(dialog).to_be_visible()
    expect(chosen.locator("option:checked")).to_have_text("w46")
    lesson.keyboard.press("Escape")
    lesson.locator('#graph .node[aria-label="w15"]').focus()
    lesson.keyboard.press("e")
    expect(chosen.locator("option:checked")).to_have_text("w15")
    lesson.keyboard.press("Escape")
    expect(lesson.locator('#graph .node[aria-label="w15"]')).to_be_focused()
    lesson.evaluate("""() => {  // a key that comes before the browser has taken the focus from the closed dialog
      const by = document.getElementById("by");
      document.getElementById("explain").click();
      by.focus();
      document.getElementById("explanation").close();
      by.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
    }""")
    at(lesson, ROUND + 2)
    lesson.locator("#panel-title").click()  # no node has the focus any more
    lesson.keyboard.press("End")  # the step that updates b6
    lesson.keyboard.press("e")
    expect(chosen.locator("option:checked")).to_have_text("b6")


def test_the_steps_own_quantity_is_explained(lesson: Page, engine: list[Known]) -> None:
    for title, name in [("o4 is computed", "o4"), ("E hands o6 its share of the gradient", "o6")]:
        while state(lesson)["title"] != title:
            lesson.keyboard.press("ArrowRight")
        lesson.keyboard.press("e")
        expect(lesson.locator("#by option:checked")).to_have_text(name)
        left, *_, value = explained(lesson)[-1]
        assert left in (f"∂E∂{name}", f"δ{name}")
        assert value == four(engine[0].grad[name])
        lesson.keyboard.press("e")
    lesson.emulate_media(media="print")
    expect(lesson.locator("#derivations .equation")).to_have_count(11)  # in print, the parameters'


def test_the_key_that_opens_a_dialog_closes_it(lesson: Page) -> None:
    for key, dialog in [("e", "#explanation"), ("?", "#keys")]:
        for _ in range(2):
            lesson.keyboard.press(key)
            expect(lesson.locator(dialog)).to_be_visible()
            lesson.keyboard.press({"e": "?", "?": "e"}[key])  # the other's
            expect(lesson.locator(dialog)).to_be_visible()
            lesson.keyboard.press(key)
            expect(lesson.locator(dialog)).to_be_hidden()
    lesson.keyboard.press("?")
    assert {"Esc", "Enter", "q", "e"} <= set(lesson.locator("#keys kbd").all_inner_texts())


def test_explanations_round_as_the_slide_and_keep_a_quiz_secret(lesson: Page) -> None:
    lesson.keyboard.press("r")
    lesson.keyboard.press("e")
    lesson.locator("#by").select_option("w14")
    assert explained(lesson)[0][-1] == "0.0087"
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("q")
    lesson.keyboard.press("e")
    ((_, *sides),) = explained(lesson)
    assert len(sides) == 2
    assert not re.search(r"0\.\d", "".join(sides))


def test_deltas_are_explained_and_printed_and_a_large_program_has_none(page: Page, tmp_path: Path) -> None:
    output = nn.MLP(2, [2, 2, 1])([0.5, -1.0])
    output.name = "o"
    show(page, walkthrough(output), tmp_path)
    page.keyboard.press("e")
    told = explained(page)
    assert [left for left, *_ in told] == [one.left.text().replace("_", "").replace("/", "")
                                           for one in explain(output, "w13").equations]  # fmt: skip
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(page.locator("#derivations")).to_be_visible()
    expect(page.locator("#derivations h2")).to_have_text("The gradients of training step 1, explained")
    expect(page.locator("#derivations .equation")).to_have_count(2 + 15)  # each delta once
    page.emulate_media(media="screen")
    expect(page.locator("#derivations")).to_be_hidden()

    show(page, walkthrough(nn.MLP(12, [12, 12])([0.1] * 12)[0]), tmp_path)
    expect(page.locator("#explain")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator("#explanation")).to_be_hidden()


def test_without_parameters_the_inputs_are_explained(page: Page, tmp_path: Path) -> None:
    x = Value(3.0, "x")
    y = x * x
    y.name = "y"
    show(page, walkthrough(y), tmp_path)
    page.keyboard.press("e")
    assert explained(page) == [["∂y∂x", "x+x", "6"]]


# ---- 6. Hostile names --------------------------------------------------------------------------------------------

IMAGE = '</script><img src=x onerror="window.hacked=1">'
HOSTILE = [IMAGE, 'a|b<c>{"\n', "{{data}}", "<b>", "<!--<script>", "</title></style>", "\ud800", "\\N&amp;\u2028"]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_nothing_but_text(page: Page, tmp_path: Path, name: str) -> None:
    x, w = Value(0.5, name), Parameter(2.0, f"{name} w")
    y = autograd.affine([w], [x], Parameter(1.0, f"{name} b"))
    y.name = f"{name} y"
    written = walkthrough(y, optimizer=optim.SGD([w], lr=0.1), err=True, title=name)
    show(page, written, tmp_path)
    seen = "".join([c if c.isprintable() else ascii(c)[1:-1] for c in name])
    count = 2 + 4 + 1
    for step, now in enumerate(walk(page, count=count)):
        assert now["counter"] == f"Step {step + 1} of {count}"
    page.keyboard.press("e")
    expect(page.locator("#by option")).to_have_text([f"{seen}{more}".strip() for more in (" w", " b", "", " y")])
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("q")
    page.emulate_media(media="print")
    expect(page.locator("#handout li")).to_have_count(count)
    assert page.title().strip() == seen.strip()
    expect(page.locator("#title")).to_have_text(seen.strip())
    page.emulate_media(media="screen")
    expect(page.locator("#panel-title")).to_have_text(f"{seen} w is updated")
    now = state(page)
    assert set(now["nodes"]) == {seen, f"{seen} w", f"{seen} b", f"{seen} y"}
    for label, texts in now["nodes"].items():
        assert label in [text.replace("\xa0", " ") for text in texts]
    assert set(now["table"]) == {f"{seen} w", f"{seen} b"}
    assert page.evaluate("typeof window.hacked") == "undefined"
    for element in ("img", "b:not(#handout b)", "iframe"):
        assert page.locator(element).count() == 0
    assert page.locator("script").count() == 2


def test_the_policy_lets_nothing_be_fetched_or_slipped_in(lesson: Page) -> None:
    policy = lesson.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for source, tag in [("script-src", "script:not([type])"), ("style-src", "style")]:
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]+'", rules[source])
        assert lesson.locator(tag).count() == 1


# ---- 7. Dark, and without motion ---------------------------------------------------------------------------------


def luminance(page: Page, selector: str, style: str) -> float:
    """From 0, black, to 1, white."""
    colour: str = page.locator(selector).evaluate("(element, style) => getComputedStyle(element)[style]", style)
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def test_the_dark_scheme(lesson: Page) -> None:
    assert luminance(lesson, "body", "backgroundColor") > 0.9
    assert luminance(lesson, "#panel-title", "color") < 0.2
    lesson.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert luminance(lesson, "body", "backgroundColor") < 0.15
    for selector in ("#panel-title", "#result", "#full", "#counter"):
        assert luminance(lesson, selector, "color") > 0.6, selector
    assert luminance(lesson, "#panel", "backgroundColor") < 0.2
    lesson.keyboard.press("ArrowRight")
    at(lesson, 2)
    assert lesson.evaluate("document.getAnimations().length") == 0


# ---- 8. Large programs -------------------------------------------------------------------------------------------


def chain(length: int) -> Value:
    """sin(sin(... x))."""
    y = Value(0.5, "x")
    for _ in range(length - 1):
        y = autograd.sin(y)
    return y


def test_two_thousand_nodes_can_be_stepped_through(page: Page, tmp_path: Path) -> None:
    y = chain(2000)
    show(page, walkthrough(y), tmp_path)
    total = 2 * 2000
    y.backward()
    at(page, 1, total)
    page.keyboard.press("End")
    at(page, total, total)
    x = y
    while x.parents:
        (x,) = x.parents
    expect(page.locator("#result")).to_have_text(four(x.grad))
    page.keyboard.press("Home")
    at(page, 1, total)
    page.keyboard.press("ArrowRight")
    at(page, 2, total)
    expect(page.locator("#result")).to_have_text("0.4794")


def test_a_larger_program_is_refused() -> None:
    with pytest.raises(autograd.TooManyNodesError, match=r"2001 nodes.*max_nodes=2000"):
        walkthrough(chain(2001))
    with pytest.raises(autograd.TooManyNodesError, match=r"max_nodes=9"):
        walkthrough(chain(10), max_nodes=9)
    assert walkthrough(chain(10), max_nodes=10).html


# ---- 9. Looks ----------------------------------------------------------------------------------------------------

SPILLED = """() => [...document.querySelectorAll("#graph .node, #network .node")].flatMap((group) => {
  const shape = group.closest("[hidden]") ? null : group.querySelector("ellipse, polygon, path");
  const box = shape?.getBBox(); // a constant is a number without a box
  return !box ? [] : [...group.querySelectorAll("text")].flatMap((text) => {
    const {x, y, width, height} = text.getBBox();
    let half = box.width / 2;
    if (group.querySelector("ellipse")) half *= Math.sqrt(1 - ((y + height / 2 - box.y) / half - 1) ** 2);
    const middle = box.x + box.width / 2;
    return x < middle - half || x + width > middle + half ? [text.textContent] : [];
  });
})"""


def ravine() -> Walkthrough:
    """A page whose numbers grow longer from step to step of training."""
    w1, w2 = Parameter(-1.0, "w1"), Parameter(-2.0, "w2")
    J = 0.1 * (w1 - 4.0) ** 2 + 10.0 * (w2 - 1.0) ** 2
    J.name = "J"
    return walkthrough(J, optimizer=optim.SGD([w1, w2], lr=0.015, momentum=0.9), steps=3)


def random_net() -> Walkthrough:
    """A page of a net whose weights have all their digits."""
    model = nn.MLP(2, [2, 1], rng=0)
    E = half_squared_error(model([0.5, -1.0]), 1.0)
    E.name = "E"
    return walkthrough(E, optimizer=optim.SGD(model.parameters(), lr=0.1), steps=2, err=True)


@pytest.mark.parametrize("written", [ravine, random_net])
def test_no_number_spills_out_of_its_box_at_any_step(
    page: Page, tmp_path: Path, written: Callable[[], Walkthrough]
) -> None:
    show(page, written(), tmp_path)
    count = int(page.locator("#slider").get_attribute("max") or 0)
    for way in ("", "n", "r", "n"):  # graph and network, exactly and rounded
        if way:
            page.keyboard.press(way)
        page.keyboard.press("Home")
        for step in range(1, count + 1):
            assert page.evaluate(SPILLED) == [], step
            page.keyboard.press("ArrowRight")


def cross_entropy() -> Walkthrough:
    """The page of a net with two classes."""
    model = nn.MLP(2, [2, 2], rng=0)
    E = nn.cross_entropy(model([0.5, -1.0]), [0, 1])
    E.name = "E"
    return walkthrough(E, optimizer=optim.Adam(model.parameters(), lr=0.1))


LECTERN: Any = {"width": 1280, "height": 720}


def test_formulas_are_seen_whole_and_the_picture_is_moved_by_none_that_is_lower(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(LECTERN)
    s = [Value(x, f"s{k}") for k, x in enumerate([1.0, 2.0, 0.5, 0.25], start=1)]
    for written in (cross_entropy(), walkthrough(-autograd.log(autograd.softmax(s)[1]))):
        show(page, written, tmp_path)
        page.reload()
        height = 0
        for _ in range(int(page.locator("#slider").get_attribute("max") or 0)):
            for formula in page.locator("#formulas > div").all():
                size, width, room = formula.evaluate(
                    "(f) => [parseFloat(getComputedStyle(f).fontSize), f.scrollWidth, f.clientWidth]"
                )
                assert width <= room
                assert size >= 16
            now = page.locator("#panel").evaluate("(panel) => panel.offsetHeight")
            assert now >= height
            height = now
            page.keyboard.press("ArrowRight")


def test_a_formula_that_cannot_shrink_enough_can_be_scrolled(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 800, "height": 600})
    y = autograd.logsumexp([Value(float(k), f"a long name {k}") for k in range(6)])
    show(page, walkthrough(y), tmp_path, "#step=2")
    formula = page.locator("#symbols")
    expect(formula).to_have_css("font-size", "16px")
    assert formula.evaluate("(f) => f.scrollWidth > f.clientWidth")
    expect(formula).to_have_css("overflow-x", "auto")


def test_what_is_asked_to_be_explained_is_in_sight_at_once(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size(LECTERN)
    show(page, cross_entropy(), tmp_path)
    page.keyboard.press("e")
    pane, asked = page.locator("#derivation").bounding_box(), page.locator(".equation").last.bounding_box()
    assert pane is not None
    assert asked is not None
    assert pane["y"] <= asked["y"]
    assert asked["y"] + asked["height"] <= pane["y"] + pane["height"] + 1


def test_in_the_handout_no_formula_is_printed_over_another(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 700, "height": 1000})  # about a sheet of A4
    lesson.emulate_media(media="print")
    # Signs stick out of their boxes by up to 4 pixels.
    covered = lesson.evaluate("""() => [...document.querySelectorAll("#handout p")].flatMap((line) => {
      const parts = [...line.querySelectorAll("mo, mi, mn, b:not(:empty)")];
      const spans = parts.map((part) => [part.closest("span, b"), part.getBoundingClientRect()]);
      return spans.flatMap(([a, p]) => spans.filter(([b, q]) => a !== b && p.width * q.width > 0
        && Math.min(p.right, q.right) > Math.max(p.left, q.left)
        && Math.min(p.bottom, q.bottom) + 4 > Math.max(p.top, q.top)).map(() => line.textContent));
    })""")
    assert covered == []
    lesson.emulate_media(media="screen")


def test_without_the_table_the_graphs_text_is_large_enough_for_a_room(lesson: Page) -> None:
    lesson.set_viewport_size(LECTERN)
    text = "() => 16 * document.querySelector('#graph svg').getScreenCTM().a"
    table, button = lesson.locator("#ledger"), lesson.locator("#table")
    lesson.keyboard.press("u")  # the tallest formulas
    with_table = lesson.evaluate(text)
    lesson.keyboard.press("t")
    expect(table).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert lesson.evaluate(text) >= max(13, with_table)
    button.click()
    expect(table).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_a_small_window_shows_the_title_and_every_column(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 800, "height": 600})
    lesson.keyboard.press("b")
    for _ in range(2):
        for part in ("#panel-title", "#ledger"):
            width, room = lesson.locator(part).evaluate("(element) => [element.scrollWidth, element.clientWidth]")
            assert width <= room, part
        lesson.keyboard.press("r")


# ---- 10. The file ------------------------------------------------------------------------------------------------


def test_the_same_program_gives_the_same_bytes() -> None:
    code = "import sys; from tests.autograd import test_walkthrough_page as t; sys.stdout.write(t.digest())"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs == [digest(), digest()]


def digest() -> str:
    """The toy page's checksum."""
    return hashlib.sha256(toy().html.encode()).hexdigest()


def test_the_toy_page_is_small() -> None:
    assert len(toy().html.encode()) < 400_000


def test_jupyter_shows_the_page_in_a_frame() -> None:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    page = toy()
    Reader().feed(page._repr_html_())
    ((tag, attributes),) = found
    assert tag == "iframe"
    assert attributes["srcdoc"] == page.html


def test_the_frame_works_in_a_browser(page: Page) -> None:
    page.set_content(f"<!doctype html><title>notebook</title><body>{toy()._repr_html_()}</body>")
    frame = page.frame_locator("iframe")
    counter = frame.locator("#counter")
    expect(counter).to_have_text(f"Step 1 of {STEPS}")
    frame.locator("#next").click()
    expect(counter).to_have_text(f"Step 2 of {STEPS}")
    expect(frame.locator("#result")).to_have_text("−0.7")
    page.keyboard.press("ArrowRight")
    expect(counter).to_have_text(f"Step 3 of {STEPS}")
    page.wait_for_timeout(400)  # in which the address would have followed


def test_walkthrough_writes_the_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    page = walkthrough(chain(3), path)
    assert path.read_bytes() == page.html.encode()
    assert os.listdir(tmp_path) == ["page.html"]
    assert len(repr(page)) < 100  # a prompt is not flooded with HTML


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    page = walkthrough(chain(3))
    old = tmp_path / "page.html"
    old.write_text("old")
    (tmp_path / "page.html.part").mkdir()  # in the way
    with pytest.raises(OSError, match="page"):
        page.write(old)
    assert old.read_text() == "old"

    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    with pytest.raises(OSError, match="folder"):
        page.write(folder)
    assert (folder / "old.txt").read_text() == "old"

    with pytest.raises(OSError, match="missing"):
        page.write(tmp_path / "missing" / "page.html")
    assert not (tmp_path / "missing").exists()
