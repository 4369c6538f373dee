"""Writes of packs: made each morning by an alarm, a job for each hub; and what is typed back in after an outage."""

import hashlib
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import null, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.papers import WrittenWithoutUs
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.paper.printing import printed
from kit.store import jobs, timers
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.papers.downtime import content, domain, keys
from services.casefile.papers.downtime.domain import Kind
from services.casefile.papers.downtime.models import DowntimePack, PaperEntry
from services.casefile.people import membership
from services.casefile.people.sealed_register import current_home

DAILY = "casefile.downtime_pack.make"
EACH_DAY = uuid5(NAMESPACE_URL, "urn:newstart:casefile:downtime-packs")
JOB = "downtime_pack.make"


async def make_all(unit: UnitOfWork, _: UUID) -> None:
    """Each morning: a pack for every hub that has a passphrase, and the alarm for tomorrow."""
    now = clock.business_now()
    await timers.set_alarm(unit, DAILY, EACH_DAY, domain.next_making(now))
    for hub in sorted(keys.here().passphrases):
        await jobs.start(unit, JOB, {"hub": hub, "day": clock.today().isoformat()})
    # A pack that nobody needs any more is a risk and nothing else.
    await unit.session.execute(update(DowntimePack).where(DowntimePack.made_at < now - domain.KEPT).values(file=null()))


async def ask(unit: UnitOfWork, hub: str) -> UUID:
    """Make one now, besides the morning's; returns the job. `Invalid` for a hub without a passphrase."""
    if hub not in keys.here().passphrases:
        raise invalid("/hub", "This hub has no passphrase of its own: see NEWSTART_DOWNTIME_PASSPHRASES.", "has-a-key")
    return await jobs.start(unit, JOB, {"hub": hub, "day": clock.today().isoformat()})


async def make(unit: UnitOfWork, step: Step) -> Progress:
    """One hub's pack: drawn and locked in a child process; unlocked it never touches a disk."""
    hub, day = str(step.parameters["hub"]), date.fromisoformat(step.parameters["day"])
    passphrase = keys.here().passphrases.get(hub)
    if passphrase is None:
        raise NotFound(f"{hub} has no passphrase")
    made = await content.pack(unit, hub, day, keys.here().duty_numbers)
    file = await printed(made.paper, passphrase)
    row = DowntimePack(
        id=step.job_id,
        hub=hub,
        day=day,
        made_at=clock.business_now(),
        file=file,
        digest=hashlib.sha256(file).hexdigest(),
        size=len(file),
        key_name=hub,
        visits=made.visits,
        forms=made.forms,
        person_ids=made.person_ids,
    )
    unit.session.add(row)
    unit.accessed(f"downtime_pack/{row.id}", made.person_ids)
    return Progress(1, 1, "The pack is made", result={"pack_id": str(row.id)})


async def type_in(
    unit: UnitOfWork, form: str, person_id: UUID, kind: Kind, happened_at: datetime, words: str, written_by: str
) -> PaperEntry:
    """What a form says, with its true time: it stands on the timeline when it happened. `Conflict` if typed before."""
    if not await may_see(unit, Part.FRONT, person_id=person_id):
        raise NotFound("We know of no such person")
    now = clock.business_now()
    domain.check_form(form, kind, happened_at, now)
    values = {
        "id": new_id(),
        "form": form,
        "person_id": person_id,
        "kind": kind,
        "happened_at": happened_at,
        "words": words,
        "written_by": written_by,
        "typed_by": unit.cause.actor,
        "typed_at": now,
    }
    row: PaperEntry | None = await unit.session.scalar(
        insert(PaperEntry).values(values).on_conflict_do_nothing().returning(PaperEntry)
    )
    if row is None:
        raise Conflict("This form was typed in already: a form is typed in once", form=form, allowed=[])
    home = current_home(await membership.of_person(unit, person_id))
    unit.emit(
        "casefile.paper_entry.typed",
        WrittenWithoutUs(
            entry_id=row.id, person_id=person_id, household_id=home, kind=kind, was_at=happened_at, typed_at=now
        ),
        aggregate_id=row.id,
        sequence=1,
    )
    unit.accessed(f"paper_entry/{row.id}", [person_id])
    return row
