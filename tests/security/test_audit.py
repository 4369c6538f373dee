"""The audit finds what it is for: seeded faults in locks, licences and text; and it says what it did not look at."""

import base64
import re
import secrets as random_words
from pathlib import Path

import pytest

from deploy.audit import __main__ as audit
from deploy.audit import dependencies, secrets

ROOT = Path(__file__).resolve().parents[2]
_HASH = f"--hash=sha256:{'0' * 64}"


def planted() -> dict[str, str]:
    """Lines with a secret each, made up anew each time: nothing here looks like one to the scan itself."""
    letters = base64.urlsafe_b64encode(random_words.token_bytes(48)).decode()
    word = random_words.token_hex(6)
    return {
        "private key": "-----BEGIN " + "EC PRIVATE KEY-----",
        "private JWK": '{"kty": "OKP", "' + 'd": "' + letters[:43] + '"}',
        "webhook secret": "key = whsec" + "_" + letters,
        "AWS key": "AKIA" + "QWERTYUIOPASDFGH",
        "GitHub token": "ghp" + "_" + "a1B2" * 10,
        "signed token": "eyJhbGci" + "OiJub25lIn0" + ".eyJzdWIiOiJhIn0xyz." + letters[:40],
        "password in an address": "postgresql://someone:" + word + "@db.example/x",
        "password or key": 'NEWSTART_SECRET = "' + f"horse-{word}-battery9" + '"',
        "random text": '"' + letters + '"',
    }


@pytest.mark.parametrize("kind", sorted(planted()))
def test_a_secret_is_found_by_its_line_and_never_shown(kind: str) -> None:
    line = planted()[kind]
    found = list(secrets.scan(f"first\n{line}\nlast", "a/file.py"))
    assert kind in {each.kind for each in found}
    assert {each.line for each in found} == {2}
    assert not any(word in str(each) for each in found for word in line.split('"') if len(word) > 20)


@pytest.mark.parametrize(
    "line",
    [
        "postgresql://{user}:{password}@localhost",
        'secret_key: SecretStr = Field(min_length=32, description="signs page cursors")',
        'digest = "0123456789abcdef0123456789abcdef0123456789abcdef"',
        'path = "/v1/casefile/households/{household_id}/timeline/and/so/on"',
        'token = "not-a-secret-at-all"',
    ],
)
def test_what_is_none_is_not_found(line: str) -> None:
    assert list(secrets.scan(line, "a")) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"six==1.16.0 {_HASH}\n", None),
        ("six==1.16.0\n", "has no hash"),
        (f"six>=1.16 {_HASH}\n", "not one exact version"),
        (f"six @ https://files.example/six.whl {_HASH}\n", "a place of its own"),
        (f"--extra-index-url https://index.example\nsix==1.16.0 {_HASH}\n", "a place of its own"),
        (f"six==1.16.0 \\\n    {_HASH} \\\n    {_HASH}\n    # via us\n", None),
    ],
)
def test_a_lock_is_exact_hashed_and_names_no_place(text: str, says: str | None) -> None:
    _, faults = dependencies.pins(text, "a.lock")
    assert (faults == []) if says is None else any(says in each for each in faults), faults


def test_what_must_not_be_used_is_named_with_its_reason() -> None:
    found = [dependencies.Pin("a.lock", "python-jose", "3.3.0", 1), dependencies.Pin("a.lock", "nats-core", "0.2.0", 1)]
    (said,) = dependencies.refused(found)
    assert "joserfc" in said


def test_a_missing_database_of_advisories_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    word, faults = audit.advisories()
    assert word.startswith("NOT LOOKED UP")
    assert faults == []


@pytest.mark.full
@pytest.mark.timeout(300)
def test_this_repository_holds_no_secret_and_its_locks_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main() == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    assert "files looked at" in said
    assert "installed packages looked at" in said


def test_every_file_that_the_threat_model_names_is_there() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests|gateway|kit|staff|deploy|services)/[A-Za-z0-9_./-]+)`", text))
    assert len(named) > 45
    assert not {each for each in named if not (ROOT / each).exists()}
    assert "## Open risks" in text
