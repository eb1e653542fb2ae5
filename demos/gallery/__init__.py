"""What the demos share: the board they write on, one style for their plots, and the gallery made of it all."""

from demos.gallery import style
from demos.gallery.board import Board, printable

__all__ = ["Board", "printable", "style"]
