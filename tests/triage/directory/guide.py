"""Somebody who keeps the directory, and anyone who reads it, at triage's real API."""

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from demo.directory import feed
from kit.store.db import Database
from kit.store.jobs import Jobs
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.triage.desk import Desk

PREFIX = "/v1/triage/directory"
FEED = {"name": feed.NAME, "licence": feed.LICENCE}


def keeper(desk: Desk) -> Desk:
    """An administrator."""
    return desk.other(worker="admin-1", role="administrator", purpose="administration")


def anyone(desk: Desk) -> Desk:
    """As the gateway carries somebody whom nobody knows."""
    return desk.other(worker="public", role="public", purpose="public")


async def put(desk: Desk, path: str, body: Any, *, if_match: str | None = None) -> Any:
    return await desk.send("PUT", path, json.dumps(body).encode(), content_type="application/json", if_match=if_match)


async def load(desk: Desk, store: ServiceDatabase, body: Any, *, whole: bool = True, id_: UUID = feed.FEED) -> Any:
    """Put a feed in, work its job off, and give the job's result."""
    if (await put(desk, f"{PREFIX}/feeds/{id_}", FEED)).status_code not in {201, 428}:
        raise AssertionError("the feed was refused")
    sent = await desk.post(f"{PREFIX}/feeds/{id_}/loads?whole={str(whole).lower()}", body)
    assert sent.status_code == 202, sent.text
    await work_off(store)
    job = (await desk.get(sent.headers["location"])).json()
    assert job["state"] == "succeeded", job
    return job["result"]


async def work_off(store: ServiceDatabase) -> None:
    database = Database(store.url, pool=1)
    try:
        jobs = Jobs(database, "triage", SERVICE.jobs)
        while (job_id := await jobs._claim()) is not None:
            while await jobs._step(job_id) == "more":
                pass
    finally:
        await database.close()


def services(*slugs: str, today: date | None = None) -> dict[str, Any]:
    """A page of the demo's feed."""
    day = today or date(2026, 11, 1)
    return {"contents": [feed.service(slug, day) for slug in slugs or feed.written()]}


def slugs(page: Mapping[str, Any]) -> list[str]:
    """The short names of the services on a page."""
    known = {str(feed.id_of("service", slug)): slug for slug in feed.written()}
    return [known[each["id"]] for each in page["contents"]]


# The standard's own schemas, where the shared folder has them ---------------------------------------------

STANDARD = Path(os.environ.get("NEWSTART_STANDARDS", Path(__file__).parents[4] / "shared/data/standards")) / "hsds-uk"
needs_standard = pytest.mark.skipif(not STANDARD.is_dir(), reason="the standard's schemas are not here")


def conforms(value: Any, schema: str) -> None:
    """Holds against a compiled schema of the standard, its required fields and formats included."""
    told = json.loads((STANDARD / schema).read_text())
    told.setdefault("type", "object")
    jsonschema.Draft202012Validator(told, format_checker=jsonschema.FormatChecker()).validate(value)
