"""Footage that is not what it seems: cut, played otherwise, made up, squeezed."""

from formcheck.gait.footage.clock import clock_notes, tells_fall
from formcheck.gait.footage.pieces import in_one_piece
from formcheck.gait.footage.rules import rules
from formcheck.gait.footage.signs import SQUEEZED, footage_notes, refuse_backward

__all__ = [
    "SQUEEZED",
    "clock_notes",
    "footage_notes",
    "in_one_piece",
    "refuse_backward",
    "rules",
    "tells_fall",
]
