"""Draw what was measured: the annotated clip, and stills for the report."""

from formcheck.annotate.clip import annotate_clip
from formcheck.annotate.stills import Still, still_frames

__all__ = ["Still", "annotate_clip", "still_frames"]
