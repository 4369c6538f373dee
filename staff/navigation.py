"""The sections in the header, for each role: only what may be opened. Each part of the app adds its line here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

HELPERS: Final = frozenset(
    {
        "triage_officer",
        "universal_worker",
        "targeted_specialist",
        "housing_officer",
        "safeguarding_lead",
        "personal_adviser",
        "manager",
        "work_coach",
        "gp_link_worker",
        "voluntary_sector_worker",
    }
)
"""Those who work with residents."""
WELCOME: Final = HELPERS | {"volunteer_welcome", "hub_host"}
GOVERN: Final = frozenset({"manager", "information_governance_lead", "safeguarding_lead"})
EVERYONE: Final = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Section:
    """One link of the service navigation: what it is called, where it leads, for whom."""

    text: str
    address: str
    roles: frozenset[str]


SECTIONS: Final[tuple[Section, ...]] = (
    Section("My work", "/my-work", EVERYONE),
    Section("Search", "/search", HELPERS | {"information_governance_lead", "complaints_officer", "reviewing_officer"}),
)
"""In the order of the header. One line for each part of the app; what has no page yet has no line."""


def sections(roles: Iterable[str], path: str) -> list[dict[str, Any]]:
    """The links of somebody with these roles, as the service navigation takes them; the present one is marked."""
    held = frozenset(roles) | EVERYONE
    return [
        {
            "text": each.text,
            "href": each.address,
            "current": path == each.address,
            "active": path.startswith(each.address + "/"),
        }
        for each in SECTIONS
        if not each.roles.isdisjoint(held)
    ]
