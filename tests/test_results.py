"""Results never take the place of what is read, of what formcheck did not write, or stay mixed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from formcheck.errors import FormcheckError, NoRunnerError, UsageError
from formcheck.outputs import RESULT_NAMES, analyze_to_folder
from formcheck.pipeline import Options
from formcheck.pose import save_track
from formcheck.results import CANNOT_WRITE, ResultFolder, keep_inputs, writing
from tests.batch.fake import report
from tests.cli.run import one_sentence, run
from tests.gait.exact import filmed
from tests.video.clips import record, steady

REPORT = report("other.mp4", 170.0, Options()).to_json()
LINKS = {"same": None, "hard": os.link, "symbolic": os.symlink}


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a folder with a report in it, as an earlier run leaves it."""
    made = tmp_path / "out"
    made.mkdir()
    (made / "report.json").write_text(REPORT, "utf-8")
    return made


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> tuple[Path, Options]:
    """Return a clip of a computed runner and options that hold the runner's track."""
    made = tmp_path_factory.mktemp("clip")
    track = filmed("rear", 60.0, 4.0)[2]
    save_track(track, made / "track.npz")
    options = Options(track=made / "track.npz", video=False)
    return record(made / "run.mp4", steady(track.t_s.size, 60.0)), options


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("name", RESULT_NAMES)
def test_a_result_never_replaces_the_clip(folder, tmp_path, name, link):
    """The clip in the folder under a result's name, or linked to there."""
    clip = folder / name if link is None else tmp_path / "mine.mp4"
    clip.write_bytes(b"the runner's own")
    if link is not None:
        (folder / name).unlink(missing_ok=True)
        link(clip, folder / name)
    sentence = run("analyze", clip, "--out", folder)
    assert sentence.code == 2
    assert "would replace" in sentence.failure
    assert one_sentence(sentence.failure)
    assert clip.read_bytes() == b"the runner's own"
    assert not [name for name in names_in(folder) if name.startswith(".")]


def test_a_comparison_never_replaces_what_it_compares(folder, tmp_path):
    """Neither the videos nor stored results of an earlier comparison."""
    clip = folder / "side_by_side.mp4"
    clip.write_bytes(b"the runner's own")
    (folder / "first").mkdir()
    (folder / "first" / "report.json").write_text(REPORT, "utf-8")
    other = tmp_path / "other.mp4"
    other.write_bytes(b"another")
    for words in ((clip, folder), (folder, clip), (other, folder / "first")):
        ran = run("compare", *words, "--out", folder)
        assert ran.code in (2, 3), ran.err
        if words[0] != other:
            assert "would replace" in ran.failure or "not a video" in ran.failure
    assert clip.read_bytes() == b"the runner's own"
    assert (folder / "first" / "report.json").read_text("utf-8") == REPORT


def test_a_baseline_is_kept(folder):
    clip = folder.parent / "clip.mp4"
    clip.write_bytes(b"x")
    ran = run("analyze", clip, "--out", folder, "--baseline", folder)
    assert ran.code == 2
    assert "would replace" in ran.failure
    assert (folder / "report.json").read_text("utf-8") == REPORT


@pytest.mark.parametrize("name", [name for name in RESULT_NAMES if name != "report.json"])
def test_what_formcheck_did_not_write_is_kept(tmp_path, name):
    (tmp_path / name).write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="not written by formcheck"):
        analyze_to_folder(tmp_path / "no.mp4", tmp_path, Options())
    assert (tmp_path / name).read_text("utf-8") == "mine"


def test_a_folder_in_the_place_of_the_report_is_told(tmp_path):
    (tmp_path / "report.json").mkdir()
    with pytest.raises(UsageError, match="not written by formcheck"):
        analyze_to_folder(tmp_path / "no.mp4", tmp_path, Options())


