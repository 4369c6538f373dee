"""Safeguarding concerns through the HTTP door: nothing holds one up, and only a named person takes it."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings

from kit.testing.databases import ServiceDatabase
from tests.examples import examples
from tests.triage.desk import Desk, events, know, looks, problem, types
from tests.triage.test_safeguarding_domain import BODIES

CONCERNS = "/v1/triage/safeguarding-concerns"
CHILD = uuid4()
SAID = "the little boy with the red coat"


@pytest.fixture
def lead(desk: Desk) -> Desk:
    return desk.other(worker="lead-1", role="safeguarding_lead", purpose="safeguarding")


@pytest.fixture
def manager(desk: Desk) -> Desk:
    return desk.other(worker="manager-1", role="manager", purpose="supervision")


async def raised(desk: Desk, **sent: Any) -> dict[str, Any]:
    answer = await desk.send("POST", CONCERNS, json.dumps(sent).encode(), content_type="application/json")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(concern: dict[str, Any]) -> str:
    return f"{CONCERNS}/{concern['concern_id']}"


# Raising ----------------------------------------------------------------------------------------------------------


async def test_a_concern_is_received_and_not_yet_delivered(desk: Desk, lead: Desk, store: ServiceDatabase) -> None:
    sent = {"kind": "child", "level": "amber", "what_happened": SAID, "person_ids": [str(CHILD)]}
    answer = await desk.send("POST", CONCERNS, json.dumps(sent).encode())
    received = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, at(received))
    assert (received["received"], received["delivered"], received["missing"]) == (True, False, [])
    assert received["phone"] == {"duty team": "020 7946 0001", "out of hours": "020 7946 0002"}
    assert types(store) == ["safeguarding.raised"]
    told = events(store)[0]
    assert SAID not in str(told)
    assert (told["data"]["raised_by"], told["data"]["person_ids"]) == ("officer-1", [str(CHILD)])
    assert told["data"]["due_at"] == received["due_at"]
    shown = (await lead.get(at(received))).json()
    assert sent.items() <= shown.items()
    assert shown["as_sent"] is None
    record = f"safeguarding_concern/{received['concern_id']}"
    assert looks(store) == [
        ("triage.safeguarding.raise", record, [CHILD]),
        ("triage.safeguarding.read", record, [CHILD]),
    ]


NASTY = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"0" * 10_000,
    b"[" * 50_000,
    b"\x00",
    b"\xff\xfe\x00",
    b'{"what_happened": "\\u0000 \\ud83d"}',
    b'{"person_ids": {"a": [1, null]}, "kind": [], "level": NaN, "reference": "7"}',
    b'{"\\u0000\\udfff": 1}',
    b'{"contact_id": "00000000-0000-0000-0000-000000000000", "level": "purple"}',
    b"kind=child&what_happened=x",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n",
]


@pytest.mark.parametrize("body", NASTY, ids=lambda body: repr(body)[:30])
async def test_nothing_holds_it_up(desk: Desk, lead: Desk, body: bytes) -> None:
    for content_type in (None, "application/json", "application/xml; charset=none", "\x01"):
        answer = await desk.send("POST", CONCERNS, body, content_type=content_type)
        assert answer.status_code == 201, answer.text
        assert answer.json()["received"] is True
        assert answer.json()["missing"]
        shown = await lead.get(at(answer.json()))
        assert shown.status_code == 200, shown.text


async def test_whatever_is_sent_is_received(desk: Desk, store: ServiceDatabase) -> None:
    bodies: list[bytes] = []

    @settings(max_examples=examples(12, 100), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(BODIES)
    def each(body: bytes) -> None:
        bodies.append(body)

    each()
    for body in bodies:
        answer = await desk.send("POST", CONCERNS, body)
        assert answer.status_code == 201, (body, answer.text)
    assert len(store.rows("select 1 from safeguarding_concern")) == len(bodies) >= examples(12, 100)


async def test_what_cannot_be_read_is_kept_word_for_word(desk: Desk, lead: Desk) -> None:
    received = await raised(desk, about=SAID, level="purple", kind="child")
    assert received["missing"][-1] == "We kept what you sent, but could not make sense of: about, level."
    shown = (await lead.get(at(received))).json()
    assert (shown["kind"], shown["level"], shown["unread"]) == ("child", None, ["about", "level"])
    assert json.loads(shown["as_sent"]) == {"about": SAID, "level": "purple", "kind": "child"}


async def test_a_retry_is_the_same_concern(desk: Desk, store: ServiceDatabase) -> None:
    sent = {"what_happened": SAID, "reference": str(uuid4())}
    several = await asyncio.gather(*(raised(desk, **sent) for _ in range(4)))
    assert len({each["concern_id"] for each in several}) == 1
    assert types(store) == ["safeguarding.raised"]
    assert len(store.rows("select 1 from timer where name <> 'triage.safeguarding.changed'")) == 2
    # Words that were not sent before are never dropped, and nobody's reference reaches another's concern.
    more = await raised(desk, **{**sent, "what_happened": "He has come back."})
    others = await raised(desk.other(worker="officer-2"), **sent)
    without = [await raised(desk, what_happened=SAID) for _ in range(2)]
    ids = {each["concern_id"] for each in (several[0], more, others, *without)}
    assert len(ids) == 5


# Acknowledging ----------------------------------------------------------------------------------------------------


async def test_taken_once_by_a_named_person(desk: Desk, lead: Desk, store: ServiceDatabase) -> None:
    reference = str(uuid4())
    concern = await raised(desk, person_ids=[str(CHILD)], reference=reference)
    path = f"{at(concern)}/acknowledgements"
    other = lead.other(worker="lead-2")
    answers = await asyncio.gather(lead.post(path, {"note": "on my way"}), other.post(path, {}))
    taken, refused = sorted(answers, key=lambda each: each.status_code)
    assert (taken.status_code, taken.json()["state"], taken.headers["etag"]) == (201, "acknowledged", '"2"')
    assert taken.headers["location"] == at(concern)
    document = problem(refused, 409, "conflict")
    by = taken.json()["acknowledged_by"]
    assert (document["state"], document["allowed"], document["acknowledged_by"]) == ("acknowledged", [], by)
    assert types(store) == ["safeguarding.raised", "safeguarding.acknowledged"]
    assert events(store)[-1]["data"]["acknowledged_by"] == by
    assert store.rows("select 1 from timer where name <> 'triage.safeguarding.changed'") == []
    # The raiser's page, asking again with what it sent, sees that it was delivered.
    again = await raised(desk, person_ids=[str(CHILD)], reference=reference)
    assert (again["concern_id"], again["delivered"]) == (concern["concern_id"], True)


async def test_an_unknown_concern(lead: Desk) -> None:
    for answer in (
        await lead.get(f"{CONCERNS}/{uuid4()}"),
        await lead.post(f"{CONCERNS}/{uuid4()}/acknowledgements", {}),
    ):
        problem(answer, 404, "not-found")


# The team's list -----------------------------------------------------------------------------------------------------


async def test_red_first_then_what_is_due_soonest(desk: Desk, lead: Desk, store: ServiceDatabase) -> None:
    levels = ["green", "amber", "red", None, "green", "red"]
    made = [await raised(desk, level=level, person_ids=[str(CHILD)]) for level in levels]
    green, amber, red, unsaid, last_green, taken = [each["concern_id"] for each in made]
    await lead.post(f"{CONCERNS}/{taken}/acknowledgements", {})
    seen: list[str] = []
    path: str | None = f"{CONCERNS}?limit=2"
    while path:
        answer = await lead.get(path)
        seen += [each["id"] for each in answer.json()["items"]]
        path = answer.headers["link"].split(">")[0][1:] if answer.json()["next"] else None
    assert seen == [red, unsaid, amber, green, last_green]
    acknowledged = (await lead.get(f"{CONCERNS}?state=acknowledged")).json()
    assert [each["id"] for each in acknowledged["items"]] == [taken]
    assert ("triage.safeguarding.read", "safeguarding_concerns", [CHILD]) in looks(store)


async def test_a_cursor_of_another_list_is_refused(desk: Desk, lead: Desk) -> None:
    for _ in range(2):
        assert (await desk.post("/v1/triage/contacts", {"channel": "phone"})).status_code == 201
    cursor = (await desk.get("/v1/triage/contacts?limit=1")).json()["next"]
    problem(await lead.get(f"{CONCERNS}?after={cursor}"), 422, "invalid")


@pytest.mark.parametrize("how", ["restricted", "hidden", "merged"])
async def test_the_team_sees_all_and_others_nobody_kept_back(
    desk: Desk, lead: Desk, manager: Desk, store: ServiceDatabase, how: str
) -> None:
    hidden = await raised(desk, person_ids=[str(uuid4()), str(CHILD)])
    shown = await raised(desk)
    survivor = uuid4()
    match how:
        case "restricted":
            know(store, CHILD, restricted=True)
        case "hidden":
            pairs: tuple[tuple[UUID, UUID], ...] = ((CHILD, uuid4()),)
            lead, manager = lead.other(hide=pairs), manager.other(hide=pairs)
        case "merged":
            know(store, CHILD, merged_into=survivor)
            know(store, survivor, restricted=True)
    problem(await manager.get(at(hidden)), 404, "not-found")
    assert [each["id"] for each in (await manager.get(CONCERNS)).json()["items"]] == [shown["concern_id"]]
    assert len((await lead.get(CONCERNS)).json()["items"]) == 2
    assert (await lead.post(f"{at(hidden)}/acknowledgements", {})).status_code == 201
