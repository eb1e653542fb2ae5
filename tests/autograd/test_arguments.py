"""What arguments may be: `autograd.arguments`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import arguments


@pytest.mark.parametrize("x", [1, 7, np.int64(3), np.uint8(1)])
def test_a_whole_number_comes_back_as_an_int(x: Any) -> None:
    given = arguments.whole_number("n", x, most=7)
    assert given == x
    assert type(given) is int


@pytest.mark.parametrize("x", [0, 8, -1, 2.0, np.float64(2.0), True, np.True_, "2", None, math.nan, [2]])
def test_whatever_else_is_refused_by_name_and_range(x: Any) -> None:
    with pytest.raises(ValueError, match="n must be a whole number from 1 to 7, got ") as refused:
        arguments.whole_number("n", x, most=7)
    assert str(refused.value).endswith(repr(x))


def test_the_range_is_open_upwards_unless_it_ends() -> None:
    assert arguments.whole_number("n", 10**400) == 10**400
    assert arguments.whole_number("n", 0, least=0) == 0
    with pytest.raises(ValueError, match="n must be a whole number from 0 up, got -1"):
        arguments.whole_number("n", -1, least=0)


@pytest.mark.parametrize(
    ("check", "good", "bad", "kind"),
    [
        (arguments.number, [-2, 0.5, np.float32(1)], [math.inf, math.nan, 10**400, "1", None, True, 1j], "a number"),
        (arguments.positive, [1e-300, 3], [0, -1.0, math.inf], "a positive number"),
        (arguments.not_negative, [0, 3.0], [-1e-300, math.nan], "a number that is not negative"),
        (arguments.share, [0, 0.5, 1], [-0.1, 1.1], "a share from 0 to 1"),
    ],
)
def test_a_number_comes_back_as_a_float(
    check: Callable[[str, Any], float], good: list[Any], bad: list[Any], kind: str
) -> None:
    for x in good:
        assert check("x", x) == float(x)
        assert type(check("x", x)) is float
    for x in bad:
        with pytest.raises(ValueError, match=f"x must be {kind}, got "):
            check("x", x)


def test_flags_and_choices() -> None:
    assert arguments.flag("on", False) is False
    with pytest.raises(ValueError, match="on must be True or False, got 1"):
        arguments.flag("on", 1)
    assert arguments.choice("mode", "max", "min", "max") == "max"
    with pytest.raises(ValueError, match="mode must be 'min' or 'max', got 'mean'"):
        arguments.choice("mode", "mean", "min", "max")
