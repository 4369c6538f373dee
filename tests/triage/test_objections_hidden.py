"""His side records an objection for her: the answers are those about a stranger, and nothing stops for her."""

from typing import Any
from uuid import UUID, uuid4

from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk, know, types
from tests.triage.hub_day.day import separate

PATH = "/v1/triage/objections"
OWN = ("id", "person_id", "recorded_at", "changed_at")


def said(person: UUID) -> dict[str, Any]:
    return {"person_id": str(person), "said_by": "themselves", "confirmed_by": "in_person"}


def like(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in OWN}


async def asked(desk: Desk, person: UUID) -> list[Any]:
    """Recording twice, listing, taking back, taking back again, recording anew: what a worker is answered."""
    first, again = await desk.post(PATH, said(person)), await desk.post(PATH, said(person))
    listed = (await desk.get(f"{PATH}?person_id={person}")).json()["items"]
    back = {"said_by": "themselves", "confirmed_by": "in_person"}
    path = f"{PATH}/{first.json()['id']}/withdraw"
    taken = await desk.post(path, back, if_match='"1"')
    twice = await desk.post(path, back, if_match='"2"')
    anew = await desk.post(PATH, said(person))
    assert first.json()["id"] == again.json()["id"]
    return [
        *((each.status_code, like(each.json())) for each in (first, again, taken, anew)),
        [like(each) for each in listed],
        (twice.status_code, twice.json()["detail"]),
    ]


async def test_his_side_is_answered_as_about_a_stranger_and_stops_nothing(desk: Desk, store: ServiceDatabase) -> None:
    her, him, stranger = uuid4(), uuid4(), uuid4()
    know(store, stranger)
    separate(store, her, him, barred=["ben"])
    ada, ben = (desk.other(worker=name, purpose="outreach") for name in ("ada", "ben"))
    hers = (await ada.post(PATH, said(her))).json()
    told = len(types(store))
    about_her = await asked(ben, her)
    announced = len(types(store)) - told
    assert about_her == await asked(ben, stranger)
    # Each time somebody is asked to be told, and of hers nothing else was announced.
    assert announced < len(types(store)) - told - announced
    # Her own stands as she said it; whoever may know her sees both, and what he took stopped nothing.
    rows = (await ada.get(f"{PATH}?person_id={her}")).json()["items"]
    assert [each["id"] for each in rows if each["recorded_by"] == "ada"] == [hers["id"]]
    assert {each["recorded_by"] for each in rows} == {"ada", "ben"}
    standing = store.rows("select state, blind from objection where person_id = %s order by recorded_at", [her])
    assert standing[0] == {"state": "standing", "blind": False}
    assert all(row["blind"] for row in standing[1:])


async def test_what_he_took_for_her_ends_no_offer(desk: Desk, store: ServiceDatabase) -> None:
    her, him = uuid4(), uuid4()
    separate(store, her, him, barred=["ben"])
    caller = desk.other(worker="ada", purpose="outreach")
    asked_for = {"person_id": str(her), "household_id": str(uuid4()), "kind": "first_missed_council_tax"}
    offer = (await caller.post("/v1/triage/outreach", asked_for)).json()
    assert (await desk.other(worker="ben", purpose="outreach").post(PATH, said(her))).status_code == 201
    assert (await caller.get(f"/v1/triage/outreach/{offer['id']}")).json()["status"] != "closed"
