"""The schemas of operators' own kinds (CloudNativePG, KEDA, Gateway API, ...), where they are at hand.

They are no part of this repository: NEWSTART_CRD_SCHEMAS names a folder with files `<kind>_<version>.json`, or they lie
in the shared folder beside the checkout. What no schema can say, an operator's own rules (CEL), only a cluster checks.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator

from deploy.k8s.lint import Document, Fault
from deploy.k8s.lint.rendered import where

GROUPS: Final = frozenset(
    {
        "cert-manager.io",
        "external-secrets.io",
        "gateway.networking.k8s.io",
        "keda.sh",
        "monitoring.coreos.com",
        "postgresql.cnpg.io",
    }
)

MISSING: Final = (
    "!!! OPERATORS' KINDS WERE NOT CHECKED against their schemas: there is no folder of them "
    "(NEWSTART_CRD_SCHEMAS names one). Only our linter looked at them."
)

_BESIDE = Path(__file__).resolve().parents[3] / "shared/data/standards/kubernetes-crds"


def folder() -> Path | None:
    """Where the schemas are, or None."""
    named = os.environ.get("NEWSTART_CRD_SCHEMAS")
    place = Path(named) if named else _BESIDE
    return place if place.is_dir() else None


def is_operators(document: Document) -> bool:
    """Whether an operator's own kind: Kubernetes itself has no schema of it."""
    return str(document["apiVersion"]).partition("/")[0] in GROUPS


def faults(document: Document) -> Iterator[Fault]:
    """What the kind's schema says against it, unknown fields included; nothing where no schemas are at hand."""
    place = folder()
    if place is None:
        return
    version = str(document["apiVersion"]).partition("/")[2]
    path = place / f"{str(document['kind']).lower()}_{version}.json"
    if not path.exists():
        yield Fault(where(document), "schema", f"there is no schema {path.name}")
        return
    for error in _validator(path).iter_errors(document):
        steps = ".".join(str(step) for step in error.path)
        yield Fault(where(document), "schema", f"{steps}: {error.message[:200]}")


@cache
def _validator(path: Path) -> Draft7Validator:
    return Draft7Validator(_strict(json.loads(path.read_text())))


def _strict(schema: Any) -> Any:
    """The same schema with unknown fields refused, as `kubectl --validate=strict` would."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: _strict(each) for name, each in value.items()}
        elif key in ("items", "additionalProperties"):
            made[key] = _strict(value)
        else:
            made[key] = value
    open_ended = made.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in made
    if made.get("properties") and not open_ended:
        made["additionalProperties"] = False
    return made
