"""Settings: every mistake told at once, and no secret with it."""

import json
import os
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from kit.settings import BadSettings, CasefileSettings, GatewaySettings, Settings, VaultSettings, kind_for, load
from tests.kit import ground

SEALING = OKPKey.generate_key("X25519", {"kid": "s"})
GOOD = {
    "NEWSTART_ENVIRONMENT": "test",
    "NEWSTART_DATABASE_URL": "postgresql+psycopg://role:hunter2@localhost:5432/newstart",
    "NEWSTART_NATS_URL": "nats://user:hunter3@localhost:4222",
    "NEWSTART_SECRET_KEY": "hunter4" * 10,
    "NEWSTART_INTERNAL_PUBLIC_KEYS": json.dumps(ground.PUBLIC_KEYS),
    "NEWSTART_SEALING_PRIVATE_KEYS": json.dumps({"keys": [SEALING.as_dict(private=True)]}),
    "NEWSTART_SEALING_PUBLIC_KEYS": json.dumps({"risk": SEALING.as_dict(private=False)}),
}
GATEWAY = {
    **GOOD,
    "NEWSTART_INTERNAL_SIGNING_KEY": json.dumps(ground.KEY.as_dict(private=True)),
    "NEWSTART_UPSTREAMS": json.dumps({"risk": "http://127.0.0.1:8103"}),
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NEWSTART_")]:
        monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> None:
    for name, value in {**GATEWAY, **{f"NEWSTART_{key}": each for key, each in changes.items()}}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)


def faults(kind: type[Settings] = Settings) -> str:
    with pytest.raises(BadSettings) as caught:
        load(kind)
    assert caught.value.__cause__ is None
    return caught.value.detail


def test_good_settings_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    settings = load(GatewaySettings)
    assert settings.database_url.get_secret_value() == GOOD["NEWSTART_DATABASE_URL"]
    assert settings.internal_public_keys == ground.PUBLIC_KEYS
    assert str(settings.upstreams["risk"]) == "http://127.0.0.1:8103/"
    assert (settings.port, settings.environment, settings.demo_issuer) == (8000, "test", False)


VAULT = {
    "NEWSTART_VAULT_DATABASE_URL": "postgresql+psycopg://vault:word@localhost:5432/newstart",
    "NEWSTART_PSEUDONYM_KEY": "é" * 16,
}


def test_only_a_service_with_a_vault_reads_the_vaults_settings() -> None:
    assert kind_for("risk") is VaultSettings
    assert not {"vault_database_url", "pseudonym_key"} & set(kind_for("casefile").model_fields)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"NEWSTART_PSEUDONYM_KEY": "e" * 31}, "NEWSTART_PSEUDONYM_KEY: it should have at least 32 bytes"),
        ({"NEWSTART_VAULT_DATABASE_URL": "postgres://vault@h/n"}, "NEWSTART_VAULT_DATABASE_URL: it should read"),
        ({"NEWSTART_VAULT_DATABASE_URL": GOOD["NEWSTART_DATABASE_URL"]}, "needs another role than"),
    ],
)
def test_a_vault_needs_its_own_role_and_a_long_key(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str], said: str | None
) -> None:
    given(monkeypatch)
    for name, value in {**VAULT, **change}.items():
        monkeypatch.setenv(name, value)
    if said is None:
        assert isinstance(load(VaultSettings), VaultSettings)
    else:
        assert said in faults(VaultSettings)


def test_the_case_file_in_production_needs_the_key_by_which_objectors_are_known_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert kind_for("casefile") is CasefileSettings
    given(monkeypatch, ENVIRONMENT="production")
    assert "NEWSTART_OBJECTION_KEY is missing" in faults(CasefileSettings)
    given(monkeypatch, ENVIRONMENT="production", OBJECTION_KEY="e" * 31)
    assert "NEWSTART_OBJECTION_KEY: it should have at least 32 bytes" in faults(CasefileSettings)
    given(monkeypatch, ENVIRONMENT="production", OBJECTION_KEY="e" * 32)
    assert load(CasefileSettings).objection_key is not None
    given(monkeypatch, ENVIRONMENT="demo", OBJECTION_KEY=None)
    assert load(CasefileSettings).objection_key is None


