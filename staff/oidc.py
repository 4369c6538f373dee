"""Signing in with the council's own accounts: OpenID Connect, authorization code with PKCE (RFC 7636, S256).

The access token is for the gateway, which checks it itself. Here only the ID token is checked, because it says that
this sign-in is the one that was begun in this browser (state, nonce).
"""

import base64
import hashlib
import json
import time
from typing import Any, Final

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from kit.settings import StaffSettings
from staff.client import Refused, with_query
from staff.purposes import usual
from staff.session import Session, new_token

_RENEW_SECONDS: Final = 120
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]


class SignInFailed(Refused):
    """The issuer's answer cannot be trusted, or there was none; nobody is signed in."""

    def __init__(self, detail: str) -> None:
        super().__init__(400, "sign-in-failed", "You are not signed in", detail)


class Issuer:
    """The configured issuer, as its discovery document describes it."""

    def __init__(self, settings: StaffSettings) -> None:
        self._issuer = str(settings.oidc_issuer).rstrip("/")
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._scope = settings.oidc_scope
        self._back = settings.staff_url.rstrip("/") + "/sign-in/return"
        self._known: dict[str, Any] = {}

    async def begin(self, http: aiohttp.ClientSession, session: Session, next_page: str) -> str:
        """Notes the sign-in in this browser's session; the address to go to."""
        known = await self._discover(http)
        verifier = new_token()
        session.pending = {"state": new_token(), "nonce": new_token(), "verifier": verifier, "next": next_page}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return with_query(
            str(known["authorization_endpoint"]),
            {
                "response_type": "code",
                "client_id": self._client_id,
                "redirect_uri": self._back,
                "scope": self._scope,
                "state": session.pending["state"],
                "nonce": session.pending["nonce"],
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            },
        )

    async def finish(self, http: aiohttp.ClientSession, session: Session, state: str, code: str) -> tuple[Session, str]:
        """The new session, and where its person wanted to go. Raises SignInFailed."""
        pending = session.pending
        if not pending or not state or state != pending.get("state"):
            raise SignInFailed("This sign-in was not begun in this browser, or it was begun anew. Start again.")
        known = await self._discover(http)
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._client_id,
            "code_verifier": pending["verifier"],
        }
        if self._secret is not None:
            asked["client_secret"] = self._secret.get_secret_value()
        answer = await self._fetch(http, str(known["token_endpoint"]), asked)
        await self._check(http, str(answer.get("id_token", "")), pending["nonce"])
        return signed_in(answer), pending["next"]

    async def renew(self, http: aiohttp.ClientSession, session: Session) -> None:
        """A new token shortly before the old one ends, or after, for somebody who is still at work."""
        if not session.refresh or session.expires_at - time.time() > _RENEW_SECONDS:
            return
        asked = {"grant_type": "refresh_token", "refresh_token": session.refresh, "client_id": self._client_id}
        if self._secret is not None:
            asked["client_secret"] = self._secret.get_secret_value()
        try:
            answer = await self._fetch(http, str((await self._discover(http))["token_endpoint"]), asked)
            fresh = signed_in(answer)
        except (SignInFailed, KeyError):
            session.refresh = ""
            return
        if fresh.subject == session.subject:
            session.token, session.expires_at = fresh.token, fresh.expires_at
            session.roles, session.refresh = fresh.roles, fresh.refresh or session.refresh

    async def _check(self, http: aiohttp.ClientSession, id_token: str, nonce: str) -> None:
        published: Any = await self._fetch(http, str((await self._discover(http))["jwks_uri"]))
        keys = KeySet.import_key_set(published)
        claims = JWTClaimsRegistry(
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
        )
        try:
            claims.validate(jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError) as problem:
            raise SignInFailed("The answer of the sign-in service could not be checked. Start again.") from problem

    async def _discover(self, http: aiohttp.ClientSession) -> dict[str, Any]:
        if not self._known:
            found = await self._fetch(http, f"{self._issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                raise SignInFailed("The sign-in service calls itself by another name. Tell the help desk.")
            self._known = found
        return self._known

    @staticmethod
    async def _fetch(http: aiohttp.ClientSession, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            asking = http.get(address) if form is None else http.post(address, data=form)
            async with asking as response:
                found = await response.json(content_type=None)
                if response.status != 200 or not isinstance(found, dict):
                    raise SignInFailed("The sign-in service did not let you in. Start again.")
                return found
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            raise SignInFailed("The sign-in service is not answering. Try again in a minute.") from problem


def signed_in(answer: dict[str, Any]) -> Session:
    """A new session from a token answer. What the token says is for showing alone: the gateway checks it."""
    token = str(answer["access_token"])
    claims = _claims(token)
    roles = tuple(str(each) for each in claims.get("roles", ()))
    now = time.time()
    return Session(
        token=token,
        refresh=str(answer.get("refresh_token") or ""),
        subject=str(claims.get("sub", "")),
        name=str(claims.get("name") or claims.get("preferred_username") or "You"),
        organisation=str(claims.get("org", "")),
        roles=roles,
        purpose=usual(roles),
        expires_at=min(float(claims.get("exp", now)), now + float(answer.get("expires_in", 8 * 3600))),
    )


def _claims(token: str) -> dict[str, Any]:
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        raise SignInFailed("The sign-in service gave a token that we cannot read. Tell the help desk.") from None
    return found if isinstance(found, dict) else {}
