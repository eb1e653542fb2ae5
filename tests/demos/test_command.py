"""`python -m demos`, as a user runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demos.__main__ import EXTRA

ROOT = Path(__file__).parents[2]


def demos(*arguments: str, cwd: Path = ROOT, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demos", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding=encoding,
        check=False,
    )


def test_without_a_name_it_lists_the_demos_in_a_line_each() -> None:
    listing = demos()
    assert listing.returncode == 0
    modules = {path.stem for path in (ROOT / "demos").glob("*.py")} - {"__init__", "__main__"}
    lines = [line.split() for line in listing.stdout.splitlines() if line.startswith("  ")]
    assert sorted(line[0] for line in lines) == sorted(modules)
    assert all(len(line) > 3 for line in lines)


def test_explain_may_be_repeated_and_takes_lists() -> None:
    ran = demos("toy_network", "--explain", "w14", "--explain", "b4,b5")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.split(" = ")[0] for line in ran.stdout.splitlines() if line.startswith("∂E/∂")] == [
        "∂E/∂w14",
        "∂E/∂b4",
        "∂E/∂b5",
    ]


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "cp1252"])
def test_formulas_are_written_as_the_stream_can(tmp_path: Path, encoding: str) -> None:
    for options, formula in [
        (["--explain", "w14"], "dE/do6 * do6/di6"),
        (["--step"], "0.2 * 1 + 0.4 * 0 + (-0.5) * 1 + (-0.4) ="),
    ]:
        ran = demos("toy_network", "--out", str(tmp_path), *options, encoding=encoding)
        assert (ran.returncode, ran.stderr) == (0, "")
        unicode = formula.translate({ord("d"): "∂", ord("*"): "×", ord("-"): "−"})
        assert (unicode if encoding == "utf-8" else formula) in ran.stdout
        assert "?" not in ran.stdout  # as which Python writes what it cannot encode


def test_out_names_the_folder_and_step_does_not_wait_without_a_terminal(tmp_path: Path) -> None:
    ran = demos("toy_network", "--step", "--out", str(tmp_path / "deep" / "folder"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "deep" / "folder" / "network.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["toy_netwrok"], "no demo is called 'toy_netwrok'; did you mean toy_network?"),
        (["toy_network", "--rounded"], "unrecognized arguments: --rounded; its options are"),
        (["toy_network", "--rounding", "no"], "invalid choice: 'no'"),
        (["toy_network", "--rounding", "slide", "--loss", "full"], "--loss half only"),
        (["toy_network", "--explain", "w14,w99"], "--explain: no node is called 'w99'; there are w14, w24"),
    ],
)
def test_a_mistake_is_told_in_one_line_that_names_what_there_is(arguments: list[str], told: str) -> None:
    ran = demos(*arguments)
    assert ran.returncode != 0
    assert told in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = demos("toy_network", "--out", str(tmp_path / "file"))
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert str(tmp_path / "file") in ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_step_waits_for_a_key_before_each_line_at_a_terminal(tmp_path: Path) -> None:
    import pty
    import select

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "demos", "toy_network", "--step", "--out", str(tmp_path)],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    told = ""
    try:
        for awaited in ("forward pass", "i4 ", "o4 "):
            for _ in range(60):  # a key pressed before the demo listens is lost: press again
                os.write(ours, b" ")
                while select.select([ours], [], [], 0.5)[0]:
                    told += os.read(ours, 4096).decode()
                if awaited in told:
                    break
        assert "o4 " in told
        assert "i5 " not in told  # it waits after o4
        os.write(ours, b"\x03")  # Ctrl-C
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_reader_may_have_enough_of_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demos", "toy_network", "--out", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert (running.stderr.read(), running.wait()) == (b"", 0)


AS_MODULE = "import runpy; runpy.run_module('demos', run_name='__main__')"


def test_what_is_not_installed_is_told_at_once() -> None:
    program = f"import sys; sys.modules['click'] = sys.modules['sklearn'] = None; {AS_MODULE}"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == 'python -m demos needs click, scikit-learn: python -m pip install -e ".[demos]"\n'
    listed = re.search(r"^demos = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.S | re.M)
    assert listed is not None
    assert re.findall(r'"([\w-]+)', listed[1]) == list(EXTRA.values())


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C is not ignored, as it is where Python was started as a job in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_a_demo_that_is_interrupted_while_a_model_learns_stops(tmp_path: Path) -> None:
    program = f"""
import signal, optim
update = optim.SGD.update
def interrupted(self, theta, gradient):
    update(self, theta, gradient)
    signal.raise_signal(signal.SIGINT)
optim.SGD.update = interrupted
{AS_MODULE}
"""
    arguments = ["stopping", "--out", str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (130, "")


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
def test_ctrl_c_stops_all_of_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demos", "all", "--out", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()  # one has run
        os.killpg(running.pid, signal.SIGINT)
        told, errors = running.communicate(timeout=120)
        assert (running.returncode, errors) == (130, "")
    assert len(told.splitlines()) < 10
    assert not (tmp_path / "index.html").exists()
