"""Complaints through the door: their stages, who never sees them, and that nothing of them is a case fact."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from services.casefile.complaints import commands
from tests.casefile.doors import Casefile

OFFICER: dict[str, Any] = {"purpose": "complaints", "roles": ["complaints_officer"], "actor": "colm"}
MANAGER: dict[str, Any] = {"purpose": "complaints", "roles": ["manager"], "actor": "hannah"}
PATH = "/complaints"


async def received(casefile: Casefile, **more: Any) -> Any:
    body = {"kind": "complaint", "words": "Nobody rang back, three times", "theme": "contact", **more}
    return await casefile.good("POST", PATH, body, **OFFICER)


async def step(casefile: Casefile, complaint: Any, name: str, body: Any = None, **who: Any) -> Any:
    path = f"{PATH}/{complaint['id']}/{name}"
    return await casefile.good("POST", path, body, version=complaint["version"], **(who or OFFICER))


async def test_two_stages_each_with_its_clock_and_its_own_answerer(casefile: Casefile) -> None:
    complaint = await received(casefile)
    assert complaint["due_on"] == complaint["acknowledge_by"] == str(clock.add_working_days(clock.today(), 5))
    complaint = await step(casefile, complaint, "acknowledgement", {})
    assert complaint["answer_by"] == str(clock.add_working_days(clock.today(), 10))
    complaint = await step(casefile, complaint, "extension", {"reason": "Two witnesses are away until Monday"})
    assert complaint["answer_by"] == str(clock.add_working_days(clock.today(), 20))
    found = {"outcome": "partly_upheld", "answer": "You were rung once, late", "lessons": "A rota for calls back"}
    complaint = await step(casefile, complaint, "answer", found)
    assert (complaint["state"], complaint["due_on"]) == ("answered", None)
    complaint = await step(casefile, complaint, "escalation", {"reason": "It was not once"})
    assert (complaint["stage"], complaint["state"], complaint["answer"]) == (2, "received", None)
    complaint = await step(casefile, complaint, "acknowledgement", {})
    assert complaint["answer_by"] == str(clock.add_working_days(clock.today(), 20))
    path = f"{PATH}/{complaint['id']}/answer"
    same = await casefile("POST", path, found, version=complaint["version"], **OFFICER)
    assert same.status_code == 409
    complaint = await step(casefile, complaint, "answer", found, **MANAGER)
    assert complaint["allowed"] == ["close"]
    assert complaint["stages"][0]["outcome"] == "partly_upheld"


async def test_whom_it_is_about_never_sees_it(casefile: Casefile) -> None:
    complaint = await received(casefile, about_workers=["hannah"])
    assert (await casefile("GET", f"{PATH}/{complaint['id']}", **MANAGER)).status_code == 404
    assert (await casefile.good("GET", PATH, **MANAGER))["items"] == []
    unknown = await casefile("GET", f"{PATH}/{uuid4()}", **MANAGER)
    hers = await casefile("GET", f"{PATH}/{complaint['id']}", **MANAGER)
    assert {**unknown.json(), "instance": ""} == {**hers.json(), "instance": ""}
    assert len((await casefile.good("GET", PATH, **OFFICER))["items"]) == 1


async def test_nothing_of_it_reaches_the_case_or_the_timeline(casefile: Casefile) -> None:
    person = await casefile.person()
    await received(casefile, person_id=person["id"])
    await casefile.hear_itself()
    home = person["household_id"]
    page = await casefile.good(
        "GET", f"/households/{home}/timeline", purpose="supervision", roles=["safeguarding_lead"]
    )
    assert not [each for each in page["items"] if "complaint" in json.dumps(each)]
    (told,) = casefile.announced("complaint.received")
    assert person["id"] not in json.dumps(told)
    assert "rang back" not in json.dumps(told)
    for type_ in ("casefile.complaint.received", "casefile.complaint.changed", "casefile.rights.changed"):
        assert not CATALOGUE[type_].case_fact
        assert CATALOGUE[type_].consumers == frozenset()


async def test_the_last_day_passes(casefile: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    complaint = await received(casefile, kind="councillor_enquiry", councillor="Cllr Worby")
    due = date.fromisoformat(complaint["due_on"])
    assert casefile.stored.rows("select 1 from timer where name = %s and fired_at is null", [commands.DUE])
    monkeypatch.setattr(clock, "today", lambda: due + timedelta(days=1))
    async with casefile.unit() as unit:
        await commands.ring(unit, UUID(complaint["id"]))
    late = await casefile.good("GET", f"{PATH}?overdue=true", **OFFICER)
    assert [each["id"] for each in late["items"]] == [complaint["id"]]


async def test_what_does_not_fit_is_refused_by_field_and_rule(casefile: Casefile) -> None:
    no_name = await casefile("POST", PATH, {"kind": "councillor_enquiry", "words": "Why?"}, **OFFICER)
    assert [each["rule"] for each in no_name.json()["errors"]] == ["councillor"]
    complaint = await received(casefile, kind="compliment", words="Tom was kind")
    path = f"{PATH}/{complaint['id']}/answer"
    body = {"outcome": "upheld", "answer": "Thank you"}
    refused = await casefile("POST", path, body, version=complaint["version"], **OFFICER)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["acknowledge", "withdraw"])
    assert (await casefile("POST", path, body, **OFFICER)).status_code == 428
