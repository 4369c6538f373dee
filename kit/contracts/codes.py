"""The closed vocabularies that events carry. Standard library only, so that a `domain.py` may use them.

A value is never removed or renamed; a consumer that branches on one says what it does with the rest.
"""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a contact came in."""

    WALK_IN = "walk_in"
    PHONE = "phone"
    WEB = "web"
    PARTNER = "partner"
    DUTY_TO_REFER = "duty_to_refer"
    OUTREACH = "outreach"


class Stage(StrEnum):
    """How far a contact's decision has come."""

    CONTACT = "contact"
    SCREENING = "screening"
    FINAL = "final"


class ContactStatus(StrEnum):
    """Open while a need is undecided."""

    OPEN = "open"
    CLOSED = "closed"


class Urgency(StrEnum):
    """How soon help must come, most urgent first: now, today, within a week, in turn."""

    IMMEDIATE = "immediate"
    TODAY = "today"
    THIS_WEEK = "this_week"
    ROUTINE = "routine"


class NeedDomain(StrEnum):
    """The twelve domains of need (spec: triage 2)."""

    HOUSING = "housing"
    MONEY = "money"
    FOOD_AND_FUEL = "food_and_fuel"
    WORK_AND_SKILLS = "work_and_skills"
    HEALTH = "health"
    MENTAL_HEALTH = "mental_health"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    DOMESTIC_ABUSE = "domestic_abuse"
    FAMILY_AND_CHILDREN = "family_and_children"
    COMMUNITY_SAFETY = "community_safety"
    LONELINESS = "loneliness"
    IMMIGRATION = "immigration"


class NeedKind(StrEnum):
    """What the person asked about, or what lies under it."""

    PRESENTING = "presenting"
    UNDERLYING = "underlying"


class NeedStatus(StrEnum):
    """A need is open until a decision meets it."""

    OPEN = "open"
    MET = "met"


class Outcome(StrEnum):
    """What a triage decision decides (spec: triage 3)."""

    RESOLVED = "resolved"
    ADVICE_ONLY = "advice_only"
    NO_FURTHER_ACTION = "no_further_action"
    UNIVERSAL = "universal"
    TARGETED = "targeted"
    STATUTORY = "statutory"
    PARTNER = "partner"


class Layer(StrEnum):
    """The layer of support a case or one of its workstreams is in; also the outcomes that open a case."""

    UNIVERSAL = "universal"
    TARGETED = "targeted"
    STATUTORY = "statutory"


class Specialism(StrEnum):
    """Targeted support's specialisms. Events carry them as open codes: a council may add its own."""

    DOMESTIC_ABUSE = "domestic_abuse"
    EARLY_HELP = "early_help"
    COMMUNITY_SAFETY = "community_safety"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    MENTAL_HEALTH = "mental_health"
    HOMELESSNESS_PREVENTION = "homelessness_prevention"
    DEBT = "debt"
    WORK_AND_SKILLS = "work_and_skills"
    LEAVING_CARE = "leaving_care"
    NO_RECOURSE = "no_recourse"


class StatutoryService(StrEnum):
    """Statutory services a contact may be sent to. Events carry them as open codes."""

    CHILDREN_SOCIAL_CARE = "children_social_care"
    ADULT_SOCIAL_CARE = "adult_social_care"
    HOMELESSNESS = "homelessness"
    MENTAL_HEALTH_CRISIS = "mental_health_crisis"
    YOUTH_JUSTICE = "youth_justice"
    SPECIAL_EDUCATIONAL_NEEDS = "special_educational_needs"
    POLICE = "police"


class ConcernKind(StrEnum):
    """Whom a safeguarding concern is about."""

    CHILD = "child"
    ADULT = "adult"
    UNKNOWN = "unknown"


class ConcernLevel(StrEnum):
    """Red, amber, green: within 4, 24 and 72 hours as delivered (configuration)."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class ConcernStatus(StrEnum):
    """Raised is not delivered: only acknowledged by a named person is."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"


class CaseStatus(StrEnum):
    """A household has at most one open case."""

    OPEN = "open"
    CLOSED = "closed"


class SignalKind(StrEnum):
    """What called for an offer of help before anyone asked."""

    FIRST_MISSED_COUNCIL_TAX = "first_missed_council_tax"
    RENT_ARREARS_JUMP = "rent_arrears_jump"
    COHORT = "cohort"
    EMERGENCY = "emergency"


class OfferStatus(StrEnum):
    """Where an offer of help stands."""

    OFFERED = "offered"
    HELD = "held"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"


class ReferralStatus(StrEnum):
    """Where a referral stands: the states of a FHIR R4 Task, as the Gravity project uses them."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ON_HOLD = "on_hold"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CapacityAnswer(StrEnum):
    """What a partner says when asked, without a name, whether they could help."""

    YES = "yes"
    WAITING_LIST = "waiting_list"
    NO = "no"


class DischargeCheck(StrEnum):
    """What must be right when somebody comes home from hospital."""

    HOME_READY = "home_ready"
    HEATING = "heating"
    FOOD = "food"
    KEY = "key"
    FALLS_CHECK = "falls_check"
    CALL = "call"


class LandlordMessageKind(StrEnum):
    """All that a landlord is ever written about: mediation and payment."""

    MEDIATION_OFFERED = "mediation_offered"
    MEDIATION_MEETING = "mediation_meeting"
    TIME_ASKED = "time_asked"
    PLAN_PROPOSED = "plan_proposed"
    PAYMENT_MADE = "payment_made"
    PAYMENT_COMING = "payment_coming"


class QueueKind(StrEnum):
    """What waits in the queue."""

    CONTACT = "contact"
    SAFEGUARDING = "safeguarding"
    REFERRAL = "referral"


class OutcomeKind(StrEnum):
    """What may come of the work: the ten headlines of Supporting Families (October 2022), and three of our own."""

    GOOD_EDUCATION = "good_education"
    EARLY_YEARS = "early_years"
    MENTAL_AND_PHYSICAL_HEALTH = "mental_and_physical_health"
    SUBSTANCE_USE = "substance_use"
    FAMILY_RELATIONSHIPS = "family_relationships"
    SAFE_FROM_ABUSE_AND_EXPLOITATION = "safe_from_abuse_and_exploitation"
    DIVERTED_FROM_CRIME = "diverted_from_crime"
    SAFE_FROM_DOMESTIC_ABUSE = "safe_from_domestic_abuse"
    SECURE_HOUSING = "secure_housing"
    FINANCIAL_STABILITY = "financial_stability"
    EMPLOYMENT = "employment"
    DEBT_RESOLVED = "debt_resolved"
    HOME_KEPT = "home_kept"


class OutcomeStatus(StrEnum):
    """Recorded is not sustained: only a check half a year later says so, and it says too when it did not last."""

    RECORDED = "recorded"
    SUSTAINED = "sustained"
    NOT_SUSTAINED = "not_sustained"
    NOT_KNOWN = "not_known"
    STRUCK = "struck"
