"""Secrets of an embedded run: made once, readable by their owner alone, each process with its own."""

import json
import os
from pathlib import Path

import pytest
from joserfc import jwe, jws
from joserfc.jwk import OKPKey

from kit.run.embedded.environments import NATS_USERS, Environments
from kit.run.embedded.ports import choose
from kit.run.embedded.secrets import Secrets, load

OWNERS = ("triage", "casefile", "gateway")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.json"


def test_the_file_is_the_owners_alone_whatever_the_umask(file: Path) -> None:
    before = os.umask(0)
    try:
        load(file, OWNERS, NATS_USERS)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_could_read_is_closed_again(file: Path) -> None:
    load(file, OWNERS, NATS_USERS)
    file.chmod(0o644)
    load(file, OWNERS, NATS_USERS)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_start_finds_the_same_and_adds_only_what_is_new(file: Path) -> None:
    first = load(file, OWNERS, ["triage"])
    second = load(file, (*OWNERS, "housing"), ["triage", "housing"])
    assert second.postgres == {**first.postgres, "housing": second.postgres["housing"]}
    assert second.sealing == {**first.sealing, "housing": second.sealing["housing"]}
    assert second.internal_signing == first.internal_signing
    assert load(file, ["triage"], ["triage"]).postgres == second.postgres


def test_a_run_of_before_keeps_the_key_by_which_it_knew_objectors(file: Path) -> None:
    made = load(file, OWNERS, NATS_USERS)
    kept = json.loads(file.read_text())
    del kept["objections"]
    file.write_text(json.dumps(kept))
    assert load(file, OWNERS, NATS_USERS).objections == made.secret_key["casefile"]


def test_no_two_secrets_are_alike_and_none_shows_in_a_repr(file: Path) -> None:
    made = load(file, OWNERS, NATS_USERS)
    groups = (made.postgres, made.nats, made.secret_key)
    every = [made.postgres_admin, made.objections, *(each for group in groups for each in group.values())]
    assert len(set(every)) == len(every)
    assert min(map(len, every)) >= 32
    assert not any(secret in repr(made) for secret in every)


def test_the_keys_do_what_they_are_for(file: Path) -> None:
    made = load(file, OWNERS, NATS_USERS)
    signed = jws.serialize_compact({"alg": "Ed25519"}, b"claims", OKPKey.import_key(made.internal_signing), ["Ed25519"])
    public = OKPKey.import_key(made.internal_public_keys()["keys"][0])
    assert jws.deserialize_compact(signed, public, ["Ed25519"]).payload == b"claims"
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}
    sealed = jwe.encrypt_compact(header, b"for casefile", OKPKey.import_key(made.sealing_public_keys()["casefile"]))
    own = OKPKey.import_key(made.sealing_private_keys("casefile")["keys"][0])
    assert jwe.decrypt_compact(sealed, own).plaintext == b"for casefile"


def test_public_keys_carry_nothing_private(file: Path) -> None:
    made = load(file, OWNERS, NATS_USERS)
    assert all("d" not in key for key in (*made.internal_public_keys()["keys"], *made.sealing_public_keys().values()))


def environments(made: Secrets) -> Environments:
    inherited = {"PATH": "/bin", "NEWSTART_POSTGRES_ADMIN_URL": "postgresql://boss:word@db/postgres"}
    return Environments(inherited, choose({}), made, "postgresql://boss:word@db/postgres")


def test_each_process_is_given_its_own_secrets_and_no_other(file: Path) -> None:
    made = load(file, OWNERS, NATS_USERS)
    given = environments(made)
    everywhere = {name: json.dumps(given.service(name)) for name in OWNERS} | {"topology": json.dumps(given.topology())}
    for name in OWNERS:
        for secret in (made.postgres[name], made.nats[name], made.secret_key[name], made.sealing[name]["d"]):
            assert [who for who, has in everywhere.items() if secret in has] == [name]
    assert [who for who, has in everywhere.items() if made.internal_signing["d"] in has] == ["gateway"]
    assert [who for who, has in everywhere.items() if made.objections in has] == ["casefile"]
    assert [who for who, has in everywhere.items() if made.nats["topology"] in has] == ["topology"]
    for kept_back in (made.nats["admin"], made.postgres_admin, "boss:word"):
        assert not [who for who, has in everywhere.items() if kept_back in has]


def test_the_database_address_follows_the_administrators_server(file: Path) -> None:
    made = load(file, OWNERS, NATS_USERS)
    url = environments(made).service("triage")["NEWSTART_DATABASE_URL"]
    assert url == f"postgresql+psycopg://newstart_triage:{made.postgres['triage']}@db:5432/newstart_triage"
