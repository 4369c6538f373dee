"""Households by the hundred, put in at once: homes, the factors that stand for them, records and facts."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg

from services.risk.signals.whose import Known

WARD, OTHER_WARD = "E05014053", "E05014054"
SOURCES = {
    "private_rent": "benefit_claims",
    "low_or_no_pay": "benefit_claims",
    "rising_debt": "council_tax_arrears",
    "debt": "council_tax_arrears",
    "missed_council_tax": "council_tax_arrears",
    "shock_job_loss": "early_help",
    "shock_domestic_abuse": "domestic_abuse",
    "shock_mental_health": "adult_care",
    "child_looked_after": "social_care",
}

SHOCK: dict[str, Any] = {"any": [{"factor": "shock_domestic_abuse"}, {"factor": "shock_mental_health"}]}
COMBINATION: dict[str, Any] = {
    "all": [{"factor": "private_rent"}, {"factor": "low_or_no_pay"}, {"factor": "rising_debt"}, SHOCK]
}


@dataclass
class Casefile:
    """Whom casefile knows, and whom it was asked to take in."""

    knows: dict[object, Known] = field(default_factory=dict)
    asked: set[object] = field(default_factory=set)


@dataclass
class Borough:
    """Puts households in; the seed makes their pseudonyms the same each time."""

    connection: psycopg.Connection[Any]
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def households(
        self,
        number: int,
        *factors: str,
        ward: str | None = WARD,
        adults: int = 2,
        children: int = 1,
        registered: bool = False,
        certainty: str = "confirmed",
        since: date = date(2026, 6, 1),
        latest_on: date = date(2026, 11, 1),
        amount: float | None = None,
        disputed: bool = False,
        sources: Mapping[str, list[str]] | None = None,
    ) -> list[UUID]:
        """So many households, each with these factors."""
        made = [UUID(int=self.chance.getrandbits(128)) for _ in range(number)]
        with self.connection.cursor() as cursor:
            with cursor.copy("copy home (household, ward, adults, children, registered, certainty) from stdin") as rows:
                for household in made:
                    rows.write_row((household, ward, adults, children, registered, 1))
            for factor in factors:
                self.give(
                    made, factor, certainty=certainty, since=since, latest_on=latest_on, amount=amount,
                    disputed=disputed, sources=(sources or {}).get(factor),
                )  # fmt: skip
        return made

    def give(
        self,
        households: Iterable[UUID],
        factor: str,
        *,
        certainty: str = "confirmed",
        since: date = date(2026, 6, 1),
        latest_on: date = date(2026, 11, 1),
        amount: float | None = None,
        disputed: bool = False,
        sources: list[str] | None = None,
    ) -> None:
        """A factor that stands for these households."""
        role = "shock" if factor.startswith("shock") else "outcome" if factor == "child_looked_after" else "factor"
        named = sources or [SOURCES[factor]]
        with (
            self.connection.cursor() as cursor,
            cursor.copy(
                "copy household_factor (household, factor, role, since, latest_on, amount, facts, sources, certainty,"
                " disputed) from stdin"
            ) as rows,
        ):
            for household in households:
                rows.write_row((household, factor, role, since, latest_on, amount, 1, named, certainty, disputed))

    def records(self, households: Iterable[UUID], source: str, *, certainty: str = "confirmed") -> dict[UUID, UUID]:
        """A record of a resident in each of these; the resident's pseudonym by household."""
        residents = {household: UUID(int=self.chance.getrandbits(128)) for household in households}
        with (
            self.connection.cursor() as cursor,
            cursor.copy("copy placed (record, source, resident, household, certainty, probability) from stdin") as rows,
        ):
            for household, resident in residents.items():
                record = UUID(int=self.chance.getrandbits(128))
                rows.write_row((record, source, resident, household, certainty, 0.97))
        return residents

    def fact(
        self, household: UUID, kind: str, on: date, *, until: date | None = None, source: str = "hub_contacts",
        value: str | None = None,
    ) -> None:  # fmt: skip
        """A record of a household with one fact."""
        record = UUID(int=self.chance.getrandbits(128))
        resident = UUID(int=self.chance.getrandbits(128))
        self.connection.execute(
            "insert into placed (record, source, resident, household, certainty, probability)"
            " values (%s, %s, %s, %s, 'confirmed', 1)",
            [record, source, resident, household],
        )
        self.connection.execute(
            "insert into fact (id, record, source, kind, occurred_on, until, value)"
            " values (%s, %s, %s, %s, %s, %s, %s)",
            [UUID(int=self.chance.getrandbits(128)), record, source, kind, on, until, value],
        )
