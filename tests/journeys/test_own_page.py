"""A plan in her own words, opened on her own phone by a link and the word she chose; printed; never by anybody else."""

import re
import time

import httpx
import pytest

from kit.testing.platform import Platform
from tests.casefile.pdf import opened, words
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

KELLY = {
    "names": [{"given": "Bridget", "family": "Noon"}],
    "date_of_birth": "1992-04-09",
    "contacts": [{"kind": "phone", "value": "07700 900656"}],
    "confirmed_new": True,
}
WORD = "Blue Kettle"


def test_her_plan_reaches_her_and_nobody_else(platform: Platform) -> None:
    with Person(platform, "universal_worker", "universal_support") as tom:
        kelly = tom.post("/v1/casefile/people", KELLY).json()
        goal = {"words": "I want to sleep", "actions": [{"words": "Ring the landlord", "whose": "ours"}]}
        whose = {"person_id": kelly["id"], "household_id": kelly["household_id"]}
        plan = tom.post("/v1/casefile/plans", {**whose, "goals": [goal]}).json()
        share = {
            "person_id": kelly["id"], "shows": ["plan", "looked"], "plan_id": plan["id"], "word": WORD,
            "chosen": "face_to_face",
        }  # fmt: skip
        for known in ("9 April 1992", "07700 900656", "RM10 1AA"):
            assert tom.post("/v1/casefile/shares", {**share, "word": known}).status_code == 422
        made = tom.post("/v1/casefile/shares", share).json()
        address = sent_to(platform, "+447700900656")
        with (
            httpx.Client(base_url=platform.gateway, trust_env=False) as phone,
            httpx.Client(base_url=platform.gateway, trust_env=False) as other,
        ):
            for _ in range(5):
                assert phone.get(address).status_code == 200
            assert other.post(address, data={"word": "07700900656"}).status_code == 403
            page = phone.post(address, data={"word": "blue kettle"})
            assert page.status_code == 200
            assert "no-store" in page.headers["Cache-Control"]
            assert "I want to sleep" in page.text
            assert "Ring the landlord" in page.text
            # Who looked is shown as an organisation, because she chose to see it; nobody else is named.
            for name in ("Bridget", "Noon", "New Start", "Abiola"):
                assert name.casefold() not in page.text.casefold(), name
            assert other.post(address, data={"word": WORD}).status_code == 403
        now = tom.get(f"/v1/casefile/shares/{made['id']}").json()
        assert now["standing"] == "opened"
        paper = tom.post(f"/v1/casefile/plans/{plan['id']}/print", {"printed_as": "Tom Abiola"})
        assert paper.headers["Content-Type"] == "application/pdf"
        reader = opened(paper.content)
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert "Printed by Tom Abiola" in words(reader)


def sent_to(platform: Platform, number: str) -> str:
    """The path of the page whose address went to this number."""
    with httpx.Client(base_url=platform.gateway, trust_env=False) as anybody:
        for _ in range(60):
            for article in anybody.get("/demo/messages").text.split("<article")[1:]:
                found = re.search(r"/pages/[a-z2-7]{32}", article)
                if number in article and found:
                    return found[0]
            time.sleep(0.5)
    raise AssertionError("nothing was sent")
