"""What happens reaches partners' systems: signed, thin, in order for each household, until it is taken."""

import asyncio
import json
import re
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks.webhooks import Webhook

from gateway.routes import table
from gateway.webhooks import deliveries, sending
from gateway.webhooks.domain import Answer
from gateway.webhooks.egress import Egress
from gateway.webhooks.offered import OFFERED
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.codes import ReferralStatus
from kit.contracts.event_type import Sensitivity
from tests.gateway.webhooks.ground import TYPE, Ground, referral


async def test_an_event_arrives_signed_and_says_nothing_about_anybody(ground: Ground) -> None:
    made = await ground.endpoint()
    event = referral(uuid4())
    await ground.happens(event)
    await ground.until_quiet()
    ((path, headers, body),) = ground.partner.got
    assert (path, headers["webhook-id"], headers["content-type"]) == ("/hook", str(event.id), "application/json")
    told = Webhook(made.key).verify(body, headers)
    assert told == {
        "type": TYPE,
        "timestamp": told["timestamp"],
        "data": {"id": str(event.subject), "sequence": 1, "path": f"/v1/triage/referrals/{event.subject}"},
    }
    assert str(event.data.person_id) not in body.decode()
    assert str(event.data.household_id) not in body.decode()
    assert ground.states() == [("delivered", 1)]


async def test_only_what_was_asked_for_and_is_theirs(ground: Ground) -> None:
    await ground.endpoint()
    await ground.happens(referral(organisation=uuid4()), referral(type_="triage.referral.accepted"))
    await ground.until_quiet()
    assert ground.partner.got == []


async def test_what_fails_comes_again_and_its_household_waits_for_it(ground: Ground) -> None:
    await ground.endpoint()
    home = uuid4()
    first, second, other = referral(home), referral(home), referral(uuid4())
    ground.partner.says("/hook", 500)
    await ground.happens(first)
    await ground.until_quiet()
    ground.partner.answers.clear()
    await ground.happens(second, other)
    await ground.until_quiet()
    assert ground.partner.ids("/hook") == [str(first.id), str(other.id)]
    assert ground.states() == [("waiting", 1), ("waiting", 0), ("delivered", 1)]
    ground.due_now()
    await ground.until_quiet()
    assert ground.partner.ids("/hook")[2:] == [str(first.id), str(second.id)]
    assert [state for state, _ in ground.states()] == ["delivered"] * 3


async def test_after_three_days_it_is_dead_kept_and_sent_again_by_hand(ground: Ground) -> None:
    await ground.endpoint()
    home = uuid4()
    ground.partner.says("/hook", 500)
    await ground.happens(referral(home), referral(home))
    ground.stored.execute(
        "update webhook_delivery set tries = 9 where position = (select min(position) from webhook_delivery)"
    )
    await ground.until_quiet()
    # The one behind it goes on.
    assert ground.states() == [("dead", 10), ("waiting", 1)]
    ground.partner.answers.clear()
    (dead,) = ground.stored.rows("select id, event_id from webhook_delivery where state = 'dead'")
    async with ground.unit() as unit:
        await deliveries.replay(unit, dead["id"])
    await ground.until_quiet()
    assert ground.partner.ids("/hook")[-1] == str(dead["event_id"])


async def test_410_disables_and_says_so(ground: Ground) -> None:
    made = await ground.endpoint()
    ground.partner.says("/hook", 410)
    await ground.happens(referral(), referral())
    await ground.until_quiet()
    (row,) = ground.stored.rows("select state, why, version from webhook_endpoint")
    assert row == {"state": "disabled", "why": "gone", "version": 2}
    (event,) = ground.stored.rows("select envelope from outbox")
    told = json.loads(event["envelope"])
    assert (told["type"], told["data"]["why"]) == ("gateway.webhook_endpoint.disabled", "gone")
    assert told["data"]["endpoint_id"] == str(made.endpoint.id)
    # Nothing more is sent, and nothing is lost.
    asked = len(ground.partner.got)
    await ground.happens(referral())
    ground.due_now()
    await ground.until_quiet()
    assert len(ground.partner.got) == asked
    assert {state for state, _ in ground.states()} == {"waiting"}


