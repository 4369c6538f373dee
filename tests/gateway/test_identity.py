"""Tokens: which are believed, which are not, and what an issuer's trouble does to sign-in."""

import base64
import json
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import aiohttp
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from starlette.types import Receive, Scope, Send

from gateway.identity import Identity, TrustedIssuer
from gateway.issuers import trusted_issuers
from gateway.jwks import Fetched, JwksCache, UnknownKey, over_http, usable_keys
from gateway.refusals import NotSignedIn, Suspended
from kit.contracts.roles import ROLES
from kit.settings import BadSettings
from tests.gateway.doors import answer, listening

ISSUER = "https://sign-in.test"
AUDIENCE = "newstart"
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
OKP = OKPKey.generate_key("Ed25519", {"kid": "okp-1"})


class Issuer:
    """An issuer whose answers a test decides."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.fetched = 0
        self.down = False

    async def fetch(self) -> Fetched:
        self.fetched += 1
        if self.down:
            raise ConnectionError("down")
        return Fetched({"keys": [key.as_dict(private=False) for key in self.keys]}, max_age=600)


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def token(key: Any = RSA, alg: str = "RS256", header: Mapping[str, Any] | None = None, **claims: Any) -> bytes:
    now = int(time.time())
    standard = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "w-1",
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "roles": ["manager"],
    }
    merged = {name: value for name, value in {**standard, **claims}.items() if value is not None}
    fields = {"alg": alg, "kid": key.kid, "typ": "at+jwt", **(header or {})}
    fields = {name: value for name, value in fields.items() if value is not None}
    return b"Bearer " + jwt.encode(fields, merged, key, algorithms=[alg]).encode()


async def identity_of(*issuers: Issuer, clock: Clock | None = None, **more: Any) -> Identity:
    trusted = [
        TrustedIssuer(ISSUER if not at else f"{ISSUER}/{at}", AUDIENCE, issuer.fetch)
        for at, issuer in enumerate(issuers)
    ]
    made = Identity(trusted, known_roles=frozenset(ROLES), clock=clock or time.time, **more)
    await made.start()
    return made


@pytest.fixture
async def identity() -> Any:
    made = await identity_of(Issuer(RSA, OKP))
    yield made
    await made.stop()


@pytest.mark.parametrize(("key", "alg"), [(RSA, "RS256"), (RSA, "PS256"), (OKP, "Ed25519")])
async def test_a_good_token_names_its_caller(identity: Identity, key: Any, alg: str) -> None:
    caller = await identity.verify(token(key, alg, roles=["manager", "emperor"], org="council"))
    assert caller.id == "w-1"
    assert caller.roles == {"manager"}, "roles we do not know are left out"
    assert caller.org == "council"


async def test_a_token_is_checked_once_and_found_again_until_it_expires() -> None:
    clock = Clock()
    identity = await identity_of(Issuer(RSA), clock=clock)
    presented = token(exp=int(clock.now) + 60)
    assert identity.remembered(presented) is None
    caller = await identity.verify(presented)
    assert identity.remembered(presented) == caller
    clock.now += 89
    assert identity.remembered(presented) == caller, "30 s of leeway"
    clock.now += 2
    assert identity.remembered(presented) is None
    with pytest.raises(NotSignedIn, match="expired"):
        await identity.verify(presented)
    await identity.stop()


async def test_a_suspended_person_is_out_at_once_even_with_a_remembered_token() -> None:
    suspended: set[str] = set()
    identity = await identity_of(Issuer(RSA), suspended=suspended.__contains__)
    presented = token()
    await identity.verify(presented)
    suspended.add("w-1")
    with pytest.raises(Suspended):
        identity.remembered(presented)
    with pytest.raises(Suspended):
        await identity.verify(presented)
    await identity.stop()


now = int(time.time())
OTHER = RSAKey.generate_key(2048, {"kid": "rsa-1"})  # another key under a known name
HS = OctKey.import_key(json.dumps(RSA.as_dict(private=False)), {"kid": "rsa-1"})
SMALL_EC = ECKey.generate_key("P-384", {"kid": "okp-1"})


@pytest.mark.parametrize(
    ("presented", "says"),
    [
        (None, "Send an access token"),
        (b"Basic dXNlcjpwYXNz", "Send an access token"),
        (b"Bearer ", "Send an access token"),
        (b"Bearer " + b"a" * 9000, "Send an access token"),
        (b"Bearer a.b", "cannot be read"),
        (b"Bearer a.b.c", "cannot be read"),
        (b"Bearer \xff.\xff.\xff", "Send an access token"),
        (partial(token, OTHER), "signature"),
        (partial(token, iss="https://elsewhere.test"), "issuer"),
        (partial(token, iss=None), "issuer"),
        (partial(token, iss=["a"]), "issuer"),
        (partial(token, aud="somebody-else"), "claim"),
        (partial(token, aud=None), "missing"),
        (partial(token, sub=None), "missing"),
        (partial(token, sub=""), "cannot be accepted"),
        (partial(token, sub="a" * 200), "subject"),
        (partial(token, exp=None), "missing"),
        (partial(token, exp=now - 60), "expired"),
        (partial(token, exp="soon"), "claim"),
        (partial(token, nbf=now + 3600), "claim"),
        (partial(token, iat=now + 3600), "claim"),
        (partial(token, roles="manager"), "roles"),
        (partial(token, header={"typ": "JWT"}), "not an access token"),
        (partial(token, header={"typ": None}), "not an access token"),
        (partial(token, header={"kid": None}), "which key"),
        (partial(token, header={"kid": "made-up"}), "does not publish"),
        (partial(token, HS, "HS256"), "signed in a way"),
        (partial(token, SMALL_EC, "ES384"), "signed in a way"),
        (partial(token, OKP, "Ed25519", header={"kid": "rsa-1"}), "cannot be accepted"),
    ],
)
async def test_a_bad_token_is_refused_with_a_reason_and_no_more(
    identity: Identity, presented: "bytes | partial[bytes] | None", says: str
) -> None:
    # Signed as it is sent: a token lives for minutes, and a test's name must not change from process to process.
    with pytest.raises(NotSignedIn, match=says):
        await identity.verify(presented() if isinstance(presented, partial) else presented)


async def test_alg_none_and_tampering_are_refused(identity: Identity) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "w-1", "exp": now + 300, "roles": ["administrator"]}
    for alg in ("none", "None", "nOnE", ""):
        unsigned = f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': 'rsa-1'})}.{part(claims)}."
        with pytest.raises(NotSignedIn):
            await identity.verify(b"Bearer " + unsigned.encode())
    header, _, signature = token().removeprefix(b"Bearer ").decode().split(".")
    with pytest.raises(NotSignedIn, match="signature"):
        await identity.verify(f"Bearer {header}.{part(claims)}.{signature}".encode())


async def test_a_token_of_one_issuer_cannot_be_signed_by_anothers_key() -> None:
    first, second = Issuer(RSA), Issuer(OKP)
    identity = await identity_of(first, second)
    assert (await identity.verify(token(OKP, "Ed25519", iss=f"{ISSUER}/1"))).issuer == f"{ISSUER}/1"
    with pytest.raises(NotSignedIn, match="does not publish"):
        await identity.verify(token(OKP, "Ed25519"))
    await identity.stop()


async def test_a_new_key_is_taken_up_when_the_first_token_signed_by_it_arrives() -> None:
    issuer = Issuer(RSA)
    clock = Clock()
    cache = JwksCache(ISSUER, issuer.fetch, clock=clock)
    await cache.start()
    clock.now += 61
    issuer.keys.append(OKP)
    assert (await cache.key("okp-1")).kid == "okp-1"
    assert issuer.fetched == 2
    await cache.stop()


async def test_a_storm_of_unknown_keys_asks_the_issuer_once() -> None:
    issuer = Issuer(RSA)
    clock = Clock()
    cache = JwksCache(ISSUER, issuer.fetch, clock=clock)
    await cache.start()
    clock.now += 61
    for number in range(200):
        with pytest.raises(UnknownKey):
            await cache.key(f"made-up-{number}")
    assert issuer.fetched == 2
    assert (await cache.key("rsa-1")).kid == "rsa-1"
    await cache.stop()


async def test_an_issuer_that_is_down_leaves_the_last_good_keys_standing() -> None:
    issuer = Issuer(RSA)
    clock = Clock()
    cache = JwksCache(ISSUER, issuer.fetch, clock=clock)
    await cache.start()
    for trouble in ("down", "empty"):
        issuer.down = trouble == "down"
        issuer.keys = []
        clock.now += 61
        with pytest.raises(UnknownKey):
            await cache.key("made-up")
        assert (await cache.key("rsa-1")).kid == "rsa-1"
    assert issuer.fetched == 3
    await cache.stop()


async def test_an_issuer_that_is_down_at_the_start_is_asked_again_soon() -> None:
    issuer = Issuer(RSA)
    issuer.down = True
    clock = Clock()
    cache = JwksCache(ISSUER, issuer.fetch, clock=clock)
    await cache.start()
    assert not cache.ready
    issuer.down = False
    with pytest.raises(UnknownKey):
        await cache.key("rsa-1")
    clock.now += 6
    assert (await cache.key("rsa-1")).kid == "rsa-1"
    await cache.stop()


async def test_keys_are_refreshed_before_they_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    issuer = Issuer(RSA)
    slept: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(0 if len(slept) < 4 else 3600)

    monkeypatch.setattr("gateway.jwks.asyncio.sleep", sleep)
    cache = JwksCache(ISSUER, issuer.fetch)
    await cache.start()
    while len(slept) < 4:
        issuer.down = len(slept) == 2
        await real(0)
    assert slept == [480, 480, 5.0, 480]
    await cache.stop()


async def test_a_withdrawn_key_makes_the_door_forget_the_tokens_it_signed() -> None:
    issuer = Issuer(RSA)
    identity = await identity_of(issuer, cooldown=0)
    presented = token()
    await identity.verify(presented)
    issuer.keys = [OKP]
    with pytest.raises(NotSignedIn):
        await identity.verify(token(header={"kid": "made-up"}))
    assert identity.remembered(presented) is None
    with pytest.raises(NotSignedIn):
        await identity.verify(presented)
    await identity.stop()


def test_only_public_signing_keys_of_a_decent_length_are_used() -> None:
    secret = RSA.as_dict(private=True)
    entries = [
        {**OKP.as_dict(private=False), "use": "enc"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "tiny"},
        {"kty": "future", "kid": "later"},
        {"kty": "RSA", "kid": "broken"},
        {**secret, "kid": "leaked"},
    ]
    keys = usable_keys({"keys": entries})
    assert set(keys) == {"leaked"}
    assert not keys["leaked"].is_private


async def test_keys_are_fetched_over_http_within_limits() -> None:
    said: dict[str, Any] = {}

    async def issuer(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, said["body"], said.get("status", 200), **said.get("fields", {}))

    body = json.dumps({"keys": [RSA.as_dict(private=False)]}).encode()
    async with listening(issuer) as address, aiohttp.ClientSession() as session:
        fetch = over_http(lambda: session, f"{address}/jwks", plain=True)
        said.update(body=body, fields={"cache_control": "public, max-age=120"})
        fetched = await fetch()
        assert (set(usable_keys(fetched.document)), fetched.max_age) == ({"rsa-1"}, 120)
        for wrong in ({"status": 302, "fields": {"location": address}}, {"status": 500}, {"body": b" " * 300_000}):
            said.clear()
            said.update({"body": body, **wrong})
            with pytest.raises(ConnectionError):
                await fetch()
    with pytest.raises(ValueError, match="https only"):
        over_http(lambda: None, "http://sign-in.test/jwks")


async def test_an_issuer_gives_only_its_own_roles_and_its_people_are_not_taken_for_ours() -> None:
    partner = TrustedIssuer(ISSUER, AUDIENCE, Issuer(RSA).fetch, gives=frozenset({"partner"}), prefix="harbour:")
    identity = Identity([partner], known_roles=frozenset(ROLES))
    await identity.start()
    caller = await identity.verify(token(roles=["administrator", "partner"]))
    assert (caller.id, sorted(caller.roles)) == ("harbour:w-1", ["partner"])
    await identity.stop()


GOOD = {"issuer": "https://a.test", "audience": "newstart", "jwks_url": "https://a.test/jwks"}


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([{"issuer": "x"}], ["audience", "jwks_url"]),
        ([{**GOOD, "jwks_url": "ftp://a.test"}], ["jwks_url"]),
        ([{**GOOD, "jwks_url": "http://a.test/jwks"}], ["https only"]),
        ([{**GOOD, "roles": ["emperor"]}], ["there is no emperor"]),
        ([{**GOOD, "colour": "red"}], ["colour"]),
        ([GOOD, GOOD], ["same issuer", "same subject"]),
        ([GOOD, {**GOOD, "issuer": "https://b.test"}], ["same subject"]),
    ],
)
def test_every_fault_of_the_issuers_setting_is_told_at_once(entries: list[dict[str, Any]], says: list[str]) -> None:
    with pytest.raises(BadSettings) as refused:
        trusted_issuers(entries, lambda: None, production=True)
    assert all(word in str(refused.value) for word in says)


def test_issuers_are_trusted_as_far_as_the_setting_says() -> None:
    partner = {**GOOD, "issuer": "https://b.test", "roles": ["partner"], "subject_prefix": "b:", "token_types": ["JWT"]}
    ours, theirs = trusted_issuers([GOOD, partner], lambda: None, production=True)
    assert (ours.gives, ours.prefix, sorted(ours.token_types)) == (None, "", ["application/at+jwt", "at+jwt"])
    assert (theirs.gives, theirs.prefix, theirs.token_types) == (frozenset({"partner"}), "b:", frozenset({"jwt"}))
