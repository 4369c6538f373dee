"""The additive-only law, shown to catch each kind of break seeded into a copy of the real document."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from kit.contracts.compatibility import breaking_changes
from tests.contracts.strategies import PUBLISHED

RECEIVED = "triage.contact.received"
Change = Callable[[dict[str, Any]], object]


def schema(changed: dict[str, Any], model: str) -> dict[str, Any]:
    found: dict[str, Any] = changed["components"]["schemas"][model]
    return found


def field(changed: dict[str, Any], model: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema(changed, model)["properties"][name]
    return found


def message(changed: dict[str, Any], name: str = RECEIVED) -> dict[str, Any]:
    found: dict[str, Any] = changed["components"]["messages"][name]
    return found


def changed(change: Change) -> dict[str, Any]:
    new = copy.deepcopy(PUBLISHED)
    change(new)
    return new


def test_nothing_changed_is_nothing_broken() -> None:
    assert breaking_changes(PUBLISHED, copy.deepcopy(PUBLISHED)) == []


BREAKS: dict[str, tuple[Change, str]] = {
    "type removed": (lambda d: d["components"]["messages"].pop(RECEIVED), f"{RECEIVED}: the live type was removed"),
    "consumer removed": (
        lambda d: message(d).update({"x-consumers": []}),
        f"{RECEIVED}: no longer for casefile, gateway, risk",
    ),
    "no case fact": (lambda d: message(d).update({"x-case-fact": False}), f"{RECEIVED}: no longer a case fact"),
    "sealed": (lambda d: message(d).update({"x-sealed": True}), f"{RECEIVED}: sealing changed"),
    "moved": (
        lambda d: d["channels"][RECEIVED].update({"address": "newstart.elsewhere"}),
        f"{RECEIVED}: moved to another subject",
    ),
    "field removed": (
        lambda d: schema(d, "ContactReceived")["properties"].pop("hub"),
        f"{RECEIVED}.data.hub: the field was removed",
    ),
    "nested field removed": (
        lambda d: schema(d, "ContactNeed")["properties"].pop("domain"),
        f"{RECEIVED}.data.needs[].domain: the field was removed",
    ),
    "envelope attribute removed": (
        lambda d: schema(d, "CloudEvent")["properties"].pop("purpose"),
        f"{RECEIVED}.purpose: the field was removed",
    ),
    "new required field": (
        lambda d: (
            schema(d, "ContactReceived")["properties"].update({"team": {"type": "string"}}),
            schema(d, "ContactReceived")["required"].append("team"),
        ),
        f"{RECEIVED}.data.team: is now required, and older events lack it",
    ),
    "optional field now required": (
        lambda d: schema(d, "ContactReceived")["required"].append("hub"),
        f"{RECEIVED}.data.hub: is now required, and older events lack it",
    ),
    "required field now optional": (
        lambda d: schema(d, "ContactReceived")["required"].remove("channel"),
        f"{RECEIVED}.data.channel: may now be missing",
    ),
    "type changed": (
        lambda d: field(d, "ClockState", "offset_seconds").update({"type": "string"}),
        'gateway.clock.moved.data.offset_seconds: its type changed from "integer" to "string"',
    ),
    "format changed": (
        lambda d: field(d, "ContactReceived", "contact_id").pop("format"),
        f'{RECEIVED}.data.contact_id: its format changed from "uuid" to none',
    ),
    "pattern changed": (
        lambda d: field(d, "AccessBatch", "digest").update({"pattern": "^[0-9a-f]{40}$"}),
        'risk.access.recorded.data.digest: its pattern changed from "^[0-9a-f]{64}$" to "^[0-9a-f]{40}$"',
    ),
    "constant changed": (
        lambda d: field(d, "CloudEvent", "specversion").update({"const": "2.0"}),
        f'{RECEIVED}.specversion: its const changed from "1.0" to "2.0"',
    ),
    "now nullable": (
        lambda d: schema(d, "ContactReceived")["properties"].update(
            {"contact_id": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}}
        ),
        f"{RECEIVED}.data.contact_id: may now be null",
    ),
    "no longer nullable": (
        lambda d: field(d, "ContactReceived", "person_id")["anyOf"].pop(),
        f"{RECEIVED}.data.person_id: may no longer be null",
    ),
    "one more choice of type": (
        lambda d: field(d, "ContactReceived", "person_id")["anyOf"].append({"type": "integer"}),
        f"{RECEIVED}.data.person_id: its type changed",
    ),
    "type changed inside a choice": (
        lambda d: field(d, "ContactReceived", "person_id")["anyOf"][0].update({"type": "integer"}),
        f'{RECEIVED}.data.person_id: its type changed from "string" to "integer"',
    ),
    "list of something else": (
        lambda d: field(d, "ContactReceived", "needs").update({"items": {"type": "string"}}),
        f'{RECEIVED}.data.needs[]: its type changed from "object" to "string"',
    ),
    "value removed": (
        lambda d: schema(d, "Channel")["enum"].remove("partner"),
        f"{RECEIVED}.data.channel: no longer allows partner",
    ),
    "text limited to a list": (
        lambda d: field(d, "CloudEvent", "actor").update({"enum": ["me"]}),
        f"{RECEIVED}.actor: is now limited to a list of values",
    ),
    "lower bound raised": (
        lambda d: field(d, "CaseState", "episode").update({"minimum": 2}),
        "casefile.case.opened.data.episode: its minimum was raised to 2",
    ),
    "upper bound set": (
        lambda d: field(d, "CaseState", "episode").update({"maximum": 9}),
        "casefile.case.opened.data.episode: its maximum was lowered to 9",
    ),
    "part removed": (
        lambda d: message(d)["payload"]["allOf"].pop(0),
        f"{RECEIVED}: its type changed",
    ),
    "additions forbidden": (
        lambda d: schema(d, "ContactReceived").update({"additionalProperties": False}),
        f"{RECEIVED}.data: its additionalProperties changed",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_named(name: str) -> None:
    change, complaint = BREAKS[name]
    assert complaint in breaking_changes(PUBLISHED, changed(change))


ADDITIONS: dict[str, Change] = {
    "optional field": lambda d: schema(d, "ContactReceived")["properties"].update({"team": {"type": "string"}}),
    "consumer": lambda d: message(d)["x-consumers"].append("risk"),
    "case fact": lambda d: message(d, "gateway.clock.moved").update({"x-case-fact": True}),
    "value in a list": lambda d: schema(d, "Channel")["enum"].append("kiosk"),
    "type": lambda d: d["components"]["messages"].update({"triage.kiosk.opened": message(d)}),
    "lower bound lifted": lambda d: field(d, "CaseState", "episode").pop("minimum"),
    "words": lambda d: schema(d, "ContactReceived").update({"description": "Better words"}),
    "planned type dropped": lambda d: d["x-planned"].pop("risk.consent.withdrawn"),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_breaks_nothing(name: str) -> None:
    new = changed(ADDITIONS[name])
    assert new != PUBLISHED
    assert breaking_changes(PUBLISHED, new) == []


def test_a_model_that_contains_itself_is_compared_and_ends() -> None:
    def recursive(d: dict[str, Any]) -> None:
        schema(d, "ContactReceived")["properties"]["earlier"] = {
            "anyOf": [{"$ref": "#/components/schemas/ContactReceived"}, {"type": "null"}]
        }

    old = changed(recursive)
    new = copy.deepcopy(old)
    assert breaking_changes(old, new) == []
    schema(new, "ContactReceived")["properties"].pop("hub")
    assert f"{RECEIVED}.data.hub: the field was removed" in breaking_changes(old, new)