async def test_an_endpoint_that_takes_nothing_for_five_days_is_disabled(ground: Ground) -> None:
    await ground.endpoint()
    ground.partner.says("/hook", 500)
    await ground.happens(referral())
    await ground.until_quiet()
    ground.stored.execute("update webhook_endpoint set failing_since = now() - interval '4 days'")
    ground.due_now()
    await ground.until_quiet()
    assert ground.stored.rows("select state from webhook_endpoint") == [{"state": "active"}]
    ground.stored.execute("update webhook_endpoint set failing_since = now() - interval '5 days'")
    ground.due_now()
    await ground.until_quiet()
    assert ground.stored.rows("select state, why from webhook_endpoint") == [{"state": "disabled", "why": "failing"}]


async def test_one_success_between_begins_the_days_anew(ground: Ground) -> None:
    await ground.endpoint()
    ground.partner.says("/hook", 500)
    await ground.happens(referral())
    await ground.until_quiet()
    ground.partner.answers.clear()
    ground.due_now()
    await ground.until_quiet()
    assert ground.stored.rows("select failing_since from webhook_endpoint") == [{"failing_since": None}]


async def test_a_partner_that_hangs_delays_nobody_else(ground: Ground) -> None:
    await ground.endpoint("/hangs")
    await ground.endpoint("/well")
    ground.partner.hangs("/hangs")
    await ground.happens(*(referral() for _ in range(sending.EACH_AT_ONCE * 2)))
    began = time.monotonic()
    while len(ground.partner.ids("/well")) < sending.EACH_AT_ONCE * 2:
        await ground.sending.step()
        await asyncio.sleep(0.005)
        assert time.monotonic() - began < 10
    # It holds its own places and no more.
    assert len(ground.partner.ids("/hangs")) == sending.EACH_AT_ONCE


async def test_who_asks_for_time_is_not_asked_before(ground: Ground) -> None:
    await ground.endpoint()
    ground.partner.says("/hook", 429, Retry_After="600")
    await ground.happens(referral())
    await ground.until_quiet()
    (row,) = ground.stored.rows("select next_try_at from webhook_delivery")
    assert row["next_try_at"] - datetime.now(UTC) > timedelta(minutes=9)


async def test_a_redirect_is_no_success_and_is_not_followed(ground: Ground) -> None:
    await ground.endpoint()
    ground.partner.says("/hook", 307, Location=f"{ground.partner.address}/inside")
    await ground.happens(referral())
    await ground.until_quiet()
    assert {path for path, *_ in ground.partner.got} == {"/hook"}
    assert ground.states() == [("waiting", 1)]


