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
FILES: Final = HELPERS - {"work_coach", "gp_link_worker", "voluntary_sector_worker"}
"""Those of them who look people up and open a household's page."""
WELCOME: Final = HELPERS | {"volunteer_welcome", "hub_host"}
GOVERN: Final = frozenset({"manager", "information_governance_lead", "safeguarding_lead"})
HOUSING: Final = frozenset({"housing_officer"})
LEADERS: Final = frozenset({"manager", "analyst", "board_member", "councillor", "information_governance_lead"})
EVERYONE: Final = frozenset({"*"})
TALKS: Final = frozenset(
    {
        "triage_officer",
        "universal_worker",
        "targeted_specialist",
        "housing_officer",
        "manager",
        "hub_host",
        "voluntary_sector_worker",
    }
)
"""Those who record a conversation."""
QUEUE: Final = (TALKS - {"hub_host", "voluntary_sector_worker"}) | {"safeguarding_lead"}
REFERS: Final = QUEUE | {"personal_adviser", "gp_link_worker", "voluntary_sector_worker"}
_CASEWORK: Final = frozenset({"universal_worker", "targeted_specialist", "personal_adviser", "manager"})
CONCERNS: Final = frozenset({"safeguarding_lead", "designated_officer"})


@dataclass(frozen=True, slots=True)
class Section:
    """One link of the service navigation: what it is called, where it leads, for whom."""

    text: str
    address: str
    roles: frozenset[str]


SECTIONS: Final[tuple[Section, ...]] = (
    Section("My work", "/my-work", EVERYONE),
    Section("Queue", "/queue", QUEUE),
    Section("Conversations", "/contacts", TALKS),
    Section("Search", "/search", FILES | {"information_governance_lead", "complaints_officer", "reviewing_officer"}),
    Section("Register", "/register", HOUSING),
    Section("Homes to let", "/adverts", HOUSING),
    Section("Building", "/schemes", HOUSING | {"board_member"}),
    Section("Handovers", "/handovers", REFERS),
    Section("Referrals", "/referrals", REFERS),
    Section("Outreach", "/outreach", QUEUE - {"safeguarding_lead", "housing_officer"}),
    Section("Text messages", "/replies", FILES),
    Section("Homelessness", "/homelessness", QUEUE | {"reviewing_officer"}),
    Section("Lock-outs", "/lock-outs", frozenset({"housing_officer", "manager"})),
    Section("Temporary homes", "/placements", frozenset({"housing_officer", "manager", "reviewing_officer"})),
    Section("Concerns", "/safeguarding", CONCERNS),
    Section("Grants", "/rounds", frozenset({"grants_officer", "manager"})),
    Section("Approvals", "/approvals", _CASEWORK),
    Section("Warnings", "/warnings", frozenset({"manager", "safeguarding_lead"})),
    Section("Who looked", "/reads", GOVERN),
    Section("Wards", "/wards", LEADERS),
    Section("Measures", "/measures", LEADERS),
    Section("Cohorts", "/cohorts", frozenset({"analyst"})),
    Section("Models", "/models", frozenset({"analyst", "manager", "board_member", "information_governance_lead"})),
    Section("Partners", "/partners", frozenset({"administrator", "operations", "partner"})),
    Section("Operations", "/operations", frozenset({"operations", "administrator"})),
    Section("Hand over a screen", "/kiosk/start", frozenset({"hub_host"})),
)
"""In the order of the header. One line for each part of the app; what has no page yet has no line."""


_MOST: Final = 8


def sections(roles: Iterable[str], path: str) -> list[dict[str, Any]]:
    """The links of somebody with these roles, as the service navigation takes them; the present one is marked."""
    mine = all_sections(roles, path)
    if len(mine) <= _MOST:
        return mine
    shown = mine[: _MOST - 1]
    shown += [each for each in mine[_MOST - 1 :] if each["current"] or each["active"]]
    return [*shown, {"text": "More", "href": "/more", "current": path == "/more", "active": False}]


def all_sections(roles: Iterable[str], path: str) -> list[dict[str, Any]]:
    """The same, however many they are."""
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
