"""What the tables hold about somebody is found, given and erased: of every owner, of every table, from its first day.

Each table gets a row about one person, made up from its columns' types; then the owner is asked for that person's data,
and told to erase them. A table that nobody covers shows here.
"""

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, LargeBinary, Numeric, Table, Text, Uuid, text
from sqlalchemy import types as sql
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from kit.contracts.catalogue import OWNERS
from kit.events.rights import Rights
from kit.ids import new_id
from kit.store.db import Database
from kit.store.holdings import Holding, Lived, Whose
from kit.store.migrate import package_of, service_named
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase

PERSON, OTHER, HOME = UUID(int=0xA11CE), UUID(int=0xB0B), UUID(int=0xC0DE)
MARK = "Mulberry-Lane-17"
STAYING = ("complaint", "rights_request", "safeguarding")

# Ids that are not a person's, by the column's name: an aggregate, an organisation, an event. A new id that stands
# neither here nor in a rule of its owner's holdings.py fails the law: is it somebody's?
NOT_PEOPLE = {
    "triage": """organisation_id about_id subject_id contact_id reference need_ids need_id signal_ids cohort_id
        service_id term_ids seen_in feed_id parent_id request_id""",
    # Others who name an erased person (separated_from) name an id that leads to nobody.
    "casefile": """resident_id household_ids about_id message_id separated_from debt_ids decision_ids superseded_by
        homes plan_id organisation_id encounter_id"""
    # Who shares the number of a text message: whose it is nobody knows, and after ninety days it is gone.
    " may_be",
    # Pseudonyms: the vault alone says whose they are, and services/risk/holdings.py asks it.
    "risk": "household resident fact record about signal_id cohort_id job_id load_id id"
    # What a model was trained and published by, and one scoring of everybody.
    " training_id champion_id run_id",
    # What a ledger account is about: a round, a campaign, an award, a payment. Groups are not people.
    "grants": "about_id source_id job organisation_id",
    "housing": "contact_id application_id scheme_id case_id letting_id moved_to_home_id offered_home_id"
    # Of whom an officer may not know: people of `person_ids` beside it, and the household.
    " unknown_ids"
    " returned_home_id home_letting_id",
    "gateway": "target_id organisation_id subject household_ids about_id separation_id event_id line webhook_id"
    " source_id endpoint_id delivery_id",
}


def rights_of(owner: str) -> Rights:
    # The tables are complete once the owner's app is.
    service_named(owner)
    rights: Rights = importlib.import_module(f"{package_of(owner)}.holdings").RIGHTS
    return rights


def ids(table: Table) -> Iterator[Column[Any]]:
    """Columns that hold ids and are neither the row's own nor a key to another table."""
    for column in table.columns:
        kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
        if isinstance(kind, Uuid) and not column.primary_key and not column.foreign_keys:
            yield column


@pytest.mark.parametrize("owner", OWNERS)
def test_every_id_is_somebodys_or_known_not_to_be(owner: str) -> None:
    rights = rights_of(owner)
    covered = {each.table.name: each for each in rights.holdings.all}
    unknown = []
    for table in service_named(owner).metadata.sorted_tables:
        if table.name in rights.holdings.nobody:
            continue
        holding = covered.get(table.name)
        theirs = {*holding.people, *holding.lists, *holding.households} if holding else set()
        unknown += [
            f"{table.name}.{column.name}"
            for column in ids(table)
            if column not in theirs
            and column.name not in NOT_PEOPLE[owner].split()
            and column.name.removesuffix("s").removesuffix("_id") not in service_named(owner).metadata.tables
        ]
    assert unknown == [], "whose are these? a rule in holdings.py (people=, households=), or NOT_PEOPLE here"


# What lies in these rooms of a service is of a compartment, and never an ordinary item of a package.
COMPARTMENTS = {
    "abuse": {"abuse"},
    "communitysafety": {"crime", "safeguarding", "abuse"},
    "safeguarding": {"safeguarding"},
    "immigration": {"immigration"},
    "separation": set[str](),
    "medical": {"health"},
}


@pytest.mark.parametrize("owner", OWNERS)
def test_no_compartment_goes_out_as_something_ordinary(owner: str) -> None:
    rights = rights_of(owner)
    room_of = {
        mapper.local_table.name: mapper.class_.__module__.split(".")[-2]
        for mapper in importlib.import_module(f"{package_of(owner)}.tables").Base.registry.mappers
    }
    wrong = [
        f"{each.table.name} is {each.rule.part}"
        for each in rights.holdings.all
        if each.rule.given and each.rule.part not in COMPARTMENTS.get(room_of[each.table.name], {each.rule.part})
    ]
    assert wrong == []


@pytest.mark.parametrize("owner", OWNERS)
def test_every_owner_answers_both_requests(owner: str) -> None:
    heard = {name for group in service_named(owner).handlers for each in group.all for name in each.types}
    assert {"casefile.rights.access_requested", "casefile.rights.erasure_requested"} <= heard


