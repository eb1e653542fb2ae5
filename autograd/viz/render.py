"""Rendering: which program turns DOT into a picture."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command

from autograd.files import write_whole


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no type hints
    """A `graphviz.Digraph` that renders wherever pip can install.

    ``pipe``, ``render``, ``view`` and Jupyter use the system's ``dot`` where there is one, and otherwise the one of
    the ``graphviz-pure`` wheel, which is a dependency of this package. That one draws no PDF, so the format is SVG
    unless another is asked for.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": "svg", **kwargs})

    def pipe(self, *args: Any, **kwargs: Any) -> Any:
        dot_command.DOT_BINARY = find_dot()
        kwargs.setdefault("quiet", True)  # it warns of signs whose width it has to guess
        return super().pipe(*args, **kwargs)

    def render(self, *args: Any, **kwargs: Any) -> str:
        dot_command.DOT_BINARY = find_dot()
        kwargs.setdefault("quiet", True)
        path: str = super().render(*args, **kwargs)
        return path

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to ``path``, in the format that its ending says; if that fails, an older file survives.

        Args:
            path: such as ``"neuron.svg"``. Endings are .svg, .png, .pdf (which takes an installed Graphviz), and
                whatever else Graphviz knows; .dot or .gv is the drawing's source.

        Raises:
            ValueError: the ending is no format.
            FileNotFoundError: there is no such folder, or no program to draw with.
        """
        path = Path(path)
        format = path.suffix[1:].lower()
        if format not in graphviz.FORMATS:
            raise ValueError(f"{path} must end in .svg, .png, .pdf or .dot, which says what is to be written")
        return write_whole(path, self.source if format in ("dot", "gv") else self.pipe(format))


def find_dot() -> Path:
    """The ``dot`` to render with.

    Raises:
        FileNotFoundError: neither Graphviz nor graphviz-pure is installed; the message says how to mend that.
    """
    beside_python = Path(sys.executable).parent  # where pip puts commands, on the PATH or not
    for command, folder in (("dot", None), ("graphviz-pure", beside_python), ("graphviz-pure", None)):
        found = shutil.which(command, path=folder)
        if found:
            return Path(found)
    raise FileNotFoundError(
        "no program to draw with: run `pip install graphviz-pure`, or install Graphviz so that `dot` is on the PATH"
    )
