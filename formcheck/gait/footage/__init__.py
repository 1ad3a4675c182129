"""Footage that is not what it seems: cut, played at another speed or backward, made up, squeezed."""

from formcheck.gait.footage.pieces import in_one_piece
from formcheck.gait.footage.signs import footage_notes, refuse_backward

__all__ = ["footage_notes", "in_one_piece", "refuse_backward"]
