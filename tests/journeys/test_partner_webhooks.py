"""A referral that a partner's own program is told of, reads and accepts, with nobody touching a screen."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from gateway.demo.people import PARTNER
from kit.testing.platform import Platform
from tests.journeys.door import Person
from tests.journeys.test_referral import ASKED

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

PROGRAM = Path(__file__).with_name("partner_program.py")


@contextmanager
def partner(settings: dict[str, object], said: Path) -> Iterator[None]:
    with said.open("wb") as output:
        # Isolated: it cannot import anything of ours.
        program = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
        )
        assert program.stdin is not None
        program.stdin.write(json.dumps(settings).encode() + b"\n")
        program.stdin.close()
        try:
            yield
        finally:
            program.terminate()
            program.wait(10)


def test_a_partners_program_is_told_reads_and_answers(platform: Platform, partner_port: int, tmp_path: Path) -> None:
    with (
        Person(platform, "administrator", "administration") as administrator,
        Person(platform, "partner", "partner_referral") as harbour,
        Person(platform, "triage_officer", "front_door") as officer,
    ):
        entry = {"name": "Harbour Advice", "kind": "voluntary", "listed": True, "answers_by": "webhook"}
        made = administrator.put(f"/v1/triage/organisations/{PARTNER}", entry)
        assert made.status_code in (200, 201, 428), made.text
        ours = harbour.post(
            "/v1/webhooks/endpoints",
            {
                "organisation_id": str(PARTNER),
                "url": f"http://127.0.0.1:{partner_port}/hook",
                "description": "Harbour's program",
                "types": ["triage.referral.requested", "triage.referral.accepted"],
            },
        )
        assert ours.status_code == 201, ours.text
        theirs = harbour.post("/v1/webhooks/sources", {"organisation_id": str(PARTNER), "description": "Harbour's"})
        assert theirs.status_code == 201, theirs.text
        settings = {
            "port": partner_port,
            "gateway": platform.gateway,
            "token": platform.token("partner"),
            "our_secret": ours.json()["key"],
            "their_secret": theirs.json()["key"],
            "their_path": theirs.json()["source"]["path"],
        }
        said = tmp_path / "said.txt"
        with partner(settings, said):
            person = officer.post(
                "/v1/casefile/people",
                {"names": [{"given": "Amina", "family": f"Yusuf{uuid4().hex[:6]}"}], "confirmed_new": True},
            ).json()
            body = {**ASKED, "organisation_id": str(PARTNER), "person_id": person["id"]}
            asked = officer.post("/v1/triage/referrals", body)
            assert asked.status_code == 201, asked.text
            path = asked.headers["location"]
            now = officer.soon(path, lambda referral: referral["state"] == "accepted", within=20)
            assert now["steps"][-1]["by"].startswith("webhook:")
            # It hears of its own answer too; each delivery arrived at the first try.
            sent = harbour.soon(
                f"/v1/webhooks/endpoints/{ours.json()['endpoint']['id']}/deliveries",
                lambda page: len(page["items"]) >= 2 and all(each["state"] == "delivered" for each in page["items"]),
                within=20,
            )
            assert {each["tries"] for each in sent["items"]} == {1}
        got = said.read_text().splitlines()
        assert "told triage.referral.requested" in got
        assert f"read {asked.json()['id']} requested" in got
        assert got.count("answered 202") == 2
        # Sent twice, it took effect once.
        (message,) = harbour.get(f"/v1/webhooks/sources/{theirs.json()['source']['id']}/messages").json()["items"]
        assert (message["state"], message["status"]) == ("carried", 201)
        for name in ("gateway-api", "gateway-worker"):
            for key in ("our_secret", "their_secret"):
                assert str(settings[key]) not in platform.log(name), "a secret stands in no log"
