"""Settings of the service, from ``FORMCHECK_*`` variables of the environment."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from formcheck.errors import UsageError
from formcheck.machine import memory_bytes, usable_cores

PREFIX = "FORMCHECK_"
MEGABYTE = 1_000_000
MEMORY_PER_JOB_BYTES = 1_500_000_000
CORES_PER_JOB = 2
EVERYBODY: Final = "local"
"""Owner of everything while no tokens are set; nobody can have this name."""


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "formcheck"


class Settings(BaseSettings):
    """What can be set; each field is the variable ``FORMCHECK_`` plus its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data_folder: Path = Field(
        default_factory=_data_folder,
        description="Folder for the database, stored clips and results, and uploads under way. "
        "Only one service uses it at a time.",
        examples=["~/.local/share/formcheck"],
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy address of the database, e.g. "
        "`postgresql+psycopg://user:password@host/name` (install the extra `postgres`). "
        "Empty: an SQLite file in the data folder.",
    )
    storage_url: str = Field(
        default="",
        description="Where clips and results are kept: a folder or any fsspec address, e.g. "
        "`s3://bucket/formcheck` (install the extra `s3`). Empty: a folder in the data folder.",
    )
    cluster: str = Field(
        default="",
        description="Address of a Dask scheduler, e.g. `tcp://host:8786` (install the extra "
        "`cluster`): its workers do the jobs and must reach the storage. Empty: this machine.",
    )
    tokens: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="Who may use the service, as `name:token,name:token`. Each sees only what it "
        "sent itself. Needed on every address but loopback.",
        examples=["anna:4f1c9..., ben:b07aa..."],
    )
    max_upload_mb: float = Field(
        default=500,
        gt=0,
        allow_inf_nan=False,
        description="Largest clip in megabytes; a larger one is refused.",
    )
    max_pixels: int = Field(
        default=3840 * 2160, gt=0, description="Most pixels of one picture of a clip."
    )
    max_duration_s: float = Field(
        default=300, gt=0, allow_inf_nan=False, description="Longest clip in seconds, as it plays."
    )
    max_frames: int = Field(default=20_000, gt=0, description="Most frames of a clip.")
    keep_free_mb: float = Field(
        default=200,
        ge=0,
        allow_inf_nan=False,
        description="Room in megabytes that uploads leave on the disk, so that results can be "
        "written and old ones deleted.",
    )
    max_uploads: int = Field(
        default=64,
        gt=0,
        description="Uploads received at once; further ones are answered 429 (busy).",
    )
    max_queue: int = Field(
        default=100,
        gt=0,
        description="Jobs that may wait; further ones are answered 429 (busy). With several names "
        "in FORMCHECK_TOKENS each has an equal share of these and of the uploads.",
    )
    max_connections: int = Field(
        default=1000,
        gt=0,
        description="Connections at once, and fewer where the system allows fewer open files.",
    )
    max_client_connections: int = Field(
        default=250, gt=0, description="Connections at once of one client address."
    )
    upload_patience_s: float = Field(
        default=60,
        gt=0,
        le=3600,
        description="How long a body may stand still, and over which time its rate is looked at.",
    )
    min_upload_kb_s: float = Field(
        default=4,
        ge=0,
        allow_inf_nan=False,
        description="Least rate of an upload in kilobytes a second; a slower one is ended.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses of reverse proxies, separated by commas, whose `X-Forwarded-For` "
        "and `X-Forwarded-Proto` are believed. Empty: nobody's.",
        examples=["127.0.0.1"],
    )
    open_metrics: bool = Field(
        default=False,
        description="Whether `/metrics` needs no token on a service with tokens. It tells totals "
        "of all names.",
    )
    jobs: int = Field(
        default=0,
        ge=0,
        description="Jobs at work at once. 0: by the machine, one for every two cores and every "
        "1.5 GB of memory; on a cluster, one for each of its workers.",
    )
    job_minutes: float = Field(
        default=30,
        gt=0,
        le=10_000,
        description="A job that takes longer is ended and reported as failed.",
    )
    job_memory_mb: float = Field(
        default=4000,
        gt=0,
        allow_inf_nan=False,
        description="A job that needs more memory is ended.",
    )
    confine: bool = Field(
        default=True,
        description="Whether the processes that decode video are shut off from files and network, "
        "where the system can do that. For systems on which they then do not work.",
    )
    retention_days: float = Field(
        default=30,
        gt=0,
        le=100_000,
        description="Clips and results older than this are deleted, their records too.",
    )
    session_days: float = Field(
        default=30, gt=0, le=400, description="How long the page stays signed in, in days."
    )
    database_wait_s: float = Field(
        default=5,
        gt=0,
        le=3600,
        description="How long a request waits for a locked database, in seconds.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", description="Least important messages that are logged."
    )
    replay_folder: Path | None = Field(
        default=None,
        description="Folder of stored pose tracks, each named by its clip's SHA-256 with `.npz`, "
        "that stand in for the network. For tests and demonstrations.",
    )

    @field_validator("tokens", mode="before")
    @classmethod
    def _split_tokens(cls, value: object) -> object:
        return parse_tokens(value) if isinstance(value, str) else value

    @cached_property
    def database(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data_folder / 'formcheck.sqlite'}"

    @cached_property
    def storage(self) -> str:
        """The storage's address."""
        return self.storage_url or str(self.data_folder / "storage")

    @cached_property
    def max_upload_bytes(self) -> int:
        """Largest clip in bytes."""
        return int(self.max_upload_mb * MEGABYTE)

    @cached_property
    def keep_free_bytes(self) -> int:
        """Room that uploads leave on the disk, in bytes."""
        return int(self.keep_free_mb * MEGABYTE)

    @cached_property
    def job_slots(self) -> int:
        """Jobs at work at once on this machine."""
        if self.jobs:
            return self.jobs
        by_memory = int(memory_bytes() // MEMORY_PER_JOB_BYTES)
        return max(1, min(len(usable_cores()) // CORES_PER_JOB, by_memory))


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    UsageError
        Names the variable that has an impossible value.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = PREFIX + ".".join(str(part) for part in first["loc"]).upper()
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"The setting {name} cannot be used: {message}.") from None
    folder = settings.data_folder.expanduser().resolve()
    return settings.model_copy(update={"data_folder": folder})


def parse_tokens(text: str) -> dict[str, str]:
    """Return names and their tokens from ``name:token,name:token``; messages hold no token."""
    tokens: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, colon, token = (part.strip() for part in pair.partition(":"))
        if not (name and colon and token):
            raise ValueError("give name:token pairs, separated by commas")
        if name == EVERYBODY:
            raise ValueError(
                f"the name {EVERYBODY!r} stands for the time without tokens: choose another"
            )
        if name in tokens:
            raise ValueError(f"the name {name!r} is there twice")
        tokens[name] = token
    if len(set(tokens.values())) < len(tokens):
        raise ValueError("two names have the same token")
    return tokens
