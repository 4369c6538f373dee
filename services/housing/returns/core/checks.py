"""The published checks of a lettings log, run as the work is done: hard ones block, soft ones ask somebody to confirm.

Pure. A check names the fields it is about, so that a form can show it beside them. Amounts are pence, days are ISO.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from kit.clock import months_after
from services.housing.returns.core import figures
from services.housing.returns.core.fields import (
    FIELDS,
    FIRST_LETS,
    MOST_PEOPLE,
    PREFERENCES,
    TEMPORARY_BEFORE,
    Field,
    weekly,
    year_of,
)

Log = Mapping[str, Any]
_UPRN: Final = re.compile(r"^[0-9]{1,12}$")
_POSTCODE: Final = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$")
_GSS: Final = re.compile(r"^E0[6-9][0-9]{6}$")
_NOT_A_REASON: Final = frozenset({"homeless", "homelessness", "temporary accommodation", "ta", "rough sleeping"})
_FIXED: Final = frozenset({4, 6})


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that does not hold. Soft ones may be confirmed, with `seen` as what was confirmed."""

    check: str
    severity: Literal["hard", "soft"]
    fields: tuple[str, ...]
    words: str
    seen: str = ""


def _hard(check: str, words: str, *fields: str) -> Finding:
    return Finding(check, "hard", fields, words)


def _soft(check: str, log: Log, words: str, *fields: str) -> Finding:
    return Finding(check, "soft", fields, words, "|".join(str(log.get(name)) for name in fields))


def _day(log: Log, name: str) -> date | None:
    value = log.get(name)
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def findings(log: Log, *, today: date, council: bool) -> list[Finding]:
    """Every check that a log does not pass. `council`: whose home it is, for the most that charges may be."""
    found = [each for field in FIELDS.values() for each in _of_field(field, log)]
    if found:
        # The others rest on values of the right kind.
        wrong = {name for each in found if each.check == "kind" for name in each.fields}
        log = {name: value for name, value in log.items() if name not in wrong}
    for check in _CHECKS:
        found += check(log)
    found += _dates(log, today)
    found += _charges(log, council)
    return found


def _of_field(field: Field, log: Log) -> Iterator[Finding]:
    value = log.get(field.name)
    if value is None or value == "":
        if field.asked:
            yield _hard("missing", f"{field.title}: not answered yet.", field.name)
        return
    if not _is_of_kind(field, value):
        yield _hard("kind", f"{field.title}: this is not one of its answers.", field.name)


def _is_of_kind(field: Field, value: Any) -> bool:
    if field.kind == "text":
        return isinstance(value, str) and len(value) <= 200
    if field.kind == "day":
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            return False
        return True
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return value in field.codes if field.kind == "code" else 0 <= value <= 10**8


def _dates(log: Log, today: date) -> Iterator[Finding]:
    starts, empty, repaired = (_day(log, name) for name in ("startdate", "voiddate", "mrcdate"))
    if starts is not None and starts > today + timedelta(days=14):
        yield _hard("start-ahead", "A tenancy is logged at most 14 days before it starts.", "startdate")
    first = log.get("rsnvac") in FIRST_LETS
    if repaired is not None and first:
        yield _hard("repairs-first-let", "A first letting has no major repairs before it.", "mrcdate", "rsnvac")
    for name, words in (("voiddate", "It stood empty"), ("mrcdate", "Repairs were done")):
        day = _day(log, name)
        if day is None or starts is None:
            continue
        if day > starts:
            yield _hard("before-start", f"{words} before the tenancy started, not after.", name, "startdate")
        elif day < months_after(starts, -240):
            yield _hard("twenty-years", f"{words} more than 20 years before: that cannot be.", name, "startdate")
        elif day < months_after(starts, -24):
            yield _soft("two_years", log, f"{words} more than two years before. Is that right?", name, "startdate")
    if empty is not None and repaired is not None and repaired < empty:
        yield _hard("repairs-after-void", "Repairs were done after it became empty.", "mrcdate", "voiddate")


