"""An answer given by link, carried to its owner's ordinary route as a principal that may do this and nothing else.

The link is claimed first, so that of two who answer at once one goes on. Its id is the Idempotency-Key: an answer cut
off on the way and given again has its effect once, and another answer under the same link is refused by the owner.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog

from gateway.carrying import Carried, Carrier
from gateway.identity import Caller
from gateway.links import commands, forms, queries
from gateway.links.commands import Claimed
from gateway.links.domain import Kind, Standing
from gateway.links.queries import Opened
from gateway.proxy import AnswerBroken
from gateway.routes.referrals import ANSWER_CAPACITY, MOVE_REFERRAL
from kit.errors import DomainError
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

ROLE: Final = "answer_link"
PURPOSE: Final = "partner_referral"
_PLACES: Final = {
    Kind.REFERRAL: MOVE_REFERRAL.replace("{referral_id}", "{}"),
    Kind.CAPACITY_QUESTION: ANSWER_CAPACITY.replace("{question_id}", "{}"),
}


class Outcome(StrEnum):
    """What became of an answer."""

    GIVEN = "given"
    NO_SUCH_LINK = "no_such_link"
    NO_SUCH_CHOICE = "no_such_choice"
    TOO_LATE = "too_late"
    BEING_ANSWERED = "being_answered"
    NOT_RECEIVED = "not_received"


@dataclass(frozen=True, slots=True)
class Given:
    """What the page says after an answer. `told` is the owner's own answer: whom to help, for who takes it on."""

    outcome: Outcome
    told: Mapping[str, Any] | None = None


class Answering:
    """Opens links and carries their answers. One for the whole process."""

    def __init__(self, database: Callable[[], Database], carrier: Carrier) -> None:
        self._database = database
        self._carrier = carrier

    async def opened(self, token: str) -> Opened | None:
        """What the link's page is made of; nothing changes by looking."""
        async with self._unit(Cause.system("gateway", "gateway.link.open")) as unit:
            return await queries.opened(unit, token)

    async def answer(self, token: str, value: str, note: str) -> Given:
        """Give an answer. Raises nothing that would tell whether a link exists, or what it is about."""
        async with self._unit(Cause.system("gateway", "gateway.link.answer")) as unit:
            seen = await queries.opened(unit, token)
        if seen is None:
            return Given(Outcome.NO_SUCH_LINK)
        body = forms.body_of(seen.kind, seen.state, value, note)
        if body is None:
            over = seen.standing is not Standing.OPEN or not forms.choices(seen.kind, seen.state)
            return Given(Outcome.TOO_LATE if over else Outcome.NO_SUCH_CHOICE)
        async with self._unit(Cause.system("gateway", "gateway.link.answer")) as unit:
            claimed = await commands.claim(unit, token)
        if claimed is None:
            return Given(Outcome.NO_SUCH_LINK)
        if not isinstance(claimed, Claimed):
            waits = claimed is Standing.BEING_ANSWERED
            return Given(Outcome.BEING_ANSWERED if waits else Outcome.TOO_LATE)
        return await self._carry(claimed, body)

    async def _carry(self, link: Claimed, body: Mapping[str, Any]) -> Given:
        carried = Carried(0, {})
        try:
            carried = await self._post(link, json.dumps(body).encode())
        except (DomainError, AnswerBroken) as error:
            log.warning("link_answer_not_carried", link_id=str(link.id), kind=type(error).__name__)
        # Refused for good: it was withdrawn or answered by another way; or an answer that was cut off did arrive, and
        # this one is another under the same key.
        over = carried.status in (404, 409, 410) or (carried.status == 422 and link.before)
        async with self._unit(_cause(link)) as unit:
            if carried.taken or over:
                await commands.answered(unit, link.id)
            else:
                await commands.give_back(unit, link.id)
        if carried.taken:
            return Given(Outcome.GIVEN, carried.document)
        return Given(Outcome.TOO_LATE if over else Outcome.NOT_RECEIVED)

    async def _post(self, link: Claimed, body: bytes) -> Carried:
        caller = Caller(f"link:{link.id}", str(link.organisation_id), frozenset({ROLE}), "", 0)
        path = _PLACES[link.kind].format(link.target_id)
        return await self._carrier.post(path, body, caller, PURPOSE, str(link.id))

    def _unit(self, cause: Cause) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(self._database(), "gateway", cause)


def _cause(link: Claimed) -> Cause:
    return Cause(
        f"link:{link.id}",
        PURPOSE,
        "gateway.link.answer",
        organisation=str(link.organisation_id),
        roles=(ROLE,),
        request_id=str(link.id),
    )
