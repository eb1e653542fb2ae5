"""What micrograd and PyTorch call the attributes of a Value: whoever uses such a name is told the one to write here."""

from __future__ import annotations

from typing import Any, NoReturn

# By the name elsewhere, what to write.
INSTEAD = {
    "label": "name, as in Value(2.0, name='a') or v.name = 'a'",
    "_prev": "parents, a tuple in the order written",
    "_children": "parents, a tuple in the order written",
    "_op": "op, the operation, whose name is v.op.name; None for a leaf",
    "_backward": "local_derivatives, a number beside each of v.parents",
    "grad_fn": "op, the operation, and v.parents",
    "requires_grad": "Parameter(2.0) for what is trained and Constant(2.0) for what has no gradient",
    "detach": "float(v), a number through which no gradient flows",
}


def told(name: str) -> str:
    """The sentence for an error."""
    return f"a Value has no {name}; write {INSTEAD[name]}"


class NamedElsewhere:
    """An attribute that is asked for and set in vain, which costs the other attributes nothing.

    A subclass of Value may have one of this name all the same.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, value: Any, kind: type) -> Any:
        if value is None:
            return self
        own = getattr(value, "__dict__", {})
        return own[self.name] if self.name in own else self._refuse()

    def __set__(self, value: Any, x: Any) -> None:
        if not hasattr(value, "__dict__"):
            self._refuse()
        value.__dict__[self.name] = x

    def _refuse(self) -> NoReturn:
        raise AttributeError(told(self.name))
