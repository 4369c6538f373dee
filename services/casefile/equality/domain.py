"""What people may be asked of themselves, and what they may answer. Pure.

The protected characteristics of the Equality Act 2010 s4 (age is known from the day of birth), with the answers of the
2021 Census where it asked. It is for them to say, or not to: nobody answers for another adult, and "prefer not to say"
is an answer that is not asked about again.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kit.errors import FieldError, Invalid

PREFER_NOT: Final = "prefer_not_to_say"

QUESTIONS: Final[Mapping[str, frozenset[str]]] = {
    "sex": frozenset({"female", "male"}),
    "gender_reassignment": frozenset({"as_at_birth", "not_as_at_birth"}),
    "ethnicity": frozenset(
        {
            "indian", "pakistani", "bangladeshi", "chinese", "other_asian",
            "african", "caribbean", "other_black",
            "white_and_black_caribbean", "white_and_black_african", "white_and_asian", "other_mixed",
            "white_british", "white_irish", "gypsy_or_irish_traveller", "roma", "other_white",
            "arab", "other",
        }
    ),
    "disability": frozenset({"limited_a_lot", "limited_a_little", "not_limited"}),
    "religion": frozenset({"none", "christian", "buddhist", "hindu", "jewish", "muslim", "sikh", "other"}),
    "sexual_orientation": frozenset({"straight", "gay_or_lesbian", "bisexual", "other"}),
    "pregnancy_and_maternity": frozenset({"yes", "no"}),
    "partnership": frozenset({"married", "civil_partners", "single", "other"}),
}  # fmt: skip


class GivenBy(StrEnum):
    """Whose words these are: never a worker's guess."""

    THEMSELVES = "themselves"
    THEMSELVES_WITH_HELP = "themselves_with_help"
    PARENT_OF_A_CHILD = "parent_of_a_child"


def check(answers: Mapping[str, str | None]) -> None:
    """Each answer is one that may be given; None takes an earlier one back. All faults at once."""
    faults = []
    if not answers:
        faults.append(FieldError("/answers", "Leave it, if they would rather not be asked.", "some-answer"))
    for question, answer in answers.items():
        may = QUESTIONS.get(question)
        if may is None:
            known = ", ".join(QUESTIONS)
            faults.append(FieldError("/answers", f"We ask about {known}.", "known-question"))
        elif answer is not None and answer != PREFER_NOT and answer not in may:
            said = ", ".join(sorted(may))
            faults.append(FieldError(f"/answers/{question}", f"One of {said}, {PREFER_NOT}.", "known-answer"))
    if faults:
        raise Invalid("Some of this is not what we ask", *faults)
