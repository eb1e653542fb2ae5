"""The gallery of all demos, made once."""

from pathlib import Path
from typing import NamedTuple

import pytest

from demos.gallery.build import Outcome, build
from demos.gallery.course import course


class Gallery(NamedTuple):
    """Its folder, and what came of each demo, by its name."""

    out: Path
    outcomes: dict[str, Outcome]


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    """The gallery with small settings; a demo that failed is not in it."""
    out = tmp_path_factory.mktemp("gallery")
    return Gallery(out, {outcome.demo.name: outcome for outcome in build(course(), out, small=True)})