def test_results_of_another_clip_go(clip, folder):
    """With all of a run's names there, and a file that is not formcheck's."""
    path, options = clip
    for name in (*RESULT_NAMES[1:], "notes.txt"):
        (folder / name).write_text("another clip's", "utf-8")
    analyze_to_folder(path, folder, options)
    assert names_in(folder) == {*RESULT_NAMES, "notes.txt"} - {"annotated.mp4"}
    assert (folder / "notes.txt").read_text("utf-8") == "another clip's"
    for name in RESULT_NAMES:
        if (folder / name).exists():
            assert "another clip's" not in (folder / name).read_text("utf-8")


def test_a_run_without_a_runner_leaves_its_report_alone(folder, tmp_path):
    for name in RESULT_NAMES[1:]:
        (folder / name).write_text("another clip's", "utf-8")
    short = record(tmp_path / "short.mp4", steady(20, 30.0))
    with pytest.raises(NoRunnerError, match="too short"):
        analyze_to_folder(short, folder, Options())
    assert names_in(folder) == {"report.json"}
    assert '"short.mp4"' in (folder / "report.json").read_text("utf-8")


def test_a_clip_that_cannot_be_read_leaves_earlier_results(folder):
    with suppress(FormcheckError):
        analyze_to_folder(folder / "no.mp4", folder, Options())
    assert (folder / "report.json").read_text("utf-8") == REPORT
    assert names_in(folder) == {"report.json"}


def test_a_folder_that_is_full_or_closed(clip, folder, monkeypatch):
    """Every write of a run may fail: the sentence names the folder, and nothing half is left."""
    path, options = clip
    calls = {"write_report": None, "save_report": None, "write_frames": None}
    for name in calls:
        with monkeypatch.context() as patch:

            def full(*_: object) -> None:
                raise OSError(28, "No space left on device")

            patch.setattr(f"formcheck.outputs.{name}", full)
            with pytest.raises(FormcheckError, match="No space left") as caught:
                analyze_to_folder(path, folder, options)
        assert caught.value.code == CANNOT_WRITE
        assert one_sentence(str(caught.value))
        assert ".formcheck" not in str(caught.value)
        assert names_in(folder) == {"report.json"}
        assert (folder / "report.json").read_text("utf-8") == REPORT


def test_a_closed_folder_is_told_before_any_work(folder, monkeypatch):
    def closed(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("formcheck.results.tempfile.mkdtemp", closed)
    with pytest.raises(UsageError, match="cannot be written to"):
        analyze_to_folder(folder / "no.mp4", folder, Options())


def test_a_writer_that_cannot_write_names_the_folder(tmp_path):
    with (
        pytest.raises(FormcheckError, match="/results could not be written"),
        writing(Path("/results")),
    ):
        raise FormcheckError("/results/.formcheck-1/x could not be written.", CANNOT_WRITE)


def test_a_folder_made_for_nothing_goes(tmp_path):
    with ResultFolder(tmp_path / "a" / "new", ("report.json",)) as made:
        assert made.part.parent == tmp_path / "a" / "new"
    assert not (tmp_path / "a" / "new").exists()


def test_links_that_lead_nowhere_are_no_inputs(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    keep_inputs([tmp_path / "loop"], [tmp_path / "gone", tmp_path / "loop"])


def test_clips_of_one_stem_get_folders_of_their_own(clip, tmp_path, monkeypatch):
    """The same clip keeps its folder, so that measuring it again leaves no second one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film").mkdir()
    for name in ("IMG_1.MOV", "IMG_1.mp4"):
        record(tmp_path / "film" / name, steady(20 + len(names_in(tmp_path / "film")), 30.0))
    (tmp_path / "IMG_1").mkdir()
    (tmp_path / "IMG_1" / "mine.txt").write_text("mine", "utf-8")
    for name in ("IMG_1.MOV", "IMG_1.mp4", "IMG_1.MOV"):
        assert run("analyze", Path("film") / name).code == 4
    assert names_in(tmp_path) == {"film", "IMG_1", "IMG_1_2", "IMG_1_3"}
    assert names_in(tmp_path / "IMG_1") == {"mine.txt"}
    assert "IMG_1.MOV" in (tmp_path / "IMG_1_2" / "report.json").read_text("utf-8")
    assert "IMG_1.mp4" in (tmp_path / "IMG_1_3" / "report.json").read_text("utf-8")
