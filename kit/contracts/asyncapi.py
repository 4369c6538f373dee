"""The AsyncAPI 3.0 document of the bus, made from the catalogue: nothing in it is written by hand.

Live types are channels, messages and operations; planned ones are only named, under `x-planned`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from kit.contracts.catalogue import CATALOGUE, EventType, State
from kit.contracts.envelope import CONTENT_TYPE, Event, EventData

Document = dict[str, Any]

VERSION: Final = "0.1.0"
_SCHEMAS: Final = "#/components/schemas/{model}"
_ENVELOPE: Final = "CloudEvent"
_DESCRIPTION: Final = (
    "Every event that crosses between the services, in CloudEvents 1.0 structured JSON. Events carry ids, "
    "codes, dates and amounts; a live one changes only by addition, and its data is the aggregate's whole "
    "published state at the version in `sequence`."
)


class _Schemas(GenerateJsonSchema):
    """Without a title on every field: it only repeats the field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(catalogue: Mapping[str, EventType] = CATALOGUE) -> Document:
    """The whole document. The same catalogue gives the same document."""
    ordered = sorted(catalogue.values(), key=lambda each: each.type)
    live = [each for each in ordered if each.state is State.LIVE]
    return {
        "asyncapi": "3.0.0",
        "id": "urn:newstart:bus",
        "info": {"title": "New Start: events", "version": VERSION, "description": _DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "channels": {each.type: _channel(each) for each in live},
        "operations": {name: operation for each in live for name, operation in _operations(each)},
        "components": {
            "messages": {each.type: _message(each) for each in live},
            "schemas": _schemas(live),
        },
        "x-planned": {each.type: _declared(each) for each in ordered if each.state is State.PLANNED},
    }


def _channel(event: EventType) -> Document:
    return {
        "address": event.nats_subject,
        "title": event.type,
        "description": f"Stream {event.stream}",
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"}},
    }


def _operations(event: EventType) -> Iterable[tuple[str, Document]]:
    yield f"{event.owner}.send.{event.type}", _operation("send", event)
    for consumer in sorted(event.consumers):
        yield f"{consumer}.receive.{event.type}", _operation("receive", event)


def _operation(action: str, event: EventType) -> Document:
    channel = f"#/channels/{event.type}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event.type}"}],
    }


def _message(event: EventType) -> Document:
    data = {"$ref": _SCHEMAS.format(model=_model(event).__name__)}
    payload = {
        "allOf": [
            {"$ref": _SCHEMAS.format(model=_ENVELOPE)},
            {
                "type": "object",
                "required": ["data"],
                "properties": {
                    "type": {"const": event.type},
                    "source": {"const": event.source},
                    "data": data,
                },
            },
        ]
    }
    return {
        "name": event.type,
        "title": event.summary,
        "contentType": CONTENT_TYPE,
        "payload": payload,
        **{f"x-{key}": value for key, value in _declared(event).items() if key != "summary"},
    }


def _declared(event: EventType) -> Document:
    return {
        "owner": event.owner,
        "summary": event.summary,
        "sensitivity": event.sensitivity.value,
        "consumers": sorted(event.consumers),
        "case-fact": event.case_fact,
        "sealed": event.sealed,
    }


def _model(event: EventType) -> type[EventData]:
    if event.model is None:
        raise ValueError(f"{event.type} is only planned")
    return event.model


def _schemas(live: Iterable[EventType]) -> Document:
    models: dict[str, type[BaseModel]] = {}
    for event in live:
        model = _model(event)
        if models.setdefault(model.__name__, model) is not model:
            raise ValueError(f"two models are named {model.__name__}: give one of them another name")
    _, definitions = models_json_schema(
        [(each, "serialization") for each in models.values()],
        ref_template=_SCHEMAS,
        schema_generator=_Schemas,
    )
    return {_ENVELOPE: _envelope_schema(), **definitions.get("$defs", {})}


def _envelope_schema() -> Document:
    """The attributes alone; each message adds its own `type` and `data`."""
    schema = Event[EventData].model_json_schema(mode="serialization", ref_template=_SCHEMAS, schema_generator=_Schemas)
    schema.pop("$defs", None)
    schema["properties"].pop("data")
    # What CloudEvents demands is demanded, also where the Python class fills it in.
    required = set(schema["required"]) - {"data"} | {"specversion", "datacontenttype"}
    for optional in ("causationid", "traceparent"):
        # Left out when unset, never null.
        choices = schema["properties"][optional].pop("anyOf")
        schema["properties"][optional] = next(each for each in choices if each.get("type") != "null")
    return {
        **schema,
        "title": "CloudEvent",
        "description": "The attributes of every event: CloudEvents 1.0 and the platform's extensions.",
        "required": sorted(required),
    }
