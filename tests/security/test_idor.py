"""Every read door of triage, risk, grants and housing, for every role: nothing of somebody who is kept from the caller.

As `tests/casefile/test_matrix.py` does for the case file, with its planting: a row about one person in every table that
has such, each text a canary. The person is hidden from the caller (a separation), bars them, or is restricted.
"""

import importlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
import structlog
from psycopg.types.json import Jsonb

from gateway.routes import GUARDED_ROUTES
from gateway.routes.line import Route
from kit.contracts.roles import SIGNED_IN
from kit.testing.databases import ServiceDatabase
from tests.casefile import planting
from tests.casefile.planting import CANARY, Planted
from tests.casefile.test_matrix import ROOMS, purpose_of
from tests.service_doors import ServiceDoors, app_of

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]

SERVICES = ("triage", "risk", "grants", "housing")
KINDS = ("hidden", "barred", "restricted")
# Who answers for restricted records, for all of them (kit.store.access).
_ANSWERS_FOR_RESTRICTED = {"safeguarding_lead"}
# The statutory team sees every concern: one about somebody restricted that nobody could acknowledge would be lost.
_CONCERNS = "/safeguarding-concerns"
# What the columns do not say: tables whose checks want something else of one of them.
_SAID: dict[str, dict[str, Any]] = {
    "factor_dispute": {"said_by": "worker"},
    # What somebody's row stands on and is of nobody: a place.
    "night_bed": {"title": "Beds by the river", "how_to_get_in": "Ring twice"},
    "signal": {"kind": "first_missed_council_tax", "fact": uuid4(), "cohort_id": None, "state": "raised"},
}
# They tell a pseudonym: whose it is, is asked at another door and goes on record there.
_PSEUDONYMS = {"/v1/risk/signals"}
# As administrator, and without the keys between tables: what a row stands on is another test's matter.
_FREELY = "?options=-csession_replication_role%3Dreplica"


@pytest.fixture(autouse=True)
def no_faults() -> None:
    """Planted rows hold what no rule ever wrote: who may see one may be answered with a fault."""


@asynccontextmanager
async def opened(service: str, stored: ServiceDatabase) -> AsyncIterator[ServiceDoors]:
    composed = importlib.import_module(f"services.{service}.app").SERVICE
    doors = type("Doors", (ServiceDoors,), {"service": composed, "actor": "a", "purpose": "x", "roles": ("manager",)})
    async with cast("type[ServiceDoors]", doors).opened(stored) as ready:
        yield ready


def plant(
    stored: ServiceDatabase, service: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str, Planted]:
    person, household = str(uuid4()), str(uuid4())
    for table, said in _SAID.items():
        monkeypatch.setitem(planting._SAID, table, said)
    monkeypatch.setattr(planting, "SERVICE", importlib.import_module(f"services.{service}.app").SERVICE)
    outside = stored.admin_url.replace("postgresql+psycopg://", "postgresql://", 1)
    rows = planting.plant(cast(ServiceDatabase, SimpleNamespace(url=outside + _FREELY)), person, household)
    barred = [f"a-{role}" for role in sorted(SIGNED_IN)] if kind == "barred" else []
    together = {"from": date(2026, 1, 1).isoformat(), "to": None}
    with psycopg.connect(outside + _FREELY, autocommit=True) as connection:
        connection.execute(
            "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers)"
            " values (%s, 1, %s, %s, '{}', %s)",
            [person, Jsonb([{"household_id": household, **together}]), kind == "restricted", barred],
        )
        connection.execute(
            "insert into known_household (id, sequence, members) values (%s, 1, %s)",
            [household, Jsonb([{"person_id": person, **together}])],
        )
    return person, household, rows


def doors_of(service: str) -> list[Route]:
    return [
        each
        for each in GUARDED_ROUTES
        if each.service == service
        and each.method == "GET"
        and each.path not in _PSEUDONYMS
        and not any(room in each.path for room in ROOMS)
    ]


def addresses(door: Route, person: str, household: str, rows: Planted) -> list[str]:
    """The door about this person: by every id in its path, and by every id it may be asked with."""

    def id_of(found: "re.Match[str]") -> str:
        name = found[1]
        known = {"person_id": person, "household_id": household}.get(name)
        return known or str(rows.of(name, door.path) or uuid4())

    path = re.sub(r"\{(\w+)\}", id_of, door.path)
    described = app_of(door.service).openapi()["paths"].get(door.path, {}).get("get", {})
    names = {each["name"] for each in described.get("parameters", ()) if each["in"] == "query"}
    asked = [
        f"{path}?{name}={value}"
        for name, value in (("person_id", person), ("household_id", household))
        if name in names
    ]
    return [path, *asked]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A planted row is no sensible one, and many an answer is a fault: to print each with its frames takes minutes."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False
    )
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", SERVICES)
async def test_no_role_is_told_of_somebody_kept_from_them(
    service: str, kind: str, database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = database(service)
    person, household, rows = plant(stored, service, kind, monkeypatch)
    assert rows.failed == {}
    hide = [(str(uuid4()), person)] if kind == "hidden" else []
    leaks, asked = [], 0
    async with opened(service, stored) as doors:
        for door in doors_of(service):
            for role in sorted(SIGNED_IN):
                purpose = purpose_of(role, door.action)
                if purpose is None or (
                    role in _ANSWERS_FOR_RESTRICTED and (kind == "restricted" or _CONCERNS in door.path)
                ):
                    continue
                for address in addresses(door, person, household, rows):
                    who: dict[str, Any] = {"actor": f"a-{role}", "roles": [role], "purpose": purpose, "hide": hide}
                    got = await doors("GET", address, **who)
                    asked += 1
                    told = got.text.replace(address.partition("?")[2].partition("=")[2] or "\0", "")
                    if got.is_success and (CANARY in told or (person in told and person not in address)):
                        leaks.append(f"{door.name} as {role} for {purpose}: {told[:160]}")
    assert asked > 20
    if leaks:
        pytest.fail("\n".join((f"{len(leaks)} of {asked}:", *leaks)))


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_planted_is_there_for_who_may_see_it(
    service: str, database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a door would keep a secret only because there is none behind it."""
    stored = database(service)
    person, household, rows = plant(stored, service, "known", monkeypatch)
    seen = set()
    async with opened(service, stored) as doors:
        for door in doors_of(service):
            for role in sorted(SIGNED_IN):
                if (purpose := purpose_of(role, door.action)) is None:
                    continue
                for address in addresses(door, person, household, rows):
                    got = await doors("GET", address, actor=f"a-{role}", roles=[role], purpose=purpose)
                    if got.is_success and (CANARY in got.text or person in got.text):
                        seen.add(door.name)
    assert len(seen) >= {"triage": 5, "housing": 5, "grants": 1, "risk": 1}[service], sorted(seen)
