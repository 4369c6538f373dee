"""The rules of CloudEvents 1.0 and its JSON format, checked on a parsed event, independent of our own models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

_NAME = re.compile(r"[a-z0-9]{1,20}")  # lower-case letters and digits; more than 20 is discouraged
_CORE = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"}
_DATA = {"data", "data_base64"}
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def faults(event: Mapping[str, Any]) -> list[str]:
    """What the specification would say against this event; empty when it has nothing to say."""
    return list(_faults(event))


def _faults(event: Mapping[str, Any]) -> Iterator[str]:
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            yield f"{name} must be a non-empty string"
    if event.get("specversion") != "1.0":
        yield "specversion must be 1.0"
    if isinstance(event.get("source"), str) and not _is_uri_reference(event["source"]):
        yield "source must be a URI reference"
    if "time" in event and not _is_timestamp(event["time"]):
        yield "time must be an RFC 3339 timestamp"
    if set(event) >= _DATA:
        yield "data and data_base64 exclude each other"
    for name, value in event.items():
        if name not in _DATA and not _NAME.fullmatch(name):
            yield f"{name} is not a permitted attribute name"
        if name not in _DATA | _CORE and not isinstance(value, str | bool | int):
            yield f"extension {name} must be a string, a boolean or an integer"
    sequence = event.get("sequence")
    if sequence is not None and (not isinstance(sequence, str) or not sequence):
        yield "sequence must be a non-empty string"
    if "traceparent" in event and not _TRACEPARENT.fullmatch(str(event["traceparent"])):
        yield "traceparent must be a W3C trace context"


def _is_uri_reference(text: str) -> bool:
    return bool(urlsplit(text).scheme or urlsplit(text).path) and not re.search(r"\s", text)


def _is_timestamp(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None and "T" in value
    except ValueError:
        return False
