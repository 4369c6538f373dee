"""Proposals through the door: supported once each, moderated with reasons, adopted; without an account too."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from tests.grants.doors import PUBLIC, Grants
from tests.grants.moments import stand_at

IDEA = {"title": "A bench by the pond", "words": "For those who can't walk far.", "supports_needed": 2}


def resident(name: str = "kelly") -> dict[str, Any]:
    return {"actor": name, "purpose": "participation", "roles": ("resident",), "organisation": ""}


async def shown(grants: Grants) -> dict[str, Any]:
    made = await grants.good("POST", "/proposals", IDEA, **resident())
    verdict: dict[str, Any] = await grants.good(
        "POST", f"/moderation/proposals/{made['id']}/verdict", {"verdict": "shown"}, version=made["version"]
    )
    return verdict


async def test_from_an_idea_to_a_project(grants: Grants) -> None:
    of = await grants.good("POST", "/proposals", IDEA, **resident())
    await grants.refused(404, "GET", f"/proposals/{of['id']}", **PUBLIC)
    await grants.refused(409, "POST", f"/proposals/{of['id']}/supports", **resident())
    moderation = f"/moderation/proposals/{of['id']}/verdict"
    told = await grants.refused(422, "POST", moderation, {"verdict": "abuse"}, version=of["version"])
    assert told["errors"][0]["rule"] == "reasons"
    await grants.good("POST", moderation, {"verdict": "shown"}, version=of["version"])
    supports = f"/proposals/{of['id']}/supports"
    await grants.good("POST", supports, **resident())
    await grants.refused(409, "POST", supports, **resident())
    of = await grants.good("POST", supports, **resident("wayne"))
    assert (of["state"], of["supports"], of["answer_due_on"] is not None) == ("supported", 2, True)
    said = {"becomes": "project", "words": "We will build it.", "fixer": "officer-2"}
    of = await grants.good("POST", f"/proposals/{of['id']}/answer", said, version=of["version"])
    project = await grants.good("GET", of["became"])
    assert (project["title"], project["proposal_id"], project["state"]) == (IDEA["title"], of["id"], "idea")
    assert [each["type"].split(".")[-1] for each in grants.announced()][-1] == "adopted"
    assert "kelly" not in str([each["data"] for each in grants.announced()])
    await grants.refused(409, "POST", supports, **resident("tom"))


async def test_an_adopted_proposal_goes_on_a_ballot_that_is_being_drawn_up(grants: Grants) -> None:
    of = await shown(grants)
    now = "2027-01-01T00:00:00+00:00"
    draft = {"title": "b", "budget_pence": 1000, "opens_at": now, "closes_at": "2027-02-01T00:00:00+00:00"}
    ballot = await grants.good("POST", "/ballot-drafts", draft)
    said: dict[str, Any] = {"becomes": "ballot", "words": "Let everybody vote on it."}
    await grants.refused(422, "POST", f"/proposals/{of['id']}/answer", said, version=of["version"])
    said |= {"ballot_id": ballot["id"], "ref": "B7", "cost_pence": 900}
    await grants.good("POST", f"/proposals/{of['id']}/answer", said, version=of["version"])
    after = await grants.good("GET", f"/ballot-drafts/{ballot['id']}")
    assert [(each["ref"], each["title"]) for each in after["projects"]] == [("B7", IDEA["title"])]


async def test_without_an_account_by_the_code_of_a_letter(grants: Grants) -> None:
    of = await shown(grants)
    given = (await grants.good("POST", "/participation-codes", {"postcodes": ["RM8 1AA"]}))["codes"][0]
    await grants.refused(403, "POST", "/participation-passes", {**given, "postcode": "RM9 9ZZ"}, **PUBLIC)
    got = await grants.good("POST", "/participation-passes", given, **PUBLIC)
    await grants.refused(403, "POST", "/participation-passes", given, **PUBLIC)
    by = {"pass": got["pass"]}
    once = await grants.good("POST", f"/proposals/{of['id']}/supports-by-pass", by, **PUBLIC)
    assert once["supports"] == 1
    await grants.refused(409, "POST", f"/proposals/{of['id']}/supports-by-pass", by, **PUBLIC)
    wrong = {"pass": "x" * 22}
    await grants.refused(403, "POST", f"/proposals/{of['id']}/supports-by-pass", wrong, **PUBLIC)
    raised = await grants.good("POST", "/proposals-by-pass", {**IDEA, **by}, **PUBLIC)
    assert raised["state"] == "waiting"


async def test_comments_are_shown_by_a_moderator_and_taken_away_with_a_reason(grants: Grants) -> None:
    of = await shown(grants)
    comments = f"/proposals/{of['id']}/comments"
    said = await grants.good("POST", comments, {"words": "Good. Mrs Pike of number 7 agrees."}, **resident())
    assert (await grants.good("GET", comments, **PUBLIC))["items"] == []
    verdict = f"/moderation/comments/{said['id']}/verdict"
    said = await grants.good("POST", verdict, {"verdict": "shown"}, version=said["version"])
    assert (await grants.good("GET", f"/proposals/{of['id']}", **PUBLIC))["comments"] == 1
    away = {"verdict": "personal_data", "words": "It names a neighbour."}
    await grants.good("POST", verdict, away, version=said["version"])
    [left] = (await grants.good("GET", comments, **PUBLIC))["items"]
    assert (left["words"], left["moderation_words"]) == (None, "It names a neighbour.")
    assert (await grants.good("GET", f"/proposals/{of['id']}", **PUBLIC))["comments"] == 0


@pytest.mark.full
async def test_a_consultation_is_open_at_once_and_closes(grants: Grants) -> None:
    body = {"title": "A new crossing?", "words": "Where?", "closes_at": "2099-01-01T00:00:00+00:00"}
    of = await grants.good("POST", "/consultations", body)
    assert of["state"] == "open"
    await grants.good("POST", f"/proposals/{of['id']}/comments", {"words": "By the school."}, **resident())
    await grants.refused(404, "POST", f"/proposals/{uuid4()}/comments", {"words": "x"}, **resident())
    listed = await grants.good("GET", "/proposals?kind=consultation", **PUBLIC)
    assert [each["id"] for each in listed["items"]] == [of["id"]]
    stand_at(grants, datetime(2099, 1, 1, 1, tzinfo=UTC))
    await grants.ring()
    assert (await grants.good("GET", f"/proposals/{of['id']}", **PUBLIC))["state"] == "closed"
    clock.set_offset(timedelta(0))
