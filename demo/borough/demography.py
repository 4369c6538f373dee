"""Births, deaths, leaving home, parting and pairing, moves and arrivals: one month at a time."""

import numpy as np

from demo.borough.names import COMMUNITIES, names
from demo.borough.place import PRIVATE, TENURES, place
from demo.borough.settle import (
    close_accounts,
    empty_of,
    empty_spaces,
    given_names,
    leave,
    move_in,
    open_accounts,
    settle,
)
from demo.borough.structure import LIVING
from demo.borough.world import (
    ADULT,
    CHILD,
    DIED,
    HEAD,
    LONG_AGO,
    LOW_PAY,
    MAN,
    MOVED_OUT,
    NO_PAY,
    NOBODY,
    OTHER_INCOME,
    PARTNER,
    WOMAN,
    Numbers,
    World,
    extend,
)


def pass_month(world: World, month: int) -> None:
    """One month of people coming and going."""
    _deaths(world, month)
    _births(world, month)
    _pairing(world, month)
    forming = np.concatenate([_parting(world, month), _leaving_home(world, month)])
    _moves(world, month, forming)
    _arrivals(world, month)


def _deaths(world: World, month: int) -> None:
    rows, homes, here = world.people, world.households, world.here()
    yearly = 4.5e-5 * np.exp(0.088 * world.age(here, month))
    dead = here[world.draws.happens(yearly / 12, "dies", here, month)]
    household = rows.household[dead]
    rows.went[dead], rows.fate[dead] = month, DIED
    grown = np.unique(household[np.isin(rows.role[dead], (HEAD, PARTNER))])
    _take_out(world, dead, month, NOBODY)
    survivors = homes.head[grown]
    living = survivors[survivors >= 0]
    rows.lived_shock[living] = month
    world.log.add("bereaved", person=living, household=rows.household[living], month=month)
    changed = rows.household[living]
    reopen_accounts(world, changed, month)


def reopen_accounts(world: World, households: Numbers, month: int) -> None:
    """Who is liable changed: the old accounts end and new ones begin; what was owed goes along."""
    if len(households):
        close_accounts(world, households, month)
        open_accounts(world, households, month)


def _take_out(world: World, people: Numbers, month: int, to: int) -> None:
    """People leave their household; the partner, else the eldest grown member, heads it; without one it ends."""
    rows, homes = world.people, world.households
    if len(people) == 0:
        return
    left = np.unique(rows.household[people])
    rows.household[people] = to
    world.log.add("lives", person=people, household=to, month=month)
    here = world.here()
    touched = np.zeros(len(homes), bool)
    touched[left] = True
    members = here[touched[rows.household[here]]]
    grown = members[world.age(members, month) >= 18]
    # Head first, then partner, then the eldest.
    rank = np.lexsort(
        (rows.born[grown], rows.role[grown] == CHILD, rows.role[grown] == ADULT, rows.role[grown] == PARTNER)
    )
    order = grown[rank]
    order = order[np.argsort(rows.household[order], kind="stable")]
    _, first = np.unique(rows.household[order], return_index=True)
    heads = order[first]
    homes.head[left], homes.partner[left] = NOBODY, NOBODY
    homes.head[rows.household[heads]] = heads
    rows.role[heads] = HEAD
    partners = grown[rows.role[grown] == PARTNER]
    homes.partner[rows.household[partners]] = partners
    alone = left[homes.head[left] < 0]
    leave(world, alone, month, MOVED_OUT)


def _births(world: World, month: int) -> None:
    rows, homes, draws, here = world.people, world.households, world.draws, world.here()
    age = world.age(here, month)
    may = (rows.sex[here] == WOMAN) & np.isin(rows.role[here], (HEAD, PARTNER)) & (age >= 20) & (age < 40)
    may &= world.count_in(here)[rows.household[here]] < 7
    mother = here[may]
    mother = mother[draws.happens(LIVING.births, "bears", mother, month)]
    times = 1 + draws.happens(LIVING.twins, "bears twins", mother, month)
    mother = np.repeat(mother, times)
    if len(mother) == 0:
        return
    household = rows.household[mother]
    partner, head = homes.partner[household], homes.head[household]
    father = np.where((head == mother) & (partner >= 0), partner, np.where(head == mother, mother, head))
    community = np.where(
        draws.happens(0.5, "child/community", mother, month), rows.community[mother], rows.community[father]
    )
    new = extend(
        world.people, len(mother), household=household, role=CHILD, community=community, mother=mother, came=month
    )
    rows.sex[new] = draws.below(2, "child/sex", new)
    rows.born[new] = world.calendar.day(month, draws.uniform("born", mother, month))
    rows.given[new] = given_names(draws, names(), new, community, rows.sex[new])
    rows.family[new] = rows.family[father]
    world.log.add("lives", person=new, household=household, month=month)


