"""Domains in JavaScript: each test says what Python's says, of every number."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import PRIMITIVES, DomainError, Primitive
from autograd.compiling.domains_javascript import TESTS
from tests.node import JavaScript

GUARDED = [row for row in PRIMITIVES.values() if row.domain is not None]
CORNERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -2.0, -0.5, 1e-300, -1e-300, 1e300, -1e300, 3.0, -3.0]


@pytest.mark.parametrize("row", GUARDED, ids=[row.name for row in GUARDED])
@settings(max_examples=60)
@given(data=st.data())
def test_a_domain_is_what_it_is_in_python(row: Primitive, data: st.DataObject, javascript: JavaScript) -> None:
    assert row.domain is not None
    count = len(row.names) * data.draw(st.integers(0, 3)) if row.n_ary else len(row.names)
    numbers = st.sampled_from(CORNERS) | st.floats(-2, 2) | st.sampled_from([0.0, 1.0])
    x = data.draw(st.lists(numbers, min_size=count, max_size=count))
    try:
        row.check_domain(row.unflatten(x))
    except DomainError:
        inside = False
    else:
        inside = True
    assert javascript(f"({TESTS[row.domain]})({json.dumps(x)})") is inside
