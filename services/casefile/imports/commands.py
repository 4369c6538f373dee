"""Writes of an import: take the file in one transaction, work it off in steps, announce it once."""

import codecs
import csv
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, text

from kit import clock
from kit.contracts.casefile import ImportState
from kit.errors import Invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.casefile.imports import domain
from services.casefile.imports.models import HouseholdSource, ImportRefusal, ImportRow, PersonSource
from services.casefile.people.commands import columns, entry_of
from services.casefile.people.domain import Details, details
from services.casefile.people.models import Household, Membership, Person
from services.casefile.people.search_index import index_people

JOB = "import"
_ROWS_A_STEP = 2000
_REFUSALS_SHOWN = 100
_MOST_COLUMNS_TEXT = 100_000


async def receive(unit: UnitOfWork, chunks: AsyncIterator[bytes], *, as_csv: bool) -> UUID:
    """Store the rows as they stream in and queue the work; all of it, or nothing. Returns the job's id."""
    import_id = new_id()
    await unit.session.execute(text("set local statement_timeout = 0"))
    raw = await (await unit.session.connection()).get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    lines = 0
    async with driver.cursor() as cursor, cursor.copy("copy import_row (import_id, line, content) from stdin") as copy:
        async for row in _rows(chunks, as_csv=as_csv):
            lines += 1
            await copy.write_row((import_id, lines, json.dumps(row)))
    if lines == 0:
        raise Invalid("The file holds no rows")
    started = clock.now().isoformat()
    await jobs.start(unit, JOB, {"import_id": str(import_id), "rows": lines, "started_at": started}, id_=import_id)
    unit.accessed(f"import/{import_id}")
    return import_id


async def _rows(chunks: AsyncIterator[bytes], *, as_csv: bool) -> AsyncIterator[Mapping[str, Any]]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        reader = _csv_rows(chunks, decoder) if as_csv else _json_rows(chunks, decoder)
        async for row in reader:
            yield row
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text") from None
    except csv.Error:
        raise Invalid("The file is not CSV: a quote is not closed, or stands where none may") from None


async def _csv_rows(chunks: AsyncIterator[bytes], decoder: Any) -> AsyncIterator[Mapping[str, Any]]:
    records, header = domain.Records(), list[str]()
    async for piece, last in _pieces(chunks):
        for values in records.feed(decoder.decode(piece, last), last=last):
            if not header:
                header = [value.strip().lower() for value in values]
                domain.check_columns(header)
            elif len(values) != len(header):
                raise Invalid(f"A row has {len(values)} values for {len(header)} columns")
            else:
                yield dict(zip(header, values, strict=True))


async def _json_rows(chunks: AsyncIterator[bytes], decoder: Any) -> AsyncIterator[Mapping[str, Any]]:
    rest = ""
    async for piece, last in _pieces(chunks):
        *lines, rest = (rest + decoder.decode(piece, last)).split("\n")
        if len(rest) > _MOST_COLUMNS_TEXT:
            raise Invalid("A line is longer than 100,000 characters")
        for line in [*lines, rest] if last else lines:
            if line.strip():
                yield _json_row(line)