def _home(log: Log) -> Iterator[Finding]:
    if (uprn := log.get("uprn")) and not _UPRN.fullmatch(uprn):
        yield _hard("uprn", "A UPRN has up to twelve digits.", "uprn")
    if (postcode := log.get("postcode_full")) and not _POSTCODE.fullmatch(postcode):
        yield _hard("postcode", "This is not a postcode.", "postcode_full")
    if (la := log.get("la")) and not _GSS.fullmatch(la):
        yield _hard("la", "The home is in England: its council has a code like E09000002.", "la")
    beds = log.get("beds")
    if beds is not None and beds > 12:
        yield _hard("beds", "At most twelve bedrooms.", "beds")
    if log.get("unittype_gn") == 2 and (beds or 0) > 1:
        yield _hard("bedsit", "A bedsit has one bedroom at most.", "beds", "unittype_gn")
    is_first = log.get("rsnvac") in FIRST_LETS
    said = log.get("first_time_property_let_as_social_housing")
    if said is not None and log.get("rsnvac") is not None and bool(said) != is_first:
        yield _hard(
            "first-let", "Why it was empty does not fit whether it is let for the first time.",
            "rsnvac", "first_time_property_let_as_social_housing",
        )  # fmt: skip
    if log.get("offered") and is_first and log["offered"] > 20:
        yield _hard("offered", "At most twenty offers before.", "offered")
    if log.get("rsnvac") == 9 and log.get("prevten") is not None and log["prevten"] not in TEMPORARY_BEFORE:
        yield _hard(
            "temporary", "A re-let to its temporary tenant: they lived in temporary housing.", "prevten", "rsnvac"
        )
    if log.get("rsnvac") == 14 and log.get("renewal") == 0:
        yield _hard("renewal", "A renewal is one of the same home by the same tenant.", "renewal", "rsnvac")


def _tenancy(log: Log) -> Iterator[Finding]:
    years, kind = log.get("tenancylength"), log.get("tenancy")
    if kind in _FIXED and years is None:
        yield _hard("fixed-term", "Say for how many years.", "tenancylength", "tenancy")
    if kind is not None and kind not in _FIXED and years is not None:
        yield _hard("no-term", "Only a fixed term has a number of years.", "tenancylength", "tenancy")
    if kind in _FIXED and years is not None:
        least = 2 if log.get("needstype") == 1 and log.get("rent_type") in (0, 1, 2) else 1
        if not least <= years <= 99:
            yield _hard("term", f"A fixed term is from {least} to 99 years.", "tenancylength")
    if log.get("joint") == 1 and log.get("hhmemb") == 1:
        yield _hard("joint", "One person alone has no joint tenancy.", "joint", "hhmemb")


