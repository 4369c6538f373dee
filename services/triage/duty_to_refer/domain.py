"""The rules of a public body's referral of somebody homeless or threatened with it. Pure.

Housing Act 1996 s213B; the bodies: Homelessness (Review Procedure etc.) Regulations 2018 (SI 2018/223) reg 10. The body
may refer only with the person's agreement, to the housing authority in England that the person chose, and their way to
be reached may be passed on only with their agreement. A referral is not by itself an application.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from kit.errors import FieldError, Invalid
from services.triage.contacts.domain import HomelessnessSign, Tonight

US: Final = "E09000002"
"""This housing authority (ONS code)."""

Reason = Literal["homeless", "threatened"]


class ListedBody(StrEnum):
    """The kinds of body with the duty. Others refer as partners, or bring the person."""

    PRISON = "prison"
    YOUNG_OFFENDER_INSTITUTION = "young_offender_institution"
    SECURE_TRAINING_CENTRE = "secure_training_centre"
    SECURE_COLLEGE = "secure_college"
    YOUTH_OFFENDING_TEAM = "youth_offending_team"
    PROBATION = "probation"
    JOBCENTRE_PLUS = "jobcentre_plus"
    SOCIAL_SERVICES = "social_services"
    EMERGENCY_DEPARTMENT = "emergency_department"
    URGENT_TREATMENT_CENTRE = "urgent_treatment_centre"
    HOSPITAL_INPATIENT = "hospital_inpatient"
    ARMED_FORCES = "armed_forces"


_LEAVING: Final = frozenset(
    {
        ListedBody.PRISON,
        ListedBody.YOUNG_OFFENDER_INSTITUTION,
        ListedBody.SECURE_TRAINING_CENTRE,
        ListedBody.SECURE_COLLEGE,
        ListedBody.HOSPITAL_INPATIENT,
    }
)


@dataclass(frozen=True, slots=True)
class Referral:
    """What the law asks of a referral, of all that was sent."""

    to_refer: bool
    to_share_contact: bool
    given_on: date
    area_chosen: str
    ways_to_reach: int
    reason: Reason
    homeless_on: date | None


def check(referral: Referral, today: date) -> None:
    """`Invalid` with every fault at once, by field and rule."""
    faults = list(_faults(referral, today))
    if faults:
        raise Invalid("; ".join(each.detail for each in faults), *faults)


def _faults(referral: Referral, today: date) -> Iterator[FieldError]:
    if not referral.to_refer:
        yield FieldError("/consent/to_refer", "They must agree to be referred (s213B(2)).", "consent-to-refer")
    if not referral.to_share_contact:
        yield FieldError(
            "/consent/to_share_contact", "They must agree that we may be told how to reach them.", "consent-to-contact"
        )
    if referral.given_on > today:
        yield FieldError("/consent/given_on", "Nobody has agreed yet on a day to come.", "consent-given")
    if referral.area_chosen != US:
        yield FieldError(
            "/area_chosen",
            f"The person chooses the authority: send it to the one they chose (we are {US}).",
            "area-chosen",
        )
    if not referral.ways_to_reach:
        yield FieldError("/person", "Say how they can be reached: phone, e-mail or address.", "a-way-to-reach")
    if referral.reason == "threatened" and referral.homeless_on is not None and referral.homeless_on < today:
        yield FieldError("/homeless_on", "A day gone by means that they are homeless.", "reason-and-day")


def signs(body: ListedBody, reason: Reason) -> Sequence[HomelessnessSign]:
    """What a referral says of homelessness, in the codes of a need."""
    found = {HomelessnessSign.LEAVING_HOSPITAL_PRISON_OR_CARE} if body in _LEAVING else set()
    if reason == "threatened":
        found.add(HomelessnessSign.LOSE_HOME_WITHIN_56_DAYS)
    elif not found:
        found.add(HomelessnessSign.NOWHERE_SAFE_TONIGHT)
    return sorted(found)


def urgent_today(reason: Reason, where: Tonight, homeless_on: date | None, today: date) -> bool:
    """Whether somebody must reach them today: homeless now, or by tomorrow."""
    if homeless_on is not None:
        return (homeless_on - today).days <= 1
    return reason == "homeless" and where is not Tonight.HOSPITAL_OR_PRISON
