"""What the papers are filled from: purposes, routes, policies, the register of sources, retention, holdings."""

import importlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from gateway.policy import Policy
from gateway.routes import GUARDED_ROUTES, table
from gateway.routes.line import Route
from kit.contracts.event_type import SERVICES
from kit.contracts.purposes import PURPOSES
from kit.contracts.roles import ROLES, SIGNED_IN

PUBLISHED: Final = frozenset(each.action for each in table(demo=False) if each.open and each.action)
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Kept:
    """One table about people: whose, what it is called in plain words, under which line of the schedule."""

    service: str
    table: str
    title: str
    retention: str
    part: str


def read(name: str) -> dict[str, Any]:
    """A TOML file of this folder."""
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


@cache
def policy() -> Policy:
    """The policies, parsed once."""
    return Policy()


def routes_for(purpose: str) -> list[Route]:
    """The lines of the table that may be used for it by somebody who may claim it."""
    return [route for route in GUARDED_ROUTES if ("*" in route.purposes or purpose in route.purposes) and route.action]


def who_may(action: str) -> dict[str, list[str]]:
    """Roles that somebody may hold, with the purposes for which each may do it; what is published, anyone may read."""
    if action in PUBLISHED:
        return {"anyone": ["public"]}
    asked = [
        (role, action, purpose)
        for role in sorted(SIGNED_IN)
        for purpose in sorted(policy().accepted(action))
        if PURPOSES[purpose].claimable_by([role])
    ]
    found: dict[str, list[str]] = {}
    for (role, _, purpose), yes in zip(asked, policy().decide(asked), strict=True):
        if yes:
            found.setdefault(role, []).append(purpose)
    return found


def sources() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Legal gateways and data products, as delivered. A council's own register stands at /v1/risk/sources."""
    register = importlib.import_module("services.risk.sources.register")
    return register.GATEWAYS, register.DELIVERED


def schedule() -> Sequence[Any]:
    """The lines of the retention schedule."""
    return tuple(importlib.import_module("services.casefile.rights.schedule").SCHEDULE)


def holdings() -> list[Kept]:
    """Every table that holds people, in every service."""
    found = []
    for service in (*SERVICES, "gateway"):
        package = service if service == "gateway" else f"services.{service}"
        rights = importlib.import_module(f"{package}.holdings").RIGHTS
        importlib.import_module(f"{package}.app")
        for each in rights.holdings.all:
            found.append(Kept(service, each.table.name, each.title, each.rule.retention, each.rule.part))
    return sorted(found, key=lambda each: (each.service, each.table))


def roles() -> Mapping[str, str]:
    """Each role and what it is for."""
    return {code: words for code, words in ROLES.items() if code in SIGNED_IN}
