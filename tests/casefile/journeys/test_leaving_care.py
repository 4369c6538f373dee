"""Leaving care through casefile's doors: the plan and its clock, the adviser who leaves, what is due up to 25."""

from datetime import date
from typing import Any

import pytest

from kit.errors import Invalid
from services.casefile.leavingcare import domain
from services.casefile.leavingcare.domain import Area
from services.casefile.leavingcare.entitlements import ENTITLEMENTS, Status
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope, moment
from tests.casefile.journeys.ground import failures, on, ring, someone, told

LEAVERS = "/care-leavers"
KOFI: dict[str, Any] = {"actor": "kofi", "roles": ("personal_adviser",), "purpose": "leaving_care"}
EFUA: dict[str, Any] = {**KOFI, "actor": "efua"}
MOIRA: dict[str, Any] = {"actor": "moira", "roles": ("reviewing_officer",), "purpose": "leaving_care"}
BORN = "2008-10-01"


async def leaver(casefile: Casefile, born: str = BORN, **more: Any) -> Any:
    """A young person whose adviser is Kofi; nobody else is around them once the worker who registered them is gone."""
    person = await someone(casefile, "Jamie", "Reid", date_of_birth=born)
    await casefile.let_in(person["household_id"], "kofi")
    body = {"person_id": person["id"], "status": "former_relevant", **more}
    return await casefile.good("POST", LEAVERS, body, **KOFI)


def plan(**more: Any) -> dict[str, Any]:
    needs = [{"area": area, "words": f"What is needed of {area}"} for area in Area]
    return {"wishes": "My own front door", "needs": needs, "agreed": True, **more}


async def send(casefile: Casefile, care: Any, what: str, body: Any, **who: Any) -> Any:
    path = f"{LEAVERS}/{care['id']}/{what}"
    return await casefile.good("POST", path, body, version=care["version"], **(who or KOFI))


@pytest.mark.full
async def test_a_plan_is_reviewed_within_six_months_by_somebody_else(casefile: Casefile) -> None:
    on("2026-12-07")
    care = await leaver(casefile)
    some = plan(needs=plan()["needs"][:7], agreed=False)
    bare = await casefile("POST", f"{LEAVERS}/{care['id']}/plans", some, version=1, **KOFI)
    assert [each["rule"] for each in bare.json()["errors"]] == ["every-area", "every-area", "their-view"]
    none = await casefile("POST", f"{LEAVERS}/{care['id']}/reviews", {"words": "Early"}, version=1, **MOIRA)
    assert none.status_code == 409
    care = await send(casefile, care, "plans", plan())
    assert (care["plan_number"], care["review_due_on"]) == (1, "2027-06-07")
    own = await casefile("POST", f"{LEAVERS}/{care['id']}/reviews", {"words": "x"}, version=2, **KOFI)
    assert own.status_code == 403
    on("2027-06-07")
    await ring(casefile)
    assert (await casefile.good("GET", f"{LEAVERS}/{care['id']}", **KOFI))["review_overdue"] is False
    on("2027-06-08")
    await ring(casefile)
    late = await casefile.good("GET", f"{LEAVERS}?review_overdue=true", **KOFI)
    assert [each["id"] for each in late["items"]] == [care["id"]]
    care = late["items"][0]
    care = await send(casefile, care, "reviews", {"words": "Doing well", "asked_for_by": "clock"}, **MOIRA)
    assert (care["review_overdue"], care["review_due_on"]) == (False, "2027-12-08")
    # A new plan does not put the review off; the one before stays as it was.
    on("2027-09-01")
    care = await send(casefile, care, "plans", plan(wishes="A flat near college"))
    assert (care["plan_number"], care["review_due_on"]) == (2, "2027-12-08")
    plans = (await casefile.good("GET", f"{LEAVERS}/{care['id']}/plans", **KOFI))["items"]
    assert [(each["number"], each["wishes"]) for each in plans] == [
        (2, "A flat near college"),
        (1, "My own front door"),
    ]
    (held,) = (await casefile.good("GET", f"{LEAVERS}/{care['id']}/reviews", **KOFI))["items"]
    assert (held["plan_number"], held["due_on"], held["held_on"]) == (1, "2027-06-07", "2027-06-08")
    assert told(casefile, "care_leaver") == [
        "recorded",
        "plan_agreed",
        "review_overdue",
        "plan_reviewed",
        "plan_agreed",
    ]
    assert failures(casefile) == []


