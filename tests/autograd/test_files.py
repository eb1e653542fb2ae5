"""States in files: exact, whole, and never anything else than data."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.dictionaries(st.text(), PLAIN))
def test_what_is_saved_is_what_is_loaded_to_the_last_bit(state: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    autograd.save(state, path)
    loaded = autograd.load(path)
    assert repr(loaded) == repr(state)  # which tells -0.0 from 0.0, 1 from 1.0 and True from 1
    before = path.read_bytes()
    autograd.save(loaded, str(path))
    assert path.read_bytes() == before


def test_numpys_numbers_and_tuples_become_plain(tmp_path: Path) -> None:
    autograd.save({"lr": np.float64(0.1), "steps": np.int64(3), "betas": (0.9, 0.999)}, tmp_path / "s.json")
    assert autograd.load(tmp_path / "s.json") == {"lr": 0.1, "steps": 3, "betas": [0.9, 0.999]}


def test_what_cannot_be_saved_is_named_and_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    autograd.save({"a": 1.0}, path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"state\['w'\]\[1\] is nan"):
        autograd.save({"w": [0.0, math.nan]}, path)
    with pytest.raises(TypeError, match=r"state\['w'\] is a ndarray"):
        autograd.save({"w": np.zeros(2)}, path)
    with pytest.raises(TypeError, match="state has the key 3; keys must be text"):
        autograd.save({3: 0.0}, path)  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="state must be a dict"):
        autograd.save([1.0], path)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.json"
    autograd.save({"a": 1.0}, path)

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        autograd.save({"a": 2.0}, path)
    assert autograd.load(path) == {"a": 1.0}
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    autograd.save({"layers.0.neurons.0.weights": [0.25, -1.5], "layers.0.neurons.0.bias": 0.0}, path)
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"model\.json is not a chalkgrad state, or it is cut short: "):
            autograd.load(path)


def test_a_flipped_bit_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    autograd.save({"layers.0.neurons.0.weights": [0.25, -1.5, 1e-7, 0.1 + 0.2], "name": "é €", "t": 3}, path)
    whole = path.read_bytes()
    for place, bit in itertools.product(range(len(whole.rstrip())), range(8)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"model\.json is "):
            autograd.load(path)


def test_what_was_edited_by_hand_is_loaded_when_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    autograd.save({"w": 0.5, "b": 1.0}, path)
    edited = path.read_text().replace("0.5", "0.25")
    without = "\n".join([line for line in edited.splitlines() if "sha256" not in line])
    for text in (edited, without):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"checksum is missing or does not fit. .* load it with check=False"):
            autograd.load(path)
        assert autograd.load(path, check=False) == {"w": 0.25, "b": 1.0}
    path.write_text(edited[:-9])
    with pytest.raises(ValueError, match="cut short"):
        autograd.load(path, check=False)


def test_other_line_breaks_and_indents_are_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    autograd.save({"w": [0.5, 0.25]}, path)
    text = path.read_text()
    for other in (text.replace("\n", "\r\n"), text.replace("\n ", "\n\t\t"), text.rstrip()):
        path.write_bytes(other.encode())
        assert autograd.load(path) == {"w": [0.5, 0.25]}


def test_a_state_without_end_is_refused_by_name(tmp_path: Path) -> None:
    state: dict[str, Any] = {}
    state["itself"] = state
    with pytest.raises(ValueError, match="state is nested too deeply, or holds itself"):
        autograd.save(state, tmp_path / "s.json")
    for depth in (300, 600, 900, 1200, 100_000):
        deep = "[" * depth + "]" * depth
        (tmp_path / "s.json").write_text(f'{{"format": "chalkgrad state", "version": 1, "state": {{"a": {deep}}}}}')
        with pytest.raises(ValueError, match=r"s\.json is not"):
            autograd.load(tmp_path / "s.json")


def test_what_a_foreign_file_holds_is_told_shortly_and_never_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    key = json.dumps("\x1b[2J\u202e" + "x" * 100_000)
    head = '{"format": "chalkgrad state", "version": 1, "state": '
    for text in (
        f"{head}{{{key}: 1, {key}: 2}}}}",
        f'{head}{{"a": 1e{"9" * 100_000}}}}}',
        f'{{"format": "chalkgrad state", "version": {key}, "state": {{}}}}',
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"s\.json is") as caught:
            autograd.load(path)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 500
    with pytest.raises(ValueError, match="is nan; only finite numbers") as caught:
        autograd.save({"x" * 100_000: {"\x1b": math.nan}}, path)
    assert len(str(caught.value)) < 500


class Exploit:
    """A pickle of it would run code when it is loaded."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was loaded",))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pickle.dumps(Exploit()), "it is not text"),
        (b"\x93NUMPY\x01\x00", "it is not text"),
        (b"", "Expecting value"),
        (b"lr = 0.1", "Expecting value"),
        (b"[1, 2]", 'it does not say "format": "chalkgrad state"'),
        (b'{"layers": {}}', 'it does not say "format": "chalkgrad state"'),
        (
            b'{"format": "chalkgrad state", "version": 2, "state": {}}',
            "is of version 2; this chalkgrad reads version 1",
        ),
        (b'{"format": "chalkgrad state", "state": {}}', "is of version None"),
        (b'{"format": "chalkgrad state", "version": 1}', 'its "state" is not an object'),
        (b'{"format": "chalkgrad state", "version": 1, "state": {"a": 1, "a": 2}}', "the key 'a' stands there twice"),
        (b'{"format": "chalkgrad state", "version": 1, "state": {"a": NaN}}', "NaN is not a finite number"),
        (b'{"format": "chalkgrad state", "version": 1, "state": {"a": -Infinity}}', "-Infinity is not a finite"),
        (b'{"format": "chalkgrad state", "version": 1, "state": {"a": 1e999}}', "1e999 is not a finite number"),
        (b"[" * 200_000, "recursion"),
    ],
    ids=lambda x: None if isinstance(x, bytes) else x,
)
def test_foreign_files_are_refused_by_name_and_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"some\.file") as caught:
        autograd.load(path)
    assert reason in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.json"):
        autograd.load("nowhere.json")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"cannot write .*model\.json: there is no folder .*nowhere$"):
        autograd.save({}, tmp_path / "nowhere" / "model.json")


