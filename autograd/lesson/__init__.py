"""The lesson wing: the same program step by step, for a class.

`frames` are the steps, as data; `terminal` shows them one at a key; `board` is the page that a class steps through, put
together of the files in ``page/``. `mistakes` is the list of typical mistakes: `mistake` says what one is, `sites`
where each can be made, `orders` what is done out of turn, and `events` runs a program so.
"""

from autograd.lesson.board import Walkthrough, walkthrough
from autograd.lesson.frames import Frame, frames
from autograd.lesson.mistake import Comparison, Mistake
from autograd.lesson.mistakes import MISTAKES, wrong
from autograd.lesson.terminal import step_through

__all__ = [
    "MISTAKES",
    "Comparison",
    "Frame",
    "Mistake",
    "Walkthrough",
    "frames",
    "step_through",
    "walkthrough",
    "wrong",
]
