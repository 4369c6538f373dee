"""The demo's lettings go in by housing's own doors, CORE has no error, and a second time changes nothing."""

from collections.abc import Callable
from time import process_time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gateway.demo import lettings
from kit.testing.databases import ServiceDatabase
from tests.demo_doors import client_of
from tests.laws.serving import app_on, served

CLIENT = client_of("housing", "housing_register")


def ground(caller: httpx.Client) -> None:
    """Eight homes and twelve households of two bedrooms, as the steps before would leave them."""
    for number in range(8):
        home = {
            "uprn": f"9912345{number:04d}",
            "address": f"{number + 1} Mulberry House",
            "postcode": "RM10 8XX",
            "kind": "flat",
            "bedrooms": 2,
            "landlord": "council",
            "rent_regime": "social",
            "state": "available",
            "void_since": "2026-01-20",
            "vacancy": "to_private",
        }
        made(caller, "homes", home)
    for number in range(12):
        application = {
            "household_id": str(uuid4()),
            "applied_on": "2024-05-06",
            "members": [
                {"person_id": str(uuid4()), "born": f"19{60 + number}-04-01", "sex": "female", "place": "applicant"},
                {"born": "2016-04-01", "sex": "male", "relation": "child"},
            ],
            "circumstances": {
                "tenure": ("private_rent", "council_tenant")[number % 2],
                "bedrooms_now": 0,
                "resident_since": "2011-04-01",
                "eligible": True,
                "income_year_pence": 24_000_00,
                "capital_pence": 0,
                "owned_within_5_years": False,
                "other_register": False,
                "arrears_weeks": 0,
            },
        }
        taken = made(caller, "applications", application)
        path = f"applications/{taken['id']}/assessments"
        made(caller, path, {}, version=taken["version"])


def made(caller: httpx.Client, path: str, body: Any, version: int | None = None) -> Any:
    headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": f'"{version}"'} if version else {})
    answer = caller.post(f"/v1/housing/{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once_and_core_has_no_error(
    database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = database("housing")
    monkeypatch.setattr("gateway.demo.lettings.httpx.Client", CLIENT)
    said: list[str] = []
    with served(app_on("housing", stored)) as address:
        with CLIENT(base_url=address, headers={"Authorization": "Bearer housing_officer"}) as caller:
            ground(caller)
        began = process_time()
        for _ in range(2):
            lettings.load_lettings(address, said.append)
        assert process_time() - began < 20
    assert said == [
        "3 homes to bid for with 10 bids, 2 homes let past the list; CORE: 2 lettings in the file, 0 not, 0 errors"
    ]
    counts = {
        table: stored.rows(f"select count(*) as n from {table}")[0]["n"]
        for table in ("advert", "bid", "offer", "letting", "core_log", "letting_quota")
    }
    assert counts == {"advert": 3, "bid": 10, "offer": 2, "letting": 2, "core_log": 2, "letting_quota": 1}
