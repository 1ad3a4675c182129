"""Folders and manifests: what is taken, what is passed over, what is refused and why."""

from __future__ import annotations

import pytest

from formcheck.batch import Entry, Refused, find_inputs
from formcheck.cues import Symptoms
from formcheck.errors import UsageError
from formcheck.request import Request
from tests.cli.run import one_sentence

BASE = Request(pose="lite", height=1.7, pace="easy")


def inputs(source, out=None, request=BASE):
    return find_inputs(source, request, options, out or source / "out")


def options(request, told):
    return request.options(Symptoms(**told) if told else None)


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", "utf-8")


def test_a_folder_is_looked_through(tmp_path):
    touch(
        tmp_path, "b.MP4", "a.mov", "sub/c.mp4", "notes.txt", ".hidden.mp4", "._a.mov", ".git/x.mp4"
    )
    touch(tmp_path, "done/report.json", "done/annotated.mp4", "out/a/annotated.mp4")
    found = inputs(tmp_path)
    assert [one.clip for one in found.entries] == ["a.mov", "b.MP4", "sub/c.mp4"]
    assert found.skipped == ("notes.txt",)
    assert all(isinstance(one, Entry) and one.path.is_absolute() for one in found.entries)


def test_a_manifest_sets_options_row_by_row(tmp_path):
    touch(tmp_path, "a.mp4", "deep/b.mp4")
    (tmp_path / "list.csv").write_text(
        "clip,runner,height_m,speed_kmh,incline_pct,pace,view\n"
        "deep/b.mp4,anna,1.81,10.8,1.5,tempo,rear\n\na.mp4,,,,,,\n",
        "utf-8-sig",
    )
    second, first = inputs(tmp_path / "list.csv").entries
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    assert first.options == BASE.options()
    runner = second.options.runner
    assert (second.clip, runner.id, runner.height_m, runner.incline_pct, runner.pace) == (
        "deep/b.mp4", "anna", 1.81, 1.5, "tempo",
    )  # fmt: skip
    assert runner.belt_speed_mps == pytest.approx(3.0)
    assert (second.options.view, second.options.pose) == ("rear", "lite")


def test_a_manifest_tells_day_shoes_and_pain_and_carries_the_rest(tmp_path):
    touch(tmp_path, "a.mp4", "b.mp4")
    (tmp_path / "list.csv").write_text(
        "clip,date,shoes,region,pain_during,night_pain,practised,group,Subject\n"
        'a.mp4,2026-05-01,Daily 10,"knee, achilles",3,no,yes,control,7\nb.mp4,,,,,,,,\n',
        "utf-8",
    )
    first, second = inputs(tmp_path / "list.csv").entries
    assert isinstance(first, Entry)
    assert isinstance(second, Entry)
    runner = first.options.runner
    assert (runner.date, runner.shoes) == ("2026-05-01", "Daily 10")
    said = first.options.symptoms
    assert said is not None
    assert (said.region, said.pain_during, said.night_pain, said.practised) == (
        ("knee", "achilles"), 3.0, False, True,
    )  # fmt: skip
    assert second.options.symptoms is None
    assert first.extra == {"group": "control", "subject": "7"}
    assert set(second.extra.values()) == {""}


@pytest.mark.parametrize(
    ("column", "cell"),
    [("date", "yesterday"), ("pain_during", "12"), ("night_pain", "maybe"), ("region", "nose")],
)
def test_what_a_row_cannot_say_is_refused_alone(tmp_path, column, cell):
    touch(tmp_path, "a.mp4", "b.mp4")
    (tmp_path / "list.csv").write_text(f"clip,{column}\nb.mp4,\na.mp4,{cell}\n", "utf-8")
    first, second = inputs(tmp_path / "list.csv").entries
    assert isinstance(first, Entry)
    assert isinstance(second, Refused)
    assert one_sentence(second.sentence)
    assert column.replace("_", " ") in second.sentence.replace("_", " ")
    assert "--" not in second.sentence


def test_a_manifest_as_spreadsheets_of_other_countries_write_it(tmp_path):
    touch(tmp_path, "a.mp4")
    (tmp_path / "list.csv").write_text("Clip;height_m\na.mp4;1,76\n", "utf-8")
    (one,) = inputs(tmp_path / "list.csv").entries
    assert isinstance(one, Entry)
    assert one.options.runner.height_m == 1.76


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("nowhere.mp4,,,,,,", "nowhere.mp4"),
        (",anna,,,,,", "empty"),
        ("a.mp4,,17,,,,", "height_m"),
        ("a.mp4,,tall,,,,", "height_m"),
        ("a.mp4,,nan,,,,", "height_m"),
        ("a.mp4,,,200,,,", "speed_kmh"),
        ("a.mp4,,,inf,,,", "speed_kmh"),
        ("a.mp4,,,,80,,", "incline_pct"),
        ("a.mp4,,,,,race,", "pace"),
        ("a.mp4,,,,,,top", "view"),
        ("a.mp4,,,,,,,more", "more cells"),
        ("b.mp4", "already"),
    ],
)
def test_a_bad_row_is_refused_alone(tmp_path, row, word):
    touch(tmp_path, "a.mp4", "b.mp4")
    header = "clip,runner,height_m,speed_kmh,incline_pct,pace,view"
    (tmp_path / "list.csv").write_text(f"{header}\nb.mp4\n{row}\n", "utf-8")
    first, second = inputs(tmp_path / "list.csv").entries
    assert isinstance(first, Entry)
    assert isinstance(second, Refused)
    assert one_sentence(second.sentence)
    assert second.sentence.startswith("Row 3: ")
    assert word in second.sentence
    assert "--" not in second.sentence


@pytest.mark.parametrize(
    "text",
    ["", "runner\n", "clip,speed\na.mp4,3\n", "clip,clip\na.mp4,a.mp4\n", "clip\n", "\n"],
)
def test_a_bad_header_or_nothing_is_wrong_usage(tmp_path, text):
    touch(tmp_path, "a.mp4")
    (tmp_path / "list.csv").write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        inputs(tmp_path / "list.csv")
    assert one_sentence(str(caught.value))


def test_a_manifest_that_is_no_text(tmp_path):
    (tmp_path / "list.csv").write_bytes(b"clip\n\xff\xfe.mp4\n")
    with pytest.raises(UsageError, match="UTF-8"):
        inputs(tmp_path / "list.csv")


def test_nothing_to_do(tmp_path):
    touch(tmp_path, "empty/notes.txt", "a.mp4")
    for source in (tmp_path / "empty", tmp_path / "nowhere", tmp_path / "a.mp4"):
        with pytest.raises(UsageError) as caught:
            inputs(source)
        assert one_sentence(str(caught.value))
    with pytest.raises(UsageError):
        inputs(tmp_path, request=Request(height=17.0))
