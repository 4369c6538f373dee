"""The numbers of the demo borough in one place, and where each comes from.

[P] published account of Barking and Dagenham (spec/mission.md: Demos 2024, council pamphlet 2019).
[C] Census 2021 and IMD 2025 (place.csv). [S] set so that a [P] figure comes out; tests measure that it does.
[J] judgement: plausible for an outer London borough, no figure is claimed for it.
All chances are by month unless said otherwise.
"""

from dataclasses import dataclass, field

# --- What must be found again ---------------------------------------------------------------------------------------

RELATIVE_RISK = 8.0
"""Private rent + low or no pay + rising debt + a shock against all other households: children coming into care [P]."""
PREVALENCE = 0.044
"""Households that hold the combination now: 3,500 of 80,000 [P]."""
KNOWN_SHARE = 1_700 / 3_500
"""Of them, known to services: 1,700 of 3,500; just over half are not [P]."""

JOB_LOSS, ABUSE, MENTAL_HEALTH, BEREAVEMENT, DISCHARGE = range(5)
SHOCK_MONTHS = (12, 24, 24, 24, 12)
"""A shock stands so many months (as in One View's profiles): a lost job or a stay in hospital a year, others two."""
RISING_MONTHS = 6
"""Debt is rising when the line through the last months' debts to the council (those with any: three at least) ..."""
RISING_BY = 20.0
"""... climbs by so many pounds a month ..."""
RISING_FROM = 50.0
"""... and so much is owed now."""
KNOWN_MONTHS = 24
"""Known: a service (not council tax, benefits, rent, school, police) met someone of the household in so many months."""
FOLLOW_MONTHS = 12
"""The relative risk: combination held at a month's end, a child coming into care in so many months after."""

FALLS = (2.8, 0.137)
"""Odds ratio of an earlier fall for another (meta-analysis of 74 studies: Deandrea and others, Epidemiology 21, 2010);
readmissions within 30 days, England 2017/18 (Nuffield Trust). A stay in hospital stands for the fall, which no
council's system holds."""

BURN_IN = 24
"""Months lived before the first that is written, so that debts, shocks and contacts start as they go on."""


@dataclass(frozen=True)
class Living:
    """Homes and who comes and goes."""

    household_size: float = 2.75  # 220,000 people in 80,000 households (spec); the census has 2.96
    empty: float = 0.035  # [J]
    shared_areas: float = 0.35  # areas with shared houses, whose rooms are homes of one address [J]
    shared: float = 0.35  # of private terraces and converted houses there
    temporary: float = 0.18  # of council flats: about 2% of all homes, 1,470 to 2,000 placements [P]
    moves: tuple[float, ...] = (0.003, 0.004, 0.006, 0.004, 0.004, 0.015)  # by tenure [J]
    moves_away: float = 0.45  # of moves, to another borough [J]
    births: float = 0.0110  # women of 20 to 39 who head a home or live with who does [S]: keeps the youngest as many
    twins: float = 0.016  # of births; ONS: one in 65
    leaves_home: float = 0.006  # grown children of 18 to 32 [J]
    parts: float = 0.0012  # couples [J]
    parts_after_abuse: float = 0.05  # in the three months after an incident [J]
    pairs: float = 0.0022  # single heads of 20 to 60 [J]
    takes_name: float = 0.45  # women who pair up and change their surname [J]


@dataclass(frozen=True)
class Hardship:
    """Work, shocks and debts."""

    no_pay: tuple[float, ...] = (0.01, 0.11, 0.34, 0.62, 0.85)  # by dimensions of deprivation [J on C]
    low_pay: tuple[float, ...] = (0.10, 0.30, 0.40, 0.30, 0.15)
    by_tenure: tuple[float, ...] = (0.50, 0.55, 0.65, 1.10, 1.10, 1.85)
    job_lost: tuple[float, ...] = (
        0.0030,
        0.038,
        0.017,
    )  # other, low pay, no pay (another earner, a job of a few weeks)
    job_found: float = 0.06  # from no pay
    better_paid: float = 0.0055  # from low pay
    worse_paid: float = 0.0035  # other to low pay without losing the job
    abuse: float = 0.0035  # incidents the police record, by adult couple or lone parent household [J]
    mental_health: float = 0.004
    deprivation: float = 0.16  # log-hazard of a shock or of falling behind for one standard deviation of the area
    fall_behind: tuple[float, ...] = (0.0022, 0.014, 0.018, 0.0012)  # by income
    after_shock: float = 10.0  # times as likely to fall behind within three months of a shock
    private_behind: float = 3.1
    recover: tuple[float, ...] = (0.13, 0.045, 0.038, 0.12)
    recover_after_shock: float = 0.55  # as likely to recover within six months of a shock
    frailty: float = 0.55  # log-hazard for one standard deviation of the household's own lasting strain
    misses_when_behind: float = 0.80
    misses_otherwise: float = 0.002
    rent_follows: float = (
        0.16  # rent falls behind after council tax has been behind at least a month [P: council tax first]
    )
    rent_alone: float = 0.0006
    rent_recovers: float = 0.30  # once council tax is paid again
    takes_up: tuple[float, ...] = (0.0, 0.94, 0.98, 0.75)  # council tax support, by income
    pensioner_poor: float = 0.35


