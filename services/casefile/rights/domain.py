"""The rules of requests about rights: their clocks, their steps, who checks what. Pure.

UK GDPR Articles 12, 12A (Data (Use and Access) Act 2025), 15 to 21; Data Protection Act 2018 Schedules 2 and 3. Days
are business days' dates in London; nothing here knows the time of day.
"""

import calendar
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import is_working_day
from kit.errors import Conflict, Forbidden, invalid


class Kind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    ERASURE = "erasure"


class Asker(StrEnum):
    """Who asks for it."""

    SELF = "self"
    PARENT = "parent"
    REPRESENTATIVE = "representative"


class State(StrEnum):
    """How far it came. Access: received, collecting, checking, released. Erasure: received, erasing, erased."""

    RECEIVED = "received"
    COLLECTING = "collecting"
    CHECKING = "checking"
    RELEASED = "released"
    GRANTED = "granted"
    GRANTED_IN_PART = "granted_in_part"
    ERASING = "erasing"
    ERASED = "erased"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What can be done with a request."""

    ASK = "ask"
    ANSWER = "answer"
    EXTEND = "extend"
    CLEAR = "clear"
    COLLECT = "collect"
    CHECK = "check"
    RELEASE = "release"
    DECIDE = "decide"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


DECIDED_KINDS: Final = frozenset({Kind.RECTIFICATION, Kind.RESTRICTION, Kind.OBJECTION, Kind.ERASURE})
ENDED: Final = frozenset(
    {State.RELEASED, State.GRANTED, State.GRANTED_IN_PART, State.ERASED, State.REFUSED, State.WITHDRAWN}
)
OWNERS: Final = ("triage", "casefile", "risk", "grants", "housing", "gateway")
"""Who answers for what it holds."""


class Part(StrEnum):
    """The compartment an item of a package belongs to."""

    ORDINARY = "ordinary"
    READS = "reads"
    HEALTH = "health"
    SAFEGUARDING = "safeguarding"
    ABUSE = "abuse"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    IMMIGRATION = "immigration"
    CRIME = "crime"


SPECIALIST_PARTS: Final = frozenset(Part) - {Part.ORDINARY, Part.READS}
"""What only the safeguarding lead checks: a wrong word here can cost somebody their safety."""
CHECKERS: Final = frozenset({"reviewing_officer", "safeguarding_lead"})
"""Trained for the serious-harm test (DPA 2018 Schedule 3): our decision, see DECISIONS."""
SPECIALISTS: Final = frozenset({"safeguarding_lead"})


class Verdict(StrEnum):
    """What becomes of an item: given whole, given with fields taken out, or not given. Never marked as missing."""

    GIVE = "give"
    REDACT = "redact"
    WITHHOLD = "withhold"


class Exemption(StrEnum):
    """Why something is not given (Data Protection Act 2018)."""

    ANOTHER_PERSON = "another_person"
    """Schedule 2 Part 3 paragraph 16: it would tell of somebody else."""
    SERIOUS_HARM = "serious_harm"
    """Schedule 3: it would be likely to cause serious harm to the person or to another."""
    CRIME = "crime"
    """Schedule 2 Part 1 paragraph 2."""
    LEGAL_PRIVILEGE = "legal_privilege"
    """Schedule 2 Part 4 paragraph 19."""
    CHILD_ABUSE = "child_abuse"
    """Schedule 3 Part 5 paragraph 21."""


class Ground(StrEnum):
    """Why data are erased (Article 17(1)), or their time is over."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTED = "objected"
    UNLAWFUL = "unlawful"
    LEGAL_OBLIGATION = "legal_obligation"
    RETENTION_OVER = "retention_over"


REFUSALS: Final = (
    "manifestly_unfounded",
    "manifestly_excessive",
    "not_entitled",
    "identity_not_shown",
    "public_task",
    "legal_claims",
    "accurate_as_it_stands",
)
"""Why a request is refused; the person is told, and of their right to complain (Article 12(4) and (5), 17(3))."""


