"""What a user says of a clip, as it is typed on a command line or sent in a form, checked once.

The fields of `Request` and of `formcheck.cues.Symptoms` are the long options of the command line
and the form fields of the service, by the same names and with the same help.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from formcheck.cues import Past, Symptoms
from formcheck.pipeline import Options
from formcheck.pose import parse_pose
from formcheck.report.schema import Pace
from formcheck.text import plain
from formcheck.types import Runner, Units
from formcheck.values import (
    Typed,
    parse_date,
    parse_height,
    parse_incline,
    parse_person,
    parse_rotation,
    parse_slow_motion,
    parse_speed,
    parse_time,
)


@dataclass(frozen=True, slots=True)
class Request:
    """How a clip is to be analysed, in the user's own words and units."""

    view: Literal["auto", "side", "rear", "front"] = field(
        default="auto", metadata={"help": "Where the camera stands."}
    )
    height: Typed = field(default=None, metadata={"help": "Runner's height: 1.76, 176cm or 5'9\"."})
    speed: str | None = field(
        default=None, metadata={"help": "Belt speed or pace: 10km/h, 2.8m/s, 6.2mph or 5:30/km."}
    )
    incline: str | float = field(default="0", metadata={"help": "Belt incline in per cent."})
    pace: Pace | None = field(default=None, metadata={"help": "Pace of the run."})
    runner: str | None = field(
        default=None, metadata={"help": "A name for the runner, for later clips."}
    )
    shoes: str | None = field(default=None, metadata={"help": "Shoes worn."})
    date: str | None = field(default=None, metadata={"help": "When it was filmed, YYYY-MM-DD."})
    from_s: Typed = field(
        default=None, metadata={"help": "Start, in seconds or as 0:05.", "name": "from"}
    )
    to_s: Typed = field(
        default=None, metadata={"help": "End, in seconds or as 0:15.", "name": "to"}
    )
    slow_motion: str = field(
        default="auto",
        metadata={"help": "Slow-motion factor, e.g. 8, or auto."},
    )
    pose: str = field(
        default="heavy",
        metadata={
            "help": "heavy measures best; full and lite are faster; or a model folder's own name."
        },
    )
    person: str = field(
        default="auto",
        metadata={"help": "Who is measured: left, right, or a number counted from the left."},
    )
    rotate: str = field(
        default="0",
        metadata={"help": "Turn the picture clockwise first: 90, 180 or 270 degrees."},
    )
    units: Units = field(
        default="metric",
        metadata={"help": "What page and clip are in: metric, or imperial: feet, inches, miles."},
    )
    no_video: bool = field(default=False, metadata={"help": "Write no annotated clip."})
    blur_face: bool = field(default=False, metadata={"help": "Blur the face in clip and stills."})

    def options(self, symptoms: Symptoms | None = None, baseline: Past | None = None) -> Options:
        """Return the checked options.

        Raises
        ------
        UsageError
            For a value that cannot be.
        """
        return Options(
            runner=Runner(
                id=_text(self.runner),
                height_m=parse_height(self.height),
                belt_speed_mps=parse_speed(self.speed),
                incline_pct=parse_incline(self.incline),
                pace=self.pace,
                shoes=_text(self.shoes),
                date=parse_date(self.date),
                units=self.units,
            ),
            view=None if self.view == "auto" else self.view,
            from_s=parse_time("from", self.from_s),
            to_s=parse_time("to", self.to_s),
            slow_motion=parse_slow_motion(self.slow_motion),
            pose=parse_pose(self.pose),
            person=parse_person(self.person),
            rotate_deg=parse_rotation(self.rotate),
            video=not self.no_video,
            blur_face=self.blur_face,
            symptoms=symptoms,
            baseline=baseline,
        )


def _text(said: str | None) -> str | None:
    return None if said is None else plain(said)
