"""The internal token: whoever did not come through the gateway, for this very act, is nobody."""

import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey, RSAKey

from kit.testing.databases import ServiceDatabase
from kit.web.identity import ISSUER, LIFETIME_SECONDS, TYPE, Unauthenticated, Verifier
from tests.kit import ground
from tests.kit.ground import KEY, MAKER, PUBLIC_KEYS, token

READ = "casefile.thing.read"
STRANGER = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    given: dict[str, Any] = {
        "iss": ISSUER,
        "aud": MAKER,
        "sub": "ada",
        "org": None,
        "roles": [],
        "purpose": "front_door",
        "action": READ,
        "hide": [],
        "iat": now,
        "exp": now + 60,
    }
    return {**given, **changes}


def sign(payload: object, key: Any = KEY, alg: str = "Ed25519", **header: Any) -> str:
    protected = {"alg": alg, "typ": TYPE, "kid": "test", **header}
    return jws.serialize_compact(
        {name: value for name, value in protected.items() if value is not None},
        json.dumps(payload).encode(),
        key,
        algorithms=[alg],
    )


def unsigned() -> str:
    import base64

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': TYPE, 'kid': 'test'})}.{part(claims())}."


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


def bad_tokens() -> dict[str, str]:
    now = int(time.time())
    public_text = json.dumps(PUBLIC_KEYS["keys"][0]).encode().ljust(64)
    good = sign(claims())
    head, body, mark = good.split(".")
    return {
        "expired": sign(claims(iat=now - 120, exp=now - 60)),
        "expires this second": sign(claims(exp=now)),
        "from the future": sign(claims(iat=now + 86_400, exp=now + 86_460)),
        "another service's": sign(claims(aud="triage")),
        "no audience": sign(claims(aud=[MAKER])),
        "another issuer's": sign(claims(iss="https://login.example")),
        "another key's": sign(claims(), STRANGER),
        "an unknown key's": sign(claims(), STRANGER, kid="other"),
        "not typed as ours": sign(claims(), typ="at+jwt"),
        "not typed": sign(claims(), typ=None),
        "signed by nobody": unsigned(),
        "signed with the public key as a password": sign(claims(), OctKey.import_key(public_text), "HS256"),
        "signed with RSA": sign(claims(), RSAKey.generate_key(2048, {"kid": "test"}), "RS256"),
        "body changed": f"{head}.{sign(claims(sub='ben')).split('.')[1]}.{mark}",
        "mark cut off": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "no token": "abc",
        "not ASCII": "é.é.é",
        "not an object": sign([1]),
        "expiry is text": sign(claims(exp="tomorrow")),
        "hide is nonsense": sign(claims(hide=[["a", "b"]])),
        **{f"no {name}": sign(without(name)) for name in claims()},
    }


BAD = bad_tokens()


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_token_is_nobodys(kind: str) -> None:
    with pytest.raises(Unauthenticated):
        Verifier(PUBLIC_KEYS, MAKER).verify(BAD[kind])


@pytest.mark.parametrize("kind", ["expired", "another service's", "another key's", "signed by nobody", "not ASCII"])
async def test_a_bad_token_is_answered_401(client: httpx.AsyncClient, maker: ServiceDatabase, kind: str) -> None:
    headers = [("Authorization", f"Bearer {BAD[kind]}".encode("latin-1"))]
    answer = await client.get("/v1/casefile/things", headers=headers)  # type: ignore[arg-type]  # bytes are fine
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert maker.rows("select * from audit_entry") == []


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Ada"])
async def test_no_token_is_answered_401(client: httpx.AsyncClient, header: str | None) -> None:
    answer = await client.get("/v1/casefile/things", headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401


async def test_headers_that_claim_to_be_someone_change_nothing(client: httpx.AsyncClient) -> None:
    claimed = {"X-User": "ada", "X-Forwarded-User": "ada", "X-Roles": "administrator", "Newstart-Purpose": "front_door"}
    assert (await client.get("/v1/casefile/things", headers=claimed)).status_code == 401


async def test_a_token_for_another_act_is_answered_403(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    headers = ground.signed("casefile.thing.read") | {"Idempotency-Key": "k"}
    answer = await client.post("/v1/casefile/things", json={"name": "one"}, headers=headers)
    assert answer.status_code == 403
    document = answer.json()
    assert "casefile.thing.make" in document["detail"]
    assert "front_door" in document["detail"]
    assert maker.rows("select * from thing") == []


async def test_every_room_asks_for_its_own_action(client: httpx.AsyncClient) -> None:
    rooms = {
        ("GET", f"/jobs/{uuid4()}"): "casefile.job.read",
        ("GET", "/drafts/a/b"): "casefile.draft.keep",
        ("PUT", "/drafts/a/b"): "casefile.draft.keep",
        ("DELETE", "/drafts/a/b"): "casefile.draft.keep",
        ("GET", "/dead-letters"): "casefile.dead_letter.manage",
        ("GET", f"/dead-letters/{uuid4()}"): "casefile.dead_letter.manage",
        ("POST", f"/dead-letters/{uuid4()}/retry"): "casefile.dead_letter.manage",
        ("DELETE", f"/dead-letters/{uuid4()}"): "casefile.dead_letter.manage",
    }
    for (method, path), action in rooms.items():
        address = f"/v1/casefile{path}"
        assert (await client.request(method, address)).status_code == 401
        wrong = await client.request(method, address, headers=ground.signed("casefile.thing.read"))
        assert wrong.status_code == 403, path
        right = await client.request(method, address, headers=ground.signed(action), json={})
        assert right.status_code not in {401, 403}, path


def test_a_good_token_says_who_and_why() -> None:
    one, other = uuid4(), uuid4()
    principal = Verifier(PUBLIC_KEYS, MAKER).verify(token(READ, hide=[(one, other)], roles=["b", "a"]))
    assert (principal.id, principal.organisation, principal.action) == ("ada", "lbbd", READ)
    assert principal.purpose == "front_door"
    assert principal.roles == {"a", "b"}
    assert principal.hide == {frozenset({one, other})}


def test_a_key_that_follows_another_is_known_too() -> None:
    newer = OKPKey.generate_key("Ed25519", {"kid": "newer"}, private=True)
    keys = {"keys": [*PUBLIC_KEYS["keys"], newer.as_dict(private=False)]}
    verifier = Verifier(keys, MAKER)
    assert verifier.verify(token(READ)).id == "ada"
    assert verifier.verify(token(READ, key=newer)).id == "ada"


def test_a_token_remembered_still_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    verifier = Verifier(PUBLIC_KEYS, MAKER)
    now = time.time()
    text = token(READ)
    assert verifier.verify(text) is verifier.verify(text)
    monkeypatch.setattr("kit.web.identity.time.time", lambda: now + LIFETIME_SECONDS + 1)
    with pytest.raises(Unauthenticated):
        verifier.verify(text)


def test_the_memory_of_tokens_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.web.identity._CACHE_LIMIT", 3)
    verifier = Verifier(PUBLIC_KEYS, MAKER)
    for number in range(10):
        assert verifier.verify(token(READ, subject=str(number))).id == str(number)
    assert len(verifier._seen) <= 3
