"""What stands in a hub's pack: whom to ring, whom to meet today and how safely, who is placed where, blank forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.paper.sheet import Sheet, Stamp, day
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.casefile.papers.downtime import domain
from services.casefile.papers.downtime.models import KnownVisit
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Person
from services.casefile.warnings.models import MeetingWarning

_MARKING: Final = "Locked pack for outages: burn or shred it at the end of the day"
_NOT_HERE: Final = "Not in this pack: ring the duty team before you go"
_KINDS: Final[Mapping[str, str]] = {"at_hub": "Here", "home_visit": "Visit at home", "phone": "Call"}
_ASKED: Final[Mapping[str, tuple[str, Sequence[tuple[str, float]]]]] = {
    "contact": (
        "Somebody came or rang",
        (
            ("Date and exact time", 0.5),
            ("Name, as they say it, and date of birth", 1),
            ("How to reach them safely, and how never", 2),
            ("What they came for, in their words", 8),
            ("Where they sleep tonight", 1),
            ("What we did, and what we promised by when", 6),
            ("Your name and role", 0.5),
        ),
    ),
    "visit": (
        "A visit",
        (
            ("Date, time there, time back", 0.5),
            ("Whom you met", 1),
            ("What was said and seen, as fact", 10),
            ("What was agreed, who does it by when", 6),
            ("Your name and role", 0.5),
        ),
    ),
    "note": (
        "A note for somebody's file",
        (
            ("Date and exact time", 0.5),
            ("Whose file", 1),
            ("What happened, as fact", 14),
            ("Your name and role", 0.5),
        ),
    ),
    "concern": (
        "A safeguarding concern",
        (
            ("Ring the duty team first. Whom you spoke to, and when", 1),
            ("Who is at risk, and where they are now", 2),
            ("What you saw and heard, in their words", 10),
            ("What was decided, by whom", 3),
            ("Your name and role", 0.5),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A pack before it is drawn, and who is in it."""

    paper: Sheet
    visits: int
    forms: list[str]
    person_ids: list[UUID]


async def pack(unit: UnitOfWork, hub: str, on: date, duty_numbers: Mapping[str, str]) -> Made:
    """The hub's pack of that day. Somebody restricted or kept apart is only a time and a number to ring."""
    paper = Sheet(
        f"When the systems are down: {hub.replace('_', ' ').capitalize()} hub, {day(on)}",
        Stamp("the platform", "", clock.business_now()),
        reference=f"{hub.upper()} {on:%d.%m.%Y}",
        marking=_MARKING,
    )
    _how(paper, duty_numbers)
    visits = await _visits(unit, hub, on)
    people = await _people(unit, {each.person_id for each in visits})
    warnings = await _warnings(unit, people)
    _today(paper, visits, people, warnings)
    paper.heading("Where people are placed")
    paper.text("No placement is known to the case file yet. The duty team has the list of rooms taken tonight.")
    forms = domain.forms_of(hub, on)
    for number, kind in forms:
        title, asked = _ASKED[kind]
        paper.new_page()
        paper.heading(f"{title} (form {number})")
        if kind == "concern":
            paper.text("Somebody in danger now: 999. A concern is typed in afterwards at the door for concerns.")
        paper.form(("What is asked", "What you write"), asked)
    return Made(paper, len(visits), [number for number, _ in forms], sorted(people))


def _how(paper: Sheet, duty_numbers: Mapping[str, str]) -> None:
    paper.heading("Whom to ring")
    paper.facts([("Somebody in danger now", "999"), *((name, number) for name, number in duty_numbers.items())])
    paper.heading("How to work without the systems")
    paper.points(
        [
            "Help first. Nobody is sent away because a screen is dark.",
            "Write on the forms in this pack: the exact time, and who said what. One form for each person.",
            "When the systems are back, type each form in once under its number, with the time it happened.",
            "A safeguarding concern is rung through at once, and typed in first.",
            "At the end, shred the pack and the forms that were typed in.",
        ]
    )


async def _visits(unit: UnitOfWork, hub: str, on: date) -> Sequence[KnownVisit]:
    start = datetime.combine(on, time(), clock.LONDON)
    end = datetime.combine(on + timedelta(days=1), time(), clock.LONDON)
    rows = await unit.session.scalars(
        select(KnownVisit)
        .where(KnownVisit.hub == hub, KnownVisit.starts_at >= start, KnownVisit.starts_at < end)
        .order_by(KnownVisit.starts_at, KnownVisit.id)
    )
    return [each for each in rows if domain.still_on(each.state)]


async def _people(unit: UnitOfWork, person_ids: set[UUID]) -> dict[UUID, Person]:
    """Those of whom a paper may tell: nobody restricted, introduced, kept from anybody or kept apart, by any id."""
    found: dict[UUID, Person] = {}
    for person_id in person_ids:
        whole = await all_ids(unit.session, [person_id])
        rows = (await unit.session.scalars(select(Person).where(Person.id.in_(whole)))).all()
        apart = await unit.session.scalars(select(known_person.c.separated_from).where(known_person.c.id.in_(whole)))
        closed = any(row.restricted or row.introduced or row.kept_from for row in rows) or any(apart)
        standing = next((row for row in rows if row.merged_into is None), None)
        if standing is not None and not closed:
            found[person_id] = standing
    return found


async def _warnings(unit: UnitOfWork, people: Mapping[UUID, Person]) -> dict[UUID, list[str]]:
    ids = await all_ids(unit.session, list(people))
    rows = await unit.session.scalars(
        select(MeetingWarning)
        .where(MeetingWarning.person_id.in_(ids), MeetingWarning.state == "standing")
        .order_by(MeetingWarning.decided_at)
    )
    found: dict[UUID, list[str]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row.guidance)
    return found


def _today(
    paper: Sheet,
    visits: Sequence[KnownVisit],
    people: Mapping[UUID, Person],
    warnings: Mapping[UUID, Sequence[str]],
) -> None:
    paper.heading("Today's visits and appointments")
    if not visits:
        paper.text("None were booked when this pack was made.")
    for each in visits:
        at = each.starts_at.astimezone(clock.LONDON)
        person = people.get(each.person_id)
        title = f"{at:%H:%M} {_KINDS.get(each.kind, each.kind)}"
        paper.heading(f"{title}: {_name(person)}" if person else title, level=2)
        if person is None:
            paper.text(_NOT_HERE)
            continue
        said = [words for id_ in (each.person_id, person.id) for words in warnings.get(id_, ())]
        here = next((place for place in person.addresses if not place.get("until")), None)
        paper.facts(
            [
                ("How to meet them safely", "\n".join(dict.fromkeys(said))),
                ("Address", _address(here) if each.kind == "home_visit" else None),
                ("Ring", ", ".join(str(one["value"]) for one in person.contacts if one.get("safe", True))),
                ("Languages", ", ".join(person.languages)),
                ("Needs when we talk", ", ".join(need.replace("_", " ") for need in person.communication_needs)),
                ("Who meets them", f"worker {each.worker[-8:]}"),
            ]
        )


def _name(person: Person) -> str:
    name = person.names[0] if person.names else {}
    return " ".join(filter(None, (name.get("given"), name.get("family")))) or "no name"


def _address(place: Mapping[str, object] | None) -> str | None:
    if place is None:
        return None
    lines = place.get("lines") or ()
    assert isinstance(lines, Sequence)
    return ", ".join([*map(str, lines), str(place.get("postcode") or "")])
