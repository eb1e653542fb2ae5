"""`python -m demos` lists the demos, `python -m demos NAME` runs one, `python -m demos all` makes a gallery of them."""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import os
import signal
import sys
import time
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import NoReturn

import autograd

# What the extra "demos" of pyproject.toml brings, by the names under which it is imported.
EXTRA = {"matplotlib": "matplotlib", "sklearn": "scikit-learn", "tqdm": "tqdm"}
if missing := [package for module, package in EXTRA.items() if find_spec(module) is None]:
    sys.exit(f'python -m demos needs {", ".join(missing)}: python -m pip install -e ".[demos]"')

from demos.gallery.build import StoppedError, build, stop  # noqa: E402  (which imports what may be missing)
from demos.gallery.course import DECKS, course, names  # noqa: E402


class Parser(argparse.ArgumentParser):
    """A parser whose errors take one line and name what there is."""

    def error(self, message: str) -> NoReturn:
        options = [option for action in self._actions for option in action.option_strings]
        self.exit(2, f"{self.prog}: {message}; its options are {', '.join(options)}\n")


def natural(text: str) -> int:
    """A seed: a whole number from 0."""
    try:
        return autograd.arguments.whole_number("a seed", int(text) if text.isdecimal() else text, least=0)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def listing() -> str:
    """The demos, deck by deck."""
    lines = ["python -m demos NAME [options]; each demo explains its options with --help"]
    for deck, demos in groupby(course(), key=lambda demo: demo.deck):
        lines += ["", f"{deck}: {DECKS[deck]}", *[f"  {demo.name:22} {demo.title}" for demo in demos]]
    return "\n".join([*lines, "", "python -m demos all runs every one and makes a gallery of them: out/index.html"])


def run_every_demo(out: Path, seed: int) -> int:
    """Run all demos and write the gallery, reporting progress; returns the exit status."""
    begun = time.perf_counter()
    failed = 0
    demos = course()
    for count, outcome in enumerate(build(demos, out, seed), start=1):
        print(f"  {count:2}/{len(demos)}   {outcome.demo.name:22} {outcome.seconds:5.1f} s", flush=True)
        if outcome.error:
            failed += 1
            print(f"python -m demos {outcome.demo.name} failed:\n{outcome.error}", file=sys.stderr, flush=True)
    print(f"wrote {out / 'index.html'} in {time.perf_counter() - begun:.0f} s")
    return 1 if failed else 0


def run(arguments: list[str]) -> int:
    """Run the demo that the command line names; returns the exit status."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(listing())
        return 0
    name, *rest = arguments
    if name not in ("all", *names()):
        close = difflib.get_close_matches(name, [*names(), "all"])
        hint = f"did you mean {' or '.join(close)}? " if close else ""
        print(f"python -m demos: no demo is called {name!r}; {hint}`python -m demos` lists them", file=sys.stderr)
        return 2
    parser = Parser(prog=f"python -m demos {name}", allow_abbrev=False)
    out = Path("out") if name == "all" else Path("out", name)
    parser.add_argument("--out", type=Path, default=out, help="folder for what it writes (%(default)s)")
    parser.add_argument("--seed", type=natural, default=0, help="of everything random (%(default)s)")
    main = run_every_demo
    if name != "all":
        demo = importlib.import_module(f"demos.{name}")
        main, parser.description = demo.main, demo.__doc__
        if hasattr(demo, "add_options"):
            demo.add_options(parser)
    try:
        result = main(**vars(parser.parse_args(rest)))
    except (StoppedError, KeyboardInterrupt, EOFError):  # Ctrl-C, and at a prompt Ctrl-C or Ctrl-D
        print()
        return 130
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"python -m demos {name}: {error}", file=sys.stderr)
        return 1
    return result if name == "all" else 0


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no σ shows a question mark
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # and is not ignored, as in the background
        signal.signal(signal.SIGINT, stop)
    sys.exit(run(sys.argv[1:]))
