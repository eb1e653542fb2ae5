"""The lesson wing: the same program step by step, for a class.

`frames` are the steps, as data; `board` is the page that a class steps through, put together of the files in ``page/``.
"""

from autograd.lesson.board import Walkthrough, walkthrough
from autograd.lesson.frames import Frame, frames

__all__ = ["Frame", "Walkthrough", "frames", "walkthrough"]
