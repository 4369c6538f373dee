"""Heavy work, in a process of its own: `python -m services.risk.work <verb> <arguments as JSON>`.

DuckDB and Splink are imported here alone, by the verb that needs them, so that an api or worker never carries them. A
verb is a function of (arguments, say): it calls `say(done, total, message)` as it gets on and returns its result; both
go out as JSON lines. A refusal (`DomainError`) is a result too. Whoever started us holds our standard input: when that
closes, they are gone, and so are we. A verb is safe to repeat from the start: it goes on where it last committed.
"""

import importlib
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import structlog

from kit.errors import DomainError

log = structlog.get_logger(__name__)


class Say(Protocol):
    """How a verb tells how far it is."""

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None: ...


Verb = Callable[[Mapping[str, Any], Say], Mapping[str, Any]]

VERBS: Final[Mapping[str, str]] = {
    "columns": "services.risk.sources.intake:columns",
    "load": "services.risk.sources.intake:load",
    "link": "services.risk.linkage.whole:link",
    "profiles": "services.risk.profiles.borough:work",
}
"""Every verb and where it is done."""


def verb(name: str) -> Verb:
    """The function behind a verb. Raises KeyError for one that is not in the table."""
    module, _, function = VERBS[name].partition(":")
    found: Verb = getattr(importlib.import_module(module), function)
    return found


def main(arguments: list[str]) -> int:
    """Do one verb; 0 when it ended well or with a refusal."""
    name, given = arguments[0], json.loads(arguments[1] if len(arguments) > 1 else "{}")
    _end_with_whoever_started_us()
    # The doors are served first: this can take a little longer.
    os.nice(5)
    try:
        result = verb(name)(given, _say)
    except DomainError as refusal:
        _tell({"refused": refusal.detail})
    except Exception as error:
        # Engines quote values in their messages: only what kind of fault it was, and where, may reach a log.
        log.error("work_failed", verb=name, kind=type(error).__name__, at=_place(error))
        return 1
    else:
        _tell({"result": dict(result)})
    return 0


def _say(done: int, total: int | None = None, message: str = "") -> None:
    _tell({"done": done, "total": total, "message": message})


def _tell(line: Mapping[str, Any]) -> None:
    print(json.dumps(line, default=str), flush=True)


def _place(error: BaseException) -> str:
    ours = [each for each in traceback.extract_tb(error.__traceback__) if "/services/risk/" in each.filename]
    return f"{os.path.basename(ours[-1].filename)}:{ours[-1].lineno}" if ours else "outside"


def _end_with_whoever_started_us() -> None:
    if sys.stdin is None or sys.stdin.isatty():
        return

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
