"""What is said of adverts' rules at the door, and as they are published."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from services.housing.homes.domain import Access
from services.housing.lettings.rules import For, Group, Rules

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Band = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=r"^[A-Za-z0-9 ]+$")]


class RulesBody(BaseModel):
    """The rules of an advert that are its own; what the home itself is comes from the home."""

    model_config = ConfigDict(extra="forbid")

    one_bedroom_short: bool = Field(default=False, description="Who needs one bedroom more may bid too")
    bands: list[Band] = Field(default_factory=list, max_length=10, description="Only these; none named: all")
    access_first: For = Field(default=For.FIRST, description="In a home with access, who needs it: first or only")
    somebody_aged: int | None = Field(default=None, ge=1, le=100)
    nobody_under: int | None = Field(default=None, ge=1, le=100)
    plan: For = Field(default=For.ANYBODY, description="A local lettings plan or quota: the groups first, or only")
    groups: list[Group] = Field(default_factory=list, max_length=10)
    income_from_pence: int | None = Field(default=None, ge=0, le=100_000_000, description="Gross, a year, evidenced")
    income_to_pence: int | None = Field(default=None, ge=0, le=100_000_000)
    quota: Code | None = None


class RulesView(RulesBody):
    """The rules as they are published, with what the home brings."""

    bedrooms: int
    people: int | None
    access: Access
    floor: int | None = None
    lift: bool = False
    scheme_id: UUID | None = Field(description="Whoever has a right to return to it comes first")

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """As they are kept and shown."""
        return cls(
            **{name: getattr(rules, name) for name in cls.model_fields if name not in ("bands", "groups")},
            bands=sorted(rules.bands),
            groups=sorted(rules.groups),
        )


def rules_from(kept: dict[str, Any]) -> Rules:
    """The rules of an advert as they were kept."""
    shown = RulesView.model_validate(kept)
    values = shown.model_dump()
    return Rules(**{**values, "bands": frozenset(shown.bands), "groups": frozenset(shown.groups)})
