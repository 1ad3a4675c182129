"""formcheck compare and formcheck progress, from stored results and from clips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from formcheck.comparison import load_comparison
from formcheck.report.schema import save_report
from tests.cli.run import Ran, one_sentence, run
from tests.comparison.reports import TEMPO, report

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"
OPTIONS = """
--mode --same-setup --out --slow --overlay --json --speed-first --speed-second --pace-first
--pace-second --view --height --speed --incline --pose --no-video
"""
SAMPLE = SAMPLES / "side_easy_60fps.mp4"


@pytest.fixture
def empty(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stored(folder: Path, **how: Any) -> Path:
    folder.mkdir(parents=True)
    save_report(report(**how), folder / "report.json")
    return folder


@pytest.fixture
def pair(empty) -> tuple[Path, Path]:
    return stored(empty / "easy"), stored(empty / "tempo", runner=TEMPO, moved={"cadence_spm": 12})


def failed(ran: Ran, code: int) -> str:
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert one_sentence(ran.failure), ran.err
    return ran.failure


def test_help_names_every_option():
    text = run("compare", "--help").out
    for option in OPTIONS.split():
        assert option in text
    assert "--runner" in run("progress", "--help").out


def test_stored_results_compared_in_words(pair, empty):
    first, second = pair
    ran = run("compare", first, second / "report.json", "--out", "both")
    assert ran.code == 0, ran.err
    assert "Cadence" in ran.out
    assert "Differs (expected with speed)" in ran.out
    assert "Foot at landing" not in ran.out
    found = load_comparison(empty / "both")
    assert found.sentence.split()[0] in ran.out
    assert found.mode == "easy_tempo"
    assert (empty / "both" / "comparison.html").is_file()
    assert not (empty / "both" / "side_by_side.mp4").exists()
    assert [c.code for c in found.warnings] == ["speed_differs", "no_pictures"]


def test_without_out_the_folder_is_named_after_both(pair, empty):
    assert run("compare", *pair, "--no-video").code == 0
    assert (empty / "easy_tempo" / "comparison.json").is_file()


def test_json_is_the_comparison_and_nothing_else(pair, empty):
    ran = run("compare", *pair, "--json", "--no-video", "--out", "both", "--same-setup")
    content = json.loads(ran.out)
    assert content == json.loads((empty / "both" / "comparison.json").read_text("utf-8"))
    assert content["same_setup"] is True
    assert ran.err == ""


def test_a_refusal_is_an_answer_not_a_failure(pair):
    ran = run("compare", *pair, "--mode", "before-after", "--no-video", "--out", "both")
    assert ran.code == 0
    assert "cannot be compared" in ran.out
    assert "Differs" not in ran.out


@pytest.mark.parametrize(
    "words",
    [("--mode", "later"), ("--slow", "fast"), ("--speed-third", "3m/s")],
    ids=" ".join,
)
def test_wrong_usage(words, pair):
    ran = run("compare", *pair, *words)
    assert ran.code == 2
    assert "Usage" in ran.err


@pytest.mark.parametrize(
    "words",
    [("--slow", "0.5"),
     ("--pace-first", "race"), ("--slow", "nan"), ("--speed-first", "10"), ("--height", "1.8"),
     ("--pace-second", "tempo"), ("--date", "today")],
    ids=" ".join,
)  # fmt: skip
def test_impossible_values_and_options_without_a_clip(words, pair, empty):
    failed(run("compare", *pair, *words, "--out", "both"), 2)
    assert not (empty / "both").exists()


@pytest.mark.parametrize(
    ("other", "code"),
    [("nowhere.mp4", 3), ("nowhere.json", 2), ("notes.txt", 3), ("folder", 2), ("broken.json", 2)],
)
def test_what_cannot_be_read_is_told_before_anything_is_written(other, code, pair, empty):
    (empty / "notes.txt").write_text("hello", "utf-8")
    (empty / "broken.json").write_text("{", "utf-8")
    (empty / "folder").mkdir()
    for words in ((pair[0], other), (other, SAMPLE)):
        sentence = failed(run("compare", *words, "--out", "both"), code)
        assert other in sentence
        assert not (empty / "both").exists()


def test_nobody_in_a_stored_result(pair, empty):
    content = json.loads((pair[0] / "report.json").read_text("utf-8")) | {"view": None}
    (empty / "nobody.json").write_text(json.dumps(content), "utf-8")
    assert "film that run again" in failed(run("compare", pair[0], "nobody.json"), 4)


def test_a_folder_that_cannot_be_made(pair, empty):
    (empty / "taken").write_text("mine", "utf-8")
    failed(run("compare", *pair, "--out", "taken"), 2)
    assert (empty / "taken").read_text("utf-8") == "mine"


def test_progress_in_words_and_as_json(empty):
    for i, day in enumerate(("2026-03-01", "2026-03-20")):
        stored(empty / "runs" / day, runner={"date": day}, moved={"cadence_spm": 8.0 * i},
               clip={"sha256": str(i)})  # fmt: skip
    ran = run("progress", "runs", "--out", "weeks")
    assert ran.code == 0, ran.err
    for part in ("Easy, from the left side", "2 runs", "Cadence", "+8.0", "Differs"):
        assert part in ran.out
    names = {file.name for file in (empty / "weeks").iterdir()}
    assert names == {"progress.json", "progress.html", "progress.csv"}
    content = json.loads(run("progress", "runs", "--out", "weeks", "--json").out)
    assert content == json.loads((empty / "weeks" / "progress.json").read_text("utf-8"))
    stored(empty / "runs" / "other", runner={"id": "r2"}, clip={"sha256": "o"})
    assert "r1, r2" in failed(run("progress", "runs", "--out", "weeks"), 2)
    assert run("progress", "runs", "--runner", "r2", "--out", "weeks").code == 0


def test_progress_without_reports(empty):
    failed(run("progress", "nowhere", "--out", "weeks"), 2)
    assert not (empty / "weeks").exists()


@pytest.mark.model
@pytest.mark.slow
def test_two_parts_of_a_clip_from_the_clip_itself(empty):
    how = ("--height", "1.79", "--speed", "2.6m/s", "--pose", "lite")
    first = run("analyze", SAMPLE, "--to", "3.1", *how, "--out", "early")
    assert first.code == 0, first.err
    ran = run("compare", "early", SAMPLE, "--from", "1.9", *how, "--same-setup", "--out", "both")
    assert ran.code == 0, ran.err
    found = load_comparison(empty / "both")
    assert found.comparable
    assert (found.first.to_s, found.second.from_s) == pytest.approx((3.1, 1.9), abs=0.02)
    verdicts = [change.verdict for change in found.metrics.values()]
    assert verdicts.count("real") <= 0.1 * len(verdicts)
    for name in ("comparison.html", "side_by_side.mp4", "second/report.json"):
        assert (empty / "both" / name).stat().st_size > 1000
    html = (empty / "both" / "comparison.html").read_text("utf-8")
    assert html.count("<img ") == 4
    assert "Four instants" in html
