"""Writes of replies: take one in, say whose it is, have read it."""

from uuid import UUID

from sqlalchemy import delete, select

from kit import clock
from kit.contracts.casefile.messages import ReplyState
from kit.contracts.messages import TextReply
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.people.aliases import all_ids, leads_to
from services.casefile.people.models import Membership, Person
from services.casefile.people.search_index import mark
from services.casefile.people.search_models import PersonSearch
from services.casefile.people.visibility import visible_to
from services.casefile.plans.domain import PlanStatus
from services.casefile.plans.models import Plan
from services.casefile.replies import domain, rows
from services.casefile.replies.domain import State
from services.casefile.replies.models import Reply


async def take(unit: UnitOfWork, told: TextReply) -> None:
    """Keep it. Known by its number, it is theirs and waits to be read; else the front door finds out whose it is."""
    if await unit.session.get(Reply, told.reply_id) is not None:
        return
    now = clock.business_now()
    unclaimed = Reply.state == State.UNKNOWN, Reply.received_at < now - domain.UNKNOWN_FOR
    await unit.session.execute(delete(Reply).where(*unclaimed))
    having = await _who_have(unit, told.from_number)
    person_id = domain.written_by(having)
    row = Reply(
        id=told.reply_id,
        version=1,
        from_number=None if person_id else told.from_number,
        may_be=sorted(having),
        words=told.text,
        state=State.UNKNOWN,
        received_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    if person_id is None:
        unit.accessed(f"reply/{row.id}", [])
    else:
        await _give(unit, row, person_id)


async def match(unit: UnitOfWork, reply_id: UUID, expected: int, person_id: UUID) -> Reply:
    """A worker says whose it is: from now on it is that person's, and the number is forgotten here."""
    row = await rows.load_unknown(unit, reply_id)
    check_version(row.version, expected)
    known = select(Person.id).where(Person.id == person_id, await visible_to(unit))
    if await unit.session.scalar(known) is None:
        raise NotFound("We know of no such person")
    row.matched_by, row.from_number = unit.cause.actor, None
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await _give(unit, row, person_id)
    return row


async def have_read(unit: UnitOfWork, reply_id: UUID, expected: int) -> Reply:
    """Whoever works with them has read it."""
    row = await rows.load(unit, reply_id)
    check_version(row.version, expected)
    domain.check_waits(State(row.state))
    row.state, row.read_by = State.READ, unit.cause.actor
    row.version, row.changed_at = row.version + 1, clock.business_now()
    assert row.person_id is not None
    _announce(unit, row, row.person_id, "casefile.reply.read")
    return row


async def _who_have(unit: UnitOfWork, number: str) -> set[UUID]:
    """Everybody who has this telephone number; a person merged away counts as the one who stands for them."""
    candidates = select(Person.id, Person.contacts).join(PersonSearch, PersonSearch.person_id == Person.id)
    found = await unit.session.execute(candidates.where(PersonSearch.marks.contains([mark("phone", number)])))
    having = [
        id_ for id_, contacts in found if any(each["kind"] == "phone" and each["value"] == number for each in contacts)
    ]
    above = await leads_to(unit.session, having)
    return {above[each][-1] if each in above else each for each in having}


async def _give(unit: UnitOfWork, row: Reply, person_id: UUID) -> None:
    ids = await all_ids(unit.session, [person_id])
    home = select(Membership.household_id).where(Membership.person_id.in_(ids), Membership.until.is_(None))
    plan = select(Plan.id).where(Plan.person_id.in_(ids), Plan.state != PlanStatus.ENDED)
    row.person_id, row.may_be, row.state = person_id, [], State.WAITING
    row.household_id = await unit.session.scalar(home.order_by(Membership.since.desc()).limit(1))
    row.plan_id = await unit.session.scalar(plan.order_by(Plan.made_at.desc()).limit(1))
    _announce(unit, row, person_id, "casefile.reply.received")


def _announce(unit: UnitOfWork, row: Reply, person_id: UUID, type_: str) -> None:
    state = ReplyState.model_validate(
        {
            "reply_id": row.id,
            "person_id": person_id,
            "household_id": row.household_id,
            "state": row.state,
            "received_at": row.received_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"reply/{row.id}", [person_id])
