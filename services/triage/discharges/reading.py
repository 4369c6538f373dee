"""Reading a discharge notice: a FHIR R4 message Bundle, of which only what brings somebody home well is looked at.

Read are `Bundle.identifier` (or `id`), `Patient` (name, birthDate, telecom, address), `Encounter.period.end` and a
`QuestionnaireResponse` with our six linkIds. Everything else, clinical records before all, is neither read nor kept;
which kinds were left out is told back to the sender. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from kit.contracts.codes import DischargeCheck
from kit.errors import FieldError, Invalid, invalid

_READ: Final = frozenset({"MessageHeader", "Patient", "Encounter", "QuestionnaireResponse"})
_LONGEST: Final = 300
_MOST_LEFT_OUT: Final = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """What a hospital told us that we may know."""

    message: str
    told: Mapping[str, str]
    home_at: datetime
    settled: frozenset[DischargeCheck]
    left_out: tuple[str, ...]


def read(bundle: Mapping[str, Any]) -> Notice:
    """The notice; `Invalid` naming what is missing: an id of the message, whom it is about, when they come home."""
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "message":
        raise invalid("/resourceType", "Send a FHIR R4 Bundle of type message.", "message-bundle")
    resources = list(_resources(bundle))
    patient = _first(resources, "Patient")
    told = _told(patient)
    home_at = _moment(_dig(_first(resources, "Encounter"), "period", "end"))
    message = _text(_dig(bundle, "identifier", "value")) or _text(bundle.get("id"))
    faults = []
    if message is None:
        faults.append(FieldError("/identifier/value", "Give the message an id of its own.", "message-id"))
    if not told.get("name") or not (told.get("phone") or told.get("address")):
        faults.append(FieldError("/entry", "A Patient with a name, and a phone or an address.", "patient-found"))
    if home_at is None:
        faults.append(
            FieldError("/entry", "An Encounter whose period.end says when they come home, with its offset.", "home-at")
        )
    if message is None or home_at is None or faults:
        raise Invalid("; ".join(f"{each.pointer}: {each.detail}" for each in faults), *faults)
    kinds = {kind for each in resources if (kind := _text(each.get("resourceType"))) and kind not in _READ}
    settled = frozenset(_settled(_first(resources, "QuestionnaireResponse")))
    return Notice(message, told, home_at, settled, tuple(sorted(kinds)[:_MOST_LEFT_OUT]))


def _resources(bundle: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in _list(bundle.get("entry")):
        resource = each.get("resource") if isinstance(each, Mapping) else None
        if isinstance(resource, Mapping):
            yield resource


def _first(resources: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any]:
    return next((each for each in resources if each.get("resourceType") == kind), {})


def _told(patient: Mapping[str, Any]) -> dict[str, str]:
    name = _head(patient.get("name"))
    address = _head(patient.get("address"))
    given = " ".join(filter(None, (_text(each) for each in _list(name.get("given")))))
    lines = [*_list(address.get("line")), address.get("city"), address.get("postalCode")]
    ways = {_text(_dig(each, "system")): _text(_dig(each, "value")) for each in reversed(_list(patient.get("telecom")))}
    found = {
        "name": _text(name.get("text")) or " ".join(filter(None, (given, _text(name.get("family"))))) or None,
        "born_on": _day(patient.get("birthDate")),
        "phone": ways.get("phone"),
        "address": _text(address.get("text")) or ", ".join(filter(None, map(_text, lines))) or None,
    }
    return {field: value[:_LONGEST] for field, value in found.items() if value}


def _settled(response: Mapping[str, Any]) -> Iterator[DischargeCheck]:
    for item in _list(response.get("item")):
        link = _text(_dig(item, "linkId"))
        if link in set(DischargeCheck) and _head(_dig(item, "answer")).get("valueBoolean") is True:
            yield DischargeCheck(link)


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _day(value: Any) -> str | None:
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return value.replace("\x00", "").strip()[:_LONGEST] or None if isinstance(value, str) else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _head(value: Any) -> Mapping[str, Any]:
    first = next(iter(_list(value)), None)
    return first if isinstance(first, Mapping) else {}


def _dig(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
