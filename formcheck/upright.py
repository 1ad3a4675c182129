"""A picture that lies on its side or upside down is turned where nobody could be measured in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from formcheck.errors import NoRunnerError
from formcheck.notes import note
from formcheck.types import Analysis
from formcheck.video import ClipInfo, KeptFrames


def measured_upright(
    info: ClipInfo,
    measure: Callable[[ClipInfo], Analysis],
    turn_needed_deg: Callable[[NoRunnerError], int],
) -> tuple[ClipInfo, Analysis]:
    """Measure a clip; where nobody can be and the picture lies, turn it and measure again.

    Parameters
    ----------
    info : ClipInfo
        The clip as its file says it is to be shown.
    measure : callable
        Measures a clip.
    turn_needed_deg : callable
        Returns the clockwise turn that would right a picture in which nobody was measured for this
        reason; 0 for none.

    Returns
    -------
    ClipInfo
        The clip as it was measured.
    Analysis
        Its measurements, with a note where it was turned.

    Raises
    ------
    NoRunnerError
        When nobody can be measured either way.
    """
    try:
        return info, measure(info)
    except NoRunnerError as error:
        turn_deg = turn_needed_deg(error)
        if not turn_deg:
            raise
    how = "is upside down" if turn_deg == 180 else "lies on its side"
    upright = info.turned(turn_deg)
    if info.kept is not None:
        upright = replace(upright, kept=KeptFrames(info.kept.most_bytes))
    try:
        analysis = measure(upright)
    except NoRunnerError as error:
        raise NoRunnerError(
            f"The picture {how}. Turned by {turn_deg} degrees: {error}", error.code
        ) from error
    form = "upside_down" if turn_deg == 180 else None
    told = note("turned", form, turn_deg=turn_deg)
    return upright, replace(analysis, quality=(*analysis.quality, told))
