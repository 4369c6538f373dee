"""What services see: contacts, incidents, plans, care, homelessness, children coming into care: month by month."""

import numpy as np

from demo.borough.demography import deprivation_of
from demo.borough.hardship import rising, shocked, standing_shock, suffer, tenure_of
from demo.borough.place import OTHER_SOCIAL, PRIVATE
from demo.borough.settle import close_accounts, empty_of, empty_spaces, move_in
from demo.borough.structure import ABUSE, CARE, DISCHARGE, HARDSHIP, MENTAL_HEALTH, SERVICES
from demo.borough.world import (
    CHILD,
    LOW_PAY,
    MAN,
    NO_PAY,
    NOBODY,
    PENSIONER,
    WOMAN,
    Flags,
    Numbers,
    World,
)

NO_PLAN, IN_NEED, PROTECTED = range(3)
DEBT, VIOLENCE, FAMILY, OTHER_REASON = range(4)
REFERRAL, CHILD_IN_NEED, CHILD_PROTECTION, LOOKED_AFTER = range(4)
DEBT_NEED, ABUSE_NEED, MIND_NEED, WORK_NEED, HOUSING_NEED, FOOD_NEED, FAMILY_NEED, LONELY_NEED, HEALTH_NEED = range(9)


def pass_month(world: World, month: int) -> None:
    """One month of what services see, the shocks they hear of first."""
    _abuse(world, month)
    _mental_health(world, month)
    _hub(world, month)
    _children(world, month)
    _adults(world, month)
    _homelessness(world, month)
    _exclusions(world, month)


def combination(world: World, month: int, members: Numbers) -> Flags:
    """By household: private rent, low or no pay on a claim, rising debt and a shock that left a trace."""
    homes = world.households
    shock = standing_shock(world, members, month)
    poor = np.isin(homes.income, (LOW_PAY, NO_PAY)) & (homes.claim >= 0)
    return np.asarray((tenure_of(world) == PRIVATE) & poor & rising(world) & shock)


def _keeps_away(world: World, households: Numbers) -> Numbers:
    """How readily a household asks for help: most seldom do."""
    away = world.draws.happens(SERVICES.keeps_away, "keeps away", world.households.head[households])
    return np.where(away, SERVICES.away, 1.0)


def _meet(world: World, people: Numbers, month: int) -> None:
    world.people.served[people] = month


def _abuse(world: World, month: int) -> None:
    rows, homes, draws = world.people, world.households, world.draws
    living = world.living()
    head, partner = homes.head[living], homes.partner[living]
    young = world.age(head, month) < 70
    poor = np.isin(homes.income[living], (LOW_PAY, NO_PAY))
    couple = partner >= 0
    again = (month - rows.abused[head] < 12) | (couple & (month - rows.abused[partner] < 12))
    chance = HARDSHIP.abuse * np.exp(HARDSHIP.deprivation * deprivation_of(world)[living]) * np.where(poor, 1.9, 0.8)
    chance = chance * np.where(couple, 1.2, 0.9) * young * np.where(again, 5.0, 1.0)
    chance = chance * np.where(tenure_of(world)[living] == PRIVATE, 1.25, 1.0)
    hit = draws.happens(chance, "abuse", living, month)
    head, partner, household = head[hit], partner[hit], living[hit]
    her = np.where((partner >= 0) & (rows.sex[partner] == WOMAN) & (rows.sex[head] == MAN), partner, head)
    him = np.where(her == head, partner, head)
    swapped = (him >= 0) & draws.happens(0.17, "abuse/of a man", household, month)
    victim, perpetrator = np.where(swapped, him, her), np.where(swapped, her, him)
    rows.abused[victim] = month
    suffer(world, victim, month, ABUSE)
    if month < 0:
        return
    number = world.log.count("abuse") + np.arange(len(victim))
    world.log.add("abuse", incident=number, person=victim, other=perpetrator, household=household, month=month)
    incident = np.full(len(homes), NOBODY)
    incident[household] = number
    children = _children_of(world, household, month)
    children = children[draws.happens(0.7, "abuse/child", children, month)]
    children = children[np.argsort(rows.household[children], kind="stable")]
    world.log.add("abuse_child", incident=incident[rows.household[children]], person=children, month=month)