# The clock -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pause:
    """Something had to be asked: of their identity (Article 12(6)), or what they mean (Article 12A(5))."""

    about: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """What a request's time depends on."""

    received_on: date
    pauses: Sequence[Pause] = ()
    extended: bool = False

    @property
    def paused(self) -> bool:
        """Whether it stands still now."""
        return any(each.until is None for each in self.pauses)

    def due_on(self) -> date | None:
        """The last day to answer; None while it stands still.

        It begins when we have the request and know who asks (12A(2)): a question about identity puts the beginning
        off. A question about what is meant stops it for its days (12A(5)). One calendar month, or three (12A(3)).
        """
        if self.paused:
            return None
        return self._after(3 if self.extended else 1)

    def first_month_ends(self) -> date | None:
        """Until when an extension must be told (Article 12A(4)); None while it stands still."""
        return None if self.paused else self._after(1)

    def _after(self, months: int) -> date:
        known = [each.until for each in self.pauses if each.about == "identity" and each.until is not None]
        begins = max([self.received_on, *known])
        stopped = sum(
            (each.until - max(each.since, begins)).days
            for each in self.pauses
            if each.about == "clarification" and each.until is not None and each.until > begins
        )
        return next_working_day(months_after(begins, months) + timedelta(days=stopped))


def months_after(day: date, months: int) -> date:
    """The corresponding date so many months later, or that month's last day where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_working_day(day: date) -> date:
    """The day itself, or the next working one: a period in months that ends on a day off ends on that day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


# Steps ---------------------------------------------------------------------------------------------------------------


def allowed_from(kind: Kind, state: State, *, paused: bool, extended: bool) -> list[str]:
    """What can be done from here."""
    if state in ENDED or state is State.ERASING:
        return []
    if paused:
        return [Step.ANSWER, Step.REFUSE, Step.WITHDRAW]
    steps = [Step.WITHDRAW, Step.REFUSE, *([] if extended else [Step.EXTEND])]
    if kind is not Kind.ACCESS:
        return sorted([*steps, Step.ASK, Step.DECIDE])
    if state is State.RECEIVED:
        return sorted([*steps, Step.ASK, Step.CLEAR, Step.COLLECT])
    if state is State.CHECKING:
        return sorted([*steps, Step.CHECK, Step.RELEASE])
    return sorted(steps)


def check_step(kind: Kind, state: State, step: Step, *, paused: bool, extended: bool) -> None:
    """`Conflict` with the steps allowed from here."""
    allowed = allowed_from(kind, state, paused=paused, extended=extended)
    if step not in allowed:
        stands = "waits for an answer" if paused else f"is {state.value.replace('_', ' ')}"
        raise Conflict(f"A request of {kind} that {stands} can't be taken there", state=state, allowed=allowed)


def check_extension(clock: Clock, today: date, reason: str) -> None:
    """Two more months, for complex or many requests, told with the reason within the first (Article 12A(3), (4))."""
    if len(reason.strip()) < LEAST_REASON:
        raise invalid("/reason", "Say why it needs more time: the person is told.", "reason")
    ends = clock.first_month_ends()
    if ends is not None and today > ends:
        raise Conflict("The first month is over: it can't be extended any more", first_month_ended_on=ends.isoformat())


LEAST_REASON: Final = 10
"""A reason has at least so many letters."""


def check_asker(asker: Asker, shown: str | None) -> None:
    """A parent or representative shows that they may ask for somebody else."""
    if asker is not Asker.SELF and not (shown or "").strip():
        raise invalid("/authority", "Say what shows that they may ask for this person.", "authority")


# The check -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a package as the rules see it."""

    part: Part
    shared: bool
    fields: frozenset[str]
    proposed_by: str | None = None
    checked: bool = False


def must_be_specialist(item: Item, guarded: bool) -> bool:
    """Whether only the safeguarding lead may check it: a compartment, or anything of somebody kept apart."""
    return guarded or item.part in SPECIALIST_PARTS


