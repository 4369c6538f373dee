"""How an owner answers for what it holds about somebody: with a sealed package, or by erasing it with a proof.

Every owner's `holdings.py` makes one `Rights` of its tables (`kit.store.holdings`), and its `app.py` puts the handlers
beside the others. What tables cannot say (risk's vault, casefile's hash-chained log) comes as `More`. Whoever was
erased stays so: their ids are remembered in `erased_person`, and an event about nobody else has no effect here any
more, however often it is sent again (`kit.events.erased`).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import String, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.envelope import Event
from kit.contracts.rights import AccessAsked, ErasureOrdered, ErasureProof, Package, PackageItem, TableProof
from kit.events import sealed
from kit.events.handlers import Handlers
from kit.store.holdings import Holdings, Lived, Whose, digest_of, told_of
from kit.store.tables import audit_entry, dead_letter, draft, erased_person, known_household, known_person, outbox
from kit.store.unit import UnitOfWork

# Well below what one sealed event may hold (kit.events.sealed), for its JSON grows a little on the way.
_PART_BYTES: Final = 160_000
_LONGEST_TEXT: Final = 20_000
# Reads that betray what the person may not know is known; they go out only when a specialist lets them.
_PARTS: Final = {
    "domestic_abuse": "abuse",
    "safeguarding": "safeguarding",
    "statutory_referral": "safeguarding",
    "community_safety": "crime",
}


class More(Protocol):
    """What an owner holds besides its tables, or must erase in its own way."""

    async def collect(self, unit: UnitOfWork, whose: Whose) -> Sequence[PackageItem]:
        """What it holds about them."""
        ...

    async def erase(self, unit: UnitOfWork, whose: Whose, kept: Sequence[str]) -> Sequence[TableProof]:
        """Erase it, but for what is kept under these retention codes; safe to repeat."""
        ...


class Rights:
    """One owner's answers to the rights of the people it holds data about."""

    def __init__(self, service: str, holdings: Holdings, *more: More) -> None:
        self.service = service
        self.holdings = holdings
        self._more = more
        self.handlers = Handlers()
        self.handlers.reaction("casefile.rights.access_requested")(self.answer_access)
        self.handlers.reaction("casefile.rights.erasure_requested")(self.answer_erasure)

    async def answer_access(self, unit: UnitOfWork, event: Event[AccessAsked]) -> None:
        """Seal what is held here for casefile, in as many parts as it takes; an empty package says so too."""
        asked = event.data
        lived = tuple(Lived(each.household_id, each.since, each.until) for each in asked.lived_in)
        homes = frozenset(asked.household_ids) | {each.household_id for each in lived}
        items = await self.collect(unit, Whose(asked.everyone(), homes, lived))
        parts = list(_parts(items))
        for number, part in enumerate(parts, start=1):
            package = Package(
                request_id=asked.request_id,
                person_id=asked.person_id,
                part=number,
                parts=len(parts),
                items=tuple(part),
                collected_at=clock.business_now(),
            )
            type_ = f"{self.service}.rights.package_returned"
            sealed.seal(unit, "casefile", type_, package, aggregate_id=asked.request_id, sequence=number)
        unit.accessed(f"rights_request/{asked.request_id}", sorted(asked.everyone()))

    async def answer_erasure(self, unit: UnitOfWork, event: Event[ErasureOrdered]) -> None:
        """Erase, remember whose it was, and tell what went and what stays."""
        order = event.data
        await unit.take_time(120)
        tables = await self.erase(unit, Whose(order.everyone(), frozenset(order.household_ids)), order.kept)
        rows = [{"person_id": each, "request_id": order.request_id} for each in sorted(order.everyone())]
        await unit.session.execute(insert(erased_person).values(rows).on_conflict_do_nothing())
        proof = ErasureProof(
            request_id=order.request_id,
            tables=tuple(tables),
            digest=digest_of(each.model_dump_json() for each in tables),
            changed_at=clock.business_now(),
        )
        unit.emit(f"{self.service}.rights.erased", proof, aggregate_id=order.request_id, sequence=1)
        unit.accessed(f"rights_request/{order.request_id}", sorted(order.everyone()))

    async def collect(self, unit: UnitOfWork, whose: Whose) -> list[PackageItem]:
        """All that is held here about them."""
        items = await self.holdings.collect(unit, whose)
        for each in self._more:
            items += await each.collect(unit, whose)
        return [*items, *await _drafts(unit, whose), *await _reads(unit, whose)]

    async def erase(self, unit: UnitOfWork, whose: Whose, kept: Sequence[str]) -> list[TableProof]:
        """All of it goes, but what is kept under these codes. First what needs its own way, then the tables."""
        proofs: list[TableProof] = []
        for each in self._more:
            proofs += await each.erase(unit, whose, kept)
        proofs += await self.holdings.erase(unit, whose, kept)
        return [*proofs, *await _erase_shared(unit, whose)]


