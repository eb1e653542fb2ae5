"""`python -m demos` lists the demos, `python -m demos NAME` runs one."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from typing import NoReturn

import demos


class Parser(argparse.ArgumentParser):
    """A parser whose errors take one line and name what there is."""

    def error(self, message: str) -> NoReturn:
        options = [option for action in self._actions for option in action.option_strings]
        self.exit(2, f"{self.prog}: {message}; its options are {', '.join(options)}\n")


def natural(text: str) -> int:
    """A seed: a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0, not {text!r}")
    return int(text)


def run(arguments: list[str]) -> int:
    """Run the demo that the command line names; returns the exit status."""
    names = sorted(module.name for module in pkgutil.iter_modules(demos.__path__) if module.name != "__main__")
    if not arguments or arguments[0] in ("-h", "--help"):
        print("python -m demos NAME [options]; each demo explains its options with --help\n")
        for name in names:
            print(f"  {name:16} {(importlib.import_module(f'demos.{name}').__doc__ or '').splitlines()[0]}")
        return 0
    name, *rest = arguments
    if name not in names:
        print(f"python -m demos: no demo is called {name!r}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    demo = importlib.import_module(f"demos.{name}")
    parser = Parser(prog=f"python -m demos {name}", description=demo.__doc__, allow_abbrev=False)
    parser.add_argument("--out", type=Path, default=Path("out", name), help="folder for what it writes (%(default)s)")
    parser.add_argument("--seed", type=natural, default=0, help="of everything random (%(default)s)")
    demo.add_options(parser)
    try:
        demo.main(**vars(parser.parse_args(rest)))
    except (KeyboardInterrupt, EOFError):  # Ctrl-C, Ctrl-D
        print()
        return 130
    except OSError as error:
        print(f"python -m demos {name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
