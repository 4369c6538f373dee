"""What a change of the event document would break.

Live events change only by addition: an old event must still be readable after an upgrade (replay), and a
reader must still find in a new one what it relied on. A new value in a list of values is an addition: whoever
reads the list is upgraded first, or retries the dead letter afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_SAME: Final = ("type", "format", "pattern", "const", "contentEncoding")
_LOWER_BOUNDS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER_BOUNDS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Every change between two AsyncAPI documents of ours that is not an addition, in plain words.

    Empty means compatible. Planned types may be renamed, moved and dropped.
    """
    return [fault for name in _messages(old) for fault in _type_faults(name, old, new)]


def _messages(document: Schema) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = document["components"]["messages"]
    return found


def _type_faults(name: str, old: Schema, new: Schema) -> Iterator[str]:
    before, after = _messages(old)[name], _messages(new).get(name)
    if after is None:
        yield f"{name}: the live type was removed"
        return
    if lost := sorted(set(before["x-consumers"]) - set(after["x-consumers"])):
        yield f"{name}: no longer for {', '.join(lost)}"
    if before["x-case-fact"] and not after["x-case-fact"]:
        yield f"{name}: no longer a case fact"
    if before["x-sealed"] != after["x-sealed"]:
        yield f"{name}: sealing changed"
    if old["channels"][name]["address"] != new["channels"][name]["address"]:
        yield f"{name}: moved to another subject"
    yield from _Comparison(old, new).faults(name, before["payload"], after["payload"])


class _Comparison:
    """Walks two schemas side by side, following each document's own references."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str]] = set()

    def faults(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self._seen:  # reported where it was first met, and safe for recursive models
                return
            self._seen.add(pair)
        old, new = _resolve(self._old, old), _resolve(self._new, new)
        if "anyOf" in old or "anyOf" in new:
            if _nullable(old) != _nullable(new):
                yield f"{path}: may {'now' if _nullable(new) else 'no longer'} be null"
            yield from self._parts(path, _choices(old), _choices(new))
        else:
            yield from self._one(path, old, new)

    def _one(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        for key in _SAME:
            if old.get(key) != new.get(key):
                yield f"{path}: its {key} changed from {_text(old, key)} to {_text(new, key)}"
        if lost := [value for value in old.get("enum", ()) if value not in new.get("enum", ())]:
            yield f"{path}: no longer allows {', '.join(map(str, lost))}"
        if "enum" in new and "enum" not in old:
            yield f"{path}: is now limited to a list of values"
        yield from _bounds(path, old, new)
        yield from self._parts(path, old.get("allOf", []), new.get("allOf", []))
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), Mapping) and isinstance(new.get(key), Mapping):
                yield from self.faults(f"{path}[]", old[key], new[key])
            elif old.get(key) != new.get(key):
                yield f"{path}: its {key} changed"
        yield from self._fields(path, old, new)

    def _parts(self, path: str, old: list[Schema], new: list[Schema]) -> Iterator[str]:
        if len(old) != len(new):
            yield f"{path}: its type changed"
            return
        for before, after in zip(old, new, strict=True):
            yield from self.faults(path, before, after)

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must, must_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(before):
            if name not in after:
                yield f"{path}.{name}: the field was removed"
                continue
            if name in must - must_now:
                yield f"{path}.{name}: may now be missing"
            yield from self.faults(f"{path}.{name}", before[name], after[name])
        for name in sorted(must_now - must):
            yield f"{path}.{name}: is now required, and older events lack it"


def _bounds(path: str, old: Schema, new: Schema) -> Iterator[str]:
    for key in _LOWER_BOUNDS:
        if key in new and (key not in old or new[key] > old[key]):
            yield f"{path}: its {key} was raised to {new[key]}"
    for key in _UPPER_BOUNDS:
        if key in new and (key not in old or new[key] < old[key]):
            yield f"{path}: its {key} was lowered to {new[key]}"


def _resolve(document: Schema, schema: Schema) -> Schema:
    while (reference := schema.get("$ref")) is not None:
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _choices(schema: Schema) -> list[Schema]:
    return [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]


def _nullable(schema: Schema) -> bool:
    return any(each.get("type") == "null" for each in schema.get("anyOf", ()))


def _text(schema: Schema, key: str) -> str:
    return json.dumps(schema[key]) if key in schema else "none"