@pytest.mark.full
async def test_after_21_the_clock_runs_for_who_wants_it_and_ends_at_25(casefile: Casefile) -> None:
    on("2026-12-07")
    care = await leaver(casefile, "2006-02-01")
    care = await send(casefile, care, "plans", plan())
    path = f"{LEAVERS}/{care['id']}"
    on("2027-06-08")
    await ring(casefile)
    # 21 since February, and nobody has asked: no review is owed, but to tell them what there is.
    shown = await casefile.good("GET", path, **KOFI)
    assert (shown["review_overdue"], shown["tell_again_on"]) == (False, "2027-02-01")
    body = {"told_on": "2027-06-08", "wants_support_after_21": True}
    shown = await casefile.good("PATCH", path, body, version=shown["version"], **KOFI)
    assert shown["tell_again_on"] == "2028-06-08"
    await ring(casefile)
    shown = await casefile.good("GET", path, **KOFI)
    assert shown["review_overdue"] is True
    on("2031-01-31")
    await ring(casefile)
    assert (await casefile.good("GET", path, **KOFI))["state"] == "open"
    on("2031-02-01")
    await ring(casefile)
    ended = await casefile.good("GET", path, **KOFI)
    assert (ended["state"], ended["ends_on"]) == ("ended", "2031-02-01")
    late = await casefile("PATCH", path, {"wants_support_after_21": False}, version=ended["version"], **KOFI)
    assert late.status_code == 409
    assert failures(casefile) == []


async def test_at_18_a_relevant_child_becomes_a_former_relevant_one(casefile: Casefile) -> None:
    on("2026-09-30")
    care = await leaver(casefile, status="relevant")
    wrong = await casefile("PATCH", f"{LEAVERS}/{care['id']}", {"status": "former_relevant"}, version=1, **KOFI)
    assert wrong.json()["errors"][0]["rule"] == "age"
    on("2026-10-01")
    await ring(casefile)
    shown = await casefile.good("GET", f"{LEAVERS}/{care['id']}", **KOFI)
    assert (shown["status"], shown["version"]) == ("former_relevant", 2)
    again = await casefile("POST", LEAVERS, {"person_id": care["person_id"], "status": "former_relevant"}, **KOFI)
    assert again.status_code == 409
    assert failures(casefile) == []


async def test_every_date_hangs_on_a_whole_day_of_birth(casefile: Casefile) -> None:
    on("2026-12-07")
    person = await someone(casefile, "Jamie", "Reid", date_of_birth="2008-10")
    await casefile.let_in(person["household_id"], "kofi")
    body = {"person_id": person["id"], "status": "former_relevant"}
    answer = await casefile("POST", LEAVERS, body, **KOFI)
    assert answer.json()["errors"][0]["rule"] == "whole-day-of-birth"


def worker(name: str, sequence: int, **more: Any) -> Any:
    data = {
        "worker_id": name,
        "roles": ["personal_adviser"],
        "organisation_id": None,
        "active": True,
        "suspended_at": None,
        "changed_at": moment(),
        **more,
    }
    return envelope("gateway.worker.changed", data, sequence=sequence)


@pytest.mark.full
async def test_when_the_adviser_leaves_another_takes_over_by_name(casefile: Casefile) -> None:
    on("2026-12-07")
    care = await leaver(casefile)
    path = f"{LEAVERS}/{care['id']}"
    offer = {"to_adviser": "efua", "told": "met", "words": "They met on Friday"}
    assert (await casefile("GET", path, **EFUA)).status_code == 404
    stranger = await casefile("POST", f"{path}/handovers", offer, version=1, **{**KOFI, "actor": "worker-1"})
    assert stranger.status_code == 403
    await casefile.take(worker("kofi", 2, active=False))
    shown = await casefile.good("GET", f"{LEAVERS}?without_adviser=true", **MOIRA)
    assert [each["adviser_left_on"] for each in shown["items"]] == ["2026-12-07"]
    care = shown["items"][0]
    gone = await casefile("POST", f"{path}/handovers", offer | {"to_adviser": "kofi"}, version=care["version"], **MOIRA)
    assert gone.status_code == 422
    near: dict[str, Any] = {**KOFI, "actor": "worker-1"}
    handover = await send(casefile, care, "handovers", offer, **near)
    # Offered is not handed over; whoever is asked sees whom it is about, and nobody else answers.
    assert (await casefile.good("GET", path, **EFUA))["adviser"] == "kofi"
    twice = await casefile("POST", f"{path}/handovers", offer, version=care["version"], **{**KOFI, "actor": "worker-1"})
    assert twice.status_code == 409
    answer = f"/adviser-handovers/{handover['id']}/answer"
    assert (await casefile("POST", answer, {"accept": True}, version=1, **MOIRA)).status_code == 403
    (waiting,) = (await casefile.good("GET", "/adviser-handovers?to_me=true", **EFUA))["items"]
    assert waiting["id"] == handover["id"]
    await casefile.good("POST", answer, {"accept": True}, version=1, **EFUA)
    after = await casefile.good("GET", path, **EFUA)
    assert (after["adviser"], after["adviser_left_on"]) == ("efua", None)
    assert after["advisers"] == [{"adviser": "kofi", "since": "2026-12-07", "until": "2026-12-07"}]
    assert (await casefile("POST", answer, {"accept": True}, version=2, **EFUA)).status_code == 409
    # What is offered to somebody who may no longer act goes back.
    back = {"to_adviser": "nia", "told": "told", "words": "Moves to another team"}
    lapsing = await send(casefile, after, "handovers", back, **EFUA)
    await casefile.take(worker("nia", 2, suspended_at=moment()))
    listed = (await casefile.good("GET", "/adviser-handovers", **EFUA))["items"]
    assert {each["id"]: each["state"] for each in listed} == {handover["id"]: "accepted", lapsing["id"]: "lapsed"}
    assert told(casefile, "care_leaver")[-1] == "adviser_changed"


