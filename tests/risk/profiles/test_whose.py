"""Which casefile household stands for which pseudonym, asked of the real vault."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest

from kit.testing.databases import ServiceDatabase
from services.risk.profiles import whose
from services.risk.signals import whose as people
from services.risk.vault import pseudonyms
from tests.risk.ground import Risk, open_risk


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """A worker at risk's door, without anybody's answers given."""
    async with open_risk(database) as opened:
        yield opened


def put(risk: Risk, statement: str, values: list[object]) -> None:
    assert risk.stored.vault is not None
    risk.stored.vault.execute(statement, values)


def home(risk: Risk) -> tuple[UUID, UUID]:
    """A home of the vault: its id and its pseudonym."""
    id_ = uuid4()
    pseudonym = pseudonyms.of_household(id_)
    put(risk, "insert into home (home_id, pseudonym, place) values (%s, %s, 'uprn:1')", [id_, pseudonym])
    return id_, pseudonym


def lives(
    risk: Risk,
    home_id: UUID,
    *,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    how: str | None = None,
) -> UUID:
    """A resident of a home; with a household: as the register's own record has them. The pseudonym."""
    resident = uuid4()
    pseudonym = pseudonyms.of_resident(resident)
    put(
        risk,
        "insert into resident (resident_id, pseudonym, person_id, introduction) values (%s, %s, %s, %s)",
        [resident, pseudonym, person_id, how],
    )
    put(risk, "insert into home_member (home_id, resident_id, since, basis) values (%s, %s, '2024-01-01', 'x')",
        [home_id, resident])  # fmt: skip
    if household_id is not None:
        put(
            risk,
            "insert into record (source, reference, household_reference, digest, pseudonym)"
            " values ('casefile', %s, %s, %s, %s)",
            [str(person_id), str(household_id), uuid4(), uuid4()],
        )
    return pseudonym


async def test_an_imported_household_is_found_without_an_event(risk: Risk) -> None:
    home_id, pseudonym = home(risk)
    person, household_id = uuid4(), uuid4()
    resident = lives(risk, home_id, person_id=person, household_id=household_id)
    async with risk.unit() as unit:
        found = await whose.placed(unit, household_id, ())
        assert (found.household, found.residents) == (pseudonym, {person: resident})
        assert await whose.casefile_households(unit, [pseudonym, uuid4()]) == {pseudonym: household_id}
        assert await people.known(unit, [resident]) == {resident: people.Known(person, household_id)}
        nobody = await whose.placed(unit, uuid4(), ())
    assert (nobody.household, dict(nobody.residents)) == (None, {})
    assert ("risk.vault.find_household", f"household/{household_id}") in [each[1:3] for each in risk.looks()]


async def test_naming_a_stranger_does_not_open_the_strangers_home(risk: Risk) -> None:
    here, pseudonym = home(risk)
    there, _ = home(risk)
    member, stranger = uuid4(), uuid4()
    household_id = uuid4()
    lives(risk, here, person_id=member)
    resident = lives(risk, there, person_id=stranger, household_id=uuid4())
    risk.know_household(household_id, [member])
    async with risk.unit() as unit:
        found = await whose.placed(unit, household_id, [member], [stranger])
        alone = await whose.placed(unit, uuid4(), (), [stranger])
    assert (found.household, found.residents[stranger]) == (pseudonym, resident)
    assert alone.household is None


async def test_a_household_stands_where_most_of_it_lives(risk: Risk) -> None:
    (here, pseudonym), (there, _) = home(risk), home(risk)
    household_id = uuid4()
    for place in (here, there, here):
        lives(risk, place, person_id=uuid4(), household_id=household_id)
    async with risk.unit() as unit:
        assert (await whose.placed(unit, household_id, ())).household == pseudonym


async def test_those_who_were_only_introduced_are_told_nothing(risk: Risk) -> None:
    home_id, pseudonym = home(risk)
    resident = lives(risk, home_id, person_id=uuid4(), household_id=uuid4(), how="introduced")
    async with risk.unit() as unit:
        assert await whose.casefile_households(unit, [pseudonym]) == {}
        # But an offer may reach them: that is what they were introduced for.
        assert set(await people.known(unit, [resident])) == {resident}


async def test_a_merged_person_is_found_by_the_id_linkage_knows(risk: Risk) -> None:
    home_id, pseudonym = home(risk)
    old, now, household_id = uuid4(), uuid4(), uuid4()
    resident = lives(risk, home_id, person_id=old)
    for person, into in ((old, now), (now, None)):
        risk.stored.execute(
            "insert into known_person"
            " (id, sequence, households, restricted, separated_from, barred_workers, merged_into)"
            " values (%s, 1, '[]', false, '{}', '{}', %s)",
            [person, into],
        )
    async with risk.unit() as unit:
        found = await whose.placed(unit, household_id, [now])
    assert (found.household, found.residents) == (pseudonym, {now: resident})


async def test_somebody_introduced_is_found_for_an_offer_and_for_nothing_else(risk: Risk) -> None:
    home_id, pseudonym = home(risk)
    person_id, household_id = uuid4(), uuid4()
    resident = lives(risk, home_id, person_id=person_id, how="introduced")
    put(risk, "update resident set introduced_into = %s where person_id = %s", [household_id, person_id])
    async with risk.unit(purpose="outreach") as unit:
        found = await whose.placed(unit, household_id, ())
        assert await whose.introduced_household(unit, pseudonym) == household_id
    assert (found.household, found.residents) == (pseudonym, {person_id: resident})
    async with risk.unit(purpose="front_door") as unit:
        assert (await whose.placed(unit, household_id, ())).household is None
        assert await whose.introduced_household(unit, pseudonym) is None


async def test_a_later_signal_reaches_somebody_introduced_before(risk: Risk) -> None:
    """No event told of them yet: without casefile's own answer they would be introduced again, and never offered."""
    home_id, _ = home(risk)
    person_id, household_id = uuid4(), uuid4()
    resident = lives(risk, home_id, person_id=person_id, how="introduced")
    put(risk, "update resident set introduced_into = %s where person_id = %s", [household_id, person_id])
    async with risk.unit() as unit:
        assert await people.known(unit, [resident]) == {resident: people.Known(person_id, household_id)}
