"""Who looked, as the person reads it: a team, a reason, a day; what could betray them is not there, unsaid."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit import clock
from kit.contracts.purposes import PURPOSES
from services.casefile.looked import domain
from services.casefile.looked.domain import Kind, Line, Read
from tests.casefile.doors import Casefile
from tests.casefile.work import sealed_case, team

AT = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
PRIYA: dict[str, Any] = {"actor": "priya", "roles": ("targeted_specialist",), "purpose": "domestic_abuse"}
RUTH: dict[str, Any] = {"actor": "ruth", "roles": ("safeguarding_lead",), "purpose": "safeguarding"}
ASKED = {"how_they_view_it": "On her own phone, at her sister's, alone", "safe": True}


def read(**more: Any) -> Read:
    made: dict[str, Any] = {
        "entry": 1, "at": AT, "actor": "w", "roles": ["universal_worker"], "purpose": "universal_support",
        "action": "casefile.person.read", "record": "person/1", **more,
    }  # fmt: skip
    return Read(**made)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, None),
        ({"purpose": "homelessness", "roles": ["housing_officer"]}, None),
        ({"purpose": "domestic_abuse"}, Kind.ABUSE),
        ({"purpose": "safeguarding"}, Kind.SAFEGUARDING),
        ({"purpose": "statutory_referral"}, Kind.SAFEGUARDING),
        ({"purpose": "community_safety"}, Kind.CRIME),
        ({"purpose": "a_purpose_of_next_year"}, Kind.SAFEGUARDING),
        ({"action": "casefile.abuse.work"}, Kind.ABUSE),
        ({"action": "casefile.separation.make"}, Kind.ABUSE),
        ({"action": "triage.immigration.ask"}, Kind.IMMIGRATION),
        ({"action": "triage.no_recourse.read"}, Kind.IMMIGRATION),
        ({"action": "casefile.warning.read"}, Kind.CRIME),
        ({"record": "marac_referral/1"}, Kind.ABUSE),
        ({"roles": ["safeguarding_lead"]}, Kind.SAFEGUARDING),
        ({"part": "drugs_and_alcohol", "record": "case/1"}, Kind.DRUGS_AND_ALCOHOL),
        ({"part": "a_part_of_next_year"}, Kind.RESTRICTED),
        ({"part": "inside"}, None),
    ],
)
def test_what_could_betray_them_is_kept_back(change: dict[str, Any], kind: Kind | None) -> None:
    assert domain.kept_back(read(**change)) == kind


def test_a_team_whose_name_tells_is_kept_back() -> None:
    assert domain.kept_back(read(), ["drugs_and_alcohol"]) is Kind.DRUGS_AND_ALCOHOL
    assert domain.kept_back(read(), ["account_managers"]) is None
    assert domain.team_of(read(), ["safeguarding_duty"]) == "Account managers"
    assert domain.team_of(read(), ["heath_front_door"]) == "Heath front door"


def test_every_purpose_is_harmless_by_decision_or_kept_back() -> None:
    """A purpose that somebody adds is kept back until somebody decides that it is harmless."""
    assert set(PURPOSES) >= domain.HARMLESS
    kept = {code for code in PURPOSES if domain.kept_back(read(purpose=code)) is not None}
    assert {"domestic_abuse", "safeguarding", "statutory_referral", "community_safety", "emergency_response"} <= kept
    # No reason that is shown tells of what is kept back.
    said = " ".join(PURPOSES[code].explanation for code in domain.HARMLESS).casefold()
    assert not [word for word, _ in domain._TELLING if word.replace("_", " ") in said]


def test_a_line_names_no_worker_no_record_and_no_time() -> None:
    line = domain.line_of(read(actor="tom-abiola"), [])
    assert line == Line(AT.date(), "Account managers", "To work through several issues with you and your household.")
    assert domain.line_of(read(purpose="resident_self"), ["x"]).team == "You"


async def lines(casefile: Casefile, person: Any, **who: Any) -> list[dict[str, Any]]:
    view = await casefile.good("GET", f"/looked?person_id={person['id']}", **(who or TOM))
    assert set(view) == {"since", "lines"}
    return list(view["lines"])


async def test_the_view_leaves_out_abuse_and_says_nothing_of_it(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.let_in(kelly["household_id"], "priya", "abuse")
    await team(casefile, "account_managers", "worker-1")
    await lines(casefile, kelly)
    before = await lines(casefile, kelly)
    for _ in range(3):
        await casefile.good("GET", f"/people/{kelly['id']}", **PRIYA)
        await casefile.good("GET", f"/people/{kelly['id']}", **RUTH)
    assert await lines(casefile, kelly) == before
    today = clock.today().isoformat()
    why = "To work through several issues with you and your household."
    assert before == [{"on": today, "team": "Account managers", "why": why}]
    # As a stranger's: somebody who may not look inside learns nothing.
    other: dict[str, Any] = {"actor": "worker-9", "roles": ("universal_worker",)}
    assert (await casefile("GET", f"/looked?person_id={kelly['id']}", **other)).status_code == 404


async def test_it_is_each_persons_own_and_never_the_households(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    wayne = await casefile.person("Wayne", "Pike", household_id=kelly["household_id"])
    housing: dict[str, Any] = {"actor": "h", "roles": ("housing_officer",), "purpose": "homelessness"}
    await casefile.good("GET", f"/people/{kelly['id']}", **housing)
    assert "Housing" in {each["team"] for each in await lines(casefile, kelly)}
    assert "Housing" not in {each["team"] for each in await lines(casefile, wayne)}


async def test_sealed_work_is_kept_back_by_its_own_row(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await lines(casefile, kelly)
    before = await lines(casefile, kelly)
    await sealed_case(casefile, kelly)
    assert [each for each in await lines(casefile, kelly) if each not in before] == []


async def test_a_specialist_releases_after_asking(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.let_in(kelly["household_id"], "priya", "abuse")
    await casefile.good("GET", f"/people/{kelly['id']}", **PRIYA)
    await casefile.good("GET", f"/people/{kelly['id']}", **RUTH)
    kept = await casefile.good("GET", f"/looked/kept-back?person_id={kelly['id']}", **PRIYA)
    # What is of safeguarding is not hers to see, so not hers to release either.
    assert {each["kind"] for each in kept} <= {"abuse", "safeguarding"}
    abuse = [each["entry"] for each in kept if each["kind"] == "abuse"]
    body = {"person_id": kelly["id"], "entries": abuse, "asked_on": clock.today().isoformat(), **ASKED}
    old = (clock.today() - timedelta(days=29)).isoformat()
    for change, pointer in (
        ({"asked_on": old}, "/asked_on"),
        ({"entries": [10**9]}, "/entries"),
        ({"safe": False}, "/safe"),
        ({"how_they_view_it": "phone"}, "/how_they_view_it"),
    ):
        refused = await casefile("POST", "/looked/releases", {**body, **change}, **PRIYA)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    await casefile.good("POST", "/looked/releases", body, **PRIYA)
    shown = await lines(casefile, kelly)
    assert "To help keep you safe." in {each["why"] for each in shown}
    assert {"on", "team", "why"} == set(shown[0])
    assert "priya" not in str(shown)
    again = await casefile.good("GET", f"/looked/kept-back?person_id={kelly['id']}", **PRIYA)
    # Reading what is kept back is itself a read, and kept back: it was made for that purpose.
    assert [each["entry"] for each in again if each["released"]] == abuse


@pytest.mark.full
async def test_a_worker_without_the_compartment_has_nothing_to_release(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.good("GET", f"/people/{kelly['id']}", **RUTH)
    sue: dict[str, Any] = {"actor": "worker-1", "roles": ("targeted_specialist",), "purpose": "targeted_support"}
    kept = await casefile.good("GET", f"/looked/kept-back?person_id={kelly['id']}", **{**sue, "actor": "worker-1"})
    assert all(each["kind"] != "drugs_and_alcohol" for each in kept)
    stranger = await casefile("GET", f"/looked/kept-back?person_id={kelly['id']}", **{**sue, "actor": "worker-9"})
    assert stranger.status_code == 404
