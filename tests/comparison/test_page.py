"""The comparison's page: everything on it, in words, self-contained, on two sheets."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from formcheck.comparison import compare
from formcheck.comparison.html import render_comparison
from formcheck.comparison.page import build_page, courses, signed
from formcheck.comparison.stick import TITLES, stick_panels
from formcheck.report.build import build_report
from formcheck.report.page import fixed_texts
from formcheck.report.schema import Report, StrideFigures
from formcheck.types import Runner
from tests.comparison.reports import TEMPO, lost, report
from tests.report.conftest import make_analysis

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


class Outline(HTMLParser):
    """Tags, attributes and running text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.parts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.parts).split())


@dataclasses.dataclass(frozen=True, eq=False)
class Still:
    label: str
    t_s: float
    rgb: np.ndarray


@pytest.fixture(scope="module")
def pair() -> tuple[Report, Report]:
    easy = make_analysis("side")
    run = Runner("r7", 1.75, 3.7, 0.0, "tempo", "old pair", "2026-05-14")
    metrics = dict(easy.metrics)
    lean = metrics["trunk_lean_deg"]
    moved: dict[str, Any] = {
        name: getattr(lean, name) + 9.0
        for name in ("value", "low", "high", "repeat_low", "repeat_high")
    }
    metrics["trunk_lean_deg"] = dataclasses.replace(lean, **moved)
    return build_report(easy), build_report(make_analysis("side", runner=run, metrics=metrics))


def page(first: Report, second: Report, **how: Any) -> Outline:
    return Outline(render_comparison(compare(first, second, **how), first, second))


def test_it_says_who_when_how_what_and_how_sure(pair: tuple[Report, Report]) -> None:
    found = compare(*pair)
    text = Outline(render_comparison(found, *pair)).text
    for part in (
        "Easy vs tempo",
        "r7",
        "2026-05-14",
        "13.3",
        "old pair",
        found.sentence.replace("\N{NO-BREAK SPACE}", " "),
        "Trunk lean",
        "Differs",
        "No measurable change",
        "Over one stride",
        "Contact",
        "Midstance",
        "Toe-off",
        "Mid-swing",
        "Checklist",
        "Notes",
        fixed_texts()["safety"]["header"],
        fixed_texts()["safety"]["footer"][0],
        *found.checklist,
        *(caution.text for caution in found.warnings),
    ):
        assert " ".join(part.split()) in text, part


def test_every_row_holds_values_ranges_difference_and_a_verdict_in_words() -> None:
    first, second = report(), report(moved={"trunk_lean_deg": 3.0})
    rows = {row.name: row for row in build_page(compare(first, second), first, second).rows}
    lean = rows["Trunk lean"]
    assert (lean.first, lean.first_range) == ("5.0°", "3.5 to 6.5")
    assert (lean.second, lean.difference) == ("8.0°", "+3.0°")
    assert lean.difference_range == "+0.9 to +5.1"
    assert (lean.word, lean.sign) == ("Differs", "●")
    assert {row.word for name, row in rows.items() if name != "Trunk lean"} == {
        "No measurable change"
    }
    foot = rows["Foot at landing"]
    assert (foot.first, foot.difference, foot.difference_range) == ("Probably heel first", "–", "")


def test_signs_of_differences() -> None:
    assert [signed(x, 1) for x in (1.26, -1.26, 0.04, -0.04)] == ["+1.3", "−1.3", "0.0", "0.0"]


def test_a_withheld_metric_keeps_its_reason_in_the_table() -> None:
    first, second = report(), report(metrics={"trunk_lean_deg": lost()})
    text = page(first, second).text
    assert "Not comparable : Not measured in the second clip: the left ankle was hidden." in text
    nowhere = page(second, second).text
    assert "Measured in neither clip: trunk lean." in nowhere


def test_refused_clips_show_why_and_no_difference(pair: tuple[Report, Report]) -> None:
    first, second = pair
    outline = page(first, second, mode="before_after")
    assert "These two clips cannot be compared." in outline.text
    assert "Difference" not in outline.text
    assert "Over one stride" not in outline.text
    assert "Not comparable" not in outline.text


def test_it_is_one_file_without_scripts_that_fetches_nothing(pair: tuple[Report, Report]) -> None:
    pictures = [Still(f"Contact, {n}", 1.0, np.zeros((80, 60, 3), np.uint8)) for n in ("a", "b")]
    html = render_comparison(compare(*pair), *pair, pictures)
    outline = Outline(html)
    assert "script" not in outline.tags
    assert outline.tags.count("img") == 2
    addresses = [value for name, value in outline.attributes if name in ("src", "href")]
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "http" not in re.sub(r"https?-equiv|http-equiv", "", html)
    assert "url(" not in html
    assert len(html) < 2_000_000


def test_text_from_outside_cannot_become_markup() -> None:
    runner = {"id": NASTY, "shoes": NASTY}
    nasty = report(clip={"name": NASTY}, runner=runner, metrics={NASTY: lost(NASTY, NASTY)})
    outline = page(nasty, nasty)
    assert "script" not in outline.tags
    assert "img" not in outline.tags
    assert "<script>alert(1)</script>" in outline.text