def test_nothing_given_names_everything_at_once() -> None:
    said = faults(GatewaySettings)
    for name in ("DATABASE_URL", "SECRET_KEY", "INTERNAL_PUBLIC_KEYS", "INTERNAL_SIGNING_KEY", "UPSTREAMS"):
        assert f"NEWSTART_{name}" in said


WRONG: dict[str, tuple[str, Any]] = {
    "an address of another driver": ("DATABASE_URL", "postgresql+asyncpg://role:hunter2@localhost/newstart"),
    "an address with no host": ("DATABASE_URL", "postgresql+psycopg://"),
    "an address with a bad port": ("DATABASE_URL", "postgresql+psycopg://role:hunter2@localhost:port/newstart"),
    "an address with a bad bracket": ("DATABASE_URL", "postgresql+psycopg://role:hunter2@[/newstart"),
    "no address": ("DATABASE_URL", "hunter2"),
    "a bus by HTTP": ("NATS_URL", "http://user:hunter2@localhost:4222"),
    "a short secret": ("SECRET_KEY", "hunter2"),
    "a port out of range": ("PORT", "70000"),
    "a port in words": ("PORT", "hunter2"),
    "another environment": ("ENVIRONMENT", "hunter2"),
    "keys that are no JSON": ("INTERNAL_PUBLIC_KEYS", "hunter2"),
    "keys that are no set": ("INTERNAL_PUBLIC_KEYS", '{"hunter2": 1}'),
    "no keys": ("INTERNAL_PUBLIC_KEYS", '{"keys": []}'),
    "a private key for all to see": ("INTERNAL_PUBLIC_KEYS", json.dumps({"keys": [ground.KEY.as_dict(private=True)]})),
    "a sealing key for signing": ("INTERNAL_PUBLIC_KEYS", json.dumps({"keys": [SEALING.as_dict(private=False)]})),
    "a public key as one's own": ("SEALING_PRIVATE_KEYS", json.dumps({"keys": [SEALING.as_dict(private=False)]})),
    "another's private key": ("SEALING_PUBLIC_KEYS", json.dumps({"risk": SEALING.as_dict(private=True)})),
    "a drain of no time": ("DRAIN_SECONDS", "0"),
    "two replicas": ("NATS_REPLICAS", "2"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    name, value = WRONG[kind]
    given(monkeypatch, **{name: value})
    said = faults()
    assert f"NEWSTART_{name}" in said
    assert len(said.splitlines()) == 2
    for secret in ("hunter2", ground.KEY.as_dict(private=True)["d"], SEALING.as_dict(private=True)["d"]):
        assert str(secret) not in said


def test_several_mistakes_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, DATABASE_URL="hunter2", PORT="0", SECRET_KEY="hunter2", UPSTREAMS='{"risk": "hunter2"}')
    said = faults(GatewaySettings)
    for name in ("DATABASE_URL", "PORT", "SECRET_KEY", "UPSTREAMS_RISK"):
        assert f"NEWSTART_{name}" in said
    assert "hunter2" not in said


def test_the_demos_tokens_are_not_for_production(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, ENVIRONMENT="production", DEMO_ISSUER="true")
    assert "NEWSTART_DEMO_ISSUER" in faults(GatewaySettings)
    given(monkeypatch, ENVIRONMENT="demo", DEMO_ISSUER="true")
    assert load(GatewaySettings).demo_issuer


def test_production_is_what_nobody_had_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, ENVIRONMENT=None)
    assert load(Settings).environment == "production"


def test_a_secret_does_not_show_in_the_settings_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    shown = f"{load(Settings)!r} {load(Settings)}"
    for secret in ("hunter2", "hunter3", "hunter4"):
        assert secret not in shown
