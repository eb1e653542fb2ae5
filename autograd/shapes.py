"""Shapes: what to write where an operation is given a list or a matrix that it does not take."""

from __future__ import annotations


def refused(name: str, signature: str, is_n_ary: bool) -> str:
    """What an error says where the operation ``name`` is given arrays of more than one axis, or lists for numbers."""
    if not is_n_ary:
        return f"{name} takes numbers and Values, got a list; write [autograd.{name}(x) for x in xs]"
    write = {
        "dot": "[autograd.dot(w, x) for w in W]",
        "affine": "autograd.linear(x, zip(W, b)), or [autograd.affine(w, x, b) for w, b in zip(W, b)]",
    }.get(name, f"[autograd.{name}(row) for row in rows]")
    return f"{signature} takes sequences of numbers and Values, of one axis; of a matrix, write {write}"
