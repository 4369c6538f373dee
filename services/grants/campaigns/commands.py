"""Writes of campaigns: drawn up, checked, opened with the match set aside, pledged to, ended all or nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.grants.proposals import CampaignState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.campaigns import domain
from services.grants.campaigns.domain import Check, Match, State
from services.grants.campaigns.models import Campaign, Pledge
from services.grants.funds import commands as funds

CLOSE: Final = "grants.campaign.close"


@dataclass(frozen=True, slots=True)
class New:
    """A campaign to draw up."""

    title: str
    words: str
    group_name: str
    ward: str | None
    target_pence: int
    closes_at: datetime


async def draw_up(unit: UnitOfWork, new: New) -> Campaign:
    """A new campaign, to be checked before it opens."""
    now = clock.business_now()
    domain.check_dates(new.closes_at, now)
    row = Campaign(
        id=new_id(),
        version=1,
        title=new.title,
        words=new.words,
        group_name=new.group_name,
        ward=new.ward,
        target_pence=new.target_pence,
        closes_at=new.closes_at,
        state=State.DRAFT,
        checks={},
        reserved_pence=0,
        pledged_pence=0,
        match_pence=0,
        backers=0,
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    unit.accessed(f"campaign/{row.id}")
    return row


async def check(
    unit: UnitOfWork, campaign_id: UUID, expected: int, what: Check, in_order: bool, words: str
) -> Campaign:
    """One thing about deliverability was looked at. Not by whoever drew the campaign up."""
    row = await load(unit, campaign_id, expected)
    if row.state != State.DRAFT:
        raise Conflict("This was checked before it opened", state=row.state, allowed=[])
    if row.made_by == unit.cause.actor:
        raise Conflict("Another officer checks whether it can be delivered", allowed=["another officer"])
    found = {"in_order": in_order, "words": words, "by": unit.cause.actor, "on": clock.today().isoformat()}
    row.checks = {**row.checks, what.value: found}
    _changed(unit, row)
    return row


async def open_(unit: UnitOfWork, campaign_id: UUID, expected: int, fund_code: str | None) -> Campaign:
    """Take pledges until it closes. The match is set aside by the fund's rule as it stands now; 409 beyond the pot."""
    row = await load(unit, campaign_id, expected)
    domain.check_next(State(row.state), State.OPEN)
    domain.check_deliverable({what: each["in_order"] for what, each in row.checks.items()})
    domain.check_dates(row.closes_at, clock.business_now())
    if fund_code is not None:
        fund = await funds.fund_coded(unit, fund_code)
        percent, most = fund.rules.get("match_percent"), fund.rules.get("match_most_pence")
        if not percent or not most:
            raise Conflict("This fund has no rule for a match", allowed=["a match fund"])
        row.fund_id, row.match_percent, row.match_most_pence = fund.id, percent, most
        row.reserved_pence = domain.match_for(Match(percent, most), row.target_pence)
        if row.reserved_pence:
            why = f"Match for {row.title}"
            await funds.reserve(unit, fund.id, row.id, row.reserved_pence, f"campaign/{row.id}", why)
    row.state = State.OPEN
    await timers.set_alarm(unit, CLOSE, row.id, row.closes_at)
    _changed(unit, row)
    return row


async def pledge(unit: UnitOfWork, campaign_id: UUID, pence: int) -> Campaign:
    """A backer promises this much; again: another sum in its place."""
    row = await load(unit, campaign_id)
    _open(row)
    mark = hashlib.sha256(f"backer\n{unit.cause.actor}".encode()).digest()
    query = select(Pledge).where(Pledge.campaign_id == row.id, Pledge.mark == mark)
    before = (await unit.session.scalars(query)).one_or_none()
    if before is None:
        values = {"id": new_id(), "campaign_id": row.id, "mark": mark, "pence": pence, "state": "pledged"}
        await unit.session.execute(insert(Pledge).values(**values, pledged_at=clock.business_now()))
        row.backers += 1
        row.pledged_pence += pence
    else:
        again = before.state == "withdrawn"
        row.backers += int(again)
        row.pledged_pence += pence - (0 if again else before.pence)
        before.pence, before.state = pence, "pledged"
    _changed(unit, row)
    return row


