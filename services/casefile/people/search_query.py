"""A search, and how well one person fits all of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from services.casefile.people.identifiers import DateClue, PartialDate
from services.casefile.people.names import NameTokens, TypedName, typed_name
from services.casefile.people.scoring import birth_evidence, name_evidence
from services.casefile.people.search_index import mark

# What an identifier is worth in bits (see scoring): a number is one person's, an address a household's or a street's.
_IDENTIFIERS = (
    ("nhs_number", "nhs", 24.0, "NHS number matches"),
    ("nino", "nino", 24.0, "National Insurance number matches"),
    ("upn", "upn", 24.0, "unique pupil number matches"),
    ("phone", "phone", 12.0, "phone number matches"),
    ("uprn", "uprn", 12.0, "address matches"),
    ("postcode", "postcode", 9.0, "postcode matches"),
)
_NAME_AGREES = 0.8
"""Of a name's bits: enough to count it as one of two identifiers."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One typed identifier: its mark in the index, its worth in bits, and the reason it gives."""

    mark: int
    worth: float
    reason: str


@dataclass(frozen=True)
class SearchQuery:
    """What is known of the person sought. Identifiers in their normal form (`identifiers`; phones as E.164)."""

    name: str = ""
    date_of_birth: DateClue | None = None
    postcode: str | None = None
    uprn: str | None = None
    phone: str | None = None
    nhs_number: str | None = None
    nino: str | None = None
    upn: str | None = None

    @cached_property
    def typed(self) -> TypedName:
        return typed_name(self.name)

    @cached_property
    def identifiers(self) -> tuple[Identifier, ...]:
        return tuple(
            Identifier(mark(kind, value), worth, reason)
            for field, kind, worth, reason in _IDENTIFIERS
            if (value := getattr(self, field))
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one person fits: `score` is the share of the evidence asked for that agrees, from 0 to 1."""

    score: float
    reasons: tuple[str, ...]
    second_identifier_matched: bool


def fit(query: SearchQuery, names: Sequence[NameTokens], born: PartialDate | None, marks: Collection[int]) -> Fit:
    """Weigh everything typed against everything known of one person."""
    name = name_evidence(query.typed, names)
    birth = birth_evidence(query.date_of_birth, born)
    bits, possible = name.bits + birth.bits, name.possible + birth.possible
    reasons = [*name.reasons, *birth.reasons]
    exact = int(name.possible > 0 and name.bits >= _NAME_AGREES * name.possible)
    exact += bool(query.date_of_birth and query.date_of_birth.full and birth.bits == birth.possible)
    for identifier in query.identifiers:
        possible += identifier.worth
        if identifier.mark in marks:
            bits += identifier.worth
            exact += 1
            reasons.append(identifier.reason)
    score = max(0.0, min(1.0, bits / possible)) if possible else 0.0
    return Fit(score, tuple(reasons), exact >= 2)
