"""No body sets what is not its sender's to set: ids, versions, actors and states of the platform's own.

Every route's body comes from the services' own documents: a new route is looked at the day it is added.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.full

ROOT = Path(__file__).resolve().parents[2]
# Written by the platform alone, wherever they stand.
OURS = re.compile(
    r"^(id|version|sequence|digest|actor|purpose_stated|request_id|correlation_id|published_at|settled_at|sealed)$"
    r"|^(recorded|registered|made|created|changed|received|raised|decided|approved|paid|closed|opened)_(by|at)$"
)
# Called alike and another thing: what a sender does say.
THEIRS = frozenset(
    {
        # Which kind of body decided, a word of a list; who decided is the caller.
        ("POST", "/v1/housing/homelessness-decisions/{decision_id}/reviews", "decided_by"),
        # Whether an address is kept from everybody: asked for, and always so in a refuge.
        ("POST", "/v1/housing/placements", "sealed"),
        ("PATCH", "/v1/housing/placements/{placement_id}", "sealed"),
        # Ids of other systems' own, in their own documents (Open Referral UK, FHIR).
        ("PUT", "/v1/triage/directory/entries/{service_id}", "id"),
        # GOV.UK Notify's own id of a text message: under it a repeat is known again.
        ("POST", "/messages/replies", "id"),
        ("POST", "/v1/triage/discharge-notices", "id"),
        # When somebody was rung: said afterwards, and never in the future.
        ("POST", "/v1/triage/outreach/{offer_id}/attempts", "made_at"),
    }
)


@cache
def document() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
    return found


def bodies() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                yield method.upper(), path, content["application/json"]["schema"]


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for union in ("anyOf", "oneOf", "allOf"):
        parts = [each for each in schema.get(union, ()) if each.get("type") != "null"]
        if len(parts) == 1:
            return resolved(parts[0])
    return schema


def test_no_body_names_what_the_platform_writes_itself() -> None:
    found, looked = [], 0
    for method, path, schema in bodies():
        looked += 1
        for name in resolved(schema).get("properties", {}):
            if OURS.search(name) and (method, path, name) not in THEIRS:
                found.append(f"{method} {path}: {name}")
    assert looked > 200
    assert found == []


def test_a_body_says_what_it_takes() -> None:
    """What is not in the model is refused, or falls away; nothing is taken as it comes."""
    loose = []
    for method, path, schema in bodies():
        whole = resolved(schema)
        if whole.get("type") == "object" and not whole.get("properties") and whole.get("additionalProperties", True):
            loose.append(f"{method} {path}")
    # Drafts keep what is being typed, for whoever types it alone.
    assert [each for each in loose if "/drafts/" not in each] == []
