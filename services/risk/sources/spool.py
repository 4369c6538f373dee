"""The spool: where files wait outside the database until they are loaded. They hold personal data.

`NEWSTART_SPOOL` names the folder; api and worker must see the same one (in the cluster: a volume of risk's own). On one
machine without it: a folder that only this user may enter. A file is gone as soon as its load ended.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.errors import Unavailable
from kit.settings import Settings
from services.risk.vault import door

_KEPT_SECONDS: Final = 7 * 86_400
"""An upload that nobody finishes goes after a week."""


class SpoolSettings(BaseSettings):
    """Where the spool is."""

    model_config = SettingsConfigDict(env_prefix="NEWSTART_", extra="ignore")

    spool: Path | None = None


_environment = "production"


def use(settings: Settings) -> None:
    """Called once by each process of risk at its start."""
    global _environment
    _environment = settings.environment


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """While inside, this process can use the spool, and open the vault for what comes out of it."""
    use(settings)
    async with door.serving(settings):
        yield


def folder() -> Path:
    """The spool's folder, made if it is not there. Raises `Unavailable` when there is none to use."""
    where = SpoolSettings().spool
    if where is None:
        if _environment == "production":
            raise Unavailable("NEWSTART_SPOOL is not set: files have nowhere to wait")
        mark = hashlib.sha256(os.environ.get("NEWSTART_DATABASE_URL", "").encode()).hexdigest()[:12]
        where = Path(tempfile.gettempdir()) / f"newstart-spool-{os.getuid()}-{mark}"
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise Unavailable("The spool's folder can't be made: files have nowhere to wait") from None
    if where.stat().st_uid != os.getuid():
        raise Unavailable("The spool's folder belongs to somebody else: files have nowhere to wait")
    return where


def file_of(id_: UUID) -> Path:
    """The file of a load or an upload."""
    return folder() / f"{id_}.data"


def stage_of(load_id: UUID) -> Path:
    """The load's read and checked rows, while it is worked off."""
    return folder() / f"{load_id}.duckdb"


def room_of(load_id: UUID) -> Path:
    """A folder for what a load writes in passing; made if it is not there."""
    room = folder() / f"{load_id}.room"
    room.mkdir(mode=0o700, exist_ok=True)
    return room


def open_new(path: Path) -> int:
    """A file of our own that nobody else may read; its descriptor."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def open_more(path: Path) -> int:
    """The same, to write on where it ends; made if it is not there."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def length(id_: UUID) -> int:
    """How many bytes of an upload are here."""
    try:
        return file_of(id_).stat().st_size
    except FileNotFoundError:
        return 0


def digest(id_: UUID) -> bytes:
    """SHA-256 of a file; takes about a second for 500 MB."""
    with file_of(id_).open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def clear(id_: UUID) -> None:
    """Removes everything that a load or an upload kept here."""
    room = folder() / f"{id_}.room"
    if room.is_dir():
        for each in room.iterdir():
            each.unlink(missing_ok=True)
        room.rmdir()
    for path in (file_of(id_), stage_of(id_), stage_of(id_).with_suffix(".duckdb.wal")):
        path.unlink(missing_ok=True)


def sweep(*, now: float | None = None) -> int:
    """Removes what nobody has touched for a week; how many files."""
    limit = (now or time.time()) - _KEPT_SECONDS
    old = {path.name.partition(".")[0] for path in folder().iterdir() if path.stat().st_mtime < limit}
    for name in old:
        clear(UUID(name))
    return len(old)
