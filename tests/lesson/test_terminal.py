"""`autograd.step_through`: any program, step by step in a terminal, as one who sits there sees it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import autograd
import nn
import optim
from autograd import Parameter, Value

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)
from tests.lesson.terminal import ROOT, Terminal

PROGRAM = """
import autograd, optim
from autograd import Parameter, Value
w, x = Parameter(0.5), Value(2.0)
net = w * x
o = net.sigmoid()
autograd.name(locals())
print("gone through:", autograd.step_through(o, optimizer=optim.SGD([w], lr=0.9)))
"""
GIVEN = "  The inputs and parameters are given:\n      x = 2\n      w = 0.5\n"
BACK = "\n(back) Step 1, forward pass\n"
NET, NET_IS = "  net is computed:\n      net = w × x\n", "      0.5 × 2 = 1\n"
OUT, OUT_IS = "  o is computed:\n      o = σ(net) = 1 / (1 + e^(−net))\n", "      1 / (1 + e^(−1)) = 0.7311\n"


def neuron() -> tuple[Value, optim.SGD]:
    w, x = Parameter(0.5), Value(2.0)
    net = w * x
    o = net.sigmoid()
    autograd.name(w=w, x=x, net=net, o=o)
    return o, optim.SGD([w], lr=0.9)


def test_a_key_asks_and_the_next_one_tells() -> None:
    with Terminal(["-c", PROGRAM]) as terminal:
        assert terminal.until(GIVEN).endswith("\n\nStep 1, forward pass\n" + GIVEN)
        for key, told in [(" ", NET), ("\n", NET_IS), ("\x1b[C", OUT), ("\x1b[6~", OUT_IS)]:
            assert terminal.rest() == ""  # it waits
            terminal.press(key)
            assert terminal.until(told) == told
        terminal.press(" ")
        assert terminal.until("change") == "\nStep 2, backward pass\n  o change"
        terminal.press(" " * 20)  # typed ahead; the last ones are too many
        told = terminal.until("gone through: True")
        assert (
            "Step 3, update\n  w is updated:\n      w ← w − η × ∂o/∂w\n      η = 0.9\n      0.5 − 0.9 × 0.3932" in told
        )
        assert told.count("(the end: any key quits, b goes back)") == 1
        assert terminal.process.wait(30) == 0


@pytest.mark.parametrize("back", ["b", "\x1b[D", "\x1b[5~", "\x7f"])
def test_a_key_goes_back_a_step(back: str) -> None:
    with Terminal(["-c", PROGRAM]) as terminal:
        terminal.until(GIVEN)
        terminal.press("   " + back)
        assert terminal.until(NET + NET_IS + OUT) == NET + NET_IS + OUT
        assert terminal.until(NET_IS) == BACK + NET + NET_IS
        terminal.press("  ")
        assert terminal.until(OUT_IS) == OUT + OUT_IS  # and from there on again
        terminal.press(back * 3)
        told = terminal.until("beginning)")
        assert told == f"{BACK}{NET}{NET_IS}{BACK}{GIVEN}  (this is the beginning)"
        terminal.press("\n ")
        assert terminal.until(NET) == "\n" + NET


def test_a_key_jumps_to_the_next_phase_and_back_crosses_phases() -> None:
    with Terminal(["-c", PROGRAM]) as terminal:
        terminal.until(GIVEN)
        terminal.press("n")
        told = terminal.until("o = 1\n")
        assert told == "\nStep 2, backward pass\n  o changes by 1 when o changes by 1:\n      ∂o/∂o = 1\n"
        terminal.press(" ")
        assert terminal.until("hands net") == "  o hands net"  # nothing was left to tell
        terminal.press("b")
        assert terminal.until("∂o/∂o = 1\n").startswith(" its share")
        terminal.press("b")
        assert terminal.until(OUT_IS) == BACK + OUT + OUT_IS
        terminal.press("nn")
        assert terminal.until("w is updated").endswith("\nStep 3, update\n  w is updated")
        terminal.press("n")
        assert terminal.until("(this is the last phase)").endswith("\n  (this is the last phase)")


def test_a_key_tells_the_keys_and_one_quits() -> None:
    with Terminal(["-c", PROGRAM]) as terminal:
        assert "? tells more." in terminal.until(GIVEN)
        terminal.press("?")
        for key in ("Page Down", "left arrow", "next phase", "Ctrl-C", "these keys\n\n"):
            terminal.until(key)
        terminal.press(" ")
        assert terminal.until(NET) == NET
        terminal.press("q")
        assert terminal.until("gone through: False") == "gone through: False"
        assert terminal.process.wait(30) == 0


@pytest.mark.parametrize("key", ["\x03", "\x04", "\x1b"])
def test_however_it_is_quit_the_terminal_is_as_it_was(key: str) -> None:
    with Terminal(["-c", PROGRAM]) as terminal:
        before = terminal.settings()
        terminal.until(GIVEN)
        assert terminal.settings() != before
        terminal.press(key)
        assert "Traceback" not in terminal.until("gone through: False")
        assert terminal.process.wait(30) == 0
        assert terminal.settings() == before


WINDOWS = """
import sys, types, autograd, optim, autograd.lesson
keys = iter([" ", " ", "\\xe0M", "\\0K", " ", "\\x03"])
pressed = iter([c for key in keys for c in key])
sys.modules["msvcrt"] = types.SimpleNamespace(getwch=lambda: next(pressed))
sys.platform = "win32"
"""


def test_windows_keys_are_read() -> None:
    with Terminal(["-c", WINDOWS + PROGRAM]) as terminal:
        told = terminal.until("gone through: False")
        assert f"{GIVEN}{NET}{NET_IS}{OUT}{BACK}{NET}{NET_IS}{OUT}\ngone" in told


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_in_a_pipe_all_is_printed_at_once_in_what_it_can_be_printed_in(encoding: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("o = net", "η1 = o = net")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        input=b"q\n",
        capture_output=True,
        check=True,
    )
    told = ran.stdout.decode(encoding)
    assert told.endswith("gone through: True\n")
    utf8 = encoding == "utf-8"
    assert ("\n  η1 is computed:\n" if utf8 else "\n  eta1 is computed:\n") in told
    assert ("      ∂η1/∂net = η1 × (1 − η1)\n" if utf8 else "      deta1/dnet = eta1 * (1 - eta1)\n") in told
    assert "Any key" not in told


def test_what_is_printed_is_what_the_frames_say(capsys: pytest.CaptureFixture[str]) -> None:
    o, sgd = neuron()
    assert autograd.step_through(o, optimizer=sgd)
    told = capsys.readouterr().out
    for frame in autograd.frames(o, optimizer=sgd):
        assert frame.title in told
        assert frame.symbols is None or f"      {frame.symbols.text()}\n" in told
        assert frame.exact.numbers is None or f"      {frame.exact.numbers.text()} = " in told
    assert [line for line in told.splitlines() if line.startswith("Step")] == [
        "Step 1, forward pass",
        "Step 2, backward pass",
        "Step 3, update",
    ]
    assert sgd.parameters[0].data == 0.5
    assert autograd.step_through(o, wait=False)
    assert "update" not in capsys.readouterr().out


def test_it_rounds_as_a_slide_does_with_the_slides_numbers_beside(capsys: pytest.CaptureFixture[str]) -> None:
    o, sgd = neuron()
    autograd.step_through(o, optimizer=sgd, rounding=(1, 2), slide={"o": "0.7", "net": "-1.0", "w new": 0.1})
    told = capsys.readouterr().out
    assert "1 / (1 + e^(−1)) = 0.7   slide: 0.7\n" in told
    assert "0.5 × 2 = 1   slide: −1.0\n" in told
    assert "0.5 − 0.9 × 0.42 = 0.1   slide: 0.1\n" in told
    with pytest.raises(autograd.DomainError):
        autograd.step_through(autograd.log(Parameter(0.1) * 2.0), rounding=(0, 0))


def test_several_steps_of_training_and_an_optimizers_memory(capsys: pytest.CaptureFixture[str]) -> None:
    o, _ = neuron()
    (w,) = [leaf for leaf in autograd.leaves(o) if isinstance(leaf, Parameter)]
    autograd.step_through(o, optimizer=optim.Adam([w], lr=0.1), steps=2)
    told = capsys.readouterr().out
    assert "\nStep 3, update, round 1\n" in told
    assert "\nStep 1, forward pass, round 2\n  The inputs and parameters are given.\n" in told
    assert "m of w is updated" in told


def test_err_is_told_with_the_slides(capsys: pytest.CaptureFixture[str]) -> None:
    E = nn.half_squared_error(nn.MLP(2, [1], rng=0)([1.0, 2.0]), 1.0)
    autograd.step_through(E, err=True, slide={"Err3": "0.12"})
    assert "   slide: 0.12\n" in capsys.readouterr().out


def test_of_many_parameters_some_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    autograd.step_through(nn.MLP(10, [10, 1], rng=0)([0.5] * 10))
    told = capsys.readouterr().out
    assert "and 81 more i11 is computed" in " ".join(told.split())
    assert max(map(len, told.splitlines())) < 200


HOSTILE = "w\x1b[2J\x07\n\r\u202e"


def test_no_name_reaches_the_terminal_but_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    w = Parameter(0.5, HOSTILE)
    y = w * 2.0
    y.name = "\x1b]0;title\x07"
    autograd.step_through(y, optimizer=optim.SGD([w], lr=0.1), slide={y.name: "\x1b[1m0.1"})
    told = capsys.readouterr().out
    assert "w\\x1b[2J\\x07\\n\\r\\u202e" in told
    assert "slide: \\x1b[1m0.1" in told
    assert not [c for c in told if not c.isprintable() and c != "\n"]
    with Terminal(["-c", PROGRAM.replace("locals()", f"{{{HOSTILE!r}: w, 'x': x, 'o': o}}")]) as terminal:
        terminal.until("x = 2\n")
        terminal.press(" " * 30)
        assert "\x1b" not in terminal.until("gone through: True")


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="a Value or a Program is needed"):
        autograd.step_through(2.0)  # type: ignore[arg-type]
