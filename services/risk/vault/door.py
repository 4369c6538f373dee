"""The one door into the vault: who enters says why, and that goes on record before anything is read.

    async with door.opened(unit, "explain_link", record=f"link/{record}") as vault:
        ...

The vault is another role's: its transaction is its own, and commits before the unit's. A process that dies between the
two leaves the vault's part behind without the unit's, so whatever is written inside must be safe to repeat.
"""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.settings import Settings, VaultSettings
from kit.store.db import Database
from kit.store.unit import UnitOfWork
from services.risk.vault import pseudonyms

HISTORY: Final = "risk_vault"
_WHY = re.compile(r"[a-z][a-z_]+")

_settings: VaultSettings | None = None
_database: Database | None = None


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """While inside, this process can open the vault. No connection is made before the first that needs one."""
    global _settings, _database
    _settings = of_risk(settings)
    try:
        yield
    finally:
        held, _database, _settings = _database, None, None
        pseudonyms.use_key(None)
        if held is not None:
            await held.close()


def of_risk(settings: Settings) -> VaultSettings:
    """The settings with the vault's own, and this process able to make pseudonyms; TypeError for any other kind."""
    if not isinstance(settings, VaultSettings):
        raise TypeError("risk needs NEWSTART_VAULT_DATABASE_URL and NEWSTART_PSEUDONYM_KEY: load VaultSettings")
    pseudonyms.use_key(settings.pseudonym_key.get_secret_value().encode())
    return settings


@asynccontextmanager
async def opened(
    unit: UnitOfWork, why: str, *, record: str = "vault", people: Iterable[UUID] = ()
) -> AsyncIterator[AsyncSession]:
    """A session in the vault, committed on leaving without an error.

    `why` is a code ("explain_link"): the unit's audit row has it as its action `risk.vault.<why>`, beside who, for
    which purpose, and `record`. `people` are casefile's ids of those whom it is about, where they are known already.
    """
    if not _WHY.fullmatch(why):
        raise ValueError("why the vault is opened is said by a code in lower case")
    unit.accessed(record, people, action=f"risk.vault.{why}")
    async with _vault().sessions.begin() as session:
        yield session


def databases() -> dict[str, Database]:
    """The vault by its history: what must be migrated before risk is ready."""
    return {HISTORY: _vault()}


def dsn() -> str:
    """The vault's address for psycopg itself: COPY needs its own connection. Put the access on record yourself."""
    return _vault().dsn


def _vault() -> Database:
    global _database
    if _settings is None:
        raise RuntimeError("the vault is not open to this process: enter services.risk.vault.door.serving first")
    if _database is None:
        address = _settings.vault_database_url.get_secret_value()
        _database = Database(address, pool=_settings.vault_pool, name="risk-vault")
    return _database
