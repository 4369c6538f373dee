"""Whose tokens we accept: NEWSTART_ISSUERS, read strictly.

Each entry: `issuer`, `audience`, `jwks_url`; where an issuer is somebody else's (a partner's), also `roles`, the only
ones it may give, and `subject_prefix`, so that its people are never taken for ours. `token_types` is for providers
whose access tokens are not of type `at+jwt` (RFC 9068).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.identity import TOKEN_TYPES, TrustedIssuer
from gateway.jwks import over_http
from kit.contracts.roles import SIGNED_IN
from kit.settings import BadSettings


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    jwks_url: str = Field(pattern=r"^https?://")
    roles: frozenset[str] | None = None
    subject_prefix: str = Field("", max_length=32, pattern=r"^[A-Za-z0-9._~:-]*$")
    token_types: frozenset[str] = TOKEN_TYPES


def trusted_issuers(
    entries: Iterable[Mapping[str, Any]],
    session: Callable[[], aiohttp.ClientSession | None],
    *,
    production: bool,
) -> list[TrustedIssuer]:
    """The issuers of the settings. Raises BadSettings naming everything that is wrong with them."""
    faults: list[str] = []
    found: list[TrustedIssuer] = []
    for number, raw in enumerate(entries):
        try:
            entry = _Entry.model_validate(raw)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_context=False, include_input=False):
                faults.append(f"[{number}].{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
            continue
        if unknown := (entry.roles or frozenset()) - SIGNED_IN:
            faults.append(f"[{number}].roles: there is no {', '.join(sorted(unknown))}")
        if production and not entry.jwks_url.startswith("https://"):
            faults.append(f"[{number}].jwks_url: keys are fetched over https only")
            continue
        fetch = over_http(session, entry.jwks_url, plain=not production)
        types = frozenset(each.lower() for each in entry.token_types)
        found.append(TrustedIssuer(entry.issuer, entry.audience, fetch, types, entry.roles, entry.subject_prefix))
    if len({each.issuer for each in found}) < len(found):
        faults.append("two entries are of the same issuer")
    if len({each.prefix for each in found}) < len(found):
        faults.append("two issuers may mean different people by the same subject: give one a subject_prefix")
    if faults:
        raise BadSettings("NEWSTART_ISSUERS is wrong:\n  " + "\n  ".join(faults))
    return found
