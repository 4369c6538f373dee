"""Which passphrase opens which hub's pack, and whom to ring: from settings, for as long as the process runs.

The passphrase is the hub's own, printed on a card in its safe. A hub without one gets no pack: nothing personal is ever
made that only a disk's lock protects.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from kit.settings import CasefileSettings, Settings

DEMO: Final[Mapping[str, str]] = {"heath": "made up people only"}
"""What opens the packs of a demo, and of nothing else."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a pack needs of its surroundings."""

    passphrases: Mapping[str, str] = field(default_factory=dict, repr=False)
    duty_numbers: Mapping[str, str] = field(default_factory=dict)


_keys = Keys()


def use(keys: Keys) -> None:
    """Called by each process at its start."""
    global _keys
    _keys = keys


def here() -> Keys:
    """The keys of this process."""
    return _keys


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """While inside, this process can make packs."""
    given = (
        {hub: each.get_secret_value() for hub, each in settings.downtime_passphrases.items()}
        if isinstance(settings, CasefileSettings)
        else {}
    )
    if not given and settings.environment == "demo":
        given = dict(DEMO)
    use(Keys(given, settings.duty_numbers))
    try:
        yield
    finally:
        use(Keys())
