"""Parts of the service by themselves: storage, database, forms, settings, the OpenAPI document."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from formcheck_api import docs
from formcheck_api.intake.uploads import display_name
from formcheck_api.settings import Settings, parse_tokens
from formcheck_api.store.database import Database
from formcheck_api.store.storage import Storage
from formcheck_api.store.tables import Table
from formcheck_api.web.app import create_app
from formcheck_api.web.problems import KINDS, MEDIA_TYPE
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import create_engine

JOB = "019aab12cd3400112233445566778899"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_storage(tmp_path, kind):
    storage = Storage(str(tmp_path / "store") if kind == "folder" else "memory://store")
    storage.prepare()
    storage.check()
    source = tmp_path / "out"
    source.mkdir()
    for name in ("a.csv", "b.csv"):
        (source / name).write_text(name, "ascii")
    storage.put_folder(source, f"{JOB}/result")
    assert list(source.iterdir()) == []
    found = storage.find(f"{JOB}/result/a.csv")
    assert found is not None
    assert found.size == 5
    with storage.open(found.key) as file:
        assert file.read() == b"a.csv"
    with storage.local(f"{JOB}/result") as folder:
        assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv"]
    assert storage.find(f"{JOB}/result/c.csv") is None
    assert storage.find(f"{JOB}/result") is None
    with pytest.raises(FileNotFoundError), storage.local(f"{JOB}/none"):
        pass
    assert storage.jobs() == [JOB]
    storage.delete(JOB)
    storage.delete(JOB)
    assert storage.jobs() == []


def test_file_that_cannot_be_stored_leaves_nothing(tmp_path):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    with pytest.raises(FileNotFoundError):
        storage.put(tmp_path / "missing", f"{JOB}/clip")
    assert storage.find(f"{JOB}/clip") is None
    assert list((tmp_path / "store" / ".incoming").iterdir()) == []


def test_migrations_make_the_tables_of_the_code(tmp_path):
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    database = Database(url, 5)
    database.migrate()
    database.migrate()
    database.close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
    engine.dispose()


def test_services_may_migrate_at_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    code = (
        "import sys; from formcheck_api.store.database import Database; "
        "database = Database(sys.argv[1], 30); database.migrate(); database.close()"
    )
    services = [
        subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [service.communicate()[1] for service in services]
    assert [service.returncode for service in services] == [0, 0, 0, 0], said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("run.mp4", "run.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\clips\\run.mp4", "run.mp4"),
        ("a\x00b\nc.mp4", "abc.mp4"),
        ("", "clip"),
        ("/", "clip"),
        ("x" * 500, "x" * 200),
        ("laufen-ä-跑.mov", "laufen-ä-跑.mov"),
    ],
)
def test_shown_names(name, shown):
    assert display_name(name) == shown


def test_tokens():
    assert parse_tokens(" anna:a:b , ben:c,") == {"anna": "a:b", "ben": "c"}
    assert parse_tokens("") == {}


def test_settings_page_is_up_to_date():
    assert docs.main(["--check", "--root", str(ROOT)]) == 0
    for name in Settings.model_fields:
        assert f"`FORMCHECK_{name.upper()}`" in docs.settings_page()


def test_old_settings_page_is_noticed(tmp_path, capsys):
    assert docs.main(["--check", "--root", str(tmp_path)]) == 1
    assert "out of date" in capsys.readouterr().err
    assert docs.main(["--root", str(tmp_path)]) == 0
    assert docs.main(["--check", "--root", str(tmp_path)]) == 0


def test_lock_holds_what_the_image_needs():
    """Every package that is needed is locked, by hash, in a version that is allowed."""
    lock = (ROOT / "requirements.lock").read_text("ascii")
    entries = [Requirement(line.split(" \\")[0]) for line in lock.splitlines() if "==" in line]
    locked = {canonicalize_name(entry.name): entry for entry in entries}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in ("cluster", "postgres", "s3"):
        wanted += project["optional-dependencies"][extra]
    for each in map(Requirement, wanted):
        (pin,) = locked[canonicalize_name(each.name)].specifier
        assert each.specifier.contains(pin.version), each
    assert lock.count("--hash=sha256:") >= len(entries)
    assert "://" not in lock


def test_document_lists_every_error_with_an_example():
    document = create_app().openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["operationId"]
            if not path.startswith("/v1/"):
                continue
            refusals = {s: a for s, a in operation["responses"].items() if int(s) >= 400}
            assert {"403", "422"} & set(refusals), (method, path)
            for answer in refusals.values():
                examples = answer["content"][MEDIA_TYPE]["examples"]
                assert set(examples) <= set(KINDS)
                assert examples
    schema = document["paths"]["/v1/analyses"]["post"]["requestBody"]["content"]
    fields = schema["multipart/form-data"]["schema"]["properties"]
    assert {"clip", "height", "from", "to", "pain_during", "baseline", "night_pain"} <= set(fields)
    assert "$defs" not in schema["multipart/form-data"]["schema"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