def _mental_health(world: World, month: int) -> None:
    """A crisis of an adult. Families meet it through early help, others through adult care, the rest nobody records."""
    rows, draws, here = world.people, world.draws, world.here()
    homes = world.households
    adult = homes.head[world.living()]
    poor = np.isin(homes.income[rows.household[adult]], (LOW_PAY, NO_PAY))
    chance = HARDSHIP.mental_health * np.exp(HARDSHIP.deprivation * deprivation_of(world)[rows.household[adult]])
    ill = adult[draws.happens(chance * np.where(poor, 1.8, 0.8), "ill", adult, month)]
    rows.lived_shock[ill] = month
    children = world.count_in(here[world.age(here, month) < 18])[rows.household[ill]] > 0
    asks = draws.happens(0.35 * _keeps_away(world, rows.household[ill]) + 0.03, "ill/asks", ill, month)
    suffer(world, ill[asks], month, MENTAL_HEALTH)
    _open_early_help(world, rows.household[ill[asks & children]], month, MIND_NEED)
    _adult_care(world, ill[asks & ~children], month, 2)


def _hub(world: World, month: int) -> None:
    homes, draws, rows = world.households, world.draws, world.people
    living = world.living()
    members = world.here()
    shock = shocked(world, members, month, rows.lived_shock, 4)[living]
    chance = SERVICES.hub * _keeps_away(world, living) * np.where(homes.behind[living] > 0, 2.2, 1.0)
    chance = chance * np.where(shock, 2.0, 1.0) * np.array([0.7, 1.3, 1.7, 1.0])[homes.income[living]]
    comes = living[draws.happens(chance, "hub", living, month)]
    person = np.where(
        (homes.partner[comes] >= 0) & draws.happens(0.42, "hub/partner", comes, month),
        homes.partner[comes],
        homes.head[comes],
    )
    _meet(world, person, month)
    if month < 0:
        return
    weights = np.stack(
        [
            2.0 * (homes.behind[comes] > 0) + 0.4,
            2.5 * (month - rows.abused[person] < 6) + 0.02,
            np.full(len(comes), 0.5),
            1.2 * (homes.income[comes] == NO_PAY) + 0.3,
            np.where(tenure_of(world)[comes] == PRIVATE, 1.0, 0.6),
            0.8 * (homes.income[comes] != 0),
            np.full(len(comes), 0.4),
            np.where(homes.income[comes] == PENSIONER, 1.2, 0.2),
            np.full(len(comes), 0.4),
        ],
        axis=1,
    )
    need = draws.choose_each(weights, "hub/need", comes, month)
    number = world.log.count("hub") + np.arange(len(comes))
    world.log.add("hub", contact=number, person=person, household=comes, month=month, need=need)


def _children_of(world: World, households: Numbers, month: int) -> Numbers:
    """Everyone under 18 of these households."""
    chosen = np.zeros(len(world.households), bool)
    chosen[households] = True
    here = world.here()
    members = here[chosen[world.people.household[here]]]
    return np.asarray(members[world.age(members, month) < 18])


def _open_early_help(world: World, households: Numbers, month: int, need: int) -> None:
    homes = world.households
    households = np.unique(households[month > homes.help_until[households]])
    children = _children_of(world, households, month)
    children = children[(world.people.role[children] == CHILD)]
    children = children[world.draws.happens(0.8, "early help/child", children, month)]
    length = 3 + world.draws.below(9, "early help/length", world.people.household[children], month)
    helped = world.people.household[children]
    homes.help_until[helped] = month + length
    parent = homes.head[helped]
    _meet(world, children, month)
    _meet(world, parent, month)
    if month < 0:
        return
    number = world.log.count("early_help") + np.arange(len(children))
    world.log.add(
        "early_help",
        episode=number,
        person=children,
        parent=parent,
        household=helped,
        month=month,
        until=month + length,
        need=need,
    )


