"""Reads of lettings logs: each with what it lacks, and the year's return with why each is in it or not."""

import csv
import io
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit import clock
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.housing.homes import queries as homes
from services.housing.homes.shapes import HomeView
from services.housing.lettings import rows
from services.housing.lettings.models import Letting
from services.housing.returns.core import checks
from services.housing.returns.core.checks import Finding
from services.housing.returns.core.fields import FIELDS, shown
from services.housing.returns.core.models import CoreLog


class FindingView(BaseModel):
    """A check that does not hold: hard ones block, soft ones ask somebody to confirm."""

    check: str
    severity: Literal["hard", "soft"]
    fields: list[str]
    words: str


class FieldView(BaseModel):
    """A question of the log."""

    name: str
    title: str
    answer: Any = None


class CoreLogView(BaseModel):
    """The log of one tenancy, as far as it is."""

    letting_id: UUID
    version: int
    year: int = Field(description="1 April of it to 31 March")
    answers: dict[str, Any]
    findings: list[FindingView]
    confirmed: dict[str, Any]
    to_ask: list[FieldView] = Field(description="What nobody has answered yet")
    complete: bool


class ReturnLine(BaseModel):
    """Why a tenancy is in the return, or is not."""

    letting_id: UUID
    starts_on: date
    included: bool
    why: list[str]


class CoreReturn(BaseModel):
    """The lettings of a year, with why each is in the file or is not."""

    year: int
    since: date
    until: date
    included: int
    left_out: int
    errors: int = Field(description="Checks that logs in the file do not pass: always nought")
    lines: list[ReturnLine]


def view(row: CoreLog, found: list[Finding]) -> CoreLogView:
    """A log as it is shown."""
    asked = {name for each in found if each.check == "missing" for name in each.fields}
    return CoreLogView(
        letting_id=row.letting_id,
        version=row.version,
        year=row.year,
        answers=row.answers,
        findings=[
            FindingView(check=each.check, severity=each.severity, fields=list(each.fields), words=each.words)
            for each in found
        ],
        confirmed=row.confirmed,
        to_ask=[FieldView(name=name, title=FIELDS[name].title) for name in FIELDS if name in asked],
        complete=not found,
    )


async def log(unit: UnitOfWork, letting_id: UUID) -> CoreLogView:
    """The log of one tenancy."""
    found = await _of_year(unit, CoreLog.letting_id == letting_id)
    if not found:
        raise NotFound("We know of no such tenancy")
    letting, row, home = found[0]
    unit.accessed(f"core_log/{letting_id}", {letting.person_id, *letting.person_ids})
    return view(row, _findings(row, home))


async def of_year(unit: UnitOfWork, year: int) -> CoreReturn:
    """Why each tenancy of a year is in its file or is not."""
    since, until = _period(year)
    found = await _of_year(unit, CoreLog.year == year)
    unit.accessed(f"core_return/{year}", {letting.person_id for letting, _, _ in found})
    lines = []
    for letting, row, home in found:
        why = _why_not(letting, row, home)
        lines.append(
            ReturnLine(
                letting_id=letting.id,
                starts_on=letting.starts_on,
                included=not why,
                why=why or ["A tenancy that began in the year, with a log that passes every check."],
            )
        )
    included = sum(each.included for each in lines)
    return CoreReturn(
        year=year,
        since=since,
        until=until,
        included=included,
        left_out=len(lines) - included,
        errors=0,
        lines=lines,
    )


async def as_csv(unit: UnitOfWork, year: int) -> str:
    """The file of a year: a heading with the fields' names, a row for each tenancy whose log passes every check."""
    _period(year)
    found = await _of_year(unit, CoreLog.year == year)
    inside = [(letting, row) for letting, row, home in found if not _why_not(letting, row, home)]
    unit.accessed(f"core_return/{year}", {letting.person_id for letting, _ in inside})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for _, row in inside:
        answers = _complete(row.answers)
        writer.writerow([shown(name, answers.get(name)) for name in FIELDS])
    return out.getvalue()


def _complete(answers: dict[str, Any]) -> dict[str, Any]:
    """The sum is ours to make; reasonable preferences that were not named are noughts."""
    parts = [answers.get(name) for name in ("brent", "scharge", "pscharge", "supcharg")]
    total = None if any(each is None for each in parts) else sum(each for each in parts if each is not None)
    noughts = dict.fromkeys((name for name in FIELDS if name.startswith("rp_")), 0)
    return {**noughts, **answers, "tcharge": total}


def _why_not(letting: Letting, row: CoreLog, home: HomeView) -> list[str]:
    if letting.state == "fell_through":
        return ["It fell through: nobody moved in."]
    if home.rent_regime == "shared_ownership":
        return ["A sale, not a letting: it belongs into the sales log."]
    if home.rent_regime not in ("social",) and home.landlord == "private":
        return ["A private landlord's home: it is no social letting."]
    if letting.starts_on > clock.today():
        return ["The tenancy has not begun yet."]
    return [f"{each.severity}: {each.words}" for each in _findings(row, home)]


def _findings(row: CoreLog, home: HomeView) -> list[Finding]:
    found = checks.findings(row.answers, today=clock.today(), council=home.landlord == "council")
    return checks.open_findings(found, row.confirmed)


async def _of_year(unit: UnitOfWork, which: Any) -> list[tuple[Letting, CoreLog, HomeView]]:
    query = select(Letting, CoreLog).join(CoreLog, CoreLog.letting_id == Letting.id)
    query = query.where(which, rows.lettings_visible_to(unit.cause)).order_by(Letting.starts_on, Letting.id)
    found = (await unit.session.execute(query)).all()
    known = await homes.by_ids(unit, {letting.home_id for letting, _ in found})
    return [(letting, row, known[letting.home_id]) for letting, row in found]


def _period(year: int) -> tuple[date, date]:
    if not 2025 <= year <= clock.today().year:
        raise invalid("/year", "A year that has begun, from 2025 on.", "year")
    return date(year, 4, 1), date(year + 1, 3, 31)
