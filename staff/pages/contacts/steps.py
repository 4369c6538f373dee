"""The steps of a new contact: what each asks, when it is answered, and what becomes of it in the record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from staff.forms import Form
from staff.pages.contacts.choices import say
from staff.pages.contacts.drafting import Telling
from staff.words import label

_ABOUT_HOME: Final = frozenset({"housing", "domestic_abuse"})
"""Needs beside which the two questions about tonight and the home are always asked."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the task list and its page."""

    name: str
    title: str
    check: Callable[[Form], None]
    summary: Callable[[Telling], str]
    optional: bool = False


def _check_how(form: Form) -> None:
    form.required("channel", "Choose how they came")


def _check_matters(form: Form) -> None:
    form.required("what_matters", "Write what matters to them, in their words; a few are enough")


def _check_language(form: Form) -> None:
    kind = form.required("interpreter", "Choose whether they need an interpreter")
    if kind not in ("", "not_needed", "british_sign_language") and not form.text("language"):
        form.wrong("language", "Choose the language, so that the right interpreter comes")


def _check_reach(form: Form) -> None:
    both = set(form.many("ways")) & set(form.many("never"))
    if both:
        form.wrong("never", f"{say(sorted(both)[0])}: it is safe or it is not. Choose one")
    elif not (form.many("ways") or form.many("never") or form.text("times") or form.text("note")):
        form.wrong("ways", "Choose a safe way, or go back and leave this for later")


def _check_speaks(form: Form) -> None:
    form.required("capacity", "Choose who speaks for them")
    form.date("expires", "The day it ends")


def check_need(form: Form) -> None:
    """What must be said of a need."""
    domain = form.required("domain", "Choose what it is about")
    form.required("urgency", "Choose how soon help must come")
    if domain in _ABOUT_HOME and not form.text("where_tonight"):
        form.wrong("where_tonight", "Ask where they sleep tonight, and choose the answer")
    if domain in _ABOUT_HOME and not form.text("lose_home"):
        form.wrong("lose_home", "Ask whether they may lose their home, and choose the answer")


def _sum_how(told: Telling) -> str:
    return " at the ".join(each for each in (say(told.text("how", "channel")), _hub(told)) if each)


def _hub(told: Telling) -> str:
    hub = told.text("how", "hub")
    return f"{label(hub)} hub" if hub else ""


def _sum_language(told: Telling) -> str:
    language = told.text("language", "language")
    return ", ".join(
        each for each in (say(language) if language else "", say(told.text("language", "interpreter"))) if each
    )


def _sum_reach(told: Telling) -> str:
    ways = ", ".join(say(each).lower() for each in told.many("reach", "ways"))
    never = ", ".join(say(each).lower() for each in told.many("reach", "never"))
    return "; ".join(each for each in (f"safe: {ways}" if ways else "", f"never: {never}" if never else "") if each)


def _sum_speaks(told: Telling) -> str:
    return say(told.text("speaks", "capacity"))


STEPS: Final[Mapping[str, Step]] = {
    each.name: each
    for each in (
        Step("how", "How they came", _check_how, _sum_how),
        Step("matters", "What matters to them", _check_matters, lambda told: told.text("matters", "what_matters")),
        Step("language", "Language and interpreter", _check_language, _sum_language, optional=True),
        Step("reach", "How it is safe to reach them", _check_reach, _sum_reach, optional=True),
        Step("speaks", "Somebody who speaks for them", _check_speaks, _sum_speaks, optional=True),
    )
}


def yes_no(text: str) -> bool | str:
    """As triage takes an answer: true, false or unknown."""
    return {"yes": True, "no": False}.get(text, "unknown")


def need_body(fields: Telling, step: str) -> dict[str, Any]:
    """A need as triage takes it."""
    return {
        "domain": fields.text(step, "domain"),
        "urgency": fields.text(step, "urgency") or "routine",
        "kind": fields.text(step, "kind") or "presenting",
        "goal": fields.text(step, "goal") or None,
        "tried": fields.text(step, "tried") or None,
        "strengths": fields.text(step, "strengths") or None,
        "where_tonight": fields.text(step, "where_tonight") or "unknown",
        "may_lose_home_within_56_days": yes_no(fields.text(step, "lose_home")),
        "homelessness_signs": fields.many(step, "signs"),
        "priority_signs": fields.many(step, "priority"),
    }


def contact_body(told: Telling) -> dict[str, Any]:
    """The contact as triage takes it; what was not said is left out."""
    body: dict[str, Any] = {
        "channel": told.text("how", "channel") or "walk_in",
        "hub": told.text("how", "hub") or None,
        "what_matters": told.text("matters", "what_matters") or None,
        "language": told.text("language", "language") or None,
        "needs": [need_body(told, each) for each in told.needs],
        "draft": {"kind": "contact", "key": told.key},
    }
    if told.person:
        body |= {"person_id": told.person["person_id"], "household_id": told.person.get("household_id")}
    if interpreter := told.text("language", "interpreter"):
        body["interpreter"] = {
            "kind": interpreter,
            "dialect": told.text("language", "dialect") or None,
            "gender": told.text("language", "gender") or "any",
        }
    if "reach" in told.done:
        body["safe_contact"] = {
            "ways": told.many("reach", "ways"),
            "never": told.many("reach", "never"),
            "times": told.text("reach", "times") or None,
            "note": told.text("reach", "note") or None,
        }
    if "speaks" in told.done:
        body["speaks_for"] = {
            "capacity": told.text("speaks", "capacity"),
            "name": told.text("speaks", "name") or None,
            "scope": told.text("speaks", "scope") or None,
            "proof_seen": told.text("speaks", "proof_seen") or None,
            "expires_on": _expires(told),
        }
    if confirmed := told.many("known", "confirmed"):
        body["confirmed"] = confirmed
    return {name: value for name, value in body.items() if value is not None}


def _expires(told: Telling) -> str | None:
    day = told.form("speaks").date("expires", "The day it ends")
    return day.isoformat() if day else None
