"""The rules of community safety: the risk, the plan, the partners' actions, and the case review. Pure.

The case review ("community trigger") is that of the Anti-social Behaviour, Crime and Policing Act 2014 s104 and Sch 4:
at least three qualifying complaints within six months before it is asked for, unless the bodies of an area set a lower
threshold; a complaint qualifies when it was made within a month of what happened. How long the bodies take is theirs to
publish: configuration.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days, months_after
from kit.errors import Conflict, FieldError, Invalid, invalid


class Kind(StrEnum):
    """What happens to somebody."""

    ANTI_SOCIAL_BEHAVIOUR = "anti_social_behaviour"
    HATE_CRIME = "hate_crime"
    CUCKOOING = "cuckooing"


class Strand(StrEnum):
    """What a hate crime is about, as the person sees it; of who did it, never a record of who they are."""

    RACE = "race"
    RELIGION = "religion"
    SEXUAL_ORIENTATION = "sexual_orientation"
    DISABILITY = "disability"
    TRANSGENDER = "transgender"
    SOMETHING_ELSE = "something_else"


CRIMES: Final = frozenset({Kind.HATE_CRIME, Kind.CUCKOOING})
"""Kinds that tell of crime whatever happened; anti-social behaviour does once somebody says so."""


class Band(StrEnum):
    """How great the risk of harm is."""

    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"


class Partner(StrEnum):
    """Whose action it is."""

    COUNCIL = "council"
    POLICE = "police"
    LANDLORD = "landlord"
    HEALTH = "health"
    ADULT_SOCIAL_CARE = "adult_social_care"
    CHILDREN_SOCIAL_CARE = "children_social_care"
    FIRE_SERVICE = "fire_service"
    VOLUNTARY = "voluntary"
    THEMSELVES = "themselves"


class ActionState(StrEnum):
    """An action is planned, done, or dropped with a reason."""

    PLANNED = "planned"
    DONE = "done"
    NOT_DONE = "not_done"


class ReviewState(StrEnum):
    """A case review: asked for, threshold met or not, held."""

    ASKED = "asked"
    THRESHOLD_MET = "threshold_met"
    THRESHOLD_NOT_MET = "threshold_not_met"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Form:
    """A risk assessment's form: how much each question may score, and from which total which band.

    The questions belong to whoever wrote them; here are their numbers alone.
    """

    code: str
    since: date
    most: tuple[int, ...]
    medium_from: int
    high_from: int


FORMS: Final = (Form("local_harm_1", date(2026, 1, 1), (3,) * 12, 13, 22),)
"""Configuration of the partnership; newest last."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the area's bodies have published about their case review, from `since` on; days are working days."""

    since: date
    complaints: int
    within_months: int
    complained_within_months: int
    decide_within: int
    review_within: int


TERMS: Final = (Terms(date(2026, 1, 1), 3, 6, 1, decide_within=10, review_within=20),)
"""Newest last. Numbers and windows: 2014 Act s104(4) and (11); days: local."""

CLOSE_REASONS: Final = ("harm_stopped", "person_asked", "moved_away", "taken_over", "no_contact", "opened_in_error")


@dataclass(frozen=True, slots=True)
class Assessed:
    """A risk assessment's total and band, by the form and, where a worker judged otherwise, in the end."""

    form: str
    total: int
    most: int
    by_total: Band
    band: Band


@dataclass(frozen=True, slots=True)
class Complaint:
    """Behaviour of a day, and the day it was complained of, to any of the bodies."""

    happened_on: date
    complained_on: date


@dataclass(frozen=True, slots=True)
class Threshold:
    """Whether the threshold is met by number, and how many complaints qualify."""

    met: bool
    qualifying: int
    needed: int


def tells_of_crime(kind: Kind, crime: bool) -> bool:
    """Whether the case belongs in the compartment of crime."""
    return crime or kind in CRIMES


def check_new(kind: Kind, strands: Collection[Strand], safeguarding: str | None, reason: str | None) -> None:
    """A hate crime names what it is about; of cuckooing somebody asks whether an adult must be safeguarded."""
    faults = []
    if kind is Kind.HATE_CRIME and not strands:
        faults.append(FieldError("/strands", "What is it about, as they see it?", "strand"))
    if kind is not Kind.HATE_CRIME and strands:
        faults.append(FieldError("/strands", "Only of a hate crime.", "strand"))
    if kind is Kind.CUCKOOING and safeguarding is None:
        detail = "Who is cuckooed may need care: raise a concern, or say why not (Care Act 2014 s42)."
        faults.append(FieldError("/safeguarding", detail, "safeguarding-considered"))
    if safeguarding == "not_needed" and not reason:
        faults.append(FieldError("/safeguarding_reason", "Say why not.", "reason"))
    if faults:
        raise Invalid("Something is missing", *faults)


