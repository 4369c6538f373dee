"""Grants as a caller and as the bus see it (`tests/service_doors.py`)."""

from dataclasses import dataclass
from typing import Any

from services.grants.app import SERVICE
from tests.service_doors import ServiceDoors

PUBLIC: dict[str, Any] = {"actor": "public", "purpose": "public", "roles": (), "organisation": ""}
"""Keyword arguments of a call: anyone, without sign-in."""


@dataclass
class Grants(ServiceDoors):
    """Grants under test; a grants officer usually asks."""

    service = SERVICE
    actor = "officer-1"
    purpose = "grants_administration"
    roles = ("grants_officer",)