def _people(log: Log) -> Iterator[Finding]:
    count = log.get("hhmemb")
    if count is not None and not 1 <= count <= MOST_PEOPLE:
        yield _hard("people", f"From one to {MOST_PEOPLE} people.", "hhmemb")
        return
    partners = 0
    for n in range(1, MOST_PEOPLE + 1):
        age, relation, work = (log.get(f"{name}{n}") for name in ("age", "relat", "ecstat"))
        given = any(each is not None for each in (age, log.get(f"sex{n}"), relation, work))
        if count is not None and n > count and given:
            yield _hard("too-many", f"Person {n} is told of, and there are {count}.", "hhmemb", f"age{n}")
        if count is not None and n <= count:
            for name in ("age", "sex", *(("relat",) if n > 1 else ()), "ecstat"):
                if log.get(f"{name}{n}") is None:
                    yield _hard("missing", f"{FIELDS[f'{name}{n}'].title}: not answered yet.", f"{name}{n}")
        if age is not None and age > 120:
            yield _hard("age", "Nobody is so old.", f"age{n}")
        if n == 1 and age is not None and age < 16:
            yield _hard("lead-age", "The lead tenant is 16 or older.", "age1")
        if log.get(f"sex{n}") not in (None, "F", "M", "X", "R"):
            yield _hard("kind", f"Sex of person {n}: F, M, X, or R for not said.", f"sex{n}")
        if relation not in (None, "P", "C", "X", "R"):
            yield _hard("kind", f"Person {n} to the lead tenant: P, C, X or R.", f"relat{n}")
        partners += relation == "P"
        if work == 9 and age is not None and age >= 16:
            yield _hard("child", "A child under 16 is not 16 or older.", f"age{n}", f"ecstat{n}")
        if age is not None and age < 16 and work is not None and work != 9:
            yield _hard("child", "Who is under 16 is a child in this log.", f"age{n}", f"ecstat{n}")
        if relation == "P" and age is not None and age < 16:
            yield _hard("partner-age", "A partner is 16 or older.", f"age{n}", f"relat{n}")
        if work == 5 and age is not None and age < 60:
            yield _soft("retired", log, "Retired before 60. Is that right?", f"age{n}", f"ecstat{n}")
        if work not in (None, 5) and age is not None and age >= 70 and n <= 2:
            yield _soft("not_retired", log, "Seventy or older and not retired. Is that right?", f"age{n}", f"ecstat{n}")
    if partners > 1:
        yield _hard("partners", "One partner at most.", "hhmemb")
    women = [
        n for n in range(1, MOST_PEOPLE + 1) if log.get(f"sex{n}") == "F" and 11 <= (log.get(f"age{n}") or 0) <= 50
    ]
    if log.get("preg_occ") == 1 and count is not None and not women:
        yield _soft("pregnancy", log, "Somebody is pregnant and no woman is from 11 to 50. Is that right?", "preg_occ")


def _before(log: Log) -> Iterator[Finding]:
    if log.get("prevten") == 13 and (log.get("age1") or 0) > 25:
        yield _hard("care", "Nobody over 25 comes from a children's home.", "prevten", "age1")
    if log.get("layear") == 1 and (log.get("renewal") == 1 or (log.get("prevloc") and log["prevloc"] == log.get("la"))):
        yield _hard(
            "just-moved", "They did not just move here: they lived in this council's area.", "layear", "prevloc"
        )
    if log.get("previous_la_known") == 1 and not log.get("prevloc"):
        yield _hard("missing", "The council they lived in before: not answered yet.", "prevloc")
    if log.get("reason") == 20:
        said = (log.get("reasonother") or "").strip().lower()
        if not said:
            yield _hard("reason-other", "Say what the other reason was.", "reasonother")
        elif said in _NOT_A_REASON:
            yield _hard("reason-other", "That is where they lived, not why they left.", "reasonother")
    given = [name for name in PREFERENCES if log.get(name) == 1]
    if log.get("reasonpref") == 1 and not given:
        yield _hard("preference", "Say which reasonable preference.", "reasonpref", *PREFERENCES)
    if log.get("reasonpref") in (2, 3) and given:
        yield _hard("preference", "No reasonable preference, and yet one is named.", "reasonpref", *given)
    if log.get("rp_homeless") == 1 and log.get("homeless") == 1:
        yield _soft(
            "homeless_preference", log, "Preference as homeless, and not assessed so?", "rp_homeless", "homeless"
        )
    if log.get("housingneeds") == 1 and log.get("housingneeds_type") is None:
        yield _hard("missing", "What the home must have: not answered yet.", "housingneeds_type")
    if log.get("illness") == 1 and not any(log.get(f"illness_type_{n}") == 1 for n in range(1, 11)):
        yield _hard("missing", "Which kind of illness: not answered yet.", "illness")


