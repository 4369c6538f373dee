"""Somebody was introduced, and linkage finds that they are one with another: casefile's answer reaches what waits."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest

from kit.testing.databases import ServiceDatabase
from services.risk.signals import commands, whose
from services.risk.signals.whose import Known
from services.risk.vault import pseudonyms
from tests.risk.ground import Risk, open_risk


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """Risk with its vault, which this time answers itself."""
    async with open_risk(database) as opened:
        yield opened


PERSON, HOUSEHOLD = uuid4(), uuid4()


def resident(
    risk: Risk, *, joined_into: UUID | None = None, person: UUID | None = None, home: UUID | None = None
) -> UUID:
    id_ = uuid4()
    assert risk.stored.vault is not None
    risk.stored.vault.execute(
        "insert into resident (resident_id, pseudonym, person_id, introduction, introduced_into, joined_into)"
        " values (%s, %s, %s, %s, %s, %s)",
        [id_, pseudonyms.of_resident(id_), person, "introduced" if home else None, home, joined_into],
    )
    return id_


async def known(risk: Risk, *residents: UUID) -> dict[UUID, Known]:
    async with risk.unit("outreach") as unit:
        found = await whose.known(unit, {pseudonyms.of_resident(each) for each in residents})
    return {each: found[pseudonyms.of_resident(each)] for each in residents if pseudonyms.of_resident(each) in found}


async def test_who_was_joined_after_the_answer_is_known_by_either_name(risk: Risk) -> None:
    # What a join carries over today: the person, and not the household of the answer.
    kept = resident(risk, person=PERSON)
    gone = resident(risk, joined_into=kept, person=PERSON, home=HOUSEHOLD)
    assert await known(risk, kept, gone) == dict.fromkeys((kept, gone), Known(PERSON, HOUSEHOLD))


async def test_who_was_joined_before_the_answer_is_known_by_either_name(risk: Risk) -> None:
    kept = resident(risk, person=PERSON, home=HOUSEHOLD)
    between = resident(risk, joined_into=kept)
    gone = resident(risk, joined_into=between)
    assert await known(risk, kept, gone) == dict.fromkeys((kept, gone), Known(PERSON, HOUSEHOLD))
    assert await known(risk, resident(risk)) == {}


async def test_the_answer_raises_what_waits_for_whom_they_became(risk: Risk) -> None:
    kept = resident(risk)
    gone = resident(risk, joined_into=kept)
    for each in (gone, kept):
        risk.stored.execute(
            "insert into signal (id, version, kind, household, resident, occurrence, fact, source, observed_on, offer,"
            " state, found_at) values (%s, 1, 'rent_arrears_jump', %s, %s, '2026-12', %s, 'rent_balances',"
            " current_date, 'money_help', 'introducing', now())",
            [uuid4(), uuid4(), pseudonyms.of_resident(each), uuid4()],
        )
    async with risk.unit("outreach") as unit:
        await commands.answered(unit, pseudonyms.of_resident(gone), Known(PERSON, HOUSEHOLD))
    assert [each["data"]["person_id"] for each in risk.events("signal.raised")] == [str(PERSON)] * 2
