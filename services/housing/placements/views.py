"""How temporary homes, stays and counters are shown."""

from collections.abc import Sequence
from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.housing.placements import domain
from services.housing.placements.domain import Duty, EndReason, Kind, Managed, Notice, NoticeState, Shared, Status
from services.housing.placements.models import Placement as Row
from services.housing.placements.models import PlacementAlarm, PlacementNotice, PlacementRate, TemporaryHome


class HomeView(BaseModel):
    """A temporary home. The address of a refuge is for nobody's list."""

    id: UUID
    version: int
    reference: str
    address: str | None = Field(description="Null for a refuge")
    uprn: str | None
    council: str
    out_of_area: bool
    kind: Kind
    kind_in_words: str
    self_contained: bool
    shares: list[Shared]
    managed_by: Managed
    private_home: bool
    refuge: bool
    bed_and_breakfast: bool = Field(description="As SI 2003/3326 means it today")
    sleeps: int
    bedrooms: int
    step_free: bool
    nightly_cost_pence: int
    paid_when_empty: bool
    since: date
    until: date | None
    until_reason: str | None

    @classmethod
    def of(cls, row: TemporaryHome, *, bed_and_breakfast: bool) -> Self:
        """The home as it is shown."""
        same = ("id", "version", "reference", "council", "kind", "self_contained", "shares", "managed_by")
        also = ("private_home", "refuge", "sleeps", "bedrooms", "step_free", "paid_when_empty", "since", "until")
        return cls(
            **{name: getattr(row, name) for name in (*same, *also, "until_reason")},
            address=None if row.refuge else row.address,
            uprn=None if row.refuge else row.uprn,
            out_of_area=row.council != domain.OUR_COUNCIL,
            kind_in_words=domain.TITLES[Kind(row.kind)],
            bed_and_breakfast=bed_and_breakfast,
            nightly_cost_pence=row.nightly_cost,
        )


class Void(BaseModel):
    """A home that nobody is in."""

    home: HomeView
    empty_since: date
    nights: int
    lost_pence: int = Field(description="Paid for the empty nights; nothing where only nights stayed are paid")
    last_left: EndReason | None


class RateView(BaseModel):
    """What a night costs from a day on."""

    since: date
    nightly_cost_pence: int
    nightly_charge_pence: int


class AlarmView(BaseModel):
    """An alarm of a family in bed and breakfast."""

    day: int = Field(description="Which day of bed and breakfast: 28, 35 or 42")
    rings_on: date
    rung_at: UtcDatetime | None
    answered_by: WorkerId | None
    answered_at: UtcDatetime | None
    answer: str | None


class NoticeView(BaseModel):
    """A body that is to be told."""

    id: UUID
    kind: Notice
    state: NoticeState
    due_on: date
    late: bool
    sent_on: date | None
    sent_to: str | None
    sent_by: WorkerId | None
    why_not: str | None


class NoticeWords(BaseModel):
    """A notice in words. The names are put in by whoever prints it, from the case file."""

    kind: Notice
    title: str
    section: str
    needs: list[str] = Field(description="What still stands in braces: applicant, child")
    words: list[str]


