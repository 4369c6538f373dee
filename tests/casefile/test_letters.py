"""Letters from templates: their rules, whether a letterbox is safe, and what lies in the envelope."""

from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from kit.errors import Invalid
from services.casefile.papers.letters import domain
from tests.casefile.doors import Casefile
from tests.casefile.pdf import opened, words
from tests.casefile.test_messages import HOME, told_safe

TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
SIGNED = {"printed_as": "Tom Abiola"}
FIELDS = {"writer": "Tom Abiola", "phone": "020 7946 0000"}


def letter(person: Any, **more: Any) -> dict[str, Any]:
    return {
        "person_id": person["id"],
        "template": "introduction",
        "fields": FIELDS,
        "own_words": "I am in on Tuesdays.\n\nCome any time.",
        **more,
    }


def test_every_template_has_its_words_and_a_field_is_never_taken_for_another() -> None:
    for each in domain.TEMPLATES.values():
        given = {"text": "{phone} {own_words} #panic()", "phone": "020 7946 0000", "date": "2026-12-04"}
        fields = {name: given[kind] for name, kind in each.fields.items()}
        said = each.written(fields, "Own {writer} words")
        assert "Own {writer} words" in said
        if "text" in each.fields.values():
            assert any("{phone} {own_words} #panic()" in one for one in said)


def test_a_letter_that_is_not_whole_names_every_field() -> None:
    with pytest.raises(Invalid) as caught:
        domain.template("we_missed_you").written({"was_on": "yesterday", "phone": "ring me", "more": "x"}, "")
    assert [(each.pointer, each.rule) for each in caught.value.errors] == [
        ("/fields/more", "known-field"),
        ("/fields/was_on", "a-date"),
        ("/fields/phone", "a-phone"),
    ]
    with pytest.raises(Invalid) as caught:
        domain.template("threat")
    assert caught.value.errors[0].rule == "known-template"


async def test_a_letter_is_written_printed_and_sent(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", addresses=[HOME])
    made = await casefile.good("POST", "/letters", letter(kelly, how="post"), **TOM)
    assert (made["state"], made["allowed"]) == ("written", ["print", "send", "withdraw"])
    assert made["paragraphs"][1:3] == ["I am in on Tuesdays.", "Come any time."]
    response = await casefile("POST", f"/letters/{made['id']}/print", SIGNED, **TOM)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    assert response.headers["Cache-Control"] == "no-store"
    assert "paper.pdf" in response.headers["Content-Disposition"]
    said = words(response.content)
    assert "Kelly Pike 1 Heath Road RM10 1AA" in said
    assert "Printed by Tom Abiola (worker worker-1)" in said
    assert opened(response.content).metadata.title == "Who is helping you"  # type: ignore[union-attr]  # it has one
    today = clock.today().isoformat()
    sent = await casefile.good("POST", f"/letters/{made['id']}/sent", {"sent_on": today}, version=1, **TOM)
    assert (sent["state"], sent["version"], sent["sent_on"]) == ("sent", 2, today)
    again = await casefile("POST", f"/letters/{made['id']}/withdraw", version=2, **TOM)
    assert (again.status_code, again.json()["allowed"]) == (409, ["print"])
    stale = await casefile("POST", f"/letters/{made['id']}/withdraw", version=1, **TOM)
    assert (stale.status_code, stale.json()["current"]["state"]) == (412, "sent")
    listed = await casefile.good("GET", f"/letters?person_id={kelly['id']}", **TOM)
    assert [each["id"] for each in listed["items"]] == [made["id"]]
    reads = casefile.stored.rows("select action from audit_entry where record = %s", [f"letter/{made['id']}"])
    assert {"casefile.letter.write", "casefile.paper.print"} <= {each["action"] for each in reads}


@pytest.mark.full
@pytest.mark.parametrize("days", [1, -1])
async def test_a_letter_went_between_its_writing_and_today(casefile: Casefile, days: int) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    made = await casefile.good("POST", "/letters", letter(kelly), **TOM)
    on = (clock.today() + timedelta(days=days)).isoformat()
    refused = await casefile("POST", f"/letters/{made['id']}/sent", {"sent_on": on}, version=1, **TOM)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "sent-on")


async def test_no_letterbox_that_others_empty(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", addresses=[HOME])
    await casefile.person("Wayne", "Pike", household_id=kelly["household_id"])
    refused = await casefile("POST", "/letters", letter(kelly, how="post"), **TOM)
    assert (refused.status_code, refused.json()["reason"]) == (409, "words_not_safe")
    await casefile.good("POST", "/letters", letter(kelly, how="by_hand"), **TOM)
    # She says that letters are how to reach her: Wayne leaves them be.
    await casefile.take(told_safe(kelly, ways=("letter",)))
    made = await casefile.good("POST", "/letters", letter(kelly, how="post"), **TOM)
    # And takes it back before it is printed: no address leaves the printer.
    await casefile.take(told_safe(kelly, never=("letter",), sequence=2))
    refused = await casefile("POST", f"/letters/{made['id']}/print", SIGNED, **TOM)
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_safe_way")


@pytest.mark.full
async def test_nobody_writes_to_a_child_or_a_stranger(casefile: Casefile) -> None:
    child = await casefile.person("Idris", "Yusuf", date_of_birth="2022-03-01", addresses=[HOME])
    refused = await casefile("POST", "/letters", letter(child, how="post"), **TOM)
    assert refused.json()["reason"] == "child"
    stranger = await casefile("POST", "/letters", letter(child), actor="worker-9", roles=("universal_worker",))
    unknown = await casefile("POST", "/letters", letter({"id": "0192f7a0-0000-7000-8000-000000000001"}), **TOM)
    assert (stranger.status_code, unknown.status_code) == (404, 404)
    assert stranger.json()["detail"] == unknown.json()["detail"]


async def test_a_letter_is_inside_the_file(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    made = await casefile.good("POST", "/letters", letter(kelly), **TOM)
    other: dict[str, Any] = {"actor": "worker-9", "roles": ("universal_worker",)}
    assert (await casefile("GET", f"/letters/{made['id']}", **other)).status_code == 404
    assert (await casefile("POST", f"/letters/{made['id']}/print", SIGNED, **other)).status_code == 404
    assert (await casefile.good("GET", f"/letters?person_id={kelly['id']}", **other))["items"] == []
    hidden = {**TOM, "hide": [(kelly["id"], kelly["id"])]}
    assert (await casefile("GET", f"/letters/{made['id']}", **hidden)).status_code == 404
