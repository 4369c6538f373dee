"""What the HTTP door of rights takes."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.casefile.rights.domain import Asker, Exemption, Ground, Kind, Settled, Verdict, Way
from services.casefile.rights.packages import Checked

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccess(_Body):
    """Somebody asks for what we hold about them, or about a person for whom they may ask."""

    person_id: UUID
    asker: Asker = Asker.SELF
    asker_person_id: UUID | None = None
    authority: Line | None = Field(None, description="What shows that they may ask for somebody else")
    details: Annotated[str, StringConstraints(max_length=4000)] = ""
    received_on: date | None = Field(None, description="The day we had it; none: today")
    identity_shown: bool = Field(True, description="False: the clock waits until we know who asks")


class NewRequest(NewAccess):
    """Somebody asks for another of their rights."""

    kind: Literal[Kind.RECTIFICATION, Kind.RESTRICTION, Kind.OBJECTION, Kind.ERASURE]
    details: Words
    purposes: list[Code] = Field(default=[], max_length=40, description="Of a restriction or objection")


class Question(_Body):
    """What had to be asked."""

    about: Literal["identity", "clarification"]
    question: Words
    asked_on: date | None = None


class Answer(_Body):
    """When they answered."""

    answered_on: date | None = None


class Reason(_Body):
    """Why, in words the person may read."""

    reason: Words


class Refusal(Reason):
    """Why it is not done."""

    ground: Code


class Decision(Reason):
    """What was decided. `ground` and `kept` are of an erasure."""

    in_part: bool = False
    ground: Ground | None = None
    kept: list[Code] | None = Field(
        None, max_length=40, description="Retention codes that stay; none: as the schedule says"
    )


class Settlement(_Body):
    """What was done about a recipient that no mailbox or system reaches."""

    outcome: Settled
    how: Way | None = Field(None, description="Of one that was told")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000)] | None = Field(
        None, description="Why it proved impossible, or would take an effort out of proportion"
    )


class Word(_Body):
    """What becomes of one item."""

    item_id: UUID
    verdict: Verdict
    fields: list[str] = Field(default=[], max_length=200, description="Of a redaction: what is taken out")
    exemption: Exemption | None = None
    reason: Annotated[str, StringConstraints(max_length=1000)] = ""

    def checked(self) -> Checked:
        """As the rules take it."""
        return Checked(self.item_id, self.verdict, frozenset(self.fields), self.exemption, self.reason)


class Check(_Body):
    """A trained person's word on some items; all count, or none."""

    items: list[Word] = Field(min_length=1, max_length=500)


class NewHold(_Body):
    """Nothing of this person may be erased."""

    person_id: UUID
    authority: Line
    reason: Words
