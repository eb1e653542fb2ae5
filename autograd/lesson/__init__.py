"""The lesson wing: the same program step by step, for a class.

`frames` are the steps, as data; `terminal` shows them one at a key; `board` is the page that a class steps through, put
together of the files in ``page/``.
"""

from autograd.lesson.board import Walkthrough, walkthrough
from autograd.lesson.frames import Frame, frames
from autograd.lesson.terminal import step_through

__all__ = ["Frame", "Walkthrough", "frames", "step_through", "walkthrough"]
