"""Who is held back stays held back: no header, spelling or neighbouring address makes somebody new of them."""

import asyncio
import itertools
from uuid import uuid4

import httpx
import pytest

from gateway.limits import ALLOWANCES, Allowance, network_of
from kit.testing.platform import Platform
from tests.gateway.doors import PERSON, open_door
from tests.operations.conftest import collector, partner_port, platform  # noqa: F401  # (fixtures)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:DB8:1:2::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_an_address_is_the_network_one_customer_has(one: str, other: str, same: bool) -> None:
    seen = [network_of({"type": "http", "client": (each, 1)}) for each in (one, other)]
    assert (seen[0] == seen[1]) is same


@pytest.mark.full
async def test_no_spelling_of_a_request_is_counted_apart() -> None:
    quota = 5
    narrow = {name: Allowance(quota) for name in ALLOWANCES}
    async with open_door(allowances=narrow) as door:
        token = door.headers()["Authorization"]
        said = []
        fields = itertools.cycle(
            (
                {"X-Forwarded-For": "198.51.100.{}"}, {"X-Real-IP": "198.51.100.{}"},
                {"Forwarded": "for=198.51.100.{}"},
                {"X-Request-Id": "00000000-0000-4000-8000-0000000000{:02}"}, {"User-Agent": "somebody else {}"},
                {"X-Original-URL": "/livez?{}"}, {"Cookie": "who={}"},
            )
        )  # fmt: skip
        for number, more in zip(range(40), fields, strict=False):
            told = {name: value.format(number) for name, value in more.items()}
            name = ("authorization", "Authorization", "AUTHORIZATION")[number % 3]
            headers = {name: token, "Newstart-Purpose": "front_door", **told}
            async with door.ask("GET", f"{PERSON}?{uuid4()}", headers=headers) as got:
                said.append(got.status)
    assert said.count(200) <= quota + 1
    assert set(said) == {200, 429}


@pytest.mark.full
async def test_bad_tokens_are_counted_for_the_address_whatever_they_say() -> None:
    async with open_door(allowances={**ALLOWANCES, "refused": Allowance(5)}) as door:
        async with door.get() as got:
            assert got.status == 200
        said = []
        for number in range(20):
            async with door.get(
                headers={"Authorization": f"Bearer {number}.x.y", "Newstart-Purpose": "front_door"}
            ) as got:
                said.append(got.status)
        assert said[:5] == [401] * 5
        assert set(said[6:]) == {429}
        # Who was let in at the same address goes on.
        async with door.get() as got:
            assert got.status == 200


@pytest.mark.full
@pytest.mark.xdist_group("operations")
@pytest.mark.timeout(180)
async def test_a_running_door_believes_nobody_who_they_say_they_come_from(platform: Platform) -> None:  # noqa: F811
    """60 looks at links a minute for an address: forwarding fields that nobody vouches for make no new one."""
    async with httpx.AsyncClient(base_url=platform.gateway, trust_env=False) as http:
        asked = [
            http.get(f"/links/{uuid4().hex}", headers={"X-Forwarded-For": f"198.51.100.{number}"})
            for number in range(100)
        ]
        said = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert said.count(429) >= 35, said
