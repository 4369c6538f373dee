"""The rules of temporary accommodation: what kind a place is, what may be said of a stay, what each day means. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import period_beginning_with
from kit.errors import Conflict, invalid

OUR_COUNCIL: Final = "E09000002"
"""The GSS code of the council whose platform this is; every other one is out of area."""
ORDER: Final = "SI 2003/3326"
AHEAD: Final = timedelta(days=14)
"""A place may be booked for a day so far off."""


class Kind(StrEnum):
    """The kinds of table TA1, in its order."""

    BED_AND_BREAKFAST = "bed_and_breakfast"
    NIGHTLY_PAID = "nightly_paid"
    HOSTEL = "hostel"
    LEASED = "leased"
    SOCIAL_STOCK = "social_stock"
    OTHER = "other"


TITLES: Final = {
    Kind.BED_AND_BREAKFAST: "Bed and breakfast hotels, shared annexes included",
    Kind.NIGHTLY_PAID: "Nightly paid, privately managed, self-contained",
    Kind.HOSTEL: "Hostels, reception centres, emergency units and refuges",
    Kind.LEASED: "Private homes leased by the council or a registered provider",
    Kind.SOCIAL_STOCK: "The council's or a housing association's own homes",
    Kind.OTHER: "Any other kind, private landlords included",
}


class Managed(StrEnum):
    """Who runs a place."""

    COUNCIL = "council"
    REGISTERED_PROVIDER = "registered_provider"
    VOLUNTARY = "voluntary"
    PRIVATE = "private"


class Shared(StrEnum):
    """What is shared with another household."""

    TOILET = "toilet"
    WASHING = "washing"
    COOKING = "cooking"


class Duty(StrEnum):
    """The duty or power of Part 7 that a stay is under."""

    INTERIM_188 = "interim_188"
    RELIEF_189B = "relief_189b"
    INTENTIONAL_190 = "intentional_190"
    MAIN_193 = "main_193"
    NON_COOPERATION_193C = "non_cooperation_193c"
    REFERRAL_200 = "referral_200"
    PENDING_REVIEW_188_3 = "pending_review_188_3"
    PENDING_APPEAL_204_4 = "pending_appeal_204_4"


SECTIONS: Final = {
    Duty.INTERIM_188: "Housing Act 1996 s188(1)",
    Duty.RELIEF_189B: "Housing Act 1996 s189B(2)",
    Duty.INTENTIONAL_190: "Housing Act 1996 s190(2)(a)",
    Duty.MAIN_193: "Housing Act 1996 s193(2)",
    Duty.NON_COOPERATION_193C: "Housing Act 1996 s193C(4)",
    Duty.REFERRAL_200: "Housing Act 1996 s199A and s200",
    Duty.PENDING_REVIEW_188_3: "Housing Act 1996 s188(3)",
    Duty.PENDING_APPEAL_204_4: "Housing Act 1996 s204(4)",
}


class EndReason(StrEnum):
    """Why a stay ended."""

    LETTING_STARTED = "letting_started"
    MOVED = "moved"
    PRIVATE_RENTED_HOME = "private_rented_home"
    SUPPORTED_HOUSING = "supported_housing"
    FAMILY_OR_FRIENDS = "family_or_friends"
    DUTY_ENDED = "duty_ended"
    LEFT_OF_THEIR_OWN = "left_of_their_own"
    ASKED_TO_LEAVE = "asked_to_leave"
    CONTACT_LOST = "contact_lost"
    DIED = "died"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


class Status(StrEnum):
    """A stay is going on, or it ended."""

    PLACED = "placed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Place:
    """A temporary home as the rules see it."""

    kind: Kind
    self_contained: bool
    shares: frozenset[Shared]
    managed_by: Managed
    private_home: bool
    refuge: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Who is placed."""

    children: int
    pregnant: bool
    young_applicant: bool

    @property
    def family(self) -> bool:
        """Family commitments (SI 2003/3326, article 1): somebody is pregnant, or a child depends on them."""
        return self.pregnant or self.children > 0


def is_bed_and_breakfast(place: Place, private_homes_count: bool) -> bool:
    """As SI 2003/3326 article 2 means it: not self-contained, a toilet, washing or cooking shared, run for profit.

    Places run by a council, a registered provider or a voluntary organisation are none, and from 1 June 2022 a room in
    somebody's own home is none.
    """
    if place.managed_by is not Managed.PRIVATE or (place.private_home and not private_homes_count):
        return False
    return not place.self_contained and bool(place.shares)