@dataclass(frozen=True)
class Care:
    """Children coming into care: chance by month for a household with children, and what multiplies it."""

    into_care: float = 0.000095  # [S] about 130 households a year in 80,000
    private: float = 1.35
    poor: float = 1.7
    rising: float = 1.6
    shock: float = 1.7
    together: float = 5.9  # [S] all four at once, over the product of the parts


@dataclass(frozen=True)
class Services:
    """Contacts with services; `keeps_away` is the share of households that seldom ask for help."""

    keeps_away: float = 0.55
    away: float = 0.12
    hub: float = 0.0094
    early_help: float = 0.0011
    referral: float = 0.0019
    plan_in_need: float = 0.40
    plan_protection: float = 0.06
    plan_ends: float = 0.12
    adult_care_old: float = 0.0032
    adult_care_disabled: float = 0.0008
    discharge_old: float = 0.0025  # stays in hospital told to the council, at 78 [J]
    frail: float = 0.95  # [S] spread of a person's lasting log-hazard of both: odds 2.8 after an earlier stay (FALLS)
    back_soon: float = 0.12  # [S] back in the month after, besides: 13.7% within 30 days (FALLS)
    care_after_stay: float = 3.0  # times as likely to need care within six months of a stay [J]
    excluded: float = 0.0026
    homeless_debt: float = 0.0042  # behind for four months or more, poor, renting [P: debt leads]
    homeless_abuse: float = 0.027  # within three months of an incident [P: domestic abuse leads]
    homeless_family: float = 0.0009  # a grown child asked to leave
    homeless_other: float = 0.0002


@dataclass(frozen=True)
class Noise:
    """How often a system writes something down otherwise than it is, by source (shares of rows with the field) [J]."""

    nickname: float = 0.03
    transliteration: float = 0.10  # of names that have other spellings
    swapped: float = 0.008
    slip_name: float = 0.015
    slip_born: float = 0.012
    default_born: float = 0.006
    missing_born: float = 0.01
    wrong_house: float = 0.012
    old_address: float = 0.02
    old_surname: float = 0.25
    initial: float = 0.0
    missing_phone: float = 0.25
    missing_email: float = 0.45
    missing_uprn: float = 0.03
    duplicate: float = 0.004


LIVING = Living()
HARDSHIP = Hardship()
CARE = Care()
SERVICES = Services()


@dataclass(frozen=True)
class Sources:
    """Each source's noise."""

    of: dict[str, Noise] = field(
        default_factory=lambda: {
            "council_tax_accounts": Noise(
                initial=0.12, nickname=0.02, slip_name=0.02, missing_phone=0.45, missing_uprn=0.01
            ),
            "rent_accounts": Noise(nickname=0.02, slip_born=0.008, default_born=0.012),
            "benefit_claims": Noise(
                nickname=0.004, slip_name=0.006, slip_born=0.004, default_born=0.0, missing_born=0.0
            ),
            "school_census": Noise(nickname=0.02, slip_born=0.004, default_born=0.0, missing_born=0.0, swapped=0.012),
            "early_help": Noise(nickname=0.06, missing_born=0.04, slip_name=0.02, missing_uprn=1.0),
            "social_care": Noise(nickname=0.04, missing_born=0.015, duplicate=0.02),
            "adult_care": Noise(nickname=0.05, slip_born=0.01),
            "domestic_abuse": Noise(
                nickname=0.06, slip_name=0.03, missing_born=0.10, slip_born=0.02, old_address=0.05, default_born=0.02
            ),
            "homelessness": Noise(nickname=0.04, slip_name=0.02, old_address=0.06, swapped=0.015),
            "hub_contacts": Noise(
                nickname=0.14,
                transliteration=0.25,
                slip_name=0.035,
                missing_born=0.30,
                slip_born=0.02,
                swapped=0.02,
                duplicate=0.015,
            ),
            "register": Noise(nickname=0.03),
            "panel_pool": Noise(nickname=0.05, missing_born=0.2),
            "volunteers": Noise(nickname=0.10, missing_born=0.5),
        }
    )


NOISE = Sources().of
STALE_ACCOUNT = 0.03
"""Council tax accounts of people who left that were never closed [J]."""
