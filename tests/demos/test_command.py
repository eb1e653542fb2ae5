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
        (["toy_network", "--set", "w14=1,w99=1"], "--set: no parameter is called w99; there are w14, w24"),
        (
            ["toy_network", "--set", "w14"],
            "argument --set: write a name and a number, as in w14=0.15,b4=0.1; got 'w14'",
        ),
        (["toy_network", "--set", "w14=x"], "argument --set: w14 must be a finite number, got 'x'"),
        (["toy_network", "--set", "w14=1", "--set", "w14=2"], "--set: w14 is given two numbers"),
        (["toy_network", "--set", "w\x1b[2J=1"], "no parameter is called w\\x1b[2J"),
        (["toy_network", "--x", "1,,2"], "argument --x: each number must be a finite number, got ''"),
        (["toy_network", "--t", "1,inf"], "argument --t: each number must be a finite number, got 'inf'"),
        (["toy_network", "--lr", "-1"], "argument --lr: a learning rate must be a positive number, got -1.0"),
        (["toy_network", "--hidden", "3,0"], "argument --hidden: units are counted from 1, as in 3 or 3,2"),
        (["toy_network", "--hidden", "90"], "quantities has no room on a board"),
        (["toy_network", "--activation", "tahn"], "invalid choice: 'tahn' (choose from"),
        (["toy_network", "--loss", "hinge"], "invalid choice: 'hinge' (choose from"),
        (["toy_network", "--loss", "bce", "--t", "2"], "--loss bce: binary_cross_entropy needs targets in [0, 1]"),
        (["toy_network", "--loss", "bce", "--output", "tanh"], "--loss bce: binary_cross_entropy(p, y) needs 0 <= p"),
        (
            ["toy_network", "--loss", "ce"],
            "--loss ce needs --output softmax, and --t with a probability for each class",
        ),
        (["toy_network", "--loss", "ce", "--t", "1,1"], "--loss ce: a target distribution needs probabilities whose"),
        (["toy_network", "--output", "softmax"], "--output softmax needs --t with a target for each"),
        (
            ["toy_network", "--activation", "exp", "--set", "w14=1e4"],
            "with these numbers o4 is inf",
        ),
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
    from tests.lesson.terminal import Terminal

    with Terminal(["-m", "demos", "toy_network", "--step", "--out", str(tmp_path)]) as terminal:
        terminal.until("forward pass")
        terminal.press("   ")
        assert "slide: −0.7\n  o4 is computed:\n      o4 = σ(i4) = 1 / (1 + e^(−i4))\n" in terminal.until("(−i4))\n")
        assert terminal.rest() == ""  # it waits
        terminal.press(" ")
        assert terminal.until("0.332\n") == "      1 / (1 + e^(−(−0.7))) = 0.3318   slide: 0.332\n"
        terminal.press("nn")
        terminal.until("Step 3, update\n  w14 is updated:\n      w14 ← w14 − η × ∂E/∂w14\n      η = 0.9\n")
        terminal.press(" ")
        # The deck's text does not have w14's 0.192: its figure held it.
        assert terminal.until("0.1921\n") == "      0.2 − 0.9 × 0.008725 = 0.1921\n"
        terminal.press("\x03")  # Ctrl-C
        assert terminal.process.wait(30) == 130
    with Terminal(["-m", "demos", "toy_network", "--step", "--set", "w14=1", "--out", str(tmp_path)]) as terminal:
        terminal.until("forward pass")
        terminal.press("  q")
        assert "slide" not in terminal.until("1 × 1 + 0.4 × 0 + (−0.5) × 1 + (−0.4) = 0.1\n")
        assert terminal.process.wait(30) == 0
        assert "epoch" not in terminal.rest()


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
    program = f"import sys; sys.modules['tqdm'] = sys.modules['sklearn'] = None; {AS_MODULE}"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == 'python -m demos needs scikit-learn, tqdm: python -m pip install -e ".[demos]"\n'
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
