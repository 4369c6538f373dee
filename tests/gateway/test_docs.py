"""The merged document, its page, and that the table and the services say the same."""

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.docs import Document, disagreements, merge, service_documents
from gateway.docs_page import docs_page
from gateway.issuer import DemoIssuer
from gateway.pages import open_pages
from gateway.routes import table
from gateway.routes.line import Route
from tests.gateway.doors import open_door

# What they share takes seconds to make: once is enough.
pytestmark = pytest.mark.xdist_group("docs")

PROBLEM = {"type": "object", "properties": {"detail": {"type": "string"}}}
READ = Route("GET", "/v1/casefile/people/{person_id}", "casefile.person.read", frozenset({"front_door"}))
MAKE = Route("POST", "/v1/casefile/people", "casefile.person.register", frozenset({"front_door"}), "write", keyed=True)


def document(**paths: Any) -> dict[str, Any]:
    schemas = {
        "ProblemDocument": PROBLEM,
        "Person": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}},
        "Unused": {"type": "object"},
    }
    return {"paths": paths["paths"], "components": {"schemas": schemas}}


def operation(action: str, **more: Any) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}, "description": "ok"}
    return {
        "operationId": action,
        "summary": "Says <so>",
        "responses": {"200": answer},
        "x-newstart-action": action,
        **more,
    }


CASEFILE = document(
    paths={
        "/v1/casefile/people/{id}": {"get": operation("casefile.person.read")},
        "/v1/casefile/people": {"post": operation("casefile.person.register", **{"x-newstart-idempotency-key": True})},
        "/v1/casefile/secrets": {"get": operation("casefile.secret.read")},
    }
)
RISK = document(paths={"/v1/risk/people/{id}": {"get": operation("risk.person.read")}})
RISK["components"]["schemas"]["Person"] = {"type": "object"}  # the same name for something else


def test_only_what_stands_in_the_table_is_published_completed_by_what_the_door_adds() -> None:
    merged = merge([READ, MAKE], {"casefile": CASEFILE, "risk": RISK})
    assert set(merged["paths"]) == {"/v1/casefile/people/{id}", "/v1/casefile/people"}
    made = merged["paths"]["/v1/casefile/people"]["post"]
    assert made["x-newstart-action"] == "casefile.person.register"
    assert "front_door" in made["x-newstart-purposes"]
    assert made["security"] == [{"signIn": []}]
    assert {p["name"]: p["required"] for p in made["parameters"]} == {"Newstart-Purpose": True, "Idempotency-Key": True}
    assert {"400", "401", "403", "413", "429", "503", "504"} <= set(made["responses"])
    assert set(merged["components"]["schemas"]) == {"ProblemDocument", "casefile.Person"}


def test_disagreements_between_table_and_owner_are_told() -> None:
    wrong = copy.deepcopy(CASEFILE)
    wrong["paths"]["/v1/casefile/people/{id}"]["get"]["x-newstart-action"] = "casefile.person.search"
    del wrong["paths"]["/v1/casefile/people"]["post"]["x-newstart-idempotency-key"]
    missing = Route("GET", "/v1/casefile/cases", "casefile.case.read", frozenset({"front_door"}))
    assert disagreements([READ, MAKE, missing], {"casefile": wrong}) == [
        "GET /v1/casefile/cases stands in the table, but casefile does not offer it",
        f"{READ.name} is casefile.person.read in the table and casefile.person.search at its owner",
        "GET /v1/casefile/secrets is offered by casefile and does not stand in the table",
        "POST /v1/casefile/people: the table and its owner disagree about the Idempotency-Key",
    ]


@pytest.fixture(scope="module")
def documents() -> Mapping[str, Document]:
    return service_documents()


@pytest.mark.full  # `make contracts`, which `make test` runs beside the tests, fails by the same rule
def test_the_table_and_the_services_say_the_same(documents: Mapping[str, Document]) -> None:
    assert disagreements(table(demo=True), documents) == []


@pytest.mark.full
def test_the_merged_document_is_whole(documents: Mapping[str, Document]) -> None:
    merged = merge(table(demo=True), documents)
    text = json.dumps(merged)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in merged["components"]["schemas"]
    ids = re.findall(r'"operationId": "([^"]+)"', text)
    assert len(ids) == len(set(ids)) > 50
    for schema in merged["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert len([1 for operations in merged["paths"].values() for _ in operations]) == len(table(demo=True))


def test_the_page_shows_every_operation_without_scripts_or_anything_from_elsewhere() -> None:
    page = docs_page(merge([READ, MAKE], {"casefile": CASEFILE, "risk": RISK}))
    assert page.count("<details>") == 2
    assert "Says &lt;so&gt;" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "casefile.person.register" in page
    assert "string (uuid), required" in page


async def test_documents_are_served_to_anyone(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    merged = merge([READ, MAKE], {"casefile": CASEFILE, "risk": RISK})
    path.write_text(json.dumps({**merged, "paths": {**merged["paths"], "/demo/clock": {}}}))
    async with open_door(pages=open_pages(None, path)) as door:
        async with door.http.get(door.address + "/docs") as got:
            assert got.status == 200
            assert got.content_type == "text/html"
            policy = got.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'")
            assert "unsafe" not in policy
        async with door.http.get(door.address + "/openapi.json") as got:
            assert "/demo/clock" not in (await got.json())["paths"], "no demo, no word of it"
        async with door.http.get(door.address + "/docs/style.css") as got:
            assert got.content_type == "text/css"
        async with door.http.get(door.address + "/", allow_redirects=False) as got:
            assert got.headers["Location"] == "/docs"


async def test_without_the_document_the_page_says_so(tmp_path: Path) -> None:
    pages = open_pages(DemoIssuer("http://door.test", environment="test"), tmp_path / "none.json")
    async with open_door(pages=pages) as door, door.http.get(door.address + "/docs") as got:
        assert got.status == 503
        assert "kit.run.publish" in (await got.json())["detail"]


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/demo"])
async def test_open_pages_take_no_other_method(path: str) -> None:
    async with open_door() as door, door.http.post(door.address + path) as got:
        assert got.status == 405
