"""`LawfulBasis`: why something about a person may be shared, in the one shape in which every service keeps it.

UK GDPR Article 6(1) asks for a basis, Article 7 for proof of a consent, Article 9(2) for more where health, abuse or
other special category data are concerned. `faults` says what is missing, by field and rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Fault = tuple[str, str, str]
"""Field (a path below the basis), what is missing in words, the rule."""


class Consent(BaseModel):
    """A consent as it was given (UK GDPR Article 7(1)): by whom, when, how, to which words."""

    model_config = ConfigDict(extra="forbid")

    given_on: date
    given_by: Literal["themself", "parent", "attorney", "deputy", "guardian"] = "themself"
    how: Literal["in_person", "phone", "written", "online", "sign_language"]
    explicit: bool = Field(False, description="Said to these very data and this very use (Article 9(2)(a))")
    words: Code = Field(description="The version of the words they agreed to")


class LawfulBasis(BaseModel):
    """The basis relied on. A consent is one of several, and the wrong one where saying no is no real choice."""

    model_config = ConfigDict(extra="forbid")

    basis: Literal["consent", "legal_obligation", "vital_interests", "public_task"]
    consent: Consent | None = Field(None, description="With basis consent")
    power: Words | None = Field(None, description="The power or duty relied on, for every basis but consent")
    condition: Words | None = Field(None, description="The Article 9 condition, for special category data")

    def faults(self, *, special: bool, today: date) -> Iterator[Fault]:
        """What is missing or contradicts itself; `special`: the data tell of health, abuse or the like."""
        if self.basis == "consent":
            yield from self._of_consent(special=special, today=today)
            return
        if self.consent is not None:
            yield "/consent", "A consent goes with the basis consent.", "one-basis"
        if self.power is None:
            yield "/power", "Say which power or duty is relied on.", "power-named"
        if special and self.condition is None and self.basis != "vital_interests":
            yield "/condition", "This tells of health, abuse or the like: say which Article 9 condition.", "condition"

    def _of_consent(self, *, special: bool, today: date) -> Iterator[Fault]:
        if self.consent is None:
            yield "/consent", "Say when and how they agreed, and to which words.", "consent-recorded"
            return
        if self.consent.given_on > today:
            yield "/consent/given_on", "Nobody has agreed yet on a day to come.", "consent-given"
        if special and not self.consent.explicit:
            yield "/consent/explicit", "This tells of health, abuse or the like: ask for these very data.", "explicit"