class PlacementView(BaseModel):
    """A stay in temporary accommodation, with what the law says of it today."""

    id: UUID
    version: int
    household_id: UUID
    person_id: UUID
    person_ids: list[UUID]
    case_id: UUID | None
    duty: Duty
    section: str
    home_id: UUID
    kind: Kind
    kind_in_words: str
    bed_and_breakfast: bool
    nothing_else: str | None
    children: int
    pregnant: bool
    family: bool
    applicant_16_or_17: bool
    sealed: bool
    agreed_by_parent: bool | None
    council: str
    out_of_area: bool
    status: Status
    entered_on: date
    left_on: date | None
    end_reason: EndReason | None
    letting_id: UUID | None
    moved_from: UUID | None
    day_of_bed_and_breakfast: int | None = Field(description="Today, of this application; null where no limit counts")
    days_left: int | None = Field(description="Until six weeks are over; below nought: past them")
    leave_by: date | None = Field(description="The first day on which they may no longer be there")
    breached_on: date | None
    alarms: list[AlarmView]
    notices: list[NoticeView]
    rates: list[RateView]
    nights: int = Field(description="So far")
    cost_pence: int = Field(description="To the council, so far")
    charge_pence: int = Field(description="To the household, so far")
    placed_by: WorkerId
    placed_at: UtcDatetime
    ended_by: WorkerId | None

    @classmethod
    def of(
        cls,
        row: Row,
        today: date,
        rates: Sequence[PlacementRate],
        alarms: Sequence[PlacementAlarm],
        notices: Sequence[PlacementNotice],
    ) -> Self:
        """The stay as it is shown."""
        priced = [domain.Rate(each.since, each.nightly_cost, each.nightly_charge) for each in rates]
        nights, cost, charge = domain.cost_of(row.stay, priced, row.entered_on, max(today, row.entered_on))
        limited = row.past_from is not None and row.family_since is not None
        last = min(row.left_on, today) if row.left_on else today
        same = ("id", "version", "household_id", "person_id", "person_ids", "case_id", "duty", "home_id", "kind")
        also = ("bed_and_breakfast", "nothing_else", "children", "pregnant", "sealed", "agreed_by_parent", "council")
        more = ("out_of_area", "entered_on", "left_on", "end_reason", "letting_id", "moved_from", "breached_on")
        return cls(
            **{name: getattr(row, name) for name in (*same, *also, *more, "placed_by", "placed_at", "ended_by")},
            section=domain.SECTIONS[Duty(row.duty)],
            kind_in_words=domain.TITLES[Kind(row.kind)],
            family=row.party.family,
            applicant_16_or_17=row.young_applicant,
            status=row.status,
            day_of_bed_and_breakfast=(
                domain.reached(last, row.entered_on, row.days_before, row.family_since)
                if limited and row.family_since
                else None
            ),
            days_left=(row.past_from - last).days if row.past_from and row.left_on is None else None,
            leave_by=row.past_from,
            alarms=[
                AlarmView.model_validate(each, from_attributes=True)
                for each in sorted(alarms, key=lambda each: each.day)
            ],
            notices=[
                NoticeView(
                    **{name: getattr(each, name) for name in NoticeView.model_fields if name != "late"},
                    late=(each.sent_on or today) > each.due_on and each.state in (NoticeState.DUE, NoticeState.SENT),
                )
                for each in sorted(notices, key=lambda each: (each.due_on, each.kind))
            ],
            rates=[
                RateView(
                    since=each.since,
                    nightly_cost_pence=each.nightly_cost,
                    nightly_charge_pence=each.nightly_charge,
                )
                for each in sorted(rates, key=lambda each: each.since)
            ],
            nights=nights,
            cost_pence=cost,
            charge_pence=charge,
        )


class PlacementLine(BaseModel):
    """A stay in a list."""

    id: UUID
    version: int
    household_id: UUID
    person_id: UUID
    case_id: UUID | None
    duty: Duty
    home_id: UUID
    kind: Kind
    bed_and_breakfast: bool
    family: bool
    out_of_area: bool
    sealed: bool
    status: Status
    entered_on: date
    left_on: date | None
    end_reason: EndReason | None
    leave_by: date | None
    alarm_day: int | None
    breached_on: date | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """The stay as a list shows it."""
        other = ("family", "leave_by", "status")
        return cls(
            **{name: getattr(row, name) for name in cls.model_fields if name not in other},
            family=row.party.family,
            leave_by=row.past_from,
            status=row.status,
        )


class Ringing(BaseModel):
    """An alarm that nobody has answered."""

    placement_id: UUID
    household_id: UUID
    day: int
    rings_on: date
    leave_by: date | None
    breached_on: date | None


class NoticeDue(BaseModel):
    """A notice that is still to be sent."""

    placement_id: UUID
    household_id: UUID
    notice_id: UUID
    kind: Notice
    due_on: date
    days_left: int


# Counters --------------------------------------------------------------------------------------------------------


class KindCount(BaseModel):
    """One kind on one day."""

    kind: Kind
    title: str
    households: int
    with_children: int
    children: int
    in_another_area: int


class DayCount(BaseModel):
    """Table TA1 on the night of one day. Families: with a child, or somebody pregnant."""

    day: date
    households: int
    with_children: int
    children: int
    in_another_area: int
    duty_owed_no_home_secured: int
    bed_and_breakfast: int
    bed_and_breakfast_with_children: int
    bed_and_breakfast_past_six_weeks: int
    of_which_review_pending: int
    bed_and_breakfast_aged_16_or_17: int
    cost_pence: int = Field(description="Of that night")
    charge_pence: int
    empty_homes: int
    kinds: list[KindCount]

    def rounded(self) -> Self:
        """The same to the nearest ten, money to the nearest hundred pounds: for those who work with none of them."""
        households = {name: domain.rounded(getattr(self, name), False) for name in _COUNTED}
        money = {name: (getattr(self, name) + 5_000) // 10_000 * 10_000 for name in ("cost_pence", "charge_pence")}
        kinds = [
            each.model_copy(update={name: domain.rounded(getattr(each, name), False) for name in _OF_KIND})
            for each in self.kinds
        ]
        return self.model_copy(update={**households, **money, "kinds": kinds})


_OF_KIND = ("households", "with_children", "children", "in_another_area")
_COUNTED = tuple(
    name for name, info in DayCount.model_fields.items() if info.annotation is int and not name.endswith("_pence")
)


class Dashboard(BaseModel):
    """Temporary accommodation on some days."""

    days: list[DayCount]
    rounded: bool = Field(description="To the nearest ten, for whoever does not work with these households")
