"""The demo borough's truth as facts: each household's own months, put into risk's tables as if all links were right.

What the generator calls a shock that lasts twelve months is one lost job for each twelve months of it, a debt is its
balance month by month, pay its spells. No extract, no linkage: what the analytics make of true facts.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

from demo.borough.life import Plan, live
from demo.borough.making import first_month
from demo.borough.place import place
from demo.borough.truth import HELD, INCOMES

UNTIL = date(2026, 10, 31)
MONTHS = 36
SHOCK_MONTHS = 12
Log = Mapping[str, Any]
Row = tuple[Any, ...]


def lived(households: int, seed: int) -> Log:
    """36 months to October 2026 of so many households."""
    world = live(Plan(households, seed, first_month(UNTIL, MONTHS), MONTHS), lambda: None)
    log = world.log.table("truth")
    wards = np.array(place().ward_codes)[place().ward]
    return {
        **log,
        "ward": wards[log["area"]],
        "tenure": HELD[log["tenure"]],
        "income": INCOMES[log["income"]],
    }


def first_of(month: int) -> date:
    """The first day of a month of the history."""
    start = first_month(UNTIL, MONTHS)
    index = start.year * 12 + start.month - 1 + month
    return date(index // 12, index % 12 + 1, 1)


def fill(connection: psycopg.Connection[Any], log: Log, *, shuffled: int | None = None) -> None:
    """Homes, placings and facts. `shuffled`: whose child came into care when is dealt out anew, by this seed."""
    order = np.lexsort((log["month"], log["household"]))
    told = {name: np.asarray(column)[order] for name, column in log.items()}
    household, month = told["household"], told["month"]
    starts = np.flatnonzero(np.concatenate([[True], household[1:] != household[:-1]]))
    last = int(month.max())
    care = told["into_care"].astype(bool)
    if shuffled is not None:
        care = np.random.default_rng(shuffled).permutation(care)
    with connection.cursor() as cursor:
        with cursor.copy("copy home (household, ward, adults, children, registered, certainty) from stdin") as rows:
            for begin, end in _spans(starts, len(household)):
                if month[end - 1] == last:
                    children = int(told["children"][end - 1])
                    adults = max(1, int(told["people"][end - 1]) - children)
                    rows.write_row((_id(household[begin]), told["ward"][end - 1], adults, children, False, 1))
        with cursor.copy(
            "copy placed (record, source, resident, household, certainty, probability) from stdin"
        ) as rows:
            for begin, _ in _spans(starts, len(household)):
                one = _id(household[begin])
                rows.write_row((one, "council_tax_accounts", one, one, "confirmed", 1))
        with cursor.copy("copy fact (id, record, source, kind, occurred_on, until, amount, value) from stdin") as rows:
            number = 0
            for begin, end in _spans(starts, len(household)):
                here = {name: column[begin:end] for name, column in told.items()}
                here["into_care"] = care[begin:end]
                for fact in _facts(here, last):
                    number += 1
                    rows.write_row((UUID(int=(1 << 100) + number), _id(household[begin]), *fact))
    connection.execute("analyze")


def _id(number: int) -> UUID:
    return UUID(int=(int(number) + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))


def _spans(starts: Any, length: int) -> Iterator[tuple[int, int]]:
    yield from zip(starts.tolist(), [*starts[1:].tolist(), length], strict=True)


def _facts(here: Mapping[str, Any], last: int) -> Iterator[Row]:
    """Source, kind, occurred_on, until, amount, value."""
    month = here["month"].tolist()
    for name, kind in (("tenure", "tenure"), ("income", "income")):
        values = here[name].tolist()
        for begin, end in _runs(values):
            until = None if end == len(values) else first_of(month[end])
            value = "other" if values[begin] == "pensioner" else values[begin]
            yield "benefit_claims", kind, first_of(month[begin]), until, None, value
    for at, owed in zip(month, here["arrears"].tolist(), strict=True):
        if owed > 0:
            yield "council_tax_arrears", "debt.total", first_of(at), None, round(float(owed), 2), None
    shock = here["shock"].astype(bool).tolist()
    for begin, end in _runs(shock):
        if shock[begin]:
            seen = [*range(month[begin], month[end - 1] + 1, SHOCK_MONTHS)]
            for at in {*seen, max(month[begin], month[end - 1] - SHOCK_MONTHS + 1)}:
                yield "hub_contacts", "job_loss.shock", first_of(at).replace(day=3), None, None, None
    for at, entered in zip(month, here["into_care"].tolist(), strict=True):
        if entered:
            yield "social_care", "social_care.child_looked_after", first_of(at).replace(day=15), None, None, None
    known = here["known"].astype(bool)
    if month[-1] == last and known[-1]:
        yield "hub_contacts", "hub.contact", first_of(last), None, None, "money"


def _runs(values: list[Any]) -> Iterator[tuple[int, int]]:
    """Where each run of equal values begins and ends."""
    begin = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[begin]:
            yield begin, at
            begin = at
