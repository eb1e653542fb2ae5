"""The campaign finds what is wrong, makes it small, and says how to find it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograd import PRIMITIVES
from tests.fuzz import programs
from tests.fuzz.__main__ import Campaign, Kind, kinds
from tests.fuzz.programs import Recipe, Step


def test_a_wrong_derivative_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = replace(PRIMITIVES["sin"], partials=lambda m, y, x: (y,))
    monkeypatch.setitem(programs.ENGINE, "sin", careless)
    campaign = Campaign(kinds(None)["any row"])
    told = campaign.run(first_seed=1, seconds=60.0)
    assert told is not None
    assert told.startswith("seed ")
    recipe, _ = campaign.latest
    assert recipe.steps == (Step("sin", (0,)),)
    assert repr(recipe) in told


def test_without_a_failure_a_campaign_runs_for_its_time_and_counts() -> None:
    seen: list[Recipe] = []

    def check(recipe: Recipe, note: Callable[[str], None]) -> None:
        seen.append(recipe)
        note("looked")

    campaign = Campaign(Kind(programs.scalar_recipes(), check, 1.0))
    assert campaign.run(first_seed=0, seconds=1.0) is None
    assert campaign.programs == campaign.looked["looked"] == len(seen) >= 1
