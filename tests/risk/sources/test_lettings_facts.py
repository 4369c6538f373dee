"""Offers and tenancies that housing tells of are facts of the applicant; whether a refusal counts is none."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from kit import clock
from kit.contracts.envelope import Event
from kit.contracts.housing.lettings import LettingState, OfferState
from services.risk.sources import handlers
from services.risk.vault import pseudonyms
from tests.risk.sources.ground import Loading


def told(type_: str, data: Any) -> Event[Any]:
    return Event(
        id=uuid4(), type=type_, subject=uuid4(), time=clock.now(), actor="marcus", purpose="lettings", sequence=1,
        correlationid=uuid4(), source="urn:newstart:housing", data=data,
    )  # fmt: skip


def offer(person: UUID, state: str, **more: Any) -> Event[Any]:
    ids = {name: uuid4() for name in ("offer_id", "home_id", "application_id")}
    now = clock.business_now()
    data = {
        **ids, "person_id": person, "kind": "choice", "state": state, "final": False, "auto_bid": False,
        "answer_by": "2026-12-11", "made_at": now, "changed_at": now, **more,
    }  # fmt: skip
    return told(f"housing.offer.{state}", OfferState.model_validate(data))


async def test_offers_and_tenancies_are_facts_of_the_applicant(loading: Loading) -> None:
    person, now = uuid4(), clock.business_now()
    letting = LettingState.model_validate(
        {
            "letting_id": uuid4(), "home_id": uuid4(), "application_id": uuid4(), "person_id": person,
            "tenant_person_ids": [person], "kind": "choice", "tenancy": "secure_lifetime", "state": "started",
            "starts_on": "2026-12-07", "changed_at": now,
        }
    )  # fmt: skip
    async with loading.risk.unit() as unit:
        await handlers.hear_offer(unit, offer(person, "made"))
        await handlers.hear_offer(unit, offer(person, "refused", refused_because="area", counts=True))
        await handlers.hear_letting(unit, told("housing.letting.started", letting))
    mine = pseudonyms.of_record("casefile", str(person))
    found = {(row["record"], row["kind"], row["value"]) for row in loading.facts()}
    assert found == {
        (mine, "housing.offer", "made"),
        (mine, "housing.offer", "refused"),
        (mine, "housing.letting", "started"),
    }
    days = {row["occurred_on"] for row in loading.facts() if row["kind"] == "housing.letting"}
    assert days == {date(2026, 12, 7)}
