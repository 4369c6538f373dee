"""Writes of links: take a letter, mint the link as it goes out, claim it for an answer, keep what became of it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from gateway.links import domain
from gateway.links.domain import Kind, Standing
from gateway.links.models import Link, PartnerLetter
from gateway.links.rows import load, standing_of
from gateway.messages.egress import Outgoing
from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event, Sealed
from kit.contracts.messages import Way
from kit.contracts.triage.partners import PartnerMessage
from kit.errors import Conflict
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version

_TYPE = "triage.partner_message.addressed"
_LEASE = timedelta(seconds=60)
_KEEP_TRYING = timedelta(hours=24)
_DELAYS = (30, 120, 600, 1800, 3600)
PATH = "/links/"


async def take(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """Take a letter in, and write down the link that will go with it. Kept sealed; opened again when it goes out."""
    inside = sealed.open_sealed(unit, event)
    assert isinstance(inside, PartnerMessage)
    now = clock.now()
    link = None
    if inside.link_kind is not None and inside.link_target is not None and inside.link_until is not None:
        link = Link(
            id=new_id(),
            version=1,
            kind=inside.link_kind,
            target_id=inside.link_target,
            organisation_id=inside.organisation_id,
            until=inside.link_until,
            made_at=clock.business_now(),
        )
        unit.session.add(link)
        await unit.session.flush()
    unit.session.add(
        PartnerLetter(
            id=inside.partner_message_id,
            organisation_id=inside.organisation_id,
            link_id=link.id if link else None,
            sealed=event.to_json().decode(),
            state="queued",
            attempts=0,
            next_try_at=now,
            received_at=now,
            changed_at=now,
        )
    )


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A letter whose last try was cut off: the sender is asked for it before anything is sent again."""

    letter_id: UUID


async def claim_letter(unit: UnitOfWork, public_url: str, *, can_send: bool) -> Outgoing | Doubtful | None:
    """The next letter, written down as `sending`; its link is minted now, and the secret goes with the letter alone."""
    now = clock.now()
    fresh = and_(PartnerLetter.state == "queued", PartnerLetter.next_try_at <= now)
    cut_off = and_(PartnerLetter.state == "sending", PartnerLetter.claimed_at < now - _LEASE)
    query = select(PartnerLetter).where(or_(fresh, cut_off)).order_by(PartnerLetter.next_try_at, PartnerLetter.id)
    row = await unit.session.scalar(query.limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    if not can_send or now - row.received_at >= _KEEP_TRYING:
        _settle(row, "failed")
        return Doubtful(row.id)
    if row.state == "sending":
        row.claimed_at = now
        return Doubtful(row.id)
    assert row.sealed is not None
    inside = sealed.open_sealed(unit, CATALOGUE[_TYPE].parse(row.sealed))
    assert isinstance(inside, PartnerMessage)
    text = inside.text
    if row.link_id is not None:
        link = await load(unit, row.link_id, for_change=True)
        if standing_of(link) is not Standing.OPEN:
            _settle(row, "failed")
            return Doubtful(row.id)
        text = f"{text}\n\n{_address(public_url, _mint(link))}\n"
    row.state, row.claimed_at, row.attempts, row.changed_at = "sending", now, row.attempts + 1, now
    return Outgoing(row.id, Way.EMAIL, (inside.to,), inside.subject, text, plain=False)


async def letter_went_out(unit: UnitOfWork, letter_id: UUID) -> None:
    """The sender has it."""
    row = await _sending(unit, letter_id)
    if row is not None:
        _settle(row, "sent")


async def letter_refused(unit: UnitOfWork, letter_id: UUID) -> None:
    """The sender will never take it."""
    row = await _sending(unit, letter_id)
    if row is not None:
        _settle(row, "failed")


async def letter_later(unit: UnitOfWork, letter_id: UUID) -> None:
    """It certainly did not go out: once more, later, with a new secret."""
    row = await _sending(unit, letter_id)
    if row is not None:
        wait = _DELAYS[min(row.attempts, len(_DELAYS)) - 1]
        row.state, row.next_try_at, row.changed_at = "queued", clock.now() + timedelta(seconds=wait), clock.now()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A link on which an answer is on its way. `before`: an answer was cut off, and may have arrived."""

    id: UUID
    kind: Kind
    target_id: UUID
    organisation_id: UUID
    before: bool


async def claim(unit: UnitOfWork, token: str) -> Claimed | Standing | None:
    """Take a link for one answer: of two who try at once one has it. Its standing if it is of no use; None: unknown."""
    row = await unit.session.scalar(select(Link).where(Link.digest == domain.digest_of(token)).with_for_update())
    if row is None:
        return None
    standing = standing_of(row)
    if standing is not Standing.OPEN:
        return standing
    before = row.claimed_at is not None
    row.claimed_at, row.version = clock.now(), row.version + 1
    unit.accessed(f"link/{row.id}")
    return Claimed(row.id, Kind(row.kind), row.target_id, row.organisation_id, before)


async def answered(unit: UnitOfWork, link_id: UUID) -> None:
    """The owner has the answer, or it had one before: nobody uses this link again."""
    row = await load(unit, link_id, for_change=True)
    if row.answered_at is None:
        row.answered_at, row.version = clock.business_now(), row.version + 1


async def give_back(unit: UnitOfWork, link_id: UUID) -> None:
    """The answer did not arrive, as far as we know: it may be given again, and a repeat shows whether it did."""
    row = await load(unit, link_id, for_change=True)
    if row.answered_at is None:
        row.claimed_at, row.version = clock.now() - domain.LEASE, row.version + 1


async def renew(unit: UnitOfWork, link_id: UUID, expected: int, public_url: str) -> tuple[Link, str]:
    """A new address in place of the old one, which stops working; returned this once and kept nowhere."""
    row = await load(unit, link_id, for_change=True)
    check_version(row.version, expected)
    standing = standing_of(row)
    if standing is not Standing.OPEN:
        raise Conflict(f"This link is {standing.value.replace('_', ' ')}", state=standing.value, allowed=[])
    token = _mint(row)
    row.version += 1
    unit.accessed(f"link/{row.id}")
    return row, _address(public_url, token)


async def revoke(unit: UnitOfWork, link_id: UUID, expected: int) -> Link:
    """Make it useless at once; `Conflict` when it was answered."""
    row = await load(unit, link_id, for_change=True)
    check_version(row.version, expected)
    if row.answered_at is not None or row.revoked_at is not None:
        raise Conflict("This link is of no use any more", state=standing_of(row).value, allowed=[])
    row.revoked_at, row.revoked_by, row.version = clock.business_now(), unit.cause.actor, row.version + 1
    unit.accessed(f"link/{row.id}")
    return row


def _mint(link: Link) -> str:
    token = domain.token_of(secrets.token_bytes(domain.SECRET_BYTES))
    link.digest = domain.digest_of(token)
    return token


def _address(public_url: str, token: str) -> str:
    return public_url.rstrip("/") + PATH + token


async def _sending(unit: UnitOfWork, letter_id: UUID) -> PartnerLetter | None:
    """The row, unless somebody else settled it while we were away."""
    row = await unit.session.get(PartnerLetter, letter_id, with_for_update=True)
    return row if row is not None and row.state == "sending" else None


def _settle(row: PartnerLetter, state: str) -> None:
    row.state, row.sealed, row.changed_at = state, None, clock.now()
