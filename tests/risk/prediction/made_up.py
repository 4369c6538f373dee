"""A small borough's 36 months of facts, put in at once: who owes and misses goes on to owe more, and may lose the home.

What happens after a day hangs on what was so before it, so that a model that looks ahead would show by being too good.
"""

from datetime import date
from uuid import UUID

import numpy as np

from tests.risk.ground import Risk

FIRST, MONTHS = (2023, 11), 36


def _day(month: int, day: int = 1) -> date:
    index = FIRST[0] * 12 + FIRST[1] - 1 + month
    return date(index // 12, index % 12 + 1, day)


def settle(risk: Risk, households: int, seed: int = 1) -> list[UUID]:
    """Puts them in; the same seed gives the same facts under the same pseudonyms."""
    draw = np.random.default_rng(seed)
    homes = [UUID(int=(1 << 80) + n) for n in range(households)]
    facts: list[tuple[object, ...]] = []

    def fact(record: UUID, source: str, kind: str, on: date, amount: object = None, value: object = None) -> None:
        facts.append((UUID(int=(9 << 80) + len(facts)), record, source, kind, on, amount, value))

    connection = risk.ground.connection
    with connection.cursor() as cursor:
        with cursor.copy("copy home (household, ward, adults, children, registered, certainty) from stdin") as rows:
            for n, home in enumerate(homes):
                rows.write_row((home, f"E050140{53 + n % 4}", 1 + n % 3, n % 2, False, 0.5 if n % 40 == 0 else 1.0))
        columns = "record, source, resident, household, certainty, probability"
        with cursor.copy(f"copy placed ({columns}) from stdin") as rows:
            for n, home in enumerate(homes):
                resident = UUID(int=(2 << 80) + n)
                for kind, source in enumerate(("council_tax_accounts", "council_tax_arrears", "homelessness")):
                    rows.write_row((UUID(int=(3 + kind << 80) + n), source, resident, home, "confirmed", 1))
        for n in range(households):
            account, arrears, approach = (UUID(int=(kind << 80) + n) for kind in (3, 4, 5))
            fact(account, "council_tax_accounts", "council_tax.account", date(2023, 4, 1), None, "single")
            owed, behind, since = 0.0, False, 0
            for month in range(MONTHS):
                behind = bool(draw.random() < (0.90 if behind else 0.015))
                since = since + 1 if behind else 0
                missed = behind and bool(draw.random() < 0.8)
                owed = owed + 95 if missed else owed * 0.6
                if owed > 1:
                    for owing in ("council_tax.arrears", "debt.total"):
                        fact(arrears, "council_tax_arrears", owing, _day(month), round(owed, 2))
                if missed:
                    fact(arrears, "council_tax_arrears", "council_tax.missed", _day(month), 95)
                if since > 5 and draw.random() < 0.03:
                    fact(approach, "homelessness", "homelessness.approach", _day(month, 15), None, "rent_arrears")
        with cursor.copy("copy fact (id, record, source, kind, occurred_on, amount, value) from stdin") as rows:
            for row in facts:
                rows.write_row(row)
    connection.execute("analyze")
    return homes
