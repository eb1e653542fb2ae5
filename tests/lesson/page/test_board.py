"""What a page offers to others, `window.board`; and that it tells when it computes other numbers than Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from autograd import Program, Walkthrough, walkthrough
from autograd.labels import plain
from demos.gallery.toy_story import TOY_STORY
from tests.lesson.page.conftest import show
from tests.lesson.page.lessons import LESSONS, Lesson, Taken, bare, cubed, toy, training

NUMBERS = "Object.entries(board.numbers())"


def same(found: list[tuple[str, dict[str, float]]], lesson: Lesson, taken: Taken) -> None:
    """The numbers by name, in the program's order, are the engine's."""
    names = [plain(label) for label in Program.of(lesson[0]).labels]
    assert sorted(name for name, _ in found) == sorted(names)
    for name, numbers in found:
        node = taken.run.nodes[names.index(name)]
        right = {"data": node.data, "grad": node.grad}
        if node.index in taken.new:
            right["new"] = taken.new[node.index]
        assert numbers == pytest.approx(right, rel=1e-10, abs=1e-15, nan_ok=True), name


@pytest.mark.parametrize("name", LESSONS)
def test_numbers_set_and_reset(page: Page, tmp_path: Path, name: str) -> None:
    lesson = LESSONS[name]()
    show(page, walkthrough(lesson[0], optimizer=lesson[1]), tmp_path)
    expect(page.locator("#differs")).to_be_hidden()
    program = Program.of(lesson[0])
    same(page.evaluate(NUMBERS), lesson, training(lesson, 1)[0])
    leaf = next(node for node in program if node.op is None and node.kind != "constant")
    other = leaf.data - 0.375
    page.evaluate("([name, x]) => board.set(name, x)", [plain(program.labels[leaf.index]), other])
    same(page.evaluate(NUMBERS), lesson, training(lesson, 1, changed={leaf.index: other})[0])
    page.evaluate("board.reset()")
    same(page.evaluate(NUMBERS), lesson, training(lesson, 1)[0])


def test_steps_are_those_of_the_page_counted_from_one(lesson: Page) -> None:
    numbers: dict[str, Any] = lesson.evaluate("board.step(3)")
    expect(lesson.locator("#counter")).to_have_text(f"3 / {len(TOY_STORY)}")
    assert "?" not in lesson.locator("#formulas").inner_text()  # its answer is shown
    assert numbers == lesson.evaluate("board.numbers()")
    assert numbers["w46"] == pytest.approx({"data": -0.3, "grad": -0.043524, "new": -0.260829}, abs=1e-6)
    assert set(numbers["E"]) == {"data", "grad"}
    for n, step in ((0, 1), (-5, 1), (1000, len(TOY_STORY))):
        lesson.evaluate("(n) => { board.step(n); }", n)
        expect(lesson.locator("#counter")).to_have_text(f"{step} / {len(TOY_STORY)}")


def test_what_is_shown_follows_at_once(lesson: Page) -> None:
    lesson.evaluate("board.step(5)")
    output, optimizer = toy()
    place = Program.of(output).labels.index("i6")
    text = lesson.locator(f'#network [data-place="data {place}"]')
    before = text.text_content() or ""
    lesson.evaluate("board.set('w46', 1)")
    changed = {Program.of(output).labels.index("w46"): 1.0}
    x = training((output, optimizer), 1, changed=changed)[0].run.nodes[place].data
    expect(text).to_have_text(f"{x:.4g}".replace("-", "−"))
    lesson.evaluate("board.reset()")
    expect(text).to_have_text(before)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("set('i4', 1)", "RangeError: no input or parameter is called i4"),
        ("set('nobody', 1)", "RangeError: no input or parameter is called nobody"),
        ("set('w46', '1')", "TypeError: w46 needs a finite number, got 1"),
        ("set('w46', NaN)", "TypeError: w46 needs a finite number, got NaN"),
        ("set('w46', -Infinity)", "TypeError: w46 needs a finite number, got -Infinity"),
        ("set('w46')", "TypeError: w46 needs a finite number, got undefined"),
    ],
)
def test_what_is_no_leaf_or_no_number_is_refused_and_nothing_changes(lesson: Page, call: str, error: str) -> None:
    before = lesson.evaluate(NUMBERS)
    with pytest.raises(Error, match=error):
        lesson.evaluate(f"board.{call}")
    assert lesson.evaluate(NUMBERS) == before


def test_a_constant_of_a_formula_is_no_input(page: Page, tmp_path: Path) -> None:
    output, optimizer = cubed()
    show(page, walkthrough(output, optimizer=optimizer), tmp_path)
    program = Program.of(output)
    for node in program:
        if node.kind == "constant":
            with pytest.raises(Error, match="RangeError"):
                page.evaluate("(name) => board.set(name, 2)", program.labels[node.index])


def test_the_docstring_tells_of_the_board() -> None:
    text = walkthrough.__doc__ or ""
    for word in ("window.board", "step(n)", "numbers()", "set(name, number)", "reset()"):
        assert word in text


# ---- The comparison on opening ---------------------------------------------------------------------------------------


def altered(written: Walkthrough, number: str, other: str) -> Walkthrough:
    """The page, where Python would have computed another number."""
    before, after = written.html.split('"expected":', 1)
    assert number in after
    return Walkthrough(before + '"expected":' + after.replace(number, other, 1))


@pytest.mark.parametrize("quantity", ["data", "grad", "new"])
def test_a_page_says_that_it_computes_other_numbers_than_python(page: Page, tmp_path: Path, quantity: str) -> None:
    lesson = toy()
    written = walkthrough(lesson[0], optimizer=lesson[1])
    taken = training(lesson, 1)[0]
    program = Program.of(lesson[0])
    w46 = program.labels.index("w46")
    x = {"data": taken.run.nodes[-1].data, "grad": taken.run.nodes[w46].grad, "new": taken.new[w46]}[quantity]
    line = page.locator("#differs")
    show(page, written, tmp_path)
    expect(line).to_be_hidden()
    show(page, altered(written, repr(x), repr(x * (1 + 1e-14))), tmp_path)  # as another browser's exp may be off
    expect(line).to_be_hidden()
    show(page, altered(written, repr(x), repr(x * (1 + 1e-9))), tmp_path)
    expect(line).to_be_visible()
    name = "E" if quantity == "data" else "w46"
    expect(line).to_have_text(f"This browser computes other numbers than Python did, in 1 place: {quantity} of {name}.")


def test_without_an_optimizer_there_are_no_new_numbers(page: Page, tmp_path: Path) -> None:
    output, _ = bare()
    show(page, walkthrough(output), tmp_path)
    assert all("new" not in numbers for _, numbers in page.evaluate(NUMBERS))
    assert page.evaluate("document.querySelectorAll('#parameters th').length") == 3
