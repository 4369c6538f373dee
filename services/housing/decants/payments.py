"""What a household is paid for losing its home: home loss and disturbance. Pure; pence.

Land Compensation Act 1973 ss29 to 33 (home loss) and ss37, 38 (disturbance). The amounts are a dated table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kit import clock
from services.housing.decants.domain import OWNERS, TENANTS, Move, Tenure
from services.housing.figures.pounds import pounds, share
from services.housing.figures.tables import Tables
from services.housing.figures.working import Step, Working


@dataclass(frozen=True, slots=True)
class HomeLoss:
    """The payment due (0: none), with why; and whether the table's figures have been read in their source."""

    pence: int
    words: str
    steps: Sequence[Step]
    sources: Sequence[str]
    unsure: Sequence[str]


def home_loss(
    tenure: Tenure, move: Move, lived_since: date, displaced_on: date, value_pence: int | None, tables: Tables
) -> HomeLoss:
    """The home loss payment of one household. Raises NotInATable.

    Tenants have a flat sum, owners a tenth of the home's value between a least and a most. Nothing is due for a home
    one comes back to, nor to who lived there less than a year.
    """
    work = Working()
    table = work.use(tables.find("home_loss", displaced_on))
    months = int(table.number("least_months"))
    if move is Move.TEMPORARY:
        return _loss(0, "They come back to the same home: it is not lost (s29(1)).", work)
    if clock.months_after(lived_since, months) > displaced_on:
        return _loss(0, f"They lived there less than {months} months (s29(2)).", work)
    if tenure in TENANTS:
        due = work.step("Flat sum of a tenant", "Land Compensation Act 1973 s30(2)", table.pence("tenant"))
        return _loss(due, f"{pounds(due)} for a tenant.", work)
    if tenure not in OWNERS:
        return _loss(0, "A licence gives no right to it here; look at s29(4) with a lawyer.", work)
    if value_pence is None:
        return _loss(0, "The value of their interest is not known yet: it is a tenth of it.", work)
    tenth = work.step(
        f"{table.number('owner_percent')}% of {pounds(value_pence)}",
        "Land Compensation Act 1973 s30(1)",
        share(value_pence, table.number("owner_percent")),
    )
    due = min(max(tenth, table.pence("owner_least")), table.pence("owner_most"))
    least, most = pounds(table.pence("owner_least")), pounds(table.pence("owner_most"))
    work.step(f"between {least} and {most}", "Land Compensation Act 1973 s30(1)", due)
    return _loss(due, f"{pounds(due)} for an owner.", work)


def _loss(due: int, words: str, work: Working) -> HomeLoss:
    return HomeLoss(due, words, work.steps, work.sources, work.unsure)
