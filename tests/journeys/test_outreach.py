"""From a signal on the bus to help that was taken up, on the whole platform."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.contracts.risk import Introduction
from kit.testing.platform import Platform
from tests.journeys.door import Person, advised_by_the_council, met
from tests.journeys.signals import introduction, say, signal

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

OFFERS = "/v1/triage/outreach"
SPACE = {
    "certified_by": "Stepwise Debt Advice",
    "certified_as": "fca_authorised_adviser",
    "lives_in_england_or_wales": True,
    "insolvent": False,
}


def registered(officer: Person, given: str, family: str) -> tuple[str, str]:
    body = {"names": [{"given": given, "family": family}], "confirmed_new": True}
    answer = officer.post("/v1/casefile/people", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["household_id"]


def offers_to(caller: Person, person: str, status: str = "offered", *, many: int = 1) -> Any:
    page = caller.soon(f"{OFFERS}?person_id={person}&status={status}", lambda found: len(found["items"]) == many)
    return page["items"]


def test_a_missed_payment_becomes_one_offer_and_help(platform: Platform) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        kelly, home = registered(officer, "Kelly", "Pike")
    with Person(platform, "triage_officer", "outreach") as caller:
        # The same fact three times, and another one at the same moment.
        again = uuid4()
        said = [signal(kelly, home, id_=again) for _ in range(3)] + [signal(kelly, home)]
        say(platform, *said, said[0])
        (offer,) = offers_to(caller, kelly)
        view = caller.get(f"{OFFERS}/{offer['id']}").json()
        assert "a council tax payment was missed" in view["honest_reason"]

        # Her partner answers, and learns nothing.
        tried = caller.post(f"{OFFERS}/{offer['id']}/attempts", {"channel": "call", "outcome": "someone_else_answered"})
        assert tried.status_code == 201, tried.text

        # Revenues grants a hold; whoever rings sees it.
        with Person(platform, "revenues_officer", "revenues_recovery_hold") as revenues:
            holds = revenues.get("/v1/triage/recovery-holds?creditor=council_tax").json()["items"]
            (mine,) = [each for each in holds if each["person_id"] == kelly]
            granted = revenues.post(f"/v1/triage/recovery-holds/{mine['id']}/answers", {"answer": "granted"})
            assert granted.status_code == 201, granted.text

        # An adviser enters Breathing Space: nobody rings meanwhile.
        advised_by_the_council(platform)
        with Person(platform, "universal_worker", "universal_support") as worker:
            met(worker, kelly, home)
        with Person(platform, "universal_worker", "debt_advice") as adviser:
            space = adviser.post("/v1/casefile/money/breathing-spaces", {**SPACE, "person_id": kelly})
            assert space.status_code == 201, space.text
            (held,) = offers_to(caller, kelly, "held")
            assert held["held_until"] == space.json()["ends_on"]
            refused = caller.post(f"{OFFERS}/{offer['id']}/attempts", {"channel": "call", "outcome": "no_answer"})
            assert refused.status_code == 409
            path = f"/v1/casefile/money/breathing-spaces/{space.json()['id']}/cancel"
            assert adviser.post(path, {"reason": "entered_by_mistake"}, if_match='"1"').status_code == 200
        (goes_on,) = offers_to(caller, kelly)

        taken = caller.post(
            f"{OFFERS}/{offer['id']}/outcomes", {"outcome": "accepted"}, if_match=f'"{goes_on["version"]}"'
        )
        assert taken.status_code == 201, taken.text

        # The household's page tells all of it, in words, and no factor.
        page = caller.soon(
            f"/v1/casefile/households/{home}/timeline?order=oldest&limit=100",
            lambda found: "triage.outreach.accepted" in {each["type"] for each in found["items"]},
        )
    titles = [each["title"] for each in page["items"]]
    for words in (
        "Help to be offered (money help): a council tax payment was missed",
        "Tried to reach them with an offer of help, money help: call, someone else answered",
        "Offer of help waits (money help): breathing space",
        "Breathing Space cancelled",
        "Offer of help goes on (money help)",
        "Contact: answered an offer of help about money",
        "Offer of help taken up (money help)",
    ):
        assert titles.count(words) == 1, (words, titles)
    assert len([each for each in titles if each.startswith("Hold on recovery asked for")]) == 4
    assert len([each for each in titles if each.startswith("Hold on recovery granted until")]) == 1


def test_an_objection_beats_the_next_signal(platform: Platform) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        person, home = registered(officer, "Gloria", "Mensah")
        other, other_home = registered(officer, "Tom", "Abiola")
    with Person(platform, "triage_officer", "outreach") as caller:
        objected = {"person_id": person, "said_by": "themselves", "confirmed_by": "safe_phone"}
        assert caller.post("/v1/triage/objections", objected).status_code == 201
        # Both at once: when his is there, hers has been decided too.
        say(platform, signal(person, home), signal(other, other_home))
        offers_to(caller, other)
        assert offers_to(caller, person, many=0) == []


def test_somebody_unknown_is_introduced_met_and_known(platform: Platform) -> None:
    told = Introduction.model_validate(
        {
            "resident_id": uuid4(),
            "home_id": uuid4(),
            "given": "Zuleikha",
            "family": f"Marchetti{uuid4().hex[:6]}",
            "born": "1988-05-06",
            "lines": ["3 Becontree Avenue"],
            "postcode": "RM8 2AB",
            "phone": "07700 900555",
            "source": "council_tax_accounts",
        }
    )
    say(platform, introduction(platform, told))
    searched = {"name": f"{told.given} {told.family}"}
    with (
        Person(platform, "triage_officer", "outreach") as caller,
        Person(platform, "triage_officer", "front_door") as officer,
    ):
        person = _found_soon(caller, searched)
        assert officer.post("/v1/casefile/people/search", searched).json() == {"people": []}
        home = caller.get(f"/v1/casefile/people/{person}").json()["households"][0]["household_id"]
        say(platform, signal(person, home))
        (offer,) = offers_to(caller, person)
        taken = caller.post(f"{OFFERS}/{offer['id']}/outcomes", {"outcome": "accepted"}, if_match='"1"')
        assert taken.status_code == 201, taken.text
        known = officer.soon(f"/v1/casefile/people/{person}", lambda found: found["id"] == person)
        assert known["names"][0]["family"] == told.family


def _found_soon(caller: Person, searched: dict[str, str]) -> str:
    limit = time.monotonic() + 10
    while not (found := caller.post("/v1/casefile/people/search", searched).json()["people"]):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return str(UUID(found[0]["person_id"]))