def _income(log: Log) -> Iterator[Finding]:
    if log.get("net_income_known") != 0:
        return
    pence, often = log.get("earnings"), log.get("incfreq")
    if pence is None or often is None:
        yield _hard("missing", "Income, and of how long: not answered yet.", "earnings", "incfreq")
        return
    pounds = {1: pence / 100, 2: pence * 12 / 5200, 3: pence / 5200}[often]
    people = [log.get("ecstat1"), *(log.get(f"ecstat{n}") for n in range(2, 9) if log.get(f"relat{n}") == "P")]
    starts = _day(log, "startdate")
    table = figures.incomes(year_of(starts)) if starts else {}
    ranges = [table[each] for each in people if each is not None and each in table]
    if not ranges:
        return
    soft_from, soft_to, hard_from, hard_to = (sum(each[i] for each in ranges) for i in range(4))
    if not hard_from <= pounds <= hard_to:
        yield _hard(
            "income", f"From £{hard_from} to £{hard_to:,} a week can be for who lives there.", "earnings", "ecstat1"
        )
    elif not soft_from <= pounds <= soft_to:
        words = f"£{pounds:,.0f} a week is unusual for who lives there. Is that right?"
        yield _soft("income", log, words, "earnings", "incfreq", "ecstat1")
    if log.get("benefits") == 1 and any(each in (1, 2) for each in people):
        yield _hard("benefits", "Somebody works: not all of the income is benefits.", "benefits", "ecstat1")


def _charges(log: Log, council: bool) -> Iterator[Finding]:
    period = log.get("period")
    if log.get("household_charge") == 1 or period is None:
        return
    parts = [log.get(name) for name in ("brent", "scharge", "pscharge", "supcharg")]
    if any(each is None for each in parts):
        return
    total = sum(each for each in parts if each is not None)
    if log.get("tcharge") is not None and log["tcharge"] != total:
        yield _hard("total", "All of it is not the sum of its parts.", "tcharge", "brent", "scharge")
    if weekly(total, period) < 10_00:
        yield _hard("least", "All of it is at least £10 a week.", "brent", "tcharge")
    starts = _day(log, "startdate")
    year = year_of(starts) if starts else 0
    for name, most in figures.most_charges(year, council).items():
        if weekly(log[name], period) > most:
            yield _hard("charge", f"{FIELDS[name].title}: at most £{most // 100} a week.", name)
    range_ = figures.rent(year, log.get("la") or "", log.get("beds") or 0)
    if range_ and log.get("rent_type") == 0 and log.get("needstype") == 1:
        rent = weekly(log["brent"], period)
        if not range_[0] <= rent <= range_[1]:
            words = f"£{rent // 100}.{rent % 100:02d} a week is unusual for {log['beds']} bedrooms here. Is that right?"
            yield _soft("rent", log, words, "brent", "beds", "period")
    helped = log.get("hb") in (1, 6)
    short = log.get("tshortfall")
    if log.get("hbrentshortfall") is not None and not helped:
        yield _hard("shortfall", "Only who gets help with rent has something left after it.", "hbrentshortfall", "hb")
    if helped and log.get("hbrentshortfall") is None:
        yield _hard(
            "missing", "Whether something is left to pay after help with rent: not answered yet.", "hbrentshortfall"
        )
    if log.get("hbrentshortfall") == 1 and short is None:
        yield _hard("missing", "How much is left to pay: not answered yet.", "tshortfall")
    if short is not None and short > total:
        yield _hard("shortfall", "No more is left than all of it.", "tshortfall", "tcharge")


_CHECKS: Final[tuple[Callable[[Log], Iterator[Finding]], ...]] = (_home, _tenancy, _people, _before, _income)


def open_findings(found: list[Finding], confirmed: Mapping[str, Any]) -> list[Finding]:
    """Those that still stand: a soft one is settled while what was confirmed is what the log says."""
    return [each for each in found if each.severity == "hard" or confirmed.get(each.check, {}).get("seen") != each.seen]
