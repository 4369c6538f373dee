"""Made-up events: everything the published schema of a type allows, for tests that must accept all of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from kit.contracts.asyncapi import Document, document

Json = Any
PUBLISHED = document()
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)))
_MOMENTS = st.datetimes(
    min_value=datetime.datetime(1900, 1, 1),  # noqa: DTZ001  # hypothesis adds the offset
    max_value=datetime.datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=_OFFSETS,
)
_UNKNOWN = st.dictionaries(
    st.sampled_from(["x_added_later", "x_another"]), st.none() | st.integers() | st.just({"deep": [1]}), max_size=2
)


@cache
def events(type_: str) -> st.SearchStrategy[dict[str, Json]]:
    """Whole events of one live type as JSON objects, with attributes and fields nobody declared."""
    message = PUBLISHED["components"]["messages"][type_]
    parts = [_resolve(part) for part in message["payload"]["allOf"]]
    merged: dict[str, Any] = {"type": "object", "required": [], "properties": {}}
    for part in parts:
        merged["required"] = [*merged["required"], *part.get("required", ())]
        merged["properties"] = {**merged["properties"], **part["properties"]}
    merged["required"].extend(["type", "source"])
    return values(merged)


def values(schema: Document) -> st.SearchStrategy[Json]:
    """Values one schema allows. Knows the vocabulary our models use and fails on any other."""
    schema = _resolve(schema)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values(each) for each in schema["anyOf"]])
    return _BY_TYPE[schema["type"]](schema)


def _object(schema: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    if forms := schema.get("oneOf"):
        return st.one_of([_object(_narrowed(schema, form)) for form in forms])
    if "properties" not in schema:
        # A figure for each of some codes.
        codes = st.from_regex("[a-z][a-z_]{0,20}", fullmatch=True)
        return st.dictionaries(codes, values(schema["additionalProperties"]))
    fields = {name: values(field) for name, field in schema["properties"].items()}
    required = {name: field for name, field in fields.items() if name in schema.get("required", ())}
    optional = {name: field for name, field in fields.items() if name not in required}
    known = st.fixed_dictionaries(required, optional=optional)
    return st.builds(lambda unknown, body: {**unknown, **body}, _UNKNOWN, known)


def _narrowed(schema: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    """An object's schema in one of its forms."""
    wide = {name: rule for name, rule in schema.items() if name != "oneOf"}
    required = [*schema.get("required", ()), *form["required"]]
    return {**wide, "required": required, "properties": {**schema["properties"], **form["properties"]}}


def _array(schema: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    return st.lists(values(schema["items"]), max_size=3)


def _text(schema: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    match schema.get("format"):
        case "uuid":
            return st.uuids().map(str)
        case "date-time":
            return _MOMENTS.map(lambda moment: moment.isoformat())
        case "date":
            return st.dates().map(lambda day: day.isoformat())
        case None:
            pass
        case other:
            raise NotImplementedError(other)
    if pattern := schema.get("pattern"):
        if pattern == "^[0-9]{20}$":
            return st.integers(1, 2**63 - 1).map(lambda version: f"{version:020d}")
        longest = schema.get("maxLength", 200)
        whole = pattern.removeprefix("^").removesuffix("$")
        return st.from_regex(whole, fullmatch=True).filter(lambda text: len(text) <= longest)
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 20))


def _integer(schema: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    return st.integers(schema.get("minimum", -(2**53)), schema.get("maximum", 2**53))


def _number(schema: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    return st.floats(schema.get("minimum", -1e9), schema.get("maximum", 1e9), allow_nan=False)


def _boolean(_: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    return st.booleans()


def _null(_: Mapping[str, Any]) -> st.SearchStrategy[Json]:
    return st.none()


_BY_TYPE = {
    "object": _object,
    "array": _array,
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}


def _resolve(schema: Document) -> Document:
    while (reference := schema.get("$ref")) is not None:
        schema = PUBLISHED["components"]["schemas"][reference.rpartition("/")[2]]
    return schema
