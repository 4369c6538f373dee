"""Which factors rest on facts that not everyone may hear of: abuse, social care, health, police."""

from typing import Final

from services.risk.profiles.catalogue import DEFINITIONS
from services.risk.sources.kinds import KINDS, Sensitivity


def _delicate(kind: str) -> bool:
    return KINDS[kind].sensitivity is not Sensitivity.ORDINARY


DELICATE: Final = frozenset(each.code for each in DEFINITIONS if any(_delicate(kind) for kind in each.rule.reads))
"""Factors that no event names. A wider reading than needed: one delicate kind among several is enough."""

ABUSE: Final = frozenset(
    each.code for each in DEFINITIONS if any(KINDS[kind].sensitivity is Sensitivity.ABUSE for kind in each.rule.reads)
)
"""Factors that may never stand beside a perpetrator."""

ABUSE_KINDS: Final = frozenset(code for code, each in KINDS.items() if each.sensitivity is Sensitivity.ABUSE)
