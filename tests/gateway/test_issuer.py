"""The demo issuer: ready people, ordinary tokens, and never in production."""

import pytest

from gateway.demo.people import SIGN_INS
from gateway.issuer import DemoIssuer, DemoIssuerRefused, choose
from kit.contracts.purposes import claimable
from kit.contracts.roles import SIGNED_IN
from kit.errors import Invalid, NotFound
from tests.gateway.doors import PERSON, open_door


@pytest.mark.parametrize("environment", ["production", "Production", "staging", ""])
def test_it_cannot_be_made_where_real_people_are(environment: str) -> None:
    with pytest.raises(DemoIssuerRefused):
        DemoIssuer("http://door.test", environment=environment)


def test_every_role_has_someone_and_ids_stay_the_same() -> None:
    assert {role for each in SIGN_INS for role in each.roles} == SIGNED_IN
    assert len({each.id for each in SIGN_INS}) == len({each.slug for each in SIGN_INS}) == len(SIGN_INS)
    assert str(choose(None, "gloria").id) == "f8c860ca-cbaa-5cd2-a02c-d08ace469ce0"
    assert all(claimable(each.roles) for each in SIGN_INS)


def test_people_are_chosen_by_role_id_or_short_name() -> None:
    priya = choose(None, "priya-nair")
    assert choose(None, str(priya.id)) is priya
    assert choose("targeted_specialist", "priya-nair") is priya
    with pytest.raises(NotFound):
        choose("manager", "priya-nair")
    with pytest.raises(NotFound):
        choose(None, "nobody")
    for role in ("emperor", None):
        with pytest.raises(Invalid):
            choose(role, None)


async def test_its_tokens_open_the_door_like_anyone_elses() -> None:
    async with open_door() as door:
        async with door.http.get(door.address + "/demo/.well-known/openid-configuration") as got:
            configuration = await got.json()
            assert configuration["issuer"] == door.issuer.issuer
        async with door.http.get(door.address + "/demo/jwks") as got:
            (key,) = (await got.json())["keys"]
            assert "d" not in key
        async with door.http.get(door.address + "/demo/sign-ins") as got:
            people = await got.json()
            assert {each["role"] for each in people} == SIGNED_IN
        token = next(each["token"] for each in people if each["role"] == "triage_officer")
        headers = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "front_door"}
        async with door.get(PERSON, headers=headers) as got:
            assert got.status == 200
        async with door.http.post(door.address + "/demo/token", json={"role": "emperor"}) as got:
            assert got.status == 422
            assert got.content_type == "application/problem+json"
        async with door.http.get(door.address + "/demo") as got:
            assert got.status == 200
            assert "Priya Nair" in await got.text()
            assert "script" not in got.headers["Content-Security-Policy"]
            assert got.headers["Content-Security-Policy"].startswith("default-src 'none'")
