"""Every role at every door of casefile: nothing of a file that is not theirs, in words, status, lists or counts.

The doors come from the gateway's own table, the roles from kit.contracts, the bodies from the OpenAPI document and the
rows from the tables (planting.py): a new route is tried the day it is added. It fails here when it cannot be tried (no
row for its id, a body that never reaches the look-up) until somebody says how, and when it tells.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gateway.policy import Policy
from gateway.routes import GUARDED_ROUTES
from gateway.routes.line import Route
from kit.contracts.purposes import PURPOSES
from kit.contracts.roles import SIGNED_IN
from kit.testing.databases import ServiceDatabase
from services.casefile.access.need_to_know import Part
from services.casefile.app import SERVICE
from tests.casefile.doors import Casefile
from tests.casefile.planting import CANARY, INSIDER, Planted, plant
from tests.service_doors import app_of, routes_of

ROOMS = ("/jobs/", "/drafts/", "/dead-letters", "/standing")


@pytest.fixture(autouse=True)
def no_faults() -> None:
    """Planted rows hold what no rule ever wrote: who may see one may be answered with a fault."""


# Of nobody's file: vacancies, counts by ward; and breaches, whose 72 hours run for restricted records too
# (notes/breach_queries).
NOBODYS = ("/work-vacancies", "/ward-needs", "/breaches")
# Who reviews reading sees who read of restricted people too, or nobody would: who and when, never what was read.
REVIEWED = "/v1/casefile/access/reads"
RECIPIENTS = "/v1/casefile/rights-requests/{request_id}/recipients"
PUT_RIGHT = "update rights_request set kind = 'rectification'"
TABLE = [each for each in GUARDED_ROUTES if each.service == "casefile" and not any(room in each.path for room in ROOMS)]
Door = tuple[str, str]

# The front of a file: who they are, who lives together, that there is a case and who works on it. Everything else is
# inside, and shown to nobody without a reason to look.
FRONT: frozenset[Door] = frozenset(
    {
        ("POST", "/v1/casefile/people/search"),
        ("GET", "/v1/casefile/people"),
        ("GET", "/v1/casefile/people/names"),
        ("POST", "/v1/casefile/people"),
        ("GET", "/v1/casefile/people/{person_id}"),
        ("PATCH", "/v1/casefile/people/{person_id}"),
        ("POST", "/v1/casefile/people/{person_id}/merge"),
        ("POST", "/v1/casefile/people/{person_id}/unmerge"),
        ("POST", "/v1/casefile/people/{person_id}/relationships"),
        ("GET", "/v1/casefile/known"),
        ("GET", "/v1/casefile/households"),
        ("POST", "/v1/casefile/households"),
        ("GET", "/v1/casefile/households/{household_id}"),
        # Its front alone, to them: `test_glance` compares it with what each of its parts would say.
        ("GET", "/v1/casefile/households/{household_id}/in-brief"),
        ("GET", "/v1/casefile/households/{household_id}/at-a-glance"),
        ("POST", "/v1/casefile/households/{household_id}/members"),
        ("GET", "/v1/casefile/cases"),
        ("GET", "/v1/casefile/cases/{case_id}"),
        ("GET", "/v1/casefile/cases/{case_id}/members"),
        # Whoever it comes to takes on a case that nobody has, or one that was closed; not one that somebody has.
        ("POST", "/v1/casefile/cases/{case_id}/allocations"),
        ("POST", "/v1/casefile/cases/{case_id}/reopen"),
        ("POST", "/v1/casefile/access/break-glass"),
        ("POST", "/v1/casefile/access/conflicts"),
        # Said by whoever has them before them: it is written, and nothing is read by it.
        ("POST", "/v1/casefile/warnings"),
        ("POST", "/v1/casefile/separations"),
        # Which questions somebody was asked already, never what they answered.
        ("GET", "/v1/casefile/people/{person_id}/equality"),
    }
)
# Roles that answer for every file for some purpose, or for those nobody else answers for (need_to_know.SIGHTS).
ANSWERING = frozenset({"safeguarding_lead", "information_governance_lead", "reviewing_officer", "manager"})


def key(door: Route) -> Door:
    return door.method, door.path


@cache
def policy() -> Policy:
    return Policy()


@cache
def purpose_of(role: str, action: str) -> str | None:
    """A purpose for which this role may do it; the most telling ones last, for they open most."""
    asked = [
        purpose
        for purpose in sorted(policy().accepted(action), key=lambda each: (PURPOSES[each].reach, each))
        if PURPOSES[purpose].claimable_by([role])
    ]
    allowed = policy().decide([(role, action, purpose) for purpose in asked])
    return next((purpose for purpose, yes in zip(asked, allowed, strict=True) if yes), None)


@cache
def doors() -> tuple[Route, ...]:
    """The lines that lead to a door; those that lead nowhere fail the test below."""
    ours = {(each.method, each.path) for each in routes_of(SERVICE)}
    return tuple(each for each in TABLE if key(each) in ours)


def test_the_table_and_casefile_name_the_same_doors() -> None:
    """A line that leads nowhere is tried by nobody here, nor is a door that no line leads to."""
    ours = {(each.method, each.path) for each in routes_of(SERVICE) if not any(room in each.path for room in ROOMS)}
    assert {key(each) for each in TABLE} == ours


# What is asked ----------------------------------------------------------------------------------------------


def _asked(*names: str, where: str = "query") -> dict[str, Any]:
    uuid = {"type": "string", "format": "uuid"}
    return {"parameters": [{"name": name, "in": where, "schema": uuid, "required": True} for name in names]}


# The quick run does without the document, which costs seconds to make.
SAID: dict[Door, dict[str, Any]] = {
    ("GET", "/v1/casefile/people"): _asked("ids"),
    ("GET", "/v1/casefile/people/names"): _asked("ids"),
    # By id or by person, never both: by id here, by person in `test_hidden`.
    ("GET", "/v1/casefile/households"): _asked("ids"),
    ("GET", "/v1/casefile/people/{person_id}"): _asked("person_id", where="path"),
    ("GET", "/v1/casefile/households/{household_id}"): _asked("household_id", where="path"),
    ("GET", "/v1/casefile/households/{household_id}/timeline"): _asked("household_id", where="path"),
    ("GET", "/v1/casefile/households/{household_id}/in-brief"): _asked("household_id", where="path"),
    ("GET", "/v1/casefile/households/{household_id}/at-a-glance"): _asked("household_id", where="path"),
    ("GET", "/v1/casefile/cases"): _asked("household_id"),
    ("GET", "/v1/casefile/cases/{case_id}"): _asked("case_id", where="path"),
    ("GET", "/v1/casefile/messages"): _asked("person_id"),
    ("GET", "/v1/casefile/known"): _asked("person_id"),
    ("GET", "/v1/casefile/access/broken-glass"): {},
}


# Where `ids` are of no people.
_IDS_OF: dict[Door, str] = {("GET", "/v1/casefile/households"): "household_ids"}


@cache
def document() -> dict[str, Any]:
    return app_of("casefile").openapi()


def operation(door: Route) -> dict[str, Any]:
    if key(door) in SAID:
        return SAID[key(door)]
    return dict(document()["paths"][door.path][door.method.lower()])


@dataclass(frozen=True)
class File:
    """Whose file a request is about: the ids of the secret one's rows, or ids of nothing."""

    person: str
    household: str
    rows: Planted | None = None

    def id_of(self, name: str, address: str = "") -> str:
        if name.endswith("person_id") or name in {"ids", "other_id", "survivor_id", "about_id"}:
            return self.person
        if name.endswith("household_id"):
            return self.household
        found = self.rows.of(name, address) if self.rows else None
        return str(found or uuid4())