def check_verdict(
    item: Item,
    by: str,
    roles: Collection[str],
    *,
    guarded: bool,
    verdict: Verdict,
    fields: Collection[str],
    exemption: Exemption | None,
    reason: str,
) -> None:
    """A trained person's word on one item. `Forbidden` for others; `Invalid` for a redaction that names no why."""
    if not CHECKERS & set(roles):
        raise Forbidden("Serious harm is judged by a trained person: a reviewing officer or the safeguarding lead")
    if must_be_specialist(item, guarded) and not SPECIALISTS & set(roles):
        raise Forbidden("This item is for the safeguarding lead to check")
    if verdict is not Verdict.GIVE and exemption is None:
        raise invalid("/exemption", "Name the exemption that lets us leave it out.", "exemption")
    if verdict is not Verdict.GIVE and len(reason.strip()) < LEAST_REASON:
        raise invalid("/reason", "Say why, in words a tribunal would follow.", "reason")
    if verdict is Verdict.REDACT and (not fields or set(fields) - item.fields):
        raise invalid("/fields", f"Some of: {', '.join(sorted(item.fields))}.", "fields-of-the-item")
    if (
        verdict is Verdict.GIVE
        and (item.shared or item.part in SPECIALIST_PARTS)
        and len(reason.strip()) < LEAST_REASON
    ):
        raise invalid("/reason", "It tells of others, or of a compartment: say why it may be given.", "reason")


def check_release(unchecked: int, missing: Collection[str], released_by: str, checked_by: Iterable[str]) -> None:
    """All packages are in, every item was checked, and whoever releases is not the only one who ever looked."""
    if missing:
        raise Conflict("Not every service has answered yet", waiting_for=sorted(missing))
    if unchecked:
        raise Conflict(f"{unchecked} items were not checked for serious harm yet", unchecked=unchecked)
    others = set(checked_by) - {released_by}
    if not others and set(checked_by):
        raise Forbidden("Somebody else than who checked it releases it")


# Erasure -------------------------------------------------------------------------------------------------------------


def check_erasure(ground: Ground, holds: int, staying: Collection[str], known: Collection[str]) -> None:
    """Nothing goes while a legal hold stands; what stays is named by codes of the schedule."""
    if holds:
        raise Conflict("A legal hold stands: nothing of this person is erased until it is lifted", holds=holds)
    if unknown := sorted(set(staying) - set(known)):
        raise invalid("/kept", f"Not in the retention schedule: {', '.join(unknown)}.", "retention-code")


# Recipients (Article 19) ----------------------------------------------------------------------------------------------


class Settled(StrEnum):
    """What was done about a recipient that no mailbox or system reaches."""

    TOLD = "told"
    IMPOSSIBLE = "impossible"
    DISPROPORTIONATE = "disproportionate"


class Way(StrEnum):
    """How somebody told them."""

    LETTER = "letter"
    EMAIL = "email"
    PHONE = "phone"
    IN_PERSON = "in_person"


HEARD: Final = frozenset({"system", "mailbox"})


def waits(told: str, settled_as: str | None) -> bool:
    """Whether a recipient still has to be told, or somebody has to say why not."""
    return told not in HEARD and settled_as is None


def check_recipient(told: str, settled_as: str | None, outcome: Settled, how: Way | None, reason: str | None) -> None:
    """A recipient is told unless that proves impossible or involves disproportionate effort (UK GDPR Article 19).

    `Conflict` for one that heard; `Invalid` for one told without a way, or not told without a reason.
    """
    if not waits(told, settled_as):
        raise Conflict("They have been told, or somebody has said why not", allowed=[])
    if outcome is Settled.TOLD and how is None:
        raise invalid("/how", "Say how they were told.", "way-of-telling")
    if outcome is not Settled.TOLD and reason is None:
        raise invalid("/reason", "Say why: the Commissioner asks, and so may the person.", "reason-for-not-telling")
    if outcome is not Settled.TOLD and how is not None:
        raise invalid("/how", "They were not told: leave it out.", "way-of-telling")