def _parting(world: World, month: int) -> Numbers:
    """Couples part: as a rule the man goes, the children stay. Returns who needs a place of their own."""
    rows, homes, draws = world.people, world.households, world.draws
    living = world.living()
    couples = living[homes.partner[living] >= 0]
    head, partner = homes.head[couples], homes.partner[couples]
    abused = month - np.maximum(rows.abused[head], rows.abused[partner]) <= 3
    parts = draws.happens(np.where(abused, LIVING.parts_after_abuse, LIVING.parts), "part", couples, month)
    head, partner = head[parts], partner[parts]
    goes = np.where((rows.sex[head] == MAN) & (rows.sex[partner] == WOMAN), head, partner)
    stays = np.where(goes == head, partner, head)
    household = rows.household[goes]
    rows.role[stays] = HEAD
    out = draws.happens(0.4, "part/leaves the borough", goes, month)
    away, near = goes[out], goes[~out]
    rows.went[away], rows.fate[away] = month, MOVED_OUT
    _take_out(world, away, month, NOBODY)
    rows.role[near] = ADULT
    reopen_accounts(world, np.setdiff1d(household, rows.household[near]), month)
    return np.asarray(near)


def _leaving_home(world: World, month: int) -> Numbers:
    """Grown children go: half out of the borough, half look for a room or a flat."""
    rows, draws, here = world.people, world.draws, world.here()
    age = world.age(here, month)
    grown = here[np.isin(rows.role[here], (CHILD, ADULT)) & (age >= 18) & (age <= 32)]
    goes = grown[draws.happens(LIVING.leaves_home, "leave home", grown, month)]
    out = draws.happens(0.5, "leave home/borough", goes, month)
    away = goes[out]
    rows.went[away], rows.fate[away] = month, MOVED_OUT
    _take_out(world, away, month, NOBODY)
    return np.asarray(goes[~out])


def _pairing(world: World, month: int) -> None:
    """Single heads find each other: he moves in with her, his children too; some women take his name."""
    rows, homes, draws = world.people, world.households, world.draws
    living = world.living()
    single = homes.head[living[homes.partner[living] < 0]]
    age = world.age(single, month)
    single = single[(age >= 20) & (age <= 60)]
    single = single[draws.happens(LIVING.pairs, "pair", single, month)]
    order = np.lexsort((rows.born[single], rows.community[single]))
    women = single[order][rows.sex[single[order]] == WOMAN]
    men = single[order][rows.sex[single[order]] == MAN]
    pairs = min(len(women), len(men))
    women, men = women[:pairs], men[:pairs]
    if pairs == 0:
        return
    old, new = rows.household[men], rows.household[women]
    target = np.full(len(homes), NOBODY)
    target[old] = new
    here = world.here()
    movers = here[target[rows.household[here]] >= 0]
    close_accounts(world, old, month)
    homes.council_tax[new] += homes.council_tax[old]
    homes.council_tax[old] = 0
    joined = target[rows.household[movers]]
    world.log.add("lives", person=movers, household=joined, month=month)
    rows.household[movers] = joined
    rows.role[men] = PARTNER
    homes.partner[new] = men
    empty_spaces(world, old, month)
    homes.ended[old] = month
    keeps = np.array([each.given == "muslim" for each in COMMUNITIES])[rows.community[women]]
    takes = women[draws.happens(LIVING.takes_name, "pair/name", women, month) & ~keeps & (rows.former[women] < 0)]
    rows.former[takes] = rows.family[takes]
    rows.family[takes] = rows.family[homes.partner[rows.household[takes]]]
    rows.renamed[takes] = month
    reopen_accounts(world, new, month)


