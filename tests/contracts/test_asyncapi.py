"""The generated AsyncAPI document: complete, sound in its references, accepted by another project's models."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from kit.contracts import asyncapi, catalogue
from kit.contracts.catalogue import CATALOGUE, Sensitivity, State
from kit.contracts.compatibility import breaking_changes
from kit.contracts.envelope import EventData
from kit.contracts.event_type import live, planned
from kit.run import publish
from tests.contracts.strategies import PUBLISHED

# The structure AsyncAPI 3.0 demands of the parts we write: the rest of the official schema is about parts we do not.
STRUCTURE = {
    "type": "object",
    "required": ["asyncapi", "info"],
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "info": {"type": "object", "required": ["title", "version"]},
        "channels": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "address": {"type": ["string", "null"]},
                    "messages": {"type": "object", "additionalProperties": {"$ref": "#/$defs/reference"}},
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
        "operations": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["action", "channel"],
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "channel": {"$ref": "#/$defs/reference"},
                    "messages": {"type": "array", "items": {"$ref": "#/$defs/reference"}},
                },
                "additionalProperties": False,
            },
        },
        "components": {
            "type": "object",
            "properties": {
                "messages": {
                    "type": "object",
                    "propertyNames": {"pattern": r"^[\w\d.\-_]+$"},
                    "additionalProperties": {
                        "type": "object",
                        "required": ["payload"],
                        "patternProperties": {
                            r"^x-[\w\d.\-_]+$": True,
                            "^(name|title|contentType)$": {"type": "string"},
                            "^payload$": {"type": "object"},
                        },
                        "additionalProperties": False,
                    },
                },
                "schemas": {"type": "object", "propertyNames": {"pattern": r"^[\w\d.\-_]+$"}},
            },
            "additionalProperties": False,
        },
        "id": {"type": "string", "format": "uri"},
        "defaultContentType": {"type": "string"},
    },
    "patternProperties": {r"^x-[\w\d.\-_]+$": True},
    "additionalProperties": False,
    "$defs": {
        "reference": {
            "type": "object",
            "required": ["$ref"],
            "properties": {"$ref": {"type": "string", "pattern": "^#/"}},
            "additionalProperties": False,
        }
    },
}


def references(node: Any) -> Iterator[str]:
    match node:
        case {"$ref": str(reference)}:
            yield reference
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def follow(reference: str) -> Any:
    found: Any = PUBLISHED
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_it_has_the_structure_of_asyncapi_3() -> None:
    jsonschema.Draft202012Validator(STRUCTURE).validate(PUBLISHED)


@pytest.mark.parametrize(
    "fault",
    [
        {"asyncapi": "2.6.0"},
        {"channels": {"a.b.c": {"subject": "newstart.a.b.c"}}},
        {"operations": {"a": {"action": "publish", "channel": {"$ref": "#/channels/a"}}}},
        {"components": {"messages": {"a b": {"payload": {}}}}},
        {"planned": {}},
    ],
)
def test_the_structure_is_really_checked(fault: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(STRUCTURE).validate({**PUBLISHED, **fault})


def test_another_projects_models_of_asyncapi_read_it() -> None:
    read = ApplicationSchema.model_validate(PUBLISHED)
    assert len(read.channels) == len(catalogue.live_types())


def test_every_reference_leads_somewhere() -> None:
    found = set(references(PUBLISHED))
    assert len(found) > 50
    for reference in found:
        assert follow(reference)


def test_every_payload_is_a_valid_schema_with_whole_references() -> None:
    for message in PUBLISHED["components"]["messages"].values():
        schema = {**message["payload"], "components": PUBLISHED["components"]}
        jsonschema.Draft7Validator.check_schema(schema)  # AsyncAPI's own dialect


def test_live_types_are_channels_messages_and_operations_and_planned_ones_only_named() -> None:
    live_types = {name for name, event in CATALOGUE.items() if event.state is State.LIVE}
    assert set(PUBLISHED["channels"]) == set(PUBLISHED["components"]["messages"]) == live_types
    assert set(PUBLISHED["x-planned"]) == set(CATALOGUE) - live_types
    wanted = {f"{CATALOGUE[name].owner}.send.{name}" for name in live_types}
    wanted |= {f"{reader}.receive.{name}" for name in live_types for reader in CATALOGUE[name].consumers}
    assert set(PUBLISHED["operations"]) == wanted


def test_an_operation_stays_within_its_channel() -> None:
    for name, operation in PUBLISHED["operations"].items():
        channel = operation["channel"]["$ref"]
        assert operation["action"] == name.split(".")[1]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])
        # A sealed event's address names its receiver and sender, and no more.
        assert follow(channel)["address"] == CATALOGUE[channel.rpartition("/")[2]].nats_subject


def test_a_payload_takes_its_own_event_and_no_other() -> None:
    schema = {
        **PUBLISHED["components"]["messages"]["gateway.clock.moved"]["payload"],
        "components": PUBLISHED["components"],
    }
    event = {
        "specversion": "1.0",
        "id": str(UUID(int=1)),
        "source": "urn:newstart:gateway",
        "type": "gateway.clock.moved",
        "subject": str(UUID(int=2)),
        "time": "2026-12-04T12:00:00Z",
        "datacontenttype": "application/json",
        "actor": "worker-7",
        "purpose": "system_operations",
        "sequence": "00000000000000000001",
        "correlationid": str(UUID(int=3)),
        "data": {"offset_seconds": 3600},
    }
    checker = jsonschema.Draft202012Validator(schema)
    checker.validate(event)
    wrongs: list[dict[str, Any]] = [
        {"type": "gateway.team.changed"},
        {"data": {}},
        {"sequence": 1},
        {"source": "urn:newstart:risk"},
    ]
    for wrong in wrongs:
        assert not checker.is_valid({**event, **wrong})
    assert checker.is_valid({**event, "causationid": str(UUID(int=4))})
    assert not checker.is_valid({**event, "causationid": None}), "left out when unset, never null"
    for attribute in ("specversion", "id", "source", "type", "actor", "purpose", "sequence", "data"):
        assert not checker.is_valid({key: value for key, value in event.items() if key != attribute})


class _Twin:
    class ContactState(EventData):
        """Named like triage's, by mistake."""


