"""The rules of the timeline: the chain, and how a case fact reads in words. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.casefile.timeline.words import PARTS, PLACES, SHOWN, WRITERS
from services.casefile.timeline.words.plain import words

GENESIS: Final = bytes(32)
"""The chain before the first entry."""


def canonical(fact: Mapping[str, Any]) -> str:
    """The one text of a fact: sorted keys, no spaces."""
    return json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(salt: bytes, payload: str) -> bytes:
    """Binds an entry without revealing it: once salt and payload are erased, nobody can guess its content."""
    return hashlib.sha256(salt + payload.encode()).digest()


def next_link(chain: bytes, digest: bytes) -> bytes:
    """The chain after an entry."""
    return hashlib.sha256(chain + digest).digest()


@dataclass(frozen=True, slots=True)
class Line:
    """How a fact reads on the page."""

    title: str
    record: str
    facts: Mapping[str, Any]
    part: str | None = None
    """The sealed part of the file it belongs to, for whoever may open that alone."""


def line_of(type_: str, data: Mapping[str, Any]) -> Line:
    """A fact in plain words, with the address of its owner's record and its codes. Total: any type gives a line."""
    service, kind, event = type_.split(".")
    key = f"{kind}.{event}"
    writer = WRITERS.get(key)
    title = writer(data) if writer else f"{words(kind).capitalize()} {words(event)}"
    part_of = PARTS.get(key)
    return Line(title, _record(service, kind, data), _facts(key, data), part_of(data) if part_of else None)


def _record(service: str, kind: str, data: Mapping[str, Any]) -> str:
    """The address of the owner's record; empty for a kind whose address nobody has told us yet."""
    place, id_name = PLACES.get(f"{service}.{kind}") or PLACES.get(kind, ("", ""))
    record_id = data.get(id_name)
    return f"/v1/{service}/{place}".format(record_id) if record_id else ""


def _facts(key: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = SHOWN.get(key)
    return {name: data[name] for name in shown if name in data} if shown else {}
