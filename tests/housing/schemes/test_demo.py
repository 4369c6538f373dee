"""The demo's estates go in by the doors once: 45 schemes, 24 homes to 64, who waits to return, the nurse's rent."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
import pytest

from gateway.demo import estates
from gateway.demo.estates_programme import EXAMPLE, programme
from kit.testing.databases import ServiceDatabase
from services.housing.schemes.scenarios import Plan, summarise
from services.housing.schemes.shapes import NewScheme
from tests.kit.ground import token
from tests.laws.serving import app_on, served
from tests.service_doors import action_of

TODAY = date(2026, 12, 14)


def test_the_programme_has_the_published_totals() -> None:
    schemes = programme(TODAY)
    assert len(schemes) == 45 == len({each["code"] for each in schemes})
    by_year: dict[int, int] = {}
    council: dict[int, int] = {}
    for each in schemes:
        done = date.fromisoformat(each["phases"][0]["completes_on"])
        year = done.year if done >= date(done.year, 4, 1) else done.year - 1
        by_year[year] = by_year.get(year, 0) + sum(line["homes"] for line in each["mix"])
        rented = sum(line["homes"] for line in each["mix"] if line["tenure"] in {"social", "market_80"})
        council[year] = council.get(year, 0) + rented
    assert next(iter(by_year.values())) == 700
    assert max(by_year.values()) == by_year[2028] == 3000
    assert [sum(council[year] for year in years) for years in ((2024, 2025, 2026), (2027, 2028, 2029))] == [2000, 2000]


def test_every_scheme_of_it_can_be_appraised() -> None:
    for each in programme(TODAY):
        new = NewScheme.model_validate(each)
        plan = Plan(
            tuple(phase.as_phase() for phase in new.phases),
            tuple(line.as_unit() for line in new.mix),
            new.assumptions.as_assumptions(),
        )
        summary, _ = summarise(plan, {})
        assert summary.irr_percent is not None, new.code
        assert summary.yield_percent is not None, new.code


class Client(httpx.Client):
    """The doors of housing are real; casefile, triage and the sign-in page are not there, and answer what they must."""

    purpose = ""

    def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        path = request.url.path
        if path == "/demo/token":
            return httpx.Response(200, json={"access_token": "x"}, request=request)
        if path == "/v1/triage/queue/counts":
            return httpx.Response(200, json={"as_of": f"{date.today().isoformat()}T12:00:00Z"}, request=request)  # noqa: DTZ011 - the clock of a real server beside it
        if path == "/v1/casefile/people/search":
            return httpx.Response(200, json={"people": []}, request=request)
        if path == "/v1/casefile/people":
            made = str(uuid5(NAMESPACE_URL, request.headers["Idempotency-Key"]))
            return httpx.Response(201, json={"id": made, "household_id": made}, request=request)
        minted = token(
            action_of(request.method, path),
            audience="housing",
            roles=["manager"],
            purpose=request.headers["Newstart-Purpose"],
            subject="demo",
        )
        request.headers["Authorization"] = f"Bearer {minted}"
        return super().send(request, **more)


@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("housing")
    monkeypatch.setattr("gateway.demo.estates.httpx.Client", partial(Client))
    said: list[str] = []
    with served(app_on("housing", stored)) as address:
        for _ in range(2):
            estates.load_estates(address, said.append)
    assert len(said) == 1
    assert said[0].endswith("a nurse's rent proposed: 60% of market")
    tables = ("scheme", "decant", "rent", "home")
    counts = {table: stored.rows(f"select count(*) as n from {table}")[0]["n"] for table in tables}
    assert counts == {"scheme": 45, "decant": 4, "rent": 1, "home": 64}
    (scheme,) = stored.rows("select state, handed_over from scheme where code = %s", [EXAMPLE])
    assert (scheme["state"], scheme["handed_over"]) == ("completed", 64)