@pytest.mark.full
async def test_a_suspension_lifted_gives_the_young_people_back(casefile: Casefile) -> None:
    on("2026-12-07")
    care = await leaver(casefile)
    await casefile.take(worker("kofi", 2, suspended_at=moment()))
    path = f"{LEAVERS}/{care['id']}"
    assert (await casefile.good("GET", path, **MOIRA))["adviser_left_on"] == "2026-12-07"
    await casefile.take(worker("kofi", 3))
    assert (await casefile.good("GET", path, **MOIRA))["adviser_left_on"] is None


async def test_what_is_due_has_its_dates_and_its_law(casefile: Casefile) -> None:
    on("2026-12-07")
    care = await leaver(casefile)
    path = f"{LEAVERS}/{care['id']}/entitlements"
    due = {each["code"]: each for each in await casefile.good("GET", path, **KOFI)}
    need = due["priority_need"]
    assert (need["first_day"], need["last_day"], need["now"]) == ("2026-10-01", "2029-09-30", True)
    assert "SI 2002/2051" in need["law"]
    later = due["support_to_25"]
    assert (later["first_day"], later["last_day"], later["now"]) == ("2029-10-01", "2033-09-30", False)
    assert all(each["law"] for each in due.values())
    body = {"code": "council_tax", "state": "received", "pence": 132_000}
    care = await send(casefile, care, "entitlements", body)
    shown = {each["code"]: each for each in await casefile.good("GET", path, **KOFI)}
    assert shown["council_tax"]["records"] == [
        {"state": "received", "on": "2026-12-07", "pence": 132000, "words": None}
    ]
    for code, rule in (("support_to_25", "entitlement-dates"), ("home_and_upkeep", "entitlement")):
        body = {"code": code, "state": "claimed"}
        answer = await casefile("POST", path, body, version=care["version"], **KOFI)
        assert answer.json()["errors"][0]["rule"] == rule
    # That something will be due may be told before.
    await send(casefile, care, "entitlements", {"code": "support_to_25", "state": "told"})


async def test_who_has_nothing_to_do_with_them_sees_nothing(casefile: Casefile) -> None:
    on("2026-12-07")
    care = await leaver(casefile)
    for path in ("", "/plans", "/reviews", "/entitlements"):
        assert (await casefile("GET", f"{LEAVERS}/{care['id']}{path}", **EFUA)).status_code == 404
    assert (await casefile.good("GET", LEAVERS, **EFUA))["items"] == []
    hide = [(care["person_id"], care["household_id"])]
    assert (await casefile("GET", f"{LEAVERS}/{care['id']}", hide=hide, **KOFI)).status_code == 404
    # The adviser sees them also when nothing else ties them to the household.
    casefile.stored.execute("delete from circle_place")
    casefile.stored.execute("delete from known_encounter")
    assert (await casefile("GET", f"{LEAVERS}/{care['id']}", **KOFI)).status_code == 200


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        ("2004-02-29", 18, "2022-03-01"),
        ("2004-02-29", 20, "2024-02-29"),
        ("2004-02-29", 25, "2029-03-01"),
        ("2008-10-01", 25, "2033-10-01"),
    ],
)
def test_birthdays(born: str, age: int, day: str) -> None:
    reached = domain.birthday(date.fromisoformat(born), age)
    assert reached == date.fromisoformat(day)
    assert domain.age_on(date.fromisoformat(born), reached) == age
    assert domain.age_on(date.fromisoformat(born), date.fromordinal(reached.toordinal() - 1)) == age - 1


def test_every_entitlement_ends_by_25_and_names_its_law() -> None:
    assert len({each.code for each in ENTITLEMENTS}) == len(ENTITLEMENTS)
    for each in ENTITLEMENTS:
        assert each.from_age < each.until_age <= 25
        assert any(mark in each.law for mark in ("Act ", "SI "))
        assert ("local offer" in each.law or "2017 s2" in each.law) == each.local
    relevant = {each.entitlement.code for each in domain.due(Status.RELEVANT, date(2010, 1, 1))}
    assert {"home_and_upkeep", "support_to_25"} <= relevant
    assert "home_and_upkeep" not in {
        each.entitlement.code for each in domain.due(Status.FORMER_RELEVANT, date(2008, 1, 1))
    }


def test_ages_of_a_status() -> None:
    with pytest.raises(Invalid, match="16 to 17"):
        domain.check_status(Status.ELIGIBLE, date(2008, 12, 7), date(2026, 12, 7))
    domain.check_status(Status.ELIGIBLE, date(2008, 12, 8), date(2026, 12, 7))
