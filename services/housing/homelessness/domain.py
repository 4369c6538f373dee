"""What an assessment may say and what it means: the facts the machine asks for. Pure.

An officer finds; these rules only refuse what cannot be: a finding against the ages in the household, a notice that
could not be given on that day, a threat farther away than the law looks. Each refusal names field, rule and section.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kit.clock import months_after
from kit.errors import FieldError, Invalid, invalid
from services.housing.homelessness.codes import Homelessness, Landlord, NoticeType, Role, YesNo
from services.housing.homelessness.law.clocks import LAW, Law, age
from services.housing.homelessness.law.machine import Fact


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the household, as far as the law asks."""

    role: Role
    born_on: date | None = None
    pregnant: bool = False
    care_leaver: bool = False
    in_education: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A landlord's notice."""

    type: NoticeType
    landlord: Landlord
    served_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """What an assessment found."""

    made_on: date
    reason_to_believe: bool = False
    eligible: YesNo = YesNo.UNKNOWN
    homelessness: Homelessness = Homelessness.UNKNOWN
    homeless_on: date | None = None
    notice: Notice | None = None
    priority: YesNo = YesNo.UNKNOWN
    priority_category: str | None = None
    intentional: YesNo = YesNo.UNKNOWN
    intentional_reasons: str | None = None
    connection_here: YesNo = YesNo.UNKNOWN
    connection_there: YesNo = YesNo.UNKNOWN
    connection_authority: str | None = None
    violence_there: YesNo = YesNo.UNKNOWN


def dependent(member: Member, on: date) -> bool:
    """A child under 18, or under 19 in education (Code of Guidance chapter 8); of no known age: a child."""
    if member.role is not Role.CHILD:
        return False
    if member.born_on is None:
        return True
    rule = LAW.number("dependent_child_in_education_under" if member.in_education else "dependent_child_under", on)
    return rule is not None and age(member.born_on, on) < rule.value


def has_family_commitments(members: Sequence[Member], on: date) -> bool:
    """A pregnant person or a dependent child belongs to it (SI 2003/3326 art 2)."""
    return any(each.pregnant or dependent(each, on) for each in members)


def suggested(members: Sequence[Member], signs: Sequence[str], on: date) -> list[str]:
    """Priority needs that ages and what was told suggest; an officer finds, this only reminds."""
    found = []
    if any(each.pregnant for each in members) or "pregnant" in signs:
        found.append("pregnant")
    if any(dependent(each, on) for each in members) or "dependent_children" in signs:
        found.append("dependent_children")
    main = next((each for each in members if each.role is Role.MAIN), None)
    years = age(main.born_on, on) if main is not None and main.born_on is not None else None
    if years in (16, 17) or "aged_16_or_17" in signs:
        found.append("aged_16_or_17")
    if main is not None and main.care_leaver and years is not None:
        found.append("care_leaver_18_to_20" if 18 <= years <= 20 else "vulnerable_care_leaver")
    if "fleeing_domestic_abuse" in signs:
        found.append("domestic_abuse")
    return [each for each in found if each in LAW.priorities_on(on)]


def threat(finding: Finding, law: Law = LAW) -> str | None:
    """By what they are threatened on the day of the finding: "notice", "day" or None (s175(4) and (5))."""
    on, notice = finding.made_on, finding.notice
    told = notice is not None and law.notice(notice.type.value, notice.landlord.value, on) is not None
    if told and notice is not None and notice.expires_on <= law.clock("notice", on).last_day(on):
        return "notice"
    if finding.homeless_on is not None and finding.homeless_on <= law.clock("threatened", on).last_day(on):
        return "day"
    return None


def check(finding: Finding, members: Sequence[Member], made_on: date, today: date, law: Law = LAW) -> None:
    """`Invalid` with every fault at once. `made_on` is the day of the application."""
    faults = [*_days(finding, made_on, today), *_homelessness(finding, law), *_persons(finding, members, law)]
    if faults:
        raise Invalid(faults[0].detail, *faults)


