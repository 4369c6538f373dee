"""What is sent about separations."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.casefile.separation.domain import How

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=100)]
Names = Annotated[list[Name], Field(max_length=100)]
People = Annotated[list[UUID], Field(max_length=50)]


class NewSeparation(BaseModel):
    """Whom to protect from whom. Two ids are enough; the rest can be said now or later."""

    model_config = ConfigDict(extra="forbid")

    protected_person_id: UUID
    separated_person_id: UUID
    because: Text = ""
    also: People = Field([], description="Sealed too, besides everyone who lives with the protected person")
    keep_from: Names = Field([], description="Workers, or organisation:<id>, who must not know, besides those we find")
    trusted: Names = Field([], description="Workers who go on with the protected person although they knew both")
    word: Word | None = Field(None, description="Chosen by the protected person; to be said before it is ever lifted")


class SeparationChanges(BaseModel):
    """What changes; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    also: People | None = None
    keep_from: Names = []
    trusted: Names | None = None
    release: Names = Field([], description="Names barred by what they once did, to be barred no longer")
    word: Word | None = None


class Lifting(BaseModel):
    """What the protected person said, alone with you."""

    model_config = ConfigDict(extra="forbid")

    heard_on: date
    how: How
    alone: bool
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]
    word: Word | None = Field(None, description="The word they chose, if they chose one")