@pytest.mark.parametrize("owner", OWNERS)
async def test_all_that_is_held_is_given_and_then_erased(
    owner: str, database: Callable[[str], ServiceDatabase]
) -> None:
    rights = rights_of(owner)
    opened = Database(database(owner).url, pool=2)
    try:
        async with unit_of_work(opened, owner, Cause.system(owner, f"{owner}.test")) as unit:
            await _free_of_checks(unit, rights)
            await _look(unit, rights)
            raise Undo
    except Undo:
        pass
    finally:
        await opened.close()


async def _look(unit: UnitOfWork, rights: Rights) -> None:
    whose = Whose(frozenset({PERSON}), frozenset({HOME}), (Lived(HOME, date(2020, 1, 1), None),))
    for holding in rights.holdings.all:
        await _put(unit, holding)
    given = await rights.holdings.collect(unit, whose)
    assert {each.table for each in given} == {each.table.name for each in rights.holdings.all if each.rule.given}
    assert str(OTHER) not in json.dumps([each.model_dump(mode="json") for each in given])

    proofs = {each.table: each for each in await rights.holdings.erase(unit, whose, STAYING)}
    kept = {name for name, each in proofs.items() if each.kept}
    staying = {each.table.name for each in rights.holdings.all if each.rule.retention in STAYING}
    assert kept == staying | {name for name in kept if proofs[name].why == "needed_by_what_is_kept"}
    blanked = {name for name, each in proofs.items() if each.blanked}
    assert await _still_named(unit, rights, kept | blanked) == []
    # What something kept still hangs on stays as a row without a word of theirs.
    left = await rights.holdings.collect(unit, whose)
    assert not [each for each in left if each.table in blanked and MARK in json.dumps(each.fields)]
    again = await rights.holdings.erase(unit, whose, STAYING)
    assert not any(each.deleted for each in again)


class Undo(Exception):
    """Nothing of it is kept."""


async def _free_of_checks(unit: UnitOfWork, rights: Rights) -> None:
    """Within this transaction alone: made-up rows know nothing of states and order, of hubs and organisations."""
    covered = {each.table.name for each in rights.holdings.all}
    found = await unit.session.execute(
        text(
            "select conrelid::regclass::text, conname, confrelid::regclass::text from pg_constraint"
            " where contype in ('c', 'f') and conrelid <> 0 and connamespace = 'public'::regnamespace"
        )
    )
    for table, name, target in found.all():
        # The second person of a row is nobody here.
        if target not in covered or target == "person":
            await unit.session.execute(text(f'alter table {table} drop constraint if exists "{name}"'))
    for table in covered:
        await unit.session.execute(text(f'alter table "{table}" disable trigger user'))


async def _put(unit: UnitOfWork, holding: Holding) -> None:
    values = {column.name: _value(holding, column) for column in holding.table.columns if column.computed is None}
    await unit.session.execute(holding.table.insert().values(values))


def _value(holding: Holding, column: Column[Any]) -> Any:
    if column.nullable and any(key.column.table is column.table for key in column.foreign_keys):
        return None
    for key in column.foreign_keys:
        if key.column.table is not column.table and column not in (*holding.people, *holding.households):
            return _id(key.column)
    if column in holding.households:
        return HOME
    if column in holding.people:
        # A second person of the row is somebody else.
        return PERSON if column is holding.people[0] else OTHER
    if column in holding.lists:
        return [PERSON]
    if column.primary_key:
        return _id(column)
    kind = column.type
    made: list[tuple[type, Any]] = [
        (Uuid, new_id()), (sql.Integer, 1), (sql.Float, 1.0), (Numeric, 1), (Boolean, False), (Date, date(2026, 3, 1)),
        (DateTime, datetime(2026, 3, 1, tzinfo=UTC)), (TIMESTAMP, datetime(2026, 3, 1, tzinfo=UTC)),
        (LargeBinary, b"\x01"), (JSONB, {"said": MARK}), (ARRAY, []), (sql.Time, time(9)),
        (Text, f"{MARK} {column.table.name}"),
    ]  # fmt: skip
    return next(value for type_, value in made if isinstance(kind, type_))


def _id(column: Column[Any]) -> Any:
    """The key of the one row of a table."""
    if isinstance(column.type, Uuid):
        if column.table.name == "person":
            return PERSON
        return HOME if column.table.name == "household" else UUID(int=sum(map(ord, column.table.name)) + 2**90)
    if isinstance(column.type, sql.Integer):
        return 1
    if isinstance(column.type, LargeBinary):
        return b"\x01"
    if isinstance(column.type, Date):
        return date(2026, 3, 1)
    return datetime(2026, 3, 1, tzinfo=UTC) if isinstance(column.type, DateTime) else f"{MARK} {column.table.name}"


async def _still_named(unit: UnitOfWork, rights: Rights, kept: set[str]) -> list[str]:
    found = []
    for table in rights.holdings.metadata.sorted_tables:
        if table.name in kept:
            continue
        rows = await unit.session.execute(text(f'select cast(t as text) from "{table.name}" as t'))
        found += [table.name for (row,) in rows if MARK in row or str(PERSON) in row]
    return found