def check_place(place: Place, private_homes_count: bool) -> None:
    """What a place is called must fit what it is, or the counters would hide bed and breakfast under another name."""
    law = is_bed_and_breakfast(place, private_homes_count)
    if place.self_contained and place.shares:
        raise invalid("/shares", "A self-contained home shares nothing.", "self-contained-shares-nothing")
    if law and place.kind is not Kind.BED_AND_BREAKFAST:
        raise invalid(
            "/kind",
            f"It is not self-contained, shares and is run privately: that is bed and breakfast ({ORDER} art 2).",
            "bed-and-breakfast-by-law",
        )
    if place.kind is Kind.BED_AND_BREAKFAST and place.self_contained:
        raise invalid("/kind", "A self-contained home is no bed and breakfast.", "kind-fits-place")
    if place.refuge and place.kind is not Kind.HOSTEL:
        raise invalid("/kind", "A refuge is counted among hostels (table TA1).", "refuge-is-hostel")


def check_suitable(bed_and_breakfast: bool, party: Party, nothing_else: str | None) -> None:
    """Bed and breakfast is not suitable for a family or for somebody of 16 or 17, unless nothing else is available."""
    if not bed_and_breakfast or nothing_else:
        return
    if party.family:
        raise invalid(
            "/nothing_else",
            "Bed and breakfast is not suitable for somebody who is pregnant or has children, unless no other home is "
            f"available: say what was looked for ({ORDER} arts 3 and 4; Housing Act 1996 s210).",
            "family-not-in-bed-and-breakfast",
        )
    if party.young_applicant:
        raise invalid(
            "/nothing_else",
            "Bed and breakfast is not suitable for somebody of 16 or 17: say what else was looked for "
            "(Homelessness Code of Guidance 17).",
            "young-person-not-in-bed-and-breakfast",
        )


def check_days(entered_on: date, left_on: date | None, today: date) -> None:
    """A stay begins at most two weeks from now and ends not before it begins (H-CLIC: exit on or after entry)."""
    if entered_on > today + AHEAD:
        raise invalid("/entered_on", f"A stay is recorded at most {AHEAD.days} days ahead.", "entered-on-known")
    if left_on is not None:
        if left_on < entered_on:
            raise invalid(
                "/left_on", "They cannot have left before they entered (H-CLIC, exit date).", "left-after-entered"
            )
        if left_on > today + AHEAD:
            raise invalid("/left_on", f"An end is recorded at most {AHEAD.days} days ahead.", "left-on-known")


def check_after_application(entered_on: date, applied_on: date) -> None:
    """Nobody is placed under Part 7 before they applied."""
    if entered_on < applied_on:
        raise invalid(
            "/entered_on",
            f"They applied on {applied_on.isoformat()}: a stay under Part 7 begins no earlier "
            "(Housing Act 1996 ss183 and 188; H-CLIC, ENTRY_DATE).",
            "entered-after-application",
        )


def check_not_in_prevention(entered_on: date, owed_from: date, owed_until: date | None, assessed_on: date) -> None:
    """A stay begins between application and assessment, or once prevention is over: who is placed is homeless.

    `owed_until` is the day on which prevention ended; None: it goes on.
    """
    if entered_on < max(owed_from, assessed_on) or (owed_until is not None and entered_on >= owed_until):
        return
    raise invalid(
        "/entered_on",
        "On that day the prevention duty is owed. Whoever needs a roof has become homeless: end that duty first "
        "(Housing Act 1996 s195(8)(c)), and relief begins (s189B; H-CLIC, ENTRY_DATE).",
        "not-within-prevention",
    )


def check_open(status: Status) -> None:
    """What has ended changes no more."""
    if status is Status.ENDED:
        raise Conflict("This stay has ended: nothing of it changes any more", state=status, allowed=[])


# Bed and breakfast: six weeks ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stay:
    """Nights from `entered_on` to the day they left, which is no night of it; None: it goes on."""

    entered_on: date
    left_on: date | None = None

    def nights(self, until: date) -> int:
        """How many nights until the morning of `until`."""
        end = until if self.left_on is None else min(self.left_on, until)
        return max(0, (end - self.entered_on).days)


def days_before(earlier: Iterable[Stay], entered_on: date, family_since: date) -> int:
    """Days in bed and breakfast before this stay that count towards the six weeks: it is a total of periods (art 4).

    Only those since there has been a family, and each day once.
    """
    days: set[int] = set()
    for stay in earlier:
        first = max(stay.entered_on, family_since)
        last = min(stay.left_on or entered_on, entered_on)
        days |= set(range(first.toordinal(), last.toordinal()))
    return len(days)


def day_on(number: int, entered_on: date, before: int, family_since: date) -> date | None:
    """The date of that day of bed and breakfast, the day of entry being day one; None: it was passed before."""
    start = max(entered_on, family_since)
    return start + timedelta(days=number - before - 1) if number > before else None


