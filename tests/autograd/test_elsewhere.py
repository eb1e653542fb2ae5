"""What comes from micrograd or PyTorch and is called otherwise here: the error says how."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import autograd
from autograd import Parameter, Value
from autograd.elsewhere import INSTEAD


@pytest.mark.parametrize("name", INSTEAD)
@pytest.mark.parametrize("value", [Value(1.0), Parameter(2.0), autograd.tanh(Value(1.0))])
def test_a_name_from_elsewhere_is_told_its_name_here(value: Any, name: str) -> None:
    for use in (lambda: getattr(value, name), lambda: setattr(value, name, "x")):
        with pytest.raises(AttributeError, match=f"a Value has no {name}; write ") as caught:
            use()
        told = str(caught.value).split("write ")[1].split(",")[0].split("(")[0]
        assert hasattr(value, told) or hasattr(autograd, told) or told == "float"
    assert not hasattr(value, name)


def test_micrograds_label_is_told_where_a_value_is_made() -> None:
    anything: Any = Value
    with pytest.raises(TypeError, match=r"a Value has no label; write name, as in Value\(2.0, name='a'\)"):
        anything(2.0, label="a")


def test_other_missing_attributes_are_pythons_errors_and_copies_are_unaffected() -> None:
    value: Any = Value(1.0, "a")
    with pytest.raises(AttributeError, match="'Value' object has no attribute 'labels'"):
        value.labels()
    assert copy.deepcopy(value).name == pickle.loads(pickle.dumps(value)).name == "a"


def test_a_subclass_may_use_the_name() -> None:
    class Labelled(Value):
        label: str

    value = Labelled(1.0)
    value.label = "mine"
    assert value.label == "mine"
    with pytest.raises(AttributeError, match="write parents"):
        value._prev  # noqa: B018
