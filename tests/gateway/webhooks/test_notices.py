"""Who hears that an endpoint was disabled by itself: those who look after it, and our own operations, once each."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from gateway.messages.egress import Arrival, NotTaken, Outgoing, Refused, Taken, Unclear
from gateway.messages.sink import Sink
from gateway.webhooks import notices
from gateway.webhooks.domain import Disabled
from tests.gateway.webhooks.ground import Ground, referral

OURS = ("operations@newstart.example", "night@newstart.example")


class Fickle:
    """A sender that fails as told; what it took, it can find again."""

    def __init__(self, *failures: Exception, took_it: bool = False) -> None:
        self.failures, self.took_it = list(failures), took_it
        self.taken: dict[UUID, Outgoing] = {}
        self.sends = 0

    async def send(self, message: Outgoing) -> Taken:
        self.sends += 1
        if self.failures:
            if self.took_it:
                self.taken[message.reference] = message
            raise self.failures.pop(0)
        assert message.reference not in self.taken, "sent twice"
        self.taken[message.reference] = message
        return Taken(None)

    async def find(self, reference: UUID) -> Taken | None:
        return Taken(None) if reference in self.taken else None

    async def arrival(self, provider_id: str) -> Arrival:
        return "arrived"


async def disabled(ground: Ground, contact: str | None = "it@harbour.example") -> UUID:
    made = await ground.endpoint(contact=contact)
    ground.partner.says("/hook", 410)
    await ground.happens(referral())
    await ground.until_quiet()
    return made.endpoint.id


def standing(ground: Ground) -> list[tuple[str, str, str | None]]:
    rows = ground.stored.rows("select audience, state, reason from webhook_notice order by audience desc")
    return [(row["audience"], row["state"], row["reason"]) for row in rows]


async def test_both_are_told_once(ground: Ground) -> None:
    endpoint = await disabled(ground)
    while await notices.send_one(ground.database, Sink(ground.database), OURS):
        pass
    got = ground.stored.rows("select recipient, words from demo_message order by recipient")
    assert [row["recipient"] for row in got] == [["it@harbour.example"], ["night@newstart.example"], [OURS[0]]]
    assert all(str(endpoint) in row["words"] for row in got)
    assert standing(ground) == [("partner", "sent", None), ("operations", "sent", None)]


@pytest.mark.full
async def test_a_broken_line_sends_nothing_twice(ground: Ground) -> None:
    await disabled(ground)
    # It has the first, and the line breaks before it can say so.
    sender = Fickle(Unclear("broken"), NotTaken("busy"), took_it=True)
    for _ in range(8):
        ground.stored.execute("update webhook_notice set next_try_at = now() where state = 'waiting'")
        await notices.send_one(ground.database, sender, OURS)
    assert sorted(each.to[0] for each in sender.taken.values()) == sorted(("it@harbour.example", *OURS))
    assert {state for _, state, _ in standing(ground)} == {"sent"}


@pytest.mark.full
async def test_what_reaches_nobody_is_on_record(ground: Ground) -> None:
    await disabled(ground, contact=None)
    assert await notices.send_one(ground.database, Sink(ground.database), ())
    assert standing(ground) == [("operations", "failed", "no_address")]
    ground.stored.execute("update webhook_notice set state = 'waiting', next_try_at = now(), reason = null")
    assert await notices.send_one(ground.database, Fickle(Refused("no such address")), OURS[:1])
    assert standing(ground) == [("operations", "failed", "refused")]
    ground.stored.execute(
        "update webhook_notice set state = 'waiting', next_try_at = now(), made_at = now() - '25 h'::interval"
    )
    assert await notices.send_one(ground.database, Fickle(NotTaken("busy")), OURS[:1])
    assert standing(ground) == [("operations", "failed", "not_accepted")]


@pytest.mark.full
async def test_who_died_while_sending_is_followed_after_the_lease(ground: Ground) -> None:
    await disabled(ground, contact=None)
    async with ground.unit() as unit:
        assert await notices.claim(unit, OURS) is not None
    assert not await notices.send_one(ground.database, Sink(ground.database), OURS)
    ground.stored.execute("update webhook_notice set next_try_at = now()")
    assert await notices.send_one(ground.database, Sink(ground.database), OURS)
    assert standing(ground) == [("operations", "sent", None)]


def test_an_email_of_ours_carries_no_words_of_others() -> None:
    id_ = uuid4()
    title, text = notices.words(id_, Disabled.FAILING, datetime(2026, 12, 1, 9, 30, tzinfo=UTC) - timedelta(0))
    assert "01.12.2026 at 09:30 UTC" in text
    assert text.count(str(id_)) == 2
    assert len(title) < 80
