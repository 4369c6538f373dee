"""What an observatory's process and leaf node may do on NATS, and what its settings must say."""

import json
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from pydantic import SecretStr, ValidationError

from kit.events import leaf_nodes
from kit.settings import VaultSettings

REGION, BOROUGH, OTHER = "E12000007", "E09000002", "E09000025"


def permissions(user: dict[str, Any]) -> tuple[list[str], list[str]]:
    told = user["permissions"]
    return told["publish"].get("allow", []), told["subscribe"]["allow"]


def test_a_borough_speaks_on_one_subject_and_hears_answers_alone() -> None:
    besides = leaf_nodes.borough(BOROUGH, REGION, "word", "nats-leaf://x:y@region:7422")
    (user,) = besides["accounts"][leaf_nodes.ACCOUNT]["users"]
    may_say, may_hear = permissions(user)
    assert may_say == [f"observatory.{REGION}.{BOROUGH}"]
    assert all(each.startswith((f"_INBOX_observatory-{BOROUGH}.", f"observatory.{BOROUGH}.")) for each in may_hear)
    # Two leaf nodes of one name would drive each other out.
    assert besides["server_name"] != leaf_nodes.borough(OTHER, REGION, "word", "nats-leaf://x")["server_name"]
    # The account that services share is not carried.
    assert {each["account"] for each in besides["leafnodes"]["remotes"]} == {leaf_nodes.ACCOUNT}


def test_a_region_lets_each_member_in_for_its_own_subject() -> None:
    besides = leaf_nodes.hub(REGION, "word", {BOROUGH: "one", OTHER: "two"}, "127.0.0.1:7422")
    users = {each["user"]: each for each in besides["accounts"][leaf_nodes.ACCOUNT]["users"]}
    for area in (BOROUGH, OTHER):
        may_say, may_hear = permissions(users[f"observatory-{area}"])
        assert may_say == [f"observatory.{REGION}.{area}"]
        assert may_hear == [f"_INBOX_observatory-{area}.>"]
    assert users[f"observatory-{REGION}"]["permissions"]["publish"] == {"deny": [">"]}
    assert besides["leafnodes"]["no_advertise"] is True
    above = leaf_nodes.hub(REGION, "w", {}, "127.0.0.1:1", above="E92000001", remote="nats-leaf://x:y@nation:7422")
    assert permissions(above["accounts"][leaf_nodes.ACCOUNT]["users"][0])[0] == [f"observatory.E92000001.{REGION}"]


def settings(**besides: Any) -> VaultSettings:
    key = OKPKey.generate_key("Ed25519", private=True)
    told: dict[str, Any] = {
        "environment": "test",
        "database_url": SecretStr("postgresql+psycopg://a:b@127.0.0.1:1/risk"),
        "vault_database_url": SecretStr("postgresql+psycopg://c:d@127.0.0.1:1/risk"),
        "pseudonym_key": SecretStr("a key of the tests that has thirty-two bytes"),
        "secret_key": SecretStr("a secret of the tests, long enough to be taken"),
        "internal_public_keys": json.dumps({"keys": [key.as_dict(private=False)]}),
    }
    return VaultSettings(**(told | besides))


def test_who_joins_others_says_who_it_is_and_signs() -> None:
    key = OKPKey.generate_key("Ed25519", private=True)
    url = SecretStr(f"nats://observatory-{BOROUGH}:word@127.0.0.1:4222")
    private, public = json.dumps(key.as_dict(private=True)), json.dumps(key.as_dict(private=False))
    assert settings().observatory_url is None
    assert settings(observatory_url=url, observatory_area=BOROUGH, observatory_key=private).observatory_area == BOROUGH
    for wrong in (
        {"observatory_url": url},
        {"observatory_url": url, "observatory_area": BOROUGH},
        {"observatory_url": url, "observatory_area": "Barking", "observatory_key": private},
        {"observatory_url": url, "observatory_area": BOROUGH, "observatory_key": public},
        {"observatory_url": SecretStr("http://x"), "observatory_area": BOROUGH, "observatory_key": private},
    ):
        with pytest.raises(ValidationError):
            settings(**wrong)
