"""The words of letters: what was decided, for which reasons, and how to have it looked at again. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.housing.register.scheme import Scheme

_WHAT: Final = {
    "activate": "You are on the housing register.",
    "disqualify": "You cannot join the housing register, or stay on it, as things stand.",
    "band": "Your place on the housing register has changed.",
    "need": "We have changed how many bedrooms we count for your household.",
    "suspend": "We have suspended your application: for now you cannot bid for homes.",
    "restore": "Your application is no longer suspended: you can bid for homes again.",
    "end": "Your application for a home has ended.",
}


def letter(
    rules: Scheme,
    kind: str,
    number: str,
    *,
    reasons: Sequence[str],
    standing: Sequence[str],
    words: str | None,
    ask_by: date | None,
) -> str:
    """The letter of one decision. `standing`: how the application stands now; `ask_by`: None where nothing hurts."""
    parts = [f"Your application for a home, number {number}", _WHAT[kind]]
    if standing:
        parts.append("How it stands now:\n" + "\n".join(f"- {each}" for each in standing))
    if reasons:
        parts.append("Our reasons:\n" + "\n".join(f"- {each}" for each in reasons))
    if words:
        parts.append(words)
    if ask_by is not None:
        weeks = rules.review_decide_days // 7
        parts.append(
            "If you think this is wrong, you can ask us to look at it again. Tell us by"
            f" {_day(ask_by)}, in any way that suits you, and say why. Another officer, who had no part in this"
            f" decision, will look at the facts and decide within {weeks} weeks. You can also ask to see the facts."
        )
    days = rules.tell_changes_within_days
    parts.append(f"Tell us within {days} days if anything changes: who lives with you, where, or on what.")
    return "\n\n".join(parts)


def standing(
    band_title: str | None, priority_on: date | None, bedrooms: int | None, renew_by: date | None
) -> list[str]:
    """How an application stands, in a few lines."""
    found = []
    if band_title:
        found.append(band_title + (f", waiting since {_day(priority_on)}" if priority_on else ""))
    if bedrooms is not None:
        found.append(f"{bedrooms} bedroom{'' if bedrooms == 1 else 's'}")
    if renew_by:
        found.append(f"To be renewed by {_day(renew_by)}; we will write to you before")
    return found


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
