"""One record by itself, by API: into the vault and the facts, placed at once, its household computed anew."""

from decimal import Decimal
from uuid import UUID

from kit import clock
from kit.errors import invalid
from kit.store.unit import UnitOfWork
from services.risk import pipeline
from services.risk.facts.entering import Single, enter
from services.risk.sources import standing
from services.risk.sources.domain import IDENTITY, Product
from services.risk.sources.maps import NATIVE
from services.risk.sources.shapes import FactSent, NewRecord, RecordTaken
from services.risk.vault import pseudonyms


async def take(unit: UnitOfWork, code: str, sent: NewRecord) -> RecordTaken:
    """Take one record of a source. Raises `FeedStopped`, `NotFound`, or `Invalid` for what no agreement covers."""
    product = await standing.product(unit.session, code)
    product.must_run(clock.today())
    _check(product, sent)
    source, reference = _place_of(code, sent.reference)
    record = pseudonyms.of_record(source, reference)
    unit.accessed(f"record/{record}")
    facts = [_single(record, code, each) for each in sent.facts]
    new = await enter(unit, facts)
    if sent.person is not None:
        row = {**sent.person.model_dump(), "household_reference": sent.household_reference, "seen_on": clock.today()}
        await pipeline.place(unit, {"source": source, "reference": reference, **row})
    found = (await pipeline.at_once(unit, [record])).get(record)
    return RecordTaken(
        record=record,
        facts_new=new,
        facts_known=len({each.id for each in facts}) - new,
        household=found.household if found else None,
        certainty=found.certainty if found else None,
    )


def _check(product: Product, sent: NewRecord) -> None:
    if sent.person is not None and not any(IDENTITY in group.feeds for group in product.fields):
        raise invalid("/person", f"The agreement for {product.title} names nobody", "no-gateway")
    for number, fact in enumerate(sent.facts):
        if fact.kind not in product.feeds:
            said = f"The agreement for {product.title} does not cover this kind of fact"
            raise invalid(f"/facts/{number}/kind", said, "no-gateway")
        # Vague dates must not be able to move a fact into next year, and with it every signal.
        if fact.occurred_on > clock.today():
            raise invalid(f"/facts/{number}/occurred_on", "This day is still to come", "future")


def _place_of(code: str, reference: str) -> tuple[str, str]:
    """Source and reference of the record that a row of this source is about."""
    mapped = NATIVE.get(code)
    if mapped is None:
        return code, reference
    return mapped.records, reference if "#" in reference or not mapped.numbered else f"{reference}#1"


def _single(record: UUID, source: str, sent: FactSent) -> Single:
    amount = None if sent.amount is None else Decimal(str(round(sent.amount, 2)))
    return Single(record, source, sent.kind, sent.day, sent.until, amount, sent.value)