async def take_back(unit: UnitOfWork, campaign_id: UUID) -> Campaign:
    """A backer takes a pledge back, until it closes."""
    row = await load(unit, campaign_id)
    _open(row)
    mark = hashlib.sha256(f"backer\n{unit.cause.actor}".encode()).digest()
    query = select(Pledge).where(Pledge.campaign_id == row.id, Pledge.mark == mark, Pledge.state == "pledged")
    found = (await unit.session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound("There is no pledge of yours")
    found.state = "withdrawn"
    row.backers -= 1
    row.pledged_pence -= found.pence
    _changed(unit, row)
    return row


async def withdraw(unit: UnitOfWork, campaign_id: UUID, expected: int, reason: str) -> Campaign:
    """It is not to be, with a public reason: every pledge and the match are free again."""
    row = await load(unit, campaign_id, expected)
    domain.check_next(State(row.state), State.WITHDRAWN)
    await timers.cancel(unit, CLOSE, row.id)
    await _give_back(unit, row, row.reserved_pence)
    await _end(unit, row, State.WITHDRAWN, "released")
    row.ended_reason = reason
    return row


async def close_in_time(unit: UnitOfWork, campaign_id: UUID) -> None:
    """At its hour: funded, or every pledge is free again."""
    row = await load(unit, campaign_id)
    if row.state != State.OPEN:
        return
    closed = domain.close(row.target_pence, row.pledged_pence, row.backers, row.reserved_pence)
    await _give_back(unit, row, closed.released)
    if not closed.funded:
        await _end(unit, row, State.FAILED, "released")
        return
    row.match_pence = closed.match
    if closed.match and row.fund_id is not None:
        why, about = f"Match for {row.title}", f"campaign-match/{row.id}"
        await funds.award(unit, row.fund_id, row.id, row.id, closed.match, about, why)
    await _end(unit, row, State.FUNDED, "due")
    state = CampaignState(
        campaign_id=row.id,
        ward=row.ward,
        state="funded",
        target_pence=row.target_pence,
        pledged_pence=row.pledged_pence,
        match_pence=row.match_pence,
        backers=row.backers,
        changed_at=row.changed_at,
    )
    unit.emit("grants.campaign.funded", state, aggregate_id=row.id, sequence=row.version)


async def pay_match(unit: UnitOfWork, campaign_id: UUID, expected: int, collected_pence: int) -> Campaign:
    """Pay the match out of the fund, once the crowd's money is there."""
    row = await _settling(unit, campaign_id, expected)
    domain.check_collected(row.pledged_pence, collected_pence)
    about, why = f"campaign-match-payment/{row.id}", f"Match for {row.title}"
    await funds.pay(unit, _fund_of(row), row.id, row.match_pence, about, why)
    _changed(unit, row)
    return row


async def return_match(unit: UnitOfWork, campaign_id: UUID, expected: int, reason: str) -> Campaign:
    """The crowd's money did not come, or it cannot be delivered after all: the fund has its match back."""
    row = await _settling(unit, campaign_id, expected)
    about, why = f"campaign-match-return/{row.id}", f"Match of {row.title} not paid"
    await funds.withdraw(unit, _fund_of(row), row.id, row.match_pence, about, why)
    row.match_returned_reason = reason
    _changed(unit, row)
    return row


async def _settling(unit: UnitOfWork, campaign_id: UUID, expected: int) -> Campaign:
    row = await load(unit, campaign_id, expected)
    settled = row.match_settled_at is not None
    domain.check_settling(State(row.state), row.match_pence, settled, unit.cause.actor, row.made_by)
    row.match_settled_at, row.match_settled_by = clock.business_now(), unit.cause.actor
    return row


def _fund_of(row: Campaign) -> UUID:
    assert row.fund_id is not None  # a match comes out of a fund
    return row.fund_id


async def load(unit: UnitOfWork, campaign_id: UUID, expected: int | None = None) -> Campaign:
    """The campaign, locked."""
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such campaign")
    if expected is not None:
        check_version(row.version, expected)
    return row


def _open(row: Campaign) -> None:
    if row.state != State.OPEN or clock.business_now() >= row.closes_at:
        raise Conflict("This campaign takes no pledges", state=row.state, allowed=[])


async def _give_back(unit: UnitOfWork, row: Campaign, pence: int) -> None:
    if pence and row.fund_id is not None:
        why = f"Match of {row.title} not needed"
        await funds.release(unit, row.fund_id, row.id, pence, f"campaign-release/{row.id}", why)


async def _end(unit: UnitOfWork, row: Campaign, state: State, pledges: str) -> None:
    mine = (Pledge.campaign_id == row.id) & (Pledge.state == "pledged")
    await unit.session.execute(update(Pledge).where(mine).values(state=pledges))
    row.state, row.ended_at = state, clock.business_now()
    _changed(unit, row)


def _changed(unit: UnitOfWork, row: Campaign) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"campaign/{row.id}")
