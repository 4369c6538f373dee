"""Whether a newcomer is already known: who is warned about, and the twins and namesakes who are not."""

import csv
import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import Invalid
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from services.casefile.people.duplicates import Newcomer, Verdict, judge, likely_duplicates
from services.casefile.people.identifiers import PartialDate
from services.casefile.people.models import Person
from services.casefile.people.names import PersonName
from services.casefile.people.search_index import Entry, has_mark, index_people, index_person, set_searchable


@pytest.fixture
async def session(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[AsyncSession]:
    opened = Database(database("casefile").url, pool=2)
    async with opened.sessions() as session:
        yield session
    await opened.close()


def entry(given: str, family: str, born: str = "", *, id_: UUID | None = None, **more: Any) -> Entry:
    date = PartialDate.parse(born) if born else None
    return Entry(id_ or uuid4(), [PersonName(given, family)], date, **more)


def weigh(newcomer: Entry, known: Entry) -> Verdict:
    """As the index would give the known one back."""
    other = Newcomer.of(known)
    marks = {*other.numbers.values(), *other.places, *known_kinds(known)}
    return judge(Newcomer.of(newcomer), other.names, other.born, marks)


def known_kinds(known: Entry) -> Iterator[int]:
    for kind, value in (("nhs", known.nhs_number), ("nino", known.nino), ("upn", known.upn)):
        if value:
            yield has_mark(kind)
    if known.postcodes or known.uprns or known.phones:
        yield has_mark("place")


HOME: dict[str, Any] = {"uprns": ["100012345"]}
NHS: dict[str, Any] = {"nhs_number": "9434765919"}
OTHER_NHS: dict[str, Any] = {"nhs_number": "9434765870"}


@pytest.mark.parametrize(
    ("newcomer", "known"),
    [
        (entry("Amina", "Yusuf", "1997-05-02"), entry("Amina", "Yusuf", "1997-05-02")),
        (entry("Aamina", "Yousef", "1997-05-02"), entry("Amina", "Yusuf", "1997-05-02")),
        (entry("Yusuf", "Amina", "1997-05-02"), entry("Amina", "Yusuf", "1997-05-02")),
        (entry("Bill", "Smyth", "1950-01-20"), entry("William", "Smith", "1950-01-20")),
        (entry("Amina", "Yusuf", "1997-02-05"), entry("Amina", "Yusuf", "1997-05-02")),
        (entry("Amina", "Yusuf", "1997-05-03"), entry("Amina", "Yusuf", "1997-05-02")),
        (entry("Amina", "Yusuf", "1997"), entry("Amina", "Yusuf", "1997-05-02")),
        (entry("Mohammed", "Ali", "1985-03-12"), entry("Mohammed Hassan", "Ali", "1985-03-12")),
        (entry("Md Hassan", "Ali", "1985-03-12"), entry("Mohammed Hasan", "Ali", "1985-03-12")),
        (entry("Jane", "Taylor", "1962-07-04"), entry("Elizabeth Jane", "Taylor-Brown", "1962-07-04")),
        (entry("Kate", "Smith-Jones", "1990-06-06"), entry("Catherine", "Smithjones", "1990-06-06")),
        (entry("Katarzyna", "Kowalski", "1988-10-09"), entry("Kasia", "Kowalska", "1988-10-09")),
        # Her family name changed, but not her home
        (entry("Rachel", "Green", "1990-06-06", **HOME), entry("Rachel", "Adeyemi", "1990-06-06", **HOME)),
        # One of the dates is not known
        (entry("Amina", "Yusuf", **HOME), entry("Amina", "Yusuf", "1997-05-02", **HOME)),
        # The number says so, whatever the name says
        (entry("Baby", "Okafor", "2026-01-02", **NHS), entry("Chidi", "Eze", "2026-01-02", **NHS)),
        (entry("Amina", "Yusuf", **NHS), entry("Fatima", "Ali", "1960", **NHS)),
    ],
)
def test_likely_one_person(newcomer: Entry, known: Entry) -> None:
    verdict = weigh(newcomer, known)
    assert verdict.likely, verdict
    assert verdict.reasons
    assert weigh(known, newcomer).likely


@pytest.mark.parametrize(
    ("newcomer", "known"),
    [
        # Twins
        (entry("Hassan", "Ali", "2015-04-01", **HOME), entry("Hussain", "Ali", "2015-04-01", **HOME)),
        (entry("Mohammed Hassan", "Ali", "2015-04-01", **HOME), entry("Mohammed Idris", "Ali", "2015-04-01", **HOME)),
        (entry("Karim", "Khan", "2015-04-01", **HOME), entry("Karima", "Khan", "2015-04-01", **HOME)),
        (entry("Taiwo", "Adebayo", "2015-04-01", **HOME), entry("Kehinde", "Adebayo", "2015-04-01", **HOME)),
        (entry("Daniel", "Popa", "2015-04-01", **HOME), entry("Daniela", "Popa", "2015-04-01", **HOME)),
        (entry("Emily", "Smith", "2015-04-01", **HOME), entry("Grace", "Smith", "2015-04-01", **HOME)),
        # Father and son, mother and daughter
        (entry("William", "Smith", "1950-01-20", **HOME), entry("William", "Smith", "1978-06-11", **HOME)),
        # A couple
        (entry("Amina", "Yusuf", "1990-05-02", **HOME), entry("Ahmed", "Yusuf", "1988-10-30", **HOME)),
        # Namesakes
        (entry("Mohammed", "Ahmed", "1985-03-12"), entry("Mohammed", "Ahmed", "1991-11-30")),
        (entry("Mohammed", "Ahmed"), entry("Mohammed", "Ahmed")),
        (entry("Sarah", "Jones", "1985-03-12"), entry("Sarah", "Williams", "1985-03-12")),
        # The same birthday
        (entry("Sarah", "Jones", "1985-03-12"), entry("Gemma", "Jones", "1985-03-12")),
        # One initial is too little for a household
        (entry("A", "Asante", **HOME), entry("Ahmed", "Asante", "1997-03-13", **HOME)),
        # Each has a number of their own
        (entry("John", "Smith", "1985", **NHS), entry("John", "Smith", "1985-03-12", **OTHER_NHS)),
        # Nothing to compare
        (entry("", "Yusuf", "1997-05-02"), entry("Amina", "", "1997-05-02")),
    ],
)
def test_likely_two_people(newcomer: Entry, known: Entry) -> None:
    assert not weigh(newcomer, known).likely, weigh(newcomer, known)
    assert not weigh(known, newcomer).likely


async def test_the_likeliest_first(session: AsyncSession) -> None:
    same, slip, twin = uuid4(), uuid4(), uuid4()
    await index_people(
        session,
        [
            entry("Amina", "Yusuf", "1997-05-20", id_=slip),
            entry("Amina", "Yusuf", "1997-05-02", id_=same),
            entry("Faduma", "Yusuf", "1997-05-02", id_=twin),
        ],
    )
    newcomer = entry("Aamina", "Yousuf", "1997-05-02")
    assert [each.person_id for each in await likely_duplicates(session, newcomer)] == [same, slip]


async def test_nobody_is_their_own_duplicate(session: AsyncSession) -> None:
    known = entry("Amina", "Yusuf", "1997-05-02")
    await index_person(session, known)
    assert await likely_duplicates(session, known) == []


async def test_any_of_the_names_may_be_the_known_one(session: AsyncSession) -> None:
    known = entry("Rachel", "Green", "1990-06-06")
    await index_person(session, known)
    names = [PersonName("Rachel", "Adeyemi"), PersonName("Rachel", "Green")]
    (found,) = await likely_duplicates(session, Entry(uuid4(), names, PartialDate(1990, 6, 6)))
    assert found.person_id == known.person_id


async def test_a_lone_namesake_is_worth_a_look_where_nothing_tells_them_apart(session: AsyncSession) -> None:
    known = entry("Henrietta", "Soltau", "1943-12-08")
    await index_person(session, known)
    assert [each.person_id for each in await likely_duplicates(session, entry("Henrieta", "Soltau"))] == [
        known.person_id
    ]
    await index_person(session, entry("Henrietta", "Soltau", "1999-01-01"))
    assert await likely_duplicates(session, entry("Henrietta", "Soltau")) == []


async def test_restricted_and_hidden_people_come_back_as_not_to_be_shown(session: AsyncSession) -> None:
    restricted, hidden, shown = (entry("Amina", "Yusuf", "1997-05-02") for _ in range(3))
    await index_people(session, [restricted, hidden, shown])
    await set_searchable(session, restricted.person_id, False)
    newcomer = entry("Amina", "Yusuf", "1997-05-02")
    found = await likely_duplicates(session, newcomer, excluded=[hidden.person_id])
    assert {each.person_id: each.searchable for each in found} == {
        restricted.person_id: False,
        hidden.person_id: False,
        shown.person_id: True,
    }


async def test_who_is_hidden_changes_nothing_in_what_is_shown(session: AsyncSession) -> None:
    shown = [entry("Amina", "Yusuf", "1997-05-20"), entry("Henrietta", "Soltau", "1943-12-08")]
    secret = [entry("Amina", "Yusuf", "1997-05-02"), entry("Henrietta", "Soltau", "1950-01-01")]
    newcomers = [entry("Amina", "Yusuf", "1997-05-02"), entry("Henrietta", "Soltau")]
    await index_people(session, shown)
    before = [await likely_duplicates(session, each) for each in newcomers]
    assert [len(each) for each in before] == [1, 1]
    await index_people(session, secret)
    for each in secret:
        await set_searchable(session, each.person_id, False)
    after = [await likely_duplicates(session, each) for each in newcomers]
    assert [[each for each in found if each.searchable] for found in after] == before
    assert [len(each) for each in after] == [2, 2]


async def test_people_merged_into_another_stand_behind_them(session: AsyncSession) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    survivor, merged = uuid4(), uuid4()
    for person_id, into in ((survivor, None), (merged, survivor)):
        session.add(
            Person(
                id=person_id,
                version=1,
                names=[],
                addresses=[],
                contacts=[],
                languages=[],
                communication_needs=[],
                source="registered",
                restricted=False,
                merged_into=into,
                registered_by="test",
                registered_at=now,
                changed_at=now,
            )
        )
        await session.flush()
        await index_person(session, entry("Amina", "Yusuf", "1997-05-02", id_=person_id, searchable=into is None))
    found = await likely_duplicates(session, entry("Amina", "Yusuf", "1997-05-02"))
    assert [each.person_id for each in found] == [survivor]


# Labelled people ------------------------------------------------------------------------------------------

LINKAGE = Path(os.environ.get("NEWSTART_LINKAGE_DATA", Path(__file__).parents[3] / "shared/data/linkage"))


@pytest.mark.full
@pytest.mark.reference_data
@pytest.mark.timeout(300)
async def test_labelled_people_are_warned_about_and_strangers_seldom(session: AsyncSession) -> None:
    """FEBRL 4, whose errors are coarse: most second records of one person warn, almost none of a stranger does."""
    if not (LINKAGE / "febrl4a.csv").exists():
        pytest.skip("the labelled linkage data are not here")
    known = _febrl("febrl4a.csv")
    strangers = dict(list(known.items())[:200])
    standing = {number: each for number, each in known.items() if number not in strangers}
    await index_people(session, list(standing.values()))
    again = {number: each for number, each in _febrl("febrl4b.csv").items() if number in standing}
    sample = list(again.items())[:300]
    right = others = 0
    for number, each in sample:
        found = {one.person_id for one in await likely_duplicates(session, each)}
        right += standing[number].person_id in found
        others += bool(found - {standing[number].person_id})
    false = 0
    for each in strangers.values():
        false += bool(await likely_duplicates(session, each))
    assert right / len(sample) >= 0.8
    assert others / len(sample) <= 0.02
    assert false / len(strangers) <= 0.02


def _febrl(file: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    with (LINKAGE / file).open() as lines:
        for row in csv.DictReader(lines, skipinitialspace=True):
            if not row["given_name"] or not row["surname"]:
                continue
            text = row["date_of_birth"]
            try:
                born = PartialDate.parse(f"{text[:4]}-{text[4:6]}-{text[6:]}") if text else None
            except Invalid:
                born = None
            postcode = [row["postcode"]] if row["postcode"] else []
            name = [PersonName(row["given_name"], row["surname"])]
            entries[row["rec_id"].split("-")[1]] = Entry(uuid4(), name, born, postcodes=postcode)
    return entries
