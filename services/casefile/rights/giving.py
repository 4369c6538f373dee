"""What a person is given of what is held about them, as the verdicts say; opened only here."""

import json
from collections.abc import Sequence
from typing import Any

from kit.events import sealed
from kit.store.unit import UnitOfWork
from services.casefile.rights.domain import Verdict
from services.casefile.rights.models import RightsItem


def given(unit: UnitOfWork, items: Sequence[RightsItem]) -> list[dict[str, Any]]:
    """What the person is given of these items, as the verdicts say, oldest first. What is left out leaves no mark."""
    told = []
    for item in sorted(
        items, key=lambda each: (each.service, str(each.day or ""), each.source, each.record, str(each.id))
    ):
        if item.verdict not in {Verdict.GIVE, Verdict.REDACT} or item.sealed is None:
            continue
        fields = fields_of(unit, item)
        told.append(
            {
                "held_by": item.service,
                "what": item.title,
                "on": item.day.isoformat() if item.day else None,
                "information": {name: value for name, value in fields.items() if name not in item.redacted},
            }
        )
    return told


def fields_of(unit: UnitOfWork, item: RightsItem) -> dict[str, Any]:
    """An item's words, opened."""
    if item.sealed is None:
        return {}
    opened: dict[str, Any] = json.loads(sealed.open_at_rest(unit, f"rights_item/{item.id}", item.sealed))
    return opened


def canonical(told: Sequence[dict[str, Any]]) -> bytes:
    """The same bytes for the same content."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
