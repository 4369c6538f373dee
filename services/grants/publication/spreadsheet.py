"""The spreadsheet form of published grants: flattentool's, by our own schema with the standard's titles."""

import asyncio
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, NotFound
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.grants.publication import queries
from services.grants.publication.giving import schema
from services.grants.publication.models import PublishedFile

MAKE: Final = "grants.spreadsheet.make"
NAME: Final = "360giving.xlsx"


async def make_step(unit: UnitOfWork, step: Step) -> Progress:
    """The job: the whole of it in one step, in a thread."""
    package = await queries.as_published(unit)
    if not package["grants"]:
        raise Conflict("No grants have been awarded yet")
    content = await asyncio.to_thread(flattened, package)
    values = {
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "job": step.job_id,
        "made_at": clock.business_now(),
    }
    statement = insert(PublishedFile).values(name=NAME, **values)
    await unit.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    count = len(package["grants"])
    return Progress(
        done=count, total=count, message=f"{count} grants", result={"path": f"/v1/grants/publications/{NAME}"}
    )


async def read(unit: UnitOfWork) -> PublishedFile:
    """The latest one made."""
    row = await unit.session.get(PublishedFile, NAME)
    if row is None:
        raise NotFound("No spreadsheet has been made yet")
    return row


def flattened(package: dict[str, Any]) -> bytes:
    """The workbook with one sheet of grants, headed by the standard's titles."""
    # Only here: the library takes a while to load, and the api never needs it.
    import flattentool  # type: ignore[import-untyped]  # it has none

    with tempfile.TemporaryDirectory() as room:
        source, form, out = (Path(room, name) for name in ("grants.json", "schema.json", "grants.xlsx"))
        source.write_text(json.dumps({"grants": package["grants"]}), "utf-8")
        form.write_text(json.dumps(schema()), "utf-8")
        flattentool.flatten(
            str(source),
            schema=str(form),
            output_name=str(out),
            output_format="xlsx",
            main_sheet_name="grants",
            root_list_path="grants",
            root_id="",
            use_titles=True,
            rollup=True,
        )
        return out.read_bytes()