def _days(finding: Finding, made_on: date, today: date) -> Iterator[FieldError]:
    if finding.made_on < made_on:
        detail = f"Not before they applied, on {made_on.isoformat()} (Housing Act 1996 ss184 and 189A(1))."
        yield FieldError("/made_on", detail, "assess-after-application")
    if finding.made_on > today:
        yield FieldError("/made_on", "It is recorded once it was made.", "not-in-the-future")
    notice = finding.notice
    if notice is not None:
        if notice.served_on > finding.made_on:
            yield FieldError("/notice/served_on", "It was served by the day you looked at it.", "dates-in-order")
        if notice.expires_on < notice.served_on:
            yield FieldError("/notice/expires_on", "Not before it was served.", "dates-in-order")


def _homelessness(finding: Finding, law: Law) -> Iterator[FieldError]:
    on, notice = finding.made_on, finding.notice
    # Section 8 notices were given long before they became a threat by themselves: their day is not asked.
    s21 = notice is not None and notice.type is NoticeType.S21_LEGACY
    if s21 and notice is not None and law.notice(notice.type.value, notice.landlord.value, notice.served_on) is None:
        detail = "A private landlord can give no section 21 notice from 1 May 2026 (Renters' Rights Act 2025)."
        yield FieldError("/notice/type", detail, "notice-in-force")
    if finding.homelessness is Homelessness.THREATENED and threat(finding, law) is None:
        clock = law.clock("threatened", on)
        last = clock.last_day(on).isoformat()
        detail = f"Say by when or by which notice: within {clock.days} days, that is by {last} ({clock.section})."
        yield FieldError("/homelessness", detail, "threatened-within-56-days")
    if finding.homelessness is Homelessness.HOMELESS and finding.homeless_on is not None and finding.homeless_on > on:
        detail = "From a day to come they are threatened with homelessness (Housing Act 1996 s175(4))."
        yield FieldError("/homeless_on", detail, "homeless-by-now")


def _persons(finding: Finding, members: Sequence[Member], law: Law) -> Iterator[FieldError]:
    on = finding.made_on
    known = law.priorities_on(on)
    if finding.priority is YesNo.YES and finding.priority_category not in known:
        detail = f"Say which, as the law had it on that day: {', '.join(sorted(known))} (Housing Act 1996 s189)."
        yield FieldError("/priority_category", detail, "priority-need-in-force")
    if finding.priority is not YesNo.YES and finding.priority_category is not None:
        yield FieldError("/priority_category", "Only of a priority need that was found.", "priority-need-found")
    if finding.priority is YesNo.NO and has_family_commitments(members, on):
        detail = "With a pregnant person or a dependent child there is one (Housing Act 1996 s189(1)(a) and (b))."
        yield FieldError("/priority", detail, "automatic-priority-need")
    if finding.intentional is YesNo.YES:
        yield from _intentional(finding, members, law)
    if finding.connection_there is YesNo.YES and finding.connection_authority is None:
        detail = "Say with which authority, by its code (Housing Act 1996 s199)."
        yield FieldError("/connection_authority", detail, "which-authority")


def _intentional(finding: Finding, members: Sequence[Member], law: Law) -> Iterator[FieldError]:
    on = finding.made_on
    if not finding.intentional_reasons:
        detail = (
            "Say what was deliberately done or not done, and why it was reasonable to stay (Housing Act 1996 s191)."
        )
        yield FieldError("/intentional_reasons", detail, "reasons-of-s191")
    if finding.homelessness not in (Homelessness.HOMELESS, Homelessness.THREATENED):
        yield FieldError("/intentional", "Only of somebody homeless (Housing Act 1996 s191).", "homeless-first")
    rule = law.number("care_leaver_never_intentional_under", on)
    if rule is not None and protected(members, on, law):
        detail = f"A care leaver under {rule.value} is never found to be so ({rule.section})."
        yield FieldError("/intentional", detail, "care-leaver-not-intentional")


