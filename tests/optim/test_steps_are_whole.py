"""A step is taken by all parameters, with the optimizer's count and memory, or by none."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

import pytest

from autograd import Parameter, pack
from optim import SGD, Adam, Optimizer

KINDS: list[Any] = [
    lambda ps: SGD(ps, lr=0.1),
    lambda ps: SGD(ps, lr=0.1, momentum=0.9),
    lambda ps: Adam(ps, lr=0.1),
]


def three() -> list[Parameter]:
    parameters = [Parameter(0.5 + k, f"w{k}") for k in range(3)]
    for k, parameter in enumerate(parameters):
        parameter.grad = 1.0 - k
    return parameters


def state(optimizer: Optimizer) -> tuple[Any, ...]:
    return pack(optimizer.parameters).tolist(), optimizer.state_dict()


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where Python was started with it ignored, as a job in the background is."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("make", KINDS)
def test_ctrl_c_in_a_loop_of_ones_own_leaves_parameters_and_optimizer_of_one_update(make: Any) -> None:
    """It comes at whichever line of whichever function the second step is at, one after another."""
    undisturbed = make(three())
    expected = [state(undisturbed)]
    for _ in range(2):
        undisturbed.step()
        expected.append(state(undisturbed))
    seen, at = [], 0
    while True:
        optimizer, left = make(three()), at
        optimizer.step()

        def interrupt(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal left
            frame.f_trace_opcodes = True
            if event == "opcode" and inside(frame):
                left -= 1
                if left == -1:
                    signal.raise_signal(signal.SIGINT)
            return interrupt

        def inside(frame: FrameType | None, step: CodeType = Optimizer.step.__code__) -> bool:
            while frame is not None and frame.f_code is not step:
                frame = frame.f_back
            return frame is not None

        tracing = sys.gettrace()
        try:
            sys.settrace(interrupt)
            optimizer.step()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(tracing)
        seen.append(state(optimizer))
        if left >= 0:
            break
        at += 1
    assert at > 30
    assert all(each in expected[1:] for each in seen)
    assert seen[0] == expected[1]
    assert seen[-1] == expected[2]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize(("attribute", "wrong"), [("data", "0.3"), ("data", None), ("grad", "1"), ("grad", None)])
def test_what_is_no_number_is_named_and_no_step_is_taken(make: Any, attribute: str, wrong: Any) -> None:
    optimizer = make(three())
    before, last = state(optimizer), optimizer.parameters[-1]
    right = getattr(last, attribute)
    setattr(last, attribute, wrong)
    with pytest.raises(TypeError, match=f"the {attribute} of w2 must be a float, got {type(wrong).__name__} "):
        optimizer.step()
    setattr(last, attribute, right)
    assert state(optimizer) == before
