"""The page: complete, self-contained, safe, honest."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.cues import load_guide
from formcheck.report.build import build_empty_report
from formcheck.report.html import embed, render_report
from formcheck.report.info import catalogue
from formcheck.report.page import build_page, facts, fixed_texts
from formcheck.report.schema import Report
from formcheck.types import Analysis, QualityNote

VOID = {"meta", "link", "img", "br", "path", "rect", "line", "circle"}
LIMIT_BYTES = 2_000_000


@dataclass
class Still:
    label: str
    t_s: float
    rgb: NDArray[np.uint8]


class Outline(HTMLParser):
    """Collects what the tests ask for and checks that every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.headings: list[int] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for _, own, value in self.attributes if own == name]


@pytest.fixture(scope="module")
def page(side_report: Report) -> Outline:
    return Outline(render_report(side_report))


def noise(width: int = 1600, height: int = 1200, n: int = 4) -> list[Still]:
    rng = np.random.default_rng(0)
    return [
        Still(f"frame {i}", 0.5 * i, rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
        for i in range(n)
    ]


def test_nothing_is_fetched_and_nothing_runs(side_report: Report) -> None:
    html = render_report(side_report, noise(64, 48))
    outline = Outline(html)
    for name in ("src", "href", "srcset", "poster", "action", "xlink:href"):
        for value in outline.values(name):
            assert value.startswith(("data:", "#")), value
    assert not re.search(r"url\(|@import|https?:|//[a-z]", outline_free(html))
    assert {"script", "iframe", "object", "embed", "form"} & set(outline.tags) == set()
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    assert any("default-src 'none'" in value for value in outline.values("content"))


def outline_free(html: str) -> str:
    """Return the page without its data addresses."""
    return re.sub(r"data:[^\"]*", "", html)


def test_the_page_stays_under_two_megabytes_even_with_stills_that_do_not_compress(
    side_report: Report,
) -> None:
    html = render_report(side_report, noise())
    assert len(html.encode()) < LIMIT_BYTES
    assert html.count("data:image/jpeg") == 4
    many = render_report(side_report, noise(400, 400, n=80))
    assert len(many.encode()) < LIMIT_BYTES


def test_stills_are_the_frames_that_were_given() -> None:
    rgb = np.zeros((90, 160, 3), dtype=np.uint8)
    rgb[:, :80] = (200, 30, 30)
    (one,) = embed([Still("left half is red", 1.25, rgb)])
    data = base64.b64decode(one.uri.partition(",")[2])
    back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert back is not None
    assert (one.width, one.height) == (160, 90)
    assert back.shape == rgb.shape
    assert np.abs(back[:, :70].astype(int) - (200, 30, 30)).mean() < 5
    assert one.time == "1.25\xa0s"


def test_structure_can_be_followed_without_seeing_it(side_report: Report) -> None:
    outline = Outline(render_report(side_report, noise(64, 48)))
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:],
                                                            strict=False))  # fmt: skip
    ids = outline.values("id")
    assert len(ids) == len(set(ids))
    for target in (value[1:] for value in outline.values("href") if value.startswith("#")):
        assert target in ids
    for target in outline.values("aria-labelledby"):
        assert target in ids
    images = [name for tag, name, _ in outline.attributes if tag == "img"]
    assert images.count("alt") == outline.tags["img"] == 4
    pictures = [value for tag, name, value in outline.attributes if tag == "svg"
                and name in ("aria-label", "aria-hidden")]  # fmt: skip
    assert len(pictures) == outline.tags["svg"]
    assert all(pictures)
    assert ("html", "lang", "en") in outline.attributes


def test_every_measured_metric_stands_there_with_its_range_and_meaning(
    side_report: Report, page: Outline
) -> None:
    rows = {row.key: row for _, members in build_page(side_report).groups for row in members}
    measured = {key for key, one in side_report.metrics.items() if one.value is not None}
    assert set(rows) == measured
    for key, row in rows.items():
        info = catalogue().metrics[key]
        assert info.name in page.text
        assert " ".join(info.meaning.split()) in page.text
        if not info.words:
            assert row.interval.replace("\xa0", " ") in page.text.replace("\xa0", " ")


def test_withheld_metrics_stand_there_with_their_reason(page: Outline) -> None:
    assert "Not measured in this clip" in page.text
    assert "Step width It needs another view." in page.text


