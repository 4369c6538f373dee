"""The sections of a bundle, each from its own capability's reads. One with nothing to say is left out whole."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kit.paper.sheet import Sheet, day, moment
from services.casefile.notes import queries as note_reads
from services.casefile.notes.shapes import NoteView
from services.casefile.papers.ground import Ground
from services.casefile.papers.letters import queries as letter_reads
from services.casefile.people import queries as people_reads
from services.casefile.people.models import Membership
from services.casefile.people.queries import PersonView
from services.casefile.plans import queries as plan_reads
from services.casefile.plans.shapes import ActionView, PlanView
from services.casefile.tasks import queries as task_reads
from services.casefile.timeline import queries as timeline_reads
from services.casefile.timeline.queries import Filters
from services.casefile.warnings import queries as warning_reads

MOST_LINES: Final = 1_000
_TURN = 200
_TIMES: Final = {0: "not yet", 1: "once", 2: "twice"}
_WHOSE: Final = {"theirs": "They", "ours": "We", "partners": "A partner"}


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
            ("Next review", _day(here.next_review_on)),
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
    """Their plans, in their own words."""
    found = await plan_reads.plans(ground.unit, plan_reads.Filters(household_id=ground.case.household_id), None, _TURN)
    for each in found[:_TURN]:
        if each.id not in ground.without and each.person_id not in ground.without:
            ground.paper.heading(f"Plan of {ground.name(each.person_id)}")
            one_plan(ground.paper, each, ground.without)


def one_plan(paper: Sheet, plan: PlanView, without: frozenset[UUID] = frozenset()) -> None:
    """A plan under the heading that stands above it."""
    paper.facts(
        [
            ("State", _words(plan.state)),
            ("Agreed", _TIMES.get(plan.agreed_number, f"{plan.agreed_number} times")),
            ("Since then", "something has changed" if plan.changed_since_agreed else None),
            ("Looked at again", _day(plan.review_on)),
            ("What matters to them", plan.what_matters),
        ]
    )
    for number, goal in enumerate((each for each in plan.goals if each.id not in without), start=1):
        paper.heading(f"{number}. {goal.words}", level=2)
        paper.facts(
            [
                ("In English", goal.english),
                ("By", _day(goal.by)),
                ("State", _words(goal.state)),
                ("Reached", _day(goal.achieved_on)),
                ("How we know, or why not", goal.ended_words),
            ]
        )
        _steps(paper, [each for each in plan.actions if each.goal_id == goal.id and each.id not in without])
    left = [each for each in plan.actions if each.goal_id is None and each.id not in without]
    if left:
        paper.heading("Of no goal", level=2)
        _steps(paper, left)


def _steps(paper: Sheet, actions: list[ActionView]) -> None:
    paper.table(
        ["Who", "What", "By", "State"],
        [(_WHOSE[each.whose], each.words, _day(each.due_on), _words(each.state)) for each in actions],
        [2, 6, 3, 2],
    )


async def warnings(ground: Ground) -> None:
    """How to meet them safely."""
    filters = warning_reads.Filters(household_id=ground.case.household_id)
    found = [
        each
        for each in await warning_reads.warnings(ground.unit, filters, None, _TURN)
        if each.id not in ground.without and each.person_id not in ground.without
    ]
    if not found:
        return
    ground.paper.heading("Warnings")
    for each in found:
        ground.paper.heading(f"{_words(each.kind).capitalize()}: {ground.name(each.person_id)}", level=2)
        ground.paper.facts(
            [
                ("How to meet them safely", each.guidance),
                ("State", _words(each.state)),
                ("What happened", each.incident),
                ("When", _day(each.incident_on)),
                ("Looked at again", _day(each.review_on)),
                ("They were told", None if each.told is None else ("yes" if each.told else "no")),
                ("Why not", each.not_told_because),
            ]
        )


async def notes(ground: Ground) -> None:
    """Notes as far as the caller may read them, the oldest first; struck ones say so."""
    found: list[NoteView] = []
    after: list[Any] | None = None
    while len(found) < MOST_LINES:
        turn = await note_reads.of_household(ground.unit, ground.case.household_id, note_reads.Filters(), after, _TURN)
        found += turn[:_TURN]
        if len(turn) <= _TURN:
            break
        after = note_reads.place_of(turn[_TURN - 1])
    rows = [
        each
        for each in found
        if each.id not in ground.without and each.words and not ground.without.intersection(each.person_ids)
    ]
    if not rows:
        return
    ground.paper.heading("Notes")
    for each in sorted(rows, key=lambda one: (one.occurred_at, one.id)):
        struck = f" (struck: {each.strike_reason})" if each.struck_at else ""
        ground.paper.heading(f"{_words(each.kind).capitalize()}, {moment(each.occurred_at)}{struck}", level=2)
        about = ", ".join(map(ground.name, each.person_ids))
        ground.paper.facts([("About", about), ("Written by", worker(each.recorded_by)), ("Part", _part(each.part))])
        ground.paper.text(each.words or "")


async def tasks(ground: Ground) -> None:
    """What is to be done and was done."""
    found = await task_reads.tasks(ground.unit, task_reads.Filters(case_id=ground.case.id), None, MOST_LINES)
    rows = [
        (_day(each.due_on), each.words, worker(each.owner), _words(each.state))
        for each in found
        if each.id not in ground.without
    ]
    if rows:
        ground.paper.heading("Tasks")
        ground.paper.table(["Due", "What", "Whose", "State"], rows, [3, 6, 3, 2])


def _part(part: str) -> str | None:
    return None if part in ("front", "inside") else _words(part)


def worker(id_: str) -> str:
    """A worker as papers name them: the platform holds their names at its door alone."""
    return f"worker {id_[-8:]}"


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
