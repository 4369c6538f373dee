"""Households moving in: at the start, and month by month into what stands empty."""

import numpy as np

from demo.borough.draws import Draws
from demo.borough.homes import quotas
from demo.borough.names import COMMUNITIES, NameBook, Pool, names, shares_of_groups
from demo.borough.place import COUNCIL, OTHER_SOCIAL, PRIVATE, place
from demo.borough.population import pool, weights
from demo.borough.structure import HARDSHIP, LIVING
from demo.borough.world import (
    ADULT,
    CHILD,
    HEAD,
    LONG_AGO,
    LOW_PAY,
    MAN,
    NO_PAY,
    NOBODY,
    OPEN_END,
    OTHER_INCOME,
    PARTNER,
    PENSIONER,
    WOMAN,
    Array,
    Numbers,
    World,
    extend,
)

_KEEP = tuple(place_of for place_of, each in enumerate(COMMUNITIES) if each.name in ("bangladeshi", "pakistani"))
_OWN_NAME = tuple(
    place_of for place_of, each in enumerate(COMMUNITIES) if each.given == "muslim" or each.name == "ghanaian"
)


def draw_names(pools: list[Pool], which: Numbers, at: Array) -> Numbers:
    """Names from the pool of each row, by uniform numbers."""
    chosen = np.empty(len(which), np.int64)
    for kind in np.unique(which):
        rows = np.flatnonzero(which == kind)
        edges = pools[kind].edges
        chosen[rows] = pools[kind].names[
            np.searchsorted(edges, at[rows] * edges[-1], side="right").clip(0, len(edges) - 1)
        ]
    return chosen


def given_names(
    draws: Draws, book: NameBook, people: Numbers, community: Array, sex: Array, what: str = "given"
) -> Numbers:
    """A given name for each; every fourth child's is from the common British stock whatever the community."""
    common = np.flatnonzero(draws.happens(0.10, f"person/{what}/common", people))
    kind = community.astype(np.int64) * 2 + sex
    kind[common] = sex[common]
    pools = [each for pair in book.given for each in pair]
    return draw_names(pools, kind, draws.uniform(f"person/{what}", people))


def family_names(draws: Draws, book: NameBook, people: Numbers, community: Array) -> Numbers:
    """A family name of the community for each."""
    return draw_names(list(book.family), community.astype(np.int64), draws.uniform("person/family", people))