def test_a_usual_range_is_shown_for_cadence_at_easy_pace_only(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    easy = render_report(side_report)
    assert easy.count('class="band-usual"') == 1
    assert "160 to 175" in easy
    runner = side_report.runner.model_dump()
    unknown = changed(runner=runner | {"pace": None})
    assert render_report(unknown).count('class="band-usual"') == 1
    tempo = render_report(changed(runner=runner | {"pace": "tempo"}))
    assert 'class="band-usual"' not in tempo
    assert "160 to 175" not in tempo


def test_the_foot_at_landing_is_named_and_never_numbered(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    metrics = {key: one.model_dump() for key, one in side_report.metrics.items()}
    metrics["foot_inclination_ic_deg"] |= {"value": 13.37, "low": 12.0, "high": 14.7}
    outline = Outline(render_report(changed(metrics=metrics)))
    assert "Heel first" in outline.text
    assert not re.search(r"\b13\.[34]", outline.text)
    assert not [value for value in outline.values("aria-label") if "13.4" in value]


def test_nothing_is_graded(side_report: Report, rear_report: Report) -> None:
    banned = (
        r"\b(good|bad|poor|excellent|correct|incorrect|wrong|score|grade|ideal|abnormal|risk)\b"
    )
    for report in (side_report, rear_report):
        text = Outline(render_report(report)).text
        text = text.replace("How good this clip is", "").replace("no single ideal number", "")
        assert not re.search(banned, text, re.IGNORECASE)


def test_safety_stands_at_both_ends(page: Outline) -> None:
    texts = fixed_texts()["safety"]
    assert page.text.index(texts["header"]) < page.text.index("The numbers")
    for line in (*texts["footer"], texts["private"]):
        assert page.text.index(line) > page.text.index("The numbers")


def test_two_cues_are_shown_as_they_are(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    cue = side_report.cues[0].model_dump()
    two = changed(cues=[cue, cue | {"id": "less_bounce", "title": "Run flatter"}])
    text = Outline(render_report(two)).text
    assert "Two things to try" in text
    for part in ("Land under your hips", "Run flatter", cue["text"], cue["dose"], cue["trade_off"]):
        assert part in text


def said(text_id: str) -> str:
    """Return the text of a remark of the advice."""
    return next(row.text for row in load_guide().texts.text if row.id == text_id)


@pytest.mark.parametrize("text_id", ["nothing", "nothing_sore", "blind"])
def test_without_a_cue_the_page_says_so_once_in_the_words_of_the_advice(
    text_id: str, changed: Callable[..., Report]
) -> None:
    report = changed(cues=[], advice={"notes": [said(text_id), "Another remark."]})
    text = Outline(render_report(report)).text
    assert text.count(said(text_id)) == 1
    assert text.index(said(text_id)) < text.index("The numbers") < text.index("Another remark.")
    title = "No suggestion from this clip" if text_id == "blind" else "Nothing stands out"
    assert title in text


def test_a_remark_is_known_by_its_id_whatever_its_words(changed: Callable[..., Report]) -> None:
    """A later version may mend a sentence; reports that hold the earlier one stay as they were."""
    remarks = [
        {"id": "nothing", "kind": "note", "text": "An older way to say it."},
        {"id": "safety_stop", "kind": "safety", "text": "An older warning."},
        {"id": "", "kind": "note", "text": "A remark."},
    ]
    notes = [one["text"] for one in remarks]
    text = Outline(
        render_report(changed(cues=[], advice={"notes": notes, "remarks": remarks}))
    ).text
    assert "Nothing stands out" in text
    assert text.index("An older way") < text.index("A remark.") < text.index("An older warning.")


def test_a_finding_that_is_left_alone_is_not_called_nothing(changed: Callable[..., Report]) -> None:
    report = changed(cues=[], advice={"notes": ["Seen, but left alone for now: the landing."]})
    text = Outline(render_report(report)).text
    assert "Nothing stands out" not in text
    assert "No cue for now" in text
    assert "Seen, but left alone for now: the landing." in text


def test_without_advice_the_page_says_that_nothing_stands_out(
    changed: Callable[..., Report],
) -> None:
    assert "Nothing stands out" in render_report(changed(cues=[], advice={}))


def test_the_advices_safety_notes_close_the_page_in_place_of_its_own(
    changed: Callable[..., Report],
) -> None:
    safety = said("safety_stop")
    text = Outline(render_report(changed(advice={"notes": [safety, "A remark."]}))).text
    assert text.count(safety) == 1
    assert text.index("A remark.") < text.index("Sources") < text.index(safety)
    assert fixed_texts()["safety"]["footer"][0] not in text


def test_plans_drills_and_retests_stand_there(changed: Callable[..., Report]) -> None:
    advice = {
        "drills": [{"id": "heel_raise", "text": "Slow heel raise.", "stop_if": "Sharp pain."}],
        "plans": [{"id": "w", "title": "A week", "steps": [{"when": "Monday", "text": "Run."}]}],
        "retest": ["Heel raises in a row"],
        "irritability": "low",
    }
    text = Outline(render_report(changed(advice=advice))).text
    for part in ("Slow heel raise.", "Limits Sharp pain.", "A week",
                 "Monday Run.", "Heel raises in a row", "low irritability"):  # fmt: skip
        assert part in text


def test_without_cue_and_numbers_nothing_is_claimed(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    metrics = {
        key: {"unit": one.unit, "status": "low_confidence", "reason": "Too dark."}
        for key, one in side_report.metrics.items()
    }
    text = Outline(render_report(changed(cues=[], advice={}, metrics=metrics))).text
    assert "No suggestion from this clip" in text
    assert "Nothing stands out" not in text
    assert "Too dark." in text


def test_red_flags_come_first_and_silence_the_cues(changed: Callable[..., Report]) -> None:
    html = render_report(changed(advice={"red_flags": ["Pain wakes you at night."]}))
    text = Outline(html).text
    assert "Pain wakes you at night." in text
    assert "Land under your hips" not in text


def test_a_clip_without_a_runner_gets_a_page_with_the_way_out(side_analysis: Analysis) -> None:
    quality = [QualityNote("no_runner", "error", "Nobody runs here.", "Film the whole body.")]
    report = build_empty_report(
        side_analysis.clip, side_analysis.runner, quality, side_analysis.provenance
    )
    text = Outline(render_report(report)).text
    for part in ("No runner could be measured", "Film the whole body.", "Filming the next one"):
        assert part in text


def test_filming_advice_comes_only_with_a_reason(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    assert "Filming the next one" in render_report(side_report)
    note = side_report.quality[0].model_dump() | {"severity": "info"}
    assert "Filming the next one" not in render_report(changed(quality=[note]))


def test_text_from_outside_cannot_become_markup(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    nasty = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    report = changed(
        clip=side_report.clip.model_dump() | {"name": nasty},
        runner=side_report.runner.model_dump() | {"id": nasty, "shoes": nasty},
        quality=[{"code": nasty, "severity": "warn", "text": nasty, "fix": nasty}],
        cues=[side_report.cues[0].model_dump() | {"title": nasty, "because": [nasty]}],
        metrics={nasty: {"unit": nasty, "status": "occluded", "reason": nasty}},
    )
    stills = [Still(nasty, 0.0, np.zeros((8, 8, 3), dtype=np.uint8))]
    outline = Outline(render_report(report, stills))
    assert outline.tags["script"] == 0
    assert outline.tags["img"] == 1
    assert not [name for _, name, _ in outline.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in outline.text


def test_the_rear_page_shows_both_legs_and_the_caveat(rear_report: Report) -> None:
    text = Outline(render_report(rear_report)).text
    assert "from behind" in text
    assert "A little inward movement is normal" in text
    assert re.search(r"left \d+\.\d°.*right \d+\.\d°", text)


def test_a_metric_or_cue_key_that_is_not_known_does_no_harm(
    side_report: Report, changed: Callable[..., Report]
) -> None:
    metrics = {key: one.model_dump() for key, one in side_report.metrics.items()}
    metrics["moon_phase"] = {"unit": "1", "status": "measured", "value": 0.5}
    cue = side_report.cues[0].model_dump() | {"because": ["moon_phase"]}
    text = Outline(render_report(changed(metrics=metrics, cues=[cue]))).text
    assert "moon phase" in text


def test_the_same_report_gives_the_same_page(side_report: Report) -> None:
    stills = noise(80, 60)
    assert render_report(side_report, stills) == render_report(side_report, stills)


def test_a_part_of_a_clip_is_told_at_the_top(changed: Callable[..., Report]) -> None:
    def part(from_s: float, to_s: float) -> str:
        clip = changed().clip.model_dump() | {"duration_s": 10.0, "from_s": from_s, "to_s": to_s}
        return dict(facts(changed(clip=clip)))["Measured part"]

    assert part(2.0, 7.0) == "only 2.0 to 7.0\xa0s of 10.0\xa0s"
    assert part(0.0, 9.9) == "0.0 to 9.9\xa0s"
