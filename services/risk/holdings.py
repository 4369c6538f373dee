"""What risk holds about somebody: the vault's records of who they are, and the facts under their pseudonyms.

Only records that are certainly theirs are given: one that is probably theirs may be another person's, and would tell
them about that person. What the tables themselves name (signals, offers, disputes) is derived (`kit.store.holdings`).
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.contracts.rights import PackageItem, TableProof
from kit.events.rights import Rights
from kit.store.holdings import Holdings, Rule, Whose, digest_of, told_of
from kit.store.unit import UnitOfWork
from services.risk.facts.models import Fact, Placing
from services.risk.linkage import commands as linking
from services.risk.linkage.domain import ErasureReason
from services.risk.prediction.models import PredictionModel, PredictionScore
from services.risk.profiles.models import HouseholdFactor
from services.risk.sources.kinds import KINDS, Sensitivity
from services.risk.tables import Base
from services.risk.vault import door

_PARTS: Final = {
    Sensitivity.ORDINARY: "ordinary",
    Sensitivity.SOCIAL_CARE: "safeguarding",
    Sensitivity.HEALTH: "health",
    Sensitivity.ABUSE: "abuse",
    Sensitivity.POLICE: "crime",
}
_NAMES: Final = (
    "source, title, given, middle, family, former_family, known_as, sex, born, born_partial, nino, nhs_number, upn,"
    " phone, email, address, postcode, ethnicity, seen_on"
)
_PSEUDONYMS: Final = text("select pseudonym from resident where resident_id = any(:ids) and pseudonym is not null")
_RESIDENTS: Final = text(
    "select resident_id from resident where person_id = any(:people) and erased_at is null and joined_into is null"
    " union select held.resident_id from record join record_resident held on held.record_id = record.record_id"
    " where record.source = 'casefile' and record.reference = any(:references)"
)

_COUNTED: Final = text(
    "select first_day, ward, age, sex, ethnicity from counted_as where person_id = any(:people) order by first_day"
)


class Vault:
    """The part of risk that its tables cannot name: identities under lock, and facts by pseudonym."""

    async def collect(self, unit: UnitOfWork, whose: Whose) -> Sequence[PackageItem]:
        """What each source says of who they are, and every fact of those records; factors of their household."""
        who = {"people": sorted(whose.people)}
        async with door.opened(unit, "answer_access", people=sorted(whose.people)) as vault:
            counted = [_counted(dict(row)) for row in (await vault.execute(_COUNTED, who)).mappings()]
            residents = await _residents(vault, whose.people)
            if not residents:
                return counted
            found = await vault.execute(
                text(
                    f"select record.record_id, record.pseudonym, {_NAMES} from record"  # our own columns
                    " join record_resident held on held.record_id = record.record_id"
                    " where held.resident_id = any(:ids) and held.certainty = 'confirmed' order by record.record_id"
                ),
                {"ids": sorted(residents)},
            )
            records = [dict(row) for row in found.mappings()]
        items = [*counted, *(_identity(each) for each in records)]
        items += await _facts(unit, [each["pseudonym"] for each in records])
        items += await _scores(unit, [each["pseudonym"] for each in records])
        return items

    async def erase(self, unit: UnitOfWork, whose: Whose, kept: Sequence[str]) -> Sequence[TableProof]:
        """Every record of theirs in both zones; each leaves a tombstone, so that its source can't send it again."""
        async with door.opened(unit, "answer_erasure", people=sorted(whose.people)) as vault:
            residents = await _residents(vault, whose.people)
            entries = await vault.scalars(
                text("delete from register_entry where person_id = any(:people) returning person_id"),
                {"people": sorted(whose.people)},
            )
            gone = sorted(entries)
            told = await vault.scalars(_PSEUDONYMS, {"ids": sorted(residents)})
            # What a model says of them by themselves; of the household it is told anew without them.
            await unit.session.execute(delete(PredictionScore).where(PredictionScore.subject.in_(told.all())))
            # Closed quarters stay as they are: nobody is in them. Who was counted where goes.
            counted = await vault.scalars(
                text("delete from counted_as where person_id = any(:people) returning first_day"),
                {"people": sorted(whose.people)},
            )
            quarters = sorted(counted)
        proofs = []
        if quarters:
            digest = digest_of(f"counted_as:{each}" for each in quarters)
            title = "Groups you were counted in"
            proofs.append(TableProof(table="counted_as", title=title, deleted=len(quarters), digest=digest))
        if gone:
            digest = digest_of(f"register_entry:{each}" for each in gone)
            proofs.append(
                TableProof(
                    table="register_entry", title="Casefile's register, as heard", deleted=len(gone), digest=digest
                )
            )
        count = 0
        for each in sorted(residents):
            count += await linking.erase(unit, each, ErasureReason.REQUEST)
        if count:
            digest = digest_of(f"resident:{each}" for each in residents)
            proofs.append(TableProof(table="record", title="Who sources say you are", deleted=count, digest=digest))
        return proofs