def _parts(items: Iterable[PackageItem]) -> Iterable[list[PackageItem]]:
    part: list[PackageItem] = []
    size = 0
    for item in items:
        fitting = _fitting(item)
        length = len(fitting.model_dump_json().encode())
        if part and size + length > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(fitting)
        size += length
    yield part


def _fitting(item: PackageItem) -> PackageItem:
    """An item that fits one event. A longer one is shortened and says so: the officer adds the rest by hand."""
    if len(item.model_dump_json().encode()) <= _PART_BYTES:
        return item
    short = {
        name: value if isinstance(value, int | float | bool) else _text(value)[:_LONGEST_TEXT]
        for name, value in list(item.fields.items())[:6]
    }
    return item.model_copy(update={"fields": {**short, "shortened": True}})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# What every owner has alike ------------------------------------------------------------------------------------------


async def _drafts(unit: UnitOfWork, whose: Whose) -> list[PackageItem]:
    """What somebody is typing about them; kept for 30 days at most."""
    rows = await unit.session.execute(select(draft).where(_named_in(draft.c.key, whose.people)))
    return [
        PackageItem(
            table="draft",
            record=f"{row.kind}/{row.key}",
            title="Unfinished writing",
            on=row.updated_at.date(),
            fields=told_of(row.body),
        )
        for row in rows
    ]


async def _reads(unit: UnitOfWork, whose: Whose) -> list[PackageItem]:
    """Who looked, by purpose and month: the recipients (Article 15(1)(c)), not each worker. One item a purpose, so
    that the check can leave out those that would betray something."""
    theirs = audit_entry.c.person_ids.overlap(sorted(whose.people))
    query = (
        select(
            audit_entry.c.purpose,
            func.count().label("times"),
            func.min(audit_entry.c.at).label("first"),
            func.max(audit_entry.c.at).label("last"),
        )
        .where(theirs, audit_entry.c.outcome == "done")
        .group_by(audit_entry.c.purpose)
        .order_by(audit_entry.c.purpose)
    )
    return [
        PackageItem(
            table="audit_entry",
            record=f"{row.purpose}",
            title="Who looked at your information, and why",
            part=_PARTS.get(row.purpose, "reads"),
            on=row.last.date(),
            fields={
                "purpose": row.purpose,
                "times": row.times,
                "first": row.first.date().isoformat(),
                "last": row.last.date().isoformat(),
            },
        )
        for row in await unit.session.execute(query)
    ]


async def _erase_shared(unit: UnitOfWork, whose: Whose) -> list[TableProof]:
    people, homes = sorted(whose.people), sorted(whose.households)
    told = (~outbox.c.type.like("%.rights.%")) & outbox.c.published_at.is_not(None)
    sweep = (
        (known_person, known_person.c.id.in_(people), "What we know of who may see the record"),
        (known_household, known_household.c.id.in_(homes), "Who lives together"),
        (draft, _named_in(draft.c.key, whose.people), "Unfinished writing"),
        (outbox, told & _named_in(outbox.c.envelope, whose.people), "Announcements kept to be sent again"),
        (dead_letter, _named_in(dead_letter.c.envelope, whose.people), "Announcements that could not be read"),
    )
    proofs = []
    for table, condition, title in sweep:
        keys = list(table.primary_key.columns)
        gone = (await unit.session.execute(delete(table).where(condition).returning(*keys))).all()
        if gone:
            digest = digest_of(f"{table.name}:{'/'.join(map(str, row))}" for row in gone)
            proofs.append(TableProof(table=table.name, title=title, deleted=len(gone), digest=digest))
    looked = select(func.count()).select_from(audit_entry).where(audit_entry.c.person_ids.overlap(people))
    if stay := await unit.session.scalar(looked):
        proofs.append(TableProof(table="audit_entry", title="Who looked, and why", kept=stay, why="access_record"))
    return proofs


def _named_in(column: Any, people: Iterable[UUID]) -> Any:
    return or_(*(cast(column, String).contains(str(each), autoescape=True) for each in sorted(people)))
