"""The observatory on a full borough: a month counted, tables asked one after another, a large table suppressed.

The limit is the bare `group by` in PostgreSQL over the same households, which protects nobody. No peer answers such
questions: GaussSuppression and sdcTable are R and protect one table, acro hides small cells and no others.
"""

import os
import random
import statistics
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import uvloop

from benchmarks.ground import Ground, apart
from benchmarks.rounds import Size
from benchmarks.table import Row
from kit import clock
from kit.settings import VaultSettings, load
from kit.store import migrate
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

_HOUSEHOLDS = {"tiny": 3_000, "full": 80_000}
_ASKED = {"tiny": 6, "full": 120}
_DIMENSIONS = (
    "ward", "children", "adults", "known", "tenure", "pay",
    "factor:rising_debt", "factor:private_rent", "factor:debt", "factor:missed_council_tax", "factor:low_or_no_pay",
    "factor:rent_arrears", "factor:council_tax_summons", "factor:notice_to_leave",
)  # fmt: skip
_FACTORS = {
    "rising_debt": 0.08, "private_rent": 0.24, "debt": 0.15, "missed_council_tax": 0.06, "low_or_no_pay": 0.2,
    # Rare ones: where nothing is small nothing has to be hidden, and every answer is quick.
    "rent_arrears": 0.012, "council_tax_summons": 0.004, "notice_to_leave": 0.0015,
}  # fmt: skip
_VALUES = {"tenure": ("owned", "council", "private", "other_social"), "income": ("no_pay", "low_pay", "other")}
_SOURCES = {"private_rent": "benefit_claims", "low_or_no_pay": "benefit_claims"}


@dataclass(slots=True)
class Seen:
    """What the fork tells; milliseconds unless said."""

    counted_seconds: float = 0.0
    kept_bytes: int = 0
    asked: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    answered: int = 0
    large: float = 0.0
    large_busy: float = 0.0
    large_places: int = 0
    large_shown: int = 0


def run(size: Size, ground: Ground) -> list[Row]:
    """Counting a month, questions, a large table."""
    environment = ground.prepared("risk")
    seen = apart("observatory", lambda: _seen(environment, size))
    p95, households = _percentile(seen.asked, 0.95), _HOUSEHOLDS[size.name]
    return [
        Row(
            f"One aggregate query of {households:,} households: p95",
            p95,
            None,
            _percentile(seen.bare, 0.95),
            "ms",
            "under 300",
            f"{len(seen.asked)} different tables of one to three of {len(_DIMENSIONS)} dimensions, one after another in"
            f" one month, each protected together with all before it; committed with log and ledger. Median"
            f" {statistics.median(seen.asked):.0f} ms; of this process's own processor p95"
            f" {_percentile(seen.busy, 0.95):.0f} ms. {seen.answered} had something to show. Asked again: p95"
            f" {_percentile(seen.again, 0.95):.0f} ms. Limit: the bare group by.",
            p95 < 300,
        ),
        Row(
            f"Suppressing a table of {seen.large_places:,} places with all its margins",
            seen.large,
            None,
            None,
            "ms",
            "seconds",
            f"Three dimensions; {seen.large_shown:,} of the finest places shown, every secret proved by two worlds in"
            f" whole numbers. {seen.large_busy:.0f} ms of processor.",
        ),
        Row(
            "Counting a month",
            seen.counted_seconds,
            None,
            None,
            "s",
            "-",
            f"From the analytics zone to one kept piece of {seen.kept_bytes / 1e6:.2f} MB, in the job's child.",
        ),
    ]


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _seen(environment: dict[str, str], size: Size) -> Seen:
    os.environ.update(environment)
    settings = load(VaultSettings)
    migrate.upgrade_all("risk", settings)
    return uvloop.run(_measured(settings, size))


