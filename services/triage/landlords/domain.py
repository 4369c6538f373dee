"""All that a landlord is ever written: mediation and payment. Words are fixed, dates and amounts vary. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kit.contracts.codes import LandlordMessageKind as Kind
from kit.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Form:
    """The words of one kind, and exactly the details they hold."""

    words: str
    details: frozenset[str] = frozenset()


FORMS: Final[Mapping[Kind, Form]] = {
    Kind.MEDIATION_OFFERED: Form(
        "We offer to sit down with you and your tenant, free of charge, to find a way that works for both."
    ),
    Kind.MEDIATION_MEETING: Form(
        "The meeting with you, your tenant and us is on {on}.",
        frozenset({"on"}),
    ),
    Kind.TIME_ASKED: Form(
        "We ask you to take no further step before {on}, while a way to pay is agreed.",
        frozenset({"on"}),
    ),
    Kind.PLAN_PROPOSED: Form(
        "Your tenant proposes to pay {amount} every {every}, from {on}. Please tell us whether you agree.",
        frozenset({"amount_pence", "every", "on"}),
    ),
    Kind.PAYMENT_MADE: Form(
        "A payment of {amount} towards the rent was made on {on}.",
        frozenset({"amount_pence", "on"}),
    ),
    Kind.PAYMENT_COMING: Form(
        "A payment of {amount} towards the rent is to reach you on {on}.",
        frozenset({"amount_pence", "on"}),
    ),
}
_GREETING: Final = "About the tenancy {tenancy}. "
_ENDING: Final = " Questions: 020 7946 0000."


def check_details(kind: Kind, given: Mapping[str, Any]) -> None:
    """Exactly the details of this kind, neither fewer nor more; `Invalid` naming each that is wrong."""
    wanted = FORMS[kind].details
    named = {name for name, value in given.items() if value is not None}
    faults = [FieldError(f"/{name}", "This message needs it.", "detail-of-this-kind") for name in wanted - named]
    faults += [FieldError(f"/{name}", "This message does not tell it.", "no-such-detail") for name in named - wanted]
    if faults:
        faults.sort(key=lambda each: each.pointer)
        raise Invalid("; ".join(f"{each.pointer}: {each.detail}" for each in faults), *faults)


def text_of(kind: Kind, tenancy: str, given: Mapping[str, Any]) -> str:
    """Exactly what the landlord reads."""
    values = {
        "tenancy": tenancy,
        "on": day(given["on"]) if given.get("on") else "",
        "amount": pounds(given["amount_pence"]) if given.get("amount_pence") else "",
        "every": given.get("every") or "",
    }
    return (_GREETING + FORMS[kind].words + _ENDING).format(**values)


def day(value: date) -> str:
    """A day as people write it, e.g. 4 December 2026."""
    return f"{value.day} {value.strftime('%B %Y')}"


def pounds(pence: int) -> str:
    """An amount as people write it."""
    return f"£{pence // 100:,}.{pence % 100:02d}"