def form_on(code: str | None, day: date) -> Form:
    """The form of that name, or the one in use on that day."""
    for form in reversed(FORMS):
        if form.since <= day and code in (None, form.code):
            return form
    raise invalid("/form", f"One of {', '.join(form.code for form in FORMS)}.", "known-form")


def assess(form: Form, scores: Sequence[int], judged: Band | None, why: str | None) -> Assessed:
    """The total, and its band. Judgement may go either way of it, with a reason."""
    if len(scores) != len(form.most):
        raise invalid("/scores", f"One score for each of {len(form.most)} questions.", "every-question")
    for index, (score, most) in enumerate(zip(scores, form.most, strict=True)):
        if not 0 <= score <= most:
            raise invalid(f"/scores/{index}", f"From 0 to {most}.", "score")
    total = sum(scores)
    by_total = Band.HIGH if total >= form.high_from else Band.MEDIUM if total >= form.medium_from else Band.STANDARD
    if judged is not None and judged is not by_total and not why:
        raise invalid("/judgement_reason", f"The total says {by_total}: why {judged}?", "reason")
    return Assessed(form.code, total, sum(form.most), by_total, judged or by_total)


def check_action(state: ActionState, to: ActionState, outcome: str | None) -> None:
    """An action ends once, and says what came of it."""
    if state is not ActionState.PLANNED:
        raise Conflict(f"This action is {state.replace('_', ' ')} already", state=state, allowed=[])
    if to is ActionState.PLANNED:
        raise Conflict("It is planned already", state=state, allowed=["done", "not_done"])
    if not outcome:
        raise invalid("/outcome", "Say what came of it, or why it was not done.", "outcome")


def check_close(state: str, reason: str, open_actions: int, open_reviews: int) -> None:
    """Closed with a reason, and nothing left open."""
    if state != "open":
        raise Conflict("This is closed already", state=state, allowed=[])
    if reason not in CLOSE_REASONS:
        raise invalid("/reason", f"One of {', '.join(CLOSE_REASONS)}.", "close-reason")
    if open_actions or open_reviews:
        raise Conflict("Actions or a case review are open: end them first", state=state, allowed=[])


def terms_on(day: date) -> Terms:
    """What holds for a review asked for on that day."""
    return next((each for each in reversed(TERMS) if each.since <= day), TERMS[0])


def threshold(complaints: Iterable[Complaint], asked_on: date) -> Threshold:
    """By number: those complained of within a month of the behaviour, and within six months of being asked.

    Two complaints of one day about one day's behaviour are one.
    """
    terms = terms_on(asked_on)
    since = months_after(asked_on, -terms.within_months)
    qualifying = {
        each
        for each in complaints
        if each.happened_on <= each.complained_on <= asked_on
        and each.complained_on < months_after(each.happened_on, terms.complained_within_months)
        and each.complained_on > since
    }
    return Threshold(len(qualifying) >= terms.complaints, len(qualifying), terms.complaints)


def decision_due(asked_on: date) -> date:
    """By when they are told whether the threshold is met."""
    return add_working_days(asked_on, terms_on(asked_on).decide_within)


def review_due(decided_on: date) -> date:
    """By when the review is held and they are told."""
    return add_working_days(decided_on, terms_on(decided_on).review_within)


def decide(state: ReviewState, met: bool, by_number: Threshold, reason: str | None) -> ReviewState:
    """Whether there is a review. The bodies may hold one below the number, for harm; never refuse one above it."""
    if state is not ReviewState.ASKED:
        raise Conflict("This was decided already", state=state, allowed=[])
    if by_number.met and not met:
        detail = f"{by_number.qualifying} complaints qualify, {by_number.needed} are needed: the review is owed."
        raise invalid("/met", detail, "threshold")
    if met != by_number.met and not reason:
        raise invalid("/reason", "Say why a review is held below the number.", "reason")
    if not met and not reason:
        raise invalid("/reason", "They are told why not (2014 Act s104).", "reason")
    return ReviewState.THRESHOLD_MET if met else ReviewState.THRESHOLD_NOT_MET


def hold(state: ReviewState) -> ReviewState:
    """The review was held."""
    if state is not ReviewState.THRESHOLD_MET:
        allowed = ["decide"] if state is ReviewState.ASKED else []
        raise Conflict("A review is held once its threshold is met", state=state, allowed=allowed)
    return ReviewState.REVIEWED


def overdue_at(due_on: date) -> datetime:
    """The end of the last day."""
    return datetime.combine(due_on + timedelta(days=1), time(), LONDON)
