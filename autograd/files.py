"""Files: written whole or not at all; and in them, the states of models and optimizers.

A state is what ``state_dict()`` gives: text, numbers, truths and None, in lists and in dicts with text as keys. It is
kept as JSON, with a checksum, so that it can be read by eye, compared line by line and loaded without running anything.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import secrets
import shutil
from collections.abc import Iterable
from functools import partial
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from autograd.labels import short, shown

FORMAT, VERSION = "chalkgrad state", 1


def save(state: dict[str, Any], path: str | os.PathLike[str]) -> None:
    """Write the state of a model or an optimizer to a file, as `torch.save` does, but as JSON.

    The same state gives the same bytes, and every float comes back exactly. If writing fails, an older file at
    ``path`` is left as it was.

    Args:
        state: such as ``model.state_dict()``.
        path: where to; ``"model.json"`` would be a name for it.

    Raises:
        TypeError: the state holds something that JSON does not; the message says where.
        ValueError: the state holds a NaN or an infinity; the message says where. Or it is nested too deeply.
        FileExistsError: what is at ``path`` is no ordinary file.
    """
    if not isinstance(state, dict):
        raise TypeError(f"state must be a dict, such as model.state_dict(), got {type(state).__name__}")
    try:
        text = _text(_plain("state", state))
    except RecursionError:
        raise ValueError("state is nested too deeply, or holds itself") from None
    write_whole(Path(path), text)


def load(path: str | os.PathLike[str], check: bool = True) -> dict[str, Any]:
    """Read a state that `save` wrote, as `torch.load` does.

    Args:
        path: the file.
        check: whether to refuse a file that is not, white space apart, as `save` wrote it: one that was damaged, or
            edited by hand.

    Raises:
        ValueError: the file is cut short, damaged, of another kind or of another version; the message names it and says
            why.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8")
        content = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_finite, parse_float=_finite)
        state = content.get("state") if isinstance(content, dict) else None
        intact = isinstance(state, dict) and _text(state).split() == text.split()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a chalkgrad state: it is not text") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a chalkgrad state, or it is cut short: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'{path} is not a chalkgrad state: it does not say "format": "{FORMAT}"')
    if content.get("version") != VERSION:
        version = shown(content.get("version"))
        raise ValueError(f"{path} is of version {version}; this chalkgrad reads version {VERSION}")
    if not isinstance(state, dict):
        raise ValueError(f'{path} is not a chalkgrad state: its "state" is not an object')
    if check and not intact:
        raise ValueError(
            f"{path} is not as it was saved: its checksum is missing or does not fit. "
            "If you edited it by hand, load it with check=False"
        )
    return state


def _text(state: dict[str, Any]) -> str:
    """The file of a state."""
    checksum = hashlib.sha256(json.dumps(state).encode()).hexdigest()
    content = {"format": FORMAT, "version": VERSION, "sha256": checksum, "state": state}
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file, or fail and leave an older one at ``path`` as it was.

    It is written beside ``path`` under a name that nobody else has, and takes its place when it is complete: whoever
    reads meanwhile, or writes at the same time, finds one whole file or the other. A link stays a link, and an older
    file's permissions stay. What is there and is no ordinary file, such as a folder or a device, is refused.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")
    target = path.resolve()
    replaces = target.exists()
    if replaces and not target.is_file():
        raise FileExistsError(f"cannot write {path}: what is there is no ordinary file")
    unfinished = target.with_name(f".{secrets.token_hex(8)}.part")
    private = partial(os.open, mode=0o600 if replaces else 0o666)  # until it has the permissions of the older file
    try:
        with open(unfinished, "xb", opener=private) as file:  # "x": no older file is opened, and no link is followed
            file.write(content.encode() if isinstance(content, str) else content)
        if replaces:
            shutil.copymode(target, unfinished)
        os.replace(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return path


def _plain(place: str, x: Any) -> Any:
    """``x`` in the types that JSON has, NumPy's numbers made Python's; ``place`` is where it stands."""
    if x is None or isinstance(x, str | bool):
        return x
    if isinstance(x, Integral):
        return int(x)
    if isinstance(x, Real):
        if not math.isfinite(x):
            raise ValueError(f"{short(place)} is {x}; only finite numbers are saved")
        return float(x)
    if isinstance(x, list | tuple):
        return [_plain(f"{place}[{i}]", item) for i, item in enumerate(x)]
    if isinstance(x, dict):
        for key in x:
            if not isinstance(key, str):
                raise TypeError(f"{short(place)} has the key {shown(key)}; keys must be text")
        return {key: _plain(f"{place}[{key!r}]", item) for key, item in x.items()}
    raise TypeError(
        f"{short(place)} is a {type(x).__name__}; a state holds text, numbers, truths, None, lists and dicts"
    )


def _without_repeats(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} stands there twice")
        found[key] = item
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{short(text)} is not a finite number")
    return number
