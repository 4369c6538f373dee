"""A sharing agreement that lapses, or that the board suspends, stops its feed that same day: files, records, events."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.casefile.agreements import AgreementState
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Event
from kit.contracts.triage.contacts import NeedState
from services.risk.sources import handlers, standing
from tests.risk.ground import TODAY
from tests.risk.sources.ground import ARREARS, Loading, as_csv

pytestmark = pytest.mark.usefixtures("inside")

ID = UUID(int=7)
SOURCE = "council_tax_arrears"


async def told(loading: Loading, sequence: int = 1, id_: UUID = ID, **more: Any) -> None:
    """Casefile announces an agreement."""
    state = AgreementState(
        agreement_id=id_,
        code=more.pop("code", "council_tax_2026"),
        in_force=more.pop("in_force", True),
        starts_on=date(2026, 4, 1),
        ends_on=more.pop("ends_on", date(2027, 4, 1)),
        datasets=more.pop("datasets", (SOURCE,)),
        gateway="dea_2017_s35",
        changed_at=clock.business_now(),
    )
    declared = CATALOGUE["casefile.agreement.changed"]
    event = Event(
        id=uuid4(), type=declared.type, subject=id_, time=clock.now(), actor="ines", purpose="information_governance",
        sequence=sequence, correlationid=uuid4(), source="urn:newstart:casefile", data=state,
    )  # fmt: skip
    async with loading.risk.unit() as unit:
        await handlers.know_agreements(unit, [event])


async def answer(loading: Loading) -> tuple[int, str]:
    given = await loading.post_file(SOURCE, as_csv(SOURCE, [ARREARS]))
    return given.status_code, given.text


@pytest.mark.parametrize(
    "change", [{"ends_on": TODAY}, {"in_force": False}, {"ends_on": date(2026, 12, 1), "in_force": False}]
)
async def test_a_lapsed_or_suspended_agreement_takes_no_file(loading: Loading, change: dict[str, Any]) -> None:
    await told(loading)
    assert (await answer(loading))[0] == 202
    await told(loading, 2, **change)
    status, text = await answer(loading)
    assert status == 409
    assert "council_tax_2026" in text
    shown = await loading.get(f"/v1/risk/sources/{SOURCE}")
    assert "council_tax_2026" in shown["stopped"]
    # Renewed: it flows again. Told out of order: the newest word counts.
    await told(loading, 4)
    await told(loading, 3, **change)
    assert (await answer(loading))[0] == 202


async def test_it_stops_on_the_day_itself_without_a_word(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    await told(loading, ends_on=date(2026, 12, 8))
    assert (await answer(loading))[0] == 202
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 8))
    assert (await answer(loading))[0] == 409


@pytest.mark.full
async def test_another_agreement_that_names_it_lets_it_flow(loading: Loading) -> None:
    await told(loading, in_force=False)
    await told(loading, id_=UUID(int=8), code="council_tax_2027")
    assert (await answer(loading))[0] == 202


async def test_what_no_agreement_names_rests_on_the_register(loading: Loading) -> None:
    await told(loading, in_force=False, datasets=("rent_accounts",))
    assert (await answer(loading))[0] == 202


async def test_facts_of_a_lapsed_source_serve_nobody_that_day(loading: Loading) -> None:
    async with loading.risk.unit() as unit:
        before = {each.code: each.stopped(TODAY) for each in await standing.products(unit.session)}
    assert before[SOURCE] is None
    await told(loading, in_force=False)
    async with loading.risk.unit() as unit:
        after = {each.code: each.stopped(TODAY) for each in await standing.products(unit.session)}
    assert after[SOURCE]
    assert {code for code in after if after[code] != before[code]} == {SOURCE}


async def test_an_event_of_a_lapsed_source_leaves_no_fact(loading: Loading) -> None:
    need = NeedState.model_validate(
        {
            "need_id": uuid4(), "contact_id": uuid4(), "person_id": uuid4(), "household_id": None,
            "domain": NeedDomain.HOUSING, "kind": "presenting", "urgency": "today", "status": "open",
            "changed_at": clock.business_now(),
        }
    )  # fmt: skip
    event = Event(
        id=uuid4(), type="triage.need.recorded", subject=need.need_id, time=clock.now(), actor="sade",
        purpose="front_door", sequence=1, correlationid=uuid4(), source="urn:newstart:triage", data=need,
    )  # fmt: skip
    await told(loading, in_force=False, datasets=("casefile",))
    async with loading.risk.unit() as unit:
        await handlers.hear_need(unit, event)
    assert loading.facts() == []
    await told(loading, 2, datasets=("casefile",))
    async with loading.risk.unit() as unit:
        await handlers.hear_need(unit, event)
    assert len(loading.facts()) == 1
