"""The checks of the homelessness return, made on the case as staff work. Pure.

`published`: a rule that vendors' published notes name. The others follow from what the sections ask for. Each finding
names section, field and rule and says what to do; an error keeps the quarter's file back, a warning does not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

from kit.clock import months_after
from services.housing.returns.hclic.case import Case, DutySpell, Spell
from services.housing.returns.hclic.codes import Codes

Severity = Literal["error", "warning"]
_CLOCKED: Final = ("prevention", "relief")
_HOUSED_BY: Final = {
    "interim_188": "interim",
    "relief_189b": "relief",
    "main_193": "main",
    "intentional_190": "intentional",
    "non_cooperation_193c": "limited",
    "referral_200": "pending_referral",
    "pending_review_188_3": "pending_review",
}
"""Which duty must be owed for a stay under it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a case."""

    rule: str
    severity: Severity
    section: str
    field: str
    words: str
    published: bool = False


def _error(rule: str, section: str, field: str, words: str, *, published: bool = False) -> Finding:
    return Finding(rule, "error", section, field, words, published)


def _warning(rule: str, section: str, field: str, words: str) -> Finding:
    return Finding(rule, "warning", section, field, words)


def findings(case: Case, codes: Codes, today: date) -> list[Finding]:
    """Every fault of a case as it stands today, errors first. A referral that is no application has none."""
    if not case.applied:
        return []
    found = [each for check in _CHECKS for each in check(case, codes, today)]
    return sorted(found, key=lambda each: (each.severity, each.section, each.field, each.rule))


def _main(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    if case.source == "duty_to_refer" and not case.referred_by:
        yield _error("referral-says-by-whom", "Main", "REFERRAL_BODY", "Say which public body referred them (s213B).")
    if case.made_on > today:
        yield _error("application-not-to-come", "Main", "APPLICATION_DATE", "The application lies in the future.")
    found = case.assessment
    if found is None:
        if case.duties:
            yield _error(
                "assessed-before-duty", "Main", "ASSESS_DATE", "A duty is recorded and no assessment: assess them."
            )
        return
    if found.first_on < case.made_on:
        yield _error(
            "assessed-after-application",
            "Main",
            "ASSESS_DATE",
            f"Assessed on {found.first_on.isoformat()}, before the application of {case.made_on.isoformat()}.",
            published=True,
        )
    if not case.duties or found.eligible == "no":
        return
    if found.eligible == "unknown":
        yield _error("eligibility-known", "Main", "ELIGIBLE", "A duty is owed: say whether they are eligible (s185).")
    asked = (
        ("REASONLOSS", found.loss_reason, "why the last settled home is or was lost"),
        ("LASTACCOM", found.last_settled, "what the last settled home was"),
        ("CURRENTACCOM", found.accommodation_now, "where they live now"),
    )
    for field, value, words in asked:
        if value is None:
            yield _error("asked-at-first-report", "Main", field, f"Say in the assessment {words}.")
        elif codes.of(field, value) is None:
            yield _error("code-known", "Main", field, "This answer counts as none of the published categories.")
    yield from _consistent(case, codes)


def _consistent(case: Case, codes: Codes) -> Iterator[Finding]:
    found = case.assessment
    if found is None or found.loss_reason is None or found.last_settled is None:
        return
    reason, last = codes.of("REASONLOSS", found.loss_reason), codes.of("LASTACCOM", found.last_settled)
    fits = codes.consistent.get(reason or "")
    if reason and last and fits is not None and last not in fits:
        yield _error(
            "reason-fits-last-home",
            "Main",
            "LASTACCOM",
            f"'{codes.title('REASONLOSS', reason)}' does not fit '{codes.title('LASTACCOM', last)}'.",
            published=True,
        )
    now = codes.of("CURRENTACCOM", found.accommodation_now)
    at_home = found.homelessness == "threatened" and found.loss_reason != "home_no_longer_suitable_ill_health"
    if at_home and now and last and now != last and now in (codes.consistent.get(reason or "") or ()):
        yield _warning(
            "threatened-is-still-there",
            "Main",
            "CURRENTACCOM",
            "Threatened with homelessness from one kind of home, and living in another: is that so?",
        )


def _people(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    there = [each for each in case.people if each.left_on is None]
    mains = [each for each in there if each.role == "main_applicant"]
    if not case.duties and not case.stays:
        return
    if len(mains) != 1:
        yield _error(
            "one-main-applicant", "People", "ROLE", f"A household has exactly one main applicant, here {len(mains)}."
        )
    for each in there:
        if each.born_on is None:
            yield _error(
                "birth-date-known", "People", "BIRTH_DATE", f"The date of birth of the {_who(each.role)} is missing."
            )
        elif each.born_on > case.made_on and each.role != "child":
            yield _error("born-before-application", "People", "BIRTH_DATE", f"The {_who(each.role)} was born later.")
        elif each.role == "main_applicant" and months_after(each.born_on, 16 * 12) > case.made_on:
            yield _error("applicant-is-16", "People", "BIRTH_DATE", "The main applicant was not 16 when they applied.")
        elif each.role == "child" and each.born_on < months_after(case.made_on, -19 * 12):
            yield _warning("child-is-a-child", "People", "ROLE", "A child of 19 or more counts as another adult.")
        if each.sex == "unknown":
            yield _warning("sex-known", "People", "SEX", f"The sex of the {_who(each.role)} is not known.")
    if sum(each.role == "partner" for each in there) > 1:
        yield _error("one-partner", "People", "ROLE", "A household has at most one partner of the main applicant.")


def _who(role: str) -> str:
    return {"main_applicant": "main applicant", "other": "other adult"}.get(role, role)


def _duties(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    for each in case.duties:
        section = {"prevention": "Prevention", "relief": "Relief"}.get(each.duty, "Final duties")
        if each.started_on < case.made_on:
            yield _error(
                "duty-after-application",
                section,
                "DUTY_START",
                f"The {each.duty} duty began on {each.started_on.isoformat()}, before the application.",
                published=True,
            )
        # Worked out at midnight, a duty that lasted no whole day ends the day before it began.
        if each.ended_on is not None and each.ended_on < each.started_on - timedelta(days=1):
            yield _error("duty-ends-after-start", section, "DUTY_END", f"The {each.duty} duty ended before it began.")
        if (each.ended_on is None) != (each.end_reason is None):
            yield _error("reason-with-end", section, "END_REASON", "An end has its reason, and a reason its end.")
        yield from _home_of(each, case, codes, section)
        if each.duty in _CLOCKED and each.end_reason is not None and each.end_word is not None:
            field = "PREVENTION_END" if each.duty == "prevention" else "RELIEF_END"
            if codes.of(field, each.end_word) is None:
                yield _error("code-known", section, "END_REASON", "This reason counts as none that is published.")
        if each.duty == "prevention" and each.ended_on is None and (today - each.started_on).days > 56:
            yield _warning(
                "prevention-past-56-days",
                section,
                "DUTY_END",
                "56 days of prevention have passed: end it by notice, or go on and say why (s195(8)(b)).",
            )
    for prevention in case.of("prevention"):
        for relief in case.of("relief"):
            if prevention.started_on <= relief.started_on and (
                prevention.ended_on is None or relief.started_on < prevention.ended_on
            ):
                yield _error(
                    "relief-after-prevention", "Relief", "DUTY_START", "Relief begins once prevention has ended (s195)."
                )


def _home_of(each: DutySpell, case: Case, codes: Codes, section: str) -> Iterator[Finding]:
    if each.duty not in _CLOCKED or each.ended_on is None:
        return
    field = "ACCOM_PR" if each.duty == "prevention" else "ACCOM_RE"
    secured = each.end_reason == "accommodation_secured"
    if secured != (each.accommodation is not None):
        words = "Say where they live now." if secured else "A home is said only where the duty ended in one."
        yield _error("home-if-secured", section, field, words)
    elif each.accommodation is not None and codes.of(field, each.accommodation) is None:
        yield _error("code-known", section, field, "This answer counts as none of the published categories.")
    found = case.assessment
    if each.duty == "prevention" and each.stayed and each.accommodation and found and found.accommodation_now:
        now, then = codes.of(field, each.accommodation), codes.of("CURRENTACCOM", found.accommodation_now)
        if now not in (then, "other"):
            yield _error(
                "stayed-is-the-same-home",
                section,
                field,
                "They stayed where they were: ACCOM_PR is CURRENTACCOM, or other.",
                published=True,
            )


def _final(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    decided = case.decision("md1")
    main = case.of("main")
    if main and (case.assessment is None or not case.assessment.priority_category):
        yield _error(
            "priority-need-known", "Final duties", "PRIORITY_NEED", "Say which priority need was found (s189)."
        )
    if main and decided is None:
        yield _error(
            "decision-with-main-duty",
            "Final duties",
            "FINAL_DECISION",
            "The main duty is owed and no decision says so.",
        )
    owed = [each for each in case.of("relief") if each.end_reason in ("days_passed", "refused_to_cooperate")]
    if owed and decided is None and owed[-1].ended_on is not None:
        # 15 working days are the Code's; three weeks hold them with no bank holiday counted.
        late = today > owed[-1].ended_on + timedelta(days=21)
        words = "Relief has ended: decide what is owed now and tell them (s184)."
        yield (_error if late else _warning)("decision-when-relief-ends", "Final duties", "FINAL_DECISION", words)
    for each in main:
        if each.ended_on is not None and codes.of("MAIN_END", each.end_reason) is None:
            yield _error("code-known", "Final duties", "MAIN_END", "This reason counts as none that is published.")


def _assistance(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    for each in case.activities:
        if each.started_on < case.made_on:
            yield _error("activity-after-application", "Assistance", "ACTIVITY_DATE", "Done before they applied.")
    for duty in _CLOCKED:
        ended = [each for each in case.of(duty) if each.ended_on is not None and each.end_reason != "overturned"]
        done = [each for each in case.activities if each.duty in (duty, None)]
        if ended and not done:
            words = f"{duty.capitalize()} has ended: say what was done, or the return says that nothing was."
            yield _warning("activity-when-duty-ends", "Assistance", "ACTIVITY", words)


def _stays(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    section = "Temporary accommodation"
    ordered = sorted(case.stays, key=lambda each: (each.entered_on, each.left_on or date.max))
    for each in ordered:
        if each.entered_on < case.made_on:
            yield _error(
                "entry-after-application",
                section,
                "ENTRY_DATE",
                "They were placed before they applied.",
                published=True,
            )
        if each.left_on is not None and each.left_on < each.entered_on:
            yield _error("exit-after-entry", section, "EXIT_DATE", "They left before they entered.")
        if (each.left_on is None) != (each.end_reason is None):
            yield _error("reason-with-end", section, "EXIT_REASON", "An end has its reason, and a reason its end.")
        for prevention in case.of("prevention"):
            if _within(each.entered_on, prevention, case):
                yield _error(
                    "entry-not-in-prevention",
                    section,
                    "ENTRY_DATE",
                    "Placed while prevention was owed: it ends as they become homeless, or they were placed before.",
                    published=True,
                )
        owed = case.of(_HOUSED_BY[each.duty]) if each.duty in _HOUSED_BY else ()
        if each.duty in _HOUSED_BY and not any(_meets(duty, each, today) for duty in owed):
            yield _warning("stay-under-its-duty", section, "TA_DUTY", "This duty was owed on no day of it: which was?")
        elif owed and each.left_on is None and not any(_covers(duty, today) for duty in owed):
            words = "The duty this stay was under has ended: say which it is under now."
            yield _warning("stay-under-its-duty-now", section, "TA_DUTY", words)
    for one, other in pairwise(ordered):
        if one.left_on is None or other.entered_on < one.left_on:
            yield _error("stays-do-not-overlap", section, "ENTRY_DATE", "Two stays overlap.")
    open_ = [each for each in case.stays if each.left_on is None]
    if case.closed_on is not None and open_:
        # Whoever accepted a home stays where they are until its tenancy begins.
        late = today > case.closed_on + timedelta(days=28)
        words = "The case is closed and a stay goes on: end it."
        yield (_error if late else _warning)("closed-and-housed", section, "EXIT_DATE", words)


def _within(day: date, prevention: DutySpell, case: Case) -> bool:
    assessed = case.assessment.first_on if case.assessment else prevention.started_on
    begins = max(prevention.started_on, assessed)
    return begins <= day and (prevention.ended_on is None or day < prevention.ended_on)


def _covers(duty: DutySpell, day: date) -> bool:
    return duty.started_on <= day and (duty.ended_on is None or day <= duty.ended_on)


def _meets(duty: DutySpell, stay: Spell, today: date) -> bool:
    """Whether a duty was owed on some night of a stay, or on the day they entered."""
    last = stay.left_on or max(today, stay.entered_on)
    return duty.started_on < max(last, stay.entered_on + timedelta(days=1)) and (
        duty.ended_on is None or duty.ended_on >= stay.entered_on
    )


def _reviews(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    for each in case.reviews:
        if each.decided_on is not None and each.decided_on < each.asked_on:
            yield _error("review-after-request", "Reviews", "REVIEW_DATE", "Decided before it was asked for.")
        if codes.of("REVIEW_OUTCOME", each.outcome) is None:
            yield _error("code-known", "Reviews", "REVIEW_OUTCOME", "This outcome counts as none of the list.")


def _support(case: Case, codes: Codes, today: date) -> Iterator[Finding]:
    for need in case.assessment.support_needs if case.assessment else ():
        if codes.of("SUPPORT_NEED", need) is None:
            yield _error("code-known", "Support", "SUPPORT_NEED", "This need counts as none of the published ones.")


_CHECKS: Final[Iterable[Callable[[Case, Codes, date], Iterator[Finding]]]] = (
    _main,
    _people,
    _support,
    _duties,
    _final,
    _assistance,
    _stays,
    _reviews,
)
