"""What an optimizer's hyperparameters may be, found by asking the optimizer: its own checks are the only ones."""

from __future__ import annotations

import copy
from typing import Any

from autograd.lesson.updates import Optimizer


def ranges_data(optimizer: Optimizer) -> dict[str, dict[str, Any]]:
    """Of each number that is refused somewhere: "least", "most" and "below", as far as there are such, and "words".

    One of a pair is called ``betas.0``. Hyperparameters end at 0 or 1, if they end, so that three numbers tell all.
    """
    found: dict[str, dict[str, Any]] = {}
    for key, now in optimizer.hyperparameters.items():
        if isinstance(now, bool | str):
            continue
        for k in range(len(now)) if isinstance(now, tuple) else [None]:
            tried = [(x, x if k is None else (*now[:k], x, *now[k + 1 :])) for x in (-1.0, 1.0, 2.0)]
            refusals = {x: words for x, number in tried if (words := _refusal(optimizer, key, number))}
            ends = {-1.0: ("least", 0.0), 1.0: ("below", 1.0), 2.0: ("most", 1.0)}
            if refusals:
                words = next(iter(refusals.values())).split(", got ")[0]
                found[key if k is None else f"{key}.{k}"] = {**dict([ends[x] for x in refusals]), "words": words}
    return found


def _refusal(optimizer: Optimizer, key: str, x: Any) -> str:
    try:
        setattr(copy.copy(optimizer), key, x)
    except ValueError as error:
        return str(error)
    return ""
