"""Prints a sheet in a child process: what draws is loaded there alone, and a paper that will not end is ended."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Final

import structlog

from kit.errors import Unavailable
from kit.paper.sheet import Sheet

log = structlog.get_logger(__name__)

AT_ONCE: Final = 1
"""In one process: a child takes 57 MB for a page, 153 for 136 of them, and a pod has room for one such."""
LONGEST_WAIT_SECONDS: Final = 10.0
LONGEST_SECONDS: Final = 90.0
_ROOT: Final = Path(__file__).resolve().parents[2]
_MODULE: Final = "kit.paper.typeset"


class CannotPrint(Unavailable):
    """It could not be drawn; nothing of it was kept."""

    slug = "cannot-print"
    title = "This could not be printed"


class _Presses:
    """How many print at once in this process; made in the loop that uses it."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._free = asyncio.Semaphore(AT_ONCE)

    def free(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._free = loop, asyncio.Semaphore(AT_ONCE)
        return self._free


_presses = _Presses()


async def printed(sheet: Sheet, passphrase: str | None = None) -> bytes:
    """The sheet as tagged PDF, locked with the passphrase if there is one. Raises CannotPrint."""
    request = json.dumps({"paper": sheet.data(), "passphrase": passphrase}).encode()
    free = _presses.free()
    try:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await free.acquire()
    except TimeoutError:
        raise CannotPrint("Others are printing just now: try again in a minute") from None
    try:
        return await _drawn(request)
    finally:
        free.release()


async def _drawn(request: bytes) -> bytes:
    # No shell, no environment of ours: the child needs neither database nor keys.
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _MODULE, cwd=_ROOT, env={"PYTHONDONTWRITEBYTECODE": "1"}, stdin=PIPE, stdout=PIPE,
        stderr=PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            pdf, said = await child.communicate(request)
    except BaseException as error:
        child.kill()
        await child.wait()
        if isinstance(error, TimeoutError):
            raise CannotPrint("It took too long to draw") from None
        raise
    if child.returncode != 0 or not pdf.startswith(b"%PDF"):
        log.error("paper_not_drawn", code=child.returncode, kind=said.decode(errors="replace").strip()[-120:])
        raise CannotPrint("It could not be drawn")
    return pdf
