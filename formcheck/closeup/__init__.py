"""Look closely at a clip a second time: shoes and waist by their own pixels.

A pose network's points stray in step with the stride, always in the same way at the same phase, so
that no averaging over strides removes it. What the pixels of a shoe or a waist do is free of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.closeup.shoe import follow_shoes, follow_toes
from formcheck.closeup.waist import follow_waist
from formcheck.landmarks import Side
from formcheck.types import Contact, PoseTrack, ShoePath, ToePath, WaistPath
from formcheck.video import ClipInfo

__all__ = ["ClipCloseups"]


@dataclass(frozen=True, slots=True)
class ClipCloseups:
    """Close looks at the pictures of one clip, which plays `slower` times slower than life."""

    clip: ClipInfo
    slower: float = 1.0

    def shoes(self, track: PoseTrack, contacts: Sequence[Contact]) -> Sequence[ShoePath]:
        """Follow both shoes of a runner seen from the side; see `follow_shoes`."""
        return follow_shoes(self.clip, track, contacts, slower=self.slower)

    def toes(self, track: PoseTrack, contacts: Sequence[Contact], side: Side) -> ToePath | None:
        """Follow the toes of the near foot through its leavings; see `follow_toes`."""
        return follow_toes(self.clip, track, contacts, side, slower=self.slower)

    def waist(self, track: PoseTrack, contacts: Sequence[Contact]) -> WaistPath | None:
        """Follow the waist of a runner seen from behind; see `follow_waist`."""
        return follow_waist(self.clip, track, contacts, slower=self.slower)
