"""Which purpose a page states: the one the person works for, or the only one there can be; else they are asked.

And whether an address takes a body at all: the gateway refuses even an empty one where it takes none.

What an address may be asked for stands in the gateway's published document. A purpose about people is never guessed:
residents read who looked at their file and why, so it must be what the worker meant.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog

from kit.contracts.purposes import PURPOSES, claimable
from staff.client import Gateway, Refused
from staff.client import PurposeNeeded as PurposeNeeded

log = structlog.get_logger(__name__)

# What somebody in this role most often works for: where their day begins. They change it in the header.
USUAL: Final[Mapping[str, str]] = {
    "volunteer_welcome": "front_door",
    "hub_host": "front_door",
    "triage_officer": "front_door",
    "universal_worker": "universal_support",
    "targeted_specialist": "targeted_support",
    "housing_officer": "homelessness",
    "grants_officer": "grants_administration",
    "revenues_officer": "revenues_recovery_hold",
    "safeguarding_lead": "safeguarding",
    "designated_officer": "safeguarding",
    "personal_adviser": "leaving_care",
    "reviewing_officer": "supervision",
    "manager": "supervision",
    "analyst": "data_linkage",
    "information_governance_lead": "information_governance",
    "complaints_officer": "complaints",
    "administrator": "administration",
    "operations": "system_operations",
    "work_coach": "work_and_skills",
    "gp_link_worker": "health_and_wellbeing",
    "voluntary_sector_worker": "front_door",
    "partner": "partner_referral",
    "board_member": "oversight",
    "councillor": "oversight",
    "resident": "resident_self",
}


@dataclass(frozen=True, slots=True)
class _Line:
    purposes: frozenset[str]
    body: bool


_UNKNOWN: Final = _Line(frozenset(), body=True)


class KnownRoutes:
    """What each address may be asked for, as the gateway publishes it; until it is known, nothing is decided here."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], _Line] = {}
        self._shaped: dict[tuple[str, int], list[tuple[re.Pattern[str], _Line]]] = {}

    async def follow(self, gateway: Gateway, every_seconds: float = 2.0) -> None:
        """Reads the document once the gateway answers."""
        while True:
            try:
                async with gateway.session.get(gateway.address + "/openapi.json") as response:
                    if response.status == 200:
                        await asyncio.to_thread(self._read, await response.read())
                        return
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
                pass
            await asyncio.sleep(every_seconds)

    def _read(self, raw: bytes) -> None:
        self.learn(json.loads(raw))

    def learn(self, document: Mapping[str, Any]) -> None:
        """Takes the purposes of every line, and whether it takes a body, out of an OpenAPI document."""
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                line = _Line(_stated(operation), "requestBody" in operation)
                if "{" not in path:
                    self._exact[method.upper(), path] = line
                    continue
                pattern = re.compile("/".join("[^/]+" if "{" in each else re.escape(each) for each in path.split("/")))
                self._shaped.setdefault((method.upper(), path.count("/")), []).append((pattern, line))

    def purposes(self, method: str, path: str) -> frozenset[str]:
        """What this address may be asked for; empty when it is not known."""
        return self._line(method, path).purposes

    def takes_body(self, method: str, path: str) -> bool:
        """Whether a body may be sent there; True when it is not known."""
        return self._line(method, path).body

    def _line(self, method: str, path: str) -> _Line:
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact
        for pattern, line in self._shaped.get((method, path.count("/")), ()):
            if pattern.fullmatch(path):
                return line
        return _UNKNOWN

    def choose(self, method: str, path: str, roles: Iterable[str], stated: str) -> str:
        """The purpose to state. Raises PurposeNeeded with the choices when it is not for us to say."""
        allowed = self.purposes(method, path)
        if not allowed or stated in allowed:
            return stated
        possible = [each for each in claimable(roles) if each.code in allowed]
        if not possible:
            raise Refused(
                403,
                "not-for-your-role",
                "This is not part of your work",
                "Nobody in your role may open this. If you need it, ask your manager.",
            )
        if len(possible) == 1:
            return possible[0].code
        raise PurposeNeeded(possible)


def _stated(operation: Mapping[str, Any]) -> frozenset[str]:
    for each in operation.get("parameters", ()):
        if each.get("name") == "Newstart-Purpose":
            return frozenset(each["schema"].get("enum", ()))
    return frozenset()


def usual(roles: Iterable[str]) -> str:
    """Where the day of somebody with these roles begins."""
    held = tuple(roles)
    for role in held:
        if role in USUAL:
            return USUAL[role]
    found = claimable(held)
    return found[0].code if found else ""


def title(code: str) -> str:
    """The purpose in words, without its explanation after the colon."""
    found = PURPOSES.get(code)
    return found.title if found else code.replace("_", " ").capitalize()
