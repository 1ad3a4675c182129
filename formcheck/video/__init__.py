"""Open, probe and iterate clips with true time and rotation; write clips that browsers play."""

from formcheck.video.frame import Frame
from formcheck.video.info import ClipInfo, probe
from formcheck.video.reader import ClipReader

__all__ = ["ClipInfo", "ClipReader", "Frame", "probe"]
