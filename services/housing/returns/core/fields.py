"""The lettings log's fields: their codes by collection year, and what of them follows from what housing knows. Pure.

Codes are those of the open source of government's own form (communitiesuk/submit-social-housing-lettings-and-sales-
data, 2025/26 and 2026/27). They are data, by year; a year without a table of its own takes the last one before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

Kind = Literal["code", "whole", "money", "day", "text", "yes_no"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the file, what it holds, whether it must be answered."""

    name: str
    title: str
    kind: Kind
    codes: frozenset[int] = frozenset()
    asked: bool = True
    """Somebody has to answer; else it follows, or only sometimes applies."""


ETHNIC: Final = frozenset({1, 2, 18, 20, 3, 4, 5, 6, 7, 8, 9, 10, 15, 11, 12, 13, 14, 19, 16, 17})
ECONOMIC: Final = frozenset(range(11))
TEMPORARY_BEFORE: Final = frozenset({14, 18, 21, 7, 40})
"""prevten codes of somebody who lived in temporary accommodation: a re-let to its own tenant needs one."""
PREVIOUS: Final = frozenset(
    {30, 31, 32, 33, 40, 35, 38, 6, 27, 26, 3, 28, 39, 14, 7, 10, 29, 18, 19, 21, 13, 24, 37, 23, 9, 4, 25}
)
REASONS_2026: Final = frozenset(
    {50, 51, 52, 53, 1, 2, 45, 46, 4, 55, 9, 8, 44, 16, 17, 48, 49, 56, 57, 10, 31, 11, 34, 54, 12, 13, 14, 29, 30}
    | {18, 19, 47, 20, 28}
)
PREFERENCES: Final = ("rp_homeless", "rp_insan_unsat", "rp_medwel", "rp_hardship", "rp_dontknow")
WAITED: Final[tuple[tuple[int, int], ...]] = ((1, 2), (2, 7), (3, 8), (4, 9), (5, 10), (10, 11))
"""Under so many years: this code of layear and waityear; 10 years and more: 12."""
MOST_PEOPLE: Final = 8
WEEKS_A_YEAR: Final = {1: 52, 2: 26, 3: 13, 4: 12, 5: 50, 6: 49, 7: 48, 8: 47, 9: 46, 10: 53, 11: 51}
"""By the code of `period`: how many payments make a year."""


def _codes(name: str, title: str, codes: frozenset[int] | set[int] | range, asked: bool = True) -> Field:
    return Field(name, title, "code", frozenset(codes), asked)


_PEOPLE: Final = tuple(
    field
    for n in range(1, MOST_PEOPLE + 1)
    for field in (
        Field(f"age{n}", f"Age of person {n}", "whole", asked=False),
        Field(f"sex{n}", f"Sex of person {n}: F, M, X or R", "text", asked=False),
        *(() if n == 1 else (Field(f"relat{n}", f"Person {n} to the lead tenant: P, C, X or R", "text", asked=False),)),
        _codes(f"ecstat{n}", f"Working situation of person {n}", ECONOMIC, asked=False),
    )
)

FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        # What was let.
        _codes("needstype", "General needs (1) or supported (2)", {1, 2}),
        _codes("rent_type", "The rent's kind", range(7)),
        _codes("renewal", "The same tenant of the same home", {0, 1}),
        Field("startdate", "First day of the tenancy", "day"),
        Field("propcode", "Our reference of the home", "text", asked=False),
        Field("tenancycode", "Our reference of the tenancy", "text", asked=False),
        Field("uprn", "UPRN", "text"),
        Field("postcode_full", "Postcode", "text"),
        Field("la", "Council of the home, GSS code", "text"),
        _codes("unittype_gn", "Flat, house, ...", {1, 7, 8, 2, 4, 9, 10, 6}),
        _codes("builtype", "Built for it (1) or converted (2)", {1, 2}),
        _codes("wchair", "Adapted for a wheelchair", {1, 2}),
        Field("beds", "Bedrooms", "whole"),
        _codes("rsnvac", "Why it was empty", {5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22}),
        _codes("first_time_property_let_as_social_housing", "Let as social housing for the first time", {0, 1}),
        Field("voiddate", "Empty since", "day", asked=False),
        Field("mrcdate", "Major repairs done on", "day", asked=False),
        Field("offered", "Offers of it before this one", "whole"),
        # How it is held.
        _codes("startertenancy", "A starter tenancy", {1, 2}),
        _codes("tenancy", "Kind of tenancy", {4, 6, 2, 7, 8, 5, 3}),
        Field("tenancylength", "Years of a fixed term", "whole", asked=False),
        _codes("joint", "A joint tenancy", {1, 2, 3}),
        # Who lives there.
        Field("hhmemb", "How many people", "whole"),
        *_PEOPLE,
        _codes("ethnic", "Ethnicity of the lead tenant", ETHNIC),
        Field("nationality_all", "Nationality of the lead tenant, a country's code", "whole"),
        _codes("armedforces", "Served in the armed forces", {1, 2, 3, 4, 5, 6}),
        _codes("preg_occ", "Somebody is pregnant", {1, 2, 3}),
        _codes("housingneeds", "Somebody has a disability that the home must suit", {1, 2, 3}),
        _codes("housingneeds_type", "What the home must have", {0, 1, 2, 3}, asked=False),
        _codes("illness", "Somebody has a long illness", {1, 2, 3}),
        *(_codes(f"illness_type_{n}", f"Kind of illness {n}", {0, 1}, asked=False) for n in range(1, 11)),
        # Where they come from.
        _codes("layear", "How long in this council's area", {1, 2, 7, 8, 9, 10, 11, 12, 6}),
        _codes("waityear", "How long on its register", {13, 2, 7, 8, 9, 10, 11, 12, 6}),
        _codes("reason", "Why they left their last settled home", REASONS_2026),
        Field("reasonother", "Another reason, in words", "text", asked=False),
        _codes("prevten", "Where they lived before", PREVIOUS),
        _codes("homeless", "Assessed as homeless by a council", {11, 1}),
        _codes("previous_la_known", "The council they lived in before is known", {0, 1}),
        Field("prevloc", "That council, GSS code", "text", asked=False),
        _codes("reasonpref", "Given reasonable preference", {1, 2, 3}),
        *(_codes(name, f"Reasonable preference: {name}", {0, 1}, asked=False) for name in PREFERENCES),
        _codes("cbl", "Let by choice", {0, 1}),
        _codes("cap", "By a common allocation policy", {0, 1}),
        _codes("chr", "By a common housing register", {0, 1}),
        _codes("accessible_register", "By an accessible register", {0, 1}),
        _codes("referral_register", "How they came to it", {1, 2, 3, 4, 5, 6, 7, 8, 9}),
        # Money.
        _codes("net_income_known", "Income is known", {0, 1, 2}),
        _codes("incfreq", "Income a week (1), month (2) or year (3)", {1, 2, 3}, asked=False),
        Field("earnings", "Income of lead tenant and partner", "money", asked=False),
        _codes("hb", "Help with rent", {1, 6, 9, 10, 3}),
        _codes("benefits", "How much of the income is benefits", {1, 2, 3, 4}),
        _codes("household_charge", "The home has neither rent nor charges", {0, 1}),
        _codes("period", "How often rent is due", frozenset(WEEKS_A_YEAR)),
        Field("brent", "Basic rent", "money"),
        Field("scharge", "Service charge", "money"),
        Field("pscharge", "Personal service charge", "money"),
        Field("supcharg", "Support charge", "money"),
        Field("tcharge", "All of it", "money", asked=False),
        _codes("hbrentshortfall", "Something is left to pay after help with rent", {1, 2, 3}, asked=False),
        Field("tshortfall", "How much of it", "money", asked=False),
    )
}


# What follows -------------------------------------------------------------------------------------------------

RENT_TYPE: Final = {
    "social": 0,
    "market_80": 1,
    "london_affordable": 2,
    "london_living": 4,
    "market_50": 5,
    "market_60": 5,
}
TENANCY: Final = {
    "assured_shorthold_fixed": 4,
    "secure_fixed": 6,
    "assured_lifetime": 2,
    "secure_lifetime": 7,
    "periodic": 8,
    "licence": 5,
    "other": 3,
}
UNIT: Final = {
    "flat": 1, "maisonette": 1, "house": 7, "bungalow": 8, "bedsit": 2, "shared_flat": 4, "shared_house": 9, "other": 6,
}  # fmt: skip
VACANCY: Final = {
    "first_let_new_build": 15,
    "first_let_converted": 16,
    "first_let_leased": 17,
    "internal_transfer": 13,
    "to_other_social": 12,
    "to_private": 8,
    "to_care_home": 18,
    "to_hospital": 20,
    "died_no_succession": 5,
    "succession_downsized": 19,
    "abandoned": 6,
    "evicted_arrears": 10,
    "evicted_antisocial": 11,
    "evicted_both": 21,
    "to_its_temporary_occupant": 9,
    "renewal": 14,
    "other": 22,
}
FIRST_LETS: Final = frozenset({15, 16, 17})
SEX: Final = {"female": "F", "male": "M"}


def waited(since: date, on: date) -> int:
    """The code of waityear (and layear) for so long."""
    years = on.year - since.year - ((on.month, on.day) < (since.month, since.day))
    return next((code for under, code in WAITED if years < under), 12)


def year_of(day: date) -> int:
    """The collection year of a tenancy: 1 April to 31 March, named by the year in which it begins."""
    return day.year - (day.month < 4)


def weekly(amount_pence: int, period: int) -> int:
    """An amount of a rent period as of one week, in pence; a half goes up (value / 52 x payments a year)."""
    payments = WEEKS_A_YEAR[period]
    return (2 * amount_pence * payments + 52) // 104


def shown(name: str, value: Any) -> str:
    """A value as the file has it: pounds with two places, days as day/month/year."""
    if value is None:
        return ""
    kind = FIELDS[name].kind
    if kind == "money":
        return f"{value // 100}.{value % 100:02d}"
    if kind == "day":
        year, month, day = str(value).split("-")
        return f"{day}/{month}/{year}"
    return str(value)
