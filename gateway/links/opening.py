"""A shared page, from link and word to what its owner shows, as a principal that may do this and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from gateway.carrying import Carried, Carrier
from gateway.identity import Caller
from gateway.links import shared
from gateway.links.shared import Opened
from gateway.proxy import AnswerBroken
from gateway.routes.papers import OPEN_SHARE
from kit.errors import DomainError
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

log = structlog.get_logger(__name__)

ROLE: Final = "shared_page"
PURPOSE: Final = "resident_self"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is made of, and the cookie of its one device. `away`: the owner cannot be asked just now."""

    page: Mapping[str, Any] | None = None
    device: str = ""
    away: bool = False


class Opening:
    """Opens shared pages. One for the whole process."""

    def __init__(self, database: Callable[[], Database], carrier: Carrier) -> None:
        self._database = database
        self._carrier = carrier
        self._words = shared.Words()

    async def open(self, token: str, word: str, device: str) -> Shown:
        """The page for the right link and word; for anything else the same nothing, after the same work."""
        cause = Cause.system("gateway", "gateway.shared_page.open")
        async with unit_of_work(self._database(), "gateway", cause) as unit:
            row = await shared.find(unit, token)
            if row is not None:
                unit.session.expunge(row)
        right = await self._words.right(word, row)
        async with unit_of_work(self._database(), "gateway", cause) as unit:
            opened = await shared.attempt(unit, token, device, right=right)
        if opened is None:
            return Shown()
        return await self._carried(opened, cause)

    async def _carried(self, opened: Opened, cause: Cause) -> Shown:
        carried = Carried(0, {})
        try:
            carried = await self._ask(opened)
        except (DomainError, AnswerBroken) as error:
            log.warning("shared_page_not_carried", page_id=str(opened.id), kind=type(error).__name__)
        if carried.status == 200 and carried.document:
            return Shown(carried.document, opened.device)
        gone = carried.status == 404
        if opened.first and not gone:
            async with unit_of_work(self._database(), "gateway", cause) as unit:
                await shared.give_back(unit, opened.id)
        return Shown(away=not gone)

    async def _ask(self, opened: Opened) -> Carried:
        path = OPEN_SHARE.replace("{share_id}", str(opened.id))
        caller = Caller(f"page:{opened.id}", "", frozenset({ROLE}), "", 0)
        return await self._carrier.post(path, b"", caller, PURPOSE, None)
