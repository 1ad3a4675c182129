"""Folders of clips, what results depend on, and what counts as done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.batch.plan import Task, finished_before, name_folders, options_hash
from formcheck.batch.record import (
    Record,
    drop_parts,
    load_record,
    new_part,
    put_in_place,
    save_record,
    write_whole,
)
from formcheck.batch.run import kept_failure
from formcheck.batch.work import do_task
from formcheck.crew.cores import core_shares
from formcheck.cues import Symptoms
from formcheck.errors import UsageError
from formcheck.machine import usable_threads
from formcheck.pipeline import Options
from formcheck.results import file_hash
from formcheck.types import Runner
from formcheck.values import parse_baseline
from tests.batch import fake
from tests.cli.run import one_sentence

MODEL = ("lite", "1" * 64)


def task(tmp_path, clip="a.mp4", options=None, **said) -> Task:
    path = fake.write_clip(tmp_path / "clips" / clip, **said)
    options = options or Options(pose="lite")
    (tmp_path / "out").mkdir(exist_ok=True)
    sha256 = options_hash(options, MODEL)
    return Task(clip, path, tmp_path / "out", path.stem, options, sha256)


def test_folders_are_named_by_stems_and_told_apart(tmp_path):
    clips = ["a/run.mp4", "b/run.mov", "c/Run.mp4", "run_2.mp4", "summary.csv.mp4", ".x.mp4"]
    assert name_folders(clips, tmp_path) == [
        "run", "run_2", "Run_3", "run_2_2", "summary.csv_2", "x",
    ]  # fmt: skip


@given(st.lists(st.text("aA./_2", min_size=1, max_size=6), unique=True, max_size=20))
def test_folders_never_coincide(tmp_path_factory, clips):
    names = name_folders(clips, tmp_path_factory.getbasetemp() / "nowhere")
    assert len({name.casefold() for name in names}) == len(clips)
    assert all(name and not name.startswith(".") and "/" not in name for name in names)


def test_a_clip_keeps_its_folder_when_others_come(tmp_path):
    first = replace(task(tmp_path), clip="b/run.mp4", folder="run")
    do_task(first, fake.measure)
    assert name_folders(["a/run.mp4", "b/run.mp4"], first.out) == ["run_2", "run"]


def test_what_else_lies_there_is_never_taken(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine", "utf-8")
    assert name_folders(["run.mp4"], tmp_path) == ["run_2"]


def test_done_again_only_when_something_changed(tmp_path):
    one = task(tmp_path)
    assert finished_before(one) is None
    record = do_task(one, fake.measure)
    assert record.state == "measured"
    assert finished_before(one) == record
    assert finished_before(replace(one, options_sha256="other")) is None
    assert finished_before(replace(one, clip="c.mp4")) is None
    (one.out / "a" / "report.json").write_text("{", "utf-8")
    assert finished_before(one) is None
    do_task(one, fake.measure)
    assert finished_before(one) is not None
    fake.write_clip(one.path, 171.0)
    assert finished_before(one) is None


def with_more(clip: Path, folder: Path, options: Options) -> None:
    """Leave more than a report, as a whole run does."""
    fake.measure(clip, folder, options)
    for name in ("report.html", "annotated.mp4", "frames.csv"):
        (folder / name).write_text(f"{name}: all of it", "utf-8")


@pytest.mark.parametrize("name", ["report.html", "annotated.mp4", "frames.csv"])
@pytest.mark.parametrize("harm", ["gone", "cut off", "empty"])
def test_results_that_are_gone_or_cut_off_are_made_again(tmp_path, name, harm):
    one = task(tmp_path)
    assert finished_before(one) is None
    assert do_task(one, with_more) == finished_before(one)
    file = one.out / "a" / name
    if harm == "gone":
        file.unlink()
    else:
        file.write_text("" if harm == "empty" else file.read_text("utf-8")[:5], "utf-8")
    assert finished_before(one) is None
    assert do_task(one, with_more) == finished_before(one)


def test_records_of_earlier_versions_still_count(tmp_path):
    one = task(tmp_path)
    record = do_task(one, fake.measure).model_copy(update={"files": None})
    save_record(record, one.out / "a")
    assert finished_before(one) == record


@pytest.mark.parametrize("error", [OSError(36, "File name too long"), ValueError("a NUL")])
def test_a_name_that_allows_no_folder_is_a_row_in_the_tables(tmp_path, monkeypatch, error):
    def refused(*_: object) -> None:
        raise error

    monkeypatch.setattr("formcheck.batch.run.keep_failure", refused)
    record = kept_failure(task(tmp_path), "internal", "It failed.")
    assert (record.state, record.code, record.sentence) == ("failed", "internal", "It failed.")


def test_a_full_disk_stops_the_batch(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("formcheck.batch.run.keep_failure", full)
    with pytest.raises(OSError, match="No space"):
        kept_failure(task(tmp_path), "internal", "It failed.")


def test_failures_are_tried_again_only_when_something_changed(tmp_path):
    one = task(tmp_path, nobody=True)
    record = do_task(one, fake.measure)
    assert (record.state, record.code) == ("failed", "no_person")
    assert finished_before(one) == record
    fake.write_clip(one.path, 171.0)
    assert finished_before(one) is None
    assert do_task(one, fake.measure).state == "measured"
    assert not (one.out / "a" / "half.txt").exists()


def test_a_clip_that_cannot_be_read_is_always_tried_again(tmp_path):
    one = task(tmp_path, nobody=True)
    save_record(do_task(one, fake.measure).model_copy(update={"clip_sha256": None}), one.out / "a")
    one.path.unlink()
    assert file_hash(one.path) is None
    assert finished_before(one) is None


def test_every_option_counts():
    known = {
        options_hash(options, MODEL)
        for options in (
            Options(),
            Options(view="rear"),
            Options(pose="lite"),
            Options(video=False),
            Options(from_s=1.0),
            Options(runner=Runner(height_m=1.8)),
            Options(symptoms=Symptoms(region="knee")),
            Options(baseline=parse_baseline("170")),
            Options(baseline=parse_baseline("171")),
        )
    }
    assert len(known) == 9
    assert options_hash(Options(), ("lite", "2" * 64)) not in known
    assert options_hash(Options(), MODEL) in known


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other"}', '{"clip": 1}'])
def test_a_damaged_record_is_none(tmp_path, text):
    (tmp_path / "batch.json").write_text(text, "utf-8")
    assert load_record(tmp_path) is None


def test_a_record_comes_back(tmp_path):
    record = Record.model_validate(
        {"clip": "ä/b.mp4", "folder": "b", "state": "failed", "clip_sha256": None,
         "options_sha256": "1", "code": "c", "sentence": "Läuft nicht."}
    )  # fmt: skip
    save_record(record, tmp_path)
    assert load_record(tmp_path) == record


def test_folders_are_replaced_as_a_whole(tmp_path):
    for word in ("old", "new"):
        part = new_part(tmp_path)
        (part / f"{word}.txt").write_text(word, "utf-8")
        put_in_place(part, tmp_path / "a")
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["new.txt"]
    drop_parts(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_files_are_replaced_as_a_whole(tmp_path):
    write_whole(tmp_path / "x", b"one")
    write_whole(tmp_path / "x", b"two")
    assert (tmp_path / "x").read_bytes() == b"two"
    assert len(list(tmp_path.iterdir())) == 1


def test_cores_are_shared_evenly():
    assert core_shares([0, 1], 2) == [(0,), (1,)]
    assert core_shares([2, 5], 1) == [(2, 5)]
    assert core_shares([0, 1], 3) == [(0,), (1,), (0,)]
    for workers in range(1, 9):
        shares = core_shares(range(8), workers)
        assert sorted(core for share in shares for core in share) == list(range(8))
        assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["0", "x", "-1", "99", ""])
def test_impossible_threads_are_told(monkeypatch, text):
    monkeypatch.setenv("FORMCHECK_THREADS", text)
    with pytest.raises(UsageError) as caught:
        usable_threads()
    assert one_sentence(str(caught.value))


def test_threads_of_a_clip_can_be_set(monkeypatch):
    monkeypatch.setenv("FORMCHECK_THREADS", "3")
    assert usable_threads() == 3
    monkeypatch.delenv("FORMCHECK_THREADS")
    assert 1 <= usable_threads() <= 8
