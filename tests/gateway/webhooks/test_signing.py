"""Signatures as Standard Webhooks 1.0 has them, judged by its own package where it can judge."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import Webhook

from gateway.webhooks import signing
from gateway.webhooks.signing import NotSigned, SigningKey, VerifyingKey

# The specification's own example ("Signature scheme", HMAC).
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_ID, _AT, _BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
# RFC 8032 section 7.1, test 1: the key; what is signed is ours.
_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


def headers(**more: str) -> dict[str, str]:
    return {"webhook-id": _ID, "webhook-timestamp": str(_AT), "webhook-signature": _SIGNATURE, **more}


def test_the_specifications_example_is_what_we_sign_and_accept() -> None:
    key = SigningKey("v1", base64.b64decode(_SECRET.removeprefix("whsec_")))
    assert signing.headers(_ID, _AT, _BODY, [key])["webhook-signature"] == _SIGNATURE
    assert signing.verify(headers(), _BODY, [VerifyingKey.read(_SECRET)], now=_AT + 299) == _ID


def test_the_independent_package_accepts_ours_and_we_accept_its() -> None:
    key, other, now = SigningKey.made("v1"), SigningKey.made("v1"), datetime.now(UTC)
    body = json.dumps({"type": "x", "data": {}}).encode()
    made = signing.headers("msg_1", int(now.timestamp()), body, [key, other, SigningKey.made("v1a")])
    for each in (key, other):
        assert Webhook(each.shown).verify(body, made) == {"type": "x", "data": {}}
    theirs = headers(
        **{
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(key.shown).sign(_ID, now, body.decode()),
        }
    )
    assert signing.verify(theirs, body, [VerifyingKey.read(key.shown)], now=now.timestamp()) == _ID


def test_an_ed25519_signature_is_that_of_the_published_key() -> None:
    key = SigningKey("v1a", _SEED)
    assert key.shown == "whpk_" + base64.b64encode(_PUBLIC).decode()
    made = signing.headers(_ID, _AT, _BODY, [key])
    assert made["webhook-signature"] == (
        "v1a,"
        + base64.b64encode(
            Ed25519PrivateKey.from_private_bytes(_SEED).sign(b"%s.%d.%s" % (_ID.encode(), _AT, _BODY))
        ).decode()
    )
    assert signing.verify(made, _BODY, [VerifyingKey.read(key.shown)], now=_AT) == _ID


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": str(_AT + 1)},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v2" + _SIGNATURE[2:]},
        {"webhook-signature": "v1a" + _SIGNATURE[2:]},
        {"webhook-signature": " ".join(["v1,AAAA"] * 30) + " " + _SIGNATURE},
        {"webhook-id": ""},
        {"webhook-id": f"{_ID}.1"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "1" * 400},
        {"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"},
    ],
)
def test_what_is_forged_or_broken_is_not_signed(change: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        signing.verify(headers(**change), _BODY, [VerifyingKey.read(_SECRET)], now=_AT)


@pytest.mark.parametrize("off", [-301, 301, 10**9])
def test_an_old_one_is_a_replay(off: int) -> None:
    with pytest.raises(NotSigned):
        signing.verify(headers(), _BODY, [VerifyingKey.read(_SECRET)], now=_AT + off)


def test_the_body_is_taken_as_it_came() -> None:
    with pytest.raises(NotSigned):
        signing.verify(headers(), b'{"test":2432232314}', [VerifyingKey.read(_SECRET)], now=_AT)
    with pytest.raises(NotSigned):
        signing.verify(headers(), _BODY, [], now=_AT)
    with pytest.raises(NotSigned):
        signing.verify({}, _BODY, [VerifyingKey.read(_SECRET)], now=_AT)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%", "whpk_" + "A" * 8, "secret", "whsk_" + "A" * 44]
)
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"should|has"):
        VerifyingKey.read(text)


def test_the_tolerance_is_five_minutes() -> None:
    assert timedelta(seconds=signing.TOLERANCE_SECONDS) == timedelta(minutes=5)
