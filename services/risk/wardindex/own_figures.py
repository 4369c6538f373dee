"""Indicators that we work out ourselves: households of a ward of whom something was so in a year, per thousand.

Of a ward where the count is small, nothing is given: it is missing, like a figure that no source has. Counts are
rounded as everywhere in the observatory, so that two editions tell of nobody by their difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text

from kit import clock
from kit.store.unit import UnitOfWork
from services.risk.linkage.visibility import homes_kept_back
from services.risk.observatory.disclosure import Rules
from services.risk.sources.queries import kinds_for

RULES: Final = Rules()
SOURCE: Final = "The council's own facts"


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: facts of these kinds, perhaps only with some amount."""

    kinds: tuple[str, ...]
    with_amount: bool = False


FIGURES: Final[Mapping[str, Counted]] = {
    "owing": Counted(("council_tax.arrears", "rent.arrears"), with_amount=True),
    "domestic_abuse": Counted(("domestic_abuse.incident",)),
    "excluded": Counted(("school.exclusion",)),
}

_HOUSEHOLDS = text(
    "select ward, count(*) as households from home where ward is not null"
    " and not household = any(cast(:sealed as uuid[])) group by ward"
)
_COUNT = """
select home.ward, count(distinct p.household) as households
from fact as f join placed as p on p.record = f.record join home on home.household = p.household
where f.kind = any(cast(:counted as text[])) and f.occurred_on >= :since and f.occurred_on < :until
  and home.ward is not null and p.certainty <> 'unlinked' and ({may}) {amount}
  and not home.household = any(cast(:sealed as uuid[]))
group by home.ward
"""


async def figures(unit: UnitOfWork, counted: Mapping[str, str], year: int) -> dict[str, dict[str, float]]:
    """By indicator and ward: how many of a thousand households, as far as it may be shown and served by the purpose.

    `counted` names what each indicator counts (`FIGURES`). For a year that is not over the twelve months up to today
    stand.
    """
    seen = await kinds_for(unit, unit.cause.purpose)
    # Homes of whoever is kept apart from somebody are counted in no ward.
    sealed = sorted(await homes_kept_back(unit))
    whole = await unit.session.execute(_HOUSEHOLDS, {"sealed": sealed})
    households = {row.ward: int(row.households) for row in whole}
    first, after = months_counted(year, clock.today())
    found: dict[str, dict[str, float]] = {}
    for indicator, what in sorted(counted.items()):
        figure = FIGURES[what]
        if not set(figure.kinds) <= seen.kinds or year > clock.today().year:
            continue
        amount = "and f.amount > 0" if figure.with_amount else ""
        # The purposes' condition and our own words; every value is a parameter.
        statement = text(_COUNT.format(may=seen.where("f"), amount=amount))
        values = {"counted": list(figure.kinds), "since": first, "until": after, "sealed": sealed, **seen.parameters}
        rows = (await unit.session.execute(statement, values)).all()
        counts = {row.ward: int(row.households) for row in rows}
        given = {ward: of_thousand(counts.get(ward, 0), base) for ward, base in households.items()}
        # A year of which nothing is known anywhere is missing, not a year without trouble.
        if counts:
            found[indicator] = {ward: value for ward, value in given.items() if value is not None}
    return found


def months_counted(year: int, today: date) -> tuple[date, date]:
    """The year, or (while it goes on) the twelve months up to today: first day, and the first day after."""
    after = min(date(year + 1, 1, 1), today)
    return (date(year, 1, 1) if after.year > year else clock.months_after(after, -12)), after


def of_thousand(count: int, households: int, rules: Rules = RULES) -> float | None:
    """The rounded count per thousand households, to one place; None where the count or its base is small."""
    if rules.is_small(count) or households < rules.apart:
        return None
    return round(1000 * rules.rounded(count) / households, 1)
