"""A hardship payment is a fact of One View: what for and how much, never an offer's reason."""

from uuid import uuid4

from kit import clock
from kit.contracts.envelope import Event
from kit.contracts.grants.hardship import HardshipState
from services.risk.sources import handlers
from services.risk.sources.kinds import KINDS
from tests.risk.sources.ground import Loading


async def test_a_hardship_payment_becomes_a_fact(loading: Loading) -> None:
    now = clock.business_now()
    paid = HardshipState.model_validate(
        {
            "payment_id": uuid4(), "person_id": uuid4(), "strand": "crisis_payment", "need": "fuel",
            "amount_pence": 4_950, "way": "cash_code", "before": 0, "state": "paid", "paid_at": now, "changed_at": now,
        }
    )  # fmt: skip
    event: Event[HardshipState] = Event(
        id=uuid4(), type="grants.hardship.paid", subject=paid.payment_id, time=clock.now(), actor="tom",
        purpose="hardship", sequence=2, correlationid=uuid4(), source="urn:newstart:grants", data=paid,
    )  # fmt: skip
    async with loading.risk.unit() as unit:
        await handlers.hear_hardship(unit, event)
    [fact] = loading.facts()
    assert (fact["kind"], fact["value"]) == ("grants.hardship_paid", "fuel")
    assert float(fact["amount"]) == 49.5
    assert {"offers", "outreach"}.isdisjoint(KINDS["grants.hardship_paid"].serves)
