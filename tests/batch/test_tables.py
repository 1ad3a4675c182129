"""The tables and the page over a group."""

from __future__ import annotations

import csv
from html.parser import HTMLParser

import numpy as np
import pyarrow.parquet as pq
import pytest

from formcheck.batch.inputs import Refused
from formcheck.batch.page import quality_counts, render_page
from formcheck.batch.record import Record
from formcheck.batch.results import summary_table, write_failures, write_summary
from formcheck.batch.spread import robust_z, spread_picture
from formcheck.pipeline import Options
from formcheck.report.info import catalogue
from formcheck.report.schema import RunnerRecord
from formcheck.types import Runner
from tests.batch.fake import report

OPTIONS = Options(runner=Runner(id="anna", height_m=1.7, belt_speed_mps=2.8, pace="easy"))


def record(name: str, state: str = "measured", **more: str) -> Record:
    content = {"clip": name, "folder": name.removesuffix(".mp4"), "state": state}
    return Record.model_validate(
        content | {"clip_sha256": "c" * 64, "options_sha256": "d" * 64} | more
    )


def measured(*cadences: float):
    return [(record(f"c {i}.mp4"), report("c.mp4", x, OPTIONS)) for i, x in enumerate(cadences)]


def test_both_summaries_hold_the_same(tmp_path):
    write_summary(summary_table(measured(160.25, 170.0)), tmp_path)
    with (tmp_path / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = pq.read_table(tmp_path / "summary.parquet")
    assert list(rows[0]) == table.column_names
    assert [float(row["cadence_spm"]) for row in rows] == table["cadence_spm"].to_pylist()
    assert rows[0]["cadence_spm_low"] == "159.75"
    assert rows[0]["cadence_spm_status"] == "measured"
    assert (rows[0]["step_width_cm"], rows[0]["step_width_cm_status"]) == ("", "wrong_view")
    assert (rows[0]["trunk_lean_deg"], rows[0]["trunk_lean_deg_status"]) == ("", "")
    assert (rows[0]["runner"], rows[0]["pace"], rows[0]["view"]) == ("anna", "easy", "side")
    assert (rows[0]["quality"], rows[0]["model"]) == ("short_clip", "lite")
    assert table.schema.metadata[b"schema"] == b"formcheck.summary/1"
    assert str(table.schema.field("trunk_lean_deg").type) == "double"
    assert str(table.schema.field("cadence_spm_n").type) == "int64"


def test_columns_do_not_depend_on_what_was_measured():
    none, some = summary_table([]), summary_table(measured(160.0))
    assert none.column_names == some.column_names
    places = [none.column_names.index(key) for key in catalogue().metrics]
    assert places == sorted(places)
    sided = report("c.mp4", 1.0, OPTIONS)
    sided = sided.model_copy(
        update={"metrics": {**sided.metrics, "trunk_lean_deg_left": sided.metrics["cadence_spm"],
                            "new_metric_cm": sided.metrics["cadence_spm"]}}
    )  # fmt: skip
    names = summary_table([(record("a.mp4"), sided)]).column_names
    assert names.index("trunk_lean_deg_left") == names.index("trunk_lean_deg_status") + 1
    assert "new_metric_cm_high" in names


def test_further_columns_of_a_manifest_come_last_as_text():
    told = {"c 0.mp4": {"group": "=a", "model": "mine"}, "c 1.mp4": {"group": ""}}
    table = summary_table(measured(160.0, 170.0), told)
    assert table.column_names[-2:] == ["group", "manifest_model"]
    assert table["group"].to_pylist() == ["=a", None]
    assert table["manifest_model"].to_pylist() == ["mine", None]
    assert table["model"].to_pylist() == ["lite", "lite"]


def test_failures_are_quoted_where_needed(tmp_path):
    failures: list[Record | Refused] = [
        Refused("a,b.mp4", "usage", 'It says "no".'),
        record("c.mp4", "failed", code="x"),
    ]
    write_failures(failures, tmp_path)
    with (tmp_path / "failures.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["clip", "code", "sentence"], ["a,b.mp4", "usage", 'It says "no".'], ["c.mp4", "x", ""],
        ]  # fmt: skip


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a":
            self.found.append(values["href"])
        elif tag in ("script", "img", "iframe") or (tag == "link" and values["href"] != "data:,"):
            self.fetched.append(tag)


def test_the_page_links_every_clip_and_fetches_nothing():
    pairs = measured(165, 166, 167, 168, 166.5, 195)
    page = render_page(pairs, [Refused("<b>.mp4", "usage", "It is <bad>.")])
    links = Links()
    links.feed(page)
    assert links.fetched == []
    assert {f"c%20{i}/report.html" for i in range(6)} <= set(links.found)
    assert links.found.count("c%205/report.html") == 3  # dot, name below, table
    assert links.found.count("c%200/report.html") == 1
    assert "&lt;b&gt;.mp4" in page
    assert "It is &lt;bad&gt;." in page
    assert "6 of 6" in page
    assert "c 5.mp4: 195.0" in page


def test_the_page_shows_runner_and_day_of_each_clip_where_told():
    (clip, first), (other, second) = measured(165, 166)
    assert ">Runner</th>" in (page := render_page([(clip, first)], []))
    assert ">Date</th>" not in page
    assert "<td>anna</td>" in page
    told = {"runner": RunnerRecord(id="<ben>", date="2026-05-01")}
    page = render_page([(clip, first), (other, second.model_copy(update=told))], [])
    assert ">Date</th>" in page
    assert "<td>&lt;ben&gt;</td>" in page
    assert page.count("2026-05-01") == 1
    nobody = render_page([(clip, first.model_copy(update={"runner": RunnerRecord()}))], [])
    assert ">Runner</th>" not in nobody


def test_the_page_of_nothing_measured():
    page = render_page([], [Refused("a.mp4", "usage", "It is bad.")])
    assert "0 clips" in page
    assert "It is bad." in page


def test_quality_is_counted_once_a_clip():
    (remark,) = quality_counts(one for _, one in measured(160, 161))
    assert (remark.code, remark.clips, remark.fix) == ("short_clip", 2, "Film.")


@pytest.mark.parametrize("seed", range(5))
def test_robust_z_is_z_for_a_normal_group_with_one_apart(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(170.0, 5.0, 400)
    values[7] = 260.0
    z = robust_z(values, np.full(400, 0.1))
    np.testing.assert_allclose(np.delete(z, 7), (np.delete(values, 7) - 170) / 5, atol=0.6)
    assert z[7] == pytest.approx(18.0, rel=0.15)


def test_noise_sets_nobody_apart():
    values = np.array([170.0, 170.0, 170.0, 170.1, 171.0])
    assert np.abs(robust_z(values, np.full(5, 1.0))).max() <= 1.0
    assert np.all(robust_z(values[1:], np.zeros(4)) == 0)  # too few to judge
    assert np.all(robust_z(np.full(6, 3.0), np.zeros(6)) == 0)


def test_dots_lie_within_the_picture_and_apart():
    rng = np.random.default_rng(1)
    values = [*rng.normal(0, 1, 200).tolist(), 40.0]
    names = [str(i) for i in range(201)]
    picture = spread_picture(values, [0.1] * 201, names, names, 1.0)
    assert "200" in {dot.text for dot in picture.outliers}
    assert picture.dots.count("M") + len(picture.outliers) == 201
    xs = [float(part.split()[0]) for part in picture.dots.split("M")[1:]]
    assert 0 <= min(xs) <= max(xs) <= 360
    low, middle, high = picture.box
    assert low < middle < high
