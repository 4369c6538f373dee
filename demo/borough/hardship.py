"""Work and income, shocks, council tax and rent, and the benefits that go with them: one month at a time.

Council tax comes first: rent falls behind only after council tax has, but for a few. What counts as a shock is one that
left a trace in some extract (a lost job or a death in a benefit claim, an incident with the police, a mental health
episode with early help or adult care, a stay in hospital); other blows are lived and push people into debt unwritten.
"""

import numpy as np

from demo.borough.demography import deprivation_of
from demo.borough.place import COUNCIL, OTHER_SOCIAL, PRIVATE
from demo.borough.structure import BEREAVEMENT, HARDSHIP, JOB_LOSS, RISING_BY, RISING_FROM, RISING_MONTHS, SHOCK_MONTHS
from demo.borough.world import (
    LOW_PAY,
    NO_PAY,
    NOBODY,
    OTHER_INCOME,
    PENSIONER,
    Array,
    Flags,
    Numbers,
    World,
    extend,
)

REMINDER_1, REMINDER_2, FINAL, SUMMONS, LIABILITY_ORDER = range(1, 6)
HOUSING_BENEFIT, COUNCIL_TAX_SUPPORT = range(2)
LIVE, JOB_ENDED, BEREAVED = range(3)


def pass_month(world: World, month: int) -> None:
    """One month of work, shocks, debts and claims."""
    homes = world.households
    living = world.living()
    homes.owed_5, homes.owed_4, homes.owed_3 = homes.owed_4, homes.owed_3, homes.owed_2
    homes.owed_2, homes.owed_1 = homes.owed_1, homes.council_tax + homes.rent
    lost = _work(world, month, living)
    _claims(world, month, living, lost)
    _council_tax(world, month, living)
    _rent(world, month, living)


def shocked(world: World, members: Numbers, month: int, column: Array, months: int) -> Flags:
    """By household: a member had a shock in the last so many months."""
    return month - world.latest(column, members).astype(np.int64) < months


def suffer(world: World, people: Numbers, month: int, kind: int) -> None:
    """A shock that left a trace: it stands for the months of its kind."""
    rows = world.people
    rows.shocked[people] = np.maximum(rows.shocked[people], month + SHOCK_MONTHS[kind])
    rows.lived_shock[people] = month
    world.log.add("shock", person=people, household=rows.household[people], month=month, kind=kind)


def standing_shock(world: World, members: Numbers, month: int) -> Flags:
    """By household: a member's shock still stands."""
    return np.asarray(world.latest(world.people.shocked, members) > month)


def rising(world: World) -> Flags:
    """By household: the debt to the council climbs (least squares over the months with any)."""
    homes = world.households
    now = homes.council_tax + homes.rent
    owed = np.stack([homes.owed_5, homes.owed_4, homes.owed_3, homes.owed_2, homes.owed_1, now])
    there = (owed > 0).astype(np.float64)
    month = np.arange(RISING_MONTHS, dtype=np.float64)[:, None] * there
    points, first, second = there.sum(axis=0), month.sum(axis=0), (month**2).sum(axis=0)
    steep = points * (month * owed).sum(axis=0) - first * (owed * there).sum(axis=0)
    return np.asarray((points >= 3) & (now >= RISING_FROM) & (steep >= RISING_BY * (points * second - first**2)))


def tenure_of(world: World) -> Numbers:
    """By household; -1 for who left."""
    space = world.households.space
    return np.where(space >= 0, world.spaces.tenure[space], NOBODY)


def _work(world: World, month: int, living: Numbers) -> Numbers:
    """Jobs lost and found. Returns the households that lost one."""
    homes, draws, set_ = world.households, world.draws, HARDSHIP
    income = homes.income[living]
    push = np.exp(set_.deprivation * deprivation_of(world)[living])
    chance = np.array([*set_.job_lost, 0.0])[income] * push
    lost = draws.happens(chance, "job lost", living, month)
    at = draws.uniform("job found", living, month)
    found = (income == NO_PAY) & (at < set_.job_found)
    better = (income == LOW_PAY) & ~lost & (at < set_.better_paid)
    worse = (income == OTHER_INCOME) & ~lost & (at < set_.worse_paid * push)
    after = np.select([lost, found, better, worse], [NO_PAY, LOW_PAY, OTHER_INCOME, LOW_PAY], income)
    old = (world.age(homes.head[living], month) >= 66) & (after != PENSIONER)
    homes.income[living] = np.where(old, PENSIONER, after)
    homes.income_since[living[homes.income[living] != income]] = month
    return np.asarray(living[lost & ~old])