def _children(world: World, month: int) -> None:
    rows, homes, draws = world.people, world.households, world.draws
    here = world.here()
    under = here[(world.age(here, month) < 18) & (rows.role[here] == CHILD)]
    count = world.count_in(under)
    family = np.flatnonzero((count > 0) & (homes.space >= 0))
    poor = np.isin(homes.income[family], (LOW_PAY, NO_PAY))
    private = tenure_of(world)[family] == PRIVATE
    lived = shocked(world, here, month, rows.lived_shock, 6)[family]
    push = np.exp(HARDSHIP.deprivation * deprivation_of(world)[family])
    burden = np.where(poor, 1.6, 0.8) * np.where(lived, 2.0, 0.9) * push
    asks = draws.happens(SERVICES.early_help * burden * _keeps_away(world, family) * 2.2, "early help", family, month)
    _open_early_help(world, family[asks], month, FAMILY_NEED)
    referred = draws.happens(SERVICES.referral * burden, "referral", family, month)
    kids = _children_of(world, family[referred], month)
    kids = kids[(rows.in_care[kids] > month) & draws.happens(0.75, "referral/child", kids, month)]
    _social_care(world, kids, month, REFERRAL, month)
    into = kids[(rows.plan[kids] == NO_PLAN) & draws.happens(SERVICES.plan_in_need, "in need", kids, month)]
    rows.plan[into] = IN_NEED
    _social_care(world, into, month, CHILD_IN_NEED, month)
    planned = under[rows.plan[under] > NO_PLAN]
    ends = planned[draws.happens(SERVICES.plan_ends, "plan ends", planned, month)]
    rows.plan[ends] = NO_PLAN
    world.log.add("plan_end", person=ends, month=month)
    worse = under[(rows.plan[under] == IN_NEED) & draws.happens(SERVICES.plan_protection, "protect", under, month)]
    rows.plan[worse] = PROTECTED
    _social_care(world, worse, month, CHILD_PROTECTION, month)
    known = combination(world, month, here)[family]
    trace = standing_shock(world, here, month)[family]
    chance = CARE.into_care * np.where(private, CARE.private, 1) * np.where(poor, CARE.poor, 1)
    chance = chance * np.where(rising(world)[family], CARE.rising, 1) * np.where(trace, CARE.shock, 1)
    chance = chance * np.where(known, CARE.together, 1)
    taken = family[draws.happens(chance, "into care", family, month)]
    kids = _children_of(world, taken, month)
    kids = kids[rows.in_care[kids] > month]
    eldest = draws.happens(0.55, "into care/all", rows.household[kids], month)
    _, first = np.unique(rows.household[kids], return_index=True)
    one = np.zeros(len(kids), bool)
    one[first] = True
    kids = kids[eldest | one]
    rows.in_care[kids] = month
    unseen = kids[rows.plan[kids] == NO_PLAN]
    _social_care(world, unseen, month, REFERRAL, month)
    rows.plan[kids] = PROTECTED
    _social_care(world, unseen, month, CHILD_PROTECTION, month)
    _social_care(world, kids, month, LOOKED_AFTER, month)
    if month >= 0:
        world.log.add("into_care", household=rows.household[kids], person=kids, month=month)


def _social_care(world: World, children: Numbers, month: int, event: int, when: int) -> None:
    _meet(world, children, month)
    if month < 0 or len(children) == 0:
        return
    rows = world.people
    household = rows.household[children]
    world.log.add(
        "social_care",
        person=children,
        household=household,
        month=when,
        event=event,
        space=world.households.space[household],
    )


def _adults(world: World, month: int) -> None:
    rows, draws, here = world.people, world.draws, world.here()
    age = world.age(here, month)
    # Who fell once falls again: a frailty that lasts, and weak months after a stay in hospital.
    frail = np.exp(SERVICES.frail * draws.normal("frail", here) - SERVICES.frail**2 / 2)
    ageing = np.exp(0.07 * (age - 78).clip(-13, 15)) * frail
    since = month - rows.discharged[here]
    weak = np.where(since <= 6, SERVICES.care_after_stay, 1.0) * 0.8
    chance = SERVICES.adult_care_old * ageing * weak * (1 + rows.disabled[here])
    old = here[(age >= 65) & draws.happens(chance, "care", here, month)]
    _adult_care(world, old, month, 0)
    limited = (age >= 18) & (age < 65) & (rows.disabled[here] > 0)
    _adult_care(world, here[limited & draws.happens(SERVICES.adult_care_disabled, "care", here, month)], month, 1)
    # In proportion to frailty, of which those who were in hospital have more than others.
    back = np.where(since == 1, SERVICES.back_soon * frail / np.exp(SERVICES.frail**2), 0.0)
    home = here[(age >= 65) & draws.happens(SERVICES.discharge_old * ageing + back, "discharge", here, month)]
    rows.discharged[home] = month
    suffer(world, home, month, DISCHARGE)
    _adult_care(world, home, month, 3)