def test_the_page_is_the_same_every_time(pair: tuple[Report, Report]) -> None:
    found = compare(*pair)
    assert render_comparison(found, *pair) == render_comparison(found, *pair)


def test_courses_lie_on_common_axes_and_other_units_are_left_out(
    pair: tuple[Report, Report],
) -> None:
    first, second = pair
    names = [course.name for course in courses(first, second)]
    assert names == [
        *("Trunk lean", "Knee bend, left", "Shin angle, left", "Ankle height, left"),
        *("Hip height", "Upper arm, left"),
    ]
    for course in courses(first, second):
        assert [line.dashed for line in course.picture.lines] == [False, True]
    hip = second.curves["hip_height"].model_copy(update={"unit": "% of leg"})
    other = second.model_copy(update={"curves": second.curves | {"hip_height": hip}})
    assert "Hip height" not in [course.name for course in courses(first, other)]


def test_from_behind_both_knees_are_shown() -> None:
    rear = build_report(make_analysis("rear"))
    assert [course.name for course in courses(rear, rear)] == [
        *("Side lean", "Hip height", "Knee tracking, left", "Knee tracking, right"),
    ]
    assert "Knee tracking, left" in page(rear, rear).text


def figures(first: Report) -> StrideFigures:
    assert first.figures is not None
    return first.figures


def coordinates(path: str) -> np.ndarray:
    return np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", path), dtype=float)


def test_stick_figures_stand_hips_on_hips_in_one_scale(pair: tuple[Report, Report]) -> None:
    own = figures(pair[0])
    larger = own.model_copy(
        update={
            "instants": {
                name: posture.model_copy(
                    update={"points": {k: (2 * x, 2 * y) for k, (x, y) in posture.points.items()}}
                )
                for name, posture in own.instants.items()
            }
        }
    )
    panels = stick_panels(own, larger)
    assert [panel.title for panel in panels] == list(TITLES.values())
    for panel in panels:
        one, two = (coordinates(stick.near) for stick in (panel.first, panel.second))
        hip = one[0]
        assert hip[0] == pytest.approx(panel.hip_x, abs=0.06)
        np.testing.assert_allclose(two[0], hip)
        np.testing.assert_allclose(two - hip, 2 * (one - hip), atol=0.21)
        assert (two >= 0).all()
        assert two[:, 0].max() <= panel.width
        assert two[:, 1].max() <= 230.0
        assert one[1, 1] < hip[1]  # shoulders above the hips: down is down


def test_figures_in_other_units_are_brought_to_the_trunk(pair: tuple[Report, Report]) -> None:
    own = figures(pair[0])
    in_trunks = own.model_copy(update={"unit": "trunk"})
    for panel in stick_panels(own, in_trunks):
        assert panel.first == panel.second


def test_missing_figures_and_points_do_no_harm(pair: tuple[Report, Report]) -> None:
    own = figures(pair[0])
    assert stick_panels(own, None) == stick_panels(None, own) == ()
    assert stick_panels(own, own.model_copy(update={"side": "right"})) == ()
    assert stick_panels(own, own.model_copy(update={"instants": {}})) == ()
    assert "Four instants" not in page(report(), report(runner=TEMPO)).text
    bare = {
        name: posture.model_copy(
            update={
                "points": {
                    k: at
                    for k, at in posture.points.items()
                    if k not in ("left_knee", "left_ear", "left_shoulder")
                }
            }
        )
        for name, posture in own.instants.items()
    }
    for panel in stick_panels(own, own.model_copy(update={"instants": bare})):
        assert panel.second.head is None
        assert "nan" not in panel.second.near + panel.second.far


@pytest.mark.skipif(CHROMIUM is None, reason="needs a browser that prints")
@pytest.mark.parametrize(
    ("kind", "paper"), [("side", "A4"), ("side", "letter"), ("rear", "letter")]
)
def test_it_prints_on_two_sheets(
    kind: Any, paper: str, pair: tuple[Report, Report], tmp_path: Path
) -> None:
    first, second = pair if kind == "side" else (build_report(make_analysis("rear")),) * 2
    pictures = [Still(f"Contact, {n}", 1.0, np.full((480, 330, 3), 90, np.uint8)) for n in "abcd"]
    remark = {"code": "dark", "severity": "warn", "text": "The clip is dark. " * 6}
    content = second.model_dump(by_alias=True) | {"quality": [remark] * 2}
    noted = Report.model_validate(content)
    html = render_comparison(compare(first, noted), first, noted, pictures)
    sheet = html.replace("size: auto", f"size: {paper}")
    assert sheet != html
    (tmp_path / "page.html").write_text(sheet, encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer",
               f"--print-to-pdf={tmp_path / 'page.pdf'}", str(tmp_path / "page.html")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    printed = (tmp_path / "page.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 2
