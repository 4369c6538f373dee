"""Which lists can be followed, who may, and which events change them.

A list is one of the table's addresses. Whoever may read it, for the purpose they state, may hear that it changed; what
changed they read there, under their own rights. A new list is a line here, and `gateway` among the consumers of the
events that change it (kit/contracts); a line whose events or address are still to come is simply not there yet.

Whom a change is about must stand in the event (`concerns`), or nobody could be kept back. So cases are not followed:
their events name the household alone. What is followed is that somebody's caseload changed: it names a worker, and no
case, so that nothing sealed can be told from it; the counts are read anew, under one's own rights.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from gateway.routes import purposes_of_actions
from kit.contracts.catalogue import CATALOGUE, EventType
from kit.contracts.codes import QueueKind
from kit.contracts.envelope import EventData


@dataclass(frozen=True, slots=True)
class Followed:
    """A list: its name, where it is read, the action of reading it, and the kinds of things on it."""

    name: str
    address: str
    action: str
    aggregates: frozenset[str]
    concerns: Callable[[EventData], bool] = field(default=lambda _: True)
    sees_all: str | None = None  # a role from whom nobody on this list is kept back
    own: Callable[[EventData], str | None] = field(default=lambda _: None)  # whose it is: they hear of it in any case


def _waits(*kinds: QueueKind) -> Callable[[EventData], bool]:
    # The rules of the queue have no kind: they change the place of everybody.
    return lambda data: getattr(data, "kind", kinds[0]) in kinds


_LEAD: Final = "safeguarding_lead"

LISTS: Final[Mapping[str, Followed]] = {
    each.name: each
    for each in (
        Followed(
            "triage.queue",
            "/v1/triage/queue",
            "triage.queue.read",
            frozenset({"triage.queue_entry", "triage.queue_rules"}),
            _waits(QueueKind.CONTACT, QueueKind.REFERRAL),
        ),
        # Who may see that a contact waits need not hear that a concern does.
        Followed(
            "triage.queue.concerns",
            "/v1/triage/queue?kind=safeguarding",
            "triage.safeguarding.read",
            frozenset({"triage.queue_entry", "triage.queue_rules"}),
            _waits(QueueKind.SAFEGUARDING),
            _LEAD,
        ),
        Followed("triage.contacts", "/v1/triage/contacts", "triage.contact.read", frozenset({"triage.contact"})),
        Followed(
            "triage.safeguarding",
            "/v1/triage/safeguarding-concerns",
            "triage.safeguarding.read",
            frozenset({"triage.safeguarding"}),
            sees_all=_LEAD,
            # As the receipt says it to them, whomever the concern is about.
            own=lambda data: getattr(data, "raised_by", None),
        ),
        Followed("triage.handovers", "/v1/triage/handovers", "triage.handover.read", frozenset({"triage.handover"})),
        Followed("triage.referrals", "/v1/triage/referrals", "triage.referral.read", frozenset({"triage.referral"})),
        Followed("triage.outreach", "/v1/triage/outreach", "triage.outreach.read", frozenset({"triage.outreach"})),
        Followed(
            "triage.recovery_holds",
            "/v1/triage/recovery-holds",
            "triage.recovery_hold.read",
            frozenset({"triage.recovery_hold"}),
        ),
        Followed(
            "triage.appointments",
            "/v1/triage/appointments",
            "triage.appointment.read",
            frozenset({"triage.appointment"}),
        ),
        Followed(
            "casefile.caseloads", "/v1/casefile/caseloads", "casefile.caseload.read", frozenset({"casefile.caseload"})
        ),
        Followed("casefile.my_work", "/v1/casefile/my-work", "casefile.my_work.read", frozenset({"casefile.caseload"})),
        # Whoever may review what was broken, and whoever looks at odd patterns: an id of a review or an alert alone.
        Followed(
            "casefile.broken_glass",
            "/v1/casefile/access/broken-glass",
            "casefile.glass.read",
            frozenset({"casefile.glass_review"}),
        ),
        Followed(
            "casefile.access_alerts",
            "/v1/casefile/access/alerts",
            "casefile.access_alert.settle",
            frozenset({"casefile.access_alert"}),
        ),
    )
}
"""Every list by name."""


def heard() -> dict[str, tuple[Followed, ...]]:
    """The event types that the gateway hears for some list, with those lists."""
    return {
        declared.type: lists
        for declared in CATALOGUE.values()
        if declared.model is not None and "gateway" in declared.consumers and (lists := _changed_by(declared))
    }


def _changed_by(declared: EventType) -> tuple[Followed, ...]:
    aggregate = f"{declared.owner}.{declared.aggregate}"
    return tuple(each for each in LISTS.values() if aggregate in each.aggregates)


@lru_cache(maxsize=1)
def there() -> frozenset[str]:
    """The lists that can be followed: the table has their action, and an event changes them."""
    actions = purposes_of_actions()
    changed = {each.name for lists in heard().values() for each in lists}
    return frozenset(name for name in changed if LISTS[name].action in actions)
