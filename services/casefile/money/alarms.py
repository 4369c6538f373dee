"""What money does by itself when its day comes."""

from collections.abc import Mapping
from typing import Final

from kit.store.timers import TimerHandler
from services.casefile.money.breathing import commands as breathing

TIMERS: Final[Mapping[str, TimerHandler]] = {breathing.END: breathing.end}