def reached(on: date, entered_on: date, before: int, family_since: date) -> int:
    """Which day of bed and breakfast a date is."""
    return before + max(0, (on - max(entered_on, family_since)).days + 1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody is to act by this day."""

    day: int
    on: date


def alarms(days: Sequence[int], entered_on: date, before: int, family_since: date) -> list[Alarm]:
    """When each alarm rings; one whose day was passed in an earlier stay rings as they enter."""
    start = max(entered_on, family_since)
    return [Alarm(each, day_on(each, entered_on, before, family_since) or start) for each in sorted(days)]


def breach_on(most: int, entered_on: date, before: int, family_since: date) -> date:
    """The first day on which they may no longer be there."""
    return day_on(most + 1, entered_on, before, family_since) or max(entered_on, family_since)


# Notices -------------------------------------------------------------------------------------------------------


class Notice(StrEnum):
    """Who is told that a household was placed."""

    OUT_OF_AREA = "out_of_area"
    SCHOOL = "school"
    GP = "gp"
    HEALTH_VISITOR = "health_visitor"


class NoticeState(StrEnum):
    """Due until it was sent, or until it is known that it may not be."""

    DUE = "due"
    SENT = "sent"
    NOT_AGREED = "not_agreed"
    WITHHELD = "withheld"
    NOT_NEEDED = "not_needed"


TO_BODIES: Final = (Notice.SCHOOL, Notice.GP, Notice.HEALTH_VISITOR)


def notices_for(party: Party, out_of_area: bool, sealed: bool, agreed: bool | None) -> dict[Notice, NoticeState]:
    """Which notices a new stay needs, and how each begins.

    The host council is told by law, also of a sealed stay: the law asks it of us, and it is sent to a named officer
    there. The bodies around a child are told only if a parent agreed, and of a sealed stay never.
    """
    found: dict[Notice, NoticeState] = {}
    if out_of_area:
        found[Notice.OUT_OF_AREA] = NoticeState.DUE
    if party.children:
        bodies = NoticeState.WITHHELD if sealed else NoticeState.NOT_AGREED if agreed is False else NoticeState.DUE
        found |= dict.fromkeys(TO_BODIES, bodies)
    return found


def check_sending(notice: Notice, state: NoticeState, sealed: bool, agreed: bool | None) -> None:
    """Nothing goes out twice, of a sealed stay to no body, and to the bodies around a child only with agreement."""
    if state is not NoticeState.DUE:
        allowed = [NoticeState.SENT] if state is NoticeState.NOT_AGREED else []
        if not (state is NoticeState.NOT_AGREED and agreed):
            raise Conflict(f"This notice is {state.replace('_', ' ')}", state=state, allowed=allowed)
    if notice in TO_BODIES:
        if sealed:
            raise Conflict("This stay is sealed: no body around the child is told", state=state, allowed=[])
        if agreed is not True:
            raise invalid(
                "/agreed_by_parent", "A parent's agreement comes first: ask, and say what they answered.", "agreement"
            )


def due_on(entered_on: date, days: int) -> date:
    """The last day of a notice: a period beginning with the day they entered."""
    return period_beginning_with(entered_on, days)


# Money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rate:
    """What a night costs us and what the household is charged for it, in pence, from a day on."""

    since: date
    cost: int
    charge: int


def cost_of(stay: Stay, rates: Sequence[Rate], since: date, until: date) -> tuple[int, int, int]:
    """Nights, cost and charge in pence of a stay between two days (`until` is no night of it)."""
    nights = cost = charge = 0
    ordered = sorted(rates, key=lambda each: each.since)
    for number, rate in enumerate(ordered):
        first = max(stay.entered_on if number == 0 else rate.since, since, stay.entered_on)
        last = min(until, stay.left_on or until)
        if number + 1 < len(ordered):
            last = min(last, ordered[number + 1].since)
        here = max(0, (last - first).days)
        nights, cost, charge = nights + here, cost + here * rate.cost, charge + here * rate.charge
    return nights, cost, charge


# Who sees how exactly --------------------------------------------------------------------------------------------

WORKS_ON_IT: Final = frozenset({"housing_officer", "manager", "targeted_specialist"})
"""Roles that see exact figures: they see the households too. All others see what can name nobody."""
FEWEST_SHOWN: Final = 10


def sees_whole(roles: Iterable[str]) -> bool:
    """Whether somebody with these roles sees figures to the last household."""
    return not WORKS_ON_IT.isdisjoint(roles)


def shown_to(number: int, whole: bool) -> int | None:
    """A number of people: None hides a small group from those who do not work with it."""
    return number if whole or number == 0 or number >= FEWEST_SHOWN else None


def rounded(number: int, whole: bool) -> int:
    """A number of households: to the nearest ten for those who do not work with them, as the ministry rounds.

    Rounded alike every time, and parts apart from their whole, so that no two tables tell a small group by their
    difference.
    """
    return number if whole else (number + 5) // 10 * 10
