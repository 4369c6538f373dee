"""What is asked about bedrooms, and what is answered. Nothing of it is kept."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit import clock
from kit.contracts.envelope import Code
from kit.errors import invalid
from services.housing.bedroomneed import domain
from services.housing.bedroomneed.domain import Member, Need, Place, RuleSet, Sex

_LABEL = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=r"^[^\x00-\x1f]*$")
]


class PersonAsked(BaseModel):
    """Somebody who is to live there: an age or a day of birth, never a name."""

    model_config = ConfigDict(extra="forbid")

    age: int | None = Field(default=None, ge=0, le=120)
    born: date | None = None
    sex: Sex
    place: Place = Place.OTHER
    couple: _LABEL | None = Field(default=None, description="The same word for the two of a couple")
    own_room: Code | None = Field(default=None, description="Why they cannot be asked to share")

    @model_validator(mode="after")
    def _one_age(self) -> Self:
        if (self.age is None) == (self.born is None):
            raise ValueError("Say their age or when they were born: one of the two")
        return self


class NeedAsked(BaseModel):
    """A household, by ages. `rules` left out: every rule set answers."""

    model_config = ConfigDict(extra="forbid")

    people: list[PersonAsked] = Field(min_length=1, max_length=domain.MOST_PEOPLE)
    unborn: list[date] = Field(default_factory=list, max_length=6, description="When children are expected")
    extra_rooms: list[Code] = Field(default_factory=list, max_length=6, description="E.g. overnight_carer")
    bedrooms_now: int | None = Field(default=None, ge=0, le=20)
    rules: Code | None = None
    on: date | None = Field(default=None, description="Left out: today")


class RoomView(BaseModel):
    """A bedroom."""

    people: list[int] = Field(description="Places in the list asked about; the unborn come after them")
    because: str
    words: str


class NeedView(BaseModel):
    """What one rule set says."""

    rules: str
    title: str
    source: str
    bedrooms: int
    fewest: int = Field(description="The smallest home they may bid for")
    capped: bool = Field(description="They would need more than these rules give")
    lacking: int | None = Field(description="Bedrooms fewer than they need, where they live now")
    rooms: list[RoomView]


class NeedAnswer(BaseModel):
    """How many bedrooms, by each rule set, and why."""

    on: date
    answers: list[NeedView]
    next_change_on: date | None = Field(description="The next birthday that may change an answer")


_WORDS: Final = {
    "couple": "A couple shares a bedroom",
    "adult": "An adult has a bedroom",
    "same_sex": "Two of the same sex share a bedroom",
    "both_young": "Two young children share a bedroom",
    "nobody_to_share_with": "Nobody they could be asked to share with: a bedroom of their own",
}


def words(because: str) -> str:
    """Why there is this room, in plain words."""
    return _WORDS.get(because, f"A bedroom of its own: {because.replace('_', ' ')}")


def answer(asked: NeedAsked) -> NeedAnswer:
    """Count by the rule set asked for, or by all. `Invalid` as `domain.need`."""
    on = asked.on or clock.today()
    rules = [domain.rule_set(asked.rules)] if asked.rules else list(domain.rule_sets().values())
    members = [_member(number, each, on) for number, each in enumerate(asked.people)]
    born = [each.born for each in asked.people if each.born]
    changes = [domain.next_birthday_that_counts(each, born, on) for each in rules]
    changes += [domain.unborn_counts_from(each, due) for each in rules for due in asked.unborn]
    return NeedAnswer(
        on=on,
        answers=[_view(each, members, asked, on) for each in rules],
        next_change_on=min((each for each in changes if each and each > on), default=None),
    )


def _member(number: int, each: PersonAsked, on: date) -> Member:
    if each.born is not None and each.born > on:
        raise invalid(f"/people/{number}/born", "This day has not come yet: name them among the unborn.", "born")
    age = each.age if each.born is None else domain.age_on(each.born, on)
    return Member(age or 0, each.sex, each.place, each.couple, each.own_room)


def _view(rules: RuleSet, members: Sequence[Member], asked: NeedAsked, on: date) -> NeedView:
    unborn = [Member(0, Sex.OTHER) for due in asked.unborn if domain.counts_unborn(rules, due, on)]
    return view(domain.need(rules, [*members, *unborn], asked.extra_rooms), asked.bedrooms_now)


def view(found: Need, bedrooms_now: int | None) -> NeedView:
    """One rule set's answer as it is shown."""
    return NeedView(
        rules=found.rules.code,
        title=found.rules.title,
        source=found.rules.source,
        bedrooms=found.bedrooms,
        fewest=found.fewest,
        capped=found.capped,
        lacking=None if bedrooms_now is None else max(0, found.bedrooms - bedrooms_now),
        rooms=[
            RoomView(people=list(each.members), because=each.because, words=words(each.because)) for each in found.rooms
        ],
    )
