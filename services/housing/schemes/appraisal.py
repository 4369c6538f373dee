"""A scheme's cash flow: what goes out and comes in by quarter, what it is worth today, and what it earns. Pure; pence.

Every line is a row of whole pence, and the flow is their sum: nothing is in the result that no line shows. Growth is
from the base day; costs and prices are as of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Final

from services.housing.figures.pounds import WEEKS, share
from services.housing.schemes.domain import SOLD, MixLine, Phase, Tenure
from services.housing.schemes.money import QUARTERS, percent_of, present_value, quarterly, rate_of_return, spread

OUT: Final = ("land", "demolition_and_decant", "building", "fees", "contingency", "sales_costs")
RUNNING: Final = ("management", "maintenance")
IN: Final = ("grant", "sales", "rents")


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the mix with its figures: floor space of a home, rent a week or value, and grant for each."""

    line: MixLine
    area_m2: int
    rent_week_pence: int = 0
    value_pence: int = 0
    grant_pence: int = 0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed, all of it the council's to change; percentages are a year where nothing else is said."""

    land_pence: int = 0
    demolition_pence: int = 0
    build_m2_pence: int = 0
    fees_percent: Decimal = Decimal(10)
    contingency_percent: Decimal = Decimal(5)
    sales_costs_percent: Decimal = Decimal(3)
    first_share_percent: Decimal = Decimal(25)
    share_rent_percent: Decimal = Decimal("2.75")
    management_home_year_pence: int = 0
    maintenance_home_year_pence: int = 0
    voids_percent: Decimal = Decimal(2)
    rent_growth_percent: Decimal = Decimal(3)
    cost_growth_percent: Decimal = Decimal(2)
    price_growth_percent: Decimal = Decimal(2)
    discount_percent: Decimal = Decimal("3.5")
    interest_percent: Decimal = Decimal("4.75")
    years: int = 40


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The result: the lines by quarter, and the few numbers a panel looks at first."""

    starts_on: date
    lines: Mapping[str, tuple[int, ...]]
    flow: tuple[int, ...]
    cost_pence: int
    grant_pence: int
    receipts_pence: int
    net_cost_pence: int
    income_year_pence: int
    surplus_year_pence: int
    npv_pence: int
    irr_percent: Decimal | None
    yield_percent: Decimal | None
    payback_on: date | None


def quarter_of(day: date) -> date:
    """The first day of the quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarters_between(start: date, day: date) -> int:
    """How many quarters the day's one lies after the start's."""
    return (day.year - start.year) * QUARTERS + (day.month - 1) // 3 - (start.month - 1) // 3


