"""The rules of the pack and of what is typed back in. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON
from kit.errors import FieldError, Invalid

MADE_AT: Final = time(5, 30)
"""Before the first hub opens, and before the night's work of others ends."""
KEPT: Final = timedelta(days=14)
LONGEST_OUTAGE: Final = timedelta(days=28)
LONGEST_WORDS: Final = 20_000
_FORM: Final = re.compile(r"([A-Z0-9_]{2,32})-([0-9]{8})-([0-9]{2})")
_GOES_ON: Final = frozenset({"booked", "arrived"})
FORMS: Final[Mapping[str, int]] = {"contact": 4, "visit": 3, "note": 2, "concern": 2}
"""How many of each form a pack has: more is copied before it is needed."""


class Kind(StrEnum):
    """What was written on a form. A concern is not typed here: triage has a door for it that nothing holds up."""

    CONTACT = "contact"
    VISIT = "visit"
    NOTE = "note"


def next_making(now: datetime) -> datetime:
    """The next half past five in London after `now`."""
    local = now.astimezone(LONDON)
    due = datetime.combine(local.date(), MADE_AT, LONDON)
    return due if due > local else datetime.combine(local.date() + timedelta(days=1), MADE_AT, LONDON)


def forms_of(hub: str, day: date) -> list[tuple[str, str]]:
    """The numbers of a pack's forms, each with what it is for."""
    kinds = [kind for kind, count in FORMS.items() for _ in range(count)]
    return [(f"{hub.upper()}-{day:%Y%m%d}-{number:02d}", kind) for number, kind in enumerate(kinds, start=1)]


def still_on(state: str) -> bool:
    """Whether a visit is still to take place."""
    return state in _GOES_ON


def check_form(form: str, kind: Kind, happened_at: datetime, now: datetime) -> None:
    """`Invalid` for a number that no pack bears, another kind of form, or a time that cannot be."""
    faults = []
    found = _FORM.fullmatch(form)
    day = _day(found[2]) if found else None
    if found is None or day is None:
        faults.append(FieldError("/form", "As it stands on the form, e.g. HEATH-20261204-03.", "form-number"))
    elif dict(forms_of(found[1], day)).get(form) != kind:
        faults.append(FieldError("/form", f"No form of a pack for a {kind}.", "form-of-its-kind"))
    if happened_at.tzinfo is None:
        faults.append(FieldError("/happened_at", "Say the time with its zone, e.g. 2026-12-04T16:40:00Z.", "zone"))
    elif happened_at > now:
        faults.append(FieldError("/happened_at", "Not in the future.", "happened"))
    elif now.astimezone(UTC) - happened_at.astimezone(UTC) > LONGEST_OUTAGE:
        faults.append(
            FieldError("/happened_at", "Within the last four weeks: older paper is filed as a note.", "recent")
        )
    elif day is not None and happened_at.astimezone(LONDON).date() < day:
        faults.append(FieldError("/happened_at", "Not before the day on which the form was made.", "after-the-form"))
    if faults:
        raise Invalid("This cannot be typed in as it stands", *faults)


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
