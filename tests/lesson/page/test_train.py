"""Train on: in the page as in Python, to the same numbers, forwards and backwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import nn
import optim
from autograd import Value, cross_entropy, half_squared_error, walkthrough
from demos.toy_network import (
    HALF,
    accuracy,
    one_step,
    slide_error,
    slide_network,
    students,
    to_train_on,
    train,
)
from tests.lesson.page.test_change import number, value

EPOCHS = 19  # until fewer than 5 % are misclassified


@pytest.fixture(scope="module")
def examples() -> tuple[list[list[float]], list[float], list[list[int]]]:
    """The 80 students of the terminal, and the orders that it draws."""
    given = to_train_on(HALF, seed=0)
    shares, grades = given["examples"]
    return shares, grades, given["orders"]


@pytest.fixture
def board(page: Page, tmp_path: Path, examples: Any) -> Page:
    """The toy network's page, with the students, and its part for training open."""
    model = slide_network()
    shares, grades, orders = examples
    optimizer = optim.SGD(model.parameters(), lr=0.9)
    walkthrough(
        slide_error(model, "half"),
        tmp_path / "page.html",
        optimizer=optimizer,
        examples=(shares, grades),
        orders=orders,
    )
    page.goto((tmp_path / "page.html").as_uri())
    page.keyboard.press("l")
    return page


def weights(page: Page) -> dict[str, float]:
    numbers = page.evaluate("board.numbers()")
    return {label: one["data"] for label, one in numbers.items() if "new" in one}


def trained(examples: Any, batch: int = 1, lr: float = 0.9) -> Iterator[tuple[dict[str, float], float, float]]:
    """Python's weights after each epoch, the mean loss in it, and the share that is misclassified then."""
    shares, grades, orders = examples
    model = slide_network()
    optimizer = optim.SGD(model.parameters(), lr=lr)
    slide_error(model, "half").backward()  # the board's own example comes first
    optimizer.step()
    for order in orders[:EPOCHS]:
        total = 0.0
        for start in range(0, 80, batch):
            chosen = order[start : start + batch]
            optimizer.zero_grad()
            for k in chosen:
                E = half_squared_error(model(shares[k]), grades[k])
                E.backward()
                total += E.data
            for parameter in model.parameters():
                parameter.grad /= len(chosen)
            optimizer.step()
        now = {str(parameter.name): parameter.data for parameter in model.parameters()}
        yield now, total / 80, 1 - accuracy(model, shares, grades)


def same(page: Page, right: dict[str, float], tolerance: float = 1e-9) -> None:
    assert weights(page) == pytest.approx(right, rel=tolerance, abs=tolerance)


def test_eighty_students_as_in_the_terminal_after_every_epoch(board: Page, examples: Any) -> None:
    where = board.locator("#lab .where")
    given = weights(board)
    board.keyboard.press(".")
    states = [weights(board)]
    for epoch, (right, loss, wrong) in enumerate(trained(examples), start=1):
        expect(where).not_to_contain_text("Stop")
        board.keyboard.press(":")
        same(board, right)
        states.append(weights(board))
        told = board.evaluate(f"trainer.told[{epoch - 1}]")
        assert told["loss"] == pytest.approx(loss, rel=1e-9)
        assert told["wrong"] == pytest.approx(wrong)
        expect(where).to_contain_text(f"epoch {epoch}: mean loss {loss:.4g}")
    expect(where).to_contain_text("Stop: fewer than 5 % are misclassified.")
    learned, rng = HALF.model(), np.random.default_rng(0)
    one_step(HALF, learned, "exact")
    *_, (epoch, loss, wrong) = train(HALF, learned, *students(80, rng), rng)
    assert epoch == EPOCHS
    told = board.evaluate("trainer.told.at(-1)")
    assert (told["loss"], told["wrong"]) == pytest.approx((loss, wrong))
    same(board, {str(parameter.name): parameter.data for parameter in learned.parameters()})
    for before in reversed(states[:-1]):
        board.keyboard.press(";")
        assert weights(board) == before
    board.keyboard.press(";")
    assert weights(board) == given


def test_one_step_is_the_boards_own_update_of_the_student_shown(board: Page, examples: Any) -> None:
    shares, grades, orders = examples
    board.keyboard.press(".")
    before = number(board, "w14")
    for k in range(4):
        student = orders[0][k]
        numbers = board.evaluate("board.numbers()")
        assert [numbers[label]["data"] for label in ("x1", "x2", "x3", "t")] == [*shares[student], grades[student]]
        board.keyboard.press(".")
        assert weights(board) == {label: one["new"] for label, one in numbers.items() if "new" in one}
    for _ in range(4):
        board.keyboard.press(",")
    assert number(board, "w14") == before


def test_a_batch_takes_the_mean_gradient(board: Page, examples: Any) -> None:
    board.locator("#lab input[aria-label='batch size']").fill("16")
    board.locator("#lab input[aria-label='batch size']").blur()
    run = trained(examples, batch=16)
    for _ in range(3):
        board.keyboard.press(":")
        same(board, next(run)[0])
    board.keyboard.press(",")
    board.keyboard.press(".")
    board.locator("#lab input[aria-label='batch size']").fill("81")
    expect(board.locator("#lab .refused:visible")).to_have_text("batch size must be a whole number from 1 to 80")