def test_a_link_to_a_file_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "model.json")
    autograd.save({"w": 0.1}, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert autograd.load(tmp_path / "model.json") == {"w": 0.1}


WRITE = """
import sys
from pathlib import Path
from autograd.files import write_whole
for _ in range(300):
    write_whole(Path(sys.argv[1]), sys.argv[2] * 1_000_000)
"""


def test_two_processes_that_write_one_file_leave_one_of_the_two_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    wholes = {letters: letters * 1_000_000 for letters in ("a", "bb")}
    path.write_text(wholes["a"])
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, path, letters]) for letters in wholes]
    while any(writer.poll() is None for writer in writers):
        assert path.read_text() in wholes.values()
    assert [writer.returncode for writer in writers] == [0, 0]
    assert path.read_text() in wholes.values()
    assert list(tmp_path.iterdir()) == [path]


def test_no_file_beside_it_is_touched_or_followed(tmp_path: Path) -> None:
    (tmp_path / "model.json.part").symlink_to(tmp_path / "precious")
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "other.json.part").write_text("a user's own")
    autograd.save({"w": 0.1}, tmp_path / "model.json")
    autograd.save({"w": 0.1}, tmp_path / "other.json")
    assert (tmp_path / "precious").read_text() == "precious"
    assert (tmp_path / "other.json.part").read_text() == "a user's own"
    assert (tmp_path / "model.json.part").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
def test_permissions_stay_and_a_new_file_has_the_usual_ones(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        path = tmp_path / "model.json"
        autograd.save({"w": 0.1}, path)
        assert path.stat().st_mode & 0o777 == 0o640
        for mode in (0o600, 0o666, 0o755):
            path.chmod(mode)
            autograd.save({"w": 0.2}, path)
            assert path.stat().st_mode & 0o777 == mode
    finally:
        os.umask(before)


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    places = [tmp_path / "folder"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to(tmp_path / "pipe")
        places += [tmp_path / "pipe", tmp_path / "link", Path(os.devnull)]
    for place in places:
        with pytest.raises(FileExistsError, match=f"cannot write {re.escape(str(place))}: .* no ordinary file"):
            autograd.save({"w": 0.1}, place)
    assert not list(tmp_path.glob(".*"))


def test_the_file_is_json_that_says_what_it_is(tmp_path: Path) -> None:
    autograd.save({"w": 0.1}, tmp_path / "s.json")
    content = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    checksum = hashlib.sha256(json.dumps({"w": 0.1}).encode()).hexdigest()
    assert content == {"format": "chalkgrad state", "version": 1, "sha256": checksum, "state": {"w": 0.1}}
