"""Rendering: which program turns DOT into a picture, and writing it to a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import graphviz
from graphviz.backend import dot_command

from autograd.files import write_whole
from autograd.labels import short

PATIENCE = 30.0  # seconds that a program may take for a picture while there is another to ask that has not failed
_FAILED: set[tuple[Path, str]] = set()  # programs that could not make a picture in a format, where another could
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # on Windows a program would open one


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no type hints
    """A `graphviz.Digraph` that renders wherever pip can install; ``write`` it to a file, Jupyter shows it in place, as
    wide as fits.

    ``write``, ``pipe``, ``render``, ``view`` and Jupyter use the system's ``dot`` where there is one that works, and
    otherwise the one of the ``graphviz-pure`` wheel, which is a dependency of this package. That one draws no PDF, so
    the format is SVG unless another is asked for.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": "svg", **kwargs})

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to ``path``, in the format that its ending says; if that fails, an older file survives.

        Args:
            path: such as ``"neuron.svg"``. Endings are .svg, .png, .pdf (which takes an installed Graphviz), and
                whatever else Graphviz knows; .dot or .gv is the drawing's source.

        Raises:
            ValueError: the ending is no format.
            FileNotFoundError: there is no such folder, or no program to draw with.
            RuntimeError: no program could draw it; the message says what each one said.
        """
        path = Path(path)
        format = path.suffix[1:].lower()
        if format not in graphviz.FORMATS:
            raise ValueError(f"{path} must end in .svg, .png, .pdf or .dot, which says what is to be written")
        return write_whole(path, self.source if format in ("dot", "gv") else self.pipe(format))

    def pipe(
        self, format: str | None = None, *, engine: str | None = None, encoding: str | None = None, **options: Any
    ) -> Any:
        """The picture's bytes, or its text where ``encoding`` says which; the rest is as in graphviz."""
        picture, _ = self._drawn(format, engine, **options)
        return picture.decode(encoding) if encoding else picture

    def render(self, *args: Any, **options: Any) -> str:
        """As in graphviz: writes the source to a file, and a picture beside it; ``cleanup`` deletes the source."""
        _, dot_command.DOT_BINARY = self._drawn(options.get("format"), options.get("engine"))
        path: str = super().render(*args, **{"quiet": True, **options})
        return path

    def _repr_image_svg_xml(self) -> str:
        """What a notebook shows: the picture, no wider than the cell."""
        picture: str = self.pipe(format="svg", encoding="utf-8")
        return picture.replace("<svg ", '<svg style="max-width: 100%; height: auto" ', 1)

    def _drawn(self, format: str | None, engine: str | None, quiet: bool = True, **options: Any) -> tuple[bytes, Path]:
        """The picture, and the program that made it: the first that can. Those that have failed are asked last."""
        format = format or self.format
        flags = dot_command.command(engine or self.engine, format, **options)[1:]
        programs = sorted(find_programs(), key=lambda program: (program, format) in _FAILED)
        failures: list[str] = []
        for k, program in enumerate(programs):
            others = [other for other in programs[k + 1 :] if (other, format) not in _FAILED]
            try:
                picture = _run(program, flags, self.source.encode(self.encoding), PATIENCE if others else None)
            except RuntimeError as failure:
                failures.append(str(failure))
                continue
            for failed, why in zip(programs, failures):
                _FAILED.add((failed, format))
                warnings.warn(f"{why}; {program} draws in its place", RuntimeWarning, stacklevel=3)
            return picture, program
        raise RuntimeError("; ".join(failures))


def _run(program: Path, flags: Sequence[str], source: bytes, patience: float | None) -> bytes:
    """What a program draws; where it draws nothing, a RuntimeError says why."""
    try:
        ran = subprocess.run(
            [program, *flags], input=source, capture_output=True, timeout=patience, creationflags=_NO_WINDOW
        )
    except OSError as error:
        raise RuntimeError(f"{program} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{program} has drawn nothing in {patience:g} seconds") from None
    if ran.returncode or not ran.stdout.strip():
        said = short(" ".join(ran.stderr.decode(errors="replace").split()), most=400)
        raise RuntimeError(f"{program} drew nothing (exit status {ran.returncode}){said and ': '}{said}")
    return ran.stdout


def find_programs() -> list[Path]:
    """The programs that are installed to draw with, the best first.

    Raises:
        FileNotFoundError: neither Graphviz nor graphviz-pure is installed; the message says how to mend that.
    """
    beside_python = Path(sys.executable).parent  # where pip puts commands, on the PATH or not
    commands = (("dot", None), ("graphviz-pure", beside_python), ("graphviz-pure", None))
    found = [shutil.which(command, path=folder) for command, folder in commands]
    if not any(found):
        raise FileNotFoundError(
            "no program to draw with: install Graphviz, so that `dot` is on the PATH, or run "
            "`pip install graphviz-pure`, which systems of 32 bits cannot"
        )
    return [Path(program) for program in dict.fromkeys(found) if program]
