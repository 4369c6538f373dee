"""The sections of a bundle, each from its own capability's reads. One with nothing to say is left out whole."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.casefile.papers.ground import Ground
from services.casefile.papers.letters import queries as letter_reads
from services.casefile.papers.sheet import day, moment
from services.casefile.people import queries as people_reads
from services.casefile.people.models import Membership
from services.casefile.people.queries import PersonView
from services.casefile.timeline import queries as timeline_reads
from services.casefile.timeline.queries import Filters

MOST_LINES = 2_000
_TURN = 200


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


def _day(value: date | None) -> str:
    return day(value) if value else ""


async def people(ground: Ground) -> None:
    """Who belongs to the household, as far as the caller may see them."""
    members = await ground.unit.session.scalars(
        select(Membership.person_id)
        .where(Membership.household_id == ground.case.household_id, Membership.until.is_(None))
        .order_by(Membership.since, Membership.person_id)
    )
    views = await people_reads.views_of(ground.unit, [each for each in members if each not in ground.without])
    if not views:
        return
    ground.paper.heading("People")
    for each in views:
        ground.names[each.id] = _name(each)
        ground.paper.heading(ground.names[each.id], level=2)
        here = next((place for place in each.addresses if place.until is None), None)
        ground.paper.facts(
            [
                ("Also called", ", ".join(f"{other.given} {other.family}" for other in each.names[1:])),
                ("Born", each.date_of_birth),
                ("Address", ", ".join([*here.lines, here.postcode or ""]) if here else None),
                ("Contact", "\n".join(_contact(one.kind, one.value, one.safe, one.note) for one in each.contacts)),
                ("Languages", ", ".join(each.languages)),
                ("Needs when we talk", ", ".join(map(_words, each.communication_needs))),
                ("NHS number", each.nhs_number),
                ("National Insurance number", each.nino),
            ]
        )


def _name(person: PersonView) -> str:
    return " ".join(filter(None, (person.names[0].given, person.names[0].family))) if person.names else "No name"


def _contact(kind: str, value: str, safe: bool, note: str) -> str:
    said = f"{_words(kind)} {value}" + ("" if safe else " (NOT SAFE to use)")
    return f"{said}: {note}" if note else said


async def case(ground: Ground) -> None:
    """What the case is, and how it came to stand where it stands."""
    here = ground.case
    ground.paper.heading("The case")
    ground.paper.facts(
        [
            ("State", _words(here.state)),
            ("Layer of support", _words(here.layer)),
            ("Opened", moment(here.opened_at)),
            ("Episode", str(here.episode)),
            ("Closed", moment(here.closed_at) if here.closed_at else None),
            ("Why it was closed", _words(here.close_reason)),
            ("Said at the close", here.close_note),
        ]
    )
    ground.paper.points(
        f"{_words(each.layer)}: {_words(each.specialism or each.statutory_service) or 'several issues'}"
        for each in here.workstreams
    )


async def plans(ground: Ground) -> None:
    """Their plans."""


async def warnings(ground: Ground) -> None:
    """How to meet them safely."""


async def notes(ground: Ground) -> None:
    """Notes."""


async def tasks(ground: Ground) -> None:
    """What is to be done."""


async def letters(ground: Ground) -> None:
    """What was written to them on paper."""
    rows = []
    for person_id in ground.names:
        found = await letter_reads.of_person(ground.unit, person_id, None, _TURN)
        rows += [each for each in found if each.id not in ground.without]
    if not rows:
        return
    ground.paper.heading("Letters")
    for each in rows:
        ground.paper.heading(f"{each.title}, to {ground.name(each.person_id)}", level=2)
        ground.paper.facts([("Written", moment(each.written_at)), ("Sent", _day(each.sent_on) or _words(each.state))])
        for paragraph in each.paragraphs:
            ground.paper.text(paragraph)


async def timeline(ground: Ground) -> None:
    """What happened, the oldest first, as the page shows it."""
    rows: list[tuple[str, str, str]] = []
    after: list[str] | None = None
    more = True
    while more and len(rows) < MOST_LINES:
        turn = await timeline_reads.page(ground.unit, ground.case.household_id, Filters(order="oldest"), after, _TURN)
        more = len(turn) == _TURN
        after = [turn[-1].occurred_at.isoformat(), str(turn[-1].event_id)] if turn else None
        rows += [
            (moment(each.occurred_at), each.title, _whom(ground, each.person_ids))
            for each in turn
            if each.event_id not in ground.without and not ground.without.intersection(each.person_ids)
        ]
    if not rows:
        return
    ground.paper.heading("What happened")
    ground.paper.table(["When", "What", "Who it is about"], rows, [3, 6, 3])
    if more:
        ground.paper.text(f"More follows: only the first {MOST_LINES:,} lines are printed.")


def _whom(ground: Ground, person_ids: list[UUID]) -> str:
    return ", ".join(dict.fromkeys(ground.name(each) for each in person_ids))