def protected(members: Sequence[Member], on: date, law: Law = LAW) -> bool:
    """A care leaver too young to be found intentionally homeless applies, or their partner does."""
    rule = law.number("care_leaver_never_intentional_under", on)
    return rule is not None and any(
        each.role in (Role.MAIN, Role.PARTNER)
        and each.care_leaver
        and (each.born_on is None or age(each.born_on, on) < rule.value)
        for each in members
    )


# Local connection ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lived:
    """Where they lived: `until` is the first day no longer, None: still. `counts`: not prison, hospital or forces."""

    since: date
    until: date | None
    counts: bool = True


def local_by_residence(spells: Sequence[Lived], on: date, law: Law = LAW) -> bool:
    """Six of the last 12 months, or three of the last five years (s199(1)(a)); temporary accommodation counts."""
    for months, window in (("local_months_of_12", "local_window_short"), ("local_months_of_60", "local_window_long")):
        least, within = law.number(months, on), law.number(window, on)
        if least is None or within is None:
            raise invalid("/on", "There was no such rule then.", "before-the-law")
        if _covered(spells, months_after(on, -within.value), on) >= _days_of(on, least.value):
            return True
    return False


def _days_of(on: date, months: int) -> int:
    return (on - months_after(on, -months)).days


def _covered(spells: Sequence[Lived], first: date, after: date) -> int:
    """Days from `first` to before `after` that some spell covers; two at once count once."""
    days: set[int] = set()
    for each in spells:
        if each.counts:
            begins, ends = max(each.since, first), min(each.until or after, after)
            days.update(range(begins.toordinal(), ends.toordinal()))
    return len(days)


# What the machine asks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands besides the findings on the day of a decision."""

    on: date
    clocks: dict[str, date]
    """The last day of the clock of each live duty that has one."""
    live: frozenset[str] = frozenset()
    plan_given: bool = False
    warned_on: date | None = None
    review_open: bool = False
    protected: bool = False
    """A care leaver applies whom nobody may find intentionally homeless."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an officer says with a decision."""

    suitable: bool | None = None
    informed: bool | None = None
    prospect_months: int | None = None
    provided: bool | None = None


def facts_of(finding: Finding | None, standing: Standing, said: Particulars, law: Law = LAW) -> dict[str, Fact]:
    """The machine's facts; what nobody found is absent, so that no condition rests on it."""
    on = standing.on
    facts: dict[str, Fact] = {
        "interim": _word("interim" in standing.live),
        "pending_review": _word("pending_review" in standing.live),
        "review_open": _word(standing.review_open),
        "plan_given": _word(standing.plan_given),
        "protected": _word(standing.protected),
        "warned": _word(standing.warned_on is not None and law.clock("warning", on).last_day(standing.warned_on) < on),
        "prospect_months": said.prospect_months,
        "suitable": None if said.suitable is None else _word(said.suitable),
        "informed": None if said.informed is None else _word(said.informed),
        "provided": None if said.provided is None else _word(said.provided),
    }
    for duty in ("prevention", "relief"):
        last = standing.clocks.get(duty)
        facts[f"{duty}_days_passed"] = _word(last is not None and on > last)
    if finding is not None:
        facts |= {
            "reason_to_believe": _word(finding.reason_to_believe),
            "eligible": finding.eligible.value,
            "homelessness": finding.homelessness.value,
            "priority": finding.priority.value,
            "intentional": finding.intentional.value,
            "connection_here": finding.connection_here.value,
            "connection_there": finding.connection_there.value,
            "violence_there": finding.violence_there.value,
            "notice": _word(threat(finding, law) == "notice"),
        }
    return facts


def _word(value: bool) -> str:
    return "yes" if value else "no"


def check_order(made_on: date, today: date, *earlier: tuple[date | None, str, str]) -> None:
    """A decision's day: not to come, and not before what it follows (day, what it was, section)."""
    if made_on > today:
        raise invalid("/made_on", "It is recorded once it was made.", "not-in-the-future")
    for day, what, section in earlier:
        if day is not None and made_on < day:
            raise invalid("/made_on", f"Not before {what}, on {day.isoformat()} ({section}).", "duty-dates-in-order")
