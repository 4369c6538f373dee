"""One OpenAPI document for all services: their own descriptions, cut down to the route table and completed by it.

Built from the code (`python -m kit.run.publish` writes `openapi.json`, which is committed and served), never at run
time: the gateway's process knows no service.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy import Policy
from gateway.routes import SERVICES, table
from gateway.routes.line import Route
from kit.contracts.purposes import PURPOSES

Document = Mapping[str, Any]

_PARAMETER = re.compile(r"\{[^}]*\}")
_SCHEMA_REF = "#/components/schemas/"
_REFUSALS = {
    "400": "A header field is missing or cannot be read",
    "401": "Not signed in, or not any more",
    "403": "Your role does not allow this action for this purpose",
    "413": "The request is too large",
    "429": "Too many requests of this kind; `Retry-After` says when to come back",
    "503": "The owner cannot be reached; `Retry-After` says when to come back",
    "504": "The owner did not answer in time",
}
_DESCRIPTION = """\
One door to five services. Every request is signed in (`Authorization: Bearer`) and says what it is for
(`Newstart-Purpose`). Creating requests carry an `Idempotency-Key`; changes carry `If-Match` with the `ETag` that was
read. Lists are read page by page along `Link: rel="next"`. Errors are problem documents (RFC 9457). Writes answer with
an `Event-Id`; a read with `After-Event` waits up to a second for it, else says `Stale: true`."""


def merged_openapi() -> Document:
    """The document of everything that can be asked from outside.

    Raises ValueError, a line each, where the table and its owners do not say the same.
    """
    routes, documents = table(demo=True), service_documents()
    if wrong := disagreements(routes, documents):
        raise ValueError("\n".join(("The route table and the services do not say the same:", *wrong)))
    return merge(routes, documents)


def service_documents() -> dict[str, Document]:
    """Each service's own OpenAPI document, from its application in this process."""
    from gateway.app import own_document
    from kit.store.migrate import service_named
    from kit.web.app import build_app

    documents: dict[str, Document] = {
        name: build_app(service_named(name)).openapi() for name in SERVICES if name != "gateway"
    }
    return {**documents, "gateway": own_document()}


def merge(routes: Iterable[Route], documents: Mapping[str, Document]) -> Document:
    """The lines of the table that their owners offer, as one document."""
    policy = Policy()
    shared = _shared_schemas(documents.values())
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for service, document in documents.items():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            schemas[_schema_name(service, name, shared)] = _renamed(schema, service, shared)
    for route, path, operation in _offered(routes, documents):
        renamed = _renamed(operation, route.service, shared)
        paths.setdefault(path, {})[route.method.lower()] = _completed(renamed, route, policy)
    used = _reachable(paths, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "New Start", "version": "1", "description": _DESCRIPTION},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: schemas[name] for name in sorted(used)},
            "securitySchemes": {
                "signIn": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An OIDC access token of a trusted issuer",
                }
            },
        },
        "tags": [{"name": name} for name in SERVICES],
    }


def disagreements(routes: Iterable[Route], documents: Mapping[str, Document]) -> list[str]:
    """Where the table and the services' own routes do not say the same, one line each."""
    found: list[str] = []
    listed = {(route.method, _shape(route.path)): route for route in routes}
    offered = {
        (method.upper(), _shape(path)): (service, operation)
        for service, document in documents.items()
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    for key, route in listed.items():
        if key not in offered:
            found.append(f"{route.name} stands in the table, but {route.service} does not offer it")
            continue
        _, operation = offered[key]
        declared = operation.get("x-newstart-action", "")
        if declared != route.action:
            found.append(f"{route.name} is {route.action} in the table and {declared or 'nothing'} at its owner")
        if bool(operation.get("x-newstart-idempotency-key")) != route.keyed:
            found.append(f"{route.name}: the table and its owner disagree about the Idempotency-Key")
    for key in offered.keys() - listed.keys():
        found.append(f"{key[0]} {key[1]} is offered by {offered[key][0]} and does not stand in the table")
    return sorted(found)


def _offered(routes: Iterable[Route], documents: Mapping[str, Document]) -> Iterator[tuple[Route, str, Any]]:
    paths = {
        service: {_shape(path): (path, operations) for path, operations in document["paths"].items()}
        for service, document in documents.items()
    }
    for route in routes:
        path, operations = paths.get(route.service, {}).get(_shape(route.path), ("", {}))
        operation = operations.get(route.method.lower())
        if operation is not None:
            yield route, path, operation


def _completed(operation: dict[str, Any], route: Route, policy: Policy) -> dict[str, Any]:
    """An operation with what the door adds: action, purposes, required fields, its own refusals."""
    problem = {"application/problem+json": {"schema": {"$ref": _SCHEMA_REF + "ProblemDocument"}}}
    refusals = {
        status: {"description": text, "content": problem}
        for status, text in _REFUSALS.items()
        if not route.open or status in ("413", "429") or (route.action and status in ("503", "504"))
    }
    done = {name: value for name, value in operation.items() if not name.startswith("x-newstart-")}
    done["tags"] = [route.service]
    done["responses"] = dict(sorted({**refusals, **operation.get("responses", {})}.items()))
    done["x-newstart-rate"] = route.rate
    if route.open:
        done["security"] = []
        done["responses"] = {status: said for status, said in done["responses"].items() if status not in ("401", "403")}
        return done
    purposes = sorted(policy.accepted(route.action))
    done["security"] = [{"signIn": []}]
    done["x-newstart-action"] = route.action
    done["x-newstart-purposes"] = purposes
    if route.keyed:
        done["x-newstart-idempotency-key"] = True
    ours = {"newstart-purpose", "idempotency-key"}
    parameters = [p for p in operation.get("parameters", []) if p["name"].lower() not in ours]
    parameters.append(
        {
            "name": "Newstart-Purpose",
            "in": "header",
            "required": not route.urgent,
            "description": "What this is for: a purpose that your role may claim",
            "schema": {"type": "string", "enum": purposes if purposes else sorted(PURPOSES)},
        }
    )
    if route.keyed:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "New for each thing you mean to create; the same when you try again",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
            }
        )
    done["parameters"] = parameters
    return done


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def _shared_schemas(documents: Iterable[Document]) -> frozenset[str]:
    """Names that mean the same in every service (the kit's): they stay as they are, all others are prefixed."""
    every = [document.get("components", {}).get("schemas", {}) for document in documents]
    if not every:
        return frozenset()
    names = set.intersection(*(set(schemas) for schemas in every))
    return frozenset(name for name in names if all(schemas[name] == every[0][name] for schemas in every))


def _schema_name(service: str, name: str, shared: frozenset[str]) -> str:
    return name if name in shared else f"{service}.{name}"


def _renamed(value: Any, service: str, shared: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(_ref(item, service, shared), service, shared) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, service, shared) for item in value]
    return value


def _ref(item: Any, service: str, shared: frozenset[str]) -> Any:
    # A `$ref`, or a discriminator's mapping.
    if isinstance(item, str) and item.startswith(_SCHEMA_REF):
        return _SCHEMA_REF + _schema_name(service, item.removeprefix(_SCHEMA_REF), shared)
    return item


def _reachable(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = _refs(paths)
    while waiting:
        name = waiting.pop()
        if name not in found and name in schemas:
            found.add(name)
            waiting |= _refs(schemas[name])
    return found


def _refs(value: Any) -> set[str]:
    return set(re.findall(r'"\$ref": "' + re.escape(_SCHEMA_REF) + r'([^"]+)"', json.dumps(value)))