async def _measured(settings: VaultSettings, size: Size) -> Seen:
    from services.risk.observatory import asking, releases, snapshot
    from services.risk.observatory.shapes import Question
    from services.risk.vault import door

    seen, chance = Seen(), random.Random(1)
    addresses = [
        each.get_secret_value().replace("+psycopg", "", 1)
        for each in (settings.database_url, settings.vault_database_url)
    ]
    database = Database(settings.database_url.get_secret_value(), pool=2, name="bench")
    cause = Cause("bench", "research_statistics", "bench")
    async with door.serving(settings):
        with psycopg.connect(addresses[0], autocommit=True) as store:
            _fill(store, _HOUSEHOLDS[size.name], chance)
            async with unit_of_work(database, "risk", cause) as unit:
                may = await releases._may(unit)
            began = time.perf_counter()
            with psycopg.connect(addresses[1], autocommit=True) as vault:
                snapshot.make(store, vault, may, lambda *_: None, clock.today())
            seen.counted_seconds = time.perf_counter() - began
            kept = store.execute("select length(content) from observatory_release").fetchone()
            seen.kept_bytes = int(kept[0]) if kept else 0

            async def ask(*by: str) -> tuple[float, float, Any]:
                began, busy = time.perf_counter(), time.process_time()
                async with unit_of_work(database, "risk", cause) as unit:
                    told = await asking.ask(unit, Question(by=by))
                return 1e3 * (time.perf_counter() - began), 1e3 * (time.process_time() - busy), told

            await ask()
            tables = [chance.sample(_DIMENSIONS, chance.choice((1, 2, 2, 2, 3))) for _ in range(_ASKED[size.name])]
            for by in dict.fromkeys(tuple(sorted(each)) for each in tables):
                took, busy, told = await ask(*by)
                seen.asked.append(took)
                seen.busy.append(busy)
                seen.answered += any(row.count is not None for row in told.rows if len(row.at) == len(by))
                seen.again.append((await ask(*by))[0])
                began = time.perf_counter()
                store.execute("select ward, children, adults, count(*) from home group by 1, 2, 3").fetchall()
                seen.bare.append(1e3 * (time.perf_counter() - began))
            store.execute("delete from shown_count")
            store.execute("delete from observatory_ledger")
            seen.large, seen.large_busy, told = await ask("ward", "tenure", "adults")
            finest = [row for row in told.rows if len(row.at) == 3]
            seen.large_places, seen.large_shown = len(finest), sum(row.count is not None for row in finest)
    await database.close()
    return seen


def _fill(store: "psycopg.Connection[Any]", households: int, chance: random.Random) -> None:
    """Households of nineteen wards with a tenure, a pay and factors, unevenly spread."""
    made = [UUID(int=chance.getrandbits(128)) for _ in range(households)]
    wards = [f"E050140{number}" for number in range(53, 72)]
    shares = [chance.uniform(0.5, 1.5) for _ in wards]
    with store.cursor() as cursor:
        with cursor.copy("copy home (household, ward, adults, children, registered, certainty) from stdin") as rows:
            for each, ward in zip(made, chance.choices(wards, shares, k=households), strict=True):
                adults = chance.choices((1, 2, 3), (4, 5, 1))[0]
                children = chance.choices((0, 1, 2, 3), (6, 2, 2, 1))[0]
                rows.write_row((each, ward, adults, children, chance.random() < 0.4, 1))
        columns = "record, source, resident, household, certainty, probability"
        with cursor.copy(f"copy placed ({columns}) from stdin") as rows:
            for each in made:
                rows.write_row((each, "benefit_claims", each, each, "confirmed", 1))
        with cursor.copy("copy fact (id, record, source, kind, occurred_on, value) from stdin") as rows:
            for each in made:
                for kind, values in _VALUES.items():
                    value = chance.choices(values, range(len(values), 0, -1))[0]
                    row = (UUID(int=chance.getrandbits(128)), each, "benefit_claims", kind, date(2026, 1, 1), value)
                    rows.write_row(row)
        with cursor.copy(
            "copy household_factor (household, factor, role, since, latest_on, facts, sources, certainty, disputed)"
            " from stdin"
        ) as rows:
            for factor, share in _FACTORS.items():
                source = _SOURCES.get(factor, "council_tax_arrears")
                for each in made:
                    if chance.random() < share:
                        day = date(2026, 6, 1)
                        rows.write_row((each, factor, "factor", day, day, 1, [source], "confirmed", False))
    store.execute("analyze")