def _json_row(line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        raise Invalid("A line is not JSON") from None
    if not isinstance(row, dict) or not all(isinstance(value, str | None) for value in row.values()):
        raise Invalid("A line is not a JSON object of texts")
    unknown = [name for name in row if name not in domain.COLUMNS]
    if unknown:
        raise domain.NotAnExtract(f"unknown: {', '.join(sorted(unknown))[:200]}", missing=[], unknown=unknown[:20])
    return row


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[tuple[bytes, bool]]:
    async for chunk in chunks:
        if chunk:
            yield chunk, False
    yield b"", True


@dataclass(slots=True)
class _Counts:
    people_created: int = 0
    people_matched: int = 0
    households_created: int = 0
    rows_refused: int = 0


async def work_off(unit: UnitOfWork, step: Step) -> Progress:
    """One step: the next rows become people and households, or are refused by line, field and rule."""
    import_id, total = step.job_id, int(step.parameters["rows"])
    await unit.session.execute(text("set local statement_timeout = '120s'"))
    rows = (
        await unit.session.execute(
            select(ImportRow.line, ImportRow.content)
            .where(ImportRow.import_id == import_id, ImportRow.line > (step.cursor or 0))
            .order_by(ImportRow.line)
            .limit(_ROWS_A_STEP)
        )
    ).all()
    counts = _Counts(**{name: step.result.get(name, 0) for name in _Counts.__slots__})
    if rows:
        await _load(unit, import_id, {row.line: row.content for row in rows}, counts)
        done = step.done + len(rows)
        result = {name: getattr(counts, name) for name in _Counts.__slots__}
        return Progress(done, total, f"{done:,} of {total:,} rows", cursor=rows[-1].line, result=result)
    await unit.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    return await _finished(unit, step, counts, total)


async def _finished(unit: UnitOfWork, step: Step, counts: _Counts, total: int) -> Progress:
    state = ImportState(
        import_id=step.job_id,
        rows=total,
        people_created=counts.people_created,
        people_matched=counts.people_matched,
        households_created=counts.households_created,
        rows_refused=counts.rows_refused,
        started_at=step.parameters["started_at"],
        finished_at=clock.now(),
    )
    unit.emit("casefile.import.completed", state, aggregate_id=step.job_id, sequence=1)
    refusals = await unit.session.execute(
        select(ImportRefusal.line, ImportRefusal.field, ImportRefusal.rule, ImportRefusal.detail)
        .where(ImportRefusal.import_id == step.job_id)
        .order_by(ImportRefusal.line)
        .limit(_REFUSALS_SHOWN)
    )
    result = {
        **{name: getattr(counts, name) for name in _Counts.__slots__},
        "refusals": [row._asdict() for row in refusals],
    }
    return Progress(total, total, "Done", result=result)


async def _load(unit: UnitOfWork, import_id: UUID, rows: Mapping[int, Mapping[str, Any]], counts: _Counts) -> None:
    refused: list[dict[str, Any]] = []

    def refuse(line: int, field: str, rule: str, detail: str) -> None:
        refused.append({"import_id": import_id, "line": line, "field": field, "rule": rule, "detail": detail})

    read: dict[tuple[str, str], tuple[int, Mapping[str, Any], Details]] = {}
    for line, row in rows.items():
        try:
            found = details(domain.person_of(row), today=clock.today())
        except Invalid as error:
            refuse(line, *domain.refusal_of(error))
            continue
        key = (row["source"].strip(), row["reference"].strip())
        if key in read and domain.digest_of(read[key][1]) != domain.digest_of(row):
            refuse(line, "/reference", "reference-twice", "Another row of this file has the reference and differs")
        read.setdefault(key, (line, row, found))
    known = await _known(unit, list(read))
    for key in [key for key in read if key in known]:
        line, row, _ = read.pop(key)
        counts.people_matched += 1
        if known[key] != domain.digest_of(row):
            # From here on the case file owns the person: a changed extract must not overwrite what workers wrote.
            refuse(line, "/reference", "loaded-differently", "This reference was loaded with other values before")
    await _create(unit, read, counts)
    counts.rows_refused += len(refused)
    if refused:
        await unit.session.execute(insert(ImportRefusal), refused)


async def _known(unit: UnitOfWork, keys: list[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    rows = await unit.session.execute(
        text(
            "select source, reference, digest from person_source"
            " join unnest(cast(:sources as text[]), cast(:references as text[])) as wanted(s, r)"
            " on source = s and reference = r"
        ),
        {"sources": [key[0] for key in keys], "references": [key[1] for key in keys]},
    )
    return {(row.source, row.reference): row.digest for row in rows}


async def _create(
    unit: UnitOfWork, read: Mapping[tuple[str, str], tuple[int, Mapping[str, Any], Details]], counts: _Counts
) -> None:
    same = await _same_numbers(unit, [each[2] for each in read.values()])
    people, sources, entries, members = [], [], [], []
    homes = await _homes(unit, read, counts)
    now, today = clock.business_now(), clock.today()
    fixed = {"version": 1, "source": "import", "restricted": False, "merged_into": None}
    for key, (_, row, found) in read.items():
        person_id = _by_number(same, found)
        if person_id is None:
            person_id = new_id()
            stamp = {"registered_by": unit.cause.actor, "registered_at": now, "changed_at": now}
            people.append({"id": person_id, **fixed, **columns(found), **stamp})
            entries.append(entry_of(person_id, found))
            home = homes[key[0], (row.get("household_reference") or "").strip() or f"\0{key[1]}"]
            members.append({"household_id": home, "person_id": person_id, "since": today})
            _remember(same, found, person_id)
            counts.people_created += 1
        else:
            counts.people_matched += 1
        digest = domain.digest_of(row)
        sources.append({"source": key[0], "reference": key[1], "person_id": person_id, "digest": digest})
    for model, values in ((Person, people), (PersonSource, sources), (Membership, members)):
        if values:
            await unit.session.execute(insert(model), values)
    await index_people(unit.session, entries)


async def _same_numbers(unit: UnitOfWork, found: list[Details]) -> dict[tuple[str, str], UUID]:
    """People already on file with the same NHS or National Insurance number: the number says who they are."""
    nhs = [each.nhs_number for each in found if each.nhs_number]
    nino = [each.nino for each in found if each.nino]
    rows = await unit.session.execute(
        select(func.coalesce(Person.merged_into, Person.id).label("id"), Person.nhs_number, Person.nino).where(
            or_(Person.nhs_number.in_(nhs), Person.nino.in_(nino))
        )
    )
    same: dict[tuple[str, str], UUID] = {}
    for row in rows:
        for kind, number in (("nhs", row.nhs_number), ("nino", row.nino)):
            if number:
                same[kind, number] = row.id
    return same


def _by_number(same: Mapping[tuple[str, str], UUID], found: Details) -> UUID | None:
    for kind, number in (("nhs", found.nhs_number), ("nino", found.nino)):
        if number and (kind, number) in same:
            return same[kind, number]
    return None


def _remember(same: dict[tuple[str, str], UUID], found: Details, person_id: UUID) -> None:
    for kind, number in (("nhs", found.nhs_number), ("nino", found.nino)):
        if number:
            same[kind, number] = person_id


async def _homes(
    unit: UnitOfWork, read: Mapping[tuple[str, str], tuple[int, Mapping[str, Any], Details]], counts: _Counts
) -> dict[tuple[str, str], UUID]:
    """The household of each row: the one its reference had before, a new one, or one of its own."""
    named = {(key[0], (row.get("household_reference") or "").strip()) for key, (_, row, _) in read.items()}
    named = {key for key in named if key[1]}
    rows = await unit.session.execute(
        select(HouseholdSource.source, HouseholdSource.reference, HouseholdSource.household_id).where(
            HouseholdSource.reference.in_([key[1] for key in named])
        )
    )
    homes = {(row.source, row.reference): row.household_id for row in rows}
    alone = {
        (key[0], f"\0{key[1]}")
        for key, (_, row, _) in read.items()
        if not (row.get("household_reference") or "").strip()
    }
    missing = sorted((named - set(homes)) | alone)
    made = {key: new_id() for key in missing}
    now = clock.business_now()
    if made:
        values = {"version": 1, "formed_at": now, "changed_at": now, "formed_by": unit.cause.actor}
        await unit.session.execute(insert(Household), [{"id": id_, **values} for id_ in made.values()])
        sourced = [
            {"source": key[0], "reference": key[1], "household_id": id_} for key, id_ in made.items() if key in named
        ]
        if sourced:
            await unit.session.execute(insert(HouseholdSource), sourced)
    counts.households_created += len(made)
    return {**homes, **made}
