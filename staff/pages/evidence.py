"""What a panel is given to read: each ward's figures and past grants, frozen in a pack; and what it is made of."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.charts import Bar, Chart, bars
from staff.client import Refused
from staff.forms import Form
from staff.page import Anyone, SignedIn
from staff.pages.public.anyone import asker, show
from staff.pages.public.panels import P

router = APIRouter()
_FIGURES: Final = "/v1/grants/evidence/figures"
COLUMNS: Final = ("measure", "title", "period", "unit", "ward", "value", "people")
UNITS: Final = {"people": "people", "per_cent": "%", "index": "index"}
_MOST: Final = 2000
_LARGEST: Final = 2_000_000


@router.post("/panels/{panel_id}/evidence")
async def make(page: SignedIn, panel_id: UUID) -> Response:
    """Makes the pack as the figures stand now; it never changes."""
    form = await page.form()
    path = f"{P}/{panel_id}/evidence"
    try:
        wrote = await page.post(path, key=form.key)
    except Refused as refused:
        return page.to(f"/panels/{panel_id}", said="No pack was made", text=refused.detail)
    return page.to(f"/panels/{panel_id}/evidence/{wrote['id']}", said="The pack is made", wrote=wrote, path=path)


@router.get("/panels/{panel_id}/evidence/{pack_id}")
async def pack(page: SignedIn, panel_id: UUID, pack_id: UUID) -> Response:
    """A pack as the panel reads it."""
    panel, found = await page.all(page.get(f"{P}/{panel_id}"), page.get(f"{P}/{panel_id}/evidence/{pack_id}"))
    return page.render("panels/evidence.html", panel=panel.body, **_shown(found.body))


@router.get("/public/panels/{panel_id}/evidence/{pack_id}")
async def public_pack(page: Anyone, panel_id: UUID, pack_id: UUID) -> Response:
    """The same for anyone."""
    anyone = asker(page)
    panel, found = await anyone.all(anyone.get(f"{P}/{panel_id}"), anyone.get(f"{P}/{panel_id}/evidence/{pack_id}"))
    return show(page, "public/evidence.html", panel=panel.body, **_shown(found.body))


@router.get("/public/panels/{panel_id}/evidence/{pack_id}/file")
async def pack_file(page: Anyone, panel_id: UUID, pack_id: UUID) -> Response:
    """What the fingerprint is of: the very bytes, to be checked."""
    found = await asker(page).get(f"{P}/{panel_id}/evidence/{pack_id}")
    bytes_ = json.dumps(found["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    named = {"Content-Disposition": f'attachment; filename="evidence-{pack_id}.json"'}
    return Response(bytes_, media_type="application/json", headers=named)


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"pack": found, "measures": list(_measures(found["content"]["wards"])), "units": UNITS}


def _measures(wards: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Measure by measure, all wards beside one another: that is how a panel compares."""
    found: dict[tuple[str, str], dict[str, tuple[str, Mapping[str, Any]]]] = {}
    for ward in wards:
        for each in ward["figures"]:
            of_measure = found.setdefault((each["measure"], each["period"]), {})
            of_measure.setdefault(ward["ward"], (ward.get("name", ward["ward"]), each))
    for (code, period), by_ward in found.items():
        rows = list(by_ward.values())
        yield {"first": rows[0][1], "chart": _chart(f"{code}-{period}", rows[0][1], rows)}


def _chart(id_: str, first: Mapping[str, Any], rows: list[tuple[str, Mapping[str, Any]]]) -> Chart:
    given = [Bar(name, each["value"], "too few to show" if each["hidden"] else "") for name, each in rows]
    # One measure may be given for several periods: each is a picture with a name of its own.
    title = f"{first['title']}, {first['period']}"
    says = f"From {first['source']}. Counts are rounded; small groups are never shown."
    return bars(f"e-{id_}", title, says, given, what=UNITS.get(first["unit"], first["unit"]), label="Ward")


@router.get("/evidence")
async def figures(page: SignedIn) -> Response:
    """Where figures by ward are given, as a file."""
    return page.render("panels/figures.html", columns=COLUMNS, units=UNITS)


@router.post("/evidence")
async def give(page: SignedIn) -> Response:
    """Takes a file of figures: every line is checked, and named when something is wrong with it."""
    form = await page.form()
    source = form.required("source", "Say whose figures they are")
    upload = form.upload("file")
    given: list[dict[str, Any]] = []
    if upload is None:
        form.wrong("file", "Choose a file")
    else:
        raw = await upload.read(_LARGEST + 1)
        given = await asyncio.to_thread(_read, form, raw)
    # Also the empty file that a browser sends when none was chosen.
    await page.request.close()
    body = {"source": source, "figures": given}
    if not form.errors:
        try:
            wrote = await page.change("PUT", _FIGURES, body)
            return page.to("/evidence", said=f"{wrote['figures']} figures were taken", wrote=wrote, path=_FIGURES)
        except Refused as refused:
            for each in refused.fields[:10]:
                line = each.pointer.split("/")[2] if each.pointer.startswith("/figures/") else ""
                where = f"Line {int(line) + 2}, {each.pointer.rsplit('/', 1)[-1]}: " if line.isdecimal() else ""
                form.wrong("file", where + each.detail)
            if not refused.fields:
                form.refused(refused)
    return page.render("panels/figures.html", form, columns=COLUMNS, units=UNITS)


def _read(form: Form, raw: bytes) -> list[dict[str, Any]]:
    if len(raw) > _LARGEST:
        form.wrong("file", "The file is larger than 2 MB")
        return []
    try:
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), strict=True)
        missing = [each for each in COLUMNS[:-1] if each not in (rows.fieldnames or ())]
        if missing:
            form.wrong("file", f"The first line must name the columns: {', '.join(missing)} is missing")
            return []
        lines = [_line(each) for each in rows]
    except (UnicodeDecodeError, csv.Error):
        form.wrong("file", "The file must be a CSV file in UTF-8")
        return []
    if not 1 <= len(lines) <= _MOST:
        form.wrong("file", f"The file must have between 1 and {_MOST:,} lines of figures; it has {len(lines):,}")
    return lines


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    figure: dict[str, Any] = {name: (row.get(name) or "").strip() for name in COLUMNS}
    figure["people"] = int(figure["people"]) if figure["people"].isdecimal() else None
    return figure