STRANGER = File("0192f7a0-0000-7000-8000-00000000a001", "0192f7a0-0000-7000-8000-00000000b001")


def request(door: Route, file: File) -> tuple[str, dict[str, Any]]:
    """The address and the rest of a request at this door about this file."""
    schemas = {each["name"]: each["schema"] for each in operation(door).get("parameters", ()) if each["in"] == "path"}
    path = re.sub(r"\{(\w+)\}", lambda found: _in_path(schemas[found[1]], found[1], file, door.path), door.path)
    more: dict[str, Any] = {}
    query = {
        each["name"]: _example(each["schema"], _IDS_OF.get(key(door), each["name"]), file)
        for each in operation(door).get("parameters", ())
        if each["in"] == "query" and (each.get("required") or each["name"].endswith(("_id", "ids")))
    }
    if query:
        more["params"] = query
    content = operation(door).get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = _example(content["application/json"]["schema"], "", file)
        if isinstance(body, dict):
            body |= {name: _filled(each, file) for name, each in BODIES.get(key(door), {}).items()}
        more["body"] = body
    if door.method != "GET":
        more["version"] = 1
    return path, more


def _in_path(schema: dict[str, Any], name: str, file: File, path: str) -> str:
    return file.id_of(name, path) if schema.get("format") == "uuid" else str(_example(schema, name, file))


def _filled(value: Any, file: File) -> Any:
    return value(file) if callable(value) else value


# What a rule asks for and the schema does not say.
BODIES: dict[Door, dict[str, Any]] = {
    ("POST", "/v1/casefile/access/break-glass"): {"household_id": lambda file: file.household},
}
_WORDS = "Words enough for a reason, as somebody would write them."


