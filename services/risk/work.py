"""Heavy work, in a process of its own: `python -m services.risk.work <verb> <arguments as JSON>`.

Without arguments it takes verb after verb from its standard input, a JSON line `[verb, arguments]` each, and ends when
none has come for a minute: work that comes in a row waits for the engines' import once.

DuckDB and Splink are imported here alone, by the verb that needs them, so that an api or worker never carries them. A
verb is a function of (arguments, say): it calls `say(done, total, message)` as it gets on and returns its result; both
go out as JSON lines. A refusal (`DomainError`) is a result too. Whoever started us holds our standard input: when that
closes, they are gone, and so are we. A verb is safe to repeat from the start: it goes on where it last committed.
"""

import gc
import importlib
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import structlog

from kit.errors import DomainError

log = structlog.get_logger(__name__)

_IDLE_SECONDS: Final = 60.0


class Say(Protocol):
    """How a verb tells how far it is."""

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None: ...


Verb = Callable[[Mapping[str, Any], Say], Mapping[str, Any]]

VERBS: Final[Mapping[str, str]] = {
    "columns": "services.risk.sources.intake:columns",
    "load": "services.risk.sources.intake:load",
    "link": "services.risk.linkage.whole:link",
    "profiles": "services.risk.profiles.borough:work",
    "observatory": "services.risk.observatory.snapshot:work",
    "train": "services.risk.prediction.training:work",
    "score": "services.risk.prediction.scoring:work",
}
"""Every verb and where it is done."""


def verb(name: str) -> Verb:
    """The function behind a verb. Raises KeyError for one that is not in the table."""
    module, _, function = VERBS[name].partition(":")
    found: Verb = getattr(importlib.import_module(module), function)
    return found


def main(arguments: list[str]) -> int:
    """Do one verb, or those that are asked for; 0 when the last ended well or with a refusal."""
    # The doors are served first: this can take a little longer.
    os.nice(5)
    seldom_search()
    asked = _asked()
    if arguments:
        return _do(arguments[0], json.loads(arguments[1] if len(arguments) > 1 else "{}"))
    while True:
        try:
            name, given = json.loads(asked.get(timeout=_IDLE_SECONDS))
        except queue.Empty:
            return 0
        if code := _do(name, given):
            return code


def seldom_search() -> None:
    """Has Python look for garbage seldom: hundreds of thousands of small objects are what the work here is about, and
    to go through them again and again took a tenth of who-is-who in 200,000 records."""
    gc.set_threshold(50_000, 20, 20)


def _do(name: str, given: Mapping[str, Any]) -> int:
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


def _asked() -> "queue.Queue[bytes]":
    """What is asked for on standard input; when that closes, whoever started us is gone, and so are we."""
    lines: queue.Queue[bytes] = queue.Queue()
    if sys.stdin is None or sys.stdin.isatty():
        return lines

    def watch() -> None:
        # Past Python's own buffer, whose lock would be in the way when the interpreter ends.
        rest = b""
        while piece := os.read(0, 65536):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                lines.put(line)
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
