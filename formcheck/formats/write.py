"""Write one stored analysis, or all of a folder, in a format of the field.

A new format is a module beside this one and its name in `Format` and `WRITERS`; the command and the
public function read both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, get_args

import pyarrow.csv
import pyarrow.parquet

from formcheck.errors import BatchError, FormcheckError
from formcheck.formats.c3d import write_c3d
from formcheck.formats.motion import read_motion
from formcheck.formats.opensim import mot_text, trc_text
from formcheck.formats.record import fhir_text
from formcheck.formats.table import landmarks_table
from formcheck.notes import usage
from formcheck.report.note import text_note
from formcheck.report.schema import REPORT_NAME, load_report
from formcheck.report.stored import StoredRun, load_run
from formcheck.results import is_same_file
from formcheck.text import cell

Format = Literal["trc", "mot", "c3d", "csv", "parquet", "fhir", "note"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
Writer = Callable[[StoredRun, Path, str], None]


@dataclass(frozen=True, slots=True)
class Written:
    """How a format is written, what its files end in, and what it holds, in a few words.

    `write` takes the run, the file to write and the name that the file will have in the end.
    """

    write: Writer
    ending: str
    holds: str


def export(source: Path, kind: Format, out: Path) -> list[Path]:
    """Write a stored analysis, or every one in a folder of them, in another format.

    Parameters
    ----------
    source : Path
        An output folder of ``formcheck analyze``, its ``report.json``, or a folder of such folders,
        as ``formcheck batch`` writes.
    kind : str
        One of `FORMATS`.
    out : Path
        The file to write; for a folder of analyses the folder to write them into, each called as
        its own folder is.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UsageError
        `source` is no such thing, has no scale for the format, or `out` cannot be written.
    BatchError
        Some of a folder could not be exported; the others were.
    """
    folders = analyses_in(source)
    if folders is None:
        return [_export_one(source, kind, out)]
    if out.is_file():
        raise usage("export_folder_is_file", path=out, clips=len(folders))
    written, failures = [], []
    for folder in folders:
        try:
            written.append(_export_one(folder, kind, out / f"{folder.name}.{WRITERS[kind].ending}"))
        except FormcheckError as error:
            failures.append(str(error))
    if failures:
        raise BatchError(
            f"{len(failures)} of {len(folders)} clips could not be exported, the first because: "
            f"{failures[0]}"
        )
    return written


def analyses_in(source: Path) -> list[Path] | None:
    """Return the folders of measured clips in a folder of results; None for a single analysis.

    Clips in which nobody was measured are left out.

    Raises
    ------
    UsageError
        When there is none.
    """
    if not source.is_dir() or (source / REPORT_NAME).is_file():
        return None
    found = [file.parent for file in sorted(source.glob(f"[!.]*/{REPORT_NAME}"))]
    measured = [folder for folder in found if load_report(folder).view is not None]
    if not measured:
        raise usage("export_nothing_there", folder=source)
    return measured


def _export_one(source: Path, kind: Format, out: Path) -> Path:
    run = load_run(source)
    return write_run(run, kind, out, (source,))


def write_run(run: StoredRun, kind: Format, out: Path, inputs: Iterable[Path] = ()) -> Path:
    """Write one analysis in another format; `inputs` are files that must not be replaced.

    Raises
    ------
    UsageError
        The format needs frames or a scale that it has not, `kind` is no format, or `out` cannot be
        written.
    """
    if kind not in FORMATS:
        raise usage("export_format_not_known", told=kind, known=", ".join(FORMATS))
    if out.is_dir():
        raise usage("export_file_is_folder", path=out, example=out / f"run.{WRITERS[kind].ending}")
    read = () if run.folder is None else run.folder.iterdir()
    if any(is_same_file(out, path) for path in (*inputs, *read)):
        raise usage("export_replaces_input", path=out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out.parent) as folder:
            part = Path(folder) / f"part.{kind}"
            WRITERS[kind].write(run, part, out.name)
            part.replace(out)
    except OSError as error:
        raise usage("export_not_writable", path=out, reason=error.strerror) from error
    return out


def _trc(run: StoredRun, path: Path, name: str) -> None:
    path.write_text(trc_text(read_motion(run), name), encoding="utf-8")


def _mot(run: StoredRun, path: Path, name: str) -> None:
    path.write_text(mot_text(read_motion(run), name), encoding="utf-8")


def _c3d(run: StoredRun, path: Path, name: str) -> None:
    write_c3d(read_motion(run), path)


def _csv(run: StoredRun, path: Path, name: str) -> None:
    options = pyarrow.csv.WriteOptions(quoting_style="needed")
    pyarrow.csv.write_csv(_safe(landmarks_table(run)), path, options)


def _safe(table: pyarrow.Table) -> pyarrow.Table:
    """Return the table with the clip's name as a cell that no spreadsheet takes for a formula."""
    place = table.schema.get_field_index("clip")
    names = [cell(str(name)) for name in table["clip"].to_pylist()]
    return table.set_column(place, "clip", [names])


def _parquet(run: StoredRun, path: Path, name: str) -> None:
    pyarrow.parquet.write_table(landmarks_table(run), path)


def _fhir(run: StoredRun, path: Path, name: str) -> None:
    path.write_text(fhir_text(run.report), encoding="utf-8")


def _note(run: StoredRun, path: Path, name: str) -> None:
    path.write_text(text_note(run.report), encoding="utf-8")


WRITERS: Final[dict[Format, Written]] = {
    "trc": Written(_trc, "trc", "OpenSim markers"),
    "mot": Written(_mot, "mot", "OpenSim angles"),
    "c3d": Written(_c3d, "c3d", "landmarks and contacts"),
    "csv": Written(_csv, "csv", "a tidy table"),
    "parquet": Written(_parquet, "parquet", "the same table"),
    "fhir": Written(_fhir, "fhir.json", "a DiagnosticReport of FHIR R4"),
    "note": Written(_note, "txt", "a text note for a record"),
}