def test_two_models_of_one_name_are_refused() -> None:
    twin = live("risk.contact.counted", _Twin.ContactState, "A contact was counted", Sensitivity.OPEN)
    with pytest.raises(ValueError, match="two models are named ContactState"):
        asyncapi.document({**CATALOGUE, twin.type: twin})


def test_the_order_of_declarations_does_not_matter() -> None:
    backwards = dict(reversed(list(CATALOGUE.items())))
    assert publish.render(asyncapi.document(backwards)) == publish.render(PUBLISHED)


def test_making_a_planned_type_live_is_an_addition() -> None:
    before = asyncapi.document({"triage.a.b": planned("triage.a.b", "A b", Sensitivity.OPEN)})
    after = asyncapi.document({"triage.a.b": live("triage.a.b", EventData, "A b", Sensitivity.OPEN)})
    assert breaking_changes(before, after) == []
    assert breaking_changes(after, before) == ["triage.a.b: the live type was removed"]


def test_no_schema_describes_a_field_twice() -> None:
    text = json.dumps(PUBLISHED["components"]["schemas"]["ContactState"]["properties"])
    assert not re.search(r'"title"', text)


def test_its_version_is_the_distributions() -> None:
    project = tomllib.loads((publish.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == asyncapi.VERSION


def test_the_committed_file_is_what_the_code_says_and_an_addition_to_the_one_before() -> None:
    assert publish.main(["--check", "--only", publish.ASYNCAPI]) == 0
