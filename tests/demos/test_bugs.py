"""The bugs may be shown one by one."""

from pathlib import Path

import pytest

from demos.__main__ import run
from demos.bugs import BUGS, main
from demos.gallery.items import Heading


def headings(out: Path, *only: str) -> list[str]:
    return [item.text for item in main(out, only=only).items if isinstance(item, Heading)]


def test_each_of_them_can_be_shown_by_itself(tmp_path: Path) -> None:
    alone = [headings(tmp_path, name) for name in BUGS]
    assert all(len(shown) == 1 for shown in alone)
    assert [shown[0] for shown in alone] == headings(tmp_path, *BUGS)


def test_the_option_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bugs", "--out", str(tmp_path), "--only", "reuse", "order"]) == 0
    told = capsys.readouterr().out
    assert "used twice" in told
    assert "topological" in told
    assert "ReLU" not in told
    with pytest.raises(SystemExit):
        run(["bugs", "--only", "typo"])
    assert "zero-grad" in capsys.readouterr().err
