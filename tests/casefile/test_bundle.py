"""The case bundle and the plan on paper: all that the caller may see, nothing more, less what is left out."""

from typing import Any

from tests.casefile.doors import Casefile
from tests.casefile.pdf import opened, tags, words
from tests.casefile.test_letters import letter
from tests.casefile.test_notes import write
from tests.casefile.work import STRANGER, case_of, worker
from tests.service_doors import MANAGER

SIGNED = {"printed_as": "Tom Abiola"}
TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
HOSTILE = '#read("/etc/passwd") *b* $x$'


async def printed(casefile: Casefile, case: Any, order: dict[str, Any] | None = None, **who: Any) -> str:
    response = await casefile("POST", f"/cases/{case['id']}/print", {**SIGNED, **(order or {})}, **(who or TOM))
    assert response.status_code == 200, response.text
    return words(response.content)


async def test_a_case_file_on_paper_is_what_its_reader_may_see(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", date_of_birth="1992-04-09")
    case = await case_of(casefile, kelly, holder="worker-1")
    home = kelly["household_id"]
    note = await write(casefile, home, f"She sleeps badly. {HOSTILE}", person_ids=[kelly["id"]])
    readers = {"workers": ["priya"]}
    await write(casefile, home, "Her brother works here", part="restricted", readers=readers, **MANAGER)
    goal = {"words": "I want to sleep", "actions": [{"words": "Ring the landlord", "whose": "ours"}]}
    body = {"person_id": kelly["id"], "household_id": home, "goals": [goal]}
    plan = await casefile.good("POST", "/plans", body, **TOM)
    await casefile.good("POST", "/letters", letter(kelly), **TOM)
    await casefile.hear_itself()
    response = await casefile("POST", f"/cases/{case['id']}/print", SIGNED, **TOM)
    assert response.status_code == 200, response.text
    said = words(response.content)
    for each in (
        "Kelly Pike",
        "1992-04-09",
        "universal",
        "I want to sleep",
        "Ring the landlord",
        "I am in on Tuesdays",
    ):
        assert each in said, each
    assert f"She sleeps badly. {HOSTILE}" in said
    # What stands of the restricted note on nobody's screen stands on no paper.
    assert "brother" not in said
    reader = opened(response.content)
    assert {"H1", "H2", "Table", "TH"} <= set(tags(reader))
    assert all("Printed by Tom Abiola" in page.extract_text() for page in reader.pages)
    less = await printed(casefile, case, {"leave_out": ["people", "timeline"], "without": [note["id"], plan["id"]]})
    for each in ("1992-04-09", "What happened", "sleeps badly", "I want to sleep"):
        assert each not in less, each
    # One person left out of their own household's paper is in none of its sections.
    without = await printed(casefile, case, {"without": [kelly["id"]]})
    for each in ("Kelly", "sleeps badly", "I want to sleep", "Tuesdays"):
        assert each not in without, each
    on_record = casefile.stored.rows(
        "select person_ids from audit_entry where record = %s and action = 'casefile.paper.print'",
        [f"case/{case['id']}"],
    )
    assert on_record
    paper = await casefile("POST", f"/plans/{plan['id']}/print", {**SIGNED, "large": True}, **TOM)
    assert "Plan of Kelly Pike" in words(paper.content)
    assert "Ring the landlord" in words(paper.content)


async def test_who_may_not_look_inside_prints_nothing(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    case = await case_of(casefile, kelly, holder="worker-1")
    place = f"/cases/{case['id']}/print"
    assert (await casefile("GET", f"/cases/{case['id']}", **STRANGER)).status_code == 200
    assert (await casefile("POST", place, SIGNED, **STRANGER)).status_code == 404
    hidden = {**worker("worker-1"), "hide": [(kelly["id"], kelly["id"])]}
    assert (await casefile("POST", place, SIGNED, **hidden)).status_code == 404
    refused = await casefile("POST", place, {**SIGNED, "leave_out": ["everything"]}, **TOM)
    assert refused.status_code == 422
    assert (await casefile("POST", place, {}, **TOM)).json()["errors"][0]["pointer"] == "/printed_as"