def _claims(world: World, month: int, living: Numbers, lost: Numbers) -> None:
    """Council tax support and housing benefit: opened, changed and ended as income, household and home change."""
    homes, draws, rows = world.households, world.draws, world.people
    income = homes.income[living]
    poor_old = draws.happens(HARDSHIP.pensioner_poor, "pensioner poor", living) & (homes.deprived[living] >= 1)
    entitled = np.isin(income, (LOW_PAY, NO_PAY)) | ((income == PENSIONER) & poor_old)
    entitled &= draws.happens(np.array(HARDSHIP.takes_up)[income], "takes up", living)
    _open(world, living[entitled & (homes.claim[living] < 0)], month, COUNCIL_TAX_SUPPORT)
    tenure = tenure_of(world)[living]
    rent_help = entitled & np.isin(tenure, (COUNCIL, OTHER_SOCIAL, PRIVATE))
    rent_help &= draws.happens(
        np.where(income == PENSIONER, 0.9, np.where(tenure == PRIVATE, 0.3, 0.4)), "old scheme", living
    )
    _open(world, living[rent_help & (homes.benefit[living] < 0)], month, HOUSING_BENEFIT)
    _end(world, living[~entitled], month)
    reason = np.zeros(len(homes), np.int64)
    reason[lost] = JOB_ENDED
    claiming = np.flatnonzero(homes.claim >= 0)
    worker = homes.head[claiming[reason[claiming] == JOB_ENDED]]
    suffer(world, worker, month, JOB_LOSS)
    rows.lived_shock[homes.head[lost]] = month
    bereaved = rows.lived_shock[homes.head[claiming]] == month
    bereaved &= (homes.partner[claiming] < 0) & (reason[claiming] == 0) & (homes.income_since[claiming] != month)
    widowed = world.log.parts.get("bereaved", [])
    now = widowed[-1]["household"] if widowed and int(widowed[-1]["month"][0]) == month else np.empty(0, np.int64)
    told = np.intersect1d(claiming[bereaved], now)
    reason[told] = BEREAVED
    suffer(world, homes.head[told], month, BEREAVEMENT)
    if month < 0:
        return
    new = np.maximum(world.claims.month[homes.claim[claiming]], LONG_BEFORE) == month
    changed = (
        (homes.income_since[claiming] == month) | (reason[claiming] > 0) | new | (world.calendar.of_year(month) == 4)
    )
    if month == 0:
        changed[:] = True
    _award(world, claiming[changed], month, reason)


LONG_BEFORE = -900


def _open(world: World, households: Numbers, month: int, benefit: int) -> None:
    homes, draws = world.households, world.draws
    opened = world.calendar.day(month, draws.uniform("claim/day", households, month))
    if month < 0:
        opened -= (draws.uniform("claim/long", households) * 1800).astype(np.int64) * (month == -24)
    new = extend(
        world.claims,
        len(households),
        household=households,
        space=homes.space[households],
        first=homes.head[households],
        second=homes.partner[households],
        opened=opened,
        month=month,
        kind=benefit,
    )
    (homes.claim if benefit == COUNCIL_TAX_SUPPORT else homes.benefit)[households] = new


def _end(world: World, households: Numbers, month: int) -> None:
    """Who is entitled no more loses both claims from within the month."""
    homes = world.households
    for column in (homes.claim, homes.benefit):
        held = households[column[households] >= 0]
        number = column[held]
        day = world.calendar.day(month, world.draws.uniform("claim/end", number, month))
        world.claims.closed[number] = np.maximum(day, world.claims.opened[number])
        world.claims.month_closed[number] = month
        column[held] = NOBODY


