"""Nothing moves, overlaps or is cut; only what a step uses is marked, never by colour alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograd import Program, Walkthrough
from tests.lesson.page.conftest import show
from tests.lesson.page.displayed import figures
from tests.lesson.page.lessons import toy
from tests.lesson.page.rooms import ALL, at_each_step, function, long_numbers, story, wide

PLACES = """(picture) => JSON.stringify([...picture.svg.querySelectorAll(".box > rect:first-child")].map((box) => {
  const {x, y, width, height} = box.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
}))"""

# Texts in a box that overlap one another, or leave it, by more than two pixels.
CLASHES = """(picture) => [...picture.svg.querySelectorAll(".box:not(.cut)")].flatMap((box) => {
  const home = box.querySelector("rect").getBoundingClientRect();
  const texts = [...box.querySelectorAll("text")].filter((text) =>
    text.textContent.trim() && getComputedStyle(text).visibility !== "hidden");
  const places = texts.map((text) => text.getBoundingClientRect());
  return texts.flatMap((text, i) => {
    const {left, right, top, bottom} = places[i];
    const out = left < home.left - 2 || right > home.right + 2 || top < home.top - 2 || bottom > home.bottom + 2;
    const over = texts.filter((_, j) => j > i && Math.min(right, places[j].right) - Math.max(left, places[j].left) > 2
      && Math.min(bottom, places[j].bottom) - Math.max(top, places[j].top) > 6);
    return [...(out ? [`${text.textContent} is outside`] : []),
      ...over.map((other) => `${text.textContent} / ${other.textContent}`)];
  });
})"""

MARKS = """(picture) => {
  const marked = [...picture.svg.querySelectorAll(".number")].flatMap((text) =>
    ["upstream", "local", "result"]
      .filter((role) => text.classList.contains(role)).map((role) => [role, text.dataset.place]));
  const {left, top, right, bottom} = picture.svg.getBoundingClientRect();
  const hit = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const tallies = [...picture.svg.querySelectorAll(".tally")].map((one) => one.getBoundingClientRect());
  const frames = [...picture.svg.querySelectorAll(".frame:not(.unknown)")];
  return {
    title: scene().title, phase: scene().phase, shown: state.shown, marked,
    wanted: ["upstream", "local", "result"].map((role) => latest.marks[role]),
    covered: frames.filter((one) => tallies.some((tally) => hit(tally, one.getBoundingClientRect()))).length,
    outside: tallies.filter((one) => one.left < left - 1 || one.top < top - 1
      || one.right > right + 1 || one.bottom > bottom + 1).length,
    looks: frames.map((one) => [one.classList[1], getComputedStyle(one).strokeDasharray]),
    derivatives: [...picture.svg.querySelectorAll(".derivative, .slope, .grad, .tangent")].filter((one) =>
      (one.textContent || one.matches(".tangent")) && getComputedStyle(one).visibility !== "hidden").length,
    arrows: [...picture.svg.querySelectorAll(".edge.back")].map((edge) => getComputedStyle(edge).markerEnd)
      .concat([...picture.svg.querySelectorAll(".edge.forth")].map((edge) => getComputedStyle(edge).markerStart)),
  };
}"""


@pytest.mark.parametrize("written", [story, wide, function])
@pytest.mark.parametrize("view", ["network", "graph"])
def test_no_box_moves(page: Page, tmp_path: Path, written: Callable[[], Walkthrough], view: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    show(page, written(), tmp_path)
    places = at_each_step(page, PLACES, view=view)
    assert len(set(places)) == 1
    assert len(json.loads(places[0])) > 4


@pytest.mark.parametrize("written", ALL)
@pytest.mark.parametrize("view", ["network", "graph"])
def test_no_text_overlaps_another_or_leaves_its_box(
    page: Page, tmp_path: Path, written: Callable[[], Walkthrough], view: str
) -> None:
    show(page, written(), tmp_path)
    for now in at_each_step(page, CLASHES, "scalar" if written in (long_numbers, story) else None, view):
        assert now == []


@pytest.mark.parametrize("grain", ["unit", "scalar"])
@pytest.mark.parametrize("view", ["network", "graph"])
def test_only_what_a_step_uses_is_marked_and_not_by_colour_alone(
    page: Page, tmp_path: Path, grain: str, view: str
) -> None:
    show(page, story(), tmp_path)
    dashes: dict[str, set[str]] = {}
    for now in at_each_step(page, MARKS, grain, view):
        roles = dict(zip(("upstream", "local", "result"), now["wanted"]))
        for role, place in now["marked"]:
            assert place in roles[role], now
        assert now["covered"] == now["outside"] == 0, now
        for role, dash in now["looks"]:
            dashes.setdefault(role, set()).add(dash)
        if now["phase"] == "forward":
            assert now["derivatives"] == 0, now
        assert set(now["arrows"]) <= {"none"}, now
    patterns = [dashes[role] for role in ("upstream", "local", "result")]
    assert all(len(one) == 1 for one in patterns)
    assert len(set.union(*patterns)) == 3


def test_inputs_gradients_are_a_key_away(page: Page, tmp_path: Path) -> None:
    show(page, story(), tmp_path, "#step=13")
    gradients = "nodes.flatMap(({kind}, i) => kind === 'input' ? [latest.texts.get(`grad ${i}`) ?? ''] : [])"
    assert page.evaluate(gradients) == [""] * 4
    page.keyboard.press("i")
    E, _ = toy()
    run = Program.of(E).replay({})
    inputs = [node for node in run if node.kind == "input"]
    assert page.evaluate(gradients) == [figures(node.grad) for node in inputs]
    page.keyboard.press("i")
    assert page.evaluate(gradients) == [""] * 4
    show(page, wide(), tmp_path)
    kinds = "scenes().map(({kind}) => kind)"
    assert "inputs" not in page.evaluate(kinds)
    page.keyboard.press("i")
    assert "inputs" in page.evaluate(kinds)