class Rebinding(AbstractResolver):
    """A name that is outside when somebody looks, and inside when they connect; or both at once."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            {"hostname": host, "host": each, "port": port, "family": 2, "proto": 0, "flags": 0} for each in self.answers
        ]

    async def close(self) -> None:
        """Nothing to end."""


@pytest.mark.parametrize("answers", [("127.0.0.1",), ("93.184.216.34", "169.254.169.254"), ("64:ff9b::7f00:1",)])
async def test_a_name_that_leads_inside_is_refused_when_connecting(answers: tuple[str, ...]) -> None:
    egress = Egress(resolver=Rebinding(*answers))
    try:
        answer = await egress.post("https://partner.example/hook", {}, b"{}", datetime.now(UTC))
    finally:
        await egress.close()
    assert (answer.status, answer.problem) == (None, "address_not_accepted")


async def test_nobody_there_is_told_in_a_word(ground: Ground) -> None:
    await ground.endpoint()
    ground.stored.execute("update webhook_endpoint set url = 'http://127.0.0.1:1/hook'")
    await ground.happens(referral())
    await ground.until_quiet()
    assert ground.stored.rows("select status, problem from webhook_attempt") == [
        {"status": None, "problem": "address_not_accepted"}
    ]


async def test_who_died_in_between_is_tried_again_under_the_same_id(ground: Ground) -> None:
    await ground.endpoint()
    event = referral()
    await ground.happens(event)
    async with ground.unit() as unit:
        (lost,) = await deliveries.claim(unit, {}, each=8, most=8)
    await ground.until_quiet()
    assert ground.partner.got == [], "somebody has it in hand"
    ground.due_now()
    await ground.until_quiet()
    assert ground.partner.ids("/hook") == [str(event.id)]
    # Whoever comes back late changes nothing.
    async with ground.unit() as unit:
        late = deliveries.Tried(lost, datetime.now(UTC), Answer(500))
        await deliveries.settle(unit, [late])
    assert ground.states() == [("delivered", 2)]


async def test_two_senders_send_each_once(ground: Ground) -> None:
    await ground.endpoint()
    await ground.happens(*(referral() for _ in range(60)))
    other = sending.Sending(ground.database, ground.egress)
    for _ in range(40):
        await asyncio.gather(ground.sending.step(), other.step())
        await asyncio.sleep(0.01)
    await ground.until_quiet()
    ids = ground.partner.ids("/hook")
    assert len(ids) == len(set(ids)) == 60


async def test_a_lost_database_loses_no_answer(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    await ground.endpoint()
    await ground.happens(referral())
    await ground.sending.step()
    await asyncio.gather(*ground.sending._hands)

    async def away(*_: object) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "settle", away)
        with pytest.raises(ConnectionError):
            await ground.sending.step()
    await ground.until_quiet()
    assert ground.states() == [("delivered", 1)]
    assert len(ground.partner.got) == 1


async def test_a_window_is_sent_again_in_its_order(ground: Ground) -> None:
    made = await ground.endpoint()
    home = uuid4()
    events = [referral(home) for _ in range(5)]
    await ground.happens(*events)
    await ground.until_quiet()
    now = datetime.now(UTC)
    async with ground.unit() as unit:
        many = await deliveries.replay_window(
            unit, made.endpoint.id, now - timedelta(hours=1), now + timedelta(hours=1), only_dead=False
        )
    assert many == 5
    await ground.until_quiet()
    assert ground.partner.ids("/hook") == [str(each.id) for each in events] * 2


async def test_what_is_old_is_forgotten(ground: Ground) -> None:
    await ground.endpoint()
    await ground.happens(referral(), referral())
    await ground.until_quiet()
    ground.stored.execute(
        "update webhook_delivery set settled_at = now() - interval '31 days' where mod(position, 2) = 0"
    )
    async with ground.unit() as unit:
        assert await deliveries.tidy(unit) == 1
    assert len(ground.stored.rows("select from webhook_attempt")) == 1


async def test_a_system_that_speaks_fhir_is_told_in_tasks(ground: Ground) -> None:
    await ground.endpoint("/fhir", shape="fhir_task", types=(TYPE, "grants.round.opened"))
    await ground.endpoint("/thin")
    event = referral()
    await ground.happens(event)
    await ground.until_quiet()
    bodies = {path: json.loads(body) for path, _, body in ground.partner.got}
    task = bodies["/fhir"]["data"]
    assert {name: task[name] for name in ("resourceType", "id", "status", "intent")} == {
        "resourceType": "Task", "id": str(event.subject), "status": "requested", "intent": "order"
    }  # fmt: skip
    assert task["focus"] == {"reference": bodies["/thin"]["data"]["path"]}
    assert bodies["/fhir"]["type"] == bodies["/thin"]["type"] == TYPE
    # As little about anybody as the thin one.
    assert str(event.data.person_id) not in json.dumps(bodies)


def test_each_state_of_a_referral_is_a_state_of_a_fhir_task() -> None:
    # hl7.org/fhir/R4/valueset-task-status.html
    tasks = {
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold",
        "failed", "completed", "entered-in-error",
    }  # fmt: skip
    assert {str(each).replace("_", "-") for each in ReferralStatus} <= tasks


def test_what_is_offered_to_all_is_about_nobody_and_published() -> None:
    everybodys = {name for name, offer in OFFERED.items() if offer.whose is None}
    assert "grants.round.opened" in everybodys
    open_to_all = {re.sub(r"{\w+}", "{id}", route.path) for route in table(demo=False) if route.open}
    for name in everybodys:
        assert CATALOGUE[name].sensitivity is Sensitivity.OPEN, name
        assert OFFERED[name].path in open_to_all, name
