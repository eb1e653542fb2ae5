"""Node, as a process that tests can ask what JavaScript comes to."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd.compiling.javascript import runtime

JavaScript = Callable[[str], Any]

# Evaluates each line that it is sent, and answers with a line. JSON has no NaN, no infinity and no -0.
SERVER = """
const exactly = (key, x) => typeof x === "number" && (!Number.isFinite(x) || Object.is(x, -0)) ? {float: String(x)} : x;
const answer = (code) => {
  try {
    return {result: (0, eval)(code)};
  } catch (error) {
    return {error: String(error)};
  }
};
require("readline").createInterface({input: process.stdin}).on("line", (line) => {
  console.log(JSON.stringify(answer(JSON.parse(line)), exactly));
});
"""
NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "0": -0.0}


@contextmanager
def started(node: str) -> Iterator[JavaScript]:
    """A function that evaluates JavaScript, after the runtime."""
    with subprocess.Popen(
        [node, "-e", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        questions, answers = process.stdin, process.stdout
        assert questions is not None
        assert answers is not None

        def ask(code: str) -> Any:
            questions.write(json.dumps(code) + "\n")
            questions.flush()
            answer = json.loads(answers.readline(), object_hook=lambda x: NUMBERS[x["float"]] if "float" in x else x)
            assert "error" not in answer, f"{answer['error']}, of {code}"
            return answer.get("result")

        ask(runtime())
        yield ask
