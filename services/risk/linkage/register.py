"""The case file's register as a source: who the people it knows are, and who has become one with whom.

Its word outweighs likeness: records of two of its people are never one resident, those of one person always are.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.contracts.casefile.people import Identity
from kit.contracts.casefile.registers import IntroductionState
from kit.contracts.triage.outreach import ObjectionState
from kit.store import access
from kit.store.unit import UnitOfWork
from services.risk import pipeline
from services.risk.linkage import commands, ledger, picture, waiting
from services.risk.linkage.domain import Because
from services.risk.linkage.settling import settle
from services.risk.vault import door, records

MOST_AT_ONCE = 25
"""More people in one delivery come from an import: they are linked by the run that follows, not one by one."""

_SEEKS_OUT = frozenset({"outreach", "data_linkage"})
"""Purposes whose objection means: do not come to me unasked."""

_ENTER = text(
    "insert into register_entry (person_id, version, merged_into, listed, introduced)"
    " values (:person_id, :version, :merged_into, :listed, :introduced)"
    " on conflict (person_id) do update set version = excluded.version, merged_into = excluded.merged_into,"
    " listed = excluded.listed, introduced = excluded.introduced"
    " where register_entry.version <= excluded.version returning person_id"
)


async def hear(unit: UnitOfWork, people: Sequence[Identity]) -> set[UUID]:
    """Takes in what the register says of these people now; the pseudonyms of the households concerned.

    An older version than one we had changes nothing. Whoever is unlisted leaves without a trace of what they said.
    """
    newest = {each.person_id: each for each in sorted(people, key=lambda each: each.version)}
    await ledger.take_turn(unit)
    shown = picture.Picture()
    async with door.opened(unit, "hear_register", record=f"register/{len(newest)}", people=newest) as vault:
        # The version that we have counts too: its first delivery may have been cut off between the two zones.
        heard = [each for each in newest.values() if await _entered(vault, each)]
        linked = [each for each in heard if _tells(each)]
        gone = await _records_of(vault, [each.person_id for each in heard if not _tells(each)])
        if gone:
            shown = await commands.erase_records(vault, gone, unit.cause.actor, None)
        later = len(linked) > MOST_AT_ONCE
        for_good = later or await waiting.alone_here(vault)
        ids = await records.put(vault, [_row(each) for each in linked])
        await _learn_wards(vault, linked)
        if not later:
            settled = [
                await settle(vault, [each], author="casefile", because=_why(because))
                for each, because in zip(ids, linked, strict=False)
            ]
            if not for_good:
                await waiting.look_again(vault, ids)
            now = await commands.outcome(vault, settled)
            now.gone_records, now.gone_households = (
                shown.gone_records,
                [*shown.gone_households, *now.gone_households],
            )
            now.placings, now.homes = [*shown.placings, *now.placings], [*shown.homes, *now.homes]
            shown = now
    if later:
        await pipeline.wanted(unit)
    return await commands.show(unit, shown)


def _tells(each: Identity) -> bool:
    """Whether the register says who it is, of its own knowledge: else nothing may be known of them here."""
    return bool(each.given or each.family) and not each.introduced


def _why(each: Identity) -> Because | None:
    return Because.REGISTER if each.merged_into else None


async def _entered(vault: AsyncSession, each: Identity) -> bool:
    """Whether this is no older than what we had."""
    values = {
        "person_id": each.person_id,
        "version": each.version,
        "merged_into": each.merged_into,
        "listed": _tells(each),
        "introduced": each.introduced,
    }
    return await vault.scalar(_ENTER, values) is not None


async def _records_of(vault: AsyncSession, people: Sequence[UUID]) -> list[UUID]:
    found = await vault.scalars(
        text("select record_id from record where source = :source and reference = any(:ids)"),
        {"source": ledger.REGISTER, "ids": [str(each) for each in people]},
    )
    return [UUID(str(each)) for each in found]


def _row(each: Identity) -> dict[str, Any]:
    """A person of the register in canonical columns."""
    born = _date(each.born)
    return {
        "source": ledger.REGISTER,
        "reference": str(each.person_id),
        "household_reference": str(each.household_id) if each.household_id else None,
        "given": each.given,
        "family": each.family,
        "former_family": each.former_family,
        "known_as": each.known_as,
        "born": born,
        "born_partial": None if born else each.born,
        "nino": each.nino,
        "nhs_number": each.nhs_number,
        "upn": each.upn,
        "phone": each.phone,
        "email": each.email,
        "uprn": each.uprn,
        "address": ", ".join(each.lines) or None,
        "postcode": each.postcode,
        "seen_on": each.changed_at.date(),
    }


def _date(words: str | None) -> date | None:
    """A whole date; None for one that is partly known."""
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        return None


async def _learn_wards(vault: AsyncSession, people: Iterable[Identity]) -> None:
    await learn_wards(vault, ((each.uprn, each.postcode, each.ward) for each in people if each.ward))


async def learn_wards(vault: AsyncSession, places: Iterable[tuple[str | None, str | None, str | None]]) -> None:
    """Which wards some addresses lie in: (UPRN, postcode, GSS code of the ward)."""
    rows = [
        {"place": place, "ward": ward}
        for uprn, postcode, ward in places
        for place in (
            f"uprn:{uprn.strip().lstrip('0')}" if uprn else None,
            f"postcode:{postcode.replace(' ', '').lower()}" if postcode else None,
        )
        if place and ward
    ]
    if rows:
        await vault.execute(
            text(
                "insert into ward (place, ward) values (:place, :ward)"
                " on conflict (place) do update set ward = excluded.ward where ward.ward <> excluded.ward"
            ),
            sorted(rows, key=lambda row: row["place"]),
        )


async def note_objection(unit: UnitOfWork, objection: ObjectionState) -> None:
    """Whoever objects to being sought out is not introduced, also once casefile holds nothing of them any more."""
    if objection.purpose not in _SEEKS_OUT:
        return
    async with door.opened(
        unit, "note_objection", record=f"objection/{objection.objection_id}", people=[objection.person_id]
    ) as vault:
        every = [*await access.same_person(unit, objection.person_id), objection.person_id]
        await vault.execute(
            text("update resident set objected = :stands where person_id = any(:people)"),
            {"stands": objection.state == "standing", "people": every},
        )


async def answered(unit: UnitOfWork, answer: IntroductionState) -> set[UUID]:
    """Casefile says who a resident whom we introduced is there; the pseudonyms of the households concerned.

    Told again when they were met (`known`, for good) and when nobody met them in time (`erased`).
    """
    await ledger.take_turn(unit)
    async with door.opened(
        unit, "hear_introduction", record=f"resident/{answer.resident_id}", people=[answer.person_id]
    ) as vault:
        resident = await ledger.find_resident(vault, answer.resident_id)
        if resident is None:
            # Erased here since: casefile's own rules end what it holds.
            return set()
        gone = answer.outcome == "erased"
        person, household = (None, None) if gone else (answer.person_id, answer.household_id)
        await vault.execute(
            text(
                "update resident set person_id = :person, introduction = :outcome, introduced_into = :household"
                " where resident_id = :id"
                " and (introduction is distinct from 'known' or :outcome = 'known')"
            ),
            {"person": person, "household": household, "outcome": answer.outcome, "id": resident},
        )
        shown = await picture.refresh(vault, [resident], clock.today())
    return await commands.show(unit, shown)