def _counted(row: dict[str, Any]) -> PackageItem:
    day: date = row["first_day"]
    fields = {name: told for name in ("ward", "age", "sex", "ethnicity") if (told := told_of(row[name])) is not None}
    return PackageItem(
        table="counted_as", record=str(day), title="Groups you were counted in, that quarter", on=day, fields=fields
    )


async def _residents(vault: AsyncSession, people: Collection[UUID]) -> set[UUID]:
    named = {"people": sorted(people), "references": sorted(str(each) for each in people)}
    return set(await vault.scalars(_RESIDENTS, named))


def _identity(record: dict[str, Any]) -> PackageItem:
    seen: date | None = record["seen_on"]
    fields = {name: told for name in _NAMES.split(", ") if (told := told_of(record[name])) not in (None, "")}
    return PackageItem(
        table="record",
        record=str(record["record_id"]),
        title=f"Who you are, by {record['source'].replace('_', ' ')}",
        on=seen,
        fields=fields,
    )


def _part(fact: Fact) -> str:
    kind = KINDS.get(fact.kind)
    if kind is None:
        # A kind that is no longer loaded: nobody knows any more how delicate it was.
        return "safeguarding"
    return _PARTS[kind.delicate.get(fact.value or "", kind.sensitivity)]


async def _facts(unit: UnitOfWork, pseudonyms: Sequence[UUID]) -> list[PackageItem]:
    if not pseudonyms:
        return []
    facts = await unit.session.scalars(select(Fact).where(Fact.record.in_(pseudonyms)).order_by(Fact.occurred_on))
    items = [
        PackageItem(
            table="fact",
            record=str(each.id),
            title=KINDS[each.kind].title if each.kind in KINDS else each.kind,
            part=_part(each),
            on=each.occurred_on,
            fields={
                name: told
                for name in ("source", "occurred_on", "until", "amount", "value")
                if (told := told_of(getattr(each, name))) is not None
            },
        )
        for each in facts
    ]
    homes = select(Placing.household).where(Placing.record.in_(pseudonyms), Placing.certainty == "confirmed")
    factors = await unit.session.scalars(
        select(HouseholdFactor).where(HouseholdFactor.household.in_(homes)).order_by(HouseholdFactor.factor)
    )
    items += [
        PackageItem(
            table="household_factor",
            record=str(each.id),
            title="What we worked out about your household",
            shared=True,
            on=each.latest_on,
            fields={"what": each.factor, "role": each.role, "since": each.since.isoformat(), "sources": each.sources},
        )
        for each in factors
    ]
    return items


async def _scores(unit: UnitOfWork, pseudonyms: Sequence[UUID]) -> list[PackageItem]:
    """What models say of them, or of their household: with what is certainly theirs alone."""
    placed = Placing.record.in_(pseudonyms) & (Placing.certainty == "confirmed")
    themselves = set(await unit.session.scalars(select(Placing.resident).where(placed)))
    rows = await unit.session.execute(
        select(PredictionScore, PredictionModel.title)
        .join(PredictionModel, PredictionModel.id == PredictionScore.model_id)
        .where(
            or_(
                PredictionScore.subject.in_(select(Placing.household).where(placed)),
                PredictionScore.subject.in_(themselves),
            )
        )
        .order_by(PredictionModel.title)
    )
    return [
        PackageItem(
            table="prediction_score",
            record=f"{score.model_id}/{score.subject}",
            title=f"What a model says: {title}",
            # Of a person by themselves there is a score of health alone: after a discharge.
            part="health" if score.subject in themselves else "ordinary",
            shared=score.subject not in themselves,
            on=score.scored_on,
            fields={"chance": f"{score.chance:.3f}"}
            if score.abstains is None
            else {"left to a person": score.abstains},
        )
        for score, title in rows
    ]


RIGHTS = Rights(
    "risk",
    Holdings(
        Base.metadata,
        rules={
            "signal": Rule(title="Why an offer of help was thought of", retention="one_view"),
            "factor_dispute": Rule(title="What you said was wrong", retention="rights_request"),
            "announced_profile": Rule(given=False, retention="one_view"),
            # Copies of what the owners told, for counting alone: the owners give them.
            "measured_event": Rule(given=False, retention="one_view"),
        },
    ),
    Vault(),
)
