"""The demo's directory, put in through the door and read by anyone; putting it in again changes nothing."""

import time

import httpx
import pytest

from gateway.demo import directory as demo_directory
from kit.testing.platform import Platform

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]
DIRECTORY = "/v1/triage/directory"


def test_anyone_finds_help_by_what_they_say(platform: Platform) -> None:
    said: list[str] = []
    demo_directory.load_directory(platform.gateway, said.append)
    with httpx.Client(base_url=platform.gateway, trust_env=False, timeout=10) as client:
        end = time.monotonic() + 60
        while client.get(f"{DIRECTORY}/services").json()["total_items"] < 101:
            assert time.monotonic() < end, "the feed was not taken in"
            time.sleep(0.2)
        words = {"said": "my landlord wants me out and I can't pay", "postcode": "RM8 1ZZ", "per_page": 5}
        found = client.post(f"{DIRECTORY}/search", json=words)
        assert found.status_code == 200
        names = [each["name"] for each in found.json()["contents"]]
        assert {"Housing options and homelessness prevention", "Landlord and tenant mediation"} & set(names)
        demo_directory.load_directory(platform.gateway, said.append)
        assert said[-1] == "The directory of help is there"
        assert client.get(f"{DIRECTORY}/services").json()["total_items"] == 101
