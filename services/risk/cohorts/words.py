"""Definitions, counts and lists in plain English."""

from collections.abc import Mapping

from services.risk.cohorts.domain import Condition
from services.risk.observatory.disclosure import TOO_FEW


def of_condition(condition: Condition, titles: Mapping[str, str]) -> str:
    """A condition as a sentence's part: "Low pay or no work" and ("..." or "...")."""
    if condition.every is not None:
        return _joined(condition.every, " and ", titles)
    if condition.some is not None:
        return _joined(condition.some, " or ", titles)
    if condition.no is not None:
        return f"not {_inner(condition.no, titles)}"
    if condition.factor is not None:
        return _factor(condition, titles)
    if condition.wards is not None:
        return f"in the ward{'s' if len(condition.wards) > 1 else ''} {', '.join(condition.wards)}"
    parts = [f"{name.replace('_', ' ')} {number}" for name, number in condition.composition.items()]
    return " and ".join(parts)


def _factor(condition: Condition, titles: Mapping[str, str]) -> str:
    said = f"“{titles.get(str(condition.factor), str(condition.factor))}”"
    if condition.amount_at_least is not None:
        said += f" of at least {condition.amount_at_least}"
    if condition.held_months is not None:
        said += f" for at least {condition.held_months} months"
    if condition.within_months is not None:
        said += f" within {condition.within_months} months"
    return said


def _joined(parts: tuple[Condition, ...], word: str, titles: Mapping[str, str]) -> str:
    if len(parts) == 1:
        return of_condition(parts[0], titles)
    return word.join(_inner(part, titles) for part in parts)


def _inner(part: Condition, titles: Mapping[str, str]) -> str:
    said = of_condition(part, titles)
    many = len(part.parts) > 1 or len(part.composition) > 1
    return f"({said})" if many and not said.startswith("not ") else said


def of_count(households: int | None, known: int | None, unknown: int | None) -> str:
    """How many, in one sentence; what is hidden is said to be not shown."""
    if households is None:
        return f"How many households this holds for is not shown. {TOO_FEW}"
    whole = f"About {households:,} households"
    if known is None or unknown is None:
        return f"{whole}; how many of them are known to services is not shown."
    return f"{whole}: about {known:,} are known to services and about {unknown:,} are not."


def of_list(part: str, matching: int, listed: int, left_out: list[str], barred: int, titles: Mapping[str, str]) -> str:
    """What a contact list is made of, and what was left out of its making."""
    whom = {"unknown": "not known to services", "known": "known to services", "both": "known or not"}[part]
    said = f"{listed:,} homes ({whom})"
    if listed < matching - barred:
        said += f" of {matching - barred:,}, drawn evenly"
    said += "."
    if left_out:
        factors = ", ".join(f"“{titles.get(code, code)}”" for code in left_out)
        said += (
            f" Made without {factors}: facts of abuse, social care, health or crime, or supplied for other uses, never"
            " choose whom to contact; so the list is longer than the cohort and says nothing of them."
        )
    if barred:
        said += f" {barred:,} more rest on sources that may not be used to make contact, and are not on it."
    return said
