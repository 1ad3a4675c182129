"""Open, probe and iterate clips with true time and rotation; write clips that browsers play."""

from formcheck.video.browser import plays_in_browsers, write_browser_copy
from formcheck.video.frame import Frame, FramePart
from formcheck.video.info import ClipInfo, probe
from formcheck.video.kept import KeptFrames
from formcheck.video.reader import ClipReader
from formcheck.video.slow_motion import fitting_factors, is_clear, is_slowed
from formcheck.video.writer import ClipWriter

__all__ = [
    "ClipInfo",
    "ClipReader",
    "ClipWriter",
    "Frame",
    "FramePart",
    "KeptFrames",
    "fitting_factors",
    "is_clear",
    "is_slowed",
    "plays_in_browsers",
    "probe",
    "write_browser_copy",
]