def quarter_after(start: date, quarters: int) -> date:
    """The first day of the quarter so many after."""
    year, quarter = divmod((start.month - 1) // 3 + quarters, QUARTERS)
    return date(start.year + year, 3 * quarter + 1, 1)


@dataclass(slots=True)
class _Book:
    length: int
    lines: dict[str, list[int]] = field(default_factory=dict)

    def put(self, name: str, quarter: int, pence: int) -> None:
        if quarter < self.length:
            self.lines.setdefault(name, [0] * self.length)[quarter] += pence


class _Growth:
    """How much something of the base day costs in a quarter, to the penny."""

    def __init__(self, percent: Decimal, length: int) -> None:
        factor = quarterly(percent)
        self._by = [Decimal(1)]
        with localcontext() as exact:
            exact.prec = 50
            for _ in range(length):
                self._by.append(self._by[-1] * factor)

    def __call__(self, pence: int | Decimal, quarter: int) -> int:
        return int((pence * self._by[quarter]).quantize(Decimal(1), ROUND_HALF_UP))


@lru_cache(maxsize=256)
def appraise(phases: tuple[Phase, ...], counted: tuple[Unit, ...], assumed: Assumptions) -> Appraisal:
    """The cash flow of a scheme; the same plan is counted once. ValueError without a phase."""
    start = quarter_of(min(phase.starts_on for phase in phases))
    ends = max(quarters_between(start, phase.completes_on) for phase in phases)
    length = ends + 1 + assumed.years * QUARTERS
    book = _Book(length)
    costs = _Growth(assumed.cost_growth_percent, length)
    rents = _Growth(assumed.rent_growth_percent, length)
    prices = _Growth(assumed.price_growth_percent, length)
    if assumed.land_pence:
        book.put("land", 0, -assumed.land_pence)
    demolished = sum(phase.demolished for phase in phases)
    for phase in phases:
        first, last = quarters_between(start, phase.starts_on), quarters_between(start, phase.completes_on)
        theirs = [unit for unit in counted if unit.line.phase == phase.number]
        _build(book, phase, theirs, assumed, first, last, costs, demolished)
        _let_and_sell(book, theirs, assumed, last, costs, rents, prices)
    lines = {name: tuple(row) for name, row in book.lines.items()}
    flow = tuple(sum(column) for column in zip(*lines.values(), strict=True)) if lines else (0,) * length
    return _summed(start, ends, lines, flow, assumed)


def _build(
    book: _Book, phase: Phase, units: Sequence[Unit], assumed: Assumptions, first: int, last: int, costs: _Growth,
    demolished: int,
) -> None:  # fmt: skip
    """Demolition before the first quarter's work, then building, fees and contingency in equal parts; grant halves."""
    parts = max(1, last - first + 1)
    area = sum(unit.area_m2 * unit.line.homes for unit in units)
    if demolished and phase.demolished:
        part = assumed.demolition_pence * phase.demolished // demolished
        book.put("demolition_and_decant", first, -costs(part, first))
    for place, part in enumerate(spread(area * assumed.build_m2_pence, parts)):
        quarter = first + place
        built = costs(part, quarter)
        book.put("building", quarter, -built)
        book.put("fees", quarter, -share(built, assumed.fees_percent))
        book.put("contingency", quarter, -share(built, assumed.contingency_percent))
    grant = sum(unit.grant_pence * unit.line.homes for unit in units)
    for quarter, part in zip((first, last), spread(grant, 2), strict=True):
        book.put("grant", quarter, part)


def _let_and_sell(
    book: _Book, units: Sequence[Unit], assumed: Assumptions, done: int, costs: _Growth, rents: _Growth, prices: _Growth
) -> None:
    """From the quarter after completion: sold in it, or let (a shared owner pays rent on the rest) until the end."""
    first, year, homes = done + 1, 0, 0
    for unit in units:
        tenure, count = unit.line.tenure, unit.line.homes
        if tenure in SOLD:
            part = Decimal(100) if tenure is Tenure.MARKET_SALE else assumed.first_share_percent
            paid = prices(share(unit.value_pence * count, part), first)
            book.put("sales", first, paid)
            book.put("sales_costs", first, -share(paid, assumed.sales_costs_percent))
        if tenure is Tenure.SHARED_OWNERSHIP:
            rest = unit.value_pence - share(unit.value_pence, assumed.first_share_percent)
            year += share(rest, assumed.share_rent_percent) * count
        elif tenure is not Tenure.MARKET_SALE:
            year += share(unit.rent_week_pence * WEEKS * count, 100 - assumed.voids_percent)
            homes += count
    if not year and not homes:
        return
    # A phase's homes together, so that each quarter is rounded once.
    rent = Decimal(year) / QUARTERS
    managing = Decimal(assumed.management_home_year_pence * homes) / QUARTERS
    mending = Decimal(assumed.maintenance_home_year_pence * homes) / QUARTERS
    for quarter in range(first, book.length):
        book.put("rents", quarter, rents(rent, quarter))
        book.put("management", quarter, -costs(managing, quarter))
        book.put("maintenance", quarter, -costs(mending, quarter))


def _summed(
    start: date, ends: int, lines: Mapping[str, tuple[int, ...]], flow: tuple[int, ...], assumed: Assumptions
) -> Appraisal:
    def total(names: Iterable[str]) -> int:
        return sum(sum(lines.get(name, ())) for name in names)

    cost, grant, receipts = -total(OUT), total(["grant"]), total(["sales"])
    first_year = range(ends + 1, min(ends + 1 + QUARTERS, len(flow)))
    income = sum(lines[name][quarter] for name in ("rents", *RUNNING) if name in lines for quarter in first_year)
    so_far, payback = 0, None
    for quarter, pence in enumerate(flow):
        so_far += pence
        if so_far >= 0 and quarter > ends:
            payback = quarter_after(start, quarter)
            break
    net = cost - grant - receipts
    return Appraisal(
        starts_on=start,
        lines=lines,
        flow=flow,
        cost_pence=cost,
        grant_pence=grant,
        receipts_pence=receipts,
        net_cost_pence=net,
        income_year_pence=income,
        # What comes back to the council each year once the borrowing is served.
        surplus_year_pence=income - share(max(net, 0), assumed.interest_percent),
        npv_pence=present_value(flow, assumed.discount_percent),
        irr_percent=rate_of_return(flow),
        yield_percent=percent_of(income, net),
        payback_on=payback,
    )


def by_year(found: Appraisal) -> dict[int, dict[str, int]]:
    """The lines added up by calendar year, with the flow beside them."""
    years: dict[int, dict[str, int]] = {}
    for quarter in range(len(found.flow)):
        row = years.setdefault(quarter_after(found.starts_on, quarter).year, {})
        for name, line in (*found.lines.items(), ("flow", found.flow)):
            row[name] = row.get(name, 0) + line[quarter]
    return years
