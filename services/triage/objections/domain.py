"""The rules of objections (UK GDPR Article 21): whose word counts, and to what one may object. Pure."""

from collections.abc import Mapping
from typing import Final, Literal

from kit.errors import Conflict, invalid

Said = Literal["themselves", "someone_else"]
Route = Literal["in_person", "safe_phone", "safe_email", "safe_letter", "video"]
"""How we were sure that it was they who said it: by their safe route."""

NEVER_STOPPED: Final = frozenset({"safeguarding", "emergency_response", "statutory_referral", "domestic_abuse"})


def check_purpose(purpose: str, bases: Mapping[str, str]) -> None:
    """One may object to what rests on a public task; never to what keeps a child or an adult safe.

    `bases` is the lawful basis of each purpose.
    """
    if purpose not in bases:
        raise invalid("/purpose", "This is not one of the purposes.", "purpose")
    if purpose in NEVER_STOPPED:
        raise invalid("/purpose", "An objection never stops what keeps people safe.", "never-stops-safeguarding")
    if bases[purpose] != "public_task":
        raise invalid("/purpose", "One objects to what rests on a public task; this does not.", "public-task")


def check_said(said_by: Said, pointer: str = "/said_by") -> None:
    """The adult's own word: a partner or a parent who says it for them may be the one they need help against."""
    if said_by != "themselves":
        raise invalid(pointer, "Only their own word counts: ask them, by their safe route.", "their-own-word")


def check_stands(state: str) -> None:
    """Only what stands can be taken back."""
    if state != "standing":
        raise Conflict("This objection was taken back already", allowed=[])