def _award(world: World, households: Numbers, month: int, reason: Numbers) -> None:
    """A new award period for each claim of these households."""
    homes, draws = world.households, world.draws
    here = world.here()
    children = world.count_in(here[world.age(here, month) < 18])
    for column, base in ((homes.claim, 22.0), (homes.benefit, 118.0)):
        held = households[column[households] >= 0]
        number = column[held]
        income = homes.income[held]
        earned = np.where(
            income == LOW_PAY, np.round(90 + 260 * draws.uniform("earned", held, homes.income_since[held]), 2), 0.0
        )
        weekly = base * (0.75 + 0.5 * draws.uniform("award", number)) * np.where(income == LOW_PAY, 0.65, 1.0)
        started = np.maximum(
            world.claims.opened[number], world.calendar.day(month, draws.uniform("award/day", number, month) * 0.9)
        )
        world.log.add(
            "award",
            claim=number,
            month=month,
            begins=np.where(world.claims.month[number] == month, world.claims.opened[number], started),
            weekly=np.round(weekly * (1 + 0.02 * max(0, month // 12)), 2),
            earned=earned,
            income=income,
            children=children[held],
            space=homes.space[held],
            reason=reason[held],
        )


def _council_tax(world: World, month: int, living: Numbers) -> None:
    """Twelve instalments a year. Behind is a state: those in it miss most instalments until they recover."""
    homes, draws, set_ = world.households, world.draws, HARDSHIP
    income, tenure = homes.income[living], tenure_of(world)[living]
    members = world.here()
    fresh = shocked(world, members, month, world.people.lived_shock, 3)[living]
    recent = shocked(world, members, month, world.people.lived_shock, 6)[living]
    strain = np.exp(
        set_.frailty * homes.frailty[living] - set_.frailty**2 / 2 + set_.deprivation * deprivation_of(world)[living]
    )
    falls = np.array(set_.fall_behind)[income] * strain * np.where(fresh, set_.after_shock, 1.0)
    falls *= np.where(tenure == PRIVATE, set_.private_behind, 1.0)
    recovers = np.array(set_.recover)[income] * np.where(recent, set_.recover_after_shock, 1.0) / np.sqrt(strain)
    behind = homes.behind[living] > 0
    at = draws.uniform("behind", living, month)
    now = np.where(behind, at >= recovers, at < falls)
    homes.behind[living] = now
    homes.behind_since[living[now & ~behind]] = month
    charge = charges(world, living, month)
    missed = now & draws.happens(set_.misses_when_behind, "misses", living, month)
    missed |= ~now & draws.happens(set_.misses_otherwise, "misses", living, month)
    owed = homes.council_tax[living]
    repaid = np.where(now | missed, 0.0, np.minimum(owed, np.maximum(18.0, np.round(owed * 0.18, 2))))
    paid = np.where(missed, 0.0, charge + repaid)
    balance = np.round(owed + charge - paid, 2)
    homes.missed[living] = np.where(missed, homes.missed[living] + 1, np.where(balance <= 0, 0, homes.missed[living]))
    before = homes.stage[living]
    step = missed & (before < LIABILITY_ORDER) | (before >= FINAL) & (before < LIABILITY_ORDER) & (balance > 150)
    stage = np.where(balance <= 0, 0, before + step)
    homes.stage[living], homes.council_tax[living] = stage, balance
    if month < 0:
        return
    shown = missed | (balance > 0) | (owed > 0)
    world.log.add(
        "council_tax",
        account=homes.account[living[shown]],
        household=living[shown],
        month=month,
        charge=charge[shown],
        paid=paid[shown],
        balance=balance[shown],
        missed=missed[shown],
        stage=np.where(stage != before, stage, 0)[shown],
    )


def charges(world: World, living: Numbers, month: int) -> Array:
    """The month's instalment in pounds: by size of home and year, less the reductions of the single and the poor."""
    homes = world.households
    space = homes.space[living]
    year = world.calendar.year(month) - (world.calendar.of_year(month) < 4)
    whole = (95 + 19 * world.spaces.bedrooms[space]) * 1.045 ** (year - 2024)
    claim = homes.claim[living] >= 0
    support = np.where(claim, np.array([0.0, 0.35, 0.55, 0.90])[homes.income[living]], 0.0)
    single = np.where(homes.partner[living] < 0, 0.75, 1.0)
    return np.asarray(np.round(whole * single * (1 - support), 2))


def _rent(world: World, month: int, living: Numbers) -> None:
    """Weekly rent of social tenants. The private tenant's rent falls behind by the same rule, unseen."""
    homes, draws, set_ = world.households, world.draws, HARDSHIP
    behind = homes.rent_behind[living] > 0
    tax = (homes.behind[living] > 0) & (month - homes.behind_since[living] >= 1)
    at = draws.uniform("rent behind", living, month)
    ends = np.where(homes.behind[living] > 0, 0.03, set_.rent_recovers)
    now = np.where(behind, at >= ends, at < np.where(tax, set_.rent_follows, set_.rent_alone))
    homes.rent_behind[living] = now
    onset = living[now & ~behind]
    if month >= 0:
        world.log.add("rent onset", household=onset, month=month)
    held = living[homes.tenancy[living] >= 0]
    tenancy = homes.tenancy[held]
    due = world.tenancies.amount[tenancy] * np.where(homes.benefit[held] >= 0, 0.35, 1.0)
    first, last = int(world.calendar.starts(month)), int(world.calendar.ends(month))
    sundays = [day for day in range(first, last + 1) if (day + 4) % 7 == 0]
    balance = homes.rent[held]
    for day in sundays:
        pays = draws.happens(np.where(homes.rent_behind[held] > 0, 0.45, 0.985), "pays rent", held, day)
        more = np.where(pays & (balance > 0), np.minimum(balance, np.maximum(6.0, np.round(balance * 0.05, 2))), 0.0)
        more = np.where(homes.rent_behind[held] > 0, 0.0, more)
        after = np.round(balance + np.where(pays, 0.0, due) - more, 2)
        if month >= 0:
            shown = (after != 0) | (balance != 0)
            notice = np.select([after > 12 * due + 400, after > 4 * world.tenancies.amount[tenancy]], [2, 1], 0)
            was = np.select([balance > 12 * due + 400, balance > 4 * world.tenancies.amount[tenancy]], [2, 1], 0)
            world.log.add(
                "rent",
                tenancy=tenancy[shown],
                day=day,
                month=month,
                balance=after[shown],
                notice=np.where(notice > was, notice, 0)[shown],
            )
        balance = after
    homes.rent[held] = balance