def settle(world: World, spaces: Numbers, month: int, first: bool = False) -> Numbers:
    """New households move into these empty spaces. Returns their numbers."""
    here, draws = place(), world.draws
    if len(spaces) == 0:
        return np.empty(0, np.int64)
    area, tenure = world.spaces.area[spaces], world.spaces.tenure[spaces]
    new = extend(world.households, len(spaces), space=spaces, formed=LONG_AGO if first else month)
    group = draws.choose_each(here.group[area], "household/group", new)
    of_group = shares_of_groups()
    community = draws.choose_each(of_group[:, group].T, "household/community", new)
    world.households.community[new] = community
    world.households.frailty[new] = draws.normal("household/frailty", new)
    edges, ways = weights(), pool()
    at, way = draws.uniform("household/way", new), np.empty(len(new), np.int64)
    ward = here.ward[area].astype(np.int64)
    for key in np.unique(ward * 6 + tenure):
        rows = np.flatnonzero(ward * 6 + tenure == key)
        way[rows] = np.searchsorted(edges[key // 6, key % 6], at[rows], side="right").clip(0, len(ways.age) - 1)
    home, member = np.nonzero(ways.age[way] >= 0)
    household = new[home]
    age, sex, role = (column[way[home], member] for column in (ways.age, ways.sex, ways.role))
    people = extend(
        world.people,
        len(household),
        household=household,
        role=role,
        sex=sex,
        community=community[home],
        came=LONG_AGO if first else month,
    )
    other = (role == PARTNER) & draws.happens(0.06, "person/other community", people)
    stranger = draws.choose_each(
        of_group[:, draws.choose_each(here.group[area[home]], "person/group", people)].T, "person/c", people
    )
    world.people.community[people] = np.where(other, stranger, community[home])
    born = world.calendar.starts(month) - np.floor((age + draws.uniform("person/birthday", people)) * 365.25)
    world.people.born[people] = born.astype(np.int64)
    _heads(world, people, new)
    _name(world, people, new)
    _twins(world, people)
    _disabled(world, people, age, area[home])
    _means(world, new, area, tenure, first)
    if first:
        _bedrooms(world, new, area, tenure)
    world.spaces.household[spaces] = new
    if month >= 0 or first:
        world.log.add("lives", person=people, household=household, month=-1 if first else month)
        world.log.add("stays", household=new, space=spaces, month=-1 if first else month)
    open_accounts(world, new, month, first)
    return new


def _heads(world: World, people: Numbers, new: Numbers) -> None:
    rows = world.people
    for role, column in ((HEAD, world.households.head), (PARTNER, world.households.partner)):
        holders = people[rows.role[people] == role]
        column[rows.household[holders]] = holders


def _name(world: World, people: Numbers, new: Numbers) -> None:
    """Family names: the head's own, the partner's shared or own, children's from the father's side as a rule."""
    rows, homes, draws, book = world.people, world.households, world.draws, names()
    community, sex, household = rows.community[people], rows.sex[people], rows.household[people]
    rows.given[people] = given_names(draws, book, people, community, sex)
    middle = draws.happens(0.4, "person/has middle", people)
    rows.middle[people] = np.where(middle, given_names(draws, book, people, community, sex, "middle"), NOBODY)
    own = family_names(draws, book, people, community)
    rows.family[people] = own
    head, partner = homes.head[household], homes.partner[household]
    shares = draws.happens(np.where(np.isin(community, _OWN_NAME), 0.25, 0.72), "person/takes family name", people)
    takes = (rows.role[people] == PARTNER) & shares
    rows.family[people[takes]] = rows.family[head[takes]]
    father = np.where((rows.sex[head] == WOMAN) & (partner >= 0), partner, head)
    child = (rows.role[people] == CHILD) & draws.happens(0.93, "person/child of the father's name", people)
    rows.family[people[child]] = rows.family[father[child]]
    parent = (rows.role[people] == ADULT) & draws.happens(0.5, "person/kin", people)
    rows.family[people[parent]] = rows.family[head[parent]]
    keeps = (sex == WOMAN) & np.isin(community, _KEEP) & draws.happens(0.40, "person/keeps", people)
    rows.family[people[keeps]] = book.women_keep[draws.below(len(book.women_keep), "person/kept", people[keeps])]
    junior = (rows.role[people] == CHILD) & (sex == MAN) & (rows.sex[father] == MAN)
    junior &= draws.happens(0.015, "person/junior", people)
    rows.given[people[junior]] = rows.given[father[junior]]
    mother = np.where((rows.sex[head] == WOMAN) | (partner < 0), head, partner)
    rows.mother[people] = np.where(rows.role[people] == CHILD, mother, NOBODY)


def _twins(world: World, people: Numbers) -> None:
    """Neighbouring children of a household become twins now and then: one day of birth."""
    rows = world.people
    pair = (rows.role[people[1:]] == CHILD) & (rows.role[people[:-1]] == CHILD)
    pair &= rows.household[people[1:]] == rows.household[people[:-1]]
    twin = np.flatnonzero(pair & world.draws.happens(2 * LIVING.twins, "person/twin", people[1:]))
    rows.born[people[twin + 1]] = rows.born[people[twin]]


def _disabled(world: World, people: Numbers, age: Array, area: Array) -> None:
    chance = np.select([age < 16, age < 65, age < 80], [0.045, 0.115, 0.36], 0.55) * place().disabled[area] / 0.1325
    world.people.disabled[people] = world.draws.happens(chance, "person/disabled", people)


def _means(world: World, new: Numbers, area: Array, tenure: Array, first: bool) -> None:
    """Dimensions of deprivation as the area has them, tenants before owners; income follows."""
    draws, homes, here = world.draws, world.households, place()
    lean = draws.uniform("household/deprived", new) + np.array([0.0, -0.1, 0.1, 0.55, 0.55, 0.35])[tenure]
    deprived = (
        quotas(area, here.deprived, lean) if first else draws.choose_each(here.deprived[area], "household/dims", new)
    )
    homes.deprived[new] = deprived
    settings = HARDSHIP
    factor = np.array(settings.by_tenure)[tenure]
    no_pay = np.minimum(np.array(settings.no_pay)[deprived] * factor, 0.9)
    low_pay = np.minimum(np.array(settings.low_pay)[deprived] * factor, 0.95 - no_pay)
    at = draws.uniform("household/income", new)
    income = np.select([at < no_pay, at < no_pay + low_pay], [NO_PAY, LOW_PAY], OTHER_INCOME)
    old = world.age(homes.head[new], int(homes.formed[new].max()) if not first else 0) >= 66
    homes.income[new] = np.where(old, PENSIONER, income)


def bedrooms_needed(world: World) -> Numbers:
    """Bedrooms by household: a couple one, other adults one each, children two to a room (nearly a standard)."""
    rows, here = world.people, world.here()
    adult = here[(rows.role[here] == ADULT) | ((rows.role[here] == CHILD) & (world.age(here, 0) >= 21))]
    young = here[(rows.role[here] == CHILD) & (world.age(here, 0) < 21)]
    return 1 + world.count_in(adult) + (world.count_in(young) + 1) // 2


def _bedrooms(world: World, new: Numbers, area: Array, tenure: Array) -> None:
    """Homes are as large as makes each area's overcrowding the census's: the largest households lack most rooms."""
    needed = bedrooms_needed(world)[new]
    lean = (
        needed + np.array([-0.9, -0.4, 0.0, 0.3, 0.3, 0.7])[tenure] + 1.2 * world.draws.normal("household/rooms", new)
    )
    lean = np.where(needed == 1, np.minimum(lean, 1.9), lean)
    rating = 2 - quotas(area, place().room, lean)
    world.spaces.bedrooms[:] = 1 + world.draws.below(3, "space/bedrooms", np.arange(len(world.spaces)))
    world.spaces.bedrooms[world.households.space[new]] = (needed + rating).clip(1, 7)


def open_accounts(world: World, households: Numbers, month: int, first: bool = False) -> None:
    """A council tax account for each household at its space, and a tenancy where the landlord is social."""
    homes, draws = world.households, world.draws
    if len(households) == 0:
        return
    space = homes.space[households]
    tenure = world.spaces.tenure[space]
    part = draws.uniform("account/day", households, month)
    opened = world.calendar.day(month, part * 0.95)
    if first:  # they have lived there for years: owners longer than private tenants
        years = -np.log1p(-draws.uniform("account/years", households)) * np.array([16, 9, 6, 9, 8, 2.6])[tenure]
        opened = world.calendar.starts(month) - 30 - (np.minimum(years, 45) * 365.25).astype(np.int64)
    joint = draws.happens(0.88, "account/joint", households, month)
    second = np.where(joint, homes.partner[households], NOBODY)
    common = {"household": households, "space": space, "opened": opened, "month": LONG_AGO if first else month}
    head = homes.head[households]
    homes.account[households] = extend(world.council_tax, len(households), first=head, second=second, **common)
    homes.tenancy[households] = NOBODY
    social = np.isin(tenure, (COUNCIL, OTHER_SOCIAL)) & (world.spaces.temporary[space] == 0)
    tenants = np.flatnonzero(social)
    weekly = 74.0 + 17.5 * world.spaces.bedrooms[space] + 9 * draws.uniform("tenancy/rent", space)
    homes.tenancy[households[tenants]] = extend(
        world.tenancies,
        len(tenants),
        first=head[tenants],
        second=np.where(draws.happens(0.7, "tenancy/joint", households[tenants]), second[tenants], NOBODY),
        kind=(tenure[tenants] == OTHER_SOCIAL).astype(np.int64),
        amount=np.round(weekly[tenants], 2),
        **{name: value[tenants] if np.ndim(value) else value for name, value in common.items()},
    )


def close_accounts(world: World, households: Numbers, month: int) -> None:
    """Account, tenancy and claim end within the month; what is owed stays with the household."""
    homes = world.households
    day = world.calendar.day(month, world.draws.uniform("account/day", households, month) * 0.95)
    for column, table in (
        (homes.account, world.council_tax),
        (homes.tenancy, world.tenancies),
        (homes.claim, world.claims),
        (homes.benefit, world.claims),
    ):
        number = column[households]
        held = np.flatnonzero(number >= 0)
        table.closed[number[held]] = np.maximum(day[held], table.opened[number[held]])
        table.month_closed[number[held]] = month
        column[households] = NOBODY


def leave(world: World, households: Numbers, month: int, fate: int) -> None:
    """These households are no more in the borough; their spaces stand empty."""
    if len(households) == 0:
        return
    rows, homes = world.people, world.households
    close_accounts(world, households, month)
    gone = np.zeros(len(homes), bool)
    gone[households] = True
    here = world.here()
    members = here[gone[rows.household[here]]]
    world.log.add("lives", person=members, household=NOBODY, month=month)
    rows.household[members], rows.went[members], rows.fate[members] = NOBODY, month, fate
    empty_spaces(world, households, month)
    homes.ended[households] = month


def empty_spaces(world: World, households: Numbers, month: int) -> None:
    """They give up their space."""
    space = world.households.space[households]
    held = np.flatnonzero(space >= 0)
    world.spaces.household[space[held]] = NOBODY
    world.households.space[households] = NOBODY
    world.log.add("stays", household=households[held], space=NOBODY, month=month)


def move_in(world: World, households: Numbers, spaces: Numbers, month: int) -> None:
    """Households without a space take these, with new accounts."""
    world.households.space[households] = spaces
    world.spaces.household[spaces] = households
    world.log.add("stays", household=households, space=spaces, month=month)
    open_accounts(world, households, month)


def empty_of(world: World, tenure: int | None, temporary: bool = False) -> Numbers:
    """Spaces of a tenure that nobody lives in."""
    spaces = world.spaces
    free = (spaces.household < 0) & ((spaces.temporary > 0) == temporary)
    return np.flatnonzero(free if tenure is None or temporary else free & (spaces.tenure == tenure))


__all__ = [
    "OPEN_END",
    "PRIVATE",
    "close_accounts",
    "draw_names",
    "empty_of",
    "family_names",
    "given_names",
    "leave",
    "move_in",
    "open_accounts",
    "settle",
]