def _example(schema: dict[str, Any], name: str, file: File) -> Any:
    """A value the schema allows, about this file."""
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return _example(next(each for each in schema[union] if each.get("type") != "null"), name, file)
    match schema.get("type"):
        case "object":
            required = set(schema.get("required", ()))
            fields = schema.get("properties", {}).items()
            # Ids also where they may be left out: they are what could tell.
            wanted = [(field, each) for field, each in fields if field in required or field.endswith(("_id", "_ids"))]
            return {field: _example(each, field, file) for field, each in wanted}
        case "array":
            return [_example(schema["items"], name, file)] * max(1, schema.get("minItems", 1))
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
    if schema.get("format") == "uuid":
        return file.id_of(name.removesuffix("s") if name.endswith("_ids") else name)
    return _text(schema, name)


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") == "date":
        return "2026-11-20"
    if schema.get("format") == "date-time":
        return "2026-11-20T10:00:00Z"
    if "pattern" in schema and not re.search(schema["pattern"], _WORDS):
        return "some_code" if re.search(schema["pattern"], "some_code") else "10.00"
    return _WORDS[: schema.get("maxLength", len(_WORDS))]


# What must be the same --------------------------------------------------------------------------------------


def told(response: httpx.Response, file: File) -> tuple[int, str]:
    """Status and words, the request's own id and the ids asked with aside."""
    text = response.text
    for asked in sorted({file.person, file.household, *(map(str, file.rows.ids.values()) if file.rows else ())}):
        text = text.replace(asked, "asked")
    text = re.sub(r"urn:newstart:request:[0-9a-f-]+", "", text)
    return response.status_code, re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "id", text)


@dataclass
class Scene:
    """A secret file, who may not see it, and how."""

    casefile: Casefile
    file: File
    who: dict[str, Any]
    walled: bool
    """Whether they are a stranger to the caller altogether; else only the inside is closed."""

    async def leak(self, door: Route, role: str) -> str | None:
        """What this role is told of the secret file at this door that nobody is told of a stranger's."""
        purpose = purpose_of(role, door.action)
        if purpose is None:
            return None
        answers = []
        for file in (STRANGER, self.file):
            path, more = request(door, file)
            caller = {"actor": f"a-{role}", "roles": [role], "purpose": purpose, **self.who}
            answers.append((await self.casefile(door.method, path, **{**more, **caller}), file))
        nobody, secret = (told(*each) for each in answers)
        text = answers[1][0].text
        front = not self.walled and key(door) in FRONT
        if CANARY in text or ("Melusine" in text and not front):
            return f"{door.name} as {role}: the file's own words"
        if front:
            return None
        if nobody[0] != secret[0]:
            return f"{door.name} as {role}: {secret[0]} {text[:200]} where a stranger's is {nobody[0]}"
        if secret[0] >= 400 and nobody != secret:
            return f"{door.name} as {role}: {secret[1][:300]} / {nobody[1][:300]}"
        if any(str(each) in text for each in self.file.rows.ids.values()) if self.file.rows else False:
            return f"{door.name} as {role}: an id of the file"
        return None


async def secret_file(casefile: Casefile, stored: ServiceDatabase) -> File:
    """Somebody alone in a household, with something of everything."""
    who = await casefile.person("Melusine", "Canary", date_of_birth="1990-06-01", actor="somebody-long-gone")
    stored.execute("update circle_place set until = now() - interval '1 day'")
    rows = plant(stored, who["id"], who["household_id"])
    return File(who["id"], who["household_id"], rows)


async def make_scene(casefile: Casefile, kind: str) -> Scene:
    file = await secret_file(casefile, casefile.stored)
    who: dict[str, Any] = {}
    if kind == "hidden":
        who["hide"] = [(str(uuid4()), file.person)]
    elif kind == "barred":
        for role in sorted(SIGNED_IN):
            _bar(casefile, file.person, f"a-{role}")
    elif kind == "restricted":
        casefile.restrict(file.person)
    return Scene(casefile, file, who, walled=kind != "no place")


def _bar(casefile: Casefile, person_id: str, worker: str) -> None:
    casefile.stored.execute(
        "insert into conflict (id, version, person_id, worker, kind, relation, note, recorded_by, recorded_at)"
        " values (gen_random_uuid(), 1, %s, %s, 'barred', 'other', '', 'x', now())",
        [person_id, worker],
    )


