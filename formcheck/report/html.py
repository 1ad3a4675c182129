"""The page ``report.html``: one file that holds everything it shows and fetches nothing."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Final, Protocol

import cv2
import jinja2
import numpy as np
from numpy.typing import NDArray

from formcheck.catalogue import spec_of
from formcheck.report import words
from formcheck.report.page import build_page, fixed_texts, metric_row, view_text
from formcheck.report.schema import Report
from formcheck.types import Units

logger = logging.getLogger(__name__)

STILLS_BUDGET_BYTES: Final = 1_200_000
STILL_LONG_SIDES_PX: Final = (960, 720, 540, 400, 280)
JPEG_QUALITY: Final = 84


class Still(Protocol):
    """A frame to show: what it is, when it was, and the (H, W, 3) uint8 RGB picture."""

    @property
    def label(self) -> str:
        """What the frame shows."""

    @property
    def t_s(self) -> float:
        """When it was, in seconds of the clip."""

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The picture."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A still as it stands in the page."""

    label: str
    time: str
    uri: str
    width: int
    height: int


def render_report(report: Report, stills: Sequence[Still] = ()) -> str:
    """Return the whole page as HTML text, under two megabytes.

    Parameters
    ----------
    report : Report
        What to show.
    stills : sequence of Still
        Frames at contact and midstance; made smaller until they fit the page's budget.
    """
    return _rendered(report, embed(stills), None)


def _rendered(report: Report, stills: Sequence[Embedded], units: Units | None) -> str:
    page = build_page(report, units)
    report, units = page.report, units or report.runner.units
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            view=view_text(report),
            page=page,
            safety=page.safety,
            texts=fixed_texts(),
            style=_packaged("style.css"),
            stills=stills,
            name_of=lambda key: info.name if (info := spec_of(key)) else key.replace("_", " "),
            value_of=lambda key: _value_of(report, key, units),
            definition_of=lambda key: info.definition if (info := spec_of(key)) else "",
        )
    )


def render_again(report: Report, page: str, units: Units | None = None) -> str:
    """Return the page of a changed report with the stills of the page that was made before.

    It is in the report's own units where no others are asked for.
    """
    found = _Stills()
    found.feed(page)
    return _rendered(report, found.stills, units)


class _Stills(HTMLParser):
    """Finds the stills of a page that was made before."""

    def __init__(self) -> None:
        super().__init__()
        self.stills: list[Embedded] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an embedded picture with the words of its description."""
        told = {name: value or "" for name, value in attrs}
        at, _, label = told.get("alt", "").removeprefix("Frame at ").partition(": ")
        if tag == "img" and told.get("src", "").startswith("data:image/jpeg") and label:
            size = int(told["width"]), int(told["height"])
            self.stills.append(Embedded(label, at, told["src"], *size))


def write_report(report: Report, path: Path, stills: Sequence[Still] = ()) -> None:
    """Write the page as a file."""
    path.write_text(render_report(report, stills), encoding="utf-8")


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return the template environment: everything escaped, a missing name is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("formcheck.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plain"] = words.without_options
    return made


def embed(stills: Sequence[Still]) -> list[Embedded]:
    """Encode stills as JPEG data addresses, as large as the page's budget allows."""
    embedded: list[Embedded] = []
    for long_side in STILL_LONG_SIDES_PX:
        embedded = [_embed(still, long_side) for still in stills]
        if sum(len(one.uri) for one in embedded) <= STILLS_BUDGET_BYTES:
            return embedded
    logger.info("%d stills do not fit the page and are left out", len(stills))
    return []


def _embed(still: Still, long_side: int) -> Embedded:
    picture = _fitted(still.rgb, long_side)
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not done:
        raise RuntimeError("the JPEG encoder failed on a still")
    uri = "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")
    height, width = picture.shape[:2]
    return Embedded(still.label, words.duration(still.t_s, 2), uri, width, height)


def _fitted(rgb: NDArray[np.uint8], long_side: int) -> NDArray[np.uint8]:
    """Return the picture no longer than `long_side`, never enlarged."""
    height, width = rgb.shape[:2]
    factor = min(1.0, long_side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _value_of(report: Report, key: str, units: Units) -> str:
    info = spec_of(key)
    row = metric_row(report, info, units) if info and info.key == key else None
    return f" {row.value}" if row else ""


def _packaged(name: str) -> str:
    return files("formcheck.report").joinpath("templates", name).read_text(encoding="utf-8")
