"""By what outcomes are told apart, and into how broad groups: broad enough that some of them can be shown. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final


class By(StrEnum):
    """One thing at a time: two at once would make groups of a few."""

    ALL = "all"
    AGE = "age"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    DISABILITY = "disability"
    RELIGION = "religion"
    SEXUAL_ORIENTATION = "sexual_orientation"
    GENDER_REASSIGNMENT = "gender_reassignment"
    PREGNANCY_AND_MATERNITY = "pregnancy_and_maternity"
    PARTNERSHIP = "partnership"


NOT_SAID: Final = "not_said"
"""Who preferred not to say, who was not asked, and outcomes of a whole household."""

EVERYBODY: Final = "everybody"

AGES: Final = ((25, "under_25"), (35, "25_to_34"), (50, "35_to_49"), (65, "50_to_64"), (200, "65_and_over"))

# The ONS's five broad groups of its nineteen (2021 Census); the others two or three each.
_BROAD: Final[Mapping[By, Mapping[str, tuple[str, ...]]]] = {
    By.SEX: {"female": ("female",), "male": ("male",)},
    By.ETHNICITY: {
        "asian": ("indian", "pakistani", "bangladeshi", "chinese", "other_asian"),
        "black": ("african", "caribbean", "other_black"),
        "mixed": ("white_and_black_caribbean", "white_and_black_african", "white_and_asian", "other_mixed"),
        "white_british": ("white_british",),
        "white_other": ("white_irish", "gypsy_or_irish_traveller", "roma", "other_white"),
        "other": ("arab", "other"),
    },
    By.DISABILITY: {"disabled": ("limited_a_lot", "limited_a_little"), "not_disabled": ("not_limited",)},
    By.RELIGION: {
        "none": ("none",),
        "christian": ("christian",),
        "muslim": ("muslim",),
        "other": ("buddhist", "hindu", "jewish", "sikh", "other"),
    },
    By.SEXUAL_ORIENTATION: {"straight": ("straight",), "other": ("gay_or_lesbian", "bisexual", "other")},
    By.GENDER_REASSIGNMENT: {"as_at_birth": ("as_at_birth",), "other": ("not_as_at_birth",)},
    By.PREGNANCY_AND_MATERNITY: {"yes": ("yes",), "no": ("no",)},
    By.PARTNERSHIP: {"married_or_civil_partners": ("married", "civil_partners"), "other": ("single", "other")},
}
_GROUP_OF: Final = {
    by: {value: group for group, values in groups.items() for value in values} for by, groups in _BROAD.items()
}

ASKED: Final = tuple(_BROAD)
"""What people are asked; age is known from the day of birth."""


def groups(by: By) -> tuple[str, ...]:
    """The groups in which outcomes are shown, in order; always all of them."""
    if by is By.ALL:
        return (EVERYBODY,)
    if by is By.AGE:
        return (*(name for _, name in AGES), NOT_SAID)
    return (*_BROAD[by], NOT_SAID)


def group_of(by: By, answer: str | None) -> str:
    """The broad group of an answer; anything unknown is not said."""
    return _GROUP_OF[by].get(answer or "", NOT_SAID)


def age_group(born: str | None, on: date) -> str:
    """The age on a day, as far as the (partial) day of birth tells it: by the year alone, if that is all."""
    if not born or len(born) < 4 or not born[:4].isdecimal():
        return NOT_SAID
    year, month, day = (int(part) for part in f"{born}-01-01".split("-")[:3])
    age = on.year - year - ((on.month, on.day) < (month, day))
    return next(name for most, name in AGES if age < most) if age < AGES[-1][0] else NOT_SAID