def tried(kind: str) -> Iterator[tuple[Route, str]]:
    """Each door with each role, where the role has no right to this file."""
    for door in doors():
        for role in sorted(SIGNED_IN):
            if kind == "no place" and role in ANSWERING:
                continue
            if kind == "restricted" and role == "safeguarding_lead":
                continue
            if kind == "restricted" and role == "information_governance_lead" and door.path == REVIEWED:
                continue
            if any(word in door.path for word in NOBODYS):
                continue
            yield door, role


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["no place", "hidden", "barred", "restricted"])
async def test_no_role_is_told_anything_at_any_door(casefile: Casefile, kind: str) -> None:
    scene = await make_scene(casefile, kind)
    found = [leak for door, role in tried(kind) if (leak := await scene.leak(door, role))]
    # Who had a copy is told of what was put right, and of no request for a copy: the same row once more, as such.
    casefile.stored.execute(PUT_RIGHT)
    again = [(door, role) for door, role in tried(kind) if door.path == RECIPIENTS]
    found += [leak for door, role in again if (leak := await scene.leak(door, role))]
    if found:
        pytest.fail("\n".join((f"{len(found)} leaks:", *found)))


@pytest.mark.parametrize("kind", ["no place", "barred"])
async def test_a_few_roles_at_a_few_doors(casefile: Casefile, kind: str) -> None:
    scene = await make_scene(casefile, kind)
    few = {"universal_worker", "manager"}
    asked = [(door, role) for door, role in tried(kind) if role in few and key(door) in SAID]
    assert [leak for door, role in asked if (leak := await scene.leak(door, role))] == []


# That it can be tried ---------------------------------------------------------------------------------------


async def insider(casefile: Casefile) -> Scene:
    """The same file, and somebody who may see all of it."""
    scene = await make_scene(casefile, "no place")
    await casefile.let_in(
        scene.file.household, INSIDER, *(part for part in Part if part not in (Part.FRONT, Part.INSIDE))
    )
    return Scene(casefile, scene.file, {"actor": INSIDER}, walled=False)


@pytest.mark.full
@pytest.mark.timeout(1200)
async def test_what_is_planted_is_there_for_who_may_see_it(casefile: Casefile) -> None:
    """Else a door would keep a secret only because there is none behind it."""
    scene = await insider(casefile)
    assert scene.file.rows is not None
    empty = []
    for door in doors():
        if door.method != "GET" or "_id}" not in door.path or key(door) in EMPTY:
            continue
        statuses = set()
        if door.path == RECIPIENTS:
            casefile.stored.execute(PUT_RIGHT)
        for role in sorted(SIGNED_IN):
            if purpose := purpose_of(role, door.action):
                path, more = request(door, scene.file)
                caller = {"actor": INSIDER, "roles": [role], "purpose": purpose}
                statuses.add((await casefile(door.method, path, **{**more, **caller})).status_code)
        if statuses <= {404, 422}:
            empty.append(f"{door.name}: {sorted(statuses)}")
    if empty:
        pytest.fail("\n".join(empty))


async def test_every_table_about_people_is_planted(casefile: Casefile) -> None:
    """A table whose row cannot be made from its columns is tried by nobody until somebody says how."""
    file = await secret_file(casefile, casefile.stored)
    assert file.rows is not None
    assert file.rows.failed == {}
    assert len(file.rows.ids) > 30


@pytest.mark.full
@pytest.mark.timeout(1200)
async def test_every_read_of_the_file_is_on_record(casefile: Casefile) -> None:
    """Whatever door shows anything of it: who, for which purpose, whose."""
    scene = await insider(casefile)
    silent = []
    for door in doors():
        role = next((each for each in sorted(SIGNED_IN) if purpose_of(each, door.action)), None)
        if door.method != "GET" or role is None:
            continue
        path, more = request(door, scene.file)
        caller = {"actor": INSIDER, "roles": [role], "purpose": purpose_of(role, door.action)}
        before = casefile.stored.rows("select coalesce(max(id), 0) as id from audit_entry")[0]["id"]
        answer = await casefile("GET", path, **{**more, **caller})
        if not answer.is_success or not (CANARY in answer.text or scene.file.person in answer.text):
            continue
        rows = casefile.stored.rows("select * from audit_entry where id > %s and actor = %s", [before, INSIDER])
        about = {str(each) for row in rows for each in row["person_ids"]}
        if scene.file.person not in about or {row["purpose"] for row in rows} != {caller["purpose"]}:
            silent.append(door.name)
    assert silent == []


# Doors behind which planting alone puts nothing that is shown.
EMPTY: frozenset[Door] = frozenset(
    {
        ("GET", "/v1/casefile/money/offers/{offer_id}"),  # offers stand within a statement's row
        ("GET", "/v1/casefile/separations/{separation_id}"),  # takes two people: tests of separation
        ("GET", "/v1/casefile/rights-requests/{request_id}/proof"),  # once it is done
        ("GET", "/v1/casefile/agreements/{agreement_id}"),  # about nobody
        ("GET", "/v1/casefile/downtime-packs/{pack_id}/file"),  # a hub's, encrypted
    }
)
