"""The page's engine under node, without a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import autograd.lesson
from autograd import Program
from autograd.lesson.alive import nodes_data, optimizer_data, scripts, units_data
from tests.lesson.page.lessons import Lesson
from tests.node import JavaScript

PAGE = Path(autograd.lesson.__file__).parent / "page"
MODULES = ("engine", "steps", "formula", "scenes")


def ask(javascript: JavaScript, lesson: Lesson, code: str, story: Sequence[object] = ()) -> Any:
    """What an expression comes to that may use ``lesson``, its ``nodes``, and all that those modules define."""
    output, optimizer = lesson
    program = Program.of(output)
    data = {
        "nodes": nodes_data(program),
        "optimizer": optimizer and optimizer_data(program, optimizer),
        "units": units_data(program),
        "story": [vars(scene) for scene in story],
    }
    modules = [(PAGE / f"{module}.js").read_text(encoding="utf-8") for module in MODULES]
    begin = f"const lesson = readLesson({json.dumps(json.dumps(data))}), {{nodes}} = lesson;"
    return javascript(
        "\n".join(['(() => {"use strict";', scripts(program, optimizer), *modules, begin, f"return {code};", "})()"])
    )
