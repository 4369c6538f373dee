"""Casefile as a caller and as the bus see it (`tests/service_doors.py`), and what its tests do besides."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jwe
from joserfc.jwe import JWERegistry
from joserfc.jwk import KeySet
from sqlalchemy import event

from kit.contracts.casefile.people import Identities, Identity
from kit.store.db import Database
from services.casefile.access import circle
from services.casefile.app import SERVICE
from tests.service_doors import SEALING, ServiceDoors


class _Registry(JWERegistry):
    max_ciphertext_length = 2**20


REGISTRY = _Registry(algorithms=["ECDH-ES+A256KW", "A256GCM"], strict_check_header=False)


@dataclass
class Casefile(ServiceDoors):
    """Casefile under test; a triage officer usually asks."""

    service = SERVICE
    actor = "worker-1"
    purpose = "universal_support"
    roles = ("triage_officer",)

    async def person(self, given: str = "Amina", family: str = "Yusuf", **fields: Any) -> Any:
        """Someone newly registered."""
        more = {name: fields.pop(name) for name in ("actor", "purpose", "hide") if name in fields}
        body = {"names": [{"given": given, "family": family}], "confirmed_new": True, **fields}
        return await self.good("POST", "/people", body, **more)

    def sealed_for_risk(self) -> list[list[Identity]]:
        """What risk's vault would find, event by event."""
        keys = KeySet([SEALING["risk"]])
        found = []
        for each in self.announced("identity.changed"):
            opened = jwe.decrypt_compact(each["data"]["jwe"], keys, registry=REGISTRY)
            found.append(list(Identities.model_validate_json(opened.plaintext or b"").people))
        return found

    async def let_in(self, household_id: Any, worker: str, *parts: str) -> None:
        """Put a worker around a household, so that they see the inside of its file (and these compartments).

        Who needs none of it: whoever registered somebody new in the last 28 days (worker-1, in most tests), the case's
        account manager and lead, and `MANAGER`.
        """
        async with self.unit() as unit:
            circle.let_in(unit, UUID(str(household_id)), worker, "member", parts=parts)

    def restrict(self, person_id: str) -> None:
        """Without the command and its events: the record is for nobody's eyes, and no search may find it."""
        self.stored.execute("update person set restricted = true where id = %s", [person_id])
        self.stored.execute("update person_search set searchable = false where person_id = %s", [person_id])


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[list[str]]:
    """While inside, every statement sent to the database is noted."""
    said: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
