"""Who we are among observatories: our area, the one above, our key. Given by the settings, once for each process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kit.errors import Conflict
from kit.settings import Settings, VaultSettings

_settings: VaultSettings | None = None


@contextmanager
def of(settings: Settings) -> Iterator[None]:
    """While inside, this process knows who it is."""
    global _settings
    before, _settings = _settings, settings if isinstance(settings, VaultSettings) else None
    try:
        yield
    finally:
        _settings = before


def own_area() -> str:
    """Our own area. `Conflict` when none is set."""
    if _settings is None or _settings.observatory_area is None:
        raise Conflict("This observatory stands alone: NEWSTART_OBSERVATORY_AREA says which area it speaks for")
    return _settings.observatory_area


def above() -> str:
    """The area that we report to. `Conflict` when there is none."""
    if _settings is None or _settings.observatory_above is None:
        raise Conflict("This observatory reports to nobody: NEWSTART_OBSERVATORY_ABOVE names the area above")
    return _settings.observatory_above


def key() -> Mapping[str, Any]:
    """What signs our packages. `Conflict` when there is none."""
    if _settings is None or _settings.observatory_key is None:
        raise Conflict("There is no key to sign with: NEWSTART_OBSERVATORY_KEY")
    return _settings.observatory_key
