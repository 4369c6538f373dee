"""What kinds of organisation there are, how each answers us, and what may be asked of it. Pure."""

from enum import StrEnum

from kit.errors import Conflict, invalid


class Kind(StrEnum):
    """What an organisation is. Some kinds may be told less than others."""

    COUNCIL = "council"
    NHS = "nhs"
    JOBCENTRE = "jobcentre"
    POLICE = "police"
    JUSTICE = "justice"
    SCHOOL = "school"
    VOLUNTARY = "voluntary"
    FAITH = "faith"
    ADVICE = "advice"
    HOUSING_ASSOCIATION = "housing_association"
    PRIVATE_LANDLORD = "private_landlord"
    BUSINESS = "business"
    OTHER = "other"


LANDLORDS = frozenset({Kind.HOUSING_ASSOCIATION, Kind.PRIVATE_LANDLORD})
"""They get mediation and payment messages only: no needs, benefits, abuse or risk (spec: triage 7)."""


class Status(StrEnum):
    """Whether we still work with it."""

    ACTIVE = "active"
    ENDED = "ended"


class AnswersBy(StrEnum):
    """How an organisation answers a referral."""

    API = "api"
    WEBHOOK = "webhook"
    LINK = "link"
    NOT_AT_ALL = "not_at_all"


def check_reachable(answers_by: AnswersBy, answer_email: str | None) -> None:
    """Who answers by link needs a mailbox to send the link to; `Invalid` names the field."""
    if answers_by is AnswersBy.LINK and not answer_email:
        raise invalid(
            "/answer_email", "An organisation that answers by link needs a mailbox for it", "mailbox-for-links"
        )


def check_changeable(feed: object | None) -> None:
    """What a feed tells us is put right at its source: the next load would undo what is typed here."""
    if feed is not None:
        raise Conflict(
            "This entry comes from a feed: ask whoever publishes it to put it right, or load the feed again",
            allowed_from_here=["confirm", "report"],
        )
