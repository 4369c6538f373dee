"""Whether a group and what it asks for fit a round's rules: every rule answered, in words. Pure.

The same answers before an application is sent and after, so that nobody is told less than the officer sees.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.grants.applications import identifiers
from services.grants.applications.identifiers import NEEDS_CHARITY_NUMBER, NEEDS_COMPANY_NUMBER, Group
from services.grants.funds.domain import pounds

UNRELATED: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What a group asks for, as the rules see it. Amounts in pence."""

    asked_pence: int
    budget: Sequence[int]
    other_pence: int
    wards: Sequence[str]
    documents: Collection[str]
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What else the group has with us."""

    applied_in_round: bool = False
    overdue_reports: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """One rule and whether it is met. `pointer` says which field would have to change."""

    rule: str
    met: bool
    detail: str
    pointer: str


def is_light(rules: Mapping[str, Any], asked_pence: int) -> bool:
    """Small sums need fewer papers and one report."""
    return asked_pence <= int(rules["light_form_up_to_pence"])


def documents_wanted(rules: Mapping[str, Any], asked_pence: int) -> list[str]:
    """The papers for a sum."""
    more = [] if is_light(rules, asked_pence) else rules["documents_above_light"]
    return [*rules["documents"], *more]


def checks_wanted(rules: Mapping[str, Any], asked_pence: int) -> list[str]:
    """The due diligence for a sum: that of the smallest band it falls in, or of the largest there is."""
    bands = rules["due_diligence"]
    for band in bands:
        if asked_pence <= band["up_to_pence"]:
            return list(band["checks"])
    return list(bands[-1]["checks"]) if bands else []


def check(rules: Mapping[str, Any], group: Group, asked: Asked, elsewhere: Elsewhere, today: date) -> list[Checked]:
    """Every rule of the round about this application, met or not."""
    return [
        *_of_group(rules, group),
        *_of_sum(rules, asked),
        *_of_work(rules, asked, today),
        *_of_rest(rules, elsewhere),
    ]


def _of_group(rules: Mapping[str, Any], group: Group) -> Iterator[Checked]:
    yield _checked(
        "kind-of-group",
        group.kind in rules["kinds"],
        "This round is for groups of this kind.",
        f"This round is not for a group of this kind ({group.kind.replace('_', ' ')}).",
        "/applicant/kind",
    )
    if rules["must_be_constituted"]:
        yield _checked(
            "constituted",
            group.constituted,
            "The group has a constitution or governing document.",
            "The group needs a constitution or another governing document. We can help to write one.",
            "/applicant/constituted",
        )
    if group.kind in NEEDS_CHARITY_NUMBER:
        yield _checked(
            "charity-number",
            bool(group.charity_number and identifiers.charity_id(group.charity_number)),
            "The charity number has the right form.",
            "A charity gives its number: six or seven digits in England and Wales, SC and six digits in Scotland.",
            "/applicant/charity_number",
        )
    if group.kind in NEEDS_COMPANY_NUMBER:
        yield _checked(
            "company-number",
            bool(group.company_number and identifiers.company_id(group.company_number)),
            "The company number has the right form.",
            "A company gives its number: eight digits, or two letters and six digits.",
            "/applicant/company_number",
        )
    if rules["two_unrelated_signatories"]:
        yield _checked(
            "two-signatories",
            group.unrelated_signatories >= UNRELATED,
            "Two people who are not related sign for the account.",
            "Two people who are not related, and do not live together, must sign for the group's account.",
            "/applicant/unrelated_signatories",
        )


def _of_sum(rules: Mapping[str, Any], asked: Asked) -> Iterator[Checked]:
    least, most = int(rules["least_pence"]), int(rules["most_pence"])
    yield _checked(
        "amount",
        least <= asked.asked_pence <= most,
        f"{pounds(asked.asked_pence)} is within what this round gives.",
        f"This round gives {pounds(least)} to {pounds(most)}; {pounds(asked.asked_pence)} was asked for.",
        "/asked_pence",
    )
    whole = sum(asked.budget)
    yield _checked(
        "budget-adds-up",
        whole == asked.asked_pence + asked.other_pence,
        "The budget is what is asked for and what comes from elsewhere.",
        f"The budget adds up to {pounds(whole)}, but {pounds(asked.asked_pence)} is asked for and "
        f"{pounds(asked.other_pence)} comes from elsewhere: these must be the same.",
        "/budget",
    )
    wanted = documents_wanted(rules, asked.asked_pence)
    missing = [each.replace("_", " ") for each in wanted if each not in asked.documents]
    yield _checked(
        "documents",
        not missing,
        "All papers are there.",
        f"These papers are missing: {', '.join(missing)}.",
        "/documents",
    )


def _of_work(rules: Mapping[str, Any], asked: Asked, today: date) -> Iterator[Checked]:
    if rules["wards"]:
        outside = [each for each in asked.wards if each not in rules["wards"]]
        yield _checked(
            "wards",
            bool(asked.wards) and not outside,
            "It is for wards of this round.",
            f"This round is for other wards than {', '.join(outside) or 'none named'}.",
            "/wards",
        )
    dated = asked.starts_on is not None and asked.ends_on is not None
    yield _checked(
        "dates",
        dated and asked.starts_on <= asked.ends_on and asked.starts_on > today,  # type: ignore[operator]  # dated
        "It begins after today and ends after it begins.",
        "It must begin after today, for we pay nothing that has been done already, and end after it begins.",
        "/starts_on",
    )


def _of_rest(rules: Mapping[str, Any], elsewhere: Elsewhere) -> Iterator[Checked]:
    if rules["one_application_a_group"]:
        yield _checked(
            "one-application",
            not elsewhere.applied_in_round,
            "The group's only application in this round.",
            "The group has applied in this round already: one application a group.",
            "/applicant",
        )
    if rules["no_overdue_reports"]:
        yield _checked(
            "earlier-grants",
            elsewhere.overdue_reports == 0,
            "No report on an earlier grant is overdue.",
            "A report on an earlier grant is overdue: send it, and apply again while the round is open.",
            "/applicant",
        )


def _checked(rule: str, met: bool, good: str, bad: str, pointer: str) -> Checked:
    return Checked(rule, met, good if met else bad, pointer)