def _moves(world: World, month: int, forming: Numbers) -> None:
    """Households move within their tenure, near or away; new ones form where a private home is empty."""
    homes, draws = world.households, world.draws
    living = world.living()
    tenure = world.spaces.tenure[homes.space[living]]
    settled = homes.formed[living] < month
    moves = living[draws.happens(np.array(LIVING.moves)[tenure] * settled, "move", living, month)]
    out = draws.happens(LIVING.moves_away, "move/away", moves, month)
    leave(world, moves[out], month, MOVED_OUT)
    stay = moves[~out]
    kinds = world.spaces.tenure[homes.space[stay]]
    for kind in range(len(TENURES)):
        free = empty_of(world, kind)
        wanting = stay[kinds == kind][: len(free) // 2]
        _rehouse(world, wanting, free, month)
    _form(world, forming, month)


def _rehouse(world: World, movers: Numbers, free: Numbers, month: int) -> None:
    """Match movers and empty spaces so that most stay near: both in the order of their areas."""
    if len(movers) == 0:
        return
    by_lot = free[np.argsort(world.draws.uniform("space/lot", free, month), kind="stable")][: len(movers)]
    movers = movers[np.argsort(world.spaces.area[world.households.space[movers]], kind="stable")]
    by_lot = by_lot[np.argsort(world.spaces.area[by_lot], kind="stable")]
    close_accounts(world, movers, month)
    empty_spaces(world, movers, month)
    move_in(world, movers, by_lot, month)


def _form(world: World, people: Numbers, month: int) -> None:
    """Each becomes a household of one; without a home to be had they leave the borough."""
    rows, homes, draws = world.people, world.households, world.draws
    people = people[rows.household[people] >= 0]
    free = empty_of(world, PRIVATE)
    free = free[np.argsort(draws.uniform("space/lot", free, month), kind="stable")]
    count = min(len(people), len(free) * 2 // 3)
    away, people = people[count:], people[:count]
    rows.went[away], rows.fate[away] = month, MOVED_OUT
    _take_out(world, away, month, NOBODY)
    if count == 0:
        return
    old = rows.household[people].copy()
    new = extend(homes, count, formed=month, community=rows.community[people], deprived=homes.deprived[old])
    homes.frailty[new] = draws.normal("household/frailty", new)
    at = draws.uniform("household/income", new)
    homes.income[new] = np.select([at < 0.2, at < 0.6], [NO_PAY, LOW_PAY], OTHER_INCOME)
    was = np.unique(old)
    partner_went = np.isin(was, old[rows.role[people] == ADULT])
    _take_out(world, people, month, NOBODY)
    rows.household[people], rows.role[people] = new, HEAD
    homes.head[new] = people
    world.log.add("lives", person=people, household=new, month=month)
    left = was[partner_went]
    reopen_accounts(world, left[homes.space[left] >= 0], month)
    move_in(world, new, free[:count], month)


def _arrivals(world: World, month: int) -> None:
    """New households come to what stands empty beyond the usual few per cent, soonest where most is empty."""
    draws = world.draws
    for kind in range(len(TENURES)):
        free = empty_of(world, kind)
        usual = round(LIVING.empty / (1 + LIVING.empty) * np.count_nonzero(world.spaces.tenure == kind))
        if len(free) > usual:
            chosen = free[np.argsort(draws.uniform("space/arrival", free, month), kind="stable")][: len(free) - usual]
            settle(world, np.sort(chosen), month)


def areas_of(world: World) -> Numbers:
    """Each household's area; -1 for who does not live here."""
    space = world.households.space
    return np.where(space >= 0, world.spaces.area[space], NOBODY)


def deprivation_of(world: World) -> "Numbers":
    """Standard deviations of the area's deprivation above the borough's mean, by household (0 for who left)."""
    area = areas_of(world)
    return np.asarray(np.where(area >= 0, place().deprivation[area], 0.0))


__all__ = ["LONG_AGO", "areas_of", "deprivation_of", "pass_month"]