def _adult_care(world: World, people: Numbers, month: int, need: int) -> None:
    """Adult care: 0 frail, 1 physical or learning disability, 2 mental health, 3 discharged from hospital."""
    _meet(world, people, month)
    if month < 0 or len(people) == 0:
        return
    length = np.where(need == 3, 1, 4 + world.draws.below(30, "care/length", people, month))
    world.log.add(
        "adult_care",
        person=people,
        household=world.people.household[people],
        space=world.households.space[world.people.household[people]],
        month=month,
        need=need,
        until=month + length,
    )


def _homelessness(world: World, month: int) -> None:
    rows, homes, draws = world.people, world.households, world.draws
    living = world.living()
    living = living[homes.duty[living] < month]
    tenure = tenure_of(world)[living]
    renting = (tenure >= 3) & (tenure <= PRIVATE)
    poor = np.isin(homes.income[living], (LOW_PAY, NO_PAY))
    deep = (homes.behind[living] > 0) & (month - homes.behind_since[living] >= 4)
    debt = SERVICES.homeless_debt * (renting & poor & deep) * np.where(tenure == PRIVATE, 1.6, 0.5)
    abused = np.maximum(
        rows.abused[homes.head[living]], np.where(homes.partner[living] >= 0, rows.abused[homes.partner[living]], -999)
    )
    violence = SERVICES.homeless_abuse * (month - abused <= 3)
    other = np.full(len(living), SERVICES.homeless_other)
    at = draws.uniform("homeless", living, month)
    reason = np.select(
        [at < debt, at < debt + violence, at < debt + violence + other], [DEBT, VIOLENCE, OTHER_REASON], NOBODY
    )
    person = np.where(
        (reason == VIOLENCE)
        & (homes.partner[living] >= 0)
        & (rows.abused[homes.partner[living]] >= rows.abused[homes.head[living]]),
        homes.partner[living],
        homes.head[living],
    )
    approach = reason >= 0
    here = world.here()
    age = world.age(here, month)
    asked = here[np.isin(rows.role[here], (CHILD, 3)) & (age >= 18) & (age < 30)]
    asked = asked[draws.happens(SERVICES.homeless_family, "asked to leave", asked, month)]
    _approach(
        world,
        np.concatenate([person[approach], asked]),
        np.concatenate([reason[approach], np.full(len(asked), FAMILY)]),
        month,
    )
    lost = living[approach & (reason != OTHER_REASON) & draws.happens(0.35, "loses home", living, month)]
    lost = lost[homes.formed[lost] < month] if month >= 0 else lost[:0]
    free = empty_of(world, None, temporary=True)[: len(lost)]
    lost = lost[: len(free)]
    if len(lost):
        close_accounts(world, lost, month)
        empty_spaces(world, lost, month)
        move_in(world, lost, free, month)


def _approach(world: World, person: Numbers, reason: Numbers, month: int) -> None:
    draws, rows, homes = world.draws, world.people, world.households
    household = rows.household[person]
    homes.duty[household] = month + 6
    _meet(world, person, month)
    if month < 0 or len(person) == 0:
        return
    children = world.count_in(here := world.here()[world.age(world.here(), month) < 18])[household]
    del here
    duty = np.select([(at := draws.uniform("duty", person, month)) < 0.45, at < 0.85, at < 0.90], [1, 2, 3], 0)
    number = world.log.count("homelessness") + np.arange(len(person))
    world.log.add(
        "homelessness",
        case=number,
        person=person,
        household=household,
        space=homes.space[household],
        month=month,
        reason=reason,
        tenure=tenure_of(world)[household],
        duty=duty,
        children=children,
        couple=homes.partner[household] >= 0,
        until=month + 2 + draws.below(5, "duty/length", person, month),
    )


def _exclusions(world: World, month: int) -> None:
    rows, draws, here = world.people, world.draws, world.here()
    if month < 0 or world.calendar.of_year(month) == 8:
        return
    age = world.age(here, month)
    pupils = here[(age >= 8) & (age < 16) & (rows.role[here] == CHILD)]
    strained = rows.lived_shock[world.households.head[rows.household[pupils]]] > month - 12
    chance = (
        SERVICES.excluded * np.where(age[np.searchsorted(here, pupils)] >= 11, 1.6, 0.4) * np.where(strained, 2.2, 0.9)
    )
    out = pupils[draws.happens(chance * np.where(rows.sex[pupils] == MAN, 1.4, 0.6), "excluded", pupils, month)]
    permanent = draws.happens(0.02, "excluded/for good", out, month)
    world.log.add("exclusion", person=out, month=month, permanent=permanent)


__all__ = ["OTHER_SOCIAL", "combination", "pass_month"]
