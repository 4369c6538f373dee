"""Contact lists are never built on facts of abuse, care, health or the police: over every kind there is."""

import re
from datetime import date
from typing import Any

import pytest

from kit.contracts.codes import SignalKind
from kit.contracts.purposes import PURPOSES
from services.risk.signals.catalogue import DEFINITIONS
from services.risk.sources import domain
from services.risk.sources.domain import coverage
from services.risk.sources.kinds import KINDS, Kind, Sensitivity
from services.risk.sources.register import DELIVERED, GATEWAYS
from services.triage.outreach.domain import honest_reason

TODAY = date(2026, 12, 7)
SMELLS = re.compile(
    r"abuse|violence|perpetrator|social_care|adult_care|early_help|child_(?:in|protection|looked)|mental|health|hospital|discharge|drug|alcohol"
    r"|police|arrest|crime|offen[cs]e|custody|safeguard|diagnos"
)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_kind_that_smells_of_them_is_not_ordinary(kind: Kind) -> None:
    if SMELLS.search(kind.code) or SMELLS.search(kind.title.replace(" ", "_")):
        assert kind.sensitivity is not Sensitivity.ORDINARY
    for value in kind.values:
        assert not SMELLS.search(value) or kind.sensitivity is not Sensitivity.ORDINARY or value in kind.delicate


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_it_chooses_nobody_to_contact_even_where_somebody_lets_it_serve_offers(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slip of a hand in the data, and every legal gateway wide open: the rule still holds."""
    everything = kind.model_copy(update={"serves": frozenset(PURPOSES)})
    monkeypatch.setattr(domain, "KINDS", {**KINDS, kind.code: everything})
    wide = {code: each.model_copy(update={"purposes": frozenset(PURPOSES)}) for code, each in GATEWAYS.items()}
    for purpose in PURPOSES:
        found = coverage(purpose, DELIVERED.values(), wide, TODAY, contact=True)
        assert (kind.code not in found.kinds) or kind.sensitivity is Sensitivity.ORDINARY
        if kind.code in found.kinds:
            sources = [source for source, code in found.pairs if code == kind.code]
            for value in kind.delicate:
                assert not any(found.admits(source, kind.code, value) for source in sources)
    offers: Any = coverage("outreach", DELIVERED.values(), wide, TODAY)
    assert (kind.code not in offers.kinds) or kind.sensitivity is Sensitivity.ORDINARY


def test_every_signal_is_an_ordinary_fact_with_an_honest_reason() -> None:
    for each in DEFINITIONS:
        assert KINDS[each.fact].sensitivity is Sensitivity.ORDINARY
        assert not KINDS[each.fact].delicate
    for kind in SignalKind:
        # What a caller reads is made from the kind alone, and smells of nothing.
        assert not SMELLS.search(honest_reason(kind, "money_help").casefold())