def test_the_learning_rate_holds_from_where_it_is_changed(board: Page, examples: Any) -> None:
    board.keyboard.press(":")
    after = weights(board)
    board.locator("#lab input[aria-label='lr']:visible").fill("0.1")
    board.locator("#lab input[aria-label='lr']:visible").blur()
    assert weights(board) == after
    board.keyboard.press(":")
    slow = weights(board)
    run = trained(examples)
    next(run)
    fast = next(run)[0]
    assert all(abs(slow[label] - after[label]) <= abs(fast[label] - after[label]) for label in slow)
    board.keyboard.press("Control+z")
    same(board, fast)
    board.keyboard.press("Control+y")
    assert weights(board) == slow


def test_an_input_changed_on_the_way_is_what_the_step_is_taken_with(board: Page) -> None:
    for at in range(3):
        value(board, "x1").click()
        board.keyboard.type(f"{at + 2}")
        board.keyboard.press("Enter")
        new = board.evaluate("board.numbers().w14.new")
        board.keyboard.press(".")
        assert number(board, "w14") == new


def test_a_weight_changed_on_the_way_is_trained_on_from_there(board: Page) -> None:
    for _ in range(3):
        board.keyboard.press(".")
    value(board, "w46").click()
    board.keyboard.type("2")
    board.keyboard.press("Enter")
    new = board.evaluate("board.numbers().w46.new")
    board.keyboard.press(".")
    assert number(board, "w46") == new
    board.keyboard.press(",")
    assert number(board, "w46") == 2.0
    board.wait_for_timeout(400)
    address = board.url
    assert "set=3.1@w46:2" in address
    numbers = board.evaluate("board.numbers()")
    board.goto("about:blank")
    board.goto(address)
    assert board.evaluate("board.numbers()") == numbers


def test_play_goes_on_until_it_stops(board: Page) -> None:
    board.get_by_text("Stop when").click()
    board.locator("#lab input[aria-label='epochs']").fill("3")
    board.locator("#lab").get_by_text("Play", exact=True).click()
    expect(board.locator("#lab .where")).to_contain_text("Stop: 3 epochs are over.")
    board.wait_for_timeout(500)
    expect(board.locator("#lab .where")).to_contain_text("Epoch 4, step 1 of 80")


def test_the_page_with_its_students_is_small() -> None:
    model = slide_network()
    given = to_train_on(HALF, seed=0)
    page = walkthrough(slide_error(model, "half"), optimizer=optim.SGD(model.parameters(), lr=0.9), **given)
    assert len(page.html.encode()) < 500_000


def test_weights_have_widths_while_it_is_open(board: Page) -> None:
    widths = "[...document.querySelectorAll('#network .edge')].map((edge) => getComputedStyle(edge).strokeWidth)"
    assert len(set(board.evaluate(widths))) >= 4
    board.keyboard.press("Escape")
    assert set(board.evaluate(widths)) <= {"1.5px", "4px"}


def test_regions_of_two_inputs_are_the_networks_answers(page: Page, tmp_path: Path) -> None:
    model = nn.MLP(2, [4, 2], activation="tanh", output="softmax", rng=0)
    E = cross_entropy(model([Value(0.1, "x1"), Value(0.9, "x2")]), [Value(1.0, "t1"), Value(0.0, "t2")])
    X = [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]
    y = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    walkthrough(E, tmp_path / "page.html", optimizer=optimizer, examples=(X, y))
    page.goto((tmp_path / "page.html").as_uri())
    page.keyboard.press("l")
    for _ in range(60):
        page.keyboard.press(":")
    trained_to = weights(page)
    for parameter in model.parameters():
        parameter.data = trained_to[str(parameter.name)]
    classes = page.evaluate(
        "[...document.querySelectorAll('.region')].map(({classList}) => Number(classList[1].slice(-1)))"
    )
    assert len(classes) == 24 * 24
    along = [-0.1 + 1.2 * (k + 0.5) / 24 for k in range(24)]
    for (i, j), shown in zip(np.ndindex(24, 24), classes, strict=True):
        p = [float(o) for o in model([along[i], along[j]])]
        assert shown == p.index(max(p)) or abs(p[0] - p[1]) < 1e-9
    assert set(classes) == {0, 1}
    expect(page.locator(".example")).to_have_count(4)
    right = [float(model(x)[int(t[1])]) > 0.5 for x, t in zip(X, y)]
    expect(page.locator(".example.wrong")).to_have_count(right.count(False))


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (([[1.0, 2.0]], [1.0]), r"each example has 2 inputs and 1 targets, and the program 4 leaves .*x1, x2, x3, t"),
        (([[1.0, 2.0, 3.0]], [1.0, 0.0]), "1 in X and 2 in y"),
        (([[1.0, 2.0, np.nan]], [1.0]), "X of examples must be finite"),
        (([], []), "examples is empty"),
    ],
)
def test_examples_that_do_not_fit_are_refused(examples: Any, message: str) -> None:
    model = slide_network()
    with pytest.raises(ValueError, match=message):
        walkthrough(slide_error(model, "half"), optimizer=optim.SGD(model.parameters(), lr=0.9), examples=examples)


def test_examples_need_an_optimizer_and_orders_all_of_them() -> None:
    model = slide_network()
    E, examples = slide_error(model, "half"), ([[1.0, 2.0, 3.0]] * 2, [1.0, 0.0])
    with pytest.raises(ValueError, match="give an optimizer"):
        walkthrough(E, examples=examples)
    optimizer = optim.SGD(model.parameters(), lr=0.9)
    with pytest.raises(ValueError, match="the order of epoch 2 is not one of all 2 examples"):
        walkthrough(E, optimizer=optimizer, examples=examples, orders=[[1, 0], [1, 1]])
