"""Names: quantities are called what the variables are called that they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograd.labels import shown
from autograd.value import Value


def name(variables: Mapping[str, Any] | None = None, /, **named: Any) -> None:
    """Call quantities what drawings, formulas and errors are to call them.

    >>> import autograd
    >>> from autograd import Parameter, Value
    >>> w, x = Parameter(0.5), [Value(1.0), Value(2.0)]
    >>> z = [w * xi for xi in x]
    >>> autograd.name(locals())
    >>> print(autograd.Program.of(z[1]))
    w = 0.5  (parameter)
    x2 = 2  (input)
    z2 = mul(w, x2) = 1
    >>> autograd.name(net=z[1])
    >>> z[1].name
    'net'

    Of a list of Values, each is named by its number, from 1: z1, z2, z3; in a list of lists by both, w11, w12, w21,
    with a comma where one of them has two digits, w1,10.

    Args:
        variables: ``locals()``, or any other mapping of names: every Value in it that has no name yet is given its own,
            and the first, where several variables hold it. Anything else is passed over, and so are variables that
            begin with an underscore, such as a notebook's.
        named: quantities by their names, which replace older ones.

    Raises:
        TypeError: ``variables`` is no mapping, or something ``named`` is neither a Value nor a list of Values.
        ValueError: one Value is given several names, or several Values one. After an error no name has changed.
    """
    if variables is not None and not isinstance(variables, Mapping):
        raise TypeError(
            f"name quantities as in name(net=net, E=E), or all of them by name(locals()); got {shown(variables)}"
        )
    names: dict[str, Value] = {}
    taken: dict[Value, str] = {}
    for variable, x in named.items():
        if not _holds_values(x):
            raise TypeError(f"{variable} must be a Value or a list of Values, got {shown(x)}")
        for label, value in _numbered(variable, x):
            if label in names:
                raise ValueError(f"two Values would be called {label}: give one of them another name")
            if value in taken:
                raise ValueError(f"{taken[value]} and {label} are one Value, which has one name: leave out one of them")
            names[label], taken[value] = value, label
    for variable, x in (variables or {}).items():
        if isinstance(variable, str) and variable[:1] not in ("", "_") and _holds_values(x):
            for label, value in _numbered(variable, x):
                value.name = value.name or label
    for label, value in names.items():
        value.name = label


def _holds_values(x: Any) -> bool:
    """Whether it is a Value, or a list of Values, however deeply nested."""
    if isinstance(x, list | tuple):
        return bool(x) and all(map(_holds_values, x))
    return isinstance(x, Value)


def _numbered(name: str, x: Any, *places: int) -> Iterator[tuple[str, Value]]:
    """Each Value with the name that its place gives it."""
    if isinstance(x, Value):
        comma = "," if max(places, default=0) > 9 or name[-1].isdigit() else ""  # h1,2 is no h12
        start = "," if places and name[-1].isdigit() else ""
        yield name + start + comma.join(map(str, places)), x
    else:
        for place, item in enumerate(x, start=1):
            yield from _numbered(name, item, *places, place)
